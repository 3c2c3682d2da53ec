"""The template: what is written by its header comes back as statements, and nothing else does."""

from __future__ import annotations

import csv
import random
from datetime import date
from pathlib import Path

import openpyxl
import polars as pl
import pytest

from groundbreak.history.edition import Edition
from groundbreak.sources import template
from groundbreak.sources.errors import EmptyFile, UnknownLayout, UnknownWord
from groundbreak.sources.files import open_book
from groundbreak.sources.template import template_columns, template_csv, template_guide
from groundbreak.vocabulary.fields import registry
from groundbreak.vocabulary.terms import GATE_CRITERIA, PRODUCTS, ROUTES, STAGES

FULL = {
    "key": "A1", "name": "Testhavn Ammonia", "other_names": "Prøvehavn", "owners": "Test AS",
    "country": "Norway", "place": "Testhavn", "latitude": "60.5", "longitude": "5.25",
    "sector": "chemicals", "sectors_served": "chemicals; shipping", "product": "ammonia",
    "route": "electrolysis", "scale": "commercial", "stage": "feasibility..feed",
    "activity": "active", "announced_date": "2023-Q2", "fid_planned": "2027",
    "operation_planned": "2030-06", "capacity": "1,2", "capacity_unit": "Mt NH3/y",
    "capex_announced": "1500000000", "capex_currency": "usd", "capex_price_year": "2023",
    "gate_offtake": "2", "support": "flagship", "support_unit": "project",
    "evidence_url": "https://example.org/a", "evidence_grade": "2", "publisher": "Test AS",
    "known_date": "2025-03-05", "note": "=HYPERLINK(1)",
}


def written(tmp_path: Path, *rows: dict[str, str]) -> Edition:
    """Rows under the template's own header, read back."""
    path = tmp_path / "list.csv"
    header = next(csv.reader([template_csv()]))
    with path.open("w", encoding="utf-8", newline="") as handle:
        handle.write(template_csv())
        writer = csv.DictWriter(handle, header)
        writer.writerows({"key": "A1", "name": "Test", **row} for row in rows)
    return template.read(open_book(path))


def plain(tmp_path: Path, text: str) -> Edition:
    """A CSV as somebody typed it."""
    path = tmp_path / "list.csv"
    path.write_text(text, encoding="utf-8")
    return template.read(open_book(path))


def told(edition: Edition, key: str = "A1") -> dict[str, object]:
    """Field → value of one record."""
    found = edition.statements.filter(pl.col("key") == key)
    return {field: text if text is not None else number if number is not None else day
            for field, text, number, day in
            found.select("field", "value_text", "value_number", "value_date").iter_rows()}


def kinds(edition: Edition) -> list[str]:
    return [finding.kind for finding in edition.findings]


def test_a_full_row_comes_back(tmp_path: Path) -> None:
    edition = written(tmp_path, FULL)
    assert edition.findings == ()
    assert edition.doubts == ()
    assert told(edition) == {
        "name": "Testhavn Ammonia", "other_names": "Prøvehavn", "owners": "Test AS",
        "country": "NOR", "place": "Testhavn", "latitude": 60.5, "longitude": 5.25,
        "sector": "chemicals", "sectors_served": "chemicals;shipping", "product": "ammonia",
        "route": "electrolysis", "scale": "commercial", "stage": "feasibility..feed",
        "activity": "active", "announcement_actual_date": date(2023, 4, 1),
        "fid_planned_date": date(2027, 1, 1), "operation_planned_date": date(2030, 6, 1),
        "announced_size": "1,2 Mt NH3/y", "capacity_ammonia_t_per_year": 1_200_000.0,
        "capex_announced": 1_500_000_000.0, "gate_offtake": 2.0, "support": "flagship",
        "support_unit": "project", "note": "=HYPERLINK(1)",
    }
    said = edition.statements
    assert set(said["known"]) == {date(2025, 3, 5)}
    assert set(said["grade"]) == {2}
    assert set(said["evidence"]) == {"https://example.org/a"}
    assert set(said["publisher"]) == {"Test AS"}
    assert said.filter(pl.col("field") == "capex_announced")["unit"].item() == "USD@2023"
    assert said.filter(pl.col("field") == "operation_planned_date")["precision"].item() == "month"
    assert (edition.rows, edition.complete, edition.keys()) == (1, True, ["A1"])


def test_evidence_of_one_row_does_not_spill_into_the_next(tmp_path: Path) -> None:
    edition = written(tmp_path, FULL, {"key": "A2", "stage": "feed"})
    second = edition.statements.filter(pl.col("key") == "A2")
    for column in ("known", "grade", "evidence", "publisher"):
        assert second[column].null_count() == second.height


def test_every_column_is_one_of_the_registry_and_explained() -> None:
    named = {item.field for item in template_columns() if item.field}
    assert named <= set(registry())
    assert {f"gate_{name}" for name in GATE_CRITERIA} <= named
    guide = template_guide()
    assert all(f"{item.column}: " in guide for item in template_columns())
    assert all(word in guide for word in (*STAGES, *PRODUCTS, *ROUTES))


def test_few_columns_in_any_order_are_enough(tmp_path: Path) -> None:
    edition = plain(tmp_path, "Name, STAGE ,key\nTest,Feed,97\n")
    assert told(edition, "97") == {"name": "Test", "stage": "feed", "activity": "active"}
    assert "fid_planned_date" not in edition.covered  # not in the list: nothing is cleared


def test_a_workbook_reads_like_the_csv(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["key", "name", "product", "capacity", "capacity_unit", "fid_planned"])
    sheet.append([97, "+plus", "steel", 500.5, "kt/y", 2027.0])
    book.save(tmp_path / "list.xlsx")
    edition = template.read(open_book(tmp_path / "list.xlsx"))
    other = plain(tmp_path, "key,name,product,capacity,capacity_unit,fid_planned\n"
                            "97,+plus,steel,500.5,kt/y,2027\n")
    assert told(edition, "97") == told(other, "97")
    assert told(edition, "97")["capacity_steel_t_per_year"] == 500_500.0


def test_a_workbook_of_two_filled_sheets_is_refused(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["key", "name"])
    book.create_sheet("more").append(["key", "name"])
    book.save(tmp_path / "list.xlsx")
    with pytest.raises(UnknownLayout, match="2 sheets"):
        template.read(open_book(tmp_path / "list.xlsx"))


def test_text_that_looks_like_a_formula_is_text(tmp_path: Path) -> None:
    for text in ("=1+1", "+1", "-1", "@SUM(A1)"):
        assert told(written(tmp_path, {"name": text}))["name"] == text


@pytest.mark.parametrize(("row", "expected"), [
    ({"stage": "feed"}, ("feed", "active", False)),
    ({"stage": "feed", "activity": "paused"}, ("feed", "paused", False)),
    ({"activity": "cancelled"}, (None, "cancelled", True)),
    ({"activity": "dormant"}, (None, "dormant", False)),
    ({}, (None, "unknown", False)),
])
def test_stage_and_activity(
    tmp_path: Path, row: dict[str, str], expected: tuple[str | None, str, bool]
) -> None:
    edition = written(tmp_path, row)
    values = told(edition)
    kept = ("A1", "Test", "stage") in edition.kept
    assert (values.get("stage"), values["activity"], kept) == expected


@pytest.mark.parametrize(("column", "value"), [
    ("stage", "nearly"), ("stage", "feed..concept"), ("activity", "busy"), ("activity", "lost"),
])
def test_unknown_stage_or_activity_stops(tmp_path: Path, column: str, value: str) -> None:
    with pytest.raises(UnknownWord, match=f"row 3, column '{column}'.*'{value}'.*Accepted: "):
        written(tmp_path, {}, {"key": "A2", column: value})


@pytest.mark.parametrize(("row", "kind", "column"), [
    ({"sector": "stel"}, "unknown_sector", "sector"),
    ({"sectors_served": "steel;cars"}, "unknown_sector", "sectors_served"),
    ({"product": "cars"}, "unknown_product", "product"),
    ({"route": "magic"}, "unknown_route", "route"),
    ({"scale": "huge"}, "unknown_scale", "scale"),
    ({"stop_reason": "boredom"}, "unknown_stop_reason", "stop_reason"),
    ({"support": "yes"}, "unknown_support", "support"),
    ({"country": "Atlantis"}, "unknown_country", "country"),
    ({"latitude": "50"}, "half_a_place", "latitude"),
    ({"latitude": "95", "longitude": "5"}, "off_the_globe", "latitude"),
    ({"gate_offtake": "5"}, "unknown_level", "gate_offtake"),
    ({"gate_offtake": "12"}, "unknown_level", "gate_offtake"),
    ({"fid_planned": "soon"}, "unreadable_date", "fid_planned"),
    ({"fid_planned": "03/04/2027"}, "unreadable_date", "fid_planned"),
    ({"known_date": "2025"}, "unreadable_date", "known_date"),
    ({"known_date": "2025-01-01", "fid_actual": "2026"}, "not_yet_happened", "fid_actual"),
    ({"evidence_url": "javascript:alert(1)"}, "unreadable_url", "evidence_url"),
    ({"evidence_grade": "7"}, "unknown_grade", "evidence_grade"),
    ({"capacity": "100", "capacity_unit": "kt/y"}, "capacity_without_product", "capacity"),
    ({"product": "steel", "capacity": "100"}, "unreadable_size", "capacity"),
    ({"product": "steel", "capacity": "1", "capacity_unit": "cups"}, "unreadable_size",
     "capacity_unit"),
    ({"product": "steel", "capacity": "1,234", "capacity_unit": "t/y"}, "unreadable_size",
     "capacity"),
    ({"product": "steel", "capacity": "1-2 Mt/y"}, "range_of_sizes", "capacity"),
    ({"product": "steel", "capacity": ">0 Mt/y"}, "range_of_sizes", "capacity"),
    ({"product": "steel", "capacity": "100 MW"}, "wrong_unit", "capacity"),
    ({"product": "steel", "capacity": "100 kt NH3/y"}, "wrong_unit", "capacity"),
    ({"capex_announced": "1", "capex_price_year": "2023"}, "unknown_currency", "capex_currency"),
    ({"capex_announced": "1", "capex_currency": "EUR"}, "unknown_price_year", "capex_price_year"),
    ({"capex_announced": "1 bn", "capex_currency": "EUR", "capex_price_year": "2023"},
     "not_a_number", "capex_announced"),
    ({"key": ""}, "missing_id", "key"),
    ({"key": "B/2"}, "unusable_id", "key"),
    ({"key": "B\nC"}, "unusable_id", "key"),
    ({"key": "B" * 201}, "unusable_id", "key"),
    ({"name": ""}, "no_name", "name"),
])
def test_bad_cells_are_findings(
    tmp_path: Path, row: dict[str, str], kind: str, column: str
) -> None:
    edition = written(tmp_path, {"key": "A0"}, row)
    assert [(f.kind, f.row, f.column) for f in edition.findings] == [(kind, 3, column)]
    finding = edition.findings[0]
    assert finding.accepted
    assert finding.why


def test_an_electrolysers_input_is_told_from_the_product(tmp_path: Path) -> None:
    edition = written(tmp_path, {"product": "hydrogen", "route": "electrolysis",
                                 "capacity": "2x120 MW"})
    values = told(edition)
    assert values["capacity_electrolyser_kw"] == 240_000.0
    assert "capacity_hydrogen_t_per_year" not in values


def test_a_blank_sector_is_the_default_of_the_product(tmp_path: Path) -> None:
    values = told(written(tmp_path, {"product": "saf"}))
    assert (values["sector"], values["sectors_served"]) == ("aviation", "aviation")
    # A sector that is not understood is not replaced by a guess.
    assert "sector" not in told(written(tmp_path, {"product": "saf", "sector": "planes"}))


def test_registered_fields_may_be_columns(tmp_path: Path) -> None:
    edition = plain(tmp_path, "key,name,permit_actual_date,capacity_hydrogen_t_per_year\n"
                              "A1,Test,2025-02-03,15000\n")
    assert told(edition)["permit_actual_date"] == date(2025, 2, 3)
    assert told(edition)["capacity_hydrogen_t_per_year"] == 15_000.0


def test_unknown_and_double_columns_are_findings(tmp_path: Path) -> None:
    edition = plain(tmp_path, "key,name,contry,name\nA1,Test,Norway,Other\n")
    assert kinds(edition) == ["unknown_column", "unknown_column"]
    assert "country" in edition.findings[0].accepted
    assert told(edition)["name"] == "Test"


def test_a_repeated_key_names_both_rows(tmp_path: Path) -> None:
    edition = written(tmp_path, {}, {"name": "Other"})
    assert [d.kind for d in edition.doubts] == ["repeated_id"]
    assert "row 2 (Test)" in edition.doubts[0].text
    assert "row 3 (Other)" in edition.doubts[0].text


@pytest.mark.parametrize(("text", "why"), [
    ("name,stage\nTest,feed\n", "no column key"),
    ("key,stage\nA1,feed\n", "no column name"),
    ("key;name;stage\nA1;Test;feed\n", "separated by ';'"),
    ("key\tname\nA1\tTest\n", "not by commas"),
    ("My list\nkey,name\nA1,Test\n", "starts with 'My list'"),
])
def test_tables_that_are_not_the_template_are_refused(
    tmp_path: Path, text: str, why: str
) -> None:
    with pytest.raises(UnknownLayout, match=why):
        plain(tmp_path, text)


def test_an_empty_table_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EmptyFile):
        plain(tmp_path, template_csv())


def test_the_order_of_rows_makes_no_difference(tmp_path: Path) -> None:
    rows = [{**FULL, "key": f"A{number}", "name": f"Plant {number}"} for number in range(20)]
    one = written(tmp_path, *rows)
    random.Random(5).shuffle(rows)
    other = written(tmp_path, *rows)
    assert set(one.statements.drop("place").iter_rows()) == set(
        other.statements.drop("place").iter_rows())


def test_any_trackers_file_is_refused(data: Path) -> None:
    with pytest.raises(UnknownLayout):
        template.read(open_book(data / "leadit/leadit_gst_2021-10_via_bruegel_47.csv"))


def test_strange_line_ends_inside_a_cell_do_not_break_a_row(tmp_path: Path) -> None:
    edition = plain(tmp_path, "key,name,place\nA1,Test\u2028Plant,North\u0085Shore\n")
    assert edition.rows == 1
    assert told(edition)["place"] == "North\u0085Shore"
