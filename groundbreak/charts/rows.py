"""Bars in rows: a label, segments or dots along one scale, and a number at the end.

Most figures are of this kind. On a phone the label stands above its bar. Layout is worked out
here in px, so that nothing depends on what the renderer thinks of a text's width.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt

from groundbreak.charts.figure import Spec
from groundbreak.charts.fonts import shortened, width_of
from groundbreak.charts.theme import CONFIG, HATCH, LIGHT, OUTLINE, PHONE, SMALL

BAR, ROW, LABEL = 22, 34, 20  # px: a bar, a row, the line of a label above its bar
FILLS = {**LIGHT, "hatch": HATCH, "outline": OUTLINE}
EDGES = {"hatch": LIGHT["deep"], "outline": LIGHT["mid"]}


@dataclass(frozen=True)
class Key:
    """What a fill means; one entry of the legend. `mark`: bar, dot or line."""

    name: str
    label: str
    fill: str
    mark: str = "bar"


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


def _data(values: list[dict[str, Any]]) -> alt.Chart:
    return alt.Chart(alt.Data(values=values))


def _x(field: str, scale: Scale) -> alt.X:
    return alt.X(f"{field}:Q", axis=None,
                 scale=alt.Scale(domain=[scale.low, scale.high], nice=False, zero=False))


def _px(kind: type[Any], field: str) -> Any:
    return kind(f"{field}:Q", scale=None, axis=None)


def _ticks(scale: Scale, place: Layout) -> list[alt.Chart]:
    """Hairlines with their numbers below; the outermost stay inside the drawing."""
    made = []
    for tick in scale.ticks:
        align = {scale.low: "left", scale.high: "right"}.get(tick, "center")
        if place.above is False and tick == scale.low:
            align = "center" if place.left > 20 else "left"
        data = _data([{"at": tick, "top": 0, "bottom": place.height, "y": place.height + 12,
                       "text": f"{tick:,.4g}{scale.suffix}"}])
        made.append(data.mark_rule(color=LIGHT["rule"]).encode(
            x=_x("at", scale), y=_px(alt.Y, "top"), y2="bottom:Q"))
        made.append(data.mark_text(align=align, baseline="middle", color=LIGHT["muted"]).encode(
            x=_x("at", scale), y=_px(alt.Y, "y"), text="text:N"))
    return made


def _bars(rows: Sequence[Row], keys: Sequence[Key], scale: Scale, place: Layout
          ) -> list[alt.Chart]:
    gap = (scale.high - scale.low) / place.plot  # one px between neighbours, where there is room
    made = []
    for key in (k for k in keys if k.mark == "bar"):
        edge = EDGES.get(key.fill)
        inset = 0.5 if edge else 0
        values = [
            {"row": row.label, "start": s.start + inset * gap,
             "end": max(s.end - (1 + inset) * gap, s.start + gap) if s.end > s.start else s.end,
             "value": s.end - s.start,
             "top": place.bar(number) + inset, "bottom": place.bar(number) + BAR - inset}
            for number, row in enumerate(rows) for s in row.segments
            if s.key == key.name and s.end != s.start
        ]
        if values:
            made.append(_data(values).mark_rect(
                fill=FILLS[key.fill], stroke=edge or None, strokeWidth=1 if edge else 0,
            ).encode(x=_x("start", scale), x2="end:Q", y=_px(alt.Y, "top"), y2="bottom:Q"))
    return made


def _dots(rows: Sequence[Row], keys: Sequence[Key], scale: Scale, place: Layout
          ) -> list[alt.Chart]:
    made = []
    for key in (k for k in keys if k.mark == "dot"):
        values = [{"row": row.label, "value": s.end, "y": place.bar(number) + BAR / 2}
                  for number, row in enumerate(rows) for s in row.segments if s.key == key.name]
        if values:
            outline = key.fill == "outline"
            made.append(_data(values).mark_point(
                filled=True, size=110, opacity=1, fill=LIGHT["paper"] if outline
                else FILLS[key.fill], stroke=LIGHT["mid"] if outline else None,
                strokeWidth=1.5 if outline else 0,
            ).encode(x=_x("value", scale), y=_px(alt.Y, "y")))
    return made


def _line(scale: Scale, place: Layout) -> list[alt.Chart]:
    if scale.line is None:
        return []
    marks = [{"at": scale.line, "top": place.bar(number) - 3, "bottom": place.bar(number) + BAR + 3}
             for number in range(place.rows)]
    return [_data(marks).mark_rule(color=LIGHT["accent"], strokeWidth=2).encode(
        x=_x("at", scale), y=_px(alt.Y, "top"), y2="bottom:Q")]


def _texts(rows: Sequence[Row], place: Layout) -> list[alt.Chart]:
    made = []
    end = place.plot + place.right
    for number, row in enumerate(rows):
        weight = 600 if row.strong else 400
        room = (end - width_of(row.right, SMALL) - 12) if place.above else place.left - 12
        about = {"y": place.text(number), "left": -place.left, "right": end, "start": 0,
                 "middle": place.bar(number) + BAR / 2,
                 "label": shortened(row.label, SMALL, room),
                 "number": row.right, "note": row.note}
        data = _data([about])
        y = _px(alt.Y, "y")
        made.append(data.mark_text(align="left", baseline="middle", fontWeight=weight).encode(
            x=_px(alt.X, "left"), y=y, text="label:N"))
        if row.right:
            made.append(data.mark_text(align="right", baseline="middle", fontWeight=weight).encode(
                x=_px(alt.X, "right"), y=y, text="number:N"))
        if row.note:
            made.append(data.mark_text(align="left", baseline="middle", fontStyle="italic",
                                       color=LIGHT["muted"]).encode(
                x=_px(alt.X, "start"), y=_px(alt.Y, "middle"), text="note:N"))
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
    data = _data([{"x": x, "x2": x + 14, "mid": x + 7, "y": y, "top": y - 5, "bottom": y + 5,
                   "text_x": x + 20, "text": key.label}])
    edge = EDGES.get(key.fill)
    if key.mark == "bar":
        mark = data.mark_rect(fill=FILLS[key.fill], stroke=edge or None,
                              strokeWidth=1 if edge else 0).encode(
            x=_px(alt.X, "x"), x2="x2:Q", y=_px(alt.Y, "top"), y2="bottom:Q")
    elif key.mark == "dot":
        outline = key.fill == "outline"
        mark = data.mark_point(
            filled=True, size=100, opacity=1, fill=LIGHT["paper"] if outline else FILLS[key.fill],
            stroke=LIGHT["mid"] if outline else None, strokeWidth=1.5 if outline else 0,
        ).encode(x=_px(alt.X, "mid"), y=_px(alt.Y, "y"))
    else:
        mark = data.mark_rule(color=FILLS[key.fill], strokeWidth=2).encode(
            x=_px(alt.X, "mid"), y=_px(alt.Y, "top"), y2="bottom:Q")
    colour = LIGHT["accent"] if key.fill == "accent" else LIGHT["muted"]
    text = data.mark_text(align="left", baseline="middle", color=colour).encode(
        x=_px(alt.X, "text_x"), y=_px(alt.Y, "y"), text="text:N")
    return [mark, text]
