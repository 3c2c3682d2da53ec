"""TopoJSON as world-atlas publishes it: arcs to lines, rings and the lines two countries share."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

Point = tuple[float, float]  # longitude, latitude in degrees
Ring = list[Point]
Polygon = list[Ring]


@dataclass(frozen=True)
class Topology:
    """A quantised topology with the objects `countries` and `land`."""

    document: dict[str, Any]

    @cached_property
    def arcs(self) -> list[list[Point]]:
        """Every arc in degrees (deltas summed, scaled, moved; TopoJSON specification 2.1.3)."""
        (kx, ky), (x0, y0) = (self.document["transform"][k] for k in ("scale", "translate"))
        found = []
        for deltas in self.document["arcs"]:
            x = y = 0
            line = []
            for dx, dy in deltas:
                x, y = x + dx, y + dy
                line.append((x0 + x * kx, y0 + y * ky))
            found.append(line)
        return found

    def _ring(self, indexes: list[int]) -> Ring:
        """Arcs joined; ~index is an arc read backwards; each next one starts where one ended."""
        ring: Ring = []
        for index in indexes:
            line = self.arcs[index] if index >= 0 else self.arcs[~index][::-1]
            ring.extend(line if not ring else line[1:])
        return ring

    def polygons(self, geometry: dict[str, Any]) -> list[Polygon]:
        """The polygons of a geometry (Polygon, MultiPolygon or a collection of them)."""
        if geometry["type"] == "GeometryCollection":
            return [p for part in geometry["geometries"] for p in self.polygons(part)]
        several = geometry["arcs"] if geometry["type"] == "MultiPolygon" else [
            geometry.get("arcs", [])]
        return [[self._ring(ring) for ring in polygon] for polygon in several if polygon]

    def land(self) -> list[Polygon]:
        """All land, without lines between countries."""
        return self.polygons(self.document["objects"]["land"])

    def countries(self) -> Iterator[tuple[str, str, list[Polygon]]]:
        """Of each country its ISO 3166-1 numeric code ("" if none), name there and polygons."""
        for geometry in self.document["objects"]["countries"]["geometries"]:
            yield (str(geometry.get("id", "")), geometry["properties"]["name"],
                   self.polygons(geometry))

    def shared(self) -> Iterator[tuple[frozenset[str], list[Point]]]:
        """Each line that two countries share: their names there, and the line."""
        owners: dict[int, set[str]] = {}
        for geometry in self.document["objects"]["countries"]["geometries"]:
            for index in _flat(geometry.get("arcs", [])):
                owners.setdefault(max(index, ~index), set()).add(geometry["properties"]["name"])
        for index, names in sorted(owners.items()):
            if len(names) == 2:
                yield frozenset(names), self.arcs[index]


def _flat(arcs: Any) -> Iterator[int]:
    for item in arcs:
        if isinstance(item, list):
            yield from _flat(item)
        else:
            yield item
