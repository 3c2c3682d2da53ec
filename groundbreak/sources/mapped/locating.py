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
AS_PUBLISHED = "as --published says"
NO_DAY = date(1, 1, 1)  # stands for a day that nobody has given yet
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
    mapping: Mapping, opened: Sequence[Opened], published: date | None = None, *,
    strict: bool = True,
) -> tuple[list[Located], list[Unread]]:
    """The tables that the mapping reads, and the sheets that it does not.

    Raises UnreadableTab where a tab it names has not its columns, UndatedTab without a day; where
    not `strict`, tables without a day are left at NO_DAY.
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
    located = _published(located, published)
    error = undated(located, published)
    if error and (strict or len({i.book.file for i in located if i.published == NO_DAY}) > 1):
        raise error
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
    day, reason = _day(mapping, book, grid, tab, published)
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
    mapping: Mapping, book: Book, grid: Grid, tab: Tab, published: date | None
) -> tuple[date, str]:
    """The day of a tab: the mapping's word, the tab's name, the file's name; NO_DAY without one.

    For a CSV --published goes before all of these.
    """
    if tab.undecided:
        return NO_DAY, "left open in the mapping"
    own = None if tab.of_file else date_in(grid.sheet)
    stated = tab.published or (own.published if own else None)
    if published and not grid.sheet:
        return published, AS_MAPPED if stated == published else AS_PUBLISHED
    if stated:
        return stated, own.reason if own and not tab.published else AS_MAPPED
    if published:
        return NO_DAY, ""  # --published goes before the file's name
    if book.file in mapping.tabs and (of_file := mapping.tabs[book.file].published):
        return of_file, AS_MAPPED
    if in_name := date_in(book.file):
        return in_name.published, f"the file's name: {in_name.reason}"
    return NO_DAY, "neither its name nor the file's bears one"


def _published(located: list[Located], published: date | None) -> list[Located]:
    """--published is the day of the one sheet without a day, or of all where none has one."""
    bare = [item for item in located if item.published == NO_DAY]
    if published is None or len(bare) not in (1, len(located)):
        return located
    return [replace(item, published=published, reason=AS_PUBLISHED)
            if item.published == NO_DAY else item for item in located]


def undated(located: Sequence[Located], published: date | None) -> UndatedTab | None:
    """What is wrong with the days: sheets without one, or a --published that dates none."""
    bare = [item for item in located if item.published == NO_DAY]
    if bare:
        return _without_day(bare, len(located))
    if published is None or any(item.published == published for item in located):
        return None
    first = located[0]
    return UndatedTab(
        file=first.book.file, sheet=first.grid.sheet, why=f"--published {published}, but it is of "
        f"{first.published}", accepted="no --published, or another date for it under tabs of the "
        "mapping")


def _without_day(bare: Sequence[Located], tables: int) -> UndatedTab:
    """One sheet may be dated by --published, and so may all together; some of them may not."""
    lines = "; ".join(f"'{item.shown}: YYYY-MM-DD'" for item in bare)
    line = f"{'a line' if len(bare) == 1 else 'lines'} {lines} (or skip) under tabs of the mapping"
    why, accepted = bare[0].reason or "neither its name nor the mapping bears one", line
    if len(bare) in (1, tables):
        accepted = f"--published YYYY-MM-DD; {line}; or a tab named like 'Apr-24'"
    else:
        why = f"{len(bare)} sheets have none, and --published can date one alone"
    return UndatedTab(file=bare[0].book.file, sheet="; ".join(i.grid.sheet for i in bare),
                      why=why, accepted=accepted)


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
