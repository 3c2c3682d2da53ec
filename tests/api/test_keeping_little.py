"""However many days are asked for, only the last few large answers are held."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from groundbreak.api.moments import LARGE_KEPT, Shelf
from tests.api.conftest import ask


def test_large_answers_of_many_days_are_not_all_kept(client: Any) -> None:
    from groundbreak.register import standing

    for n in range(2 * LARGE_KEPT):
        day = date(2024, 1, 1) + timedelta(days=7 * n)
        ask(client, "changes", limit=1, **{"from": str(day)})
    now = standing.current()
    shelf = now.answers["api", "large"]
    assert len(shelf.kept) == LARGE_KEPT
    assert not [key for key in now.answers if "changes" in str(key)]


def test_the_answer_longest_unasked_for_is_dropped() -> None:
    shelf = Shelf()
    for n in range(LARGE_KEPT):
        shelf.get(n, lambda n=n: n)
    assert shelf.get(0, lambda: "anew") == 0
    shelf.get("one more", lambda: 1)
    assert shelf.get(0, lambda: "anew") == 0
    assert shelf.get(1, lambda: "anew") == "anew"
