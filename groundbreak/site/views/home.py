"""The first page: where things stand, in one sentence, four measures, one chart, what changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils.translation import gettext as _

from groundbreak.dossier.latest import latest
from groundbreak.measures.bridge import LINES, bridge
from groundbreak.measures.combined import Combined, combined
from groundbreak.measures.coverage import coverage_warnings
from groundbreak.measures.decisions import decisions
from groundbreak.measures.freshness import freshness
from groundbreak.measures.headline import Headline, headline
from groundbreak.measures.periods import months_back
from groundbreak.measures.population import projects
from groundbreak.reading import Reading
from groundbreak.register.models import Package
from groundbreak.site.inline import inline
from groundbreak.site.page import page
from groundbreak.starter.flagships import companies, plants

UNITS = ("plants", "capacity", "money")
COMMITTED = ("at_fid", "operating")
EVENTS = 5
MOST_IDS = 60  # projects that a link may name one by one
POINTS, SPARK = 9, (260, 34)
MEASURES = ("announced", "progressing", "fid")


def home(request: HttpRequest) -> HttpResponse:
    """All of it on the request's clock; what is costly is kept until the log grows."""
    reading, standing = request.reading, request.standing
    view = reading.view
    when = (view.known, view.valid, request.clock.recorded)
    unit = request.GET.get("unit", "plants")
    unit = unit if unit in UNITS else "plants"
    told: Headline = standing.answer(("headline", when), lambda: headline(view))
    opened, release = _since(request)
    return page(
        request, "home/home.html", h=told, unit=unit, units=UNITS,
        chart=inline(request, "pipeline-by-sector", **({"unit": unit} if unit != "plants" else {})),
        since=standing.answer(("home-since", opened, when),
                              lambda: _since_lines(reading, opened)), release=release,
        opened=opened,
        events=standing.answer(("home-events", when), lambda: latest(view, EVENTS)),
        foot=standing.answer(("home-foot", when), lambda: _foot(reading)),
        flagships=standing.answer(("home-flagships", when), lambda: _flagships(reading)),
        support=(plants().height, companies().height),
        promised=inline(request, "promised-vs-actual"),
        latest_release=Package.objects.filter(state="public").last(),
        measures=MEASURES)


# -- since the last release --------------------------------------------------------------------
def _since(request: HttpRequest) -> tuple[date, str]:
    """The day that the page compares with, and the release it belongs to ('' for none)."""
    on = request.reading.view.valid
    package = Package.objects.filter(state="public", known__lt=on).last()
    return (package.known, package.name) if package else (months_back(on, 12), "")


@dataclass(frozen=True)
class Line:
    """A line of the bridge: how many, in words, and where it opens."""

    projects: int
    text: str
    line: str
    ids: tuple[str, ...]


@dataclass(frozen=True)
class Since:
    """The committed plants then, what moved, and now; `unexplained` must be 0."""

    opening: int
    lines: tuple[Line, ...]
    closing: int
    unexplained: int


def _since_lines(reading: Reading, opened: date) -> Since:
    """The bridge of the committed plants from `opened` to the day of the view."""
    history, closed = reading.view.history, reading.view.valid
    whole: Combined = combined(bridge(history, opened, closed), COMMITTED)
    counts = dict(whole.lines.select("line", "projects").iter_rows())
    lines = tuple(
        Line(counts[name], _line_words(name, whole, reading), name,
             tuple(whole.members.filter(whole.members["line"] == name)["project"].to_list()))
        for name in LINES if counts.get(name))
    return Since(whole.opening, lines, whole.closing, whole.residual)


def _line_words(name: str, whole: Combined, reading: Reading) -> str:
    if name != "advanced_in":
        return _(LINES[name])
    moved = whole.members.filter(whole.members["line"] == name).select("record")
    kinds = dict(decisions(reading.view).join(moved, on="record", how="semi")
                 .group_by("kind").len().iter_rows())
    return _("reached FID (%(stated)s stated, %(implied)s implied)") % {
        "stated": kinds.get("stated", 0), "implied": kinds.get("implied", 0)}


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
        reading.view.releases["source"].n_unique(), fresh, of,
        tuple(coverage_warnings(reading.view)))


def _flagships(reading: Reading) -> list[dict[str, Any]]:
    """Supported plants, counted or not."""
    supported = projects(reading.view).filter(projects(reading.view)["level"] == "flagship")
    return supported.sort("name").rows(named=True)


def spark(request: HttpRequest, measure: str) -> HttpResponse:
    """A sparkline: the 12 months up to each of the last quarter ends, as known then."""
    values = request.standing.answer(
        ("spark", request.reading.view.known, request.clock.recorded),
        lambda: _quarters(request))
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
