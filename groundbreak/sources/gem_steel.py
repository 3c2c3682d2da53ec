"""Global Iron and Steel Tracker of the Global Energy Monitor: the plant-level workbook.

One plant has one row for each status its units have, so a row is a phase: what stands under
'announced' in one edition stands under 'construction' in the next, with the same equipment. A
phase is therefore told apart by its equipment, capacities and start year, never by its status.
The tracker has no field for an investment decision.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict

from groundbreak.history.edition import Edition
from groundbreak.sources.dates import UnreadableDate, parse_cell
from groundbreak.sources.files import Book, Cell, Row
from groundbreak.sources.gem import (
    has_plant_id,
    state_names,
    state_place,
    state_text,
    stated,
)
from groundbreak.sources.statements import Statements, whole_units
from groundbreak.sources.tables import Layout, rows_of
from groundbreak.sources.words import Word, lookup, status_words

SOURCE = "gem-steel"
ACCEPTED = (
    "the plant-level workbook of the Global Iron and Steel Tracker as released in 2025: sheets "
    "'Plant data' and 'Plant capacities and status', one row a plant and status"
)
WORDS = "gem_steel_status"
STEEL, IRON = "Nominal crude steel capacity (ttpa)", "Nominal iron capacity (ttpa)"
BLAST, DIRECT = "Nominal BF capacity (ttpa)", "Nominal DRI capacity (ttpa)"
OTHER_IRON = "Other/unspecified iron capacity (ttpa)"
EQUIPMENT = {
    "BOF": "Nominal BOF steel capacity (ttpa)",
    "EAF": "Nominal EAF steel capacity (ttpa)",
    "OHF": "Nominal OHF steel capacity (ttpa)",
    "other steel": "Other/unspecified steel capacity (ttpa)",
    "BF": BLAST,
    "DRI": DIRECT,
    "other iron": OTHER_IRON,
}
TOTALS = {"crude steel": STEEL, "iron": IRON}
REQUIRED_PHASE = ("Plant ID", "Plant name (English)", "Country/Area", "Status", "Start date",
                  *TOTALS.values(), *EQUIPMENT.values())
REQUIRED_PLANT = ("Plant ID", "Plant name (English)", "Owner", "Municipality",
                  "Subnational unit (province/state)", "Country/Area", "Coordinates",
                  "Coordinate accuracy", "GEM wiki page", "Announced date", "Construction date",
                  "Idled date", "Retired date", "Steel sector end users", "Power source",
                  "Iron ore source")
# Where the plant's sheet may say that iron is reduced with hydrogen. Owners are left out: a
# company's name is no statement about one of its plants.
HYDROGEN_COLUMNS = ("Plant name (English)", "Other plant names (English)", "Power source",
                    "Iron ore source")
HYDROGEN_WORDS = re.compile(r"\bhydrogen\b|\bH2\b|\belectroly(?:sis|[sz]ers?)\b", re.IGNORECASE)
PLANT_DATES = ("announcement_actual_date", "construction_start_actual_date",
               "construction_start_planned_date", "pause_actual_date", "closure_actual_date",
               "closure_planned_date")
MOST_TTPA = 100_000  # the largest plant listed has 25,000; beyond this it is another unit
NUMBER_ACCEPTED = f"thousand tonnes a year, 0-{MOST_TTPA:,}, 'unknown' or 'N/A'"


LAYOUTS = (Layout("2025 with a row a status", REQUIRED_PHASE),)
PLANTS = Layout("plants of 2025", REQUIRED_PLANT)


def read(book: Book) -> Edition:
    """One edition. Raises SourceError when the file is not this tracker's plant-level workbook."""
    plant_table = book.require(SOURCE, ACCEPTED, "Plant data")
    phase_table = book.require(SOURCE, ACCEPTED, "Plant capacities and status")
    plant_rows = rows_of(book, plant_table, PLANTS, SOURCE, ACCEPTED)
    phase_rows = rows_of(book, phase_table, LAYOUTS[0], SOURCE, ACCEPTED)
    says = Statements(SOURCE, book)
    says.cover("name", "other_names", "owners", "country", "place", "latitude", "longitude",
               "location_accuracy", "technology", "route", "product", "end_uses", "note",
               "references", "announced_size", "capacity_steel_t_per_year",
               "capacity_dri_t_per_year", "capacity_iron_t_per_year",
               "operation_planned_date", "operation_actual_date", *PLANT_DATES)
    plants = _plants(says, plant_rows)
    phases = _phases(says, phase_rows)
    for key, rows in phases.items():
        _plant(says, key, rows, plants.get(key))
    _unmatched(says, plant_rows, phases)
    # What is wrong with a plant is found once for each of its phases, and said once.
    says.findings = list(dict.fromkeys(says.findings))
    says.doubts = list(dict.fromkeys(says.doubts))
    return says.edition(LAYOUTS[0].name, len(phase_rows), complete=True)


def _plants(says: Statements, rows: list[Row]) -> dict[str, Row]:
    """Plant id → its row; an id that stands twice has no row: which one holds is not said."""
    by_id: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if has_plant_id(says, row["Plant ID"]):
            by_id[row["Plant ID"].text].append(row)
    for key, same in sorted(by_id.items()):
        if len(same) > 1:
            names = "; ".join(sorted(row["Plant name (English)"].text for row in same))
            says.doubt("repeated_id", f"{key} stands {len(same)} times in the plants: {names}", key)
    return {key: same[0] for key, same in by_id.items() if len(same) == 1}


def _phases(says: Statements, rows: list[Row]) -> dict[str, list[Row]]:
    by_id: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if has_plant_id(says, row["Plant ID"]):
            by_id[row["Plant ID"].text].append(row)
    return by_id


def _unmatched(says: Statements, plants: list[Row], phases: dict[str, list[Row]]) -> None:
    listed = {row["Plant ID"].text for row in plants}
    for key, rows in phases.items():
        if key not in listed:
            says.finding("plant_not_described", rows[0]["Plant ID"], "not among the plants",
                         "an id of sheet 'Plant data'")
    for row in plants:
        if row["Plant ID"].text in listed - set(phases):
            says.finding("plant_without_status", row["Plant ID"], "no row with a status",
                         "an id of sheet 'Plant capacities and status'")


# -- what tells a plant's phases apart -----------------------------------------------------------
def equipment(row: Row) -> dict[str, Cell]:
    """The equipment whose capacity column is filled, '>0' included."""
    cells = {name: row[column] for name, column in EQUIPMENT.items()}
    return {name: cell for name, cell in cells.items() if stated(cell)}


def part_of(row: Row) -> str:
    """'EAF 1800; DRI 2500; start 2026'."""
    told = [f"{name} {cell.text}" for name, cell in equipment(row).items()]
    try:
        start = parse_cell(row["Start date"])
    except UnreadableDate:
        start = None
    return "; ".join([*told, f"start {start.first.year}"] if start else told)


def _parts(says: Statements, rows: list[Row]) -> dict[int, str]:
    """Row number → what tells it from the plant's other rows.

    Where two statuses share equipment, capacity and start year, only the status word is left.
    """
    parts = {row.number: part_of(row) for row in rows}
    counts = Counter(parts.values())
    for row in rows:
        if counts[parts[row.number]] > 1:
            parts[row.number] += f"; {row['Status'].text.casefold()}"
    for part, count in sorted(Counter(parts.values()).items()):
        if count > 1:
            says.doubt("repeated_row", f"{count} rows say the same of one plant: {part}")
    return parts


# -- one plant -----------------------------------------------------------------------------------
def _plant(says: Statements, key: str, rows: list[Row], plant: Row | None) -> None:
    says.record(key)
    parts = _parts(says, rows)
    words = status_words(WORDS)
    for row in rows:
        says.record(key, parts[row.number])
        says.text("gem_plant_id", row["Plant ID"])
        if plant is None:
            says.text("name", row["Plant name (English)"])
            says.country(row["Country/Area"])
        else:
            _described(says, plant)
        word = says.status(row["Status"], words)
        before = len(says.findings)
        says.dated(f"operation_{_start_of(word)}_date", row["Start date"])
        if plant is not None and len(rows) == 1:
            _dates_of_plant(says, plant, word)
        else:
            _keep_dates(says)
        _doubt_dates(says, before)
        _equipped(says, row, plant, alone=len(rows) == 1, word=word)
        _capacities(says, row)


def _start_of(word: Word) -> str:
    """Whether the word proves that the phase has started: 'actual' or 'planned'."""
    found = lookup(WORDS, word.word)
    return found["start"] if found else "planned"


def _described(says: Statements, plant: Row) -> None:
    """What the plant's sheet says of all phases alike."""
    state_names(says, plant)
    state_text(says, "owners", plant["Owner"])
    says.country(plant["Country/Area"])
    state_place(says, plant, "Subnational unit (province/state)")
    state_text(says, "references", plant["GEM wiki page"])
    users = plant["Steel sector end users"]
    if stated(users):
        says.add("end_uses", text=";".join(re.split(r"\s*[,;]\s*", users.text)), raw=users.raw,
                 place=users.place)
    cells = [plant[name] for name in ("Power source", "Iron ore source") if stated(plant[name])]
    if cells:
        says.add("note", text="\n".join(f"{cell.header}: {cell.text}" for cell in cells),
                 raw="\n".join(cell.raw for cell in cells), place=cells[0].place)


def _dates_of_plant(says: Statements, plant: Row, word: Word) -> None:
    """Dates of the whole plant; taken only where the plant is one phase, else they fit none."""
    started = _start_of(word) == "actual"
    says.dated("announcement_actual_date", plant["Announced date"])
    begun = started or word.stage == "construction"
    says.dated(f"construction_start_{'actual' if begun else 'planned'}_date",
              plant["Construction date"])
    if word.activity == "paused" and started:
        says.dated("pause_actual_date", plant["Idled date"])
    if started:
        closed = "actual" if word.stage == "closed" else "planned"
        says.dated(f"closure_{closed}_date", plant["Retired date"])


def _keep_dates(says: Statements) -> None:
    """A plant that gains a phase loses none of the dates known while it was one phase."""
    for field in PLANT_DATES:
        says.keep(field)


def _doubt_dates(says: Statements, before: int) -> None:
    for finding in says.findings[before:]:
        says.doubt("implausible_date", f"{finding.column} {finding.value!r}: {finding.why}")


# -- equipment and capacity ----------------------------------------------------------------------
def _equipped(says: Statements, row: Row, plant: Row | None, *, alone: bool, word: Word) -> None:
    has = equipment(row)
    if not has:
        says.finding("no_equipment", row[STEEL], "no capacity column is filled",
                     "at least one filled capacity column")
        return
    first = next(iter(has.values()))
    text = "; ".join(has)
    for field, value in (("technology", text), ("product", product_of(has)),
                         ("sector", "steel"), ("sectors_served", "steel")):
        says.add(field, text=value, raw=text, place=first.place)
    # The text speaks of the plant, so hydrogen belongs to what is still to start there.
    pending = alone or _start_of(word) == "planned"
    hydrogen = _hydrogen(plant) if "DRI" in has and plant is not None and pending else None
    if hydrogen is not None:
        says.add("route", text="h2_dri", raw=hydrogen.raw, place=hydrogen.place)
    else:
        says.add("route", text=route_of(has), raw=text, place=first.place)


def _hydrogen(plant: Row) -> Cell | None:
    """The cell that speaks of hydrogen, if any."""
    cells = (plant.get(name) for name in HYDROGEN_COLUMNS)
    return next((cell for cell in cells if cell and HYDROGEN_WORDS.search(cell.text)), None)


def product_of(has: dict[str, Cell]) -> str:
    """Iron comes before the steel made from it, direct reduction before the blast furnace."""
    if "DRI" in has:
        return "dri"
    return "iron" if "BF" in has or "other iron" in has else "steel"


def route_of(has: dict[str, Cell]) -> str:
    """The route the filled columns speak for, hydrogen apart."""
    if "DRI" in has:
        return "gas_dri"
    if "BF" in has:
        return "bf_bof"
    return "scrap_eaf" if set(has) == {"EAF"} else "other_steel"


def _capacities(says: Statements, row: Row) -> None:
    named = {name: row[column] for name, column in {**TOTALS, **EQUIPMENT}.items()}
    sizes = [f"{name} {cell.text}" for name, cell in named.items() if stated(cell)]
    if sizes:
        text = f"{', '.join(sizes)} ttpa"
        says.add("announced_size", text=text, raw=text, place=row[STEEL].place)
    _tonnes(says, "capacity_steel_t_per_year", [row[STEEL]])
    _tonnes(says, "capacity_dri_t_per_year", [row[DIRECT]])
    # Nominal iron is BF + DRI + other: DRI is told apart and never counted twice.
    _tonnes(says, "capacity_iron_t_per_year", [row[BLAST], row[OTHER_IRON]])


def _tonnes(says: Statements, field: str, cells: list[Cell]) -> None:
    """The sum of the stated cells, unless one of them is no number: half a sum is no capacity."""
    cells = [cell for cell in cells if stated(cell)]
    numbers = [_number(says, cell) for cell in cells]
    whole = [number for number in numbers if number is not None]
    if not cells or len(whole) < len(cells):
        return
    says.add(field, number=whole_units(sum(whole) * 1000), place=cells[0].place,
             raw=" + ".join(cell.raw for cell in cells))


def _number(says: Statements, cell: Cell) -> float | None:
    value = cell.value
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < MOST_TTPA:
        return float(value)
    if cell.text.startswith((">", "<")):
        says.finding("open_ended_size", cell, "a bound, not a capacity", NUMBER_ACCEPTED)
    else:
        says.finding("not_a_number", cell, "not a capacity", NUMBER_ACCEPTED)
    return None
