"""The shared words as data: sectors, products, routes, stages, activities, milestones, gates.

Every list is a CSV beside this module, so that a reviewer reads and changes words without reading
code. Each list keeps the order of its file; the order of stages is their rank.
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import dataclass
from importlib.resources import files
from typing import TypeVar

VOCABULARY_VERSION = "1"

T = TypeVar("T")


def read_rows(name: str) -> list[dict[str, str]]:
    """Rows of one vocabulary CSV as dictionaries of text."""
    text = files("groundbreak.vocabulary").joinpath(name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def _load(name: str, make: Callable[[dict[str, str]], T]) -> dict[str, T]:
    return {row["name"]: make(row) for row in read_rows(name)}


@dataclass(frozen=True)
class Term:
    """A word with its label and definition."""

    name: str
    label: str
    definition: str


@dataclass(frozen=True)
class Stage:
    """A step from intent to closure; `rank` is ordinal, never a measure."""

    name: str
    label: str
    definition: str
    rank: int


@dataclass(frozen=True)
class Product:
    """A product line. `base_unit` is what capacities are whole numbers of."""

    name: str
    label: str
    base_unit: str
    default_sector: str
    capacity_field: str
    archetype_t_per_year: int | None


@dataclass(frozen=True)
class Route:
    """A production route. `standing`: low_carbon (on its sector's list), host (a conventional
    plant: asset base), not_counted, or unknown."""

    name: str
    label: str
    sector: str
    standing: str
    definition: str


def _term(row: dict[str, str]) -> Term:
    return Term(row["name"], row["label"], row["definition"])


def _product(row: dict[str, str]) -> Product:
    suffix = {"t/y": "t_per_year", "kW": "kw"}[row["base_unit"]]
    archetype = row["archetype_t_per_year"]
    return Product(
        row["name"], row["label"], row["base_unit"], row["default_sector"],
        f"capacity_{row['name']}_{suffix}", int(archetype) if archetype else None,
    )


def _route(row: dict[str, str]) -> Route:
    return Route(row["name"], row["label"], row["sector"], row["standing"], row["definition"])


SECTORS = _load("sectors.csv", _term)
ACTIVITIES = _load("activities.csv", _term)
STOP_REASONS = _load("stop_reasons.csv", _term)
SCALES = _load("scales.csv", _term)
MILESTONES = _load("milestones.csv", _term)
GATE_CRITERIA = _load("gate_criteria.csv", _term)
BARRIERS = _load("barriers.csv", _term)
EVIDENCE_GRADES = _load("evidence_grades.csv", _term)
PRODUCTS = _load("products.csv", _product)
ROUTES = _load("routes.csv", _route)
STAGES = {
    row["name"]: Stage(row["name"], row["label"], row["definition"], rank)
    for rank, row in enumerate(read_rows("stages.csv"))
}


def stage_range(text: str) -> tuple[str, str]:
    """'feasibility..feed' → ('feasibility', 'feed'); 'feed' → ('feed', 'feed').

    Raises ValueError for an unknown stage or a range that runs backwards.
    """
    low, _, high = text.partition("..")
    high = high or low
    for word in (low, high):
        if word not in STAGES:
            raise ValueError(f"unknown stage {word!r}; accepted: {', '.join(STAGES)}")
    if STAGES[low].rank > STAGES[high].rank:
        raise ValueError(f"stage range {text!r} runs backwards")
    return low, high
