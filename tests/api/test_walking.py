"""Pages by cursor hold still while the register grows; a made-up cursor is refused."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from tests.api.conftest import ask, refused, walked
from tests.api.growing import STEEL, take_in


def test_pages_of_a_walk_are_the_whole_answer_once(client: Any) -> None:
    whole = ask(client, "projects", limit=1000, all="1")
    assert whole["next"] is None
    assert whole["total"] == len(whole["data"])
    for limit in (50, whole["total"] - 1, whole["total"], whole["total"] + 1):
        assert walked(client, "projects", limit=limit, all="1") == whole["data"]
    claims = walked(client, "claims", limit=1000)
    assert len({claim["claim"] for claim in claims}) == ask(client, "claims")["total"]


def test_a_walk_does_not_shift_when_the_register_grows(own: Any) -> None:
    before = ask(own, "projects", limit=1000)
    number = 0

    def grow() -> None:
        nonlocal number
        number += 1
        day = date.fromisoformat(before["clock"]["known"])
        take_in(f"trial:{number}", {"name": f"AAA {number}", **STEEL}, known=day,
                capacity_t_per_year=2e6)

    rows = walked(own, "projects", grow, limit=40)
    assert rows == before["data"]
    assert number >= 3
    after = ask(own, "projects", limit=1000)
    assert after["total"] == before["total"] + number
    assert after["data"][0]["name"] == "AAA 1"


def test_a_walk_holds_in_a_register_whose_newest_day_moves(own: Any) -> None:
    first = ask(own, "claims", limit=1000)
    take_in("trial:1", {"name": "Late", **STEEL}, known=date(2026, 10, 1))
    second = json.loads(own.get(first["next"]).content)
    assert second["clock"] == first["clock"]
    assert second["total"] == first["total"]
    assert ask(own, "claims", limit=1)["clock"]["known"] == "2026-10-01"


def test_tables_page_too_where_a_limit_is_given(client: Any) -> None:
    response = client.get("/api/v1/projects.csv", {"limit": "100"})
    assert response.content.count(b"\n") == 101
    assert 'rel="next"' in response["Link"]
    following = response["Link"].partition(">")[0].lstrip("<")
    rest = client.get(following)
    assert 'rel="next"' not in rest["Link"]
    total = ask(client, "projects", limit=1)["total"]
    assert rest.content.count(b"\n") == total - 100 + 1


def test_a_cursor_is_of_its_question_alone_and_cannot_be_made_up(client: Any) -> None:
    answer = ask(client, "projects", sector="steel", limit=2)
    cursor = answer["next"].rpartition("cursor=")[2].replace("%3A", ":")
    ask(client, "projects", sector="steel", limit=2, cursor=cursor)
    payload, _, signature = cursor.rpartition(":")
    made_up = [
        cursor[:-1] + ("A" if cursor[-1] != "A" else "B"), f"{payload}:", f"A{payload}:{signature}",
        signature, "x", "WyIiXQ:AAAA", "999999", "-1", "' OR 1=1 --", "\x01", "é" * 400,
    ]
    for text in made_up:
        told = refused(client, "projects", 400, sector="steel", limit=2, cursor=text)
        assert told["parameter"] == "cursor"
    for other in ({"sector": "cement", "limit": 2}, {"sector": "steel", "limit": 3},
                  {"sector": "steel", "limit": 2, "as_of": "2024-01-01"}):
        assert refused(client, "projects", 400, cursor=cursor, **other)["parameter"] == "cursor"
    assert refused(client, "claims", 400, cursor=cursor)["parameter"] == "cursor"


def test_limits_are_bounded(client: Any) -> None:
    for text in ("0", "-1", "1001", "1e3", "٣", "99999999999999999999", "1.0", "abc"):
        assert refused(client, "projects", 400, limit=text)["parameter"] == "limit"
    for name in ("page", "per_page", "offset"):
        assert "limit" in refused(client, "projects", 400, **{name: "2"})["accepted"]
