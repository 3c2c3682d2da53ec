"""One project: its dossier on both clocks, what is unknown, who says otherwise, and its sources."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import polars as pl
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from django.utils.translation import gettext as _

from groundbreak.catalogue.table import catalogue
from groundbreak.dossier.drawing import WIDTH, drawing
from groundbreak.dossier.gates import LEVELS, age_months
from groundbreak.dossier.project import Dossier, dossier
from groundbreak.publishing import formats
from groundbreak.reading import Reading
from groundbreak.register.evidence import behind
from groundbreak.site.page import page
from groundbreak.vocabulary.guarding import safe_csv

_RELATED_BY = ("gem_plant_id", "hub")
MOST_RELATED = 20


def found(request: HttpRequest, project: str) -> Dossier:
    """The dossier of a project on the request's clock. Raises Http404 that says why not."""
    reading: Reading = request.reading
    row = catalogue(reading.view).project(project)
    if row is None:
        if catalogue(request.standing.reading().view).project(project):
            raise Http404(_("This project was not known on %s.") % reading.known)
        raise Http404(_("No project has the id %s.") % project[:40])
    return dossier(reading.view, row)


def project(request: HttpRequest, project: str) -> HttpResponse:
    """The page of a project."""
    told = found(request, project)
    row, view = told.row, told.view
    evidence = behind(Reading(view), told.record)
    ready, missing = told.ready
    start = next((p for p in told.promises if p.milestone == "operation"), None)
    return page(
        request, "project/project.html", section="projects", d=told, row=row,
        evidence=[_evidence(e) for e in evidence.sort("known", descending=True).iter_rows(
            named=True)],
        facts=told.facts, drawing=drawing(told), width=WIDTH, start=start,
        fact_sizes=_sizes(told), money=_money(told), gates_known=sum(
            g.level is not None for g in told.gates),
        levels=LEVELS, ready=ready, missing=missing,
        conflicts=[(field, _by_value(rows)) for field, rows in told.conflicts.items()],
        related=_related(request.reading, told),
        age=age_months(row["last_news"], view.valid) if row["last_news"] else None,
        support=told.fact("support"), support_since=_since(told, "support"))


def _sizes(told: Dossier) -> list[tuple[str, float, str, int]]:
    """Every capacity that holds: field, amount, unit, and how many other figures were told."""
    figures: dict[str, set[float]] = {}
    for row in told.capacities:
        figures.setdefault(row["field"], set()).add(row["value_number"])
    return [(field, row["value_number"], row["unit"] or "", len(figures[field]) - 1)
            for field, row in told.told.cells.items()
            if field in figures and row["value_number"] is not None]


def _money(told: Dossier) -> tuple[str, str] | None:
    held = told.told.cells.get("capex_announced")
    if held is None:
        return None
    amount, (currency, _at, year) = held["value_number"], (held["unit"] or "").partition("@")
    for bound, word in ((1e9, "bn"), (1e6, "m")):
        if amount >= bound:
            return f"{currency} {amount / bound:,.3g} {word}", year
    return f"{currency} {amount:,.0f}", year


def _since(told: Dossier, field: str) -> Any:
    held = told.told.cells.get(field)
    return held["happened_latest"] if held else None


def _evidence(row: dict[str, Any]) -> dict[str, Any]:
    """A reference with its link where it is a safe one, and who it is from."""
    link = next((text for text in (row["reference"], row["stands_for"]) if _is_link(text)), "")
    return {**row, "link": link, "host": urlsplit(link).hostname or "" if link else ""}


def _is_link(text: str) -> bool:
    try:
        return urlsplit(text).scheme in ("http", "https") and " " not in text
    except ValueError:
        return False


def _by_value(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The word that holds, then each other value once: its newest teller and how many others."""
    chosen, *lost = rows
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for row in lost:
        first = found.setdefault((row["value"], row["unit"]), {**row, "others": set()})
        first["others"] |= {row["source"]} - {first["source"]}
        first["contested"] = first["contested"] or row["contested"]
    told = [{**row, "others": len(row["others"])} for row in found.values()]
    return [{**chosen, "chosen": True, "others": 0}, *told]


def _related(reading: Reading, told: Dossier) -> list[dict[str, Any]]:
    """Other records that share a plant id or hub with this one: its other phases, perhaps."""
    shared = {name: told.fact(name) for name in _RELATED_BY}
    wanted = {name: value for name, value in shared.items() if value}
    if not wanted:
        return []
    held = reading.view.held("record", "field", "value_text").filter(pl.any_horizontal([
        (pl.col("field") == name) & (pl.col("value_text") == value)
        for name, value in wanted.items()]) & (pl.col("record") != told.record))
    beside = catalogue(reading.view).frame.join(held.select("record").unique(), on="record",
                                                how="semi")
    return beside.sort("name_key").head(MOST_RELATED).rows(named=True)


def download(request: HttpRequest, project: str, suffix: str) -> HttpResponse:
    """The project's facts, claim by claim, as CSV or JSON."""
    told = found(request, project)
    facts = told.facts_frame().with_columns(
        pl.lit(told.row["project"]).alias("project"), licence=pl.lit(told.row["licence"]))
    if suffix == "csv":
        return HttpResponse(safe_csv(facts), content_type=formats.TYPES["csv"], headers={
            "Content-Disposition": f'attachment; filename="{told.row["project"]}.csv"'})
    if suffix != "json":
        raise Http404(_("No such format; there are: csv, json"))
    return JsonResponse({
        "project": told.row["project"], "record": told.record, "name": told.row["name"],
        "known": str(told.view.known), "about_day": str(told.view.valid),
        "licence": told.row["licence"], "citation": told.row["citation"],
        "facts": facts.rows(named=True),
    }, json_dumps_params={"ensure_ascii": False})


urlpatterns = [
    path("projects/<str:project>/", project, name="project"),
    path("projects/<str:project>.<str:suffix>", download, name="project_download"),
]
