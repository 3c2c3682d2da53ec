"""What only workbooks have: a tab a sector, legends, merged cells, colours, other programs."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill

from groundbreak.sources.mapped.guessing import guess
from groundbreak.sources.mapped.marks import marks_of
from groundbreak.sources.mapped.opening import open_files
from groundbreak.sources.mapped.reading import read_files
from groundbreak.sources.mapped.schema import parse_mapping
from groundbreak.sources.mapped.writing import write
from tests.sources.mapped import made
from tests.sources.mapped.test_guessing import FEW, HEAD, mapped, read, said


def workbook(path: Path, tabs: dict[str, list[list[Any]]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in tabs.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def test_a_tab_a_sector_is_one_edition(tmp_path: Path) -> None:
    path = workbook(tmp_path / "list 2024-04.xlsx", {
        "Read me": [["How to use this list"]], "Steel": [HEAD, *FEW[:2]],
        "Cement": [HEAD, *FEW[2:]]})
    (dated,) = read(path, edits={
        "  Steel: file": "  Steel: {published: file, defaults: {sector: steel}}",
        "  Cement: file": "  Cement: {published: file, defaults: {sector: cement}}"})
    assert said(dated, "sector") == ["steel", "steel", "cement"]
    assert len(dated.tabs) == 2


def test_the_same_sheet_name_in_dated_files(tmp_path: Path) -> None:
    for month in ("2024-04", "2024-11"):
        workbook(tmp_path / f"list {month}.xlsx", {"Data": [HEAD, *FEW]})
    assert [str(d.published) for d in read(tmp_path)] == ["2024-04-30", "2024-11-30"]


def test_a_sheet_that_is_not_read_is_a_finding(tmp_path: Path) -> None:
    path = workbook(tmp_path / "l.xlsx", {"Apr-24": [HEAD, *FEW]})
    mapping = mapped(path)
    path = workbook(tmp_path / "l.xlsx", {"Apr-24": [HEAD, *FEW], "Pivot": [["x", "y"], [1, 2]]})
    (dated,), unread = read_files(mapping, open_files([path]))
    assert [(u.sheet, u.wanted) for u in unread] == [("Pivot", False)]
    assert [f.sheet for f in dated.edition.findings if f.kind == "unread_sheet"] == ["Pivot"]


def test_colours_without_a_legend_are_left_to_a_person(tmp_path: Path) -> None:
    path = workbook(tmp_path / "l.xlsx", {"Apr-24": [["Project", "Country"],
                                                     *(row[:2] for row in FEW)]})
    book = openpyxl.load_workbook(path)
    for row, colour in enumerate(("FF00B050", "FFFFC000", "FF00B050"), start=2):
        for cell in book["Apr-24"][row]:
            cell.fill = PatternFill("solid", fgColor=colour)
    book.save(path)
    mapping = mapped(path)
    assert set(mapping.open_words) == {("colours", "FF00B050"), ("colours", "FFFFC000")}
    (dated,) = read(path, edits={'  FF00B050: "?"': "  FF00B050: operating",
                                 '  FFFFC000: "?"': "  FFFFC000: committed"})
    assert said(dated, "stage") == ["operating", "committed", "operating"]


def test_comments_and_hidden_rows(tmp_path: Path) -> None:
    path = workbook(tmp_path / "l.xlsx", {"Apr-24": [HEAD, *FEW]})
    book = openpyxl.load_workbook(path)
    sheet = book["Apr-24"]
    sheet["B3"].comment = Comment("really?", "us")
    sheet.row_dimensions[4].hidden = True
    book.save(path)
    (dated,) = read(path)
    assert [(f.row, f.column, f.value) for f in dated.edition.findings] == [
        (3, "Country", "really?")]
    assert len(said(dated, "name")) == 3
    (dated,) = read(path, edits={"hidden_rows: read": "hidden_rows: skip"})
    assert len(said(dated, "name")) == 2
    assert {f.kind for f in dated.edition.findings if f.row == 4} == {"skipped_row"}


def test_a_country_merged_over_its_projects_is_of_each(tmp_path: Path) -> None:
    rows = [HEAD, ["A", "Sweden", "FID"], ["B", None, "FID"], ["C", None, "FID"],
            ["D", "Spain", "FID"]]
    path = workbook(tmp_path / "l.xlsx", {"Apr-24": rows})
    book = openpyxl.load_workbook(path)
    book["Apr-24"].merge_cells("B2:B4")
    book.save(path)
    (dated,) = read(path)
    assert said(dated, "country") == ["SWE", "SWE", "SWE", "ESP"]


def test_marks_of_a_file_that_is_no_workbook(tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    path.write_bytes(b"PK\x03\x04 not really")
    assert marks_of(path) is None
    assert marks_of(tmp_path / "x.csv") == {}


def test_a_workbook_too_large_for_its_marks_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("groundbreak.sources.mapped.marks.MAX_UNPACKED_BYTES", 1000)
    (dated,) = read(workbook(tmp_path / "l.xlsx", {"Apr-24": [HEAD, *FEW]}))
    assert [f.kind for f in dated.edition.findings] == ["marks_not_read"]
    assert len(said(dated, "name")) == 3


def test_five_tabs_from_1904_or_1900_say_the_same(tmp_path: Path) -> None:
    frames = []
    for epoch in (True, False):
        world = made.build(tmp_path / f"{epoch}.xlsx", projects=60, epoch_1904=epoch)
        opened = open_files([world.path])
        mapping = parse_mapping(write(guess(opened, "ours")))
        frames.append([d.edition.statements for d in read_files(mapping, opened)[0]])
    for one, two in zip(*frames, strict=True):
        assert one.equals(two)


def test_the_same_list_saved_by_libreoffice_as_ods(tmp_path: Path) -> None:
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("LibreOffice (soffice) is not installed")
    path = workbook(tmp_path / "l.xlsx", {"Apr-24": [HEAD, *FEW], "Nov 2024": [HEAD, *FEW[1:]]})
    subprocess.run([office, f"-env:UserInstallation=file://{tmp_path}/profile", "--headless",
                    "--convert-to", "ods", "--outdir", str(tmp_path), str(path)],
                   check=True, capture_output=True, timeout=180)
    one, two = read(path), read(path.with_suffix(".ods"))
    assert [str(d.published) for d in two] == ["2024-04-30", "2024-11-30"]
    for ours, theirs in zip(one, two, strict=True):
        assert ours.edition.statements.equals(theirs.edition.statements)
