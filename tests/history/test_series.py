"""A series by deltas and running sums equals counting the stock on each day.

`spells` cut rectangles by the diagonal valid = known, `changes` turns them into ±1, `series` sums.
"""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given, settings

from groundbreak.history.as_of import at, changes, series, spells
from groundbreak.history.intervals import build
from tests.history.worlds import CAPACITIES, DAYS, GRID, logs

FEW = settings(max_examples=12, deadline=None)


@pytest.mark.parametrize("by", [["field"], ["record", "field"]])
@given(claims=logs())
@FEW
def test_stock_equals_counting_each_day(by: list[str], claims: pl.DataFrame) -> None:
    """For every group and day, zero included."""
    intervals = build(claims)
    told = series(changes(spells(intervals), by), by, GRID)
    groups = spells(intervals).select(by).unique()
    assert told.height == groups.height * len(GRID)
    for day in GRID:
        counted = dict(at(intervals, day).group_by(by).len().select(
            pl.concat_str(by, separator="|"), "len").iter_rows())
        stock = told.filter(pl.col("day") == day).select(
            pl.concat_str(by, separator="|"), "stock").rows()
        assert {group: n for group, n in stock if n} == counted


@given(logs())
@FEW
def test_weighted_stock_is_the_sum_of_what_holds(claims: pl.DataFrame) -> None:
    """Weights (a capacity) sum exactly as the rows that hold do."""
    weights = claims.select("claim", pl.col("value_number").fill_null(CAPACITIES[0])
                            .cast(pl.Int64).alias("size"))
    intervals = build(claims).join(weights, on="claim", maintain_order="left")
    told = series(changes(spells(intervals), ["field"], "size"), ["field"], DAYS)
    for day in DAYS:
        held = at(intervals, day).group_by("field").agg(pl.col("size").sum())
        stock = told.filter((pl.col("day") == day) & (pl.col("stock") != 0))
        assert dict(stock.select("field", "stock").iter_rows()) == dict(held.iter_rows())


@given(logs())
@FEW
def test_spells_of_a_cell_follow_one_another(claims: pl.DataFrame) -> None:
    """On the diagonal a cell has one holder at a time: [since, until) never overlap."""
    ordered = spells(build(claims)).sort("record", "field", "since")
    assert (ordered["since"] < ordered["until"]).all()
    following = ordered.with_columns(after=pl.col("since").shift(-1).over("record", "field"))
    assert (following["until"] <= following["after"]).fill_null(True).all()
