"""However many days are asked for, only the last few large answers are held."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from groundbreak.register import standing
from groundbreak.register.standing import LARGE_ANSWERS_KEPT
from tests.api.conftest import ask


def test_large_answers_of_many_days_are_not_all_kept(client: Any) -> None:
    for n in range(2 * LARGE_ANSWERS_KEPT):
        day = date(2024, 1, 1) + timedelta(days=7 * n)
        ask(client, "changes", limit=1, **{"from": str(day)})
    now = standing.current()
    assert len(now.large_answers) == LARGE_ANSWERS_KEPT
    assert not [key for key in now.answers if "changes" in str(key)]


def test_the_answer_longest_unasked_for_is_dropped(client: Any) -> None:
    now = standing.current()
    for n in range(LARGE_ANSWERS_KEPT):
        now.large_answer(n, lambda n=n: n)
    assert now.large_answer(0, lambda: "anew") == 0
    now.large_answer("one more", lambda: 1)
    assert now.large_answer(0, lambda: "anew") == 0
    assert now.large_answer(1, lambda: "anew") == "anew"
