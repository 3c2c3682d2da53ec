"""Ribbons between two columns: how many went from each state to each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import altair as alt

from groundbreak.charts.figure import Spec
from groundbreak.charts.fonts import shortened, width_of
from groundbreak.charts.marks import data, px_x, px_y, text
from groundbreak.charts.rows import FILLS, filled
from groundbreak.charts.theme import CONFIG, LIGHT, PHONE, SMALL
from groundbreak.vocabulary.translating import number

COLUMN, GAP, HEAD, LEAST = 12, 16, 26, 1.5  # px
TALL = 300
STEPS = 24  # points along a ribbon's edge


@dataclass(frozen=True)
class Ribbon:
    """`projects` that went from one state to another."""

    start: str
    end: str
    projects: int


@dataclass(frozen=True)
class _Block:
    """A state on one side: its upper edge and height in px."""

    top: float
    height: float


def ribbons(pieces: Sequence[Ribbon], order: Sequence[str], names: Mapping[str, str],
            fills: Mapping[str, str], heads: tuple[str, str], width: int) -> Spec:
    """The Vega-Lite specification: states in `order` on both sides; `fills` of some of them,
    the others are outlined; `heads` stand above the two columns."""
    whole = sum(piece.projects for piece in pieces)
    unit = TALL / whole
    sides = [_blocks([(p.start, p.projects) for p in pieces], order, unit),
             _blocks([(p.end, p.projects) for p in pieces], order, unit)]
    height = max(block.top + block.height for side in sides for block in side.values())
    left, right = (_room(side, names, pieces, number_of, width) for side, number_of in
                   zip(sides, ("start", "end"), strict=True))
    plot = width - left - right
    layers = [*_bands(pieces, sides, order, fills, unit, plot)]
    for side, x, of, align in ((sides[0], 0, "start", "right"),
                               (sides[1], plot - COLUMN, "end", "left")):
        layers += _column(side, x, of, align, pieces, names, fills, left if x == 0 else right)
    layers += [text(-left, 10, heads[0], "left", LIGHT["muted"]),
               text(plot + right, 10, heads[1], "right", LIGHT["muted"])]
    chart = alt.layer(*layers).properties(
        width=plot, height=round(height), autosize="none",
        padding={"left": left, "right": right, "top": 2, "bottom": 8})
    return {**chart.to_dict(), "config": CONFIG}


def _total(pieces: Sequence[Ribbon], side: str, name: str) -> int:
    return sum(p.projects for p in pieces if getattr(p, side) == name)


def _label(pieces: Sequence[Ribbon], side: str, name: str, names: Mapping[str, str]) -> str:
    return f"{names[name]} {number(_total(pieces, side, name))}"


def _room(side: Mapping[str, _Block], names: Mapping[str, str], pieces: Sequence[Ribbon],
          of: str, width: int) -> int:
    widest = max(width_of(_label(pieces, of, name, names), SMALL) for name in side)
    return round(min(widest + 12, width * (0.34 if width < PHONE else 0.3)))


def _blocks(counts: Sequence[tuple[str, int]], order: Sequence[str], unit: float
            ) -> dict[str, _Block]:
    """Where each state stands on a side; small ones keep room for their label."""
    y, made = float(HEAD), {}
    for name in order:
        count = sum(number for state, number in counts if state == name)
        if count:
            height = max(count * unit, LEAST)
            made[name] = _Block(y, height)
            y += max(height + 6, GAP + 2)
    return made


def _bands(pieces: Sequence[Ribbon], sides: Sequence[Mapping[str, _Block]], order: Sequence[str],
           fills: Mapping[str, str], unit: float, plot: float) -> list[alt.Chart]:
    rank = {name: n for n, name in enumerate(order)}
    used: dict[tuple[int, str], float] = {}
    made = []
    for piece in sorted(pieces, key=lambda p: (rank[p.start], rank[p.end])):
        thick = max(piece.projects * unit, LEAST)
        edges = []
        for n, name in enumerate((piece.start, piece.end)):
            at = sides[n][name].top + used.get((n, name), 0.0)
            used[n, name] = used.get((n, name), 0.0) + thick
            edges.append(at)
        points = [{"x": COLUMN + 2 + (plot - 2 * COLUMN - 4) * t, "projects": piece.projects,
                   "from": piece.start, "to": piece.end,
                   "y": edges[0] + (edges[1] - edges[0]) * ease,
                   "y2": edges[0] + (edges[1] - edges[0]) * ease + thick}
                  for t in (step / STEPS for step in range(STEPS + 1))
                  for ease in (t * t * (3 - 2 * t),)]
        moved = piece.start != piece.end
        fill = FILLS[fills.get(piece.end, "muted")] if moved else LIGHT["rule"]
        made.append(data(points).mark_area(
            fill=fill, fillOpacity=0.75 if moved else 0.7, line=False).encode(
            x=px_x("x"), y=px_y("y"),
            y2="y2:Q"))
    return made


def _column(side: Mapping[str, _Block], x: float, of: str, align: str, pieces: Sequence[Ribbon],
            names: Mapping[str, str], fills: Mapping[str, str], room: float) -> list[alt.Chart]:
    made: list[alt.Chart] = []
    for name, block in side.items():
        fill = fills.get(name, "outline")
        place = {"x": x, "x2": x + COLUMN, "top": block.top, "bottom": block.top + block.height,
                 "state": name, "projects": _total(pieces, of, name)}
        made.append(filled(data([place]), fill).encode(
            x=px_x("x"), x2="x2:Q", y=px_y("top"), y2="bottom:Q"))
        words = shortened(_label(pieces, of, name, names), SMALL, room - 6)
        middle = block.top + (block.height / 2 if block.height > 2 * GAP else
                              max(block.height, 10) / 2)
        at = x - 6 if align == "right" else x + COLUMN + 6
        made.append(text(at, middle, words, align, LIGHT["ink"]))
    return made

