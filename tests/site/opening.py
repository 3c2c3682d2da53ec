"""Numbers of a page that open to projects: each link is followed and counted."""

from __future__ import annotations

import html
import re
from typing import Any
from urllib.parse import urlsplit

NUMBER = re.compile(r'<a href="(/projects/\?[^"]*)">([\d,]+)</a>')


def numbers(text: str) -> list[tuple[str, int]]:
    """Every number that is a link to projects: the link and the number."""
    return [(html.unescape(link), int(n.replace(",", ""))) for link, n in NUMBER.findall(text)]


def main(client: Any, path: str, **params: str) -> str:
    """A page's own part, which must be there."""
    answer = client.get(path, params)
    assert answer.status_code == 200, (path, answer.status_code)
    return str(answer.content.decode().split("<main")[1].split("</main>")[0])


def assert_opens(client: Any, text: str, least: int = 1) -> None:
    """Every linked number is how many projects its link lists."""
    found = dict(numbers(text))
    assert len(found) >= least
    for link, n in found.items():
        listed = client.get(f"/projects.json?{urlsplit(link).query}").json()["projects"]
        assert len(listed) == n, link
