"""What changed: each change in its group, nothing missing, and the bridge's own counts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import groundbreak
from groundbreak.history.view import History, View
from groundbreak.measures.bridge import bridge
from groundbreak.measures.changes import CHANGE_SCHEMA, GROUPS, changes, counts
from tests.editions import HYDROGEN
from tests.history.worlds import (
    CUTS,
    DAYS,
    SOURCE,
    Shelf,
    edition,
    frame_of,
    histories,
    logs,
    moments,
    row,
    snapshot_of,
)
from tests.measures.test_bridge import based

FEW = settings(max_examples=8, deadline=None)
OTHER_SIDE = {"advanced_out": "advanced_in", "moved_back_out": "moved_back_in"}
YEAR, LATER = date(2027, 1, 1), date(2028, 6, 1)


def between(before: Any, after: Any, **ways: Any) -> pl.DataFrame:
    """The changes of one plant between two editions; None: not listed. A second plant stays."""
    register = Shelf()
    for content, cut in ((before, CUTS[0]), (after, CUTS[1])):
        listed = {"stays": row(), **({"a": content} if content else {})}
        register.take_in(edition(listed, covered=COVERED), cut)
    history = register.history()
    return changes(history.as_of(CUTS[0]), history.as_of(CUTS[1]), **ways)


COVERED = frozenset({"name", "stage", "activity", "capacity_ammonia_t_per_year", "country",
                     "sector", "product", "route", "operation_planned_date", "references",
                     "capex_announced", "gate_offtake", "owners"})
CASES = [
    (row(), row("committed"), "fid", "stated"),
    (row(), row("construction"), "fid", "implied"),
    (row(None), row("committed"), "fid", "stated"),
    (row("committed"), row("construction"), "moved", "forward"),
    (row(), row(activity="cancelled"), "stopped", "cancelled"),
    (row(), row(activity="paused"), "stopped", "paused"),
    (row(), row("committed", activity="cancelled"), "stopped", "cancelled"),
    (row(), None, "stopped", "lost (dropped by its source)"),
    (None, row(), "new", "newly listed, announcement undated"),
    (None, row("committed"), "new", "late discoveries"),
    (row(activity="paused"), row(), "resumed", "resumed"),
    (row(), row("feasibility"), "moved", "forward"),
    (row("feasibility"), row(), "moved", "back"),
    (row("committed"), row("feasibility"), "moved", "back (status corrected by its source)"),
    (row("feasibility", capacity=120_000.0), row("feasibility..feed", capacity=240_000.0),
     "capacity", None),
    (row(capacity=99_999.0), row(), "scope", "now counted: 120,000 t/y, at least 100,000 t/y"),
    (row(), row(capacity=99_999.0), "scope",
     "no longer counted: 99,999 t/y is below 100,000 t/y"),
    (row(), row(None), "scope", "announced → no_stage"),
    (row(), row(capacity=240_000.0), "capacity", None),
    (row(operation_planned_date=YEAR), row(operation_planned_date=LATER), "dates", None),
    (row(), row(capex_announced=1e9), "money", None),
    (row(), row(gate_offtake=3.0), "gates", None),
    (row(), row(owners="Somebody"), "facts", None),
    (row(activity="active"), row(activity="dormant"), "facts", None),
    (row(), row(references="https://example.org/a"), "evidence", None),
    # The weightiest decides, the rest stands below it.
    (row(), row(capacity=240_000.0, operation_planned_date=YEAR, owners="Somebody"),
     "capacity", None),
    (row(), row("feasibility", capacity=240_000.0), "moved", "forward"),
]


@pytest.mark.parametrize(("before", "after", "group", "how"), CASES)
def test_each_change_in_its_group(before: Any, after: Any, group: str, how: str | None) -> None:
    found = between(before, after)
    assert found.schema == CHANGE_SCHEMA
    assert set(found["record"]) == {f"{SOURCE}:a"}
    assert set(found["group"]) == {group}
    assert set(found["how"]) == {how}
    assert found["lead"].sum() == found["projects"].sum() == 1
    assert found["lead"][0]
    assert found["claim"].null_count() == found["known"].null_count() == 0


def test_what_put_a_project_into_its_group_leads() -> None:
    lost = between(row(capex_announced=1e9), None).row(0, named=True)
    assert (lost["field"], lost["before"], lost["after"]) == ("activity", "active", "lost")
    moved = between(row(), row("feasibility", capacity=240_000.0))
    assert moved["field"].to_list() == ["stage", "capacity_ammonia_t_per_year"]
    assert moved["factor"].to_list() == [None, 2.0]


def test_a_planned_date_says_how_much_later() -> None:
    def months(before: tuple[date, str], after: tuple[date, str]) -> int:
        rows = [{"claim": n, "record": "saf:1", "field": name, "known": DAYS[n // 3],
                 "happened_latest": DAYS[n // 3], "grade": 5, "source": "saf",
                 "kind": "statement", "visibility": "public", "release": "r", **value}
                for n, (name, value) in enumerate([
                    ("name", {"value_text": "Plant"}),
                    ("stage", {"value_text": "concept"}),
                    ("operation_planned_date", dict(zip(("value_date", "precision"), before,
                                                        strict=True))),
                    ("operation_planned_date", dict(zip(("value_date", "precision"), after,
                                                        strict=True))),
                ])]
        history = History(snapshot_of(frame_of(rows)))
        found = changes(history.as_of(DAYS[0]), history.as_of(DAYS[1]), everything=True)
        assert found["group"].to_list() == ["dates"]
        return found["months"][0]

    assert months((date(2027, 1, 1), "year"), (date(2028, 1, 1), "year")) == 12
    assert months((date(2028, 1, 1), "year"), (date(2027, 1, 1), "year")) == -12
    assert months((date(2028, 1, 1), "year"), (date(2028, 6, 1), "month")) == 0  # only closer
    assert months((date(2028, 6, 1), "month"), (date(2028, 9, 1), "month")) == 3
    assert months((date(2027, 1, 1), "year"), (date(2028, 4, 1), "quarter")) == 10  # of middles
    assert months((date(2028, 6, 1), "day"), (date(2028, 6, 20), "day")) == 0


def test_the_first_release_is_one_line() -> None:
    register = Shelf()
    register.take_in(edition({str(n): row() for n in range(40)}), CUTS[0])
    history = register.history()
    found = changes(history.as_of(date(2020, 1, 1)), history.as_of(CUTS[0]))
    assert found.select("group", "projects", "name").row(0) == (
        "taken_in", 40, f"40 projects of {SOURCE}@{CUTS[0]}~{CUTS[0]}")
    assert found.height == 1


# -- nothing is missing, nothing made up -----------------------------------------------------------
def heard(view: View) -> set[int]:
    """The claims that count for a view, holding or not."""
    claims = view.history.claims
    return set(claims.filter(pl.col("known") <= view.known)["claim"])


@given(claims=logs(most=18, tame=True), data=st.data())
@FEW
def test_empty_if_and_only_if_the_views_are_equal(
    claims: pl.DataFrame, data: st.DataObject
) -> None:
    history = History(based(claims))
    opened, closed = sorted(data.draw(st.tuples(st.sampled_from(DAYS), st.sampled_from(DAYS))))
    start, end = history.as_of(opened), history.as_of(closed)
    found = changes(start, end, everything=True)
    assert found.is_empty() == (heard(start) == heard(end))
    differing = set(start.words["claim"]) ^ set(end.words["claim"])
    records = set(history.claims.filter(pl.col("claim").is_in(list(differing)))["record"])
    assert records <= set(found["record"])
    assert found.filter("lead")["record"].n_unique() == found["record"].n_unique()


@given(told=histories(least=2, most=4), data=st.data())
@FEW
def test_positions_show_what_was_recorded_since(told: list[Any], data: st.DataObject) -> None:
    """Whatever the order of imports; and nothing between a position and itself."""
    register = Shelf()
    for one in data.draw(st.permutations(told)):
        register.publish(one)
    position = data.draw(st.integers(0, register.snapshot.position))
    day = max(moments(told))
    start, end = register.history(position).as_of(day), register.history().as_of(day)
    found = changes(start, end, everything=True)
    assert found.is_empty() == (heard(start) == heard(end))
    assert changes(end, register.history().as_of(day), everything=True).is_empty()


def test_a_withdrawn_release_is_one_line_with_its_reason() -> None:
    register = Shelf()
    register.take_in(edition({"stays": row()}), CUTS[0])
    register.take_in(edition({"stays": row(capacity=240_000.0), "a": row(), "b": row()}), CUTS[1])
    position = register.snapshot.position
    register.withdraw(f"{SOURCE}@{CUTS[1]}~{CUTS[1]}")
    found = changes(register.history(position).as_of(CUTS[1]), register.history().as_of(CUTS[1]))
    assert counts(found) == {"withdrawn": 2, "capacity": 1}
    assert set(found["remark"]) == {"taken back: a test"}
    assert found.filter(pl.col("group") == "capacity").row(0, named=True)["after"] == "120,000"


def test_a_source_taken_in_whole_between_visits_is_opening_stock() -> None:
    register = Shelf()
    for content, cut in (({"a": row()}, CUTS[0]), ({"a": row(), "b": row()}, CUTS[1])):
        register.take_in(edition(content), cut)
    found = changes(register.history(0).as_of(CUTS[1]), register.history().as_of(CUTS[1]))
    assert counts(found) == {"taken_in": 2}


@given(claims=logs(most=14, tame=True), data=st.data())
@FEW
def test_the_order_of_claims_inside_a_day_does_not_matter(
    claims: pl.DataFrame, data: st.DataObject
) -> None:
    """Of claims that say something of their own: equals are ranked by their place in the log."""
    plain = claims.filter(pl.col("supersedes").is_null() & (pl.col("kind") == "statement"))
    plain = plain.unique(["record", "field", "known"], keep="first", maintain_order=True)
    number = pl.int_range(pl.len(), dtype=pl.Int64) + 1
    plain = plain.with_columns(claim=number)
    shuffled = plain[data.draw(st.permutations(range(plain.height)))].with_columns(claim=number)
    told = [changes(History(based(log)).as_of(DAYS[1]), History(based(log)).as_of(DAYS[-1]),
                    everything=True).drop("claim") for log in (plain, shuffled)]
    assert told[0].equals(told[1])


# -- the bridge's counts ---------------------------------------------------------------------------
def check_lines(history: History, opened: date, closed: date, everything: bool) -> None:
    """Each record stands in the bridge's line, and lines hold as many projects."""
    found = changes(history.as_of(opened), history.as_of(closed), everything=everything)
    members = bridge(history, opened, closed, everything=everything).members
    theirs = {record: OTHER_SIDE.get(line, line)
              for record, line in members.select("record", "line").iter_rows()}
    single = found.filter(pl.col("lead") & pl.col("line").is_not_null()
                          & (pl.col("group") != "taken_in"))
    ours = dict(single.select("record", "line").iter_rows())
    assert ours == {record: line for record, line in theirs.items() if line != "taken_in"}
    stock = found.filter(pl.col("group") == "taken_in")["projects"].sum()
    assert stock == sum(line == "taken_in" for line in theirs.values())


@given(claims=logs(most=18, tame=True), data=st.data())
@FEW
def test_lines_are_those_of_the_bridge(claims: pl.DataFrame, data: st.DataObject) -> None:
    history = History(based(claims))
    pair = st.lists(st.sampled_from(DAYS), min_size=2, max_size=2, unique=True).map(sorted)
    for everything in (True, False):
        check_lines(history, *data.draw(pair), everything)


def test_lines_are_those_of_the_bridge_on_the_hydrogen_vintages(
    hydrogen: Callable[[], Path]
) -> None:
    reader = groundbreak.open(hydrogen())
    days = [date(2021, 1, 1), *(edition.published for edition in HYDROGEN)]
    for n, opened in enumerate(days):
        for closed in days[n + 1:]:
            for everything in (True, False):
                check_lines(reader.history, opened, closed, everything)
    found = reader.changes("2022-10-31", "2023-10-30")
    assert list(counts(found)) == [name for name in GROUPS if name in set(found["group"])]
    fids = found.filter(pl.col("lead") & (pl.col("group") == "fid"))
    assert set(fids["label_before"]) == {"announced"}
    assert set(fids["label_after"]) <= {"at_fid", "operating"}
    advanced = found.filter(pl.col("lead") & (pl.col("line") == "advanced_in")
                            & (pl.col("label_before") == "announced"))
    assert set(fids["record"]) == set(advanced["record"])


def test_changes_run_forward() -> None:
    history = History(based(pl.DataFrame(schema=Shelf().claims.schema)))
    with pytest.raises(ValueError, match="run forward"):
        changes(history.as_of(DAYS[1]), history.as_of(DAYS[0]))
