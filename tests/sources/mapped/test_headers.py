"""Column names over several rows: groups, units below, blanks under single names; and N told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest

from groundbreak.sources.mapped.guessing import guess
from groundbreak.sources.mapped.opening import open_files
from groundbreak.sources.mapped.writing import write
from tests.sources.mapped.test_guessing import read, said

DATA = [[f"P{n}", "Norway", 100 + n, 50, 2025, 2028, "Announced"] for n in range(5)]
Rows = list[list[Any]]


def sheet(path: Path, names: Rows, merged: tuple[str, ...] = ()) -> Path:
    """A title merged over the top, a blank row, the names, five projects."""
    book = openpyxl.Workbook()
    page = book.active
    page.title = "Apr-24"
    page.append(["Our pipeline"])
    page.append([])
    for row in (*names, *DATA):
        page.append(row)
    for span in ("A1:G1", *merged):
        page.merge_cells(span)
    book.save(path)
    return path


def capacities(path: Path) -> set[tuple[str, str, str]]:
    return {(g.name, t.of, t.unit) for g in guess(open_files([path])).columns
            for t in g.targets if t.field == "capacity"}


UNITS = [[None, None, "kt/y", "MW", "year", "year", None],
         [None, None, "(kt/y)", "(MW)", "date", "%", None]]


@pytest.mark.parametrize("units", UNITS)
def test_a_row_of_mostly_units_belongs_to_the_names(tmp_path: Path, units: list[Any]) -> None:
    path = sheet(tmp_path / "l.xlsx", [
        ["Project", "Country", "Ammonia", "Electrolyser", "FID", "COD", "Status"], units])
    assert {(of, unit.strip("()")) for _, of, unit in capacities(path)} == {
        ("ammonia", "kt/y"), ("electrolyser", "MW")}
    (dated,) = read(path)
    assert said(dated, "capacity_ammonia_t_per_year") == [100e3, 101e3, 102e3, 103e3, 104e3]


def test_merged_groups_over_names_and_units(tmp_path: Path) -> None:
    path = sheet(tmp_path / "l.xlsx", [
        ["Project", None, "Capacity", None, "Dates", None, "Status"],
        ["Name", "Country", "Ammonia", "Electrolyser", "FID", "COD", "Current"],
        [None, None, "kt/y", "MW", None, None, None]], ("A3:B3", "C3:D3", "E3:F3"))
    assert {(of, unit) for _, of, unit in capacities(path)} == {
        ("ammonia", "kt/y"), ("electrolyser", "MW")}
    assert len(read(path)[0].edition.keys()) == 5


def test_blanks_under_single_names_beside_groups_without_merged_cells(tmp_path: Path) -> None:
    path = sheet(tmp_path / "l.xlsx", [
        ["Project", "Country", "Capacity", None, "Milestones", None, "Status"],
        [None, None, "Ammonia kt/y", "Electrolyser MW", "FID", "COD", None]])
    names = {g.name for g in guess(open_files([path])).columns}
    assert names == {"Project", "Country", "Capacity / Ammonia kt/y",
                     "Capacity / Electrolyser MW", "Milestones / FID", "Milestones / COD",
                     "Status"}


def test_a_first_project_of_words_is_no_header(tmp_path: Path) -> None:
    path = tmp_path / "l_2024-04.csv"
    path.write_text("Project,Country,Status,\nA one,Sweden,Announced,x\nB two,Spain,FID,y\n",
                    encoding="utf-8")
    assert guess(open_files([path])).header_rows == 1


def test_the_number_of_rows_may_be_told(tmp_path: Path) -> None:
    path = sheet(tmp_path / "l.xlsx", [
        ["Project", "Country", "Size", "Power", "FID", "COD", "Status"],
        ["as filed", "ISO name", "thousand", "el", "yes", "about", "as read"]])
    for told in ({"Apr-24": 2}, {"": 2}):
        draft = guess(open_files([path]), header_rows=told)
        assert draft.header_rows == 2
        assert "Project / as filed" in write(draft)
    with pytest.raises(ValueError, match="no such sheet; accepted: Apr-24"):
        guess(open_files([path]), header_rows={"May-24": 2})
