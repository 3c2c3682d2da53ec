"""How young the evidence is: the newest published claim of each counted project."""

from __future__ import annotations

import polars as pl

from groundbreak.history.view import View
from groundbreak.measures.periods import months_back
from groundbreak.measures.population import projects

FRESH_MONTHS = 24


def newest_evidence(view: View) -> pl.DataFrame:
    """record, last_news, young, in the order of the counted projects.

    `last_news`: day on which the newest claim that holds was published; a list that repeats itself
    makes no claim and so renews nothing. `young`: that day is less than 24 months before the day
    the view speaks of.
    """
    newest = view.held("record", "known").group_by("record").agg(last_news=pl.col("known").max())
    since = months_back(view.valid, FRESH_MONTHS)
    return projects(view).filter("counted").select("record").join(
        newest, on="record", how="left", maintain_order="left",
    ).with_columns(young=(pl.col("last_news") > since).fill_null(False))


def freshness(view: View) -> tuple[int, int]:
    """How many counted projects have evidence younger than 24 months, and of how many."""
    found = newest_evidence(view)
    return int(found["young"].sum()), found.height
