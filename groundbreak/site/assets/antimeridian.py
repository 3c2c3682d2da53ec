"""Rings and lines cut at 180° of longitude, so that no band crosses a map (RFC 7946, 3.1.9)."""

from __future__ import annotations

import itertools

from groundbreak.site.assets.topology import Point, Polygon, Ring


def cut(polygon: Polygon) -> list[Polygon]:
    """The parts of a polygon within -180°..180°, outer rings counterclockwise, holes clockwise."""
    outer = _closed_at_pole(_unrolled(polygon[0]))
    # A hole that runs once round the earth is the pole itself, which the outer ring holds.
    holes = [hole for ring in polygon[1:] if _returns(hole := _unrolled(ring))]
    parts = []
    for turn in (-1, 0, 1):
        west = -180.0 + 360 * turn
        ring = _between(outer, west)
        if len(ring) < 4 or _area(ring) == 0:
            continue
        inside = [piece for hole in holes for shift in (-360, 0, 360)
                  if len(piece := _between([(x + shift, y) for x, y in hole], west)) >= 4
                  and _area(piece) and _overlap(piece, ring)]
        parts.append([_turned(_moved(ring, -360 * turn), 1),
                      *(_turned(_moved(piece, -360 * turn), -1) for piece in inside)])
    return parts


def cut_line(line: list[Point]) -> list[list[Point]]:
    """A line without its steps from one side of the map to the other."""
    parts: list[list[Point]] = [[line[0]]]
    for before, point in itertools.pairwise(line):
        if abs(point[0] - before[0]) > 180:
            parts.append([])
        parts[-1].append(point)
    return [part for part in parts if len(part) > 1]


def _unrolled(ring: Ring) -> Ring:
    """The ring with longitudes that run on beyond ±180° instead of jumping."""
    found = [ring[0]]
    for before, (x, y) in itertools.pairwise(ring):
        step = (x - before[0] + 180) % 360 - 180
        found.append((found[-1][0] + step, y))
    return found


def _returns(ring: Ring) -> bool:
    return abs(ring[-1][0] - ring[0][0]) < 180


def _closed_at_pole(ring: Ring) -> Ring:
    """A ring that runs once round the earth (Antarctica), closed along the pole it holds."""
    if _returns(ring):
        return ring
    pole = -90.0 if sum(y for _, y in ring) < 0 else 90.0
    (end, _), (start, _) = ring[-1], ring[0]
    along = [(end + (start - end) * quarter / 4, pole) for quarter in range(5)]
    return [*ring, *along, ring[0]]


def _between(ring: Ring, west: float) -> Ring:
    """The ring within 360° east of `west` (Sutherland and Hodgman, one side after the other).

    A part that lies beyond the cut twice stays joined along the cut by edges without area.
    """
    east = west + 360
    kept = _beyond(_beyond(ring, west, 1), east, -1)
    return kept if not kept or kept[0] == kept[-1] else [*kept, kept[0]]


def _beyond(ring: Ring, limit: float, side: int) -> Ring:
    found: Ring = []
    for (x1, y1), (x2, y2) in itertools.pairwise(ring):
        in1, in2 = (x1 - limit) * side >= 0, (x2 - limit) * side >= 0
        if in1 and not found:
            found.append((x1, y1))
        if in1 != in2 and x1 not in (limit,) and x2 not in (limit,):
            found.append((limit, y1 + (y2 - y1) * (limit - x1) / (x2 - x1)))
        if in2:
            found.append((x2, y2))
    return found if not found or found[0] == found[-1] else [*found, found[0]]


def _area(ring: Ring) -> float:
    """Twice the signed area in square degrees: positive if counterclockwise."""
    return sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in itertools.pairwise(ring))


def _turned(ring: Ring, sign: int) -> Ring:
    return ring if _area(ring) * sign > 0 else ring[::-1]


def _moved(ring: Ring, degrees: float) -> Ring:
    return [(x + degrees, y) for x, y in ring]


def _overlap(inner: Ring, outer: Ring) -> bool:
    """Whether the boxes of two rings meet; a hole lies within its own outer ring."""
    (a, b), (c, d) = ((min(x for x, _ in r), max(x for x, _ in r)) for r in (inner, outer))
    return a < d and c < b
