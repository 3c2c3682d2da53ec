"""The starter's CSVs and the days on which their pages were known."""

from __future__ import annotations

import csv
from datetime import date
from functools import cache
from importlib.resources import files

from groundbreak.sources.dates import When, parse_when

# The newest publication among everything the starter was compiled from. A page that shows no date,
# or only a year that is still running, was there by this day; nothing is known from it earlier.
STARTER_PUBLISHED = date(2026, 9, 4)

Row = dict[str, str]


@cache
def rows(name: str) -> tuple[Row, ...]:
    """Rows of one starter CSV, by file name without suffix."""
    text = files("groundbreak.starter").joinpath(f"{name}.csv").read_text(encoding="utf-8")
    return tuple(csv.DictReader(text.splitlines()))


def period(text: str) -> When:
    """The period a non-blank date names. Raises UnreadableDate (a ValueError) for anything else."""
    when = parse_when(text)
    if when is None:
        raise ValueError(f"{text!r} names no date; accepted: YYYY, YYYY-Qn, YYYY-MM, YYYY-MM-DD")
    return when


def known_on(published: str) -> date:
    """The day from which a page counts as known: never before it can have been published.

    A year counts from its last day, a month from its last day, an undated page from the starter's.
    """
    if not published:
        return STARTER_PUBLISHED
    return min(period(published).last, STARTER_PUBLISHED)


def happened_on(text: str, known: date) -> When:
    """When an event reported as actual happened: in the period named, and by the day it was known.
    """
    when = period(text)
    return When(when.first, max(when.first, min(when.last, known)), when.precision)
