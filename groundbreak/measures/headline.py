"""What the first page says: the sentence and the four measures, each with its honest caveat.

Every number is the scorecard's or the gap's; nothing is counted here a second time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from groundbreak.history.view import View
from groundbreak.measures.gap import gap
from groundbreak.measures.periods import TERM_START, months_back
from groundbreak.measures.population import projects
from groundbreak.measures.scorecard import Scorecard, scorecard


@dataclass(frozen=True)
class Level:
    """A measure for all tracked and for the flagships among them."""

    tracked: int
    flagship: int


@dataclass(frozen=True)
class Flows:
    """The flow measures over one period."""

    announced: Level
    found_late: Level
    undated: Level
    progressing: Level
    evidenced: Level
    assessed: int
    pipeline: int
    fid_stated: Level
    fid_implied: Level
    reversed: Level

    @property
    def fid(self) -> Level:
        """Reached FID: stated and implied."""
        return Level(self.fid_stated.tracked + self.fid_implied.tracked,
                     self.fid_stated.flagship + self.fid_implied.flagship)


@dataclass(frozen=True)
class Headline:
    """`term`: since the baseline of 2024; `year`: the last 12 months, both up to the day `valid`.

    `needed`: plants missing of the `need` in 2030, committed ones counted; None: not yet covered.
    """

    known: date
    valid: date
    committed: int
    needed: int | None
    need: int
    announced: int
    legacy: int
    counted: int
    flagships: int
    term: Flows
    year: Flows

    @property
    def begun(self) -> bool:
        """Whether the term had begun on the day; before, only the last 12 months say anything."""
        return self.valid >= TERM_START

    @property
    def shown(self) -> Flows:
        """The flows that lead: of the term, before it of the last 12 months."""
        return self.term if self.begun else self.year

    @property
    def since(self) -> date:
        """The day before the first of the flows that lead: what a list of them starts from."""
        return TERM_START if self.begun else months_back(self.valid, 12)


def headline(view: View) -> Headline:
    """The first page's numbers as of a view."""
    population = projects(view)
    counted = population.filter("counted")
    labels = dict(counted.group_by("label").len().iter_rows())
    legacy = population.filter(
        (pl.col("verdict") == "eligible") & (pl.col("origin") == "legacy")
        & pl.col("label").is_in(["at_fid", "operating"]))
    whole = gap(view).figures.filter(
        (pl.col("sector") == "all") & (pl.col("rule") == "committed")).row(0, named=True)
    then = view if view.valid == view.known else view.about(view.known)
    last = min(view.valid, view.known)  # what lies after what is known has no flows
    term, year = min(TERM_START, last), months_back(last, 12) + timedelta(days=1)
    return Headline(
        known=view.known, valid=view.valid,
        committed=labels.get("at_fid", 0) + labels.get("operating", 0),
        needed=whole["gap"], need=whole["need"], announced=labels.get("announced", 0),
        legacy=legacy.height, counted=counted.height,
        flagships=counted.filter(pl.col("level") == "flagship").height,
        term=flows(scorecard(then, period=f"{term}..{last}")),
        year=flows(scorecard(then, period=f"{year}..{last}")),
    )


def flows(card: Scorecard) -> Flows:
    """The flow measures of a scorecard."""
    values = {(row["measure"], row["level"]): row["value"]
              for row in card.figures.filter(pl.col("group") == "all").iter_rows(named=True)}

    def level(measure: str) -> Level:
        return Level(values[measure, "all"], values[measure, "flagship"])

    return Flows(
        announced=level("new_announced"), found_late=level("new_late_discovery"),
        undated=level("new_listed_undated"), progressing=level("progressing_reported"),
        evidenced=level("progressing_evidenced"), assessed=card.assessed,
        pipeline=int(card.progress["projects"].sum()), fid_stated=level("reached_fid_stated"),
        fid_implied=level("reached_fid_implied"), reversed=level("reversed"),
    )
