"""Flow: where everything stood on one day and where it stands on another, as a matrix."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from groundbreak.catalogue.query import BadQuery
from groundbreak.measures import transitions as matrices
from groundbreak.measures.label_flow import FLOW_SCHEMA, PLACES, label_flow
from groundbreak.measures.population import projects
from groundbreak.site import words
from groundbreak.site.addresses import address
from groundbreak.site.inline import inline
from groundbreak.site.page import page
from groundbreak.site.spans import Span, day, number, one, only, span, when
from groundbreak.vocabulary.terms import read_rows

PER_PAGE = 100
OUTSIDE = ("not_counted", "absent")
PLACE_WORDS = {
    "not_counted": gettext_noop("Not counted"), "absent": gettext_noop("Not listed yet"),
    "fid_construction": gettext_noop("FID or construction"), "no_stage": gettext_noop("No stage"),
    "unlisted": gettext_noop("Not listed"),
}


@dataclass(frozen=True)
class Cell:
    """How many went from one place to another; '' where nobody did."""

    n: int
    link: str
    stayed: bool


@dataclass(frozen=True)
class Row:
    """Where some stood, how many, and where they went."""

    text: str
    total: int
    cells: list[Cell]


def flow(request: HttpRequest) -> HttpResponse:
    """The matrix of all counted projects by label, or of one source's records by stage."""
    only(request, "from", "to", "source", "before", "after", "page")
    source = one(request, "source")
    sources = _sources(request)
    if source and source not in sources:
        raise BadQuery("source", source, ", ".join(sources) or _("none: nothing is taken in"))
    days = _days(request, source)
    places = matrices.CLASSES if source else PLACES
    members = request.standing.large_answer(
        ("flow", source, days.opened, days.closed, when(request)),
        lambda: _of_source(request, source, days) if source else _of_all(request, days))
    pairs = [*days.pairs, *([("source", source)] if source else [])]
    shown = {"days": days, "source": source, "sources": sources}
    before, after = (one(request, name, places) for name in ("before", "after"))
    if before or after:
        return _listing(request, members, pairs, before, after, shown)
    rows, columns, sums = _matrix(request, members, places, pairs, source)
    return page(
        request, "flow/flow.html", section="flow", **shown, rows=rows, columns=columns, sums=sums,
        total=members.height, **_moved(members),
        chart=None if source else inline(request, "flow", **{
            "from": days.opened, "to": days.closed}))


def _sources(request: HttpRequest) -> list[str]:
    """Pipeline sources that were taken in by the page's day, as the vocabulary orders them."""
    held = set(request.reading.view.releases["source"].to_list())
    return [row["name"] for row in read_rows("publications.csv")
            if row["role"] == "pipeline" and row["name"] in held]


def _days(request: HttpRequest, source: str) -> Span:
    """The days asked for; of a source with editions, usually its last two."""
    days = span(request)
    if not source or one(request, "from"):
        return days
    told = request.reading.view.releases.filter(
        (pl.col("source") == source) & (pl.col("published") <= days.closed))["published"]
    last: list[date] = told.unique().sort().to_list()[-2:]
    if len(last) < 2:
        return days
    closed = day(request, "to", request.reading.view.known) or days.closed
    return Span(last[0], closed)


def _of_all(request: HttpRequest, days: Span) -> pl.DataFrame:
    history = request.reading.view.history
    return label_flow(history.as_of(days.opened), history.as_of(days.closed))


def _of_source(request: HttpRequest, source: str, days: Span) -> pl.DataFrame:
    """One row a printed id, those that came in since included, in the shape of FLOW_SCHEMA."""
    history = request.reading.view.history
    found = matrices.transitions(history, source, days.opened, days.closed).members
    end = history.as_of(days.closed)
    came = matrices.classify(end, source).filter(pl.col("class") != "absent")
    known = matrices.classify(history.as_of(days.opened), source).filter(
        pl.col("class") != "absent")
    new = came.join(known, on="key", how="anti").select(
        pl.lit("absent").alias("from"), pl.col("class").alias("to"), "record")
    about = pl.concat([projects(view).select("record", "project", "name", "country", "sector")
                       for view in (end, history.as_of(days.opened))]).unique(
        "record", keep="first")
    return pl.concat([found, new]).rename({"from": "before", "to": "after"}).join(
        about, on="record", how="left").with_columns(pl.coalesce("name", "record")).sort(
        pl.col("name").str.to_lowercase(), "record").select(
        pl.col(name).cast(dtype) for name, dtype in FLOW_SCHEMA.items())


def _moved(members: pl.DataFrame) -> dict[str, int]:
    """How many were there on the first day, how many of them moved, and how many came since."""
    there = members.filter(~pl.col("before").is_in(OUTSIDE))
    return {"there": there.height, "came": members.height - there.height,
            "moved": there.filter(pl.col("before") != pl.col("after")).height}


def _place(name: str, source: str) -> str:
    if name == "absent":
        return _(PLACE_WORDS["unlisted" if source else "absent"])
    if name in PLACE_WORDS:
        return _(PLACE_WORDS[name])
    return words.word("stage" if source and name not in words.STATUS else "label", name)


def _matrix(
    request: HttpRequest, members: pl.DataFrame, places: Sequence[str],
    pairs: list[tuple[str, str]], source: str,
) -> tuple[list[Row], list[str], list[int]]:
    """Rows and columns in which anybody stands, and the sum of each column."""
    counts = {(before, after): n for before, after, n in
              members.group_by("before", "after").len().iter_rows()}
    origins = [p for p in places if any(before == p for before, _after in counts)]
    targets = [p for p in places if any(after == p for _before, after in counts)]
    rows = [
        Row(_place(before, source), sum(counts.get((before, after), 0) for after in targets), [
            Cell(n, address(request.clock, "flow", pairs=[
                *pairs, ("before", before), ("after", after)]) if n else "", before == after)
            for after in targets for n in [counts.get((before, after), 0)]])
        for before in origins
    ]
    sums = [sum(row.cells[n].n for row in rows) for n in range(len(targets))]
    return rows, [_place(after, source) for after in targets], sums


def _listing(
    request: HttpRequest, members: pl.DataFrame, pairs: list[tuple[str, str]], before: str,
    after: str, shown: dict[str, object],
) -> HttpResponse:
    """Who stands in one cell, page by page."""
    for column, value in (("before", before), ("after", after)):
        if value:
            members = members.filter(pl.col(column) == value)
    pages = max(1, -(-members.height // PER_PAGE))
    at = number(request, "page", 10**6)
    if at > pages:
        raise Http404(_("Page %(page)s of %(pages)s") % {"page": at, "pages": pages})
    asked = [*pairs, *((name, value) for name, value in (("before", before), ("after", after))
                       if value)]

    def turned(to: int) -> str:
        return address(request.clock, "flow", pairs=[*asked, ("page", to)])

    source = str(shown["source"])
    return page(
        request, "flow/listing.html", section="flow", **shown, total=members.height, at=at,
        pages=pages, origin=_place(before, source) if before else "",
        target=_place(after, source) if after else "",
        rows=members.slice((at - 1) * PER_PAGE, PER_PAGE).rows(named=True),
        back=address(request.clock, "flow", pairs=pairs),
        earlier=turned(at - 1) if at > 1 else "", further=turned(at + 1) if at < pages else "")


urlpatterns = [path("flow/", flow, name="flow")]
