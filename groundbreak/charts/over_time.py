"""How the stocks grew: announced, at FID and operating as they were known, day by day."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import altair as alt
import polars as pl

from groundbreak.charts.context import Context, label
from groundbreak.charts.figure import Figure, Series, Slide, Spec
from groundbreak.charts.fonts import width_of
from groundbreak.charts.marks import data, px_x, px_y, text
from groundbreak.charts.parameters import Parameter
from groundbreak.charts.rows import FILLS, Key, legend, round_ticks
from groundbreak.charts.theme import CONFIG, LIGHT, PHONE, SMALL
from groundbreak.measures.bridge import STOCKS
from groundbreak.measures.population import projects
from groundbreak.vocabulary.translating import MONTHS, gettext, number
from groundbreak.vocabulary.translating import day as day_words

AT = Parameter("at", "the days: each on which a source published, or the ends of quarters",
               "quarters", ("quarters", "releases"))
QUARTERS, RELEASES = 20, 24  # how many days back are drawn
FILL = {"operating": "deep", "at_fid": "mid", "announced": "light"}  # from the bottom up
HEIGHT = 230


def draw(about: Context) -> Figure:
    """Steps from day to day, stacked; each level as known on its day."""
    table = _table(about)
    subtitle = gettext("Counted projects by status, as known on each day")
    counts = table.pivot("stock", index="known", values="projects")
    if not table["projects"].sum():
        return about.nothing(gettext("no counted project is known on any of these days"),
                             table, subtitle)
    if counts.height < 2:
        return about.nothing(gettext("a single day is no series"), table, subtitle)
    first, last = counts.row(0, named=True), counts.row(-1, named=True)
    was, now = (row["at_fid"] + row["operating"] for row in (first, last))
    title = gettext("{now} projects are committed; {was} were known to be on {day}").format(
        now=number(now), was=number(was), day=day_words(first["known"]))
    days = tuple(f"{gettext(MONTHS[day.month - 1])} {day.year}" for day in counts["known"])
    return about.figure(
        title=title, subtitle=subtitle, table=table, as_of=last["known"],
        alt=f"{title}. " + gettext("Announced: {was} then, {now} now.").format(
            was=number(first["announced"]), now=number(last["announced"])),
        n=sum(last[name] for name in STOCKS),
        notes=(gettext("A step may also be a source taken in, not a plant decided; the bridge "
                       "tells them apart."),),
        slide=Slide("columns", days, tuple(
            Series(label(name), tuple(map(float, counts[name])), FILL[name]) for name in FILL)),
        draw=lambda width: _steps(counts, width))


def _table(about: Context) -> pl.DataFrame:
    """known, stock, projects: the labels of the counted projects as known on each day."""
    history = about.reading.view.history
    rows = []
    for day in _days(about):
        labels = dict(projects(history.as_of(day)).filter("counted").group_by("label").len()
                      .iter_rows())
        rows += [(day, stock, labels.get(stock, 0)) for stock in STOCKS]
    return pl.DataFrame(rows, orient="row", schema={
        "known": pl.Date(), "stock": pl.String(), "projects": pl.Int64()})


def _days(about: Context) -> list[date]:
    """The days of the series, oldest first, ending with the day of the figure."""
    end = about.reading.view.valid
    if about.values["at"] == "releases":
        published = about.reading.view.releases["published"].unique().to_list()
        days = sorted(day for day in published if day < end)[-RELEASES:]
        return [*days, end]
    days, year, quarter = [], end.year, (end.month - 1) // 3
    while len(days) < QUARTERS:  # the last day before each quarter's first
        days.append(date(year, quarter * 3 + 1, 1) - timedelta(days=1))
        year, quarter = (year, quarter - 1) if quarter else (year - 1, 3)
    days = [day for day in days if day != end]
    start = about.reading.view.history.claims["known"].min()
    return [*sorted(day for day in days if isinstance(start, date) and day >= start), end]


def _steps(counts: pl.DataFrame, width: int) -> Spec:
    last = counts.row(-1, named=True)
    right = 8
    if width >= PHONE:
        right = 12 + round(max(width_of(f"{label(n)} {last[n]}", SMALL) for n in FILL))
    most = _most(counts)
    ticks = round_ticks(most)
    left = 10 + round(max(width_of(number(tick), SMALL) for tick in ticks))
    plot = width - left - right
    layers = _ticks(ticks, plot, most)
    layers += [_area(counts, name, below) for name, below in
               zip(FILL, ([], ["operating"], ["operating", "at_fid"]), strict=True)]
    legend_height = 0
    if width >= PHONE:
        layers += _ends(last, plot, most)
    else:
        entries = [Key(name, f"{label(name)} {number(last[name])}", fill)
                   for name, fill in FILL.items()]
        made, legend_height = legend(entries, -left, HEIGHT + 34, width)
        layers += made
    layers += _years(counts, plot)
    chart = alt.layer(*layers).properties(
        width=plot, height=HEIGHT, autosize="none",
        padding={"left": left, "right": right, "top": 8, "bottom": 24 + legend_height})
    spec: dict[str, Any] = chart.to_dict()
    return {**spec, "config": CONFIG}


def _y(field: str, most: float) -> alt.Y:
    return alt.Y(f"{field}:Q", axis=None, scale=alt.Scale(domain=[0, most * 1.04], nice=False))


def _x(counts: pl.DataFrame, field: str = "known") -> alt.X:
    ends = [day.isoformat() for day in (counts["known"][0], counts["known"][-1])]
    return alt.X(f"{field}:T", axis=None, scale=alt.Scale(domain=ends, nice=False, type="utc"))


def _most(counts: pl.DataFrame) -> float:
    return float(counts.select(pl.sum_horizontal(*FILL)).max().item())


def _ticks(ticks: tuple[float, ...], plot: int, most: float) -> list[alt.Chart]:
    made = []
    for tick in ticks:
        y = HEIGHT * (1 - tick / (most * 1.04))
        made.append(data([{"x": 0, "x2": plot, "y": y}]).mark_rule(color=LIGHT["rule"]).encode(
            x=px_x("x"), x2="x2:Q", y=px_y("y")))
        made.append(text(-8, y, number(tick), "right", LIGHT["muted"]))
    return made


def _area(counts: pl.DataFrame, name: str, below: list[str]) -> alt.Chart:
    base = pl.sum_horizontal(*below) if below else pl.lit(0)
    values = counts.select(
        pl.col("known").dt.to_string("%Y-%m-%d"), base=base, top=base + pl.col(name),
        projects=pl.col(name)).to_dicts()
    made: alt.Chart = data(values).mark_area(
        interpolate="step-after", fill=FILLS[FILL[name]], line=False).encode(
        x=_x(counts), y=_y("base", _most(counts)), y2="top:Q")
    return made


def _ends(last: dict[str, Any], plot: int, most: float) -> list[alt.Chart]:
    """The last level of each stock, lettered at its right; letters keep clear of each other."""
    unit = HEIGHT / (most * 1.04)
    made, at, lowest = [], 0.0, float(HEIGHT) + 9
    for name in FILL:
        y = min(HEIGHT - (at + last[name] / 2) * unit, lowest - 18)
        lowest, at = y, at + last[name]
        made.append(text(plot + 10, y, f"{label(name)} {number(last[name])}"))
    return made


def _years(counts: pl.DataFrame, plot: int) -> list[alt.Chart]:
    """Years at their first of January; where none lies within, both ends."""
    first, last = counts["known"][0], counts["known"][-1]
    days = [date(year, 1, 1) for year in range(first.year + 1, last.year + 1)]
    each = 1 + len(days) // 7
    whole = (last - first).days
    marks = [(day, str(day.year)) for day in days[::each]
             if 16 < plot * (day - first).days / whole < plot - 16]
    if not marks:
        marks = [(first, day_words(first)), (last, day_words(last))]
    made = []
    for day, words in marks:
        align: Any = {first: "left", last: "right"}.get(day, "center")
        made.append(text(plot * (day - first).days / whole, HEIGHT + 14, words, align,
                         LIGHT["muted"]))
    return made
