"""What every figure says of itself: sources, clock, and the words of the vocabulary."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from groundbreak.charts.figure import Figure, Slide
from groundbreak.measures import DEFINITION_VERSION
from groundbreak.measures.gap import JOINT_ROW, milestones
from groundbreak.measures.population import projects
from groundbreak.measures.scorecard import STOCK_LABELS
from groundbreak.reading import Reader, Reading
from groundbreak.vocabulary.terms import SECTORS, read_rows

NAMED = 3  # sources named in a footer; the others are counted
LABELS = {**STOCK_LABELS, "merged": "Merged", "signalled": "Signalled", "no_stage": "No stage",
          "absent": "Not listed", "not_counted": "Not counted"}
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
        said = f"Nothing to draw: {reason}"
        return self.figure(title=said, subtitle=subtitle, table=table, slide=Slide("bars", (), ()),
                           alt=said, n=0, draw=None, nothing=said)


def day_words(day: date) -> str:
    """A day as readers write it: 4 Sep 2026."""
    return f"{day.day} {day:%b} {day.year}"


def clock_words(reading: Reading) -> str:
    """Which clock a reading shows."""
    view = reading.view
    if view.known == view.valid:
        return f"As known on {day_words(view.known)}"
    return f"As known on {day_words(view.known)} about {day_words(view.valid)}"


def source_words(counted: pl.DataFrame) -> str:
    """Who published the facts of these projects: the sources with most of them, then how many."""
    titles = {row["name"]: row["title"] for row in read_rows("publications.csv")}
    names = counted.group_by("source").len().sort("len", "source", descending=[True, False])
    found = [titles.get(name, name) for name in names["source"]]
    if not found:
        return "Groundbreak register"
    rest = len(found) - NAMED
    more = f" and {rest} more" if rest > 0 else ""
    return f"Groundbreak register, from {', '.join(found[:NAMED])}{more}"


def sector_row(name: str) -> str:
    """What a sector, or a row of sectors with one milestone, is called."""
    if name == "all":
        return "All sectors"
    joined = [SECTORS[sector].label for sector, row in JOINT_ROW.items()
              if row == name and sector != "fuel_undecided"]
    if joined:
        return " + ".join([joined[0], *(label.lower() for label in joined[1:])])
    return SECTORS[name].label if name in SECTORS else name


def plural(number: int, one: str, many: str) -> str:
    """'1 plant', '2 plants', '1,200 plants'."""
    return f"{number:,} {one if number == 1 else many}"
