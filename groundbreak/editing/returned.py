"""Reading an edited sheet back: every cell that differs from what was exported becomes an edit.

What was exported is not read from the sheet but computed again from the log as it was then, so
nothing that happens to the workbook meanwhile can hide a change or invent one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from groundbreak.editing.columns import EVIDENCE, IDS, UNIT_OF, editable_fields
from groundbreak.editing.edits import SOURCE, Edit, Value
from groundbreak.editing.judging import Claim, claim_text
from groundbreak.editing.position import WrongSheet
from groundbreak.editing.sheet import META, NEW, PROJECTS
from groundbreak.editing.typed import Namesake
from groundbreak.editing.values import Mark, Unusable, mark, plain, read, when
from groundbreak.sources.files import Book, Cell, Row, Table

DEFAULT_GRADE = 4
_GROUPED = re.compile(r"-?\d{1,3}(,\d{3})+(\.\d+)?")  # thousands apart, as some programs save them
HEAD_ROWS = 10  # in which the row of names is looked for
Known = Callable[[str, str], list[Namesake]]  # projects of a name in a country
Claims = Mapping[str, Mapping[str, Claim]]  # record → field → the claim that held


@dataclass(frozen=True)
class Refusal:
    """A changed cell that cannot become a claim: where, what was typed, why, what would do."""

    place: str
    record: str
    field: str
    old: str
    typed: str
    why: str


@dataclass
class Returned:
    """What came back: edits to be judged, cells that cannot be read, and rows looked at."""

    edits: list[Edit] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    rows: int = 0


@dataclass(frozen=True)
class _Evidence:
    """The evidence of one row, or why there is none that can be used."""

    source: str = ""
    publisher: str = ""
    known: date = date.min
    grade: int = DEFAULT_GRADE
    correction: bool = False
    why: str = ""
    missing: str = ""


def hidden_cells(book: Book) -> dict[str, str]:
    """Name → value of the hidden sheet. Raises WrongSheet where there is none."""
    table = book.sheet(META)
    if table is None:
        raise WrongSheet(f"{book.file}: no workbook that `groundbreak export --edit` wrote (its "
                         f"hidden sheet {META!r} is missing); accepted: such a workbook, saved as "
                         ".xlsx or .ods")
    return {str(row[0]): str(row[1]) for row in table.rows if len(row) > 1}


def read_sheet(book: Book, then: Claims, next_record: int, known: Known) -> Returned:
    """The edits of a returned workbook.

    `then`: the claims that held when it was exported, of every record that was there; new projects
    become records 'edit:N' from `next_record` on, unless one of that name, as `known` tells now,
    was added before. Raises WrongSheet where a sheet lost its names.
    """
    found = Returned()
    projects = book.sheet(PROJECTS)
    if projects is None:
        raise WrongSheet(f"{book.file}: no sheet {PROJECTS!r}; accepted: the sheets as exported, "
                         "with their names")
    for row in _rows(found, book, projects, ("record",)):
        found.rows += 1
        _project(found, row, then)
    new = book.sheet(NEW)
    added: dict[str, str] = {}  # name and country → record
    for row in _rows(found, book, new, ("name",)) if new is not None else ():
        if _has_values(row):
            found.rows += 1
            _new_project(found, row, added, next_record + len(added), known)
    _noted(found, book)
    return found


def _rows(
    found: Returned, book: Book, table: Table, needed: tuple[str, ...]
) -> Iterator[Row]:
    """Data rows under the row of names, wherever that now stands; columns not read are refused."""
    for number in range(min(HEAD_ROWS, len(table.rows))):
        columns = table.headers(number)
        if {*needed, EVIDENCE[0].name} <= set(columns):
            found.refusals += _unread(table, number)
            yield from table.data(columns, number + 1)
            return
    raise WrongSheet(f"{book.file}, sheet {table.sheet!r}: the row of column names (record, name, "
                     f"{EVIDENCE[0].name} …) is missing from its first {HEAD_ROWS} rows; accepted: "
                     "the sheet as exported; columns may be moved or left out, but not renamed")


def _unread(table: Table, head: int) -> Iterator[Refusal]:
    """Columns with something in them whose name is not one of the sheet's, or stands twice."""
    names = {column.name for column in (*IDS, *EVIDENCE)} | editable_fields()
    names |= {name + UNIT_OF for name in editable_fields()}
    seen: set[str] = set()
    for index in range(max(map(len, table.rows))):
        column = [row[index] if index < len(row) else None for row in table.rows[head:]]
        name = str(column[0] or "").strip()
        filled = any(str(value or "").strip() for value in column[1:])
        if filled and (name not in names or name in seen):
            place = Cell(None, table.sheet, head + 1, index, name).place
            why = ("stands twice: this one is not read; accepted: each column once"
                   if name in seen else "no column of this sheet: not read; accepted: the name as "
                   "exported, or a column without anything in it")
            yield Refusal(place, "", name, "", "", why)
        seen.add(name)


# -- a row -----------------------------------------------------------------------------------------
def _project(found: Returned, row: Row, then: Claims) -> None:
    record = row["record"].text
    held = then.get(record)
    changed = list(_changed(row, held or {}))
    if held is None:
        for cell, name, _ in changed:
            found.refusals.append(Refusal(
                cell.place, record, name, "", cell.text,
                f"no record {record!r} in this register" if record else "a row without a record; "
                f"accepted: sheet {NEW!r} for projects that are not in the register"))
        return
    if changed:
        _edits(found, row, record, changed, held)


def _new_project(
    found: Returned, row: Row, added: dict[str, str], number: int, known: Known
) -> None:
    changed = list(_changed(row, {}))
    cell, country = row["name"], row.get("country")
    where = country.text if country is not None else ""
    same = known(cell.text, where)
    others = [one.text for one in same if not one.record.startswith(f"{SOURCE}:")]
    name = f"{cell.text.casefold()}/{where.casefold()}"
    why = (
        "a new project without a name; accepted: its name" if cell.empty else
        f"the register has {'; '.join(others)}; accepted: edit it on sheet {PROJECTS!r}, or "
        "another name" if others else
        "stands twice on this sheet; accepted: one row, or another name" if name in added else "")
    record = same[0].record if same else f"{SOURCE}:{number}"
    if why:
        found.refusals.append(Refusal(cell.place, record, "name", "", cell.text, why))
        return
    added[name] = record
    before = len(found.refusals)
    _edits(found, row, record, changed, {})
    names = {edit.field for edit in found.edits if edit.record == record}
    if len(found.refusals) == before and "activity" not in names:
        _active(found, record, names)


def _active(found: Returned, record: str, names: set[str]) -> None:
    """A new project goes on unless its row says otherwise."""
    like = next(edit for edit in found.edits if edit.record == record)
    found.edits.append(Edit(
        record, "activity", Value(text="active" if "stage" in names else "unknown"), like.known,
        like.grade, like.publisher, like.evidence, place=like.place, based_on=0))


def _has_values(row: Row) -> bool:
    return any(cell is not None and not cell.empty for name in row.columns
               if (cell := row.get(name)) is not None and name in editable_fields())


def _changed(
    row: Row, held: Mapping[str, Claim]
) -> Iterator[tuple[Cell, str, Claim | None]]:
    """Cells that hold something else than was exported: cell, field, the claim that held."""
    for name in row.columns:
        money = name.endswith(UNIT_OF)
        edited = name.removesuffix(UNIT_OF) if money else name
        if edited not in editable_fields():
            continue
        cell, claim = row[name], held.get(edited)
        was = (claim or {}).get("unit") if money else claim_text(claim) if claim else None
        if cell.empty or _same(cell, was):
            continue
        amount = row.get(edited) if money else None
        if amount is None or amount.empty:  # of money without its amount the currency is refused
            yield cell, edited, claim
        elif _same(amount, claim_text(claim) if claim else None):
            yield amount, edited, claim  # else the amount changed, and speaks for both


def _same(cell: Cell, was: str | float | None) -> bool:
    if was is None:
        return False
    if isinstance(was, str):
        return plain(cell.text) == was or cell.value == was
    if isinstance(cell.value, int | float) and not isinstance(cell.value, bool):
        return float(cell.value) == float(was) or f"{cell.value:.12g}" == f"{was:.12g}"
    grouped = _GROUPED.fullmatch(cell.text)
    return (cell.text.replace(",", "") if grouped else cell.text) == f"{was}"


# -- from cells to edits ---------------------------------------------------------------------------
def _edits(
    found: Returned, row: Row, record: str,
    changed: list[tuple[Cell, str, Claim | None]], held: Mapping[str, Claim],
) -> None:
    evidence = _evidence(row)
    for cell, name, claim in changed:
        old = str(claim_text(claim) or "") if claim else ""
        if evidence.missing:
            found.refusals.append(
                Refusal(cell.place, record, name, old, cell.text, evidence.missing))
            continue
        try:
            edit = _edit(row, record, cell, name, evidence, held.get(name))
        except Unusable as error:
            found.refusals.append(Refusal(cell.place, record, name, old, cell.text, str(error)))
        else:
            found.edits.append(edit)


def _edit(
    row: Row, record: str, cell: Cell, name: str, evidence: _Evidence,
    claim: Claim | None,
) -> Edit:
    meant, value = mark(cell.text), None
    if meant is None:
        if cell.header.endswith(UNIT_OF):
            raise Unusable("a currency and price year without the amount", "both, or neither")
        unit = row.get(name + UNIT_OF)
        value = read(name, cell.value, unit=unit.text if unit is not None else None)
    return Edit(
        record, name, value, evidence.known, evidence.grade, evidence.publisher, evidence.source,
        raw=cell.raw, place=cell.place, reason=(meant or Mark()).reason or evidence.why,
        not_applicable=(meant or Mark()).not_applicable,
        correction=evidence.correction and value is not None,
        based_on=int(claim["claim"]) if claim else 0,
    )


def _evidence(row: Row) -> _Evidence:
    def text(name: str) -> str:
        cell = row.get(name)
        return "" if cell is None else cell.text

    source, day = text("evidence_url"), row.get("known_date")
    missing = [column.label for column, there in (
        (EVIDENCE[0], source), (EVIDENCE[2], day is not None and not day.empty)) if not there]
    if missing or day is None:
        return _Evidence(missing=f"evidence missing: {' and '.join(missing)}; accepted: the source "
                                 "of this row's changes and the day it was published")
    grade, correction = text("evidence_grade"), text("correction").casefold()
    try:
        found = when(day.value)
        if found.precision != "day":
            raise Unusable(f"{day.text!r} is not a day", "YYYY-MM-DD")
        if grade and grade not in EVIDENCE[3].choices:
            raise Unusable(f"grade {grade!r}", "1 to 6")
        if correction not in ("", "yes", "no"):
            raise Unusable(f"{correction!r} in column correction", "yes, or blank")
    except Unusable as error:
        return _Evidence(missing=f"evidence of this row cannot be read: {error}")
    return _Evidence(source, text("publisher"), found.first, int(grade or DEFAULT_GRADE),
                     correction == "yes", text("why"))


def _noted(found: Returned, book: Book) -> None:
    """Cells that cannot be read at all: error values, formulas without a result, huge ones."""
    names = editable_fields() | {column.name for column in (*IDS, *EVIDENCE)}
    for sheet in (PROJECTS, NEW):
        table = book.sheet(sheet)
        for (row, column), header in sorted(table.notes.met.items()) if table else ():
            note = table.notes.notes[row, column] if table else None
            if note is not None and header in names:
                place = Cell(None, sheet, row, column, header).place
                found.refusals.append(Refusal(place, "", header, "", note.value,
                                              f"{note.why}; accepted: {note.accepted}"))
