"""What a column of somebody's list may state: fields of the registry and a few things beside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from groundbreak.sources.template import LISTS, STATED_ACTIVITIES
from groundbreak.vocabulary.fields import registry
from groundbreak.vocabulary.terms import STAGES

STATUS, CAPACITY, COORDINATES = "status", "capacity", "coordinates"
# A date that is planned until the row's stage has come that far, and actual from then on.
REACHED: Mapping[str, str] = {
    "fid": "committed", "financial_close": "committed", "construction_start": "construction",
    "first_product": "commissioning", "operation": "operating", "closure": "closed",
}
BY_STATUS = {f"{name}_date": name for name in REACHED}
NOTHING = "none"  # of a word: it says nothing
UNDECIDED = "?"
# Fields whose words are translated; what each may become.
WORDS: Mapping[str, tuple[str, ...]] = {
    **{name: LISTS[name] for name in ("sector", "sectors_served", "product", "route", "scale",
                                      "stop_reason", "support", "support_unit")},
    "location_accuracy": ("exact", "approximate", "region", "country"),
    "origin": ("new_intervention", "legacy"),
}
# Stated through `status`, or by the register itself.
_NOT_DIRECTLY = frozenset({"stage", "activity", "status_as_published", "announced_size"})
QUANTITIES: Mapping[str, tuple[str, str | None]] = {  # number fields that may bear a unit
    "nameplate_total_t_per_year": ("t/y", "renewable_fuel"),
    "avoided_claimed_t_co2_per_year": ("t/y", "co2"),
    "verified_emissions_t_co2_per_year": ("t/y", "co2"),
}
STATUS_MEANINGS = (*STAGES, "feasibility..feed", *(a for a in STATED_ACTIVITIES if a != "active"))


@dataclass(frozen=True)
class Target:
    """What one column states, and how its cells are read."""

    field: str
    words: str = ""  # the word list that translates it; default: of the field's name
    of: str = ""  # capacity: of which product; default: the row's own
    unit: str = ""
    unit_column: str = ""
    period: str = ""  # of a unit that names none: y, d, h
    times: float = 1.0
    currency: str = ""
    price_year: str = ""
    day_first: bool | None = None
    decimal_comma: bool | None = None
    preferred: bool = False  # goes before other columns of the same field

    @property
    def word_list(self) -> str:
        return self.words or self.field


@cache
def accepted_targets() -> tuple[str, ...]:
    """Every word that may stand for a column, most used first."""
    fields = [name for name in registry() if name not in _NOT_DIRECTLY]
    return ("name", STATUS, CAPACITY, COORDINATES, *BY_STATUS,
            *(name for name in fields if name != "name"))


def covered_by(target: Target) -> tuple[str, ...]:
    """The registered fields that a column with this target can state."""
    if target.field == STATUS:
        return ("status_as_published", "stage", "activity")
    if target.field == COORDINATES:
        return ("latitude", "longitude")
    if target.field in BY_STATUS:
        milestone = BY_STATUS[target.field]
        return (f"{milestone}_planned_date", f"{milestone}_actual_date")
    if target.field == CAPACITY:
        sizes = tuple(name for name in registry() if name.startswith("capacity_")
                      and registry()[name].type == "integer")
        return ("announced_size", *sizes)
    if target.field in ("sector", "product"):
        return (target.field, "sector", "sectors_served")
    return (target.field,)
