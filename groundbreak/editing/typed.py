"""Edits typed as FIELD=VALUE, with one source for all of them."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from groundbreak.editing.columns import editable_fields
from groundbreak.editing.edits import Edit, Value
from groundbreak.editing.judging import CLEAR, NOT_APPLICABLE
from groundbreak.editing.values import Unusable, read
from groundbreak.vocabulary import countries
from groundbreak.vocabulary.fields import field
from groundbreak.vocabulary.terms import PRODUCTS

WITHIN = 40  # characters of a value that messages show


@dataclass(frozen=True)
class Told:
    """The evidence of edits typed by hand."""

    source: str
    known: date | None
    grade: int = 4
    publisher: str = ""
    correction: bool = False
    why: str = ""


def parse_pairs(values: Sequence[str]) -> dict[str, str]:
    """FIELD=VALUE texts as field → typed value.

    Raises ValueError for a text without '=', a field that cannot be edited (with near ones), or a
    field that stands twice.
    """
    pairs: dict[str, str] = {}
    for text in values:
        name, mark, value = text.partition("=")
        name = name.strip()
        if not mark or not value.strip():
            raise ValueError(f"{text[:WITHIN]!r}: accepted: FIELD=VALUE, such as stage=committed")
        if name not in editable_fields():
            near = difflib.get_close_matches(name, editable_fields(), n=4, cutoff=0.4)
            raise ValueError(f"no field {name!r} that can be edited; "
                             f"{'did you mean ' + ', '.join(near) if near else 'see docs'}")
        if name in pairs:
            raise ValueError(f"{name} is given twice; accepted: one value")
        pairs[name] = value.strip()
    return pairs


def edits(
    records: Sequence[str], pairs: dict[str, str], told: Told, claims: pl.DataFrame
) -> list[Edit]:
    """One edit a record and field. `claims`: the log, for nothing but its newest day.

    Raises ValueError for missing evidence or a value that its field cannot take.
    """
    missing = [name for name, there in (("--source", told.source), ("--date", told.known))
               if not there]
    if missing or told.known is None:
        raise ValueError(f"evidence missing: {' and '.join(missing)}; accepted: where it is said, "
                         "and the day that was published")
    made = []
    for name, text in pairs.items():
        value, reason = _value(name, text, told)
        made += [Edit(
            record, name, value, told.known, told.grade, told.publisher, told.source, raw=text,
            place=f"--set {name}", reason=reason,
            not_applicable=value is None and text.upper().startswith(NOT_APPLICABLE),
            correction=told.correction and value is not None) for record in records]
    return made


def _value(name: str, text: str, told: Told) -> tuple[Value | None, str]:
    if text.upper() == CLEAR:
        return None, told.why
    if text.upper().startswith(NOT_APPLICABLE):
        reason = text[len(NOT_APPLICABLE):].strip(" :-")
        if not reason:
            raise ValueError(f"{name}: #N/A without a reason; accepted: '#N/A imports its power'")
        return None, reason
    try:
        return value_typed(name, text), told.why
    except Unusable as error:
        raise ValueError(f"{name}={text[:WITHIN]}: {error}") from None


def value_typed(name: str, text: str) -> Value:
    """The value of a text as typed; of money with its currency and price year before the amount.

    Raises Unusable.
    """
    if field(name).unit == "currency@price_year":
        unit, _, amount = text.partition(" ")
        return read(name, amount.strip(), unit=unit)
    return read(name, text)


# -- new projects ----------------------------------------------------------------------------------
def completed(values: Sequence[str], pairs: dict[str, str]) -> list[str]:
    """The values of a new project with what follows from them: activity, sector of the product.

    Raises ValueError where the name is missing.
    """
    if "name" not in pairs:
        raise ValueError("a new project needs a name; accepted: --set name=…")
    more = list(values)
    if "activity" not in pairs:
        more.append(f"activity={'active' if 'stage' in pairs else 'unknown'}")
    product = PRODUCTS.get(pairs.get("product", "").casefold())
    if product is not None and "sector" not in pairs:
        more.append(f"sector={product.default_sector}")
    return more


def namesakes(projects: pl.DataFrame, pairs: dict[str, str]) -> list[str]:
    """Projects of the same name in the same country: 'GB-… name (record)'."""
    name = pairs.get("name", "").casefold()
    same = projects.filter(pl.col("name").str.to_lowercase() == name)
    codes = countries.lookup_all(pairs.get("country", ""))
    if codes:
        same = same.filter(pl.col("country").is_null()
                           | pl.col("country").str.contains("|".join(codes)))
    return [f"{row['project']} {row['name']} ({row['record']})"
            for row in same.head(5).iter_rows(named=True)]
