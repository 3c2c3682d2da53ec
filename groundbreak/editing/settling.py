"""Which corrections hold against a register, and what to write so that just those are in force."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import polars as pl

from groundbreak.editing.corrections import Correction, Guard, guard, said, stands_at
from groundbreak.editing.edits import Edit, claims_of
from groundbreak.editing.judging import Judged, judge
from groundbreak.history.claims import CELL, VALUE, conform, live
from groundbreak.history.order import winners, with_order

SOURCE = "correction"  # as publications.csv names it
Cell = tuple[str, str]
Row = Mapping[str, Any]
Status = Literal["in_force", "same", "to_apply", "waiting", "repaired", "refused"]
STATUSES: Mapping[Status, str] = {
    "in_force": "in force", "same": "said already by what stands", "to_apply": "not in force yet",
    "waiting": "waiting: its source says nothing of the record",
    "repaired": "not in force: its source says otherwise", "refused": "not in force: refused",
}
_TELLING = (*VALUE, "kind", "known", "grade", "publisher", "evidence", "raw")


@dataclass(frozen=True)
class State:
    """How one correction stands, and what its source says where.

    `why` says what keeps a correction whose guard holds out of force. `private` is the claim that
    keeps it out, where that is not public: as a text, the state then quotes no value.
    """

    correction: Correction
    status: Status
    found: str
    place: str
    why: str = ""
    private: int | None = None

    @property
    def wrong(self) -> bool:
        """Whether its file must be looked at."""
        return self.status in ("repaired", "refused")

    def __str__(self) -> str:
        one = self.correction
        where = f"{one.place}: {one.record} {one.field}"
        if self.private is not None:
            return (f"{where}: {STATUSES[self.status]} (claim {self.private}, which is not "
                    "public); accepted: a correction that agrees with that claim, or none")
        if self.status != "repaired":
            return f"{where}: {self.why or STATUSES[self.status]}"
        at = f" ({self.place})" if self.place else ""
        return (f"{where}: expects {one.expect or 'nothing'!r}, but {one.source} now says "
                f"{self.found!r}{at}; accepted: a correction that expects this, or none")


@dataclass(frozen=True)
class Settlement:
    """States in the order of the corrections; edits to write; claims to supersede (ids null)."""

    states: tuple[State, ...]
    edits: tuple[Edit, ...]
    withdrawn: pl.DataFrame


def settle(
    corrections: Sequence[Correction], claims: pl.DataFrame, *, newest: date, today: date,
    sources: frozenset[str] | None = None,
) -> Settlement:
    """What to write so that the corrections whose guards hold are in force, and no others.

    `claims`: all claims of the records that corrections, past or present, speak of; `newest`: the
    day as known on which the register is read; `sources`: settle only what corrects these.
    """
    if sources is not None:
        corrections = [one for one in corrections if one.source in sources]
        claims = claims.filter(_source_of_record().is_in(sorted(sources)))
    standing = live(claims)
    words = _by_cell(_own_words(standing, newest))
    listed = {record for record, _ in words}
    guards = [guard(one, words.get((one.record, one.field)), one.record in listed)
              for one in corrections]
    kept = _still_said(corrections, guards, standing, newest)
    void = standing.filter((pl.col("source") == SOURCE)
                           & ~pl.col("claim").is_in(sorted(kept.values())))
    judged = _judged([one for one, held in zip(corrections, guards, strict=True)
                      if held == "holds" and one.cell not in kept],
                     claims.join(void.select("claim"), on="claim", how="anti"), newest, today)
    private = _by_cell(standing.filter(pl.col("visibility") != "public").sort("claim"))
    states = tuple(
        _state(one, _status(one, held, kept, judged), words.get((one.record, one.field)),
               judged.get(one.cell), private.get(one.cell))
        for one, held in zip(corrections, guards, strict=True))
    return Settlement(
        states, tuple(item.edit for item in judged.values() if item.verdict == "accepted"),
        _superseding(void, states))


# -- what stands -------------------------------------------------------------------------------
def _source_of_record() -> pl.Expr:
    return pl.col("record").str.split(":").list.first()


def _own_words(standing: pl.DataFrame, newest: date) -> pl.DataFrame:
    """The newest claim of each cell by the source that the record is of."""
    own = standing.filter(pl.col("source") == _source_of_record())
    return winners(with_order(own), newest)


def _by_cell(claims: pl.DataFrame) -> dict[Cell, Row]:
    return {(row["record"], row["field"]): row for row in claims.iter_rows(named=True)}


def _still_said(
    corrections: Sequence[Correction], guards: Sequence[Guard], standing: pl.DataFrame, newest: date
) -> dict[Cell, int]:
    """Cells that a correction holds already, word for word, with the claim."""
    held = _by_cell(winners(with_order(standing), newest).filter(pl.col("source") == SOURCE))
    said_now = claims_of([one.edit() for one in corrections], "", SOURCE).select(
        *CELL, *_TELLING).iter_rows(named=True)
    each = zip(corrections, guards, said_now, strict=True)
    return {
        one.cell: row["claim"] for one, state, new in each
        if state == "holds" and (row := held.get(one.cell)) is not None
        and all(row[name] == new[name] for name in _TELLING)
    }


def _judged(
    corrections: Sequence[Correction], claims: pl.DataFrame, newest: date, today: date
) -> dict[Cell, Judged]:
    if not corrections:
        return {}
    items = judge([one.edit() for one in corrections], claims, newest=newest, today=today)
    return {one.cell: item for one, item in zip(corrections, items, strict=True)}


def _status(
    one: Correction, held: Guard, kept: Mapping[Cell, int], judged: Mapping[Cell, Judged]
) -> Status:
    if held != "holds":
        return held
    if one.cell in kept:
        return "in_force"
    verdicts: dict[str, Status] = {"accepted": "to_apply", "same": "same", "refused": "refused"}
    return verdicts[judged[one.cell].verdict]


def _state(
    one: Correction, status: Status, word: Row | None, item: Judged | None, private: Row | None
) -> State:
    """`private`: the newest claim on the written cell that is not public."""
    why = item.why if item is not None and status == "refused" else ""
    against = {"repaired": word, "refused": private}.get(status)
    hidden = against is not None and against["visibility"] != "public"
    return State(one, status, said(word), stands_at(word), why,
                 against["claim"] if against is not None and hidden else None)


def _superseding(void: pl.DataFrame, states: Sequence[State]) -> pl.DataFrame:
    """Claims that take back the corrections in `void`, each with the reason."""
    why = {state.correction.cell: str(state) for state in states
           if state.wrong or state.status in ("waiting", "same")}
    reasons = [why.get(cell, "its file no longer says so, says it otherwise or was taken back")
               for cell in void.select(CELL).iter_rows()]
    return conform(void.select(
        "record", "field", "known", "grade", "source", "visibility", "release",
        supersedes="claim", kind=pl.lit("withdrawal"),
    ).with_columns(raw=pl.Series(reasons, dtype=pl.String())))
