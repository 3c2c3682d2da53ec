"""A table of projects in the formats that readers download; no text in them runs as a formula."""

from __future__ import annotations

import io
import json
from typing import Any

import polars as pl
import xlsxwriter

from groundbreak.catalogue.columns import COLUMNS
from groundbreak.vocabulary.guarding import safe_csv

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "geojson": "application/geo+json",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "parquet": "application/vnd.apache.parquet",
}
XLSX_ROWS = 1_048_575  # below a heading, as many as a sheet holds
_TEXT_CELL = 32_767  # characters that a cell holds


def written(table: pl.DataFrame, suffix: str, about: dict[str, Any]) -> bytes:
    """`table` as the bytes of one of TYPES; `about` (title, as_of, …) goes where it has a place."""
    if suffix == "csv":
        return safe_csv(table).encode()
    if suffix == "json":
        return _json({**about, "projects": table.rows(named=True)})
    if suffix == "geojson":
        return geojson(table, about)
    if suffix == "xlsx":
        return xlsx(table, about)
    held = io.BytesIO()
    table.write_parquet(held, compression="zstd")
    return held.getvalue()


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, default=str, separators=(",", ":")).encode()


def geojson(table: pl.DataFrame, about: dict[str, Any]) -> bytes:
    """A FeatureCollection (RFC 7946): the columns are properties; no place known, no geometry.

    `table` needs latitude and longitude, WGS 84.
    """
    features = []
    for row in table.iter_rows(named=True):
        latitude, longitude = row.pop("latitude"), row.pop("longitude")
        placed = latitude is not None and longitude is not None
        features.append({
            "type": "Feature", "id": row.get("project"), "properties": row,
            "geometry": {"type": "Point", "coordinates": [longitude, latitude]}
            if placed else None})
    return _json({"type": "FeatureCollection", **about, "features": features})


def xlsx(table: pl.DataFrame, about: dict[str, Any]) -> bytes:
    """A workbook: the table, and a sheet that says what it is. Texts are cells of text, never
    formulas or links; rows are streamed, so that a long table needs little memory."""
    held = io.BytesIO()
    book = xlsxwriter.Workbook(held, {
        "constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
        "strings_to_numbers": False, "default_date_format": "yyyy-mm-dd"})
    bold = book.add_format({"bold": True, "bottom": 1})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    sheet = book.add_worksheet("Projects")
    sheet.freeze_panes(1, 1)
    for position, name in enumerate(table.columns):
        sheet.set_column(position, position, 36 if name == "name" else 16)
        sheet.write_string(0, position, COLUMNS[name].label if name in COLUMNS else name, bold)
    for number, row in enumerate(table.head(XLSX_ROWS).iter_rows(), 1):
        for position, value in enumerate(row):
            _cell(sheet, number, position, value, day)
    if table.height:
        sheet.autofilter(0, 0, min(table.height, XLSX_ROWS), table.width - 1)
    notes = book.add_worksheet("About")
    notes.set_column(0, 0, 24)
    notes.set_column(1, 1, 100)
    for number, (name, value) in enumerate(about.items()):
        notes.write_string(number, 0, str(name), bold)
        notes.write_string(number, 1, str(value)[:_TEXT_CELL])
    book.close()
    return held.getvalue()


def _cell(sheet: Any, row: int, column: int, value: Any, day: Any) -> None:
    if value is None:
        return
    if isinstance(value, bool):
        sheet.write_boolean(row, column, value)
    elif isinstance(value, int | float):
        sheet.write_number(row, column, value)
    elif isinstance(value, str):
        sheet.write_string(row, column, value[:_TEXT_CELL])
    else:
        sheet.write_datetime(row, column, value, day)
