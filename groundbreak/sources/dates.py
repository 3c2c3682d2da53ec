"""Reading dates as trackers write them: years as floats, quarters, "TBD", dd/mm/yyyy."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from groundbreak.sources.files import Cell

EARLIEST_YEAR, LATEST_YEAR = 1700, 2100
ACCEPTED_DATES = (
    f"a year {EARLIEST_YEAR}-{LATEST_YEAR}, YYYY-MM, YYYY-Qn, a date, or blank"
)
NO_DATE_WORDS = frozenset(
    {"", "unknown", "not stated", "tbd", "tbc", "n/a", "na", "-", "–", "not specified", "none"}
)
_MONTHS = {name.lower(): n for n, name in enumerate(calendar.month_abbr) if name}


class UnreadableDate(ValueError):
    """The text is neither a date nor a word for 'no date'."""


@dataclass(frozen=True)
class When:
    """A date with its precision; `first` and `last` day of the period named."""

    first: date
    last: date
    precision: str


def year_of(number: int) -> When:
    if not EARLIEST_YEAR <= number <= LATEST_YEAR:
        raise UnreadableDate(f"year {number} is outside {EARLIEST_YEAR}-{LATEST_YEAR}")
    return When(date(number, 1, 1), date(number, 12, 31), "year")


def month_of(year: int, month: int) -> When:
    year_of(year)
    if not 1 <= month <= 12:
        raise UnreadableDate(f"month {month} is not 1-12")
    last = calendar.monthrange(year, month)[1]
    return When(date(year, month, 1), date(year, month, last), "month")


def quarter_of(year: int, quarter: int) -> When:
    year_of(year)
    first = date(year, 3 * quarter - 2, 1)
    return When(first, month_of(year, 3 * quarter).last, "quarter")


def day_of(value: date) -> When:
    year_of(value.year)
    return When(value, value, "day")


def period_end(first: date, precision: str) -> date:
    """Last day of the period that starts on `first`."""
    if precision == "year":
        return date(first.year, 12, 31)
    if precision == "quarter":
        return quarter_of(first.year, (first.month + 2) // 3).last
    if precision == "month":
        return month_of(first.year, first.month).last
    return first


def parse_when(value: object, *, day_first: bool = True) -> When | None:
    """A :class:`When`, or None where the source says that there is no date.

    Numbers are years, never Excel serials: a date cell arrives as a date. Raises UnreadableDate.
    """
    if value is None:
        return None
    if isinstance(value, datetime):
        return day_of(value.date())
    if isinstance(value, date):
        return day_of(value)
    if isinstance(value, int | float):
        if value != value or value in (float("inf"), float("-inf")) or value != int(value):
            raise UnreadableDate(f"{value} is not a year")
        return year_of(int(value))
    text = str(value).strip()
    if text.casefold() in NO_DATE_WORDS:
        return None
    return _parse_text(text, day_first)


def _parse_text(text: str, day_first: bool) -> When:
    if match := re.fullmatch(r"(\d{4})(?:\.0+)?", text):
        return year_of(int(match[1]))
    if match := re.fullmatch(r"(\d{4})-(\d{1,2})", text):
        return month_of(int(match[1]), int(match[2]))
    if match := re.fullmatch(r"(\d{4})[- ]?Q([1-4])|Q([1-4])[- /]?(\d{4})", text, re.IGNORECASE):
        year, quarter = (match[1], match[2]) if match[1] else (match[4], match[3])
        return quarter_of(int(year), int(quarter))
    if match := re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ].*)?", text):
        return _day(int(match[1]), int(match[2]), int(match[3]), text)
    if match := re.fullmatch(r"(\d{1,2})[/.](\d{1,2})[/.](\d{4})", text):
        first, second, year = int(match[1]), int(match[2]), int(match[3])
        day, month = (first, second) if day_first else (second, first)
        return _day(year, month, day, text)
    if match := re.fullmatch(r"([A-Za-z]{3})[a-z]*\.?[ -](\d{4})", text):
        month_number = _MONTHS.get(match[1].lower())
        if month_number:
            return month_of(int(match[2]), month_number)
    raise UnreadableDate(f"{text[:60]!r} is not a date")


def _day(year: int, month: int, day: int, text: str) -> When:
    year_of(year)
    try:
        return day_of(date(year, month, day))
    except ValueError:
        raise UnreadableDate(f"{text[:60]!r} is not a day of the calendar") from None


def parse_cell(cell: Cell, *, day_first: bool = True) -> When | None:
    """:func:`parse_when` of a cell's value."""
    return parse_when(cell.value, day_first=day_first)


def day_after(day: date) -> date:
    return day + timedelta(days=1)
