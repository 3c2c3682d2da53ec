"""Changes: what is otherwise than it was, grouped by what matters, each with its source."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import polars as pl
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _

from groundbreak.catalogue.query import FACETS, Query
from groundbreak.measures import DEFINITION_VERSION
from groundbreak.measures.change_words import (
    OF_KINDS,
    Row,
    as_text,
    by_group,
    change_words,
    headline,
    surplus_words,
    told_and_named,
)
from groundbreak.measures.changes import GROUPS, IN_SUM, counts
from groundbreak.register import packages
from groundbreak.site import changing, words
from groundbreak.site.addresses import address
from groundbreak.site.changing import Asked
from groundbreak.site.page import page
from groundbreak.site.spans import number, one
from groundbreak.vocabulary.guarding import guarded, safe_csv
from groundbreak.vocabulary.terms import PRODUCTS, SECTORS

SHOWN = 25  # projects of a group on the page; all of one group with ?group=
PER_PAGE = 200
IN_TEXT = 5_000  # projects of a group in a text
SUFFIXES = {"txt": "text/plain; charset=utf-8", "csv": "text/csv; charset=utf-8",
            "tsv": "text/tab-separated-values; charset=utf-8", "json": "application/json"}
FILTERS = ("sector", "product", "country", "label", "level", "source")


@dataclass(frozen=True)
class Change:
    """One project with what changed of it, in words."""

    lead: Row
    how: str
    said: str
    told: list[str]
    named: list[tuple[str, str]]
    summed: bool  # what a source brought, or took back, in one line

    @property
    def row(self) -> Row:
        """The change that leads, as templates show sources."""
        return self.lead


@dataclass(frozen=True)
class Group:
    """A kind of change; `more` leads to all of it, where not all is shown."""

    name: str
    title: str
    projects: int
    kinds: list[tuple[str, int]]
    changes: list[Change]
    more: str


def changes(request: HttpRequest) -> HttpResponse:
    """The page; `?since=last-visit` reads a cookie and, with `seen=1`, moves it on."""
    what = changing.asked(request)
    found = changing.found(request, what)
    only = one(request, "group", GROUPS)
    seen = one(request, "seen", ("1",))
    at = number(request, "page", 10**6)
    groups = _groups(request, what, found, only, at)
    if at > 1 and (not only or not groups):
        raise Http404(_("No such page of these changes"))
    pages = -(-counts(found).get(only, 0) // PER_PAGE) if only and only not in IN_SUM else 1
    answer = page(
        request, "changes/changes.html", section="changes", what=what, groups=groups, only=only,
        total=int(found["projects"].sum()), counts=_counts(found), marked=bool(seen),
        visit=what.since == changing.LAST_VISIT, known_visit=changing.seen_until(request),
        links=_links(request, what), choices=_choices(request, what.query),
        releases=packages.public(timezone.now()), query=what.query, at=at, pages=pages,
        earlier=_turned(request, what, only, at - 1) if at > 1 else "",
        further=_turned(request, what, only, at + 1) if at < pages else "",
        back=address(request.clock, "changes", pairs=what.pairs()))
    if what.since == changing.LAST_VISIT and (seen or changing.seen_until(request) is None):
        changing.note(request, answer)
    if what.since == changing.LAST_VISIT:
        answer["Cache-Control"] = "private, no-store"
    return answer


def _counts(found: pl.DataFrame) -> list[tuple[str, str, int]]:
    return [(name, _(GROUPS[name]), n) for name, n in counts(found).items()]


def _groups(request: HttpRequest, what: Asked, found: pl.DataFrame, only: str, at: int
            ) -> list[Group]:
    """The groups with as many projects as are shown; the rest is counted."""
    size = PER_PAGE if only else SHOWN
    numbered = found.with_columns(
        block=pl.col("lead").cast(pl.Int64).cum_sum().over("group"))
    if only:
        numbered = numbered.filter(pl.col("group") == only)
    first = (at - 1) * size
    shown = numbered.filter((pl.col("block") > first) & (pl.col("block") <= first + size))
    leads = found.filter("lead")
    groups = []
    for name, blocks in by_group(shown.drop("block")):
        mine = leads.filter(pl.col("group") == name)
        kinds = mine.filter(pl.col("how").is_not_null()).group_by(
            "how", maintain_order=True).agg(pl.col("projects").sum())
        groups.append(Group(
            name, _(GROUPS[name]), int(mine["projects"].sum()),
            [(_(how), n) for how, n in kinds.iter_rows()] if name in OF_KINDS else [],
            [_change(block) for block in blocks],
            address(request.clock, "changes", pairs=[*what.pairs(), ("group", name)])
            if mine.height > SHOWN and not only else ""))
    return groups


def _change(block: list[Row]) -> Change:
    lead = block[0]
    if lead["group"] in IN_SUM:
        return Change(lead, "", lead["remark"] or "", [], [], True)
    told, named = told_and_named(block)
    return Change(
        lead, _(lead["how"]) if lead["how"] else "", change_words(lead),
        [change_words(row) for row in told],
        [(word, surplus_words([row["field"] for row in some])) for word, some in named], False)


def _turned(request: HttpRequest, what: Asked, only: str, to: int) -> str:
    return address(request.clock, "changes", pairs=[*what.pairs(), ("group", only), ("page", to)])


def _links(request: HttpRequest, what: Asked) -> dict[str, str]:
    """The same changes in other forms, and as feeds."""
    query = address(request.clock, "changes", pairs=what.pairs()).partition("?")[2]
    feed = address(request.clock, "changes", pairs=what.query.pairs(display=False)).partition(
        "?")[2]
    return {**{suffix: f"/changes.{suffix}?{query}" for suffix in SUFFIXES},
            "atom": f"/feeds/changes.atom{'?' if feed else ''}{feed}",
            "feed": f"/feeds/changes.json{'?' if feed else ''}{feed}"}


def _choices(request: HttpRequest, query: Query) -> list[dict[str, Any]]:
    """The filters of the form: each with its values and which is chosen."""
    counted = request.reading.view.releases["source"].unique().sort().to_list()
    values = {"sector": SECTORS, "product": PRODUCTS, "label": FACETS["label"],
              "level": FACETS["level"], "source": counted}
    return [
        {"name": name, "title": _(words.FACETS[name]),
         "chosen": next(iter(query.filters.get(name, ())), ""),
         "values": [(value, words.word(name, value)) for value in values[name] or ()]}
        for name in values]


# -- in other forms ----------------------------------------------------------------------------
def download(request: HttpRequest, suffix: str) -> HttpResponse:
    """The same changes as text, table or JSON."""
    if suffix not in SUFFIXES:
        raise Http404(_("No such format; there are: %s") % ", ".join(SUFFIXES))
    what = changing.asked(request)
    found = changing.found(request, what)
    answer = HttpResponse(_written(found, what, suffix), content_type=SUFFIXES[suffix])
    name = f"groundbreak-changes-{what.opened}-{what.closed}.{suffix}"
    answer["Content-Disposition"] = f'inline; filename="{name}"'
    if what.since == changing.LAST_VISIT:
        answer["Cache-Control"] = "private, no-store"
    return answer


def _written(found: pl.DataFrame, what: Asked, suffix: str) -> str:
    if suffix == "txt":
        if found.is_empty():
            return f"# {what.title}\n\n{_('Nothing changed.')}\n"
        return as_text(what.title, found, IN_TEXT)
    if suffix == "csv":
        return safe_csv(found)
    if suffix == "tsv":
        return _tsv(found)
    return json.dumps({
        "title": what.title, "since": str(what.opened), "to": str(what.closed),
        "recorded": what.recorded, "definition_version": DEFINITION_VERSION,
        "headline": headline(found) if found.height else _("Nothing changed."),
        "projects": counts(found), "rows": found.rows(named=True),
    }, ensure_ascii=False, default=str)


def _tsv(found: pl.DataFrame) -> str:
    """A short table to paste into a sheet; no cell runs as a formula, none breaks a row."""
    lines = [[_("group"), _("project"), _("name"), _("country"), _("sector"), _("change"),
              _("known"), _("publisher"), _("evidence")]]
    for row in found.iter_rows(named=True):
        said = change_words(row) if row["field"] else row["remark"] or ""
        lines.append([_(GROUPS[row["group"]]), row["project"] or "", row["name"] or "",
                      row["country"] or "", row["sector"] or "", said, str(row["known"] or ""),
                      row["publisher"] or "", row["evidence"] or ""])
    return "\n".join("\t".join(guarded(" ".join(cell.split())) for cell in line)
                     for line in lines) + "\n"


urlpatterns = [
    path("changes/", changes, name="changes"),
    path("changes.<str:suffix>", download, name="changes_download"),
]
