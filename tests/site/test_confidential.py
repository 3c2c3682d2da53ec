"""A source of which nothing is public leaves no trace on any page, in any file or feed."""

from __future__ import annotations

from datetime import date
from typing import Any

from groundbreak.register import standing
from tests.api.growing import STEEL, take_in

SECRET = "undisclosed-list"
ASKED = (
    "/", "/data/", "/coverage/", "/flow/", f"/flow/?source={SECRET}", "/changes/", "/projects/",
    f"/changes/?since={SECRET}@2026-06-01", f"/projects/?source={SECRET}&all=1", "/corrections/",
    "/how-we-differ/", "/projects.json?all=1", "/companies.csv", "/feeds/changes.json",
    "/api/v1/sources", "/api/v1/scorecard", f"/api/v1/sources/{SECRET}/releases",
    "/charts/stock-over-releases.csv?at=releases", "/sitemap-projects-1.xml",
)


def test_no_door_names_it(own_client: Any) -> None:
    before = {path: own_client.get(path).status_code for path in ASKED}
    take_in(f"{SECRET}:1", {**STEEL, "name": "Hidden works"}, known=date(2026, 6, 1),
            visibility="confidential", capacity_t_per_year=2_500_000.0)
    for path in ASKED:
        answer = own_client.get(path)
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        text = body.decode()
        assert answer.status_code == before[path], path
        hidden = ("Hidden works", f"cited: {SECRET}", f"{SECRET}-private-file",
                  *([] if SECRET in path else [SECRET]))  # an error repeats what was asked
        assert [word for word in hidden if word in text] == [], path
    held = standing.current().reader
    assert SECRET not in held.releases["source"].to_list()
    assert date(2026, 6, 1) not in held.releases["published"].to_list()
