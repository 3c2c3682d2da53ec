"""Both clocks on every page: what they show, how they are refused, and edits that show at once."""

from __future__ import annotations

import shutil
import subprocess
import sys
import urllib.request
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from groundbreak.reading import Reader
from groundbreak.register import log
from tests.site.conftest import served
from tests.site.pages import PAGES

DAYS = ("2022-06-30", "2024-01-01", "2025-03-05")
CLOCKED = [path for name, path in PAGES.items()
           if name not in ("travelled", "travelled-now", "empty", "missing", "refused", "api",
                           "report", "changes", "bridge", "flow")]


def body(client: Any, path: str) -> str:
    """A page that must be there."""
    answer = client.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    return answer.content.decode()


@pytest.mark.parametrize("path", CLOCKED)
def test_every_page_says_which_clock_it_shows(client: Any, path: str) -> None:
    sign = "&" if "?" in path else "?"
    now = body(client, path)
    assert "As known on <b>4 Sep 2026</b>" in now
    assert "class=\"travel\"" not in now
    then = body(client, f"{path}{sign}as_of=2025-10-01")
    assert "what was known on 1 Oct 2025" in then
    both = body(client, f"{path}{sign}as_of=2025-10-01&view=as-now-known")
    assert "what is known on 4 Sep 2026 about 1 Oct 2025" in both


@pytest.mark.parametrize("day", DAYS)
def test_a_page_counts_what_the_python_door_counts(client: Any, day: str) -> None:
    reader = Reader(log.snapshot().public())
    then = reader.as_of(day).projects()["counted"].sum()
    now = reader.as_of(valid=date.fromisoformat(day)).projects()["counted"].sum()
    for query, number in ((f"as_of={day}", then), (f"as_of={day}&view=as-now-known", now)):
        page = body(client, f"/projects/?{query}")
        assert f"<h1>{number:,} project" in page
    assert now >= then


def test_a_day_before_the_first_source_is_empty_and_says_so(client: Any) -> None:
    page = body(client, "/projects/?as_of=1995-01-01")
    assert "<h1>0 projects</h1>" in page
    assert "No project matches." in page


@pytest.mark.parametrize(("query", "words"), [
    ("as_of=2025-13-01", "YYYY-MM-DD"), ("as_of=yesterday", "YYYY-MM-DD"),
    ("as_of=9999-01-01", "to today"), ("as_of=0001-01-01", "from 1990-01-01"),
    ("as_of=2025-1-1", "YYYY-MM-DD"), ("as_of=2025-W01-1", "YYYY-MM-DD"),
    ("as_of=2025-01-01&as_of=2024-01-01", "one value"),
    ("as_of=2025-01-01&view=other", "as-now-known"), ("release=2026.1", "none is public yet"),
    ("release=2026.1&as_of=2025-01-01", "not both"), ("as_of=%00", "YYYY-MM-DD"),
    ("as_of=2025-01-01%0d%0aX: y", "YYYY-MM-DD"), ("as_of=%D9%A2%D9%A0%D9%A2%D9%A5-01-01", "YYYY"),
])
def test_a_clock_that_cannot_be_read_is_refused(client: Any, query: str, words: str) -> None:
    for path in ("/", "/projects/", "/projects.csv", "/gap/"):
        answer = client.get(f"{path}?{query}")
        assert answer.status_code == 400, path
        assert words in answer.content.decode()


def test_a_project_not_known_yet_is_told_apart_from_one_that_is_none(client: Any) -> None:
    early = client.get("/projects/GB-GF4WB63WPZ/?as_of=2020-01-01")
    assert early.status_code == 404
    assert "was not known on 2020-01-01" in early.content.decode()
    never = client.get("/projects/GB-AAAAAAAAAA/")
    assert never.status_code == 404
    assert "No project has the id GB-AAAAAAAAAA" in never.content.decode()


def test_an_edit_by_another_process_shows_at_once(embedded: Path, tmp_path: Path) -> None:
    own = shutil.copy(embedded, tmp_path / "own.sqlite3")
    with served(own) as address:
        page = f"{address}/projects/GB-GF4WB63WPZ/"
        assert "FEED / permitting" not in _read(page)
        done = subprocess.run(
            [sys.executable, "-m", "groundbreak", "edit", "GB-GF4WB63WPZ", "--set", "stage=feed",
             "--date", "2026-10-01", "--source", "https://example.org/feed", "--grade", "2",
             "--register", str(own)], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        assert "FEED / permitting" in _read(page)
        assert "FEED / permitting" not in _read(f"{page}?as_of=2026-09-04")


def _read(url: str) -> str:
    with urllib.request.urlopen(url, timeout=60) as answer:
        text: str = answer.read().decode()
        return text
