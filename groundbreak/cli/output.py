"""Printing frames: a table for people, JSON and CSV for programs; numbers keep their unit."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import polars as pl
import typer
from rich.cells import cell_len
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from groundbreak.cli.app import Format
from groundbreak.vocabulary.amounts import scaled
from groundbreak.vocabulary.guarding import safe_csv

NUMERIC = (pl.Int8, pl.Int16, pl.Int32, pl.Int64, pl.UInt32, pl.UInt64, pl.Float64)
READABLE = 12  # characters up to which a word, a date or an id is not broken


def console() -> Console:
    """Standard output, not cut at 80 columns when it goes to a file; COLUMNS decides if set."""
    given = sys.stdout.isatty() or os.environ.get("COLUMNS", "").isdigit()
    return Console(width=None if given else 140, highlight=False)


def plain(value: Any) -> Any:
    """A value as JSON knows it."""
    if isinstance(value, date | datetime):
        return value.isoformat()
    return value


def rows(frame: pl.DataFrame) -> list[dict[str, Any]]:
    """Rows as JSON-ready dictionaries."""
    return [{k: plain(v) for k, v in row.items()} for row in frame.iter_rows(named=True)]


def show(frame: pl.DataFrame, form: Format, *, title: str = "", extra: Mapping[str, Any] | None =
         None, empty: str = "nothing found") -> None:
    """Print one frame. JSON: the rows, or with `extra` an object with `rows` and the rest."""
    if form is Format.json:
        body: Any = rows(frame)
        if extra is not None:
            body = {**extra, "rows": body}
        emit_json(body)
    elif form is Format.csv:
        typer.echo(safe_csv(frame), nl=False)
    else:
        table(frame, title=title, empty=empty)


def emit_json(body: Any) -> None:
    """One JSON document on standard output."""
    typer.echo(json.dumps(body, ensure_ascii=False, indent=1, default=str))


def table(frame: pl.DataFrame, *, title: str = "", empty: str = "nothing found",
          styles: Mapping[str, str] | None = None) -> None:
    """A table for people: numbers right, thousands apart, blanks for what is not stated."""
    out = console()
    if frame.is_empty():
        out.print(f"{title}: {empty}" if title else empty, markup=False)
        return
    if _needed(frame) > out.width:
        _stacked(out, frame, title)
        return
    if title:
        out.print(title, style="italic", markup=False)
    made = Table(box=None, pad_edge=False, header_style="bold", show_edge=False)
    for name, dtype in frame.schema.items():
        right = isinstance(dtype, NUMERIC)
        made.add_column(name.replace("_", " "), justify="right" if right else "left",
                        overflow="fold", style=(styles or {}).get(name))
    for row in frame.iter_rows():
        made.add_row(*(_cell(value) for value in row))
    out.print(made)


def _needed(frame: pl.DataFrame) -> int:
    """The width below which words would be broken."""
    widths = []
    for name in frame.columns:
        words = {word for value in frame[name].unique() for word in _text(value).split()}
        longest = max(map(cell_len, words), default=0)
        heads = map(cell_len, name.replace("_", " ").split())
        widths.append(max(*heads, min(longest, READABLE), 1))
    return sum(widths) + 2 * (len(widths) - 1)


def _stacked(out: Console, frame: pl.DataFrame, title: str) -> None:
    """A row as a block of lines, for a terminal too narrow for its columns."""
    if title:
        out.print(title, style="italic", markup=False)
    for number, row in enumerate(frame.iter_rows()):
        if number:
            out.print()
        for name, value in zip(frame.columns, row, strict=True):
            if text := _text(value):
                out.print(f"{name.replace('_', ' ')}: {text}", markup=False, soft_wrap=False)


def _cell(value: Any) -> str:
    return escape(_text(value))


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:,.0f}" if value.is_integer() else f"{value:,.4g}"
    if isinstance(value, list):
        return ", ".join(str(v) for v in value)
    return str(value)


def line(text: str, form: Format) -> None:
    """A plain line: on standard output for people, on standard error beside JSON or CSV."""
    typer.echo(text, err=form is not Format.table)


def capacity_text(amounts: Sequence[tuple[str, int, str]]) -> str:
    """'ammonia 1.2 Mt/y, electrolyser 2.5 GW' from (product, whole base units, unit)."""
    return ", ".join(f"{product} {scaled(amount, unit)}" for product, amount, unit in amounts)
