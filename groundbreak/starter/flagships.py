"""Who is publicly named as supported: plants become a membership, companies stay a table.

A company is not a project until a plant of it is named, so a company's row never makes a record.
Support says nothing of eligibility: two companies here are supported and not near-zero.
"""

from __future__ import annotations

import polars as pl

from groundbreak.sources.dates import When
from groundbreak.sources.statements import Statements
from groundbreak.starter.tables import STARTER_PUBLISHED, Row, period, rows

GRADE = 4


def companies() -> pl.DataFrame:
    """Supported companies without a named plant: never records, listed beside. All columns text.

    `near_zero` is 'no' where the source's own claim is far from near-zero, else blank.
    """
    return pl.DataFrame([row for row in rows("flagships") if not row["key"]])


def plants() -> pl.DataFrame:
    """Supported plants; `key` is their key in source `events`. All columns text."""
    return pl.DataFrame([row for row in rows("flagships") if row["key"]])


def state(says: Statements) -> None:
    """State the membership of every named plant, known when the starter was published.

    The pages carry no date of their own; since when a plant is supported is what happened.
    """
    for row in rows("flagships"):
        if row["key"]:
            says.record(row["key"])
            _membership(says, row)


def _membership(says: Statements, row: Row) -> None:
    since = period(row["supported_from"])
    _say(says, row, "support", "flagship", since)
    _say(says, row, "support_unit", row["support_unit"], since)
    printed = f"{row['capacity']} {row['unit']} {row['product']}"
    _say(says, row, "announced_size", printed, since)
    if row["capacity_value"]:
        _say(says, row, row["capacity_field"], float(row["capacity_value"]), since, raw=printed)


def _say(
    says: Statements, row: Row, field: str, value: str | float, since: When, *, raw: str = ""
) -> None:
    says.add(
        field,
        text=value if isinstance(value, str) else None,
        number=value if isinstance(value, float) else None,
        raw=raw or str(value), place=row["source_row"], happened=since,
        known=STARTER_PUBLISHED, grade=GRADE, publisher=row["source"],
    )
