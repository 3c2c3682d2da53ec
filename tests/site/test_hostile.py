"""Whatever is asked or imported: a clear answer, nothing run, nothing broken, nothing let out."""

from __future__ import annotations

import csv
import io
import json
import logging
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from groundbreak.editing.edits import Edit, Value
from groundbreak.editing.returned import Returned
from groundbreak.register import editing, standing
from tests.site.pages import PAGES

HOSTILE = (
    "' OR 1=1 --", "1; DROP TABLE register_claim", "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>", "=HYPERLINK(\"http://evil.example\")", "../../etc/passwd",
    "%00", "%0d%0aSet-Cookie: a=b", "%ff%fe", "9" * 400, "-1", "1e999", "NaN", "２０２６",
    "{{7*7}}", "${jndi:ldap://x}", "\u202egnp.exe", "a" * 5000,
)
PARAMS = ("q", "sector", "country", "company", "page", "per_page", "sort", "columns", "as_of",
          "release", "view", "since", "to", "from", "stock", "grouping", "line", "unit", "more",
          "level", "source", "start", "lang", "nosuchparameter")
NAME = "<b onmouseover=alert(1)>Plant</b> & \"Söhne\" =1+1"
FORMULA = "=cmd|' /C calc'!A1"


@pytest.mark.parametrize("path", sorted({p.partition("?")[0] for p in PAGES.values()}))
def test_nothing_that_is_asked_breaks_a_page(client: Any, path: str) -> None:
    for number, name in enumerate(PARAMS):
        for value in HOSTILE[number % 6::6]:  # every value meets every page, not every pair
            answer = client.get(path, {name: value})
            assert answer.status_code < 500, (path, name, value)
            if answer["Content-Type"].startswith("text/html"):
                text = answer.content.decode()
                assert "<script>alert" not in text, (path, name, value)
                assert "<img src=x" not in text, (path, name, value)


@pytest.mark.parametrize("path", [
    "/projects/..%2f..%2fetc%2fpasswd/", "/projects/%00/", "/projects/" + "A" * 3000 + "/",
    "/projects.exe", "/projects.csv/..", "/countries/ATLANTIS/", "/sectors/moon/", "/spark/x.svg",
    "/charts/nothing.svg", "/charts/pipeline-by-sector.exe", "/f/pipeline-by-sector@1999.1",
    "/static/../settings.py", "/static/%2e%2e/settings.py", "/releases/..%2f..%2fx/",
    "/releases/2026.1/..%2fsecret", "/feeds/projects/nothing.atom", "/wp-login.php",
    "/releases/review/not-a-token",
])
def test_an_address_that_leads_nowhere_is_a_404(client: Any, path: str) -> None:
    assert client.get(path).status_code in (400, 404), path


def test_headers_deny_first(client: Any) -> None:
    for path in ("/", "/projects/", "/nowhere/", "/projects.csv"):
        answer = client.get(path)
        policy = answer["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "http" not in policy
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["X-Frame-Options"] == "DENY"
        assert answer["Referrer-Policy"] == "same-origin"


def test_pages_have_nothing_inline(client: Any) -> None:
    """The policy forbids it; this finds it where a browser is not at hand."""
    import re

    for path in PAGES.values():
        text = client.get(path).content.decode()
        assert not re.search(r"<[^>]+\sstyle=", text), path
        assert not re.search(r"<[^>]+\son\w+=\"", text), path
        assert not re.search(r"<script(?![^>]*\bsrc=)(?![^>]*application/)[^>]*>", text), path
        assert not re.search(r"<style", text), path


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_pages_only_answer_reading(client: Any, method: str) -> None:
    for path in ("/", "/projects/", "/changes/", "/data/"):
        assert getattr(client, method)(path).status_code in (403, 405), (path, method)


def _planted(client: Any) -> str:
    """A project whose name and place are hostile; its id."""
    record = "events:acelen-mataripe"
    said = {"known": date(2026, 10, 1), "grade": 1, "evidence": "javascript:alert(1)"}
    outcome = editing.take(lambda _: Returned([
        Edit(record, "name", Value(text=NAME), **said),
        Edit(record, "place", Value(text=FORMULA), **said),
    ]), layout="command", today=date(2026, 11, 24), preview=False)
    assert len(outcome.accepted) == 2, outcome
    standing.forget()
    return "GB-GF4WB63WPZ"


def test_hostile_names_are_text_at_every_door(own_client: Any, tmp_path: Path) -> None:
    project = _planted(own_client)
    for path in ("/", f"/projects/{project}/", "/projects/?all=1&per_page=500", "/companies/",
                 "/changes/?since=2026-09-30&all=1", "/countries/BRA/", "/sectors/aviation/",
                 "/promised/", "/corrections/"):
        text = own_client.get(path).content.decode()
        assert "<b onmouseover" not in text, path
        assert "href=\"javascript:" not in text.lower(), path
    table = own_client.get("/projects.csv?all=1&columns=name,place").content.decode()
    row = next(r for r in csv.DictReader(io.StringIO(table)) if r["project"] == project)
    assert row["name"] == NAME
    assert row["place"] == f"'{FORMULA}"
    book = own_client.get("/projects.xlsx?all=1&columns=name,place").content
    sheet = openpyxl.load_workbook(io.BytesIO(book))["Projects"]
    cells = [c for row in sheet.iter_rows() for c in row if c.value == FORMULA]
    assert [c.data_type for c in cells] == ["s"]
    told = json.loads(own_client.get("/projects.json?all=1&columns=place").content)
    assert FORMULA in [p["place"] for p in told["projects"]]


def test_what_is_refused_leaves_no_trace_of_what_was_asked(
    client: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """A search may hold a name, a report a complaint: no log keeps them."""
    with caplog.at_level(logging.DEBUG):
        client.get("/projects/", {"sector": "secret-word-in-a-query"})
        client.get("/nowhere/", {"q": "secret-word-in-a-query"})
        client.get("/projects/", {"q": "secret-word-in-a-query"})
    assert "secret-word" not in caplog.text
