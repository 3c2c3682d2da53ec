"""Intervals say at every (known, valid) point what looking at every claim would say.

The oracle is a naive Python reading of design.md, 7 (worlds.holders); `order.winners` must agree
with both. Rebuilding only what new claims touch, or the order of rows, must not matter, and what
the log's prefix said must not change when the log grows.
"""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from groundbreak.history.as_of import at
from groundbreak.history.claims import empty, live
from groundbreak.history.intervals import INTERVAL_SCHEMA, build, extend
from groundbreak.history.order import winners, with_order
from groundbreak.history.view import History
from tests.history.worlds import (
    DAYS,
    GRID,
    counting,
    facts,
    frame_of,
    holders,
    logs,
    snapshot_of,
    undo,
)

FEW = settings(max_examples=15, deadline=None)


def held(frame: pl.DataFrame) -> dict[tuple[str, str], int]:
    """(record, field) → claim; a cell twice is an error."""
    assert frame.select("record", "field").is_unique().all()
    return {(r, f): c for r, f, c in frame.select("record", "field", "claim").iter_rows()}


@given(logs())
@FEW
def test_as_of_equals_looking_at_every_claim(claims: pl.DataFrame) -> None:
    """Naive order = order.winners = intervals, at every point of a grid."""
    intervals = build(claims)
    ordered = with_order(live(claims))
    rows = counting(claims.to_dicts())
    for known in GRID[::3]:
        for valid in GRID[1::4]:
            naive = holders(rows, known, valid)
            assert held(at(intervals, known, valid)) == naive
        assert held(winners(ordered, known, valid)) == naive


@given(logs(most=25))
@FEW
def test_live_is_its_definition(claims: pl.DataFrame) -> None:
    """What counts is what nothing that acts supersedes, however deep the undoing goes."""
    assert live(claims)["claim"].to_list() == [r["claim"] for r in counting(claims.to_dicts())]


@given(logs())
@FEW
def test_rectangles_are_whole_and_disjoint(claims: pl.DataFrame) -> None:
    """No empty rectangle, the schema as promised, and no two of one cell overlap."""
    intervals = build(claims)
    assert dict(intervals.schema) == INTERVAL_SCHEMA
    assert intervals.filter((pl.col("valid_from") >= pl.col("valid_to"))
                            | (pl.col("known_from") >= pl.col("known_to"))).is_empty()
    pairs = intervals.with_row_index("n").join(
        intervals.with_row_index("n"), on=["record", "field"], suffix="_b")
    overlap = pairs.filter(
        (pl.col("n") < pl.col("n_b"))
        & (pl.col("valid_from") < pl.col("valid_to_b"))
        & (pl.col("valid_from_b") < pl.col("valid_to"))
        & (pl.col("known_from") < pl.col("known_to_b"))
        & (pl.col("known_from_b") < pl.col("known_to")))
    assert overlap.is_empty()


@given(logs(most=20), st.data())
@FEW
def test_extending_equals_building(claims: pl.DataFrame, data: st.DataObject) -> None:
    """Applying the log in any splits gives the intervals of the whole log."""
    cuts = data.draw(st.sets(st.integers(0, claims.height), max_size=4))
    intervals, position = build(claims.head(0)), 0
    for until in [*sorted(cuts), claims.height]:
        intervals = extend(intervals, claims.head(until), claims.slice(position, until - position))
        position = until
        assert_frame_equal(intervals, build(claims.head(until)))


def test_extending_follows_an_undo_all_the_way_down() -> None:
    """Undo of an undo of a claim that had superseded one of another cell: that cell changes too."""
    moved = {"field": "activity", "value_text": "paused", "supersedes": 1}
    claims = frame_of([stage(1, "concept", 0), stage(2, "", 1) | moved])
    for _ in range(4):
        longer = undo(claims, claims.height)
        intervals = extend(build(claims), longer, longer.tail(1))
        assert_frame_equal(intervals, build(longer))
        claims = longer


@given(logs(), st.randoms(use_true_random=False))
@FEW
def test_row_order_does_not_matter(claims: pl.DataFrame, random: object) -> None:
    """Claim ids are the log's order; the order of rows in the frame is not."""
    rows = claims.to_dicts()
    random.shuffle(rows)  # type: ignore[attr-defined]
    shuffled = frame_of(rows)
    assert_frame_equal(build(shuffled), build(claims))
    assert_frame_equal(extend(build(shuffled.head(0)), shuffled, shuffled), build(claims))


@given(logs(most=20), st.integers(0, 20))
@FEW
def test_the_log_before_never_changes(claims: pl.DataFrame, recorded: int) -> None:
    """A recorded as-of sees the prefix alone, whatever was taken in since."""
    then = History(snapshot_of(claims.filter(pl.col("claim") <= recorded)))
    now = History(snapshot_of(claims), recorded)
    assert_frame_equal(now.intervals, then.intervals)
    assert_frame_equal(now.claims, then.claims)
    assert now.as_of().known == then.as_of().known
    for day in DAYS[::3]:
        assert facts(now.as_of(day)) == facts(then.as_of(day))
        assert_frame_equal(now.as_of(day).first_known().sort("record"),
                           then.as_of(day).first_known().sort("record"))
        assert_frame_equal(now.as_of(day).conflicts(), then.as_of(day).conflicts())


def stage(claim: int, value: str, known: int, happened: int | None = None,
          **more: object) -> dict[str, object]:
    """A claim on one record's stage; days are indices of DAYS."""
    return {"claim": claim, "record": "saf:7", "field": "stage", "value_text": value,
            "known": DAYS[known], "happened_latest": DAYS[known if happened is None else happened],
            "grade": 5, "source": "saf", "kind": "statement", "visibility": "public",
            "release": "r"} | more


def stage_at(claims: pl.DataFrame, known: int, valid: int | None = None) -> str | None:
    """The stage that holds, as known on DAYS[known] about DAYS[valid]."""
    view = History(snapshot_of(claims)).as_of(DAYS[known], DAYS[known if valid is None else valid])
    return facts(view).get(("saf:7", "stage"))


def test_late_knowledge_changes_the_past_only_once_it_is_known() -> None:
    """Told on day 4 about day 1: true of day 1 from day 4 on, and never leaks past day 2."""
    claims = frame_of([stage(1, "concept", 0), stage(2, "committed", 2),
                       stage(3, "feasibility", 4, happened=1)])
    assert stage_at(claims, 3, 1) == "concept"
    assert stage_at(claims, 4, 1) == "feasibility"
    assert stage_at(claims, 4, 2) == "committed"
    assert stage_at(claims, 4) == "committed"


def test_a_superseded_claim_is_gone_on_every_known_date_and_comes_back() -> None:
    """A withdrawal acts on all dates; undone, all is as before; the log keeps the former state."""
    claims = frame_of([stage(1, "concept", 0), stage(2, "committed", 2)])
    withdrawn = undo(claims, 2)
    assert stage_at(withdrawn, 2) == stage_at(withdrawn, 5) == "concept"
    assert stage_at(undo(withdrawn, 3), 2) == "committed"
    before = History(snapshot_of(withdrawn), recorded=2).as_of(DAYS[2])
    assert facts(before)[("saf:7", "stage")] == "committed"


def test_a_correction_outranks_and_supersedes() -> None:
    """An accepted correction holds over a better grade and a later day; taken back, it is gone."""
    fixed = stage(3, "feasibility", 3, happened=1, kind="correction", grade=4, supersedes=1)
    claims = frame_of([stage(1, "concept", 0), stage(2, "operating", 2, grade=1), fixed])
    assert stage_at(claims, 3) == "feasibility"
    assert stage_at(claims, 2) == "operating"
    assert stage_at(claims, 1) is None  # what it superseded stopped counting on every date
    assert stage_at(undo(claims, 3), 3) == "operating"
    assert stage_at(undo(claims, 3), 1) == "concept"


@pytest.mark.parametrize("better", [
    {"happened_latest": DAYS[3], "grade": 6, "known": DAYS[3]},  # the latest happened …
    {"grade": 4},  # … then the better grade
    {"known": DAYS[3]},  # … then the later published
    {"source": "events"},  # … then the source's rank
    {},  # … then the later claim
])
def test_states_in_order_of_the_rules(better: dict[str, object]) -> None:
    """Each rule decides when all before it are even."""
    claims = frame_of([stage(1, "concept", 2), stage(2, "committed", 2) | better])
    assert stage_at(claims, 4) == "committed"


def test_events_go_by_grade_before_time() -> None:
    """A better-graded date of an event holds over a later, lesser one; states go the other way."""
    event = {"field": "fid_actual_date", "value_text": None, "precision": "day"}
    claims = frame_of([
        stage(1, "", 1, grade=1) | event | {"value_date": DAYS[1]},
        stage(2, "", 3, grade=5) | event | {"value_date": DAYS[2]},
    ])
    view = History(snapshot_of(claims)).as_of(DAYS[5])
    assert facts(view)[("saf:7", "fid_actual_date")] == DAYS[1]


def test_equal_dates_are_inclusive() -> None:
    """Published that day is known that day, not the day before."""
    claims = frame_of([stage(1, "concept", 2)])
    assert stage_at(claims, 2) == "concept"
    assert stage_at(claims, 1) is None


def test_an_empty_log_holds_nothing() -> None:
    """No claims, no rectangles, no view."""
    assert build(empty()).is_empty()
    assert extend(build(empty()), empty(), empty()).is_empty()
    assert facts(History(snapshot_of(empty())).as_of()) == {}
