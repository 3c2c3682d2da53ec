"""LeadIT Green Steel Tracker: the world list of October 2021 and the European list of 2026.

Two scopes and two key spaces that never meet. The list of 2021 reached us as a copy whose `idx` is
only a row number, so its keys are composed of company, project and location; it states no status:
every record there has activity `unknown` and no stage. The list of 2026 has the tracker's own ids
but covers Europe alone. What one does not list says nothing about the other: the copy is never
complete, and the later list is complete only where all of it lies in Europe, so that it can drop
what an earlier European list held and nothing else.

LeadIT has no word for a decision: 'Announced' reaches up to committed. Its technology categories of
2026 say what a project does to the blast furnace, not by which route: the route stays unset there.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from groundbreak.history.edition import Edition
from groundbreak.sources.errors import EmptyFile, UnknownLayout
from groundbreak.sources.files import Book, Cell, Row
from groundbreak.sources.statements import Statements
from groundbreak.sources.words import Word, lookup, status_words
from groundbreak.vocabulary import countries

SOURCE = "leadit"
ACCEPTED = (
    "the Green Steel Tracker as a table with the column gst_id (2026), or the copy of its list of "
    "October 2021 with the columns idx, Company, project_name"
)
NOTHING_SAID = frozenset({
    "", "n/a", "na", "tbd", "not stated", "not available", "not availiable", "not in operation",
})
GEM_PLANT_ID = re.compile(r"P\d{12}")
# What a 'Secondary Steel' row may be called without being a scrap furnace alone.
MORE_THAN_SCRAP = re.compile(r"\b(DRI|CCS|CCUS|H2|hydrogen|bio-?coke)\b", re.IGNORECASE)
# A plant that starts up before it is built, or that never was: the source contradicts itself.
NOT_YET_RUNNING = frozenset({"Announced", "Construction"})


@dataclass(frozen=True)
class Layout:
    """How to recognise an edition, and how to read one of its rows."""

    name: str
    marks: tuple[str, ...]
    covers: tuple[str, ...]
    key: Callable[[Row], str]
    part: Callable[[Row], str]
    read: Callable[[Statements, Row], None]


# -- reading -----------------------------------------------------------------------------------
def read(book: Book) -> Edition:
    """One edition. Raises SourceError when the file is not this tracker."""
    table = next(iter(book.tables.values()))
    columns = table.headers(0)
    layout = _layout(book, columns)
    rows = list(table.data(columns, 1))
    if not rows:
        raise EmptyFile(file=book.file, where="", accepted=ACCEPTED)
    says = Statements(SOURCE, book)
    says.cover("name", "owners", "country", "place", "sector", "sectors_served", "scale",
               "activity", "product", "route", "technology", *layout.covers)
    _read_rows(says, rows, layout)
    if layout is WORLD_2021:
        heading = Cell("idx", table.sheet, 1, columns["idx"], "idx")
        says.finding("no_status", heading, "this list states no status for any project",
                     "a column of status; activity is unknown and the stage unset")
        return says.edition(layout.name, len(rows), complete=False)
    _shared_plants(says, rows)
    europe = all(_in_europe(row["country"].text) for row in rows)
    name = f"{layout.name}, {'Europe' if europe else 'beyond Europe'}"
    return says.edition(name, len(rows), complete=europe)


def _layout(book: Book, columns: dict[str, int]) -> Layout:
    for layout in LAYOUTS:
        if all(mark in columns for mark in layout.marks):
            return layout
    nearest = max(LAYOUTS, key=lambda item: sum(mark in columns for mark in item.marks))
    missing = ", ".join(mark for mark in nearest.marks if mark not in columns)
    raise UnknownLayout(file=book.file, source=SOURCE, accepted=ACCEPTED,
                        why=f"columns missing for '{nearest.name}': {missing}")


def _read_rows(says: Statements, rows: list[Row], layout: Layout) -> None:
    placed: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        key = layout.key(row)
        if not key:
            says.finding("missing_id", row[layout.marks[0]], "a row without an id is no record",
                         "an id such as GST-001")
            continue
        placed[key].append(f"row {row.number} ({layout.part(row)})")
        says.record(key, layout.part(row))
        layout.read(says, row)
    for key, where in sorted(placed.items()):
        if len(where) > 1:
            says.doubt("repeated_id", f"{key} stands {len(where)} times: "
                                      f"{'; '.join(sorted(where))}", key)


def _in_europe(country: str) -> bool:
    code = countries.lookup(country)
    return code is not None and countries.in_grouping(code, "Europe", date(2026, 1, 1))


def _said(cell: Cell) -> Cell | None:
    """The cell, or None where it holds one of the source's words for nothing."""
    return None if cell.text.casefold() in NOTHING_SAID else cell


def _word(says: Statements, field: str, cell: Cell, words: str, kind: str) -> str | None:
    """State what the cell's word stands for; a word not in the list is a finding."""
    if _said(cell) is None:
        return None
    found = lookup(words, cell.text)
    if found is None:
        says.finding(kind, cell, "not in the word list", f"a word of words/{words}.csv")
        return None
    value = next(value for column, value in found.items() if column != "word")
    says.add(field, text=value, raw=cell.raw, place=cell.place)
    return value


def _who_and_where(says: Statements, row: Row, name: str, company: str, place: str) -> None:
    """The columns both layouts have, under the names they have there."""
    if _said(row[name]) is None:
        says.finding("no_name", row[name], "the source gives the project no name",
                     "a project name; the record is known by its company and place")
    says.text("name", _said(row[name]))
    says.text("owners", _said(row[company]))
    says.country(row["country"])
    says.text("place", _said(row[place]))
    for field in ("sector", "sectors_served"):
        says.add(field, text="steel", raw="", place=row[company].place)


# -- the world, October 2021 ---------------------------------------------------------------------
def slug(*texts: str) -> str:
    """One key from several cells, the same whether or not a copy lost their accents.

    Letters beyond ASCII are left out: 'Luleå' and 'Lule\ufffd' both give 'lule'.
    """
    plain = unicodedata.normalize("NFC", " ".join(texts)).casefold().replace("'", "")
    return re.sub(r"[^a-z0-9]+", "-", plain.encode("ascii", "ignore").decode()).strip("-")


def _key_2021(row: Row) -> str:
    said = [cell.text for name in ("Company", "project_name", "location")
            if (cell := _said(row[name]))]
    return slug(*said) if _said(row["location"]) else slug(*said, row["country"].text)


def _part_2021(row: Row) -> str:
    return " | ".join(row[name].text for name in ("technology", "specific_technology"))


def _read_2021(says: Statements, row: Row) -> None:
    _who_and_where(says, row, "project_name", "Company", "location")
    says.add("activity", text="unknown", raw="", place=row["idx"].place)
    _word(says, "scale", row["scale"], "leadit_scale", "unknown_scale")
    _technology(says, row)
    website = row["website"]
    if website.text.startswith(("http://", "https://")):
        says.text("references", website)
    accuracy = _word(says, "location_accuracy", row["accuracy"], "leadit_accuracy",
                     "unknown_accuracy")
    if accuracy not in ("country", None):  # the middle of a country is no place of a plant
        says.coordinates(row["lat"], row["lon"])


def _technology(says: Statements, row: Row) -> None:
    broad, narrow = row["technology"], row["specific_technology"]
    cell = _said(narrow) or _said(broad)
    if cell is None:
        return
    says.text("technology", cell)
    if _said(row["hydrogen_type"]):
        hydrogen = row["hydrogen_type"]
        says.add("note", text=f"Hydrogen: {hydrogen.text}", raw=hydrogen.raw, place=hydrogen.place)
    found = lookup("leadit_technology", narrow.text) or lookup("leadit_technology", broad.text)
    if found is None:
        says.finding("unknown_technology", cell, "technology not in the word list",
                     "a word of words/leadit_technology.csv")
        return
    says.add("product", text=found["product"], raw=cell.raw, place=cell.place)
    if found["product"] == "hydrogen":
        _word(says, "route", row["hydrogen_type"], "leadit_hydrogen", "unknown_technology")
    elif found["route"]:
        says.add("route", text=found["route"], raw=cell.raw, place=cell.place)
    else:
        says.finding("no_route", cell, found["why"], "a technology that is a route of routes.csv")


# -- Europe, 2026 --------------------------------------------------------------------------------
def _read_2026(says: Statements, row: Row) -> None:
    _who_and_where(says, row, "project_name", "company", "site")
    word = says.status(row["project_status"], status_words("leadit_status"))
    # 'Finalized (research & testing)' means a pilot where the scale is not stated.
    if _word(says, "scale", row["project_scale"], "leadit_scale", "unknown_scale") is None \
            and lookup("leadit_scale", row["project_status"].text):
        _word(says, "scale", row["project_status"], "leadit_scale", "unknown_scale")
    _category(says, row)
    _dates(says, row, word)
    _word(says, "inclusion_verdict", row["qualified_for_tracker"], "leadit_verdict",
          "unknown_verdict")
    _plant(says, row["leadit_gem_plant_id"])


def _category(says: Statements, row: Row) -> None:
    cell = row["technology_category"]
    if _said(cell) is None:
        return
    says.text("technology", cell)
    found = lookup("leadit_category", cell.text)
    if found is None:
        says.finding("unknown_technology", cell, "category not in the word list",
                     "a word of words/leadit_category.csv")
    elif found["route"] and MORE_THAN_SCRAP.search(row["project_name"].text):
        says.finding("no_route", cell, f"contradicts the name {row['project_name'].text!r}",
                     "a category that agrees with the project's name")
    elif found["route"]:
        says.add("route", text=found["route"], raw=cell.raw, place=cell.place)
        says.add("product", text=found["product"], raw=cell.raw, place=cell.place)


def _dates(says: Statements, row: Row, word: Word) -> None:
    says.dated("operation_planned_date", _said(row["planned_commissioning"]))
    started = says.dated("operation_actual_date", _said(row["actual_start_year"]))
    if started and word.word in NOT_YET_RUNNING:
        says.doubt("implausible_date", f"actual_start_year {row['actual_start_year'].text!r} "
                                       f"although the status is {word.word!r}")


def _plant(says: Statements, cell: Cell) -> None:
    if _said(cell) is None:
        return
    if not GEM_PLANT_ID.fullmatch(cell.text):
        says.finding("unreadable_id", cell, "not a plant id of the Global Energy Monitor",
                     "P and twelve digits")
        return
    says.text("gem_plant_id", cell)


def _shared_plants(says: Statements, rows: list[Row]) -> None:
    """One plant id under two plant names: at least one of the rows is wrong."""
    named: dict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        if _said(row["leadit_gem_plant_name"]) and _said(row["leadit_gem_plant_id"]):
            named[row["leadit_gem_plant_id"].text][row["leadit_gem_plant_name"].text] += 1
    for row in rows:
        names = named[row["leadit_gem_plant_id"].text]
        if len(names) > 1:
            says.doubt("shared_plant_id", f"{row['leadit_gem_plant_id'].text} is given to "
                       f"{' and to '.join(repr(name) for name in sorted(names))}",
                       row["gst_id"].text)


WORLD_2021 = Layout(
    "world, October 2021, a copy without ids (keys: company, project, location)",
    ("idx", "Company", "project_name", "website", "country", "location", "accuracy", "scale",
     "technology", "hydrogen_type", "specific_technology", "lon", "lat"),
    ("references", "location_accuracy", "latitude", "longitude", "note"),
    _key_2021, _part_2021, _read_2021,
)
EUROPE_2026 = Layout(
    "2026 with tracker ids",
    ("gst_id", "project_name", "company", "country", "site", "project_status",
     "technology_category", "project_scale", "planned_commissioning", "actual_start_year",
     "qualified_for_tracker", "leadit_gem_plant_name", "leadit_gem_plant_id"),
    ("status_as_published", "stage", "operation_planned_date", "operation_actual_date",
     "inclusion_verdict", "gem_plant_id"),
    lambda row: row["gst_id"].text, lambda row: row["project_name"].text, _read_2026,
)
LAYOUTS = (EUROPE_2026, WORLD_2021)
