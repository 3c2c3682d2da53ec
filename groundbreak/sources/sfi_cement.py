"""Global Cement Database of the Spatial Finance Initiative, July 2021: asset base only."""

from __future__ import annotations

import re

from groundbreak.history.edition import Edition
from groundbreak.sources.files import Book, Row
from groundbreak.sources.sfi import COMMON, Database, read_database
from groundbreak.sources.statements import Statements
from groundbreak.sources.tables import Layout

SOURCE = "sfi-cement"
ACCEPTED = (
    "the Global Cement Database of July 2021: a sheet 'SFI_ALD_Cement_Database' with columns uid, "
    "city, country, iso3, latitude, longitude, plant_type, production_type, capacity"
)
LAYOUTS = (Layout("July 2021", (*COMMON, "production_type")),)


def read(book: Book) -> Edition:
    """One edition. Raises SourceError when the file is not this database."""
    return read_database(book, DATABASE)


def _plant(says: Statements, row: Row) -> str:
    process = [row[name] for name in ("plant_type", "production_type")]
    told = [cell for cell in process if not cell.empty]
    if told:
        says.add("technology", text=", ".join(cell.text for cell in told),
                 raw=", ".join(cell.raw for cell in told), place=told[0].place)
    kind = process[0]
    for field, value in (("sector", "cement"), ("sectors_served", "cement"),
                         ("product", "cement"), ("route", "cement_conventional")):
        says.add(field, text=value, raw=kind.raw, place=kind.place)
    return "capacity_cement_t_per_year"


DATABASE = Database(
    source=SOURCE, sheet="SFI_ALD_Cement_Database", layout=LAYOUTS[0], accepted=ACCEPTED,
    uid=re.compile(r"GACT[A-Z]{3}\d{4}"), plant=_plant,
)
