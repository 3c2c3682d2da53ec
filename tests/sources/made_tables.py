"""Small made files for the tests of the plant lists."""

from __future__ import annotations

import csv
import random
from dataclasses import replace
from pathlib import Path

from groundbreak.history.edition import Edition
from groundbreak.sources.files import Book, Table, Value

COUNTS = Path(__file__).with_name("expected_counts.csv")


def sheet(name: str, columns: tuple[str, ...], *rows: dict[str, Value]) -> Table:
    """A table with one header row; a column a row does not name is blank."""
    return Table(name, [list(columns), *([row.get(c, "") for c in columns] for row in rows)])


def book(*tables: Table) -> Book:
    return Book("made.xlsx", {table.sheet: table for table in tables})


def shuffled(opened: Book, *sheets: str) -> Book:
    """The same book with the data rows of `sheets` in another order."""
    tables = dict(opened.tables)
    for name in sheets:
        header, *rows = tables[name].rows
        random.Random(7).shuffle(rows)
        tables[name] = Table(name, [header, *rows])
    return replace(opened, tables=tables)


def said(edition: Edition) -> set[tuple[object, ...]]:
    """The statements as a set, without the places where they stand."""
    return set(edition.statements.drop("place").iter_rows())


def values(edition: Edition, key: str, part: str | None = None) -> dict[str, object]:
    """Field → value of one record."""
    found = {}
    for row in edition.statements.iter_rows(named=True):
        if row["key"] == key and part in (None, row["part"]):
            value = (row["value_text"], row["value_number"], row["value_date"])
            found[row["field"]] = next(v for v in value if v is not None)
    return found


def counts(edition: Edition, source: str, file: str) -> dict[str, str]:
    """The line of expected_counts.csv this edition gives."""
    return {
        "source": source, "file": file, "layout": edition.layout, "rows": str(edition.rows),
        "keys": str(len(edition.keys())), "statements": str(edition.statements.height),
        "findings": str(len(edition.findings)),
    }


def expected(source: str, file: str) -> dict[str, str]:
    """The reviewed line of expected_counts.csv."""
    with COUNTS.open(encoding="utf-8", newline="") as lines:
        return next(row for row in csv.DictReader(lines)
                    if (row["source"], row["file"]) == (source, file))
