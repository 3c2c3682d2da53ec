"""The SAF capacity list: no ids, nine units, and a total that is not SAF."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path

import openpyxl
import polars as pl
import pytest

from groundbreak.history.claims import CLAIM_SCHEMA
from groundbreak.history.edition import Edition
from groundbreak.history.keys import printed_key
from groundbreak.history.news import Release, news
from groundbreak.sources.errors import EmptyFile, UnknownLayout, UnknownWord
from groundbreak.sources.files import Value, open_book
from groundbreak.sources.links import urls
from groundbreak.sources.saf import REQUIRED, SAF, SHEET, TOTAL, mended, read, slug
from groundbreak.sources.words import rows
from groundbreak.vocabulary.terms import ROUTES, SCALES
from tests.sources.made_tables import book, counts, expected, said, sheet, shuffled, values

JUNE, SEPTEMBER = "global_saf_capacity_db_2025-06-18.xlsx", "global_saf_capacity_db_2025-09-10.xlsx"
FILES = (JUNE, SEPTEMBER)
GIVEN: dict[str, Value] = {
    "Company": "Velocys", "Partners": "Partner Inc", "Country": "USA", "Location": "Natchez, MS",
    "Process": "Fischer-Tropsch", "Facility type": "Commercial", TOTAL: 36.0, SAF: 25.0,
    "Unit": "MGY", "Expected operational": 2027.0, "Updated expected operational": 2028.0,
    "Project status": "FEED", "Entry operational": "",
    "Initial web reference": "https://b.org/1;", "Update web reference": "https://a.org/2",
}
KEY = "velocys-usa-natchez-ms-fischer-tropsch"


def made(*changes: dict[str, Value], columns: tuple[str, ...] = REQUIRED) -> Edition:
    """An edition of rows that differ from GIVEN by `changes`."""
    return read(book(sheet(SHEET, columns, *({**GIVEN, **change} for change in changes))))


@cache
def edition(path: Path) -> Edition:
    return read(open_book(path))


# -- the real files ------------------------------------------------------------------------------
@pytest.mark.parametrize("name", FILES)
def test_counts(data: Path, name: str) -> None:
    assert counts(edition(data / "saf" / name), "saf", name) == expected("saf", name)


def test_where_the_two_releases_differ(data: Path) -> None:
    """34 raw reference cells; 27 once white space is folded; none as a set of addresses."""
    june, september = (_cells(data / "saf" / name) for name in FILES)
    raw = {place for place in june | september if june.get(place) != september.get(place)}
    assert len(raw) == 34
    assert {column for _, column in raw} == {"Initial web reference", "Update web reference"}
    folded = [p for p in raw if june.get(p, "").split() != september.get(p, "").split()]
    assert len(folded) == 27
    assert all(urls(june.get(p, "")) == urls(september.get(p, "")) for p in raw)


def _cells(path: Path) -> dict[tuple[int, str], str]:
    found = openpyxl.load_workbook(path, read_only=True).worksheets[0]
    header, *lines = found.iter_rows(values_only=True)
    return {(number, str(name)): str(value) for number, line in enumerate(lines)
            for name, value in zip(header, line, strict=True) if value is not None}


def test_the_second_release_is_no_news(data: Path) -> None:
    june, september = (edition(data / "saf" / name) for name in FILES)
    columns = ["key", "part", "field", "value_text", "value_number", "value_date"]
    assert set(june.statements.select(columns).iter_rows()) == set(
        september.statements.select(columns).iter_rows())
    first = news(june, release="1", published=date(2025, 6, 18),
                 own=pl.DataFrame(schema=CLAIM_SCHEMA), releases=[], parts={}, grade=5)
    parts: dict[str, dict[str, str]] = {}
    for record, part in first.parts.items():
        parts.setdefault(printed_key(record), {})[record] = part
    own = first.claims.with_columns(claim=pl.int_range(1, pl.len() + 1, dtype=pl.Int64))
    release = Release("1", date(2025, 6, 18), date(2025, 6, 18), True, frozenset(first.listed))
    second = news(september, release="2", published=date(2025, 9, 10), own=own,
                  releases=[release], parts=parts, grade=5)
    assert second.claims.is_empty()
    assert len(second.listed) == 425


def test_saf_output_is_mostly_unknown(data: Path) -> None:
    fields = edition(data / "saf" / JUNE).statements["field"]
    assert 425 - (fields == "capacity_saf_t_per_year").sum() == 347
    assert (fields == "nameplate_total_t_per_year").sum() == 376


def test_every_row_is_a_record_of_its_own(data: Path) -> None:
    what = edition(data / "saf" / JUNE)
    assert what.statements.select("key", "part").unique().height == 425
    repeated = [doubt for doubt in what.doubts if doubt.kind == "repeated_id"]
    assert len(repeated) == 25
    assert len(what.keys()) == 425 - sum(int(d.text.split()[0]) - 1 for d in repeated)
    assert KEY in set(what.statements["key"])


def test_keys_are_readable(data: Path) -> None:
    keys = edition(data / "saf" / JUNE).keys()
    assert keys == [slug(key) for key in keys]


def test_nine_units_are_read(data: Path) -> None:
    what = edition(data / "saf" / JUNE)
    read_cells = what.statements.filter(pl.col("field") == "nameplate_total_t_per_year")["raw"]
    assert {cell.split()[1] for cell in read_cells} == {
        "kt/y", "MGY", "MLY", "barrels/day", "gallons/day", "barrels/y", "L/y", "m3/y", "t/day"}
    assert not [f for f in what.findings if f.kind in ("unknown_unit", "unreadable_size")]


def test_row_order_does_not_matter(data: Path) -> None:
    opened = open_book(data / "saf" / JUNE)
    other = read(shuffled(opened, SHEET + " "))  # the sheet's name ends in a blank
    assert said(other) == said(edition(data / "saf" / JUNE))
    assert other.doubts == edition(data / "saf" / JUNE).doubts


# -- made files ----------------------------------------------------------------------------------
def test_one_facility() -> None:
    what = made({})
    assert what.keys() == [KEY]
    found = values(what, KEY)
    assert found["stage"] == "feed"
    assert (found["sector"], found["product"], found["route"]) == ("aviation", "saf", "ft_biomass")
    assert found["scale"] == "commercial"
    assert found["country"] == "USA"
    assert found["owners"] == "Velocys; Partner Inc"
    assert found["references"] == "https://a.org/2 https://b.org/1"
    assert found["announced_size"] == "total 36 MGY, SAF 25 MGY"


def test_gallons_become_tonnes() -> None:
    found = values(made({}), KEY)
    litres = 3.785411784e6
    assert found["capacity_saf_t_per_year"] == round(25 * litres * 0.75 / 1000)
    assert found["nameplate_total_t_per_year"] == round(36 * litres * 0.78 / 1000)


def test_total_is_never_read_as_saf() -> None:
    found = values(made({SAF: ""}), KEY)
    assert "capacity_saf_t_per_year" not in found
    assert found["nameplate_total_t_per_year"] > 0
    assert found["announced_size"] == "total 36 MGY"


def test_where_all_is_saf_the_total_weighs_as_much() -> None:
    found = values(made({SAF: 36.0}), KEY)
    assert found["capacity_saf_t_per_year"] == found["nameplate_total_t_per_year"]


def test_the_updated_date_wins_and_both_stand_in_raw() -> None:
    rows_ = made({}).statements.filter(pl.col("field") == "operation_planned_date")
    assert rows_["value_date"].to_list() == [date(2028, 1, 1)]
    assert rows_["raw"].to_list() == ["2027 | 2028"]


def test_without_an_update_the_first_date_stands() -> None:
    found = values(made({"Updated expected operational": ""}), KEY)
    assert found["operation_planned_date"] == date(2027, 1, 1)
    assert "operation_actual_date" not in found


def test_entry_into_operation_is_actual() -> None:
    found = values(made({"Project status": "Operational", "Entry operational": 2022.0}), KEY)
    assert found["operation_actual_date"] == date(2022, 1, 1)


def test_entry_before_operation_is_a_doubt() -> None:
    what = made({"Entry operational": 2022.0})
    assert [doubt.kind for doubt in what.doubts] == ["entry_without_operation"]


@pytest.mark.parametrize(("word", "activity"), [
    ("Failed", "cancelled"), ("Paused", "paused"), ("No update", "dormant"),
])
def test_a_stopped_project_keeps_its_stage(word: str, activity: str) -> None:
    what = made({"Project status": word})
    assert values(what, KEY)["activity"] == activity
    assert "stage" not in values(what, KEY)
    assert {field for _, _, field in what.kept} == {"stage"}


def test_the_key_outlives_what_changes() -> None:
    later: dict[str, Value] = {
        "Project status": "Failed", TOTAL: 99.0, "Unit": "kt/y", "Expected operational": 2031.0,
        "Country": "United States", "Process": "fischer-tropsch ", "Company": "Velocys ",
    }
    assert made(later).keys() == [KEY]


def test_phases_of_one_place_stay_apart() -> None:
    what = made({}, {TOTAL: 70.0, "Expected operational": 2032.0})
    assert what.keys() == [KEY]
    assert set(what.statements["part"]) == {"Commercial, 2027, 36 MGY", "Commercial, 2032, 70 MGY"}
    assert [doubt.kind for doubt in what.doubts] == ["repeated_id"]


@pytest.mark.parametrize(("text", "read_right"), [
    ("MosjÃ¸en", "Mosjøen"), ("Mosjøen", "Mosjøen"), ("São Paulo", "São Paulo"),
    ("CartagenaÂ\u00a0", "Cartagena\u00a0"), ("Greshamâ€™s", "Gresham’s"), ("Âge", "Âge"),
])
def test_mojibake_is_mended(text: str, read_right: str) -> None:
    assert mended(text) == read_right


def test_a_mended_cell_is_a_finding_and_keeps_its_raw_text() -> None:
    what = made({"Location": "MosjÃ¸en"})
    assert what.keys() == ["velocys-usa-mosjoen-fischer-tropsch"]
    place = what.statements.filter(pl.col("field") == "place")
    assert place.select("value_text", "raw").row(0) == ("Mosjøen", "MosjÃ¸en")
    assert [finding.kind for finding in what.findings] == ["mojibake"]


@pytest.mark.parametrize(("change", "kind"), [
    ({"Country": "EU"}, "unknown_country"),
    ({"Process": "Alchemy"}, "unknown_technology"),
    ({"Facility type": "Palace"}, "unknown_facility_type"),
    ({"Unit": "buckets"}, "unknown_unit"),
    ({"Unit": ""}, "size_without_unit"),
    ({TOTAL: "about many"}, "unreadable_size"),
    ({TOTAL: "20 - 30"}, "range_of_sizes"),
    ({TOTAL: 0.0, SAF: ""}, "number_out_of_range"),
    ({SAF: 60.0}, "saf_above_total"),
    ({"Expected operational": "soon"}, "unreadable_date"),
    ({"Initial web reference": "a slide deck"}, "not_a_link"),
    ({"Company": ""}, "row_without_company"),
])
def test_a_bad_cell_is_a_finding_that_names_it(change: dict[str, Value], kind: str) -> None:
    finding = made(change, {"Company": "Other"}).findings[0]
    assert finding.kind == kind
    assert (finding.sheet, finding.row) == (SHEET, 2)
    assert finding.accepted


def test_a_range_is_no_capacity() -> None:
    found = values(made({TOTAL: "20 - 30", SAF: ">0"}), KEY)
    assert "capacity_saf_t_per_year" not in found
    assert "nameplate_total_t_per_year" not in found


def test_an_unknown_status_stops() -> None:
    with pytest.raises(UnknownWord, match=r"row 2, column 'Project status'.*'Dreamt'.*Concept"):
        made({"Project status": "Dreamt"})


def test_a_missing_column_stops() -> None:
    with pytest.raises(UnknownLayout, match="Process"):
        made({}, columns=tuple(name for name in REQUIRED if name != "Process"))


def test_no_rows() -> None:
    with pytest.raises(EmptyFile):
        made()


def test_another_file_is_refused() -> None:
    with pytest.raises(UnknownLayout, match="Global SAF"):
        read(book(sheet("Projects", ("Ref",), {"Ref": 1.0})))


def test_words_stay_inside_the_vocabulary() -> None:
    assert {row["route"] for row in rows("saf_process")} <= set(ROUTES)
    assert {row["scale"] for row in rows("saf_facility_type")} <= {"", *SCALES}


# -- links ---------------------------------------------------------------------------------------
@pytest.mark.parametrize(("text", "found"), [
    ("", set()), ("no address", set()),
    ("https://a.org/x;\nhttps://b.org/y;", {"https://a.org/x", "https://b.org/y"}),
    ("https://a.org/x  and https://a.org/x", {"https://a.org/x"}),
    ("http://a.org/x%20https://b.org/y", {"http://a.org/x", "https://b.org/y"}),
    ("https://web.archive.org/web/2020/https://a.org/x",
     {"https://web.archive.org/web/2020/https://a.org/x"}),
    ("chrome-extension://abc/https://a.org/x.pdf", {"https://a.org/x.pdf"}),
    ("(see https://a.org/x).", {"https://a.org/x"}),
    ("https://a.org/x_(y)", {"https://a.org/x_(y)"}),
])
def test_urls(text: str, found: set[str]) -> None:
    assert urls(text) == found
