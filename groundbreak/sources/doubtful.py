"""What is wrong with a cell before anybody reads it, noted where the file is opened.

A noted cell that a source module then reads becomes a finding (see Statements.edition); one that
nobody reads is nobody's concern.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from groundbreak.sources.formulas import Valueless

MAX_CELL_CHARACTERS = 32_767  # Excel's own limit
SHOWN_CHARACTERS = 80
MAX_NOTES = 100_000  # of a table; what is beyond is put right without a note
ESCAPED = re.compile("[\udc80-\udcff]")  # bytes that are no UTF-8, as surrogateescape keeps them


@dataclass(frozen=True, slots=True)
class Note:
    """Why a cell is not taken as it stands; `value` shows its beginning."""

    kind: str
    value: str
    why: str
    accepted: str


@dataclass(frozen=True)
class Notes:
    """The notes of one table by (row from 1, column from 0), and which of them were met."""

    notes: dict[tuple[int, int], Note] = field(default_factory=dict)
    met: dict[tuple[int, int], str] = field(default_factory=dict)  # → the header it was read under

    def note(self, row: int, column: int, note: Note) -> None:
        """Note a cell, as long as there are not far too many."""
        if len(self.notes) < MAX_NOTES:
            self.notes[row, column] = note

    def meet(self, row: int, column: int, header: str) -> None:
        """The cell is read."""
        if (row, column) in self.notes:
            self.met[row, column] = header

    def meet_row(self, row: int, columns: dict[str, int]) -> None:
        """A row that is blank as its cells now stand is read, too."""
        for header, column in columns.items():
            self.meet(row, column, header)


def shown(text: str) -> str:
    """The beginning of a text, for a message."""
    return text if len(text) <= SHOWN_CHARACTERS else text[:SHOWN_CHARACTERS] + "…"


def inspected(rows: list[list[Any]]) -> Notes:
    """Notes on cells of text; a huge one is emptied, lost bytes are put right in place."""
    notes = Notes()
    for number, row in enumerate(rows, start=1):
        for column, value in enumerate(row):
            if isinstance(value, str) and (
                len(value) > MAX_CELL_CHARACTERS or "\0" in value
                or (not value.isascii() and ESCAPED.search(value))
            ):
                row[column] = _inspect(notes, number, column, value)
    return notes


def _inspect(notes: Notes, row: int, column: int, value: str) -> str:
    if len(value) > MAX_CELL_CHARACTERS:
        notes.note(row, column, Note(
            "huge_cell", shown(mended(value[:SHOWN_CHARACTERS + 1])),
            f"cell of {len(value):,} characters: not read",
            f"at most {MAX_CELL_CHARACTERS:,} characters"))
        return ""
    if "\0" in value:
        value = value.replace("\0", "")
        notes.note(row, column, Note("control_character", shown(value), "holds a NUL character: "
                                     "left out", "text without control characters"))
    if ESCAPED.search(value):
        value = mended(value)
        notes.note(row, column, Note(
            "doubtful_characters", shown(value), "not UTF-8, as other cells of this file are: read "
            "as Windows-1252", "one encoding in the whole file, best UTF-8"))
    return value


def mended(text: str) -> str:
    """Escaped bytes read as Windows-1252, or Latin-1 where that has no such character."""
    return ESCAPED.sub(lambda match: _character(ord(match[0]) - 0xDC00), text)


def _character(byte: int) -> str:
    try:
        return bytes([byte]).decode("cp1252")
    except UnicodeDecodeError:
        return chr(byte)


def of_valueless(cell: Valueless) -> Note:
    """The note on a cell without a value."""
    if cell.error:
        return Note("error_value", shown(cell.error), f"{cell.address} holds an error: read as "
                    "blank", "a value, or a blank cell")
    return Note("formula_without_value", shown(cell.formula), f"the formula in {cell.address} has "
                "no stored value: read as blank", "a workbook saved by a program that calculates "
                "its formulas")
