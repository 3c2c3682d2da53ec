"""The projects of a view: one row each with its public label, verdict, sector, level and size."""

from __future__ import annotations

import polars as pl

from groundbreak.history.stages import stage_ranks
from groundbreak.history.view import View
from groundbreak.identity.membership import trivial
from groundbreak.measures.eligibility import verdicts
from groundbreak.vocabulary.fields import capacity_fields
from groundbreak.vocabulary.terms import PRODUCTS, STAGES

COLUMNS = (
    "name", "other_names", "owners", "place", "country", "latitude", "longitude",
    "location_accuracy", "sector", "sectors_served", "product", "route", "scale", "origin", "stage",
    "activity", "support", "end_uses", "technology", "operation_planned_date",
    "operation_actual_date", "fid_planned_date", "fid_actual_date", "status_as_published",
    "capex_announced",
)
STOPPED = ("paused", "cancelled", "stopped", "closed", "lost")  # labels of what stands still
COMMITTED = STAGES["committed"].rank
OPERATING = STAGES["operating"].rank
ANNOUNCED = STAGES["announced"].rank
CLOSED = STAGES["closed"].rank
BESIDE = ("electrolyser", "co2_captured", "hydrogen")  # products that count beside the main one
LABELS = ("announced", "at_fid", "operating", "paused", "cancelled", "stopped", "closed", "lost",
          "merged", "signalled", "no_stage")


def label() -> pl.Expr:
    """The public label from stage_at_least and activity (domain.md, published rule).

    The lowest declared stage counts; what stopped a project outranks how far it had come.
    """
    stage = pl.col("stage_at_least")
    return (
        pl.when(pl.col("activity").is_in(["lost", "cancelled", "paused", "stopped", "merged"]))
        .then("activity")
        .when(stage.is_null()).then(pl.lit("no_stage"))
        .when(stage == CLOSED).then(pl.lit("closed"))
        .when(stage == OPERATING).then(pl.lit("operating"))
        .when(stage >= COMMITTED).then(pl.lit("at_fid"))
        .when(stage >= ANNOUNCED).then(pl.lit("announced"))
        .otherwise(pl.lit("signalled"))
    )


def _projects(view: View, factor: float) -> pl.DataFrame:
    capacities = list(capacity_fields())
    wide = view.wide(*COLUMNS, *capacities).with_columns(
        source=pl.col("record").str.split(":").list.first(),
        # A list without project names is shown by who builds where.
        name=pl.coalesce("name", pl.concat_str("owners", "place", separator=", "), "owners",
                         "record"),
        origin=pl.col("origin").fill_null("new_intervention"),
        level=pl.when(pl.col("support") == "flagship").then(pl.lit("flagship"))
        .otherwise(pl.lit("global")),
    )
    wide = wide.join(stage_ranks(), on="stage", how="left", maintain_order="left")
    wide = wide.with_columns(label=label())
    # Both in the order of `wide`, so that they need no join.
    judged = verdicts(wide, factor).drop("record")
    if "members" not in view.history.kept:
        view.history.kept["members"] = trivial(view.history.names.to_frame("record"))
    members: pl.DataFrame = view.history.kept["members"].drop("record")[view.described]
    return pl.concat([wide, judged, members], how="horizontal").with_columns(
        counted=(pl.col("verdict") == "eligible") & (pl.col("origin") != "legacy")
    )


def projects(view: View, factor: float = 1.0) -> pl.DataFrame:
    """One row a project (until records are matched: a record), sorted by record.

    Columns: record, project, source, name, country, sector, sectors_served, product, route, level,
    origin, stage, stage_at_least, stage_at_most (ranks), activity, label, verdict, reason, counted
    (eligible and not legacy), planned dates and a column a capacity (base units).
    """
    key = ("projects", factor)
    if key not in view.computed:
        view.computed[key] = _projects(view, factor)
    found: pl.DataFrame = view.computed[key]
    return found


def capacity_long(population: pl.DataFrame) -> pl.DataFrame:
    """record, product, capacity (whole base units), unit: the capacities that count.

    A record's own product, and beside it electrolyser input, hydrogen and captured CO2; never both
    DRI and the steel made from it.
    """
    counting = (
        population.lazy()
        .filter(pl.col(field).is_not_null()
                & ((pl.col("product") == product) | pl.lit(product in BESIDE)))
        .select("record", pl.lit(product).alias("product"),
                pl.col(field).cast(pl.Int64).alias("capacity"),
                pl.lit(PRODUCTS[product].base_unit).alias("unit"))
        for field, product in capacity_fields().items()
    )
    return pl.concat(pl.collect_all(counting)).sort("record", "product")
