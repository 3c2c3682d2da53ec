"""Groundbreak's own table for anybody's list: one row a project, read strictly.

`template_csv` writes the empty table, `template_guide` says what each column takes; both come from
words/template_columns.csv, as does the reading. Beside the columns there, a column may bear the
name of any dated milestone (`permit_actual_date`) or any product's capacity
(`capacity_hydrogen_t_per_year`) of the field registry.
"""

from __future__ import annotations

import csv
import difflib
import io
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import NoReturn

from groundbreak.history.edition import Edition
from groundbreak.sources.dates import ACCEPTED_DATES, When
from groundbreak.sources.doubtful import SHOWN_CHARACTERS
from groundbreak.sources.errors import EmptyFile, UnknownLayout, UnknownWord
from groundbreak.sources.files import Book, Cell, Row, Table
from groundbreak.sources.statements import Statements, whole_units
from groundbreak.sources.words import rows as word_rows
from groundbreak.vocabulary.fields import capacity_fields
from groundbreak.vocabulary.quantities import (
    Quantity,
    UnreadableQuantity,
    parse_quantity,
    parse_unit,
)
from groundbreak.vocabulary.terms import (
    ACTIVITIES,
    EVIDENCE_GRADES,
    MILESTONES,
    PRODUCTS,
    ROUTES,
    SCALES,
    SECTORS,
    STAGES,
    STOP_REASONS,
    stage_range,
)

SOURCE = "template"
ACCEPTED = (
    "the table that `groundbreak template` writes, as CSV (comma-separated) or as a workbook with "
    "one sheet: column names in row 1, `key` and `name` among them, one project a row"
)
NEEDED = ("key", "name")
MAX_KEY_CHARACTERS = 200
# A record's id is 'source:key', with '/2' where a key stands twice: a key may not end like that.
KEY = re.compile(r"(?!.*/\d+$)[^\x00-\x1f\x7f]+")
# 03/04/2025 is March or April.
TWO_READINGS = re.compile(r"(0?[1-9]|1[0-2])([/.])(0?[1-9]|1[0-2])\2\d{4}")
# Only an importer may find that a record vanished from a list.
STATED_ACTIVITIES = tuple(name for name in ACTIVITIES if name != "lost")
STOPPED = frozenset({"paused", "cancelled", "stopped"})
# The words of a capacity's text for products that are called otherwise here.
SUBSTANCES = {"co2_captured": "co2", "electrolyser": None}
LEVELS = ("1", "2", "3", "4")  # of a gate
LISTS: Mapping[str, tuple[str, ...]] = {
    "sector": tuple(SECTORS), "sectors_served": tuple(SECTORS), "product": tuple(PRODUCTS),
    "route": tuple(ROUTES), "scale": tuple(SCALES), "stage": tuple(STAGES),
    "activity": STATED_ACTIVITIES, "stop_reason": tuple(STOP_REASONS), "support": ("flagship",),
    "support_unit": ("project", "company", "national programme"),
    "evidence_grade": tuple(EVIDENCE_GRADES),
}


@dataclass(frozen=True)
class Column:
    """One column of the template: the field it states and how its cells are read."""

    column: str
    field: str
    reads: str
    meaning: str


@dataclass(frozen=True)
class Layout:
    """The one layout; columns may stand in any order and be left out, but for the needed two."""

    name: str
    marks: tuple[str, ...]


LAYOUTS = (Layout("own list", NEEDED),)


# -- the empty table and its guide -------------------------------------------------------------
@cache
def template_columns() -> tuple[Column, ...]:
    """The columns of the template, in order."""
    return tuple(Column(**row) for row in word_rows("template_columns"))


@cache
def _further_columns() -> dict[str, Column]:
    """Columns that may be added under the name of their field."""
    names = [f"{milestone}_{kind}_date" for milestone in MILESTONES
             for kind in ("planned", "actual")]
    further = [Column(name, name, "date", "") for name in names]
    further += [Column(name, name, "whole", "") for name in capacity_fields()]
    return {column.column: column for column in further}


def template_csv() -> str:
    """The empty table: one row of column names, as CSV."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow(item.column for item in template_columns())
    return out.getvalue()


def template_guide() -> str:
    """What every column takes, as plain text."""
    lines = ["One project a row. Columns may be left out or stand in another order; key and name "
             "are needed.", f"Dates: {ACCEPTED_DATES}; write 2025-04-03, not 03/04/2025.", ""]
    for item in template_columns():
        lines.append(f"{item.column}: {item.meaning}.")
        if item.column in LISTS:
            lines.append(f"    accepted: {', '.join(LISTS[item.column])}")
    lines += ["", "Further columns, each under its own name:"]
    lines += [f"    {name}" for name in _further_columns()]
    return "\n".join(lines) + "\n"


# -- reading the table -------------------------------------------------------------------------
def read(book: Book, *, complete: bool = True) -> Edition:
    """One edition of a list. Raises SourceError when it is not this template.

    `complete`: a project that an earlier edition listed and this one does not counts as dropped.
    """
    table = _only_table(book)
    says = Statements(SOURCE, book)
    columns, known = _columns(says, book, table)
    rows = list(table.data(columns, 1))
    if not rows:
        raise EmptyFile(file=book.file, where="", accepted=ACCEPTED)
    _cover(says, known)
    placed: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        if key := _key(says, row["key"]):
            placed[key].append(f"row {row.number} ({row['name'].text})")
            _record(says, row, key, known)
    for key, where in sorted(placed.items()):
        if len(where) > 1:
            says.doubt("repeated_id", f"key {key} stands {len(where)} times: "
                                      f"{'; '.join(sorted(where))}", key)
    return says.edition(LAYOUTS[0].name, len(rows), complete=complete)


def _only_table(book: Book) -> Table:
    filled = [table for table in book.tables.values() if table.rows]
    if len(filled) == 1:
        return filled[0]
    if not filled:
        raise EmptyFile(file=book.file, where="", accepted=ACCEPTED)
    sheets = ", ".join(repr(table.sheet) for table in filled)
    raise UnknownLayout(file=book.file, source=SOURCE, accepted=ACCEPTED,
                        why=f"{len(filled)} sheets hold data: {sheets}")


def _columns(
    says: Statements, book: Book, table: Table
) -> tuple[dict[str, int], dict[str, Column]]:
    """Column name → position, and the columns that are read; others are findings."""
    accepted = {item.column: item for item in template_columns()} | _further_columns()
    columns: dict[str, int] = {}
    strange: list[tuple[Cell, str, str]] = []
    for index, value in enumerate(table.rows[0]):
        cell = Cell(value, table.sheet, 1, index, str(value or "").strip())
        name = cell.text.casefold()
        if name in columns:
            strange.append((cell, "this column stands twice: the first is read", "each name once"))
        elif name in accepted:
            columns[name] = index
        elif name:
            near = difflib.get_close_matches(name, accepted, n=3, cutoff=0.5)
            strange.append((cell, "no column of the template: not read",
                            ", ".join(near) or ", ".join(c.column for c in template_columns())))
    _require(book, table, columns)
    for cell, why, instead in strange:
        says.finding("unknown_column", cell, why, instead)
    return columns, {name: accepted[name] for name in columns}


def _require(book: Book, table: Table, columns: dict[str, int]) -> None:
    missing = [name for name in NEEDED if name not in columns]
    if not missing:
        return
    first = ", ".join(repr(str(value)) for value in table.rows[0][:5] if value)
    hint = next((f"; the first row is separated by {mark!r}, not by commas"
                 for mark in (";", "\t") if mark in first or repr(mark)[1:-1] in first), "")
    raise UnknownLayout(
        file=book.file, source=SOURCE, accepted=ACCEPTED,
        why=f"row 1 has no column {' and no column '.join(missing)} "
            f"(it starts with {first[:SHOWN_CHARACTERS] or 'nothing'}){hint}",
    )


def _cover(says: Statements, known: dict[str, Column]) -> None:
    says.cover("activity", *(column.field for column in known.values() if column.field))
    if "capacity" in known:
        says.cover("announced_size", *capacity_fields())
    if "product" in known:
        says.cover("sector", "sectors_served")


def _key(says: Statements, cell: Cell) -> str:
    """The row's key, or '' with a finding: a row without one is no record."""
    key = cell.text
    if not key:
        says.finding("missing_id", cell, "a row without a key: not read", "an id of your own")
    elif len(key) > MAX_KEY_CHARACTERS or not KEY.fullmatch(key):
        says.finding("unusable_id", cell, "not usable as a key: row not read",
                     f"up to {MAX_KEY_CHARACTERS} characters on one line, not ending in / and a "
                     "number")
    else:
        return key
    return ""


# -- a row -------------------------------------------------------------------------------------
def _record(says: Statements, row: Row, key: str, known: dict[str, Column]) -> None:
    day = _known_date(says, row.get("known_date"))
    says.record(key, part=row["name"].text, known=day, grade=_grade(says, row),
                evidence=_url(says, row.get("evidence_url")), publisher=_publisher(row))
    if row["name"].empty:
        says.finding("no_name", row["name"], "a project without a name", "a project name")
    _stage(says, row)
    for name, column in known.items():
        _state(says, row[name], column, day)
    says.country(row.get("country"))
    _coordinates(says, row)
    _sectors(says, row)
    _capacity(says, row)
    _capex(says, row)


def _state(says: Statements, cell: Cell, column: Column, day: date | None) -> None:
    """What one cell says by itself; what needs its neighbours is read on its own."""
    if cell.empty:
        return
    if column.reads == "text":
        says.text(column.field, cell)
    elif column.reads == "word":
        _word(says, cell, column.column)
    elif column.reads == "date":
        _date(says, cell, column.field, day)
    elif column.reads == "gate":
        if _is_one_of(says, cell, LEVELS, "unknown_level"):
            says.number(column.field, cell)
    elif column.reads == "whole":
        says.number(column.field, cell, whole=True)


def _folded(cell: Cell) -> str:
    return cell.text.casefold()


def _is_one_of(says: Statements, cell: Cell, accepted: Iterable[str], kind: str) -> bool:
    if _folded(cell) in accepted:
        return True
    near = difflib.get_close_matches(_folded(cell), list(accepted), n=2)
    says.finding(kind, cell, f"not an accepted value{_meant(near)}", ", ".join(accepted))
    return False


def _meant(near: list[str]) -> str:
    return f"; did you mean {' or '.join(near)}?" if near else ""


def _word(says: Statements, cell: Cell, column: str) -> None:
    if _is_one_of(says, cell, LISTS[column], f"unknown_{column}"):
        says.add(column, text=_folded(cell), raw=cell.raw, place=cell.place)


def _stage(says: Statements, row: Row) -> None:
    """Stage and activity: a word that is not theirs stops the import."""
    stage, activity = row.get("stage"), row.get("activity")
    stated = ""
    if stage and not stage.empty:
        try:
            stage_range(stated := _folded(stage))
        except ValueError:
            _stop(says, stage, f"{', '.join(STAGES)}; or a range such as feasibility..feed")
        says.add("stage", text=stated, raw=stage.raw, place=stage.place)
    if activity and not activity.empty:
        if _folded(activity) not in STATED_ACTIVITIES:
            _stop(says, activity, ", ".join(STATED_ACTIVITIES))
        says.add("activity", text=_folded(activity), raw=activity.raw, place=activity.place)
        if not stated and _folded(activity) in STOPPED:
            says.keep("stage")
    else:
        says.add("activity", text="active" if stated else "unknown", place=row["key"].place)


def _stop(says: Statements, cell: Cell, accepted: str) -> NoReturn:
    raise UnknownWord(
        file=says.book.file, sheet=cell.sheet, row=cell.row, column=cell.header, what=cell.header,
        value=cell.text[:SHOWN_CHARACTERS], accepted=accepted,
    )


def _coordinates(says: Statements, row: Row) -> None:
    cells = [cell for name in ("latitude", "longitude") if (cell := row.get(name))]
    stated = [cell for cell in cells if not cell.empty]
    if len(stated) == 1:
        says.finding("half_a_place", stated[0], "latitude and longitude belong together",
                     "both or none")
    elif stated:
        says.coordinates(row["latitude"], row["longitude"])


def _sectors(says: Statements, row: Row) -> None:
    """The sectors served; where none is stated, the default of the product."""
    sector, served, product = (row.get(n) for n in ("sector", "sectors_served", "product"))
    primary = sector if sector and _folded(sector) in SECTORS else None
    made = PRODUCTS.get(_folded(product)) if product else None
    if product and made and (sector is None or sector.empty):
        says.add("sector", text=made.default_sector, raw=product.raw, place=product.place)
    if served and not served.empty:
        names = [name.strip() for name in _folded(served).split(";") if name.strip()]
        if set(names) <= set(SECTORS):
            says.add("sectors_served", text=";".join(dict.fromkeys(names)), raw=served.raw,
                     place=served.place)
        else:
            says.finding("unknown_sector", served, "not a list of sectors",
                         f"{', '.join(SECTORS)}; joined by ';'")
    elif primary:
        says.add("sectors_served", text=_folded(primary), raw=primary.raw, place=primary.place)
    elif product and made and (sector is None or sector.empty):
        says.add("sectors_served", text=made.default_sector, raw=product.raw, place=product.place)


# -- dates and evidence ------------------------------------------------------------------------
def _when(says: Statements, cell: Cell) -> When | None:
    if TWO_READINGS.fullmatch(cell.text) and isinstance(cell.value, str):
        first, second = re.split(r"[/.]", cell.text)[:2]
        if int(first) != int(second):
            says.finding("unreadable_date", cell, "day and month may be meant either way round",
                         "YYYY-MM-DD")
            return None
    return says.when(cell)


def _date(says: Statements, cell: Cell, field: str, day: date | None) -> None:
    when = _when(says, cell)
    if when is None:
        return
    if day and field.endswith("_actual_date") and when.first > day:
        says.finding("not_yet_happened", cell, f"later than the day it was known ({day})",
                     f"a date up to {day}, or the planned column")
        return
    says.add(field, when=when.first, precision=when.precision, raw=cell.raw, place=cell.place)


def _known_date(says: Statements, cell: Cell | None) -> date | None:
    when = _when(says, cell) if cell else None
    if when and cell and when.precision != "day":
        says.finding("unreadable_date", cell, "not a day", "YYYY-MM-DD")
        return None
    return when.first if when else None


def _grade(says: Statements, row: Row) -> int | None:
    cell = row.get("evidence_grade")
    if cell is None or cell.empty:
        return None
    return int(cell.text) if _is_one_of(says, cell, LISTS["evidence_grade"],
                                        "unknown_grade") else None


def _url(says: Statements, cell: Cell | None) -> str | None:
    if cell is None or cell.empty:
        return None
    if re.fullmatch(r"https?://[^\s<>\"']+", cell.text):
        return cell.text
    says.finding("unreadable_url", cell, "not a web address", "https://… without blanks")
    return None


def _publisher(row: Row) -> str | None:
    cell = row.get("publisher")
    return cell.text or None if cell else None


# -- capacity and money ------------------------------------------------------------------------
def _capacity(says: Statements, row: Row) -> None:
    cell, unit = row.get("capacity"), row.get("capacity_unit")
    if cell is None or cell.empty:
        return
    default = unit.text if unit and not unit.empty else None
    bare = default and not re.search(r"[A-Za-z]", cell.text)
    says.add("announced_size", text=f"{cell.text} {default}" if bare else cell.text,
             raw=cell.raw, place=cell.place)
    product = row.get("product")
    made = _folded(product) if product else ""
    if made not in PRODUCTS:
        says.finding("capacity_without_product", cell, "capacity of what is not said",
                     "a word in column product")
        return
    try:
        quantity = _quantity(cell, default, SUBSTANCES.get(made, made))
    except UnreadableQuantity as error:
        # A unit that is none is the unit cell's fault.
        wrong = unit if unit and default and not _is_unit(default) else cell
        says.finding("unreadable_size", wrong, error.reason, error.accepted)
        return
    _one_size(says, cell, quantity, made, row.get("route"))


def _quantity(cell: Cell, default: str | None, substance: str | None) -> Quantity:
    value = cell.text if isinstance(cell.value, str) else cell.value
    if not isinstance(value, str | int | float):
        raise UnreadableQuantity("not a quantity", "a number with a unit, such as 120 kt/y")
    return parse_quantity(value, default_unit=default, substance=substance)


def _is_unit(text: str) -> bool:
    try:
        return parse_unit(text) is not None
    except UnreadableQuantity:
        return False


def _one_size(
    says: Statements, cell: Cell, quantity: Quantity, product: str, route: Cell | None
) -> None:
    """State the one number as the capacity it is of; MW of an electrolytic plant are its input."""
    if quantity.low is None or quantity.low != quantity.high:
        says.finding("range_of_sizes", cell, "a range, not one capacity", "one number with a unit")
        return
    electrolytic = route is not None and _folded(route) == "electrolysis"
    if quantity.unit == "kW" and electrolytic:
        product = "electrolyser"
    spec = PRODUCTS[product]
    expected = SUBSTANCES.get(product, product)
    if quantity.unit != spec.base_unit or quantity.substance not in (None, expected):
        said = " of ".join(filter(None, (quantity.unit, quantity.substance)))
        says.finding("wrong_unit", cell, f"{said} is no capacity of {product}",
                     f"a unit that gives {spec.base_unit} of {product}"
                     + ("; MW need route electrolysis" if quantity.unit == "kW" else ""))
        return
    says.add(spec.capacity_field, number=whole_units(quantity.low), raw=cell.raw,
             place=cell.place)


def _capex(says: Statements, row: Row) -> None:
    cell = row.get("capex_announced")
    if cell is None or cell.empty:
        return
    currency, year = row.get("capex_currency"), row.get("capex_price_year")
    code = currency.text.upper() if currency else ""
    if currency is None or not re.fullmatch("[A-Z]{3}", code):
        says.finding("unknown_currency", currency or cell, "capex needs its currency",
                     "a three-letter code in capex_currency, such as USD")
    elif year is None or not re.fullmatch(r"(19|20)\d\d", year.text):
        says.finding("unknown_price_year", year or cell, "capex needs the year of its prices",
                     "a year in capex_price_year, such as 2023")
    else:
        says.number("capex_announced", cell, least=1, unit=f"{code}@{year.text}")
