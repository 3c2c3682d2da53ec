"""Which state of which register a sheet was written from: what it is compared with later."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

FORMAT = "groundbreak-edit-1"


class WrongSheet(ValueError):
    """The workbook was not exported from this register, or by another version."""


@dataclass(frozen=True)
class Position:
    """The log position, the day as known on, and the mark of the claim at that position."""

    claim: int
    known: date
    mark: str
    selection: str = ""  # the filters, in words

    def rows(self) -> list[tuple[str, str]]:
        """Name and value, as the hidden sheet holds them."""
        return [("format", FORMAT), ("position", str(self.claim)),
                ("known", self.known.isoformat()), ("mark", self.mark),
                ("selection", self.selection)]


def position_of(claims: pl.DataFrame, known: date, selection: str = "") -> Position:
    """The position of a register whose whole log is `claims`."""
    last = claims["claim"].max()
    claim = last if isinstance(last, int) else 0
    return Position(claim, known, mark_of(claims, claim, known), selection)


def mark_of(claims: pl.DataFrame, claim: int, known: date) -> str:
    """A digest of one claim and the day; a claim never changes, so it marks the log up to there."""
    row = claims.filter(pl.col("claim") == claim).select(
        "claim", "record", "field", "value_text", "value_number", "value_date", "known", "release")
    return hashlib.sha256(repr((known, row.rows())).encode()).hexdigest()[:16]


def read_position(cells: Mapping[str, str], claims: pl.DataFrame) -> Position:
    """The position that a sheet's hidden cells name, checked against the log `claims`.

    Raises WrongSheet where they are missing, of another format, or of another register.
    """
    if cells.get("format") != FORMAT:
        raise WrongSheet(
            f"no sheet for editing of this version (format {cells.get('format') or 'none'!r}); "
            f"accepted: a workbook that `groundbreak export --edit` wrote ({FORMAT})")
    try:
        found = Position(int(cells["position"]), date.fromisoformat(cells["known"]),
                         cells["mark"], cells.get("selection", ""))
    except (KeyError, ValueError):
        raise WrongSheet("its hidden sheet is damaged; accepted: a fresh export, with your edits "
                         "copied into it") from None
    last = claims["claim"].max()
    beyond = found.claim > (last if isinstance(last, int) else 0)
    if beyond or mark_of(claims, found.claim, found.known) != found.mark:
        raise WrongSheet(f"it was exported from another register (log position {found.claim:,} is "
                         "another claim here); accepted: a sheet exported from this register")
    return found
