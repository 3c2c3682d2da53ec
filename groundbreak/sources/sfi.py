"""What the plant databases of the Spatial Finance Initiative (July 2021) share.

Asset base only: the status word is kept as text, and neither it nor the start year says anything
of a stage, an activity or a date. The files print no plant names: a plant is named by its owner
and its city.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from groundbreak.history.edition import Edition
from groundbreak.sources.files import Book, Cell, Row, Table
from groundbreak.sources.statements import Statements, whole_units
from groundbreak.sources.tables import Layout, rows_of

COMMON = ("uid", "city", "state", "country", "iso3", "latitude", "longitude", "accuracy", "status",
          "plant_type", "capacity", "capacity_source", "owner_name", "owner_source")
MILLION_TONS = re.compile(r"\bmillions? of (?:metric )?ton(?:ne)?s\b", re.IGNORECASE)
ESTIMATED_GRADE = 6  # modelled on kiln and plant dimensions, the file says
MOST_MT = 100  # the largest plant listed has 20.5
ACCURACIES = frozenset({"exact", "approximate"})
URL = re.compile(r"(?:https?://|www\.)\S+")


@dataclass(frozen=True)
class Database:
    """One of the databases: how to recognise it and what is particular to it."""

    source: str
    sheet: str
    layout: Layout
    accepted: str
    uid: re.Pattern[str]
    plant: Callable[[Statements, Row], str | None]  # says what it makes; → its capacity field


def read_database(book: Book, database: Database) -> Edition:
    """One edition. Raises SourceError when the file is not this database."""
    table = book.require(database.source, database.accepted, database.sheet)
    rows = rows_of(book, table, database.layout, database.source, database.accepted)
    says = Statements(database.source, book)
    says.cover("name", "owners", "country", "place", "latitude", "longitude", "location_accuracy",
               "status_as_published", "sector", "sectors_served", "product", "route",
               "technology", "project_type", "references", "announced_size")
    in_millions = _in_millions(says, book)
    keyed = [row for row in rows if _has_uid(says, row["uid"], database)]
    for row in keyed:
        says.record(row["uid"].text, part=part_of(row))
        _described(says, row)
        field = database.plant(says, row)
        _capacity(says, row, field if in_millions else None)
    _repeated(says, keyed)
    return says.edition(database.layout.name, len(rows), complete=False)


def _in_millions(says: Statements, book: Book) -> bool:
    """Whether the About sheet gives capacity in millions of tons, as only it states the unit."""
    about = book.sheet("About") or Table("About", [])
    for number, values in enumerate(about.rows, start=1):
        for index, value in enumerate(values[:-1]):
            if value == "capacity":
                cell = Cell(values[index + 1], "About", number, index + 1, "capacity")
                if MILLION_TONS.search(cell.text):
                    return True
                says.finding("unknown_unit", cell, "capacities are left unset",
                             "capacity in millions of tons")
                return False
    says.finding("unknown_unit", Cell("", "About", 1, 0, "capacity"),
                 "no unit of capacity is stated: capacities are left unset",
                 "a sheet 'About' that gives capacity in millions of tons")
    return False


def _has_uid(says: Statements, cell: Cell, database: Database) -> bool:
    if database.uid.fullmatch(cell.text):
        return True
    says.finding("no_plant_id", cell, "row without an id of this database",
                 f"an id like {database.uid.pattern}")
    return False


def _repeated(says: Statements, rows: list[Row]) -> None:
    counts = Counter(row["uid"].text for row in rows)
    for key, count in sorted(counts.items()):
        if count > 1:
            parts = sorted(part_of(row) for row in rows if row["uid"].text == key)
            says.doubt("repeated_id", f"{key} stands {count} times: {'; '.join(parts)}", key)


def part_of(row: Row) -> str:
    """Owner, city and coordinates: ids repeat with different plants, some with neither owner."""
    texts = [row[name].text for name in ("owner_name", "city", "latitude", "longitude")]
    return ", ".join(text for text in texts if text)


def _described(says: Statements, row: Row) -> None:
    _joined(says, "name", [row["owner_name"], row["city"]])
    says.text("owners", row["owner_name"])
    says.country(row["iso3"] if not row["iso3"].empty else row["country"])
    _joined(says, "place", [row["city"], row["state"]])
    says.coordinates(row["latitude"], row["longitude"])
    accuracy = row["accuracy"]
    if accuracy.text.casefold() in ACCURACIES:
        says.add("location_accuracy", text=accuracy.text.casefold(), raw=accuracy.raw,
                 place=accuracy.place)
    elif not accuracy.empty:
        says.finding("unknown_accuracy", accuracy, "no known word for accuracy",
                     ", ".join(sorted(ACCURACIES)))
    says.text("status_as_published", row["status"])
    says.text("project_type", row["plant_type"])
    _references(says, [row["capacity_source"], row["owner_source"]])


def _joined(says: Statements, field: str, cells: list[Cell]) -> None:
    cells = [cell for cell in cells if not cell.empty]
    if cells:
        says.add(field, text=", ".join(dict.fromkeys(cell.text for cell in cells)),
                 raw=", ".join(cell.raw for cell in cells), place=cells[0].place)


def _references(says: Statements, cells: list[Cell]) -> None:
    urls = {url for cell in cells for url in URL.findall(cell.text)}
    if urls:
        says.add("references", text=" ".join(sorted(urls)),
                 raw=" ".join(cell.raw for cell in cells if not cell.empty),
                 place=next(cell.place for cell in cells if URL.search(cell.text)))


def _capacity(says: Statements, row: Row, field: str | None) -> None:
    """Million tons → t/y, where the field is known; the size as printed in any case."""
    cell = row["capacity"]
    if cell.empty:
        return
    says.add("announced_size", text=f"{cell.text} million tons", raw=cell.raw, place=cell.place)
    if field is None:
        return
    value = cell.value
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < MOST_MT:
        says.finding("not_a_number", cell, "not a capacity",
                     f"millions of tons, above 0 and below {MOST_MT}, or blank")
        return
    estimated = row["capacity_source"].text.casefold() == "estimated"
    says.add(field, number=whole_units(value * 1_000_000), raw=cell.raw, place=cell.place,
             grade=ESTIMATED_GRADE if estimated else None)
