"""What runs between days: the bridge, series of stocks, and what changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from functools import cache

import polars as pl

from groundbreak.api.answering import Asked, Found, Resource, paged
from groundbreak.api.moments import Moment
from groundbreak.api.parameters import FILTERS, day, flag, text, word
from groundbreak.api.problems import NoAnswer
from groundbreak.api.resources import blank
from groundbreak.api.resources.measures import behind, behind_table
from groundbreak.api.resources.projects import query_of
from groundbreak.api.sheets import Sheet
from groundbreak.catalogue.table import catalogue
from groundbreak.history.view import View
from groundbreak.measures import bridge as bridges
from groundbreak.measures import changes as differences
from groundbreak.measures import groups
from groundbreak.measures.bridge import LINES, Bridge
from groundbreak.measures.population import capacity_long, projects
from groundbreak.measures.scorecard import STOCK_LABELS
from groundbreak.vocabulary.days import EARLIEST

MOST_DAYS = 60  # of a series: each may be a view that nobody has asked for yet
STEPS = {"month": 1, "quarter": 3, "year": 12}
FROM = day("from", "First day, as known then.", required=True)
TO = day("to", "Last day; default: the clock's day.")
BY = word("by", "A group by group.", groups.COLUMNS)
SOURCE = text("source", "Only the records of one source.", most=40)
ALL = flag("all", "1: also what the measures do not count.")


def _span(moment: Moment, asked: Asked) -> tuple[date, date]:
    """First and last known day. Raises NoAnswer."""
    if moment.valid != moment.known:
        raise NoAnswer("what runs between two days is told as known on each; accepted: "
                       "view=as-known-then")
    last = asked["to"] or moment.known
    if last > moment.known:
        raise NoAnswer(f"to={last} is after the clock's day; accepted: up to {moment.known}")
    if asked["from"] >= last:
        raise NoAnswer(f"from={asked['from']} must be before to={last}")
    return asked["from"], last


# -- bridge ----------------------------------------------------------------------------------------
def _bridged(moment: Moment, asked: Asked) -> Bridge:
    first, last = _span(moment, asked)
    how = asked["source"], asked["all"], asked["by"]
    return moment.large(("bridge", first, last, *how), lambda: bridges.between(
        moment.at(first), moment.at(last), source=how[0], everything=how[1], by=how[2]))


def _bridge(moment: Moment, asked: Asked) -> Found:
    found = _bridged(moment, asked)
    return Found(_bridge_frames(found), {
        "from": found.opened, "to": found.closed, "residual_projects": found.residual_projects,
        "residual_capacity": found.residual_capacity})


def _bridge_frames(found: Bridge) -> dict[str, pl.DataFrame]:
    labels = pl.col("line").replace_strict(LINES, return_dtype=pl.String()).alias("label")
    stocks = found.opening.rename({"projects": "opening"}).join(
        found.closing.rename({"projects": "closing"}), on="stock", how="full", coalesce=True)
    return {"lines": found.lines.select("stock", "line", labels, "projects"),
            "stocks": stocks.with_columns(pl.col("opening", "closing").fill_null(0)).sort("stock"),
            "capacity": found.capacity}


@cache
def _bridge_tables() -> Mapping[str, Sheet]:
    frames = _bridge_frames(blank.reader().bridge(EARLIEST, EARLIEST + timedelta(days=1)))
    return {name: Sheet("bridge", frame.schema) for name, frame in frames.items()}


def _bridge_projects(moment: Moment, asked: Asked) -> Found:
    found = _bridged(moment, asked).members
    for name in ("stock", "line"):
        if asked[name]:
            found = found.filter(pl.col(name) == asked[name])
    last = _span(moment, asked)[1]
    return paged(behind(moment.at(last), found))


# -- series ----------------------------------------------------------------------------------------
def _series(moment: Moment, asked: Asked) -> Found:
    last = asked["to"] or moment.valid
    if last > moment.valid:
        raise NoAnswer(f"to={last} is after the clock's day; accepted: up to {moment.valid}")
    days = list(_days(asked["from"], last, STEPS[asked["every"]]))
    found = [moment.answer(("stocks", asked["by"]), lambda on=on: _stocks(_on(moment, on), asked[
        "by"]), clock=(*moment.key, on)) for on in days]
    return Found({
        name: pl.concat([pl.select(day=pl.lit(on), known=pl.lit(_known(moment, on))).join(
            frames[name], how="cross") for on, frames in zip(days, found, strict=True)])
        for name in ("stocks", "capacity")}, {"every": asked["every"], "by": asked["by"]})


def _days(first: date, last: date, months: int) -> Iterator[date]:
    """The last days of months, quarters or years from `first` to `last`, and `last` itself.

    Raises NoAnswer where they are none or too many.
    """
    if first > last:
        raise NoAnswer(f"from={first} must not be after to={last}")
    if (last.year - first.year) * 12 + last.month - first.month + 1 > MOST_DAYS * months:
        raise NoAnswer(f"more than {MOST_DAYS} days; accepted: a shorter span, or every=quarter, "
                       "every=year")
    number = -(-first.month // months) * months
    year = first.year
    while True:
        following = date(year + number // 12, number % 12 + 1, 1)
        end = following - timedelta(days=1)
        if end >= last:
            break
        if end >= first:
            yield end
        number += months
        if number > 12:
            year, number = year + 1, number - 12
    yield last


def _known(moment: Moment, on: date) -> date:
    return on if moment.known == moment.valid else moment.known


def _on(moment: Moment, on: date) -> View:
    """The register on one day of the series, as known then or as the clock knows it now."""
    if moment.known != moment.valid:
        return moment.view.about(on)
    if on == moment.known:
        return moment.view
    history = moment.view.history
    return history.as_of(on)


def _stocks(view: View, by: str | None) -> dict[str, pl.DataFrame]:
    counted = projects(view).filter("counted")
    grouped = groups.grouped(counted, by, view.known)
    held = counted.filter(pl.col("label").is_in(list(STOCK_LABELS))).select(
        "record", stock="label").join(grouped, on="record")
    order = pl.col("stock").cast(pl.Enum(list(STOCK_LABELS)))
    sizes = capacity_long(counted).join(held, on="record")
    return {
        "stocks": held.group_by("group", "stock").agg(projects=pl.len().cast(pl.Int64))
        .sort("group", order),
        "capacity": sizes.group_by("group", "stock", "product", "unit").agg(
            pl.col("capacity").sum(), projects=pl.len().cast(pl.Int64))
        .sort("group", order, "product"),
    }


@cache
def _series_tables() -> Mapping[str, Sheet]:
    frames = _stocks(blank.reading().view, None)
    days = {"day": pl.Date(), "known": pl.Date()}
    return {name: Sheet("series", {**days, **frame.schema}) for name, frame in frames.items()}


# -- changes ---------------------------------------------------------------------------------------
def _changes(moment: Moment, asked: Asked) -> Found:
    first, last = _span(moment, asked)
    query = query_of(asked)
    end = moment.at(last)
    selection = catalogue(end).select(query)
    narrowed = bool(query.filters or query.search)

    def found() -> pl.DataFrame:
        among = selection.frame.select("record") if narrowed else None
        return differences.changes(moment.at(first), end, everything=query.everything, among=among)

    told = moment.large(("changes", first, last, tuple(query.pairs(display=False))), found)
    counts = differences.counts(told)
    if asked["group"]:
        told = told.filter(pl.col("group") == asked["group"])
    return paged(told, **{"from": first, "to": last, "groups": counts})


RESOURCES = (
    Resource(
        "bridge", "From one stock to another, every project in one line",
        "Opening stock, movements and closing stock between two known days; the residuals are "
        "assertions and must be 0.",
        _bridge, _bridge_tables, (FROM, TO, BY, SOURCE, ALL), members={
            "from": {"type": "string", "format": "date"},
            "to": {"type": "string", "format": "date"},
            "residual_projects": {"type": "integer"}, "residual_capacity": {"type": "integer"}}),
    Resource(
        "bridge/projects", "The projects behind a line of the bridge",
        "One row a project and line; `sign` sums to the line's number of projects.",
        _bridge_projects, lambda: behind_table(
            stock=pl.String(), line=pl.String(), sign=pl.Int64(), claim=pl.Int64()),
        (FROM, TO, text("stock", "A stock as the bridge names it, e.g. at_fid or steel/at_fid."),
         word("line", "A line.", LINES), BY, SOURCE, ALL), paged=True),
    Resource(
        "series", "Stocks over days",
        f"How many projects stood under each public label at the ends of months, quarters or "
        f"years, up to {MOST_DAYS} days; as known on each day, or with view=as-now-known as known "
        f"now.",
        _series, _series_tables,
        (FROM, TO, word("every", "How far apart the days are.", STEPS, default="quarter"), BY),
        members={"every": {"type": "string"}, "by": {"type": ["string", "null"]}}),
    Resource(
        "changes", "What changed between two days",
        "A row a changed cell, weightiest first; a project stands under the weightiest thing that "
        "happened to it. Filters choose among projects as they stand on the last day.",
        _changes, lambda: {"data": Sheet("changes", differences.CHANGE_SCHEMA)},
        (FROM, TO, word("group", "What matters most of what happened.", differences.GROUPS),
         *FILTERS), paged=True, members={
            "from": {"type": "string", "format": "date"},
            "to": {"type": "string", "format": "date"},
            "groups": {"type": "object", "additionalProperties": {"type": "integer"}}}),
)
