"""A figure's table as a page shows it: headings and cells in words, numbers to the right."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl
from django.utils.translation import gettext as _

from groundbreak.charts.bridging import STOCK_WORDS
from groundbreak.charts.by_sector import SEGMENTS
from groundbreak.charts.context import label, sector_row
from groundbreak.charts.gaps import DOTS
from groundbreak.measures.bridge import LINES
from groundbreak.measures.promises import BASES, OUTCOMES
from groundbreak.site import words
from groundbreak.vocabulary.translating import number

MOST = 300  # rows on the page; the CSV holds all
_SAID = {  # by column
    "line": LINES, "basis": BASES, "outcome": OUTCOMES, "stock": STOCK_WORDS,
    "rule": {name: said for name, (said, _fill, _size) in DOTS.items()},
    "segment": {name: said for name, (said, _fill) in SEGMENTS.items()},
}


@dataclass(frozen=True)
class Shown:
    """`columns`: heading and whether it is a column of numbers; `rows`: texts; `more`: left out."""

    columns: tuple[tuple[str, bool], ...]
    rows: tuple[tuple[tuple[str, bool], ...], ...]
    more: int


def shown(table: pl.DataFrame) -> Shown:
    """The table in words; units stay in the headings, what is not computed is a dash."""
    table = table.drop(name for name in table.columns
                       if table[name].dtype == pl.String and (table[name] == "").all())
    numeric = [dtype.is_numeric() for dtype in table.dtypes]
    columns = tuple(zip(map(_heading, table.columns), numeric, strict=True))
    rows = tuple(
        tuple((_cell(name, value), right) for name, value, right in
              zip(table.columns, row, numeric, strict=True))
        for row in table.head(MOST).iter_rows())
    return Shown(columns, rows, max(table.height - MOST, 0))


def _heading(name: str) -> str:
    text = name.replace("_percent", ", %").replace("_", " ")
    return _(text[:1].upper() + text[1:])


def _cell(name: str, value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, date):
        return words.day(value)
    if isinstance(value, float):
        return number(value, 1)
    if isinstance(value, int):
        return str(value) if name == "year" else number(value)
    return _word(name, str(value))


def _word(name: str, value: str) -> str:
    if name == "sector":
        return sector_row(value)
    if name == "country":
        return words.word("country", value)
    if name in ("from_label", "to_label"):
        return label(value)
    if name == "verdict":
        return words.word("verdict", value)
    return _(_SAID.get(name, {}).get(value, value))
