"""The map as a drawing: for print, the briefing, link previews and browsers without WebGL.

Equal Earth, from the same base file as the interactive map; without it, points on a plain
graticule and a line that says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from html import escape
from math import ceil
from pathlib import Path

import vl_convert

from groundbreak.charts import fonts
from groundbreak.charts.map_drawing import (
    NORTH,
    SOUTH,
    WIDTH,
    ground,
    mark,
    name_of,
    patterns,
    points,
    rings,
    text,
    y_of,
)
from groundbreak.charts.map_points import MARKS, NUMBER, Placed
from groundbreak.charts.theme import FAMILY, SMALL, TITLE, palette
from groundbreak.measures import DEFINITION_VERSION
from groundbreak.vocabulary.translating import day, gettext, ngettext, noop, number

BASE = fonts.FOLDER.parent / "base-110m.geojson"
DISCLAIMER = noop(
    "The boundaries, names and designations used here do not imply official endorsement or "
    "acceptance.")
GROUND = {
    "light": {"land": "#e9e7dd", "line": "#ffffff", "dash": "#7d888c"},
    "dark": {"land": "#202e33", "line": "#10181b", "dash": "#8fa0a5"},
    "page": {"land": "var(--map-land)", "line": "var(--map-line)", "dash": "var(--map-dash)"},
}
LABELS = {
    "operating": noop("operating"), "legacy": noop("operating, legacy"), "at_fid": noop("at FID"),
    "announced": noop("announced, due by 2030"),
    "announced_later": noop("announced, later or undated"), "paused": noop("paused"),
    "ended": noop("cancelled, closed or lost"), "unclear": noop("stage unclear"),
    "approximate": noop("place approximate"),
    "country": noop("with the country: place not stated"),
}


@dataclass(frozen=True)
class MapChart:
    """A map with what is said around it; :func:`svg` and :func:`png` draw it."""

    title: str
    subtitle: str
    alt: str
    footer: str
    placed: Placed


def chart(placed: Placed, *, as_of: date, valid: date | None = None, release: str = "",
          total: int | None = None) -> MapChart:
    """The map of some projects. `total`: how many were asked for (default: as many as placed)."""
    own, held = placed.points, placed.countries
    with_country = int(held["projects"].sum())
    total = own.height + with_country + placed.nowhere if total is None else total
    title = _title(placed, total)
    subtitle = gettext(
        "{placed} drawn at a place, {approximate} of them approximate; {countries} counted with "
        "their country; {nowhere} not drawn").format(
            placed=number(own.height), approximate=number(int(own["approximate"].sum())),
            countries=number(with_country), nowhere=number(placed.nowhere))
    clock = gettext("As known on {day}").format(day=day(as_of, short=True))
    if valid and valid != as_of:
        clock = gettext("As known on {day} about {about}").format(
            day=day(as_of, short=True), about=day(valid, short=True))
    footer = " · ".join(filter(None, (
        "Groundbreak", clock, f"n = {number(total)}",
        gettext("release {name}").format(name=release) if release else "",
        gettext("definitions v{version}").format(version=DEFINITION_VERSION),
        gettext("shapes: Natural Earth"))))
    states = ", ".join(f"{number(count)} {gettext(LABELS[name])}"
                       for name, count in _states(placed) if count)
    alt = gettext("World map. {title}. {states}.").format(title=title, states=states)
    return MapChart(title, subtitle, alt if states else title, footer, placed)


def _title(placed: Placed, total: int) -> str:
    by_country = _by_country(placed)
    if not total:
        return gettext("No project to draw")
    projects = ngettext("{n} project", "{n} projects", total).format(n=number(total))
    if len(by_country) == 1:
        return gettext("{projects} in {country}").format(
            projects=projects, country=gettext(name_of(by_country[0][0])))
    if by_country:
        code, most = by_country[0]
        return gettext("{projects} in {n} countries; the largest number, {most}, in {country}"
                       ).format(projects=projects, n=number(len(by_country)), most=number(most),
                                country=gettext(name_of(code)))
    return gettext("{projects}, none with a place or country that can be drawn").format(
        projects=projects)


def svg(chart: MapChart, theme: str = "light", framed: bool = True,
        base: Path | None = None) -> str:
    """The map as SVG of 1000 units' width, without style attributes, scripts or addresses.

    `framed`: with title, legend, disclaimer and footer, as downloads have it; else the map alone.
    Raises ValueError for a theme other than light, dark and page (the page's own colours).
    """
    colour = palette(theme) | GROUND[theme]
    top = 76 if framed else 0
    height = y_of(SOUTH) - y_of(NORTH)
    legend = _legend(chart, colour, top + height + 26) if framed else []
    bottom = top + height + (26 + 22 * _legend_rows(chart) + 44 if framed else 0)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {bottom:.0f}" role="img"'
        f' font-family="{FAMILY}" font-size="{SMALL}">',
        f"<title>{escape(chart.title)}</title><desc>{escape(chart.alt)}</desc>",
        patterns(colour),
    ]
    if framed:
        parts.append(f'<rect width="{WIDTH}" height="{bottom:.0f}" fill="{colour["paper"]}"/>')
        parts += [text(24, 36, chart.title, colour["ink"], size=TITLE, weight=600),
                  text(24, 58, chart.subtitle, colour["muted"])]
    parts.append(f'<g transform="translate(0 {top - y_of(NORTH):.1f})">')
    parts += ground(colour, base or BASE)
    parts += rings(chart.placed, colour)
    parts += points(chart.placed, colour)
    parts.append("</g>")
    if framed:
        parts += legend
        parts += [text(24, bottom - 30, gettext(DISCLAIMER), colour["muted"], size=12),
                  text(24, bottom - 12, chart.footer, colour["muted"], size=12)]
    return "".join([*parts, "</svg>"])


def png(chart: MapChart, theme: str = "light", scale: float = 2, framed: bool = True) -> bytes:
    """The same as PNG, `scale` × 1000 pixels wide."""
    fonts.register()
    return bytes(vl_convert.svg_to_png(svg(chart, theme, framed), scale=scale))


def _shown(chart: MapChart) -> list[str]:
    """What the legend explains: the marks that are drawn, from built to promised."""
    names = [name for name, count in _states(chart.placed) if count]
    if chart.placed.points["approximate"].any():
        names.append("approximate")
    return [*names, "country"] if chart.placed.countries.height else names


def _legend_rows(chart: MapChart) -> int:
    return ceil(len(_shown(chart)) / 4)


def _legend(chart: MapChart, colour: dict[str, str], top: float) -> list[str]:
    found = []
    for place, name in enumerate(_shown(chart)):
        x, y = 32 + place % 4 * 238, top + place // 4 * 22
        if name == "country":
            found.append(f'<circle cx="{x}" cy="{y:.1f}" r="6" fill="{colour["card"]}" '
                         f'stroke="{colour["mid"]}" stroke-width="0.9" stroke-dasharray="2 2"/>')
        elif name == "approximate":
            found.append(mark("announced", x, y, 4, colour, approximate=True))
        else:
            found.append(mark(name, x, y, 5.5, colour))
        found.append(text(x + 14, y + 4.5, gettext(LABELS[name]), colour["ink"]))
    return found


def _states(placed: Placed) -> list[tuple[str, int]]:
    """How many projects are drawn in each state, from built to promised."""
    own = placed.points["mark"]
    return [(one.name, int((own == NUMBER[one.name]).sum()) + int(placed.countries[one.name].sum()))
            for one in reversed(MARKS)]


def _by_country(placed: Placed) -> list[tuple[str, int]]:
    counts: dict[str, int] = dict(placed.countries.select("iso3", "projects").iter_rows())
    for code in placed.points["country"].drop_nulls().str.slice(0, 3):
        counts[code] = counts.get(code, 0) + 1
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))
