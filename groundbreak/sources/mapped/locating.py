"""Where the tables of a list stand in its files, and of which day each of them is."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from groundbreak.sources.files import Book
from groundbreak.sources.mapped.errors import UndatedTab, UnreadableTab
from groundbreak.sources.mapped.grid import Grid, Header, find_header
from groundbreak.sources.mapped.mapping import Mapping, Tab
from groundbreak.sources.mapped.opening import Opened
from groundbreak.sources.mapped.tabs import date_in

AS_MAPPED = "as the mapping says"
LEAST_SHARE = 0.3  # of the mapping's columns that a tab it does not name must have


@dataclass(frozen=True)
class Located:
    """A table found: its names, its day and why that day."""

    book: Book
    grid: Grid
    header: Header
    published: date
    reason: str
    defaults: dict[str, str]
    marked: bool = True  # False: merged cells, fills, comments and hidden rows could not be read

    @property
    def shown(self) -> str:
        return self.grid.sheet or self.book.file


@dataclass(frozen=True)
class Unread:
    """A sheet that is not read, and why; `wanted` where the mapping says so."""

    file: str
    sheet: str
    why: str
    wanted: bool


def locate(
    mapping: Mapping, opened: Sequence[Opened], published: date | None = None
) -> tuple[list[Located], list[Unread]]:
    """The tables that the mapping reads, and the sheets that it does not.

    Raises UnreadableTab where a tab it names has not its columns, UndatedTab without a day.
    """
    located: list[Located] = []
    unread: list[Unread] = []
    for file in opened:
        for grid in file.grids():
            found = _sheet(mapping, file.book, grid, published)
            if isinstance(found, Located):
                located.append(replace(found, marked=file.marks is not None))
            else:
                unread.append(found)
    if not located:
        what = opened[0].book.file if opened else "no file"
        raise UnreadableTab(file=what, sheet="; ".join(u.sheet for u in unread),
                            why="no sheet has the mapping's columns",
                            accepted=f"column names among them {_ids(mapping)}")
    _check_days(located)
    return located, unread


def _ids(mapping: Mapping) -> str:
    return ", ".join(" or ".join(map(repr, names)) for names in mapping.key)


def _names(names: Iterable[str]) -> str:
    return ", ".join(repr(name) for name in names)


def _sheet(
    mapping: Mapping, book: Book, grid: Grid, published: date | None
) -> Located | Unread:
    named = (grid.sheet if grid.sheet in mapping.tabs and grid.sheet else
             book.file if book.file in mapping.tabs else "")
    tab = mapping.tabs[named]
    if tab.skip:
        return Unread(book.file, grid.sheet, "left out by the mapping", wanted=True)
    header = find_header(grid, mapping.known_columns, row=tab.header_row, count=tab.header_rows)
    missing = [names for names in mapping.key
               if header is None or not any(name in header.names for name in names)]
    known = sum(name in mapping.known_columns for name in header.names) if header else 0
    if header is None or missing or (not named and known < LEAST_SHARE * len(mapping.columns)):
        return _not_found(book, grid, bool(named), header, missing)
    day, reason = _day(mapping, book, grid, tab, named, published)
    return Located(book, grid, header, day, reason, dict(tab.defaults))


def _not_found(
    book: Book, grid: Grid, named: bool, header: Header | None,
    missing: list[tuple[str, ...]],
) -> Unread:
    if named:
        there = list(header.names) if header else []
        near = difflib.get_close_matches(missing[0][0], there, n=3, cutoff=0.5) if missing else []
        hint = f"; near: {_names(near)}" if near else ""
        raise UnreadableTab(
            file=book.file, sheet=grid.sheet,
            why=f"the id's column {_names(missing[0])} is not among its column names{hint}"
                if header else "none of the mapping's columns found in its first rows",
            accepted="the columns of the mapping; a line for a renamed column under columns (or "
                     "key); or 'skip' for this sheet under tabs")
    return Unread(book.file, grid.sheet, "no table with the mapping's columns", wanted=False)


# -- days ----------------------------------------------------------------------------------------
def _day(
    mapping: Mapping, book: Book, grid: Grid, tab: Tab, named: str, published: date | None
) -> tuple[date, str]:
    """The day of a tab: the mapping's word, the tab's name, --published, then the file's name."""
    own = None if tab.of_file else date_in(grid.sheet)
    stated = tab.published or (own.published if own else None)
    if stated and published and stated != published and not grid.sheet:
        return published, "as --published says"  # a file of the same name, published anew
    if stated and published and stated != published:
        raise UndatedTab(file=book.file, sheet=grid.sheet, why=f"--published {published}, but it "
                         f"is of {stated}", accepted="no --published, or another date for it "
                         "under tabs of the mapping")
    if stated:
        return stated, own.reason if own and not tab.published else AS_MAPPED
    if published:
        return published, "as --published says"
    if book.file in mapping.tabs and (of_file := mapping.tabs[book.file].published):
        return of_file, AS_MAPPED
    if in_name := date_in(book.file):
        return in_name.published, f"the file's name: {in_name.reason}"
    raise UndatedTab(
        file=book.file, sheet=grid.sheet, why="neither its name nor the file's bears one",
        accepted=f"--published YYYY-MM-DD; a line '{grid.sheet or book.file}: YYYY-MM-DD' (or "
                 "skip) under tabs of the mapping; or a tab named like 'Apr-24'")


def _check_days(located: list[Located]) -> None:
    """One day is one edition: it may have several sheets, but not several files."""
    files: dict[date, Located] = {}
    for item in located:
        other = files.setdefault(item.published, item)
        if other.book.file != item.book.file:
            raise UndatedTab(
                file=item.book.file, sheet=item.grid.sheet,
                why=f"{item.published} is the day of {other.book.file}, too",
                accepted="one file a day; a date for each file under tabs of the mapping")
