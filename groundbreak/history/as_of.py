"""Asking intervals: what held as known on a day, and how many over time.

Written against Narwhals, so that the same functions run on Polars and, where a register outgrows
one machine, on PySpark.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, TypeVar

import narwhals as nw
import polars as pl

Frame = TypeVar("Frame")  # any frame Narwhals takes in; the same kind comes out


def at(intervals: Frame, known: date, valid: date | None = None) -> Frame:
    """The rectangles that contain the point (valid, known); `valid` defaults to `known`.

    At most one row a cell. Dates are inclusive: published that day is known that day.
    """
    day = valid or known
    frame: Any = nw.from_native(intervals)
    return frame.filter(  # type: ignore[no-any-return]
        nw.col("known_from") <= known, nw.col("known_to") > known,
        nw.col("valid_from") <= day, nw.col("valid_to") > day,
    ).to_native()


def spells(intervals: Frame) -> Frame:
    """Rectangles cut by the diagonal valid = known: columns `since` and `until` replace the four.

    What the world could have known about itself each day; `[since, until)`.
    """
    frame: Any = nw.from_native(intervals)
    return (  # type: ignore[no-any-return]
        frame.with_columns(
            since=nw.max_horizontal("valid_from", "known_from"),
            until=nw.min_horizontal("valid_to", "known_to"),
        )
        .filter(nw.col("since") < nw.col("until"))
        .drop("valid_from", "valid_to", "known_from", "known_to")
        .to_native()
    )


def changes(spell_frame: Frame, by: Sequence[str], weight: str | None = None) -> Frame:
    """+1 where a spell begins, −1 where it ends (or ± `weight`): columns by…, day, delta.

    Summing deltas up to a day gives the stock on that day; no join of dates is needed.
    """
    frame: Any = nw.from_native(spell_frame)
    amount = nw.col(weight) if weight else nw.lit(1)
    begins = frame.select(*by, day=nw.col("since"), delta=amount)
    ends = frame.select(*by, day=nw.col("until"), delta=amount * -1)
    together = nw.concat([begins, ends])
    return together.group_by(*by, "day").agg(nw.col("delta").sum()).to_native()  # type: ignore[no-any-return]


def series(
    deltas: pl.DataFrame, by: Sequence[str], days: Sequence[date]
) -> pl.DataFrame:
    """Stock on each of `days` for every group: columns by…, day, stock. `deltas`: of changes()."""
    asked = pl.DataFrame({"day": sorted(set(days))}, schema={"day": pl.Date()})
    still = deltas.select(by).unique().join(asked, how="cross").with_columns(
        delta=pl.lit(0, deltas.schema["delta"])
    )
    return (
        pl.concat([deltas.select(still.columns), still])
        .group_by(*by, "day").agg(pl.col("delta").sum()).sort(*by, "day")
        .select(*by, "day", stock=pl.col("delta").cum_sum().over(by))
        .filter(pl.col("day").is_in(asked["day"].implode()))
    )
