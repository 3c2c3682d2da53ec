"""What a workbook says beside its values: fills, merged cells, hidden rows, comments.

Only of .xlsx, and only of files small enough to be held whole.
"""

from __future__ import annotations

import warnings
import zipfile
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

MAX_UNPACKED_BYTES = 60 * 2**20  # of all its parts; openpyxl needs many times as much memory
MAX_CELLS = 2_000_000
SUFFIXES = frozenset({".xlsx", ".xlsm"})
WHITE = frozenset({"00000000", "FFFFFFFF", "00FFFFFF"})

Position = tuple[int, int]  # row from 0, column from 0


@dataclass(frozen=True)
class Marks:
    """The marks of one sheet. `merged`: top left cell → (rows, columns) it spans."""

    fills: dict[Position, str] = field(default_factory=dict)
    merged: dict[Position, tuple[int, int]] = field(default_factory=dict)
    hidden_rows: frozenset[int] = frozenset()
    comments: dict[Position, str] = field(default_factory=dict)

    def row_colour(self, row: int, columns: Iterable[int]) -> str:
        """The fill that most cells of the row bear; '' where none is filled."""
        found = Counter(fill for column in columns if (fill := self.fills.get((row, column))))
        return found.most_common(1)[0][0] if found else ""


NO_MARKS = Marks()


def marks_of(path: Path) -> dict[str, Marks] | None:
    """Sheet → marks; none of another kind of file. None: too large, or not to be opened."""
    if path.suffix.lower() not in SUFFIXES:
        return {}
    try:
        with zipfile.ZipFile(path) as archive:
            if sum(part.file_size for part in archive.infolist()) > MAX_UNPACKED_BYTES:
                return None
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of styles and extensions that openpyxl drops
            import openpyxl  # takes long to load, and few files need it

            book = openpyxl.load_workbook(path, data_only=True)
            return {sheet.title: _sheet(sheet) for sheet in book.worksheets}
    except Exception:  # openpyxl raises several unrelated classes; the values do not need marks
        return None


def _sheet(sheet: Any) -> Marks:
    if sheet.max_row * sheet.max_column > MAX_CELLS:
        return NO_MARKS
    fills: dict[Position, str] = {}
    comments: dict[Position, str] = {}
    for row in sheet.iter_rows():
        for cell in row:
            if colour := _colour(cell):
                fills[cell.row - 1, cell.column - 1] = colour
            if cell.comment is not None:
                comments[cell.row - 1, cell.column - 1] = str(cell.comment.text).strip()
    return Marks(fills, _merged(sheet), _hidden_rows(sheet), comments)


def _colour(cell: Any) -> str:
    """'FF00B050', 'theme 9 +0.40' or '' of a cell that is not filled."""
    if not cell.has_style or cell.fill is None or cell.fill.fill_type != "solid":
        return ""
    colour = cell.fill.fgColor
    if colour.type == "theme":
        return f"theme {colour.theme} {colour.tint or 0:+.2f}"
    if colour.type == "indexed":
        return f"indexed {colour.indexed}"
    return "" if str(colour.rgb) in WHITE else str(colour.rgb)


def _merged(sheet: Any) -> dict[Position, tuple[int, int]]:
    return {(r.min_row - 1, r.min_col - 1): (r.max_row - r.min_row + 1, r.max_col - r.min_col + 1)
            for r in sheet.merged_cells.ranges}


def _hidden_rows(sheet: Any) -> frozenset[int]:
    return frozenset(n - 1 for n, row in sheet.row_dimensions.items() if row.hidden)
