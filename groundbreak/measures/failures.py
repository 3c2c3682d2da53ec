"""The standing list of failures: cancelled, lost, paused, and decisions reversed."""

from __future__ import annotations

import polars as pl

from groundbreak.history.view import View
from groundbreak.measures.decisions import reversals
from groundbreak.measures.population import projects
from groundbreak.measures.publishers import publisher

KINDS = {
    "cancelled": "cancelled",
    "reversed": "decision reversed (owner, court, lender or press)",
    "lost": "lost (dropped by its source)",
    "stopped": "paused, cancelled or closed (the source does not say which)",
    "paused": "paused",
}
FAILURE_SCHEMA: dict[str, pl.DataType] = {
    "what": pl.String(), "record": pl.String(), "project": pl.String(), "name": pl.String(),
    "sector": pl.String(), "country": pl.String(), "product": pl.String(), "label": pl.String(),
    "earliest": pl.Date(), "latest": pl.Date(), "reason": pl.String(), "remark": pl.String(),
    "known": pl.Date(), "grade": pl.Int8(), "publisher": pl.String(), "evidence": pl.String(),
    "source": pl.String(), "claim": pl.Int64(),
}


def failures(view: View) -> pl.DataFrame:
    """Counted projects that failed, as they stand in the view; FAILURE_SCHEMA, latest first.

    A row a project and kind: one whose decision was reversed and that was then cancelled stands
    under both. `reason` is a word of stop_reasons.csv, null where none was told; `earliest` to
    `latest` is when it happened, both null for what no source dates.
    """
    counted = projects(view).filter("counted")
    stopped = counted.filter(pl.col("label").is_in(["cancelled", "lost", "stopped", "paused"]))
    telling = _telling(view, stopped)
    turned = reversals(view).sort("latest", "claim").unique(
        "record", keep="last", maintain_order=True)
    rows = pl.concat([
        stopped.select("record", what="label").join(telling, on="record", how="left"),
        turned.join(counted.select("record"), on="record", how="semi").select(
            "record", "claim", what=pl.lit("reversed")),
    ], how="diagonal")
    about = counted.select("record", "project", "name", "sector", "country", "product", "label")
    told = view.history.claims.select(
        "claim", "known", "grade", "publisher", "evidence", "source",
        earliest="happened_earliest", latest="happened_latest")
    reasons = view.wide("stop_reason", "status_reason").rename(
        {"stop_reason": "reason", "status_reason": "remark"})
    ranks = {name: n for n, name in enumerate(KINDS)}
    found = rows.join(about, on="record").join(told, on="claim", how="left").join(
        reasons, on="record", how="left")
    return found.with_columns(publisher()).sort(
        pl.col("what").replace_strict(ranks, return_dtype=pl.Int64()),
        pl.coalesce("latest", "known"), "record", descending=[False, True, False],
        nulls_last=True,
    ).select(pl.col(name).cast(dtype) for name, dtype in FAILURE_SCHEMA.items())


def _telling(view: View, stopped: pl.DataFrame) -> pl.DataFrame:
    """record, claim: the claim by which each is no longer active."""
    return view.held("record", "field", "claim").filter(pl.col("field") == "activity").join(
        stopped.select("record"), on="record", how="semi").select("record", "claim")
