"""The base map: land as one shape, boundaries as lines, and those that are not settled apart.

Land is filled without the lines between countries, so that no fill ends where states disagree.
Which lines are dashed or left out stands in disputed.csv with its reason and source.
"""

from __future__ import annotations

import csv
import itertools
import json
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import resources
from typing import Any

from groundbreak.site.assets.antimeridian import cut, cut_line
from groundbreak.site.assets.topology import Point, Topology

SETTLED, DASHED, NOT_DRAWN = "boundary", "dashed", "not drawn"
CREDIT = "Natural Earth 4.1 (public domain) by world-atlas 2; lines in dispute by this project"
DECIMALS = 3


@dataclass(frozen=True)
class Dispute:
    """Of which two countries' shared line, and where (degrees), is drawn how, and why."""

    names: frozenset[str]
    box: tuple[float, float, float, float]
    drawn: str
    why: str
    source: str

    def holds(self, first: Point, second: Point) -> bool:
        """Whether the middle of a step of the line is in the box."""
        x, y = (first[0] + second[0]) / 2, (first[1] + second[1]) / 2
        west, south, east, north = self.box
        return west <= x <= east and south <= y <= north


def disputes() -> list[Dispute]:
    """The rows of disputed.csv."""
    return [Dispute(frozenset((row["first"], row["second"])),
                    (float(row["west"] or -181), float(row["south"] or -91),
                     float(row["east"] or 181), float(row["north"] or 91)),
                    row["drawn"], row["why"], row["source"])
            for row in _rows("disputed.csv")]


def base(topology: Topology) -> dict[str, Any]:
    """A GeoJSON document of three features, told apart by the property `kind`: land (polygons),
    boundary and dashed (lines). WGS 84, cut at ±180°, three decimals (about 100 m)."""
    land = [_rounded_polygon(part) for polygon in topology.land() for part in cut(polygon)]
    lines: dict[str, list[list[list[float]]]] = {SETTLED: [], DASHED: []}
    for drawn, line in [*_shared(topology), *_added()]:
        if drawn != NOT_DRAWN:
            lines[drawn].extend(_rounded(part) for part in cut_line(line))
    return {
        "type": "FeatureCollection",
        "credit": CREDIT,
        "features": [
            _feature("land", "MultiPolygon", land),
            *(_feature(kind, "MultiLineString", found) for kind, found in lines.items()),
        ],
    }


def text(document: dict[str, Any]) -> str:
    """The document without blanks."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))


def _shared(topology: Topology) -> Iterator[tuple[str, list[Point]]]:
    """The shared lines in runs that are drawn alike."""
    listed = disputes()
    for names, line in topology.shared():
        own = [d for d in listed if d.names == names]
        run, before = [line[0]], ""
        for first, second in itertools.pairwise(line):
            drawn = next((d.drawn for d in own if d.holds(first, second)), SETTLED)
            if before not in ("", drawn):
                yield before, run
                run = [first]
            run.append(second)
            before = drawn
        yield before, run


def _added() -> Iterator[tuple[str, list[Point]]]:
    """Lines that the data leaves out (added_lines.csv)."""
    named: dict[str, tuple[str, list[Point]]] = {}
    for row in _rows("added_lines.csv"):
        named.setdefault(row["name"], (row["drawn"], []))[1].append(
            (float(row["longitude"]), float(row["latitude"])))
    yield from named.values()


def _feature(kind: str, shape: str, coordinates: list[Any]) -> dict[str, Any]:
    return {"type": "Feature", "properties": {"kind": kind},
            "geometry": {"type": shape, "coordinates": coordinates}}


def _rounded(line: list[Point]) -> list[list[float]]:
    found: list[list[float]] = []
    for x, y in line:
        point = [round(x, DECIMALS), round(y, DECIMALS)]
        if not found or point != found[-1]:
            found.append(point)
    return found


def _rounded_polygon(polygon: list[list[Point]]) -> list[list[list[float]]]:
    return [ring for line in polygon if len(ring := _rounded(line)) >= 4]


def _rows(name: str) -> list[dict[str, str]]:
    text = resources.files("groundbreak.site.assets").joinpath(name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))
