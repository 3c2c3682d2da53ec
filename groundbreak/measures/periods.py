"""Periods of a measure: '2024', '2024-H1', '2024-Q3', '12m', 'term', 'DATE..DATE'."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

TERM_START = date(2024, 1, 1)  # the accelerator's first term runs from its baseline of 2024-01-01
ACCEPTED = "a year (2024), half (2024-H1), quarter (2024-Q3), months back (12m), term, A..B"


@dataclass(frozen=True)
class Period:
    """Days `first` to `last`, both inclusive; `name` as asked."""

    name: str
    first: date
    last: date

    @property
    def before(self) -> date:
        """The day before the period: where its opening stock is taken."""
        return self.first - timedelta(days=1)


def months_back(day: date, months: int) -> date:
    """The day `months` months before `day` (the last of the month where that day is missing)."""
    index = day.year * 12 + day.month - 1 - months
    year, month = divmod(index, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, last)
        except ValueError:
            continue
    raise AssertionError("every month has a 28th")


def parse_period(text: str, as_of: date) -> Period:
    """A period that ends by `as_of`: what lies after it is not known. Raises ValueError."""
    try:
        first, last = _bounds(text.strip(), as_of)
    except ValueError as error:
        raise ValueError(f"period {text!r}: {error}; accepted: {ACCEPTED}") from None
    if first > as_of:
        raise ValueError(f"period {text!r} begins after the as-of date {as_of}")
    return Period(text, first, min(last, as_of))


def _bounds(text: str, as_of: date) -> tuple[date, date]:
    if text.lower() == "term":
        return TERM_START, as_of
    if match := re.fullmatch(r"([1-9]\d{0,2})m", text):
        return months_back(as_of, int(match[1])) + timedelta(days=1), as_of
    if match := re.fullmatch(r"(\d{4})", text):
        return date(int(match[1]), 1, 1), date(int(match[1]), 12, 31)
    if match := re.fullmatch(r"(\d{4})-?([HQ])([1-4])", text.upper()):
        months = 6 if match[2] == "H" else 3
        number = int(match[3])
        if months == 6 and number > 2:
            raise ValueError("a year has two halves")
        start = date(int(match[1]), (number - 1) * months + 1, 1)
        end = start.month + months - 1
        return start, date(start.year, end, monthrange(start.year, end)[1])
    if match := re.fullmatch(r"(\d{4}-\d\d-\d\d)\.\.(\d{4}-\d\d-\d\d)", text):
        first, last = date.fromisoformat(match[1]), date.fromisoformat(match[2])
        if first <= last:
            return first, last
    raise ValueError("not understood")
