"""The state table says of every day what the intervals say of it."""

from __future__ import annotations

import itertools
from collections import Counter
from datetime import date

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groundbreak.history.as_of import at
from groundbreak.history.intervals import build
from groundbreak.history.order import FOREVER
from groundbreak.history.state import ordered, series, standing, states
from tests.history.worlds import GRID, frame_of, logs

FEW = settings(max_examples=40, deadline=None)
FIELDS = ("stage", "activity")
State = tuple[str | None, ...]


def held(claims: pl.DataFrame, intervals: pl.DataFrame, day: date) -> dict[str, State]:
    """The state of every record on `day`, cell by cell from the intervals."""
    found: dict[str, dict[str, str]] = {}
    holding = at(intervals, day).select("claim")
    for row in claims.join(holding, on="claim", how="semi").iter_rows(named=True):
        if row["field"] in FIELDS and row["kind"] in ("statement", "correction"):
            found.setdefault(row["record"], {})[row["field"]] = row["value_text"]
    return {record: tuple(cells.get(name) for name in FIELDS) for record, cells in found.items()}


def stretched(frame: pl.DataFrame, day: date) -> dict[str, State]:
    """The same from the state table."""
    rows = standing(frame, day)
    assert rows["record"].is_unique().all()
    return {row[0]: row[1:] for row in rows.select("record", *FIELDS).iter_rows()}


def counted(whole: dict[str, State]) -> dict[State, int]:
    """How many records are in each state."""
    return {state: sum(s == state for s in whole.values()) for state in set(whole.values())}


@given(logs())
@FEW
def test_every_day_is_as_the_intervals_say(claims: pl.DataFrame) -> None:
    """On the days at, before and after every change."""
    intervals = build(claims)
    frame = states(intervals, claims, FIELDS)
    assert frame.columns == ["record", *FIELDS, "since", "until"]
    for day in GRID:
        assert stretched(frame, day) == held(claims, intervals, day)


@given(logs())
@FEW
def test_a_stretch_is_as_long_as_its_state(claims: pl.DataFrame) -> None:
    """Stretches are real, and no two neighbours say the same."""
    frame = states(build(claims), claims, FIELDS)
    assert (frame["since"] < frame["until"]).all()
    assert frame.equals(frame.sort("record", "since"))
    rows = frame.rows()
    for former, latter in itertools.pairwise(rows):
        if former[0] == latter[0]:
            assert former[-1] <= latter[-2]
            assert former[-1] < latter[-2] or former[1:-2] != latter[1:-2]


@given(logs(), st.sampled_from([FIELDS, FIELDS[:1], FIELDS[1:]]))
@FEW
def test_counting_a_day(claims: pl.DataFrame, by: tuple[str, ...]) -> None:
    """Ordered or not, a day has the number of records in each state; empty groups have no row."""
    intervals = build(claims)
    frame = states(intervals, claims, FIELDS)
    table = ordered(frame, by)
    for day in GRID:
        told = {row[:-1]: row[-1] for row in table.count_at(day).iter_rows()}
        here = standing(frame, day).select(by)
        assert told == Counter(here.rows())
        assert list(table.count_at(day).columns) == [*by, "records"]
    everything = {row[:-1]: row[-1] for row in ordered(frame, FIELDS).count_at(GRID[3]).iter_rows()}
    assert everything == counted(held(claims, intervals, GRID[3]))


@given(logs())
@FEW
def test_a_series_is_the_count_of_each_day(claims: pl.DataFrame) -> None:
    """Every group has a row a day, of 0 where nothing stood there."""
    frame = states(build(claims), claims, FIELDS)
    told, table = series(frame, GRID, FIELDS), ordered(frame, FIELDS)
    groups = frame.filter(pl.col("since") <= GRID[-1]).select(FIELDS).unique()
    assert told.height == groups.height * len(GRID)
    for day in GRID:
        some = told.filter((pl.col("day") == day) & (pl.col("stock") != 0))
        assert some.select(*FIELDS, "stock").sort(FIELDS).rows() == (
            table.count_at(day).rows())


def test_no_claims_no_states() -> None:
    """An empty log has an empty table with all its columns."""
    claims = frame_of([])
    frame = states(build(claims), claims, FIELDS)
    assert frame.is_empty()
    assert frame.columns == ["record", *FIELDS, "since", "until"]
    assert ordered(frame, ["stage"]).count_at(GRID[0]).is_empty()
    assert series(frame, GRID, ["stage"]).is_empty()


def test_a_field_left_unstated_is_null() -> None:
    """A record with a stage and no activity stands there without end, its activity null."""
    claims = frame_of([{"claim": 1, "record": "saf:1", "field": "stage", "kind": "statement",
                        "value_text": "feed", "known": GRID[0], "source": "saf", "grade": 5}])
    frame = states(build(claims), claims, FIELDS)
    assert frame.rows() == [("saf:1", "feed", None, GRID[0], FOREVER)]


def test_only_text_fields_make_a_state() -> None:
    """A number is no state."""
    claims = frame_of([])
    with pytest.raises(ValueError, match="capacity_ammonia_t_per_year: not text"):
        states(build(claims), claims, ["stage", "capacity_ammonia_t_per_year"])
