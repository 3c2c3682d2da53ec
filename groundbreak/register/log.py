"""The log of claims in the database: append under a lock, read as frames."""

from datetime import date

import polars as pl
from django.db import connection
from django.db.models import Max

from groundbreak.history.claims import CLAIM_SCHEMA, live, numbered
from groundbreak.history.news import Release as KnownRelease
from groundbreak.history.snapshot import LISTING_SCHEMA, RELEASE_SCHEMA, Snapshot
from groundbreak.register import checkpoint, rows
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
    new = numbered(claims, position())
    marks = ", ".join(["%s"] * len(CLAIM_SCHEMA))
    statement = f"INSERT INTO register_claim ({COLUMNS}) VALUES ({marks})"
    with connection.cursor() as cursor:
        for start in range(0, new.height, CHUNK):
            cursor.executemany(statement, new.slice(start, CHUNK).rows())


def claims(
    *, source: str | None = None, between: tuple[str, str] | None = None, after: int = 0,
    until: int | None = None,
) -> pl.DataFrame:
    """Claims in log order: all, of one source, or of the records `between` two ids (inclusive).

    Only those beyond position `after`, up to and including `until`.
    """
    if source is None and between is None and until is None and not after:
        return _whole()
    number = "claim" if between is None else "+claim"  # unindexed: the records are fewer
    wheres: list[str] = [f"{number} > %s"]
    values: list[object] = [after]
    for condition, value in ((f"{number} <= %s", until), ("source = %s", source)):
        if value is not None:
            wheres.append(condition)
            values.append(value)
    if between is not None:
        wheres += ["record >= %s", "record <= %s"]
        values += between
    return rows.claims(" AND ".join(wheres), values)


def _whole() -> pl.DataFrame:
    """The first claims from the checkpoint, the later ones from the database."""
    first = checkpoint.load()
    later = rows.claims("claim > %s", [first["claim"].max() or 0])
    found = pl.concat([first, later]) if first.height else later
    checkpoint.keep(found, first.height)
    return found


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


def releases_frame() -> pl.DataFrame:
    """All releases; schema RELEASE_SCHEMA."""
    found = list(Release.objects.all())
    turns = _turns(found)
    known = [
        (r.name, r.source, r.published, r.data_cut, r.complete, r.rows, r.layout, r.file, r.sha256,
         r.licence, r.licence_confirmed, r.citation, bool(r.withdrawn), r.recorded, turns[r.pk])
        for r in found
    ]
    return pl.DataFrame(known, schema=RELEASE_SCHEMA, orient="row")


def _turns(found: list[Release]) -> dict[int, list[int]]:
    """Of each release the log positions after which it was taken back, came back, and so on.

    An undo turns what it takes back; where that is an undo itself, also what that one turned.
    """
    by_key = {release.pk: release for release in found}
    turns: dict[int, list[int]] = {key: [] for key in by_key}
    for undo in sorted((r for r in found if r.undoes_id), key=lambda r: r.recorded):
        key = undo.undoes_id
        while key is not None:
            turns[key].append(undo.recorded - undo.rows)
            key = by_key[key].undoes_id
    return turns


def snapshot() -> Snapshot:
    """The whole register as a snapshot."""
    return Snapshot(claims(), releases_frame(), listings_frame())


def listings_frame() -> pl.DataFrame:
    """What each release listed; schema LISTING_SCHEMA."""
    listed = list(Listing.objects.order_by("release_id", "record_id").values_list(
        "release__name", "record_id"))
    return pl.DataFrame(listed, schema=LISTING_SCHEMA, orient="row")


def newest(until: int) -> date | None:
    """The newest day on which anything was published that counts, up to position `until`."""
    told = Claim.objects.filter(claim__lte=until)
    if not told.filter(supersedes__isnull=False).exists():
        return told.aggregate(newest=Max("known"))["newest"]
    columns = ("claim", "kind", "known", "supersedes")
    frame = pl.DataFrame(list(told.values_list(*columns)), orient="row",
                         schema={name: CLAIM_SCHEMA[name] for name in columns})
    return live(frame)["known"].max()


def count() -> int:
    """Number of claims."""
    return Claim.objects.count()
