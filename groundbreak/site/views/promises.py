"""Promised against actual: what was to operate by when, how far it slipped, and who failed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from groundbreak.measures.failures import KINDS, failures
from groundbreak.measures.promises import BASES, OUTCOMES, Promises, promised
from groundbreak.site.addresses import address
from groundbreak.site.inline import inline
from groundbreak.site.page import page
from groundbreak.site.spans import number, one, only, when
from groundbreak.vocabulary.terms import SECTORS, STOP_REASONS

PER_PAGE = 100
SLIPS = 15  # the longest ones shown
MOST_FAILURES = 200
SECTOR_CHOICES = tuple(name for name in SECTORS if name != "outside")
COLUMNS = ("promised", *OUTCOMES)
OUTCOME_WORDS = {
    "promised": gettext_noop("promised"), "operating": gettext_noop("operating by then"),
    "late": gettext_noop("operating since, late"),
    "promised_later": gettext_noop("now promised for later"),
    "stopped": gettext_noop("stopped"), "not_due": gettext_noop("not due yet"),
    "unknown": gettext_noop("due, nothing said"),
}
BASIS_WORDS = {"first": gettext_noop("as first promised"),
               "year_before": gettext_noop("as promised at the end of the year before")}


@dataclass(frozen=True)
class Row:
    """A year, or a sector, with its outcomes as (number, address)."""

    name: str
    cells: list[tuple[int, str]]


def promises(request: HttpRequest) -> HttpResponse:
    """Years and sectors by outcome, slips, and the standing list of failures."""
    only(request, "sector", "basis", "year", "outcome", "page")
    sector = one(request, "sector", SECTOR_CHOICES)
    basis = one(request, "basis", BASES, "first")
    outcome = one(request, "outcome", COLUMNS)
    found: Promises = request.standing.large_answer(
        ("promised", when(request)), lambda: promised(request.reading.view))
    year = one(request, "year", [str(year) for year in found.years])
    if year:
        return _listing(request, found, int(year), basis, outcome, sector)
    figures = request.standing.answer(("promised-figures", when(request)), lambda: found.figures)
    counts = {(s, y, o): n for s, y, b, o, n in figures.iter_rows() if b == basis}
    last = _last_full_year(request)
    mine = found.projects.filter(pl.col("sector") == sector) if sector else found.projects
    failed = request.standing.large_answer(
        ("failures", when(request)), lambda: failures(request.reading.view))
    if sector:
        failed = failed.filter(pl.col("sector") == sector)
    return page(
        request, "promises/promises.html", section="promises", sector=sector, basis=basis,
        sectors=SECTOR_CHOICES, bases=[(name, _(text)) for name, text in BASIS_WORDS.items()],
        basis_words=_(BASIS_WORDS[basis]), columns=[_(OUTCOME_WORDS[name]) for name in COLUMNS],
        years=_years(request, found, counts, basis, sector), last=last,
        due=counts.get((sector or "all", last, "promised"), 0),
        did=counts.get((sector or "all", last, "operating"), 0),
        by_sector=[] if sector else _sectors(request, counts, basis, last),
        slips=_slips(mine), slipped=_summary(mine), failures=_failed(failed),
        failed=failed.height, most=MOST_FAILURES,
        chart=inline(request, "promised-vs-actual", basis=basis, sector=sector),
        slip_chart=inline(request, "slips", sector=sector))


def _last_full_year(request: HttpRequest) -> int:
    """The last year that was over on the page's day."""
    day = request.reading.view.valid
    return day.year if (day.month, day.day) == (12, 31) else day.year - 1


def _cells(request: HttpRequest, counts: dict[tuple[str, int, str], int], sector: str, year: int,
           basis: str) -> list[tuple[int, str]]:
    return [(n, address(request.clock, "promises", pairs=[
        *([("sector", sector)] if sector != "all" else []), ("basis", basis), ("year", year),
        ("outcome", name)]) if n else "")
        for name in COLUMNS for n in [counts.get((sector, year, name), 0)]]


def _years(request: HttpRequest, found: Promises, counts: dict[tuple[str, int, str], int],
           basis: str, sector: str) -> list[Row]:
    """A row a year; a year in which nobody was promised yet, on this basis, is left out."""
    chosen = sector or "all"
    return [Row(str(year), _cells(request, counts, chosen, year, basis)) for year in found.years
            if counts.get((chosen, year, "promised"))]


def _sectors(request: HttpRequest, counts: dict[tuple[str, int, str], int], basis: str,
             year: int) -> list[Row]:
    return [Row(name, _cells(request, counts, name, year, basis))
            for name in (*SECTOR_CHOICES, "not stated") if counts.get((name, year, "promised"))]


# -- slips and failures ----------------------------------------------------------------------------
def _summary(projects: pl.DataFrame) -> dict[str, Any]:
    """Of those that did not stop: how many slipped, held, or came forward, and by how much in the
    middle of those that slipped."""
    told = projects.filter(pl.col("outcome") != "stopped")["slip_months"].drop_nulls()
    later = told.filter(told > 0)
    middle = later.median()
    return {"told": told.len(), "later": later.len(), "held": told.filter(told == 0).len(),
            "earlier": told.filter(told < 0).len(),
            "median": round(float(middle)) if isinstance(middle, int | float) else None}


def _slips(projects: pl.DataFrame) -> list[dict[str, Any]]:
    """The longest slips, longest first."""
    return projects.filter(pl.col("slip_months") > 0).sort(
        "slip_months", "name", descending=[True, False]).head(SLIPS).rows(named=True)


def _failed(failed: pl.DataFrame) -> list[tuple[str, int, list[dict[str, Any]]]]:
    """Each kind of failure with how many there are, and its rows as far as they are shown."""
    shown = failed.head(MOST_FAILURES)
    reasons = {name: _(term.label) for name, term in STOP_REASONS.items()}
    return [
        (_(KINDS[kind]), failed.filter(pl.col("what") == kind).height,
         [{**row, "happened_earliest": row["earliest"],
           "happened_latest": row["latest"], "why": reasons.get(row["reason"] or "", "")}
          for row in rows])
        for kind in KINDS
        if (rows := shown.filter(pl.col("what") == kind).rows(named=True))]


def _listing(request: HttpRequest, found: Promises, year: int, basis: str, outcome: str,
             sector: str) -> HttpResponse:
    """The projects behind one figure, page by page."""
    rows = found.behind(year, basis, outcome or None, sector or None).sort(
        pl.col("name").str.to_lowercase(), "record")
    pages = max(1, -(-rows.height // PER_PAGE))
    at = number(request, "page", 10**6)
    if at > pages:
        raise Http404(_("Page %(page)s of %(pages)s") % {"page": at, "pages": pages})
    kept = [(name, value) for name, value in (("sector", sector), ("basis", basis)) if value]
    asked = [*kept, ("year", year), *([("outcome", outcome)] if outcome else [])]

    def turned(to: int) -> str:
        return address(request.clock, "promises", pairs=[*asked, ("page", to)])

    return page(
        request, "promises/listing.html", section="promises", year=year, sector=sector,
        basis_words=_(BASIS_WORDS[basis]), outcome=_(OUTCOME_WORDS[outcome or "promised"]),
        total=rows.height, at=at, pages=pages, back=address(request.clock, "promises", pairs=kept),
        rows=[{**row, "became": _(OUTCOME_WORDS[row["by_then"]])}
              for row in rows.slice((at - 1) * PER_PAGE, PER_PAGE).iter_rows(named=True)],
        earlier=turned(at - 1) if at > 1 else "", further=turned(at + 1) if at < pages else "")


urlpatterns = [path("promised/", promises, name="promises")]
