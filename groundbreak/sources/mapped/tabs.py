"""Dates in the names of tabs and files: 'Apr-24', 'Nov 2024', '2025-06', 'list_2024-04-30.csv'."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

from groundbreak.sources.dates import UnreadableDate, When, day_of, month_of, quarter_of, year_of

PERIODS = {"day": "that day", "month": "last day of the month",
           "quarter": "last day of the quarter or half-year",
           "year": "last day of the year"}
FIRST_YEAR, LAST_YEAR = 1990, 2100
LAST_DAY = 31  # of any month


@dataclass(frozen=True)
class DatedName:
    """A date found in a name: the last day of what it names, and how sure that is."""

    published: date
    found: str
    precision: str

    @property
    def reason(self) -> str:
        return f"{PERIODS[self.precision]} in {self.found!r}"

    @property
    def sure(self) -> bool:
        return self.precision in ("day", "month")


class _NoSuchDayError(UnreadableDate):
    """A whole date that the calendar has not: no part of it is a date either."""


@cache
def _months() -> dict[str, int]:
    text = files("groundbreak.sources.mapped").joinpath("months.csv").read_text(encoding="utf-8")
    return {name: int(row["month"]) for row in csv.DictReader(text.splitlines())
            for name in row["names"].split("|")}


def month_number(word: str) -> int | None:
    """The month that a word of one of several languages, or its beginning, names."""
    return _months().get(word.casefold().rstrip("."))


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], When | None]], ...]:
    month = "(" + "|".join(sorted(map(re.escape, _months()), key=len, reverse=True)) + r")\.?"
    gap = r"[\s_.\-/']*"
    forms: tuple[tuple[str, Callable[[re.Match[str]], When | None]], ...] = (
        (r"(\d{4})[-_./ ](\d{1,2})[-_./ ](\d{1,2})", lambda m: _day(m[1], m[2], m[3])),
        (r"(\d{1,2})[-_./ ](\d{1,2})[-_./ ](\d{4})", lambda m: _day(m[3], m[2], m[1])),
        (r"((?:19|20)\d\d)([01]\d)([0-3]\d)", lambda m: _day(m[1], m[2], m[3])),
        (rf"(\d{{1,2}}){gap}{month}{gap}(\d{{4}})", lambda m: _named(m[2], m[3], m[1])),
        (rf"(\d{{1,2}})[\s_.\-/]+{month}{gap}(\d{{2}})", lambda m: _named(m[2], m[3], m[1])),
        (rf"{month}{gap}(\d{{4}}|\d{{2}})", lambda m: _named(m[1], m[2])),
        (rf"(\d{{4}}){gap}{month}", lambda m: _named(m[2], m[1])),
        (r"(\d{4})[-_./ ]?[Qq]([1-4])", lambda m: quarter_of(int(m[1]), int(m[2]))),
        (r"[Qq]([1-4])[-_./ ]?(\d{4})", lambda m: quarter_of(int(m[2]), int(m[1]))),
        (r"(\d{4})[-_./ ](\d{1,2})", lambda m: month_of(int(m[1]), int(m[2]))),
        (r"(\d{1,2})[-_./](\d{4})", lambda m: month_of(int(m[2]), int(m[1]))),
        # After the months: in 'h2_2021-10' H2 is hydrogen.
        (r"(\d{4})[- ]?H([12])", lambda m: quarter_of(int(m[1]), 2 * int(m[2]))),
        (r"H([12])[- ]?(\d{4})", lambda m: quarter_of(int(m[2]), 2 * int(m[1]))),
        (r"((?:19|20)\d\d)(?![-_./]\d)", lambda m: year_of(int(m[1]))),
    )
    return tuple((re.compile(rf"{_before(form)}{form}(?![0-9])", re.IGNORECASE), read)
                 for form, read in forms)


def _before(form: str) -> str:
    """A word or letter of a date stands alone; digits may follow letters ('list20240430')."""
    return r"(?<![0-9])" if form.startswith((r"(\d", r"((?:")) else r"(?<![0-9A-Za-z])"


def _day(year: str, month: str, day: str) -> When:
    """That day. Raises _NoSuchDayError where the calendar has none such."""
    try:
        return day_of(date(int(year), int(month), int(day)))
    except ValueError:
        raise _NoSuchDayError(f"{year}-{month}-{day} is no day of the calendar") from None


def _named(month: str, year: str, day: str = "") -> When | None:
    number = month_number(month)
    full = int(year) + (2000 if len(year) == 2 else 0)
    if number is None:
        return None
    if day and int(day) > LAST_DAY:
        return None  # a number before a month
    return _day(str(full), str(number), day) if day else month_of(full, number)


def impossible_date(name: str) -> str:
    """The whole date in a name that the calendar has not, as it stands there; '' for none."""
    if date_in(name):
        return ""
    for pattern, read in _patterns():
        for match in pattern.finditer(name):
            try:
                read(match)
            except _NoSuchDayError:
                return match[0].strip()
            except UnreadableDate:
                continue
    return ""


def date_in(name: str) -> DatedName | None:
    """The date that a tab's or a file's name bears; None where it bears none.

    A date that the calendar has not ('31.02.2024') is none, nor is a part of it.

    >>> str(date_in("Apr-24").published), str(date_in("list_2025-06_v2.xlsx").published)
    ('2024-04-30', '2025-06-30')
    """
    impossible: list[tuple[int, int]] = []
    for pattern, read in _patterns():
        for match in pattern.finditer(name):
            if any(match.start() < end and start < match.end() for start, end in impossible):
                continue
            try:
                when = read(match)
            except UnreadableDate as error:
                impossible += [match.span()] if isinstance(error, _NoSuchDayError) else []
                continue
            if when is not None and FIRST_YEAR <= when.first.year <= LAST_YEAR:
                return DatedName(when.last, match[0].strip(), when.precision)
    return None
