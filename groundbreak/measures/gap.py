"""The gap to 2030 in plants, under four named counting rules, and in archetype plants.

Milestones are dated, sourced inputs (milestones_2030.csv). The published arithmetic of the
reference tracker goes through the same function as the register's own figures.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import polars as pl

from groundbreak.history.view import View
from groundbreak.measures import DEFINITION_VERSION
from groundbreak.measures.population import projects
from groundbreak.vocabulary.terms import PRODUCTS

RULES = {
    "committed": "committed only (at FID and operating)",
    "due_2030": "+ announced with a stated start by 2030",
    "all_announced": "+ all announced (the published convention)",
    "expected": "expected (weighted by the outlook)",
}
JOINT_ROW = {"chemicals": "chemicals_shipping", "shipping": "chemicals_shipping",
             "fuel_undecided": "chemicals_shipping"}
COVERED_FROM = 5  # fewer eligible projects than this: not yet covered


@dataclass(frozen=True)
class Milestone:
    """Plants needed by 2030 in a sector row; `products` narrows what counts ('' = any)."""

    sector: str
    plants: int
    products: frozenset[str]
    note: str
    source: str


@cache
def milestones() -> dict[str, Milestone]:
    """The 2030 milestones by sector row, 'all' included."""
    text = files("groundbreak.measures").joinpath("milestones_2030.csv").read_text("utf-8")
    return {
        row["sector"]: Milestone(
            row["sector"], int(row["plants"]),
            frozenset(p for p in row["measured_products"].split(";") if p),
            row["counting_note"], row["source"])
        for row in csv.DictReader(text.splitlines())
    }


@dataclass(frozen=True)
class Missing:
    """What is still missing of a milestone when `have` are counted."""

    need: int
    have: int

    @property
    def gap(self) -> int:
        """Plants missing; negative when there are more than needed."""
        return self.need - self.have

    @property
    def share_of_gap(self) -> float:
        """have / need."""
        return self.have / self.need


def published_gap(need: int, committed: int, announced: int = 0) -> Missing:
    """The published arithmetic: 705 − 110 = 595; steel 70 − 6 − 52 = 12."""
    return Missing(need, committed + announced)


@dataclass(frozen=True)
class Gap:
    """`figures`: sector, rule, need, have, gap, covered, note, definition_version.

    `members`: sector, rule, record, project. `archetypes`: sector, rule, product, plants: capacity
    divided by the archetype plant's, a decimal.
    """

    figures: pl.DataFrame
    members: pl.DataFrame
    archetypes: pl.DataFrame
    definition_version: str = DEFINITION_VERSION


def gap(view: View, expected: pl.DataFrame | None = None, factor: float = 1.0) -> Gap:
    """The gap as of the view. `expected`: record, probability, from the outlook; without it the
    fourth rule is not computed, never zero. `factor` scales every threshold of eligibility."""
    counted = projects(view, factor).filter("counted").with_columns(
        row=pl.col("sector").replace(JOINT_ROW))
    members = pl.concat([
        counted.filter(rule).select(pl.col("row").alias("sector"), pl.lit(name).alias("rule"),
                                    "record", "project", "product")
        for name, rule in _rules().items()
    ])
    members = members.filter(_measured())
    everyone = pl.concat([members, members.with_columns(sector=pl.lit("all"))])
    have = everyone.group_by("sector", "rule").agg(have=pl.col("record").n_unique())
    known = everyone.filter(pl.col("rule") == "all_announced").select("sector", "record").unique()
    coverage = known.group_by("sector").agg(eligible=pl.len())
    figures = _grid().join(have, on=["sector", "rule"], how="left", maintain_order="left").join(
        coverage, on="sector", how="left", maintain_order="left")
    covered = pl.col("eligible").fill_null(0) >= COVERED_FROM
    not_computed = pl.col("rule") == "expected"
    figures = figures.with_columns(
        covered=covered,
        have=pl.when(~covered | not_computed).then(None)
        .otherwise(pl.col("have").fill_null(0)).cast(pl.Int64),
    ).with_columns(
        gap=pl.col("need") - pl.col("have"),
        note=pl.when(~covered).then(pl.lit("not yet covered"))
        .when(not_computed).then(pl.lit("not yet computed")).otherwise("note"),
        definition_version=pl.lit(DEFINITION_VERSION),
    )
    if expected is not None:
        figures = _with_expected(figures, everyone, expected)
    return Gap(figures.drop("eligible"), everyone.drop("product"), _archetypes(view, everyone))


def legacy(view: View) -> pl.DataFrame:
    """What stood before the base date: operating, eligible but for that; never part of a gap.

    Columns: sector (row of the milestones), record, project.
    """
    standing = projects(view).filter(
        (pl.col("verdict") == "eligible") & (pl.col("origin") == "legacy")
        & (pl.col("label") == "operating"))
    rows = standing.with_columns(sector=pl.col("sector").replace(JOINT_ROW))
    return rows.filter(_measured()).select("sector", "record", "project")


def _rules() -> dict[str, pl.Expr]:
    committed = pl.col("label").is_in(["at_fid", "operating"])
    announced = pl.col("label") == "announced"
    due = pl.col("operation_planned_date").dt.year() <= 2030
    return {
        "committed": committed,
        "due_2030": committed | (announced & due.fill_null(False)),
        "all_announced": committed | announced,
    }


def _measured() -> pl.Expr:
    """Only products the milestone speaks of: hydrogen for a steelworks is no steel plant."""
    keep = pl.lit(True)
    for row in milestones().values():
        if row.products:
            keep = keep & (
                (pl.col("sector") != row.sector) | pl.col("product").is_in(sorted(row.products)))
    return keep


def _grid() -> pl.DataFrame:
    rows = [
        (m.sector, rule, m.plants, m.note) for m in milestones().values() for rule in RULES
    ]
    return pl.DataFrame(rows, schema={"sector": pl.String(), "rule": pl.String(),
                                      "need": pl.Int64(), "note": pl.String()}, orient="row")


def _with_expected(
    figures: pl.DataFrame, members: pl.DataFrame, expected: pl.DataFrame
) -> pl.DataFrame:
    weighted = (
        members.filter(pl.col("rule") == "all_announced").join(expected, on="record")
        .group_by("sector").agg(expected=pl.col("probability").sum().round(0).cast(pl.Int64))
    )
    chosen = pl.col("rule") == "expected"
    return figures.join(weighted, on="sector", how="left", maintain_order="left").with_columns(
        have=pl.when(chosen & pl.col("covered")).then("expected").otherwise("have"),
    ).with_columns(gap=pl.col("need") - pl.col("have")).drop("expected")


def _archetypes(view: View, members: pl.DataFrame) -> pl.DataFrame:
    """Capacity in archetype plants: steel 2.5 Mt, aluminium 1 Mt, clinker 2 Mt, ammonia 0.73 Mt."""
    frame = projects(view)
    pieces = []
    for product in PRODUCTS.values():
        if product.archetype_t_per_year is None:
            continue
        sized = frame.filter(pl.col(product.capacity_field).is_not_null()
                             & (pl.col("product") == product.name))
        pieces.append(
            members.join(sized.select("record", size=product.capacity_field), on="record")
            .group_by("sector", "rule")
            .agg(plants=pl.col("size").sum() / product.archetype_t_per_year)
            .with_columns(product=pl.lit(product.name))
        )
    return pl.concat(pieces).select("sector", "rule", "product", "plants").sort(
        "sector", "rule", "product")
