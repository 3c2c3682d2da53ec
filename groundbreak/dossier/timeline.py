"""What happened to a project, in order: stretches of a stage or activity, and dated events."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from groundbreak.dossier.told import Row, Told, ranks, who


@dataclass(frozen=True)
class Segment:
    """A stretch of time with one value; `until` is None where it still holds."""

    value: str
    since: date
    until: date | None
    grade: int
    source: str
    claim: int


@dataclass(frozen=True)
class Event:
    """Something that happened: `kind` stage, activity or milestone; `what` names the field."""

    kind: str
    what: str
    before: str | None
    after: str
    earliest: date | None
    latest: date
    words: str  # the date as precisely as it was told
    known: date
    grade: int
    source: str
    evidence: str
    claim: int
    record: str


def segments(told: Told, field: str) -> list[Segment]:
    """The stretches of `field`, oldest first; the same value told again goes on."""
    found: list[Segment] = []
    for row in told.timeline(field):
        until = None if row["until"] > told.view.valid else row["until"]
        last = found[-1] if found else None
        if last and last.value == row["value_text"] and last.until == row["since"]:
            found[-1] = Segment(last.value, last.since, until, last.grade, last.source, last.claim)
        else:
            found.append(Segment(row["value_text"], row["since"], until, row["grade"], who(row),
                                 row["claim"]))
    return found


def events(told: Told) -> list[Event]:
    """Stage moves, changes of activity and dated milestones of one record, newest first.

    A stage moved only where two ranges do not overlap; being active is no event of its own.
    """
    found = [*_moves(told), *_changes(told), *_milestones(told)]
    return sorted(found, key=lambda e: (e.latest, e.known, e.claim), reverse=True)


def _moves(told: Told) -> list[Event]:
    found = []
    before: Row | None = None
    for row in told.timeline("stage"):
        if before is None or _apart(before["value_text"], row["value_text"]):
            found.append(_event("stage", row, before))
        before = row
    return found


def _apart(before: str, after: str) -> bool:
    (from_least, from_most), (to_least, to_most) = ranks(before), ranks(after)
    return to_least > from_most or to_most < from_least


def _changes(told: Told) -> list[Event]:
    found = []
    before: Row | None = None
    for row in told.timeline("activity"):
        if row["value_text"] != (before["value_text"] if before else "active"):
            found.append(_event("activity", row, before))
        before = row
    return found


def _event(kind: str, row: Row, before: Row | None) -> Event:
    latest = row["happened_latest"] or row["known"]
    return Event(kind, kind, before["value_text"] if before else None, row["value_text"],
                 row["happened_earliest"], latest, str(latest), row["known"], row["grade"],
                 who(row), row["evidence"] or "", row["claim"], row["record"])


def _milestones(told: Told) -> list[Event]:
    return [
        Event("milestone", field.removesuffix("_actual_date"), None, row["words"],
              row["value_date"], row["happened_latest"] or row["value_date"], row["words"],
              row["known"], row["grade"], who(row), row["evidence"] or "", row["claim"],
              row["record"])
        for field, row in told.cells.items() if field.endswith("_actual_date")
    ]
