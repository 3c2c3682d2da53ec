"""The reference tracker's own releases, as embedded, through the same arithmetic as the bridge."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from groundbreak.measures.bridge import residual
from groundbreak.measures.published import intervals, positions
from groundbreak.starter.reference import milestones_2030, tracker_history


def test_every_interval_and_what_it_leaves_unexplained() -> None:
    found = intervals(tracker_history())
    assert found.select("opened", "closed", "opening", "stated_flow", "closing",
                        "residual").rows() == [
        ("2024-04", "2024-11", 110, 8, 136, 18),
        ("2024-11", "2025-06", 136, 8, 134, -10),
        ("2025-06", "2025-11", 134, 11, 144, -1),
        ("2025-11", "2026-06", 144, 19, 161, -2),
    ]


def test_a_flow_derived_from_a_longer_time_is_marked() -> None:
    """19 are stated for 2025 to November; less the 8 of its first half they make 11."""
    found = intervals(tracker_history())
    assert found.filter("about")["closed"].to_list() == ["2025-11"]


def test_each_interval_opens_where_the_last_one_closed() -> None:
    found = intervals(tracker_history())
    assert found["opening"].to_list()[1:] == found["closing"].to_list()[:-1]
    closes = found["opening"] + found["stated_flow"] + found["residual"]
    assert closes.to_list() == found["closing"].to_list()


def test_the_order_of_rows_does_not_matter() -> None:
    history = tracker_history()
    assert intervals(history.reverse()).equals(intervals(history))


def test_a_release_without_a_stock_is_passed_over_and_one_without_a_flow_has_no_residual() -> None:
    history = pl.DataFrame({
        "release": ["a", "b", "c"], "published": [date(2024, m, 1) for m in (1, 2, 3)],
        "committed": [10, None, 14], "fids_in_interval": [None, 2, None],
        "new_fids_stated": [None, 2, None], "source": ["s", "s", "s"],
    })
    found = intervals(history)
    assert found.select("opened", "closed", "opening", "closing", "residual").rows() == [
        ("a", "c", 10, 14, None)]


def test_the_published_gap_of_all_sectors() -> None:
    row = positions(milestones_2030()).row(by_predicate=pl.col("sector") == "all", named=True)
    assert (row["need"], row["committed"], row["missing"]) == (705, 110, 595)
    assert row["announced"] == 473
    assert f"{row['announced_share_of_missing']:.1%}" == "79.5%"


def test_the_quoted_position_is_that_of_the_release() -> None:
    row = positions(milestones_2030()).row(by_predicate=pl.col("sector") == "all", named=True)
    april = tracker_history().row(by_predicate=pl.col("release") == "2024-04", named=True)
    assert (row["committed"], row["announced"]) == (april["committed"], april["announced"])


@pytest.mark.parametrize(("sector", "committed", "announced", "left"), [
    ("steel", 6, 52, 12), ("aluminium", 40, 13, 17)])
def test_the_published_gap_of_a_sector(
    sector: str, committed: int, announced: int, left: int
) -> None:
    row = positions(milestones_2030()).row(by_predicate=pl.col("sector") == sector, named=True)
    assert (row["committed"], row["announced"]) == (committed, announced)
    assert row["missing_after_announced"] == left


def test_a_position_that_quotes_no_pair_is_left_out() -> None:
    assert set(positions(milestones_2030())["sector"]) == {"all", "steel", "aluminium"}


def test_the_residual_of_the_bridge_is_the_same_function() -> None:
    assert residual(110, 136, 8) == 18
    assert residual(pl.Series([110]), pl.Series([136]), pl.Series([8])).to_list() == [18]
