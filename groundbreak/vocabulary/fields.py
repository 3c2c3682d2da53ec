"""The one field registry: every field a claim may speak of.

From it come the Parquet schema, the CSV dictionary and the pages of the data dictionary. A field's
name ends in its unit. `kind` decides by which rule one claim outranks another
(:mod:`groundbreak.history.order`):

* ``state``: the latest thing that happened holds (stage, activity, capacity, names, places);
* ``plan``: a stated intention, happening when it is stated (planned dates, announced money);
* ``event``: a dated fact about the world (actual dates), which holds for all time.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from functools import cache
from typing import Literal

import polars as pl

from groundbreak.vocabulary.terms import GATE_CRITERIA, MILESTONES, PRODUCTS

REGISTRY_VERSION = "1"

FieldType = Literal["text", "number", "integer", "date"]
FieldKind = Literal["state", "plan", "event"]


@dataclass(frozen=True)
class Field:
    """One field: what it is called, its unit, its type and which rule of precedence it follows."""

    name: str
    type: FieldType
    unit: str
    kind: FieldKind
    description: str


_PLAIN: tuple[tuple[str, FieldType, str, FieldKind, str], ...] = (
    ("name", "text", "", "state", "Project name as the source prints it."),
    ("other_names", "text", "", "state", "Further names, native script included, joined by ' | '."),
    ("owners", "text", "", "state", "Owners and partners as printed."),
    ("country", "text", "iso3", "state", "ISO 3166-1 alpha-3; several joined by ';'."),
    ("place", "text", "", "state", "Place within the country, as printed."),
    ("latitude", "number", "degrees", "state", "WGS 84, north positive."),
    ("longitude", "number", "degrees", "state", "WGS 84, east positive."),
    ("location_accuracy", "text", "", "state", "exact | approximate | region | country."),
    ("sector", "text", "", "state", "Primary sector (sectors.csv)."),
    ("sectors_served", "text", "", "state", "All sectors served, primary first, joined by ';'."),
    ("product", "text", "", "state", "Main product (products.csv)."),
    ("route", "text", "", "state", "Production route (routes.csv)."),
    ("technology", "text", "", "state", "Technology in the source's words."),
    ("end_uses", "text", "", "state", "End uses in the source's words, joined by ';'."),
    ("project_type", "text", "", "state", "The source's word for the kind of project."),
    ("scale", "text", "", "state", "lab | pilot | demonstration | commercial."),
    ("origin", "text", "", "state", "new_intervention | legacy."),
    ("stage", "text", "", "state", "Stage, or 'lowest..highest' where a word spans several."),
    ("activity", "text", "", "state", "Activity (activities.csv)."),
    ("stop_reason", "text", "", "state", "Why a project stopped (stop_reasons.csv)."),
    ("status_as_published", "text", "", "state", "The source's own status word."),
    ("status_reason", "text", "", "state", "What a source or an owner gives as reason or remark."),
    ("announced_size", "text", "", "state", "Size as printed, before any reading of it."),
    ("capacity_source_normalised_nm3_h2_per_hour", "number", "Nm3/h", "state",
     "The source's own normalised hydrogen flow: its claim, never summed here."),
    ("capacity_factor_share", "number", "share", "state", "Capacity factor the source states."),
    ("nameplate_total_t_per_year", "number", "t/y", "state",
     "Total liquids nameplate of a fuel plant; never read as its SAF output."),
    ("avoided_claimed_t_co2_per_year", "number", "t CO2/y", "state",
     "Avoided CO2 as claimed by owner or press: a claim, never a result."),
    ("verified_emissions_t_co2_per_year", "number", "t CO2/y", "state",
     "Verified emissions of a host installation."),
    ("capture_rate_share", "number", "share", "state", "Capture rate on the treated stream."),
    ("site_share_captured_share", "number", "share", "state", "Share of the site's CO2 captured."),
    ("co2_fate", "text", "", "state", "Fate of captured CO2 in the source's words."),
    ("hub", "text", "", "state", "Hub or cluster the project belongs to."),
    ("capex_announced", "number", "currency@price_year", "plan",
     "Whole-project capital cost as announced; unit is currency and price year, e.g. USD@2023."),
    ("grant_awarded", "number", "currency@price_year", "plan", "Grant or aid; never capex."),
    ("support", "text", "", "state", "Directly supported by the accelerator: flagship."),
    ("support_unit", "text", "", "state", "project | company | national programme."),
    ("inclusion_verdict", "text", "", "state", "The source's verdict on inclusion; not a stage."),
    ("gem_plant_id", "text", "", "state", "Plant id of the Global Energy Monitor."),
    ("external_ids", "text", "", "state", "Other ids as 'scheme:id' joined by ';'."),
    ("references", "text", "", "state", "URLs the source cites, sorted, joined by a blank."),
    ("note", "text", "", "state", "A remark that belongs to the record."),
)


def _capacity_fields() -> list[Field]:
    return [
        Field(
            product.capacity_field,
            "integer",
            product.base_unit,
            "state",
            f"Capacity, {product.label}; a whole number of {product.base_unit}.",
        )
        for product in PRODUCTS.values()
    ]


def _milestone_fields() -> list[Field]:
    fields = []
    for milestone in MILESTONES.values():
        fields.append(
            Field(f"{milestone.name}_planned_date", "date", "date", "plan",
                  f"{milestone.label}, as planned; never becomes actual by the passing of time.")
        )
        fields.append(
            Field(f"{milestone.name}_actual_date", "date", "date", "event",
                  f"{milestone.label}, as it happened.")
        )
    return fields


def _gate_fields() -> list[Field]:
    return [
        Field(f"gate_{c.name}", "integer", "level 1-4", "state",
              f"Gate '{c.label}': 1 stated, 2 substantive, 3 secured, 4 bankable.")
        for c in GATE_CRITERIA.values()
    ]


@cache
def registry() -> dict[str, Field]:
    """All fields by name, in the order in which they are written out."""
    fields = [Field(*row) for row in _PLAIN]
    fields += _capacity_fields() + _milestone_fields() + _gate_fields()
    return {field.name: field for field in fields}


def field(name: str) -> Field:
    """The field called `name`. Raises KeyError that names the near misses."""
    try:
        return registry()[name]
    except KeyError:
        import difflib

        near = ", ".join(difflib.get_close_matches(name, registry(), n=3)) or "see fields"
        raise KeyError(f"unknown field {name!r}; did you mean: {near}") from None


def capacity_fields() -> dict[str, str]:
    """Capacity field name → product name."""
    return {product.capacity_field: name for name, product in PRODUCTS.items()}


_UNIT_ENDINGS = ("_nm3_h2_per_hour", "_t_co2_per_year", "_t_per_year", "_kw", "_share", "_date")


def label(name: str) -> str:
    """A field's name in English words, without the unit that ends it: 'Announced size'."""
    for ending in _UNIT_ENDINGS:
        name = name.removesuffix(ending)
    text = name.replace("_", " ").replace("co2", "CO₂").replace("h2", "H₂")
    return text[:1].upper() + text[1:]


def plain_fields() -> tuple[str, ...]:
    """Fields that belong to no list of products, milestones or gates."""
    return tuple(row[0] for row in _PLAIN)


_POLARS: dict[str, pl.DataType] = {
    "text": pl.String(), "number": pl.Float64(), "integer": pl.Int64(), "date": pl.Date(),
}


def table_schema() -> dict[str, pl.DataType]:
    """Column → type of the wide table, one column a field: the Parquet schema of an export."""
    return {item.name: _POLARS[item.type] for item in registry().values()}


def dictionary_csv() -> str:
    """The data dictionary as CSV text: name, type, unit, kind, description."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["name", "type", "unit", "kind", "description"])
    for item in registry().values():
        writer.writerow([item.name, item.type, item.unit, item.kind, item.description])
    return out.getvalue()
