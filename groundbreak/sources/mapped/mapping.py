"""The mapping: how the sheets, columns, words and dates of somebody's list are to be read."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping as Map
from dataclasses import dataclass, field
from datetime import date

from groundbreak.sources.mapped.targets import Target
from groundbreak.sources.words import Word

FORMAT = "mapping 1"
BLANKS = ("n/a", "na", "none", "tbd", "tbc", "not stated", "not available", "not availiable",
          "not specified", "not indicated",
          "unknown", "-", "–", "—", "?", "k.a.", "s.o.")


@dataclass(frozen=True)
class Tab:
    """How one sheet (or file) is read. `of_file`: its day is the file's, not in its name.

    `undecided`: its day is still left to a person.
    """

    published: date | None = None
    of_file: bool = False
    skip: bool = False
    header_row: int | None = None  # the first row of the column names, from 1
    header_rows: int | None = None
    defaults: Map[str, str] = field(default_factory=dict)
    undecided: bool = False


@dataclass(frozen=True)
class Mapping:
    """One list: what it is, which tabs it has, and what each column states."""

    source: str
    title: str
    publisher: str
    licence: str
    licence_confirmed: bool
    citation: str
    grade: int
    complete: bool
    tabs: Map[str, Tab]
    key: tuple[tuple[str, ...], ...]  # of each column its names: it may be renamed in a tab
    composite: bool
    part: tuple[str, ...]  # tells rows of one key apart
    columns: Map[str, tuple[Target, ...]]
    undecided: frozenset[str]
    ignored: Map[str, str]  # column → why it is not read
    words: Map[str, Map[str, str]]  # field → folded word → our word, or 'none'
    statuses: Map[str, Word]
    colours: Map[str, Word]
    colour_column: str
    open_words: tuple[tuple[str, str], ...]  # (list, word) still to be decided
    defaults: Map[str, str]
    blanks: frozenset[str]
    hidden_rows: bool  # whether hidden rows are read
    files: tuple[str, ...]
    text: str
    file: str = ""

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()

    @property
    def known_columns(self) -> frozenset[str]:
        """Every column name that the mapping speaks of."""
        units = {t.unit_column for targets in self.columns.values() for t in targets}
        ids = {name for names in self.key for name in names}
        return frozenset({*self.columns, *self.undecided, *self.ignored, *ids, *self.part,
                          *units, self.colour_column} - {""})

    @property
    def read_columns(self) -> frozenset[str]:
        """The columns whose cells are read or knowingly left out."""
        return self.known_columns - self.undecided

    def publication(self) -> dict[str, str]:
        """As vocabulary/publications.csv says it of a public source."""
        return {
            "name": self.source, "title": self.title, "publisher": self.publisher,
            "role": "pipeline", "rank": "10", "grade": str(self.grade), "licence": self.licence,
            "licence_confirmed": "yes" if self.licence_confirmed else "no",
            "citation": self.citation, "absence_means_lost": "yes" if self.complete else "no",
        }
