"""SQLite on the state table, in memory: as it is, and with an index that covers the question."""

from __future__ import annotations

import sqlite3
import time

import pyarrow.parquet
from clock import Task, day_number, serve

AT = """SELECT sector, stage, count(*) FROM states {how}
        WHERE since <= ? AND until > ? GROUP BY sector, stage"""
BATCH = 200_000


def main() -> None:
    """Load and serve."""
    task = Task()
    base = sqlite3.connect(":memory:")
    begun = time.perf_counter()
    base.execute("CREATE TABLE states (sector TEXT, stage TEXT, since INTEGER, until INTEGER)")
    for batch in pyarrow.parquet.ParquetFile(task.table).iter_batches(
        BATCH, columns=["sector", "stage", "since", "until"]
    ):
        columns = [batch.column(n).cast("string").to_pylist() for n in ("sector", "stage")]
        columns += [batch.column(n).cast("int32").to_pylist() for n in ("since", "until")]
        base.executemany("INSERT INTO states VALUES (?, ?, ?, ?)", zip(*columns, strict=True))
    base.execute("CREATE INDEX covering ON states (until, since, sector, stage)")
    loaded = time.perf_counter() - begun
    day = day_number(task.day)

    def ask(how: str) -> list[tuple]:
        return base.execute(AT.format(how=how), (day, day)).fetchall()

    def rows(found: list[tuple]) -> list[tuple]:
        return [(a or "", b or "", n) for a, b, n in found]

    serve(sqlite3.sqlite_version, loaded, {"at": {
        "whole table": (lambda: ask("NOT INDEXED"), rows),
        "covering index": (lambda: ask("INDEXED BY covering"), rows),
    }})


if __name__ == "__main__":
    main()
