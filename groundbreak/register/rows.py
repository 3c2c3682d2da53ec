"""Claims read from the database as frames, in little memory: many rows, few Python objects at once.

A batch of rows becomes columns, some batches one Parquet part in memory; texts that repeat are then
held once a part. Dates come as the database holds them, past its converters.
"""

import io
from collections.abc import Iterator, Sequence

import polars as pl
from django.db import connection

from groundbreak.history.claims import CLAIM_SCHEMA

BATCH = 2_000
BATCHES_A_PART = 10
DATES = [name for name, dtype in CLAIM_SCHEMA.items() if dtype == pl.Date]


def claims(where: str, values: Sequence[object]) -> pl.DataFrame:
    """The claims that `where` (SQL) names, in log order; sees what this transaction wrote."""
    parts = [_packed(frame) for frame in _parts(where, values)]
    if not parts:
        return pl.DataFrame(schema=CLAIM_SCHEMA)
    return pl.concat([pl.read_parquet(io.BytesIO(part)) for part in parts])


def _packed(frame: pl.DataFrame) -> bytes:
    held = io.BytesIO()
    frame.write_parquet(held, compression="lz4", statistics=False)
    return held.getvalue()


def _parts(where: str, values: Sequence[object]) -> Iterator[pl.DataFrame]:
    held: list[pl.DataFrame] = []
    for batch in _batches(where, values):
        held.append(batch)
        if len(held) == BATCHES_A_PART:
            yield pl.concat(held)
            held.clear()
    if held:
        yield pl.concat(held)


def _batches(where: str, values: Sequence[object]) -> Iterator[pl.DataFrame]:
    """Frames of up to BATCH rows; the database lets go of a row once it is read."""
    columns = ", ".join(_column(name) for name in CLAIM_SCHEMA)
    with connection.chunked_cursor() as cursor:
        cursor.execute(f"SELECT {columns} FROM register_claim WHERE {where} ORDER BY claim",
                       list(values))
        while rows := cursor.fetchmany(BATCH):
            yield _frame(rows)


def _column(name: str) -> str:
    """A column by its name; a date as days since 1970 or, on SQLite, as its text."""
    if name not in DATES:
        return f'"{name}"'
    return f'+"{name}"' if connection.vendor == "sqlite" else f"\"{name}\" - DATE '1970-01-01'"


def _frame(rows: list[tuple[object, ...]]) -> pl.DataFrame:
    day = pl.String() if connection.vendor == "sqlite" else pl.Int32()
    frame = pl.DataFrame([
        pl.Series(name, column, dtype=day if name in DATES else dtype)
        for (name, dtype), column in zip(CLAIM_SCHEMA.items(), zip(*rows, strict=True), strict=True)
    ])
    as_date = pl.col(DATES)
    return frame.with_columns(as_date.str.to_date("%Y-%m-%d") if day == pl.String
                              else as_date.cast(pl.Date))
