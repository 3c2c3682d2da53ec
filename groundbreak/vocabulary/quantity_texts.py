"""From the text of a cell to exact statements: heads, numbers, units and what joins them.

A cell reads from left to right as head ('up to', '~'), numbers ('2-10', '2x120'), unit words, and
a connector that may lead to the next statement. `quantities` is the public face.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from fractions import Fraction

from groundbreak.vocabulary.numerals import NUMBER, UnreadableQuantity, number, tidy
from groundbreak.vocabulary.units import (
    ACCEPTED,
    CONNECTOR,
    FLOW_OF,
    IGNORED_WORD,
    Context,
    Tail,
    Unit,
    convert,
    parse_unit,
    read_tail,
    set_notes_aside,
)

_HEAD = re.compile(
    r"(?P<low>>=?|≥|(?:at least|more than|over|above|minimum)(?= ))"
    r"|(?P<high><=?|≤|(?:up to|at most|less than|below|under|maximum)(?= ))"
    r"|(?P<about>~|≈|approx\.?|(?:approximately|about|around|circa|roughly|ca\.?)(?= ))",
    re.IGNORECASE,
)
# What joins two numbers that share one unit: '2x120', '2-10', '5 to 8', '120+60'.
_JOIN = re.compile(r" ?(x|\*|-|\+|to(?= )) ?(?=[0-9.])", re.IGNORECASE)
_OPEN_END = re.compile(r"\+(?= ?[A-Za-z])")  # '500+ MW'


@dataclass(frozen=True)
class Span:
    """The exact numbers of one quantity; None is an open end."""

    low: Fraction | None
    high: Fraction | None
    approximate: bool = False

    def times(self, factor: Fraction) -> Span:
        """The span in another unit."""
        low = None if self.low is None else self.low * factor
        return replace(self, low=low, high=None if self.high is None else self.high * factor)


@dataclass(frozen=True)
class Stated:
    """One quantity in base units, exact, with the connector that leads to it."""

    span: Span
    unit: Unit
    joined_by: str

    @property
    def is_point(self) -> bool:
        """Whether one number stands here, with no open end."""
        return self.span.low is not None and self.span.low == self.span.high

    def key(self) -> tuple[str, str | None]:
        """What two statements must share to speak of one value."""
        return self.unit.unit, self.unit.substance

    def merged(self, other: Stated, span: Span, note: str | None = None) -> Stated:
        """Both statements as one with `span`."""
        basis = joined(self.unit.basis, other.unit.basis, note)
        return replace(self, span=span, unit=replace(self.unit, basis=basis))


@dataclass(frozen=True)
class Column:
    """What the unit text of a column says: its unit, and the period printed in it."""

    unit: Unit
    period: str | None


def read_column(text: str, context: Context) -> Column:
    """The column's own unit, and the period that it lends to a '1.5 Mt' without one."""
    unit = parse_unit(
        text, substance=context.substance, density_kg_per_l=context.density_kg_per_l
    )
    if unit is None:
        raise UnreadableQuantity(
            f'"{text[:60]}" is no known unit of a column', "a unit of units.csv"
        )
    return Column(unit, read_tail(set_notes_aside(tidy(text))[0], 0)[0].period)


def column_unit(tail: Tail, column: Column | None) -> Unit:
    """The column's unit for a number whose tail names none."""
    if column is None:
        raise UnreadableQuantity("the number has no unit, and the column declares none", ACCEPTED)
    unit = column.unit
    if tail.role or (tail.substance and unit.substance not in (None, tail.substance)):
        raise UnreadableQuantity("the text contradicts the unit of its column", ACCEPTED)
    return Unit(
        unit.unit, unit.factor * (tail.scale or 1), tail.substance or unit.substance,
        joined(*tail.remarks, unit.basis),
    )


def joined(*notes: str | None) -> str | None:
    """The notes that say something, each once."""
    return "; ".join(dict.fromkeys(note for note in notes if note)) or None


class Reader:
    """Reads one text from left to right: head, numbers, unit; connector; and so on."""

    def __init__(
        self, text: str, context: Context, column: Column | None, decimal_comma: bool | None
    ) -> None:
        self.text, self.notes = set_notes_aside(tidy(text))
        self.context, self.column, self.decimal_comma = context, column, decimal_comma
        self.here = 0

    def read(self) -> list[Stated]:
        """Every quantity of the text in base units, in order."""
        if not re.search("[0-9]", self.text):
            raise UnreadableQuantity("no number outside brackets", ACCEPTED)
        stated, joined_by = [self._one("")], ""
        while self.here < len(self.text):
            joined_by = ""
            if found := CONNECTOR.match(self.text, self.here):
                self.here, joined_by = found.end(), found[0].strip().lower()
            stated.append(self._one(joined_by))
        return stated

    def _one(self, joined_by: str) -> Stated:
        bound = self._head()
        span = self._span(bound)
        tail, self.here = read_tail(self.text, self.here)
        tail.remarks += [f'the text adds "{note}"' for note in self.notes]
        if tail.row is None:
            unit = column_unit(tail, self.column)
        else:
            unit = convert(tail, self._context_of(tail))
        return Stated(span.times(unit.factor), unit, joined_by)

    def _context_of(self, tail: Tail) -> Context:
        """The column's context, with its period only where text and column measure alike."""
        column, row = self.column, tail.row
        if self.context.period or column is None or row is None:
            return self.context
        alike = FLOW_OF.get(row.means) == column.unit.unit
        return replace(self.context, period=column.period if alike else None)

    def _head(self) -> str:
        """Skip words that say nothing; return 'low', 'high', 'about' or '' for the bound."""
        bound = ""
        while self.here < len(self.text):
            if self.text[self.here] == " ":
                self.here += 1
            elif found := IGNORED_WORD.match(self.text, self.here):
                self.here = found.end()
            elif not bound and (found := _HEAD.match(self.text, self.here)):
                bound, self.here = found.lastgroup or "", found.end()
            else:
                break
        return bound

    def _number(self) -> Fraction:
        found = NUMBER.match(self.text, self.here)
        if not found:
            shown = self.text[self.here : self.here + 30]
            reason = "the number is negative" if shown.startswith("-") else (
                f'"{shown}" is no number' if shown else "the text breaks off"
            )
            raise UnreadableQuantity(reason, ACCEPTED)
        self.here = found.end()
        return number(found[0], decimal_comma=self.decimal_comma)

    def _span(self, bound: str) -> Span:
        """The number or numbers that share the unit which follows."""
        first = self._number()
        span = self._combined(first)
        if not bound:
            return span
        if bound == "about":
            return replace(span, approximate=True)
        if span.low != span.high:
            raise UnreadableQuantity("a range cannot be a bound as well", '"2-10 MW", ">500 MW"')
        return replace(span, high=None) if bound == "low" else replace(span, low=None)

    def _combined(self, first: Fraction) -> Span:
        """'2x120', '2-10', '120+60' and '500+' after their first number."""
        found = _JOIN.match(self.text, self.here)
        if not found:
            if plus := _OPEN_END.match(self.text, self.here):
                self.here = plus.end()
                return Span(first, None)
            return Span(first, first)
        self.here = found.end()
        second, sign = self._number(), found[1].lower()
        if sign == "+":
            return self._sum(first + second)
        if sign in ("x", "*"):
            if first.denominator != 1:
                raise UnreadableQuantity("a count of units is not whole", '"2x120 kW"')
            return Span(first * second, first * second)
        return _range(first, second)

    def _sum(self, total: Fraction) -> Span:
        while (found := _JOIN.match(self.text, self.here)) and found[1] == "+":
            self.here = found.end()
            total += self._number()
        return Span(total, total)


def _range(low: Fraction, high: Fraction) -> Span:
    if low > high:
        raise UnreadableQuantity("the range runs downwards", 'the lower number first, "2-10 MW"')
    return Span(low, high)


def settle(stated: list[Stated]) -> list[Stated]:
    """Join the ranges and sums of one unit and substance, and refuse what contradicts itself."""
    settled: list[Stated] = []
    for item in stated:
        same = [place for place, other in enumerate(settled) if other.key() == item.key()]
        if not same:
            settled.append(item)
            continue
        held = settled[same[0]]
        adjacent = same[0] == len(settled) - 1
        if adjacent and item.joined_by in ("-", "to") and held.is_point and item.is_point:
            settled[-1] = held.merged(item, _hull(held.span, item.span))
        elif adjacent and item.joined_by == "+":
            settled[-1] = held.merged(item, _added(held.span, item.span), "sum of stated parts")
        elif held.span != item.span:
            raise UnreadableQuantity(
                f"the text states two different values in {item.unit.unit}",
                'one value, a range "2-10 MW" or a sum "20 MW + 30 MW"',
            )
    return settled


def _hull(first: Span, second: Span) -> Span:
    assert first.low is not None  # both are points
    assert second.low is not None
    return replace(
        _range(first.low, second.low), approximate=first.approximate or second.approximate
    )


def _added(first: Span, second: Span) -> Span:
    def add(one: Fraction | None, other: Fraction | None) -> Fraction | None:
        return None if one is None or other is None else one + other

    return Span(
        add(first.low, second.low), add(first.high, second.high),
        first.approximate or second.approximate,
    )
