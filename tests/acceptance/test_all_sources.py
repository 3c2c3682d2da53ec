"""Every pipeline source's editions and all of them together: the bridge closes to zero."""

from __future__ import annotations

import itertools
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest
from django.db import connections

import groundbreak as gb
from groundbreak.history import snapshot
from groundbreak.register import log
from groundbreak.register.connection import connect
from groundbreak.register.importing import import_file
from groundbreak.register.starting import load
from tests.editions import ASSET_BASE, CCUS, HYDROGEN, PIPELINE, TODAY

DAYS = sorted({edition.published for edition in PIPELINE})


@pytest.fixture(scope="module")
def register(data: Path, tmp_path_factory: pytest.TempPathFactory) -> gb.Reader:
    """The starter, every pipeline edition and the asset base in one register."""
    folder = tmp_path_factory.mktemp("all")
    connect(folder / "register.sqlite3")
    load()
    for edition in (*PIPELINE, *ASSET_BASE):
        import_file(edition.source, data / edition.file, edition.published, today=TODAY)
    path = snapshot.write(log.snapshot(), folder / "all.zip")
    connections["default"].close()
    return gb.open(path)


def test_over_all_sources_together_every_pair_of_days_closes(register: gb.Reader) -> None:
    # Every pair would take minutes; neighbours and all that open before the first release chain
    # into every other pair (tests/measures/test_bridge.py).
    days = [date(2019, 1, 1), *DAYS]
    for opened, closed in {*itertools.pairwise(days), *((days[0], day) for day in days[1:])}:
        found = register.bridge(opened, closed)
        assert (found.residual_projects, found.residual_capacity) == (0, 0), (opened, closed)


@pytest.mark.parametrize("source", sorted({edition.source for edition in PIPELINE}))
def test_each_source_closes_between_its_editions(register: gb.Reader, source: str) -> None:
    days = [e.published for e in PIPELINE if e.source == source]
    before = min(days) - timedelta(days=400)
    for opened, closed in itertools.combinations([before, *days], 2):
        for everything in (False, True):
            found = register.bridge(opened, closed, source=source, everything=everything,
                                    by="sector")
            assert (found.residual_projects, found.residual_capacity) == (0, 0)


def test_every_line_lists_its_projects(register: gb.Reader) -> None:
    found = register.bridge(date(2023, 10, 30), date(2025, 9, 30))
    for stock, line, count in found.lines.iter_rows():
        behind = found.members.filter((pl.col("stock") == stock) & (pl.col("line") == line))
        assert behind["sign"].sum() == count
        assert behind["project"].null_count() == 0
        assert behind["claim"].null_count() == 0


def test_ccus_transitions(register: gb.Reader) -> None:
    """Kept 825 of 841; Planned 742: 689 Planned, 14 construction, 1 operating, 24 cancelled, 14
    absent."""
    found = register.transitions("iea-ccus", CCUS[0].published, CCUS[1].published)
    assert found.kept == 825
    assert found.origins["n"].sum() == 841
    planned = {t: n for f, t, n in found.matrix.iter_rows() if f == "announced"}
    assert planned == {"announced": 689, "fid_construction": 14, "operating": 1, "cancelled": 24,
                       "absent": 14}


def test_the_asset_base_never_becomes_pipeline(register: gb.Reader) -> None:
    reading = register.as_of()
    sources = {e.source for e in ASSET_BASE}
    base = reading.projects().filter(pl.col("source").is_in(sorted(sources)))
    assert base.height > 15_000
    assert set(base["verdict"]) == {"asset_base"}
    assert not base["counted"].any()
    assert set(base["label"]) == {"no_stage"}
    stated = reading.view.cells.filter(
        pl.col("record").str.split(":").list.first().is_in(sorted(sources)))["field"].unique()
    assert "stage" not in stated
    assert "activity" not in stated
    assert not [name for name in stated if name.endswith("_date")]


def test_late_releases_of_other_sources_do_not_move_a_source(register: gb.Reader) -> None:
    """What the hydrogen vintages say is the same with or without other sources around them."""
    for edition in HYDROGEN[1:]:
        found = register.transitions("iea-hydrogen", HYDROGEN[0].published, edition.published)
        assert found.origins["n"].sum() == 984


def test_nothing_happened_after_it_was_known(register: gb.Reader) -> None:
    claims = register.claims.filter(~pl.col("field").str.ends_with("_planned_date"))
    assert claims.filter(pl.col("happened_latest") > pl.col("known")).is_empty()


def test_six_sectors_are_covered_or_say_so(register: gb.Reader) -> None:
    figures = register.as_of().gap().figures
    for row in figures.iter_rows(named=True):
        if not row["covered"]:
            assert row["have"] is None
            assert row["note"] == "not yet covered"
