"""Installations of the EU Emissions Trading System with their verified emissions of 2019.

Asset base only: host plants and their emission baselines. The file is GeoJSON behind one
JavaScript assignment; it is parsed as JSON and never run.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from dataclasses import dataclass
from typing import Any

from groundbreak.history.edition import Edition
from groundbreak.sources.dates import year_of
from groundbreak.sources.errors import EmptyFile, UnknownLayout, UnreadableFile
from groundbreak.sources.files import Book, Cell, Value
from groundbreak.sources.places import state_point
from groundbreak.sources.statements import Statements
from groundbreak.sources.words import lookup

SOURCE = "eu-ets"
ACCEPTED = (
    "installations as a GeoJSON FeatureCollection, plain or assigned to one JavaScript variable, "
    "whose features have the properties id_x, name, verified and description"
)
LAYOUTS = ("verified emissions of 2019",)
REQUIRED = ("id_x", "name", "verified", "description")
EMISSIONS_OF = year_of(2019)  # the publisher's year of the map; the file itself prints none
MAX_FEATURES = 500_000
MAX_VERIFIED_T = 100_000_000  # the largest installation emits some 33 Mt a year
# Points that several installations share are a town's or an operator's address: 46 stand in one
# point of Mannheim, 21 offshore fields in Stavanger. Two may be neighbours on one site.
SHARED_BY = 3
INFERRED_GRADE = 6
_ASSIGNMENT = re.compile(r"\s*(?:(?:var|let|const)\s+[A-Za-z_$][\w$]*\s*=\s*)?(?=\{)")
_ID = re.compile(r"([A-Z]{2})_\d+")


@dataclass(frozen=True, slots=True)
class Property(Cell):
    """A property of a feature, addressed by the feature's number and the property's name."""

    @property
    def place(self) -> str:
        return f"feature {self.row}, {self.header}"


@dataclass(frozen=True)
class Feature:
    """One installation as it stands in the file; `number` counts from 1."""

    number: int
    properties: dict[str, Any]
    point: tuple[float, float] | None  # longitude, latitude as GeoJSON orders them

    def __getitem__(self, name: str) -> Cell:
        value = self.properties.get(name)
        plain: Value = value if isinstance(value, str | int | float | None) else json.dumps(value)
        return Property(plain, "", self.number, 0, name)

    @property
    def coordinates(self) -> Cell:
        text = None if self.point is None else f"{self.point[0]}, {self.point[1]}"
        return Property(text, "", self.number, 0, "coordinates")


def read(book: Book) -> Edition:
    """One edition. Raises SourceError when the file is not this list."""
    features = _features(book)
    says = Statements(SOURCE, book)
    says.cover("name", "country", "latitude", "longitude", "location_accuracy", "technology",
               "sector", "sectors_served", "product", "verified_emissions_t_co2_per_year")
    keyed = [feature for feature in features if _has_id(says, feature["id_x"])]
    shared = Counter(feature.point for feature in keyed)
    for feature in keyed:
        says.record(feature["id_x"].text, part=feature["name"].text)
        _installation(says, feature, shared)
    _repeated(says, keyed)
    return says.edition(LAYOUTS[0], len(features), complete=False)


# -- the file ------------------------------------------------------------------------------------
def _features(book: Book) -> list[Feature]:
    if not book.text:
        raise UnknownLayout(file=book.file, source=SOURCE, accepted=ACCEPTED,
                            why="a table, not a .js, .json or .geojson file")
    content = _parse(book)
    raw = content.get("features") if isinstance(content, dict) else None
    if not isinstance(raw, list) or content.get("type") != "FeatureCollection":
        raise UnknownLayout(file=book.file, source=SOURCE, accepted=ACCEPTED,
                            why="not a FeatureCollection")
    if not raw:
        raise EmptyFile(file=book.file, where=" in 'features'", accepted=ACCEPTED)
    if len(raw) > MAX_FEATURES:
        raise UnreadableFile(file=book.file, why=f"{len(raw):,} features",
                             accepted=f"at most {MAX_FEATURES:,} features")
    return [_feature(book, number, item) for number, item in enumerate(raw, start=1)]


def _parse(book: Book) -> Any:
    """The object behind the assignment; anything before or after it is refused, nothing is run."""
    start = _ASSIGNMENT.match(book.text)
    if start is None:
        raise UnreadableFile(file=book.file, why="does not start with an object or 'var name = {'",
                             accepted=ACCEPTED)
    body = book.text[start.end():].rstrip().removesuffix(";")
    try:
        return json.loads(body, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise UnreadableFile(file=book.file, why=f"not valid JSON ({str(error)[:120]})",
                             accepted=ACCEPTED) from error


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is not a number of JSON")


def _feature(book: Book, number: int, item: Any) -> Feature:
    properties = item.get("properties") if isinstance(item, dict) else None
    if not isinstance(properties, dict):
        raise UnknownLayout(file=book.file, source=SOURCE, accepted=ACCEPTED,
                            why=f"feature {number} has no properties")
    missing = [name for name in REQUIRED if name not in properties]
    if missing:
        raise UnknownLayout(file=book.file, source=SOURCE, accepted=ACCEPTED,
                            why=f"feature {number} lacks the properties {', '.join(missing)}")
    return Feature(number, properties, _point(item.get("geometry")))


def _point(geometry: Any) -> tuple[float, float] | None:
    pair = geometry.get("coordinates") if isinstance(geometry, dict) else None
    if not isinstance(pair, list) or geometry.get("type") != "Point" or len(pair) < 2:
        return None
    if not all(isinstance(n, int | float) and not isinstance(n, bool) for n in pair[:2]):
        return None
    try:
        longitude, latitude = float(pair[0]), float(pair[1])
    except OverflowError:
        return None
    finite = math.isfinite(longitude) and math.isfinite(latitude)
    return (longitude, latitude) if finite else None


# -- one installation ----------------------------------------------------------------------------
def _has_id(says: Statements, cell: Cell) -> bool:
    if _ID.fullmatch(cell.text):
        return True
    says.finding("no_installation_id", cell, "feature without an installation id",
                 "two letters of the country, an underscore and digits: AT_201500")
    return False


def _repeated(says: Statements, features: list[Feature]) -> None:
    names: dict[str, list[str]] = {}
    for feature in features:
        names.setdefault(feature["id_x"].text, []).append(feature["name"].text)
    for key, same in sorted(names.items()):
        if len(same) > 1:
            says.doubt("repeated_id",
                       f"{key} stands {len(same)} times: {'; '.join(sorted(same))}", key)


def _installation(
    says: Statements, feature: Feature, shared: Counter[tuple[float, float] | None]
) -> None:
    key = feature["id_x"]
    says.text("name", feature["name"])
    says.country(Property(key.text[:2], "", feature.number, 0, "id_x"))
    _located(says, feature, shared[feature.point])
    _active_in(says, feature["description"])
    _verified(says, feature["verified"])


def _located(says: Statements, feature: Feature, sharing: int) -> None:
    cell = feature.coordinates
    if feature.point is None:
        says.finding("unreadable_coordinates", cell, "no point", "a GeoJSON point in degrees")
        return
    longitude, latitude = feature.point
    if state_point(says, cell, latitude, longitude) and sharing >= SHARED_BY:
        says.add("location_accuracy", text="approximate", grade=INFERRED_GRADE, place=cell.place,
                 raw=f"{sharing} installations at {cell.raw}")


def _active_in(says: Statements, cell: Cell) -> None:
    says.text("technology", cell)
    found = lookup("eu_ets_activity", cell.text)
    if found is None:
        says.finding("unknown_activity", cell, "activity not in the word list",
                     "a word of words/eu_ets_activity.csv")
        return
    for field, value in (("sector", found["sector"]), ("sectors_served", found["sector"]),
                         ("product", found["product"])):
        if value:
            says.add(field, text=value, raw=cell.raw, place=cell.place)


def _verified(says: Statements, cell: Cell) -> None:
    value = cell.value
    if value is None:
        return
    if isinstance(value, bool) or not isinstance(value, int | float):
        says.finding("not_a_number", cell, "not a number", "tonnes of CO2, or null")
    elif not 0 <= value <= MAX_VERIFIED_T:
        says.finding("number_out_of_range", cell, "no emission of one installation",
                     f"tonnes of CO2, 0-{MAX_VERIFIED_T:,}")
    else:
        says.add("verified_emissions_t_co2_per_year", number=float(value), raw=cell.raw,
                 place=cell.place, happened=EMISSIONS_OF)
