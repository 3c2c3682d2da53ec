"""What the figures rest on: sources used, what was searched, and what is known of each project.

What was read or searched without result, and what nobody searched, is dated data (searches.csv):
only what was done stands there as done.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from importlib.resources import files

import polars as pl

from groundbreak.history.view import View
from groundbreak.measures.companies import owners
from groundbreak.measures.freshness import newest_evidence
from groundbreak.measures.gap import COVERED_FROM
from groundbreak.measures.population import projects
from groundbreak.vocabulary.fields import capacity_fields
from groundbreak.vocabulary.terms import PRODUCTS, SECTORS, read_rows

SIX = tuple(name for name in SECTORS if name not in ("fuel_undecided", "outside"))
RESULTS = ("used", "none_found", "not_taken_in", "not_searched")
SOURCE_SCHEMA: dict[str, pl.DataType] = {
    "source": pl.String(), "title": pl.String(), "publisher": pl.String(), "role": pl.String(),
    "editions": pl.Int64(), "newest": pl.Date(), "records": pl.Int64(), "counted": pl.Int64(),
    "licence": pl.String(), "confirmed": pl.Boolean(), "complete": pl.Boolean(),
}
SHARE_SCHEMA: dict[str, pl.DataType] = {
    "sector": pl.String(), "counted": pl.Int64(), "undecided": pl.Int64(), "young": pl.Int64(),
    "located": pl.Int64(), "sized": pl.Int64(), "owned": pl.Int64(), "dated": pl.Int64(),
    "gated": pl.Int64(),
}


@dataclass(frozen=True)
class Search:
    """One place that was read, searched or left unsearched for a sector ('' product: any).

    `source`: the publication's name, '' where it is none that a register takes in. `result`: used,
    none_found or not_searched; `on`: the day by which that was so.
    """

    sector: str
    product: str
    source: str
    where: str
    result: str
    on: date
    note: str


@dataclass(frozen=True)
class CoverageWarning:
    """Why a sector's figures need care.

    `kind`: not_covered (fewer counted than are needed to say anything) or partial (more records
    are undecided than counted). `counted` and `undecided`: projects.
    """

    sector: str
    kind: str
    counted: int
    undecided: int


def searched(view: View) -> list[Search]:
    """The searches as this view stands: a source it has not taken in is not used, but could be.

    `result` is then not_taken_in. A source read in vain needs no edition in the register.
    """
    taken = set(sources(view)["source"].to_list())
    return [
        replace(search, result="not_taken_in")
        if search.result == "used" and search.source not in taken else search
        for search in searches()
    ]


@cache
def searches() -> tuple[Search, ...]:
    """Everything that was searched and everything known not to have been, in the file's order."""
    text = files("groundbreak.measures").joinpath("searches.csv").read_text(encoding="utf-8")
    return tuple(
        Search(row["sector"], row["product"], row["source"], row["where"], row["result"],
               date.fromisoformat(row["on"]), row["note"])
        for row in csv.DictReader(text.splitlines())
    )


def sources(view: View) -> pl.DataFrame:
    """The sources a view rests on: SOURCE_SCHEMA, those with most counted projects first.

    `editions`: releases published by then, 0 where only facts of it were: each is known from the
    day of its own page; `newest`: the last of them. `records`: those it describes; `complete`: its
    newest edition is the whole list, not an excerpt.
    """
    known = {row["name"]: row for row in read_rows("publications.csv")}
    editions = view.releases.sort("published", "release").group_by("source").agg(
        editions=pl.len().cast(pl.Int64), newest=pl.col("published").last(),
        licence=pl.col("licence").last(), confirmed=pl.col("licence_confirmed").last(),
        complete=pl.col("complete").last())
    told = view.held("source", "known").group_by("source").agg(told=pl.col("known").max())
    held = projects(view).group_by("source").agg(
        records=pl.len().cast(pl.Int64), counted=pl.col("counted").sum().cast(pl.Int64))
    named = {
        name: pl.col("source").replace_strict(
            {source: row[column] for source, row in known.items()}, default=default,
            return_dtype=pl.String())
        for name, column, default in (
            ("title", "title", pl.col("source")), ("publisher", "publisher", None),
            ("role", "role", None), ("terms", "licence", None))
    }
    return (
        editions.join(held, on="source", how="full", coalesce=True)
        .join(told, on="source", how="left")
        .with_columns(pl.col("editions", "records", "counted").fill_null(0), **named)
        .with_columns(newest=pl.coalesce("newest", "told"), licence=pl.coalesce("licence", "terms"))
        .select(pl.col(name).cast(dtype) for name, dtype in SOURCE_SCHEMA.items())
        .sort("counted", "records", "source", descending=[True, True, False])
    )


def known_shares(view: View) -> pl.DataFrame:
    """What is known of the counted projects: SHARE_SCHEMA, a row a sector, then 'all'.

    `undecided`: records that no verdict can be given on, counted in none. Of the counted: `young`
    evidence (under 24 months), `located` (coordinates), `sized` (capacity of the own product),
    `owned` (an owner named), `dated` (a promised or actual start), `gated` (a gate assessed).
    """
    population = projects(view)
    counted = population.filter("counted")
    wide = view.wide("latitude", "operation_actual_date")
    gated = view.words.filter(pl.col("field").str.starts_with("gate_"))["record"].unique()
    facts = counted.join(wide, on="record", how="left", maintain_order="left").join(
        newest_evidence(view), on="record", how="left", maintain_order="left",
    ).select(
        "sector", young=pl.col("young"), located=pl.col("latitude").is_not_null(), sized=_sized(),
        owned=pl.col("record").is_in(owners(view)["record"].implode()),
        dated=pl.coalesce("operation_actual_date", "operation_planned_date").is_not_null(),
        gated=pl.col("record").is_in(gated.implode()))
    shares = facts.columns[1:]
    by_sector = facts.group_by("sector").agg(
        counted=pl.len(), **{name: pl.col(name).sum() for name in shares})
    undecided = population.filter(pl.col("verdict") == "undecided").group_by("sector").agg(
        undecided=pl.len())
    found = pl.DataFrame({"sector": SIX}).join(
        by_sector.join(undecided, on="sector", how="full", coalesce=True)
        .filter(pl.col("sector").is_not_null() & (pl.col("sector") != "outside")),
        on="sector", how="full", coalesce=True, maintain_order="left_right",
    ).select(pl.col(name).fill_null(0 if name != "sector" else "").cast(dtype)
             for name, dtype in SHARE_SCHEMA.items())
    total = found.select(pl.lit("all").alias("sector"),
                         *(pl.col(name).sum() for name in SHARE_SCHEMA if name != "sector"))
    return pl.concat([found, total])


def _sized() -> pl.Expr:
    """Whether the capacity of the project's own product is stated."""
    own = [pl.when(pl.col("product") == product).then(pl.col(field))
           for field, product in capacity_fields().items() if product in PRODUCTS]
    return pl.coalesce(own).is_not_null()


def coverage_warnings(view: View) -> list[CoverageWarning]:
    """The sectors whose figures need care, in the order of the vocabulary."""
    found = []
    for row in known_shares(view).filter(pl.col("sector").is_in(SIX)).iter_rows(named=True):
        kind = ("not_covered" if row["counted"] < COVERED_FROM
                else "partial" if row["undecided"] > row["counted"] else "")
        if kind:
            found.append(CoverageWarning(row["sector"], kind, row["counted"], row["undecided"]))
    return found
