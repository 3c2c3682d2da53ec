"""The bridge: from one stock of plants to another between two days, each line with its projects."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from groundbreak.measures.bridge import LINES, between
from groundbreak.measures.combined import (
    STOCKS_OF,
    WHENS,
    Combined,
    capacities,
    combined,
    movers,
)
from groundbreak.measures.gap import JOINT_ROW
from groundbreak.site.addresses import address
from groundbreak.site.inline import inline
from groundbreak.site.page import page
from groundbreak.site.spans import Span, number, one, only, span
from groundbreak.vocabulary.terms import SECTORS

JOINT = "chemicals_shipping"
SECTOR_CHOICES = (*(name for name in SECTORS if name != "outside"), JOINT)
STOCK_WORDS = {
    "committed": gettext_noop("committed (at FID or operating)"),
    "announced": gettext_noop("announced"),
    "at_fid": gettext_noop("at FID"),
    "operating": gettext_noop("operating"),
}
MOST_IDS = 60  # projects that a link may name one by one; a line of so many shows them all
PEEK = 25  # rows of a longer line
PER_PAGE = 100


@dataclass(frozen=True)
class Found:
    """The bridge that was asked for, with who moved and what they carried."""

    part: Combined
    movers: pl.DataFrame
    capacity: pl.DataFrame


@dataclass(frozen=True)
class Line:
    """A line of the table: its number, its projects and where all of them are listed."""

    name: str
    text: str
    projects: int
    clocks: tuple[int, ...]
    rows: list[dict[str, Any]]
    listed: str  # the Projects page with exactly these; '' where they are too many
    more: str  # this page with only this line; '' where all rows are shown


def bridge(request: HttpRequest) -> HttpResponse:
    """Form, waterfall, lines with their projects, capacities, and both clocks."""
    only(request, "from", "to", "stock", "sector", "line", "page")
    days = span(request)
    stock = one(request, "stock", STOCKS_OF, "committed")
    sector = one(request, "sector", SECTOR_CHOICES)
    line = one(request, "line", LINES)
    found = bridge_of(request, days, stock, sector)
    pairs = [*days.pairs, *((name, value) for name, value in (
        ("stock", stock if stock != "committed" else ""), ("sector", sector)) if value)]
    shown = {"days": days, "stock": stock, "sector": sector, "found": found,
             "stocks": [(name, _(text)) for name, text in STOCK_WORDS.items()],
             "sectors": SECTOR_CHOICES, "stock_words": _(STOCK_WORDS[stock])}
    if line:
        return _one_line(request, line, found, pairs, shown)
    lines = _lines(request, found, pairs)
    return page(
        request, "bridge/bridge.html", section="bridge", **shown, lines=lines,
        moved=found.movers.height, clocks=_clocks(lines),
        capacity=_capacity_rows(found.capacity),
        chart=inline(request, "bridge", **{"from": days.opened, "to": days.closed,
                                           "opened": days.opened, "closed": days.closed,
                                           "stock": stock, "sector": sector}))


def bridge_of(request: HttpRequest, days: Span, stock: str, sector: str) -> Found:
    """The bridge between two known days on the page's log position, kept until the log grows."""
    def compute() -> Found:
        recorded = request.clock.recorded
        start, end = (request.standing.reading(day, None, recorded).view
                      for day in (days.opened, days.closed))
        if start.history is not end.history:  # a log position: both days from one prefix
            start = end.history.as_of(days.opened)
        whole = request.standing.large_answer(
            ("bridge", days.opened, days.closed, bool(sector), recorded),
            lambda: between(start, end, by="sector" if sector else None))
        part = combined(whole, _stocks(stock, sector))
        return Found(part, movers(part, start, end), capacities(part, start, end))

    return request.standing.large_answer(
        ("bridge-page", days.opened, days.closed, stock, sector, request.clock.recorded), compute)


def _stocks(stock: str, sector: str) -> list[str]:
    labels = STOCKS_OF[stock]
    if not sector:
        return list(labels)
    sectors = [name for name, row in JOINT_ROW.items() if row == sector] or [sector]
    return [f"{name}/{label}" for name in sectors for label in labels]


def _lines(request: HttpRequest, found: Found, pairs: list[tuple[str, str]]) -> list[Line]:
    lines = []
    for name, projects in found.part.lines.iter_rows():
        rows = found.movers.filter(pl.col("line") == name)
        clocks = dict(rows.group_by("when").len().iter_rows())
        ids = rows["project"].to_list()
        lines.append(Line(
            name, _(LINES[name]), projects, tuple(clocks.get(kind, 0) for kind in WHENS),
            rows.head(MOST_IDS if len(ids) <= MOST_IDS else PEEK).rows(named=True),
            address(request.clock, "projects", pairs=[
                *(("project", project) for project in ids), ("all", 1)])
            if len(ids) <= MOST_IDS else "",
            "" if len(ids) <= MOST_IDS else address(
                request.clock, "bridge", pairs=[*pairs, ("line", name)])))
    return lines


def _clocks(lines: list[Line]) -> dict[str, int]:
    """All movements by when they happened: they sum to the records that moved."""
    return {kind: sum(line.clocks[n] for line in lines) for n, kind in enumerate(WHENS)}


def _capacity_rows(table: pl.DataFrame) -> list[dict[str, Any]]:
    """A row a product: unit, opening, the lines that carried any, closing, what is unexplained."""
    rows = []
    for (product, unit), part in table.group_by(["product", "unit"], maintain_order=True):
        amounts = dict(part.select("line", "capacity").iter_rows())
        opening, closing = amounts.pop("opening", 0), amounts.pop("closing", 0)
        rows.append({"product": product, "unit": unit, "opening": opening, "closing": closing,
                     "lines": [(_(LINES[line]), amount) for line, amount in amounts.items()],
                     "unexplained": closing - opening - sum(amounts.values())})
    return rows


def _one_line(request: HttpRequest, line: str, found: Found, pairs: list[tuple[str, str]],
              shown: dict[str, Any]) -> HttpResponse:
    """One line alone, all of its projects, page by page."""
    rows = found.movers.filter(pl.col("line") == line)
    pages = max(1, -(-rows.height // PER_PAGE))
    at = number(request, "page", 10**6)
    if at > pages:
        raise Http404(_("Page %(page)s of %(pages)s") % {"page": at, "pages": pages})
    asked = [*pairs, ("line", line)]
    return page(
        request, "bridge/line.html", section="bridge", **shown, line=line, text=_(LINES[line]),
        total=rows.height, at=at, pages=pages,
        rows=rows.slice((at - 1) * PER_PAGE, PER_PAGE).rows(named=True),
        back=address(request.clock, "bridge", pairs=pairs),
        earlier=address(request.clock, "bridge", pairs=[*asked, ("page", at - 1)])
        if at > 1 else "",
        further=address(request.clock, "bridge", pairs=[*asked, ("page", at + 1)])
        if at < pages else "")


urlpatterns = [path("bridge/", bridge, name="bridge")]
