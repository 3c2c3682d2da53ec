"""Coverage: what each sector's figures rest on, what was searched in vain, and what nobody did."""

from __future__ import annotations

from typing import Any

import polars as pl
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from groundbreak.measures.coverage import (
    SIX,
    coverage_warnings,
    known_shares,
    searched,
    sources,
)
from groundbreak.measures.population import projects
from groundbreak.site.opened import by_filter, kept
from groundbreak.site.page import page

KNOWN = {
    "young": gettext_noop("Evidence under 24 months"), "sized": gettext_noop("Capacity"),
    "owned": gettext_noop("Owners"), "dated": gettext_noop("Start, promised or actual"),
    "gated": gettext_noop("At least one FID gate assessed"),
    "located": gettext_noop("Coordinates"),
}


def coverage(request: HttpRequest) -> HttpResponse:
    """Sources, what is known of the counted projects, and searches sector by sector."""
    view = request.reading.view
    warnings = kept(request, "coverage-warnings", lambda: coverage_warnings(view))
    shares = kept(request, "known-shares", lambda: known_shares(view))
    whole = shares.row(by_predicate=pl.col("sector") == "all", named=True)
    return page(
        request, "coverage/coverage.html", section="coverage", title=_finding(whole),
        warnings=warnings, whole=whole,
        facts=[_(text) for text in KNOWN.values()],
        sources=kept(request, "coverage-sources", lambda: _sources(request)),
        lines=kept(request, "coverage-lines", lambda: _lines(request, shares)),
        sectors=kept(request, "coverage-sectors", lambda: _sectors(request, shares)))


def _finding(whole: dict[str, Any]) -> str:
    if not whole["counted"]:
        return _("Nothing is counted as of this day")
    return _("%(young)s of %(counted)s counted projects have evidence younger than 24 months; "
             "%(undecided)s records stay undecided") % {
        name: f"{whole[name]:,}" for name in ("young", "counted", "undecided")}


def _sources(request: HttpRequest) -> list[dict[str, Any]]:
    return [{**row, "opened": by_filter(request, row["counted"], ("source", row["source"]))}
            for row in sources(request.reading.view).iter_rows(named=True)]


def _lines(request: HttpRequest, shares: pl.DataFrame) -> list[dict[str, Any]]:
    """A row a sector: n of N for each fact."""
    found = []
    for row in shares.iter_rows(named=True):
        chosen = () if row["sector"] == "all" else (("sector", row["sector"]),)
        found.append({
            **row, "opened": by_filter(request, row["counted"], *chosen),
            "facts": [(row[name], row[name] / row["counted"] if row["counted"] else None)
                      for name in KNOWN]})
    return found


def _sectors(request: HttpRequest, shares: pl.DataFrame) -> list[dict[str, Any]]:
    """Every sector with its products and what was searched for it."""
    view = request.reading.view
    products = projects(view).filter("counted").group_by("sector", "product").len("n").sort(
        "n", "product", descending=[True, False])
    found = searched(view)
    names = [*SIX, *(s for s in shares["sector"].to_list() if s not in (*SIX, "all"))]
    return [
        {"sector": name, "searches": [s for s in found if s.sector == name],
         "products": [(row["product"], by_filter(request, row["n"], ("sector", name),
                                                 ("product", row["product"])))
                      for row in products.filter(pl.col("sector") == name).iter_rows(named=True)]}
        for name in names]


urlpatterns = [path("coverage/", coverage, name="coverage")]
