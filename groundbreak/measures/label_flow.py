"""Every project by its label on one known day and on another: who stayed, moved, came, went."""

from __future__ import annotations

import polars as pl

from groundbreak.history.view import View
from groundbreak.measures.bridge import NOT_COUNTED
from groundbreak.measures.population import LABELS, projects

PLACES = (*LABELS, NOT_COUNTED, "absent")
FLOW_SCHEMA: dict[str, pl.DataType] = {
    "record": pl.String(), "project": pl.String(), "name": pl.String(), "country": pl.String(),
    "sector": pl.String(), "before": pl.String(), "after": pl.String(),
}


def label_flow(start: View, end: View) -> pl.DataFrame:
    """Every record counted at either view, with its label then and now; FLOW_SCHEMA.

    'not_counted' stands for a label outside the pipeline, 'absent' for not known. Records counted
    at neither are left out.
    """
    was, now = (projects(view).select(
        "record", "project", "name", "country", "sector",
        label=pl.when("counted").then("label").otherwise(pl.lit(NOT_COUNTED)))
        for view in (start, end))
    both = was.rename({"label": "before"}).join(
        now.rename({"label": "after"}), on="record", how="full", coalesce=True)
    outside = pl.col("before", "after").is_in([NOT_COUNTED, "absent"])
    return both.with_columns(
        pl.coalesce(f"{name}_right", name).alias(name)
        for name in ("project", "name", "country", "sector")
    ).with_columns(pl.col("before", "after").fill_null("absent")).filter(
        ~pl.all_horizontal(outside)
    ).sort(pl.col("name").str.to_lowercase(), "record").select(
        pl.col(name).cast(dtype) for name, dtype in FLOW_SCHEMA.items())
