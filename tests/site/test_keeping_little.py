"""A walk through many days leaves no more behind than the last few."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest

from groundbreak.history.view import View
from groundbreak.measures.breakdown import Breakdown
from groundbreak.measures.promises import Promises
from groundbreak.register import standing

WALKS = ("/promised/?as_of={}", "/changes/?since={}", "/gap/?as_of={}", "/companies/?as_of={}",
         "/countries/?as_of={}", "/sectors/?as_of={}", "/flow/?from={}", "/bridge/?from={}")


@pytest.mark.parametrize("path", WALKS)
def test_what_holds_a_row_a_project_is_not_kept_for_long(client: Any, path: str) -> None:
    for n in range(3):
        assert client.get(path.format(date(2025, 3, 10) + timedelta(days=n))).status_code == 200
    now = standing.current()
    assert now.large_answers
    large = (View, Promises, Breakdown)
    kept = {key: value for key, value in now.answers.items() if isinstance(value, large)
            or (isinstance(value, pl.DataFrame) and "record" in value.columns)}
    assert not kept, list(kept)


def test_pictures_are_not_kept_for_long(client: Any) -> None:
    for path in ("/charts/gap.png?scale=4", "/map/static.svg", "/map/static.png?q=a"):
        assert client.get(path).status_code == 200
    now = standing.current()
    sizes = [len(value) for value in now.answers.values() if isinstance(value, bytes)]
    assert max(sizes, default=0) < 100_000
    assert sum(isinstance(value, bytes) for value in now.large_answers.values()) == 3
