"""A figure inside a page: drawn for a desk and for a phone, in the page's own colours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from groundbreak import charts
from groundbreak.charts import render

DESK, PHONE = 720, 342  # px


@dataclass(frozen=True)
class Inline:
    """A figure as a page shows it; `query` asks for the same elsewhere (downloads, its page)."""

    id: str
    title: str
    subtitle: str
    wide: SafeString
    narrow: SafeString
    source: str
    n: int
    definition: str
    query: str


def inline(request: HttpRequest, id: str, **params: Any) -> Inline | None:
    """The figure `id` on the request's clock, kept until the log grows; None where it is not drawn
    for such parameters. A parameter without a value, or that the figure does not take, is left out.
    """
    taken = {parameter.name for parameter in charts.FIGURES[id].parameters}
    asked = {name: str(value) for name, value in params.items() if name in taken and value}
    view = request.reading.view
    key = ("inline", id, *sorted(asked.items()), view.known, view.valid, request.clock,
           get_language())
    try:
        return request.standing.answer(key, lambda: _drawn(request, id, asked))
    except charts.BadParameter:
        return None


def _drawn(request: HttpRequest, id: str, asked: dict[str, str]) -> Inline:
    made = charts.figure(id, request.standing.reader, request.reading, **asked)
    wide, narrow = (mark_safe(render.svg(made, theme="page", framed=False, width=width))
                    for width in (DESK, PHONE))  # escaped where it is made
    query = urlencode([*asked.items(), *request.clock.pairs()])
    return Inline(id, made.title, made.subtitle, wide, narrow, made.source, made.n,
                  made.definition, f"?{query}" if query else "")
