"""Who said something: the publisher that a claim names, else whoever publishes its source."""

from __future__ import annotations

import polars as pl

from groundbreak.vocabulary.terms import read_rows


def publisher() -> pl.Expr:
    """Of columns `publisher` and `source`; a source that no publication is, is its own."""
    names = {row["name"]: row["publisher"] for row in read_rows("publications.csv")}
    return pl.coalesce("publisher", pl.col("source").replace_strict(
        names, default=pl.col("source"), return_dtype=pl.String())).alias("publisher")
