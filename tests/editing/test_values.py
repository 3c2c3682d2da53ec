"""What an export writes comes back as the same value; what cannot be read says what could."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groundbreak.editing.edits import Value
from groundbreak.editing.values import Unusable, choices, read, shown
from groundbreak.vocabulary.fields import registry

DAYS = st.dates(date(1900, 1, 1), date(2099, 12, 31))
PRECISIONS = st.sampled_from(["day", "month", "quarter", "year"])
TEXTS = [f.name for f in registry().values() if f.type == "text" and not choices(f.name)
         and f.name not in ("country", "stage")]


def first_of(day: date, precision: str) -> date:
    """First day of the period around `day`."""
    month = {"year": 1, "quarter": 3 * ((day.month - 1) // 3) + 1}.get(precision, day.month)
    return day if precision == "day" else date(day.year, month, 1)


@given(DAYS, PRECISIONS)
def test_dates_keep_their_precision(day: date, precision: str) -> None:
    value = Value(day=first_of(day, precision), precision=precision)
    assert read("fid_planned_date", shown("fid_planned_date", value)) == value


@given(st.integers(0, 10**14))
def test_whole_capacities_come_back(amount: int) -> None:
    value = Value(number=float(f"{amount:.12g}"))
    assert read("capacity_ammonia_t_per_year", shown("capacity_ammonia_t_per_year", value)) == value


@given(st.floats(-90, 90))
def test_degrees_come_back(degrees: float) -> None:
    value = Value(number=float(f"{degrees:.12g}"))
    assert read("latitude", shown("latitude", value)) == value


@given(st.sampled_from(TEXTS), st.text(max_size=60))
@settings(max_examples=200)
def test_texts_come_back(name: str, text: str) -> None:
    once = shown(name, Value(text=text))
    if once is not None:
        again = read(name, once)
        assert shown(name, again) == once


def test_a_date_cell_is_a_day() -> None:
    assert read("fid_actual_date", datetime(2026, 5, 4)) == Value(
        day=date(2026, 5, 4), precision="day")


@pytest.mark.parametrize(("name", "typed", "value"), [
    ("capacity_ammonia_t_per_year", "1.2 Mt/y", Value(number=1_200_000)),
    ("capacity_electrolyser_kw", "20 MW", Value(number=20_000)),
    ("country", "Sweden", Value(text="SWE")),
    ("country", "Germany, Netherlands", Value(text="DEU;NLD")),
    ("stage", "Feasibility..FEED", Value(text="feasibility..feed")),
    ("sectors_served", "Steel; shipping", Value(text="steel;shipping")),
    ("gate_offtake", "3", Value(number=3)),
    ("operation_planned_date", 2031, Value(day=date(2031, 1, 1), precision="year")),
    ("operation_planned_date", 2031.0, Value(day=date(2031, 1, 1), precision="year")),
])
def test_what_people_type(name: str, typed: object, value: Value) -> None:
    assert read(name, typed) == value


def test_money_has_its_currency() -> None:
    assert read("capex_announced", 5e8, unit="EUR@2024") == Value(number=5e8, unit="EUR@2024")
    with pytest.raises(Unusable, match="USD@2023"):
        read("capex_announced", 5e8)


@pytest.mark.parametrize(("name", "typed", "accepted"), [
    ("stage", "soon", "signalled"), ("country", "Atlantis", "ISO 3166"),
    ("latitude", 91, "-90"), ("gate_offtake", 5, "from 1 to 4"),
    ("capacity_ammonia_t_per_year", "a lot", "kt NH3/y"),
    ("capacity_ammonia_t_per_year", "20 MW", "t/y"),
    ("capacity_ammonia_t_per_year", "1.234", "1.234 kt/y"),
    ("capacity_ammonia_t_per_year", 1234.5, "1.234 kt/y"),
    ("owners", "#CLEAR please", "#CLEAR alone"), ("place", "#REF!", "#CLEAR alone"),
    ("capacity_ammonia_t_per_year", "1-2 Mt/y", "t/y"),
    ("capacity_ammonia_t_per_year", float("nan"), "number"), ("latitude", True, "number"),
    ("operation_planned_date", "03/04/2027", "YYYY-MM-DD"),
    ("operation_planned_date", "TBD", "YYYY-MM"), ("operation_planned_date", 20310, "year"),
    ("sector", "steal", "steel"), ("name", "  ", "a value"),
])
def test_what_cannot_be_read_says_what_could(name: str, typed: object, accepted: str) -> None:
    with pytest.raises(Unusable) as told:
        read(name, typed)
    assert accepted in str(told.value)
