"""GEM steel: phases by status, capacities never counted twice, hydrogen only where it is said."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from groundbreak.history.edition import Edition
from groundbreak.sources.errors import EmptyFile, UnknownLayout, UnknownWord
from groundbreak.sources.files import Book, Value, open_book
from groundbreak.sources.gem_steel import EQUIPMENT, REQUIRED_PHASE, REQUIRED_PLANT, SOURCE, read
from tests.sources.made_tables import book, counts, expected, said, sheet, shuffled, values

FILE = "gem/gem_gist_plant_2025-09.xlsx"
SHEETS = ("Plant data", "Plant capacities and status")
KEY = "P100000129999"


def plant(**cells: Value) -> dict[str, Value]:
    return {
        "Plant ID": KEY, "Plant name (English)": "Test steel plant", "Owner": "Test AG",
        "Municipality": "unknown", "Subnational unit (province/state)": "Styria",
        "Country/Area": "Austria", "Coordinates": "47.5000000, 15.1000000",
        "Coordinate accuracy": "exact", "Announced date": 2021.0, "Construction date": 2024.0,
        "Idled date": "unknown", "Retired date": "unknown", **cells,
    }


def phase(status: str = "announced", start: Value = 2028.0, **cells: Value) -> dict[str, Value]:
    named = {EQUIPMENT.get(name.replace("_", " "), name): cell for name, cell in cells.items()}
    return {"Plant ID": KEY, "Plant name (English)": "Test steel plant", "Country/Area": "Austria",
            "Status": status, "Start date": start, **dict.fromkeys(EQUIPMENT.values(), "N/A"),
            **named}


def made(plants: list[dict[str, Value]], phases: list[dict[str, Value]]) -> Book:
    return book(sheet(SHEETS[0], (*REQUIRED_PLANT, "Other plant names (English)"), *plants),
                sheet(SHEETS[1], REQUIRED_PHASE, *phases))


@pytest.fixture(scope="module")
def real(data: Path) -> Edition:
    return read(open_book(data / FILE))


# -- the real file -------------------------------------------------------------------------------
def test_counts(real: Edition) -> None:
    assert counts(real, SOURCE, FILE.split("/")[1]) == expected(SOURCE, FILE.split("/")[1])


def test_every_row_is_a_record_of_its_own(real: Edition) -> None:
    assert real.statements.select("key", "part").n_unique() == real.rows == 1744
    assert not [doubt for doubt in real.doubts if doubt.kind.startswith("repeated")]


def test_capacities_sum_to_the_file_without_direct_reduction_twice(real: Edition) -> None:
    sums = dict(
        real.statements.filter(pl.col("field").str.starts_with("capacity_"))
        .group_by("field").agg(pl.col("value_number").sum()).iter_rows()
    )
    assert set(sums) == {"capacity_steel_t_per_year", "capacity_dri_t_per_year",
                         "capacity_iron_t_per_year"}
    assert sums["capacity_dri_t_per_year"] == 412_486_000


def test_two_phases_of_one_plant(real: Edition) -> None:
    built = values(real, "P100000120439", "EAF 2200; DRI 2500; start 2017")
    planned = values(real, "P100000120439", "EAF 1800; DRI 2500; start 2026")
    assert (built["stage"], planned["stage"]) == ("operating", "announced..committed")
    assert built["operation_actual_date"] == date(2017, 1, 1)
    assert planned["operation_planned_date"] == date(2026, 1, 1)
    assert "operation_actual_date" not in planned
    assert planned["capacity_dri_t_per_year"] == 2_500_000
    assert (built["country"], built["latitude"]) == ("DZA", 36.753961)


def test_hydrogen_is_read_only_where_the_file_says_so(real: Edition) -> None:
    routes = real.statements.filter(
        (pl.col("field") == "route") & (pl.col("value_text") == "h2_dri")
    )
    assert sorted(routes["key"].unique()) == [
        "P100000120424", "P100000120707", "P100000120850", "P100000121222",
    ]
    assert routes["raw"].str.contains("(?i)hydrogen|H2").all()


def test_order_of_rows_does_not_matter(data: Path, real: Edition) -> None:
    again = read(shuffled(open_book(data / FILE), *SHEETS))
    assert said(again) == said(real)
    assert again.kept == real.kept
    assert set(again.doubts) == set(real.doubts)


# -- made files ----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("word", "stage", "activity"),
    [
        ("announced", "announced..committed", "active"),
        ("Construction", "construction", "active"),
        ("operating", "operating", "active"),
        ("operating pre-retirement", "operating", "active"),
        ("mothballed", None, "paused"),
        ("mothballed pre-retirement", None, "paused"),
        ("idled", None, "paused"),
        ("shelved", None, "paused"),
        ("cancelled", None, "cancelled"),
        ("retired", "closed", "active"),
    ],
)
def test_status_words(word: str, stage: str | None, activity: str) -> None:
    edition = read(made([plant()], [phase(word, EAF=500.0)]))
    found = values(edition, KEY)
    assert (found.get("stage"), found["activity"]) == (stage, activity)
    kept = {field for _, _, field in edition.kept}
    assert ("stage" in kept) == (stage is None)


def test_inferred_word_keeps_its_grade() -> None:
    edition = read(made([plant()], [phase("shelved - inferred 2 y", EAF=500.0)]))
    grades = edition.statements.filter(pl.col("field") == "activity")["grade"].to_list()
    assert grades == [6]


def test_a_new_status_does_not_change_the_part() -> None:
    before = read(made([plant()], [phase("announced", EAF=1800.0, DRI=2500.0)]))
    after = read(made([plant()], [phase("construction", EAF=1800.0, DRI=2500.0)]))
    parts = [edition.statements["part"].unique().to_list() for edition in (before, after)]
    assert parts == [["EAF 1800; DRI 2500; start 2028"]] * 2


def test_equal_phases_are_told_apart_by_status_alone() -> None:
    edition = read(made([plant()], [phase("announced", EAF=500.0), phase("retired", EAF=500.0),
                                    phase("operating", EAF=900.0)]))
    assert set(edition.statements["part"]) == {
        "EAF 500; start 2028; announced", "EAF 500; start 2028; retired", "EAF 900; start 2028",
    }


def test_dates_of_the_plant_need_a_single_phase() -> None:
    alone = values(read(made([plant()], [phase("announced", EAF=500.0)])), KEY)
    assert alone["announcement_actual_date"] == date(2021, 1, 1)
    assert alone["construction_start_planned_date"] == date(2024, 1, 1)
    edition = read(made([plant()], [phase("announced", EAF=500.0), phase("retired", BF=900.0)]))
    assert "announcement_actual_date" not in set(edition.statements["field"])
    assert "announcement_actual_date" in {field for _, _, field in edition.kept}


def test_start_of_a_closed_plant_was_actual_and_of_a_cancelled_one_planned() -> None:
    closed = values(read(made([plant(**{"Retired date": 2023.0})],
                              [phase("retired", 1970.0, BF=900.0)])), KEY)
    assert closed["operation_actual_date"] == date(1970, 1, 1)
    assert closed["closure_actual_date"] == date(2023, 1, 1)
    cancelled = values(read(made([plant(**{"Retired date": 2023.0})],
                                 [phase("cancelled", 2020.0, BF=900.0)])), KEY)
    assert cancelled["operation_planned_date"] == date(2020, 1, 1)
    assert not {name for name in cancelled if name.startswith("closure")}


@pytest.mark.parametrize(
    ("filled", "product", "route"),
    [
        ({"DRI": 900.0, "EAF": 800.0}, "dri", "gas_dri"),
        ({"BF": 900.0, "BOF": 800.0}, "iron", "bf_bof"),
        ({"EAF": 800.0}, "steel", "scrap_eaf"),
        ({"EAF": 800.0, "other_iron": ">0"}, "iron", "other_steel"),
        ({"other_steel": 800.0}, "steel", "other_steel"),
    ],
)
def test_product_and_route(filled: dict[str, Value], product: str, route: str) -> None:
    found = values(read(made([plant()], [phase(**filled)])), KEY)
    assert (found["product"], found["route"]) == (product, route)


def test_hydrogen_of_a_plant_is_not_that_of_its_running_phase() -> None:
    edition = read(made([plant(**{"Power source": "wind energy for H2"})],
                        [phase("announced", DRI=900.0), phase("operating", 1999.0, DRI=300.0)]))
    assert values(edition, KEY, "DRI 900; start 2028")["route"] == "h2_dri"
    assert values(edition, KEY, "DRI 300; start 1999")["route"] == "gas_dri"


def test_a_green_name_or_an_owner_is_no_hydrogen() -> None:
    edition = read(made([plant(**{"Owner": "Green Hydrogen Steel Ltd",
                                  "Plant name (English)": "Green Steel plant"})],
                        [phase(DRI=900.0)]))
    assert values(edition, KEY)["route"] == "gas_dri"


def test_a_bound_is_a_finding_and_never_half_a_sum() -> None:
    edition = read(made([plant()], [phase(BF=900.0, other_iron=">0")]))
    assert [finding.kind for finding in edition.findings] == ["open_ended_size"]
    assert "capacity_iron_t_per_year" not in values(edition, KEY)
    whole = values(read(made([plant()], [phase(BF=900.0, other_iron=0.5)])), KEY)
    assert whole["capacity_iron_t_per_year"] == 900_500


@pytest.mark.parametrize("cell", ["many", -5.0, float("nan"), float("inf"), True, 1e9])
def test_bad_capacities_are_findings(cell: Value) -> None:
    edition = read(made([plant()], [phase(DRI=cell)]))
    assert {finding.kind for finding in edition.findings} in ({"not_a_number"},)
    assert "capacity_dri_t_per_year" not in values(edition, KEY)


def test_unknown_is_unset_without_a_finding() -> None:
    edition = read(made([plant(**{"Announced date": "unknown"})],
                        [phase(start="unknown", EAF=500.0, DRI="unknown")]))
    assert edition.findings == ()


@pytest.mark.parametrize("cell", ["91.0, 5.0", "0, 0", "north", "47.5"])
def test_bad_coordinates_are_findings(cell: str) -> None:
    edition = read(made([plant(Coordinates=cell)], [phase(EAF=500.0), phase("retired", BF=9.0)]))
    assert len(edition.findings) == 1
    assert "latitude" not in values(edition, KEY)


def test_impossible_date_is_a_finding_and_a_doubt() -> None:
    edition = read(made([plant(**{"Announced date": "2020-19-18"})], [phase(EAF=500.0)]))
    assert [finding.kind for finding in edition.findings] == ["unreadable_date"]
    assert [doubt.kind for doubt in edition.doubts] == ["implausible_date"]


def test_unknown_country_is_a_finding() -> None:
    edition = read(made([plant(**{"Country/Area": "Ruritania"})], [phase(EAF=500.0)]))
    assert [finding.kind for finding in edition.findings] == ["unknown_country"]


def test_ids_that_stand_in_one_sheet_only_are_findings() -> None:
    stray = {**phase(EAF=1.0), "Plant ID": "P100000128888"}
    edition = read(made([plant(), plant(**{"Plant ID": "P100000127777"})],
                        [phase(EAF=500.0), stray, {**stray, "Plant ID": "total"}]))
    assert {finding.kind for finding in edition.findings} == {
        "plant_not_described", "plant_without_status", "no_plant_id"}
    assert values(edition, "P100000128888")["name"] == "Test steel plant"


def test_a_plant_described_twice_is_a_doubt_and_described_by_neither() -> None:
    edition = read(made([plant(), plant(Owner="Other AG")], [phase(EAF=500.0)]))
    assert [doubt.kind for doubt in edition.doubts] == ["repeated_id"]
    assert "owners" not in values(edition, KEY)


def test_row_that_stands_twice_is_a_doubt() -> None:
    edition = read(made([plant()], [phase(EAF=500.0), phase(EAF=500.0)]))
    assert [doubt.kind for doubt in edition.doubts] == ["repeated_row"]


def test_unknown_word_stops_the_import() -> None:
    with pytest.raises(UnknownWord, match=r"row 2, column 'Status'.*'moved'.*'announced'"):
        read(made([plant()], [phase("moved", EAF=500.0)]))


def test_missing_column_is_an_unknown_layout() -> None:
    opened = made([plant()], [phase(EAF=500.0)])
    opened.tables[SHEETS[1]].rows[0][REQUIRED_PHASE.index("Status")] = "State"
    with pytest.raises(UnknownLayout, match=r"missing in sheet 'Plant capacities.*: Status"):
        read(opened)


def test_other_files_are_refused(data: Path) -> None:
    with pytest.raises(UnknownLayout, match="Plant capacities and status"):
        read(open_book(data / "gem/gem_global_chemicals_inventory_2025-11.xlsx"))
    with pytest.raises(UnknownLayout):
        read(open_book(data / "eu_ets/cleaned_installations3.js"))


def test_no_rows() -> None:
    with pytest.raises(EmptyFile, match="Plant capacities"):
        read(made([plant()], []))
    with pytest.raises(UnknownLayout):
        read(replace(made([plant()], []), tables={}))
