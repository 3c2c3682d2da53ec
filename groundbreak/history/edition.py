"""What one edition of a source says, before it is compared with what was known.

An :class:`Edition` is the full reading of one file: every value it states for every record it
lists, the findings (cells it could not read) and the doubts a person must look at. It carries no
clock but its own dated facts; :mod:`groundbreak.history.news` turns it into claims.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import polars as pl

STATEMENT_SCHEMA: dict[str, pl.DataType] = {
    "key": pl.String(),  # the source's id as printed there
    "part": pl.String(),  # tells rows under one printed id apart; "" where the id is unique
    "field": pl.String(),
    "value_text": pl.String(),
    "value_number": pl.Float64(),
    "value_date": pl.Date(),  # first day of the period named
    "precision": pl.String(),  # day | month | quarter | year, for dates
    "unit": pl.String(),
    "raw": pl.String(),  # the cell as it stood
    "place": pl.String(),  # sheet and cell address, or line of a CSV
    "happened_earliest": pl.Date(),  # null: undated, the edition's own interval applies
    "happened_latest": pl.Date(),
    "known": pl.Date(),  # null: known when the edition was published
    "grade": pl.Int8(),  # null: the source's own grade
    "evidence": pl.String(),  # URL
    "publisher": pl.String(),  # null: the source itself
}


@dataclass(frozen=True)
class Finding:
    """A cell that could not be taken as it stands; the field stays unset, nothing is guessed."""

    kind: str
    file: str
    sheet: str
    row: int
    column: str
    value: str
    why: str
    accepted: str

    def __str__(self) -> str:
        where = f"{self.file}" + (f", sheet {self.sheet!r}" if self.sheet else "")
        if self.row:  # 0: the file as a whole
            where += f", row {self.row}, column {self.column!r}"
        return f"{where}: {self.why} (value {self.value!r}; accepted: {self.accepted})"


@dataclass(frozen=True)
class Doubt:
    """Something a person must look at before it is believed; becomes a review item."""

    kind: str
    key: str
    text: str


@dataclass(frozen=True)
class Edition:
    """One file of one source, read.

    `rows` counts every non-empty data row, aggregate rows included. `covered` are the fields this
    layout can state: a blank in one of them means the source no longer states a value, a field
    that is not covered stays as it was. `kept` are single exceptions to `covered`: this record's
    field stays as it was, although the layout could state it ('Cancelled' says nothing of how far
    the project had come). `complete` says whether absence from this edition means that a record
    was dropped.
    """

    source: str
    layout: str
    file: str
    rows: int
    statements: pl.DataFrame
    covered: frozenset[str]
    complete: bool
    findings: tuple[Finding, ...] = ()
    doubts: tuple[Doubt, ...] = ()
    data_cut: date | None = None
    references: Mapping[str, str] = field(default_factory=dict)  # label as printed → text or URL
    kept: frozenset[tuple[str, str, str]] = frozenset()  # (key, part, field)

    def keys(self) -> list[str]:
        """The distinct ids listed, as printed, sorted."""
        return sorted(self.statements["key"].unique().to_list())
