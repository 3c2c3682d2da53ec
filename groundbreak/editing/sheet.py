"""Writing the sheet for editing: a workbook that says what may be changed and what stands there.

Cells are written in one pass, row by row, so that 20,000 projects need little memory. Nothing in it
runs: every text is written as text, whatever it begins with.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import polars as pl
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from groundbreak.editing.columns import UNIT_OF, Column
from groundbreak.editing.guide import write_guide
from groundbreak.editing.judging import Claim, by_record, claim_text
from groundbreak.editing.position import Position
from groundbreak.history.atomic import whole
from groundbreak.history.view import View
from groundbreak.sources.workbooks import MAX_CELLS

PROJECTS, NEW, LISTS, META = "Projects", "New projects", "Lists", "_groundbreak"
FIRST_ROW = 2  # of the data, from 0: labels, names, then projects
NEW_ROWS = 200
LEFT_OVER = 50_000  # cells for the lists and the guide
NOTES_AT_MOST = 10_000  # a workbook opens slowly with more
BANDS = {"Register": "#E3E7E6", "Evidence": "#F6DFC8", "Project": "#CFE3E0", "Plant": "#DDEBE9",
         "Status": "#CFE3E0", "Capacity": "#DDEBE9", "Dates": "#CFE3E0", "Money": "#DDEBE9",
         "Gates": "#CFE3E0", "Support": "#DDEBE9"}
_CELL = ("record", "field", "claim", "kind", "value_text", "value_number", "value_date",
         "precision", "unit", "raw", "source", "publisher", "release", "known", "grade", "place",
         "evidence")


@dataclass(frozen=True)
class Exported:
    """What was written: projects, columns, cells with a value, and notes on where they come from.

    `noted_all` is False where only cells that differ from their row's newest word have a note.
    """

    projects: int
    columns: int
    cells: int
    notes: int
    noted_all: bool


@dataclass(frozen=True)
class Page:
    """Some projects of a view: `chosen` are rows of measures.population, sorted by record."""

    view: View
    chosen: pl.DataFrame

    @cached_property
    def held(self) -> pl.DataFrame:
        """The holding claim of every cell of the chosen records."""
        words = self.view.words.select(_CELL)
        return words.join(self.chosen.select("record"), on="record", how="semi")


def write_sheet(
    path: Path, pages: Iterable[Page], columns: Sequence[Column], position: Position,
    values: int,
) -> Exported:
    """Write projects, page by page, to a new workbook with `columns`.

    `position` says which state of which register this is; the sheet is compared with it when it
    comes back. `values` is about how many cells hold one, which decides how many get a note. The
    file appears whole or not at all.
    """
    with whole(path) as unfinished, xlsxwriter.Workbook(str(unfinished), {
        "constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
        "strings_to_numbers": False,
    }) as book:
        made = _Sheets(book, columns)
        done = made.projects(pages, noted_all=values <= NOTES_AT_MOST)
        made.new_projects()
        write_guide(book.add_worksheet("Read me"), book, columns, position, done.noted_all)
        made.lists()
        made.meta(position)
    return done


class _Sheets:
    """The sheets of one workbook, sharing its formats and columns."""

    def __init__(self, book: xlsxwriter.Workbook, columns: Sequence[Column]) -> None:
        self.book, self.columns = book, columns
        self.place = {column.name: index for index, column in enumerate(columns)}
        base = {"font_name": "Calibri", "font_size": 10, "valign": "top"}
        self.locked = book.add_format(
            {**base, "locked": True, "font_color": "#5B6664", "bg_color": "#F4F6F5"})
        self.text = book.add_format({**base, "locked": False, "num_format": "@"})
        self.number = book.add_format({**base, "locked": False, "num_format": "#,##0.######"})
        self.asked = book.add_format(
            {**base, "locked": False, "num_format": "@", "bg_color": "#FFF8F1"})
        self.name = book.add_format(
            {**base, "locked": True, "font_size": 8, "font_color": "#7A8583"})
        self.labels = {group: book.add_format({
            **base, "bold": True, "text_wrap": True, "bg_color": colour, "border": 1,
            "border_color": "#FFFFFF", "locked": True}) for group, colour in BANDS.items()}

    # -- projects --------------------------------------------------------------------------------
    def projects(self, pages: Iterable[Page], *, noted_all: bool) -> Exported:
        """The sheet of what is in the register."""
        sheet = self.book.add_worksheet(PROJECTS)
        self._labels(sheet)
        count = cells = notes = 0
        for page in pages:
            self._fits(count + page.chosen.height)
            claims_of = by_record(page.held)
            for project in page.chosen.iter_rows(named=True):
                claims = claims_of.get(project["record"], {})
                newest = max(claims.values(), key=_told, default=None)
                row, count = FIRST_ROW + count, count + 1
                for column, claim in self._row(sheet, row, project, claims, newest):
                    cells += 1
                    if notes < NOTES_AT_MOST and (noted_all or not _same_voice(claim, newest)):
                        sheet.write_comment(row, column, _note(claim), _NOTE)
                        notes += 1
        self._frame(sheet, count)
        return Exported(count, len(self.columns), cells, notes, noted_all)

    def _fits(self, projects: int) -> None:
        """Raises ValueError where the workbook could not be taken back whole."""
        cells = (projects + NEW_ROWS + 2 * FIRST_ROW) * len(self.columns)
        if cells > MAX_CELLS - LEFT_OVER:
            raise ValueError(
                f"{projects:,} projects or more with {len(self.columns)} columns are more cells "
                f"than a workbook is taken back with ({MAX_CELLS:,}); accepted: fewer of them, "
                "chosen with --sector, --country, --source or another filter")

    def _row(
        self, sheet: Worksheet, row: int, project: Mapping[str, Any],
        claims: Mapping[str, Claim], newest: Claim | None,
    ) -> list[tuple[int, Claim]]:
        """Write one project; the columns that hold a claim's value, with the claim."""
        told = []
        for index, column in enumerate(self.columns):
            claim = claims.get(column.field) if column.field else None
            if claim is not None and column.name.endswith(UNIT_OF):
                if claim["value_number"] is not None:
                    sheet.write_string(row, index, claim["unit"] or "", self.text)
                continue
            if claim is not None and (value := claim_text(claim)) is not None:
                self._write(sheet, row, index, value)
                told.append((index, claim))
            elif not column.editable:
                sheet.write_string(row, index, _computed(column.name, project, newest),
                                   self.locked)
        return told

    def _write(self, sheet: Worksheet, row: int, index: int, value: str | float) -> None:
        if isinstance(value, str):
            sheet.write_string(row, index, value, self.text)
        else:
            sheet.write_number(row, index, value, self.number)

    # -- further sheets ----------------------------------------------------------------------------
    def new_projects(self) -> None:
        """Empty rows for projects that the register does not have."""
        sheet = self.book.add_worksheet(NEW)
        self._labels(sheet)
        self._frame(sheet, NEW_ROWS)

    def _labels(self, sheet: Worksheet) -> None:
        """The two rows on top: what a column is called, and its name."""
        sheet.set_row(0, 42)
        for index, column in enumerate(self.columns):
            sheet.write_string(0, index, column.label, self.labels[column.group])
            if column.hint:
                sheet.write_comment(0, index, column.hint, _NOTE)
        for index, column in enumerate(self.columns):
            sheet.write_string(1, index, column.name, self.name)

    def _frame(self, sheet: Worksheet, rows: int) -> None:
        """Widths, locks, lists and the frozen corner."""
        new = sheet.get_name() == NEW
        last = FIRST_ROW + max(rows, 1) - 1
        for index, column in enumerate(self.columns):
            hidden = {"hidden": True} if new and not column.editable else {}
            sheet.set_column(index, index, column.width, self._form(column), hidden)
            if column.choices and rows:
                sheet.data_validation(FIRST_ROW, index, last, index, self._list(column))
        sheet.freeze_panes(FIRST_ROW, self.place["name"] + 1)
        sheet.autofilter(1, 0, last, len(self.columns) - 1)
        sheet.ignore_errors({"number_stored_as_text": f"A1:XFD{last + 1}"})
        sheet.protect("", {"format_columns": True, "format_rows": True, "autofilter": True,
                           "sort": True, "insert_rows": True, "delete_rows": new})
        sheet.set_landscape()
        sheet.set_paper(8)  # A3
        sheet.repeat_rows(0)
        sheet.repeat_columns(0, self.place["name"])

    def _form(self, column: Column) -> Format:
        if not column.editable:
            return self.locked
        if column.group == "Evidence":
            return self.asked
        return self.number if column.is_number else self.text

    def _list(self, column: Column) -> dict[str, object]:
        letter = xl_col_to_name(self._lists().index(column.name))
        last = 1 + len(column.choices)
        return {
            "validate": "list", "source": f"={LISTS}!${letter}$2:${letter}${last}",
            "error_type": "warning", "error_title": "Not in the list",
            "error_message": f"See sheet {LISTS}. Also taken: #CLEAR, and #N/A with a reason.",
        }

    def _lists(self) -> list[str]:
        return [column.name for column in self.columns if column.choices]

    def lists(self) -> None:
        """The pick-lists, each under the name of its column."""
        sheet = self.book.add_worksheet(LISTS)
        listed = [column for column in self.columns if column.choices]
        for index, column in enumerate(listed):
            sheet.set_column(index, index, max(len(column.name), 14), self.locked)
        for row in range(1 + max(len(column.choices) for column in listed)):
            for index, column in enumerate(listed):
                text = column.name if row == 0 else (
                    column.choices[row - 1] if row <= len(column.choices) else "")
                if text:
                    sheet.write_string(row, index, text, self.locked)
        sheet.protect()

    def meta(self, position: Position) -> None:
        """Which state of which register this is; hidden."""
        sheet = self.book.add_worksheet(META)
        for row, (name, value) in enumerate(position.rows()):
            sheet.write_string(row, 0, name)
            sheet.write_string(row, 1, value)
        sheet.protect()
        sheet.hide()


# -- where values come from ------------------------------------------------------------------------
_NOTE = {"x_scale": 2.0, "y_scale": 0.9, "font_size": 8, "author": "Groundbreak"}


def _told(claim: Claim) -> tuple[Any, int]:
    return claim["known"], claim["claim"]


def _same_voice(claim: Claim, newest: Claim | None) -> bool:
    """Whether a value comes with the row's newest word."""
    return newest is not None and (claim["release"], claim["publisher"]) == (
        newest["release"], newest["publisher"])


def _computed(name: str, project: Mapping[str, Any], newest: Claim | None) -> str:
    if name == "newest_word":
        return f"{newest['publisher'] or newest['source']}, {newest['known']}" if newest else ""
    text = str(project[name] or "")
    return text.replace("_", " ") if name in ("label", "verdict") else text


def _note(claim: Claim) -> str:
    who = claim["publisher"] or claim["source"]
    lines = [f"{who}, {claim['known']}, grade {claim['grade']}"]
    if claim["kind"] == "correction":
        lines.append("correction")
    if claim["raw"]:
        lines.append(f"as it stood: {claim['raw'][:160]}")
    if claim["evidence"]:
        lines.append(claim["evidence"][:200])
    elif claim["place"]:
        lines.append(f"{claim['release']}, {claim['place']}")
    return "\n".join(lines)
