"""The log of claims in the database: append under a lock, read as frames."""

import polars as pl
from django.db import connection

from groundbreak.history.claims import CLAIM_SCHEMA, conform
from groundbreak.history.news import Release as KnownRelease
from groundbreak.history.snapshot import LISTING_SCHEMA, RELEASE_SCHEMA, Snapshot
from groundbreak.register.models import Claim, Listing, Release

COLUMNS = ", ".join(f'"{name}"' for name in CLAIM_SCHEMA)
CHUNK = 50_000


def lock() -> None:
    """One writer at a time. SQLite's IMMEDIATE transaction is a lock already."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("LOCK TABLE register_claim IN EXCLUSIVE MODE")


def position() -> int:
    """Number of the last claim; 0 for an empty log."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT COALESCE(MAX(claim), 0) FROM register_claim")
        return int(cursor.fetchone()[0])


def append(claims: pl.DataFrame) -> None:
    """Write claims (claim ids null) at the end of the log, in the order given.

    The caller holds :func:`lock` in a transaction.
    """
    first = position() + 1
    numbered = conform(claims).with_columns(
        claim=pl.int_range(pl.len(), dtype=pl.Int64) + first
    )
    marks = ", ".join(["%s"] * len(CLAIM_SCHEMA))
    statement = f"INSERT INTO register_claim ({COLUMNS}) VALUES ({marks})"
    with connection.cursor() as cursor:
        for start in range(0, numbered.height, CHUNK):
            cursor.executemany(statement, numbered.slice(start, CHUNK).rows())


def claims(
    *, source: str | None = None, record: str | None = None, after: int = 0
) -> pl.DataFrame:
    """Claims in log order, all or of one source or record, beyond position `after`."""
    wheres, values = ["claim > %s"], [after]
    for column, value in (("source", source), ("record", record)):
        if value is not None:
            wheres.append(f"{column} = %s")
            values.append(value)
    query = (
        f"SELECT {COLUMNS} FROM register_claim WHERE {' AND '.join(wheres)} ORDER BY claim"
    )
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return pl.DataFrame(cursor.fetchall(), schema=CLAIM_SCHEMA, orient="row")


def releases(source: str) -> list[KnownRelease]:
    """Releases of a source that stand, with what each listed."""
    listed: dict[int, set[str]] = {}
    kept: dict[int, set[tuple[str, str]]] = {}
    for release, record, fields in Listing.objects.filter(
        release__source=source, release__withdrawn=""
    ).values_list("release_id", "record_id", "kept"):
        listed.setdefault(release, set()).add(record)
        kept.setdefault(release, set()).update((record, f) for f in fields.split(";") if f)
    return [
        KnownRelease(r.name, r.published, r.data_cut, r.complete,
                     frozenset(listed.get(r.pk, ())), frozenset(r.covered.split(";")),
                     frozenset(kept.get(r.pk, ())))
        for r in Release.objects.filter(source=source, withdrawn="")
    ]


def snapshot() -> Snapshot:
    """The whole register as a snapshot."""
    known = [
        (r.name, r.source, r.published, r.data_cut, r.complete, r.rows, r.layout, r.file, r.sha256,
         r.licence, r.licence_confirmed, r.citation, bool(r.withdrawn), r.recorded,
         r.withdrawn_recorded)
        for r in Release.objects.all()
    ]
    listed = list(Listing.objects.order_by("release_id", "record_id").values_list(
        "release__name", "record_id"))
    return Snapshot(
        claims(),
        pl.DataFrame(known, schema=RELEASE_SCHEMA, orient="row"),
        pl.DataFrame(listed, schema=LISTING_SCHEMA, orient="row"),
    )


def count() -> int:
    """Number of claims."""
    return Claim.objects.count()
