"""Only news becomes claims, and the order in which editions are imported does not matter.

The oracle (worlds.expected_facts) reads the editions themselves: as known on a day about a day, the
latest cut that speaks of a record says what it is, and a complete edition that leaves a record out
says that it is lost. Whatever the order of imports, late, corrected or withdrawn, the views of the
register must say the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from groundbreak.history.edition import Edition
from groundbreak.history.keys import printed_key, record_id, resolve
from tests.history.worlds import (
    COVERED,
    CUTS,
    SOURCE,
    Published,
    Shelf,
    contents,
    edition,
    expected_facts,
    facts,
    histories,
    moments,
    row,
)

FEW = settings(max_examples=10, deadline=None)
SOME = settings(max_examples=12, deadline=None)
WEEK = timedelta(days=7)


def shelved(told: Sequence[Published]) -> Shelf:
    """A register that took `told` in, in that order."""
    register = Shelf()
    for one in told:
        register.publish(one)
    return register


def views(register: Shelf, days: Sequence[date]) -> dict[tuple[date, date], dict[object, object]]:
    """(known, valid) → facts, on a grid: what `facts` of each view says, read off rectangles."""
    history = register.history()
    told = history.intervals.join(history.claims.drop("record", "field"), on="claim").filter(
        pl.col("kind").is_in(["statement", "correction"]))
    rows = told.with_columns(value=pl.coalesce(
        "value_text", pl.col("value_number").cast(pl.String), pl.col("value_date").cast(pl.String))
    ).select("record", "field", "value", "known_from", "known_to", "valid_from", "valid_to").rows()
    return {
        (k, v): {(record, name): value for record, name, value, k0, k1, v0, v1 in rows
                 if k0 <= k < k1 and v0 <= v < v1}
        for k in days for v in days
    }


def expected(told: Sequence[Published]) -> dict[tuple[date, date], dict[object, object]]:
    """The same grid from the editions alone."""
    days = moments(told)
    return {(k, v): stated(told, k, v) for k in days for v in days}


def stated(told: Sequence[Published], known: date, valid: date) -> dict[object, object]:
    """`expected_facts` with every value as text."""
    return {cell: str(value) for cell, value in expected_facts(told, known, valid).items()}


# -- one edition -----------------------------------------------------------------------------------
@given(histories(most=3), st.randoms(use_true_random=False))
@FEW
def test_row_order_changes_nothing(told: list[Published], random: object) -> None:
    """The same claims in the same order, ids included."""
    straight, mixed = Shelf(), Shelf()
    for one in told:
        whole = edition(one.content, one.complete)
        rows = whole.statements.to_dicts()
        random.shuffle(rows)  # type: ignore[attr-defined]
        statements = pl.DataFrame(rows, schema=whole.statements.schema, orient="row")
        shuffled = Edition(whole.source, whole.layout, whole.file, whole.rows, statements,
                           whole.covered, whole.complete)
        straight.take_in(whole, one.published, one.cut)
        mixed.take_in(shuffled, one.published, one.cut)
    assert_frame_equal(straight.claims, mixed.claims)


@given(histories(), st.integers(1, 40))
@FEW
def test_the_same_content_again_is_no_news(told: list[Published], later: int) -> None:
    """Another published date is a sighting, not news; nothing is lost and nothing repeated."""
    register = shelved(told)
    last = told[-1]
    again = max(t.published for t in told) + timedelta(days=later)
    news = register.take_in(edition(last.content), again)
    assert news.claims.height == 0
    assert set(news.listed) == {f"{SOURCE}:{key}" for key in last.content}


@pytest.mark.parametrize("known", [None, CUTS[0]])
def test_a_dated_fact_again_is_no_news(known: date | None) -> None:
    """A fact with a day of its own is said once, and again only when it changed."""
    def told(tonnes: float) -> Edition:
        plain = edition({"a": row(capacity=tonnes)})
        dated = plain.statements.with_columns(
            happened_latest=pl.when(pl.col("field").str.starts_with("capacity"))
            .then(pl.lit(CUTS[0])), known=pl.lit(known, pl.Date))
        return Edition(plain.source, "test", "f", 1, dated, COVERED, True)

    register = Shelf()
    register.take_in(told(1e5), CUTS[0])
    assert register.take_in(told(1e5), CUTS[1]).claims.height == 0
    assert register.take_in(told(2e5), CUTS[2]).claims.height == 1
    assert register.take_in(told(2e5), CUTS[3]).claims.height == 0


def test_a_dated_fact_that_returns_is_news() -> None:
    """Stated, restated, and stated as before: the last word holds."""
    def told(tonnes: float) -> Edition:
        plain = edition({"a": row(capacity=tonnes)})
        dated = plain.statements.with_columns(
            happened_latest=pl.when(pl.col("field").str.starts_with("capacity"))
            .then(pl.lit(CUTS[0])))
        return Edition(plain.source, "test", "f", 1, dated, COVERED, True)

    register = Shelf()
    for cut, tonnes in zip(CUTS, (1e5, 2e5, 1e5), strict=False):
        register.take_in(told(tonnes), cut)
    held = facts(register.history().as_of(CUTS[3]))
    assert held[(f"{SOURCE}:a", "capacity_ammonia_t_per_year")] == 1e5


@pytest.mark.parametrize(("change", "kind"), [
    ({"stage": "committed"}, "statement"),
    ({"capacity": 5e5}, "statement"),
    ({"capacity": None}, "cleared"),
    ({"country": "CHL"}, "statement"),
])
def test_one_changed_cell_is_one_claim(change: dict[str, object], kind: str) -> None:
    """And it happened between the two cuts."""
    register = Shelf()
    register.take_in(edition({"a": row(), "b": row()}), CUTS[0])
    claims = register.take_in(edition({"a": row(**change), "b": row()}), CUTS[1]).claims
    assert claims["kind"].to_list() == [kind]
    assert claims["happened_earliest"].to_list() == [CUTS[0] + timedelta(days=1)]
    assert claims["happened_latest"].to_list() == [CUTS[1]]


def test_what_a_layout_does_not_cover_or_keeps_stays() -> None:
    """A blank clears only where the edition could have said something."""
    register = Shelf()
    register.take_in(edition({"a": row(), "b": row()}), CUTS[0])
    silent = {"a": row(stage=None), "b": row(stage=None)}
    kept = frozenset({("a", "", "stage")})
    claims = register.take_in(edition(silent, kept=kept), CUTS[1]).claims
    assert claims.select("record", "field", "kind").rows() == [(f"{SOURCE}:b", "stage", "cleared")]
    narrow = edition({"a": {"name": "Plant", "activity": "active"}, "b": row()},
                     covered=frozenset({"name", "activity"}))
    assert register.take_in(narrow, CUTS[2]).claims.select("record", "field").rows() == [
        (f"{SOURCE}:b", "stage")]


# -- lost and found --------------------------------------------------------------------------------
def test_lost_once_and_relisted() -> None:
    """Dropped by a complete edition: one claim, not repeated; relisted: active again."""
    register = Shelf()
    both = {"a": row(), "b": row("committed")}
    for cut, content in zip(CUTS, (both, {"a": row()}, {"a": row()}, both), strict=False):
        register.take_in(edition(content), cut)
    told = register.claims.filter((pl.col("record") == f"{SOURCE}:b")
                                  & (pl.col("field") == "activity"))
    assert told["value_text"].to_list() == ["active", "lost", "active"]
    assert told["known"].to_list() == [CUTS[0], CUTS[1], CUTS[3]]
    assert told["grade"].to_list() == [5, 6, 5]
    assert register.claims.filter(pl.col("record") == f"{SOURCE}:a")["known"].unique().len() == 1


@given(st.lists(contents(), min_size=3, max_size=3))
@FEW
def test_an_incomplete_edition_never_loses(told: list[dict[str, dict[str, object]]]) -> None:
    """Nor does a complete one lose what only incomplete ones listed."""
    register = Shelf()
    register.take_in(edition(told[0], complete=False), CUTS[0])
    register.take_in(edition(told[1]), CUTS[1])
    register.take_in(edition(told[2], complete=False), CUTS[2])
    lost = register.claims.filter(pl.col("value_text") == "lost")
    assert lost.is_empty()


# -- order of imports ------------------------------------------------------------------------------
@given(histories(most=4, incomplete=True))
@FEW
def test_views_say_what_the_editions_say(told: list[Published]) -> None:
    """Imported in order: every view is what the editions published by then state."""
    register = shelved(told)
    assert views(register, moments(told)) == expected(told)
    history = register.history()
    for day in moments(told)[::2]:
        assert facts(history.as_of(day)) == expected_facts(told, day, day)


@given(histories(least=3, most=3))
@SOME
def test_a_late_import_equals_one_in_time(told: list[Published]) -> None:
    """1, 3, then 2: the same views as 1, 2, 3; and what the record said before stays."""
    first, second, third = told
    register = shelved([first, third])
    recorded = register.snapshot.position
    before = {d: facts(register.history().as_of(d)) for d in moments(told)}
    register.publish(second)
    assert views(register, moments(told)) == expected(told)
    then = register.history(recorded)
    assert {d: facts(then.as_of(d)) for d in moments(told)} == before


@given(st.data())
@SOME
def test_any_order_of_imports(data: st.DataObject) -> None:
    """Complete and incomplete editions in any order; late ones among them."""
    told = data.draw(histories(least=3, most=4, incomplete=True))
    order = data.draw(st.permutations(told))
    assert views(shelved(order), moments(told)) == expected(told)


@given(st.data())
@SOME
def test_corrections_speak_of_their_cut_only(data: st.DataObject) -> None:
    """An edition about an earlier cut, published later, changes what is known about its cut, not
    what later cuts said; imported in any order."""
    told = data.draw(histories(least=3, most=4, corrections=True))
    order = data.draw(st.permutations(told))
    assert views(shelved(order), moments(told)) == expected(told)


def test_a_correction_in_plain_words() -> None:
    """2 said committed, 3 said construction; later 2 is corrected to feasibility."""
    register = Shelf()
    for cut, stage in zip(CUTS, ("concept", "committed", "construction"), strict=False):
        register.take_in(edition({"a": row(stage)}), cut)
    told = CUTS[2] + WEEK
    register.take_in(edition({"a": row("feasibility")}, complete=False), told, CUTS[1])
    history = register.history()

    def stage(known: date, valid: date) -> object:
        return facts(history.as_of(known, valid))[(f"{SOURCE}:a", "stage")]

    assert stage(CUTS[2], CUTS[1]) == "committed"
    assert stage(told, CUTS[1]) == "feasibility"
    assert stage(told, CUTS[2]) == stage(told, told) == "construction"


@given(st.data())
@SOME
def test_withdrawing_equals_never_having_imported(data: st.DataObject) -> None:
    """Whichever release is taken back, and in whatever order they had come."""
    told = data.draw(histories(least=3, most=4, incomplete=data.draw(st.booleans())))
    gone = data.draw(st.sampled_from(told))
    register = shelved(data.draw(st.permutations(told)))
    recorded, days = register.snapshot.position, moments(told)
    before = {d: facts(register.history().as_of(d)) for d in days}
    register.withdraw(gone.name)
    left = [t for t in told if t is not gone]
    assert views(register, days) == {
        (k, v): stated(left, k, v) for k in days for v in days}
    then = register.history(recorded)
    assert {d: facts(then.as_of(d)) for d in days} == before


@given(histories(least=3, most=3))
@FEW
def test_withdrawn_and_taken_in_again(told: list[Published]) -> None:
    """Taking a release back and in again is as if nothing had been."""
    register = shelved(told)
    register.withdraw(told[1].name)
    register.publish(told[1])
    assert views(register, moments(told)) == expected(told)


# -- known limits ----------------------------------------------------------------------------------
@pytest.mark.parametrize("ways", [
    {"covered": COVERED - {"stage"}}, {"kept": frozenset({("a", "", "stage")})},
])
def test_a_late_import_before_an_edition_silent_on_a_field(ways: dict[str, frozenset[str]]) -> None:
    """1 concept, 2 feasibility, 3 says nothing of the stage: feasibility, whatever the order."""
    told = (edition({"a": row("concept")}), edition({"a": row("feasibility")}),
            edition({"a": row(None)}, **ways))  # type: ignore[arg-type]
    found = []
    for order in ((0, 1, 2), (0, 2, 1)):
        register = Shelf()
        for n in order:
            register.take_in(told[n], CUTS[n])
        found.append(facts(register.history().as_of(CUTS[2]))[(f"{SOURCE}:a", "stage")])
    assert found == ["feasibility", "feasibility"]


@pytest.mark.parametrize("change", ["late import", "withdrawal"])
def test_the_releases_of_a_recorded_view_do_not_change(change: str) -> None:
    """What was opening stock as recorded then stays opening stock."""
    register = Shelf()
    register.take_in(edition({"a": row()}), CUTS[1])
    register.take_in(edition({"a": row(), "b": row()}), CUTS[2])
    recorded = register.snapshot.position
    before = register.history(recorded).as_of(CUTS[2]).releases["release"].sort().to_list()
    if change == "late import":
        register.take_in(edition({"a": row("signalled")}), CUTS[0])
    else:
        register.withdraw(register.releases[0].name)
    after = register.history(recorded).as_of(CUTS[2]).releases["release"].sort().to_list()
    assert after == before


# -- ids -------------------------------------------------------------------------------------------
PARTS = {"one": ("365", "north, train 1"), "two": ("365", "south, train 2")}


@given(st.lists(st.permutations(["one", "two"]), min_size=2, max_size=2))
@FEW
def test_two_rows_under_one_id_keep_their_records(orders: list[list[str]]) -> None:
    """In any order of rows, and over editions."""
    register = Shelf()
    sizes = {"one": 1e5, "two": 3e5}
    for cut, order in zip(CUTS, orders, strict=False):
        content = {name: row(capacity=sizes[name]) for name in order}
        register.take_in(edition(content, parts=PARTS), cut)
    held = facts(register.history().as_of(CUTS[3]))
    assert held[(f"{SOURCE}:365", "capacity_ammonia_t_per_year")] == 1e5
    assert held[(f"{SOURCE}:365/2", "capacity_ammonia_t_per_year")] == 3e5
    assert register.claims.filter(pl.col("known") == CUTS[1]).is_empty()


def test_a_change_of_status_or_of_words_keeps_the_phase() -> None:
    """A moved stage is a claim on the same record; a reworded part goes to the most similar."""
    register = Shelf()
    register.take_in(edition({"one": row(), "two": row()}, parts=PARTS), CUTS[0])
    moved = {"one": row("committed"), "two": row()}
    claims = register.take_in(edition(moved, parts=PARTS), CUTS[1]).claims
    assert claims.select("record", "field").rows() == [(f"{SOURCE}:365", "stage")]
    reworded = {"one": ("365", "north; train 1 (new)"), "two": ("365", "south, train 2")}
    assert register.take_in(edition(moved, parts=reworded), CUTS[2]).claims.is_empty()


def test_a_phase_that_goes_is_lost_and_one_that_comes_is_new() -> None:
    """The one that stays keeps its id; a third never takes the id of the one that went."""
    register = Shelf()
    register.take_in(edition({"one": row(), "two": row()}, parts=PARTS), CUTS[0])
    register.take_in(edition({"two": row()}, parts=PARTS), CUTS[1])
    held = facts(register.history().as_of(CUTS[1]))
    assert held[(f"{SOURCE}:365", "activity")] == "lost"
    assert held[(f"{SOURCE}:365/2", "activity")] == "active"
    third = PARTS | {"one": ("365", "north, train 1"), "three": ("365", "offshore electrolyser")}
    news = register.take_in(edition({k: row() for k in third}, parts=third), CUTS[2])
    assert news.listed == (f"{SOURCE}:365", f"{SOURCE}:365/2", f"{SOURCE}:365/3")


@given(st.sets(st.text("abc 12", min_size=1), min_size=1, max_size=5),
       st.sets(st.text("abc 12", min_size=1), max_size=5), st.randoms(use_true_random=False))
@SOME
def test_resolve_gives_every_row_its_own_record(
    parts: set[str], before: set[str], random: object
) -> None:
    """Ids are distinct, known ones are kept for equal words, and row order does not matter."""
    known = {record_id("s", "k", n): part for n, part in enumerate(sorted(before), start=1)}
    rows = sorted(parts)
    listed = pl.DataFrame({"key": ["k"] * len(rows), "part": rows})
    found = resolve("s", listed, {"k": known})
    assert found["record"].is_unique().all()
    assert sorted(found["part"].to_list()) == rows
    assert {printed_key(r) for r in found["record"].to_list()} == {"k"}
    same = dict(found.select("part", "record").iter_rows())
    if len(rows) > 1 or len(known) > 1:
        for record, part in known.items():
            assert same.get(part, record) == record
    random.shuffle(rows)  # type: ignore[attr-defined]
    again = resolve("s", pl.DataFrame({"key": ["k"] * len(rows), "part": rows}), {"k": known})
    assert_frame_equal(again, found)
