"""DuckDB on the state table: an in-memory table in the order of the file."""

from __future__ import annotations

import time

import duckdb
from clock import Task, serve

AT = """SELECT sector, stage, count(*) FROM states
        WHERE since <= DATE '{day}' AND until > DATE '{day}' GROUP BY sector, stage"""
CODED = """SELECT sector_code, stage_code, count(*) FROM states
           WHERE since <= DATE '{day}' AND until > DATE '{day}' GROUP BY ALL"""
COUNTED = """SELECT sector, stage, count(*) FILTER (since <= DATE '{day}') AS n FROM states
             WHERE until > DATE '{day}' GROUP BY sector, stage HAVING n > 0"""
SERIES = """
    WITH deltas AS (
        SELECT sector, stage, since AS day, count(*) AS delta FROM states GROUP BY ALL
        UNION ALL
        SELECT sector, stage, until AS day, -count(*) AS delta FROM states GROUP BY ALL),
    asked AS (SELECT unnest({days}::DATE[]) AS day),
    groups AS (SELECT DISTINCT sector, stage FROM deltas),
    every AS (
        SELECT sector, stage, day, delta, FALSE AS wanted FROM deltas UNION ALL
        SELECT sector, stage, day, 0, TRUE FROM groups, asked),
    stocks AS (
        SELECT sector, stage, day, wanted,
               sum(delta) OVER (PARTITION BY sector, stage ORDER BY day) AS stock FROM every)
    SELECT sector, stage, day, stock FROM stocks WHERE wanted AND stock <> 0"""


def main() -> None:
    """Load and serve."""
    task = Task()
    base = duckdb.connect()
    begun = time.perf_counter()
    for name in ("sector", "stage"):
        base.execute(f"CREATE TYPE {name}_word AS ENUM (SELECT DISTINCT {name}::VARCHAR FROM "
                     f"'{task.table}' WHERE {name} IS NOT NULL)")
    base.execute(f"""CREATE TABLE states AS SELECT record, sector::VARCHAR::sector_word AS sector,
        stage::VARCHAR::stage_word AS stage, enum_code(sector::VARCHAR::sector_word) AS sector_code,
        enum_code(stage::VARCHAR::stage_word) AS stage_code, since, until FROM '{task.table}'""")
    loaded = time.perf_counter() - begun
    words = [dict(base.execute(f"SELECT DISTINCT {n}_code, {n}::VARCHAR FROM states").fetchall())
             for n in ("sector", "stage")]

    def ask(query: str) -> list[tuple]:
        return base.execute(query).fetchall()

    def coded() -> list[tuple]:
        return [(words[0][a], words[1][b], n) for a, b, n in ask(CODED.format(day=task.day))]

    days = "[" + ", ".join(f"'{day}'" for day in task.days) + "]"
    def at_rows(found: list[tuple]) -> list[tuple]:
        return [(a or "", b or "", n) for a, b, n in found]

    def series_rows(found: list[tuple]) -> list[tuple]:
        return [(a or "", b or "", str(day), int(n)) for a, b, day, n in found]

    serve(duckdb.__version__, loaded, {
        "at": {
            "filter and group by words": (lambda: ask(AT.format(day=task.day)), at_rows),
            "filter and group by codes": (coded, at_rows),
            "filtered count": (lambda: ask(COUNTED.format(day=task.day)), at_rows),
        },
        "series": {"deltas and window": (lambda: ask(SERIES.format(days=days)), series_rows)},
    })


if __name__ == "__main__":
    main()
