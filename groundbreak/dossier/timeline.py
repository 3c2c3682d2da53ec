"""What happened to a project, in order: stretches of a stage or activity, and dated events."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

from groundbreak.history.order import FOREVER
from groundbreak.history.stages import stage_ranks
from groundbreak.history.view import View
from groundbreak.history.wording import worded
from groundbreak.measures.decisions import direction

STATED = ("statement", "correction")


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


def segments(view: View, field: str) -> list[Segment]:
    """The stretches of `field` of a view of one record, oldest first."""
    told = view.timeline(field).filter(pl.col("kind").is_in(STATED))
    found: list[Segment] = []
    for row in told.select("value_text", "since", "until", "grade", "claim",
                           source=pl.coalesce("publisher", "source")).iter_rows(named=True):
        until = None if row["until"] >= min(FOREVER, _after(view.valid)) else row["until"]
        if found and found[-1].value == row["value_text"] and found[-1].until == row["since"]:
            last = found.pop()
            found.append(Segment(last.value, last.since, until, last.grade, last.source,
                                 last.claim))
        else:
            found.append(Segment(row["value_text"], row["since"], until, row["grade"],
                                 row["source"], row["claim"]))
    return found


def _after(day: date) -> date:
    return date.fromordinal(min(day.toordinal() + 1, date.max.toordinal()))


def events(view: View) -> list[Event]:
    """Stage moves, changes of activity and dated milestones of one record, newest first."""
    return sorted([*_moves(view), *_milestones(view)],
                  key=lambda e: (e.latest, e.known, e.claim), reverse=True)


def _moves(view: View) -> list[Event]:
    found = []
    for field in ("stage", "activity"):
        told = view.timeline(field).filter(pl.col("kind").is_in(STATED)).with_columns(
            before=pl.col("value_text").shift(1))
        if field == "stage":
            told = told.join(stage_ranks().rename({"stage": "value_text"}), on="value_text",
                             how="left", maintain_order="left").with_columns(
                from_least=pl.col("stage_at_least").shift(1),
                from_most=pl.col("stage_at_most").shift(1))
            told = told.filter((direction() != 0) | pl.col("before").is_null())
        else:
            told = told.filter((pl.col("before") != pl.col("value_text"))
                               | (pl.col("before").is_null() & (pl.col("value_text") != "active")))
        found += [
            Event(field, field, row["before"], row["value_text"], row["happened_earliest"],
                  row["happened_latest"] or row["known"], str(row["happened_latest"]),
                  row["known"], row["grade"], row["publisher"] or row["source"],
                  row["evidence"] or "", row["claim"], row["record"])
            for row in told.iter_rows(named=True)
        ]
    return found


def _milestones(view: View) -> list[Event]:
    dated = view.cells.filter(pl.col("field").str.ends_with("_actual_date")).with_columns(
        words=worded())
    return [
        Event("milestone", row["field"].removesuffix("_actual_date"), None, row["words"],
              row["value_date"], row["happened_latest"] or row["value_date"], row["words"],
              row["known"], row["grade"], row["publisher"] or row["source"],
              row["evidence"] or "", row["claim"], row["record"])
        for row in dated.iter_rows(named=True)
    ]
