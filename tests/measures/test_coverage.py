"""Coverage, companies, published counts: honest entries, parts that sum, nothing counted twice."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from pathlib import Path

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from groundbreak.history.view import View
from groundbreak.measures.breakdown import breakdown, not_counted
from groundbreak.measures.companies import companies, owners
from groundbreak.measures.compared import editions, known_by, published
from groundbreak.measures.coverage import (
    RESULTS,
    SIX,
    coverage_warnings,
    known_shares,
    searched,
    searches,
    sources,
)
from groundbreak.measures.freshness import FRESH_MONTHS, freshness, newest_evidence
from groundbreak.measures.periods import months_back
from groundbreak.measures.population import projects
from groundbreak.starter import reference
from groundbreak.vocabulary.terms import PRODUCTS, read_rows
from tests.history.worlds import Published, Shelf, edition, histories
from tests.measures.test_scorecard import COVERED_HERE, with_extras

FEW = settings(max_examples=4, deadline=None)
OWNERS = ("Alpha", "Alpha; Beta", "Beta;Alpha;  Beta", ";", "not stated", " Gamma/δ <b> ")


def owned(told: list[Published], data: st.DataObject) -> View:
    """A world whose projects have owners, some several, some none."""
    named = {key: data.draw(st.none() | st.sampled_from(OWNERS)) for key in "abc"}
    register = Shelf()
    for one in told:
        content = {key: cells | ({"owners": named[key]} if named[key] else {})
                   for key, cells in one.content.items()}
        register.take_in(edition(content, one.complete, covered=COVERED_HERE | {"owners"}),
                         one.published, one.cut)
    return register.history().as_of()


# -- freshness ---------------------------------------------------------------------------------
@given(told=histories(least=2, most=3), data=st.data())
@FEW
def test_evidence_ages(told: list[Published], data: st.DataObject) -> None:
    """Young is under 24 months to the day; asking later about the same claims only ages them."""
    history = with_extras(told, data).history()
    view = history.as_of()
    young, of = freshness(view)
    assert 0 <= young <= of == projects(view).filter("counted").height
    news = newest_evidence(view)
    assert (news["last_news"] <= view.known).all()
    assert freshness(history.as_of(view.known + timedelta(days=10_000)))[0] == 0
    edge = months_back(view.valid, FRESH_MONTHS)
    assert news.filter("young")["last_news"].to_list() == [
        d for d in news["last_news"].to_list() if d > edge]


# -- coverage ----------------------------------------------------------------------------------
@given(told=histories(least=2, most=3, corrections=True), data=st.data())
@FEW
def test_shares_are_parts_of_what_is_counted(told: list[Published], data: st.DataObject) -> None:
    view = with_extras(told, data).history().as_of()
    shares = known_shares(view)
    assert set(SIX) <= set(shares["sector"])
    for row in shares.iter_rows(named=True):
        assert all(0 <= row[name] <= row["counted"]
                   for name in ("young", "located", "sized", "owned", "dated", "gated"))
    whole = shares.row(by_predicate=pl.col("sector") == "all", named=True)
    parts = shares.filter(pl.col("sector") != "all").drop("sector").sum().row(0, named=True)
    assert parts == {name: whole[name] for name in parts}
    assert whole["counted"] == projects(view).filter("counted").height
    assert sources(view)["counted"].sum() == whole["counted"]
    assert sources(view)["records"].sum() == projects(view).height
    warned = {w.sector for w in coverage_warnings(view)}
    few = shares.filter(pl.col("sector").is_in(SIX) & (pl.col("counted") < 5))["sector"]
    assert set(few) <= warned


def test_searches_are_dated_and_name_what_there_is() -> None:
    known = {row["name"] for row in read_rows("publications.csv")}
    for search in searches():
        assert search.sector in SIX
        assert search.product in ("", *PRODUCTS)
        assert search.result in RESULTS
        assert search.where
        assert search.source in ("", *known)
        assert search.result == "not_searched" or search.source, "nobody can check it"
    assert {s.sector for s in searches()} == set(SIX)
    assert {s.sector for s in searches() if s.result == "not_searched"} == set(SIX)


def test_a_source_that_is_not_taken_in_is_not_used() -> None:
    empty = Shelf().history().as_of(date(2026, 1, 1))
    assert not [s for s in searched(empty) if s.result == "used"]
    assert freshness(empty) == (0, 0)
    assert known_shares(empty)["counted"].sum() == 0
    assert {w.sector for w in coverage_warnings(empty)} == set(SIX)
    assert companies(empty).is_empty()


# -- companies ---------------------------------------------------------------------------------
@given(told=histories(least=2, most=3), data=st.data())
@FEW
def test_each_owner_has_each_project_once(told: list[Published], data: st.DataObject) -> None:
    view = owned(told, data)
    long = owners(view)
    assert long.is_unique().all()
    assert not set(long["company"]) & {"", "not stated"}
    assert all(name == name.strip() for name in long["company"])
    table = companies(view)
    assert table["company"].is_unique().all()
    assert table["projects"].sum() == long.height
    labelled = table.select(pl.sum_horizontal("announced", "at_fid", "operating", "stopped"))
    assert (labelled.to_series() <= table["projects"]).all()
    assert table["projects"].to_list() == sorted(table["projects"].to_list(), reverse=True)


# -- breakdown ---------------------------------------------------------------------------------
@given(told=histories(least=3, most=4), data=st.data())
@FEW
def test_a_breakdown_is_the_scorecard_and_opens(told: list[Published], data: st.DataObject
                                                ) -> None:
    view = with_extras(told, data).history().as_of()
    told_by = breakdown(view, "country")
    for measure, group, value in told_by.figures.select(
            "measure", "group", "value").iter_rows():
        assert len(told_by.cell(measure, group).projects) == value
    counts = projects(view).filter("counted").group_by("label").len()
    for label, n in counts.iter_rows():
        if label in ("announced", "at_fid", "operating"):
            assert told_by.cell(label, "all").value == n
    left = not_counted(view, pl.lit(True))
    assert left["projects"].sum() == projects(view).filter(~pl.col("counted")).height


# -- what others publish -----------------------------------------------------------------------
def test_published_counts_are_those_of_the_series() -> None:
    history, quoted = reference.tracker_history(), reference.milestones_2030()
    found = published(history, quoted)
    assert [(p.on, p.count) for p in found if (p.sector, p.state) == ("all", "committed")] == [
        (date(2026, 6, 15), 161), (date(2025, 11, 4), 144), (date(2025, 6, 18), 134),
        (date(2024, 11, 14), 136), (date(2024, 4, 17), 110)]
    steel = {p.state: p for p in found if p.sector == "steel"}
    assert {state: p.count for state, p in steel.items()} == {"committed": 6, "announced": 52}
    assert steel["committed"].on == date(2024, 11, 14), "the day of the release of that month"
    assert steel["committed"].filters() == {
        "label": ("at_fid", "operating"), "sector": ("steel",),
        "product": ("dri", "iron", "steel")}
    producing = next(p for p in found if p.state == "producing")
    assert (producing.on, producing.month, producing.count) == (date(2024, 3, 31), True, 33)
    assert not [p for p in found if p.sector == "cement"], "identified is no status"


def test_what_was_quoted_later_was_not_known() -> None:
    quoted = reference.milestones_2030()
    assert known_by(quoted, date(2024, 3, 30)).is_empty()
    assert known_by(quoted, date(2024, 3, 31))["sector"].to_list() == ["aviation"]
    assert known_by(quoted, date(2026, 1, 1)).height == 5


def test_rows_of_editions_are_those_counted_in_the_files() -> None:
    """The same numbers as the importers' own tests count in the real files."""
    path = Path(__file__).parent.parent / "sources" / "expected_counts.csv"
    counted = {(row["source"], int(row["rows"]), int(row["keys"]))
               for row in csv.DictReader(path.read_text("utf-8").splitlines())}
    ours = {(e.source, e.rows, e.records) for e in editions() if e.source != "iea-hydrogen"}
    assert ours <= counted
    hydrogen = [(e.rows, e.records) for e in editions() if e.source == "iea-hydrogen"]
    assert hydrogen == [(990, 984), (1477, 1470), (1997, 1990), (2437, 2429)]
