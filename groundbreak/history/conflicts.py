"""What sources say otherwise: the losing words beside the one that holds.

A later word supersedes an earlier one whatever its grade. Where it is of a lower grade, the better
one is under 24 months old and it contradicts it (another activity or capacity, a stage further
back), it is *contested* and a person should look.
"""

from __future__ import annotations

from datetime import timedelta

import polars as pl

from groundbreak.history.claims import CELL, VALUE
from groundbreak.history.stages import stage_ranks

FRESH = timedelta(days=730)
_COMPARED = ("value_text", "value_number", "value_date")


def conflicts(visible: pl.DataFrame, holding: pl.DataFrame) -> pl.DataFrame:
    """The newest word of every publisher that lost against another word.

    `visible` and `holding` come from order.with_order: all claims visible at a point, and the
    holding one of each cell. Columns of `visible` plus wins (False), chosen (the holding claim) and
    contested.
    """
    newest = (
        visible.with_columns(voice=pl.coalesce("publisher", "source"))
        .sort(*CELL, "o_correction", "o_known", "claim")
        .unique([*CELL, "voice"], keep="last", maintain_order=True)
    )
    chosen = holding.select(
        *CELL, chosen="claim", chosen_grade="grade", chosen_from="valid_from",
        **{f"chosen_{v}": pl.col(v) for v in VALUE},
    )
    differs = pl.any_horizontal(
        pl.col(v).ne_missing(pl.col(f"chosen_{v}")) for v in _COMPARED)
    losers = newest.join(chosen, on=CELL, how="inner").filter(
        (pl.col("claim") != pl.col("chosen")) & differs & (pl.col("kind") != "cleared"))
    return (
        _with_ranks(losers)
        .with_columns(wins=pl.lit(False), contested=_contested())
        .drop("at_least", "chosen_at_most").sort(*CELL, "claim")
    )


def _with_ranks(losers: pl.DataFrame) -> pl.DataFrame:
    ranks = stage_ranks()
    return losers.join(
        ranks.select(value_text="stage", at_least="stage_at_least"), on="value_text", how="left"
    ).join(
        ranks.select(chosen_value_text="stage", chosen_at_most="stage_at_most"),
        on="chosen_value_text", how="left")


def _contested() -> pl.Expr:
    age = pl.col("chosen_from") - pl.col("valid_from")
    back = (pl.col("field") == "stage") & (pl.col("chosen_at_most") < pl.col("at_least"))
    other = (pl.col("field") == "activity") | pl.col("field").str.starts_with("capacity_")
    return (
        (pl.col("grade") < pl.col("chosen_grade"))
        & (age >= timedelta(0)) & (age < FRESH) & (back.fill_null(False) | other)
    )
