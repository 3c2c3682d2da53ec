"""A mapping and the files of a list → one edition for each published date, oldest first."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from groundbreak.history.edition import Edition
from groundbreak.sources.errors import EmptyFile
from groundbreak.sources.files import Book, Cell, Row
from groundbreak.sources.mapped.cells import Stating
from groundbreak.sources.mapped.errors import UnknownStatuses
from groundbreak.sources.mapped.grid import Grid, is_blank
from groundbreak.sources.mapped.ids import Collision, Keyed, composite_key, part_rows, printed_key
from groundbreak.sources.mapped.locating import Located, Unread, locate
from groundbreak.sources.mapped.mapping import Mapping
from groundbreak.sources.mapped.opening import Opened
from groundbreak.sources.mapped.rows import (
    Plan,
    Skipped,
    plan_of,
    state_row,
    telling,
    why_no_record,
)
from groundbreak.sources.mapped.targets import STATUS, STATUS_MEANINGS, covered_by
from groundbreak.sources.statements import Statements


@dataclass(frozen=True)
class ReadTab:
    """What was read of one sheet, beside its statements."""

    located: Located
    records: int
    skipped: tuple[Skipped, ...]
    unread: dict[str, int]  # column → its cells that are not read
    unknown_statuses: dict[str, tuple[int, int]]  # word → rows, the first of them
    hidden: int


@dataclass(frozen=True)
class Dated:
    """All that was published on one day: its edition, its sheets, its collisions of ids."""

    published: date
    edition: Edition
    tabs: tuple[ReadTab, ...]
    collisions: tuple[Collision, ...]
    sha256: str


def read_files(
    mapping: Mapping, opened: Sequence[Opened], *, published: date | None = None,
    strict: bool = True,
) -> tuple[list[Dated], list[Unread]]:
    """Every dated edition in the files, oldest first, and the sheets that are not read.

    Raises SourceError. Where not `strict`, unknown status words are only reported.
    """
    located, unread = locate(mapping, opened, published)
    days: dict[date, list[Located]] = {}
    for item in located:
        days.setdefault(item.published, []).append(item)
    return [_dated(mapping, day, days[day], unread, strict) for day in sorted(days)], unread


def _dated(
    mapping: Mapping, day: date, sheets: list[Located], unread: list[Unread], strict: bool
) -> Dated:
    book = sheets[0].book
    says = Statements(mapping.source, Book(
        book.file, {item.grid.sheet: item.grid.table for item in sheets}, book.encoding,
        remarks=book.remarks))
    sorted_out = [_sort_out(mapping, item) for item in sheets]
    tabs = [tab for tab, _ in sorted_out]
    if strict:
        _refuse_unknown(mapping, book.file, tabs)
    if not any(rows for _, rows in sorted_out):
        raise EmptyFile(file=book.file, where=f" in sheet {sheets[0].grid.sheet!r}",
                        accepted="rows under the column names of the mapping")
    _cover(says, mapping, sheets)
    keyed, collisions = part_rows([key for _, rows in sorted_out for key, _ in rows])
    _state(says, mapping, sorted_out, keyed)
    for collision in collisions:
        says.doubt("repeated_id", str(collision), collision.key)
    _unread_sheets(says, book, unread)
    edition = says.edition(f"mapping {mapping.sha256[:8]}, {len(sheets)} sheet"
                           + ("s" if len(sheets) > 1 else ""),
                           sum(len(rows) + len(tab.skipped) for tab, rows in sorted_out),
                           complete=mapping.complete)
    return Dated(day, edition, tuple(tabs), tuple(collisions), _content(sheets))


def _content(sheets: list[Located]) -> str:
    """A hash over what the sheets hold, whatever else the file holds."""
    told = hashlib.sha256()
    for item in sheets:
        rows = [row for row in item.grid.table.rows if any(not is_blank(v) for v in row)]
        told.update(repr((rows, sorted(item.grid.marks.fills.items()))).encode("utf-8", "replace"))
    return told.hexdigest()


# -- which rows are records ----------------------------------------------------------------------
Kept = list[tuple[Keyed, Row]]


def _sort_out(mapping: Mapping, item: Located) -> tuple[ReadTab, Kept]:
    grid, header = item.grid, item.header
    kept: Kept = []
    skipped: list[Skipped] = []
    for number in _filled_rows(item):
        row = grid.row(number, header.names)
        why = why_no_record(grid, number, header, mapping)
        key = "" if why else _key(mapping, row)
        if key:
            kept.append((_keyed(mapping, row, key), row))
        else:
            first = grid.filled(number)[0]
            skipped.append(Skipped(number + 1, why or "no id: its id cells are blank",
                                   str(grid.value(number, first))[:80]))
    counts = _unread_columns(mapping, item, [row for _, row in kept])
    hidden = sum(row.number - 1 in grid.marks.hidden_rows for _, row in kept)
    return ReadTab(item, len(kept), tuple(skipped), counts,
                   _unknown_statuses(mapping, item, [row for _, row in kept]), hidden), kept


def _filled_rows(item: Located) -> Iterator[int]:
    for number in range(item.header.data, len(item.grid.rows)):
        if item.grid.filled(number):
            yield number


def _key(mapping: Mapping, row: Row) -> str:
    names = [next((n for n in names if n in row.columns), "") for names in mapping.key]
    cells = [row[name] for name in names if name]
    if mapping.composite:
        return composite_key(cells, mapping.blanks)
    return printed_key(cells[0]) if cells else ""


def _keyed(mapping: Mapping, row: Row, key: str) -> Keyed:
    whole = telling(row, [name for name in mapping.columns if name in row.columns])
    return Keyed(row.number, key, telling(row, mapping.part), whole)


def _unread_columns(mapping: Mapping, item: Located, rows: list[Row]) -> dict[str, int]:
    strange = [n for n in item.header.names if n not in mapping.read_columns]
    counts = Counter(name for row in rows for name in strange if not _cell(row, name).empty)
    return {name: counts[name] for name in strange if counts[name]}


def _cell(row: Row, name: str) -> Cell:
    """The cell without the notes on it: nobody reads it."""
    index = row.columns[name]
    value = row.values[index] if index < len(row.values) else None
    return Cell(value, row.sheet, row.number, index, name)


# -- status words --------------------------------------------------------------------------------
def _colour(mapping: Mapping, grid: Grid, row: Row) -> Cell | None:
    """The row's fill as a cell that holds the colour's name; None where colours mean nothing."""
    if not mapping.colours and not any(kind == "colours" for kind, _ in mapping.open_words):
        return None
    column = row.columns.get(mapping.colour_column)
    columns = [column] if column is not None else range(grid.width)
    fill = grid.marks.row_colour(row.number - 1, columns)
    if not fill and "" not in mapping.colours:
        return None
    return Cell(fill, row.sheet, row.number, column or 0, "colour")


def _status_cell(mapping: Mapping, grid: Grid, row: Row) -> tuple[Cell | None, bool]:
    """The cell that states the status, and whether its word (or colour) has a meaning."""
    for name, targets in mapping.columns.items():
        if name in row.columns and any(target.field == STATUS for target in targets):
            cell = _cell(row, name)
            word = cell.text.casefold()
            if word and (word in mapping.statuses or word not in mapping.blanks):
                return cell, word in mapping.statuses
    colour = _colour(mapping, grid, row)
    if colour is not None:
        return colour, colour.text.casefold() in mapping.colours
    return None, True


def _unknown_statuses(
    mapping: Mapping, item: Located, rows: list[Row]
) -> dict[str, tuple[int, int]]:
    found: dict[str, tuple[int, int]] = {}
    for row in rows:
        cell, known = _status_cell(mapping, item.grid, row)
        if cell is not None and not known:
            count, first = found.get(cell.text, (0, row.number))
            found[cell.text] = (count + 1, first)
    return found


def _refuse_unknown(mapping: Mapping, file: str, tabs: list[ReadTab]) -> None:
    told = [f"{word!r} ({count} row{'s' if count > 1 else ''}, first in row {first} of "
            f"{tab.located.shown})"
            for tab in tabs for word, (count, first) in tab.unknown_statuses.items()]
    if told:
        raise UnknownStatuses(
            file=file, what="status words or colours", words=", ".join(told[:20]),
            accepted=f"a line for each under words, {STATUS} (or colours) of the mapping: "
                     f"{', '.join(STATUS_MEANINGS)}")


# -- what they say -------------------------------------------------------------------------------
def _cover(says: Statements, mapping: Mapping, sheets: list[Located]) -> None:
    says.cover("activity", *mapping.defaults)
    if mapping.colours:
        says.cover("status_as_published", "stage")
    if "sector" in mapping.defaults or "product" in mapping.defaults:
        says.cover("sector", "sectors_served")
    for item in sheets:
        for _, target in plan_of(mapping, item.header):
            says.cover(*covered_by(target))


def _state(
    says: Statements, mapping: Mapping, sorted_out: list[tuple[ReadTab, Kept]], keyed: list[Keyed]
) -> None:
    parts = iter(keyed)
    seen: set[tuple[str, str]] = set()
    for tab, rows in sorted_out:
        item = tab.located
        _about_the_sheet(says, mapping, tab)
        plan = plan_of(mapping, item.header)
        defaults = {**mapping.defaults, **item.defaults}
        for _, row in rows:
            key = next(parts)
            if (key.key, key.part) in seen:
                says.finding("duplicate_row", _cell(row, next(iter(row.columns))),
                             f"says the same as another row of {key.key}", "a row a project")
                continue
            seen.add((key.key, key.part))
            says.record(key.key, key.part)
            _one_row(Stating(says, mapping, row, defaults, item.published), item.grid, plan)
            _unread_cells(says, mapping, row)


def _one_row(to: Stating, grid: Grid, plan: Plan) -> None:
    cell, known = _status_cell(to.mapping, grid, to.row)
    if not known and cell is not None:  # only where unknown words are just reported
        plan = [(name, target) for name, target in plan if target.field != STATUS]
    colour = cell if known and cell is not None and cell.header == "colour" else None
    state_row(to, plan, colour)


def _unread_cells(says: Statements, mapping: Mapping, row: Row) -> None:
    for name in row.columns:
        cell = _cell(row, name)
        if name not in mapping.read_columns and not cell.empty:
            says.finding("unread_cell", cell, "its column is not in the mapping",
                         "a field for the column under columns, or its name under ignored")


def _about_the_sheet(says: Statements, mapping: Mapping, tab: ReadTab) -> None:
    """Findings on what is no record: skipped rows, comments, a list without a status."""
    item, names = tab.located, tab.located.header.names
    for skipped in tab.skipped:
        row = item.grid.row(skipped.row - 1, names)
        for name in names:
            if not (cell := _cell(row, name)).empty:
                says.finding("skipped_row", cell, f"row not read: {skipped.reason}",
                             "a record with an id")
    by_column = {column: name for name, column in names.items()}
    for (row_number, column), text in sorted(item.grid.marks.comments.items()):
        cell = Cell(text, item.grid.sheet, row_number + 1, column, by_column.get(column, ""))
        says.finding("comment", cell, "a comment on the cell is not read", "text in a cell of its "
                     "own, mapped to note")
    if not item.marked:
        says.finding("marks_not_read", Cell("", item.grid.sheet, 1, 0, ""), "merged cells, "
                     "colours, comments and hidden rows are not seen in so large or so unusual a "
                     "workbook", "a smaller workbook, saved anew")
    plan = plan_of(mapping, item.header)
    if not mapping.colours and not any(target.field == STATUS for _, target in plan):
        cell = Cell("", item.grid.sheet, item.header.data, 0, "")
        says.finding("no_status", cell, "this list states no status: activity is unknown and the "
                     "stage unset", f"a column mapped to {STATUS}, or colours")


def _unread_sheets(says: Statements, book: Book, unread: list[Unread]) -> None:
    for item in unread:
        if item.file == book.file and not item.wanted:
            says.finding("unread_sheet", Cell(item.sheet, item.sheet, 1, 0, ""), item.why,
                         "a sheet with the mapping's columns, or 'skip' under tabs")
