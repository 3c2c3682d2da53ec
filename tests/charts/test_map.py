"""The map's points and drawing: nothing more exact than its source, nothing lost, nothing run."""

from __future__ import annotations

import io
import itertools
import json
import math
import re
import xml.etree.ElementTree as Xml
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundbreak.charts import map as maps
from groundbreak.charts.equal_earth import project
from groundbreak.charts.map_drawing import NORTH, apart, y_of
from groundbreak.charts.map_points import MARKS, NUMBER, Placed, country_points, placed
from groundbreak.vocabulary import countries, translating

SCHEMA = {"record": pl.String, "name": pl.String, "country": pl.String, "product": pl.String,
          "capacity": pl.Int64, "label": pl.String, "origin": pl.String, "start_year": pl.Int32,
          "latitude": pl.Float64, "longitude": pl.Float64, "location_accuracy": pl.String}
DAY = date(2026, 9, 4)
SVG = "{http://www.w3.org/2000/svg}"


def row(number: int = 0, **more: Any) -> dict[str, Any]:
    """An announced plant of the reference size at an exact place in Germany."""
    return {"record": f"made-up:{number}", "name": f"Plant {number}", "country": "DEU",
            "product": "steel", "capacity": 2_500_000, "label": "announced",
            "origin": "new_intervention", "start_year": 2029, "latitude": 51.0, "longitude": 10.0,
            "location_accuracy": "exact"} | more


def on_map(*rows: dict[str, Any]) -> Placed:
    frame = pl.DataFrame(list(rows), schema=SCHEMA)
    return placed(frame, frame)


def drawn(*rows: dict[str, Any], **more: Any) -> str:
    return maps.svg(maps.chart(on_map(*rows), as_of=DAY), **more)


@pytest.mark.parametrize(("accuracy", "approximate"), [
    ("exact", False), ("approximate", True), ("region", True), (None, True)])
def test_a_place_is_exact_only_where_its_source_says_so(
        accuracy: str | None, approximate: bool) -> None:
    found = on_map(row(location_accuracy=accuracy))
    assert found.points["approximate"].to_list() == [approximate]


@pytest.mark.parametrize("missing", [
    {"latitude": None}, {"longitude": None}, {"location_accuracy": "country"},
    {"latitude": 91.0}, {"longitude": -180.5}, {"latitude": math.nan}])
def test_without_coordinates_of_its_own_a_project_is_counted_with_its_country(
        missing: dict[str, Any]) -> None:
    found = on_map(row(**missing))
    assert found.points.is_empty()
    assert found.countries.select("iso3", "projects", "announced").rows() == [("DEU", 1, 1)]


def test_a_project_without_place_and_country_is_counted_as_not_drawn() -> None:
    found = on_map(row(latitude=None, country=None), row(1, latitude=None, country="ATA"), row(2))
    assert (found.points.height, found.countries.height, found.nowhere) == (1, 0, 2)


ROWS = st.lists(st.fixed_dictionaries({
    "country": st.sampled_from(["DEU", "FJI", "DEU;FRA", "XXX", None]),
    "latitude": st.one_of(st.none(), st.floats(-95, 95)),
    "longitude": st.one_of(st.none(), st.floats(-190, 190)),
    "location_accuracy": st.sampled_from(["exact", "approximate", "region", "country", None]),
    "label": st.sampled_from(["announced", "at_fid", "operating", "paused", "lost", "no_stage"]),
    "capacity": st.one_of(st.none(), st.integers(0, 10**9)),
    "start_year": st.one_of(st.none(), st.integers(2000, 2060)),
}), max_size=12)


@given(ROWS)
def test_every_project_is_at_a_place_or_with_a_country_or_not_drawn(
        rows: list[dict[str, Any]]) -> None:
    found = on_map(*(row(number, **own) for number, own in enumerate(rows)))
    with_country = found.countries["projects"].sum()
    assert found.points.height + with_country + found.nowhere == len(rows)
    assert with_country == sum(found.countries[mark.name].sum() for mark in MARKS)
    sizes = found.points["size"]
    assert sizes.is_in([0, *range(3, 21)]).all()
    assert (sizes == 0).to_list() == found.points["capacity"].is_null().to_list()


@pytest.mark.parametrize(("own", "mark"), [
    ({"label": "operating"}, "operating"), ({"label": "operating", "origin": "legacy"}, "legacy"),
    ({"label": "at_fid"}, "at_fid"), ({"start_year": 2030}, "announced"),
    ({"start_year": 2031}, "announced_later"), ({"start_year": None}, "announced_later"),
    ({"label": "paused"}, "paused"), ({"label": "lost"}, "ended"), ({"label": "closed"}, "ended"),
    ({"label": "signalled"}, "unclear")])
def test_the_mark_is_the_public_label(own: dict[str, Any], mark: str) -> None:
    assert on_map(row(**own)).points["mark"].to_list() == [NUMBER[mark]]


def test_size_is_against_the_reference_plant_or_the_largest_of_the_product() -> None:
    found = on_map(
        row(0), row(1, capacity=10_000_000), row(2, capacity=1),  # steel: 2.5 Mt a year
        row(3, product="methanol", capacity=400_000), row(4, product="methanol", capacity=100_000),
        row(5, capacity=None))
    by_record = dict(found.points.select("record", "size").iter_rows())
    assert [by_record[f"made-up:{n}"] for n in range(6)] == [10, 20, 3, 10, 5, 0]


def test_each_country_point_lies_in_the_box_of_the_world_and_has_a_un_name() -> None:
    points = country_points()
    assert points["iso3"].is_unique().all()
    assert points["longitude"].is_between(-180, 180).all()
    assert {countries.name(code) for code in points["iso3"]} >= {"Germany", "Fiji", "Türkiye"}


def test_equal_earth_has_its_published_bounds_and_true_areas() -> None:
    assert project(0, 0) == (0, 0)
    assert project(180, 0)[0] == pytest.approx(2.7066, abs=1e-4)
    assert project(0, 90)[1] == pytest.approx(1.3174, abs=1e-4)

    def area(south: float, north: float) -> float:
        """Of a strip one degree wide, by its thin slices."""
        edges = [south + (north - south) * n / 400 for n in range(401)]
        slices = itertools.pairwise(edges)
        return sum((project(1, (a + b) / 2)[0]) * (project(0, b)[1] - project(0, a)[1])
                   for a, b in slices)

    def on_sphere(south: float, north: float) -> float:
        return math.radians(1) * (math.sin(math.radians(north)) - math.sin(math.radians(south)))

    for south, north in ((0, 10), (40, 60), (70, 88)):
        assert area(south, north) == pytest.approx(on_sphere(south, north), rel=1e-4)


def test_crowded_countries_are_moved_apart_and_lone_ones_stay() -> None:
    homes, radii = [(100.0, 100.0), (104.0, 100.0), (102.0, 97.0), (500.0, 300.0)], [9.0] * 4
    found = apart(homes, radii)
    assert found[3] == homes[3]
    gaps = [math.dist(found[i], found[j]) for i in range(3) for j in range(i)]
    assert min(gaps) > 17  # two radii, but for the pull back home
    assert found == apart(homes, radii)


def test_the_drawing_says_what_is_drawn_and_carries_the_disclaimer() -> None:
    svg = drawn(row(0), row(1, location_accuracy="approximate"), row(2, latitude=None),
                row(3, country="FRA", latitude=None))
    root = Xml.fromstring(svg)
    assert root.find(f"{SVG}title").text == (  # type: ignore[union-attr]
        "4 projects in 2 countries; the largest number, 3, in Germany")
    assert "2 drawn at a place, 1 of them approximate; 2 counted with their country" in svg
    assert maps.DISCLAIMER in svg
    assert f"As known on {translating.day(DAY, short=True)}" in svg
    assert "n = 4" in svg


def test_hostile_text_stays_text_and_nothing_is_styled_run_or_fetched() -> None:
    placed_rows = on_map(row(country="<b>", latitude=None), row(1, country="<b>"))
    svg = maps.svg(maps.chart(placed_rows, as_of=DAY, release='"><script>alert(1)</script>'))
    root = Xml.fromstring(svg)
    assert not [e for e in root.iter() if e.tag in (f"{SVG}script", f"{SVG}image", f"{SVG}style")]
    assert not [e for e in root.iter() if "style" in e.attrib or "href" in e.attrib]
    assert set(re.findall(r"https?://[^\"' <]+", svg)) == {"http://www.w3.org/2000/svg"}


def test_in_a_page_the_drawing_takes_only_the_page_s_colours() -> None:
    svg = drawn(row(), row(1, latitude=None), theme="page", framed=False)
    assert not re.findall(r"#[0-9a-f]{3,6}\b(?!-)", svg.replace("url(#map-legacy)", ""))
    assert "var(--mid)" in svg
    assert maps.DISCLAIMER not in svg


def test_an_unknown_theme_lists_the_themes() -> None:
    with pytest.raises(ValueError, match="light, dark, page"):
        drawn(row(), theme="sepia")


def test_without_a_base_file_the_drawing_says_so(tmp_path: Path) -> None:
    svg = drawn(row(), base=tmp_path / "none.geojson")
    assert "not set up on this machine" in svg
    assert Xml.fromstring(svg) is not None


def test_a_base_file_of_one_s_own_is_drawn(tmp_path: Path) -> None:
    own = tmp_path / "own.geojson"
    own.write_text(json.dumps({"type": "FeatureCollection", "features": [
        {"type": "Feature", "properties": {"kind": "land"}, "geometry": {
            "type": "Polygon", "coordinates": [[[0, 0], [10, 0], [10, 10], [0, 0]]]}},
        {"type": "Feature", "properties": {"kind": "dashed"}, "geometry": {
            "type": "LineString", "coordinates": [[0, 0], [10, 10]]}}]}))
    svg = drawn(row(), base=own)
    assert "not set up" not in svg
    assert re.search(r'd="M500\.0,-?0\.0L[^"]*Z" fill="#e9e7dd"', svg)
    assert 'stroke-dasharray="2.5 1.8"' in svg


def test_no_project_is_said_and_not_an_empty_frame() -> None:
    assert "No project to draw" in drawn()


def test_each_state_is_told_by_shape_or_fill() -> None:
    """No two states are drawn alike, colours left aside but for light and dark fills."""
    from groundbreak.charts.map_drawing import mark
    from groundbreak.charts.theme import palette

    colour = palette("light")
    parts = [mark(one.name, 0, 0, 6, colour) for one in MARKS]
    assert len(set(parts)) == len(MARKS)
    assert "url(#map-legacy)" in parts[NUMBER["legacy"]]


def test_the_png_shows_the_hatching_of_what_is_legacy() -> None:
    from PIL import Image

    def shades(origin: str) -> set[str]:
        """What stands in the mark of a project at 0° 0°: deep, white."""
        own = row(label="operating", origin=origin, latitude=0.0, longitude=0.0)
        png = maps.png(maps.chart(on_map(own), as_of=DAY), scale=4)
        image = Image.open(io.BytesIO(png)).convert("RGB")
        x, y = 2000, round(4 * (76 - y_of(NORTH)))
        found = {image.getpixel((x + i, y + j)) for i in range(-8, 9) for j in range(-8, 9)}
        return {name for name, colour in (("deep", (0x12, 0x36, 0x3d)), ("white", (255, 255, 255)))
                if colour in found}

    assert shades("legacy") == {"deep", "white"}
    assert shades("new_intervention") == {"deep"}
