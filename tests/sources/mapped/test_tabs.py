"""Dates in the names of tabs and files."""

from __future__ import annotations

import calendar
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundbreak.sources.mapped.tabs import date_in, impossible_date

MONTHS = st.dates(date(2000, 1, 1), date(2099, 12, 31))


@pytest.mark.parametrize(("name", "day"), [
    ("Apr-24", "2024-04-30"), ("Nov 2024", "2024-11-30"), ("2025-06", "2025-06-30"),
    ("April '24", "2024-04-30"), ("Jun25", "2025-06-30"), ("15-Apr-24", "2024-04-15"),
    ("30.04.2024", "2024-04-30"), ("Data 20240430 v2", "2024-04-30"), ("Q1 2025", "2025-03-31"),
    ("2025-H1", "2025-06-30"), ("Mär 2025", "2025-03-31"), ("août 2024", "2024-08-31"),
    ("list_2025-06_final.xlsx", "2025-06-30"), ("h2_2021-10_list.csv", "2021-10-31"),
    ("2024", "2024-12-31"), ("Dez. 2024", "2024-12-31"), ("2024年", "2024-12-31"),
])
def test_dates_people_write(name: str, day: str) -> None:
    found = date_in(name)
    assert found is not None
    assert str(found.published) == day


@pytest.mark.parametrize("name", ["Legend", "Sheet1", "v1.2", "H2Projects.csv", "Projects (old)",
                                  "2024-13", "1234", "Marketing", "May", "99999999", "",
                                  "31.02.2024", "2024-02-30", "31 Feb 2024", "04-31-2024"])
def test_names_without_a_date(name: str) -> None:
    assert date_in(name) is None


def test_years_and_quarters_are_not_sure() -> None:
    assert [date_in(name).sure for name in ("Apr-24", "2025-06-01", "2024", "Q1 2025")] == [  # type: ignore[union-attr]
        True, True, False, False]


@given(MONTHS, st.sampled_from(["%b-%y", "%b %Y", "%Y-%m", "%B %Y", "%b%y", "%m-%Y", "%Y_%m"]),
       st.sampled_from(["", "Tab ", "data "]))
def test_a_month_is_its_last_day_however_written(day: date, form: str, before: str) -> None:
    found = date_in(before + day.strftime(form))
    assert found is not None
    assert found.published == date(day.year, day.month,
                                   calendar.monthrange(day.year, day.month)[1])


@given(MONTHS, st.sampled_from(["%Y-%m-%d", "%d.%m.%Y", "%Y%m%d", "%d %b %Y", "%d %B %Y"]))
def test_a_day_is_that_day(day: date, form: str) -> None:
    found = date_in(day.strftime(form))
    assert found is not None
    assert found.published == day


def test_a_date_that_no_calendar_has_is_named_as_such() -> None:
    assert impossible_date("as of 31.02.2024") == "31.02.2024"
    assert [impossible_date(name) for name in ("Apr-24", "30.04.2024", "Legend", "2024-13")] == [
        "", "", "", ""]
