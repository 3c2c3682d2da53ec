"""Figures: each with its table and what is needed to quote it, as files, and frozen."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.urls import path, reverse
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from groundbreak import charts
from groundbreak.charts import Figure, render
from groundbreak.charts.theme import NARROW, WIDE
from groundbreak.site import frozen_figures
from groundbreak.site.clock import PARAMS, Clock
from groundbreak.site.failing import failed
from groundbreak.site.figure_table import shown
from groundbreak.site.page import page

TYPES = {
    "svg": "image/svg+xml", "png": "image/png", "csv": "text/csv; charset=utf-8",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}
SAVED = ("csv", "pptx")  # files to keep rather than to look at
OF_PAGE = PARAMS | {"lang"}
THEMES = ("light", "dark")
WIDTHS = {"wide": WIDE, "narrow": NARROW}
SCALES = ("1", "2", "3", "4")
LOOKS = {"theme": THEMES, "width": tuple(WIDTHS), "scale": SCALES, "framed": ("1", "0")}
DAY, YEAR = 86_400, 365 * 86_400  # seconds


@require_safe
def figures(request: HttpRequest) -> HttpResponse:
    """All figures, on the clock of the page."""
    kinds = [{"id": id, "title": _(kind.title), "about": _(kind.about)}
             for id, kind in charts.FIGURES.items()]
    return page(request, "figures/figures.html", section="data", kinds=kinds)


@require_safe
def figure(request: HttpRequest, figure: str) -> HttpResponse:
    """One figure with its table, downloads, sentence, citation and code to embed it."""
    kind = _kind(figure)
    try:
        made = _made(request, figure, _asked(request, ()))
    except charts.BadParameter as error:
        return failed(request, 400, str(error))
    wide, narrow = (_kept(request, figure, made.params, ("inline", width), lambda w=width:
                          render.svg(made, "page", framed=False, width=w))
                    for width in (WIDE, NARROW))
    fixed = urlencode([*made.params, *_fixed(request).pairs()])
    here = request.build_absolute_uri(f"{reverse('figure', args=[figure])}?{fixed}")
    image = request.build_absolute_uri(f"{reverse('chart', args=[figure, 'svg'])}?{fixed}")
    files = [(suffix, f"{reverse('chart', args=[figure, suffix])}?"
              + urlencode([*made.params, *request.clock.pairs()])) for suffix in TYPES]
    return page(
        request, "figures/figure.html", section="data", kind=_(kind.title), figure=made,
        about=_(kind.about), wide=wide, narrow=narrow, table=shown(made.table), files=files,
        here=here, image=image, fields=_fields(kind, dict(made.params)),
        releases=frozen_figures.releases(figure) if not made.params else [])


@require_safe
def chart(request: HttpRequest, figure: str, suffix: str) -> HttpResponse:
    """A figure as a file: .svg, .png, .csv, .pptx."""
    _kind(figure)
    if suffix not in TYPES:
        raise Http404(_("There is no such file; there are: %s") % ", ".join(TYPES))
    try:
        look = _look(request)
        made = _made(request, figure, _asked(request, LOOKS))
        body = _kept(request, figure, made.params, (suffix, *sorted(look.items())),
                     lambda: _file(made, suffix, look), large=suffix == "png")
    except charts.BadParameter as error:
        return failed(request, 400, str(error))
    # Of a release neither the day nor the log ever changes; a past day may still be learnt of.
    seconds = YEAR if request.clock.release else 0 if request.clock.now else DAY
    name = f"{figure}-{request.clock.release or made.as_of}.{suffix}"
    return _sent(request, body, TYPES[suffix], seconds, name, saved=suffix in SAVED)


@require_safe
def frozen(request: HttpRequest, figure: str, release: str) -> HttpResponse:
    """A figure as a release froze it: its page, or with .svg, .csv, .json its file."""
    name, _dot, suffix = release.rpartition(".")
    if name and suffix in frozen_figures.SUFFIXES:
        found = frozen_figures.find(figure, name)
        return _sent(request, found.file(suffix), frozen_figures.SUFFIXES[suffix], YEAR,
                     f"{figure}-{name}.{suffix}", saved=suffix == "csv")
    found = frozen_figures.find(figure, release)
    here = request.build_absolute_uri(reverse("frozen_figure", args=[figure, release]))
    return page(
        request, "figures/frozen.html", section="data", told=found.told, package=found.package,
        here=here, image=f"{here}.svg", table=shown(found.table),
        files=[(suffix, f"{request.path}.{suffix}") for suffix in frozen_figures.SUFFIXES])


# -- what was asked for ------------------------------------------------------------------------
def _kind(id: str) -> charts.Kind:
    if id not in charts.FIGURES:
        raise Http404(_("There is no such figure; there are: %s") % ", ".join(charts.FIGURES))
    return charts.FIGURES[id]


def _asked(request: HttpRequest, beside: Any) -> dict[str, str]:
    """The figure's own parameters. Raises BadParameter for one that is given twice."""
    asked = {}
    for name, values in request.GET.lists():
        if name in OF_PAGE or name in beside:
            continue
        if len(values) > 1:
            raise charts.BadParameter(_("%s is given twice; accepted: one value") % name)
        asked[name] = values[0].strip()
    return asked


def _look(request: HttpRequest) -> dict[str, str]:
    """How it is to look: each of LOOKS, the first accepted value where nothing is asked."""
    look = {"theme": "light", "width": "wide", "scale": "2", "framed": "1"}
    for name, accepted in LOOKS.items():
        text = request.GET.get(name, look[name])
        if text not in accepted:
            raise charts.BadParameter(
                _("%(name)s=%(value)s is not accepted; accepted: %(accepted)s") % {
                    "name": name, "value": text[:60], "accepted": ", ".join(accepted)})
        look[name] = text
    return look


def _made(request: HttpRequest, id: str, asked: dict[str, str]) -> Figure:
    reader, reading, release = request.standing.reader, request.reading, request.clock.release
    return _kept(request, id, tuple(sorted(asked.items())), ("figure",),
                 lambda: charts.figure(id, reader, reading, release=release or None, **asked))


def _kept(request: HttpRequest, id: str, params: Any, what: tuple[Any, ...],
          compute: Callable[[], Any], *, large: bool = False) -> Any:
    """What `compute` gives on this clock and in this language, kept until the log grows; of what
    is `large` (a PNG has up to 1 MB) only the last few."""
    view = request.reading.view
    key = ("figures", id, params, what, view.known, view.valid, request.clock, get_language())
    keep = request.standing.large_answer if large else request.standing.answer
    return keep(key, compute)


def _fixed(request: HttpRequest) -> Clock:
    """The clock with its day said, so that an address shows the same later."""
    return Clock(known=request.reading.view.known) if request.clock.now else request.clock


def _fields(kind: charts.Kind, asked: dict[str, str]) -> list[dict[str, Any]]:
    """The form of a figure's parameters."""
    return [{"name": p.name, "about": _(p.about), "value": asked.get(p.name, p.default),
             "accepted": p.accepted, "default": p.default,
             "type": "date" if p.expects.startswith("a day") else "text"}
            for p in kind.parameters]


# -- what is sent ------------------------------------------------------------------------------
def _file(made: Figure, suffix: str, look: dict[str, str]) -> bytes:
    framed, width = look["framed"] == "1", WIDTHS[look["width"]]
    if suffix == "svg":
        return render.svg(made, look["theme"], framed, width).encode()
    if suffix == "png":
        return render.png(made, look["theme"], float(look["scale"]), framed, width)
    return render.csv(made).encode() if suffix == "csv" else render.pptx(made)


def _sent(request: HttpRequest, body: bytes, kind: str, seconds: int, name: str, *,
          saved: bool) -> HttpResponse:
    """The file under its hash; `seconds`: how long it may be used unasked."""
    etag = f'"{hashlib.sha256(body).hexdigest()[:20]}"'
    answer = get_conditional_response(request, etag)
    if not isinstance(answer, HttpResponseNotModified):
        answer = HttpResponse(body, content_type=kind)
        answer["Content-Disposition"] = f'{"attachment" if saved else "inline"}; filename="{name}"'
    answer["ETag"] = etag
    if seconds:
        patch_cache_control(answer, public=True, max_age=seconds)
    else:
        answer["Cache-Control"] = "no-cache"
    return answer


urlpatterns = [
    path("figures/", figures, name="figures"),
    path("figures/<str:figure>/", figure, name="figure"),
    path("charts/<str:figure>.<str:suffix>", chart, name="chart"),
    path("f/<str:figure>@<str:release>", frozen, name="frozen_figure"),
]
