"""Groundbreak's own part of the comparison; each step is a process of its own.

`python -m benchmarks.ours STEP ARGUMENTS` prints one JSON object, peak memory with it.
"""

from __future__ import annotations

import json
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from benchmarks import world
from benchmarks.peers.clock import Task, serve
from groundbreak.history import intervals, state
from groundbreak.history.as_of import at
from groundbreak.history.view import History
from groundbreak.measures.bridge import bridge

BY = ("sector", "stage")
MORE_CLAIMS = 1.3  # claims a row of the state table, with some to spare
HYDROGEN = ("iea_hydrogen/iea_h2_2023-10_original_corrected.xlsx", date(2023, 10, 31))


def prepare(rows: int, folder: Path) -> dict[str, Any]:
    """Write the log, and a state table of `rows` rows, both synthetic."""
    claims = world.log(int(rows * MORE_CLAIMS))
    claims.write_parquet(folder / f"log-{rows}.parquet")
    claims = claims.select(*intervals.READ, "value_text")
    begun = time.perf_counter()
    rectangles = intervals.build(claims)
    built_s = time.perf_counter() - begun
    begun = time.perf_counter()
    table = state.states(rectangles, claims)
    seconds = time.perf_counter() - begun
    whole = table.height
    table = table.head(rows)
    if table.height < rows:
        raise ValueError(f"the world is too small: {table.height} of {rows} rows")
    begun = time.perf_counter()
    table = state.ordered(table, BY).frame.drop("group")
    ordered = time.perf_counter() - begun
    table.with_columns(pl.col(pl.Enum).cast(pl.String)).write_parquet(
        folder / f"states-{rows}.parquet", row_group_size=122_880)
    return {"claims": claims.height, "rectangles": rectangles.height, "rows": whole,
            "build_s": built_s, "states_s": seconds, "ordered_s": ordered}


def asked() -> None:
    """The questions that the peers are asked too; arguments and answers as theirs."""
    task = Task()
    begun = time.perf_counter()
    frame = pl.read_parquet(task.table)
    frame = frame.with_columns(  # as state.states() hands it over
        pl.col(name).cast(pl.Enum(frame[name].drop_nulls().unique().sort())) for name in BY)
    table = state.ordered(frame, BY)
    loaded = time.perf_counter() - begun
    serve(f"on Polars {pl.__version__}", loaded, {
        "at": {"order, binary searches": (lambda: table.count_at(task.day), _words),
               "filter and group": (lambda: _counted(frame, task.day), _words)},
        "series": {"series": (lambda: state.series(frame, task.days, BY),
                              lambda found: _words(found.filter(pl.col("stock") != 0)))},
    })


def _counted(frame: pl.DataFrame, day: date) -> pl.DataFrame:
    """The same without the order: every row is looked at."""
    return state.standing(frame, day).group_by(BY).len().sort(BY)


def narrow(rows: int, folder: Path, day: date) -> dict[str, Any]:
    """The same count from the narrow rectangles: each field by itself, then joined."""
    claims = _read(folder, rows).with_columns(pl.col("value_text").cast(pl.Categorical))
    rectangles = intervals.build(claims.drop("value_text"))
    parts = {name: rectangles.filter(pl.col("field") == name).join(
        claims.select("claim", pl.col("value_text").alias(name)), on="claim") for name in BY}
    del claims, rectangles

    def count() -> pl.DataFrame:
        held = [at(part, day).select("record", name) for name, part in parts.items()]
        return held[0].join(held[1], on="record").group_by(BY).len().sort(BY)

    return {"rows": sum(part.height for part in parts.values()), "seconds": _median(count)}


def rebuild(rows: int, folder: Path) -> dict[str, Any]:
    """Read the first `rows` claims of the log and build all rectangles."""
    begun = time.perf_counter()
    claims = pl.scan_parquet(folder / f"log-{rows}.parquet").select(intervals.READ).head(
        rows).collect()
    read = time.perf_counter()
    built = intervals.build(claims)
    done = time.perf_counter()
    return {"claims": claims.height, "rectangles": built.height, "read_s": read - begun,
            "build_s": done - read, "seconds": done - begun}


def bridging(records: int) -> dict[str, Any]:
    """A bridge over a synthetic register, its log and intervals in memory."""
    history = History(world.register(records))
    opened, closed = world.EDITIONS[-3], world.EDITIONS[-2]
    for ready in (history.claims, history.intervals):
        assert not ready.is_empty()
    closings: list[Any] = []
    seconds = _median(lambda: closings.append(bridge(history, opened, closed)))
    grouped = _median(lambda: closings.append(bridge(history, opened, closed, by="sector")))
    residuals = {(b.residual_projects, b.residual_capacity) for b in closings}
    return {"records": records, "claims": history.claims.height, "seconds": seconds,
            "by_sector_s": grouped, "movements": closings[0].members.height,
            "residuals": sorted(residuals)}


def importing(data: Path) -> dict[str, Any]:
    """Import the hydrogen file of 2023 into an empty register."""
    from groundbreak.register.connection import connect

    with tempfile.TemporaryDirectory() as folder:
        connect(Path(folder) / "register.sqlite3")
        from groundbreak.register.importing import import_file

        name, published = HYDROGEN
        begun = time.perf_counter()
        found = import_file("iea-hydrogen", data / name, published, today=published)
        return {"claims": found.claims, "seconds": time.perf_counter() - begun}


def _read(folder: Path, rows: int) -> pl.DataFrame:
    return pl.scan_parquet(folder / f"log-{rows}.parquet").select(
        *intervals.READ, "value_text").head(rows).collect()


def _words(found: pl.DataFrame) -> list[tuple[Any, ...]]:
    rows = found.with_columns(pl.col(pl.Date).cast(pl.String)).rows()
    return [(a or "", b or "", *rest) for a, b, *rest in rows]


def _median(act: Callable[[], object], repeats: int = 7) -> float:
    """Median seconds, after one run that does not count."""
    times = []
    for _ in range(repeats + 1):
        begun = time.perf_counter()
        act()
        times.append(time.perf_counter() - begun)
    return statistics.median(times[1:])


STEPS: dict[str, Callable[..., dict[str, Any]]] = {
    "prepare": lambda rows, folder: prepare(int(rows), Path(folder)),
    "narrow": lambda rows, folder, day: narrow(int(rows), Path(folder), date.fromisoformat(day)),
    "rebuild": lambda rows, folder: rebuild(int(rows), Path(folder)),
    "bridge": lambda records: bridging(int(records)),
    "import": lambda data: importing(Path(data)),
}


def main() -> None:
    """Run one step and print what it measured."""
    step, *arguments = sys.argv[1:]
    if step == "ask":
        del sys.argv[1]  # the rest is what a peer is given
        asked()
        return
    found = STEPS[step](*arguments)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(json.dumps(found | {"peak_mb": round(peak / 1e6)}, default=str))


if __name__ == "__main__":
    main()
