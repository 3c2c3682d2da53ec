"""How a record came to be known: announced, discovered late, listed undated, or opening stock."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl

from groundbreak.history.stages import stage_ranks
from groundbreak.history.view import View
from groundbreak.measures.population import COMMITTED


def entrances(view: View, opened: date, among: pl.DataFrame | None = None) -> pl.DataFrame:
    """record, first_known, entrance, announced_earliest, announced_latest.

    A source's first release is opening stock (`taken_in`). A record first listed with an
    announcement before the previous cut, or already at committed or beyond, is a late discovery;
    one announced since is new; the rest came undated. `opened` stands for the previous cut where
    the source publishes no editions (dated events). `among` (record) leaves the others out.
    """
    first = view.first_known().with_columns(source=pl.col("record").str.split(":").list.first())
    if among is not None:
        first = first.join(among, on="record", how="semi")
    cuts = _previous_cuts(view)
    announced = view.cells.filter(pl.col("field") == "announcement_actual_date").select(
        "record", announced_earliest=pl.col("value_date"),
        announced_latest=period_end_of(),
    )
    frame = (
        first.join(announced, on="record", how="left")
        .join(_first_stage(view, first), on="record", how="left")
        .join(cuts, left_on=["source", "first_known"], right_on=["source", "published"],
              how="left")
        .with_columns(previous_cut=pl.when(pl.col("is_first").is_null()).then(pl.lit(opened))
                      .otherwise("previous_cut"))
    )
    entrance = (
        pl.when(pl.col("is_first").fill_null(False)).then(pl.lit("taken_in"))
        .when(pl.col("announced_latest").is_not_null()
              & (pl.col("announced_latest") <= pl.col("previous_cut")))
        .then(pl.lit("late_discovery"))
        .when(pl.col("first_stage") >= COMMITTED).then(pl.lit("late_discovery"))
        .when(pl.col("announced_latest").is_not_null()).then(pl.lit("newly_announced"))
        .otherwise(pl.lit("newly_listed_undated"))
    )
    return frame.with_columns(entrance=entrance).select(
        "record", "first_known", "entrance", "announced_earliest", "announced_latest"
    )


def period_end_of() -> pl.Expr:
    start = pl.col("value_date")
    return (
        pl.when(pl.col("precision") == "year").then(start.dt.offset_by("1y"))
        .when(pl.col("precision") == "quarter").then(start.dt.offset_by("3mo"))
        .when(pl.col("precision") == "month").then(start.dt.offset_by("1mo"))
        .otherwise(start + timedelta(days=1))
    ) - timedelta(days=1)


def _previous_cuts(view: View) -> pl.DataFrame:
    """Complete releases: source, published, is_first, previous_cut."""
    return (
        view.releases.filter("complete").sort("source", "published", "data_cut")
        .unique(["source", "published"], keep="first", maintain_order=True)
        .with_columns(
            is_first=pl.col("published") == pl.col("published").min().over("source"),
            previous_cut=pl.col("data_cut").shift(1).over("source"),
        )
        .select("source", "published", "is_first", "previous_cut")
    )


def _first_stage(view: View, first: pl.DataFrame) -> pl.DataFrame:
    """The lowest stage a record was first listed at: record, first_stage (rank)."""
    return (
        view.history.claims.filter(pl.col("field") == "stage")
        .join(first.select("record", known="first_known"), on=["record", "known"], how="semi")
        .rename({"value_text": "stage"}).select("record", "stage")
        .join(stage_ranks(), on="stage", how="inner")
        .group_by("record").agg(first_stage=pl.col("stage_at_least").max())
    )
