"""Clean Investment Monitor (Rhodium Group and MIT CEEPR): facilities in the United States.

Only technologies that serve the six sectors are read as records (words/cim_technology.csv and
words/cim_subcategory.csv); every row is counted. What the monitor states is taken as it defines it:

* an announcement date may be its own estimate or the date of the first article;
* its investment is reported, extrapolated or modelled without saying which, in dollars of the year
  its release names: stated as announced capex at grade 6 (inferred);
* it states no capacity and, for hydrogen, no end use.

Columns about members of Congress and their districts are never read.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date

from groundbreak.history.edition import Edition
from groundbreak.sources.dates import quarter_of
from groundbreak.sources.errors import EmptyFile, UnknownLayout, UnreadableFile
from groundbreak.sources.files import Book, Cell, Row, Table
from groundbreak.sources.statements import Statements
from groundbreak.sources.words import lookup, status_words

SOURCE = "cim"
ACCEPTED = (
    "manufacturing_energy_and_industry_facility_metadata.csv as released, its title and version "
    "lines included, with columns unique_id, Technology, Subcategory, Current_Facility_Status"
)
REQUIRED = ("unique_id", "Company", "Technology", "Subcategory", "Decarb_Sector", "Project_Type",
            "Current_Facility_Status", "Announcement_Date", "State", "Address", "Latitude",
            "Longitude", "LatLon_Valid")
TITLE_LINES = 20  # the header stands within them
INFERRED = 6
USD_PER_MILLION = 1e6


@dataclass(frozen=True)
class Layout:
    """How to recognise an edition: the column of the investment has had several names."""

    name: str
    investment: str


LAYOUTS = (Layout("facility metadata", "Estimated_Total_Facility_CAPEX"),)


@dataclass(frozen=True)
class _Release:
    """What the version line says: the last day covered and the year of the dollars, if known."""

    cell: Cell
    data_cut: date | None
    dollar_year: str | None


# -- the file ----------------------------------------------------------------------------------
def read(book: Book) -> Edition:
    """One edition. Raises SourceError when the file is not this monitor's."""
    table = next(iter(book.tables.values()))
    header = _header(book, table)
    columns = table.headers(header)
    layout = _layout(book, columns)
    rows = list(table.data(columns, header + 1))
    if not rows:
        raise EmptyFile(file=book.file, where="", accepted=ACCEPTED)
    _check_widths(book, rows, len(table.rows[header]))
    says = Statements(SOURCE, book)
    says.cover("name", "country", "place", "latitude", "longitude", "location_accuracy", "sector",
               "sectors_served", "product", "route", "technology", "project_type", "end_uses",
               "capex_announced", "announcement_actual_date")
    release = _release(says, table, header)
    kept = _in_scope(says, rows, header + 1)
    for row in kept:
        _record(says, row, release, layout.investment)
    _repeated(says, kept)
    return says.edition(layout.name, len(rows), complete=True, data_cut=release.data_cut)


def _header(book: Book, table: Table) -> int:
    for number, row in enumerate(table.rows[:TITLE_LINES]):
        if any(str(value).strip() == "unique_id" for value in row):
            return number
    raise UnknownLayout(file=book.file, source=SOURCE, accepted=ACCEPTED,
                        why=f"no column unique_id in the first {TITLE_LINES} lines")


def _check_widths(book: Book, rows: list[Row], width: int) -> None:
    """Cells that slid sideways could put a politician's name anywhere: such a file is refused."""
    ragged = [str(row.number) for row in rows if len(row.values) != width]
    if ragged:
        raise UnreadableFile(file=book.file, accepted=ACCEPTED,
                             why=f"row {', '.join(ragged[:5])}{' …' * (len(ragged) > 5)} has not "
                                 f"the {width} cells of the header")


def _layout(book: Book, columns: dict[str, int]) -> Layout:
    missing = [name for name in REQUIRED if name not in columns]
    layouts = [layout for layout in LAYOUTS if layout.investment in columns]
    if not missing and layouts:
        return layouts[0]
    missing += [] if layouts else [" or ".join(layout.investment for layout in LAYOUTS)]
    raise UnknownLayout(file=book.file, source=SOURCE, accepted=ACCEPTED,
                        why=f"columns missing: {', '.join(missing)}")


def _release(says: Statements, table: Table, header: int) -> _Release:
    """The version line, such as `version:,2024_Q4.20250218.0`."""
    for number, row in enumerate(table.rows[:header]):
        if len(row) > 1 and str(row[0]).strip() == "version:":
            cell = Cell(row[1], table.sheet, number + 1, 1, "version:")
            if match := re.match(r"(\d{4})_Q([1-4])\b", cell.text):
                year = lookup("cim_dollar_year", match[0])
                return _Release(cell, quarter_of(int(match[1]), int(match[2])).last,
                                year["dollar_year"] if year else None)
            says.finding("unknown_version", cell, "no quarter in the version", "2024_Q4.20250218.0")
            return _Release(cell, None, None)
    cell = Cell("", table.sheet, 1, 0, "version:")
    says.finding("unknown_version", cell, "no version line above the header",
                 "a line such as version:,2024_Q4.20250218.0")
    return _Release(cell, None, None)


def _in_scope(says: Statements, rows: list[Row], header_row: int) -> list[Row]:
    """Rows of the six sectors; the others are counted in one finding."""
    kept: list[Row] = []
    left_out: Counter[str] = Counter()
    for row in rows:
        if _is_read(says, row):
            kept.append(row)
        else:
            left_out[row["Technology"].text] += 1
    if left_out:
        counts = ", ".join(f"{name} {count}" for name, count in sorted(left_out.items()))
        says.finding("out_of_scope", _heading(rows, "Technology", header_row),
                     f"{sum(left_out.values())} of {len(rows)} rows serve none of the six sectors "
                     f"and are not read: {counts}", "technologies of words/cim_technology.csv")
    hydrogen = sum(row["Technology"].text.casefold() == "hydrogen" for row in kept)
    if hydrogen:
        says.finding("no_end_use", _heading(rows, "Technology", header_row),
                     f"{hydrogen} hydrogen rows name no end use: their sector is outside",
                     "an end use in one of the six sectors")
    return kept


def _heading(rows: list[Row], name: str, header_row: int) -> Cell:
    return Cell(name, rows[0].sheet, header_row, rows[0].columns[name], name)


def _is_read(says: Statements, row: Row) -> bool:
    """Whether a row is a record here. A technology of neither list is a finding, not a record."""
    cell = row["Technology"]
    broad = lookup("cim_technology", cell.text)
    if broad is None:
        says.finding("unknown_technology", cell, "technology not in the word list: row not read",
                     "a word of words/cim_technology.csv")
        return False
    if broad["read"] == "yes" or cell.text != "Carbon Management":
        return broad["read"] == "yes"
    # Capture may one day be listed for a cement or steel plant.
    if lookup("cim_subcategory", _technology(row)) is None:
        says.finding("unknown_technology", row["Subcategory"],
                     "capture of a kind not in the word list: row not read",
                     "a word of words/cim_subcategory.csv")
    return False


def _repeated(says: Statements, rows: list[Row]) -> None:
    placed: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        placed[row["unique_id"].text].append(f"row {row.number} ({row['Company'].text})")
    for key, where in sorted(placed.items()):
        if len(where) > 1:
            says.doubt("repeated_id", f"{key} stands {len(where)} times: "
                                      f"{'; '.join(sorted(where))}", key)


# -- a row -------------------------------------------------------------------------------------
def _technology(row: Row) -> str:
    return f"{row['Technology'].text}: {row['Subcategory'].text}"


def _record(says: Statements, row: Row, release: _Release, investment: str) -> None:
    if row["unique_id"].empty:
        says.finding("missing_id", row["unique_id"], "a row without an id is no record",
                     "the monitor's unique_id")
        return
    says.record(row["unique_id"].text, part=row["Company"].text)
    says.text("name", row["Company"])
    says.status(row["Current_Facility_Status"], status_words("cim_status"))
    says.text("project_type", row["Project_Type"])
    says.text("end_uses", row["Decarb_Sector"])
    _what(says, row)
    _announced(says, row["Announcement_Date"], release)
    _investment(says, row[investment], release)
    if state := _state(says, row["State"]):
        _place(says, row, state)


def _what(says: Statements, row: Row) -> None:
    cell = row["Subcategory"]
    broad = lookup("cim_technology", row["Technology"].text) or {}
    for field in ("sector", "sectors_served"):
        says.add(field, text=broad["sector"], raw=row["Technology"].raw,
                 place=row["Technology"].place)
    says.add("technology", text=_technology(row), raw=cell.raw, place=cell.place)
    narrow = lookup("cim_subcategory", _technology(row))
    if narrow is None:
        says.finding("unknown_technology", cell, "subcategory not in the word list",
                     "a word of words/cim_subcategory.csv")
    product = (narrow or broad)["product"]
    if product:
        says.add("product", text=product, raw=cell.raw, place=cell.place)
    if narrow and narrow["route"]:
        says.add("route", text=narrow["route"], raw=cell.raw, place=cell.place)
    elif narrow:
        says.finding("no_route", cell, narrow["why"], "a technology that is a route of routes.csv")


def _announced(says: Statements, cell: Cell, release: _Release) -> None:
    when = says.when(cell)
    if when is None:
        return
    if release.data_cut and when.first > release.data_cut:
        says.finding("unreadable_date", cell, f"announced after the data end ({release.data_cut})",
                     f"a day up to {release.data_cut}")
        return
    says.add("announcement_actual_date", when=when.first, precision=when.precision,
             raw=cell.raw, place=cell.place)


def _investment(says: Statements, cell: Cell, release: _Release) -> None:
    """Millions of dollars of the release's year; 0 stands where the monitor knows no value."""
    if cell.empty:
        return
    if release.dollar_year is None:
        says.finding("unknown_price_year", cell, "the year of this release's dollars is not known",
                     "a release of words/cim_dollar_year.csv")
    elif re.fullmatch(r"0+(\.0*)?", cell.text):
        says.finding("zero_capex", cell, "0 stands where no amount is known",
                     "an amount above 0")
    else:
        says.number("capex_announced", cell, factor=USD_PER_MILLION, whole=True,
                    unit=f"USD@{release.dollar_year}", grade=INFERRED)


def _state(says: Statements, cell: Cell) -> dict[str, str] | None:
    found = lookup("cim_state", cell.text)
    if found is None:
        says.finding("unknown_country", cell, "no state of the United States",
                     "a code of words/cim_state.csv")
        return None
    says.add("country", text="USA", raw=cell.raw, place=cell.place)
    return found


def _place(says: Statements, row: Row, state: dict[str, str]) -> None:
    address, valid = row["Address"], row["LatLon_Valid"]
    words = re.findall(r"\w+", address.text)
    named = state["word"] in words or state["name"].casefold() in address.text.casefold()
    text = ", ".join(filter(None, (address.text, "" if named else state["word"])))
    says.add("place", text=text, raw=address.raw, place=address.place)
    only_state = not words or address.text in (state["word"], state["name"])
    if valid.text.casefold() == "true":
        street = bool(re.match(r"\d+", address.text))
        accuracy = "region" if only_state else "exact" if street else "approximate"
        says.coordinates(row["Latitude"], row["Longitude"])
    elif valid.text.casefold() == "false":
        accuracy = "region"
    else:
        says.finding("unknown_flag", valid, "neither true nor false", "True or False")
        return
    says.add("location_accuracy", text=accuracy, raw=valid.raw, place=valid.place)
