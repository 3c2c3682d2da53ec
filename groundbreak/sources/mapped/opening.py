"""Opening the files of a list: workbooks with their marks, CSVs with the separator they use."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from groundbreak.sources import doubtful
from groundbreak.sources.errors import UnreadableFile
from groundbreak.sources.files import Book, Table, Value, open_book
from groundbreak.sources.mapped.grid import Grid, grid_of
from groundbreak.sources.mapped.marks import Marks, marks_of

SUFFIXES = frozenset({".xlsx", ".xlsm", ".ods", ".csv"})
SEPARATORS = (";", "\t", "|")
LOOKED_AT = 20  # lines


@dataclass(frozen=True)
class Opened:
    """A file as opened: its values, and its marks by sheet; None where they could not be read."""

    book: Book
    marks: dict[str, Marks] | None

    def grids(self) -> list[Grid]:
        """Its sheets that hold anything."""
        marks = self.marks or {}
        return [grid_of(self.book, table, marks.get(name))
                for name, table in self.book.tables.items() if _holds(table)]


def _holds(table: Table) -> bool:
    return any(value not in (None, "") for row in table.rows for value in row)


def open_files(paths: Iterable[Path]) -> list[Opened]:
    """Files, and the tables in folders, opened. Raises SourceError."""
    found: list[Path] = []
    for path in paths:
        found += _in_folder(path) if path.is_dir() else [path]
    return [Opened(_parted(path, open_book(path)), marks_of(path)) for path in found]


def _in_folder(folder: Path) -> list[Path]:
    inside = sorted(p for p in folder.iterdir() if p.suffix.lower() in SUFFIXES
                    and not p.name.startswith(("~", ".")))
    if not inside:
        raise UnreadableFile(file=folder.name, why="no tables in this folder",
                             accepted=", ".join(sorted(SUFFIXES)))
    return inside


def _parted(path: Path, book: Book) -> Book:
    """A CSV parted by what its lines are parted by; any other book as it is."""
    if set(book.tables) != {""} or book.text:
        return book
    encoding = "utf-8-sig" if book.encoding == "mixed" else book.encoding
    text = path.read_bytes().decode(encoding, "surrogateescape")
    lines = [line for line in text.splitlines()[:200] if line.strip()][:LOOKED_AT]
    best = max(SEPARATORS, key=lambda mark: _lines_with(lines, mark))
    if not lines or _lines_with(lines, best) <= _lines_with(lines, ","):
        return book
    rows: list[list[Value]] = [list(row) for row in
                               csv.reader(io.StringIO(text, newline=""), delimiter=best)]
    return replace(book, tables={"": Table("", rows, doubtful.inspected(rows))})


def _lines_with(lines: list[str], mark: str) -> int:
    """How many of the lines hold the mark as often as most of them do."""
    counts = [line.count(mark) for line in lines]
    usual = max(set(counts), key=counts.count)
    return sum(count == usual for count in counts) if usual else 0
