"""The first claims of the log in one file, so that a reader takes only the later ones from the
database.

Claims are append-only, so what was once the beginning of a log stays it. The database is never
doubted: a checkpoint that is damaged, of another register, or of another course of this one (a
backup restored and continued differently) is passed over and written anew.
"""

import hashlib
import io
import json
import os
import tempfile
import time
from contextlib import suppress
from pathlib import Path

import polars as pl
from django.db import connection

from groundbreak.history.claims import CLAIM_SCHEMA
from groundbreak.register import rows
from groundbreak.register.models import Release

FORMAT = "groundbreak-checkpoint-1"
CACHE = "GROUNDBREAK_CACHE"  # a folder for the checkpoints of PostgreSQL registers
WORTH = 20_000  # claims beyond the checkpoint; fewer are read in no time
SHARE = 8  # … and at least one in so many of it, so that rewriting stays rare
SAMPLES = 64
ROW_GROUP = 50_000
ABANDONED_S = 3_600


def place() -> Path | None:
    """Where the open register's checkpoint is: beside its file, or in the cache folder."""
    name = str(connection.settings_dict["NAME"])
    if connection.vendor == "sqlite":
        path = Path(name)
        return path.with_name(path.name + ".checkpoint") if path.is_file() else None
    folder = os.environ.get(CACHE)
    if not folder:
        return None
    server = ":".join(str(connection.settings_dict[part]) for part in ("HOST", "PORT", "NAME"))
    return Path(folder) / f"{hashlib.sha256(server.encode()).hexdigest()[:16]}.checkpoint"


def load() -> pl.DataFrame:
    """The log's first claims as far as a checkpoint that this register confirms holds them."""
    path = place()
    found = _read(path) if path else None
    if found is None:
        return pl.DataFrame(schema=CLAIM_SCHEMA)
    head, claims = found
    return claims if _confirmed(head, claims) else claims.clear()


def keep(claims: pl.DataFrame, held: int) -> None:
    """Write a new checkpoint where it saves work: `claims` is the log, `held` the old one's length.

    Does nothing inside a transaction, whose claims may never be, nor where no file can be written.
    """
    path = place()
    later = claims.height - held
    if path is None or connection.in_atomic_block or later < max(WORTH, held // SHARE):
        return
    with suppress(OSError):
        _write(path, claims)


def _read(path: Path) -> tuple[dict[str, object], pl.DataFrame] | None:
    """Header and claims, or None for a file that is absent or not whole."""
    if not path.is_file():  # opening a FIFO would wait
        return None
    try:
        with path.open("rb") as file:
            head = json.loads(file.readline(4096))
            body = file.read()
        if head["format"] != FORMAT or head["digest"] != _digest(body):
            return None
        claims = pl.read_parquet(io.BytesIO(body))
    except (OSError, ValueError, KeyError, TypeError, pl.exceptions.PolarsError):
        return None
    return (head, claims) if claims.schema == CLAIM_SCHEMA and claims.height else None


def _confirmed(head: dict[str, object], claims: pl.DataFrame) -> bool:
    """Whether this register holds the same releases, taken in at the same moments, and claims."""
    last = head.get("last_release")
    return isinstance(last, int) and head.get("releases") == _releases(last) and _sampled(claims)


def _releases(last: int) -> str:
    """A hash of the releases up to number `last`: no two imports share their moment."""
    taken = Release.objects.filter(pk__lte=last).order_by("pk").values_list(
        "pk", "name", "sha256", "taken_in")
    return _digest(repr([(*told, moment.isoformat()) for *told, moment in taken]).encode())


def _sampled(claims: pl.DataFrame) -> bool:
    """Whether claims spread over the checkpoint, its last one included, are in the register."""
    last = claims.height - 1
    some = claims[sorted({last * step // SAMPLES for step in range(SAMPLES + 1)})]
    numbers = some["claim"].to_list()
    marks = ", ".join(["%s"] * len(numbers))
    return rows.claims(f"claim IN ({marks})", numbers).equals(some)


def _write(path: Path, claims: pl.DataFrame) -> None:
    """Only its owner may read it, as it may hold what is confidential; whole or not there."""
    body = io.BytesIO()
    claims.write_parquet(body, compression="zstd", statistics=False, row_group_size=ROW_GROUP)
    last = Release.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    head = {"format": FORMAT, "last_release": last, "releases": _releases(last),
            "digest": _digest(body.getbuffer())}
    _sweep(path)
    handle, unfinished = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)  # mode 0600
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(json.dumps(head).encode() + b"\n")
            file.write(body.getbuffer())
        Path(unfinished).replace(path)
    except BaseException:
        Path(unfinished).unlink(missing_ok=True)
        raise


def _sweep(path: Path) -> None:
    """Remove what a killed writer left behind."""
    for left in path.parent.glob(f".{path.name}.*"):
        if time.time() - left.stat().st_mtime > ABANDONED_S:
            left.unlink(missing_ok=True)


def _digest(data: bytes | memoryview) -> str:
    return hashlib.blake2b(data, digest_size=32).hexdigest()
