"""Dates in running words: 'in 2028', 'end of 2027', 'Q3 2026', '26. Juni 2026', 'next year'.

A date keeps the precision of its words. Halves, seasons and 'end of' are a year with a note, as
everywhere in the register; of 'in 2026 or 2027' the later year counts, with a note.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from groundbreak.proposing.text import Span, Text, fold
from groundbreak.proposing.words import rows
from groundbreak.sources.dates import UnreadableDate, When, day_of, month_of, quarter_of, year_of


@dataclass(frozen=True)
class Dated:
    """A date with its place in the text. `note` keeps what the precision cannot say ('late')."""

    span: Span
    when: When
    note: str = ""
    bare: bool = False  # the words name no year: it was chosen by the day of the text


def _known(kind: str) -> list[tuple[str, str]]:
    found = [(fold(word).text, row["value"]) for row in rows("date_words") if row["kind"] == kind
             for word in row["word"].split("|")]
    return sorted(found, key=lambda item: -len(item[0]))


def _any(kind: str) -> str:
    return "|".join(re.escape(word).replace(r"\*", r"\w*").replace(r"\ ", r"\s+")
                    for word, _ in _known(kind))


@cache
def _value(kind: str, words: str) -> str:
    plain = " ".join(words.split())
    for word, value in _known(kind):
        if plain == word or (word.endswith("*") and plain.startswith(word[:-1])):
            return value
    raise KeyError(plain)


YEAR = r"(?:19[89]\d|20[0-6]\d)"
_NOT_A_YEAR = r"(?!\s*(?:t\b|tonn|mw|gw|kt|mt\b|million|jobs|employees|people|%)|[.,]?\d)"
_OF = r"(?:\s*,?\s*(?:of|de|del|do|di|des|du|van|i)?\s*)"


@cache
def _rules() -> tuple[tuple[re.Pattern[str], Callable[[re.Match[str], date], Dated]], ...]:
    month, part = f"(?P<m>{_any('month')})", f"(?P<p>{_any('part')})"
    made = (
        (rf"(?<![\d-])(?P<y>{YEAR})-(?P<n>\d\d)-(?P<d>\d\d)(?!\d)", _day),
        (rf"(?<!\d)(?P<d>[0-3]?\d)(?:\.|st|nd|rd|th|er|o)?{_OF}{month}\.?{_OF}(?P<y>{YEAR})(?!\d)",
         _day),
        (rf"(?<!\w){month}\.?\s+(?P<d>[0-3]?\d)(?:st|nd|rd|th)?,?\s+(?P<y>{YEAR})(?!\d)", _day),
        (rf"(?P<y>{YEAR})\s*年\s*(?P<n>\d\d?)\s*月\s*(?P<d>\d\d?)\s*日", _day),
        (rf"(?P<y>{YEAR})\s*年\s*(?P<n>\d\d?)\s*月", _month),
        (rf"(?P<y>{YEAR})\s*年第?(?P<q>[一二三四1-4])季度", _quarter),
        (rf"(?<!\w){month}\.?{_OF}(?P<y>{YEAR})(?!\d)", _month),
        (rf"(?<!\w)q(?P<q>[1-4])[\s/-]*(?P<y>{YEAR})(?!\d)", _quarter),
        (rf"(?P<y>{YEAR})[\s-]*q(?P<q>[1-4])(?!\w)", _quarter),
        (rf"(?<!\w)(?P<w>{_any('quarter')})\s+(?:{_any('quarterword')}){_OF}(?P<y>{YEAR})(?!\d)",
         _quarter),
        (rf"(?<!\w)(?:the\s+)?{part}[\s-]*(?:of\s+|de\s+|des\s+jahres\s+)?(?P<y>{YEAR})"
         rf"(?:\s*(?:/|-|or|oder|ou|eller|to|and)\s*(?P<z>{YEAR}|\d\d(?!\d)))?(?!\d)", _part),
        (rf"(?<![\d.,/$€£-])(?P<y>{YEAR})\s*(?:/|-|or|oder|ou|o|eller|to|bis|and|och)\s*"
         rf"(?P<z>{YEAR}|\d\d)(?![\d.,]\d|\d)", _years),
        (rf"(?<![\d.,/$€£])(?P<y>{YEAR}){_NOT_A_YEAR}(?!s\b)", _year),
        (rf"(?<!\w)(?P<d>[0-3]?\d)(?:\.|st|nd|rd|th)?\s+(?:of\s+|de\s+)?{month}(?!\w)", _bare_day),
        (rf"(?<!\w)(?:in|im|en|em|i|since|by|until|last|this)\s+{month}(?!\w)", _bare_month),
        (rf"(?<!\w)(?P<r>{_any('relative')})(?![a-z])", _relative),
    )
    return tuple((re.compile(pattern), reading) for pattern, reading in made)


def dates(text: Text, told: date) -> tuple[Dated, ...]:
    """Every date of a text in order, none overlapping; `told` is the day the text was published."""
    taken: list[Dated] = []
    used: list[Span] = []  # also words that look like a date of no calendar
    for pattern, reading in _rules():
        for match in pattern.finditer(text.folded.text):
            span = text.folded.span(*match.span())
            if any(u.start < span.end and span.start < u.end for u in used):
                continue
            used.append(span)
            taken += _readable(text, match, reading, told)
    return tuple(sorted(taken, key=lambda found: found.span.start))


def whole_dates(text: Text) -> list[Span]:
    """Where dates stand that are more than a year's number."""
    return [found.span for found in dates(text, date(2000, 1, 1))
            if not text.body[found.span.start : found.span.end].isdecimal()]


def _readable(text: Text, match: re.Match[str], reading: Callable[[re.Match[str], date], Dated],
              told: date) -> Iterator[Dated]:
    """The date of a match, unless the calendar has none such."""
    try:
        found = reading(match, told)
    except (UnreadableDate, ValueError):
        return
    yield Dated(text.folded.span(*match.span()), found.when, found.note, found.bare)


_HERE = Span(0, 0)
_CHINESE = {"一": 1, "二": 2, "三": 3, "四": 4}


def _number_of_month(match: re.Match[str]) -> int:
    groups = match.groupdict()
    return int(groups["n"]) if groups.get("n") else int(_value("month", match["m"]))


def _day(match: re.Match[str], told: date) -> Dated:
    return Dated(_HERE, day_of(date(int(match["y"]), _number_of_month(match), int(match["d"]))))


def _month(match: re.Match[str], told: date) -> Dated:
    return Dated(_HERE, month_of(int(match["y"]), _number_of_month(match)))


def _quarter(match: re.Match[str], told: date) -> Dated:
    said = match.groupdict().get("q")
    number = _CHINESE.get(said) or int(said) if said else int(_value("quarter", match["w"]))
    return Dated(_HERE, quarter_of(int(match["y"]), number))


def _year(match: re.Match[str], told: date) -> Dated:
    return Dated(_HERE, year_of(int(match["y"])))


def _years(match: re.Match[str], told: date) -> Dated:
    """Of two years the later; '2028/29', '2026 or 2027', 'from 2025 to 2027'."""
    first, said = int(match["y"]), int(match["z"])
    second = said if said > 99 else first // 100 * 100 + said
    if not first < second <= first + 10:
        raise ValueError("no span of years")
    moved = re.search(r"(?<!\w)(?:from|von|fran|fra|de|du|da|dal|desde)\s+$",
                      match.string[: match.start()])
    between = f"from {first} to {second}" if moved else f"{first} or {second}"
    return Dated(_HERE, year_of(second), f"{between}: the later year stands")


def _part(match: re.Match[str], told: date) -> Dated:
    base = _years(match, told) if match["z"] else _year(match, told)
    note = _value("part", match["p"])
    return Dated(_HERE, base.when, f"{note}; {base.note}" if base.note else note)


def _bare_day(match: re.Match[str], told: date) -> Dated:
    """'28 April': the last one by the day of the text."""
    day, month = int(match["d"]), int(_value("month", match["m"]))
    found = date(told.year, month, day)
    found = found if found <= told else date(told.year - 1, month, day)
    return Dated(_HERE, day_of(found), "year not told: the last such day", True)


def _bare_month(match: re.Match[str], told: date) -> Dated:
    month = int(_value("month", match["m"]))
    year = told.year if month <= told.month else told.year - 1
    return Dated(_HERE, month_of(year, month), "year not told: the last such month", True)


def _relative(match: re.Match[str], told: date) -> Dated:
    unit, offset = _value("relative", match["r"]).split()
    step = int(offset)
    if unit == "day":
        return Dated(_HERE, day_of(told + timedelta(days=step)))
    if unit == "week":
        day = told + timedelta(days=7 * step)
        return Dated(_HERE, month_of(day.year, day.month), "week not kept")
    if unit == "month":
        months = told.year * 12 + told.month - 1 + step
        return Dated(_HERE, month_of(months // 12, months % 12 + 1))
    return Dated(_HERE, year_of(told.year + step))


def next_year(found: Dated) -> Dated:
    """A date whose words name no year, read forward: what is planned lies ahead."""
    when = found.when
    year = when.first.year + 1
    ahead = (month_of(year, when.first.month) if when.precision == "month"
             else day_of(when.first.replace(year=year)))
    return Dated(found.span, ahead, "year not told: the next such date", True)
