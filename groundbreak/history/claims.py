"""The claim: one source's word on one field of one record, with two clocks.

A claim is never changed or removed. A later claim may supersede it (`supersedes`): then it stops
counting on every known date, while the log before that claim still shows the former state.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from groundbreak.vocabulary.fields import registry

CLAIM_SCHEMA: Final[dict[str, pl.DataType]] = {
    "claim": pl.Int64(),  # position in the log: when this register recorded it
    "record": pl.String(),  # source:key
    "field": pl.String(),
    "value_text": pl.String(),
    "value_number": pl.Float64(),
    "value_date": pl.Date(),  # first day of the period named
    "precision": pl.String(),
    "unit": pl.String(),
    "raw": pl.String(),
    "place": pl.String(),
    "happened_earliest": pl.Date(),
    "happened_latest": pl.Date(),
    "known": pl.Date(),  # when its source published it
    "grade": pl.Int8(),
    "source": pl.String(),
    "release": pl.String(),
    "publisher": pl.String(),
    "evidence": pl.String(),
    "visibility": pl.String(),  # public | confidential
    "kind": pl.String(),  # statement | cleared | not_applicable | correction | withdrawal
    "supersedes": pl.Int64(),
}
KINDS = ("statement", "cleared", "not_applicable", "correction", "withdrawal")
VALUE = ("value_text", "value_number", "value_date", "precision", "unit")
CELL = ("record", "field")


def empty() -> pl.DataFrame:
    """A frame of claims with no rows."""
    return pl.DataFrame(schema=CLAIM_SCHEMA)


def conform(frame: pl.DataFrame) -> pl.DataFrame:
    """`frame` with exactly the claim columns, in order and type; missing ones become null."""
    return frame.select(
        (pl.col(name) if name in frame.columns else pl.lit(None)).cast(dtype).alias(name)
        for name, dtype in CLAIM_SCHEMA.items()
    )


def numbered(claims: pl.DataFrame, after: int) -> pl.DataFrame:
    """`claims` (ids null) as the log holds them when they come after position `after`."""
    return conform(claims).with_columns(claim=pl.int_range(pl.len(), dtype=pl.Int64) + after + 1)


def superseded(claims: pl.DataFrame) -> pl.Series:
    """The claims that are out, sorted: the last word on each of them in the log stands.

    An undo can be undone: a superseding claim acts only if nothing newer undid it.
    """
    withdrawing = claims.filter(pl.col("supersedes").is_not_null())
    out: set[int] = set()
    for claim, target in withdrawing.sort("claim", descending=True).select(
        "claim", "supersedes"
    ).iter_rows():
        if claim not in out:
            out.add(target)
    return pl.Series(sorted(out), dtype=pl.Int64)


def live(claims: pl.DataFrame) -> pl.DataFrame:
    """Claims that count: neither superseded by a claim that itself counts, nor pure withdrawals."""
    out = superseded(claims)
    if out.is_empty():
        return claims
    return claims.filter(
        ~pl.col("claim").is_in(out.implode()) & (pl.col("kind") != "withdrawal"))


def kinds_of_fields() -> pl.DataFrame:
    """Two columns: field, rule ('state' | 'plan' | 'event')."""
    items = registry().values()
    return pl.DataFrame({"field": [f.name for f in items], "rule": [f.kind for f in items]})


def up_to(claims: pl.DataFrame, recorded: int | None) -> pl.DataFrame:
    """The log's prefix: claims recorded up to and including position `recorded`."""
    return claims if recorded is None else claims.filter(pl.col("claim") <= recorded)
