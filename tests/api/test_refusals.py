"""Whatever is hostile or mistaken is refused in words, logged without what was asked, never 500."""

from __future__ import annotations

import csv
import io
import json
import logging
from datetime import date
from typing import Any

import pytest

from groundbreak.api.resources import RESOURCES
from tests.api.conftest import ask, body, refused, walked
from tests.api.growing import STEEL, take_in

HOSTILE = ["' OR 1=1 --", "'; DROP TABLE register_claim; --", "<script>alert(1)</script>",
           "=cmd|' /C calc'!A0", "@SUM(1)", "{{7*7}}", "%s%n", "../../etc/passwd", "\u202e",
           "A" * 201, "\ud7ff", "𐍈" * 50, "-not-", "..", "0..9"]


@pytest.mark.parametrize("path", [r.path for r in RESOURCES])
def test_hostile_values_are_refused_or_find_nothing(client: Any, path: str) -> None:
    resource = next(r for r in RESOURCES if r.path == path)
    address = path.replace("{key}", "GB-3N2EYMETGF")
    needed = {"from": "2024-01-01", "measure": "announced"}
    required = {p.name: needed[p.name] for p in resource.asked() if p.required}
    names = [p.name for p in resource.asked()] + ["unknown", "as_of", "view", "release"]
    for name in dict.fromkeys(names):
        for text in HOSTILE:
            response = client.get(f"/api/v1/{address}", {**required, name: text})
            assert response.status_code in (200, 400, 404, 422), (name, text)
            told = json.loads(body(response))
            if response.status_code == 200:
                assert name in ("q", "country", "company", "project", "source", "record", "group",
                                "stock"), (name, text)
                assert not told.get("data"), (name, text)
            elif response.status_code == 400:
                assert response["Content-Type"] == "application/problem+json"
                assert told["detail"]


def test_unknown_parameters_are_refused_everywhere(client: Any) -> None:
    for resource in RESOURCES:
        told = refused(client, resource.path.replace("{key}", "x"), 400, sectors="steel")
        assert told["parameter"] == "parameter"
        assert told["value"] == "sectors"
    for path in ("docs", "openapi.json"):
        refused(client, path, 400, x="1")


@pytest.mark.parametrize(("query", "says"), [
    ("q=%ff", "UTF-8"), ("q=%00", "NUL"), ("q=" + "a" * 9000, "8,000"),
    ("&".join(["sector=steel"] * 61), "up to 60"), ("&" * 2000, "up to 500"),
    ("release=%00", "NUL"), ("as_of=2026-02-30", "YYYY-MM-DD"),
    ("as_of=20260101", "YYYY-MM-DD"), ("as_of=2026-01-01&as_of=2026-01-02", "one value"),
    ("as_of=9999-12-31", "today"), ("release=1999.9", "none is public yet"),
    ("release=1&as_of=2026-01-01", "not both"), ("q=a&q=b", "one value"),
])
def test_malformed_questions_are_refused_in_words(client: Any, query: str, says: str) -> None:
    response = client.get(f"/api/v1/projects?{query}")
    assert response.status_code == 400
    assert response["Content-Type"] == "application/problem+json"
    assert says in json.loads(response.content)["detail"]


@pytest.mark.parametrize(("path", "params", "says"), [
    ("bridge", {"from": "2026-01-01", "to": "2025-01-01"}, "before"),
    ("bridge", {"from": "2024-01-01", "as_of": "2023-01-01"}, "before"),
    ("bridge", {"from": "2024-01-01", "to": "2100-01-01"}, "after the clock's day"),
    ("bridge", {"from": "2024-01-01", "as_of": "2025-01-01", "view": "as-now-known"},
     "as-known-then"),
    ("series", {"from": "1990-01-01", "every": "month"}, "60"),
    ("series", {"from": "2026-01-01", "to": "2025-01-01"}, "not be after"),
    ("scorecard", {"period": "2030"}, "begins after"),
    ("scorecard", {"period": "2024-12-31..2024-01-01"}, "accepted"),
    ("scorecard", {"period": "2024-02-30..2024-03-01"}, "accepted"),
    ("evidence", {"record": "a:1", "project": "GB-1"}, "one of them"),
])
def test_questions_without_an_answer_say_so(client: Any, path: str, params: dict[str, str],
                                            says: str) -> None:
    assert says in refused(client, path, 422, **params)["detail"]


@pytest.mark.parametrize("path", ["projects", "claims", "scorecard", "releases"])
def test_what_is_accepted_is_named_once(client: Any, path: str) -> None:
    names = refused(client, path, 400, nope="1")["accepted"].split(", ")
    assert len(names) == len(set(names))


def test_a_missing_required_parameter_is_named(client: Any) -> None:
    assert refused(client, "bridge", 400)["parameter"] == "from"
    assert refused(client, "scorecard/projects", 400)["parameter"] == "measure"


@pytest.mark.parametrize("path", ["nope", "", "projects/", "projects/GB-1/nope", "projects/%00",
                                  "projects/%ff", "vocabulary/%2e%2e%2fsettings",
                                  "vocabulary/fields.py", "sources/nobody/releases"])
def test_what_is_not_there_is_404(client: Any, path: str) -> None:
    assert refused(client, path, 404)["detail"]


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_the_api_is_read_only(client: Any, method: str) -> None:
    for path in ("projects", "openapi.json", "docs", "projects/GB-1"):
        response = getattr(client, method)(f"/api/v1/{path}")
        assert response.status_code == 405
        assert response["Allow"] == "GET, HEAD, OPTIONS"
        assert response["Content-Type"] == "application/problem+json"


def test_nothing_asked_for_is_logged(
    client: Any, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("", "django", "django.request", "django.security"):
        caplog.set_level(logging.DEBUG, name)
        monkeypatch.setattr(logging.getLogger(name), "propagate", True)
    for query in ("q=jane.doe%40example.org&limit=0", "unknown=jane.doe%40example.org",
                  "as_of=jane.doe", "cursor=jane.doe", "q=jane.doe%ff", "&" * 2000 + "jane.doe"):
        assert client.get(f"/api/v1/projects?{query}").status_code == 400
    client.get("/api/v1/projects?q=jane.doe")
    monkeypatch.setattr("groundbreak.api.urls.answered", _breaks)
    response = client.get("/api/v1/projects?q=jane.doe")
    assert response.status_code == 500
    assert response["Content-Type"] == "application/problem+json"
    assert b"jane" not in response.content
    told = [record for record in caplog.records if record.name != "django.db.backends"]
    assert [record.name for record in told if record.levelno >= logging.ERROR] == [
        "django.request"]
    assert not [record for record in told if "jane" in record.getMessage()]


def _breaks(*_: Any) -> None:
    raise RuntimeError("on purpose")


def test_a_name_of_formulas_is_text_in_every_table(own: Any) -> None:
    name = '=HYPERLINK("http://evil.example","<b>x</b>")'
    take_in("trial:1", {"name": name, "owners": "@owner", **STEEL}, known=date(2026, 9, 4),
            capacity_t_per_year=2e6)
    found = walked(own, "projects", q="hyperlink")
    assert [row["name"] for row in found] == [name]
    for path in ("projects.csv?q=hyperlink", "claims.csv?source=trial",
                 "changes.csv?from=2026-09-03&q=hyperlink",
                 "scorecard/projects.csv?measure=at_fid"):
        text = body(own.get(f"/api/v1/{path}")).decode()
        cells = [cell for row in csv.reader(io.StringIO(text)) for cell in row]
        assert f"'{name}" in cells, path
        assert not [cell for cell in cells if cell.startswith(("=", "@"))]
    raw = own.get("/api/v1/projects", {"q": "hyperlink"})
    assert raw["Content-Type"] == "application/json"
    assert raw["X-Content-Type-Options"] == "nosniff"


def test_nothing_confidential_and_nobody_comes_out(own: Any) -> None:
    from groundbreak.register.models import ErrorReport, Judgement, ReviewItem, Visit

    take_in("hidden:1", {"name": "Secretproject", **STEEL}, known=date(2026, 9, 4),
            visibility="confidential", capacity_t_per_year=2e6)
    item = ReviewItem.objects.create(kind="error_report", source="site", key="x", text="Whistle")
    ErrorReport.objects.create(item=item, page="/", contact="whistle@example.org")
    Judgement.objects.create(item=item, verdict="accepted", reason="Whistle", by="Whistle")
    Visit.objects.create(who="Whistle", position=1, known=date(2026, 9, 4))
    needed = {"from": "2024-01-01", "measure": "announced"}
    for resource in RESOURCES:
        params = {p.name: needed[p.name] for p in resource.asked() if p.required}
        if resource.paged:
            params["limit"] = "1000"
        keys = {"projects": "GB-3N2EYMETGF", "sources": "hidden", "vocabulary": "publications"}
        path = resource.path.replace("{key}", keys.get(resource.path.partition("/")[0], ""))
        for suffix in ("", *(f".{form}" for form in resource.forms if form == "csv")):
            text = body(own.get(f"/api/v1/{path}{suffix}", params)).lower()
            for word in (b"secretproject", b"hidden@", b"hidden:", b"whistle", b"private-file"):
                assert word not in text, (path, word)
    assert refused(own, "sources/hidden/releases", 404)
    assert ask(own, "claims", source="hidden")["total"] == 0
    assert ask(own, "evidence", record="hidden:1")["total"] == 0


def test_an_empty_register_answers(bare: Any) -> None:
    needed = {"from": "2024-01-01", "measure": "announced"}
    for resource in RESOURCES:
        if "{key}" in resource.path:
            continue
        params = {p.name: needed[p.name] for p in resource.asked() if p.required}
        params |= {"from": "1989-12-31"} if "from" in params else {}
        response = bare.get(f"/api/v1/{resource.path}", params)
        assert response.status_code in (200, 400, 422), resource.path
    assert ask(bare, "scorecard")["figures"][0]["value"] == 0
    assert ask(bare, "projects")["total"] == 0
