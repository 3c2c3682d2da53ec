"""Reporting an error: the form without JavaScript, its guards, and what reaches the reviewers."""

from __future__ import annotations

import json
import re
import time
from datetime import timedelta
from typing import Any

import pytest

from groundbreak.register import reports, reviewing
from groundbreak.register.models import Claim, ErrorReport, Judgement, ReviewItem
from tests.cli.running import run

PROJECT = "GB-RUGB5A3KE7"
HOSTILE = ("<script>alert(1)</script> \x1b[2J\x1b]0;owned\x07 \u202eevil\u202c \x9b31m "
           "=cmd|'/C calc'!A0")


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> None:
    """Time enough has passed since the form was opened."""
    from groundbreak.site.views import report

    monkeypatch.setattr(report, "FASTEST_S", -1)


def form(client: Any, page: str = f"/projects/{PROJECT}/") -> dict[str, str]:
    """The fields of the form as a browser would send them."""
    text = client.get("/report/", {"page": page}).content.decode()
    found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', text)
    return {**dict(found), "wrong": "Capacity is 500 kt", "right": "400 kt",
            "evidence": "https://example.org/a?b=1", "contact": "reader@example.org", "website": ""}


def send(client: Any, **changed: str) -> Any:
    return client.post("/report/", {**form(client), **changed})


def test_a_report_lands_in_review_with_its_number(own_client: Any, later: None) -> None:
    claims = Claim.objects.count()
    answer = send(own_client)
    assert answer.status_code == 302
    thanked = own_client.get(answer["Location"]).content.decode()
    item = ReviewItem.objects.get(kind="error_report")
    assert f"number {item.pk}" in thanked
    assert (item.source, item.key, item.release) == ("site", PROJECT, None)
    assert item.text == ("Wrong: Capacity is 500 kt\nRight: 400 kt\n"
                         "Source: https://example.org/a?b=1")
    assert item.error_report.contact == "reader@example.org"
    assert item.error_report.page == f"/projects/{PROJECT}/"
    assert Claim.objects.count() == claims  # a report is no fact


def test_the_number_is_told_to_nobody_else(own_client: Any, later: None) -> None:
    send(own_client)
    number = ReviewItem.objects.get(kind="error_report").pk
    for forged in ("", str(number), f"{number}:x:y"):
        answer = own_client.get("/report/thanks/", {"r": forged})
        assert (answer.status_code, answer["Location"]) == (302, "/report/")


def test_hostile_text_is_kept_harmless(own_client: Any, later: None) -> None:
    assert send(own_client, wrong=HOSTILE, contact="").status_code == 302
    text = ReviewItem.objects.get(kind="error_report").text
    assert not set(text) & set("\x1b\x07\x9b\u202e\u202c")
    kept = reviewing.items(kind="error_report")[0]["text"]
    assert "<script>" in kept  # as a reader wrote it; escaped where it is shown


def test_hostile_text_comes_back_escaped(own_client: Any, later: None) -> None:
    answer = send(own_client, wrong='</textarea><script>alert(1)</script>', contact='"><b>@x')
    page = answer.content.decode()
    assert answer.status_code == 400
    assert "<script>alert" not in page
    assert "&lt;/textarea&gt;&lt;script&gt;" in page
    assert "&quot;&gt;&lt;b&gt;@x" in page


@pytest.mark.parametrize(("changed", "told"), [
    ({"wrong": "  \x00 "}, "Say what is wrong"),
    ({"wrong": "x" * 4001}, "up to 4000"),
    ({"right": "x" * 2001}, "up to 2000"),
    ({"evidence": "javascript:alert(1)"}, "Not a web address"),
    ({"evidence": "ftp://example.org/"}, "Not a web address"),
    ({"contact": "somebody"}, "Not an e-mail address"),
    ({"contact": "a@example.org\nBcc: b@example.org"}, "Not an e-mail address"),
    ({"website": "https://buy.example"}, "nobody sees"),
    ({"token": "1:forged"}, "open for too long"),
    ({"token": ""}, "open for too long"),
])
def test_what_is_refused_says_why_and_keeps_the_text(
    own_client: Any, later: None, changed: dict[str, str], told: str
) -> None:
    answer = send(own_client, **changed)
    page = answer.content.decode()
    assert answer.status_code == 400
    assert told in page
    if "right" not in changed:
        assert "400 kt" in page
    assert not ErrorReport.objects.exists()


def test_a_form_sent_at_once_is_not_taken(own_client: Any) -> None:
    answer = send(own_client)
    assert answer.status_code == 400
    assert "faster than anybody types" in answer.content.decode()
    assert not ErrorReport.objects.exists()


def test_an_old_form_is_not_taken(own_client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    fields = form(own_client)
    opened = time.time()
    monkeypatch.setattr(time, "time", lambda: opened + 86_402)
    assert own_client.post("/report/", fields).status_code == 400
    monkeypatch.setattr(time, "time", lambda: opened + 86_390)
    assert own_client.post("/report/", fields).status_code == 302


def test_a_form_from_elsewhere_is_refused(own_client: Any, later: None) -> None:
    from django.test import Client

    answer = Client(enforce_csrf_checks=True).post("/report/", form(own_client))
    assert answer.status_code == 403
    assert not ErrorReport.objects.exists()


def test_the_same_report_twice_is_one(own_client: Any, later: None) -> None:
    first, second = send(own_client), send(own_client)
    assert first.status_code == second.status_code == 302
    assert ErrorReport.objects.count() == 1


def test_one_client_sends_few_and_another_is_not_held_up(own_client: Any, later: None) -> None:
    codes = [send(own_client, wrong=f"Wrong thing {n}").status_code for n in range(8)]
    assert codes == [302] * 6 + [429] * 2
    held = own_client.post("/report/", {**form(own_client), "wrong": "kept <text>"})
    assert held["Retry-After"] == "3600"
    assert "kept &lt;text&gt;" in held.content.decode()
    fields = form(own_client)
    assert own_client.post("/report/", fields, REMOTE_ADDR="192.0.2.7").status_code == 302


def test_all_readers_together_cannot_bury_the_reviewers(
    own_client: Any, later: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reports, "MOST_A_DAY", 2)
    codes = [own_client.post("/report/", {**form(own_client), "wrong": f"n {n}"},
                             REMOTE_ADDR=f"192.0.2.{n + 1}").status_code for n in range(3)]
    assert codes == [302, 302, 429]
    assert ErrorReport.objects.count() == 2


def test_no_address_of_a_client_is_kept(own_client: Any, later: None) -> None:
    from django.db import connection

    own_client.post("/report/", form(own_client), REMOTE_ADDR="203.0.113.77")
    with connection.cursor() as cursor:
        cursor.execute("SELECT cache_key, value FROM groundbreak_cache")
        rows = cursor.fetchall()
    assert rows
    assert "203.0.113" not in repr(rows)


def test_the_contact_is_for_reviewers_and_for_a_time_only(own_client: Any, later: None) -> None:
    send(own_client)
    for page in ("/corrections/", "/", f"/projects/{PROJECT}/", "/changes/", "/data/"):
        assert "reader@example.org" not in own_client.get(page).content.decode()
    assert reports.forget_contacts(timedelta(days=1)) == 0
    assert reports.forget_contacts(timedelta(0)) == 1
    assert ErrorReport.objects.get().contact == ""


@pytest.fixture
def register_path(own_client: Any) -> str:
    from django.db import connections

    return str(connections["default"].settings_dict["NAME"])


def test_reviewers_see_it_and_judge_it_like_any_other(
    own_client: Any, later: None, register_path: str
) -> None:
    send(own_client)
    item = ReviewItem.objects.get(kind="error_report")
    ReviewItem.objects.filter(pk=item.pk).update(text="Wrong: \x1b[2J\x9b31m [red]x[/red]")
    words = ("review", "--kind", "error_report")
    code, out, _ = run(register_path, *words)
    assert code == 0
    assert "\x1b" not in out
    assert "\x9b" not in out
    assert "\\x1b[2J" in out
    assert "[red]x[/red]" in out
    told = json.loads(run(register_path, *words, "--format", "json")[1])
    assert told[0]["contact"] == "reader@example.org"
    assert "contact" not in json.loads(run(register_path, "review", "--format", "json")[1])[0]
    judged = ("review", "--item", item.pk, "--verdict", "rejected", "--reason", "it is 500 kt",
              "--by", "analyst")
    assert run(register_path, *judged)[0] == 0
    assert Judgement.objects.get(item=item).verdict == "rejected"
    assert json.loads(run(register_path, *words, "--format", "json")[1]) == []


@pytest.mark.parametrize(("given", "kept"), [
    ("a\x00b\tc", "a b c"), ("  x \r\n y ", "x y"), ("e\u0301", "é"), ("a\u2028b", "a b"),
    ("نص\u200cفارسی", "نص\u200cفارسی"), ("\ud800", ""), ("\u2066x\u2069", "x"),
])
def test_plain_text(given: str, kept: str) -> None:
    assert reports.plain(given) == kept


@pytest.mark.parametrize("page", ["//evil.example/x", "https://evil.example/", "javascript:x",
                                  "/\\evil.example", "/a\nb", "/" + "x" * 5000])
def test_the_page_is_one_of_ours(own_client: Any, page: str) -> None:
    text = own_client.get("/report/", {"page": page}).content.decode()
    assert 'name="page" value="/"' in text
