"""Changes as a workbook: a sheet a group, and nothing in it runs."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import xlsxwriter
from xlsxwriter.exceptions import FileCreateError
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from groundbreak.editing.values import plain
from groundbreak.history.atomic import whole
from groundbreak.measures.change_words import change_words, field_words, value_words
from groundbreak.measures.changes import GROUPS, counts

SHEETS = {
    "fid": "Reached FID", "stopped": "Stopped", "new": "New", "resumed": "Resumed",
    "moved": "Moved", "scope": "Counted otherwise", "withdrawn": "Taken back", "gates": "Gates",
    "capacity": "Capacity", "dates": "Planned dates", "money": "Money", "facts": "Other facts",
    "evidence": "New evidence", "taken_in": "Taken in",
}
_COLUMNS = {  # heading → width
    "project": 16, "name": 36, "country": 10, "sector": 12, "product": 14, "how": 26, "change": 48,
    "field": 24, "before": 20, "after": 20, "before (number)": 15, "after (number)": 15,
    "unit": 11, "factor": 9, "months later": 12, "label before": 13, "label after": 13,
    "remark": 24, "happened earliest": 16, "happened latest": 16, "known": 12, "publisher": 28,
    "grade": 7, "evidence": 36, "place": 18, "release": 26, "record": 24, "line": 22, "claim": 9,
}


def write_book(path: Path, title: str, found: pl.DataFrame) -> None:
    """Write the changes to a new workbook; the file appears whole or not at all."""
    with whole(path) as unfinished:
        book = xlsxwriter.Workbook(unfinished, {
            "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False})
        _summary(book, title, found)
        for name in counts(found):
            _group(book, SHEETS[name], found.filter(pl.col("group") == name))
        _close(book)


def _close(book: Workbook) -> None:
    """Write a book to its file. Raises the OSError itself that xlsxwriter wraps."""
    try:
        book.close()
    except FileCreateError as error:
        raise error.args[0] from None


def _summary(book: Workbook, title: str, found: pl.DataFrame) -> None:
    sheet = book.add_worksheet("Summary")
    bold = book.add_format({"bold": True})
    sheet.set_column(0, 0, 62)
    sheet.set_column(1, 1, 12)
    sheet.write_string(0, 0, title, bold)
    sheet.write_string(2, 0, "group", bold)
    sheet.write_string(2, 1, "projects", bold)
    for number, (name, projects) in enumerate(counts(found).items(), start=3):
        sheet.write_string(number, 0, GROUPS[name])
        sheet.write_number(number, 1, projects)


def _group(book: Workbook, name: str, rows: pl.DataFrame) -> None:
    sheet = book.add_worksheet(name)
    head = book.add_format({"bold": True, "bottom": 1})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    for column, (heading, width) in enumerate(_COLUMNS.items()):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, heading, head)
    for number, row in enumerate(rows.iter_rows(named=True), start=1):
        for column, value in enumerate(_cells(row).values()):
            _write(sheet, number, column, value, day)
    sheet.freeze_panes(1, 2)
    sheet.autofilter(0, 0, rows.height, len(_COLUMNS) - 1)


def _cells(row: dict[str, Any]) -> dict[str, Any]:
    """The values of one row by heading."""
    single = row["field"] is not None
    made = {
        "field": field_words(row["field"]) if single else None,
        "change": change_words(row) if single else row["name"],
        "before": value_words(row, "before"), "after": value_words(row, "after"),
        "before (number)": row["before_number"], "after (number)": row["after_number"],
        "months later": row["months"],
    }
    return {heading: made[heading] if heading in made else row[heading.replace(" ", "_")]
            for heading in _COLUMNS}


def _write(sheet: Worksheet, row: int, column: int, value: Any, day: Any) -> None:
    if value is None:
        return
    if isinstance(value, date):
        sheet.write_datetime(row, column, value, day)
    elif isinstance(value, int | float):
        sheet.write_number(row, column, value)
    else:
        sheet.write_string(row, column, plain(str(value)))
