"""What the cells of a column look like: dates, countries, links, numbers, units, words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property

from groundbreak.sources.dates import UnreadableDate, parse_when
from groundbreak.sources.files import Cell
from groundbreak.sources.mapped.known import known_word, status_word
from groundbreak.vocabulary import countries
from groundbreak.vocabulary.quantities import UnreadableQuantity, parse_quantities, parse_unit

SAMPLE = 500  # cells of a column, from everywhere in it
NO_COUNTRY = frozenset({"no", "in", "is", "to", "it", "na", "me", "so", "at", "by", "am", "be"})
_PAIR = re.compile(r"-?\d{1,2}(\.\d+)?\s*[,;]\s*-?\d{1,3}(\.\d+)?")
_TWO_PARTS = re.compile(r"(\d{1,2})[/.](\d{1,2})[/.]\d{4}")


@dataclass(frozen=True)
class Column:
    """A column of the list over all its tabs: its name and its cells that say something."""

    name: str
    cells: Sequence[Cell]
    tabs: Sequence[str] = field(default_factory=tuple)
    blanks: Sequence[Cell] = field(default_factory=tuple)  # those that hold a word for nothing

    @property
    def empty(self) -> bool:
        return not self.cells

    @cached_property
    def counts(self) -> Counter[str]:
        """Every word with the number of its rows."""
        return Counter(cell.text for cell in self.cells)

    def share(self, holds: Callable[[Cell], bool]) -> float:
        """Which share of the cells is so."""
        cells = self.cells[::max(1, len(self.cells) // SAMPLE)]
        return sum(map(holds, cells)) / len(cells) if cells else 0.0

    @cached_property
    def shares(self) -> Shares:
        """Kind of content → the share of cells that look so."""
        return Shares(self)


class Shares(dict[str, float]):
    """The shares of a column, each computed when it is asked for."""

    def __init__(self, column: Column) -> None:
        super().__init__()
        self.column = column

    def __missing__(self, kind: str) -> float:
        return self.setdefault(kind, self.column.share(LOOKS[kind]))


def _is_date(cell: Cell) -> bool:
    if isinstance(cell.value, date | datetime):
        return True
    try:
        when = parse_when(cell.value)
    except UnreadableDate:
        return False
    return when is not None and 1950 <= when.first.year <= 2100


def is_number(cell: Cell) -> bool:
    if isinstance(cell.value, int | float):
        return not isinstance(cell.value, bool)
    return bool(re.fullmatch(r"-?[\d.,\s'’]*\d\s*%?", cell.text))


def _is_size(cell: Cell) -> bool:
    if is_number(cell):
        return True
    try:
        return bool(parse_quantities(cell.text, default_unit="t/y"))
    except UnreadableQuantity:
        return bool(re.match(r"[<>~≈]?\s*\d.*[A-Za-z]", cell.text))


def number_of(cell: Cell) -> float | None:
    try:
        return float(cell.value if not isinstance(cell.value, str)
                     else cell.text.replace(",", "."))  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return None


def _within(cell: Cell, most: float) -> bool:
    value = number_of(cell)
    return value is not None and -most <= value <= most


LOOKS: dict[str, Callable[[Cell], bool]] = {
    "date": _is_date,
    "number": is_number,
    "size": _is_size,
    "unit_in_cell": lambda cell: bool(re.search(r"\d\s*[A-Za-z]", cell.text)),
    "country": lambda cell: (cell.text.casefold() not in NO_COUNTRY
                             and countries.lookup_all(cell.text) is not None),
    "links": lambda cell: "://" in cell.text or cell.text.startswith("www."),
    "pair": lambda cell: bool(_PAIR.fullmatch(cell.text)),
    "latitude": lambda cell: _within(cell, 90),
    "longitude": lambda cell: _within(cell, 180),
    "unit": lambda cell: parse_unit(cell.text) is not None,
    "status": lambda cell: (known := status_word(cell.text)) is not None and known.sure,
    "product": lambda cell: known_word("product", cell.text) is not None,
    "route": lambda cell: known_word("route", cell.text) is not None,
}


# -- how numbers and dates are written ------------------------------------------------------------
def day_first(column: Column) -> bool | None:
    """Whether 03/04/2025 is in April here; None where no cell of the column shows it."""
    firsts = [(int(m[1]), int(m[2])) for cell in column.cells if isinstance(cell.value, str)
              and (m := _TWO_PARTS.fullmatch(cell.text))]
    if any(first > 12 for first, _ in firsts):
        return True
    return False if any(second > 12 for _, second in firsts) else None


def has_two_readings(column: Column) -> bool:
    """Whether the column holds dates whose day and month may be meant either way round."""
    return any(isinstance(cell.value, str) and _TWO_PARTS.fullmatch(cell.text)
               for cell in column.cells)


def decimal_comma(column: Column) -> tuple[bool | None, bool]:
    """Whether commas are decimal in the column's texts, and whether that is sure.

    None where no text holds a comma.
    """
    texts = [text for cell in column.cells if isinstance(cell.value, str)
             and re.search(r"\d,\d", text := cell.text)]
    if not texts:
        return None, True
    if any(re.search(r"\d{1,3}(\.\d{3})+,\d", t) or re.search(r"\d,\d{1,2}(?!\d)|\d,\d{4}", t)
           for t in texts):
        return True, True
    shown = any(re.search(r",\d{3}(,\d{3}|\.\d)", t) for t in texts)
    return False, shown
