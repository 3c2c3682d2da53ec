"""Edits typed as FIELD=VALUE, with one source for all of them."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from groundbreak.editing.columns import editable_fields
from groundbreak.editing.edits import Edit, Value
from groundbreak.editing.values import Mark, Unusable, mark, read
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
    records: Sequence[str], pairs: Mapping[str, str], told: Told,
    seen: Mapping[tuple[str, str], int] | None = None,
) -> list[Edit]:
    """One edit a record and field.

    `seen`: (record, field) → the claim that the editor saw holding, where one was shown: what
    nobody had stated is 0. None: the editor was shown nothing. Raises ValueError for missing
    evidence or a value that its field cannot take.
    """
    missing = [name for name, there in (("--source", told.source), ("--date", told.known))
               if not there]
    if missing or told.known is None:
        raise ValueError(f"evidence missing: {' and '.join(missing)}; accepted: where it is said, "
                         "and the day that was published")
    made = []
    for name, text in pairs.items():
        value, meant = _value(name, text)
        made += [Edit(
            record, name, value, told.known, told.grade, told.publisher, told.source, raw=text,
            place=f"--set {name}", reason=meant.reason or told.why,
            not_applicable=meant.not_applicable,
            correction=told.correction and value is not None,
            based_on=None if seen is None else seen.get((record, name), 0)) for record in records]
    return made


def _value(name: str, text: str) -> tuple[Value | None, Mark]:
    """The value, or None and the mark that stands for it."""
    try:
        meant = mark(text)
        return (value_typed(name, text), Mark()) if meant is None else (None, meant)
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
def completed(pairs: Mapping[str, str]) -> dict[str, str]:
    """The values of a new project with what follows from them: activity, sector of the product.

    Raises ValueError where the name is missing.
    """
    if "name" not in pairs:
        raise ValueError("a new project needs a name; accepted: --set name=…")
    more = {"activity": "active" if "stage" in pairs else "unknown"}
    product = PRODUCTS.get(pairs.get("product", "").casefold())
    if product is not None:
        more["sector"] = product.default_sector
    return {**pairs, **{name: value for name, value in more.items() if name not in pairs}}


@dataclass(frozen=True)
class Namesake:
    """A project of the register that bears a name: its record, and how a message names it.

    Of one that was taken back, `text` is the record alone.
    """

    record: str
    text: str


def namesakes(projects: pl.DataFrame, name: str, country: str) -> list[Namesake]:
    """Projects (rows of measures.population) of that name in that country, where both are told."""
    same = projects.filter(pl.col("name").str.to_lowercase() == name.casefold())
    codes = countries.lookup_all(country)
    if codes:
        same = same.filter(pl.col("country").is_null()
                           | pl.col("country").str.contains("|".join(codes)))
    return [Namesake(row["record"], f"{row['project']} {row['name']} ({row['record']})")
            for row in same.sort("record").iter_rows(named=True)]
