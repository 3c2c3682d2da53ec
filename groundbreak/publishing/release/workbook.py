"""The project table as XLSX: texts are texts, never formulas or links; the same bytes each time."""

from __future__ import annotations

import io
from datetime import date, datetime
from typing import Any

import polars as pl
import xlsxwriter

from groundbreak.publishing.release.describing import column

MOST_CHARACTERS = 32_767  # in one cell
_CUT = "… (cut: see projects.csv)"
_AS_TEXT = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
            "in_memory": True}


def workbook(table: pl.DataFrame, name: str, known: date) -> bytes:
    """A workbook of two sheets: the projects, and what each column holds."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, _AS_TEXT)
    book.set_properties({"title": f"Groundbreak release {name}, as known on {known}",
                         "created": datetime(known.year, known.month, known.day)})
    head = book.add_format({"bold": True, "bottom": 1, "bottom_color": "#dcdcd3"})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    _write(book.add_worksheet("projects"), table, head, day)
    told = pl.DataFrame(
        [(name, *column("projects", name)) for name in table.columns],
        schema=["column", "unit", "description"], orient="row")
    _write(book.add_worksheet("columns"), told, head, day)
    book.close()
    return out.getvalue()


def _write(sheet: Any, frame: pl.DataFrame, head: Any, day: Any) -> None:
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(frame.height, 1), frame.width - 1)
    for number, name in enumerate(frame.columns):
        sheet.write_string(0, number, name, head)
        sheet.set_column(number, number, min(max(len(name) + 2, 12), 28))
    for at, row in enumerate(frame.iter_rows(), start=1):
        for number, value in enumerate(row):
            if isinstance(value, str):
                sheet.write_string(at, number, value if len(value) <= MOST_CHARACTERS
                                   else value[:MOST_CHARACTERS - len(_CUT)] + _CUT)
            elif isinstance(value, bool):
                sheet.write_boolean(at, number, value)
            elif isinstance(value, date):
                sheet.write_datetime(at, number, datetime(value.year, value.month, value.day), day)
            elif value is not None:
                sheet.write_number(at, number, value)
