"""Points on the globe as sources print them, where both coordinates stand in one value."""

from __future__ import annotations

import re

from groundbreak.sources.files import Cell
from groundbreak.sources.statements import Statements

ACCEPTED_PAIR = "'latitude, longitude' in decimal degrees, e.g. '36.7540, 6.2444'"
_PAIR = re.compile(r"(-?\d{1,3}(?:\.\d+)?)\s*,\s*(-?\d{1,3}(?:\.\d+)?)")


def state_point(says: Statements, cell: Cell, latitude: float, longitude: float) -> bool:
    """State a point; one off the globe or at 0, 0 is a finding. Returns whether it was stated."""
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        says.finding("off_the_globe", cell, f"{latitude:g}, {longitude:g} is not a place on Earth",
                     "latitude -90..90, longitude -180..180")
        return False
    if latitude == 0 and longitude == 0:
        says.finding("null_island", cell, "0, 0 stands for a place that was not found",
                     "the coordinates of the site, or a blank")
        return False
    says.add("latitude", number=latitude, raw=cell.raw, place=cell.place)
    says.add("longitude", number=longitude, raw=cell.raw, place=cell.place)
    return True


def state_pair(says: Statements, cell: Cell) -> bool:
    """State the point of a cell that holds 'lat, lon'; other text is a finding."""
    match = _PAIR.fullmatch(cell.text)
    if match is None:
        says.finding("unreadable_coordinates", cell, "not a pair of coordinates", ACCEPTED_PAIR)
        return False
    return state_point(says, cell, float(match[1]), float(match[2]))
