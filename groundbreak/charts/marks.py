"""Marks at places worked out in px: the words that figures are drawn with."""

from __future__ import annotations

from typing import Any

import altair as alt

from groundbreak.charts.fonts import directed
from groundbreak.charts.theme import LIGHT


def data(values: list[dict[str, Any]]) -> alt.Chart:
    """A chart of these rows, still without a mark."""
    return alt.Chart(alt.Data(values=values))  # type: ignore[no-untyped-call]


def px_x(field: str) -> alt.X:
    """A field that holds px from the left of the plot."""
    return alt.X(f"{field}:Q", scale=None, axis=None)


def px_y(field: str) -> alt.Y:
    """A field that holds px from the top of the plot."""
    return alt.Y(f"{field}:Q", scale=None, axis=None)


def text(x: float, y: float, words: str, align: Any = "left", colour: str = LIGHT["ink"],
         **style: Any) -> alt.Chart:
    """One line of text, its middle at `y`."""
    chart: alt.Chart = data([{"x": x, "y": y, "text": directed(words)}]).mark_text(
        align=align, baseline="middle", color=colour, **style
    ).encode(x=px_x("x"), y=px_y("y"), text="text:N")
    return chart
