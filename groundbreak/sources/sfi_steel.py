"""Global Steel Database of the Spatial Finance Initiative, July 2021: asset base only.

A capacity is that of the primary product: only crude steel and iron are products here, a rolling
mill's or a coke oven's tonnes stay in the size as printed.
"""

from __future__ import annotations

import re

from groundbreak.history.edition import Edition
from groundbreak.sources.files import Book, Cell, Row
from groundbreak.sources.sfi import COMMON, Database, read_database
from groundbreak.sources.statements import Statements
from groundbreak.sources.tables import Layout
from groundbreak.sources.words import lookup

SOURCE = "sfi-steel"
ACCEPTED = (
    "the Global Steel Database of July 2021: a sheet 'SFI_ALD_Steel_Database' with columns uid, "
    "city, country, iso3, latitude, longitude, plant_type, primary_production_type, "
    "primary_product, capacity"
)
LAYOUTS = (Layout("July 2021", (*COMMON, "primary_production_type", "primary_product")),)


def read(book: Book) -> Edition:
    """One edition. Raises SourceError when the file is not this database."""
    return read_database(book, DATABASE)


def _plant(says: Statements, row: Row) -> str | None:
    process, product = row["primary_production_type"], row["primary_product"]
    says.text("technology", process)
    for field in ("sector", "sectors_served"):
        says.add(field, text="steel", raw=row["plant_type"].raw, place=row["plant_type"].place)
    route = _word(says, "sfi_steel_production", process, "unknown_technology").get("route")
    if route:
        says.add("route", text=route, raw=process.raw, place=process.place)
    made = _word(says, "sfi_steel_product", product, "unknown_product")
    name, field = made.get("product", ""), made.get("capacity", "")
    if name == "iron" and route == "gas_dri":
        name, field = "dri", "capacity_dri_t_per_year"
    if name:
        says.add("product", text=name, raw=product.raw, place=product.place)
    return field or None


def _word(says: Statements, words: str, cell: Cell, kind: str) -> dict[str, str]:
    if cell.empty:
        return {}
    found = lookup(words, cell.text)
    if found is None:
        says.finding(kind, cell, "not in the word list", f"a word of words/{words}.csv")
    return found or {}


DATABASE = Database(
    source=SOURCE, sheet="SFI_ALD_Steel_Database", layout=LAYOUTS[0], accepted=ACCEPTED,
    uid=re.compile(r"GAST[A-Z]{3}\d{4}"), plant=_plant,
)
