"""IEA CCUS: two editions whose words, columns and ids differ."""

from __future__ import annotations

from collections import Counter
from datetime import date
from functools import cache
from pathlib import Path

import polars as pl
import pytest

from groundbreak.history.claims import CLAIM_SCHEMA
from groundbreak.history.edition import Edition
from groundbreak.history.keys import printed_key
from groundbreak.history.news import News, Release, news
from groundbreak.sources.errors import EmptyFile, UnknownLayout, UnknownWord
from groundbreak.sources.files import Value, open_book
from groundbreak.sources.iea_ccus import (
    ANNOUNCED,
    ESTIMATED,
    LAYOUTS,
    REQUIRED,
    SHEET,
    classify,
    read,
)
from groundbreak.sources.words import rows
from groundbreak.vocabulary.terms import PRODUCTS, ROUTES, SECTORS
from tests.sources.made_tables import book, counts, expected, said, sheet, shuffled, values

OLD, NEW = "iea_ccus_2024.xlsx", "iea_ccus_2025.xlsx"
COLUMNS = (*REQUIRED, "Country or economy", "Suspension/decommissioning/cancellation",
           *(f"Ref {n}" for n in range(2, 8)))
GIVEN: dict[str, Value] = {
    "Project name": "Test cement plant", "ID": 7.0, "Country or economy": "Norway",
    "Partners": "Test AS", "Project type": "Capture", "Announcement": 2020.0, "FID": 2024.0,
    "Operation": 2028.0, "Project Status": "Planned", ANNOUNCED: 0.4, ESTIMATED: 0.4,
    "Sector": "Cement", "Fate of carbon": "Dedicated storage", "Part of CCUS hub": "Test hub",
    "Ref 1": "https://b.org/1", "Ref 2": "https://a.org/2 ",
}


def made(*changes: dict[str, Value], columns: tuple[str, ...] = COLUMNS) -> Edition:
    """An edition of rows that differ from GIVEN by `changes`."""
    return read(book(sheet(SHEET, columns, *({**GIVEN, **change} for change in changes))))


def one(**change: Value) -> dict[str, object]:
    """What is stated of one row; underscores of the names stand for blanks."""
    named = {name.replace("_", " "): value for name, value in change.items()}
    return values(made(named), "7")


@cache
def edition(path: Path) -> Edition:
    return read(open_book(path))


def both(data: Path) -> tuple[Edition, Edition]:
    return edition(data / "iea_ccus" / OLD), edition(data / "iea_ccus" / NEW)


def stated(what: Edition, field: str) -> dict[str, object]:
    """Key → value; of a repeated id any one."""
    found = what.statements.filter(pl.col("field") == field)
    return {row["key"]: row["value_text"] or row["value_date"] or row["value_number"]
            for row in found.iter_rows(named=True)}


# -- the real files ------------------------------------------------------------------------------
@pytest.mark.parametrize("name", [OLD, NEW])
def test_counts(data: Path, name: str) -> None:
    assert counts(edition(data / "iea_ccus" / name), "iea-ccus", name) == expected(
        "iea-ccus", name)


def test_ids_kept(data: Path) -> None:
    old, new = both(data)
    assert len(old.keys()) == 841
    assert len(set(old.keys()) & set(new.keys())) == 825
    assert all(key.isdigit() for key in old.keys() + new.keys())


def test_where_the_planned_went(data: Path) -> None:
    old, new = (stated(e, "status_as_published") for e in both(data))
    planned = [key for key, word in old.items() if word == "Planned"]
    assert len(planned) == 742
    assert Counter(new.get(key, "absent") for key in planned) == {
        "Planned": 689, "Under construction": 14, "Operational": 1, "Cancelled": 24, "absent": 14,
    }


def test_where_the_fid_dates_went(data: Path) -> None:
    """119 planned projects stated FID 2024; a year later the field says what became of them."""
    old, new = both(data)
    status = stated(new, "status_as_published")
    due = [key for key, day in stated(old, "fid_planned_date").items()
           if day == date(2024, 1, 1) and stated(old, "status_as_published")[key] == "Planned"]
    assert len(due) == 119
    assert sum(status.get(key) == "Under construction" for key in due) == 9
    later = {**stated(new, "fid_planned_date"), **stated(new, "fid_actual_date")}
    assert Counter(_moved(later.get(key)) for key in due) == {"kept": 8, "later": 109, "blank": 2}


def _moved(day: object) -> str:
    if not isinstance(day, date):
        return "blank"
    return "kept" if day.year == 2024 else "later" if day.year > 2024 else "earlier"


@pytest.mark.parametrize(("name", "ids"), [(OLD, {"365", "863", "1103"}),
                                           (NEW, {"487", "863", "1103"})])
def test_repeated_ids_are_doubts(data: Path, name: str, ids: set[str]) -> None:
    doubts = [d for d in edition(data / "iea_ccus" / name).doubts if d.kind == "repeated_id"]
    assert {doubt.key for doubt in doubts} == ids
    assert all("stands 2 times" in doubt.text and ";" in doubt.text for doubt in doubts)


def test_two_projects_of_one_id_stay_apart(data: Path) -> None:
    old, new = both(data)
    names = {row["part"] for row in old.statements.filter(pl.col("key") == "365")
             .iter_rows(named=True)}
    assert {name[-3:] for name in names} == {"CCS", "CCU"}
    countries = {part: values(new, "1103", part)["country"] for part in
                 ("Cliff Head CCS Project", "Aker Carbon Capture refinery (unknown facility)")}
    assert list(countries.values()) == ["AUS", "USA"]


def test_the_second_edition_as_news(data: Path) -> None:
    """Cancelled projects keep their stage; a decision proven once is not taken back."""
    first, second = _two_releases(*both(data))
    claims = second.claims
    cleared = claims.filter(pl.col("kind") == "cleared")["field"].to_list()
    assert "stage" not in cleared
    assert not {"fid_actual_date", "operation_actual_date"} & set(cleared)
    lost = claims.filter(pl.col("value_text") == "lost")
    # 841 - 825 ids, and one of the two projects under id 365, which has got an id of its own.
    assert lost.height == 17
    # 1103 stands in another order and under another name: the same two records.
    assert {r for r in second.listed if printed_key(r) == "1103"} == {
        r for r in first.listed if printed_key(r) == "1103"}
    moved = claims.filter((pl.col("record").str.starts_with("iea-ccus:1103"))
                          & (pl.col("field") == "country"))
    assert moved.is_empty()


def _two_releases(old: Edition, new: Edition) -> tuple[News, News]:
    day, next_day = date(2024, 2, 29), date(2025, 3, 31)
    first = news(old, release="2024", published=day, own=pl.DataFrame(schema=CLAIM_SCHEMA),
                 releases=[], parts={}, grade=5)
    parts: dict[str, dict[str, str]] = {}
    for record, part in first.parts.items():
        parts.setdefault(printed_key(record), {})[record] = part
    own = first.claims.with_columns(claim=pl.int_range(1, pl.len() + 1, dtype=pl.Int64))
    release = Release("2024", day, day, True, frozenset(first.listed))
    return first, news(new, release="2025", published=next_day, own=own, releases=[release],
                       parts=parts, grade=5)


@pytest.mark.parametrize("name", [OLD, NEW])
def test_row_order_does_not_matter(data: Path, name: str) -> None:
    opened = open_book(data / "iea_ccus" / name)
    other = read(shuffled(opened, SHEET))
    assert said(other) == said(edition(data / "iea_ccus" / name))
    assert other.doubts == edition(data / "iea_ccus" / name).doubts


def test_capacity_is_what_is_captured(data: Path) -> None:
    for what in both(data):
        types = {(r["key"], r["part"]): r["value_text"] for r in what.statements.filter(
            pl.col("field") == "project_type").iter_rows(named=True)}
        capacity = what.statements.filter(pl.col("field") == "capacity_co2_captured_t_per_year")
        assert {types[r["key"], r["part"]] for r in capacity.iter_rows(named=True)} == {
            "Capture", "Full chain", "CCU"}
        assert (capacity["value_number"] % 1 == 0).all()
        assert capacity["value_number"].min() == 1000  # the smallest direct air capture


def test_countries_of_misspelt_cells(data: Path) -> None:
    new = both(data)[1]
    country = stated(new, "country")
    assert country["102"] == "ISL"  # printed as 'Island'
    unread = {f.value for f in new.findings if f.kind == "unknown_country"}
    assert unread == {"Unknown", "Multiple Europe"}


# -- made files ----------------------------------------------------------------------------------
def test_a_planned_project() -> None:
    found = one()
    assert found["stage"] == "announced..feed"
    assert found["activity"] == "active"
    assert found["announcement_actual_date"] == date(2020, 1, 1)
    assert found["fid_planned_date"] == date(2024, 1, 1)
    assert found["operation_planned_date"] == date(2028, 1, 1)
    assert "fid_actual_date" not in found
    assert found["capacity_co2_captured_t_per_year"] == 400_000
    assert found["announced_size"] == "0.4 Mt CO2/yr"
    assert (found["sector"], found["product"], found["route"]) == (
        "cement", "co2_captured", "cement_ccs")
    assert found["references"] == "https://a.org/2 https://b.org/1"


def test_the_key_is_the_id_as_printed() -> None:
    assert made({}).keys() == ["7"]


@pytest.mark.parametrize(("status", "fid", "operation"), [
    ("Planned", "planned", "planned"), ("Under construction", "actual", "planned"),
    ("Operational", "actual", "actual"), ("Suspended", "actual", "actual"),
    ("Decommissioned", "actual", "actual"), ("Cancelled", "planned", "planned"),
])
def test_a_date_is_a_plan_unless_the_status_proves_it(status: str, fid: str,
                                                      operation: str) -> None:
    found = one(Project_Status=status)
    assert [name for name in found if name.startswith("fid_")] == [f"fid_{fid}_date"]
    assert [name for name in found if name.startswith("operation_")] == [
        f"operation_{operation}_date"]


@pytest.mark.parametrize(("status", "activity"), [
    ("Cancelled", "cancelled"), ("Suspended", "paused"),
    ("Suspended/cancelled/decommissioned", "stopped"),
])
def test_a_stopped_project_keeps_its_stage(status: str, activity: str) -> None:
    what = made({"Project Status": status})
    assert "stage" not in values(what, "7")
    assert values(what, "7")["activity"] == activity
    assert ("7", "Test cement plant", "stage") in what.kept


def test_a_cancelled_project_keeps_a_decision_known_before() -> None:
    kept = made({"Project Status": "Cancelled"}).kept
    assert {field for _, _, field in kept} == {"stage", "fid_actual_date", "operation_actual_date"}


@pytest.mark.parametrize(("status", "field"), [
    ("Cancelled", "cancellation_actual_date"), ("Suspended", "pause_actual_date"),
    ("Decommissioned", "closure_actual_date"),
])
def test_the_stop_date_is_read_by_status(status: str, field: str) -> None:
    found = one(Project_Status=status, **{"Suspension/decommissioning/cancellation": 2023.0})
    assert found[field] == date(2023, 1, 1)


def test_a_stop_date_of_a_running_project_is_a_finding() -> None:
    what = made({"Project Status": "Operational",
                 "Suspension/decommissioning/cancellation": 2020.0})
    assert [f.kind for f in what.findings] == ["undecided_stop_date"]


@pytest.mark.parametrize(("announced", "estimated", "tonnes", "findings"), [
    (0.4, 0.4, 400_000, []),
    ("", 1.57, 1_570_000, []),
    ("1 - 2.85", 1.0, 1_000_000, []),
    ("0.34 - 0.4", 0.343, 343_000, []),
    ("3.4 - 4", 1.6, None, ["estimate_outside_range"]),
    ("7 - 2", 2.0, 2_000_000, ["unreadable_size"]),
    ("5 - 10", "", None, []),
    (2.4, 1.443, 2_400_000, ["estimate_differs"]),
    ("unknown", "", None, ["unreadable_size"]),
    (-1.0, "", None, ["number_out_of_range"]),
    (0.0, "", None, ["number_out_of_range"]),
    ("", "many", None, ["not_a_number"]),
])
def test_capacity(announced: Value, estimated: Value, tonnes: float | None,
                  findings: list[str]) -> None:
    what = made({ANNOUNCED: announced, ESTIMATED: estimated})
    assert values(what, "7").get("capacity_co2_captured_t_per_year") == tonnes
    assert [finding.kind for finding in what.findings] == findings


@pytest.mark.parametrize("kind", ["Transport", "Storage", "T&S"])
def test_transport_and_storage_capture_nothing(kind: str) -> None:
    found = one(Project_type=kind, Sector=kind)
    assert "capacity_co2_captured_t_per_year" not in found
    assert "product" not in found
    assert found["announced_size"] == "0.4 Mt CO2/yr"
    assert (found["sector"], found["route"]) == ("outside", "co2_transport_storage")


@pytest.mark.parametrize(("word", "name", "sector", "product", "route"), [
    ("Hydrogen or ammonia", "Blue ammonia A", "chemicals", "ammonia", "fossil_ccs"),
    ("Hydrogen or ammonia", "Acorn H2", "outside", "hydrogen", "fossil_ccs"),
    ("Hydrogen or ammonia", "Biomass-to-hydrogen", "outside", "hydrogen", "biomass_ccs"),
    ("Hydrogen or ammonia", "Project Blue", "chemicals", "", "fossil_ccs"),
    ("Chemicals", "Lake Charles Methanol", "chemicals", "methanol", "fossil_ccs"),
    ("Iron and steel", "Burns Harbour (IN)", "steel", "co2_captured", "bf_ccs"),
    ("Iron and steel", "Some steel works", "steel", "co2_captured", "unknown"),
    ("Iron and steel", "Rana ferrosilicon", "outside", "co2_captured", "capture_other"),
    ("Cement", "Buxton Lime Net Zero", "outside", "co2_captured", "capture_other"),
    ("Cement", "Limerick limestone cement works", "cement", "co2_captured", "cement_ccs"),
    ("Other industry", "Aluminium Dunkerque", "aluminium", "co2_captured", "aluminium_ccs"),
    ("Other industry", "Pulp mill", "outside", "co2_captured", "capture_other"),
    ("DAC", "Mammoth", "outside", "co2_captured", "capture_other"),
    ("TBD", "PtX", "", "", ""),
])
def test_sector_product_route(word: str, name: str, sector: str, product: str,
                              route: str) -> None:
    found = classify(word, name, "", captures=True)
    assert found is not None
    assert (found["sector"], found["product"], found["route"]) == (sector, product, route)


def test_words_stay_inside_the_vocabulary() -> None:
    for row in (*rows("iea_ccus_sector"), *rows("iea_ccus_name")):
        assert row["sector"] in {"", *SECTORS}
        assert row["product"] in {"", *PRODUCTS}
        assert row["route"] in {"", *ROUTES}


def test_one_spelling_of_types_and_fates() -> None:
    found = one(Project_type="Full Chain", Fate_of_carbon="Dedicated Storage")
    assert found["project_type"] == "Full chain"
    assert found["co2_fate"] == "Dedicated storage"


@pytest.mark.parametrize(("change", "kind"), [
    ({"Country or economy": "Atlantis"}, "unknown_country"),
    ({"Sector": "Space mining"}, "unknown_sector"),
    ({"Project type": "Balloon"}, "unknown_project_type"),
    ({"Fate of carbon": "Mars"}, "unknown_co2_fate"),
    ({"FID": "soon"}, "unreadable_date"),
    ({"FID": 20244.0}, "unreadable_date"),
    ({"Ref 2": r"\\server\folder\file.pdf"}, "not_a_link"),
    ({"Partners": 0.0}, "zero_for_blank"),
    ({"ID": ""}, "row_without_id"),
])
def test_a_bad_cell_is_a_finding_that_names_it(change: dict[str, Value], kind: str) -> None:
    finding = made(change, {"ID": 8.0}).findings[0]
    assert finding.kind == kind
    assert (finding.sheet, finding.row) == (SHEET, 2)
    assert finding.accepted


def test_one_id_and_name_twice() -> None:
    what = made({}, {"Project type": "Storage", "Sector": "Storage"})
    assert what.statements["part"].unique().len() == 2
    assert [doubt.kind for doubt in what.doubts] == ["repeated_id"]


def test_an_unknown_status_stops() -> None:
    with pytest.raises(UnknownWord, match=r"row 3, column 'Project Status'.*'Imagined'.*Planned"):
        made({}, {"Project Status": "Imagined", "ID": 8.0})


@pytest.mark.parametrize("missing", ["ID", "FID", "Country or economy"])
def test_a_missing_column_stops(missing: str) -> None:
    with pytest.raises(UnknownLayout, match="iea-ccus"):
        made({}, columns=tuple(name for name in COLUMNS if name != missing))


def test_no_rows() -> None:
    with pytest.raises(EmptyFile):
        made()


def test_another_file_is_refused() -> None:
    with pytest.raises(UnknownLayout, match="CCUS Projects Database"):
        read(book(sheet("Projects", ("Ref",), {"Ref": 1.0})))


def test_each_layout_is_recognised() -> None:
    for layout in LAYOUTS:
        columns = (*REQUIRED, layout.country, layout.stopped)
        assert made({layout.country: "Norway"}, columns=columns).layout == layout.name
