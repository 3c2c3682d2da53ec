"""What an .ods would take in memory, found before it is opened.

One tag there can stand for a million rows of a thousand cells each.
"""

from __future__ import annotations

import re
from typing import Final

from groundbreak.sources import markup, workbooks
from groundbreak.sources.archives import NO_PASSWORD, Archive, Locked, TooMuch, Unfit
from groundbreak.sources.formulas import Valueless, column_letter
from groundbreak.sources.workbooks import Remark, Survey, local

MIME = b"application/vnd.oasis.opendocument.spreadsheet"
MAX_CONTENT_BYTES = 96 * 2**20
_TABLE: Final = "urn:oasis:names:tc:opendocument:xmlns:table:1.0 "
_OFFICE: Final = "urn:oasis:names:tc:opendocument:xmlns:office:1.0 "
_CALC: Final = "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0 "
_VALUED = ("value", "string-value", "date-value", "time-value", "boolean-value")
_LINKING = {"table-source", "dde-source", "cell-range-source"}
CELL_BYTES = 32  # what a text takes beside its characters
_MOST = 2**31


def survey(archive: Archive) -> Survey:
    """Go through every part once. Raises Unfit, Locked or TooMuch."""
    found = Survey(remarks=workbooks.remarks(archive))
    _unlocked(archive)
    for name in archive.parts:
        pieces = archive.pieces(name)
        if name != "content.xml":
            first = next(pieces, b"")
            chain = workbooks.joined(first, pieces)
            for _ in markup.windows(name, chain) if markup.looks_like(first) else chain:
                pass
    content = archive.parts.get("content.xml")
    if content is None:
        raise Unfit("broken or truncated workbook (no content.xml)", markup.PLAIN_XML)
    if content.file_size > MAX_CONTENT_BYTES:
        raise TooMuch(f"content.xml has {content.file_size:,} bytes",
                      f"at most {MAX_CONTENT_BYTES:,}")
    walk = _Walk(found)
    workbooks.parse("content.xml", archive.pieces("content.xml"), walk.start, walk.end, walk.text)
    return found


def _unlocked(archive: Archive) -> None:
    manifest = "META-INF/manifest.xml"
    if manifest not in archive.parts:
        return
    for window in markup.windows(manifest, archive.pieces(manifest)):
        if re.search(rb"<(?:\w+:)?encryption-data\b", window):
            raise Locked("it is protected by a password", NO_PASSWORD)


class _Walk:
    """Sheets, rows and cells as the parser meets them, repeats counted and not laid out."""

    def __init__(self, found: Survey) -> None:
        self.found = found
        self.sheet, self.sheets = "", 0
        self.row = self.column = self.last_row = self.last_column = 0
        self.row_repeats = self.cell_repeats = 1
        self.in_cell = self.filled = False
        self.length = 0
        self.row_length = self.row_column = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = local(tag)
        if name == "table" and tag.startswith(_TABLE):
            self.sheet = attributes.get(f"{_TABLE}name", "")
            self.sheets += 1
            if self.sheets > workbooks.MAX_SHEETS:
                raise TooMuch(f"more than {workbooks.MAX_SHEETS:,} sheets",
                              f"workbooks of at most {workbooks.MAX_SHEETS:,} sheets")
            self.row = self.last_row = self.last_column = 0
        elif name == "table-row":
            self.row_repeats = _repeats(attributes, "number-rows-repeated")
            self.column = self.row_length = self.row_column = 0
        elif name in ("table-cell", "covered-table-cell"):
            self._cell(attributes)
        elif name in _LINKING and not any(r.kind == "external_links" for r in self.found.remarks):
            self.found.remarks.append(Remark(
                "external_links", name, "links to other files: not followed, the values stored "
                "here are read", "values that need no other file"))

    def _cell(self, attributes: dict[str, str]) -> None:
        self.cell_repeats = _repeats(attributes, "number-columns-repeated")
        self.in_cell, self.length = True, 0
        self.filled = any(f"{_OFFICE}{name}" in attributes for name in _VALUED)
        formula = attributes.get(f"{_TABLE}formula")
        if formula and f"{_OFFICE}value-type" not in attributes:
            self._valueless(formula=f"={formula.removeprefix('of:=').removeprefix('=')}")
        elif attributes.get(f"{_CALC}value-type") == "error":
            self._valueless(error="an error")

    def _valueless(self, formula: str = "", error: str = "") -> None:
        address = f"{column_letter(self.column)}{self.row + 1}"
        self.found.blank(
            self.sheet, [Valueless(self.row + 1, self.column, address, formula, error)])

    def text(self, data: str) -> None:
        if self.in_cell:
            self.length += len(data)

    def end(self, tag: str) -> None:
        name = local(tag)
        if name in ("table-cell", "covered-table-cell"):
            self.in_cell = False
            self.column += self.cell_repeats
            if self.filled or self.length:
                self.row_column = self.column
                self.row_length += (self.length + CELL_BYTES) * self.cell_repeats
        elif name == "table-row":
            self.row += self.row_repeats
            if self.row_column:
                self.last_row = self.row
                self.last_column = max(self.last_column, self.row_column)
                self.found.check(self.sheet, self.last_row, self.last_column)
                self.found.copy(self.row_length * self.row_repeats)
        elif name == "table" and tag.startswith(_TABLE):
            self.found.lay_out(self.sheet, self.last_row, self.last_column)
            self.last_row = self.last_column = 0


def _repeats(attributes: dict[str, str], name: str) -> int:
    text = attributes.get(f"{_TABLE}{name}", "1").strip()
    return min(int(text), _MOST) if text.isdecimal() and len(text) < 20 else _MOST
