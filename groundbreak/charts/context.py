"""What every figure says of itself: sources, clock, and the words of the vocabulary."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from groundbreak.charts.figure import Figure, Slide
from groundbreak.measures import DEFINITION_VERSION
from groundbreak.measures.gap import milestones
from groundbreak.measures.population import projects
from groundbreak.measures.scorecard import STOCK_LABELS
from groundbreak.reading import Reader, Reading
from groundbreak.vocabulary.terms import SECTORS, read_rows
from groundbreak.vocabulary.translating import day, gettext, ngettext, noop, number

NAMED = 3  # sources named in a footer; the others are counted
LABELS = {**STOCK_LABELS, "merged": noop("Merged"), "signalled": noop("Signalled"),
          "no_stage": noop("No stage stated"), "absent": noop("Not listed yet"),
          "not_counted": noop("Not counted")}
ROWS = tuple(name for name in milestones() if name != "all")  # sector rows of the 2030 milestones


@dataclass(frozen=True, eq=False)
class Context:
    """A figure's id, where it reads and what was asked of it."""

    id: str
    definition: str
    reader: Reader
    reading: Reading
    values: dict[str, Any]
    asked: tuple[tuple[str, str], ...]

    @property
    def counted(self) -> pl.DataFrame:
        """The counted projects of the view."""
        return projects(self.reading.view).filter("counted")

    def figure(self, *, title: str, subtitle: str, table: pl.DataFrame, slide: Slide, alt: str,
               n: int, draw: Any, notes: tuple[str, ...] = (), nothing: str = "",
               as_of: date | None = None) -> Figure:
        """The figure with what is the same for all."""
        return Figure(
            id=self.id, title=title, subtitle=subtitle, table=table, draw=draw, slide=slide,
            alt=alt, source=source_words(self.counted), as_of=as_of or self.reading.view.valid,
            clock=clock_words(self.reading), n=n, definition=self.definition,
            definition_version=DEFINITION_VERSION, notes=notes, nothing=nothing,
            params=self.asked)

    def nothing(self, reason: str, table: pl.DataFrame, subtitle: str = "") -> Figure:
        """A figure that says plainly that there is nothing to draw, and why."""
        said = gettext("Nothing to draw: {reason}").format(reason=reason)
        return self.figure(title=said, subtitle=subtitle, table=table, slide=Slide("bars", (), ()),
                           alt=said, n=0, draw=None, nothing=said)


def clock_words(reading: Reading) -> str:
    """Which clock a reading shows."""
    view = reading.view
    if view.known == view.valid:
        return gettext("As known on {day}").format(day=day(view.known))
    return gettext("As known on {known} about {day}").format(
        known=day(view.known), day=day(view.valid))


def source_words(counted: pl.DataFrame) -> str:
    """Who published the facts of these projects: the sources with most of them, then how many."""
    titles = {row["name"]: row["title"] for row in read_rows("publications.csv")}
    names = counted.group_by("source").len().sort("len", "source", descending=[True, False])
    found = [titles.get(name, name) for name in names["source"]]
    if not found:
        return gettext("Groundbreak register")
    named = ", ".join(found[:NAMED])
    if len(found) <= NAMED:
        return gettext("Groundbreak register, from {sources}").format(sources=named)
    return gettext("Groundbreak register, from {sources} and {more} more").format(
        sources=named, more=len(found) - NAMED)


def sector_row(name: str) -> str:
    """What a sector, or a row of sectors with one milestone, is called."""
    if name == "all":
        return gettext("All sectors")
    if name == "chemicals_shipping":
        return gettext("Chemicals + shipping")
    return gettext(SECTORS[name].label) if name in SECTORS else name


def label(name: str) -> str:
    """What a public label is called."""
    return gettext(LABELS.get(name, name))


def some_projects(count: int) -> str:
    """'1 project', '1,200 projects'."""
    return ngettext("{n} project", "{n} projects", count).format(n=number(count))
