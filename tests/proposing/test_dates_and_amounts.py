"""Dates and sizes in running words, with their precision and place."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundbreak.proposing.amounts import amounts
from groundbreak.proposing.dates import dates
from groundbreak.proposing.text import plain

TOLD = date(2026, 3, 1)


@pytest.mark.parametrize(("words", "first", "precision", "note"), [
    ("in 2028", "2028-01-01", "year", ""),
    ("by the end of 2027", "2027-01-01", "year", "late"),
    ("by mid-2029", "2029-01-01", "year", "mid"),
    ("H2 2027", "2027-01-01", "year", "second half"),
    ("in Q3 2026", "2026-07-01", "quarter", ""),
    ("in the third quarter of 2026", "2026-07-01", "quarter", ""),
    ("on 26 June 2026", "2026-06-26", "day", ""),
    ("June 26, 2026", "2026-06-26", "day", ""),
    ("am 26. Juni 2026", "2026-06-26", "day", ""),
    ("le 1er mai 2026", "2026-05-01", "day", ""),
    ("el 26 de junio de 2026", "2026-06-26", "day", ""),
    ("slutet av 2027", "2027-01-01", "year", "late"),
    ("2025年7月", "2025-07-01", "month", ""),
    ("عام ٢٠٢٨", "2028-01-01", "year", ""),
    ("next year", "2027-01-01", "year", ""),
    ("yesterday", "2026-02-28", "day", ""),
    ("last month", "2026-02-01", "month", ""),
    ("on 28 April", "2025-04-28", "day", "year not told: the last such day"),
])
def test_dates_keep_their_precision(words: str, first: str, precision: str, note: str) -> None:
    (found,) = dates(plain(f"It starts {words}."), TOLD)
    assert (str(found.when.first), found.when.precision, found.note) == (first, precision, note)


def test_of_two_years_the_later_counts_and_says_so() -> None:
    for words in ("2026 or 2027", "2026-2027", "2026/27"):
        (found,) = dates(plain(f"It starts in {words}."), TOLD)
        assert found.when.first.year == 2027
        assert "later year" in found.note


@pytest.mark.parametrize("words", ["2030 tonnes", "USD 2,025 m", "the 2030s", "31 February 2026",
                                   "2026.5", "$2027"])
def test_figures_are_no_years(words: str) -> None:
    assert dates(plain(f"It has {words}."), TOLD) == ()


@given(st.dates(date(1990, 1, 1), date(2060, 12, 31)))
def test_any_day_is_read_in_five_ways(day: date) -> None:
    for written in (f"{day:%Y-%m-%d}", f"{day:%d %B %Y}", f"{day:%B} {day.day}, {day.year}",
                    f"{day.day}. {day:%B} {day.year}", f"{day.year}年{day.month}月{day.day}日"):
        (found,) = dates(plain(f"Am {written} war es"), day + timedelta(days=1))
        assert found.when.first == day, written
        assert found.when.precision == "day"


@pytest.mark.parametrize(("words", "value", "unit", "product"), [
    ("It makes 1.4 million tonnes of low-carbon ammonia a year.", 1_400_000, "t/y", "ammonia"),
    ("Das Werk liefert jährlich 2,5 Millionen Tonnen Stahl.", 2_500_000, "t/y", "steel"),
    ("Soll jährlich 700.000 Tonnen CO2 abscheiden.", 700_000, "t/y", "co2_captured"),
    ("It cuts emissions by 700,000 tonnes of CO2 a year.", 700_000, "t/y", "avoided"),
    ("Une capacité de 50 000 tonnes de méthanol par an.", 50_000, "t/y", "methanol"),
    ("Con 1,5 millones de toneladas de acero al año.", 1_500_000, "t/y", "steel"),
    ("年产能32万吨绿氨。", 320_000, "t/y", "ammonia"),
    ("A 100 MW electrolyser is planned.", 100_000, "kW", "electrolyser"),
])
def test_sizes(words: str, value: int, unit: str, product: str) -> None:
    (found,) = amounts(plain(words))
    assert (found.value, found.unit, found.product) == (value, unit, product)


@pytest.mark.parametrize("words", [
    "It costs 2.5 million euros a year.", "It is fed by a 150 MW wind farm.",
    "It makes 1.2 million tons a year.", "The first 50,000 tonnes come this summer.",
    "The ship carries 3,000 tonnes.",
])
def test_what_is_no_size_of_a_plant_is_none(words: str) -> None:
    assert amounts(plain(words)) == ()


@given(st.integers(1_000, 9_999_999))
def test_a_grouped_number_is_read_alike_in_english_and_german(tonnes: int) -> None:
    (english,) = amounts(plain(f"The plant will make {tonnes:,} tonnes of steel a year."))
    german_figure = f"{tonnes:,}".replace(",", ".")
    (german,) = amounts(plain(f"Das Werk soll {german_figure} Tonnen Stahl pro Jahr liefern."))
    assert english.value == german.value == tonnes
