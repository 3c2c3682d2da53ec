"""Data: downloads, releases, the dictionary, whose data it is and by which terms, how to cite."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import polars as pl
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import Resolver404, path, resolve
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from groundbreak.measures.periods import months_back
from groundbreak.publishing.formats import TYPES
from groundbreak.register import packages
from groundbreak.site import citing
from groundbreak.site.addresses import address
from groundbreak.site.citing import Citation
from groundbreak.site.clock import Clock
from groundbreak.site.page import page
from groundbreak.site.spans import when
from groundbreak.vocabulary.fields import REGISTRY_VERSION, dictionary_csv, registry
from groundbreak.vocabulary.terms import read_rows

SHOWN_RELEASES = 5
KINDS = {"state": gettext_noop("a state holds from the day it is told to have been so"),
         "plan": gettext_noop("a plan holds from the day it was stated"),
         "event": gettext_noop("an event holds for all time")}
API = ("projects", "claims", "evidence", "scorecard", "bridge", "series", "releases", "sources",
       "vocabulary")
SPANS, CLOCKLESS = ("bridge", "series"), ("releases", "vocabulary")


def data(request: HttpRequest) -> HttpResponse:
    """Everything that can be taken away, and on which terms."""
    cited = citation(request)
    public = packages.public(timezone.now())
    return page(
        request, "data/data.html", section="data", suffixes=_suffixes(),
        releases=list(reversed(public))[:SHOWN_RELEASES], more=len(public) > SHOWN_RELEASES,
        sources=request.standing.answer(("data-sources", when(request)), lambda: sources(request)),
        cited=cited, bibtex=cited.bibtex(), suffixes_cited=list(citing.TYPES),
        fields=len(registry()), api=_api(request), address=request.build_absolute_uri("/"))


def _suffixes() -> list[tuple[str, str]]:
    told = {"csv": _("for any spreadsheet; no cell runs as a formula"),
            "xlsx": _("a workbook with a sheet that says what it is"),
            "json": _("for programs"), "geojson": _("with places, for maps"),
            "parquet": _("typed columns, for Polars, pandas, R and DuckDB")}
    return [(suffix, told[suffix]) for suffix in told if suffix in TYPES]


def _api(request: HttpRequest) -> list[tuple[str, str]]:
    """Paths of the API that this site answers, each with an address that it answers as it is."""
    clock = request.clock.pairs()
    year = [("from", str(months_back(request.reading.view.valid, 12)))]
    spans = year + [(name, value) for name, value in clock if name != "view"]  # between known days
    found = []
    for name in API:
        pairs = spans if name in SPANS else [] if name in CLOCKLESS else clock
        if _there(where := f"/api/v1/{name}"):
            found.append((where, f"{where}?{urlencode(pairs)}" if pairs else where))
    return found


def _there(where: str) -> bool:
    try:
        resolve(where)
    except Resolver404:
        return False
    return True


def sources(request: HttpRequest) -> list[dict[str, Any]]:
    """Whose data the register holds on this clock: terms, citation, editions, projects listed."""
    view = request.reading.view
    listed = dict(view.table().select(pl.col("record").str.split(":").list.first())
                  .to_series().value_counts().iter_rows())
    known = {row["name"]: row for row in read_rows("publications.csv")}
    newest = view.releases.sort("published", "release").group_by("source", maintain_order=True).agg(
        pl.col("licence", "licence_confirmed", "citation", "published").last(),
        editions=pl.len()).sort("source")
    return [{
        **row, "title": known.get(row["source"], {}).get("title", row["source"]),
        "publisher": known.get(row["source"], {}).get("publisher", ""),
        "records": listed.get(row["source"], 0),
    } for row in newest.iter_rows(named=True)]


# -- the dictionary --------------------------------------------------------------------------------
def dictionary(request: HttpRequest) -> HttpResponse:
    """Every field a claim may speak of."""
    return page(request, "data/dictionary.html", section="data", fields=list(registry().values()),
                version=REGISTRY_VERSION, kinds=[(kind, _(text)) for kind, text in KINDS.items()])


def dictionary_file(request: HttpRequest) -> HttpResponse:
    """The same as CSV."""
    return _file(dictionary_csv(), "text/csv; charset=utf-8", "groundbreak-dictionary.csv")


def _file(text: str, kind: str, name: str) -> HttpResponse:
    answer = HttpResponse(text, content_type=kind)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


# -- citing ----------------------------------------------------------------------------------------
def citation(request: HttpRequest) -> Citation:
    """The register as this request's clock shows it; the address holds the day, for good."""
    view, clock = request.reading.view, request.clock
    pinned = Clock(known=view.known) if clock.now else clock
    if clock.release:
        title = f"Groundbreak release {clock.release}: clean industrial projects"
    elif view.valid != view.known:
        title = f"Clean industrial projects on {view.valid}, as known on {view.known}"
    else:
        title = f"Clean industrial projects as known on {view.known}"
    return Citation(title, view.known, clock.release or str(view.known),
                    request.build_absolute_uri(address(pinned, "home")), timezone.now().date())


def cite(request: HttpRequest, suffix: str) -> HttpResponse:
    """The citation as a file."""
    if suffix not in citing.TYPES:
        raise Http404(_("No such format; there are: %s") % ", ".join(citing.TYPES))
    cited = citation(request)
    return _file(cited.written(suffix), citing.TYPES[suffix], f"{cited.key}.{suffix}")


urlpatterns = [
    path("data/", data, name="data"),
    path("data/dictionary/", dictionary, name="dictionary"),
    path("data/dictionary.csv", dictionary_file, name="dictionary_csv"),
    path("cite.<str:suffix>", cite, name="cite"),
]
