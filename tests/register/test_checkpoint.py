"""The log read through a checkpoint is the log, whatever became of the file or of the register."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from groundbreak.history.claims import CLAIM_SCHEMA, conform
from groundbreak.register import checkpoint, log, rows
from groundbreak.register.connection import connect
from groundbreak.register.models import Record, Release

DAY = date(2024, 1, 1)
TEXTS = st.none() | st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))
ANY_DAY = st.dates(date(1, 1, 1), date(9999, 12, 31))
DAYS = st.none() | ANY_DAY
FEW = settings(max_examples=25, deadline=None,
               suppress_health_check=[HealthCheck.function_scoped_fixture])


def row(**given: Any) -> dict[str, Any]:
    """A claim on a record that exists once `prepared`."""
    return {"record": "template:1", "field": "name", "known": DAY, "grade": 4, "kind": "statement",
            "source": "template", "release": "r", "visibility": "public"} | given


@st.composite
def wild(draw: st.DrawFn) -> dict[str, Any]:
    """A claim of whatever the columns can hold."""
    earliest, latest = draw(DAYS), draw(DAYS)
    if earliest and latest and earliest > latest:
        earliest, latest = latest, earliest
    return row(
        value_text=draw(TEXTS), value_number=draw(st.none() | st.floats(allow_nan=False)),
        value_date=draw(DAYS), raw=draw(TEXTS), place=draw(TEXTS), evidence=draw(TEXTS),
        happened_earliest=earliest, happened_latest=latest, known=draw(ANY_DAY),
        grade=draw(st.integers(1, 6)), supersedes=draw(st.none() | st.integers(-2**63, 2**63 - 1)),
        visibility=draw(st.sampled_from(["public", "confidential"])))


def append(*claims: dict[str, Any]) -> None:
    """Write claims at the end of the log."""
    with transaction.atomic():
        log.append(conform(pl.DataFrame(claims, schema={
            name: dtype for name, dtype in CLAIM_SCHEMA.items() if name in claims[0]})))


def release(name: str) -> None:
    """A release is taken in."""
    Release.objects.create(
        name=name, source="template", published=DAY, data_cut=DAY, complete=True, layout="",
        file="", sha256="", rows=1, licence="", licence_confirmed=True, citation="")


def by_the_cursor() -> pl.DataFrame:
    """The log as Django's own cursor tells it."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {log.COLUMNS} FROM register_claim ORDER BY claim")
        return pl.DataFrame(cursor.fetchall(), schema=CLAIM_SCHEMA, orient="row")


@pytest.fixture
def prepared(register: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An open register with one record, where every claim is worth a checkpoint."""
    cache = tmp_path / "cache"
    cache.mkdir()
    monkeypatch.setenv(checkpoint.CACHE, str(cache))
    monkeypatch.setattr(checkpoint, "WORTH", 1)
    Record.objects.create(id="template:1", source="template", printed_key="1", project="GB-X")
    release("r")
    place = checkpoint.place()
    assert place
    return place


@pytest.fixture
def kept(prepared: Path) -> Path:
    """A register with a hundred claims and their checkpoint."""
    append(*(row(value_text=f"name {number}") for number in range(100)))
    assert log.claims().height == 100
    assert checkpoint.load().height == 100
    return prepared


@given(st.lists(wild(), min_size=1, max_size=12))
@FEW
def test_checkpoint_and_tail_are_the_whole(prepared: Path, claims: list[dict[str, Any]]) -> None:
    """The log grows with every example; one claim of each is the tail."""
    append(*claims)
    log.claims()
    append(row(value_text="tail"))
    held = checkpoint.load().height
    assert held > 0
    whole = by_the_cursor()
    assert whole.equals(log.claims())
    assert whole.equals(rows.claims("claim > %s", [0]))
    assert whole.schema == log.claims().schema == CLAIM_SCHEMA


def test_a_small_log_has_no_checkpoint(
    prepared: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    append(*(row(value_text=f"name {number}") for number in range(100)))
    assert log.claims().height == 100
    assert not prepared.exists()


def test_only_its_owner_reads_it(kept: Path) -> None:
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert list(kept.parent.glob(".*")) == []


@given(st.data())
@FEW
def test_a_damaged_checkpoint_is_passed_over_and_made_anew(kept: Path, data: st.DataObject) -> None:
    whole, good = by_the_cursor(), kept.read_bytes()
    position = data.draw(st.integers(0, len(good) - 1))
    cut = data.draw(st.booleans())
    kept.write_bytes(good[:position] if cut else
                     good[:position] + bytes([good[position] ^ 1]) + good[position + 1:])
    assert log.claims().equals(whole)
    assert checkpoint.load().equals(whole)


@pytest.mark.parametrize("content", [b"", b"{}\n", b"[]\n", b"null\n", b"\xff\xfe", b"{" * 9000])
def test_a_file_that_is_no_checkpoint(kept: Path, content: bytes) -> None:
    kept.write_bytes(content)
    assert log.claims().equals(by_the_cursor())


def test_what_is_no_file_stops_nobody(kept: Path) -> None:
    whole = by_the_cursor()
    kept.unlink()
    os.mkfifo(kept)
    assert log.claims().equals(whole)
    kept.unlink()
    kept.mkdir()
    assert log.claims().equals(whole)


def test_a_claim_changed_in_the_file_is_not_believed(kept: Path) -> None:
    """Another course of the register with as many claims and the same releases."""
    whole = by_the_cursor()
    other = whole.with_columns(value_text=pl.when(pl.col("claim") == 100).then(pl.lit("another"))
                               .otherwise("value_text"))
    checkpoint._write(kept, other)
    assert checkpoint.load().is_empty()
    assert log.claims().equals(whole)


def test_a_release_taken_in_again_is_not_the_same(kept: Path) -> None:
    """A backup from before a release, which is then taken in with one other claim in its midst."""
    whole = by_the_cursor()
    Release.objects.update(taken_in="2020-01-01T00:00:00Z")
    assert checkpoint.load().is_empty()
    assert log.claims().equals(whole)
    assert checkpoint.load().equals(whole)


def test_a_checkpoint_longer_than_the_log(kept: Path) -> None:
    whole = by_the_cursor()
    longer = pl.concat([whole, whole.tail(1).with_columns(claim=pl.lit(101, pl.Int64))])
    checkpoint._write(kept, longer)
    assert log.claims().equals(whole)


def test_what_was_rolled_back_leaves_nothing(kept: Path) -> None:
    before = by_the_cursor()

    def undone() -> None:
        with transaction.atomic():
            append(*(row(value_text="never") for _ in range(200)))
            assert log.claims().height == 300
            raise InterruptedError

    with pytest.raises(InterruptedError):
        undone()
    assert checkpoint.load().equals(before)
    append(row(value_text="other"))
    assert log.claims().equals(by_the_cursor())


def test_no_place_to_write(
    prepared: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder that cannot be written to (a superuser may write anywhere, so it is said here)."""
    def refused(*_: object, **__: object) -> None:
        raise PermissionError

    monkeypatch.setattr(checkpoint.tempfile, "mkstemp", refused)
    append(row(value_text="a"))
    assert log.claims().equals(by_the_cursor())
    assert not prepared.exists()


def test_a_killed_writer_s_file_is_swept(kept: Path) -> None:
    left = kept.with_name(f".{kept.name}.left")
    left.touch()
    os.utime(left, (0, 0))
    append(*(row(value_text="more") for _ in range(100)))
    log.claims()
    assert not left.exists()


def test_postgresql_has_one_only_where_a_folder_is_given(
    prepared: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(checkpoint.CACHE)
    append(row(value_text="a"))
    assert log.claims().height == 1
    assert (checkpoint.place() is None) == (connection.vendor == "postgresql")


def test_a_backup_restored_and_continued(
    sqlite_register: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same number of claims, the last one alike, another one within: told apart."""
    monkeypatch.setattr(checkpoint, "WORTH", 1)
    backup = tmp_path / "backup.sqlite3"
    connect(sqlite_register)
    Record.objects.create(id="template:1", source="template", printed_key="1", project="GB-X")
    with sqlite3.connect(backup) as copy:
        connection.connection.backup(copy)
    for name in ("as it was", "corrected"):
        release("r")
        append(*(row(value_text=name if number == 7 else "same") for number in range(2000)))
        assert log.claims().equals(by_the_cursor())
        assert name in set(log.claims()["value_text"])
        connection.close()
        shutil.copy(backup, sqlite_register)
        for rest in ("-wal", "-shm"):
            Path(f"{sqlite_register}{rest}").unlink(missing_ok=True)
    assert log.claims().is_empty()
    connection.close()
