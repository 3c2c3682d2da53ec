"""Global Chemicals Inventory of the Global Energy Monitor: operating plants without dates.

Asset base only: the file lists no status, no date and no capacity, so nothing is said of a stage,
an activity or a size, and a plant that is not listed is not lost.
"""

from __future__ import annotations

import re
from collections import Counter

from groundbreak.history.edition import Edition
from groundbreak.sources.files import Book, Cell, Row
from groundbreak.sources.gem import (
    has_plant_id,
    state_names,
    state_place,
    state_text,
    stated,
)
from groundbreak.sources.statements import Statements
from groundbreak.sources.tables import Layout, rows_of
from groundbreak.sources.words import lookup
from groundbreak.vocabulary import countries

SOURCE = "gem-chemicals"
ACCEPTED = (
    "the workbook of the Global Chemicals Inventory as released in November 2025: a sheet "
    "'Plant data' with columns GEM plant ID, Plant name (English), ISO3 code, Coordinates, "
    "Primary products, Feedstock"
)
REQUIRED = ("GEM plant ID", "Plant name (English)", "SFI ID", "Owner (English)", "Municipality",
            "Subnational unit", "Country/area", "ISO3 code", "Coordinates", "Coordinate accuracy",
            "GEM wiki page", "Primary products", "Secondary products", "Feedstock",
            "Feedstock accuracy")
LAYOUTS = (Layout("2025 plants and products", REQUIRED),)
SFI_ID = re.compile(r"G[A-Z]{6}\d{4}")
DETAILS = ("Primary products", "Secondary products", "Feedstock", "Feedstock accuracy")


def read(book: Book) -> Edition:
    """One edition. Raises SourceError when the file is not this inventory."""
    table = book.require(SOURCE, ACCEPTED, "Plant data")
    rows = rows_of(book, table, LAYOUTS[0], SOURCE, ACCEPTED)
    says = Statements(SOURCE, book)
    says.cover("name", "other_names", "owners", "country", "place", "latitude", "longitude",
               "location_accuracy", "product", "technology", "note", "references", "external_ids")
    keyed = [row for row in rows if has_plant_id(says, row["GEM plant ID"])]
    counts = Counter(row["GEM plant ID"].text for row in keyed)
    for row in keyed:
        key, name = row["GEM plant ID"].text, row["Plant name (English)"].text
        says.record(key, part=name)
        _plant(says, row)
    for key, count in sorted(counts.items()):
        if count > 1:
            names = sorted(row["Plant name (English)"].text for row in keyed
                           if row["GEM plant ID"].text == key)
            says.doubt("repeated_id", f"{key} stands {count} times: {'; '.join(names)}", key)
    return says.edition(LAYOUTS[0].name, len(rows), complete=False)


def _plant(says: Statements, row: Row) -> None:
    says.text("gem_plant_id", row["GEM plant ID"])
    state_names(says, row)
    state_text(says, "owners", row["Owner (English)"])
    _country(says, row["ISO3 code"], row["Country/area"])
    state_place(says, row, "Subnational unit")
    state_text(says, "references", row["GEM wiki page"])
    _made(says, row["Primary products"])
    state_text(says, "technology", row["Feedstock"])
    cells = [row[name] for name in DETAILS if stated(row[name])]
    if cells:
        says.add("note", text="\n".join(f"{cell.header}: {cell.text}" for cell in cells),
                 raw="\n".join(cell.raw for cell in cells), place=cells[0].place)
    _other_id(says, row["SFI ID"])


def _country(says: Statements, code: Cell, name: Cell) -> None:
    """By the code; where code and name are two countries, neither is taken."""
    by_code, by_name = countries.lookup_all(code.text), countries.lookup_all(name.text)
    if by_code and by_name and by_code != by_name:
        says.finding("country_conflict", code, f"the country is {name.text!r}",
                     "a code and a name of one country")
        return
    says.country(code if stated(code) else name)


def products_of(text: str) -> list[str]:
    """The tokens of 'Primary products', in the file's order."""
    return [token for part in text.split(";") if (token := part.strip())]


def _made(says: Statements, cell: Cell) -> None:
    says.add("sector", text="chemicals", raw=cell.raw, place=cell.place)
    says.add("sectors_served", text="chemicals", raw=cell.raw, place=cell.place)
    found = [(token, lookup("gem_chemicals_product", token)) for token in products_of(cell.text)]
    unknown = [token for token, row in found if row is None]
    if unknown:
        says.finding("unknown_product", cell, f"not in the word list: {', '.join(unknown)}",
                     "words of words/gem_chemicals_product.csv, parted by semicolons")
    product = next((row["product"] for _, row in found if row and row["product"]), None)
    if product:
        says.add("product", text=product, raw=cell.raw, place=cell.place)


def _other_id(says: Statements, cell: Cell) -> None:
    if not stated(cell):
        return
    ids = [part.strip() for part in re.split(r"[;,]", cell.text) if part.strip()]
    if not all(SFI_ID.fullmatch(item) for item in ids):
        says.finding("unknown_id", cell, "not an id of the ethylene database",
                     "GEPD, a country code and four digits: GEPDDZA0001")
        return
    says.add("external_ids", text=";".join(f"sfi:{item}" for item in ids), raw=cell.raw,
             place=cell.place)
