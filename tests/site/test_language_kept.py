"""What a cache may keep in one language is not given to a reader of another."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.mark.parametrize("path", [
    "/charts/gap.svg?as_of=2025-01-01", "/feeds/changes.atom", "/projects.csv", "/",
    "/map/static.svg"])
def test_caches_are_told_that_the_cookie_decides(client: Any, path: str) -> None:
    vary = {name.strip() for name in client.get(path)["Vary"].split(",")}
    assert {"Accept-Language", "Cookie"} <= vary


def test_the_language_of_a_kept_figure_is_the_cookies(client: Any) -> None:
    path = "/charts/gap.svg?as_of=2025-01-01"
    english = client.get(path, headers={"Accept-Language": "fr;q=0.1, en"})
    assert "max-age=86400" in english["Cache-Control"]
    client.get("/language?lang=fr&next=/")
    french = client.get(path, headers={"Accept-Language": "fr;q=0.1, en"})
    assert french["Content-Language"] == "fr"
    assert french.content != english.content


def test_the_drawn_map_is_kept_by_language(client: Any) -> None:
    drawn = [client.get("/map/static.svg", headers={"Accept-Language": code}).content
             for code in ("en", "fr", "ar", "en")]
    assert drawn[0] == drawn[3]
    assert len(set(drawn)) == 3
