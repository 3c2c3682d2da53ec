"""Published files as a stranger's: mapped with at most three edits, nothing unread unsaid."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pytest

from groundbreak.sources.files import column_letter
from groundbreak.sources.mapped.grid import text_of
from groundbreak.sources.mapped.guessing import guess
from groundbreak.sources.mapped.mapping import Mapping
from groundbreak.sources.mapped.opening import Opened, open_files
from groundbreak.sources.mapped.reading import Dated, read_files
from groundbreak.sources.mapped.schema import parse_mapping
from groundbreak.sources.mapped.writing import write


@dataclass(frozen=True)
class Stranger:
    """A file, the edits a person makes to its guessed mapping, and what must come of it."""

    file: str
    published: date
    rows: int
    records: int
    edits: dict[str, str] = field(default_factory=dict)
    stages: dict[str, int] = field(default_factory=dict)


HYDROGEN = Stranger(
    "iea_hydrogen/iea_h2_devsamal_H2Projects.csv", date(2022, 10, 31), 1468, 1465,
    # The day, which neither the file nor its name says; and who says it.
    {"iea_h2_devsamal_H2Projects.csv: file": "iea_h2_devsamal_H2Projects.csv: 2022-10-31",
     "grade: 4": "grade: 5"},
    {"feasibility..feed": 517, "concept": 336, "operating": 223, "committed": 123,
     "construction": 71, "closed": 2},
)
LEADIT_2021 = Stranger(
    "leadit/leadit_gst_2021-10_via_bruegel_47.csv", date(2021, 10, 31), 47, 47,
    # A list of steel projects, whatever a single one makes.
    {"defaults: {}": "defaults: {sector: steel}"},
)
LEADIT_2026 = Stranger(
    "leadit/leadit_gst_europe65_2026-09-04_transcribed.csv", date(2026, 9, 4), 65, 65, {},
    {"announced..committed": 29, "closed": 13, "construction": 9, "operating": 4},
)
SAF = Stranger(
    "saf/global_saf_capacity_db_2025-06-18.xlsx", date(2025, 6, 18), 425, 425, {},
    {"concept": 122, "feasibility": 83, "operating": 50, "feed": 46, "construction": 41,
     "committed": 13, "closed": 2},
)
STRANGERS = (HYDROGEN, LEADIT_2021, LEADIT_2026, SAF)


@pytest.fixture(scope="module")
def read(data: Path) -> Callable[[Stranger], tuple[Mapping, Opened, Dated]]:
    known: dict[str, tuple[Mapping, Opened, Dated]] = {}

    def reading(stranger: Stranger) -> tuple[Mapping, Opened, Dated]:
        if stranger.file not in known:
            (opened,) = open_files([data / stranger.file])
            text = write(guess([opened]))
            for old, new in stranger.edits.items():
                assert text.count(old) == 1, old
                text = text.replace(old, new)
            mapping = parse_mapping(text)
            (dated,), _ = read_files(mapping, [opened])
            known[stranger.file] = mapping, opened, dated
        return known[stranger.file]

    return reading


Reading = Callable[[Stranger], tuple[Mapping, Opened, Dated]]


@pytest.mark.parametrize("stranger", STRANGERS, ids=lambda s: Path(s.file).stem)
def test_three_edits_at_most_read_every_row(read: Reading, stranger: Stranger) -> None:
    assert len(stranger.edits) <= 3
    _, _, dated = read(stranger)
    said = dated.edition.statements
    assert dated.published == stranger.published
    assert dated.edition.rows == stranger.rows
    assert said.select("key", "part").n_unique() == stranger.records
    stages = Counter(said.filter(said["field"] == "stage")["value_text"].to_list())
    assert dict(stages) == stranger.stages


@pytest.mark.parametrize("stranger", STRANGERS, ids=lambda s: Path(s.file).stem)
def test_every_unread_cell_is_a_finding(read: Reading, stranger: Stranger) -> None:
    """Of the columns that nothing is stated of, each filled cell is named, by row and column."""
    mapping, opened, dated = read(stranger)
    (grid,) = opened.grids()
    names = dated.tabs[0].located.header.names
    told = {(f.row, f.column) for f in dated.edition.findings if f.kind == "unread_cell"}
    twice = {f.row for f in dated.edition.findings if f.kind == "duplicate_row"}
    unread = {(row + 1, name) for name, column in names.items()
              if name not in mapping.read_columns
              for row in range(1, len(grid.rows))
              if row + 1 not in twice and str(grid.value(row, column) or "").strip()}
    assert told == unread


@pytest.mark.parametrize("stranger", STRANGERS, ids=lambda s: Path(s.file).stem)
def test_every_mapped_cell_is_stated_or_a_finding(read: Reading, stranger: Stranger) -> None:
    """A filled cell of a mapped column is a statement, a finding, or a word for nothing."""
    mapping, opened, dated = read(stranger)
    (grid,) = opened.grids()
    names = dated.tabs[0].located.header.names
    rows_said = {int(re.sub(r".*?(\d+)$", r"\1", place)): set()
                 for place in dated.edition.statements["place"].unique().to_list() if place}
    for place, raw in dated.edition.statements.select("place", "raw").iter_rows():
        if place:
            rows_said[int(re.sub(r".*?(\d+)$", r"\1", place))].add((place.split("!")[-1], raw))
    found = {(f.row, f.column) for f in dated.edition.findings}
    whole = {f.row for f in dated.edition.findings if f.kind == "duplicate_row"}
    for name, column in names.items():
        for row in range(1, len(grid.rows)):
            text = text_of(grid.value(row, column))
            if (not text or name not in mapping.columns or text.casefold() in mapping.blanks
                    or (row + 1, name) in found or row + 1 in whole):
                continue
            words = [mapping.words.get(t.word_list, {}).get(text.casefold())
                     for t in mapping.columns[name]]
            address = f"{column_letter(column)}{row + 1}"
            told = any(at == address or text[:20] in raw
                       for at, raw in rows_said.get(row + 1, set()))
            assert told or "none" in words or "unknown" in words, (name, row + 1, text)


def test_the_saf_list_states_saf_and_never_the_total_as_saf(read: Reading) -> None:
    said = read(SAF)[2].edition.statements
    counts = Counter(said["field"].to_list())
    assert counts["capacity_saf_t_per_year"] == 78  # 425 − 347 without a SAF capacity
    assert counts["nameplate_total_t_per_year"] > 350
    assert set(said.filter(said["field"] == "sector")["value_text"]) == {"aviation"}


def test_what_the_list_of_2021_lacks_is_said(read: Reading) -> None:
    kinds = Counter(f.kind for f in read(LEADIT_2021)[2].edition.findings)
    assert kinds["no_status"] == 1  # of the whole list
    assert kinds["no_name"] == 22
    assert kinds["not_a_site"] == 24


def test_middles_of_countries_are_no_sites(read: Reading) -> None:
    mapping, _, dated = read(HYDROGEN)
    assert {"Latitude", "Longitude", "Country Full Name"} <= set(mapping.ignored)
    assert "latitude" not in set(dated.edition.statements["field"])
