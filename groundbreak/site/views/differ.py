"""How we differ: what other trackers publish, and what the same rule counts here."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import polars as pl
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from groundbreak.catalogue.query import Query
from groundbreak.catalogue.table import catalogue
from groundbreak.history.view import View
from groundbreak.measures.compared import Published, editions, known_by, published
from groundbreak.measures.population import projects
from groundbreak.measures.published import intervals, positions
from groundbreak.site.addresses import address
from groundbreak.site.clock import Clock
from groundbreak.site.opened import Opened, kept
from groundbreak.site.page import page
from groundbreak.starter import reference

OF_ALL = gettext_noop(
    "Its list is not open, so the rule can be repeated but not the projects. Here only new "
    "interventions at commercial scale count, each once, and only what was taken in.")
WHY = {
    "steel": gettext_noop(
        "The same rule: ore-based iron and steel. Its list is not open, so that the projects "
        "cannot be set side by side."),
    "aluminium": gettext_noop(
        "It counts smelters on low-carbon power from before 2019. Here they are legacy, which no "
        "measure counts; most were not looked for."),
    "aviation": gettext_noop(
        "It counts every plant that makes SAF. Here a plant counts from 25,000 t of SAF a year, "
        "co-processing is no plant, and an unstated SAF output leaves it undecided."),
}
STATE_WORDS = {
    "operating": gettext_noop("operating"), "at FID": gettext_noop("at FID"),
    "committed": gettext_noop("committed"), "announced": gettext_noop("announced"),
    "listed": gettext_noop("all listed"),
}
MONEY_WHY = gettext_noop(
    "Investment is kept here in the currency and price year it was stated in and never converted, "
    "so no single sum in dollars can be set beside it.")
IDENTIFIED_WHY = gettext_noop(
    "“Identified” is no status: it does not say how many are committed and how many announced, so "
    "no filter repeats it.")


def differ(request: HttpRequest) -> HttpResponse:
    """Published counts beside ours, what no filter repeats, lists beside ours, the arithmetic."""
    view = request.reading.view
    history = reference.tracker_history().filter(pl.col("published") <= view.known)
    quoted = known_by(reference.milestones_2030(), view.known)
    counts = [p for p in published(history, quoted) if p.on <= view.known]
    lines = kept(request, "differ-lines", lambda: _lines(request, counts))
    return page(
        request, "differ/differ.html", section="differ", title=_finding(lines),
        releases=_releases(lines), states=[_(text) for text in STATE_WORDS.values()],
        all_why=_(OF_ALL), lines=[line for line in lines if line["sector"] != "all"],
        steps=[{**row, "expected": row["opening"] + row["stated_flow"]}
               for row in intervals(history).iter_rows(named=True)],
        positions=positions(quoted).rows(named=True),
        not_repeated=_not_repeated(history, quoted),
        lists=kept(request, "differ-lists", lambda: _lists(request)),
        legacy=_legacy(request), both=_serving_both(view))


def _releases(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Counts over all sectors, a row a release: of each state theirs and ours, as known then."""
    found: dict[date, dict[str, Any]] = {}
    for line in lines:
        if line["sector"] == "all":
            row = found.setdefault(line["on"], {
                "on": line["on"], "source": line["source"],
                "cells": dict.fromkeys(STATE_WORDS)})
            row["cells"][line["state"]] = line
    return [{**row, "cells": list(row["cells"].values())} for row in found.values()]


def _finding(lines: list[dict[str, Any]]) -> str:
    whole = [line for line in lines if line["sector"] == "all" and line["state"] == "committed"]
    if not whole:
        return _("No other tracker had published a count by this day")
    return _("The reference tracker counts %(theirs)s plants as committed; the same rule gives "
             "%(ours)s here") % {"theirs": whole[0]["count"], "ours": whole[0]["then"].value}


def _lines(request: HttpRequest, counts: list[Published]) -> list[dict[str, Any]]:
    """Each published count, ours as known on its day, and ours on the page's day."""
    days = {day: request.standing.reader.as_of(day, recorded=request.clock.recorded).view
            for day in sorted({p.on for p in counts})}
    found = []
    for p in counts:
        filters = p.filters()
        then = _counted(days[p.on], filters)
        # A release freezes the log; no other address shows its past.
        link = "" if request.clock.release else _address(Clock(known=p.on), filters)
        found.append({
            "on": p.on, "month": p.month, "sector": p.sector, "state": p.state,
            "state_words": _(STATE_WORDS.get(p.state, p.state)), "count": p.count,
            "source": p.source, "words": p.words, "then": Opened(then, link if then else ""),
            "now": _opened(request, filters), "difference": then - p.count,
            "why": _(WHY.get(p.sector, OF_ALL))})
    return found


def _counted(view: View, filters: Mapping[str, tuple[str, ...]], everything: bool = False) -> int:
    return catalogue(view).select(Query(filters, everything=everything)).total


def _address(clock: Clock, filters: Mapping[str, tuple[str, ...]], everything: bool = False) -> str:
    return address(clock, "projects", pairs=Query(filters, everything=everything).pairs())


def _opened(request: HttpRequest, filters: Mapping[str, tuple[str, ...]],
            everything: bool = False) -> Opened:
    value = _counted(request.reading.view, filters, everything)
    return Opened(value, _address(request.clock, filters, everything) if value else "")


def _legacy(request: HttpRequest) -> Opened:
    """Legacy plants at FID or operating that are known here: what the published rule may add."""
    return _opened(request, {"sector": ("aluminium",), "origin": ("legacy",),
                             "label": ("at_fid", "operating")}, everything=True)


def _serving_both(view: View) -> int:
    """Counted projects that serve chemicals and shipping; counted once here."""
    served = pl.col("sectors_served").str.split(";")
    return projects(view).filter(
        pl.col("counted") & served.list.contains("chemicals") & served.list.contains("shipping")
    ).height


def _not_repeated(history: pl.DataFrame, quoted: pl.DataFrame) -> list[dict[str, Any]]:
    """What was published that no filter can repeat, and exactly why."""
    found = [{"what": row["money_stated"], "when": row["published"], "source": row["source"],
              "why": _(MONEY_WHY)}
             for row in history.sort("published", descending=True).iter_rows(named=True)
             if row["money_stated"]]
    identified = quoted.filter(pl.col("position_quoted").str.contains("identified"))
    return found + [{"what": row["position_quoted"], "when": None, "source": row["source"],
                     "why": _(IDENTIFIED_WHY)} for row in identified.iter_rows(named=True)]


def _lists(request: HttpRequest) -> list[dict[str, Any]]:
    """The newest edition of each list by then: rows as published, and what is held here of it."""
    view = request.reading.view
    newest: dict[str, Any] = {}
    for edition in editions():
        if edition.published <= view.known:
            newest[edition.source] = edition
    taken = _taken(view)
    return [{"source": source, "edition": edition, "taken": taken.get(source),
             "held": _opened(request, {"source": (source,)}, everything=True),
             "counted": _opened(request, {"source": (source,)})}
            for source, edition in newest.items()]


def _taken(view: View) -> dict[str, tuple[date, bool]]:
    """Of each source the day of the newest edition taken in, and whether it was the whole list."""
    return {source: (day, complete) for source, day, complete in view.releases.sort(
        "published").group_by("source", maintain_order=True).agg(
        pl.col("published").last(), pl.col("complete").last()).iter_rows()}


urlpatterns = [path("how-we-differ/", differ, name="differ")]
