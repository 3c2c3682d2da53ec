"""Measures of a moment: scorecard, gap, and the projects behind each of their figures."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import polars as pl

from groundbreak.api.answering import Asked, Found, Resource, paged
from groundbreak.api.moments import Moment
from groundbreak.api.parameters import period, text, word
from groundbreak.api.problems import NoAnswer
from groundbreak.api.resources import blank
from groundbreak.api.sheets import Sheet
from groundbreak.history.view import View
from groundbreak.measures import groups
from groundbreak.measures.gap import RULES, Gap, milestones
from groundbreak.measures.population import projects
from groundbreak.measures.scorecard import MEASURES, Scorecard
from groundbreak.vocabulary import countries

BY = (*groups.COLUMNS, "sector_served", *(f"grouping:{name}" for name in countries.groupings()))
PERIOD = period()
GROUPING = word("by", "A group by group, beside all.", BY)
LEVEL = word("level", "all, flagship (directly supported) or global.",
             ("all", "flagship", "global"), default="all")
GROUP = text("group", "A group of `by`; all is everybody.", default="all")
CARD = ("figures", "capacity", "capex", "eligibility", "progress", "reconciliation")
ABOUT = ("name", "country", "sector", "product", "label", "source")


def card_of(moment: Moment, asked: Asked) -> Scorecard:
    """The scorecard that is asked for. Raises NoAnswer."""
    how = {name: asked[name] for name in ("period", "by", "level")}
    try:
        return moment.large(("scorecard", *how.values()),
                             lambda: moment.reading.scorecard(**how))
    except ValueError as error:
        raise NoAnswer(str(error)) from error


def _scorecard(moment: Moment, asked: Asked) -> Found:
    card = card_of(moment, asked)
    return Found({name: getattr(card, name) for name in CARD}, {
        "period": {"name": card.period.name, "first": card.period.first,
                   "last": card.period.last},
        "by": card.by, "level": card.level, "assessed": card.assessed})


@cache
def _card_tables() -> Mapping[str, Sheet]:
    card = blank.reading().scorecard(by="sector")
    return {name: Sheet("scorecard" if name == "figures" else f"scorecard_{name}",
                        getattr(card, name).schema) for name in CARD}


def behind(view: View, members: pl.DataFrame) -> pl.DataFrame:
    """`members` (with record and project) with what each project is called and is in `view`."""
    about = projects(view).select("record", *ABOUT)
    found = members.join(about, on="record", how="left", maintain_order="left")
    beside = [name for name in found.columns if name not in ("project", "record", *ABOUT)]
    return found.select("project", "record", *ABOUT, *beside)


@cache
def behind_table(**beside: pl.DataType) -> Mapping[str, Sheet]:
    """The table of projects behind a figure, with further columns."""
    words = dict.fromkeys(("project", "record", *ABOUT), pl.String())
    return {"data": Sheet("behind", {**words, **beside})}


def _card_projects(moment: Moment, asked: Asked) -> Found:
    card = card_of(moment, asked)
    return paged(behind(moment.view, card.projects(asked["measure"], asked["group"])),
                 measure=asked["measure"], group=asked["group"])


def gap_of(moment: Moment) -> Gap:
    """The gap at this moment."""
    return moment.large("gap", moment.reading.gap)


def _gap(moment: Moment, asked: Asked) -> Found:
    found = gap_of(moment)
    return Found({"figures": found.figures, "archetypes": found.archetypes},
                 {"rules": RULES, "milestones": [
                     {"sector": m.sector, "plants": m.plants, "note": m.note, "source": m.source}
                     for m in milestones().values()]})


@cache
def _gap_tables() -> Mapping[str, Sheet]:
    found = blank.reading().gap()
    return {"figures": Sheet("gap", found.figures.schema),
            "archetypes": Sheet("gap_archetypes", found.archetypes.schema)}


def _gap_projects(moment: Moment, asked: Asked) -> Found:
    chosen = gap_of(moment).members.filter(
        (pl.col("sector") == asked["row"]) & (pl.col("rule") == asked["rule"]))
    return paged(behind(moment.view, chosen.select("record", "project").sort("record")),
                 row=asked["row"], rule=asked["rule"])


_PERIOD_SHAPE: dict[str, Any] = {
    "type": "object", "required": ["name", "first", "last"], "properties": {
        "name": {"type": "string"}, "first": {"type": "string", "format": "date"},
        "last": {"type": "string", "format": "date"}}}

RESOURCES = (
    Resource(
        "scorecard", "The measures over a period",
        "Stocks on the clock's day and flows over a period, for all tracked projects and the "
        "flagships among them; capacity per product, investment per currency, how many records are "
        "eligible, and how flows by the day known and by the day happened hang together.",
        _scorecard, _card_tables, (PERIOD, GROUPING, LEVEL), members={
            "period": _PERIOD_SHAPE, "by": {"type": ["string", "null"]},
            "level": {"type": "string"}, "assessed": {"type": "integer"}}),
    Resource(
        "scorecard/projects", "The projects behind a figure of the scorecard",
        "As many as the figure's value.",
        _card_projects, lambda: behind_table(claim=pl.Int64()),
        (word("measure", "The measure.", MEASURES, required=True), GROUP, PERIOD, GROUPING, LEVEL),
        paged=True, members={"measure": {"type": "string"}, "group": {"type": "string"}}),
    Resource(
        "gap", "The gap to 2030",
        "Plants needed and counted under each counting rule; null is not computed, never zero.",
        _gap, _gap_tables, members={
            "rules": {"type": "object"},
            "milestones": {"type": "array", "items": {"type": "object"}}}),
    Resource(
        "gap/projects", "The projects behind a figure of the gap",
        "As many as `have` where the sector is covered.",
        _gap_projects, behind_table,
        (word("row", "Sector row of the milestone; all is all six.", milestones(), default="all"),
         word("rule", "Counting rule.", [r for r in RULES if r != "expected"],
              default="committed")),
        paged=True, members={"row": {"type": "string"}, "rule": {"type": "string"}}),
)
