"""Opening hostile files safely: workbooks and CSVs as plain tables of cells with their addresses.

Limits are generous for trackers (the largest public one is under 10 MB) and far below what would
hurt the machine.
"""

from __future__ import annotations

import csv
import io
import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path

import python_calamine

from groundbreak.sources import archives, doubtful, opendocument, workbooks
from groundbreak.sources.doubtful import Notes
from groundbreak.sources.errors import EmptyFile, FileTooLarge, UnknownLayout, UnreadableFile
from groundbreak.sources.formulas import column_letter as column_letter
from groundbreak.sources.workbooks import Remark, Survey
from groundbreak.vocabulary.guarding import unguarded

MAX_FILE_BYTES = 64 * 2**20
MAX_TEXT_BYTES = 32 * 2**20  # parsed JSON takes some ten times its text in memory
TEXT_SUFFIXES = frozenset({".js", ".json", ".geojson"})
WORKBOOK_SUFFIXES = frozenset({".xlsx", ".xlsm", ".xltx", ".xltm", ".xlsb", ".ods"})
ACCEPTED = "an .xlsx, .xlsm or .ods workbook or a .csv table as its publisher released it"

Value = str | float | int | bool | date | datetime | time | timedelta | None


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: its raw value, where it stands, under which header."""

    value: Value
    sheet: str
    row: int  # as a spreadsheet counts, from 1
    column: int  # from 0
    header: str

    @property
    def text(self) -> str:
        """The value as text: stripped, whole floats without '.0', '' for an empty cell."""
        value = self.value
        if value is None:
            return ""
        if isinstance(value, str):
            return re.sub(r"[ \t\u00a0\u202f]+", " ", value).strip()
        if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
            return str(int(value))
        if isinstance(value, datetime):
            return value.date().isoformat() if value.time() == time() else value.isoformat()
        return str(value)

    @property
    def raw(self) -> str:
        """The value as it stood, untrimmed, for the record."""
        return self.value if isinstance(self.value, str) else self.text

    @property
    def empty(self) -> bool:
        return self.text == ""

    @property
    def place(self) -> str:
        address = f"{column_letter(self.column)}{self.row}"
        return f"{self.sheet}!{address}" if self.sheet else address


@dataclass(frozen=True, slots=True)
class Row:
    """One data row; `row['Header']` is its cell."""

    sheet: str
    number: int
    values: list[Value]
    columns: dict[str, int]
    notes: Notes

    def __getitem__(self, header: str) -> Cell:
        index = self.columns[header]
        if self.notes.notes:
            self.notes.meet(self.number, index, header)
        value = self.values[index] if index < len(self.values) else None
        return Cell(value, self.sheet, self.number, index, header)

    def get(self, header: str) -> Cell | None:
        """The cell under `header`, or None where this layout has no such column."""
        return self[header] if header in self.columns else None

    @property
    def empty(self) -> bool:
        return all(v is None or (isinstance(v, str) and not v.strip()) for v in self.values)


@dataclass(frozen=True)
class Table:
    """A sheet (or CSV) as rows of raw values."""

    sheet: str
    rows: list[list[Value]]
    notes: Notes = field(default_factory=Notes, compare=False)

    def headers(self, *header_rows: int) -> dict[str, int]:
        """Column name → position from one or several header rows (0-based), lowest one first.

        White space inside a header is folded. A name that repeats keeps its first place.
        """
        columns: dict[str, int] = {}
        for number in header_rows:
            if number >= len(self.rows):
                continue
            for index, value in enumerate(self.rows[number]):
                name = re.sub(r"\s+", " ", str(value or "")).strip()
                if name:
                    columns.setdefault(name, index)
        return columns

    def data(self, columns: dict[str, int], first_row: int) -> Iterator[Row]:
        """Non-empty rows from `first_row` (0-based) on."""
        for offset, values in enumerate(self.rows[first_row:]):
            row = Row(self.sheet, first_row + offset + 1, values, columns, self.notes)
            if not row.empty:
                yield row
            elif self.notes.notes:  # blank only because its cells were not taken
                self.notes.meet_row(row.number, columns)


@dataclass(frozen=True)
class Book:
    """An opened file: its name, its tables by sheet name (CSV: one, named '').

    A file that is no table (.js, .json, .geojson) has its decoded text in `text` and one empty
    table, so that a reader of tables refuses it for its missing columns.
    """

    file: str
    tables: dict[str, Table]
    encoding: str = "utf-8"
    text: str = ""
    remarks: tuple[Remark, ...] = ()  # about the file as a whole

    def sheet(self, *names: str) -> Table | None:
        """The first sheet whose stripped name is one of `names`."""
        for name, table in self.tables.items():
            if name.strip() in names:
                return table
        return None

    def require(self, source: str, accepted: str, *names: str) -> Table:
        """As :meth:`sheet`, or UnknownLayout that lists the sheets there are."""
        table = self.sheet(*names)
        if table is None:
            found = ", ".join(repr(n) for n in self.tables) or "none"
            raise UnknownLayout(
                file=self.file, source=source, accepted=accepted,
                why=f"no sheet named {' or '.join(repr(n) for n in names)} (sheets: {found})",
            )
        return table


def open_book(path: Path) -> Book:
    """Open a workbook or CSV without trusting it.

    Raises UnreadableFile, FileTooLarge or EmptyFile; never another error for a bad file.
    """
    data = _content(path)
    if not data:
        raise EmptyFile(file=path.name, where="", accepted=ACCEPTED)
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise UnreadableFile(file=path.name, **_of_old_office(data))
    if data.startswith(b"PK") or path.suffix.lower() in WORKBOOK_SUFFIXES:
        return _open_workbook(path.name, data)
    if path.suffix.lower() in TEXT_SUFFIXES:
        return _open_text(path.name, data)
    return _open_csv(path.name, data)


def _content(path: Path) -> bytes:
    """What a regular file holds, read once, so that what is checked is what is read."""
    try:
        told = path.stat()
        if not stat.S_ISREG(told.st_mode):
            raise UnreadableFile(file=path.name, why=_kind(told.st_mode), accepted="a file")
        with open(path, "rb", opener=_at_once) as handle:
            before = os.fstat(handle.fileno())
            if before.st_size > MAX_FILE_BYTES:
                raise FileTooLarge(file=path.name, why=f"{before.st_size:,} bytes",
                                   accepted=f"files up to {MAX_FILE_BYTES:,} bytes")
            data = handle.read(MAX_FILE_BYTES + 1)
            after = os.fstat(handle.fileno())
    except FileNotFoundError as error:
        raise UnreadableFile(file=path.name, why="no such file", accepted=ACCEPTED) from error
    except OSError as error:
        raise UnreadableFile(file=path.name, why=error.strerror, accepted=ACCEPTED) from error
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns) or len(
            data) != after.st_size:
        raise UnreadableFile(file=path.name, why="it changed while it was read",
                             accepted="a file that nobody is writing to")
    return data


def _at_once(path: str, flags: int) -> int:
    """Open without waiting for a writer, should the file have become a pipe."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def _kind(mode: int) -> str:
    return "it is a folder" if stat.S_ISDIR(mode) else "it is no regular file"


def _of_old_office(data: bytes) -> dict[str, str]:
    if "EncryptedPackage".encode("utf-16-le") in data:
        return {"why": "it is protected by a password", "accepted": archives.NO_PASSWORD}
    return {"why": "an Office file of before 2007 (.xls)", "accepted": f"{ACCEPTED}; open it and "
            "save it as .xlsx"}


def _open_workbook(name: str, data: bytes) -> Book:
    try:
        found = _surveyed(data)
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        tables = {sheet: _sheet(book, sheet) for sheet in book.sheet_names}
        for sheet, cell in found.valueless:
            if sheet in tables:
                tables[sheet].notes.notes[cell.row, cell.column] = doubtful.of_valueless(cell)
    except archives.TooMuch as error:
        raise FileTooLarge(file=name, why=error.why, accepted=error.accepted) from error
    except archives.Unfit as error:
        raise UnreadableFile(file=name, why=error.why, accepted=error.accepted) from error
    except Exception as error:  # calamine raises several unrelated classes
        raise UnreadableFile(
            file=name, why=f"broken or truncated workbook ({error})", accepted=ACCEPTED
        ) from error
    if not any(table.rows for table in tables.values()):
        raise EmptyFile(file=name, where="", accepted=ACCEPTED)
    return Book(name, tables, remarks=tuple(found.remarks))


def _surveyed(data: bytes) -> Survey:
    """What was found in a workbook of a kind that is read."""
    archive = archives.opened(data)
    names = {name.casefold() for name in archive.parts}
    kinds = names & {workbooks.INDEX, "xl/workbook.bin", "content.xml"}
    if kinds == {workbooks.INDEX}:
        return workbooks.survey(archive)
    if kinds == {"content.xml"} and "mimetype" in names and archive.read(
            "mimetype", 256).startswith(opendocument.MIME):
        return opendocument.survey(archive)
    why = ("a binary workbook (.xlsb)" if "xl/workbook.bin" in names
           else "an archive that holds no workbook")
    raise archives.Unfit(why, f"{ACCEPTED}; open it and save it as .xlsx")


def _sheet(book: python_calamine.CalamineWorkbook, name: str) -> Table:
    sheet = book.get_sheet_by_name(name)
    if sheet.total_height * sheet.total_width > workbooks.MAX_CELLS:  # found out too late, yet
        raise archives.TooMuch(f"sheet {name!r} has {sheet.total_height:,} rows", workbooks.FAR_OUT)
    rows: list[list[Value]] = [list(row) for row in sheet.to_python(skip_empty_area=False)]
    return Table(name, rows, doubtful.inspected(rows))


def _decode(data: bytes, name: str) -> tuple[str, str]:
    """Text and encoding. Where UTF-8 and other bytes are mixed, the others are escaped."""
    if b"\x00" in data:
        raise UnreadableFile(file=name, why="binary content", accepted=ACCEPTED)
    try:
        return data.decode("utf-8-sig"), "utf-8-sig"
    except UnicodeDecodeError:
        text = data.decode("utf-8-sig", "surrogateescape")
    if any(not char.isascii() for char in doubtful.ESCAPED.sub("", text)):
        return text, "mixed"
    return doubtful.mended(text), "cp1252"


def _open_text(name: str, data: bytes) -> Book:
    if len(data) > MAX_TEXT_BYTES:
        raise FileTooLarge(file=name, why=f"{len(data):,} bytes of text",
                           accepted=f"text files up to {MAX_TEXT_BYTES:,} bytes")
    text, encoding = _decode(data, name)
    if not text.strip():
        raise EmptyFile(file=name, where="", accepted=ACCEPTED)
    return Book(name, {"": Table("", [])}, encoding, doubtful.mended(text))


def _open_csv(name: str, data: bytes) -> Book:
    if len(data) > MAX_TEXT_BYTES:
        raise FileTooLarge(file=name, why=f"{len(data):,} bytes of text",
                           accepted=f"text files up to {MAX_TEXT_BYTES:,} bytes")
    text, encoding = _decode(data, name)
    del data
    csv.field_size_limit(MAX_TEXT_BYTES)
    try:
        rows = _csv_rows(name, text)
    except csv.Error as error:
        raise UnreadableFile(file=name, why=str(error), accepted=ACCEPTED) from error
    if not any(any(cell for cell in row) for row in rows):
        raise EmptyFile(file=name, where="", accepted=ACCEPTED)
    return Book(name, {"": Table("", rows, doubtful.inspected(rows))}, encoding)


def _csv_rows(name: str, text: str) -> list[list[Value]]:
    rows: list[list[Value]] = []
    cells = 0
    for row in csv.reader(_lines(name, text)):
        cells += len(row) + 1  # a row without cells is one, too
        if cells > workbooks.MAX_CELLS:
            raise _too_many_cells(name)
        rows.append([unguarded(cell) if cell.startswith("'") else cell for cell in row])
    return rows


def _lines(name: str, text: str) -> Iterator[str]:
    for line in io.StringIO(text, newline=""):
        if len(line) > workbooks.MAX_CELLS and line.count(",") > workbooks.MAX_CELLS:
            raise _too_many_cells(name)
        yield line


def _too_many_cells(name: str) -> FileTooLarge:
    return FileTooLarge(file=name, why=f"more than {workbooks.MAX_CELLS:,} cells",
                        accepted=f"tables of at most {workbooks.MAX_CELLS:,} cells")
