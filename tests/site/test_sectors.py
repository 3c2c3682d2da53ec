"""Sectors: the scorecard's numbers, the gap's milestones, and every number opens."""

from __future__ import annotations

import csv
import io
from datetime import date
from typing import Any

import polars as pl
import pytest

from groundbreak.measures.breakdown import breakdown
from groundbreak.register import standing
from groundbreak.site.views.sectors import PAGES, SHOWN
from tests.site.opening import assert_opens, main

CLOCKS = ({}, {"as_of": "2025-03-05"}, {"as_of": "2025-03-05", "view": "as-now-known"},
          {"as_of": "1995-01-01"})


@pytest.mark.parametrize("clock", CLOCKS, ids=str)
def test_every_number_opens(client: Any, clock: dict[str, str]) -> None:
    text = main(client, "/sectors/", **clock)
    if clock.get("as_of") != "1995-01-01":
        assert_opens(client, text, least=20)


@pytest.mark.parametrize("sector", PAGES)
def test_each_sector_has_its_page(client: Any, sector: str) -> None:
    text = main(client, f"/sectors/{sector}/")
    assert "Traceback" not in text
    assert_opens(client, text, least=0 if sector == "fuel_undecided" else 5)


def test_the_table_says_what_the_scorecard_says(client: Any) -> None:
    rows = list(csv.DictReader(io.StringIO(client.get("/sectors.csv").content.decode())))
    told = {(r["sector"], r["measure"]): int(r["value"]) for r in rows
            if r["unit"] == "projects"}
    reading = standing.current().reading()
    card = reading.scorecard(period=f"2024-01-01..{reading.known}", by="sector")
    for row in card.figures.filter(pl.col("level") == "all").iter_rows(named=True):
        if row["group"] in ("all", *SHOWN) and (row["group"], row["measure"]) in told:
            assert told[row["group"], row["measure"]] == row["value"], row
    needs = {(r["sector"], r["measure"]): (r["value"], r["of"]) for r in rows
             if r["measure"].startswith("milestone_2030_")}
    for row in reading.gap().figures.iter_rows(named=True):
        value = "" if row["have"] is None else str(row["have"])
        assert needs[row["sector"], f"milestone_2030_{row['rule']}"] == (value, str(row["need"]))


def test_the_finding_is_the_gap_s(client: Any) -> None:
    have = standing.current().reading().gap().figures.row(
        by_predicate=(pl.col("sector") == "steel") & (pl.col("rule") == "committed"), named=True)
    assert (f"Steel: {have['have']} of the {have['need']} plants that 2030 needs are committed"
            in main(client, "/sectors/steel/"))


def test_stocks_speak_of_the_day_asked_about(client: Any) -> None:
    """As now known about a day: the stocks of that day, and the flows up to it."""
    day = date(2025, 3, 1)
    reading = standing.current().reading(None, day)
    told = breakdown(reading.view, "sector")
    counted = reading.projects().filter("counted")
    for label in ("announced", "at_fid", "operating"):
        assert told.cell(label, "all").value == counted.filter(pl.col("label") == label).height > 0
    assert told.period.last == day


def test_an_unknown_sector_names_those_there_are(client: Any) -> None:
    answer = client.get("/sectors/moon<b>/")
    assert answer.status_code == 404
    assert "moon&lt;b&gt;" in answer.content.decode()
    assert "fuel_undecided" in answer.content.decode()


def test_what_is_kept_speaks_the_reader_s_language(client: Any) -> None:
    """An answer kept for a reader of Arabic is not shown to a reader of English."""
    path = "/sectors/steel/"
    arabic = client.get(path, headers={"accept-language": "ar"}).content.decode()
    assert '<html lang="ar" dir="rtl">' in arabic
    english = main(client, path)
    assert "newly announced" in english
    client.get(path, headers={"accept-language": "ar"})
    assert main(client, path) == english
