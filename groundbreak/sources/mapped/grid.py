"""A sheet as a grid: its values with merged cells spread, its header rows joined to names."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from groundbreak.sources.files import Book, Cell, Row, Table, Value, column_letter
from groundbreak.sources.mapped.marks import NO_MARKS, Marks

JOINT = " / "
LAST_HEADER_ROW = 60  # from 1
MOST_HEADER_ROWS = 3


def is_blank(value: Value) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def text_of(value: Value) -> str:
    """A value as one line of text."""
    return re.sub(r"\s+", " ", Cell(value, "", 0, 0, "").text).strip()


@dataclass(frozen=True)
class Grid:
    """One sheet. `rows` holds its values, with what is merged downwards repeated in each row."""

    file: str
    table: Table
    rows: list[list[Value]]
    marks: Marks = NO_MARKS

    @property
    def sheet(self) -> str:
        return self.table.sheet

    @property
    def width(self) -> int:
        return max((len(row) for row in self.rows), default=0)

    def value(self, row: int, column: int) -> Value:
        """The value at (row, column) from 0; None beyond the sheet."""
        if not 0 <= row < len(self.rows) or column >= len(self.rows[row]):
            return None
        return self.rows[row][column]

    def filled(self, row: int) -> list[int]:
        """The columns of a row that hold something."""
        return [c for c, value in enumerate(self.rows[row]) if not is_blank(value)]

    def row(self, number: int, columns: dict[str, int]) -> Row:
        """Row `number` (from 0) with its cells under `columns`."""
        return Row(self.sheet, number + 1, self.rows[number], columns, self.table.notes)


def grid_of(book: Book, table: Table, marks: Marks | None = None) -> Grid:
    """The grid of a sheet of `book`."""
    marks = marks or NO_MARKS
    rows = [list(row) for row in table.rows]
    for (row, column), (height, width) in marks.merged.items():
        if height > 1 and width == 1:
            _spread_down(rows, row, column, height)
    return Grid(book.file, table, rows, marks)


def _spread_down(rows: list[list[Value]], row: int, column: int, height: int) -> None:
    if row >= len(rows) or column >= len(rows[row]):
        return
    for below in rows[row + 1:row + height]:
        if column < len(below) and is_blank(below[column]):
            below[column] = rows[row][column]


# -- header rows ---------------------------------------------------------------------------------
@dataclass(frozen=True)
class Header:
    """The column names of a table: where they stand (from 0) and which column each names."""

    first: int
    count: int
    names: dict[str, int]

    @property
    def data(self) -> int:
        """The first row of data, from 0."""
        return self.first + self.count

    @property
    def shown(self) -> str:
        """'3' or '3-4', as a spreadsheet counts."""
        last = self.first + self.count
        return str(last) if self.count == 1 else f"{self.first + 1}-{last}"


def header_at(grid: Grid, first: int, count: int) -> Header:
    """Names from `count` rows: those above go before those below ('Capacity / kt/y').

    A name that repeats gets a number; a column without a name is called by its letter.
    """
    layers: list[list[str]] = []
    for row in range(first, first + count):
        above = {c for layer in layers for c, text in enumerate(layer) if text}
        layers.append(_layer(grid, row, row == first + count - 1, above))
    names: dict[str, int] = {}
    for column in range(grid.width):
        parts = list(dict.fromkeys(layer[column] for layer in layers if layer[column]))
        name = JOINT.join(parts) or f"column {column_letter(column)}"
        number, free = 2, name
        while free in names:
            free, number = f"{name} #{number}", number + 1
        names[free] = column
    return Header(first, count, names)


def _layer(grid: Grid, row: int, last: bool, above: set[int]) -> list[str]:
    """One header row as text, with what is merged across repeated over its columns."""
    texts = [text_of(grid.value(row, column)) for column in range(grid.width)]
    if last:
        return texts
    spans = {c: w for (r, c), (_, w) in grid.marks.merged.items() if r == row}
    if spans:
        for column, width in spans.items():
            texts[column:column + width] = [texts[column]] * min(width, grid.width - column)
        return texts
    return _carried(grid, row, texts, above)


def _carried(grid: Grid, row: int, texts: list[str], above: set[int]) -> list[str]:
    """Without merged cells, a group's name holds to the next one, where other names stand below.

    A name with nothing else below it is a column's own, and so is one that stands higher up.
    """
    held, found = "", []
    for column, text in enumerate(texts):
        below = text_of(grid.value(row + 1, column))
        if text or column in above:
            held = text if below not in ("", text) else ""
        found.append(text or (held if below else ""))
    return found


def find_header(grid: Grid, known: Collection[str], *, row: int | None = None,
                count: int | None = None) -> Header | None:
    """The rows that bear most of the `known` column names; None where none bears two of them."""
    best, most = None, 1 if len(known) > 1 else 0
    starts = [row - 1] if row else range(min(len(grid.rows), LAST_HEADER_ROW))
    for first in starts:
        if row is None and not any(isinstance(grid.value(first, c), str)
                                   for c in grid.filled(first)):
            continue
        for many in [count] if count else range(1, MOST_HEADER_ROWS + 1):
            header = header_at(grid, first, many)
            matched = sum(name in known for name in header.names)
            if matched > most:
                best, most = header, matched
    return best
