"""Collecting what a file says: typed statements, findings and doubts, with every raw cell kept."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import replace
from datetime import date

import polars as pl

from groundbreak.history.edition import STATEMENT_SCHEMA, Doubt, Edition, Finding
from groundbreak.sources.dates import ACCEPTED_DATES, UnreadableDate, When, parse_cell
from groundbreak.sources.doubtful import MAX_CELL_CHARACTERS, SHOWN_CHARACTERS, shown
from groundbreak.sources.errors import UnknownWord
from groundbreak.sources.files import Book, Cell
from groundbreak.sources.words import Word
from groundbreak.vocabulary import countries
from groundbreak.vocabulary.fields import field as registered
from groundbreak.vocabulary.fields import registry

SHOWN_NOTES = 50  # of a kind; what is beyond is one summary
MAX_NUMBER = 1e15  # in base units; whole numbers are exact up to here
Day = date  # inside Statements, `date` is the method


def significant(value: float, digits: int = 12) -> float:
    """`value` at 12 significant digits, so that a CSV and a workbook of one table compare equal."""
    return float(f"{value:.{digits}g}")


def whole_units(value: float) -> float:
    """`value` as a whole number of its base unit; its last bits do not decide a half."""
    return float(round(significant(value)))


class Statements:
    """What one file says, gathered row by row. One instance an import."""

    def __init__(self, source: str, book: Book) -> None:
        self.source = source
        self.book = book
        self.findings: list[Finding] = []
        self.doubts: list[Doubt] = []
        self.covered: set[str] = set()
        self.kept: set[tuple[str, str, str]] = set()
        self._columns: dict[str, list[object]] = {name: [] for name in STATEMENT_SCHEMA}
        self.key = ""
        self.part = ""
        self._by_default: dict[str, object] = {}

    # -- where we are ---------------------------------------------------------------------------
    def record(
        self, key: str, part: str = "", *, known: date | None = None, grade: int | None = None,
        evidence: str | None = None, publisher: str | None = None,
    ) -> None:
        """Everything said from here on is about this record.

        `known`, `grade`, `evidence` and `publisher` hold for every statement that names no other.
        """
        self.key, self.part = key, part
        self._by_default = {
            "known": known, "grade": grade, "evidence": evidence, "publisher": publisher,
        }

    def cover(self, *fields: str) -> None:
        """Fields this layout can state: a blank there means 'no longer stated'."""
        for name in fields:
            registered(name)
            self.covered.add(name)

    def keep(self, field: str) -> None:
        """This record's `field`, unsaid here, stays as it was known: it is not cleared."""
        registered(field)
        self.kept.add((self.key, self.part, field))

    # -- what is not taken ----------------------------------------------------------------------
    def finding(self, kind: str, cell: Cell, why: str, accepted: str) -> None:
        """Note a cell that is not taken as it stands."""
        self.findings.append(Finding(kind, self.book.file, cell.sheet, cell.row, cell.header,
                                     shown(cell.raw), why, accepted))

    def doubt(self, kind: str, text: str, key: str | None = None) -> None:
        """Open a review item on the current record."""
        self.doubts.append(Doubt(kind, self.key if key is None else key, text))

    # -- what is said ---------------------------------------------------------------------------
    def add(
        self,
        field: str,
        *,
        text: str | None = None,
        number: float | None = None,
        when: date | None = None,
        precision: str | None = None,
        unit: str | None = None,
        raw: str = "",
        place: str = "",
        happened: When | None = None,
        known: date | None = None,
        grade: int | None = None,
        evidence: str | None = None,
        publisher: str | None = None,
    ) -> None:
        """State one value. `field` must be registered."""
        spec = registry().get(field) or registered(field)
        self.covered.add(field)
        row: dict[str, object] = {
            "key": self.key, "part": self.part, "field": field,
            "value_text": text,
            "value_number": None if number is None else significant(number),
            "value_date": when, "precision": precision,
            "unit": spec.unit if unit is None else unit,
            "raw": raw[:MAX_CELL_CHARACTERS], "place": place,
            "happened_earliest": happened.first if happened else None,
            "happened_latest": happened.last if happened else None,
            "known": known, "grade": grade, "evidence": evidence, "publisher": publisher,
        }
        for name, value in self._by_default.items():
            if row[name] is None:
                row[name] = value
        for name, column in self._columns.items():
            column.append(row[name])

    def text(self, field: str, cell: Cell | None) -> None:
        """The cell's text as it stands (trimmed); blank states nothing."""
        if cell is None or cell.empty:
            return
        if len(cell.raw) > MAX_CELL_CHARACTERS:
            self.finding("huge_cell", cell, f"cell of {len(cell.raw):,} characters",
                         f"at most {MAX_CELL_CHARACTERS:,} characters")
            return
        if "\ufffd" in cell.text:
            self.finding("lost_characters", cell, "characters were lost before this file was made",
                         "text in UTF-8; kept as it stands")
        self.add(field, text=cell.text, raw=cell.raw, place=cell.place)

    def number(
        self, field: str, cell: Cell | None, *, factor: float = 1.0, whole: bool = False,
        least: float = 0.0, unit: str | None = None, grade: int | None = None,
    ) -> float | None:
        """A numeric cell times `factor`; `whole` rounds to the base unit. Returns the value.

        Text, NaN, infinity and values below `least` or beyond all measure are findings.
        """
        if cell is None or cell.empty:
            return None
        value = self._float(cell)
        if value is None:
            return None
        value *= factor
        if not least <= value <= MAX_NUMBER:
            self.finding("number_out_of_range", cell, f"{value:g} is not within {least:g} and "
                         f"{MAX_NUMBER:g}", f"a number from {least:g} to {MAX_NUMBER:g}")
            return None
        stated = whole_units(value) if whole else value
        self.add(field, number=stated, raw=cell.raw, place=cell.place, unit=unit, grade=grade)
        return stated

    def _float(self, cell: Cell) -> float | None:
        try:
            value = float(cell.value) if not isinstance(cell.value, bool) else math.nan  # type: ignore[arg-type]
        except (TypeError, ValueError):
            self.finding("not_a_number", cell, "not a number", "a plain number or a blank cell")
            return None
        if not math.isfinite(value):
            self.finding("not_finite", cell, "not a finite number",
                         "a plain number or a blank cell")
            return None
        return value

    def dated(self, field: str, cell: Cell | None, *, day_first: bool = True) -> When | None:
        """A dated cell; 'unknown', 'TBD' and the like state nothing; a bad one is a finding."""
        when = self.when(cell, day_first=day_first)
        if when is not None and cell is not None:
            self.add(field, when=when.first, precision=when.precision,
                     raw=cell.raw, place=cell.place)
        return when

    def when(self, cell: Cell | None, *, day_first: bool = True) -> When | None:
        """Read a date without stating it."""
        if cell is None or cell.empty:
            return None
        try:
            return parse_cell(cell, day_first=day_first)
        except UnreadableDate as error:
            self.finding("unreadable_date", cell, str(error), ACCEPTED_DATES)
            return None

    def country(self, cell: Cell | None) -> None:
        """One or several countries; an unknown name is a finding and stays unset."""
        if cell is None or cell.empty:
            return
        codes = countries.lookup_all(cell.text)
        if codes is None:
            self.finding("unknown_country", cell, "no country of that name",
                         "an ISO 3166 name or code, or a spelling in country_spellings.csv")
            return
        self.add("country", text=";".join(codes), raw=cell.raw, place=cell.place)

    def coordinates(self, latitude: Cell | None, longitude: Cell | None) -> None:
        """Latitude and longitude in degrees; both or none, inside the globe."""
        if latitude is None or longitude is None or latitude.empty or longitude.empty:
            return
        lat, lon = self._float(latitude), self._float(longitude)
        if lat is None or lon is None:
            return
        if not (-90 <= lat <= 90 and -180 <= lon <= 180):
            self.finding("off_the_globe", latitude, f"{lat}, {lon} is not a place on Earth",
                         "latitude -90..90, longitude -180..180")
            return
        self.add("latitude", number=lat, raw=latitude.raw, place=latitude.place)
        self.add("longitude", number=lon, raw=longitude.raw, place=longitude.place)

    def status(self, cell: Cell, words: dict[str, Word], what: str = "status") -> Word:
        """The stage, activity and scale a status word means. An unseen word stops the import.

        A word that keeps the stage ('Cancelled') neither states nor clears it.
        """
        word = words.get(cell.text.casefold())
        if word is None:
            raise UnknownWord(
                file=self.book.file, sheet=cell.sheet, row=cell.row, column=cell.header,
                what=what, value=cell.text[:SHOWN_CHARACTERS],
                accepted=", ".join(repr(w.word) for w in words.values()),
            )
        grade = word.grade
        for field, value in (
            ("status_as_published", cell.text or None), ("stage", word.stage),
            ("activity", word.activity), ("scale", word.scale),
        ):
            if value:
                self.add(field, text=value, raw=cell.raw, place=cell.place, grade=grade)
            elif field != "scale":
                self.cover(field)
        if word.keeps_stage:
            self.keep("stage")
        return word

    def _noted(self) -> None:
        """Findings on the file, and on the cells read although something is wrong with them."""
        self.findings += [Finding(remark.kind, self.book.file, "", 0, "", remark.value, remark.why,
                                  remark.accepted) for remark in self.book.remarks]
        beyond: dict[str, tuple[int, Finding]] = {}
        counts: Counter[str] = Counter()
        for table in self.book.tables.values():
            for (row, column), header in sorted(table.notes.met.items()):
                note = table.notes.notes[row, column]
                counts[note.kind] += 1
                finding = Finding(note.kind, self.book.file, table.sheet, row, header, note.value,
                                  note.why, note.accepted)
                if counts[note.kind] <= SHOWN_NOTES:
                    self.findings.append(finding)
                else:
                    beyond[note.kind] = (counts[note.kind] - SHOWN_NOTES, finding)
        for more, last in beyond.values():
            self.findings.append(replace(last, why=f"{more:,} more such cells, the last one here: "
                                                   f"{last.why}"))

    # -- the whole ------------------------------------------------------------------------------
    def edition(
        self, layout: str, rows: int, *, complete: bool, data_cut: Day | None = None,
        references: dict[str, str] | None = None,
    ) -> Edition:
        """Everything said, as an :class:`Edition`."""
        self._noted()
        frame = pl.DataFrame(self._columns, schema=STATEMENT_SCHEMA)
        return Edition(
            source=self.source, layout=layout, file=self.book.file, rows=rows,
            statements=frame, covered=frozenset(self.covered), complete=complete,
            findings=tuple(self.findings), doubts=tuple(self.doubts), data_cut=data_cut,
            references=references or {}, kept=frozenset(self.kept),
        )
