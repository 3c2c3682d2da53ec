"""The changes page: what the measure says, since whatever was asked, in every form the same."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core import signing

from groundbreak.measures.changes import counts
from groundbreak.register import standing
from groundbreak.site import changing
from groundbreak.vocabulary.guarding import guarded
from tests.register.made import template_file
from tests.site.conftest import opened

pytestmark = pytest.mark.usefixtures("contexts")
SINCE = "since=2025-03-05"
DAYS = ("2024-01-31", "2024-06-30")
EDITIONS = ([("1", "concept", "1000"), ("2", "concept", "1000")],
            [("1", "committed", "1000"), ("2", "concept", "2500"), ("=1+1", "concept", "900")])


def take(folder: Path, number: int) -> None:
    """Import an edition of a made-up list."""
    from groundbreak.register.importing import import_file

    day = date.fromisoformat(DAYS[number])
    import_file("template", template_file(folder / f"{day}.csv", EDITIONS[number]), day, today=day)


@pytest.fixture
def listed(tmp_path: Path, empty_register: Path) -> Any:
    """A client on a register with the first edition alone."""
    from groundbreak.register.connection import connect

    path = shutil.copy(empty_register, tmp_path / "changes.sqlite3")
    connect(path)
    take(tmp_path, 0)
    with opened(path) as client:
        yield client


def test_groups_are_the_measures(client: Any) -> None:
    """Each group with its number, an anchor, and, it or its own page, every project it counts."""
    answer = client.get(f"/changes/?{SINCE}")
    found = standing.current().reader.changes("2025-03-05")
    assert [(n, total) for n, _text, total in answer.context["counts"]] == list(
        counts(found).items())
    page = answer.content.decode()
    for group in counts(found):
        assert f'id="{group}"' in page
        whole = client.get(f"/changes/?{SINCE}&group={group}").content.decode()
        for project in found.filter("lead", group=group)["project"].drop_nulls():
            assert f"/projects/{project}/" in whole
    assert answer.context["total"] == int(found["projects"].sum())


def test_all_forms_hold_the_same(client: Any) -> None:
    """Page, CSV, JSON, text and the table to paste, of one question."""
    question = f"{SINCE}&sector=steel"
    shown = client.get(f"/changes/?{question}").context
    told = json.loads(client.get(f"/changes.json?{question}").content)
    sheet = client.get(f"/changes.csv?{question}").content.decode()
    rows = list(csv.DictReader(io.StringIO(sheet)))
    text = client.get(f"/changes.txt?{question}").content.decode()
    table = client.get(f"/changes.tsv?{question}").content.decode().splitlines()
    assert told["projects"] == {name: n for name, _text, n in shown["counts"]}
    assert len(rows) == len(told["rows"]) == len(table) - 1
    assert sum(int(row["projects"]) for row in rows) == shown["total"]
    leads = [row for row in told["rows"] if row["lead"]]
    assert all(row["name"][:40] in text for row in leads)
    assert len(re.findall(r"^- ", text, re.M)) == len(leads)
    everything = client.get(f"/changes/?{SINCE}").context["total"]
    assert 0 < shown["total"] < everything


def test_each_filter_narrows(client: Any) -> None:
    """Sectors are parts of the whole; an unknown name finds nothing and says so."""
    from groundbreak.vocabulary.terms import SECTORS

    whole = client.get(f"/changes/?{SINCE}").context["total"]
    parts = [client.get(f"/changes/?{SINCE}&sector={name}").context["total"] for name in SECTORS]
    assert max(parts) < whole <= sum(parts)
    none = client.get(f"/changes/?{SINCE}&q=no+such+plant")
    assert none.context["total"] == 0
    assert "Nothing changed" in none.content.decode()


def test_time_travel(client: Any) -> None:
    """As known on a day: nothing that came out later."""
    shown = client.get(f"/changes/?{SINCE}&as_of=2025-08-01").context
    assert shown["what"].closed == date(2025, 8, 1)
    known = [change.lead["known"] for group in shown["groups"] for change in group.changes]
    assert known
    assert max(known) <= date(2025, 8, 1)


def test_since_a_release(own_client: Any) -> None:
    """A public release by its number, and an edition by its name; a draft is not known."""
    from groundbreak.register.models import Package

    made: dict[str, Any] = {"position": 10, "definition_version": "1", "sha256": "0" * 64}
    Package.objects.create(name="2025.1", known=date(2025, 3, 5), state="public", **made)
    Package.objects.create(name="2025.2", known=date(2025, 6, 30), state="draft", **made)
    for name in ("2025.1", "iea-hydrogen@2025-03-05~starter"):
        shown = own_client.get("/changes/", {"since": name}).context
        assert shown["what"].opened == date(2025, 3, 5)
        assert name in shown["what"].title
    assert own_client.get("/changes/").context["what"].opened == date(2025, 3, 5)
    assert own_client.get("/changes/?since=2025.2").status_code == 400


def test_last_visit_remembers_a_position_and_a_day_and_nothing_else(
    listed: Any, tmp_path: Path
) -> None:
    """Set only when asked for; moved on only when told to; it shows what came in since."""
    assert "seen" not in listed.get("/changes/").cookies
    first = listed.get("/changes/?since=last-visit")
    kept = first.cookies["seen"]
    position = standing.current().reader.snapshot.position
    seen, _, signature = kept.value.partition(":")
    assert seen == f"{position}.2024-01-31"
    assert signature == signing.Signer(salt=changing.SALT).signature(seen)
    assert (kept["samesite"], kept["httponly"]) == ("Lax", True)
    assert "private" in first["Cache-Control"]
    assert listed.get("/changes/?since=last-visit").context["total"] == 0
    take(tmp_path, 1)
    again = listed.get("/changes/?since=last-visit")
    assert {name: n for name, _text, n in again.context["counts"]} == {
        "fid": 1, "new": 1, "capacity": 1}
    assert "seen" not in again.cookies, "not before it is marked as seen"
    listed.get("/changes/?since=last-visit&seen=1")
    assert listed.get("/changes/?since=last-visit").context["total"] == 0


@pytest.mark.parametrize("cookie", [
    "", "x", "1", "99999999999999999999.2024-01-31", "1.2024-13-01", "-1.2024-01-31",
    "1.2024-01-31;DROP TABLE", "1.2024-01-31", "1.2024-01-31:x",
    "1.9999-12-31", "0.0001-01-01"])
def test_a_forged_cookie_harms_nothing(listed: Any, cookie: str) -> None:
    """Whatever a browser sends: a page, the same as on a first visit."""
    first = listed.get("/changes/?since=last-visit").context["what"]
    assert first.recorded is None
    listed.cookies["seen"] = cookie
    assert listed.get("/changes/?since=last-visit").context["what"] == first
    assert listed.get("/changes.csv?since=last-visit").status_code == 200


def test_what_a_source_says_is_neither_markup_nor_formula(listed: Any, tmp_path: Path) -> None:
    """A name that begins with = is guarded in both tables, and escaped on the page."""
    take(tmp_path, 1)
    question = "since=2024-01-31&q=1%2B1"
    name = standing.current().reader.changes("2024-01-31").filter(
        group="new")["name"][0]
    assert listed.get(f"/changes/?{question}").context["total"] == 1
    for suffix in ("csv", "tsv"):
        body = listed.get(f"/changes.{suffix}?{question}").content.decode()
        assert guarded(name) in body
        for cell in re.split(r"[,\t\n]", body):
            assert not cell.startswith(("=", "+", "@")), cell


def test_one_group_page_by_page(client: Any) -> None:
    """All of a group; a page beyond the last is missing."""
    whole = client.get(f"/changes/?{SINCE}").context
    for name, _text, n in whole["counts"]:
        shown = client.get(f"/changes/?{SINCE}&group={name}").context
        assert sum(change.lead["projects"] for change in shown["groups"][0].changes) == n
    assert client.get(f"/changes/?{SINCE}&group=new&page=9").status_code == 404
    assert client.get(f"/changes/?{SINCE}&page=2").status_code == 404


@pytest.mark.parametrize(("asked", "said"), [
    ("since=soon", "the name of a release"), ("since=2030-01-01", "YYYY-MM-DD"),
    ("since=last-visit&to=2025-01-01", "a day"), ("since=last-visit&as_of=2025-06-01", "a day"),
    ("since=2026-01-01&to=2025-01-01", "up to 2025-01-01"), ("to=never", "YYYY-MM-DD"),
    ("sector=coal", "aluminium"), ("colour=red", "accepted"), ("group=gossip", "capacity"),
    ("since=%00", "accepted"), ("seen=2", "1"), ("q=" + "x" * 300, "200 characters"),
])
def test_bad_questions_say_what_is_accepted(client: Any, asked: str, said: str) -> None:
    """400 with what is accepted, for the page and for its tables."""
    for path in ("/changes/", "/changes.csv"):
        if path == "/changes.csv" and asked.startswith(("group", "seen")):
            continue
        answer = client.get(f"{path}?{asked}")
        assert answer.status_code == 400, path
        assert said in answer.content.decode()


def test_unknown_form_is_missing(client: Any) -> None:
    """404 that lists the forms."""
    answer = client.get("/changes.exe")
    assert answer.status_code == 404
    assert "txt, csv, tsv, json" in answer.content.decode()


def test_copy_buttons_copy_what_the_links_give(visit: Any, address: str) -> None:
    """In a browser: the text on the clipboard is the text under the link."""
    page = visit(f"/changes/?{SINCE}")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy as text").click()
    page.get_by_text("Text copied.").wait_for()
    copied = page.evaluate("navigator.clipboard.readText()")
    given = page.request.get(f"{address}/changes.txt?{SINCE}&to=2026-09-04").text()
    assert copied.split() == given.split()
    page.get_by_role("button", name="Copy as table").click()
    page.get_by_text("Table copied.").wait_for()
    assert "\t" in page.evaluate("navigator.clipboard.readText()")


def test_without_script_the_buttons_are_links(visit: Any) -> None:
    """The buttons are hidden, and the links are there."""
    page = visit(f"/changes/?{SINCE}", script=False)
    assert not page.get_by_text("Copy as text").is_visible()
    assert page.get_by_role("link", name="Text", exact=True).is_visible()
