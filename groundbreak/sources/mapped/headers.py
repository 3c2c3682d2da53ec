"""Guessing where a table's column names stand: one row, or several under one another."""

from __future__ import annotations

import re
from datetime import date, datetime

from groundbreak.sources.files import Value
from groundbreak.sources.mapped.column_guesses import unit_in_name
from groundbreak.sources.mapped.grid import (
    LAST_HEADER_ROW,
    MOST_HEADER_ROWS,
    Grid,
    Header,
    header_at,
    is_blank,
    text_of,
)
from groundbreak.sources.mapped.known import is_column_name, named
from groundbreak.vocabulary.quantities import parse_unit

LONGEST_NAME = 80
LEAST_COLUMNS = 2
LOOKED_AT = 5  # rows below
LEAST_UNITS = 0.5  # of the texts of a row of units
# Beside units of capacity, what stands in such a row: shares, money, periods.
OTHER_UNITS = re.compile(
    r"%|percent|share|years?|yyyy|dates?|jahr|année|año|år|degrees?|°|"
    r"([$€£]|USD|EUR|GBP|AUD|CAD|CNY|JPY|SEK|NOK|DKK|CHF) ?(k|m|mn|mln|bn|million|billion)?|"
    r"(k|m|mn|mln|bn|million|billion) ?([$€£]|USD|EUR|GBP)", re.IGNORECASE)


def guess_header(grid: Grid) -> Header | None:
    """The header rows that a person would see; None where the sheet holds no table."""
    scored = [(_score(grid, row), -row) for row in range(min(len(grid.rows), LAST_HEADER_ROW))]
    if not scored or max(scored)[0] < LEAST_COLUMNS:
        return None
    row = -max(scored)[1]
    first, last = row, row
    while first > 0 and last - first + 1 < MOST_HEADER_ROWS and _is_group_row(grid, first - 1):
        first -= 1
    while last - first + 1 < MOST_HEADER_ROWS and _is_sub_row(grid, last):
        last += 1
    header = header_at(grid, first, last - first + 1)
    return header if header.data < len(grid.rows) else None


def header_of(grid: Grid, count: int) -> Header | None:
    """The `count` rows in a row whose names say most; None where the sheet holds no table."""
    guessed = guess_header(grid)
    if guessed is None:
        return None
    starts = range(max(guessed.first - count + 1, 0), guessed.data)
    found = [header_at(grid, first, count) for first in starts
             if first + count < len(grid.rows)]
    return max(found, key=lambda header: _told(grid, header), default=None)


def _told(grid: Grid, header: Header) -> float:
    """How much joined names say: fields they are known for, no numbers among them."""
    rows = range(header.first, header.data)
    numbers = sum(is_number_like(grid.value(r, c)) for r in rows for c in grid.filled(r))
    known = sum(max((item.score for item in named(name)), default=0.0) for name in header.names)
    units = sum(unit_in_name(name) is not None for name in header.names)
    blank = sum(not grid.filled(r) for r in rows)
    return known + units - numbers - 3 * blank


def is_number_like(value: Value) -> bool:
    if isinstance(value, str):
        return value.strip().replace(",", "").replace(".", "").isdigit()
    return isinstance(value, int | float | date | datetime)


def _score(grid: Grid, row: int) -> float:
    """Known names weigh most; numbers, dates and long texts speak against a row."""
    score = 0.0
    for column in grid.filled(row):
        value, text = grid.value(row, column), text_of(grid.value(row, column))
        if is_number_like(value):
            score -= 1
        elif is_column_name(text):
            score += 1 if _is_unit(text) else 3
        elif len(text) <= LONGEST_NAME and "://" not in text:
            score += 1 if named(text) else 0.4
    return score if len(grid.filled(row)) >= LEAST_COLUMNS else 0.0


def _is_group_row(grid: Grid, row: int) -> bool:
    """A row of names over groups of columns: several texts, fewer than below; no title."""
    filled, below = grid.filled(row), grid.filled(row + 1)
    spans = [c for (r, c), (_, width) in grid.marks.merged.items() if r == row and width > 1]
    texts = all(isinstance(grid.value(row, c), str) for c in filled)
    if not texts or len(filled) < LEAST_COLUMNS:
        return False
    return bool(spans) or (len(filled) < len(below) and set(filled) <= set(below))


def _is_sub_row(grid: Grid, row: int) -> bool:
    """Whether the row under `row` bears units, or the names of a group's columns."""
    under = grid.filled(row + 1) if row + 1 < len(grid.rows) else []
    texts = [text_of(grid.value(row + 1, c)) for c in under]
    spread = [c for (r, c), (height, _) in grid.marks.merged.items() if r == row and height > 1]
    if not texts or any(is_number_like(grid.value(row + 1, c)) for c in under):
        return False
    if _are_units(texts) or (_fills_gaps(grid, row) and _over_numbers(grid, row + 1)):
        return True
    return bool(spread) and all(is_column_name(text) or text == text_of(grid.value(row, c))
                                for text, c in zip(texts, under, strict=True))


def _are_units(texts: list[str]) -> bool:
    """All of them units, or most, and names beside them."""
    units = sum(map(_is_unit, texts))
    return units >= LEAST_UNITS * len(texts) and all(_is_unit(text) or is_column_name(text)
                                                     for text in texts)


def _is_unit(text: str) -> bool:
    bare = text.strip("()[] ")
    return parse_unit(bare) is not None or bool(OTHER_UNITS.fullmatch(bare))


def _fills_gaps(grid: Grid, row: int) -> bool:
    """Whether names stand under the blank cells that follow a name: a group and its columns."""
    named = set(grid.filled(row))
    return any(c not in named and c - 1 in named and not is_blank(grid.value(row + 1, c - 1))
               for c in grid.filled(row + 1))


def _over_numbers(grid: Grid, row: int) -> bool:
    """Whether a text of a row heads a column of numbers or dates."""
    below = range(row + 1, min(row + 1 + LOOKED_AT, len(grid.rows)))
    return any(2 * sum(is_number_like(grid.value(r, c)) for r in below) > len(below)
               for c in grid.filled(row))
