"""Which claim holds: the one total order, written once.

1. accepted corrections first;
2. states and plans: the latest happened, then the better grade (1 is best), the later published,
   the higher rank of the source, the later claim;
3. dated events: the better grade, then the later published, rank, claim.

States and events hold from the last day on which they can have happened (an edition's data cut
where nothing else is said), plans from the day they were stated.
"""

from __future__ import annotations

from datetime import date
from functools import cache

import polars as pl

from groundbreak.history.claims import CELL
from groundbreak.vocabulary.fields import registry
from groundbreak.vocabulary.terms import read_rows

ORDER = ("o_correction", "o_happened", "o_grade", "o_known", "o_rank", "claim")
ALWAYS = date(1, 1, 1)
FOREVER = date(9999, 12, 31)


@cache
def source_ranks() -> dict[str, int]:
    """The rank of each source; a higher one wins, and a source without one has 0."""
    return {row["name"]: int(row["rank"]) for row in read_rows("publications.csv")}


def with_order(claims: pl.DataFrame) -> pl.DataFrame:
    """`claims` plus `valid_from` and the columns of ORDER; a greater tuple holds over a lesser."""
    happened = pl.coalesce("happened_latest", "known")
    events = [field.name for field in registry().values() if field.kind == "event"]
    return claims.with_columns(
        o_correction=(pl.col("kind") == "correction"),
        o_happened=pl.when(pl.col("field").is_in(events)).then(pl.lit(ALWAYS)).otherwise(happened),
        o_grade=-pl.col("grade").fill_null(6).cast(pl.Int8),
        o_known=pl.col("known"),
        o_rank=pl.col("source").replace_strict(source_ranks(), default=0, return_dtype=pl.Int64),
        valid_from=happened,
    )


def winners(ordered: pl.DataFrame, known: date, valid: date | None = None) -> pl.DataFrame:
    """The holding claim of every cell as known on `known` about the day `valid` (default: then).

    `ordered` comes from :func:`with_order` over live claims. Dates are inclusive.
    """
    visible = ordered.filter(
        (pl.col("known") <= known) & (pl.col("valid_from") <= (valid or known))
    )
    return visible.sort(*CELL, *ORDER).unique(CELL, keep="last", maintain_order=True)
