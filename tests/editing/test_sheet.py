"""The sheet goes out and comes back: nothing invented, nothing lost, nothing overwritten."""

from __future__ import annotations

import shutil
import subprocess
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from groundbreak.editing.edits import Edit, Value
from groundbreak.editing.judging import claim_text, judge
from groundbreak.editing.position import WrongSheet, read_position
from groundbreak.editing.returned import hidden_cells
from groundbreak.editing.sheet import META, PROJECTS
from groundbreak.history.snapshot import Snapshot
from groundbreak.history.view import History
from groundbreak.measures.population import projects
from groundbreak.sources.files import open_book
from tests.editing.conftest import TODAY, export, judged, returned, taken, typed_into, values

FEW = settings(max_examples=12, deadline=None,
               suppress_health_check=[HealthCheck.function_scoped_fixture])
SAID = {"evidence_url": "https://example.org/a", "known_date": "2026-11-01", "publisher": "Owner",
        "evidence_grade": "2"}
TYPED: dict[str, st.SearchStrategy[Any]] = {
    "name": st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=1,
                    max_size=40).map(str.strip).filter(bool).filter(lambda t: t[0] != "#"),
    "stage": st.sampled_from(["concept", "feed", "committed", "feasibility..feed"]),
    "country": st.sampled_from(["NOR", "Sweden", "DEU;NLD"]),
    "operation_planned_date": st.sampled_from(["2031", "2032-Q3", "2030-05", "2029-02-28", 2033]),
    "capacity_ammonia_t_per_year": st.integers(1, 10**9),
    "latitude": st.floats(-90, 90).map(lambda x: round(x, 6)),
    "gate_offtake": st.integers(1, 4),
    "note": st.sampled_from(["=1+1", "+cmd", "@x", "-1", "'quoted", "two\nlines", "#CLEAR",
                             "#N/A it has no notes", "_x0041_"]),
}


@st.composite
def edits(draw: st.DrawFn, rows: int = 6) -> dict[tuple[int, str], Any]:
    """(row of the sheet, column) → what is typed there."""
    cells = draw(st.lists(st.tuples(st.integers(0, rows - 1), st.sampled_from(sorted(TYPED))),
                          min_size=1, max_size=8, unique=True))
    return {cell: draw(TYPED[cell[1]]) for cell in cells}


def with_evidence(
    listed: list[str], typed: Mapping[tuple[int, str], Any], **said: str
) -> dict[tuple[str, str], Any]:
    """The cells to type, by record, with the evidence of every row they stand in."""
    cells = {(listed[row], column): value for (row, column), value in typed.items()}
    for record in {record for record, _ in cells}:
        cells |= {(record, column): value for column, value in {**SAID, **said}.items()}
    return cells


@pytest.fixture(scope="module")
def listed(snapshot: Snapshot) -> list[str]:
    """The records of the sheet of twenty, in its order."""
    return projects(History(snapshot).as_of()).filter("counted").head(20)["record"].to_list()


# -- nothing invented ----------------------------------------------------------------------------
def test_no_edit_is_no_claim(snapshot: Snapshot, tmp_path: Path) -> None:
    found = returned(snapshot, export(snapshot, tmp_path / "all.xlsx"))
    assert (found.edits, found.refusals) == ([], [])
    assert found.rows > 100


def test_saved_by_another_program_nothing_changes(
    snapshot: Snapshot, twenty: Path, tmp_path: Path
) -> None:
    found = returned(snapshot, typed_into(twenty, tmp_path / "same.xlsx", {}))
    assert (found.edits, found.refusals, found.rows) == ([], [], 20)


@pytest.fixture(scope="session")
def office() -> str:
    """The program LibreOffice; skips with the reason where it is not installed."""
    program = shutil.which("soffice")
    if program is None:
        pytest.skip("no LibreOffice (soffice): workbooks cannot be saved again by it")
    return program


@pytest.mark.parametrize("suffix", ["xlsx", "ods"])
def test_saved_by_libreoffice_nothing_changes(
    snapshot: Snapshot, office: str, twenty: Path, tmp_path: Path, suffix: str
) -> None:
    """Nor is an edit lost: the one that is in the sheet comes back as it was typed."""
    record = listed_first(snapshot)
    edited = typed_into(twenty, tmp_path / "work.xlsx", {
        (record, "operation_planned_date"): "2034-Q2", (record, "note"): "=not a formula",
        **{(record, column): value for column, value in SAID.items()}})
    for path, expected in ((twenty, []), (edited, ["note", "operation_planned_date"])):
        subprocess.run([office, f"-env:UserInstallation=file://{tmp_path}/profile", "--headless",
                        "--convert-to", suffix, "--outdir", str(tmp_path / "saved"), str(path)],
                       check=True, capture_output=True, timeout=180)
        found = returned(snapshot, tmp_path / "saved" / f"work.{suffix}")
        assert found.refusals == []
        assert sorted(edit.field for edit in found.edits) == expected


def listed_first(snapshot: Snapshot) -> str:
    """The first record of the sheet."""
    return str(projects(History(snapshot).as_of()).filter("counted")["record"][0])


# -- nothing lost ----------------------------------------------------------------------------------
@given(edits())
@FEW
def test_every_edit_comes_back_exactly(
    snapshot: Snapshot, twenty: Path, listed: list[str], tmp_path: Path,
    typed: dict[tuple[int, str], Any],
) -> None:
    """Each typed cell is what the register then says; no other cell changes."""
    cells = with_evidence(listed, typed)
    items, found = judged(snapshot, typed_into(twenty, tmp_path / "e.xlsx", cells))
    assert found.refusals == []
    assert {item.verdict for item in items} <= {"accepted", "same"}, items
    before = values(History(snapshot).as_of())
    after = values(History(taken(snapshot, items)).as_of())
    touched = {(item.edit.record, item.edit.field) for item in items}
    assert {cell: value for cell, value in before.items() if cell not in touched} == {
        cell: value for cell, value in after.items() if cell not in touched}
    again, _ = judged(taken(snapshot, items), tmp_path / "e.xlsx")
    assert {item.verdict for item in again} <= {"same"}  # all of it stands now


@given(edits(), edits())
@FEW
def test_two_editors_never_overwrite_each_other(
    snapshot: Snapshot, twenty: Path, listed: list[str], tmp_path: Path,
    mine: dict[tuple[int, str], Any], yours: dict[tuple[int, str], Any],
) -> None:
    """Both began from one sheet: what the first changed stands, whatever the second typed."""
    first, _ = judged(snapshot, typed_into(twenty, tmp_path / "1.xlsx",
                                           with_evidence(listed, mine)))
    after_first = taken(snapshot, first)
    second, _ = judged(after_first, typed_into(
        twenty, tmp_path / "2.xlsx", with_evidence(listed, yours, known_date="2026-11-20")))
    ours = {(i.edit.record, i.edit.field) for i in first if i.verdict == "accepted"}
    for item in second:
        if (item.edit.record, item.edit.field) in ours:
            assert item.verdict in ("same", "refused")
            assert item.verdict == "same" or "changed meanwhile" in item.why
    held = values(History(after_first).as_of())
    both = values(History(taken(after_first, second, "edit@2")).as_of())
    assert {cell: both.get(cell) for cell in ours} == {cell: held.get(cell) for cell in ours}


# -- nothing taken that should not be --------------------------------------------------------------
def test_evidence_is_needed(
    snapshot: Snapshot, twenty: Path, listed: list[str], tmp_path: Path
) -> None:
    path = typed_into(twenty, tmp_path / "e.xlsx", {
        (listed[0], "place"): "Here", (listed[1], "place"): "There",
        (listed[1], "evidence_url"): "https://example.org", (listed[2], "place"): "Where",
        (listed[2], "evidence_url"): "x", (listed[2], "known_date"): "2026"})
    found = returned(snapshot, path)
    assert found.edits == []
    assert [r.why.split(":")[0] for r in found.refusals] == [
        "evidence missing", "evidence missing", "evidence of this row cannot be read"]
    assert all(r.place.startswith("Projects!") for r in found.refusals)


def test_numbers_and_money_are_read_as_they_stand(
    snapshot: Snapshot, twenty: Path, listed: list[str], tmp_path: Path
) -> None:
    """Thousands apart are the same number; a comma elsewhere is a change, and read as one."""
    view = History(snapshot).as_of()
    money = view.cells.filter((pl.col("field") == "capex_announced")
                              & pl.col("record").is_in(listed)).row(0, named=True)
    amount = int(money["value_number"])
    said = {(money["record"], column): value for column, value in SAID.items()}
    for typed, expected in ((f"{amount:,}", 0), (f"{amount // 10},{amount % 10}", 1)):
        path = typed_into(twenty, tmp_path / "n.xlsx",
                          {(money["record"], "capex_announced"): typed, **said})
        found = returned(snapshot, path)
        assert len(found.edits) + len(found.refusals) == expected, (typed, found)
    beside = (money["record"], "capex_announced_currency_and_price_year")
    path = typed_into(twenty, tmp_path / "m.xlsx", {
        (money["record"], "capex_announced"): None, beside: "NOK@1999", **said})
    assert "without the amount" in returned(snapshot, path).refusals[0].why
    edit, = returned(snapshot, typed_into(twenty, tmp_path / "u.xlsx", {
        beside: "NOK@1999", **said})).edits
    assert edit.value == Value(number=amount, unit="NOK@1999")


def test_a_row_copied_for_a_second_source(
    snapshot: Snapshot, twenty: Path, listed: list[str], tmp_path: Path
) -> None:
    """One row, one source: the record stands twice, each row with its own evidence."""
    book = openpyxl.load_workbook(twenty)
    sheet = book[PROJECTS]
    names = {cell.value: cell.column for cell in sheet[2]}
    for row, url, place, owners in ((3, "https://a", "Here", None), (30, "https://b", None, "We")):
        for column, value in {"record": listed[0], "evidence_url": url, "place": place,
                              "owners": owners, "known_date": "2026-11-02"}.items():
            if value is not None:
                sheet.cell(row, names[column]).value = value
    book.save(tmp_path / "two.xlsx")
    items, _ = judged(snapshot, tmp_path / "two.xlsx")
    assert [(i.edit.field, i.edit.evidence, i.verdict) for i in items] == [
        ("place", "https://a", "accepted"), ("owners", "https://b", "accepted")]


def test_one_cell_given_two_values_is_refused(snapshot: Snapshot, listed: list[str]) -> None:
    one = Edit(listed[0], "place", Value(text="Here"), date(2026, 11, 1), 4, place="Projects!P3")
    two = replace(one, value=Value(text="There"), place="Projects!P30")
    items = judge([one, two], snapshot.claims, newest=TODAY, today=TODAY)
    assert [i.verdict for i in items] == ["refused", "refused"]
    assert "Projects!P3" in items[0].why
    assert "Projects!P30" in items[0].why


def test_an_older_word_is_refused_unless_it_corrects(
    snapshot: Snapshot, listed: list[str]
) -> None:
    old = Edit(listed[0], "stage", Value(text="feed"), date(2015, 1, 1), 4)
    item, = judge([old], snapshot.claims, newest=date(2026, 9, 4), today=TODAY)
    assert item.verdict == "refused"
    assert "would not hold" in item.why
    item, = judge([replace(old, correction=True)], snapshot.claims, newest=date(2026, 9, 4),
                  today=TODAY)
    assert item.verdict == "accepted"


def test_the_future_is_refused(snapshot: Snapshot, listed: list[str]) -> None:
    ahead = Edit(listed[0], "place", Value(text="x"), date(2027, 1, 1), 4)
    early = Edit(listed[0], "fid_actual_date", Value(day=date(2026, 11, 20), precision="day"),
                 date(2026, 11, 1), 2)
    first, second = judge([ahead, early], snapshot.claims, newest=TODAY, today=TODAY)
    assert "in the future" in first.why
    assert "after its source was published" in second.why


def test_what_is_confidential_stays_so(snapshot: Snapshot, listed: list[str]) -> None:
    """An edit of a confidential cell is no door to the public."""
    secret = Edit(listed[0], "note", Value(text="term sheet"), date(2026, 11, 1), 2,
                  visibility="confidential")
    held = taken(snapshot, judge([secret], snapshot.claims, newest=TODAY, today=TODAY))
    item, = judge([replace(secret, value=Value(text="signed"), visibility="public",
                           known=date(2026, 11, 2))], held.claims, newest=TODAY, today=TODAY)
    assert (item.verdict, item.edit.visibility) == ("accepted", "confidential")


def test_a_new_project(snapshot: Snapshot, twenty: Path, tmp_path: Path) -> None:
    """Text that looks like a formula stays text; an activity follows from the stage."""
    path = typed_into(twenty, tmp_path / "new.xlsx", {
        ("new:1", "name"): "=Plant", ("new:1", "country"): "Norway", ("new:1", "stage"): "feed",
        **{("new:1", column): value for column, value in SAID.items()},
        ("new:4", "stage"): "feed", ("new:4", "evidence_url"): "x",
        ("new:4", "known_date"): "2026-11-01"})
    items, found = judged(snapshot, path)
    assert {i.edit.field: i.new for i in items} == {
        "name": "=Plant", "country": "NOR", "stage": "feed", "activity": "active"}
    assert {i.edit.record for i in items} == {"edit:1"}
    assert [r.why for r in found.refusals] == ["a new project without a name; accepted: its name"]


def test_a_column_that_is_not_read_is_named(
    snapshot: Snapshot, twenty: Path, listed: list[str], tmp_path: Path
) -> None:
    """Renamed, doubled, or an editor's own: what stands in it is not lost in silence."""
    book = openpyxl.load_workbook(twenty)
    sheet = book[PROJECTS]
    names = {cell.value: cell.column for cell in sheet[2]}
    sheet.cell(2, names["owners"]).value = "ownerz"
    for column, name in enumerate(("place", "my notes"), start=sheet.max_column + 1):
        sheet.cell(2, column).value = name
        sheet.cell(3, column).value = "typed"
    book.save(tmp_path / "c.xlsx")
    found = returned(snapshot, tmp_path / "c.xlsx")
    assert found.edits == []
    assert {(r.field, r.why.split(":")[0]) for r in found.refusals} == {
        ("ownerz", "no column of this sheet"), ("place", "stands twice"),
        ("my notes", "no column of this sheet")}


def test_columns_and_rows_may_be_moved(
    snapshot: Snapshot, twenty: Path, listed: list[str], tmp_path: Path
) -> None:
    book = openpyxl.load_workbook(twenty)
    sheet = book[PROJECTS]
    grid = [[cell.value for cell in row] for row in sheet.iter_rows()]
    grid = [row[::-1] for row in (grid[:2] + grid[:1:-1])]
    for number, row in enumerate(grid, 1):
        for column, value in enumerate(row, 1):
            sheet.cell(number, column).value = value
    book.save(tmp_path / "moved.xlsx")
    found = returned(snapshot, tmp_path / "moved.xlsx")
    assert (found.edits, found.refusals, found.rows) == ([], [], 20)


# -- the wrong sheet -------------------------------------------------------------------------------
def test_a_sheet_of_another_register(snapshot: Snapshot, twenty: Path) -> None:
    shorter = Snapshot(snapshot.claims.filter(pl.col("claim") != snapshot.position),
                       snapshot.releases, snapshot.listings)
    with pytest.raises(WrongSheet, match="another register"):
        read_position(hidden_cells(open_book(twenty)), shorter.claims)
    for name, value in (("known", "0001-01-01"), ("position", "99999")):
        cells = hidden_cells(open_book(twenty)) | {name: value}
        with pytest.raises(WrongSheet, match="another register"):
            read_position(cells, snapshot.claims)


def test_a_workbook_that_is_no_sheet(tmp_path: Path, snapshot: Snapshot, twenty: Path) -> None:
    other = openpyxl.Workbook()
    other.active.append(["a", "b"])
    other.save(tmp_path / "other.xlsx")
    with pytest.raises(WrongSheet, match="groundbreak export --edit"):
        hidden_cells(open_book(tmp_path / "other.xlsx"))
    book = openpyxl.load_workbook(twenty)
    book[PROJECTS].delete_rows(2)
    book.save(tmp_path / "nameless.xlsx")
    with pytest.raises(WrongSheet, match="row of column names"):
        returned(snapshot, tmp_path / "nameless.xlsx")


# -- the workbook itself ---------------------------------------------------------------------------
def test_what_the_workbook_offers(twenty: Path) -> None:
    """Frozen head, locked ids, lists, units in headers, notes, guide, hidden position."""
    book = openpyxl.load_workbook(twenty)
    sheet = book[PROJECTS]
    assert book.sheetnames == [PROJECTS, "New projects", "Read me", "Lists", META]
    assert book[META].sheet_state == "hidden"
    assert sheet.freeze_panes == "D3"
    assert sheet.protection.sheet
    names = {cell.value: cell.column for cell in sheet[2]}
    assert sheet.cell(3, names["record"]).protection.locked
    assert not sheet.cell(3, names["name"]).protection.locked
    lists = {rule.formula1 for rule in sheet.data_validations.dataValidation}
    assert len(lists) >= 10
    heads = {cell.value for cell in sheet[1]}
    assert "Capacity, ammonia (t/y)" in heads
    assert "Published on (YYYY-MM-DD)" in heads
    note = sheet.cell(3, names["name"]).comment
    assert note is not None
    assert "grade" in note.text


def test_nothing_in_it_runs(snapshot: Snapshot, listed: list[str], tmp_path: Path) -> None:
    """Texts that begin like formulas are texts in the file; there are no links and no macros."""
    evil = [Edit(listed[n], "name", Value(text=text), date(2026, 11, 1), 2)
            for n, text in enumerate(["=1+1", "+1", "-1", "@x", "=HYPERLINK(\"http://x\")"])]
    items = judge(evil, snapshot.claims, newest=TODAY, today=TODAY)
    path = export(taken(snapshot, items), tmp_path / "evil.xlsx", 20)
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            assert b"<f>" not in archive.read(name)
            assert b"externalLink" not in archive.read(name)
    sheet = openpyxl.load_workbook(path)[PROJECTS]
    assert "=1+1" in {cell.value for cell in sheet["C"] if cell.data_type == "s"}


def test_no_project_at_all(snapshot: Snapshot, tmp_path: Path) -> None:
    """An empty selection is a sheet for new projects."""
    path = export(snapshot, tmp_path / "none.xlsx", 0)
    assert returned(snapshot, path).rows == 0


def test_what_does_not_apply_is_shown(snapshot: Snapshot, listed: list[str]) -> None:
    edit = Edit(listed[0], "note", None, date(2026, 11, 1), 2, reason="it has none",
                not_applicable=True)
    items = judge([edit], snapshot.claims, newest=TODAY, today=TODAY)
    words = History(taken(snapshot, items)).as_of().words
    row = words.filter((pl.col("record") == listed[0]) & (pl.col("field") == "note"))
    assert claim_text(row.row(0, named=True)) == "#N/A it has none"
