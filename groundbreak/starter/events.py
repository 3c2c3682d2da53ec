"""Dated events of named projects, and which of them are supported, as one edition of `events`.

`projects.csv` says what each project is, `events.csv` what was reported of it, row by row: which
milestone, whether its date may be taken (`states_date`), which stage or activity it proves
(`stage_proved`, `activity_proved`), which field its capacity belongs to (`capacity_field`), what
its money is (`amount_what`). A pilot's start, a ceremony, another plant at the same place prove
nothing and say so by blanks. Several pages on one event are several statements: conflicts stay.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from itertools import groupby

import polars as pl

from groundbreak.history.edition import Edition, Finding
from groundbreak.sources.dates import When
from groundbreak.sources.files import Book
from groundbreak.sources.statements import Statements
from groundbreak.starter import flagships
from groundbreak.starter.tables import Row, happened_on, known_on, period, rows

SOURCE = "events"
LAYOUT = "events-1"
FILE = "events.csv"
_DAY = timedelta(days=1)
_TRAITS = (
    "sector", "sectors_served", "product", "route", "origin", "scale", "project_type", "note",
)


def table() -> pl.DataFrame:
    """Every event as it is kept, with its remark: the timeline of each project. All columns text.

    `source_row` is what a statement's `place` holds.
    """
    return pl.DataFrame(list(rows("events")))


def read() -> Edition:
    """All events as an edition of source `events`, published on STARTER_PUBLISHED.

    Nothing is covered and nothing is complete: this edition never clears or drops a value.
    """
    says = Statements(SOURCE, Book(FILE, {}))
    projects = {row["key"]: row for row in rows("projects")}
    events = sorted(rows("events"), key=lambda row: row["key"])
    for key, group in groupby(events, key=lambda row: row["key"]):
        says.record(key)
        _project(says, projects[key], list(group))
    flagships.state(says)
    edition = says.edition(LAYOUT, len(events), complete=False)
    return replace(
        edition, covered=frozenset(), findings=tuple(_findings()),
        statements=edition.statements.unique(maintain_order=True),
    )


# -- one project ----------------------------------------------------------------------------------
def _project(says: Statements, project: Row, events: list[Row]) -> None:
    _traits(says, project, events)
    _first_listing(says, project, events)
    for row in events:
        _dates(says, row)
        _standing(says, row)
        _capacity(says, row)
        _money(says, row)


def _traits(says: Statements, project: Row, events: list[Row]) -> None:
    """What the project is, known since its first page; owners as each page names them."""
    first = min(events, key=_age)
    for field in ("name", "country", "place"):
        _say(says, first, field, project[field])
    for field in _TRAITS:
        if project[field]:
            says.add(field, text=project[field], raw=project[field], place=first["source_row"],
                     known=known_on(first["published"]), grade=int(first["grade"]))
    owners = ""
    for row in sorted(events, key=_age):
        if row["owner"] != owners:
            owners = row["owner"]
            _say(says, row, "owners", owners)


def _first_listing(says: Statements, project: Row, events: list[Row]) -> None:
    """A page that names project, place and product proves `announced` by its date.

    It is stated for a day before whatever is proved of the project, so that it never sets back.
    """
    first = min(events, key=_age)
    proofs = [_happened(row).last - _DAY for row in events
              if row["stage_proved"] or row["activity_proved"]]
    by = min([known_on(first["published"]), *proofs])
    happened = When(by, by, "day")
    for field, value in (("stage", project["base_stage"]), ("activity", "active")):
        _say(says, first, field, value, happened=happened)


def _age(row: Row) -> tuple[date, str]:
    """Sorts by when a page was known, whatever the order of the rows."""
    return known_on(row["published"]), row["source_row"]


# -- one event ------------------------------------------------------------------------------------
def _dates(says: Statements, row: Row) -> None:
    if row["states_date"] != "yes" or row["standing"] == "misprint" or _told_already(row):
        return
    when, kind = period(row["date"]), row["planned_or_actual"]
    happened = _happened(row) if kind == "actual" else _intended(row)
    _say(says, row, f"{row['milestone']}_{kind}_date", when, raw=row["date"], happened=happened)


def _standing(says: Statements, row: Row) -> None:
    """Stage, activity and gate that an actual event proves."""
    if row["planned_or_actual"] != "actual":
        return
    happened = _happened(row)
    active = "active" if row["stage_proved"] not in ("", "closed") else ""
    stopped = row["activity_proved"] in ("paused", "cancelled")
    for field, value in (
        ("stage", row["stage_proved"]), ("activity", row["activity_proved"] or active),
        ("stop_reason", row["stop_reason"]), ("status_reason", row["remark"] if stopped else ""),
    ):
        if value:
            _say(says, row, field, value, happened=happened)
    if row["gate"]:
        _say(says, row, f"gate_{row['gate']}", int(row["gate_level"]), raw=row["event"],
             happened=happened)


def _capacity(says: Statements, row: Row) -> None:
    """The project's own capacity; figures of a site, a cluster or a day's output stay in the table.
    """
    if not row["capacity_field"]:
        return
    printed = f"{row['capacity']} {row['unit']}"
    happened = _sized(row)
    _say(says, row, "announced_size", printed, happened=happened)
    if row["capacity_value"]:
        _say(says, row, row["capacity_field"], float(row["capacity_value"]), raw=printed,
             happened=happened)


def _sized(row: Row) -> When | None:
    """When a size held, where that is not its page's day: a change, an undated or older telling."""
    if row["planned_or_actual"] == "planned":
        return _intended(row) if row["stated"] else None
    dated = row["event"] == "capacity_change" or not row["published"] or row["stated"]
    return _happened(row) if dated else None


def _money(says: Statements, row: Row) -> None:
    """Capex and grants apart, each with its currency and price year; other sums are not stated."""
    field = {"capex": "capex_announced", "grant": "grant_awarded"}.get(row["amount_what"])
    if row["milestone"] == "award_withdrawn" and row["amount"]:
        _sum(says, row, "grant_awarded", 0.0, f"withdrawn: {row['amount']}")
    # A planned award is no award.
    promised = field == "grant_awarded" and row["event"] == "public_award" and (
        row["planned_or_actual"] == "planned")
    if field and row["price_year"] and not promised:
        _sum(says, row, field, float(row["amount"]), row["amount"])


def _sum(says: Statements, row: Row, field: str, amount: float, raw: str) -> None:
    # An award is of its day, however late a page tells it; a cost is of the page that prints it.
    awarded = field == "grant_awarded" and row["planned_or_actual"] == "actual"
    _say(says, row, field, amount, raw=f"{raw} {row['currency']}",
         unit=f"{row['currency']}@{row['price_year']}",
         happened=_happened(row) if awarded else None)


# -- clocks and origins ---------------------------------------------------------------------------
def _happened(row: Row) -> When:
    return happened_on(row["date"], known_on(row["published"]))


def _intended(row: Row) -> When | None:
    """When a plan was made, where its page is not the measure of that.

    A page may repeat an older plan (`stated` bounds it), and no plan is made after its own date.
    """
    known = known_on(row["published"])
    last = min(known, period(row["date"]).last)
    if row["stated"]:
        last = min(last, period(row["stated"]).last)
    return When(last, last, "day") if last < known else None


def _told_already(row: Row) -> bool:
    """Whether a finer date of the same actual event, inside this one's period, was known by then.

    '2025' after '2025-02-24' is no other date and must not stand before it.
    """
    if row["planned_or_actual"] == "planned":
        return False
    mine, known = period(row["date"]), known_on(row["published"])
    return any(
        mine.first <= other.first and other.last <= mine.last and other.precision != mine.precision
        for other, seen in _actual_dates(row["key"], row["milestone"]) if seen <= known
    )


def _actual_dates(key: str, milestone: str) -> Iterator[tuple[When, date]]:
    for row in rows("events"):
        if (row["key"], row["milestone"], row["planned_or_actual"]) == (key, milestone, "actual") \
                and row["states_date"] == "yes":
            yield period(row["date"]), known_on(row["published"])


def _say(
    says: Statements, row: Row, field: str, value: str | float | When, *, raw: str = "",
    unit: str | None = None, happened: When | None = None,
) -> None:
    """State text, a number or a date with the row's publisher, address, grade and known day."""
    dated = value if isinstance(value, When) else None
    says.add(
        field,
        text=value if isinstance(value, str) else None,
        number=float(value) if isinstance(value, int | float) else None,
        when=dated.first if dated else None, precision=dated.precision if dated else None,
        unit=unit, raw=raw or str(value), place=row["source_row"], happened=happened,
        known=known_on(row["published"]), grade=int(row["grade"]),
        evidence=row["url"] or None, publisher=row["publisher"],
    )


# -- what is not taken ----------------------------------------------------------------------------
def _findings() -> Iterable[Finding]:
    for line, row in enumerate(rows("events"), 2):
        if row["standing"] == "misprint":
            yield Finding("misprint", FILE, "", line, "date", row["date"], row["remark"],
                          "a date not before the page that plans it")
        if row["amount_what"] in ("capex", "grant") and not row["price_year"]:
            yield Finding("money_without_year", FILE, "", line, "amount",
                          f"{row['amount']} {row['currency']}",
                          "the page shows no date, so the sum has no price year",
                          "a sum with its year")
