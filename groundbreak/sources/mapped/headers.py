"""Guessing where a table's column names stand: one row, or several under one another."""

from __future__ import annotations

from datetime import date, datetime

from groundbreak.sources.files import Value
from groundbreak.sources.mapped.grid import (
    LAST_HEADER_ROW,
    MOST_HEADER_ROWS,
    Grid,
    Header,
    header_at,
    text_of,
)
from groundbreak.sources.mapped.known import is_column_name, named
from groundbreak.vocabulary.quantities import parse_unit

LONGEST_NAME = 80
LEAST_COLUMNS = 2


def guess_header(grid: Grid) -> Header | None:
    """The header rows that a person would see; None where the sheet holds no table."""
    scored = [(_score(grid, row), -row) for row in range(min(len(grid.rows), LAST_HEADER_ROW))]
    if not scored or max(scored)[0] < LEAST_COLUMNS:
        return None
    row = -max(scored)[1]
    first, last = row, row
    while first > 0 and last - first + 1 < MOST_HEADER_ROWS and _is_group_row(grid, first - 1):
        first -= 1
    if last - first + 1 < MOST_HEADER_ROWS and _is_sub_row(grid, last):
        last += 1
    header = header_at(grid, first, last - first + 1)
    return header if header.data < len(grid.rows) else None


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
            score += 3
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
    if all(parse_unit(text.strip("()[]")) is not None for text in texts):
        return True
    return bool(spread) and all(is_column_name(text) or text == text_of(grid.value(row, c))
                                for text, c in zip(texts, under, strict=True))
