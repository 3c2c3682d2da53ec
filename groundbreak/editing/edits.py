"""An edit: one value that a person gives one field of one record, with the evidence behind it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from groundbreak.history.claims import CLAIM_SCHEMA, conform
from groundbreak.vocabulary.fields import field as registered

SOURCE = "edit"  # as publications.csv names it; records that editors add are 'edit:N'


@dataclass(frozen=True)
class Value:
    """A typed value of a field: one of text, number and date, in the field's own unit."""

    text: str | None = None
    number: float | None = None
    day: date | None = None  # first day of the period named
    precision: str | None = None  # day | month | quarter | year, of a date
    unit: str | None = None  # where the field's unit is said with the value ('USD@2023')


@dataclass(frozen=True)
class Edit:
    """What becomes one claim.

    `value` None clears the field, or, with `not_applicable`, says for which reason it does not
    apply. `based_on` is the claim that the editor saw holding (0: saw the field empty; None: did
    not look). A `correction` holds against every other word on its field; without it, a later or
    better word wins as between any two sources.
    """

    record: str
    field: str
    value: Value | None
    known: date  # when the source of the edit published it
    grade: int
    publisher: str = ""
    evidence: str = ""  # a URL, or how else the document is found
    raw: str = ""  # as it was typed
    place: str = ""  # where it was typed: sheet and cell, line of a file, or an option
    reason: str = ""
    not_applicable: bool = False
    correction: bool = False
    based_on: int | None = None
    happened_earliest: date | None = None
    happened_latest: date | None = None  # None: by the day it was known
    visibility: str = "public"

    @property
    def kind(self) -> str:
        """The kind of claim this becomes."""
        if self.value is None:
            return "not_applicable" if self.not_applicable else "cleared"
        return "correction" if self.correction else "statement"


def claims_of(edits: Sequence[Edit], release: str, source: str = SOURCE) -> pl.DataFrame:
    """The claims that `edits` become, in their order; claim ids are null. Schema CLAIM_SCHEMA.

    Raises KeyError for a field that is not registered.
    """
    return conform(pl.DataFrame(
        [_claim(edit, release, source) for edit in edits],
        schema={n: t for n, t in CLAIM_SCHEMA.items() if n not in ("claim", "supersedes")},
        orient="row",
    ))


def _claim(edit: Edit, release: str, source: str) -> tuple[object, ...]:
    value = edit.value or Value()
    spec = registered(edit.field)
    return (
        edit.record, edit.field, value.text, value.number, value.day, value.precision,
        (value.unit or spec.unit) if edit.value else None, _raw(edit), edit.place,
        edit.happened_earliest, edit.happened_latest or edit.known, edit.known, edit.grade,
        source, release, edit.publisher or None, edit.evidence or None, edit.visibility, edit.kind,
    )


def _raw(edit: Edit) -> str:
    """What was typed, with the editor's reason; of what does not apply, the reason alone."""
    if edit.not_applicable or not edit.raw:
        return edit.reason
    return f"{edit.raw} ({edit.reason})" if edit.reason else edit.raw
