"""What one cell of a mapped column states: words, numbers, dates and capacities."""

from __future__ import annotations

import re
from collections.abc import Mapping as Map
from dataclasses import dataclass, field
from datetime import date

from groundbreak.sources.dates import When
from groundbreak.sources.files import Cell, Row
from groundbreak.sources.mapped.mapping import Mapping
from groundbreak.sources.mapped.targets import (
    BY_STATUS,
    NOTHING,
    QUANTITIES,
    REACHED,
    WORDS,
    Target,
)
from groundbreak.sources.statements import MAX_NUMBER, Statements, significant, whole_units
from groundbreak.sources.template import LEVELS, SUBSTANCES, TWO_READINGS
from groundbreak.vocabulary.fields import registry
from groundbreak.vocabulary.quantities import (
    Quantity,
    UnreadableQuantity,
    parse_quantity,
    parse_unit,
)
from groundbreak.vocabulary.terms import PRODUCTS, STAGES, stage_range

STOCKS = ("t", "L", "Nm3")  # units of an amount, which a capacity states for a period


@dataclass
class Stating:
    """Where a row's statements go, and what the row has said so far."""

    says: Statements
    mapping: Mapping
    row: Row
    defaults: dict[str, str]
    published: date = date.max
    stage: str | None = None
    keeps_stage: bool = False  # the status says nothing of how far it came ('Cancelled')
    said: dict[str, str] = field(default_factory=dict)  # field → value as stated here
    sizes: list[str] = field(default_factory=list)

    def said_nothing(self, cell: Cell) -> bool:
        """Whether the cell is blank, or holds one of the list's words for nothing."""
        return cell.empty or cell.text.casefold() in self.mapping.blanks

    def add(self, name: str, cell: Cell, value: str) -> bool:
        """State a text once; a second, other one is a finding."""
        if not self.first(name, cell, value):
            return False
        self.says.add(name, text=value, raw=cell.raw, place=cell.place)
        return True

    def first(self, name: str, cell: Cell, value: str) -> bool:
        """Whether this field is still unsaid in this row."""
        if name not in self.said:
            self.said[name] = value
            return True
        if self.said[name] != value:
            self.says.finding("passed_over", cell, f"another column states {name} as "
                              f"{self.said[name]!r} already", "one value a row; 'preferred: yes' "
                              "on the column that goes first")
        return False


# -- words ---------------------------------------------------------------------------------------
def state_word(to: Stating, cell: Cell, target: Target) -> None:
    """What the list's word stands for; a word that is not mapped is a finding."""
    listed = to.mapping.words.get(target.word_list, {})
    words = [w.strip() for w in re.split(r"[;,|\n]", cell.text)] \
        if target.field == "sectors_served" else [cell.text]
    words = [word for word in words if word]
    found = [_meaning(word, listed, target) for word in words]
    unknown = [word for word, means in zip(words, found, strict=True) if means is None]
    if unknown:
        to.says.finding(f"unknown_{target.field}", cell, f"{unknown[0]!r} is not in the mapping's "
                        f"words, {target.word_list}", f"a line '{unknown[0]}: …' there: "
                        f"{', '.join((*WORDS[target.field], NOTHING))}")
        return
    values = list(dict.fromkeys(means for means in found if means and means != NOTHING))
    if values:
        to.add(target.field, cell, ";".join(values))


def _meaning(word: str, listed: Map[str, str], target: Target) -> str | None:
    folded = word.casefold()
    return listed.get(folded) or (folded if folded in WORDS[target.field] else None)


# -- numbers -------------------------------------------------------------------------------------
def plain_number(cell: Cell, decimal_comma: bool | None) -> float | None:
    """A number as people write it: '1,234.5', '85 %', '12,5' where commas are decimal."""
    if isinstance(cell.value, bool):
        return None
    if isinstance(cell.value, int | float):
        return float(cell.value)
    text = re.sub(r"[\s'’]", "", cell.text)
    share = text.endswith("%")
    text = text.removesuffix("%")
    if decimal_comma:
        text = text.replace(".", "").replace(",", ".")
    elif re.fullmatch(r"-?\d{1,3}(,\d{3})+(\.\d+)?", text):
        if decimal_comma is None and re.fullmatch(r"-?\d{1,3},\d{3}", text):
            return None  # 1,234 has two readings
        text = text.replace(",", "")
    if not re.fullmatch(r"-?\d+(\.\d+)?([eE][+-]?\d+)?", text):
        return None
    return float(text) / (100 if share else 1)


def state_number(to: Stating, cell: Cell, target: Target) -> None:
    """A number times the mapping's factor, in the field's own unit."""
    value = plain_number(cell, target.decimal_comma)
    if value is None:
        to.says.finding("not_a_number", cell, "not a number, or one with two readings",
                        "a plain number; 'decimal_comma: yes' or 'no' on the column")
        return
    value *= target.times
    spec = registry()[target.field]
    most = 1.0 if spec.unit == "share" else MAX_NUMBER
    if not 0 <= value <= most:
        to.says.finding("number_out_of_range", cell, f"{value:g} is not within 0 and {most:g}",
                        f"a number from 0 to {most:g}"
                        + ("; percent: 'times: 0.01'" if most == 1 else ""))
        return
    if target.field.startswith("gate_") and f"{value:g}" not in LEVELS:
        to.says.finding("unknown_level", cell, "no level of a gate", ", ".join(LEVELS))
        return
    value = whole_units(value) if spec.type == "integer" else significant(value)
    unit = f"{target.currency}@{target.price_year}" if target.currency else None
    if to.first(target.field, cell, f"{value:g}"):
        to.says.add(target.field, number=value, raw=cell.raw, place=cell.place, unit=unit)


# -- dates ---------------------------------------------------------------------------------------
def when_of(to: Stating, cell: Cell, target: Target) -> When | None:
    """The date of a cell; 03/04/2025 only where the mapping says which comes first."""
    if target.day_first is None and isinstance(cell.value, str) \
            and TWO_READINGS.fullmatch(cell.text):
        first, second = re.split(r"[/.]", cell.text)[:2]
        if int(first) != int(second):
            to.says.finding("unreadable_date", cell, "day and month may be meant either way round",
                            "YYYY-MM-DD; or 'day_first: yes' or 'no' on the column")
            return None
    return to.says.when(cell, day_first=target.day_first is not False)


def state_date(to: Stating, cell: Cell, target: Target) -> None:
    """A date, planned or actual as the column says, or as the row's stage does."""
    when = when_of(to, cell, target)
    if when is None:
        return
    name = target.field
    if name in BY_STATUS:
        kind = _kind(to, BY_STATUS[name], when)
        if not kind:
            _keep_both(to, cell, BY_STATUS[name])
            return
        name = f"{BY_STATUS[name]}_{kind}_date"
    if to.first(name, cell, str(when.first)):
        to.says.add(name, when=when.first, precision=when.precision, raw=cell.raw,
                    place=cell.place)


def _kind(to: Stating, milestone: str, when: When) -> str:
    """'planned' or 'actual' by the row's stage; '' where its status says nothing of it."""
    if to.keeps_stage:
        return "planned" if when.first > to.published else ""
    return "actual" if _reached(to.stage, REACHED[milestone]) else "planned"


def _keep_both(to: Stating, cell: Cell, milestone: str) -> None:
    for kind in ("planned", "actual"):
        to.says.keep(f"{milestone}_{kind}_date")
    to.says.finding("planned_or_actual", cell, "the status does not say whether this has happened: "
                    "not read, what was known stays",
                    f"the column mapped to {milestone}_actual_date or {milestone}_planned_date")


def _reached(stage: str | None, needed: str) -> bool:
    return stage is not None and STAGES[stage_range(stage)[0]].rank >= STAGES[needed].rank


# -- capacities ----------------------------------------------------------------------------------
def _quantity(to: Stating, cell: Cell, target: Target, substance: str | None) -> Quantity | None:
    unit_cell = to.row.get(target.unit_column) if target.unit_column else None
    unit = unit_cell.text if unit_cell and not to.said_nothing(unit_cell) else target.unit or None
    to.sizes.append(f"{cell.text} {unit or ''}".strip())
    if unit and unit_cell and parse_unit(unit) is None:
        to.says.finding("unknown_unit", unit_cell, "no known unit of a capacity",
                        "a unit of units.csv, such as kt/y, t/d or MW")
        return None
    value = cell.value if isinstance(cell.value, int | float) else cell.text
    stock = parse_unit(unit) if unit else None
    if stock is not None and target.period and stock.unit in STOCKS:
        unit = f"{unit}/{target.period}"
    try:
        return parse_quantity(value, default_unit=unit, default_period=target.period or None,
                              substance=substance, decimal_comma=target.decimal_comma)
    except UnreadableQuantity as error:
        to.says.finding("unreadable_size", cell, error.reason, error.accepted)
        return None


def _one(to: Stating, cell: Cell, quantity: Quantity) -> float | None:
    if quantity.low is None or quantity.low != quantity.high:
        to.says.finding("range_of_sizes", cell, "a range, not one capacity",
                        "one number with a unit")
        return None
    value = whole_units(quantity.low)
    if value < 1:
        to.says.finding("number_out_of_range", cell, f"less than one {quantity.unit}",
                        f"a capacity of at least one {quantity.unit}")
        return None
    return value


def state_capacity(to: Stating, cell: Cell, target: Target) -> None:
    """A capacity of the column's product, or of the row's; MW of electrolysis are its input."""
    product = target.of or to.said.get("product") or to.defaults.get("product", "")
    if product not in PRODUCTS:
        to.sizes.append(cell.text)
        to.says.finding("capacity_without_product", cell, "capacity of what is not said",
                        "a product in the row, under defaults, or 'of: PRODUCT' on the column")
        return
    quantity = _quantity(to, cell, target, SUBSTANCES.get(product, product))
    value = _one(to, cell, quantity) if quantity else None
    if quantity is None or value is None:
        return
    route = to.said.get("route") or to.defaults.get("route", "")
    if quantity.unit == "kW" and route == "electrolysis":
        product = "electrolyser"
    spec = PRODUCTS[product]
    expected = SUBSTANCES.get(product, product)
    if quantity.unit != spec.base_unit or quantity.substance not in (None, expected):
        said = " of ".join(filter(None, (quantity.unit, quantity.substance)))
        to.says.finding("wrong_unit", cell, f"{said} is no capacity of {product}",
                        f"a unit that gives {spec.base_unit} of {product}"
                        + ("; MW need route electrolysis" if quantity.unit == "kW" else ""))
        return
    if to.first(spec.capacity_field, cell, f"{value:g}"):
        to.says.add(spec.capacity_field, number=value, raw=to.sizes[-1], place=cell.place)


def state_quantity(to: Stating, cell: Cell, target: Target) -> None:
    """A number field that may come in another unit than its own."""
    unit, substance = QUANTITIES[target.field]
    quantity = _quantity(to, cell, target, substance)
    value = _one(to, cell, quantity) if quantity else None
    if quantity is None or value is None:
        return
    if quantity.unit != unit:
        to.says.finding("wrong_unit", cell, f"{quantity.unit} is not {unit}",
                        f"a unit that gives {unit}")
    elif to.first(target.field, cell, f"{value:g}"):
        to.says.add(target.field, number=value, raw=to.sizes[-1], place=cell.place)
