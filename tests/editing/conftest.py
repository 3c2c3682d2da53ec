"""The embedded register as a snapshot in memory, and a sheet of twenty of its projects."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest

from groundbreak.editing.columns import sheet_columns
from groundbreak.editing.edits import claims_of
from groundbreak.editing.judging import Judged, by_record, judge
from groundbreak.editing.position import position_of, read_position
from groundbreak.editing.returned import Returned, hidden_cells, read_sheet
from groundbreak.editing.sheet import NEW, PROJECTS, Page, write_sheet
from groundbreak.editing.typed import namesakes
from groundbreak.history import claims as schema
from groundbreak.history.news import news
from groundbreak.history.snapshot import LISTING_SCHEMA, RELEASE_SCHEMA, Snapshot
from groundbreak.history.view import History, View
from groundbreak.measures.population import projects
from groundbreak.sources.files import open_book
from groundbreak.starter.register import editions

TODAY = date(2026, 11, 24)
Cells = Mapping[tuple[str, str], Any]  # (record or 'new:N', column) → typed


@pytest.fixture(scope="session")
def snapshot() -> Snapshot:
    """The log of the embedded register."""
    parts = [news(e.edition, release=e.release, published=e.published, own=schema.empty(),
                  releases=[], parts={}, grade=4).claims for e in editions()]
    log = schema.conform(pl.concat(parts)).with_columns(claim=pl.int_range(pl.len()) + 1)
    return Snapshot(log, pl.DataFrame(schema=RELEASE_SCHEMA), pl.DataFrame(schema=LISTING_SCHEMA))


@pytest.fixture(scope="session")
def twenty(snapshot: Snapshot, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sheet of twenty projects."""
    return export(snapshot, tmp_path_factory.mktemp("sheet") / "work.xlsx", 20)


def export(snapshot: Snapshot, path: Path, most: int = 10_000) -> Path:
    """Write a sheet of the register as it stands."""
    view = History(snapshot).as_of()
    page = Page(view, projects(view).filter("counted").head(most))
    columns = sheet_columns(set(page.held["field"]), set(page.chosen["product"]))
    write_sheet(path, [page], columns, position_of(snapshot.claims, view.known), page.held.height)
    return path


def typed_into(path: Path, target: Path, cells: Cells) -> Path:
    """The workbook with `cells` typed, by another program than wrote it."""
    book = openpyxl.load_workbook(path)
    for (record, column), value in cells.items():
        sheet = book[NEW if record.startswith("new:") else PROJECTS]
        names = {cell.value: cell.column for cell in sheet[2]}
        row = int(record[4:]) + 2 if record.startswith("new:") else next(
            cell.row for cell in sheet["B"] if cell.value == record)
        cell = sheet.cell(row, names[column])
        cell.value = value
        if isinstance(value, str):
            cell.data_type = "s"  # typed as text, whatever it begins with
    book.save(target)
    return target


def returned(snapshot: Snapshot, path: Path) -> Returned:
    """What the sheet says changed since `snapshot` wrote it."""
    book = open_book(path)
    position = read_position(hidden_cells(book), snapshot.claims)
    then = by_record(History(snapshot, position.claim).as_of(position.known).words)
    now = projects(History(snapshot).as_of())
    added = [int(r.split(":")[1]) for r in snapshot.claims["record"] if r.startswith("edit:")]
    return read_sheet(book, then, max(added, default=0) + 1,
                      lambda name, country: namesakes(now, name, country) if name else [])


def judged(snapshot: Snapshot, path: Path) -> tuple[list[Judged], Returned]:
    """The sheet's edits with their verdicts."""
    found = returned(snapshot, path)
    newest = snapshot.newest_published or date.min
    return judge(found.edits, snapshot.claims, newest=newest, today=TODAY), found


def taken(snapshot: Snapshot, items: list[Judged], release: str = "edit@1") -> Snapshot:
    """`snapshot` after the accepted edits."""
    new = claims_of([i.edit for i in items if i.verdict == "accepted"], release)
    numbered = new.with_columns(claim=pl.int_range(pl.len(), dtype=pl.Int64) + 1
                                + snapshot.position)
    return Snapshot(pl.concat([snapshot.claims, numbered]), snapshot.releases, snapshot.listings)


def values(view: View) -> dict[tuple[str, str], tuple[Any, ...]]:
    """(record, field) → kind and value of everything that holds."""
    return {(row["record"], row["field"]): (
        row["kind"] == "not_applicable", row["value_text"], row["value_number"], row["value_date"],
        row["precision"], row["unit"], row["raw"] if row["kind"] == "not_applicable" else None)
        for row in view.words.iter_rows(named=True)}
