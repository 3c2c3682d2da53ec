"""Tags, releases, other sites' scripts, HEAD: what lets an answer be kept and used elsewhere."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from groundbreak.api.resources import RESOURCES
from tests.api.conftest import ask, body, refused
from tests.api.growing import STEEL, take_in

QUESTION = "/api/v1/projects?sector=steel&label=announced"


def test_an_unchanged_answer_is_304_and_not_worked_out(client: Any,
                                                       monkeypatch: pytest.MonkeyPatch) -> None:
    first = client.get(QUESTION)
    monkeypatch.setattr("groundbreak.api.answering._computed", None)  # calling it would fail
    other_order = "/api/v1/projects?label=announced&sector=steel"
    for header in (first["ETag"], first["ETag"].removeprefix("W/"), f'"x", {first["ETag"]}'):
        for address in (QUESTION, other_order):
            again = client.get(address, headers={"If-None-Match": header})
            assert again.status_code == 304
            assert again.content == b""
            assert again["ETag"] == first["ETag"]
            assert again["Cache-Control"] == first["Cache-Control"]
            assert not again.has_header("Content-Type")


def test_tags_differ_by_whatever_changes_an_answer(client: Any) -> None:
    addresses = [QUESTION, "/api/v1/projects.json?sector=steel",
                 "/api/v1/projects.csv?sector=steel",
                 f"{QUESTION}&as_of=2025-01-01", f"{QUESTION}&as_of=2025-01-02",
                 f"{QUESTION}&as_of=2025-01-01&view=as-now-known", f"{QUESTION}&limit=2",
                 "/api/v1/projects?sector=cement&label=announced", "/api/v1/claims"]
    tags = {client.get(address)["ETag"] for address in addresses}
    assert len(tags) == len(addresses)


def test_a_tag_changes_when_the_register_grows(own: Any) -> None:
    before = own.get(QUESTION)["ETag"]
    assert own.get(QUESTION)["ETag"] == before
    take_in("trial:1", {"name": "One", **STEEL}, known=date(2026, 9, 4), capacity_t_per_year=1e6)
    after = own.get(QUESTION, headers={"If-None-Match": before})
    assert after.status_code == 200
    assert after["ETag"] != before


def _package(name: str, known: date, state: str, until: datetime | None = None) -> Any:
    from groundbreak.register import log
    from groundbreak.register.models import Package

    return Package.objects.create(name=name, known=known, position=log.position(), state=state,
                                  definition_version="1", sha256="0" * 64, embargo_until=until)


def test_a_frozen_release_stays_whatever_comes_later(own: Any) -> None:
    _package("2025.1", date(2025, 3, 5), "public")
    frozen = {"release": "2025.1"}
    projects = ask(own, "projects", limit=1000, **frozen)
    assert projects["clock"]["release"] == "2025.1"
    assert projects["data"] == ask(own, "projects", limit=1000, as_of="2025-03-05")["data"]
    card, claims = (ask(own, path, **frozen) for path in ("scorecard", "claims"))
    bridge = ask(own, "bridge", **{"from": "2024-01-01"}, **frozen)
    # Taken in later, published before: the day as known changes, the release does not.
    take_in("trial:1", {"name": "AAA", **STEEL}, known=date(2025, 3, 1), capacity_t_per_year=1e6)
    assert ask(own, "projects", limit=1000, **frozen) == projects
    assert ask(own, "scorecard", **frozen) == card
    assert ask(own, "claims", **frozen)["total"] == claims["total"]
    assert ask(own, "bridge", **{"from": "2024-01-01"}, **frozen) == bridge
    moved = ask(own, "projects", as_of="2025-03-05")
    assert moved["total"] == projects["total"] + 1
    assert "max-age=3600" in own.get("/api/v1/gap", frozen)["Cache-Control"]


def test_releases_are_told_once_they_are_public(own: Any) -> None:
    first = own.get("/api/v1/releases")
    assert json.loads(first.content)["data"] == []
    now = timezone.now()
    for name, state, until in (("2025.1", "public", None), ("2025.2", "draft", None),
                               ("2025.3", "signed", None),
                               ("2025.4", "embargoed", now + timedelta(days=1)),
                               ("2025.5", "embargoed", now - timedelta(days=1))):
        _package(name, date(2025, 3, 5), state, until)
    second = own.get("/api/v1/releases", headers={"If-None-Match": first["ETag"]})
    assert second.status_code == 200
    names = {row["release"] for row in json.loads(second.content)["data"]}
    assert names == {"2025.1", "2025.5"}
    for name in names:
        assert ask(own, "gap", release=name)["clock"]["release"] == name
    for name in ("2025.2", "2025.3", "2025.4"):
        told = refused(own, "projects", 400, release=name)
        assert name not in told["detail"].partition("accepted:")[2]


def test_licences_stand_in_the_body_and_in_links(client: Any) -> None:
    response = client.get("/api/v1/projects?as_of=2024-06-30")
    told = json.loads(response.content)
    sources = {row["source"] for row in told["data"]}
    assert {row["source"] for row in told["licences"]} == sources
    assert all(row["licence"] and row["citation"] for row in told["licences"])
    assert '<https://creativecommons.org/licenses/by/4.0/>; rel="license"' in response["Link"]


def test_no_source_is_named_before_it_said_anything(client: Any) -> None:
    for day in ("1995-01-01", "2021-06-30", "2024-06-30"):
        card = json.loads(client.get(f"/api/v1/scorecard?as_of={day}").content)
        claims = ask(client, "claims", limit=1000, all="1", as_of=day)
        assert {row["source"] for row in card["licences"]} == {
            row["source"] for row in claims["data"]}, day


@pytest.mark.parametrize("path", ["projects", "projects.csv", "scorecard", "openapi.json",
                                  "projects?sector=nope", "nope", "docs"])
def test_head_is_get_without_its_body(client: Any, path: str) -> None:
    full, head = (getattr(client, method)(f"/api/v1/{path}") for method in ("get", "head"))
    assert head.status_code == full.status_code
    assert body(head) == b""
    for name in ("Content-Type", "ETag", "Link", "Content-Length"):
        assert head.get(name) == full.get(name), name


def test_scripts_of_other_sites_may_read(client: Any) -> None:
    for path in ("projects", "projects?x=1", "nope", "projects?as_of=x"):
        response = client.get(f"/api/v1/{path}", headers={"Origin": "https://example.org"})
        assert response["Access-Control-Allow-Origin"] == "*"
        assert "ETag" in response["Access-Control-Expose-Headers"]
        assert not response.has_header("Access-Control-Allow-Credentials")
    asked = client.options("/api/v1/projects", headers={
        "Origin": "https://example.org", "Access-Control-Request-Method": "GET"})
    assert asked.status_code == 204
    assert "GET" in asked["Access-Control-Allow-Methods"]
    assert "POST" not in asked["Access-Control-Allow-Methods"]
    assert client.options("/api/v1/nope").status_code == 404
    assert not client.get("/").has_header("Access-Control-Allow-Origin")


def test_no_answer_sets_a_cookie(client: Any) -> None:
    for resource in RESOURCES:
        response = client.get(f"/api/v1/{resource.path.replace('{key}', 'sectors')}")
        assert not response.cookies
