"""The value of a claim in words: a text, a number, a date as precise as it was told."""

from __future__ import annotations

from typing import Any

import polars as pl


def worded() -> pl.Expr:
    """The value of each claim as text, without its unit; null where it states none."""
    number = pl.col("value_number").map_elements(_number, return_dtype=pl.String)
    return pl.coalesce("value_text", number, _dated())


def in_words(claim: dict[str, Any]) -> str | None:
    """The value of one claim as :func:`worded` words a column of them."""
    if claim["value_text"] is not None:
        return str(claim["value_text"])
    if claim["value_number"] is not None:
        return _number(claim["value_number"])
    day = claim["value_date"]
    if day is None:
        return None
    if claim["precision"] == "quarter":
        return f"{day:%Y}-Q{(day.month + 2) // 3}"
    return str(day)[:{"year": 4, "month": 7}.get(claim["precision"] or "", 10)]


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
