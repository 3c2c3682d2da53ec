"""Limits hold over processes and cost little; a locked database keeps nobody waiting."""

from __future__ import annotations

import json
import sqlite3
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.test.utils import CaptureQueriesContext

from groundbreak.site.limiting import Counter

NOON = 1_700_000_040.0  # a window of 60 s begins here


@pytest.fixture
def counting(own: Any) -> Any:
    """A register to count in."""
    return own


def test_a_client_is_let_through_up_to_the_limit_of_a_window(counting: Any) -> None:
    counter = Counter("t", 60)
    found = [counter.hit("a", 5, NOON + n) for n in range(8)]
    assert [a.allowed for a in found] == [True] * 5 + [False] * 3
    assert [a.remaining for a in found] == [4, 3, 2, 1, 0, 0, 0, 0]
    assert found[0].reset_s == 60
    assert found[7].reset_s == 53
    assert found[7].headers()["Retry-After"] == "53"
    assert "Retry-After" not in found[0].headers()
    assert counter.hit("b", 5, NOON).allowed
    assert counter.hit("a", 5, NOON + 60).remaining == 4


def test_processes_share_what_they_counted_within_a_batch(counting: Any) -> None:
    counters = [Counter("t", 60, batch=10) for _ in range(4)]
    allowed = sum(counters[n % 4].hit("a", 100, NOON).allowed for n in range(400))
    assert 100 <= allowed <= 100 + 4 * 9


def test_a_form_is_counted_at_once_by_all(counting: Any) -> None:
    counters = [Counter("f", 3600, batch=1) for _ in range(3)]
    allowed = [counters[n % 3].hit("a", 4, NOON).allowed for n in range(12)]
    assert sum(allowed) <= 4 + 2 * 3  # a process knows of others when it next tells its own
    assert Counter("f", 3600, batch=1).hit("a", 4, NOON).allowed is False


def test_requests_of_one_client_write_once_a_batch(counting: Any) -> None:
    from django.db import connection

    counter = Counter("t", 60, batch=20)
    with CaptureQueriesContext(connection) as asked:
        for _ in range(19):
            counter.hit("a", 1000, NOON)
    assert len(asked.captured_queries) == 1
    with CaptureQueriesContext(connection) as asked:
        counter.hit("a", 1000, NOON)
    assert any(q["sql"].startswith(("INSERT", "UPDATE")) for q in asked.captured_queries)


def test_threads_lose_no_count(counting: Any) -> None:
    counter = Counter("t", 60, batch=10**9)
    counter.hit("a", 10**6, NOON)
    threads = [threading.Thread(target=lambda: [counter.hit("a", 10**6, NOON)
                                                for _ in range(500)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counter.hit("a", 10**6, NOON).remaining == 10**6 - 2002


def test_a_locked_database_keeps_nobody_waiting(counting: Any) -> None:
    from django.db import connection

    path = Path(connection.settings_dict["NAME"])
    counter = Counter("t", 60, batch=5)
    writer = sqlite3.connect(path, isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    started = time.monotonic()
    found = [counter.hit("a", 100, NOON) for _ in range(5)]
    assert time.monotonic() - started < 5  # SQLite's own patience is 30 s
    assert found[-1].remaining == 95
    writer.execute("ROLLBACK")
    writer.close()
    assert counter.hit("a", 100, NOON).remaining == 94
    assert cache.get(f"limit:t:{int(NOON) // 60}:a") == 6
    with connection.cursor() as cursor:
        assert cursor.execute("PRAGMA busy_timeout").fetchone()[0] == 30_000


def test_the_api_tells_what_is_left_and_refuses_in_words(own: Any) -> None:
    from django.test.utils import override_settings

    cache.clear()  # the copy may hold what other tests asked in this minute
    with override_settings(API_PER_MINUTE=3):
        found = [own.get("/api/v1/vocabulary") for _ in range(5)]
        elsewhere = own.get("/api/v1/vocabulary", REMOTE_ADDR="192.0.2.7")
        page = own.get("/")
    late = [r for r in found if r.status_code == 429]
    assert len(late) in (1, 2)  # one fewer where a minute began in between
    assert [int(r["RateLimit-Remaining"]) for r in found][:1] == [2]
    assert late[-1]["Content-Type"] == "application/problem+json"
    assert 1 <= int(late[-1]["Retry-After"]) <= 60
    assert late[-1]["Access-Control-Allow-Origin"] == "*"
    assert json.loads(late[-1].content)["status"] == 429
    assert elsewhere.status_code == 200
    assert page.status_code == 200
    assert not page.has_header("RateLimit-Limit")


def test_a_page_costs_no_count(client: Any) -> None:
    from django.db import connection

    client.get("/")
    with CaptureQueriesContext(connection) as asked:
        client.get("/")
    assert not [q for q in asked.captured_queries if "groundbreak_cache" in q["sql"]]


def test_no_address_is_kept(own: Any) -> None:
    from django.db import connection

    for _ in range(45):
        own.get("/api/v1/vocabulary", REMOTE_ADDR="192.0.2.123")
    with connection.cursor() as cursor:
        kept = cursor.execute("SELECT cache_key, value FROM groundbreak_cache").fetchall()
    assert kept
    assert "192.0.2.123" not in str(kept)
