"""LeadIT: two lists with two scopes and two key spaces."""

from __future__ import annotations

import csv
import random
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from groundbreak.history.edition import Edition
from groundbreak.history.news import Release, news
from groundbreak.sources import leadit
from groundbreak.sources.errors import EmptyFile, UnknownLayout, UnknownWord
from groundbreak.sources.files import open_book
from groundbreak.sources.leadit import EUROPE_2026, WORLD_2021, slug
from tests.sources.made_tables import counts, expected

WORLD = "leadit/leadit_gst_2021-10_via_bruegel_47.csv"
EUROPE = "leadit/leadit_gst_europe65_2026-09-04_transcribed.csv"
GIVEN = {
    "gst_id": "GST-001", "project_name": "Test Iron", "company": "Test AG", "country": "Sweden",
    "site": "Boden", "project_status": "Announced", "technology_category": "Phasing out BF",
    "project_scale": "Full scale", "planned_commissioning": "2030",
    "actual_start_year": "", "qualified_for_tracker": "Yes", "leadit_gem_plant_name": "",
    "leadit_gem_plant_id": "",
}


def made(tmp_path: Path, *changes: dict[str, str], header: tuple[str, ...] = ()) -> Edition:
    """Rows of the 2026 layout that differ from GIVEN by `changes`."""
    path = tmp_path / "made.csv"
    names = header or EUROPE_2026.marks
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, names, extrasaction="ignore")
        writer.writeheader()
        writer.writerows({**GIVEN, **change} for change in changes)
    return leadit.read(open_book(path))


def told(edition: Edition, key: str, field: str) -> list[object]:
    """The values an edition states for one field of one record."""
    found = edition.statements.filter((pl.col("key") == key) & (pl.col("field") == field))
    return [text if text is not None else number if number is not None else day
            for text, number, day in
            found.select("value_text", "value_number", "value_date").iter_rows()]


@pytest.mark.parametrize("name", [WORLD, EUROPE])
def test_counts(data: Path, name: str) -> None:
    path = data / name
    assert counts(leadit.read(open_book(path)), "leadit", path.name) == expected(
        "leadit", path.name)


def test_the_lists_are_told_apart(data: Path) -> None:
    world, europe = (leadit.read(open_book(data / name)) for name in (WORLD, EUROPE))
    assert "keys: company, project, location" in world.layout
    assert "Europe" in europe.layout
    assert not set(world.keys()) & set(europe.keys())
    assert not world.complete
    assert europe.complete


def test_europe_2026_does_not_make_the_world_of_2021_lost(data: Path) -> None:
    world, europe = (leadit.read(open_book(data / name)) for name in (WORLD, EUROPE))
    empty = pl.DataFrame(schema=_claims_schema())
    first = news(world, release="2021", published=date(2021, 10, 31), own=empty, releases=[],
                 parts={}, grade=5)
    own = first.claims.with_columns(claim=pl.int_range(pl.len(), dtype=pl.Int64))
    release = Release("2021", date(2021, 10, 31), date(2021, 10, 31), world.complete,
                      frozenset(first.listed))
    second = news(europe, release="2026", published=date(2026, 9, 4), own=own,
                  releases=[release], parts={}, grade=5)
    assert len(first.listed) == 47
    assert second.claims.filter(pl.col("value_text") == "lost").is_empty()
    assert set(second.claims["record"]).isdisjoint(first.listed)


def _claims_schema() -> dict[str, pl.DataType]:
    from groundbreak.history.claims import CLAIM_SCHEMA

    return CLAIM_SCHEMA


def test_a_later_list_of_europe_drops_what_it_leaves_out(tmp_path: Path) -> None:
    assert made(tmp_path, {}).complete
    assert not made(tmp_path, {}, {"gst_id": "GST-002", "country": "Japan"}).complete
    assert not made(tmp_path, {}, {"gst_id": "GST-002", "country": "Nowhere"}).complete


def test_world_2021_states_no_status(data: Path) -> None:
    edition = leadit.read(open_book(data / WORLD))
    assert "stage" not in edition.covered
    assert set(edition.statements.filter(pl.col("field") == "activity")["value_text"]) == {
        "unknown"}
    assert [f.kind for f in edition.findings].count("no_status") == 1


def test_keys_outlive_lost_accents_and_row_numbers(data: Path) -> None:
    edition = leadit.read(open_book(data / WORLD))
    assert {"arcelormittal-eisenhttenstadt", "ssab-hybrit-lule", "hbis-china"} <= set(
        edition.keys())
    assert not any(key.isdigit() for key in edition.statements["key"])
    assert slug("SSAB", "Lule\u00e5") == slug("SSAB", "Lule\ufffd") == slug("SSAB", "Lulea\u030a")
    assert sum(f.kind == "lost_characters" for f in edition.findings) == 10
    assert [d.key for d in edition.doubts if d.kind == "repeated_id"] == ["posco-south-korea"]
    parts = edition.statements.filter(pl.col("key") == "posco-south-korea")["part"].unique()
    assert len(parts) == 2


@pytest.mark.parametrize(("key", "field", "expected"), [
    ("salzgitter-salcos-prodri-salzgitter", "route", ["h2_ready_dri"]),
    ("ssab-hybrit-gllivare", "route", ["h2_dri"]),
    ("ssab-hybrit-oxelsund", "route", ["scrap_eaf"]),
    ("boston-metal-series-b-newest-funding-campaign-boston", "route", ["iron_electrolysis"]),
    ("thyssenkrupp-h2morrow-duisburg-location-of-hydrogen-use", "route", ["fossil_ccs"]),
    ("tata-steel-athos-ijmuiden", "route", []),
    ("tata-steel-athos-ijmuiden", "product", ["co2_captured"]),
    ("hbis-china", "latitude", []),  # the middle of China
    ("hbis-china", "location_accuracy", ["country"]),
    ("hbis-china", "scale", ["lab"]),
    ("hbis-china", "name", []),
    ("boston-metal-series-b-newest-funding-campaign-boston", "country", ["USA"]),
])
def test_world_2021(data: Path, key: str, field: str, expected: list[object]) -> None:
    assert told(leadit.read(open_book(data / WORLD)), key, field) == expected


@pytest.mark.parametrize(("key", "field", "expected"), [
    ("GST-001", "stage", ["closed"]),
    ("GST-001", "activity", ["active"]),
    ("GST-001", "scale", ["pilot"]),
    ("GST-006", "scale", ["demonstration"]),
    ("GST-001", "operation_planned_date", [date(2017, 1, 1)]),
    ("GST-001", "operation_actual_date", [date(2018, 1, 1)]),
    ("GST-029", "stage", ["construction"]),
    ("GST-029", "operation_actual_date", []),
    ("GST-036", "stage", []),
    ("GST-036", "activity", ["cancelled"]),
    ("GST-053", "activity", ["paused"]),
    ("GST-067", "inclusion_verdict", ["permanently disqualified"]),
    ("GST-067", "stage", ["operating"]),
    ("GST-067", "scale", ["lab"]),
    ("GST-078", "operation_planned_date", []),
    ("GST-078", "gem_plant_id", ["P100000120477"]),
    ("GST-048", "route", ["scrap_eaf"]),
    ("GST-139", "route", []),  # 'Secondary Steel' by category, a capture trial by name
    ("GST-035", "route", []),
    ("GST-015", "sector", ["steel"]),
])
def test_europe_2026(data: Path, key: str, field: str, expected: list[object]) -> None:
    assert told(leadit.read(open_book(data / EUROPE)), key, field) == expected


def test_stopped_projects_keep_their_stage(data: Path) -> None:
    edition = leadit.read(open_book(data / EUROPE))
    assert "stage" in edition.covered
    assert len(edition.kept) == 10
    assert {field for _, _, field in edition.kept} == {"stage"}


def test_one_plant_id_under_two_names_is_doubted(data: Path) -> None:
    doubts = leadit.read(open_book(data / EUROPE)).doubts
    assert {d.key for d in doubts if d.kind == "shared_plant_id"} == {"GST-057", "GST-065"}


def test_plant_ids(data: Path, tmp_path: Path) -> None:
    ids = leadit.read(open_book(data / EUROPE)).statements.filter(pl.col("field") == "gem_plant_id")
    assert ids.height == 49
    edition = made(tmp_path, {"leadit_gem_plant_id": "Boden"})
    assert [f.kind for f in edition.findings] == ["unreadable_id"]


@pytest.mark.parametrize("name", [WORLD, EUROPE])
def test_the_order_of_rows_makes_no_difference(data: Path, tmp_path: Path, name: str) -> None:
    lines = (data / name).read_text(encoding="utf-8").splitlines(keepends=True)
    body = lines[1:]
    random.Random(5).shuffle(body)
    path = tmp_path / Path(name).name
    path.write_text("".join([lines[0], *body]), encoding="utf-8")
    one, other = leadit.read(open_book(data / name)), leadit.read(open_book(path))
    assert set(one.statements.drop("place").iter_rows()) == set(
        other.statements.drop("place").iter_rows())
    assert {(f.kind, f.value) for f in one.findings} == {(f.kind, f.value) for f in other.findings}
    assert {(d.kind, d.key) for d in one.doubts} == {(d.kind, d.key) for d in other.doubts}
    assert one.kept == other.kept


def test_an_unknown_status_stops(tmp_path: Path) -> None:
    with pytest.raises(UnknownWord, match=r"row 3.*project_status.*'Imminent'.*'Announced'"):
        made(tmp_path, {}, {"gst_id": "GST-002", "project_status": "Imminent"})


@pytest.mark.parametrize(("change", "kind"), [
    ({"country": "Atlantis"}, "unknown_country"),
    ({"project_scale": "Huge"}, "unknown_scale"),
    ({"technology_category": "Magic"}, "unknown_technology"),
    ({"qualified_for_tracker": "Maybe"}, "unknown_verdict"),
    ({"planned_commissioning": "soon"}, "unreadable_date"),
    ({"project_name": "Not available"}, "no_name"),
    ({"gst_id": ""}, "missing_id"),
])
def test_bad_cells_are_findings(tmp_path: Path, change: dict[str, str], kind: str) -> None:
    edition = made(tmp_path, {"gst_id": "GST-000"}, change)
    assert [(f.kind, f.row) for f in edition.findings] == [(kind, 3)]


def test_finished_research_without_a_scale_is_a_pilot(tmp_path: Path) -> None:
    edition = made(tmp_path, {"project_status": "Finalized (research & testing)",
                              "project_scale": "Not stated"})
    assert told(edition, "GST-001", "scale") == ["pilot"]


def test_a_start_before_construction_is_doubted(tmp_path: Path) -> None:
    edition = made(tmp_path, {"actual_start_year": "2024"})
    assert [d.kind for d in edition.doubts] == ["implausible_date"]


def test_a_repeated_id_names_both_rows(tmp_path: Path) -> None:
    edition = made(tmp_path, {}, {"project_name": "Other"})
    assert "row 2 (Test Iron); row 3 (Other)" in edition.doubts[0].text


def test_other_files_are_refused(tmp_path: Path, data: Path) -> None:
    with pytest.raises(UnknownLayout, match="gst_id"):
        made(tmp_path, {}, header=EUROPE_2026.marks[1:])
    with pytest.raises(UnknownLayout):
        leadit.read(open_book(data / "sfi/SFI-Global-Steel-Database-July-2021.xlsx"))
    with pytest.raises(EmptyFile):
        made(tmp_path)
    assert WORLD_2021 in leadit.LAYOUTS
