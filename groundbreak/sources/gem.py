"""What the Global Energy Monitor's workbooks share: plant ids, names, places, words for 'none'."""

from __future__ import annotations

import re

from groundbreak.sources.files import Cell, Row
from groundbreak.sources.places import state_pair
from groundbreak.sources.statements import Statements

PLANT_ID = re.compile(r"P\d{9,15}")
NOTHING_STATED = frozenset({"", "n/a", "unknown"})
ACCURACIES = frozenset({"exact", "approximate"})
NAME_COLUMNS = ("Plant name (other language)", "Other plant names (English)",
                "Other plant names (other language)")
# Names in one cell are parted by commas or semicolons; a comma inside brackets or before a legal
# form ('Co., Ltd') parts nothing.
_NAME_SEPARATOR = re.compile(r"[,;]\s+(?!(?:Ltd|Inc|LLC|LLP|Co|JSC|S\.A)\b)(?![^()（）]*[)）])")


def stated(cell: Cell | None) -> bool:
    """Whether the cell says something: not blank, 'unknown' or 'N/A'."""
    return cell is not None and cell.text.casefold() not in NOTHING_STATED


def has_plant_id(says: Statements, cell: Cell) -> bool:
    """Whether the cell holds a plant id; otherwise a finding, and the row is left out."""
    if PLANT_ID.fullmatch(cell.text):
        return True
    says.finding("no_plant_id", cell, "row without a plant id", "P and digits: P100000120439")
    return False


def state_text(says: Statements, field: str, cell: Cell | None) -> None:
    """The cell's text unless it is a word for 'none'."""
    if stated(cell):
        says.text(field, cell)


def state_names(says: Statements, row: Row) -> None:
    """Name and every other name, native script included, each once."""
    says.text("name", row["Plant name (English)"])
    others: dict[str, None] = {}
    cells = [row[name] for name in NAME_COLUMNS if stated(row.get(name))]
    for cell in cells:
        others.update(dict.fromkeys(part.strip() for part in _NAME_SEPARATOR.split(cell.text)))
    others.pop(row["Plant name (English)"].text, None)
    others.pop("", None)
    if others:
        says.add("other_names", text=" | ".join(others), place=cells[0].place,
                 raw=" | ".join(cell.raw for cell in cells))


def state_place(says: Statements, row: Row, subnational: str) -> None:
    """Municipality and province, coordinates and how exact they are."""
    cells = [row[name] for name in ("Municipality", subnational) if stated(row[name])]
    if cells:
        says.add("place", text=", ".join(dict.fromkeys(cell.text for cell in cells)),
                 raw=", ".join(cell.raw for cell in cells), place=cells[0].place)
    point, accuracy = row["Coordinates"], row["Coordinate accuracy"]
    if not stated(point) or not state_pair(says, point) or not stated(accuracy):
        return
    if accuracy.text.casefold() in ACCURACIES:
        says.add("location_accuracy", text=accuracy.text.casefold(), raw=accuracy.raw,
                 place=accuracy.place)
    else:
        says.finding("unknown_accuracy", accuracy, "no known word for accuracy",
                     ", ".join(sorted(ACCURACIES)))
