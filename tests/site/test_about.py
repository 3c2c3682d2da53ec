"""About, statements and the language switch: own paths only."""

from __future__ import annotations

from typing import Any

import pytest

from groundbreak.register.reports import CONTACT_KEPT_DAYS


@pytest.mark.parametrize("path", ["/about/", "/privacy/", "/accessibility/"])
@pytest.mark.parametrize("query", [{}, {"as_of": "2024-06-30"}])
def test_pages_answer_on_each_clock(client: Any, path: str, query: dict[str, str]) -> None:
    answer = client.get(path, query)
    assert answer.status_code == 200
    assert answer.content.decode().count("<h1>") == 1


def test_the_privacy_statement_says_what_the_code_does(client: Any) -> None:
    assert f"for {CONTACT_KEPT_DAYS} days" in client.get("/privacy/").content.decode()
    assert not client.cookies  # reading sets none


def test_a_language_is_kept(client: Any) -> None:
    answer = client.get("/language", {"lang": "ar", "next": "/data/?as_of=2025-03-05"})
    assert (answer.status_code, answer["Location"]) == (302, "/data/?as_of=2025-03-05")
    cookie = answer.cookies["django_language"]
    assert (cookie.value, cookie["httponly"], cookie["samesite"]) == ("ar", True, "Lax")
    page = client.get("/about/").content.decode()
    assert '<html lang="ar" dir="rtl">' in page


@pytest.mark.parametrize("there", [
    "https://evil.example/", "//evil.example/", "///evil.example", "/\\evil.example", "\\\\evil",
    "javascript:alert(1)", "http:evil.example", "/ok\r\nSet-Cookie: a=b", "/\t/evil.example", "",
    "evil", "/" + "a" * 3000, "/%0d%0aX: y\n",
])
def test_no_other_place_is_led_to(client: Any, there: str) -> None:
    answer = client.get("/language", {"lang": "fr", "next": there})
    assert answer.status_code == 302
    assert answer["Location"] == "/"


@pytest.mark.parametrize("code", ["", "xx", "../../etc", "fr\x00", "<b>"])
def test_only_languages_offered(client: Any, code: str) -> None:
    answer = client.get("/language", {"lang": code})
    assert answer.status_code == 400
    assert "en, fr, ar" in answer.content.decode()
    assert "django_language" not in answer.cookies


def test_the_switch_is_asked_only(client: Any) -> None:
    assert client.post("/language", {"lang": "fr"}).status_code == 405
