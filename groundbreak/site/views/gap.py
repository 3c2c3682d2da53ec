"""The gap to 2030: what is needed, what there is, and what is missing, by four counting rules."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from groundbreak.measures.gap import RULES, Gap, gap, milestones
from groundbreak.measures.population import projects
from groundbreak.measures.published import positions
from groundbreak.site.addresses import address
from groundbreak.site.inline import inline
from groundbreak.site.page import page
from groundbreak.site.spans import number, one, only, when
from groundbreak.starter.reference import milestones_2030

PER_PAGE = 100
FACTORS = (0.5, 1.0, 2.0)
RULE_WORDS = {
    "committed": gettext_noop("Committed only"),
    "due_2030": gettext_noop("and announced for 2030 or before"),
    "all_announced": gettext_noop("and all announced"),
    "expected": gettext_noop("Expected"),
}
FACTOR_WORDS = {0.5: gettext_noop("Thresholds halved"), 1.0: gettext_noop("As published"),
                2.0: gettext_noop("Thresholds doubled")}


@dataclass(frozen=True)
class Cell:
    """One counting rule in one row: None where it is not computed; `link` opens the projects."""

    have: int | None
    gap: int | None
    note: str
    link: str


@dataclass(frozen=True)
class Row:
    """A sector row of the 2030 milestones."""

    sector: str
    need: int
    counts: str
    cells: list[Cell]


def gaps(request: HttpRequest) -> HttpResponse:
    """All rules side by side, archetype plants, other thresholds, and the published arithmetic."""
    only(request, "sector", "rule", "page")
    sector = one(request, "sector", milestones())
    rule = one(request, "rule", [name for name in RULES if name != "expected"])
    found = _gap(request, 1.0)
    if sector or rule:
        return _members(request, found, sector or "all", rule or "committed")
    rows = _rows(request, found)
    whole = next(row for row in rows if row.sector == "all")
    return page(
        request, "gap/gap.html", section="gap", rows=rows, whole=whole,
        rules=[(name, _(text), _(RULES[name])) for name, text in RULE_WORDS.items()],
        archetypes=_archetypes(found), factors=_factors(request),
        published=positions(milestones_2030()).rows(named=True), chart=inline(request, "gap"),
        sensitivity=inline(request, "threshold-sensitivity"))


def _gap(request: HttpRequest, factor: float) -> Gap:
    return request.standing.large_answer(
        ("gap", factor, when(request)), lambda: gap(request.reading.view, factor=factor))


def _rows(request: HttpRequest, found: Gap) -> list[Row]:
    rows = []
    for (sector,), part in found.figures.group_by(["sector"], maintain_order=True):
        cells = [
            Cell(row["have"], row["gap"],
                 _(_NOTES[row["note"]]) if row["have"] is None else "",
                 address(request.clock, "gap", pairs=[("sector", sector), ("rule", row["rule"])])
                 if row["have"] else "")
            for row in part.iter_rows(named=True)
        ]
        rows.append(Row(str(sector), int(part["need"][0]), milestones()[str(sector)].note, cells))
    return rows


_NOTES = {"not yet covered": gettext_noop("Not yet covered"),
          "not yet computed": gettext_noop("Not yet computed")}


def _archetypes(found: Gap) -> list[dict[str, Any]]:
    """A row a sector and product that has any, with its plants by rule."""
    wide = found.archetypes.pivot("rule", index=["sector", "product"], values="plants")
    for rule in RULES:
        if rule not in wide.columns:
            wide = wide.with_columns(pl.lit(None, pl.Float64).alias(rule))
    order = {name: n for n, name in enumerate(milestones())}
    rows = wide.filter(pl.col("sector") != "all").rows(named=True)
    return sorted(rows, key=lambda row: (order.get(row["sector"], len(order)), row["product"]))


def _factors(request: HttpRequest) -> list[dict[str, Any]]:
    """What other thresholds of eligibility would count, over all sectors."""
    rows = []
    for factor in FACTORS:
        have = dict(_gap(request, factor).figures.filter(pl.col("sector") == "all")
                    .select("rule", "have").iter_rows())
        rows.append({"text": _(FACTOR_WORDS[factor]), "usual": factor == 1.0, **have})
    return rows


def _members(request: HttpRequest, found: Gap, sector: str, rule: str) -> HttpResponse:
    """The projects that a rule counts in a sector row, page by page."""
    chosen = found.members.filter((pl.col("sector") == sector) & (pl.col("rule") == rule))
    about = projects(request.reading.view).select(
        "record", "name", "country", "product", "label", "operation_planned_date")
    rows = chosen.join(about, on="record").sort(pl.col("name").str.to_lowercase(), "record")
    pages = max(1, -(-rows.height // PER_PAGE))
    at = number(request, "page", 10**6)
    if at > pages:
        raise Http404(_("Page %(page)s of %(pages)s") % {"page": at, "pages": pages})
    asked = [("sector", sector), ("rule", rule)]

    def turned(to: int) -> str:
        return address(request.clock, "gap", pairs=[*asked, ("page", to)])

    figure = found.figures.filter(
        (pl.col("sector") == sector) & (pl.col("rule") == rule)).row(0, named=True)
    return page(
        request, "gap/members.html", section="gap", sector=sector, rule=_(RULES[rule]),
        total=rows.height, need=figure["need"], covered=figure["covered"], at=at, pages=pages,
        rows=rows.slice((at - 1) * PER_PAGE, PER_PAGE).rows(named=True),
        earlier=turned(at - 1) if at > 1 else "", further=turned(at + 1) if at < pages else "")


urlpatterns = [path("gap/", gaps, name="gap")]
