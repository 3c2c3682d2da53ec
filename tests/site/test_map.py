"""The map: its data against the catalogue, what stands at a place, and what browsers make of it."""

from __future__ import annotations

import gzip
import json
import math
from collections.abc import Callable
from itertools import accumulate
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np
import polars as pl
import pytest

from groundbreak.catalogue.table import catalogue
from groundbreak.charts.map_points import MARKS, NUMBER, placed

VENDOR = Path(__file__).parents[2] / "groundbreak" / "site" / "static" / "vendor"
needs_assets = pytest.mark.skipif(
    not (VENDOR / "manifest.json").is_file(), reason="browser assets are not set up: make assets")


def asked(client: Any, address: str, status: int = 200) -> Any:
    answer = client.get(address)
    assert answer.status_code == status, answer.content[:500]
    return answer


def points(client: Any, query: str = "") -> Any:
    return json.loads(asked(client, f"/map/projects.json{query}").content)


def frame() -> pl.DataFrame:
    from groundbreak.register import standing

    return catalogue(standing.current().reading().view).frame


# -- the data --------------------------------------------------------------------------------------


@pytest.mark.parametrize("query", ["", "?sector=steel", "?all=1", "?label=announced&country=DEU"])
def test_every_project_of_the_query_is_at_a_place_or_with_a_country_or_told(
        client: Any, query: str) -> None:
    from groundbreak.catalogue.query import Query
    from groundbreak.register import standing

    params: dict[str, list[str]] = {}
    for name, _, value in (pair.partition("=") for pair in query[1:].split("&") if pair):
        params.setdefault(name, []).append(value)
    view = standing.current().reading().view
    total = catalogue(view).select(Query.parse(params)).total
    found = points(client, query)
    with_country = sum(row[4] for row in found["countries"])
    assert len(found["points"]["x"]) + with_country + found["nowhere"] == total > 0
    assert all(sum(row[5]) == row[4] for row in found["countries"])


def test_positions_and_marks_are_those_of_the_table(client: Any) -> None:
    found = points(client, "?all=1")["points"]
    places = {(round(x), round(y)) for x, y in zip(
        accumulate(found["x"]), accumulate(found["y"]), strict=True)}
    with_place = frame().filter(pl.col("latitude").is_not_null())
    assert places == {(round(x * 1e4), round(y * 1e4)) for x, y in
                      with_place.select("longitude", "latitude").iter_rows()}
    assert all(m % 2 == 1 for m in found["m"]), "the embedded register knows no exact place"


def test_countries_are_named_as_the_un_does(client: Any) -> None:
    names = {row[0]: row[1] for row in points(client)["countries"]}
    assert names["DEU"] == "Germany"
    assert "VNM" in names
    assert names["VNM"] == "Viet Nam"


def test_the_map_keeps_the_clock(client: Any) -> None:
    before = points(client, "?as_of=2024-01-01")
    assert sum(r[4] for r in before["countries"]) < sum(r[4] for r in points(client)["countries"])


def test_what_was_sent_once_is_not_sent_again(client: Any) -> None:
    first = asked(client, "/map/projects.json")
    again = client.get("/map/projects.json", HTTP_IF_NONE_MATCH=first["ETag"])
    assert (again.status_code, again.content) == (304, b"")
    assert "no-cache" in first["Cache-Control"]


@pytest.mark.parametrize(("address", "named"), [
    ("/map/projects.json?sector=<b>x", "sector"), ("/map/projects.json?colour=red", "colour"),
    ("/map/projects.json?as_of=31-12-2024", "YYYY-MM-DD"),
    ("/map/there", "longitude"), ("/map/there?at=1", "longitude"), ("/map/there?at=nan,inf", "at="),
    ("/map/there?at=1,2&in=DEU", "at="), ("/map/there?in=<script>", "in="),
    ("/map/there?at=1e999,2", "at="), ("/map/static.svg?theme=sepia", "light, dark"),
    ("/map/static.svg?page=0", "page")])
def test_a_question_that_cannot_be_answered_says_what_could(
        client: Any, address: str, named: str) -> None:
    answer = asked(client, quote(address, safe="/?=&,"), 400)
    told = answer.content.decode()
    assert named in told.replace("&#x27;", "'")
    assert "<script>" not in told.replace("<script src=", "")
    assert "<b>x" not in told


def test_only_asking_is_allowed(client: Any) -> None:
    for address in ("/map/projects.json", "/map/there", "/map/base.geojson", "/map/static.svg"):
        assert client.post(address).status_code in (403, 405)


def test_what_stands_at_a_place_links_to_its_project_on_the_same_clock(client: Any) -> None:
    one = frame().filter(pl.col("latitude").is_not_null()).row(0, named=True)
    at = f"{round(one['longitude'], 4)},{round(one['latitude'], 4)}"
    told = asked(client, f"/map/there?at={at}&all=1&as_of=2026-09-04").content.decode()
    assert one["name"] in told
    assert f"/projects/{one['project']}/?as_of=2026-09-04" in told
    assert "place approximate" in told


def test_a_country_tells_those_without_a_place_and_leads_to_the_table(client: Any) -> None:
    most = max(points(client)["countries"], key=lambda row: row[4])
    told = asked(client, f"/map/there?in={most[0]}").content.decode()
    assert f"{most[4]} projects whose place in the country is not stated" in told
    assert told.count("<li>") == min(most[4], 12)
    if most[4] > 12:
        assert f"/projects/?country={most[0]}" in told


def test_hostile_names_stay_text(own_client: Any) -> None:
    from django.template.loader import render_to_string

    from groundbreak.site.clock import Clock

    row = {"project": "GB-X", "name": "<img src=x onerror=alert(1)>", "label": "announced",
           "product": '"><script>', "capacity": 1, "capacity_unit": "t/y", "start_year": 2030,
           "place": "<b>", "country": "DEU", "location_accuracy": "exact"}
    told = render_to_string("map/there.html", {
        "projects": [row], "country": "", "more": 0, "total": 1, "clock": Clock()})
    assert "<img" not in told
    assert "<script" not in told
    assert "<b>" not in told


def test_a_base_map_of_one_s_own_is_served(
        client: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = tmp_path / "own.geojson"
    own.write_text('{"type":"FeatureCollection","features":[]}')
    monkeypatch.setenv("GROUNDBREAK_MAP_BASE", str(own))
    answer = asked(client, "/map/base.geojson")
    assert answer.content == own.read_bytes()
    assert answer["Content-Type"] == "application/geo+json"
    monkeypatch.setenv("GROUNDBREAK_MAP_BASE", str(tmp_path / "none.geojson"))
    asked(client, "/map/base.geojson", 404)


def test_the_drawing_is_of_the_query(client: Any) -> None:
    whole, steel = (asked(client, f"/map/static.svg{query}").content.decode()
                    for query in ("", "?sector=steel&sort=-capacity&more=country"))
    assert "style=" not in whole + steel
    total = sum(row[4] for row in points(client)["countries"]) + len(points(client)["points"]["x"])
    assert f"{total} projects in" in whole
    assert f"{total} projects in" not in steel
    assert asked(client, "/map/static.png?sector=steel").content.startswith(b"\x89PNG")


def test_a_hundred_thousand_points_are_under_a_megabyte_compressed() -> None:
    """Synthetic: clustered as plants are, every place, mark and size drawn by chance."""
    from groundbreak.site.views.map import columns

    chance, many = np.random.default_rng(4), 100_000
    towns = chance.uniform((-130, -40), (150, 65), (4_000, 2))
    places = towns[chance.integers(0, len(towns), many)] + chance.normal(0, 0.4, (many, 2))
    rows = pl.DataFrame({
        "record": [f"synthetic:{n}" for n in range(many)], "country": ["DEU"] * many,
        "longitude": places[:, 0].round(6), "latitude": places[:, 1].round(6),
        "location_accuracy": chance.choice(["exact", "approximate"], many),
        "product": chance.choice(["steel", "ammonia", "methanol"], many),
        "capacity": chance.integers(10**4, 5 * 10**6, many), "origin": ["new_intervention"] * many,
        "label": chance.choice(["announced", "at_fid", "operating", "paused", "lost"], many),
        "start_year": chance.integers(2020, 2040, many)})
    sent = columns(placed(rows, rows))
    body = json.dumps(sent, separators=(",", ":")).encode()
    assert len(sent["points"]["x"]) == many
    assert len(gzip.compress(body, 6)) < 1_000_000
    back = sorted(zip(*(accumulate(sent["points"][axis]) for axis in "xy"), strict=True))
    true = sorted((round(x * 1e4), round(y * 1e4)) for x, y in
                  rows.select("longitude", "latitude").iter_rows())
    assert np.abs(np.array(back) - np.array(true)).max() <= 1


def test_the_page_and_the_server_know_the_same_marks() -> None:
    script = (VENDOR.parent / "map_data.js").read_text()
    listed = script.partition("MARKS = [")[2].partition("]")[0]
    assert [word.strip().strip('"') for word in listed.split(",")] == [m.name for m in MARKS]
    assert list(NUMBER.values()) == list(range(len(MARKS)))


# -- in a browser ----------------------------------------------------------------------------------

TOLD = "not on the map"


def drawn(page: Any) -> Any:
    """The page once its map has its projects and has come to rest."""
    page.locator(".map").scroll_into_view_if_needed()  # it is loaded when it comes into sight
    page.locator(".map[data-drawn]").wait_for(timeout=60_000)
    assert TOLD in page.locator("#map-told").inner_text()
    return page


def shades(page: Any) -> int:
    """How many colours the map shows: one where nothing is drawn."""
    import io

    from PIL import Image

    picture = page.locator(".map").screenshot(caret="initial")
    return len(Image.open(io.BytesIO(picture)).convert("RGB").getcolors(10**6))


@needs_assets
@pytest.mark.parametrize(("width", "dark"), [("desk", False), ("desk", True), ("phone", False)])
def test_the_map_draws(visit: Callable[..., Any], width: str, dark: bool) -> None:
    page = drawn(visit("/projects/", width=width, dark=dark))
    assert shades(page) > 30
    canvas = page.locator(".map canvas")
    assert canvas.get_attribute("tabindex") == "0"
    assert canvas.get_attribute("aria-describedby") == "map-told map-note"
    assert "do not imply official endorsement" in page.locator("#map-note").inner_text()


@needs_assets
def test_a_filter_changes_the_map_and_keeps_it(visit: Callable[..., Any]) -> None:
    page = drawn(visit("/projects/"))
    before = page.locator("#map-told").inner_text()
    page.locator(".map canvas").evaluate("canvas => { canvas.dataset.same = 'yes'; }")
    with page.expect_response(lambda answer: "/map/projects.json?sector=steel" in answer.url):
        page.locator(".facet a", has_text="Steel").first.click()
    page.locator('.map[data-drawn="sector=steel"]').wait_for(timeout=60_000)
    assert page.locator("#map-told").inner_text() != before
    assert page.locator(".map canvas").get_attribute("data-same") == "yes"
    page.go_back()
    page.locator('.map[data-drawn=""]').wait_for(timeout=60_000)
    assert page.locator("#map-told").inner_text() == before


@needs_assets
def test_a_click_on_a_project_tells_it_and_leads_there(visit: Callable[..., Any]) -> None:
    one = "Stegra Spain"
    page = drawn(visit(f"/projects/?q={quote(one)}&all=1"))
    box = page.locator(".map canvas").bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    told = page.locator(".maplibregl-popup")
    told.wait_for()
    assert one in told.inner_text()
    told.get_by_role("link").first.click()
    page.wait_for_url("**/projects/GB-*/")


@needs_assets
def test_a_click_on_a_country_tells_its_projects(visit: Callable[..., Any]) -> None:
    page = drawn(visit("/projects/?country=SWE"))
    click(page, (17.68, 64.76), [(17.68, 64.76)])
    page.locator(".maplibregl-popup", has_text="Sweden").wait_for()
    page.keyboard.press("Escape")


@needs_assets
def test_a_click_on_countries_together_comes_nearer(visit: Callable[..., Any]) -> None:
    """Germany and the Netherlands are one ring as long as Australia is in sight."""
    page = drawn(visit("/projects/?country=DEU&country=NLD&country=AUS"))
    germany, netherlands, australia = (9.92, 51.65), (5.66, 52.44), (132.21, -23.15)
    before = page.locator(".map").screenshot(caret="initial")
    click(page, (7.8, 52.05), [germany, netherlands, australia])
    page.wait_for_timeout(2500)
    assert page.locator(".map").screenshot(caret="initial") != before
    assert page.locator(".maplibregl-popup").count() == 0


def click(page: Any, place: tuple[float, float], shown: list[tuple[float, float]]) -> None:
    """A click at a place on a map that is fitted to what is shown (Mercator, 56 px around)."""
    def mercator(longitude: float, latitude: float) -> tuple[float, float]:
        return math.radians(longitude), -math.asinh(math.tan(math.radians(latitude)))

    box = page.locator(".map canvas").bounding_box()
    xs, ys = zip(*(mercator(*one) for one in shown), strict=True)
    scales = [(room - 112) / span for room, span in
              ((box["width"], max(xs) - min(xs)), (box["height"], max(ys) - min(ys))) if span]
    scale = min([*scales, 512 * 2**5 / (2 * math.pi)])
    x, y = mercator(*place)
    page.mouse.click(box["x"] + box["width"] / 2 + (x - (max(xs) + min(xs)) / 2) * scale,
                     box["y"] + box["height"] / 2 + (y - (max(ys) + min(ys)) / 2) * scale)


@needs_assets
def test_keys_move_and_zoom_the_map(visit: Callable[..., Any]) -> None:
    page = drawn(visit("/projects/"))
    before = page.locator(".map").screenshot(caret="initial")
    page.locator(".map canvas").focus()
    page.keyboard.press("+")
    page.keyboard.press("ArrowLeft")
    page.wait_for_timeout(1500)
    assert page.locator(".map").screenshot(caret="initial") != before


@needs_assets
def test_without_webgl_the_server_s_drawing_stands_in(visit: Callable[..., Any]) -> None:
    page = visit("/about/")
    page.add_init_script("HTMLCanvasElement.prototype.getContext = () => null;")
    page.goto(page.url.replace("/about/", "/projects/?sector=steel"))
    still = page.locator(".map-still")
    still.wait_for()
    assert "static.svg?sector=steel" in still.get_attribute("src")
    assert "no WebGL" in page.locator("#map-told").inner_text()


def test_without_script_the_server_s_drawing_stands_in(visit: Callable[..., Any]) -> None:
    page = visit("/projects/?sector=steel", script=False)
    still = page.locator("img.map-still")
    still.scroll_into_view_if_needed()
    page.wait_for_timeout(500)
    assert still.bounding_box()["height"] > 100
