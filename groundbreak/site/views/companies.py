"""Companies as the sources print them, and a page for each."""

from __future__ import annotations

import hashlib
import re
from typing import Any

import polars as pl
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext as _

from groundbreak.catalogue.query import BadQuery, Query
from groundbreak.catalogue.search import folded, folded_column
from groundbreak.measures import companies as measure
from groundbreak.measures.population import STOPPED, projects
from groundbreak.site.addresses import address, here
from groundbreak.site.opened import by_filter, kept_large, rows
from groundbreak.site.page import page
from groundbreak.vocabulary.guarding import safe_csv

PER_PAGE = 100
LISTED = 50
LONGEST = 200  # characters of a search
COLUMNS = (("announced", ("announced",)), ("at_fid", ("at_fid",)), ("operating", ("operating",)),
           ("stopped", STOPPED))


def slug(company: str) -> str:
    """A company's part of an address: what can be read of its name, and a hash that tells it from
    all others; the same for ever."""
    readable = re.sub(r"[^a-z0-9]+", "-", folded(company))[:48].strip("-")
    digest = hashlib.sha256(company.encode()).hexdigest()[:12]
    return f"{readable}-{digest}" if readable else digest


def companies(request: HttpRequest) -> HttpResponse:
    """All companies, those with most projects first; searched and paged."""
    everyone = _all(request)
    search = request.GET.get("q", "").strip()
    if len(search) > LONGEST or "\x00" in search:
        raise BadQuery("q", search, _("up to %s characters of text") % LONGEST)
    found = everyone
    for word in folded(search).split():
        found = found.filter(pl.col("key").str.contains(word, literal=True))
    pages = max(1, -(-found.height // PER_PAGE))
    number = _page_number(request, pages)
    shown = found.slice((number - 1) * PER_PAGE, PER_PAGE)
    of, owned = _owned(request)
    return page(
        request, "companies/companies.html", section="companies", search=search,
        total=found.height, everyone=everyone.height, of=of, owned=owned,
        title=_finding(everyone), number=number, pages=pages,
        before=_turned(request, number - 1) if number > 1 else "",
        after=_turned(request, number + 1) if number < pages else "",
        csv=address(request.clock, "companies_csv"),
        lines=[_line(request, row) for row in shown.iter_rows(named=True)])


def _all(request: HttpRequest) -> pl.DataFrame:
    view = request.reading.view
    return kept_large(request, "companies", lambda: measure.companies(view).with_columns(
        key=folded_column("company")))


def _owned(request: HttpRequest) -> tuple[int, int]:
    """How many projects are counted, and of how many an owner is named."""
    view = request.reading.view
    named = kept_large(request, "owners", lambda: measure.owners(view))
    return projects(view).filter("counted").height, named["record"].n_unique()


def _page_number(request: HttpRequest, pages: int) -> int:
    text = request.GET.get("page", "1")
    if not (text.isascii() and text.isdigit()) or len(text) > 9 or not 1 <= int(text) <= pages:
        raise BadQuery("page", text, _("a whole number from 1 to %s") % pages)
    return int(text)


def _turned(request: HttpRequest, number: int) -> str:
    address = here(request, request.clock)
    return f"{address}{'&' if '?' in address else '?'}page={number}"


def _finding(everyone: pl.DataFrame) -> str:
    if not everyone.height:
        return _("No owner is named yet")
    several = everyone.filter(pl.col("projects") > 1).height
    return _("%(n)s companies are named as owners; %(several)s of them build more than once") % {
        "n": f"{everyone.height:,}", "several": f"{several:,}"}


def _line(request: HttpRequest, row: dict[str, Any]) -> dict[str, Any]:
    chosen = ("company", row["company"])
    return {
        **row, "link": address(request.clock, "company", slug(row["company"])),
        "all": by_filter(request, row["projects"], chosen),
        "cells": [by_filter(request, row[name], chosen, *(("label", x) for x in labels))
                  for name, labels in COLUMNS]}


def company(request: HttpRequest, company: str) -> HttpResponse:
    """One name as printed: its projects, and who builds with it."""
    view = request.reading.view
    # The hash alone decides, so that a mistyped beginning still leads to the page.
    names = kept_large(request, "company-slugs", lambda: {
        slug(name)[-12:]: name for name in _all(request)["company"].to_list()})
    name = names.get(company[-12:])
    if name is None:
        raise Http404(_("No owner of a counted project has this address as of this day."))
    if slug(name) != company:
        return redirect(address(request.clock, "company", slug(name)))
    row = _all(request).row(by_predicate=pl.col("company") == name, named=True)
    long = kept_large(request, "owners", lambda: measure.owners(view))
    own = long.filter(pl.col("company") == name).select("record")
    partners = (
        long.join(own, on="record", how="semi").filter(pl.col("company") != name)
        .group_by("company").len("projects").sort("projects", "company", descending=[True, False])
        .head(LISTED).rows(named=True))
    query = Query({"company": (name,)}, per_page=LISTED)
    return page(
        request, "companies/company.html", section="companies", name=name,
        line=_line(request, row), rows=rows(request, query),
        partners=[{**p, "link": address(request.clock, "company", slug(p["company"]))}
                  for p in partners],
        all_link=address(request.clock, "projects", pairs=[("company", name)]))


def table(request: HttpRequest) -> HttpResponse:
    """All companies as a table."""
    view = request.reading.view
    found = _all(request).select(
        "company", "projects", "announced", "at_fid", "operating", "stopped", "countries",
        pl.col("sectors").list.join(";"), known=pl.lit(str(view.known)),
        about_day=pl.lit(str(view.valid)))
    answer = HttpResponse(safe_csv(found), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = (
        f'attachment; filename="groundbreak-companies-{view.known}.csv"')
    return answer


urlpatterns = [
    path("companies/", companies, name="companies"),
    path("companies.csv", table, name="companies_csv"),
    path("companies/<str:company>/", company, name="company"),
]
