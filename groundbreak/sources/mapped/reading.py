"""A mapping and the files of a list → one edition for each published date, oldest first."""

from __future__ import annotations

import difflib
import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from groundbreak.history.edition import Edition, Finding
from groundbreak.history.future import without_future
from groundbreak.sources.errors import EmptyFile
from groundbreak.sources.files import Book, Cell, Row, column_letter
from groundbreak.sources.mapped.cells import Stating
from groundbreak.sources.mapped.errors import UnknownStatuses
from groundbreak.sources.mapped.grid import Grid, is_blank, text_of
from groundbreak.sources.mapped.ids import (
    Collision,
    Keyed,
    composite_key,
    part_rows,
    printed_key,
    read_of_each,
)
from groundbreak.sources.mapped.locating import NO_DAY, Located, Unread, locate
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
from groundbreak.sources.mapped.targets import (
    CAPACITY,
    COORDINATES,
    QUANTITIES,
    STATUS,
    STATUS_MEANINGS,
    covered_by,
)
from groundbreak.sources.statements import Statements
from groundbreak.vocabulary.fields import registry

# What tells plants under one id apart, beside `part`; and what says nothing of the plant.
TELLING_FIELDS = frozenset({
    "name", "product", "route", "technology", "scale", CAPACITY, COORDINATES, "country", "place",
    "latitude", "longitude", *QUANTITIES,
    *(spec.name for spec in registry().values()
      if spec.name.startswith("capacity_") and spec.unit != "share"),
})
REMARK_FIELDS = frozenset({"note", "references", "status_reason"})


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

    def findings_of(self, tab: ReadTab) -> list[Finding]:
        """The findings on one of its sheets."""
        return [f for f in self.edition.findings if f.sheet == tab.located.grid.sheet]

    def repeated_in(self, tab: ReadTab) -> int:
        """How many rows of one of its sheets repeat another row, and are no record."""
        return len({f.row for f in self.findings_of(tab) if f.kind == "duplicate_row"})


def read_files(
    mapping: Mapping, opened: Sequence[Opened], *, published: date | None = None,
    strict: bool = True,
) -> tuple[list[Dated], list[Unread]]:
    """Every dated edition in the files, oldest first, and the sheets that are not read.

    Raises SourceError. Where not `strict`, unknown status words are only reported.
    """
    located, unread = locate(mapping, opened, published, strict=strict)
    days: dict[tuple[date, str], list[Located]] = {}
    together = all(item.published == NO_DAY for item in located)
    for item in located:
        apart = item.shown if item.published == NO_DAY and not together else ""
        days.setdefault((item.published, apart), []).append(item)
    read = [_dated(mapping, day, sheets, unread, strict)
            for (day, _), sheets in sorted(days.items(), key=lambda entry: entry[0])]
    nowhere = _nowhere(mapping, located)
    edition = read[-1].edition
    read[-1] = replace(read[-1], edition=replace(edition, findings=edition.findings + nowhere))
    return read, unread


def _nowhere(mapping: Mapping, located: Sequence[Located]) -> tuple[Finding, ...]:
    """A finding for each column name of the mapping that no table has."""
    there = sorted({name for item in located for name in item.header.names})
    last = max(located, key=lambda item: item.published)
    found = []
    for name in sorted(mapping.known_columns.difference(there)):
        near = difflib.get_close_matches(name, there, n=1, cutoff=0.6)
        found.append(Finding(
            "column_not_found", last.book.file, last.grid.sheet, last.header.data, name, "",
            "the mapping names this column, and no table has it",
            (f"{near[0]!r}, which is there; " if near else "") + "the name as it stands in the "
            "table, or no line for it in the mapping"))
    return tuple(found)


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
        if not collision.same:
            says.doubt("repeated_id", str(collision), collision.key)
    _unread_sheets(says, book, unread)
    edition = says.edition(f"mapping {mapping.sha256[:8]}, {len(sheets)} sheet"
                           + ("s" if len(sheets) > 1 else ""),
                           sum(len(rows) + len(tab.skipped) for tab, rows in sorted_out),
                           complete=mapping.complete)
    return Dated(day, _timely(edition, day, sheets), tuple(tabs), tuple(collisions),
                 _content(sheets))


def _timely(edition: Edition, day: date, sheets: list[Located]) -> Edition:
    """Without facts after its day, if it has one; each a finding under the name of its column."""
    if day == NO_DAY:
        return edition
    told = len(edition.findings)
    timely = without_future(edition, day)
    named = {(item.grid.sheet, column_letter(index)): name for item in sheets
             for name, index in item.header.names.items()}
    return replace(timely, findings=timely.findings[:told] + tuple(
        replace(f, column=named.get((f.sheet, f.column), f.column))
        for f in timely.findings[told:]))


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
    fields = {name: {target.field for target in targets}
              for name, targets in mapping.columns.items()}
    plant = [name for name in fields if fields[name] & TELLING_FIELDS]
    said = [name for name in fields if not fields[name] <= REMARK_FIELDS]
    return Keyed(
        row.number, key, telling(row, mapping.part), _texts(row, plant), sheet=row.sheet,
        said=_texts(row, said), whole=_texts(row, list(fields)))


def _texts(row: Row, names: Sequence[str]) -> tuple[str, ...]:
    return tuple(text_of(_cell(row, name).value) if name in row.columns else "" for name in names)


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
    read = read_of_each(keyed)
    rows_by_place = {(row.sheet, row.number): row for _, rows in sorted_out for _, row in rows}
    for tab, rows in sorted_out:
        item = tab.located
        _about_the_sheet(says, mapping, tab)
        plan = plan_of(mapping, item.header)
        defaults = {**mapping.defaults, **item.defaults}
        for _, row in rows:
            key = next(parts)
            first = read[key.key, key.part]
            if first is not key:
                _repeats(says, row, rows_by_place[first.sheet, first.number], key.key)
                continue
            says.record(key.key, key.part)
            _one_row(Stating(says, mapping, row, defaults, item.published), item.grid, plan)
            _unread_cells(says, mapping, row)


def _repeats(says: Statements, row: Row, read: Row, key: str) -> None:
    """Findings on a row that names the plant of a row that is read: what it says otherwise."""
    where = f"row {read.number}" + (f" of {read.sheet}" if read.sheet != row.sheet else "")
    cells = [_cell(row, name) for name in row.columns]
    other = [c for c in cells if not c.empty and c.text != (
        _cell(read, c.header).text if c.header in read.columns else "")]
    for cell in other or cells[:1]:
        says.finding("duplicate_row", cell, f"its row is not read: {key} is in {where} already"
                     + (", which says otherwise here" if other else ", with the same cells"),
                     "one row a project; other names, products, capacities or places part rows")


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
