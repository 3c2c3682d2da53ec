"""Promised against actual: every promised project has one outcome a year, by the view's clock."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundbreak.history.view import History, View
from groundbreak.measures.failures import failures
from groundbreak.measures.population import projects
from groundbreak.measures.promises import BASES, OUTCOMES, promised
from tests.history.worlds import DAYS, frame_of, logs, snapshot_of
from tests.measures.test_bridge import BASE, FEW, based

RECORD = "events:a"


def told(known: str, field: str, value: object, precision: str = "year", **more: object
         ) -> dict[str, object]:
    """One claim of a made-up project."""
    day = date.fromisoformat(known)
    row: dict[str, object] = {
        "record": RECORD, "field": field, "known": day, "happened_latest": day, "grade": 4,
        "source": "events", "kind": "statement", "visibility": "public", "release": "r"}
    if isinstance(value, date):
        row |= {"value_date": value, "precision": precision}
    elif isinstance(value, float):
        row |= {"value_number": value, "unit": "t/y"}
    else:
        row |= {"value_text": value}
    return row | more


def history(*rows: dict[str, object]) -> History:
    """A counted ammonia plant, known since 2020, of which `rows` are told beside."""
    base = [told("2020-01-01", name, value) for name, value in BASE.items()]
    base += [told("2020-01-01", "capacity_ammonia_t_per_year", 2e5),
             told("2020-01-01", "stage", "feed"), told("2020-01-01", "activity", "active")]
    every = [row | {"claim": n} for n, row in enumerate([*base, *rows], start=1)]
    return History(snapshot_of(frame_of(every)))


def outcomes(view: View, basis: str = "first") -> dict[int, str]:
    """year → outcome of the one project."""
    found = promised(view)
    return {year: cohort["outcome"][0] for year in found.years
            if (cohort := found.cohort(year, basis)).height}


SLIPPED = (
    told("2021-03-01", "operation_planned_date", date(2023, 1, 1)),
    told("2022-06-01", "operation_planned_date", date(2025, 1, 1)),
)


def test_a_slip_shows_only_once_it_is_known() -> None:
    """The day before the new promise the old one holds; from that day on it has slipped."""
    before, after = (promised(history(*SLIPPED).as_of(day)).projects.row(0, named=True)
                     for day in (date(2022, 5, 31), date(2022, 6, 1)))
    assert (before["first_words"], before["now_words"], before["slip_months"]) == (
        "2023", "2023", 0)
    assert (after["first_words"], after["now_words"], after["slip_months"]) == ("2023", "2025", 24)


def test_a_promise_never_becomes_actual_by_the_passing_of_time() -> None:
    """Due and nothing said is unknown, not operating; it was not due the day before its end."""
    told_once = history(SLIPPED[0])
    assert outcomes(told_once.as_of(date(2023, 12, 30))) == {2023: "not_due"}
    assert outcomes(told_once.as_of(date(2023, 12, 31))) == {2023: "unknown"}
    assert promised(told_once.as_of(date(2023, 12, 31))).projects["outcome"][0] == "overdue"


def test_outcomes_year_by_year() -> None:
    """First promised for 2023, then for 2025; operating from August 2024 on."""
    began = told("2024-09-01", "operation_actual_date", date(2024, 8, 1), "month")
    runs = told("2024-09-01", "stage", "operating")
    tale = history(*SLIPPED, began, runs)
    assert outcomes(tale.as_of(date(2024, 8, 31))) == {2023: "promised_later"}
    assert outcomes(tale.as_of(date(2024, 9, 1))) == {2023: "late"}
    found = promised(tale.as_of(date(2025, 1, 1)))
    assert found.projects["slip_months"][0] == 19
    assert found.cohort(2024, "first")["outcome"].to_list() == ["operating"]
    # On the last day of 2022 it was promised for 2025: no promise for 2023 or 2024.
    assert [found.cohort(year, "year_before").height for year in (2023, 2024, 2025)] == [0, 0, 0]
    assert promised(history(*SLIPPED).as_of(date(2025, 1, 1))).cohort(
        2025, "year_before")["outcome"].to_list() == ["not_due"]


def test_what_stood_still_when_the_year_began_was_promised_no_more() -> None:
    """Paused on 31 December: first promised for that year all the same."""
    paused = told("2022-12-31", "activity", "paused")
    found = promised(history(SLIPPED[0], paused).as_of(date(2024, 1, 1)))
    assert found.cohort(2023, "first")["outcome"].to_list() == ["stopped"]
    assert found.cohort(2023, "year_before").is_empty()
    running = promised(history(SLIPPED[0], told("2023-01-01", "activity", "paused"))
                       .as_of(date(2024, 1, 1)))
    assert running.cohort(2023, "year_before")["outcome"].to_list() == ["stopped"]


def test_told_to_operate_without_a_date() -> None:
    """It began some time before it was told: no slip is made up."""
    row = promised(history(SLIPPED[0], told("2024-02-01", "stage", "operating"))
                   .as_of(date(2024, 3, 1))).projects.row(0, named=True)
    assert row["outcome"] == "operating"
    assert row["started"] == date(2024, 2, 1)
    assert row["started_words"] is None
    assert row["slip_months"] is None


def test_a_corrected_promise_is_no_slip() -> None:
    """What was taken back was never promised."""
    correction = told("2022-01-01", "operation_planned_date", date(2024, 1, 1),
                      kind="correction", supersedes=8)
    found = promised(history(SLIPPED[0], correction).as_of(date(2022, 6, 1))).projects
    assert found.select("first_words", "slip_months").rows() == [("2024", 0)]


@given(claims=logs(most=18, tame=True), day=st.sampled_from(DAYS))
@FEW
def test_outcomes_sum_to_what_was_promised(claims: pl.DataFrame, day: date) -> None:
    """For every year, basis and sector; and the projects behind a figure are as many as it says."""
    view = History(based(claims)).as_of(day)
    found = promised(view)
    table = found.figures
    for (_sector, year, basis), rows in table.group_by(["sector", "year", "basis"]):
        counts = dict(rows.select("outcome", "projects").iter_rows())
        assert counts.pop("promised") == sum(counts.values())
        assert set(counts) <= set(OUTCOMES)
        behind = found.behind(int(str(year)), str(basis), sector=str(_sector))
        assert behind["record"].is_unique().all()
        assert dict(behind.group_by("by_then").len().iter_rows()) == counts
    assert set(table["basis"].to_list()) <= set(BASES)
    counted = projects(view).filter("counted")
    assert set(found.projects["record"]) <= set(counted["record"])
    last = [found.cohort(year).height for year in found.years]
    assert last == sorted(last), "promised by a year grows with the years"


def test_nothing_promised() -> None:
    """No project: no year, no figure."""
    found = promised(history().as_of(date(2024, 1, 1)))
    assert list(found.years) == []
    assert found.figures.is_empty()


# -- failures ----------------------------------------------------------------------------------
@pytest.mark.parametrize("activity", ["paused", "cancelled", "lost"])
def test_a_failure_with_its_reason_and_evidence(activity: str) -> None:
    """It stands in the list from the day it was told, and no longer once it is active again."""
    stop = told("2022-05-02", "activity", activity, evidence="https://example.org/a",
                publisher="Owner", happened_earliest=date(2022, 5, 1))
    why = told("2022-05-02", "stop_reason", "offtake")
    tale = history(stop, why, told("2023-01-01", "activity", "active"))
    assert failures(tale.as_of(date(2022, 5, 1))).is_empty()
    row = failures(tale.as_of(date(2022, 5, 2))).row(0, named=True)
    assert (row["what"], row["reason"], row["publisher"], row["evidence"]) == (
        activity, "offtake", "Owner", "https://example.org/a")
    assert (row["earliest"], row["latest"]) == (date(2022, 5, 1), date(2022, 5, 2))
    assert failures(tale.as_of(date(2023, 1, 1))).is_empty()


def test_only_a_party_reverses_a_decision() -> None:
    """Back before FID told by the press is a failure; told by a tracker it is a correction."""
    up = told("2021-01-01", "stage", "committed")
    for grade, kinds in ((4, ["reversed"]), (5, [])):
        tale = history(up | {"grade": grade}, told("2022-01-01", "stage", "feed", grade=grade))
        assert failures(tale.as_of(date(2022, 1, 1)))["what"].to_list() == kinds
