"""What an .xlsx would take in memory and what is odd about it, found before it is opened.

A reader of workbooks lays out every sheet from A1 to its last filled cell and copies a shared text
into every cell that names it; a few kilobytes can ask for terabytes of either.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

from groundbreak.sources import formulas, markup
from groundbreak.sources.archives import Archive, TooMuch, Unfit
from groundbreak.sources.formulas import Valueless, column_number

MAX_CELLS = 2**21  # of all sheets together, laid out
MAX_COPIED_BYTES = 64 * 2**20
MAX_TEXTS = 2 * 10**6
MAX_VALUELESS = 100_000
MAX_FORMATS = 200_000
MAX_SHEETS = 1_000
MAX_INDEX_BYTES = 32 * 2**20  # of the part that lists sheets and names
MAX_ODD_SHEET_BYTES = 32 * 2**20
FAR_OUT = "clear stray cells far out"
_HEAD = re.compile(rb"<(?:\w+:)?c[\s>/]")
# As spreadsheet programs write a cell: its address first. Other ways are read by a parser.
_PLAIN = re.compile(rb'<(?:\w+:)?c\s+r="([A-Z]{1,3})(\d{1,7})"(?:\s+[\w:.]+="[^"<>]*")*\s*'
                    rb'(/|>\s*</(?:\w+:)?c\s*)?>')
_SHARED = re.compile(rb't="s"[^<>]*>\s*<(?:\w+:)?v>\s*(\d{1,9})\s*<')
_TEXT_END = re.compile(rb"</(?:\w+:)?si\s*>|<(?:\w+:)?si\s*/>")
_FORMAT = re.compile(rb"<(?:\w+:)?numFmt\s")
_TAG = re.compile(rb"<[^<>]*>")
_LETTERS = re.compile(r"\s*([A-Za-z]{1,3})(\d{1,7})\s*\Z")
INDEX = "xl/workbook.xml"
RELATIONS = "xl/_rels/workbook.xml.rels"
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships id"


@dataclass(frozen=True, slots=True)
class Remark:
    """Something about a whole file: it is taken, but a person should know."""

    kind: str
    value: str
    why: str
    accepted: str


@dataclass
class Survey:
    """What was found: cells laid out in all, bytes of text copied, cells without a value."""

    cells: int = 0
    copied: int = 0
    valueless: list[tuple[str, Valueless]] = field(default_factory=list)  # with their sheet
    remarks: list[Remark] = field(default_factory=list)

    def lay_out(self, where: str, rows: int, columns: int) -> None:
        """Count a sheet. Raises TooMuch."""
        self.check(where, rows, columns)
        self.cells += rows * columns

    def check(self, where: str, rows: int, columns: int) -> None:
        """Raises TooMuch where a sheet of that size is too much beside the others."""
        if self.cells + rows * columns > MAX_CELLS:
            raise TooMuch(f"the cells of sheet {where!r} span {rows:,} rows by {columns:,} columns",
                          f"at most {MAX_CELLS:,} cells in all sheets; {FAR_OUT}")

    def blank(self, sheet: str, cells: list[Valueless]) -> None:
        """Note cells without a value. Raises TooMuch."""
        self.valueless += [(sheet, cell) for cell in cells]
        if len(self.valueless) > MAX_VALUELESS:
            raise TooMuch(f"more than {MAX_VALUELESS:,} formulas without a stored value",
                          "a workbook saved by a program that calculates its formulas")

    def copy(self, size: int) -> None:
        """Count texts. Raises TooMuch."""
        self.copied += size
        if self.copied > MAX_COPIED_BYTES:
            raise TooMuch("its cells repeat long texts over and over",
                          f"workbooks of at most {MAX_COPIED_BYTES:,} bytes of text")


def survey(archive: Archive) -> Survey:
    """Go through every part once. Raises Unfit or TooMuch."""
    found, told = Survey(remarks=remarks(archive)), contents(archive)
    lengths: list[int] = []
    for name in sorted(archive.parts, key=lambda name: name not in told.texts):
        pieces = archive.pieces(name)
        first = next(pieces, b"")
        inside = name.casefold().startswith(("xl/", "xl\\"))
        if name in told.texts:
            lengths += _lengths(found, markup.windows(name, joined(first, pieces)))
        elif name in told.sheets or (inside and markup.looks_like(first)):
            windows = markup.windows(name, joined(first, pieces), by_row=name in told.sheets)
            _Sheet(found, archive, name, told.sheets.get(name), lengths).read(windows)
        else:
            for _ in pieces:  # unpacked all the same: a damaged part is a damaged file
                pass
    return found


def remarks(archive: Archive) -> list[Remark]:
    """Macros, and links to elsewhere: neither run nor followed."""
    names = sorted(archive.parts)
    macros = [n for n in names if re.search(
        r"vbaProject|/macrosheets/|/dialogsheets/|^Basic/|^Scripts/", n, re.IGNORECASE)]
    links = [n for n in names if re.search(r"/externalLinks/[^/]+\.(xml|bin)$|/connections\.xml$",
                                           n, re.IGNORECASE)]
    found = []
    if macros:
        found.append(Remark("macros", macros[0], "holds macros: they are not run, only the stored "
                            "values are read", "a workbook without macros"))
    if links:
        found.append(Remark("external_links", links[0], "holds links to other files or to data "
                            f"elsewhere ({len(links)}): not followed, the values stored here are "
                            "read", "values that need no other file"))
    return found


def joined(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    """A part's pieces, the first of which was looked at."""
    yield first
    yield from rest


def _lengths(found: Survey, windows: Iterator[bytes]) -> list[int]:
    """Bytes that each shared text takes at most, its tags included."""
    lengths, carried = [], 0
    for window in windows:
        found.copy(len(window))
        last = 0
        for end in _TEXT_END.finditer(window):
            lengths.append(carried + end.end() - last)
            carried, last = 0, end.end()
        carried += len(window) - last
        if len(lengths) > MAX_TEXTS:
            raise TooMuch(f"more than {MAX_TEXTS:,} shared texts", f"at most {MAX_TEXTS:,}")
    return lengths


class _Sheet:
    """One part of XML, looked through for cells, plainly written or not."""

    def __init__(self, found: Survey, archive: Archive, name: str, sheet: str | None,
                 lengths: list[int]) -> None:
        self.found, self.archive, self.name, self.sheet = found, archive, name, sheet
        self.lengths = lengths
        self.copies = max(lengths, default=0) * MAX_CELLS > MAX_COPIED_BYTES
        self.rows = self.columns = 0

    def read(self, windows: Iterator[bytes]) -> None:
        """Count its cells, and note those without a value."""
        odd, formats = False, 0
        large = self.archive.parts[self.name].file_size > MAX_COPIED_BYTES // 2
        for window in windows:  # all of them: the XML is checked on the way
            formats += len(_FORMAT.findall(window))
            if formats > MAX_FORMATS:
                raise TooMuch(f"more than {MAX_FORMATS:,} formats of numbers",
                              "a workbook without styles that are not used")
            if large:
                self.found.copy(len(_TAG.sub(b"", window)))
            if self.sheet is not None:
                odd = odd or not self._plain(window)
                self.found.blank(self.sheet, formulas.valueless(window))
        if self.sheet is None:
            return
        if odd:
            self._odd()
        self.found.lay_out(self.sheet, self.rows, self.columns)

    def _plain(self, window: bytes) -> bool:
        """Take in the cells of a window; False if one is not plainly written."""
        cells = _PLAIN.findall(window)
        filled = [(letters, int(number)) for letters, number, empty in cells if not empty]
        if filled:
            self.rows = max(self.rows, max(number for _, number in filled))
            self.columns = max(self.columns, max(
                column_number(letters) for letters in {letters for letters, _ in filled}))
        if self.copies:
            self._copy(int(number) for number in _SHARED.findall(window))
        return len(cells) == len(_HEAD.findall(window))

    def _copy(self, numbers: Iterator[int]) -> None:
        self.found.copy(sum(self.lengths[number] for number in numbers
                            if number < len(self.lengths)))

    def _odd(self) -> None:
        """Cells written as few programs do, without addresses for one: a parser reads them."""
        self.rows = self.columns = 0
        if self.archive.parts[self.name].file_size > MAX_ODD_SHEET_BYTES:
            raise TooMuch(f"{self.name} is large and its cells name no addresses",
                          "a workbook as a spreadsheet program saves it; open it and save it anew")
        walk = _Walk()
        parse(self.name, self.archive.pieces(self.name), walk.start, walk.end, walk.text)
        self.rows, self.columns = walk.last_row, walk.last_column
        if self.copies:
            self._copy(iter(walk.shared))


class _Walk:
    """Rows, columns and shared texts as the parser meets them."""

    def __init__(self) -> None:
        self.row = self.column = self.last_row = self.last_column = 0
        self.shared: list[int] = []
        self.of_shared, self.in_value, self.value = False, False, ""

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = local(tag)
        if name == "row":
            number = attributes.get("r", "").strip()
            self.row = int(number) if number.isdecimal() and len(number) < 10 else self.row + 1
            self.column = 0
        elif name == "c":
            self.column += 1
            if found := _LETTERS.match(attributes.get("r", "")):
                self.column, self.row = column_number(found[1].encode()), int(found[2])
            self.of_shared = attributes.get("t") == "s"
        elif name in ("v", "is", "t"):
            self.last_row = max(self.last_row, self.row)
            self.last_column = max(self.last_column, self.column)
            self.in_value, self.value = name == "v", ""

    def text(self, data: str) -> None:
        if self.in_value and self.of_shared and len(self.value) < 10:
            self.value += data

    def end(self, tag: str) -> None:
        if self.in_value and local(tag) == "v":
            self.in_value = False
            if self.of_shared and self.value.strip().isdecimal():
                self.shared.append(int(self.value))


def local(tag: str) -> str:
    """A tag without its namespace."""
    return tag.rpartition(" ")[2]


def parse(name: str, pieces: Iterator[bytes], start: Callable[[str, dict[str, str]], None],
          end: Callable[[str], None] | None = None, text: Callable[[str], None] | None = None,
          ) -> None:
    """Walk through XML without building anything of it. Raises Unfit for broken XML."""
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    try:
        for window in markup.windows(name, pieces):
            parser.Parse(window, False)
        parser.Parse(b"", True)
    except (expat.ExpatError, UnicodeError) as error:
        raise Unfit(f"broken or truncated workbook (part {name}: {error})",
                    markup.PLAIN_XML) from error


@dataclass
class Contents:
    """Which parts hold the sheets and the shared texts, as the archive's own lists say."""

    sheets: dict[str, str] = field(default_factory=dict)  # part → the sheet's name
    texts: set[str] = field(default_factory=set)


def contents(archive: Archive) -> Contents:
    """Read the lists of sheets. Raises Unfit where a part is not there or is two sheets."""
    by_name = {name.casefold(): name for name in archive.parts}
    for target in _related(archive, by_name, "_rels/.rels", "", "officeDocument").values():
        if target.casefold() != INDEX:
            raise Unfit(f"its list of sheets is not {INDEX}", markup.PLAIN_XML)
    told = Contents()
    texts = _related(archive, by_name, RELATIONS, "xl", "sharedStrings").values()
    told.texts = {by_name[part.casefold()] for part in texts if part.casefold() in by_name}
    parts = _related(archive, by_name, RELATIONS, "xl")
    listed: list[tuple[str, str]] = []

    def sheet(tag: str, attributes: dict[str, str]) -> None:
        if local(tag) == "sheet":
            listed.append((attributes.get("name", ""), attributes.get(_RELATION, "")))

    _walk(archive, by_name, INDEX, sheet)
    if len(listed) > MAX_SHEETS:
        raise TooMuch(f"{len(listed):,} sheets", f"workbooks of at most {MAX_SHEETS:,} sheets")
    for name, number in listed:
        part = by_name.get(parts.get(number, "").casefold())
        if part is None:
            raise Unfit(f"broken or truncated workbook (sheet {name[:80]!r} is not there)",
                        markup.PLAIN_XML)
        if part in told.sheets:
            raise Unfit(f"sheets {told.sheets[part][:80]!r} and {name[:80]!r} are one and the same "
                        "part", markup.PLAIN_XML)
        told.sheets[part] = name
    return told


def _related(archive: Archive, by_name: dict[str, str], name: str, folder: str,
             kind: str = "") -> dict[str, str]:
    """Number → part of what a part refers to, of one kind if asked."""
    found: dict[str, str] = {}

    def related(tag: str, attributes: dict[str, str]) -> None:
        if local(tag) == "Relationship" and attributes.get("Type", "").endswith(f"/{kind}" * bool(
                kind)):
            target = attributes.get("Target", "").replace("\\", "/")
            found[attributes.get("Id", "")] = posixpath.normpath(
                target.lstrip("/") if target.startswith("/") else posixpath.join(folder, target))

    _walk(archive, by_name, name, related)
    return found


def _walk(archive: Archive, by_name: dict[str, str], wanted: str,
          act: Callable[[str, dict[str, str]], None]) -> None:
    name = by_name.get(wanted)
    if name is None:
        raise Unfit(f"broken or truncated workbook (no {wanted})", markup.PLAIN_XML)
    if archive.parts[name].file_size > MAX_INDEX_BYTES:
        raise TooMuch(f"{name} has {archive.parts[name].file_size:,} bytes",
                      f"at most {MAX_INDEX_BYTES:,}; remove defined names that are not used")
    parse(name, archive.pieces(name), act)
