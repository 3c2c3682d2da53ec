"""The site in a real browser: every page in light and dark, on a desk and on a phone."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.site.conftest import WIDTHS
from tests.site.pages import PAGES

Visit = Callable[..., Any]
EXPECTED = {"missing": 404, "refused": 400}
GRAVE = ("serious", "critical")


@cache
def axe() -> str:
    """axe-core's script, as its Python package carries it."""
    import axe_playwright_python

    return next(Path(axe_playwright_python.__file__).parent.rglob("axe.min.js")).read_text()


def violations(page: Any) -> list[str]:
    """What axe finds that is serious or critical: rule, and where."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(axe())  # by the debugger, so that the page's own policy stays as it is
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [f"{v['id']}: {v['nodes'][0]['html'][:160]}" for v in found["violations"]
            if v["impact"] in GRAVE]


@pytest.mark.parametrize("name", list(PAGES))
def test_page(visit: Visit, name: str) -> None:
    """One visit, looked at four times: on a desk and on a phone, in light and in dark."""
    page = visit(PAGES[name], status=EXPECTED.get(name, 200))
    assert page.locator("h1").count() == 1
    assert page.locator("html").get_attribute("lang") == "en"
    wrong = []
    for width, (across, down) in WIDTHS.items():
        page.set_viewport_size({"width": across, "height": down})
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            wrong.append(f"{width}: wider than the window")
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            wrong += [f"{width}, {scheme}: {found}" for found in violations(page)]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("name", ["home", "projects", "project", "changes", "bridge", "gap"])
def test_page_without_javascript(visit: Visit, name: str) -> None:
    page = visit(PAGES[name], script=False)
    assert page.locator("h1").inner_text()
    assert page.locator("main a").count() > 3


def test_filters_narrow_the_table_the_map_and_the_downloads_alike(
    visit: Visit, address: str
) -> None:
    page = visit("/projects/")
    whole = _total(page)
    steel = page.locator(".facet a", has_text="Steel").first
    said = int(steel.locator(".n").inner_text())
    steel.click()
    page.wait_for_url("**sector=steel**")
    page.wait_for_function(f"document.querySelector('h1').textContent.startsWith('{said} ')")
    assert 0 < said < whole
    assert page.locator("table.list tbody tr").count() == said
    links = {a.inner_text(): a.get_attribute("href")
             for a in page.locator("p.more a[download]").all()}
    fetched = {kind: page.request.get(address + links[kind]).body()
               for kind in ("CSV", "JSON", "GeoJSON", "XLSX")}
    shown = [row.locator("th").inner_text() for row in page.locator("table.list tbody tr").all()]
    rows = list(csv.DictReader(io.StringIO(fetched["CSV"].decode())))
    assert [row["name"] for row in rows] == shown
    assert [p["name"] for p in json.loads(fetched["JSON"])["projects"]] == shown
    features = json.loads(fetched["GeoJSON"])["features"]
    assert [f["properties"]["name"] for f in features] == shown
    sheet = openpyxl.load_workbook(io.BytesIO(fetched["XLSX"]), read_only=True)["Projects"]
    column = [c.value for c in next(sheet.iter_rows())].index("Project")
    assert [row[column].value for row in sheet.iter_rows(min_row=2)] == shown


def _total(page: Any) -> int:
    found = re.match(r"[\d,]+", page.locator("h1").inner_text())
    assert found
    return int(found[0].replace(",", ""))


def test_search_finds_without_accents_and_clears(visit: Visit) -> None:
    page = visit("/projects/")
    page.locator("#q").fill("renovaveis mataripe")
    page.locator(".narrow button").click()
    page.wait_for_url("**q=renovaveis**")
    assert _total(page) == 0
    page.get_by_role("link", name="Look also among what is not counted").click()
    page.wait_for_url("**all=1**")
    page.wait_for_function("document.querySelector('h1').textContent.startsWith('1 ')")
    page.get_by_role("link", name="Acelen Renovaveis Mataripe").click()
    page.wait_for_url("**/projects/GB-GF4WB63WPZ/**")
    assert page.locator("h1").inner_text() == "Acelen Renovaveis Mataripe"


def test_the_search_of_the_bar_works_on_every_page(visit: Visit) -> None:
    page = visit("/gap/?as_of=2025-06-01")
    page.locator("#find").fill("Stegra")
    page.locator("#find").press("Enter")
    page.wait_for_url("**/projects/?q=Stegra**")
    assert "as_of=2025-06-01" in page.url  # the clock travels with the question


def test_time_travel_from_the_bar_says_so_and_comes_back(visit: Visit) -> None:
    page = visit("/projects/?sector=steel")
    now = _total(page)
    page.locator("details.clock summary").click()
    page.locator("#as_of").fill("2022-01-01")
    page.locator(".clock-form button").click()
    page.wait_for_url("**as_of=2022-01-01**")
    assert "sector=steel" in page.url
    assert "what was known on 1 Jan 2022" in page.locator(".travel").inner_text()
    assert _total(page) < now
    page.locator(".travel a").click()
    page.wait_for_url(re.compile(r"/projects/\?sector=steel$"))
    assert _total(page) == now


def test_keyboard_reaches_content_first_and_closes_the_clock(visit: Visit) -> None:
    page = visit("/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.locator("details.clock summary").focus()
    page.keyboard.press("Enter")
    assert page.locator("details.clock").get_attribute("open") is not None
    page.keyboard.press("Escape")
    assert page.locator("details.clock").get_attribute("open") is None


def test_on_a_phone_the_status_stands_with_the_name(visit: Visit) -> None:
    """Without scrolling the table aside; said once to a screen reader."""
    for width, seen in (("phone", True), ("desk", False)):
        row = visit("/projects/", width=width).locator(".list tbody tr").first
        beside = row.locator("th .at-hand")
        assert beside.is_visible() is seen
        assert beside.text_content() == row.locator("td .status").text_content()
        assert beside.get_attribute("aria-hidden") == "true"


def test_sorting_and_columns_are_in_the_address(visit: Visit) -> None:
    page = visit("/projects/?columns=capacity&sort=-capacity")
    heads = [h.inner_text() for h in page.locator("table.list thead th").all()]
    assert heads == ["Project", "Capacity ↓"]
    page.locator("table.list thead a", has_text="Capacity").click()
    page.wait_for_url("**sort=capacity**")
    assert page.locator("th[aria-sort=ascending]").count() == 1


def test_every_line_since_the_last_release_opens(visit: Visit, address: str) -> None:
    page = visit("/")
    links = [a.get_attribute("href") for a in page.locator(".bridge a, .cards a, .rests a").all()]
    assert len(links) > 6
    for link in set(links):
        assert page.request.get(address + link).ok, link


def test_first_page_is_small(visit: Visit) -> None:
    page = visit("/", count=True)
    sent = page.sent()
    map_bytes = sum(size for url, size in sent.items() if "/map/" in url)
    assert sum(sent.values()) - map_bytes <= 150_000, sent
