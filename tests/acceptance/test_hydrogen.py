"""The four vintages of the hydrogen database, against what is published of them.

Sources of the expected numbers: the row counts and transition matrices of the outlook method
(reproduced by an independent multi-state model) and the quality checks of Odenweller & Ueckerdt.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import polars as pl
import pytest

import groundbreak as gb
from groundbreak.history.keys import printed_key
from groundbreak.history.news import news
from groundbreak.measures.bridge import Bridge
from groundbreak.sources.registry import read
from tests.editions import HYDROGEN

DAYS = [edition.published for edition in HYDROGEN]
COLUMNS = ("concept", "feasibility", "fid_construction", "operating", "absent")
MATRICES = {
    (0, 1): {"concept": (125, 16, 1, 0, 1, 143), "feasibility": (1, 274, 11, 0, 13, 299),
             "fid_construction": (0, 3, 138, 17, 2, 162)},
    (1, 2): {"concept": (271, 28, 7, 0, 24, 335), "feasibility": (10, 435, 29, 2, 40, 518),
             "fid_construction": (0, 14, 122, 35, 19, 194)},
    (2, 3): {"concept": (409, 43, 11, 1, 45, 510), "feasibility": (15, 621, 50, 5, 47, 740),
             "fid_construction": (3, 5, 162, 40, 13, 226)},
}
KEPT_AND_NEW = {(0, 1): (968, 502), (1, 2): (1377, 613), (2, 3): (1883, 546)}


@pytest.fixture(scope="module")
def register(hydrogen: Callable[[], Path]) -> gb.Reader:
    """The four vintages, read through the Python door."""
    return gb.open(hydrogen())


@pytest.mark.parametrize(("index", "rows", "unique"), [
    (0, 990, 984), (1, 1477, 1470), (2, 1997, 1990), (3, 2437, 2429)])
def test_rows_and_unique_refs(data: Path, index: int, rows: int, unique: int) -> None:
    edition = read("iea-hydrogen", data / HYDROGEN[index].file)
    assert edition.rows == rows
    assert len(edition.keys()) == unique
    keys = edition.keys()
    assert not {"0", ""} & set(keys)
    assert not [key for key in keys if "." in key]


@pytest.mark.parametrize("pair", MATRICES)
def test_transition_matrix(register: gb.Reader, pair: tuple[int, int]) -> None:
    found = register.transitions("iea-hydrogen", DAYS[pair[0]], DAYS[pair[1]])
    cells = {(f, t): n for f, t, n in found.matrix.iter_rows()}
    origins = dict(found.origins.iter_rows())
    for origin, expected in MATRICES[pair].items():
        told = tuple(cells.get((origin, column), 0) for column in COLUMNS)
        assert (*told, origins[origin]) == expected
    assert (found.kept, found.new) == KEPT_AND_NEW[pair]
    assert found.matrix["n"].sum() == found.origins["n"].sum() == found.members.height


def _pairs() -> Iterator[tuple[date, date]]:
    return itertools.combinations(DAYS, 2)


def _closes(found: Bridge) -> None:
    assert found.residual_projects == 0
    assert found.residual_capacity == 0
    counts = found.members.group_by("stock", "line").agg(n=pl.col("sign").sum())
    told = {(s, line): n for s, line, n in found.lines.iter_rows()}
    assert {(s, line): n for s, line, n in counts.iter_rows()} == told


@pytest.mark.parametrize("everything", [False, True])
@pytest.mark.parametrize("by", [None, "sector"])
def test_the_bridge_closes_between_every_pair(
    register: gb.Reader, everything: bool, by: str | None
) -> None:
    for opened, closed in _pairs():
        _closes(register.bridge(opened, closed, everything=everything, by=by))
        _closes(register.bridge(opened, closed, everything=everything, by=by,
                                source="iea-hydrogen"))


def test_the_bridge_from_before_the_first_release_counts_opening_stock_apart(
    register: gb.Reader,
) -> None:
    found = register.bridge("2021-01-01", DAYS[1])
    _closes(found)
    lines = set(found.lines["line"])
    assert "taken_in" in lines
    assert found.opening.is_empty()


def test_merging_fid_and_construction_is_no_reversal(register: gb.Reader) -> None:
    """39 records went from Under construction (2022) to FID/Construction (2023)."""
    before = _words(register, DAYS[1]).rename({"word": "before"})
    after = _words(register, DAYS[2]).rename({"word": "after"})
    both = before.join(after, on="record").filter(
        (pl.col("before") == "Under construction") & (pl.col("after") == "FID/Construction"))
    assert both.height == 39
    bridge = register.bridge(DAYS[1], DAYS[2], everything=True)
    back = bridge.members.filter(pl.col("line").is_in(["moved_back_out", "reversed"]))
    assert back.join(both, on="record", how="semi").is_empty()


def _words(register: gb.Reader, day: date) -> pl.DataFrame:
    cells = register.as_of(day).view.cells
    return cells.filter(pl.col("field") == "status_as_published").select(
        "record", word="value_text")


def _doubts(data: Path, register: gb.Reader, index: int) -> dict[str, set[str]]:
    """Review items that importing vintage `index` after the earlier ones opens, by kind."""
    edition = read("iea-hydrogen", data / HYDROGEN[index].file)
    earlier = register.claims.filter(pl.col("known") < DAYS[index])
    parts: dict[str, dict[str, str]] = {}
    for record in earlier["record"].unique():
        parts.setdefault(printed_key(record), {})[record] = ""
    found = news(edition, release="again", published=DAYS[index], own=earlier, releases=[],
                 parts=parts, grade=5)
    kinds: dict[str, set[str]] = {}
    for doubt in found.doubts:
        kinds.setdefault(doubt.kind, set()).add(doubt.key)
    return kinds


def test_review_items_of_the_vintages(data: Path, register: gb.Reader) -> None:
    """14 refs print another country in 2023; 583 POR → PRT is only a spelling. 2 more in 2025."""
    first, second, third, fourth = (_doubts(data, register, n) for n in range(4))
    assert {"1079", "1083"} <= first["implausible_date"] & second["implausible_date"]
    assert third["country_changed"] == {
        "500", "635", "682", "692", "774", "784", "987", "1050", "1076", "1141", "1255", "1905",
        "1933"}
    assert "country_changed" not in second
    assert fourth["country_changed"] == {"1394", "1548"}
    assert "2466" in fourth["capacity_jump"]
    assert fourth["repeated_id"] == {"2715"}


def test_decommisioned_is_understood(register: gb.Reader) -> None:
    projects = register.as_of(DAYS[3]).projects()
    misspelt = projects.filter(pl.col("status_as_published") == "Decommisioned")
    assert misspelt.height == 7
    assert set(misspelt["label"]) == {"closed"}


def test_a_scorecard_figure_opens_to_its_projects(register: gb.Reader) -> None:
    card = register.as_of("2025-03-05").scorecard(period="2024", by="sector")
    for row in card.figures.iter_rows(named=True):
        behind = card.projects(row["measure"], row["group"], row["level"])
        assert behind.height == row["value"], row
