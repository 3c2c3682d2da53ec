"""The preview says what the import will: days, counts, facts of the future, missing columns."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from groundbreak.sources.mapped.checking import check
from groundbreak.sources.mapped.errors import UndatedTab
from groundbreak.sources.mapped.mapping import Mapping
from groundbreak.sources.mapped.opening import open_files
from groundbreak.sources.mapped.reading import read_files
from groundbreak.sources.mapped.schema import parse_mapping
from tests.sources.mapped.test_guessing import FEW, HEAD, mapped
from tests.sources.mapped.test_workbooks import workbook

AUGUST = date(2024, 8, 1)


def three_tabs(folder: Path, *undated: str) -> tuple[Path, Mapping]:
    path = workbook(folder / "tabs.xlsx", {
        "Apr-24": [HEAD, *FEW], **{name: [HEAD, *FEW] for name in undated}})
    return path, mapped(path)


# -- days ----------------------------------------------------------------------------------------
def test_published_dates_the_one_tab_without_a_day(tmp_path: Path) -> None:
    path, mapping = three_tabs(tmp_path, "Undated")
    with pytest.raises(UndatedTab, match="--published YYYY-MM-DD; a line 'Undated: YYYY-MM-DD'"):
        read_files(mapping, open_files([path]))
    dated, _ = read_files(mapping, open_files([path]), published=AUGUST)
    assert [item.published for item in dated] == [date(2024, 4, 30), AUGUST]


def test_several_tabs_without_a_day_are_named_in_the_mapping(tmp_path: Path) -> None:
    path, mapping = three_tabs(tmp_path, "Undated", "Newest")
    for published in (None, AUGUST):
        with pytest.raises(UndatedTab, match="2 sheets have none, and --published can date one "
                           r"alone\. Accepted: lines 'Undated: YYYY-MM-DD'; 'Newest"):
            read_files(mapping, open_files([path]), published=published)
    found = check(mapping, open_files([path]))
    assert found.tabs()["published"].to_list().count("not given") == 2
    assert not found.issues().height  # the same project in two tabs is no repeated row
    assert "under tabs of the mapping" in found.refused[0]


def test_published_that_dates_nothing_is_refused(tmp_path: Path) -> None:
    path, mapping = three_tabs(tmp_path)
    with pytest.raises(UndatedTab, match=r"but it is of 2024-04-30\. Accepted: no --published"):
        read_files(mapping, open_files([path]), published=AUGUST)


def test_an_impossible_date_is_left_to_a_person(tmp_path: Path) -> None:
    path, mapping = three_tabs(tmp_path, "31.02.2024")
    assert mapping.tabs["31.02.2024"].undecided
    assert '"31.02.2024": "?"  # unsure' in mapping.text
    with pytest.raises(UndatedTab, match="left open in the mapping"):
        read_files(mapping, open_files([path]))
    dated, _ = read_files(mapping, open_files([path]), published=AUGUST)
    assert dated[-1].published == AUGUST


# -- what is told --------------------------------------------------------------------------------
def test_a_fact_of_the_future_is_no_sample_and_counted_once(tmp_path: Path) -> None:
    rows = [[*HEAD, "Start", "Zorp"], ["A one", "Sweden", "Operational", "2029", "x"],
            ["B two", "Spain", "Operational", "2020", ""], ["Total", "", "", "", ""]]
    path = workbook(tmp_path / "l.xlsx", {"Apr-24": rows})
    found = check(mapped(path), open_files([path]))
    assert "operation_actual_date" not in found.samples()[0]
    assert found.samples()[1]["operation_actual_date"] == "2020"
    (late,) = [row for row in found.issues().iter_rows(named=True)
               if row["what"] == "not yet happened"]
    assert (late["column"], late["value"]) == ("Start", "2029")
    assert "operation_actual_date 2029 would have happened" in late["why"]
    findings = found.dated[0].edition.findings
    assert found.tabs()["findings"].sum() == found.issues()["count"].sum() == len(findings) == 3


def test_a_name_of_the_mapping_that_no_table_has_is_told(tmp_path: Path) -> None:
    path, mapping = three_tabs(tmp_path)
    text = mapping.text.replace("ignored: {}", "ignored: {Nr: a number}").replace(
        "  Status: status\n", "  Status: status\n  Statuss: note\n")
    found = check(parse_mapping(text), open_files([path]))
    told = {(row["column"], row["what"]) for row in found.issues().iter_rows(named=True)}
    assert told == {("Statuss", "column not found"), ("Nr", "column not found")}
    (status,) = [f for f in found.dated[0].edition.findings if f.column == "Statuss"]
    assert status.accepted.startswith("'Status', which is there")
