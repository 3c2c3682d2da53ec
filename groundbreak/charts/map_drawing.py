"""How the map's parts are drawn: ground, marks, and rings of states for countries.

Written here and not by a chart library: a ring of states at a place, and the moving apart of
crowded countries, are no marks of one.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import lru_cache
from html import escape
from math import cos, pi, sin, sqrt
from pathlib import Path
from typing import Any

from groundbreak.charts.equal_earth import project
from groundbreak.charts.map_points import MARKS, NUMBER, Placed
from groundbreak.vocabulary import countries

WIDTH = 1000
SOUTH, NORTH = -57.0, 84.0  # what is drawn: no project stands in Antarctica
SCALE = WIDTH / 2 / project(180, 0)[0]
NO_LAND = "The shapes of land are not set up on this machine."
Colours = dict[str, str]


def x_of(longitude: float, latitude: float) -> float:
    """Units to the east of the drawing's left edge."""
    return WIDTH / 2 + SCALE * project(longitude, latitude)[0]


def y_of(latitude: float) -> float:
    """Units down from the equator."""
    return -SCALE * project(0, latitude)[1]


@lru_cache(maxsize=4)
def _base(file: Path, changed: float) -> Colours:
    """A path a kind of the base map (land, boundary, dashed), drawn."""
    document = json.loads(file.read_text(encoding="utf-8"))
    paths: Colours = {}
    for feature in document["features"]:
        kind, geometry = feature["properties"].get("kind", "land"), feature["geometry"]
        closed = "Z" if "Polygon" in geometry["type"] else ""
        paths[kind] = paths.get(kind, "") + "".join(
            _path(line) + closed for line in _lines(geometry) if _drawn(line))
    return paths


def _lines(geometry: dict[str, Any]) -> Iterable[list[list[float]]]:
    found = geometry["coordinates"]
    depth = {"LineString": 0, "MultiLineString": 1, "Polygon": 1, "MultiPolygon": 2}
    for _ in range(depth[geometry["type"]] - 1):
        found = [line for part in found for line in part]
    return found if depth[geometry["type"]] else [found]


def _drawn(line: list[list[float]]) -> bool:
    return max(point[1] for point in line) > SOUTH


def _path(line: list[list[float]]) -> str:
    """Points that fall together at this size are drawn once."""
    steps: list[str] = []
    for longitude, latitude in line:
        step = f"{x_of(longitude, latitude):.1f},{y_of(latitude):.1f}"
        if not steps or steps[-1] != step:
            steps.append(step)
    return "M" + "L".join(steps)


def ground(colour: Colours, file: Path) -> list[str]:
    """Land, boundaries and unsettled lines; a graticule where the base file is missing."""
    try:
        paths = _base(file, file.stat().st_mtime)
    except OSError:
        return [_graticule(colour), text(24, y_of(SOUTH) - 12, NO_LAND, colour["muted"])]
    return [
        f'<path d="{paths.get("land", "")}" fill="{colour["land"]}"/>',
        f'<path d="{paths.get("boundary", "")}" fill="none" stroke="{colour["line"]}" '
        'stroke-width="0.7" stroke-linejoin="round"/>',
        f'<path d="{paths.get("dashed", "")}" fill="none" stroke="{colour["dash"]}" '
        'stroke-width="0.8" stroke-dasharray="2.5 1.8"/>',
    ]


def _graticule(colour: Colours) -> str:
    parallels = [[[float(x), float(y)] for x in range(-180, 181, 10)] for y in range(-40, 81, 20)]
    meridians = [[[float(x), y / 2] for y in range(int(SOUTH) * 2, int(NORTH) * 2 + 1, 6)]
                 for x in range(-180, 181, 30)]
    lines = "".join(_path(line) for line in [*parallels, *meridians])
    return f'<path d="{lines}" fill="none" stroke="{colour["rule"]}" stroke-width="0.7"/>'


def patterns(colour: Colours) -> str:
    """The hatching of what is legacy."""
    return (
        '<defs><pattern id="map-legacy" width="3.5" height="3.5" patternUnits="userSpaceOnUse" '
        f'patternTransform="rotate(45)"><rect width="3.5" height="3.5" fill="{colour["card"]}"/>'
        f'<rect width="1.3" height="3.5" fill="{colour["deep"]}"/></pattern></defs>')


def _fill(name: str, colour: Colours) -> str:
    return {"operating": colour["deep"], "legacy": "url(#map-legacy)", "at_fid": colour["mid"],
            "announced": colour["light"]}.get(name, colour["card"])


def mark(name: str, x: float, y: float, r: float, colour: Colours,
         approximate: bool = False) -> str:
    """One mark of MARKS, of radius `r` at x, y; approximate: hollow, a core, in a soft ring."""
    shape = MARKS[NUMBER[name]].shape
    if shape in ("cross", "bars"):
        line = (f"M{x - .8 * r:.1f},{y - .8 * r:.1f}l{1.6 * r:.1f},{1.6 * r:.1f}m0,{-1.6 * r:.1f}"
                f"l{-1.6 * r:.1f},{1.6 * r:.1f}" if shape == "cross" else
                f"M{x - .4 * r:.1f},{y - .9 * r:.1f}v{1.8 * r:.1f}m{.8 * r:.1f},0v{-1.8 * r:.1f}")
        soft = _soft(x, y, r, colour) if approximate else ""
        return (f'{soft}<path d="{line}" fill="none" stroke="{colour["muted"]}" '
                'stroke-width="1.8"/>')
    edge = colour["muted"] if name == "unclear" else colour["deep"]
    fill = _fill(name, colour)
    if not approximate:
        edge = colour["card"] if name in ("operating", "at_fid") else edge
        return _shape(shape, x, y, r, fill, edge)
    return (_soft(x, y, r, colour) + _shape(shape, x, y, r, colour["card"], edge)
            + _shape(shape, x, y, r / 2, fill, edge))


def _soft(x: float, y: float, r: float, colour: Colours) -> str:
    return (f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{1.6 * r + 3:.1f}" fill="{colour["mid"]}" '
            'fill-opacity="0.18"/>')


def _shape(shape: str, x: float, y: float, r: float, fill: str, edge: str) -> str:
    drawn = f'fill="{fill}" stroke="{edge}" stroke-width="0.9"'
    if shape == "circle":
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{r:.1f}" {drawn}/>'
    path = {
        "square": f"M{x - .89 * r:.1f},{y - .89 * r:.1f}h{1.78 * r:.1f}v{1.78 * r:.1f}"
                  f"h{-1.78 * r:.1f}Z",
        "triangle": f"M{x:.1f},{y - 1.2 * r:.1f}l{1.15 * r:.1f},{2 * r:.1f}h{-2.3 * r:.1f}Z",
        "diamond": f"M{x:.1f},{y - 1.2 * r:.1f}l{1.2 * r:.1f},{1.2 * r:.1f}"
                   f"l{-1.2 * r:.1f},{1.2 * r:.1f}l{-1.2 * r:.1f},{-1.2 * r:.1f}Z",
    }[shape]
    return f'<path d="{path}" {drawn}/>'


def points(placed: Placed, colour: Colours) -> list[str]:
    """The projects that have coordinates."""
    rows = placed.points.sort("mark", "longitude", "latitude")
    return [
        mark(MARKS[row["mark"]].name, x_of(row["longitude"], row["latitude"]),
             y_of(row["latitude"]), radius(row["size"]), colour, row["approximate"])
        for row in rows.select("mark", "longitude", "latitude", "size", "approximate").iter_rows(
            named=True)]


def radius(size: int) -> float:
    """Units of radius of a project's size (0: not stated)."""
    return 1.2 + size * 0.45 if size else 2.6


def rings(placed: Placed, colour: Colours) -> list[str]:
    """A ring of states a country, moved apart where they crowd, with a line to where it belongs."""
    rows = placed.countries.sort("projects", "iso3", descending=[True, False]).to_dicts()
    homes = [(x_of(row["longitude"], row["latitude"]), y_of(row["latitude"])) for row in rows]
    radii = [5.5 + 2.1 * sqrt(row["projects"]) for row in rows]
    found = []
    for row, home, (x, y), r in zip(rows, homes, apart(homes, radii), radii, strict=True):
        if (home[0] - x) ** 2 + (home[1] - y) ** 2 > 9:
            found.append(f'<path d="M{home[0]:.1f},{home[1]:.1f}L{x:.1f},{y:.1f}" fill="none" '
                         f'stroke="{colour["mid"]}" stroke-width="0.7"/>'
                         f'<circle cx="{home[0]:.1f}" cy="{home[1]:.1f}" r="1.2" '
                         f'fill="{colour["mid"]}"/>')
        name = escape(f"{name_of(row['iso3'])}: {row['projects']:,}")
        found.append(f"<g><title>{name}</title>{_ring(row, x, y, r, colour)}</g>")
    return sorted(found, key=lambda part: part.startswith("<g>"))


def _ring(row: dict[str, Any], x: float, y: float, r: float, colour: Colours) -> str:
    parts = [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{r + 1.5:.1f}" fill="{colour["card"]}" '
             f'stroke="{colour["mid"]}" stroke-width="0.8" stroke-dasharray="2 2"/>']
    start = 0.0
    for name in reversed([one.name for one in MARKS]):
        share = row[name] / row["projects"]
        if share:
            fill = colour["rule"] if name in ("paused", "ended", "unclear") else _fill(name, colour)
            edge = colour["mid"] if name == "announced_later" else colour["card"]
            parts.append(_segment(x, y, r, start, start + share, fill, edge))
            start += share
    parts.append(f'<text x="{x:.1f}" y="{y + 3.8:.1f}" text-anchor="middle" font-size="11" '
                 f'font-weight="600" fill="{colour["ink"]}">{row["projects"]:,}</text>')
    return "".join(parts)


def _segment(x: float, y: float, r: float, start: float, end: float, fill: str, edge: str) -> str:
    """A part of a ring from `start` to `end` of a turn, clockwise from the top."""
    inner = r - max(2.4, 0.24 * r)
    drawn = f'fill="{fill}" stroke="{edge}" stroke-width="0.6"'
    if end - start > 0.999:
        path = "".join(f"M{x - of:.1f},{y:.1f}a{of:.1f},{of:.1f} 0 1 0 {2 * of:.1f},0"
                       f"a{of:.1f},{of:.1f} 0 1 0 {-2 * of:.1f},0Z" for of in (r, inner))
        return f'<path d="{path}" fill-rule="evenodd" {drawn}/>'
    (x1, y1), (x2, y2) = (_on(x, y, r, turn) for turn in (start, end))
    (x3, y3), (x4, y4) = (_on(x, y, inner, turn) for turn in (end, start))
    large = int(end - start > 0.5)
    return (f'<path d="M{x1:.1f},{y1:.1f}A{r:.1f},{r:.1f} 0 {large} 1 {x2:.1f},{y2:.1f}'
            f'L{x3:.1f},{y3:.1f}A{inner:.1f},{inner:.1f} 0 {large} 0 {x4:.1f},{y4:.1f}Z" {drawn}/>')


def _on(x: float, y: float, r: float, turn: float) -> tuple[float, float]:
    return x + r * sin(2 * pi * turn), y - r * cos(2 * pi * turn)


def apart(homes: list[tuple[float, float]], radii: list[float],
          rounds: int = 120) -> list[tuple[float, float]]:
    """Positions at which circles no longer overlap much, each drawn back to its home."""
    found = [list(home) for home in homes]
    for _ in range(rounds):
        for i in range(len(found)):
            for j in range(i):
                dx, dy = found[i][0] - found[j][0], found[i][1] - found[j][1]
                distance = sqrt(dx * dx + dy * dy) or 0.01
                overlap = radii[i] + radii[j] + 4 - distance
                if overlap > 0:
                    push_x, push_y = dx / distance * overlap / 2, dy / distance * overlap / 2
                    found[i][0] += push_x
                    found[i][1] += push_y
                    found[j][0] -= push_x
                    found[j][1] -= push_y
        for place, home in zip(found, homes, strict=True):
            place[0] += (home[0] - place[0]) * 0.02
            place[1] += (home[1] - place[1]) * 0.02
    return [(x, y) for x, y in found]


def text(x: float, y: float, text: str, fill: str, size: int = 13, weight: int = 400) -> str:
    """A line of text, escaped."""
    return (f'<text x="{x:.0f}" y="{y:.1f}" font-size="{size}" font-weight="{weight}" '
            f'fill="{fill}">{escape(text)}</text>')


def name_of(code: str) -> str:
    """A country's short UN name; a code that is none stays as it is."""
    try:
        return countries.name(code)
    except ValueError:
        return code
