"""A snapshot is the log: what is written is read, a bad file is refused, secrets stay in the house.
"""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from polars.testing import assert_frame_equal

from groundbreak.history import snapshot as snapshots
from groundbreak.history.snapshot import Snapshot, read, write
from tests.history.worlds import CUTS, Shelf, edition, frame_of, logs, row, snapshot_of


def same(one: Snapshot, other: Snapshot) -> None:
    """Every frame equal, types included."""
    for name in ("claims", "releases", "listings"):
        assert_frame_equal(getattr(one, name), getattr(other, name))
    assert one.position == other.position
    assert one.newest_published == other.newest_published


@pytest.fixture(scope="module")
def shelf() -> Shelf:
    """Two releases."""
    register = Shelf()
    register.take_in(edition({"a": row(), "b": row("committed")}), CUTS[0])
    register.take_in(edition({"a": row("feasibility")}), CUTS[1])
    return register


def test_round_trip(shelf: Shelf, tmp_path: Path) -> None:
    """From a path and from bytes; no unfinished file stays behind."""
    path = write(shelf.snapshot, tmp_path / "release.zip")
    same(read(path), shelf.snapshot)
    same(read(path.read_bytes()), shelf.snapshot)
    assert [p.name for p in tmp_path.iterdir()] == ["release.zip"]


@given(claims=logs())
@settings(max_examples=15, deadline=None)
def test_any_log_survives(tmp_path_factory: pytest.TempPathFactory, claims: pl.DataFrame) -> None:
    """Whatever is in the log comes back."""
    path = tmp_path_factory.mktemp("snapshots") / "log.zip"
    same(read(write(snapshot_of(claims), path)), snapshot_of(claims))


def test_an_empty_register_survives(tmp_path: Path) -> None:
    """Nothing in, nothing out; the clock is not set."""
    empty = read(write(snapshots.empty(), tmp_path / "empty.zip"))
    same(empty, snapshots.empty())
    assert empty.position == 0
    assert empty.newest_published is None


def zipped(**entries: bytes) -> bytes:
    """A zip of the entries."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return buffer.getvalue()


@pytest.mark.parametrize("data", [
    b"", b"no zip at all", zipped(),
    zipped(**{"snapshot.json": json.dumps({"format": "groundbreak-snapshot-99"}).encode()}),
    zipped(**{"snapshot.json": json.dumps({"format": snapshots.FORMAT}).encode()}),
    zipped(**{"snapshot.json": b"not json"}),
    zipped(**{"snapshot.json": json.dumps({"format": snapshots.FORMAT}).encode(),
              "claims.parquet": b"not parquet", "releases.parquet": b"", "listings.parquet": b""}),
], ids=["empty", "text", "no entries", "other format", "no frames", "bad json", "bad parquet"])
def test_what_is_no_snapshot_is_refused(data: bytes) -> None:
    """Always a ValueError that says so."""
    with pytest.raises(ValueError, match="snapshot"):
        read(data)


def test_a_truncated_snapshot_is_refused(shelf: Shelf, tmp_path: Path) -> None:
    """Half a download is no snapshot."""
    whole = write(shelf.snapshot, tmp_path / "release.zip").read_bytes()
    with pytest.raises(ValueError, match="snapshot"):
        read(whole[: len(whole) // 2])


def test_public_leaves_out_what_is_confidential(shelf: Shelf) -> None:
    """No confidential claim, value or raw cell, and no record known only in confidence."""
    secret = [
        {"claim": shelf.snapshot.position + 1 + n, "record": record, "field": "note",
         "value_text": "SECRET", "raw": "SECRET", "known": CUTS[1], "grade": 2, "kind": "statement",
         "source": "iea-hydrogen", "release": "x", "visibility": "confidential"}
        for n, record in enumerate(["iea-hydrogen:a", "iea-hydrogen:hidden"])
    ]
    listing = pl.DataFrame({"release": ["x"], "record": ["iea-hydrogen:hidden"]})
    whole = Snapshot(pl.concat([shelf.claims, frame_of(secret)]), shelf.snapshot.releases,
                     pl.concat([shelf.snapshot.listings, listing]))
    public = whole.public()
    assert_frame_equal(public.claims, shelf.claims)
    assert_frame_equal(public.listings, shelf.snapshot.listings)
    same(public.public(), public)
