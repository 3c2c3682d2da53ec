"""A few dozen further projects as the trackers' own files state them, under the trackers' own keys.

The statements are those that the importers give for the same files, so that importing a full file
later adds the rest and says nothing twice. From a publication whose licence is not confirmed
(vocabulary/publications.csv) only bare facts are kept, no notes and no references.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from importlib.resources import files
from io import StringIO

import polars as pl

from groundbreak.history.edition import STATEMENT_SCHEMA, Edition
from groundbreak.vocabulary.terms import read_rows

FILE = "trackers.csv"
LAYOUT = "starter excerpt"
_HEAD: dict[str, pl.DataType] = {
    "source": pl.String(), "published": pl.Date(), "file": pl.String(),
}
_FACTS = (
    "name", "country", "sector", "sectors_served", "product", "route", "scale", "stage", "activity",
    "operation_planned_date", "operation_actual_date",
)


def table() -> pl.DataFrame:
    """All kept statements: source, published, file and the columns of STATEMENT_SCHEMA."""
    text = files("groundbreak.starter").joinpath(FILE).read_text(encoding="utf-8")
    frame = pl.read_csv(StringIO(text), schema={**_HEAD, **STATEMENT_SCHEMA})
    return frame.with_columns(pl.col("part", "raw", "place").fill_null(""))


def editions() -> list[tuple[Edition, date]]:
    """One edition a tracker's file, with the day it was published, oldest first.

    They cover nothing and are not complete: they neither clear nor drop anything.
    """
    found = []
    for (source, published, file), part in table().group_by(*_HEAD, maintain_order=True):
        statements = part.select(list(STATEMENT_SCHEMA))
        edition = Edition(
            source=str(source), layout=LAYOUT, file=str(file),
            rows=statements.select("key", "part").n_unique(), statements=statements,
            covered=frozenset(), complete=False,
        )
        found.append((edition, _day(published)))
    return sorted(found, key=lambda item: (item[1], item[0].source))


def excerpt(edition: Edition, published: date, keys: Collection[str]) -> pl.DataFrame:
    """What :func:`table` holds of some records of an importer's `edition`, sorted.

    The CSV is made of these; a test compares it with them where the real files are present.
    """
    statements = edition.statements.filter(
        pl.col("key").is_in(pl.Series(sorted(keys), dtype=pl.String()).implode()))
    if not _licence_confirmed(edition.source):
        bare = pl.col("field").is_in(list(_FACTS)) | pl.col("field").str.starts_with("capacity_")
        statements = statements.filter(bare)
    return statements.select(
        pl.lit(edition.source).alias("source"), pl.lit(published).alias("published"),
        pl.lit(edition.file).alias("file"), *STATEMENT_SCHEMA,
    ).sort("key", "part", "field", "place", nulls_last=True)


def _licence_confirmed(source: str) -> bool:
    return any(row["name"] == source and row["licence_confirmed"] == "yes"
               for row in read_rows("publications.csv"))


def _day(value: object) -> date:
    if not isinstance(value, date):
        raise TypeError(f"{FILE}: published is {value!r}; accepted: a date")
    return value
