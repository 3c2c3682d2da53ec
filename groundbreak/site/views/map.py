"""The map's data: points of the projects page's own query, what stands at a place, the base, and
the map drawn on the server."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import Any

import polars as pl
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.shortcuts import render
from django.urls import path
from django.utils.cache import get_conditional_response
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from groundbreak.catalogue.query import BadQuery, Query
from groundbreak.catalogue.table import Selection, catalogue
from groundbreak.charts import map as maps
from groundbreak.charts.map_points import MARKS, Placed, placed
from groundbreak.site.addresses import address
from groundbreak.site.clock import PARAMS
from groundbreak.site.words import word

UNITS_PER_DEGREE = 10_000  # positions travel as whole numbers: about 10 m
BAND_DEGREES = 0.5  # points are sent in bands from south to north, so that steps are short
SHOWN_AT_A_PLACE = 12
FORMATS = {"svg": "image/svg+xml", "png": "image/png"}
OTHERS = PARAMS | {"lang", "more"}  # of the page whose address this is asked with
OWN = ("at", "in", "theme")


@require_safe
def points(request: HttpRequest) -> HttpResponse:
    """The query's projects as columns that map.js draws: see docs/map.md."""
    selection = _selection(request)
    body = json.dumps(columns(_placed(selection)), ensure_ascii=False, separators=(",", ":"))
    return _kept(request, body.encode(), "application/json")


def columns(found: Placed) -> dict[str, Any]:
    """`points`: x, y (steps from the point before, in 1/10,000 degree), m (2 × mark, and 1 where
    the place is approximate), s (size); `countries`: [iso3, name, longitude, latitude, projects,
    counts by mark]; `nowhere`: projects that cannot be drawn.
    """
    whole = found.points.select(
        x=(pl.col("longitude") * UNITS_PER_DEGREE).round().cast(pl.Int64),
        y=(pl.col("latitude") * UNITS_PER_DEGREE).round().cast(pl.Int64),
        m=pl.col("mark") * 2 + pl.col("approximate").cast(pl.Int64), s="size",
        band=(pl.col("latitude") / BAND_DEGREES).floor(),
    ).sort("band", "x", "y")
    steps = whole.with_columns(pl.col("x", "y").diff().fill_null(pl.col("x", "y")))
    return {
        "points": {name: steps[name].to_list() for name in ("x", "y", "m", "s")},
        "countries": [
            [row["iso3"], word("country", row["iso3"]), row["longitude"], row["latitude"],
             row["projects"], [row[mark.name] for mark in MARKS]]
            for row in found.countries.iter_rows(named=True)],
        "nowhere": found.nowhere,
    }


@require_safe
def there(request: HttpRequest) -> HttpResponse:
    """A piece of page: the projects at `at=longitude,latitude`, or those in the country `in=ISO`
    that have no place of their own."""
    place, country = request.GET.get("at", ""), request.GET.get("in", "")
    if bool(place) == bool(country):
        raise BadQuery("at", place, _("at=longitude,latitude in degrees, or in=a country's code"))
    selection = _selection(request)
    found = _placed(selection)
    rows = _at(found.points, place) if place else _without_place(selection, found, country)
    shown = rows.sort("name_key").head(SHOWN_AT_A_PLACE)
    query = selection.query
    if country:
        query = Query.parse({**_params(query), "country": [country]})
    return render(request, "map/there.html", {
        "clock": request.clock, "country": country, "total": rows.height,
        "projects": shown.iter_rows(named=True), "more": rows.height - shown.height,
        "table": address(request.clock, "projects", pairs=query.pairs(display=False)),
    })


@require_safe
def base(request: HttpRequest) -> HttpResponse:
    """The base map named by GROUNDBREAK_MAP_BASE (a GeoJSON file), else the one set up from npm."""
    file = base_file()
    if not file.is_file():
        raise Http404(_("The base map is not set up on this machine."))
    return _kept(request, file.read_bytes(), "application/geo+json")


def base_file() -> Path:
    """Where the base map lies."""
    own = os.environ.get("GROUNDBREAK_MAP_BASE", "")
    return Path(own) if own else settings.STATIC_ROOT / "vendor" / "base.geojson"


@require_safe
def drawn(request: HttpRequest, suffix: str) -> HttpResponse:
    """The same map as an SVG or PNG, made on the server; `theme=dark` for a dark page."""
    theme = request.GET.get("theme", "light")
    if theme not in ("light", "dark"):
        raise BadQuery("theme", theme, "light, dark")
    selection = _selection(request)
    view = request.reading.view
    key = ("map", suffix, theme, tuple(selection.query.pairs(display=False)),
           request.clock, get_language())

    def make() -> bytes:
        chart = maps.chart(_placed(selection), as_of=view.known, valid=view.valid,
                           release=request.clock.release, total=selection.total)
        return maps.png(chart, theme) if suffix == "png" else maps.svg(chart, theme).encode()

    return _kept(request, request.standing.large_answer(key, make), FORMATS[suffix])


def _selection(request: HttpRequest) -> Selection:
    params = {name: values for name, values in request.GET.lists() if name not in OWN}
    query = Query.parse(params, also=OTHERS)
    return catalogue(request.reading.view).select(query)


def _params(query: Query) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in query.pairs(display=False):
        found.setdefault(name, []).append(value)
    return found


def _placed(selection: Selection) -> Placed:
    return placed(selection.frame, selection.catalogue.frame)


def _at(points: pl.DataFrame, place: str) -> pl.DataFrame:
    """The points at a position as it was sent to the map."""
    try:
        longitude, latitude = (round(float(part) * UNITS_PER_DEGREE) for part in place.split(","))
    except (ValueError, OverflowError):
        raise BadQuery("at", place, _("longitude,latitude in degrees")) from None
    return points.filter(
        ((pl.col("longitude") * UNITS_PER_DEGREE).round() == longitude)
        & ((pl.col("latitude") * UNITS_PER_DEGREE).round() == latitude))


def _without_place(selection: Selection, found: Placed, country: str) -> pl.DataFrame:
    if country not in found.countries["iso3"]:
        drawn = ", ".join(found.countries["iso3"])
        raise BadQuery("in", country, drawn or _("no country is drawn for this query"))
    own = pl.col("record").is_in(found.points["record"].implode())
    return selection.frame.filter((pl.col("country").str.slice(0, 3) == country) & ~own)


def _kept(request: HttpRequest, body: bytes, kind: str) -> HttpResponse:
    """The body under its hash: whoever holds it is told so and gets nothing again."""
    etag = f'"{hashlib.sha256(body).hexdigest()[:20]}"'
    unchanged = get_conditional_response(request, etag)
    if isinstance(unchanged, HttpResponseNotModified):
        return unchanged
    response = HttpResponse(body, content_type=kind)
    response["ETag"] = etag
    response["Cache-Control"] = "no-cache"  # asked again, answered 304: an edit shows at once
    return response


urlpatterns = [
    path("map/projects.json", points, name="map_points"),
    path("map/there", there, name="map_there"),
    path("map/base.geojson", base, name="map_base"),
    path("map/static.svg", drawn, {"suffix": "svg"}, name="map_svg"),
    path("map/static.png", drawn, {"suffix": "png"}, name="map_png"),
]
