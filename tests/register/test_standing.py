"""The register as a server holds it: always as a fresh load would give it, public claims only."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from groundbreak.editing.edits import Value
from groundbreak.history.claims import CLAIM_SCHEMA
from groundbreak.reading import Reader
from groundbreak.register import log, standing, starting
from groundbreak.register.models import Release
from groundbreak.register.undoing import undo
from tests.register.test_editing import edit, made, take


@pytest.fixture(autouse=True)
def forgotten() -> Iterator[None]:
    standing.forget()
    yield
    standing.forget()


def same_as_fresh() -> None:
    """What is held equals what the database gives anew."""
    held, fresh = standing.current().reader, Reader(log.snapshot().public())
    assert held.claims.equals(fresh.claims)
    order = ["record", "field", "known_from", "valid_from", "claim"]
    assert held.history.intervals.sort(order).equals(fresh.history.intervals.sort(order))
    assert held.snapshot.listings.sort("release", "record").equals(
        fresh.snapshot.listings.sort("release", "record"))
    assert held.releases.drop("turns").equals(fresh.releases.drop("turns"))


def test_every_change_shows_at_once_and_as_a_fresh_load_has_it(
    register: str, tmp_path: Path
) -> None:
    first = made(tmp_path)
    same_as_fresh()
    marker = standing.current().marker
    assert standing.current() is standing.current()
    assert take(edit("stage", Value(text="committed"))).accepted
    same_as_fresh()
    assert standing.current().marker > marker
    made(tmp_path, "2", "feasibility", date(2024, 1, 31), keys="abc")
    same_as_fresh()
    newest = Release.objects.filter(layout="command").get().name
    undo(newest, reason="a test", today=date(2026, 11, 24))
    same_as_fresh()
    assert first in standing.current().reader.releases["release"]


def test_what_is_written_while_it_is_read_is_held_once(register: str, tmp_path: Path) -> None:
    """Another process writes between the look at the log's end and the reading of the log."""
    made(tmp_path)
    looked = standing.marker()
    assert take(edit("stage", Value(text="committed"))).accepted
    first = standing._loaded["public"] = standing._brought_up(None, looked)
    same_as_fresh()
    looked = standing.marker()
    assert take(edit("stage", Value(text="construction"))).accepted
    standing._loaded["public"] = standing._brought_up(first, looked)
    same_as_fresh()


def test_answers_are_kept_until_the_log_grows(register: str, tmp_path: Path) -> None:
    made(tmp_path)
    asked: list[int] = []

    def compute() -> int:
        asked.append(1)
        return len(asked)

    assert [standing.current().answer("n", compute) for _ in range(3)] == [1, 1, 1]
    take(edit("stage", Value(text="committed")))
    assert standing.current().answer("n", compute) == 2


def test_the_newest_view_is_never_dropped_and_others_are(register: str, tmp_path: Path) -> None:
    made(tmp_path)
    held = standing.current()
    newest = held.reading()
    first = held.reading(date(2023, 2, 1), date(2023, 2, 1))
    for day in range(2, 20):
        held.reading(date(2023, 2, day))
    assert held.reading() is newest
    assert held.reading(held.newest) is newest
    assert held.reading(date(2023, 2, 1)) is not first
    assert len(held.views) == standing.VIEWS_KEPT


def test_a_confidential_claim_is_never_held(register: str, tmp_path: Path) -> None:
    made(tmp_path)
    secret = pl.DataFrame([{
        "record": "template:a", "field": "note", "value_text": "not for the public",
        "known": date(2023, 2, 1), "happened_latest": date(2023, 2, 1), "grade": 2,
        "source": "template", "release": "x", "visibility": "confidential", "kind": "statement",
    }], schema={k: v for k, v in CLAIM_SCHEMA.items() if k in (
        "record", "field", "value_text", "known", "happened_latest", "grade", "source", "release",
        "visibility", "kind")})
    standing.current()
    log.append(secret)
    assert "not for the public" in log.claims()["value_text"].to_list()
    assert "not for the public" not in standing.current().reader.claims["value_text"].to_list()
    standing.forget()
    assert "not for the public" not in standing.current().reader.claims["value_text"].to_list()
    same_as_fresh()


def test_another_register_in_its_place_is_loaded_whole(register: str, tmp_path: Path) -> None:
    """A backup restored: the log is shorter than what is held."""
    starting.load()
    assert standing.current().reader.claims.height
    longer = standing.current().marker
    held = standing._loaded["public"]
    standing._loaded["public"] = standing.Standing((longer[0] + 5, longer[1], longer[2]),
                                                   held.reader)
    same_as_fresh()
    assert standing.current().marker == longer
