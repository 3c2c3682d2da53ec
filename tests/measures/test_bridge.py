"""Every record in exactly one line, and every change between two dates closes to zero.

The residual is an assertion, not a plug: it is 0 for random histories with late, corrected,
reverted, vanished and relisted records, and it is not 0 when a classification is broken on purpose.
"""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groundbreak.history.snapshot import Snapshot
from groundbreak.history.view import History
from groundbreak.measures import bridge as bridges
from groundbreak.measures.bridge import LINES, Bridge, bridge
from groundbreak.measures.population import LABELS, capacity_long, projects
from tests.history.worlds import (
    CUTS,
    DAYS,
    SOURCE,
    Content,
    Shelf,
    edition,
    frame_of,
    histories,
    logs,
    moments,
    row,
    snapshot_of,
)

FEW = settings(max_examples=5, deadline=None)
WAYS = [
    {"everything": everything, "by": by} for everything in (True, False) for by in (None, "sector")
]
BASE = {"name": "Plant", "sector": "chemicals", "product": "ammonia", "route": "electrolysis"}
WEEK = timedelta(days=7)


def based(claims: pl.DataFrame) -> Snapshot:
    """A random log whose records have names and what makes them eligible, each from its own day."""
    rows = claims.to_dicts()
    for number, record in enumerate(sorted({r["record"] for r in rows})):
        for name, value in BASE.items():
            rows.append({
                "claim": len(rows) + 1, "record": record, "field": name, "value_text": value,
                "known": DAYS[number], "happened_latest": DAYS[number], "grade": 5,
                "source": record.split(":")[0], "kind": "statement", "visibility": "public",
                "release": "r"})
    return snapshot_of(frame_of(rows))


def stock(frame: pl.DataFrame) -> dict[str, int]:
    """stock → projects."""
    return {name: n for name, n in frame.select("stock", "projects").iter_rows() if n}


def flows(found: Bridge) -> dict[tuple[str, str], int]:
    """(stock, line) → projects."""
    return {(s, line): n for s, line, n in
            found.lines.select("stock", "line", "projects").iter_rows()}


def check(found: Bridge) -> None:
    """It closes, by its own word and by hand, and each line opens to its projects."""
    assert found.residual_projects == 0
    assert found.residual_capacity == 0
    closing = stock(found.opening)
    for (name, _), n in flows(found).items():
        closing[name] = closing.get(name, 0) + n
    assert {name: n for name, n in closing.items() if n} == stock(found.closing)
    counted = found.members.group_by("stock", "line").agg(pl.col("sign").sum())
    assert {(s, line): n for s, line, n in counted.iter_rows()} == flows(found)
    assert set(found.members["line"].to_list()) <= set(LINES)
    assert found.members["claim"].null_count() == 0
    once = found.members.group_by("record").agg(
        out=(pl.col("sign") == -1).sum(), into=(pl.col("sign") == 1).sum())
    assert once.filter((pl.col("out") > 1) | (pl.col("into") > 1)).is_empty()


def capacity_by_hand(history: History, day: date, everything: bool) -> dict[tuple[str, str], int]:
    """(label, product) → capacity, straight from the population."""
    frame = projects(history.as_of(day))
    if not everything:
        frame = frame.filter("counted")
    sums = (
        capacity_long(frame).join(frame.select("record", "label"), on="record")
        .group_by("label", "product").agg(pl.col("capacity").sum())
    )
    return {(label, product): n for label, product, n in sums.iter_rows() if n}


def check_capacity(history: History, found: Bridge, everything: bool) -> None:
    """Opening plus the lines is closing, in every product."""
    closing = capacity_by_hand(history, found.opened, everything)
    for name, product, n in found.capacity.select("stock", "product", "capacity").iter_rows():
        closing[(name, product)] = closing.get((name, product), 0) + n
    assert {k: n for k, n in closing.items() if n} == capacity_by_hand(
        history, found.closed, everything)


# -- it always closes ------------------------------------------------------------------------------
@given(claims=logs(most=18, tame=True), data=st.data())
@FEW
def test_any_log_closes(claims: pl.DataFrame, data: st.DataObject) -> None:
    """Dated events of several sources, corrected, withdrawn and told late."""
    history = History(based(claims))
    pair = st.lists(st.sampled_from(DAYS), min_size=2, max_size=2, unique=True).map(sorted)
    opened, closed = data.draw(pair)
    for way in WAYS:
        found = bridge(history, opened, closed, **way)
        check(found)
        if way["by"] is None:
            check_capacity(history, found, way["everything"])


@given(st.data())
@FEW
def test_editions_close_between_every_pair_of_dates(data: st.DataObject) -> None:
    """Late, corrected, vanished, relisted and withdrawn releases, whatever the order of imports."""
    told = data.draw(histories(least=3, most=4, corrections=True))
    register = Shelf()
    for one in data.draw(st.permutations(told)):
        register.publish(one)
    if data.draw(st.booleans()):
        register.withdraw(data.draw(st.sampled_from(told)).name)
    history, days = register.history(), sorted({t.published for t in told})
    way = data.draw(st.sampled_from(WAYS))
    for n, opened in enumerate([moments(told)[0], *days]):
        for closed in days[n:]:
            check(bridge(history, opened, closed, **way))


@given(histories(least=3, most=4))
@FEW
def test_bridges_chain(told: list[object]) -> None:
    """k0→k1 and k1→k2 together lead where k0→k2 leads."""
    register = Shelf()
    for one in told:
        register.publish(one)  # type: ignore[arg-type]
    history, days = register.history(), moments(told)  # type: ignore[arg-type]
    first, second, whole = (bridge(history, *pair, everything=True) for pair in (
        (days[1], days[2]), (days[2], days[-1]), (days[1], days[-1])))
    assert stock(first.closing) == stock(second.opening)
    assert stock(second.closing) == stock(whole.closing)
    moved: dict[str, int] = {}
    for name, n in [*flows(first).items(), *flows(second).items()]:
        moved[name[0]] = moved.get(name[0], 0) + n
    straight: dict[str, int] = {}
    for name, n in flows(whole).items():
        straight[name[0]] = straight.get(name[0], 0) + n
    assert {k: n for k, n in moved.items() if n} == {k: n for k, n in straight.items() if n}


# -- and it closes in the right lines --------------------------------------------------------------
def two(before: Content, after: Content, **ways: object) -> Bridge:
    """The bridge between two editions of one source."""
    register = Shelf()
    for content, cut in ((before, CUTS[0]), (after, CUTS[1])):
        register.take_in(edition(content), cut)
    found = bridge(register.history(), CUTS[0], CUTS[1], **ways)  # type: ignore[arg-type]
    check(found)
    return found


MOVES = [
    (row(), row("committed"), {("announced", "advanced_out"): -1, ("at_fid", "advanced_in"): 1}),
    (row(), row(activity="paused"), {("announced", "paused"): -1, ("paused", "paused"): 1}),
    (row(activity="paused"), row(), {("paused", "resumed"): -1, ("announced", "resumed"): 1}),
    (row(), row(activity="cancelled"),
     {("announced", "cancelled"): -1, ("cancelled", "cancelled"): 1}),
    (row(activity="cancelled"), row(),
     {("cancelled", "revived"): -1, ("announced", "revived"): 1}),
    (row("operating"), row("closed"), {("operating", "closed"): -1, ("closed", "closed"): 1}),
    (row(), None, {("announced", "lost"): -1, ("lost", "lost"): 1}),
    (row("committed"), row("feasibility"),
     {("at_fid", "restated"): -1, ("announced", "restated"): 1}),
    (row("operating"), row("committed"),
     {("operating", "moved_back_out"): -1, ("at_fid", "moved_back_in"): 1}),
    (row(), row("signalled"),
     {("announced", "moved_back_out"): -1, ("signalled", "moved_back_in"): 1}),
    (row(), row(None), {("announced", "restated"): -1, ("no_stage", "restated"): 1}),
    (row(), row(capacity=99_999.0), {("announced", "scope"): -1}),
    (row(capacity=None), row(), {("announced", "scope"): 1}),
    (None, row(), {("announced", "newly_listed_undated"): 1}),
    (None, row("committed"), {("at_fid", "late_discovery"): 1}),
    (row(), row("feasibility"), {}),
    (row(), row(country="CHL"), {}),
]


@pytest.mark.parametrize(("before", "after", "lines"), MOVES)
def test_each_movement_in_its_line(
    before: dict[str, object] | None, after: dict[str, object] | None,
    lines: dict[tuple[str, str], int],
) -> None:
    """One record moves beside one that does not."""
    stays = {"z": row()}
    found = two(stays | ({"a": before} if before else {}), stays | ({"a": after} if after else {}))
    assert flows(found) == lines
    assert set(found.members["record"].to_list()) <= {f"{SOURCE}:a"}


def test_a_first_release_is_opening_stock() -> None:
    """What a source's first release brings is no flow."""
    register = Shelf()
    register.take_in(edition({"a": row(), "b": row("committed")}), CUTS[0])
    found = bridge(register.history(), CUTS[0] - WEEK, CUTS[0])
    check(found)
    assert flows(found) == {("announced", "taken_in"): 1, ("at_fid", "taken_in"): 1}


def test_relisted() -> None:
    """Lost, then listed again."""
    register = Shelf()
    for content, cut in zip(({"a": row(), "z": row()}, {"z": row()}, {"a": row(), "z": row()}),
                            CUTS, strict=False):
        register.take_in(edition(content), cut)
    found = bridge(register.history(), CUTS[1], CUTS[2])
    check(found)
    assert flows(found) == {("lost", "relisted"): -1, ("announced", "relisted"): 1}
    over = bridge(register.history(), CUTS[0], CUTS[2])
    check(over)
    assert flows(over) == {}


def test_only_a_party_reverses() -> None:
    """A demotion told by the press is a reversal; the same by a tracker is a corrected status."""
    register = Shelf()
    register.take_in(edition({"a": row("committed")}), CUTS[0])
    press = {"claim": register.snapshot.position + 1, "record": f"{SOURCE}:a", "field": "stage",
             "value_text": "feed", "known": CUTS[1], "happened_latest": CUTS[1], "grade": 4,
             "source": "events", "kind": "statement", "visibility": "public", "release": "e"}
    register.claims = pl.concat([register.claims, frame_of([press])])
    found = bridge(register.history(), CUTS[0], CUTS[1])
    check(found)
    assert flows(found) == {("at_fid", "reversed"): -1, ("announced", "reversed"): 1}


def test_a_moving_record_carries_its_opening_capacity() -> None:
    """And what changed on the way is restated in the stock where it stands."""
    found = two({"a": row(capacity=1e5)}, {"a": row("committed", capacity=3e5)})
    assert {(s, line): n for s, line, n in
            found.capacity.select("stock", "line", "capacity").iter_rows()} == {
        ("announced", "advanced_out"): -100_000, ("at_fid", "advanced_in"): 100_000,
        ("at_fid", "restated"): 200_000}
    assert found.capacity["unit"].unique().to_list() == ["t/y"]


def test_reclassified_into_another_sector() -> None:
    """By sector it leaves one stock and enters the other; over all nothing moved."""
    change = ({"a": row()}, {"a": row(sector="shipping")})
    assert flows(two(*change, by="sector")) == {
        ("chemicals/announced", "restated"): -1, ("shipping/announced", "restated"): 1}
    assert flows(two(*change)) == {}


def test_source_filter() -> None:
    """One source's records alone; the two sources together are all."""
    logs_of = {}
    for source, content in (("iea-hydrogen", {"a": row()}), ("saf", {"q": row("committed")})):
        register = Shelf(source=source)
        register.take_in(edition({"z": row()}, source=source), CUTS[0])
        register.take_in(edition({"z": row(), **content}, source=source), CUTS[1])
        logs_of[source] = register.snapshot
    claims = pl.concat([s.claims for s in logs_of.values()]).with_columns(
        claim=pl.int_range(1, pl.len() + 1, dtype=pl.Int64))
    history = History(Snapshot(claims, pl.concat([s.releases for s in logs_of.values()]),
                               pl.concat([s.listings for s in logs_of.values()])))
    one, other, both = (bridge(history, CUTS[0], CUTS[1], source=name)
                        for name in ("iea-hydrogen", "saf", None))
    for found in (one, other, both):
        check(found)
    assert flows(one) == {("announced", "newly_listed_undated"): 1}
    assert flows(other) == {("at_fid", "late_discovery"): 1}
    assert flows(both) == flows(one) | flows(other)
    assert stock(both.closing) == {"announced": 3, "at_fid": 1}


@pytest.mark.parametrize("closed", [CUTS[0], CUTS[0] - WEEK])
def test_dates_in_order(closed: date) -> None:
    """A bridge leads from an earlier to a later date."""
    register = Shelf()
    register.take_in(edition({"a": row()}), CUTS[0])
    with pytest.raises(ValueError, match="before"):
        bridge(register.history(), CUTS[0], closed)


# -- broken on purpose -----------------------------------------------------------------------------
def moving() -> History:
    """Two records that change stocks and one whose size changes."""
    register = Shelf()
    register.take_in(edition({"a": row(), "b": row(), "c": row("committed")}), CUTS[0])
    register.take_in(edition({"a": row("committed"), "b": row(activity="paused"),
                              "c": row("committed", capacity=3e5)}), CUTS[1])
    return register.history()


def test_a_dropped_record_shows_as_residual(monkeypatch: pytest.MonkeyPatch) -> None:
    """A record that no line explains cannot hide."""
    whole = bridges._members
    monkeypatch.setattr(bridges, "_members", lambda moves: whole(moves).head(1))
    found = bridge(moving(), CUTS[0], CUTS[1])
    assert found.residual_projects > 0
    assert found.residual_capacity > 0


def test_a_record_counted_twice_shows_as_residual(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor can one that stands in two lines."""
    whole = bridges._members
    monkeypatch.setattr(bridges, "_members", lambda m: pl.concat([whole(m), whole(m).tail(1)]))
    found = bridge(moving(), CUTS[0], CUTS[1])
    assert found.residual_projects == 1
    assert found.residual_capacity > 0


def test_a_wrong_stock_shows_as_residual(monkeypatch: pytest.MonkeyPatch) -> None:
    """A movement booked into the wrong stock leaves two gaps."""
    side = bridges._side
    monkeypatch.setattr(
        bridges, "_side", lambda *args: side(*args).with_columns(stock=pl.lit("announced")))
    assert bridge(moving(), CUTS[0], CUTS[1]).residual_projects > 0


def test_an_unexplained_change_shows_as_residual(monkeypatch: pytest.MonkeyPatch) -> None:
    """A change without a claim known inside the window is residual, never restated."""
    whole = bridges._moves

    def unexplained(*given: object) -> pl.DataFrame:
        return whole(*given).with_columns(  # type: ignore[arg-type]
            claim=pl.when(pl.col("record") == f"{SOURCE}:c").then(None).otherwise("claim"))

    monkeypatch.setattr(bridges, "_moves", unexplained)
    found = bridge(moving(), CUTS[0], CUTS[1])
    assert found.residual_projects == 0
    assert found.residual_capacity == 180_000


def test_every_pair_of_labels_has_a_line() -> None:
    """line_of always names lines that exist, and no movement is nameless."""
    ends = [*LABELS, "not_counted", "absent"]
    for before in ends:
        for after in ends:
            if before != after:
                out, into = bridges.line_of(before, after, "newly_listed_undated", 5)
                assert into in LINES
                assert out in LINES or before == "absent"
