"""Claims are append-only by the database's own word, on SQLite and on PostgreSQL."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest
from django.db import DatabaseError, connection, transaction

from groundbreak.history.claims import CLAIM_SCHEMA
from groundbreak.register import log, triggers
from groundbreak.register.checking import checks
from groundbreak.register.models import Claim, Record


@pytest.fixture
def one_claim(register: str) -> str:
    """A register that holds one claim."""
    Record.objects.create(id="template:1", source="template", printed_key="1", project="GB-X")
    row = {"record": "template:1", "field": "name", "value_text": "A", "known": date(2024, 1, 1),
           "grade": 4, "source": "template", "release": "r", "visibility": "public",
           "kind": "statement"}
    with transaction.atomic():
        log.lock()
        log.append(pl.DataFrame([row], schema={k: CLAIM_SCHEMA[k] for k in row}))
    return register


@pytest.mark.parametrize("statement", [
    "UPDATE register_claim SET value_text = 'B'",
    "DELETE FROM register_claim",
])
def test_the_database_refuses_to_change_or_remove_a_claim(one_claim: str, statement: str) -> None:
    with (
        pytest.raises(DatabaseError, match="append-only"), transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert Claim.objects.get().value_text == "A"


def test_truncate_is_refused_on_postgresql(one_claim: str) -> None:
    if connection.vendor != "postgresql":
        return  # SQLite has no TRUNCATE; its DELETE is refused above
    with (
        pytest.raises(DatabaseError, match="append-only"), transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("TRUNCATE register_claim CASCADE")


def test_doctor_finds_a_missing_trigger(one_claim: str) -> None:
    assert all(check.ok for check in checks() if check.name != "project ids derive from records")
    with connection.cursor() as cursor:
        table = "" if connection.vendor == "sqlite" else f" ON {triggers.TABLE}"
        cursor.execute(f"DROP TRIGGER {triggers.NAMES[0]}{table}")
    found = {check.name: check for check in checks()}
    assert not found["append-only triggers"].ok
    assert triggers.NAMES[0] in found["append-only triggers"].detail
    triggers.install()
    assert triggers.missing() == []


def test_a_claim_needs_a_known_grade_and_kind(register: str) -> None:
    Record.objects.create(id="template:1", source="template", printed_key="1", project="GB-X")
    row = {"record": "template:1", "field": "name", "value_text": "A", "known": date(2024, 1, 1),
           "grade": 9, "source": "template", "release": "r", "visibility": "public",
           "kind": "statement"}
    with pytest.raises(DatabaseError), transaction.atomic():
        log.append(pl.DataFrame([row], schema={k: CLAIM_SCHEMA[k] for k in row}))
    assert log.position() == 0
