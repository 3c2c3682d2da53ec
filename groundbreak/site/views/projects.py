"""The projects: facets, search, a map and a table of the same result, and downloads of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from groundbreak.catalogue.columns import COLUMNS, SORTABLE
from groundbreak.catalogue.query import FACETS, BadQuery, Query
from groundbreak.catalogue.table import FacetValue, Selection, catalogue
from groundbreak.publishing import formats
from groundbreak.site import words
from groundbreak.site.addresses import address
from groundbreak.site.clock import PARAMS
from groundbreak.site.long_tables import LONG, long_workbook
from groundbreak.site.page import page

MOST = 10  # values of a facet shown unasked
BESIDE = frozenset({*PARAMS, "lang", "more"})  # parameters that are not the catalogue's
HIDDEN = ("company", "project")
PER_PAGE = (25, 50, 100, 200)
FORMATS = {"csv": "CSV", "json": "JSON", "geojson": "GeoJSON", "xlsx": "XLSX",
           "parquet": "Parquet"}


@dataclass(frozen=True)
class Choice:
    """A facet's value as the page shows it: what it is called, and where a click leads."""

    text: str
    projects: int
    chosen: bool
    link: str


@dataclass(frozen=True)
class Facet:
    """A facet with the choices shown; `more` leads to all of them, where there are more."""

    name: str
    title: str
    choices: Sequence[Choice]
    more: str
    left_out: int


def query_of(request: HttpRequest) -> Query:
    """The query of the page's address. Raises BadQuery."""
    return Query.parse(dict(request.GET.lists()), also=BESIDE)


def projects(request: HttpRequest) -> HttpResponse:
    """Facets, map and table."""
    query = query_of(request)
    more = request.GET.get("more", "")
    if more and more not in FACETS:
        raise BadQuery("more", more, ", ".join(FACETS))
    chosen = catalogue(request.reading.view).select(query)
    if query.page > chosen.pages:
        raise Http404(_("Page %(page)s of %(pages)s") % {"page": query.page, "pages": chosen.pages})
    urls = _Addresses(request, query)
    return page(
        request, "projects/projects.html", section="projects", query=query, total=chosen.total,
        title=_title(chosen), facets=_facets(chosen, urls, more), chips=_chips(query, urls),
        columns=[(COLUMNS[name], urls.sorted_by(name) if name in SORTABLE else "",
                  _direction(query, name)) for name in query.columns],
        rows=[_row(row, query.columns, urls.tail) for row in chosen.page().iter_rows(named=True)],
        pages=_pages(query, chosen.pages, urls), shown=_shown(query, chosen.total),
        clear=urls.of(Query()), every=urls.of(replace(query, everything=not query.everything,
                                                      page=1)),
        downloads=[(name, f"/projects.{suffix}{urls.query(query)}")
                   for suffix, name in FORMATS.items()],
        feed=f"/feeds/changes.atom{urls.query(_narrowed(query))}",
        all_columns=[(c, c.name in query.columns) for c in COLUMNS.values()],
        sizes=[(size, urls.of(replace(query, per_page=size, page=1)), size == query.per_page)
               for size in PER_PAGE],
        kept=[pair for pair in [*query.pairs(), *request.clock.pairs()]
              if pair[0] not in ("q", "columns", "page")],
        search=query.search)


class _Addresses:
    """Addresses of the page for other questions, on the same clock."""

    def __init__(self, request: HttpRequest, query: Query) -> None:
        self._clock = request.clock.pairs()
        self._path = request.path if request.path.endswith("/") else "/projects/"
        self._question = query
        self.tail = f"?{urlencode(self._clock)}" if self._clock else ""

    def query(self, query: Query) -> str:
        pairs = [*query.pairs(), *self._clock]
        return f"?{urlencode(pairs)}" if pairs else ""

    def of(self, query: Query) -> str:
        return self._path + self.query(query)

    def with_more(self, query: Query, facet: str) -> str:
        return f"{self._path}?{urlencode([*query.pairs(), ('more', facet), *self._clock])}"

    def sorted_by(self, column: str) -> str:
        sort = f"-{column}" if self._question.sort == column else column
        return self.of(replace(self._question, sort=sort, page=1))


def _narrowed(query: Query) -> Query:
    """What a feed of changes can be narrowed by."""
    kept = ("sector", "product", "country", "label", "level", "source")
    return Query({k: v for k, v in query.filters.items() if k in kept}, query.search)


def _title(chosen: Selection) -> str:
    return ngettext("%(n)s project", "%(n)s projects", chosen.total) % {
        "n": f"{chosen.total:,}"}


def _facets(chosen: Selection, urls: _Addresses, more: str) -> list[Facet]:
    return [_facet(name, chosen.facet(name), chosen.query, urls, more == name)
            for name in FACETS if name not in HIDDEN]


def _facet(
    name: str, values: list[FacetValue], query: Query, urls: _Addresses, whole: bool
) -> Facet:
    left_out = 0
    if not whole and len(values) > MOST + 2:
        largest = sorted(values, key=lambda v: (not v.chosen, -v.projects))[:MOST]
        left_out = len(values) - len(largest)
        values = [v for v in values if v in largest]
    choices = [
        Choice(words.word(name, v.value), v.projects, v.chosen,
               urls.of(query.without_value(name, v.value) if v.chosen
                       else query.with_value(name, v.value)))
        for v in values
    ]
    return Facet(name, _(words.FACETS[name]), choices,
                 urls.with_more(query, name) if left_out else "", left_out)


def _chips(query: Query, urls: _Addresses) -> list[tuple[str, str, str]]:
    """What is chosen: the facet, the value, and the address without it."""
    found = [(_(words.FACETS[facet]), words.word(facet, value),
              urls.of(query.without_value(facet, value)))
             for facet, values in query.filters.items() for value in values]
    if query.search:
        found.append((_("Search"), query.search, urls.of(replace(query, search="", page=1))))
    return found


def _direction(query: Query, name: str) -> str:
    if query.sort.removeprefix("-") != name:
        return ""
    return "descending" if query.sort.startswith("-") else "ascending"


def _row(row: dict[str, Any], columns: Sequence[str], tail: str) -> dict[str, Any]:
    return {"link": f"/projects/{row['project']}/{tail}", "label": row["label"],
            "counted": row["counted"], "cells": [(name, _text(name, row)) for name in columns]}


_WORDED = ("country", "sector", "product", "route", "stage", "activity", "label", "level", "size",
           "source", "origin", "verdict")


def _text(name: str, row: dict[str, Any]) -> str:
    value = row[name]
    if value is None:
        return ""
    if name == "capacity":
        return words.amount(value, row["capacity_unit"])
    if name in _WORDED:
        return words.word(name, value)
    if name == "terms_confirmed":
        return _("yes") if value else _("no")
    if COLUMNS[name].numeric:
        return f"{value:.4f}" if isinstance(value, float) else str(value)
    return words.day(value) if hasattr(value, "isoformat") else str(value)


def _pages(query: Query, pages: int, urls: _Addresses) -> list[tuple[str, str, bool]]:
    """First, last and the pages around this one; '' where some are left out."""
    near = sorted({1, pages, *range(max(1, query.page - 2), min(pages, query.page + 2) + 1)})
    found: list[tuple[str, str, bool]] = []
    for before, number in zip([0, *near], near, strict=False):
        if number - before > 1:
            found.append(("…", "", False))
        found.append((f"{number:,}", urls.of(replace(query, page=number)), number == query.page))
    return found if pages > 1 else []


def _shown(query: Query, total: int) -> tuple[int, int]:
    first = (query.page - 1) * query.per_page
    return min(first + 1, total), min(first + query.per_page, total)


def download(request: HttpRequest, suffix: str) -> HttpResponse:
    """All chosen projects with the columns shown, and whose data each row is."""
    if suffix not in formats.TYPES:
        raise Http404(_("No such format; there are: %s") % ", ".join(formats.TYPES))
    query = query_of(request)
    view = request.reading.view
    table = catalogue(view).select(query).table()
    if suffix == "geojson":
        placed = catalogue(view).select(query).frame.select("latitude", "longitude")
        table = table.drop("latitude", "longitude", strict=False).hstack(placed)
    about = {
        "title": _("Projects as known on %s") % view.known, "known": str(view.known),
        "about_day": str(view.valid), "release": request.clock.release,
        "query": urlencode(query.pairs(display=False)), "projects_chosen": table.height,
        "address": request.build_absolute_uri(address(request.clock, "projects",
                                                      pairs=query.pairs())),
        "licence": _("Each row names its source and licence."),
    }
    name = f"groundbreak-projects-{view.known}.{suffix}"
    if suffix == "xlsx" and table.height > LONG:
        return long_workbook(request, query, about, name)
    answer = HttpResponse(formats.written(table, suffix, about),
                          content_type=formats.TYPES[suffix])
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


urlpatterns = [
    path("projects/", projects, name="projects"),
    path("projects.<str:suffix>", download, name="projects_download"),
]
