"""How fast and lean a register's log is read: `python -m benchmarks.register_log`.

Makes a SYNTHETIC register (SQLite, or the database that `--register` names, which must be new) and
reads its whole log in a fresh process a way: with one cursor and Django's converters, straight from
the driver, and through a checkpoint. All ways must give the same frame.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from groundbreak.history.claims import CLAIM_SCHEMA, conform
from groundbreak.vocabulary.fields import registry

WAYS = ("open", "cursor", "batches", "checkpoint")
RELEASES = tuple(date(year, 10, 31) for year in range(2018, 2026))
SECTORS = ("steel", "cement", "chemicals", "aluminium", "aviation", "shipping", "outside")


def claims(records: int) -> pl.DataFrame:
    """A claim of each of 40 fields a record, in order of release. Synthetic."""
    fields = list(registry().values())[:40]
    number, position = pl.col("number"), pl.col("position")
    known = pl.lit(pl.Series(RELEASES)).gather(number % len(RELEASES))
    kind = position.replace_strict(
        {at: field.type for at, field in enumerate(fields)}, return_dtype=pl.String)
    text = pl.when(position % 3 == 0).then("Synthetic " + number.cast(pl.String) + ", a longer text"
        ).otherwise(pl.lit(pl.Series(SECTORS)).gather((number + position) % len(SECTORS)))
    amount = (number * 7919 + position * 104729) % 1_000_003 / 8
    pairs = pl.select(number=pl.int_range(records, dtype=pl.Int64)).join(
        pl.select(position=pl.int_range(len(fields), dtype=pl.Int64)), how="cross")
    made = pairs.with_columns(known=known, kind=kind).sort("known", "number", "position")
    return conform(made.select(
        claim=pl.int_range(1, pl.len() + 1, dtype=pl.Int64),
        record="synthetic:" + number.cast(pl.String).str.zfill(8),
        field=position.replace_strict(
            {at: field.name for at, field in enumerate(fields)}, return_dtype=pl.String),
        value_text=pl.when(pl.col("kind") == "text").then(text),
        value_number=pl.when(pl.col("kind").is_in(["number", "integer"])).then(amount),
        value_date=pl.when(pl.col("kind") == "date").then("known"),
        precision=pl.when(pl.col("kind") == "date").then(pl.lit("year")),
        unit=pl.when(pl.col("kind") == "number").then(pl.lit("t/y")),
        raw=pl.when(pl.col("kind") == "text").then(text).otherwise(amount.cast(pl.String)),
        place="Projects!" + (position + 65).cast(pl.String) + (number + 2).cast(pl.String),
        happened_latest="known", known="known", grade=pl.lit(5, pl.Int8),
        source=pl.lit("synthetic"), release="synthetic@" + pl.col("known").cast(pl.String),
        visibility=pl.lit("public"), kind=pl.lit("statement"),
    ))


def make(records: int) -> dict[str, Any]:
    """Fill the open register."""
    from groundbreak.register import log
    from groundbreak.register.models import Record

    written = claims(records)
    names = written["record"].unique().sort().to_list()
    from django.db import transaction

    begun = time.perf_counter()
    with transaction.atomic():
        Record.objects.bulk_create(
            (Record(id=name, source="synthetic", printed_key=name, project=name[-16:])
             for name in names), batch_size=5000)
        log.append(written)
    return {"claims": written.height, "write_s": round(time.perf_counter() - begun, 2)}


def cursor_only() -> pl.DataFrame:
    """The whole log as rows of one cursor."""
    from django.db import connection

    names = ", ".join(f'"{name}"' for name in CLAIM_SCHEMA)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {names} FROM register_claim ORDER BY claim")
        return pl.DataFrame(cursor.fetchall(), schema=CLAIM_SCHEMA, orient="row")


def read(way: str) -> dict[str, Any]:
    """Read the log one way; seconds, peak memory, and a hash of what was read."""
    from groundbreak.register import log, rows

    begun, worked = time.perf_counter(), time.process_time()
    found = {"open": lambda: pl.DataFrame(schema=CLAIM_SCHEMA), "cursor": cursor_only,
             "batches": lambda: rows.claims("claim > %s", [0]),
             "checkpoint": log.claims}[way]()
    seconds, cpu = time.perf_counter() - begun, time.process_time() - worked
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    digest = found.select(pl.struct(pl.all()).hash(seed=1).sum()).item() if way != "open" else None
    return {"way": way, "claims": found.height, "seconds": round(seconds, 2),
            "cpu_s": round(cpu, 2),
            "peak_mb": round(peak / 1e6), "digest": digest}


def _step(target: str, *words: str) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.register_log", "--register", target, "--step", *words],
        capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def main() -> None:
    """Make the register and compare the ways, or do one step of that."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=20_000)
    parser.add_argument("--register")
    parser.add_argument("--step", nargs=2)
    options = parser.parse_args()
    if options.step:
        from groundbreak.register.connection import connect

        connect(options.register)
        step, value = options.step
        print(json.dumps(make(int(value)) if step == "make" else read(value)))
        return
    with tempfile.TemporaryDirectory() as folder:
        target = options.register or str(Path(folder) / "register.sqlite3")
        print("synthetic", _step(target, "make", str(options.records)))
        found = [_step(target, "read", way) for way in (*WAYS, "checkpoint", "checkpoint")]
    digests = {step["digest"] for step in found if step["digest"]}
    for step in found:
        print({name: value for name, value in step.items() if name != "digest"})
    if len(digests) != 1:
        raise SystemExit("the ways read different logs")


if __name__ == "__main__":
    main()
