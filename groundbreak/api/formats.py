"""The formats of an answer: which one is asked for, and frames written in it.

A table in CSV, Parquet or Arrow comes straight from the frame, large ones in pieces. No text in a
CSV runs as a formula; Parquet and Arrow carry unit and description in each field's metadata.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from groundbreak.vocabulary.guarding import safe_csv

MEDIA = {
    "json": "application/json",
    "csv": "text/csv; charset=utf-8; header=present",
    "parquet": "application/vnd.apache.parquet",
    "arrow": "application/vnd.apache.arrow.stream",
}
TABLES = ("csv", "parquet", "arrow")
MOST_ROWS = 2_000_000  # of a table in one answer
PIECE = 20_000  # rows written at once


class NotAcceptable(ValueError):
    """No format that the client accepts; says which there are."""


@dataclass(frozen=True)
class Described:
    """What a column holds."""

    unit: str
    description: str


def chosen(accept: str, offered: tuple[str, ...]) -> str:
    """The format that an Accept header prefers (RFC 9110, 12.5.1); the first offered of equals.

    Raises NotAcceptable.
    """
    ranges = [_range(part) for part in accept.lower().split(",") if part.strip()]
    if not ranges:
        return offered[0]
    weighed = {form: _weight(MEDIA[form].partition(";")[0], ranges) for form in offered}
    best = max(offered, key=lambda form: weighed[form])
    if weighed[best] <= 0:
        raise NotAcceptable(", ".join(MEDIA[form].partition(";")[0] for form in offered))
    return best


def _range(part: str) -> tuple[str, float]:
    media, *options = (piece.strip() for piece in part.split(";"))
    weight = 1.0
    for option in options:
        name, _, value = option.partition("=")
        if name.strip() == "q":
            try:
                weight = min(1.0, max(0.0, float(value)))
            except ValueError:
                weight = 0.0
    return media, weight if weight == weight else 0.0


def _weight(media: str, ranges: list[tuple[str, float]]) -> float:
    """The weight of the most specific range that the media type falls in."""
    kind = media.partition("/")[0]
    for wanted in (media, f"{kind}/*", "*/*"):
        found = [weight for name, weight in ranges if name == wanted]
        if found:
            return max(found)
    return 0.0


def as_json(body: Any) -> bytes:
    """Compact JSON; days as YYYY-MM-DD."""
    return json.dumps(body, ensure_ascii=False, default=str, separators=(",", ":"),
                      allow_nan=False).encode()


def rows(frame: pl.DataFrame) -> list[dict[str, Any]]:
    """Rows as JSON-ready objects: what is no number is null."""
    floats = [name for name, dtype in frame.schema.items() if dtype.is_float()]
    if floats:
        frame = frame.with_columns(
            pl.when(pl.col(name).is_finite()).then(pl.col(name)).alias(name) for name in floats)
    return frame.rows(named=True)


def pieces(frame: pl.DataFrame, form: str, columns: Mapping[str, Described],
           about: Mapping[str, Any]) -> Iterator[bytes]:
    """`frame` in one of TABLES, in pieces; `about` goes into the metadata where it has a place."""
    if form == "csv":
        return _csv(frame)
    if form == "arrow":
        return _arrow(frame, columns, about)
    return _parquet(frame, columns, about)


def _csv(frame: pl.DataFrame) -> Iterator[bytes]:
    for first in range(0, max(1, frame.height), PIECE):
        text = safe_csv(frame.slice(first, PIECE))
        if first:  # the columns' names stand once
            text = text.partition("\n")[2]
        yield text.encode()


def _arrow(frame: pl.DataFrame, columns: Mapping[str, Described],
           about: Mapping[str, Any]) -> Iterator[bytes]:
    schema = _schema(frame, columns, about)
    held = io.BytesIO()
    with pa.ipc.new_stream(held, schema) as writer:
        for first in range(0, frame.height, PIECE):
            for batch in _table(frame.slice(first, PIECE), schema).to_batches():
                writer.write_batch(batch)
            yield _taken(held)
    yield _taken(held)


def _taken(held: io.BytesIO) -> bytes:
    data = held.getvalue()
    held.seek(0)
    held.truncate()
    return data


def _parquet(frame: pl.DataFrame, columns: Mapping[str, Described],
             about: Mapping[str, Any]) -> Iterator[bytes]:
    held = io.BytesIO()
    table = _table(frame, _schema(frame, columns, about))
    pq.write_table(table, held, compression="zstd")
    yield held.getvalue()


def _schema(frame: pl.DataFrame, columns: Mapping[str, Described],
            about: Mapping[str, Any]) -> pa.Schema:
    """The frame's Arrow schema with unit and description of each field."""
    plain = _plain(frame.clear()).to_arrow(compat_level=pl.CompatLevel.oldest()).schema
    fields = [field.with_metadata(_metadata(columns.get(field.name))) for field in plain]
    return pa.schema(fields, metadata={"groundbreak": json.dumps(
        about, ensure_ascii=False, default=str)})


def _metadata(column: Described | None) -> dict[str, str]:
    if column is None:
        return {}
    return {"description": column.description, **({"unit": column.unit} if column.unit else {})}


def _table(frame: pl.DataFrame, schema: pa.Schema) -> pa.Table:
    return _plain(frame).to_arrow(compat_level=pl.CompatLevel.oldest()).cast(schema)


def _plain(frame: pl.DataFrame) -> pl.DataFrame:
    """Words as text: dictionaries of one piece are not those of the next."""
    words = [name for name, dtype in frame.schema.items()
             if isinstance(dtype, pl.Categorical | pl.Enum)]
    return frame.with_columns(pl.col(words).cast(pl.String)) if words else frame
