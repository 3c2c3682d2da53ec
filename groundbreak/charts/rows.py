"""Bars in rows: a label, segments or dots along one scale, and a number at the end.

Most figures are of this kind. On a phone the label stands above its bar. Layout is worked out
here in px, so that nothing depends on what the renderer thinks of a text's width.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt

from groundbreak.charts.figure import Spec
from groundbreak.charts.fonts import shortened, width_of
from groundbreak.charts.marks import data, px_x, px_y, text
from groundbreak.charts.theme import CONFIG, HATCH, LIGHT, OUTLINE, PHONE, SMALL
from groundbreak.vocabulary.translating import number

BAR, ROW, LABEL = 22, 34, 20  # px: a bar, a row, the line of a label above its bar
FILLS = {**LIGHT, "hatch": HATCH, "outline": OUTLINE, "promise": OUTLINE}
EDGES = {"hatch": LIGHT["deep"], "outline": LIGHT["mid"], "promise": LIGHT["accent"]}


@dataclass(frozen=True)
class Key:
    """What a fill means; one entry of the legend. `mark`: bar, dot or line."""

    name: str
    label: str
    fill: str
    mark: str = "bar"
    size: int = 110


@dataclass(frozen=True)
class Segment:
    """A piece of a bar from `start` to `end`, or a dot at `end`, in the units of the scale."""

    key: str
    start: float
    end: float


@dataclass(frozen=True)
class Row:
    """One row. `note` stands where there is nothing to draw; `strong` marks a total."""

    label: str
    right: str
    segments: tuple[Segment, ...] = ()
    note: str = ""
    strong: bool = False


def stacked(pieces: Iterable[tuple[str, float]]) -> tuple[Segment, ...]:
    """Segments one after another from 0: (key, length) each."""
    at, made = 0.0, []
    for key, length in pieces:
        made.append(Segment(key, at, at + length))
        at += length
    return tuple(made)


def named(rows: Iterable[Row]) -> tuple[str, ...]:
    """Labels with their numbers, as categories of a slide's chart."""
    return tuple(f"{row.label}  {row.right}" for row in rows)


@dataclass(frozen=True)
class Scale:
    """The common scale: its ends, the ticks that are lettered, and a line that matters."""

    low: float
    high: float
    ticks: tuple[float, ...] = ()
    suffix: str = ""
    line: float | None = None
    line_label: str = ""


@dataclass(frozen=True)
class Layout:
    """Where things stand, in px, with (0, 0) at the upper left of the plot."""

    left: int
    plot: int
    right: int
    above: bool
    rows: int

    @property
    def step(self) -> int:
        """From one row to the next."""
        return ROW + (LABEL - 4 if self.above else 0)

    @property
    def height(self) -> int:
        """Of all rows."""
        return self.step * self.rows

    def bar(self, number: int) -> float:
        """The upper edge of a row's bar."""
        return self.step * number + (LABEL if self.above else (ROW - BAR) / 2)

    def text(self, number: int) -> float:
        """The middle of a row's label."""
        return self.step * number + (LABEL / 2 if self.above else ROW / 2)


def layout(rows: Sequence[Row], width: int) -> Layout:
    """Room for labels and numbers, and the rest for bars."""
    above = width < PHONE
    if above:
        return Layout(0, width - 2, 2, True, len(rows))
    widest = max((width_of(r.label, SMALL, bold=r.strong) for r in rows), default=0)
    numbers = max((width_of(r.right, SMALL, bold=r.strong) for r in rows), default=0)
    left = round(min(widest + 14, width * 0.38))
    right = round(min(numbers + 14, width * 0.28))
    return Layout(left, width - left - right, right, False, len(rows))


def drawing(rows: Sequence[Row], keys: Sequence[Key], scale: Scale, width: int) -> Spec:
    """The Vega-Lite specification of rows on a scale."""
    place = layout(rows, width)
    legend, legend_height = _legend(keys, scale, place, width)
    layers = [
        *_ticks(scale, place), *_bars(rows, keys, scale, place), *_dots(rows, keys, scale, place),
        *_line(scale, place), *_texts(rows, place), *legend,
    ]
    under = (22 if scale.ticks else 6) + legend_height
    chart = alt.layer(*layers).properties(
        width=place.plot, height=place.height, autosize="none",
        padding={"left": place.left, "right": place.right, "top": 2, "bottom": under},
    )
    return {**chart.to_dict(), "config": CONFIG}


def round_ticks(most: float) -> tuple[float, ...]:
    """Ticks from 0 that letter a scale up to `most`: three to six round numbers."""
    if most <= 0:
        return (0.0, 1.0)
    step = 10.0 ** math.floor(math.log10(most))
    step = next(s for s in (step / 10, step / 5, step / 4, step / 2, step, step * 2)
                if most / s <= 5 and (s >= 1 or most < 3))
    return tuple(step * n for n in range(int(most // step) + 1))


def _x(field: str, scale: Scale) -> alt.X:
    return alt.X(f"{field}:Q", axis=None,
                 scale=alt.Scale(domain=[scale.low, scale.high], nice=False, zero=False))


def _ticks(scale: Scale, place: Layout) -> list[alt.Chart]:
    """Hairlines with their numbers below; beside labels above bars they stand at bars only."""
    made = []
    spans = [(0.0, float(place.height))]
    if place.above:
        spans = [(place.bar(n) - 2, place.bar(n) + BAR + 2) for n in range(place.rows)]
    for tick in scale.ticks:
        share = (tick - scale.low) / (scale.high - scale.low)
        align: Any = "center"
        if share * place.plot < 12 and place.left < 12:
            align = "left"
        elif (1 - share) * place.plot < 16 and place.right < 16:
            align = "right"
        made.append(data([{"at": tick, "top": top, "bottom": bottom} for top, bottom in spans])
                    .mark_rule(color=LIGHT["rule"]).encode(
            x=_x("at", scale), y=px_y("top"), y2="bottom:Q"))
        words = f"{number(tick, 0 if tick == int(tick) else 1)}{scale.suffix}"
        made.append(text(share * place.plot, place.height + 12, words, align, LIGHT["muted"]))
    return made


def _bars(rows: Sequence[Row], keys: Sequence[Key], scale: Scale, place: Layout
          ) -> list[alt.Chart]:
    gap = (scale.high - scale.low) / place.plot  # one px between neighbours, where there is room
    made = []
    for key in (k for k in keys if k.mark == "bar"):
        inset = 0.5 if key.fill in EDGES else 0
        values = [
            {"row": row.label, "start": s.start + inset * gap,
             "end": max(s.end - (1 + inset) * gap, s.start + gap) if s.end > s.start else s.end,
             "value": s.end - s.start,
             "top": place.bar(n) + inset, "bottom": place.bar(n) + BAR - inset}
            for n, row in enumerate(rows) for s in row.segments
            if s.key == key.name and s.end != s.start
        ]
        if values:
            made.append(filled(data(values), key.fill).encode(
                x=_x("start", scale), x2="end:Q", y=px_y("top"), y2="bottom:Q"))
    return made


def _dots(rows: Sequence[Row], keys: Sequence[Key], scale: Scale, place: Layout
          ) -> list[alt.Chart]:
    made = []
    for key in (k for k in keys if k.mark == "dot"):
        values = [{"row": row.label, "value": s.end, "y": place.bar(n) + BAR / 2}
                  for n, row in enumerate(rows) for s in row.segments if s.key == key.name]
        if values:
            made.append(_dot(data(values), key, key.size).encode(
                x=_x("value", scale), y=px_y("y")))
    return made


def _line(scale: Scale, place: Layout) -> list[alt.Chart]:
    if scale.line is None:
        return []
    over = 0 if place.above else 3
    marks = [{"at": scale.line, "top": place.bar(n) - over, "bottom": place.bar(n) + BAR + 3}
             for n in range(place.rows)]
    return [data(marks).mark_rule(color=LIGHT["accent"], strokeWidth=2).encode(
        x=_x("at", scale), y=px_y("top"), y2="bottom:Q")]


def _texts(rows: Sequence[Row], place: Layout) -> list[alt.Chart]:
    made = []
    end = place.plot + place.right
    for n, row in enumerate(rows):
        weight = 600 if row.strong else 400
        room = (end - width_of(row.right, SMALL) - 12) if place.above else place.left - 12
        label, y = shortened(row.label, SMALL, room), place.text(n)
        made.append(text(-place.left, y, label, fontWeight=weight))
        if row.right:
            made.append(text(end, y, row.right, "right", fontWeight=weight))
        if row.note:
            made.append(text(0, place.bar(n) + BAR / 2, row.note, colour=LIGHT["muted"],
                             fontStyle="italic"))
    return made


def _legend(keys: Sequence[Key], scale: Scale, place: Layout, width: int
            ) -> tuple[list[alt.Chart], int]:
    """The legend below the rows, broken into lines, and its height in px."""
    entries = [key for key in keys if key.label]
    if scale.line is not None:
        entries.append(Key("line", scale.line_label, "accent", "line"))
    first = place.height + (32 if scale.ticks else 16)
    return legend(entries, -place.left, first, width)


def legend(entries: Sequence[Key], left: float, top: float, width: int
           ) -> tuple[list[alt.Chart], int]:
    """Entries from `left`, `top` (px) in lines no wider than `width`; the layers and the height."""
    made: list[alt.Chart] = []
    x, y = 0.0, top
    for key in entries:
        wide = 20 + width_of(key.label, SMALL)
        if x and x + wide > width:
            x, y = 0.0, y + 20
        made.extend(_entry(key, left + x, y))
        x += wide + 16
    return made, round(y - top + 26) if entries else 0


def _entry(key: Key, x: float, y: float) -> list[alt.Chart]:
    sample = data([{"x": x, "x2": x + 14, "mid": x + 7, "y": y, "top": y - 5, "bottom": y + 5}])
    if key.mark == "bar":
        mark = filled(sample, key.fill).encode(x=px_x("x"), x2="x2:Q", y=px_y("top"), y2="bottom:Q")
    elif key.mark == "dot":
        mark = _dot(sample, key, min(key.size, 110)).encode(x=px_x("mid"), y=px_y("y"))
    else:
        mark = sample.mark_rule(color=FILLS[key.fill], strokeWidth=2).encode(
            x=px_x("mid"), y=px_y("top"), y2="bottom:Q")
    colour = LIGHT["accent"] if key.fill == "accent" else LIGHT["muted"]
    return [mark, text(x + 20, y, key.label, colour=colour)]


def filled(chart: alt.Chart, fill: str) -> alt.Chart:
    """Rectangles with a fill of the palette, outlined where the fill asks for it."""
    edge = EDGES.get(fill)
    made: alt.Chart = chart.mark_rect(fill=FILLS[fill], stroke=edge, strokeWidth=1 if edge else 0)
    return made


def _dot(chart: alt.Chart, key: Key, size: int) -> alt.Chart:
    outline = key.fill == "outline"
    made: alt.Chart = chart.mark_point(
        filled=True, size=size, opacity=1, fill=LIGHT["paper"] if outline else FILLS[key.fill],
        stroke=LIGHT["mid"] if outline else None, strokeWidth=1.5 if outline else 0)
    return made
