"""IEA Hydrogen Production Projects Database: the 2021, 2022, 2023 and 2025-03 editions.

Also the researchers' quality-checked copies of 2021-23: they speak of the same refs about an
earlier cut and are known later, so they are never complete and never make a record lost.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from datetime import date

from groundbreak.history.edition import Edition
from groundbreak.sources.errors import EmptyFile, MissingIds, UnknownLayout
from groundbreak.sources.files import Book, Cell, Row, Table
from groundbreak.sources.statements import Statements, whole_units
from groundbreak.sources.words import Word, lookup, status_words
from groundbreak.vocabulary.quantities import Quantity, UnreadableQuantity, parse_quantities

SOURCE = "iea-hydrogen"
ACCEPTED = (
    "the database as the IEA releases it: a sheet 'Projects' (or its CSV dump) with columns "
    "Ref, Project name, Country, Date online, Status, Technology, Product, Announced Size"
)
REQUIRED = ("Ref", "Project name", "Country", "Date online", "Decomission date", "Status",
            "Technology", "Product", "Announced Size", "MWel", "kt H2/y")
END_USES = ("Refining", "Ammonia", "Methanol", "Iron&Steel", "Other Ind", "Mobility", "Power",
            "Grid inj.", "CHP", "Domestic heat", "Biofuels", "Synfuels", "CH4 grid inj.",
            "CH4 mobility")
JET_WORDS = re.compile(r"kerosene|jet fuel|\bjet\b|\bsaf\b|e-?kerosene|aviation", re.IGNORECASE)
FIRST_DATA_ROW = 4
MADE_OF_HYDROGEN = ("capacity_ammonia_t_per_year", "capacity_methanol_t_per_year")
T_HYDROGEN_PER_T = 0.18  # stoichiometry: 0.1776 t a tonne of ammonia, 0.1888 of methanol


@dataclass(frozen=True)
class Layout:
    """How to recognise an edition: the columns that tell it from the others."""

    name: str
    marks: tuple[str, ...]
    complete: bool


LAYOUTS = (
    Layout("quality-checked", ("Refs (quality check)",), complete=False),
    Layout("2025 with coordinates", ("Latitude", "Longitude", "LOWE_CF"), complete=True),
    Layout("2023 with capacity factor", ("LOWE_CF",), complete=True),
    Layout("2021-2022", ("Column32",), complete=True),
)


def read(book: Book) -> Edition:
    """One edition. Raises SourceError when the file is not this database."""
    table = _projects(book)
    columns = table.headers(1, 2, 3)
    layout = _layout(book, table, columns)
    rows = list(table.data(columns, FIRST_DATA_ROW))
    if not rows:
        raise EmptyFile(file=book.file, where=f" in sheet {table.sheet!r}", accepted=ACCEPTED)
    says = Statements(SOURCE, book)
    says.cover("name", "country", "sector", "sectors_served", "product", "route", "end_uses",
               "technology", "operation_planned_date", "operation_actual_date",
               "closure_planned_date", "closure_actual_date", "announced_size",
               "capacity_electrolyser_kw", "capacity_hydrogen_t_per_year",
               "capacity_ammonia_t_per_year", "capacity_methanol_t_per_year",
               "capacity_co2_captured_t_per_year", "capacity_source_normalised_nm3_h2_per_hour")
    words = status_words("iea_hydrogen_status")
    keyed = [row for row in rows if _has_id(says, row)]
    counts = Counter(row["Ref"].text for row in keyed)
    for row in keyed:
        _record(says, row, words)
    for key, count in sorted(counts.items()):
        if count > 1:
            names = sorted(row["Project name"].text for row in keyed if row["Ref"].text == key)
            says.doubt("repeated_id", f"ref {key} stands {count} times: {'; '.join(names)}", key)
    return says.edition(layout.name, len(rows), complete=layout.complete,
                        data_cut=_cut_in_name(book.file) if not layout.complete else None,
                        references=_references(book))


def _projects(book: Book) -> Table:
    if "" not in book.tables:
        return book.require(SOURCE, ACCEPTED, "Projects")
    table = book.tables[""]
    first = [str(value).strip() for value in (table.rows[0] if table.rows else [])]
    if "Project Name" in first and "Ref" not in first:
        raise MissingIds(
            file=book.file, accepted=ACCEPTED,
            why="a copy without the database's ids (no column 'Ref'): its rows cannot be tied to "
                "records without guessing, so it is not merged. To keep it apart, map it as a "
                f"list of its own: groundbreak map {book.file}",
        )
    return table


def _layout(book: Book, table: Table, columns: dict[str, int]) -> Layout:
    missing = [name for name in REQUIRED if name not in columns]
    if missing:
        raise UnknownLayout(
            file=book.file, source=SOURCE, accepted=ACCEPTED,
            why=f"columns missing in the header rows 2-4: {', '.join(missing)}",
        )
    for layout in LAYOUTS:
        if all(mark in columns for mark in layout.marks):
            return layout
    known = "; ".join(f"{item.name} (has {', '.join(item.marks)})" for item in LAYOUTS)
    raise UnknownLayout(file=book.file, source=SOURCE, accepted=known,
                        why="header row 4 is of no known edition")


def _has_id(says: Statements, row: Row) -> bool:
    cell = row["Ref"]
    if cell.text not in ("", "0"):
        return True
    says.finding("aggregate_row", Cell(row["Project name"].value, cell.sheet, cell.row,
                                       row["Project name"].column, "Ref"),
                 "row without an id (an aggregate of confidential projects): never one project",
                 "a ref above 0")
    return False


def _record(says: Statements, row: Row, words: dict[str, Word]) -> None:
    says.record(row["Ref"].text, part=row["Project name"].text)
    says.text("name", row["Project name"])
    says.country(row["Country"])
    word = says.status(row["Status"], words)
    _dates(says, row, word)
    says.text("technology", row["Technology"])
    route = _word(says, "route", row["Technology"], "iea_hydrogen_technology")
    _details(says, row)
    end_uses = [name for name in END_USES if _is_flagged(says, row[name])]
    if end_uses:
        says.add("end_uses", text=";".join(end_uses), raw=";".join(end_uses),
                 place=row["Refining"].place)
    product = _word(says, "product", row["Product"], "iea_hydrogen_product")
    said = " ".join((row["Project name"].text, row["Technology Comments"].text))
    sectors = sectors_of(product, end_uses, said)
    for field, value in (("sector", sectors[0]), ("sectors_served", ";".join(sectors))):
        says.add(field, text=value, raw=row["Product"].raw, place=row["Product"].place)
    _capacities(says, row, route)
    says.coordinates(row.get("Latitude"), row.get("Longitude"))


def _dates(says: Statements, row: Row, word: Word) -> None:
    online = "actual" if word.stage == "operating" else "planned"
    closed = "actual" if word.stage == "closed" else "planned"
    before = len(says.findings)
    says.dated(f"operation_{online}_date", row["Date online"])
    says.dated(f"closure_{closed}_date", row["Decomission date"])
    for finding in says.findings[before:]:
        says.doubt("implausible_date", f"{finding.column} {finding.value!r}: {finding.why}")


def _details(says: Statements, row: Row) -> None:
    says.text("references", row.get("Refs"))
    says.text("project_type", row.get("Type of electricity (for electrolysis projects)"))
    says.text("note", row.get("Technology Comments"))
    says.number("capacity_factor_share", row.get("Capacity factor"))


def _is_flagged(says: Statements, cell: Cell) -> bool:
    if cell.empty or cell.text == "0":
        return False
    if cell.text != "1":
        says.finding("unknown_flag", cell, "an end use is marked with 1", "1 or blank")
        return False
    return True


def _word(says: Statements, field: str, cell: Cell, words: str) -> str | None:
    """State what a word list says of the cell; a word it does not hold is a finding."""
    if cell.empty:
        return None
    found = lookup(words, cell.text)
    if found is None:
        says.finding(f"unknown_{cell.header.lower()}", cell, "not in the word list",
                     f"a word of words/{words}.csv")
        return None
    says.add(field, text=found[field], raw=cell.raw, place=cell.place)
    return found[field]


def sectors_of(product: str | None, end_uses: list[str], said: str = "") -> list[str]:
    """Sectors served, primary first, from product, end uses and what the text says of jet fuel.

    domain.md: ammonia and methanol go to chemicals unless sold as fuel only; synthetic kerosene to
    aviation; hydrogen to the sector that uses it; everything else is outside.
    """
    uses = set(end_uses)
    if product == "synfuels":
        return ["aviation" if JET_WORDS.search(said) else "fuel_undecided"]
    if product in ("ammonia", "methanol"):
        if uses and uses <= {"Mobility"}:
            return ["fuel_undecided"]
        return ["chemicals", "fuel_undecided"] if "Mobility" in uses else ["chemicals"]
    if product != "hydrogen":
        return ["outside"]
    served = []
    if uses & {"Ammonia", "Methanol"}:
        served.append("chemicals")
    if "Iron&Steel" in uses:
        served.append("steel")
    if "Synfuels" in uses:
        served.append("aviation" if JET_WORDS.search(said) else "fuel_undecided")
    return served or ["outside"]


def _capacities(says: Statements, row: Row, route: str | None) -> None:
    electrolytic = route == "electrolysis"
    stated = set()
    if electrolytic and says.number("capacity_electrolyser_kw", row["MWel"], factor=1000,
                                    whole=True) is not None:
        stated.add("capacity_electrolyser_kw")
    if says.number("capacity_hydrogen_t_per_year", row["kt H2/y"], factor=1000,
                   whole=True) is not None:
        stated.add("capacity_hydrogen_t_per_year")
    if says.number("capacity_co2_captured_t_per_year", row["t CO₂ captured/y"],
                   whole=True) is not None:
        stated.add("capacity_co2_captured_t_per_year")
    flow = row.get("nm³ H₂/h") or row.get("Nm³ H₂/h")
    says.number("capacity_source_normalised_nm3_h2_per_hour", flow)
    size = row["Announced Size"]
    says.text("announced_size", size)
    if not size.empty:
        _announced(says, row, electrolytic, stated)


def _announced(says: Statements, row: Row, electrolytic: bool, stated: set[str]) -> None:
    """Capacities that only the announced text states; the normalised columns go first."""
    cell = row["Announced Size"]
    try:
        quantities = parse_quantities(cell.text, decimal_comma=False)
    except UnreadableQuantity as error:
        says.finding("unreadable_size", cell, error.reason, error.accepted)
        return
    for quantity in quantities:
        field = announced_field(quantity, electrolytic)
        if field is None or field in stated:
            continue
        if quantity.low is None or quantity.low != quantity.high:
            says.finding("range_of_sizes", cell, "a range, not one capacity",
                         "one number with a unit")
            continue
        if _contradicts(row, field, quantity.low):
            says.finding("contradicts_itself", cell,
                         f"{quantity.low:,.0f} t/y does not fit {row['kt H2/y'].text} kt H2/y "
                         "in the same row", "a size that its own hydrogen can make")
            continue
        stated.add(field)
        says.add(field, number=whole_units(quantity.low), raw=cell.raw, place=cell.place)


def _contradicts(row: Row, field: str, tonnes: float) -> bool:
    """Ammonia and methanol need 0.18-0.19 t of hydrogen a tonne; five times off is a slip."""
    hydrogen = row["kt H2/y"].value
    if field not in MADE_OF_HYDROGEN or not hydrogen:
        return False
    try:
        ratio = tonnes * T_HYDROGEN_PER_T / (float(hydrogen) * 1000)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return False
    return not 0.2 <= ratio <= 5


def announced_field(quantity: Quantity, electrolytic: bool) -> str | None:
    """Which capacity an announced size speaks of; None where the text does not say."""
    if quantity.unit == "kW":
        return "capacity_electrolyser_kw" if electrolytic and not quantity.substance else None
    if quantity.unit != "t/y":
        return None
    return {
        "hydrogen": "capacity_hydrogen_t_per_year", "ammonia": "capacity_ammonia_t_per_year",
        "methanol": "capacity_methanol_t_per_year", "co2": "capacity_co2_captured_t_per_year",
    }.get(quantity.substance or "")


def _cut_in_name(file: str) -> date | None:
    """A quality-checked copy is about the edition its file name dates, e.g. 2021-10."""
    match = re.search(r"(20\d\d)-(\d\d)", file)
    if match is None:
        return None
    year, month = int(match[1]), int(match[2])
    return date(year + month // 12, month % 12 + 1, 1).replace(day=1) - _ONE_DAY


_ONE_DAY = date(2000, 1, 2) - date(2000, 1, 1)


def _references(book: Book) -> dict[str, str]:
    table = book.sheet("References")
    if table is None:
        return {}
    found = {}
    for row in table.rows[2:]:
        number, text = [Cell(v, "References", 0, 0, "").text for v in (row + [""] * 2)[:2]]
        if number and text:
            found[f"[{number}]"] = text[:2000]
    return found
