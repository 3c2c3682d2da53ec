"""IEA CCUS Projects Database: the editions of February 2024 and March 2025.

Every project here captures, moves or stores CO2. What is captured counts for the sector of the
plant it is captured at; transport and storage serve all and belong to none.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from groundbreak.history.edition import Edition
from groundbreak.sources.errors import EmptyFile, UnknownLayout
from groundbreak.sources.files import Book, Cell, Row
from groundbreak.sources.links import state_links
from groundbreak.sources.statements import Statements
from groundbreak.sources.words import Word, lookup, status_words
from groundbreak.sources.words import rows as word_rows
from groundbreak.vocabulary.quantities import UnreadableQuantity, parse_quantity

SOURCE = "iea-ccus"
SHEET = "CCUS Projects Database"
ANNOUNCED = "Announced capacity (Mt CO2/yr)"
ESTIMATED = "Estimated capacity by IEA (Mt CO2/yr)"
REQUIRED = ("Project name", "ID", "Partners", "Project type", "Announcement", "FID", "Operation",
            "Project Status", "Project phase", ANNOUNCED, ESTIMATED, "Sector", "Fate of carbon",
            "Part of CCUS hub", "Ref 1")
ACCEPTED = (
    f"the database as the IEA releases it: a sheet {SHEET!r} whose first row has "
    + ", ".join(REQUIRED[:9])
)
COVERED = (
    "name", "country", "owners", "project_type", "note", "sector", "sectors_served", "product",
    "route", "co2_fate", "hub", "references", "announced_size",
    "capacity_co2_captured_t_per_year", "announcement_actual_date", "fid_planned_date",
    "fid_actual_date", "operation_planned_date", "operation_actual_date",
)
# What each stage proves of the two dates that the source gives as "actual or planned".
PROVES_FID = frozenset({"committed..construction", "operating", "closed"})
PROVES_OPERATION = frozenset({"operating", "closed"})
# Which milestone the one column of stop dates speaks of; other words leave it open.
STOP_OF = {"paused": "pause", "cancelled": "cancellation"}
TONNES_PER_MT = 1e6
ROUNDING_MT = 0.005  # ranges are printed to two decimals, estimates to three


@dataclass(frozen=True)
class Layout:
    """How to recognise an edition: its columns for country and stop date, and what these say."""

    name: str
    country: str
    stopped: str
    stop_fields: tuple[str, ...]


LAYOUTS = (
    Layout("2025", "Country or economy", "Suspension/decommissioning/cancellation",
           ("pause_actual_date", "closure_actual_date", "cancellation_actual_date")),
    Layout("2024", "Country", "Suspension/decommissioning",
           ("pause_actual_date", "closure_actual_date")),
)


def read(book: Book) -> Edition:
    """One edition. Raises SourceError when the file is not this database."""
    table = book.require(SOURCE, ACCEPTED, SHEET)
    columns = table.headers(0)
    layout = _layout(book, columns)
    rows = list(table.data(columns, 1))
    if not rows:
        raise EmptyFile(file=book.file, where=f" in sheet {table.sheet!r}", accepted=ACCEPTED)
    says = Statements(SOURCE, book)
    says.cover(*COVERED, *layout.stop_fields)
    keyed = [row for row in rows if _has_id(says, row)]
    parts = _parts(keyed)
    words = status_words("iea_ccus_status")
    for row in keyed:
        says.record(row["ID"].text, part=parts[row.number])
        _record(says, row, layout, words)
    _repeated_ids(says, keyed)
    return says.edition(layout.name, len(rows), complete=True)


def _layout(book: Book, columns: Mapping[str, int]) -> Layout:
    missing = [name for name in REQUIRED if name not in columns]
    if missing:
        raise UnknownLayout(file=book.file, source=SOURCE, accepted=ACCEPTED,
                            why=f"columns missing in the header row: {', '.join(missing)}")
    for layout in LAYOUTS:
        if layout.country in columns and layout.stopped in columns:
            return layout
    known = "; ".join(f"{item.name} (has {item.country}, {item.stopped})" for item in LAYOUTS)
    raise UnknownLayout(file=book.file, source=SOURCE, accepted=known,
                        why="the columns for country and stop date are of no known edition")


# -- which record --------------------------------------------------------------------------------
def _has_id(says: Statements, row: Row) -> bool:
    cell = row["ID"]
    if cell.text not in ("", "0"):
        return True
    name = row["Project name"]
    says.finding("row_without_id", Cell(name.value, cell.sheet, cell.row, name.column, "ID"),
                 "row without an id: it cannot be followed from edition to edition",
                 "an id above 0")
    return False


def _parts(rows: list[Row]) -> dict[int, str]:
    """Row number → project name, with its type where one id stands twice under one name."""
    counts = Counter((row["ID"].text, row["Project name"].text) for row in rows)
    parts = {}
    for row in rows:
        name = row["Project name"].text
        if counts[row["ID"].text, name] > 1:
            name = "; ".join([name, row["Project type"].text, row["Project phase"].text])
        parts[row.number] = name
    return parts


def _repeated_ids(says: Statements, rows: list[Row]) -> None:
    named: defaultdict[str, list[str]] = defaultdict(list)
    for row in rows:
        named[row["ID"].text].append(f"{row['Project name'].text} ({row['Project type'].text})")
    for key, names in sorted(named.items()):
        if len(names) > 1:
            says.doubt("repeated_id",
                       f"id {key} stands {len(names)} times: {'; '.join(sorted(names))}", key)


# -- what is said of it --------------------------------------------------------------------------
def _record(says: Statements, row: Row, layout: Layout, words: Mapping[str, Word]) -> None:
    says.text("name", row["Project name"])
    says.country(row[layout.country])
    _owners(says, row["Partners"])
    word = says.status(row["Project Status"], dict(words))
    _dates(says, row, word)
    _stop_date(says, row[layout.stopped], word, layout)
    captures = _project_type(says, row["Project type"])
    _sector(says, row, captures)
    _capacity(says, row, captures)
    _word(says, "iea_ccus_fate", "co2_fate", row["Fate of carbon"])
    says.text("hub", row["Part of CCUS hub"])
    _phase(says, row["Project phase"])
    state_links(says, *(row.get(f"Ref {number}") for number in range(1, 8)))


def _owners(says: Statements, cell: Cell) -> None:
    if cell.text == "0":
        says.finding("zero_for_blank", cell, "a formula's 0 for an empty cell",
                     "names of partners, or a blank")
        return
    says.text("owners", cell)


def _phase(says: Statements, cell: Cell) -> None:
    """Phases stand as rows of their own and add up; the registry has no field for their number."""
    if not cell.empty:
        says.add("note", text=f"Phase {cell.text}", raw=cell.raw, place=cell.place)


def _word(says: Statements, words: str, field: str, cell: Cell) -> dict[str, str] | None:
    """State the one spelling of a listed word; another word is a finding and stays unset."""
    if cell.empty:
        return None
    found = lookup(words, cell.text)
    if found is None:
        says.finding(f"unknown_{field}", cell, "word not in the word list",
                     f"a word of words/{words}.csv")
        return None
    if found[field]:
        says.add(field, text=found[field], raw=cell.raw, place=cell.place)
    return found


def _project_type(says: Statements, cell: Cell) -> bool:
    """Whether the project captures CO2; transport and storage capacity is not capture."""
    found = _word(says, "iea_ccus_project_type", "project_type", cell)
    return found is not None and found["captures"] == "yes"


# -- dates ---------------------------------------------------------------------------------------
def _dates(says: Statements, row: Row, word: Word) -> None:
    says.dated("announcement_actual_date", row["Announcement"])
    for milestone, cell, proven_by in (
        ("fid", row["FID"], PROVES_FID), ("operation", row["Operation"], PROVES_OPERATION),
    ):
        # Suspended: "project operation is suspended" (the file's own definition), so it had begun.
        if word.stage in proven_by or word.activity == "paused":
            says.dated(f"{milestone}_actual_date", cell)
            continue
        says.dated(f"{milestone}_planned_date", cell)
        if word.keeps_stage:  # 'Cancelled' does not say that no decision had been taken
            says.keep(f"{milestone}_actual_date")


def _stop_date(says: Statements, cell: Cell, word: Word, layout: Layout) -> None:
    """The one column of stop dates says what happened only together with the status."""
    if cell.empty:
        return
    milestone = "closure" if word.stage == "closed" else STOP_OF.get(word.activity or "")
    field = f"{milestone}_actual_date"
    if field in layout.stop_fields:
        says.dated(field, cell)
        return
    says.finding("undecided_stop_date", cell,
                 f"status {word.word!r} does not say whether this is a pause, a cancellation or "
                 "a closure", "a stop date of a project that is suspended, cancelled or "
                 "decommissioned")


# -- sector, product, route ----------------------------------------------------------------------
def _sector(says: Statements, row: Row, captures: bool) -> None:
    cell = row["Sector"]
    if cell.empty:
        return
    found = classify(cell.text, row["Project name"].text, row["Partners"].text, captures)
    if found is None:
        says.finding("unknown_sector", cell, "sector not in the word list",
                     "a word of words/iea_ccus_sector.csv")
        return
    for field, value in (("sector", found["sector"]), ("sectors_served", found["sector"]),
                         ("product", found["product"]), ("route", found["route"])):
        if value:
            says.add(field, text=value, raw=cell.raw, place=cell.place)


def classify(word: str, name: str, partners: str, captures: bool) -> dict[str, str] | None:
    """Sector, product and route of a sector word, made finer by what name or partners say.

    None for a word that is not listed. A project that captures nothing is transport or storage,
    whatever plants it serves.
    """
    if not captures and lookup("iea_ccus_sector", word) is not None:
        return lookup("iea_ccus_sector", "T&S" if word.casefold() != "tbd" else word)
    said = {"name": name, "partners": partners}
    for rule in word_rows("iea_ccus_name"):
        if rule["word"].casefold() == word.casefold() and re.search(
            rule["pattern"], said[rule["looks_in"]], re.IGNORECASE
        ):
            return rule
    return lookup("iea_ccus_sector", word)


# -- capacity ------------------------------------------------------------------------------------
def _capacity(says: Statements, row: Row, captures: bool) -> None:
    """The announced number, else the IEA's; only what is captured is a capture capacity.

    Where the announcement is a range, or a text that cannot be read, the number by its side is
    the IEA's own pick ("total capture capacity: sum of estimated capacity") and is taken as its
    claim; one outside the range contradicts the announcement and neither is taken.
    """
    announced, estimated = row[ANNOUNCED], row[ESTIMATED]
    if not announced.empty:
        says.add("announced_size", text=f"{announced.text} Mt CO2/yr", raw=announced.raw,
                 place=announced.place)
    if captures and (cell := _stated_capacity(says, announced, estimated)) is not None:
        says.number("capacity_co2_captured_t_per_year", cell, factor=TONNES_PER_MT, whole=True,
                    least=1.0)


def _stated_capacity(says: Statements, announced: Cell, estimated: Cell) -> Cell | None:
    if announced.empty:
        return None if estimated.empty else estimated
    if not isinstance(announced.value, str):
        _compare(says, announced, estimated)
        return announced
    bounds = _range(says, announced)
    if bounds is None or estimated.empty:
        return None if estimated.empty else estimated
    if bounds[0] - ROUNDING_MT <= _number(estimated) <= bounds[1] + ROUNDING_MT:
        return estimated
    says.finding("estimate_outside_range", estimated,
                 f"outside the announced {announced.text} Mt CO2/yr, neither is taken",
                 "an estimate within the announced range")
    return None


def _compare(says: Statements, announced: Cell, estimated: Cell) -> None:
    if estimated.empty or _number(estimated) == _number(announced):
        return
    says.finding("estimate_differs", estimated,
                 f"differs from the announced {announced.text} Mt CO2/yr, which is taken",
                 "the announced number")


def _range(says: Statements, cell: Cell) -> tuple[float, float] | None:
    """Both ends of an announced range in Mt; None, with a finding, where it cannot be read."""
    try:
        quantity = parse_quantity(cell.text, default_unit="Mt CO2/yr")
    except UnreadableQuantity as error:
        says.finding("unreadable_size", cell, error.reason, error.accepted)
        return None
    if quantity.low is None or quantity.high is None:
        says.finding("range_of_sizes", cell, "a range with an open end", "a number, or two")
        return None
    return quantity.low / TONNES_PER_MT, quantity.high / TONNES_PER_MT


def _number(cell: Cell) -> float:
    return float(cell.value) if isinstance(cell.value, int | float) else float("nan")
