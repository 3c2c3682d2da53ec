"""Capacities as sources print them, read without a silent guess.

'2-10MW', '2x120kw', '912,5 kt NH3/y' and '>500 MW' become numbers in the base units of `units.csv`,
each with the text it came from and a note of what the conversion assumes. What has two readings,
or none, raises UnreadableQuantity with the reason and what would have been accepted.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

from groundbreak.vocabulary.numerals import UnreadableQuantity
from groundbreak.vocabulary.quantity_texts import (
    Reader,
    Span,
    Stated,
    column_unit,
    joined,
    read_column,
    settle,
)
from groundbreak.vocabulary.units import PERIODS, Context, Tail, Unit, parse_unit

__all__ = [
    "Quantity",
    "Unit",
    "UnreadableQuantity",
    "parse_quantities",
    "parse_quantity",
    "parse_unit",
]

_TOO_LARGE = 10**30  # in any unit; beyond it a cell holds no capacity
_APPROXIMATE = "approximate, as the source says"


@dataclass(frozen=True)
class Quantity:
    """One stated quantity in a base unit.

    `low` and `high` are in `unit` and equal where the source gives one number; `high` is None for
    an open end ('>0'), `low` is None where only a ceiling is stated ('<5 MW', 'up to 100 MW').
    `substance` is named by the text or declared for the column, `original` is the text as it came,
    `basis` says what the conversion assumes, or None.
    """

    low: float | None
    high: float | None
    unit: str
    substance: str | None
    original: str
    basis: str | None


def parse_quantity(
    text: str | float | int,
    *,
    default_unit: str | None = None,
    default_period: str | None = None,
    substance: str | None = None,
    density_kg_per_l: float | None = None,
    decimal_comma: bool | None = None,
) -> Quantity:
    """The one quantity that a cell states, in its base unit.

    `default_unit` is the unit of a bare number ('ttpa', 'Mt CO2/yr'); a unit in the text goes
    before it. `default_period` ('y', 'd', 'h') completes '1.5 Mt' where the column is per year.
    `substance` names what the column is about where the text does not; `density_kg_per_l` (kg/L)
    overrides the table's density; `decimal_comma` decides '1,234' for a whole column.
    Raises UnreadableQuantity, also where the text states several quantities: `parse_quantities`
    returns those.
    """
    found = parse_quantities(
        text, default_unit=default_unit, default_period=default_period, substance=substance,
        density_kg_per_l=density_kg_per_l, decimal_comma=decimal_comma,
    )
    if len(found) > 1:
        kinds = " and ".join(_kind(quantity) for quantity in found)
        raise UnreadableQuantity(
            f"the text states {len(found)} quantities: {kinds}", "one quantity; parse_quantities "
            "returns all of them",
        )
    return found[0]


def parse_quantities(
    text: str | float | int,
    *,
    default_unit: str | None = None,
    default_period: str | None = None,
    substance: str | None = None,
    density_kg_per_l: float | None = None,
    decimal_comma: bool | None = None,
) -> tuple[Quantity, ...]:
    """Every quantity that a cell states ('0.6MW - 120 Nm3 H2/h' states two), never empty.

    Quantities of one unit and substance join: with '-' or 'to' as a range, with '+' as a sum; other
    pairs that differ contradict each other and raise. Arguments as for `parse_quantity`.
    """
    context = Context(_period(default_period), substance, density_kg_per_l)
    column = read_column(default_unit, context) if default_unit is not None else None
    if isinstance(text, str):
        stated = Reader(text, context, column, decimal_comma).read()
    else:
        unit = column_unit(Tail(), column)
        stated = [Stated(_printed(text).times(unit.factor), unit, "")]
    return tuple(_finish(item, str(text)) for item in settle(stated))


def _kind(quantity: Quantity) -> str:
    named = quantity.substance if quantity.substance not in quantity.unit.split() else None
    return f"{quantity.unit} of {named}" if named else quantity.unit


def _period(name: str | None) -> str | None:
    if name is not None and name.lower() not in PERIODS:
        raise UnreadableQuantity(f'"{name}" is no period', ", ".join(PERIODS))
    return PERIODS[name.lower()].means if name is not None else None


def _printed(value: float | int) -> Span:
    """A spreadsheet's number, exactly as the sheet shows it (0.1 is one tenth)."""
    if isinstance(value, bool) or (isinstance(value, float) and not math.isfinite(value)):
        raise UnreadableQuantity("the value is no finite number", "a finite number, 0 or more")
    if value < 0:
        raise UnreadableQuantity("the value is negative", "0 or more")
    if value >= _TOO_LARGE:
        raise UnreadableQuantity("the value is too large", "a capacity of this world")
    exact = Fraction(repr(value)) if isinstance(value, float) else Fraction(value)
    return Span(exact, exact)


def _finish(item: Stated, original: str) -> Quantity:
    about = _APPROXIMATE if item.span.approximate else None
    return Quantity(
        _float(item.span.low), _float(item.span.high), item.unit.unit, item.unit.substance,
        original, joined(about, item.unit.basis),
    )


def _float(value: Fraction | None) -> float | None:
    if value is not None and value >= _TOO_LARGE:
        raise UnreadableQuantity("the value is too large", "a capacity of this world")
    return None if value is None else float(value)
