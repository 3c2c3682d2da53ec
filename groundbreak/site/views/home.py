"""The first page: where things stand, in one sentence, four measures, one chart, what changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils import timezone
from django.utils.translation import get_language

from groundbreak.dossier.latest import latest
from groundbreak.history.view import View
from groundbreak.measures.bridge import bridge
from groundbreak.measures.combined import STOCKS_OF, combined, line_words
from groundbreak.measures.coverage import coverage_warnings
from groundbreak.measures.freshness import freshness
from groundbreak.measures.headline import Headline, headline
from groundbreak.measures.periods import months_back
from groundbreak.measures.population import projects
from groundbreak.reading import Reading
from groundbreak.register import packages
from groundbreak.site.addresses import address
from groundbreak.site.clock import Clock
from groundbreak.site.inline import inline
from groundbreak.site.page import page
from groundbreak.site.spans import since, when
from groundbreak.starter.flagships import companies, plants
from groundbreak.starter.tables import STARTER_PUBLISHED

UNITS = ("plants", "capacity", "money")
EVENTS = 5
POINTS, SPARK = 9, (260, 34)
MEASURES = ("announced", "progressing", "fid")


def home(request: HttpRequest) -> HttpResponse:
    """All of it on the request's clock; what is costly is kept until the log grows."""
    reading, standing = request.reading, request.standing
    view = reading.view
    now = when(request)
    unit = request.GET.get("unit", "plants")
    unit = unit if unit in UNITS else "plants"
    told: Headline = standing.answer(("headline", now), lambda: headline(view))
    opened, release = since(view.valid)
    return page(
        request, "home/home.html", h=told, unit=unit, units=UNITS,
        chart=inline(request, "pipeline-by-sector", unit="" if unit == "plants" else unit),
        since=standing.answer(("home-since", opened, now, get_language()),
                              lambda: _since(reading, opened)), release=release, opened=opened,
        events=standing.answer(("home-events", now), lambda: latest(view, EVENTS)),
        foot=standing.answer(("home-foot", now), lambda: _foot(reading)),
        flagships=standing.answer(("home-flagships", now), lambda: _flagships(reading)),
        support=_support(view), then=_committed(request, opened),
        promised=inline(request, "promised-vs-actual"),
        latest_release=packages.last_public(timezone.now()),
        measures=MEASURES)


# -- since the last release --------------------------------------------------------------------
@dataclass(frozen=True)
class Line:
    """A line of the bridge: how many, in words, and its name."""

    projects: int
    text: str
    line: str


@dataclass(frozen=True)
class Since:
    """The committed plants then, what moved, and now; `unexplained` must be 0."""

    opening: int
    lines: tuple[Line, ...]
    closing: int
    unexplained: int


def _since(reading: Reading, opened: date) -> Since:
    """The bridge of the committed plants from `opened` to the day of the view."""
    view = reading.view
    whole = combined(bridge(view.history, opened, view.valid), STOCKS_OF["committed"])
    lines = tuple(Line(moved, line_words(line, whole, view), line)
                  for line, moved in whole.lines.iter_rows() if moved)
    return Since(whole.opening, lines, whole.closing, whole.residual)


# -- foot, flagships, sparklines -----------------------------------------------------------------
@dataclass(frozen=True)
class Foot:
    """What the figures rest on."""

    projects: int
    countries: int
    sources: int
    fresh: int
    of: int
    warnings: tuple[Any, ...]


def _foot(reading: Reading) -> Foot:
    counted = projects(reading.view).filter("counted")
    fresh, of = freshness(reading.view)
    return Foot(
        counted.height, counted["country"].drop_nulls().str.split(";").explode().n_unique(),
        counted["source"].n_unique(), fresh, of,
        tuple(coverage_warnings(reading.view)))


def _support(view: View) -> tuple[int, int] | None:
    """Supported plants and companies without one; None before that list was known."""
    known = view.known >= STARTER_PUBLISHED
    return (plants().height, companies().height) if known else None


def _committed(request: HttpRequest, opened: date) -> str:
    """The address of those committed on `opened`; a release shows no other day than its own."""
    pairs = [("label", "at_fid"), ("label", "operating")]
    return "" if request.clock.release else address(Clock(known=opened), "projects", pairs=pairs)


def _flagships(reading: Reading) -> list[dict[str, Any]]:
    """Supported plants, counted or not."""
    supported = projects(reading.view).filter(projects(reading.view)["level"] == "flagship")
    return supported.sort("name").rows(named=True)


def spark(request: HttpRequest, measure: str) -> HttpResponse:
    """A sparkline: the 12 months up to each of the last quarter ends, as known then."""
    values = request.standing.answer(
        ("spark", when(request)), lambda: _quarters(request))
    answer = HttpResponse(_drawn([getattr(value, measure).tracked for value in values]),
                          content_type="image/svg+xml")
    answer["Cache-Control"] = "public, max-age=300"
    return answer


def _quarters(request: HttpRequest) -> list[Any]:
    on = request.reading.view.valid
    days = [on]
    quarter = date(on.year, 3 * ((on.month - 1) // 3) + 1, 1)
    while len(days) < POINTS:
        days.append(quarter - timedelta(days=1))
        quarter = months_back(quarter, 3)
    recorded = request.clock.recorded
    return [headline(request.standing.reader.as_of(day, recorded=recorded).view).year
            for day in reversed(days)]


def _drawn(values: list[int]) -> str:
    width, height = SPARK
    most = max([*values, 1])
    points = [(2 + n * (width - 6) / (len(values) - 1), height - 4 - value * (height - 8) / most)
              for n, value in enumerate(values)]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    x, y = points[-1]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">'
        "<style>polyline{stroke:#2f747c}circle{fill:#c8470b}"
        "@media (prefers-color-scheme:dark){polyline{stroke:#5aa7ad}circle{fill:#ff8a4c}}</style>"
        f'<polyline points="{line}" fill="none" stroke-width="2"/>'
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3"/></svg>')


urlpatterns = [
    path("", home, name="home"),
    *(path(f"spark/{measure}.svg", spark, {"measure": measure}, name=f"spark_{measure}")
      for measure in MEASURES),
]
