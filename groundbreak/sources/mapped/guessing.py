"""Guessing a mapping from the files of a list: sheets, names, columns, words, units, dates, ids."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping as Map
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

from groundbreak.sources.files import Cell
from groundbreak.sources.mapped.column_guesses import guess_columns
from groundbreak.sources.mapped.default_guessing import guess_defaults
from groundbreak.sources.mapped.draft import ColumnGuess, Draft, TabGuess
from groundbreak.sources.mapped.errors import UnreadableTab
from groundbreak.sources.mapped.evidence import Column
from groundbreak.sources.mapped.grid import Grid, Header, is_blank
from groundbreak.sources.mapped.headers import guess_header, header_of
from groundbreak.sources.mapped.ids import slug
from groundbreak.sources.mapped.key_guessing import guess_key
from groundbreak.sources.mapped.known import named
from groundbreak.sources.mapped.mapping import BLANKS
from groundbreak.sources.mapped.opening import Opened
from groundbreak.sources.mapped.rows import MAYBE_SUMS, SUM_WORDS
from groundbreak.sources.mapped.schema import FILE_DATE, SKIP, source_error
from groundbreak.sources.mapped.tabs import date_in, impossible_date
from groundbreak.sources.mapped.targets import STATUS, UNDECIDED
from groundbreak.sources.mapped.word_guessing import (
    guess_colours,
    guess_words,
    with_meanings,
)

LEAST_ALIKE = 0.6  # of a tab's column names, to be a tab of the list
LEAST_FIELDS = 2
SAME_LIST = 0.4  # of the projects of a tab that the next one lists too
LONGEST_NAME = 31

Found = tuple[Opened, Grid, Header]


def guess(
    opened: Sequence[Opened], source: str = "", header_rows: Map[str, int] | None = None
) -> Draft:
    """A draft of the mapping. Raises UnreadableTab where no sheet holds a table of projects.

    `header_rows`: sheet → how many rows its column names take; '' for every other sheet.
    """
    grids = [(file, grid) for file in opened for grid in file.grids()]
    _check_sheets(header_rows or {}, grids)
    found = [(file, grid, header) for file, grid in grids
             if (header := _header(grid, file.book.file, header_rows or {}))]
    tabs = _tabs_of_the_list(found)
    if not tabs:
        raise UnreadableTab(
            file=opened[0].book.file, sheet="; ".join(g.sheet for _, g in grids),
            why="no table of projects found: no row of column names such as name, country, status",
            accepted="a sheet with one row of column names and one project a row")
    columns = _columns(tabs)
    guesses = with_meanings(columns, guess_columns(columns))
    stem = Path(opened[0].book.file).stem
    draft = Draft(source or _source(stem), _title(stem), [f.book.file for f in opened])
    draft.key = guess_key(columns, guesses)
    draft.columns = [_settled(g, draft) for g in guesses]
    draft.words = guess_words(columns, draft.columns)
    _about_tabs(draft, grids, tabs)
    _about_colours(draft, grids, tabs)
    _about_the_whole(draft, columns, tabs)
    return draft


def _header(grid: Grid, file: str, told: Map[str, int]) -> Header | None:
    count = told.get(grid.sheet or file, told.get(""))
    return header_of(grid, count) if count else guess_header(grid)


def _check_sheets(told: Map[str, int], grids: list[tuple[Opened, Grid]]) -> None:
    there = [grid.sheet or file.book.file for file, grid in grids]
    for name in told:
        if name and name not in there:
            raise ValueError(f"--header-rows {name}={told[name]}: no such sheet; accepted: "
                             f"{', '.join(there)}")


# -- which sheets --------------------------------------------------------------------------------
def _fields(header: Header) -> set[str]:
    return {item.field for name in header.names for item in named(name)[:1] if item.score >= 0.6}


def _tabs_of_the_list(found: list[Found]) -> list[Found]:
    """The sheet whose names tell most, and those that look like it."""
    if not found:
        return []
    best = max(found, key=lambda item: (len(_fields(item[2])), len(item[1].rows)))
    names, fields = set(best[2].names), _fields(best[2])
    if len(fields) < LEAST_FIELDS:
        return []
    return [item for item in found if item is best or (
        len(_fields(item[2])) >= LEAST_FIELDS and (
            len(names & set(item[2].names)) >= LEAST_ALIKE * len(item[2].names)
            or len(fields & _fields(item[2])) >= LEAST_ALIKE * len(fields)))]


def _columns(tabs: list[Found]) -> list[Column]:
    """Every column of the list with its cells from all tabs, sums and headings left out."""
    cells: dict[str, list[Cell]] = {}
    blanks: dict[str, list[Cell]] = {}
    where: dict[str, list[str]] = {}
    for file, grid, header in tabs:
        rows = [r for r in range(header.data, len(grid.rows)) if _is_data(grid, r)]
        tab = grid.sheet or file.book.file
        for name, column in header.names.items():
            where.setdefault(name, []).append(tab)
            held, empty = cells.setdefault(name, []), blanks.setdefault(name, [])
            for row in rows:
                if not is_blank(value := grid.value(row, column)):
                    cell = Cell(value, tab, row + 1, column, name)
                    (empty if cell.text.casefold() in BLANKS else held).append(cell)
    return [Column(name, found, tuple(where[name]), blanks[name]) for name, found in cells.items()
            if found or blanks[name] or not name.startswith("column ")]


def _is_data(grid: Grid, row: int) -> bool:
    filled = grid.filled(row)
    if len(filled) < 2:
        return False
    first = str(grid.value(row, filled[0])).strip()
    return not SUM_WORDS.match(first) and not (MAYBE_SUMS.match(first)
                                               and len(filled) < 0.6 * grid.width)


def _settled(guess: ColumnGuess, draft: Draft) -> ColumnGuess:
    """Ids and units stand elsewhere in the file, not among what columns state."""
    targets = tuple(t for t in guess.targets if t.field not in ("id", "capacity_unit"))
    if targets == guess.targets:
        if not targets and guess.name in draft.key.names:
            return replace(guess, ignored="")
        return guess
    return replace(guess, targets=targets, why="id" if guess.targets[0].field == "id" else "unit")


# -- tabs, colours, the whole --------------------------------------------------------------------
def _about_tabs(draft: Draft, grids: list[tuple[Opened, Grid]], tabs: list[Found]) -> None:
    read = {(file.book.file, grid.sheet): header for file, grid, header in tabs}
    counts = Counter(header.count for header in read.values())
    draft.header_rows = counts.most_common(1)[0][0]
    seen: set[str] = set()
    for file, grid in grids:
        name = grid.sheet or file.book.file
        header = read.get((file.book.file, grid.sheet))
        if name in seen:
            continue
        seen.add(name)
        if header is None:
            if grid.sheet:
                draft.tabs.append(TabGuess(name, SKIP, "no table like the others"))
            continue
        item = _tab(name, grid.sheet, file.book.file)
        if header.count != draft.header_rows:
            item = replace(item, value=f"{{published: {item.value}, header_rows: {header.count}}}")
        draft.tabs.append(item)
        draft.hidden_rows += sum(r >= header.data for r in grid.marks.hidden_rows)


def _tab(name: str, sheet: str, file: str) -> TabGuess:
    found = date_in(sheet)
    if found:
        return TabGuess(name, str(found.published), found.reason, found.sure)
    if wrong := impossible_date(sheet):
        return TabGuess(name, f'"{UNDECIDED}"', f"{wrong!r} is no day of the calendar: write its "
                        "day here as YYYY-MM-DD, or skip", False)
    of_file = date_in(file)
    if of_file:
        value = FILE_DATE if sheet else str(of_file.published)
        return TabGuess(name, value, f"in the file's name: {of_file.reason}", of_file.sure)
    return TabGuess(name, FILE_DATE, "no date in its name or the file's: write it here as "
                    "YYYY-MM-DD, or give --published", False)


def _about_colours(draft: Draft, grids: list[tuple[Opened, Grid]], tabs: list[Found]) -> None:
    status = [g.name for g in draft.columns if any(t.field == STATUS for t in g.targets)]
    read = [(grid, header) for _, grid, header in tabs]
    others = [g for _, g in grids if all(g is not grid for grid, _ in read)]
    draft.colours = guess_colours(read, others, status)


def _about_the_whole(draft: Draft, columns: list[Column], tabs: list[Found]) -> None:
    titles = [draft.title, *(grid.sheet for _, grid, _ in tabs if grid.sheet)]
    draft.defaults = guess_defaults(titles, columns, draft.columns, draft.words)
    draft.complete = _complete(draft, columns, tabs)


def _complete(
    draft: Draft, columns: list[Column], tabs: list[Found]
) -> tuple[bool, str, bool]:
    """Whether a tab lists all there is: shown where tabs repeat one another's projects."""
    if len(tabs) == 1:
        return True, "a project that a later edition leaves out counts as dropped", False
    first = draft.key.columns[0]
    ids = [{c.text for column in columns if column.name in first
            for c in column.cells if c.sheet == (grid.sheet or file.book.file)}
           for file, grid, _ in tabs]
    shares = [len(one & two) / max(len(one), 1)
              for one, two in pairwise(ids)]
    whole = bool(shares) and min(shares) >= SAME_LIST
    return whole, ("the tabs repeat one another's projects: each is the whole list" if whole else
                   "the tabs share few projects: each is a part, and absence says nothing"), whole


# -- names ---------------------------------------------------------------------------------------
def _source(stem: str) -> str:
    """A name for the list from its file's name, without dates and versions."""
    found = date_in(stem)
    bare = stem.replace(found.found, " ") if found else stem
    plain = slug(bare).encode("ascii", "ignore").decode()
    plain = re.sub(r"^[^a-z]+", "", plain)[:LONGEST_NAME].strip("-")
    plain = plain if len(plain) > 1 else "my-list"
    return f"my-{plain}"[:LONGEST_NAME].strip("-") if source_error(plain) else plain


def _title(stem: str) -> str:
    return re.sub(r"[_\s]+", " ", stem).strip() or "My list"
