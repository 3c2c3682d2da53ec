"""A figure as a page shows it: its drawing, what it says of itself, and where its downloads are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from groundbreak import charts
from groundbreak.charts import render
from groundbreak.site.spans import when


@dataclass(frozen=True)
class Drawn:
    """`svg` is the figure's own drawing; `query` what its downloads are asked with."""

    id: str
    title: str
    subtitle: str
    svg: SafeString
    source: str
    n: int
    definition: str
    query: str


def drawn(request: HttpRequest, id: str, **params: Any) -> Drawn | None:
    """The figure `id` on the page's clock, kept until the log grows; None where there is none, or
    where it is not drawn for such parameters."""
    if id not in charts.FIGURES:
        return None
    taken = {parameter.name for parameter in charts.FIGURES[id].parameters}
    asked = {name: str(value) for name, value in params.items() if name in taken and value}
    key = ("drawn", id, get_language(), tuple(sorted(asked.items())), when(request))
    try:
        return request.standing.answer(key, lambda: _drawn(request, id, asked))
    except charts.BadParameter:
        return None


def _drawn(request: HttpRequest, id: str, asked: dict[str, str]) -> Drawn:
    made = charts.figure(id, request.standing.reader, request.reading, **asked)
    query = urlencode([*asked.items(), *request.clock.pairs()])
    svg = mark_safe(render.svg(made, theme="page", framed=False))  # escaped where it is made
    return Drawn(id, made.title, made.subtitle, svg, made.source, made.n, made.definition,
                 f"?{query}" if query else "")
