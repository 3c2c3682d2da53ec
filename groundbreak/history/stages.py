"""Stage texts as ranks, for comparing ranges."""

from __future__ import annotations

from functools import cache

import polars as pl

from groundbreak.vocabulary.terms import STAGES, stage_range


@cache
def stage_ranks() -> pl.DataFrame:
    """Every stage text in use → stage_at_least and stage_at_most as ranks: three columns."""
    names = list(STAGES)
    texts = names + [
        f"{low}..{high}" for i, low in enumerate(names) for high in names[i + 1:]
    ]
    pairs = [stage_range(text) for text in texts]
    return pl.DataFrame({
        "stage": texts,
        "stage_at_least": [STAGES[low].rank for low, _ in pairs],
        "stage_at_most": [STAGES[high].rank for _, high in pairs],
    }, schema={"stage": pl.String(), "stage_at_least": pl.Int8(), "stage_at_most": pl.Int8()})
