"""What the starter says, as claims, and where the collected facts are."""

from __future__ import annotations

import csv
import os
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from groundbreak.history.claims import empty
from groundbreak.history.news import news
from groundbreak.history.order import winners, with_order
from groundbreak.starter import events
from groundbreak.starter.register import editions

Facts = dict[str, dict[str, str]]


@pytest.fixture(scope="session")
def facts() -> Facts:
    """'events_metals_cement:2' → row of the collected facts; skips with the reason if absent."""
    folder = os.environ.get("GROUNDBREAK_FACTS")
    if not folder and os.environ.get("GROUNDBREAK_DATA"):
        beside = Path(os.environ["GROUNDBREAK_DATA"]).parent / "facts"
        folder = str(beside) if beside.is_dir() else None
    if not folder:
        pytest.skip("neither GROUNDBREAK_FACTS nor GROUNDBREAK_DATA/../facts: facts not committed")
    found = {}
    for path in sorted(Path(folder).glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as handle:
            for number, row in enumerate(csv.DictReader(handle), 2):
                found[f"{path.stem}:{number}"] = row
    return found


@pytest.fixture(scope="session")
def timeline() -> pl.DataFrame:
    return events.table()


@pytest.fixture(scope="session")
def said() -> pl.DataFrame:
    """All statements of source `events`."""
    return events.read().statements


@pytest.fixture(scope="session")
def claims() -> pl.DataFrame:
    """Every claim of the starter, as a register would log it, ready to be asked."""
    parts = [
        news(e.edition, release=e.release, published=e.published, own=empty(), releases=[],
             parts={}, grade=4).claims
        for e in editions()
    ]
    log = pl.concat(parts)
    return with_order(log.with_columns(claim=pl.int_range(pl.len(), dtype=pl.Int64)))


Ask = Callable[..., Any]


@pytest.fixture(scope="session")
def ask(claims: pl.DataFrame) -> Ask:
    """ask(key, field, known) → the value that holds as known on that day, or None."""

    def value(key: str, field: str, known: date = date(2026, 9, 4)) -> Any:
        cell = claims.filter((pl.col("record") == f"events:{key}") & (pl.col("field") == field))
        row = winners(cell, known)
        if row.is_empty():
            return None
        held = row.row(0, named=True)
        for name in ("value_text", "value_number", "value_date"):
            if held[name] is not None:
                return held[name]
        return None

    return value
