"""The value of a claim in words: a text, a number, a date as precise as it was told."""

from __future__ import annotations

import polars as pl


def worded() -> pl.Expr:
    """The value of each claim as text, without its unit; null where it states none."""
    number = pl.col("value_number").map_elements(_number, return_dtype=pl.String)
    return pl.coalesce("value_text", number, _dated())


def _number(value: float) -> str:
    """Up to twelve significant digits, thousands apart; a whole number with all of its digits."""
    return f"{value:,.0f}" if value.is_integer() or abs(value) >= 1e12 else f"{value:,.12g}"


def _dated() -> pl.Expr:
    day = pl.col("value_date")
    return (
        pl.when(pl.col("precision") == "year").then(day.dt.to_string("%Y"))
        .when(pl.col("precision") == "month").then(day.dt.to_string("%Y-%m"))
        .when(pl.col("precision") == "quarter")
        .then(pl.format("{}-Q{}", day.dt.year(), day.dt.quarter()))
        .otherwise(day.dt.to_string("%Y-%m-%d"))
    )
