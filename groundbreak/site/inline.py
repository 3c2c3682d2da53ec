"""A figure inside a page: drawn for a desk and for a phone, in the page's own colours."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest

from groundbreak import charts
from groundbreak.charts import render

DESK, PHONE = 720, 342  # px


@dataclass(frozen=True)
class Inline:
    """A figure as a page shows it; `query` asks for the same elsewhere (downloads, its page)."""

    id: str
    title: str
    subtitle: str
    wide: str
    narrow: str
    source: str
    n: int
    query: str


def inline(request: HttpRequest, name: str, **asked: str) -> Inline:
    """The figure `name` with parameters, on the request's clock; kept until the log grows."""
    clock, view = request.clock, request.reading.view
    key = ("inline", name, *sorted(asked.items()), view.known, view.valid, clock,
           request.LANGUAGE_CODE)

    def drawn() -> Inline:
        figure = charts.figure(name, request.standing.reader, request.reading, **asked)
        wide, narrow = (render.svg(figure, theme="page", framed=False, width=width)
                        for width in (DESK, PHONE))
        return Inline(name, figure.title, figure.subtitle, wide, narrow, figure.source, figure.n,
                      urlencode([*asked.items(), *clock.pairs()]))

    return request.standing.answer(key, drawn)
