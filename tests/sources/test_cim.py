"""Clean Investment Monitor: the six sectors' rows, and no politician."""

from __future__ import annotations

import csv
import random
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from groundbreak.history.edition import Edition
from groundbreak.sources import cim
from groundbreak.sources.errors import EmptyFile, UnknownLayout, UnknownWord, UnreadableFile
from groundbreak.sources.files import open_book
from tests.sources.made_tables import counts, expected

FILE = "cim/manufacturing_energy_and_industry_facility_metadata.csv"
HEADER = ("unique_id", "Segment", "Company", "Technology", "Subcategory", "Decarb_Sector",
          "Project_Type", "Current_Facility_Status", "Estimated_Total_Facility_CAPEX",
          "Announcement_Date", "State", "Address", "US Senator 1: Name", "Latitude", "Longitude",
          "LatLon_Valid")
GIVEN = {
    "unique_id": "I.SAF.Test_TX_0", "Segment": "Energy and Industry", "Company": "Test Fuels",
    "Technology": "SAF", "Subcategory": "HEFA", "Decarb_Sector": "Transport",
    "Project_Type": "New", "Current_Facility_Status": "Announced",
    "Estimated_Total_Facility_CAPEX": "12.5", "Announcement_Date": "2024-01-25", "State": "TX",
    "Address": "1 Main St, Houston, TX", "US Senator 1: Name": "Ann Example",
    "Latitude": "29.7", "Longitude": "-95.4", "LatLon_Valid": "True",
}


def made(
    tmp_path: Path, *changes: dict[str, str], header: tuple[str, ...] = HEADER,
    version: str = "2024_Q4.20250218.0", more: str = "",
) -> Edition:
    """A small file of the monitor: its title lines, then rows that differ from GIVEN."""
    path = tmp_path / "made.csv"
    with path.open("w", encoding="utf-8", newline="") as handle:
        handle.write(f'"Facility metadata"\n\nversion:,{version}\ncreated:,today\n\n')
        writer = csv.DictWriter(handle, header, extrasaction="ignore")
        writer.writeheader()
        writer.writerows({**GIVEN, **change} for change in changes)
        handle.write(more)
    return cim.read(open_book(path))


def told(edition: Edition, key: str, field: str) -> list[object]:
    """The values an edition states for one field of one record."""
    found = edition.statements.filter((pl.col("key") == key) & (pl.col("field") == field))
    return [text if text is not None else number if number is not None else day
            for text, number, day in
            found.select("value_text", "value_number", "value_date").iter_rows()]


@pytest.fixture(scope="module")
def edition(data: Path) -> Edition:
    """The release of 2024 Q4."""
    return cim.read(open_book(data / FILE))


def test_counts(edition: Edition) -> None:
    assert counts(edition, "cim", Path(FILE).name) == expected("cim", Path(FILE).name)


def test_only_the_six_sectors_are_read_and_all_rows_counted(edition: Edition) -> None:
    assert edition.rows == 8532
    assert len(edition.keys()) == 166
    kinds = [f.kind for f in edition.findings]
    assert kinds.count("out_of_scope") == 1
    assert kinds.count("no_end_use") == 1
    assert {"I.CCS.Oxy_TX_0", "M.B.6K_TN_0", "I.Paper.RTI_MS_0"}.isdisjoint(edition.keys())
    assert edition.data_cut == date(2024, 12, 31)
    assert edition.complete


def test_no_politician_appears_anywhere(data: Path, edition: Edition) -> None:
    lines = (data / FILE).read_text(encoding="utf-8").splitlines()[5:]
    people: set[str] = set()
    for row in csv.DictReader(lines):
        people |= {text.strip() for name, text in row.items()
                   if name.startswith(("US Senator", "US Representative")) and text}
    people -= {"Republican", "Democratic", "Independent"}
    people = {name for name in people if " " in name}
    assert len(people) > 400
    texts = [edition.statements.write_csv(), *map(str, edition.findings),
             *(d.text for d in edition.doubts)]
    said = "\n".join(texts)
    assert [name for name in people if name in said] == []
    assert not any(word in said for word in ("Republican", "Democratic", "Senator", "CD119"))


@pytest.mark.parametrize(("key", "field", "expected"), [
    ("I.Cement.Heidleberg_IN_0", "name",
     ["Heidleberg Materials, Mitsubishi Heavy Industries America"]),
    ("I.Cement.Heidleberg_IN_0", "stage", ["announced..feed"]),
    ("I.Cement.Heidleberg_IN_0", "capex_announced", [992_878_442.0]),
    ("I.Cement.Heidleberg_IN_0", "announcement_actual_date", [date(2024, 3, 27)]),
    ("I.Cement.Heidleberg_IN_0", "place", ["200 Mill Creek Rd. Mitchell IN 47446"]),
    ("I.Cement.Heidleberg_IN_0", "country", ["USA"]),
    ("I.Cement.Heidleberg_IN_0", "location_accuracy", ["exact"]),
    ("I.Cement.Heidleberg_IN_0", "route", ["cement_ccs"]),
    ("I.Cement.Heidleberg_IN_0", "capacity_cement_t_per_year", []),
    ("I.Steel.Cliffs_OH_0", "route", ["h2_dri"]),
    ("I.Steel.Cliffs_OH2_0", "route", []),
    ("I.Steel.Cliffs_OH2_0", "product", ["dri"]),
    ("I.Steel.Cliffs_OH2_0", "stage", ["operating"]),
    ("I.H2.PlugPower_NY_0", "stage", []),
    ("I.H2.PlugPower_NY_0", "activity", ["cancelled"]),
    ("I.H2.PlugPower_NY_0", "sector", ["outside"]),
    ("I.H2.PlugPower_NY_0", "route", ["electrolysis"]),
    ("I.H2.NewFortress_TX2_0", "location_accuracy", ["region"]),  # the address is 'TX'
    ("I.SAF.Fulcrum_NV_0", "stage", ["closed"]),
    ("I.SAF.Cemvita_TX_0", "capex_announced", []),  # 0.000000
    ("I.SAF.Rise_NV_0", "place", ["611 Peru Drive, McCarran NV 89436"]),
    ("I.H2.Bia_LA_0", "place", ["Port of Caddo-Bossier, LA"]),
])
def test_the_release(edition: Edition, key: str, field: str, expected: list[object]) -> None:
    assert told(edition, key, field) == expected


def test_capex_carries_currency_and_price_year(edition: Edition) -> None:
    money = edition.statements.filter(pl.col("field") == "capex_announced")
    assert set(money["unit"]) == {"USD@2023"}
    assert set(money["grade"]) == {6}


def test_cancelled_facilities_keep_their_stage(edition: Edition) -> None:
    assert {key for key, _, field in edition.kept if field == "stage"} == {
        "I.H2.Basin_ND_0", "I.H2.PlugPower_NY_0", "I.H2.PlugPower_NY_1"}


def test_the_order_of_rows_makes_no_difference(
    data: Path, tmp_path: Path, edition: Edition
) -> None:
    with (data / FILE).open(encoding="utf-8", newline="") as handle:
        head, body = [handle.readline() for _ in range(5)], list(csv.reader(handle))
    header, *rows = body
    random.Random(5).shuffle(rows)
    path = tmp_path / Path(FILE).name
    with path.open("w", encoding="utf-8", newline="") as handle:
        handle.writelines(head)
        csv.writer(handle).writerows([header, *rows])
    other = cim.read(open_book(path))
    assert set(edition.statements.drop("place").iter_rows()) == set(
        other.statements.drop("place").iter_rows())
    assert edition.kept == other.kept
    assert sorted((f.kind, f.value, f.why) for f in edition.findings) == sorted(
        (f.kind, f.value, f.why) for f in other.findings)


def test_an_imprecise_point_is_not_stated(tmp_path: Path) -> None:
    edition = made(tmp_path, {"LatLon_Valid": "False"})
    assert told(edition, GIVEN["unique_id"], "latitude") == []
    assert told(edition, GIVEN["unique_id"], "location_accuracy") == ["region"]
    assert told(made(tmp_path, {}), GIVEN["unique_id"], "latitude") == [29.7]


def test_an_unknown_status_stops(tmp_path: Path) -> None:
    with pytest.raises(UnknownWord, match=r"row 7.*Current_Facility_Status.*'Dreamt'"):
        made(tmp_path, {"Current_Facility_Status": "Dreamt"})
    # A status of a row that is not read is nobody's business.
    made(tmp_path, {}, {"Technology": "Wind", "Current_Facility_Status": "Dreamt"})


@pytest.mark.parametrize(("change", "kind"), [
    ({"Technology": "Fusion"}, "unknown_technology"),
    ({"Subcategory": "Alchemy"}, "unknown_technology"),
    ({"Technology": "Carbon Management", "Subcategory": "Cement"}, "unknown_technology"),
    ({"Subcategory": "FT"}, "no_route"),
    ({"State": "ZZ"}, "unknown_country"),
    ({"LatLon_Valid": "perhaps"}, "unknown_flag"),
    ({"Latitude": "129.7"}, "off_the_globe"),
    ({"Announcement_Date": "soon"}, "unreadable_date"),
    ({"Announcement_Date": "2025-02-01"}, "unreadable_date"),
    ({"Estimated_Total_Facility_CAPEX": "lots"}, "not_a_number"),
    ({"Estimated_Total_Facility_CAPEX": "0.0"}, "zero_capex"),
    ({"unique_id": ""}, "missing_id"),
])
def test_bad_cells_are_findings(tmp_path: Path, change: dict[str, str], kind: str) -> None:
    edition = made(tmp_path, {"unique_id": "I.SAF.Good_TX_0"}, change)
    assert [(f.kind, f.row) for f in edition.findings if f.kind != "out_of_scope"] == [(kind, 8)]


@pytest.mark.parametrize("version", ["2031_Q1.1", "unversioned"])
def test_dollars_of_an_unknown_year_are_not_stated(tmp_path: Path, version: str) -> None:
    edition = made(tmp_path, {}, version=version)
    assert told(edition, GIVEN["unique_id"], "capex_announced") == []
    assert "unknown_price_year" in {f.kind for f in edition.findings}


def test_cells_that_slid_never_put_a_name_into_a_place(tmp_path: Path) -> None:
    row = [GIVEN[name] for name in HEADER if name != "Address"]
    with pytest.raises(UnreadableFile, match=r"row 8 has not the 16 cells") as caught:
        made(tmp_path, {}, more=",".join(row) + "\n")
    assert "Example" not in str(caught.value)


def test_a_repeated_id_names_both_rows(tmp_path: Path) -> None:
    edition = made(tmp_path, {}, {"Company": "Other"})
    assert "row 7 (Test Fuels); row 8 (Other)" in edition.doubts[0].text


def test_other_files_are_refused(tmp_path: Path, data: Path) -> None:
    with pytest.raises(UnknownLayout, match="LatLon_Valid"):
        made(tmp_path, {}, header=HEADER[:-1])
    with pytest.raises(UnknownLayout, match="Estimated_Total_Facility_CAPEX"):
        made(tmp_path, {}, header=tuple(h for h in HEADER if "CAPEX" not in h))
    with pytest.raises(EmptyFile):
        made(tmp_path)
    with pytest.raises(UnknownLayout, match="unique_id"):
        cim.read(open_book(data / "leadit/leadit_gst_2021-10_via_bruegel_47.csv"))
