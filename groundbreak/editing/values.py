"""Values as people type them: text of a cell or an option ↔ the typed value of a field.

`shown` and `read` are each other's inverse: what an export writes comes back as the same value.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache

from groundbreak.editing.edits import Value
from groundbreak.sources.dates import ACCEPTED_DATES, UnreadableDate, When, parse_when
from groundbreak.sources.doubtful import MAX_CELL_CHARACTERS
from groundbreak.sources.statements import MAX_NUMBER, significant, whole_units
from groundbreak.sources.template import LEVELS, LISTS, TWO_READINGS
from groundbreak.vocabulary import countries
from groundbreak.vocabulary.fields import Field, capacity_fields, field
from groundbreak.vocabulary.quantities import UnreadableQuantity, parse_quantity
from groundbreak.vocabulary.terms import STAGES, stage_range

CURRENCY = re.compile(r"[A-Z]{3}@(19|20)\d\d")
URL = re.compile(r"https?://[^\s<>\"']+")
CLEAR, NOT_APPLICABLE = "#CLEAR", "#N/A"
_MARK = re.compile(r"#(CLEAR|N/?A|REF!|VALUE!|NAME\?|DIV/0!|NUM!|NULL!)", re.IGNORECASE)
ACCURACIES = ("exact", "approximate", "region", "country")
ORIGINS = ("new_intervention", "legacy")
_CHOICES: Mapping[str, tuple[str, ...]] = {
    **{name: words for name, words in LISTS.items() if name != "evidence_grade"},
    "location_accuracy": ACCURACIES, "origin": ORIGINS,
}
_LISTED = frozenset({"sectors_served"})  # several words joined by ';'
_RANGES = {"latitude": (-90.0, 90.0), "longitude": (-180.0, 180.0)}
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_SUBSTANCES = {"co2_captured": "co2", "electrolyser": None}  # as texts of capacities call them


@dataclass(frozen=True)
class Unusable(Exception):
    """What was typed is no value of the field."""

    why: str
    accepted: str

    def __str__(self) -> str:
        return f"{self.why}; accepted: {self.accepted}"


@dataclass(frozen=True)
class Mark:
    """What is typed instead of a value: it is taken away, or, with a reason, does not apply."""

    not_applicable: bool = False
    reason: str = ""


def mark(text: str) -> Mark | None:
    """The mark that `text` is, or None for a value. Raises Unusable for #N/A without a reason."""
    if text.upper() == CLEAR:
        return Mark()
    if not text.upper().startswith(NOT_APPLICABLE):
        return None
    reason = text[len(NOT_APPLICABLE):].strip(" :-")
    if not reason:
        raise Unusable("#N/A without a reason", "such as '#N/A imports its power'")
    return Mark(True, reason)


def choices(name: str) -> tuple[str, ...]:
    """The words of a pick-list for a field, or none where anything may be typed."""
    if name.startswith("gate_"):
        return LEVELS
    return _CHOICES.get(name, ())


# -- writing -------------------------------------------------------------------------------------
def shown(name: str, value: Value | None) -> str | float | None:
    """What an export writes for a value: text, a number, or None for no value.

    Dates are text that says their precision (2028, 2028-06, 2028-Q2, 2028-06-30), so that no
    spreadsheet takes a year for a day of 1905.
    """
    if value is None:
        return None
    if value.day is not None:
        return _shown_day(value.day, value.precision or "day")
    if value.number is not None:
        number = significant(value.number)
        return int(number) if number.is_integer() and abs(number) < 1e15 else number
    return plain(value.text or "") or None


def plain(text: str) -> str:
    """`text` as a cell of a workbook can hold it and a reader hands it back."""
    text = _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return re.sub(r"[ \t\u00a0\u202f]+", " ", text).strip()[:MAX_CELL_CHARACTERS]


def _shown_day(day: date, precision: str) -> str:
    if precision == "year":
        return f"{day.year:04d}"
    if precision == "quarter":
        return f"{day.year:04d}-Q{(day.month + 2) // 3}"
    return day.isoformat()[:7] if precision == "month" else day.isoformat()


# -- reading -------------------------------------------------------------------------------------
def read(name: str, typed: object, *, unit: str | None = None) -> Value:
    """The value that `typed` (a cell's value or a text) gives the field `name`.

    `unit` is the currency and price year of an amount of money. Raises KeyError for an unknown
    field and Unusable, which says what is accepted.
    """
    spec = field(name)
    if spec.type == "date":
        return _date(name, typed)
    if spec.type in ("number", "integer"):
        return _number(spec, typed, unit)
    text = plain(_text(typed))
    if not text:
        raise Unusable("blank", "a value")
    if _MARK.match(text):
        raise Unusable(f"{text[:40]!r} is neither a mark nor a value",
                       "#CLEAR alone, #N/A with a reason, or text that begins otherwise")
    return Value(text=_reader(name)(text))


def _text(typed: object) -> str:
    if isinstance(typed, datetime):
        return typed.date().isoformat()
    if isinstance(typed, float) and typed.is_integer() and abs(typed) < 1e15:
        return str(int(typed))
    return str(typed)


@cache
def _reader(name: str) -> Callable[[str], str]:
    if name == "country":
        return _country
    if name == "stage":
        return _stage
    words = choices(name)
    if not words:
        return str
    return lambda text: _words(text, words, name in _LISTED)


def _words(text: str, words: tuple[str, ...], several: bool) -> str:
    asked = [word.strip() for word in text.casefold().split(";")] if several else [text.casefold()]
    for word in asked:
        if word not in words:
            raise Unusable(f"{word!r} is not in the list", ", ".join(words))
    return ";".join(dict.fromkeys(asked))


def _country(text: str) -> str:
    codes = countries.lookup_all(text)
    if not codes:
        raise Unusable(f"no country {text!r}", "ISO 3166 names or codes, several joined by ';'")
    return ";".join(codes)


def _stage(text: str) -> str:
    try:
        low, high = stage_range(text.casefold())
    except ValueError:
        raise Unusable(f"no stage {text!r}",
                       f"{', '.join(STAGES)}; or a range such as feasibility..feed") from None
    return low if low == high else f"{low}..{high}"


def when(typed: object) -> When:
    """A date as typed. Raises Unusable, also where day and month may be meant either way."""
    if isinstance(typed, str) and TWO_READINGS.fullmatch(typed.strip()):
        first, second = re.split(r"[/.]", typed.strip())[:2]
        if int(first) != int(second):
            raise Unusable(f"{typed!r}: day and month may be meant either way", "YYYY-MM-DD")
    try:
        found = parse_when(typed)
    except UnreadableDate as error:
        raise Unusable(str(error), ACCEPTED_DATES) from None
    if found is None:
        raise Unusable(f"{typed!r} is no date", ACCEPTED_DATES)
    return found


def _date(name: str, typed: object) -> Value:
    found = when(typed)
    return Value(day=found.first, precision=found.precision)


def _number(spec: Field, typed: object, unit: str | None) -> Value:
    money = spec.unit == "currency@price_year"
    if money and not (unit and CURRENCY.fullmatch(unit)):
        raise Unusable(f"money without its currency and price year ({unit or 'blank'})",
                       "such as USD@2023 beside the amount")
    number = _float(spec, typed)
    low, high = _bounds(spec)
    if not low <= number <= high:
        raise Unusable(f"{number:g} is not within {low:g} and {high:g} {spec.unit}",
                       f"a number from {low:g} to {high:g}")
    if spec.type == "integer":
        _refuse_fraction(spec, typed, number)
        number = whole_units(number)
    return Value(number=significant(number), unit=unit if money else None)


def _refuse_fraction(spec: Field, typed: object, number: float) -> None:
    """A bare number with a fraction is no count of the field's unit: 1.234 t/y may be 1,234."""
    bare = not (isinstance(typed, str) and re.search(r"[^\W\d_]", typed))
    if bare and not number.is_integer():
        raise Unusable(f"{typed} is no whole number of {spec.unit}",
                       f"a whole number of {spec.unit}, or one with its unit such as 1.234 kt/y")


def _bounds(spec: Field) -> tuple[float, float]:
    if spec.name.startswith("gate_"):
        return 1.0, 4.0
    if spec.unit == "share":
        return 0.0, 1.0
    return _RANGES.get(spec.name, (0.0, MAX_NUMBER))


def _float(spec: Field, typed: object) -> float:
    """The number; a text may carry a unit where the field is a capacity ('1.2 Mt/y')."""
    if isinstance(typed, bool):
        raise Unusable(f"{typed} is not a number", f"a number of {spec.unit}")
    if isinstance(typed, int | float):
        number = float(typed)
    else:
        number = _number_of_text(spec, _text(typed).strip())
    if not math.isfinite(number):
        raise Unusable("not a finite number", f"a number of {spec.unit}")
    return number


def _number_of_text(spec: Field, text: str) -> float:
    product = capacity_fields().get(spec.name)
    try:
        return float(text)
    except ValueError:
        if product is None:
            raise Unusable(f"{text[:40]!r} is not a number", f"a plain number of {spec.unit}"
                           ) from None
    substance = _SUBSTANCES.get(product, product)
    try:
        found = parse_quantity(text, default_unit=spec.unit, substance=substance)
    except UnreadableQuantity as error:
        raise Unusable(f"{text[:40]!r}: {error.reason}", error.accepted) from None
    if found.unit != spec.unit or found.low is None or found.low != found.high or (
            found.substance not in (None, substance)):
        raise Unusable(f"{text[:40]!r} is not one capacity in {spec.unit}",
                       f"a number of {spec.unit}, or one with its unit such as 120 kt/y")
    return found.low
