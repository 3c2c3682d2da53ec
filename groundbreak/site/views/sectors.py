"""The six sectors against their 2030 milestones, and a page for each."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import polars as pl
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from groundbreak.catalogue.query import Query
from groundbreak.dossier.latest import latest
from groundbreak.measures import DEFINITION_VERSION
from groundbreak.measures.breakdown import Breakdown, breakdown, not_counted
from groundbreak.measures.coverage import known_shares, searched
from groundbreak.measures.gap import JOINT_ROW, RULES, gap
from groundbreak.measures.population import STOPPED, projects
from groundbreak.site import words
from groundbreak.site.addresses import address
from groundbreak.site.inline import inline
from groundbreak.site.opened import COMMITTED, by_filter, by_ids, kept, kept_large, named, rows
from groundbreak.site.page import page
from groundbreak.vocabulary.guarding import safe_csv
from groundbreak.vocabulary.terms import SECTORS

JOINT = "chemicals_shipping"
SHOWN = ("steel", "aluminium", "cement", "aviation", "chemicals", "shipping", "fuel_undecided")
PAGES = (*SHOWN, JOINT)
PARTS = {name: tuple(s for s in SHOWN if JOINT_ROW.get(s, s) == name) for name in (*SHOWN, JOINT)}
LISTED, EVENTS, REASONS = 12, 6, 9
FLOW_WORDS = {
    "new_announced": gettext_noop("newly announced"),
    "new_late_discovery": gettext_noop("found late"),
    "new_listed_undated": gettext_noop("newly listed, announcement undated"),
    "progressing_reported": gettext_noop("progressing towards FID, tracker-reported"),
    "progressing_evidenced": gettext_noop("progressing towards FID, evidenced"),
    "reached_fid_stated": gettext_noop("reached FID, stated"),
    "reached_fid_implied": gettext_noop("reached FID, implied"),
    "reversed": gettext_noop("reversed"),
}


def parts(sector: str) -> tuple[str, ...]:
    """The sectors that a page covers: itself, or those of the joint row."""
    return PARTS[JOINT] if sector == JOINT else (sector,)


def flows(request: HttpRequest, told: Breakdown, *groups: str) -> list[dict[str, Any]]:
    """Every flow measure over groups that do not overlap, in words."""
    return [{"words": _(text), "measure": name, "n": by_ids(request, told.cell(name, *groups))}
            for name, text in FLOW_WORDS.items()]


def unscored(request: HttpRequest, among: pl.Expr) -> list[dict[str, Any]]:
    """What is not counted and why, opening to the projects."""
    return [{**row, "link": named(request, row["ids"])}
            for row in not_counted(request.reading.view, among).iter_rows(named=True)]


def sectors(request: HttpRequest) -> HttpResponse:
    """All sectors: the finding, the chart, stocks against milestones, flows over the term."""
    told, needs = _breakdown(request), _needs(request)
    lines = kept(request, "sector-lines", lambda: {
        name: _line(request, told, needs, name) for name in (*PAGES, "all")})
    return page(
        request, "sectors/sectors.html", section="sectors", title=_finding(needs),
        lines=lines.values(), period=told.period,
        left_out=kept(request, "left-out", lambda: unscored(request, pl.lit(True))[:REASONS]),
        chart=inline(request, "pipeline-by-sector"))


def _breakdown(request: HttpRequest) -> Breakdown:
    return kept_large(request, "by-sector", lambda: breakdown(request.reading.view, "sector"))


def _needs(request: HttpRequest) -> dict[tuple[str, str], dict[str, Any]]:
    """(sector row, counting rule) → the gap's figures."""
    return kept(request, "sector-needs", lambda: {
        (row["sector"], row["rule"]): row
        for row in gap(request.reading.view).figures.iter_rows(named=True)})


def _finding(needs: dict[tuple[str, str], dict[str, Any]]) -> str:
    told = sorted((row for (sector, rule), row in needs.items()
                   if rule == "committed" and sector != "all" and row["covered"]),
                  key=lambda row: row["have"] / row["need"])
    if not told:
        return _("Too little is known to set any sector against its 2030 milestone")
    if len(told) == 1:
        return _("%(sector)s: %(have)s of the %(need)s plants of 2030 are committed") % _words(
            told[0])
    return _("%(best)s is nearest its 2030 milestone, with %(bh)s of %(bn)s plants committed; "
             "%(worst)s is furthest away, with %(wh)s of %(wn)s") % {
        "best": words.word("sector", told[-1]["sector"]), "bh": told[-1]["have"],
        "bn": told[-1]["need"], "worst": words.word("sector", told[0]["sector"]).lower(),
        "wh": told[0]["have"], "wn": told[0]["need"]}


def _words(row: dict[str, Any]) -> dict[str, Any]:
    return {**row, "sector": words.word("sector", row["sector"])}


def _line(request: HttpRequest, told: Breakdown, needs: dict[tuple[str, str], dict[str, Any]],
          sector: str) -> dict[str, Any]:
    """A row of the table: stocks by label, the milestone, flows."""
    chosen = () if sector == "all" else parts(sector)
    groups = chosen or ("all",)

    def stock(*labels: str) -> Any:
        value = sum(told.cell(label, *groups).value for label in labels)
        return by_filter(request, value, *(("sector", s) for s in chosen),
                         *(("label", label) for label in labels))

    own = needs.get((sector, "committed"))
    new, fid = ("new_announced", "progressing_reported"), ("reached_fid_stated",
                                                            "reached_fid_implied")
    return {
        "sector": sector, "announced": stock("announced"), "at_fid": stock("at_fid"),
        "operating": stock("operating"), "stopped": stock(*STOPPED), "milestone": own,
        "in_joint": JOINT_ROW.get(sector) == JOINT,
        "share": own["have"] / own["need"] if own and own["have"] is not None else None,
        "new": by_ids(request, told.cell(new[0], *groups)),
        "progressing": by_ids(request, told.cell(new[1], *groups)),
        "fid": [by_ids(request, told.cell(name, *groups)) for name in fid],
    }


def sector(request: HttpRequest, sector: str) -> HttpResponse:
    """One sector, or chemicals and shipping as their milestone counts them."""
    if sector not in PAGES:
        raise Http404(_("There is no sector “%(name)s”; there are: %(all)s.") % {
            "name": sector[:40], "all": ", ".join(PAGES)})
    told, needs, groups = _breakdown(request), _needs(request), parts(sector)
    view = request.reading.view
    line = kept(request, "sector-line", lambda: _line(request, told, needs, sector), sector)
    among = pl.col("sector").is_in(groups)
    query = Query({"sector": groups, "label": ("announced", *COMMITTED)}, per_page=LISTED)
    events: Callable[[], Any] = lambda: latest(  # noqa: E731
        view, EVENTS, among=projects(view).filter(among))
    shares = kept(request, "known-shares", lambda: known_shares(view))
    return page(
        request, "sectors/sector.html", section="sectors", sector=sector, line=line,
        title=_sector_finding(sector, line, needs), parts=groups if len(groups) > 1 else (),
        about=[_(SECTORS[name].definition) for name in groups],
        rules=_rules(needs, JOINT_ROW.get(sector, sector)), joint=JOINT_ROW.get(sector),
        capacity=kept(request, "sector-capacity", lambda: told.amounts(*groups), sector),
        flows=kept(request, "sector-flows", lambda: flows(request, told, *groups), sector),
        period=told.period,
        rows=kept(request, "sector-rows", lambda: rows(request, query), sector),
        all_link=address(request.clock, "projects",
                         pairs=[("sector", name) for name in groups]),
        left_out=kept(request, "sector-left-out", lambda: unscored(request, among), sector),
        events=kept(request, "sector-events", events, sector),
        known_of=_known(shares, groups),
        chart=inline(request, "promised-vs-actual", sector=sector),
        searches=[s for s in searched(view) if s.sector in groups])


def _known(shares: pl.DataFrame, groups: Iterable[str]) -> dict[str, int]:
    return shares.filter(pl.col("sector").is_in(list(groups))).drop("sector").sum().row(
        0, named=True)


def _sector_finding(sector: str, line: dict[str, Any],
                    needs: dict[tuple[str, str], dict[str, Any]]) -> str:
    name = words.word("sector", sector)
    own = needs.get((sector, "committed"))
    if own and own["covered"]:
        more = needs[sector, "all_announced"]["have"] - own["have"]
        return _("%(name)s: %(have)s of the %(need)s plants that 2030 needs are committed; "
                 "%(more)s more are announced") % {
            "name": name, "have": own["have"], "need": own["need"], "more": more}
    committed = line["at_fid"].value + line["operating"].value
    return _("%(name)s: %(committed)s projects are committed; %(more)s more are announced") % {
        "name": name, "committed": committed, "more": line["announced"].value}


def _rules(needs: dict[tuple[str, str], dict[str, Any]], row: str) -> list[dict[str, Any]]:
    """The milestone under each counting rule; none where no milestone is set."""
    return [{**needs[row, rule], "rule_words": _(text), "share":
             None if needs[row, rule]["have"] is None
             else needs[row, rule]["have"] / needs[row, rule]["need"]}
            for rule, text in RULES.items() if (row, rule) in needs]


def table(request: HttpRequest) -> HttpResponse:
    """The page's figures as a long table; `of` is the milestone that a value is counted against."""
    told, view = _breakdown(request), request.reading.view
    none = pl.lit(None, pl.Int64)
    shown = pl.col("group").is_in(["all", *SHOWN])
    counts = told.figures.filter(shown).select(
        "measure", "value", "low", "high", sector="group", of=none, unit=pl.lit("projects"))
    needs = gap(view).figures.select(
        "sector", measure=pl.format("milestone_2030_{}", "rule"), value="have", low=none,
        high=none, of="need", unit=pl.lit("plants"))
    sizes = told.capacity.filter(shown).select(
        "unit", sector="group", measure=pl.format("capacity_{}_{}", "stock", "product"),
        value="capacity", low=none, high=none, of=none)
    columns = ("sector", "measure", "value", "low", "high", "of", "unit")
    stacked = pl.concat([part.select(columns) for part in (counts, needs, sizes)])
    clock = pl.lit(str(view.known)).alias("known"), pl.lit(str(view.valid)).alias("about_day")
    found = stacked.sort("sector", "measure").with_columns(
        *clock, flows_since=pl.lit(str(told.period.first)),
        definition_version=pl.lit(DEFINITION_VERSION))
    answer = HttpResponse(safe_csv(found), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = (
        f'attachment; filename="groundbreak-sectors-{view.known}.csv"')
    return answer


urlpatterns = [
    path("sectors/", sectors, name="sectors"),
    path("sectors.csv", table, name="sectors_csv"),
    path("sectors/<str:sector>/", sector, name="sector"),
]
