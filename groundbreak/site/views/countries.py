"""Countries: every one with a project, within a named grouping if asked, and a page for each."""

from __future__ import annotations

from typing import Any

import polars as pl
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext as _

from groundbreak.catalogue.query import MOST_VALUES, BadQuery, Query
from groundbreak.dossier.latest import latest
from groundbreak.measures.breakdown import Breakdown, breakdown
from groundbreak.measures.population import STOPPED, projects
from groundbreak.site import words
from groundbreak.site.addresses import address
from groundbreak.site.opened import Opened, by_filter, by_ids, kept, kept_large, named, rows
from groundbreak.site.page import page
from groundbreak.site.views.sectors import flows, unscored
from groundbreak.vocabulary import countries as places
from groundbreak.vocabulary.guarding import safe_csv
from groundbreak.vocabulary.terms import PRODUCTS, SECTORS

NOT_STATED = "not stated"
LISTED, EVENTS = 50, 6
CAPACITY_STOCKS = ("announced", "at_fid", "operating")
STOCKS = (*CAPACITY_STOCKS, "stopped")


def countries(request: HttpRequest) -> HttpResponse:
    """The table: counts by label, flows over the term, capacity of one chosen product."""
    grouping, product = _asked(request)
    told = _breakdown(request)
    table = kept(request, "country-lines", lambda: _lines(request, told, grouping, product),
                 grouping, product)
    product = product or _commonest(told)
    return page(
        request, "countries/countries.html", section="countries", title=_finding(table, grouping),
        period=told.period, grouping=grouping, product=product, groupings=_groupings(),
        products=[name for name in PRODUCTS if name in _products(told)],
        unit=PRODUCTS[product].base_unit if product else "",
        day=request.reading.view.valid, csv=address(
            request.clock, "countries_csv", pairs=_pairs(grouping, request.GET.get("product", ""))),
        **table)


def _asked(request: HttpRequest) -> tuple[str, str]:
    """The grouping and the product of the address. Raises BadQuery."""
    grouping, product = request.GET.get("grouping", ""), request.GET.get("product", "")
    if grouping and grouping not in places.groupings():
        raise BadQuery("grouping", grouping, "; ".join(places.groupings()))
    if product and product not in PRODUCTS:
        raise BadQuery("product", product, ", ".join(PRODUCTS))
    return grouping, product


def _pairs(grouping: str, product: str) -> list[tuple[str, object]]:
    return [(n, v) for n, v in (("grouping", grouping), ("product", product)) if v]


def _breakdown(request: HttpRequest) -> Breakdown:
    return kept_large(request, "by-country", lambda: breakdown(request.reading.view, "country"))


def _products(told: Breakdown) -> set[str]:
    return set(told.capacity["product"].to_list())


def _commonest(told: Breakdown) -> str:
    """The product that most counted projects state a size of; '' where none does."""
    whole = told.capacity.filter(pl.col("group") == "all").group_by("product").agg(
        pl.col("projects").sum()).sort("projects", "product", descending=[True, False])
    return str(whole["product"][0]) if whole.height else ""


def _groupings() -> list[tuple[str, list[str]]]:
    """Named groupings, then UN M49 regions, as a menu shows them."""
    regions = {c.m49_region for c in places.all_countries()} | {
        c.m49_subregion for c in places.all_countries()}
    return [(_("Groupings"), [n for n in places.groupings() if n not in regions]),
            (_("UN M49 regions"), [n for n in places.groupings() if n in regions])]


def _lines(request: HttpRequest, told: Breakdown, grouping: str, product: str) -> dict[str, Any]:
    """The rows, and the total of unique projects: a project in two countries stands in both."""
    inside = places.members(grouping, request.reading.view.valid) if grouping else None
    product = product or _commonest(told)
    values = told.values()
    sizes = {(group, stock): amount for group, stock, amount in told.capacity.filter(
        pl.col("product") == product).select("group", "stock", "capacity").iter_rows()}
    groups = [g for g in told.groups() if inside is None or g in inside]
    lines = [_line(request, told, values[group], sizes, group) for group in groups]
    lines.sort(key=lambda line: (-line["committed"], -line["announced"].value, line["name"]))
    whole = _whole(request, told, groups, narrowed=inside is not None)
    entries = sum(line[name].value for line in lines for name in STOCKS)
    unique = sum(whole[name].value for name in STOCKS)
    return {"lines": lines, "whole": whole, "twice": entries - unique,
            "committed": whole["at_fid"].value + whole["operating"].value,
            "members": len(inside) if inside is not None else 0}


def _whole(
    request: HttpRequest, told: Breakdown, groups: list[str], *, narrowed: bool
) -> dict[str, Opened]:
    """Every project of these countries once."""
    unique = told.members.filter(pl.col("group").is_in(groups)).unique(["measure", "record"])
    chosen = [("country", g) for g in groups if g != NOT_STATED] if narrowed else []

    def counted(*measures: str) -> pl.Series:
        return unique.filter(pl.col("measure").is_in(measures))["project"]

    found = {name: Opened(ids.len(), named(request, ids.to_list())) for name, ids in (
        ("new", counted("new_announced")), ("progressing", counted("progressing_reported")),
        ("fid", counted("reached_fid_stated", "reached_fid_implied")))}
    for name, labels in (*((n, (n,)) for n in CAPACITY_STOCKS), ("stopped", STOPPED)):
        value = counted(*labels).len()
        found[name] = by_filter(
            request, value, *chosen, *(("label", label) for label in labels)
        ) if len(chosen) <= MOST_VALUES else Opened(value, "")
    return found


def _line(request: HttpRequest, told: Breakdown, values: dict[str, int],
          sizes: dict[tuple[str, str], int], code: str) -> dict[str, Any]:
    chosen = "not-stated" if code == NOT_STATED else code

    def stock(*labels: str) -> Opened:
        return by_filter(request, sum(values[label] for label in labels), ("country", chosen),
                         *(("label", label) for label in labels))

    def flow(*names: str) -> Opened:
        if not any(values[name] for name in names):  # nothing to open
            return Opened(0, "")
        return by_ids(request, told.cell(names, code))

    return {"code": code, "name": words.word("country", code), "announced": stock("announced"),
            "at_fid": stock("at_fid"), "operating": stock("operating"), "stopped": stock(*STOPPED),
            "committed": values["at_fid"] + values["operating"], "new": flow("new_announced"),
            "progressing": flow("progressing_reported"),
            "fid": flow("reached_fid_stated", "reached_fid_implied"),
            "sizes": [sizes.get((code, name)) for name in CAPACITY_STOCKS]}


def _finding(table: dict[str, Any], grouping: str) -> str:
    lines = [line for line in table["lines"] if line["code"] != NOT_STATED]
    if not lines:
        return _("No project is counted in %s") % grouping if grouping else _(
            "No project is counted yet")
    first = lines[0]
    where = {"n": len(lines), "first": first["name"], "k": first["committed"],
             "of": table["committed"], "grouping": grouping}
    if not first["committed"]:
        return _("%(n)s countries have a project; none is committed") % where
    if grouping:
        return _("%(grouping)s: %(first)s leads with %(k)s of %(of)s committed plants, "
                 "%(n)s countries have a project") % where
    return _("%(n)s countries have a project; %(first)s leads with %(k)s of %(of)s committed "
             "plants") % where


def table(request: HttpRequest) -> HttpResponse:
    """Every figure of the page's countries as a long table."""
    grouping, _product = _asked(request)
    told, view = _breakdown(request), request.reading.view
    inside = places.members(grouping, view.valid) if grouping else None
    shown = pl.lit(True) if inside is None else pl.col("group").is_in(sorted(inside))
    names = {c.iso3: c.name for c in places.all_countries()} | {"all": _("All, each once")}
    none = pl.lit(None, pl.Int64)
    found = pl.concat([
        told.figures.filter(shown).select("group", "measure", "value", "low", "high",
                                          unit=pl.lit("projects")),
        told.capacity.filter(shown).select(
            "group", measure=pl.format("capacity_{}_{}", "stock", "product"), value="capacity",
            low=none, high=none, unit="unit"),
    ]).sort("group", "measure").select(
        country="group", name=pl.col("group").replace_strict(names, default=pl.col("group"),
                                                             return_dtype=pl.String()),
        measure="measure", value="value", low="low", high="high", unit="unit",
        known=pl.lit(str(view.known)), about_day=pl.lit(str(view.valid)),
        flows_since=pl.lit(str(told.period.first)), grouping=pl.lit(grouping))
    answer = HttpResponse(safe_csv(found), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = (
        f'attachment; filename="groundbreak-countries-{view.known}.csv"')
    return answer


def country(request: HttpRequest, country: str) -> HttpResponse:
    """One country: counts, flows, capacity, its projects, and what is not counted."""
    code = places.lookup(country)
    if code is None:
        raise Http404(_("“%s” is no country; accepted: ISO 3166-1 alpha-3 codes.") % country[:40])
    if code != country:
        return redirect(address(request.clock, "country", code), permanent=True)
    told, view = _breakdown(request), request.reading.view
    here = pl.col("country").str.split(";").list.contains(code)
    line = _country_line(request, told, code)
    query = Query({"country": (code,)}, per_page=LISTED)
    found = kept(request, "country-rows", lambda: rows(request, query), code)
    known = projects(view).filter("counted").filter(here)
    return page(
        request, "countries/country.html", section="countries", code=code,
        name=words.word("country", code), line=line, rows=found, period=told.period,
        title=_country_finding(words.word("country", code), line), total=known.height,
        sectors=_by_sector(request, known, code),
        shared=known.filter(pl.col("country").str.contains(";", literal=True)).height,
        flows=kept(request, "country-flows", lambda: flows(request, told, code), code),
        capacity=kept(request, "country-capacity", lambda: told.amounts(code), code),
        left_out=kept(request, "country-left-out", lambda: unscored(request, here), code),
        events=kept(request, "country-events", lambda: latest(
            view, EVENTS, among=projects(view).filter(here)), code),
        groupings=[name for name in places.groupings() if code in places.members(name, view.valid)],
        all_link=address(request.clock, "projects", pairs=[("country", code)]))


def _country_line(request: HttpRequest, told: Breakdown, code: str) -> dict[str, Any]:
    values = told.values().get(code) or dict.fromkeys(told.figures["measure"].to_list(), 0)
    return _line(request, told, values, {}, code)


def _country_finding(name: str, line: dict[str, Any]) -> str:
    if not line["committed"] and not line["announced"].value:
        return _("%s: nothing committed or announced is known") % name
    return _("%(name)s: %(c)s committed, %(a)s announced") % {
        "name": name, "c": line["committed"], "a": line["announced"].value}


def _by_sector(request: HttpRequest, known: pl.DataFrame, code: str) -> list[dict[str, Any]]:
    """Counted projects by sector and label."""
    counts = {(sector, label): n for sector, label, n in
              known.group_by("sector", "label").len().iter_rows()}
    found = []
    for sector in SECTORS:
        if any(s == sector for s, _label in counts):
            found.append({"sector": sector, "cells": [
                by_filter(request, sum(counts.get((sector, label), 0) for label in labels),
                          ("sector", sector), ("country", code), *(("label", x) for x in labels))
                for labels in (("announced",), ("at_fid",), ("operating",), STOPPED)]})
    return found


urlpatterns = [
    path("countries/", countries, name="countries"),
    path("countries.csv", table, name="countries_csv"),
    path("countries/<str:country>/", country, name="country"),
]
