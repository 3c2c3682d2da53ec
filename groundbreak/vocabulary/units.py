"""Units of capacity, read from `units.csv`: every factor, density and ambiguous word is a row.

Base units are what the register sums: t/y of matter, kW, Nm3/h of gas, and L/y of a liquid whose
mass is not known. Power, energy, current and intensities are recognised and never become mass.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache

from groundbreak.vocabulary.numerals import NUMBER, UnreadableQuantity, tidy
from groundbreak.vocabulary.terms import read_rows

ACCEPTED = (
    'a number with a unit of units.csv, such as "20 MW", "912,5 kt NH3/y" or "1500 t H2/d"'
)


@dataclass(frozen=True)
class Unit:
    """A unit as text gives it, with its exact conversion.

    A number in the text's unit times `factor` is in `unit`, the base unit. `basis` says what the
    conversion assumes (days a year, density), or None.
    """

    unit: str
    factor: Fraction
    substance: str | None
    basis: str | None


@dataclass(frozen=True)
class Row:
    """One row of units.csv for one spelling."""

    means: str
    factor: Fraction
    per: str
    note: str
    source: str


def _rows(kind: str, *, fold: bool = True) -> dict[str, Row]:
    """The rows of one kind by spelling; folded spellings match in any case."""
    return {
        spelling.lower() if fold else spelling: Row(
            row["means"], Fraction(row["factor"] or 1), row["per"], row["note"], row["source"]
        )
        for row in read_rows("units.csv")
        if row["kind"] == kind
        for spelling in row["term"].split("|")
    }


def _any(spellings: Iterable[str]) -> str:
    """An alternation of literals, the longest first so that 'kt' is never read as 'k'."""
    return "|".join(re.escape(word) for word in sorted(spellings, key=len, reverse=True))


UNITS, AMBIGUOUS = _rows("unit", fold=False), _rows("ambiguous", fold=False)
SCALES, PERIODS, SUBSTANCES = _rows("scale"), _rows("period"), _rows("substance")
ROLES, IGNORED, REMARKS = _rows("role"), _rows("ignored"), _rows("remark")
DENSITIES, GASES = _rows("density"), _rows("gas")
FLOWS = {
    (row["term"], row["per"]): Row(
        row["means"], Fraction(row["factor"] or 1), row["per"], row["note"], row["source"]
    )
    for row in read_rows("units.csv")
    if row["kind"] == "flow"
}
FLOW_OF = {term: row.means for (term, _), row in FLOWS.items()}

_END = r"(?![A-Za-z0-9])"
_SUBSTANCE = rf"(?:{_any(SUBSTANCES)}){_END}"
# 'ktH2' is a unit with its substance glued on, so a unit may also end where a substance begins.
_UNIT_END = rf"(?={_END}|(?i:{_SUBSTANCE}))"
_UNIT = re.compile(rf"({_any([*UNITS, *AMBIGUOUS])}){_UNIT_END}")
_SCALE = re.compile(rf"({_any(SCALES)}){_END}", re.IGNORECASE)
_PERIOD = re.compile(rf"(?:/ ?|per )({_any(PERIODS)}){_END}|(p\.?a\.?){_END}", re.IGNORECASE)
_PER_TONNE = re.compile(rf"/ ?t{_END}")
_SUBSTANCE_WORD = re.compile(rf"/?({_SUBSTANCE})", re.IGNORECASE)
_ROLE = re.compile(rf"({_any(ROLES)}){_END}", re.IGNORECASE)
_REMARK = re.compile(rf"({_any(REMARKS)}){_END}", re.IGNORECASE)
# 'kt H2/y - production': the dash introduces a word that says nothing, not a second quantity.
IGNORED_WORD = re.compile(rf"(?:[,-] ?)?({_any(IGNORED)}){_END}", re.IGNORECASE)
CONNECTOR = re.compile(
    r" ?(?:[-,;+=]|(?:or|and|to|using|converted to)(?![A-Za-z]))", re.IGNORECASE
)
_BRACKETS = re.compile(r"\(([^()]*)\)")
_TARGET_YEAR = re.compile(r"by (?:19|20)[0-9]{2}(?![0-9])")


@dataclass
class Tail:
    """What follows a number, piece by piece, before its conversion is known."""

    spelling: str | None = None
    row: Row | None = None
    scale: Fraction | None = None
    period: str | None = None
    substance: str | None = None
    role: str | None = None
    per_tonne: bool = False
    remarks: list[str] = field(default_factory=list)

    def put(self, name: str, value: object, shown: str) -> None:
        """Set a piece once; a second, different one would make the text contradict itself."""
        held = getattr(self, name)
        if held not in (None, value):
            raise UnreadableQuantity(f'"{shown}" contradicts what stands before it', ACCEPTED)
        setattr(self, name, value)


@dataclass(frozen=True)
class Context:
    """What a column declares about its cells; the text of a cell goes before it."""

    period: str | None = None
    substance: str | None = None
    density_kg_per_l: float | None = None


def read_tail(text: str, start: int) -> tuple[Tail, int]:
    """Read unit words from `start` up to the next number, connector or end of the text.

    Raises UnreadableQuantity at the first word that is none of the table's.
    """
    tail, here = Tail(), start
    while here < len(text):
        if text[here] == " ":
            here += 1
            continue
        step = _step(tail, text, here)
        if step is None:
            break
        here = step
    return tail, here


def _step(tail: Tail, text: str, here: int) -> int | None:
    """Read one piece and return where it ends, or None where the tail ends."""
    if found := IGNORED_WORD.match(text, here):
        return found.end()
    if tail.row is None and (found := _UNIT.match(text, here)):
        _take_unit(tail, found[1])
    elif tail.row is None and (found := _SCALE.match(text, here)):
        tail.put("scale", SCALES[found[1].lower()].factor, found[1])
    elif tail.row is not None and (found := _PERIOD.match(text, here)):
        tail.put("period", PERIODS[found[1].lower()].means if found[1] else "y", found[0])
    elif found := _PER_TONNE.match(text, here):
        _take_per_tonne(tail, found[0])
    elif found := _SUBSTANCE_WORD.match(text, here):
        tail.put("substance", SUBSTANCES[found[1].lower()].means, found[1])
    elif found := _ROLE.match(text, here):
        tail.put("role", ROLES[found[1].lower()].means, found[1])
    elif found := _REMARK.match(text, here):
        tail.remarks.append(REMARKS[found[1].lower()].note)
    elif NUMBER.match(text, here) or CONNECTOR.match(text, here):
        return None
    else:
        raise UnreadableQuantity(
            f'"{text[here : here + 30]}" is no known unit, period or substance', ACCEPTED
        )
    return found.end()


def _take_unit(tail: Tail, spelling: str) -> None:
    if spelling in AMBIGUOUS:
        raise UnreadableQuantity(
            f'"{spelling}" could be {AMBIGUOUS[spelling].means}', '"t", "kt", "Mt" or "short t"'
        )
    tail.spelling, tail.row = spelling, UNITS[spelling]
    tail.period = tail.row.per or None


def _take_per_tonne(tail: Tail, shown: str) -> None:
    """'tCO2/t alumina', 'kWh/t': an intensity, whose second substance is the product's."""
    if tail.row is None or tail.period or tail.per_tonne:
        raise UnreadableQuantity(f'"{shown}" follows no unit', ACCEPTED)
    if tail.row.means not in ("MWh", "GJ") and (tail.row.means, tail.substance) != ("t", "co2"):
        raise UnreadableQuantity('"/t" is an intensity only of energy or CO2', '"tCO2/t", "kWh/t"')
    tail.per_tonne, tail.substance = True, None


def set_notes_aside(text: str) -> tuple[str, list[str]]:
    """The text without its bracketed notes and target years, and those that say something.

    A bracket that holds only a unit word ('100 MW (el)', '50 kt/y (NH3)') is part of the quantity
    and stays, without its brackets; any other is a remark that the caller keeps in the basis.
    """
    notes: list[str] = []

    def place(found: re.Match[str]) -> str:
        inside = found[1].strip()
        if _is_unit_words(inside):
            return f" {inside} "
        notes.append(inside)
        return " "

    while True:
        shorter = _BRACKETS.sub(place, text)
        if shorter == text:
            break
        text = shorter
    notes += _TARGET_YEAR.findall(text)
    return " ".join(_TARGET_YEAR.sub(" ", text).split()), notes


def _is_unit_words(text: str) -> bool:
    try:
        return bool(text) and read_tail(text, 0)[1] == len(text)
    except UnreadableQuantity:
        return False


def convert(tail: Tail, context: Context) -> Unit:
    """The tail as a base unit with its factor. Raises UnreadableQuantity for impossible pairs."""
    row = tail.row
    if row is None:
        raise UnreadableQuantity("the number has no unit", ACCEPTED)
    # The product a column is about says nothing of power or current in one of its cells.
    can_flow = row.means in FLOW_OF or row.means == "m3"
    substance = tail.substance or (context.substance if can_flow else None)
    notes = [*tail.remarks, row.note]
    means, factor = _settle_volume(row, substance, notes)
    factor *= tail.scale or 1
    unit, rate = _per_period(means, tail, tail.period or _completed(means, tail, context, notes),
                             substance, notes)
    unit, factor = _weigh(unit, factor * rate, substance, context.density_kg_per_l, notes)
    unit, substance = _name_role(unit, substance, tail.role)
    return Unit(unit, factor, substance, "; ".join(note for note in notes if note) or None)


def _settle_volume(row: Row, substance: str | None, notes: list[str]) -> tuple[str, Fraction]:
    """A plain m3 is a normal cubic metre of a named gas, and otherwise 1,000 litres."""
    if row.means != "m3":
        return row.means, row.factor
    if substance in GASES:
        notes.append("m3 of gas taken as normal cubic metres (0 °C, 1.01325 bar)")
        return "Nm3", row.factor
    return "L", row.factor * 1000


def _completed(means: str, tail: Tail, context: Context, notes: list[str]) -> str | None:
    """The period that the column declares, for a unit that can have one and names none."""
    if means not in FLOW_OF or tail.per_tonne or context.period is None:
        return None
    notes.append(f"no period in the text: per {context.period} as the column states")
    return context.period


def _per_period(
    means: str, tail: Tail, period: str | None, substance: str | None, notes: list[str]
) -> tuple[str, Fraction]:
    """The flow unit of `means` and the factor from the text's period to it."""
    if tail.per_tonne:
        return ("tCO2/t" if means == "t" else f"{means}/t"), Fraction(1)
    if period is None:
        return means, Fraction(1)
    if (means, substance, period) == ("t", "steam", "h"):
        return "t/h steam", Fraction(1)  # boilers are sized by the hour, never annualised
    if (means, period) not in FLOWS:
        raise UnreadableQuantity(f"{means} per {period} is no capacity", ACCEPTED)
    flow = FLOWS[means, period]
    notes.append(flow.note)
    return flow.means, flow.factor


def _weigh(
    unit: str, factor: Fraction, substance: str | None, density: float | None, notes: list[str]
) -> tuple[str, Fraction]:
    """Litres to tonnes, only with a declared density or one of the table's with its source."""
    if unit not in ("L", "L/y"):
        return unit, factor
    if density is not None:
        kg_per_l, source = Fraction(str(density)), "declared by the caller"
    elif substance in DENSITIES:
        kg_per_l, source = DENSITIES[substance].factor, DENSITIES[substance].source
    else:
        return unit, factor
    notes.append(f"volume to tonne at {float(kg_per_l):.2f} kg/L ({source})")
    return unit.replace("L", "t"), factor * kg_per_l / 1000


def _name_role(unit: str, substance: str | None, role: str | None) -> tuple[str, str | None]:
    """Keep what must never be summed with the base unit apart from it, by name."""
    if unit == "kW" and role is None and substance:
        return f"kW {substance}", substance  # the power of a product flow is no electrical input
    if not role or (unit.startswith("kW") and unit == f"kW {role}"):
        return unit, substance
    if role == "avoided" and unit == "t/y" and substance == "co2":
        return unit, "co2_avoided"
    if (unit == "kW" and role in ("thermal", "generation")) or (unit, role) == ("t", "storage"):
        return f"{unit} {role}", substance
    raise UnreadableQuantity(f'"{role}" does not go with {unit}', ACCEPTED)


@lru_cache(maxsize=4096)
def parse_unit(
    text: str, *, substance: str | None = None, density_kg_per_l: float | None = None
) -> Unit | None:
    """A unit text ('t/yr e-methanol', 'MGY', 'short t/yr') or None where it cannot be read.

    `substance` is what the column is about, for texts that name none; `density_kg_per_l` (kg/L)
    overrides the table's when a volume becomes mass.
    """
    try:
        flat, notes = set_notes_aside(tidy(text))
        tail, end = read_tail(flat, 0)
        if end < len(flat):
            return None
        tail.remarks += [f'the text adds "{note}"' for note in notes]
        return convert(tail, Context(None, substance, density_kg_per_l))
    except UnreadableQuantity:
        return None
