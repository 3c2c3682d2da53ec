"""The scorecard cut by sector, country or another group, for pages: stocks, flows, capacity.

Nothing is counted here a second time: stocks, capacity and flows are the scorecard's. Flows run
over the term (from 2024-01-01) up to the day that the view speaks of, as on the first page.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl

from groundbreak.history.view import View
from groundbreak.measures.bridge import STOCKS
from groundbreak.measures.periods import TERM_START, Period
from groundbreak.measures.population import projects
from groundbreak.measures.scorecard import STOCK_LABELS, scorecard

FLOWS = ("new_announced", "new_late_discovery", "new_listed_undated", "progressing_reported",
         "progressing_evidenced", "reached_fid_stated", "reached_fid_implied", "reversed")


@dataclass(frozen=True)
class Cell:
    """One figure and the ids of the projects behind it; low and high where dates straddle."""

    value: int
    low: int | None
    high: int | None
    projects: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Breakdown:
    """`figures`: measure, group, value, low, high (all levels). `members`: measure, group, record,
    project. `capacity`: stock, group, product, unit, capacity (whole base units), projects.
    `period`: of the flows. Groups may overlap; 'all' counts every project once."""

    figures: pl.DataFrame
    members: pl.DataFrame
    capacity: pl.DataFrame
    period: Period

    def groups(self) -> list[str]:
        """The groups in which anything is counted, 'all' left out."""
        found = self.members.filter(pl.col("group") != "all")["group"].unique().to_list()
        return sorted(found)

    def values(self) -> dict[str, dict[str, int]]:
        """group → measure → value."""
        found: dict[str, dict[str, int]] = {}
        for measure, group, value in self.figures.select("measure", "group", "value").iter_rows():
            found.setdefault(group, {})[measure] = value
        return found

    def cell(self, measures: str | tuple[str, ...], *groups: str) -> Cell:
        """A figure over measures and groups that do not overlap, with its projects."""
        wanted = (measures,) if isinstance(measures, str) else measures
        chosen = pl.col("group").is_in(groups) & pl.col("measure").is_in(wanted)
        row: dict[str, Any] = self.figures.filter(chosen).select(
            "value", "low", "high").sum().row(0, named=True)
        ranged = self.figures.filter(chosen)["low"].null_count() == 0
        ids = self.members.filter(chosen)["project"].unique().sort().to_list()
        return Cell(row["value"], row["low"] if ranged else None,
                    row["high"] if ranged else None, tuple(ids))

    def amounts(self, *groups: str) -> list[dict[str, Any]]:
        """A row a product: product, unit, and of each stock the capacity and its projects."""
        chosen = self.capacity.filter(pl.col("group").is_in(groups))
        found: dict[str, dict[str, Any]] = {}
        for row in chosen.sort("product").iter_rows(named=True):
            line = found.setdefault(row["product"], {
                "product": row["product"], "unit": row["unit"], "projects": 0,
                **dict.fromkeys(STOCKS)})
            line[row["stock"]] = (line[row["stock"]] or 0) + row["capacity"]
            line["projects"] += row["projects"]
        return sorted(found.values(), key=lambda line: (-line["projects"], line["product"]))


def breakdown(view: View, by: str) -> Breakdown:
    """The scorecard of a view by `by` (as scorecard takes it). Raises ValueError for another."""
    last = min(view.valid, view.known)  # what lies after what is known has no flows
    period = f"{min(TERM_START, last)}..{last}"
    card = scorecard(view, period=period, by=by)
    moved = card if view.valid == view.known else scorecard(
        view.about(view.known), period=period, by=by)
    stocks, flows = pl.col("measure").is_in(list(STOCK_LABELS)), pl.col("measure").is_in(FLOWS)
    whole = pl.col("level") == "all"
    columns = ("measure", "group", "value", "low", "high")
    members = ("measure", "group", "record", "project")
    shown = whole & (pl.col("bound") == "value")
    return Breakdown(
        figures=pl.concat([card.figures.filter(stocks & whole).select(columns),
                           moved.figures.filter(flows & whole).select(columns)]),
        members=pl.concat([card.members.filter(stocks & shown).select(members),
                           moved.members.filter(flows & shown).select(members)]),
        capacity=card.capacity.select("stock", "group", "product", "unit", "capacity", "projects"),
        period=card.period)


def not_counted(view: View, among: pl.Expr) -> pl.DataFrame:
    """Records that no measure counts, by verdict and kind of reason: verdict, reason, projects,
    ids (projects), those most frequent first.

    `among` chooses rows of the population. A legacy plant has the verdict 'legacy'; sizes are left
    out of reasons, so that what is too small is one reason.
    """
    small = pl.col("reason").str.contains(" is below ", literal=True)
    left = projects(view).filter(~pl.col("counted") & among.fill_null(False)).select(
        "project",
        verdict=pl.when(pl.col("verdict") == "eligible").then(pl.lit("legacy"))
        .otherwise("verdict"),
        reason=pl.when(pl.col("verdict") == "eligible").then(pl.lit("legacy low-carbon power"))
        .when(small).then(pl.lit("below commercial scale")).otherwise("reason"))
    return left.group_by("verdict", "reason").agg(
        projects=pl.len(), ids=pl.col("project").sort().head(200)
    ).sort("projects", "verdict", "reason", descending=[True, False, False])
