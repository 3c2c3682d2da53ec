"""Several stocks as one: it closes for random histories, and inner movements leave no trace."""

from __future__ import annotations

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from groundbreak.history.view import History
from groundbreak.measures.bridge import bridge
from groundbreak.measures.combined import (
    STOCKS_OF,
    WHENS,
    Combined,
    capacities,
    combined,
    movers,
)
from groundbreak.measures.population import LABELS, projects
from tests.history.worlds import CUTS, DAYS, SOURCE, Shelf, edition, histories, logs, moments, row
from tests.measures.test_bridge import FEW, based


def whole(history: History, found: Combined) -> None:
    """Each record in one line; opening plus lines is closing, counted anew from the population."""
    assert found.residual == 0
    assert found.members["record"].is_unique().all()
    sums = dict(found.members.group_by("line").agg(pl.col("sign").sum()).iter_rows())
    assert sums == dict(found.lines.iter_rows())
    then, now = (inside(history, found, day) for day in (found.opened, found.closed))
    assert (len(then), len(now)) == (found.opening, found.closing)
    signs = dict(found.members.select("record", "sign").iter_rows())
    assert signs == dict.fromkeys(now - then, 1) | dict.fromkeys(then - now, -1)


def inside(history: History, found: Combined, day: object) -> set[str]:
    """The records of the stocks on a day, straight from the population."""
    frame = projects(history.as_of(day)).filter("counted")  # type: ignore[arg-type]
    names = {(r, f"{sector}/{label}", label)
             for r, sector, label in frame.select("record", "sector", "label").iter_rows()}
    return {r for r, full, label in names if {full, label} & set(found.stocks)}


def closes(history: History, found: Combined) -> None:
    """Opening plus the lines is closing in the capacity of every product."""
    table = capacities(found, history.as_of(found.opened), history.as_of(found.closed))
    for (_product,), rows in table.group_by(["product"]):
        amounts = dict(rows.select("line", "capacity").iter_rows())
        closing = amounts.pop("closing", 0)
        assert sum(amounts.values()) == closing


STOCKS = st.lists(st.sampled_from(LABELS), min_size=1, max_size=4, unique=True)


@given(claims=logs(most=18, tame=True), stocks=STOCKS, data=st.data())
@FEW
def test_any_stocks_of_any_log_close(
    claims: pl.DataFrame, stocks: list[str], data: st.DataObject
) -> None:
    """Whatever is corrected, withdrawn or told late."""
    history = History(based(claims))
    opened, closed = data.draw(
        st.lists(st.sampled_from(DAYS), min_size=2, max_size=2, unique=True).map(sorted))
    found = combined(bridge(history, opened, closed), stocks)
    whole(history, found)
    closes(history, found)


@given(told=histories(least=3, most=4), data=st.data())
@FEW
def test_committed_of_a_sector_closes(told: list[object], data: st.DataObject) -> None:
    """Stocks by sector, between any two days."""
    register = Shelf()
    for one in told:
        register.publish(one)  # type: ignore[arg-type]
    history, days = register.history(), moments(told)  # type: ignore[arg-type]
    pair = data.draw(st.lists(st.sampled_from(days), min_size=2, max_size=2, unique=True)
                     .map(sorted))
    stocks = [f"chemicals/{label}" for label in STOCKS_OF["committed"]]
    found = combined(bridge(history, *pair, by="sector"), stocks)
    whole(history, found)
    closes(history, found)


@given(claims=logs(most=18, tame=True), data=st.data())
@FEW
def test_everyone_who_moved_is_told_once_with_a_claim(
    claims: pl.DataFrame, data: st.DataObject
) -> None:
    """The clocks split each line into parts that sum to it, and no claim was known before."""
    history = History(based(claims))
    opened, closed = data.draw(
        st.lists(st.sampled_from(DAYS), min_size=2, max_size=2, unique=True).map(sorted))
    start, end = history.as_of(opened), history.as_of(closed)
    found = combined(bridge(history, opened, closed), STOCKS_OF["committed"])
    table = movers(found, start, end)
    assert table.select("record", "line", "sign", "claim").sort("record").equals(
        found.members.select("record", "line", "sign", "claim").sort("record"))
    assert table["name"].null_count() == 0
    assert set(table["when"]) <= set(WHENS)
    assert table.filter((pl.col("known") <= opened) | (pl.col("known") > closed)).is_empty()
    assert table.filter((pl.col("when") == "before")
                        & (pl.col("happened_latest") > opened)).is_empty()


def moved(before: dict[str, object], after: dict[str, object]) -> Combined:
    """Committed between two editions of one source that list one record otherwise."""
    register = Shelf()
    register.take_in(edition({"a": before, "z": row()}), CUTS[0])
    register.take_in(edition({"a": after, "z": row()}), CUTS[1])
    history = register.history()
    found = combined(bridge(history, CUTS[0], CUTS[1]), STOCKS_OF["committed"])
    whole(history, found)
    closes(history, found)
    return found


def test_from_fid_to_operation_is_no_movement_of_committed() -> None:
    """Its two sides cancel: no line, and no member."""
    found = moved(row("committed"), row("operating"))
    assert (found.opening, found.closing) == (1, 1)
    assert found.lines.is_empty()
    assert found.members.is_empty()


def test_into_committed_and_out_of_it() -> None:
    """Whoever comes in from outside, or leaves, stands in the line of that movement."""
    assert dict(moved(row(), row("operating")).lines.iter_rows()) == {"advanced_in": 1}
    assert dict(moved(row("operating"), row("closed")).lines.iter_rows()) == {"closed": -1}
    found = moved(row("committed"), row(activity="cancelled"))
    assert found.members.select("line", "record", "sign").rows() == [
        ("cancelled", f"{SOURCE}:a", -1)]


def test_capacity_carried_and_restated() -> None:
    """A record that came in carries what it was; what it grew on the way is restated."""
    register = Shelf()
    register.take_in(edition({"a": row(capacity=1e5), "b": row("committed", capacity=2e5)}),
                     CUTS[0])
    register.take_in(edition({"a": row("committed", capacity=3e5),
                              "b": row("operating", capacity=2e5)}), CUTS[1])
    history = register.history()
    found = combined(bridge(history, CUTS[0], CUTS[1]), STOCKS_OF["committed"])
    table = capacities(found, history.as_of(CUTS[0]), history.as_of(CUTS[1]))
    assert table.select("line", "capacity").rows() == [
        ("opening", 200_000), ("advanced_in", 100_000), ("restated", 200_000),
        ("closing", 500_000)]
