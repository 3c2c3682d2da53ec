"""Global SAF production capacity list (Martulli et al.): the releases of June and September 2025.

The list has no ids. A record's key is made of what a facility keeps from release to release:
company, country, location and process. Status, dates and capacities are never part of it.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace

from groundbreak.history.edition import Edition
from groundbreak.sources.files import Book, Cell, Row
from groundbreak.sources.links import state_links
from groundbreak.sources.statements import Statements, whole_units
from groundbreak.sources.tables import Layout, rows_of
from groundbreak.sources.words import Word, lookup, status_words
from groundbreak.vocabulary import countries
from groundbreak.vocabulary.quantities import UnreadableQuantity, parse_quantity, parse_unit

SOURCE = "saf"
SHEET = "Global SAF production capacity"
EXPECTED, UPDATED = "Expected operational", "Updated expected operational"
TOTAL, SAF = "Nameplate capacity", "SAF nameplate capacity"
LINKS = ("Initial web reference", "Update web reference")
REQUIRED = ("Company", "Partners", "Country", "Location", "Process", "Facility type", TOTAL, SAF,
            "Unit", EXPECTED, UPDATED, "Project status", "Entry operational", *LINKS)
ACCEPTED = (
    f"the list as its authors release it: a sheet {SHEET!r} whose first row has "
    + ", ".join(REQUIRED)
)
COVERED = (
    "name", "owners", "country", "place", "sector", "sectors_served", "product", "route",
    "technology", "project_type", "scale", "announced_size", "capacity_saf_t_per_year",
    "nameplate_total_t_per_year", "operation_planned_date", "operation_actual_date", "references",
)
# Bytes of UTF-8 read as Windows-1252: an accented letter becomes Ã and a sign.
MOJIBAKE = re.compile("[ÃÂâ][\u0080-\u00ff\u0152-\u2122]")
LAYOUTS = (Layout("2025", REQUIRED),)


def read(book: Book) -> Edition:
    """One edition. Raises SourceError when the file is not this list."""
    table = book.require(SOURCE, ACCEPTED, SHEET)
    layout = LAYOUTS[0]
    rows = rows_of(book, table, layout, SOURCE, ACCEPTED)
    says = Statements(SOURCE, book)
    says.cover(*COVERED)
    keyed = [(key, row) for row in rows if (key := _key(says, row))]
    words = status_words("saf_status")
    for key, row in keyed:
        says.record(key, part=part_of(row))
        _record(says, row, words)
    _repeated_keys(says, keyed)
    return says.edition(layout.name, len(rows), complete=True)


# -- which record --------------------------------------------------------------------------------
def mended(text: str) -> str:
    """Text whose UTF-8 was once read as Windows-1252, read right; other text as it stands.

    >>> mended("MosjÃ¸en"), mended("São Paulo")
    ('Mosjøen', 'São Paulo')
    """
    if not MOJIBAKE.search(text):
        return text
    try:
        return text.encode("cp1252").decode("utf-8")
    except UnicodeError:
        return text


def _mend(cell: Cell) -> Cell:
    return replace(cell, value=mended(cell.value)) if isinstance(cell.value, str) else cell


def slug(text: str) -> str:
    """Letters and digits of the ASCII alphabet, parted by single hyphens."""
    plain = unicodedata.normalize("NFKD", text.casefold().replace("ø", "o").replace("ł", "l"))
    return re.sub(r"[^a-z0-9]+", "-", plain.encode("ascii", "ignore").decode()).strip("-")


def _key(says: Statements, row: Row) -> str:
    """Key of a row: 'velocys-usa-natchez-ms-fischer-tropsch'; '' for a row without a company."""
    company = _mend(row["Company"])
    if company.empty:
        says.finding("row_without_company", row["Company"], "a row that names no company cannot "
                     "be followed from release to release", "the name of a company")
        return ""
    country = _mend(row["Country"]).text
    # Spellings of a country change between releases, its code does not.
    place = countries.lookup(country) or country
    words = (company.text, place, _mend(row["Location"]).text, _mend(row["Process"]).text)
    return "-".join(filter(None, map(slug, words)))


def part_of(row: Row) -> str:
    """What tells facilities under one key apart: 'Commercial, 2027, 10 MLY' (e.g. phases)."""
    size = f"{row[TOTAL].text} {row['Unit'].text}".strip()
    return ", ".join(filter(None, (row["Facility type"].text, row[EXPECTED].text, size)))


def _repeated_keys(says: Statements, keyed: list[tuple[str, Row]]) -> None:
    rows: defaultdict[str, list[str]] = defaultdict(list)
    for key, row in keyed:
        rows[key].append(part_of(row) or "nothing stated")
    for key, parts in sorted(rows.items()):
        if len(parts) > 1:
            says.doubt("repeated_id", f"{len(parts)} rows of one company, place and process "
                       f"({key}): {'; '.join(sorted(parts))}", key)


# -- what is said of it --------------------------------------------------------------------------
def _record(says: Statements, row: Row, words: Mapping[str, Word]) -> None:
    _names(says, row)
    says.country(_mend(row["Country"]))
    _fixed(says, row)
    word = says.status(row["Project status"], dict(words))
    _scale(says, row["Facility type"])
    _route(says, row["Process"])
    _capacities(says, row)
    _dates(says, row, word)
    state_links(says, *(row[name] for name in LINKS))


def _names(says: Statements, row: Row) -> None:
    """The list prints no project names: company and place stand for one."""
    cells = [_mended_cell(says, row[name]) for name in ("Company", "Partners", "Location")]
    company, partners, location = cells
    for field, parts in (("name", (company, location)), ("owners", (company, partners)),
                         ("place", (location,))):
        stated = [cell for cell in parts if not cell.empty]
        if stated:
            joint = "; " if field == "owners" else ", "
            says.add(field, text=joint.join(cell.text for cell in stated), place=stated[0].place,
                     raw=" | ".join(row[cell.header].raw for cell in stated))


def _mended_cell(says: Statements, cell: Cell) -> Cell:
    better = _mend(cell)
    if better is not cell and better.value != cell.value:
        says.finding("mojibake", cell, f"UTF-8 once read as Windows-1252, taken as {better.text!r}",
                     "text in UTF-8")
    return better


def _fixed(says: Statements, row: Row) -> None:
    """What the list says of every row by its subject."""
    cell = row["Process"]
    for field, value in (("sector", "aviation"), ("sectors_served", "aviation"),
                         ("product", "saf")):
        says.add(field, text=value, place=cell.place)


def _scale(says: Statements, cell: Cell) -> None:
    if cell.empty:
        return
    says.text("project_type", cell)
    found = lookup("saf_facility_type", cell.text)
    if found is None:
        says.finding("unknown_facility_type", cell, "facility type not in the word list",
                     "a word of words/saf_facility_type.csv")
    elif found["scale"]:
        says.add("scale", text=found["scale"], raw=cell.raw, place=cell.place)


def _route(says: Statements, cell: Cell) -> None:
    if cell.empty:
        return
    process = _mended_cell(says, cell)
    found = lookup("saf_process", process.text)
    # The listed spelling, so that 'Methanol-to-jet' and 'Methanol-to-Jet' are one technology.
    says.add("technology", text=found["word"] if found else process.text, raw=cell.raw,
             place=cell.place)
    if found is None:
        says.finding("unknown_technology", cell, "process not in the word list",
                     "a word of words/saf_process.csv")
        return
    says.add("route", text=found["route"], raw=cell.raw, place=cell.place)


# -- capacities ----------------------------------------------------------------------------------
def _capacities(says: Statements, row: Row) -> None:
    """Total liquids and SAF are two capacities; a blank SAF cell is unknown, never the total."""
    unit = row["Unit"]
    _announced_size(says, row)
    if unit.empty:
        for cell in (row[TOTAL], row[SAF]):
            if not cell.empty:
                says.finding("size_without_unit", cell, "a capacity without a unit",
                             "a unit in column 'Unit'")
        return
    total = _tonnes(says, row[TOTAL], unit, "renewable_fuel")
    saf = _tonnes(says, row[SAF], unit, "saf")
    # Where both print one number, all is SAF and the total weighs as much.
    total = saf if saf is not None and row[TOTAL].value == row[SAF].value else total
    if saf is not None and total is not None and saf > total:
        says.finding("saf_above_total", row[SAF], f"more than the total of {row[TOTAL].text}",
                     "at most the nameplate capacity")
    for field, value, cell in (("nameplate_total_t_per_year", total, row[TOTAL]),
                               ("capacity_saf_t_per_year", saf, row[SAF])):
        if value is not None:
            says.add(field, number=value, raw=f"{cell.raw} {unit.raw}", place=cell.place)


def _announced_size(says: Statements, row: Row) -> None:
    stated = [f"{label} {row[column].text} {row['Unit'].text}".strip()
              for column, label in ((TOTAL, "total"), (SAF, "SAF")) if not row[column].empty]
    if stated:
        says.add("announced_size", text=", ".join(stated), place=row[TOTAL].place,
                 raw=f"{row[TOTAL].raw} | {row[SAF].raw} | {row['Unit'].raw}")


def _tonnes(says: Statements, cell: Cell, unit: Cell, substance: str) -> float | None:
    """Whole tonnes a year; volumes become mass by the density of units.csv."""
    if cell.empty:
        return None
    if parse_unit(unit.text, substance=substance) is None:
        says.finding("unknown_unit", unit, "no known unit of a capacity", "a unit of units.csv")
        return None
    value = cell.value if isinstance(cell.value, int | float) else cell.text
    try:
        quantity = parse_quantity(value, default_unit=unit.text, substance=substance)
    except UnreadableQuantity as error:
        says.finding("unreadable_size", cell, error.reason, error.accepted)
        return None
    if quantity.low is None or quantity.low != quantity.high or quantity.unit != "t/y":
        says.finding("range_of_sizes", cell, "not one capacity in tonnes a year",
                     "one number with a unit of mass or volume over time")
        return None
    tonnes = whole_units(quantity.low)
    if tonnes < 1:
        says.finding("number_out_of_range", cell, "less than one tonne a year",
                     "a capacity of at least one tonne a year")
        return None
    return tonnes


# -- dates ---------------------------------------------------------------------------------------
def _dates(says: Statements, row: Row, word: Word) -> None:
    expected, updated = row[EXPECTED], row[UPDATED]
    first, newest = says.when(expected), says.when(updated)
    when, cell = (newest, updated) if newest is not None else (first, expected)
    if when is not None:
        both = f"{expected.raw} | {updated.raw}" if newest is not None else expected.raw
        says.add("operation_planned_date", when=when.first, precision=when.precision, raw=both,
                 place=cell.place)
    entry = row["Entry operational"]
    says.dated("operation_actual_date", entry)
    if not entry.empty and word.stage not in {None, "operating", "closed"}:
        says.doubt("entry_without_operation",
                   f"entry into operation {entry.text}, yet status {word.word!r}")
