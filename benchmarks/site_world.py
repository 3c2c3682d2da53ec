"""A SYNTHETIC register as a database, for measuring the site: 100,000 projects, over 1 M claims."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl

from benchmarks import world
from groundbreak.history.claims import conform
from groundbreak.identity.membership import project_id


def fill(path: Path, records: int) -> int:
    """Make a register at `path` with the synthetic world, every project placed; claims written."""
    from groundbreak.register.connection import connect

    connect(path)
    from django.db import connection, transaction

    from groundbreak.register import log
    from groundbreak.register.models import Record, Release

    made = world.register(records)
    claims = pl.concat([made.claims, _places(made.claims)], how="diagonal").sort(
        "known", "record", "field").with_columns(
        pl.format("{}@{}", "source", "known").alias("release"))
    names = claims["record"].unique().sort().to_list()
    with transaction.atomic():
        Release.objects.bulk_create([
            Release(name=row["release"], source=row["source"], published=row["published"],
                    data_cut=row["data_cut"], complete=True, layout="synthetic", file="synthetic",
                    sha256="", rows=0, licence="synthetic", licence_confirmed=True,
                    citation="Synthetic: nothing in it is real")
            for row in made.releases.iter_rows(named=True)])
        Record.objects.bulk_create(
            (Record(id=name, source=world.SOURCE, printed_key=name.split(":", 1)[1],
                    project=project_id(name)) for name in names), batch_size=5000)
        log.append(conform(claims))
    connection.close()
    return claims.height


def _places(claims: pl.DataFrame) -> pl.DataFrame:
    """A latitude, a longitude and its accuracy for every record, spread over the land's bands."""
    records = claims.filter(pl.col("field") == "name").with_row_index("number").with_columns(
        pl.col("number").cast(pl.Int64))
    number = pl.col("number")
    values = {
        "latitude": (-45 + 110 * world.draw(number, 41)).round(4),
        "longitude": (-179 + 358 * world.draw(number, 42)).round(4),
    }
    pieces = [records.drop("value_text").with_columns(
        field=pl.lit(name), value_number=value, unit=pl.lit("degrees"))
        for name, value in values.items()]
    owners = records.with_columns(
        field=pl.lit("owners"), value_text="Synthetic owner " + (
            world.draw(number, 43) * 9000).cast(pl.Int32).cast(pl.String))
    return pl.concat([*pieces, owners], how="diagonal").drop("number")


def table(path: Path, target: Path) -> int:
    """The project table of a register as one SQLite table, with indexes for its facets (for peers
    that serve tables); rows written."""
    import sqlite3

    from groundbreak.catalogue.table import catalogue
    from groundbreak.reading import Reader
    from groundbreak.register.connection import connect

    connect(path)
    from groundbreak.register import log

    frame = catalogue(Reader(log.snapshot()).as_of().view).frame.drop(
        "counted", "country_names", "name_key", "label_key", "stage_key")
    frame = frame.with_columns(pl.col(pl.Date).cast(pl.String))
    connection = sqlite3.connect(target)
    names = ", ".join(f'"{name}"' for name in frame.columns)
    connection.execute(f"CREATE TABLE projects ({names})")
    connection.executemany(
        f"INSERT INTO projects VALUES ({', '.join('?' * frame.width)})", frame.iter_rows())
    for facet in FACETS:
        connection.execute(f'CREATE INDEX "by_{facet}" ON projects ("{facet}")')
    connection.execute("ANALYZE")
    connection.commit()
    connection.close()
    return frame.height


FACETS = ("label", "sector", "product", "route", "stage", "activity", "region", "country", "level",
          "grade", "start_year", "size", "source", "origin")
UNCACHED = tuple(date(year, month, 17) for year in (2023, 2024) for month in range(1, 13))
