"""A row of somebody's list: whether it is data at all, and everything it states."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from groundbreak.sources.files import Cell, Row
from groundbreak.sources.links import state_links
from groundbreak.sources.mapped.cells import (
    Stating,
    state_capacity,
    state_date,
    state_number,
    state_quantity,
    state_word,
)
from groundbreak.sources.mapped.grid import Grid, Header, text_of
from groundbreak.sources.mapped.mapping import Mapping
from groundbreak.sources.mapped.targets import (
    BY_STATUS,
    CAPACITY,
    COORDINATES,
    QUANTITIES,
    STATUS,
    WORDS,
    Target,
)
from groundbreak.sources.places import state_pair
from groundbreak.sources.words import Word
from groundbreak.vocabulary.fields import registry
from groundbreak.vocabulary.terms import PRODUCTS, SECTORS

SUM_WORDS = re.compile(
    r"(sub-?\s?totals?|grand total|zwischensumme|gesamtsumme|sous-total|total général|subtotale|"
    r"subtotaal|totaux)\b", re.IGNORECASE)
MAYBE_SUMS = re.compile(r"(totals?|sum|summe|gesamt|somme|totale|suma|soma|totaal|合计|小计|計)"
                        r"(?![\w-])", re.IGNORECASE)
JOINED = {"name": ", ", "note": "; ", "end_uses": ";", "other_names": " | ", "external_ids": ";"}
LEAST_FOR_HEADINGS = 4  # columns a table must have for a row of one cell to be no record

Plan = Sequence[tuple[str, Target]]


@dataclass(frozen=True)
class Skipped:
    """A row that is no record, and why."""

    row: int  # from 1
    reason: str
    text: str


def plan_of(mapping: Mapping, header: Header) -> Plan:
    """The mapped columns that this header has, in the order in which they are read."""
    there = [(name, target) for name, targets in mapping.columns.items() if name in header.names
             for target in targets]
    first = {"product": 0, "route": 0}
    return sorted(there, key=lambda item: (first.get(item[1].field, 1), not item[1].preferred))


def why_no_record(grid: Grid, row: int, header: Header, mapping: Mapping) -> str:
    """Why a row of the table is no record: a sum, a heading, the header again; '' where it is."""
    filled = grid.filled(row)
    first = text_of(grid.value(row, filled[0]))
    if not mapping.hidden_rows and row in grid.marks.hidden_rows:
        return "a hidden row"
    if SUM_WORDS.match(first) or (MAYBE_SUMS.match(first) and _no_status(grid, row, header,
                                                                         mapping)):
        return "a sum"
    if len(header.names) >= LEAST_FOR_HEADINGS and len(filled) == 1:
        return "a heading or a note: one cell alone"
    named = {text_of(grid.value(header.data - 1, c)) for c in filled}
    if len(filled) > 1 and all(text_of(grid.value(row, c)) in named for c in filled):
        return "the column names again"
    return ""


def _no_status(grid: Grid, row: int, header: Header, mapping: Mapping) -> bool:
    asked = [name for name, targets in mapping.columns.items() if name in header.names
             and any(t.field in (STATUS, "country") for t in targets)]
    return not any(text_of(grid.value(row, header.names[name])) for name in asked)


# -- a record ------------------------------------------------------------------------------------
def state_row(to: Stating, plan: Plan, colour: Cell | None) -> None:
    """Everything that a row says. Its record is set; its status words are known ones."""
    _status(to, [to.row[name] for name, target in plan if target.field == STATUS], colour)
    texts: dict[str, list[Cell]] = {}
    points: dict[str, Cell] = {}
    for name, target in plan:
        cell = to.row[name]
        if target.field == STATUS or to.said_nothing(cell):
            continue
        if target.field in ("latitude", "longitude"):
            points[target.field] = cell
        elif reads := _READERS.get(target.field):
            reads(to, cell, target)
        else:
            texts.setdefault(target.field, []).append(cell)
    for field, cells in texts.items():
        _joined(to, field, cells)
    _coordinates(to, points)
    _sectors(to)
    if to.sizes:
        size = "; ".join(dict.fromkeys(to.sizes))
        to.says.add("announced_size", text=size, raw=size, place=_place(to))
    if "name" not in to.said:
        cell = Cell("", to.row.sheet, to.row.number, 0, _name_column(plan))
        to.says.finding("no_name", cell, "a project without a name", "a project name")


def _name_column(plan: Plan) -> str:
    return next((name for name, target in plan if target.field == "name"), "name")


def _place(to: Stating) -> str:
    return (to.row.sheet and f"{to.row.sheet}!A{to.row.number}") or f"A{to.row.number}"


def _status(to: Stating, cells: list[Cell], colour: Cell | None) -> None:
    mapping = to.mapping
    for cell in cells:
        if not cell.empty and (cell.text.casefold() in mapping.statuses
                               or not to.said_nothing(cell)):
            _means(to, to.says.status(cell, dict(mapping.statuses)))
            return
    if colour is not None:
        _means(to, to.says.status(colour, dict(mapping.colours)))
        return
    if cells and "" in mapping.statuses:
        _means(to, to.says.status(cells[0], dict(mapping.statuses)))
        return
    to.says.add("activity", text="unknown", place=_place(to))
    if cells:
        to.says.finding("no_status", cells[0], "the list states no status: activity is unknown",
                        "a status word of the mapping")


def _means(to: Stating, word: Word) -> None:
    to.stage, to.keeps_stage = word.stage, word.keeps_stage


def _joined(to: Stating, field: str, cells: list[Cell]) -> None:
    """One text of one or several columns; a remark keeps the name of its column."""
    if field == "references":
        state_links(to.says, *cells)
        return
    if len(cells) == 1 and field != "note":
        to.said[field] = cells[0].text
        to.says.text(field, cells[0])
        return
    told = [f"{c.header}: {c.text}" if field == "note" else c.text for c in cells]
    text = JOINED.get(field, "; ").join(dict.fromkeys(told))
    to.said[field] = text
    to.says.add(field, text=text, raw=" | ".join(c.raw for c in cells), place=cells[0].place)


def _coordinates(to: Stating, points: dict[str, Cell]) -> None:
    if not points:
        return
    if len(points) == 1:
        to.says.finding("half_a_place", next(iter(points.values())),
                        "latitude and longitude belong together", "both or none")
    elif to.said.get("location_accuracy") == "country":
        for cell in points.values():
            to.says.finding("not_a_site", cell, "the middle of a country, as the row says",
                            "the coordinates of the site, or a blank")
    else:
        to.says.coordinates(points["latitude"], points["longitude"])


def _sectors(to: Stating) -> None:
    """Defaults of the list, then the product's own sector, where the row states none."""
    for field in ("product", "route", "scale", "sector"):
        if field not in to.said and (value := to.defaults.get(field)):
            to.said[field] = value
            to.says.add(field, text=value, place=_place(to))
    product = PRODUCTS.get(to.said.get("product", ""))
    sector = to.said.get("sector") or (product.default_sector if product else "")
    if sector and "sector" not in to.said:
        to.says.add("sector", text=sector, place=_place(to))
    if sector in SECTORS and "sectors_served" not in to.said:
        to.says.add("sectors_served", text=sector, place=_place(to))


def _country(to: Stating, cell: Cell, target: Target) -> None:
    if to.first("country", cell, cell.text):
        to.says.country(cell)


def _pair(to: Stating, cell: Cell, target: Target) -> None:
    if to.first(COORDINATES, cell, cell.text):
        state_pair(to.says, cell)


def _readers() -> dict[str, Callable[[Stating, Cell, Target], object]]:
    found: dict[str, Callable[[Stating, Cell, Target], object]] = {
        spec.name: state_number if spec.type in ("number", "integer") else state_date
        for spec in registry().values() if spec.type != "text"
    }
    found |= dict.fromkeys(WORDS, state_word) | dict.fromkeys(BY_STATUS, state_date)
    found |= dict.fromkeys(QUANTITIES, state_quantity)
    return found | {CAPACITY: state_capacity, "country": _country, COORDINATES: _pair}


_READERS = _readers()


def telling(row: Row, columns: Sequence[str]) -> str:
    """The texts of some cells, for telling rows apart."""
    return ", ".join(text for name in columns if (cell := row.get(name)) is not None
                     and (text := re.sub(r"\s+", " ", cell.text)))
