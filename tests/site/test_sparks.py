"""The first page's sparklines: an answer of one clock is never given on another."""

from __future__ import annotations

from typing import Any

import pytest

from groundbreak.register import standing


@pytest.mark.parametrize("measure", ["announced", "progressing", "fid"])
def test_what_is_kept_is_of_the_clock_that_is_asked(client: Any, measure: str) -> None:
    asked = ({"as_of": "2023-06-30", "view": "as-now-known"}, {}, {"as_of": "2023-06-30"})
    alone = []
    for query in asked:
        standing.forget()
        alone.append(client.get(f"/spark/{measure}.svg", query).content)
    standing.forget()
    assert [client.get(f"/spark/{measure}.svg", query).content for query in asked] == alone
    assert alone[0] != alone[1]
