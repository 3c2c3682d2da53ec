"""The rows of the catalogue: each project with what the public table says of it."""

from __future__ import annotations

import polars as pl

from groundbreak.catalogue.columns import COLUMNS
from groundbreak.catalogue.query import NOT_STATED
from groundbreak.history.view import View
from groundbreak.measures.eligibility import thresholds
from groundbreak.measures.population import LABELS, projects
from groundbreak.vocabulary import countries
from groundbreak.vocabulary.terms import PRODUCTS


def rows(view: View) -> pl.DataFrame:
    """One row a project of the view, counted or not: the columns of COLUMNS, `counted`, and keys
    to sort and search by."""
    found = projects(view).with_columns(
        _capacity(), _unit(), *_start(), _region(), _country_names(),
    ).with_columns(_size()).join(_evidence(view), on="record", how="left", maintain_order="left")
    found = found.join(_terms(view), on="source", how="left", maintain_order="left")
    return found.with_columns(
        name_key=pl.col("name").str.to_lowercase(),
        label_key=pl.col("label").cast(pl.Enum(LABELS)),
        stage_key=pl.col("stage_at_least"),
    ).select(*COLUMNS, "counted", "country_names", "name_key", "label_key", "stage_key")


def _capacity() -> pl.Expr:
    own = [pl.when(pl.col("product") == p.name).then(pl.col(p.capacity_field))
           for p in PRODUCTS.values()]
    return pl.coalesce(own).cast(pl.Int64).alias("capacity")


def _unit() -> pl.Expr:
    units = {p.name: p.base_unit for p in PRODUCTS.values()}
    return pl.col("product").replace_strict(
        units, default=None, return_dtype=pl.String()).alias("capacity_unit")


def _start() -> tuple[pl.Expr, ...]:
    date = pl.coalesce("operation_actual_date", "operation_planned_date")
    return (date.dt.year().alias("start_year"),)


def _region() -> pl.Expr:
    regions = {c.iso3: c.m49_region for c in countries.all_countries() if c.m49_region}
    return pl.col("country").str.slice(0, 3).replace_strict(
        regions, default=None, return_dtype=pl.String()).alias("region")


def _country_names() -> pl.Expr:
    names = {c.iso3: c.name for c in countries.all_countries()}
    return pl.col("country").str.replace_many(
        list(names), list(names.values())).alias("country_names")


def _size() -> pl.Expr:
    """Capacity against the least size of a commercial plant (thresholds.csv); sizes of different
    products are comparable only so."""
    least = {(t.sector, t.product): t.least for t in thresholds()
             if t.product and t.measured_on == t.product}
    keys = pl.DataFrame(
        [(f"{sector}/{product}", value) for (sector, product), value in least.items()],
        schema={"key": pl.String(), "least": pl.Float64()}, orient="row")
    factor = pl.col("capacity") / pl.format("{}/{}", "sector", "product").replace_strict(
        keys["key"], keys["least"], default=None, return_dtype=pl.Float64())
    return (
        pl.when(factor.is_null()).then(pl.lit(NOT_STATED))
        .when(factor < 1).then(pl.lit("below")).when(factor < 2).then(pl.lit("1-2x"))
        .when(factor < 5).then(pl.lit("2-5x")).otherwise(pl.lit("over-5x")).alias("size")
    )


def _terms(view: View) -> pl.DataFrame:
    """source, licence, citation, terms_confirmed: of its newest edition by then, else its first.

    A source of dated events speaks of days before it was itself published.
    """
    every = view.history.snapshot.releases.sort("published")
    first = every.unique("source", keep="first")
    newest = view.releases.sort("published").unique("source", keep="last")
    return pl.concat([newest, first.join(newest, on="source", how="anti")]).select(
        "source", "licence", "citation", terms_confirmed="licence_confirmed")


def _evidence(view: View) -> pl.DataFrame:
    """record, grade (of the claim that holds its stage), last_news (newest claim that holds)."""
    staged = pl.col("field") == "stage"
    told = view.numbered("number", "field", "grade", "known").group_by("number").agg(
        grade=pl.col("grade").filter(staged).min(), last_news=pl.col("known").max())
    return told.select(
        "grade", "last_news", record=pl.lit(view.history.names).gather(pl.col("number")))
