"""The first page on other days: what had not begun, or was not known, is not told."""

from __future__ import annotations

import html
import re
from datetime import date
from typing import Any

import pytest

from groundbreak.measures.headline import headline
from groundbreak.register import standing
from groundbreak.starter.tables import STARTER_PUBLISHED
from tests.site.opening import main

pytestmark = pytest.mark.usefixtures("contexts")

BEFORE = "2023-10-30"  # before the term


@pytest.mark.parametrize("day", [BEFORE, "2023-12-31", "2024-01-01", "2026-09-04"])
def test_every_link_of_the_first_page_leads_somewhere(client: Any, day: str) -> None:
    for link in set(re.findall(r'href="(/[^"#]*)', main(client, "/", as_of=day))):
        assert client.get(html.unescape(link)).status_code == 200, link


def test_before_the_term_the_last_twelve_months_lead(client: Any) -> None:
    told = headline(standing.current().reader.as_of(BEFORE).view)
    assert told.shown == told.year != told.term
    text = main(client, "/", as_of=BEFORE)
    assert [int(n) for n in re.findall(r'<div class="n">([\d,]+)</div>', text)] == [
        told.year.announced.tracked, told.year.progressing.tracked, told.year.fid.tracked]
    assert "since Jan 2024" not in text
    assert "since Jan 2024" in main(client, "/")


def test_what_was_committed_then_opens(client: Any) -> None:
    text = main(client, "/")
    number, link = re.search(  # type: ignore[union-attr]
        r'<b>(\d+)</b><a href="([^"]*)">committed then', text).groups()
    assert client.get(html.unescape(link)).context["total"] == int(number)


def test_the_list_of_the_supported_is_not_known_before_it_came_out(client: Any) -> None:
    assert date.fromisoformat(BEFORE) < STARTER_PUBLISHED
    assert "named plants" in main(client, "/")
    assert "named plants" not in main(client, "/", as_of=BEFORE)


def test_counted_projects_have_a_source(client: Any) -> None:
    """Facts are known on their own day, long before the edition that brings them came out."""
    foot = client.get("/", {"as_of": BEFORE}).context["foot"]
    assert foot.projects > 0
    assert foot.sources == 1


def test_a_year_that_is_not_over_did_not_fail(client: Any) -> None:
    assert "by the end of 2023 did</h2>" not in main(client, "/", as_of=BEFORE)
    assert "by the end of 2023 do so far</h2>" in main(client, "/", as_of=BEFORE)
    assert "by the end of 2023 did</h2>" in main(client, "/", as_of="2023-12-31")
