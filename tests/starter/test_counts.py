"""How far the starter reaches: eligible projects by sector, countries, dated stage facts."""

from __future__ import annotations

from collections import Counter
from datetime import date

import polars as pl
import pytest

from groundbreak.history.order import winners
from groundbreak.measures.eligibility import judge

TODAY = date(2026, 9, 4)


@pytest.fixture(scope="module")
def records(claims: pl.DataFrame) -> dict[str, dict]:
    found: dict[str, dict] = {}
    for row in winners(claims, TODAY).iter_rows(named=True):
        value = next((row[c] for c in ("value_text", "value_number", "value_date")
                      if row[c] is not None), None)
        found.setdefault(row["record"], {"source": row["source"]})[row["field"]] = value
    return found


@pytest.fixture(scope="module")
def eligible(records) -> dict[str, dict]:
    return {name: record for name, record in records.items()
            if judge(record).verdict == "eligible" and record.get("origin") != "legacy"}


def test_at_least_120_commercial_scale_projects(records, eligible):
    assert len(records) == 214
    assert len(eligible) >= 120


def test_over_30_countries(eligible):
    countries = {c for record in eligible.values() for c in record["country"].split(";")}
    assert len(countries) >= 35


def test_all_six_sectors_are_covered(eligible):
    by_sector = Counter(record["sector"] for record in eligible.values())
    assert set(by_sector) == {
        "aluminium", "cement", "chemicals", "steel", "aviation", "shipping"}
    assert min(by_sector.values()) >= 5


def test_no_pilot_counts(eligible):
    assert not {r["scale"] for r in eligible.values() if "scale" in r} & {
        "lab", "pilot", "demonstration"}


def test_every_record_has_stage_or_activity_product_and_country(records):
    for name, record in records.items():
        assert record.get("stage") or record.get("activity"), name
        assert record.get("country"), name
        assert record.get("product"), name


def test_most_event_projects_have_two_dated_facts(said):
    dated = said.filter(pl.col("field").str.contains("_(actual|planned)_date$"))
    per_project = dated.group_by("key").len()
    assert per_project.filter(pl.col("len") >= 2).height >= 120
