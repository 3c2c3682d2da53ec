"""Which changes are asked for: since when, until when, of which projects; for pages and feeds."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

import polars as pl
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from groundbreak.catalogue.query import BadQuery, Query
from groundbreak.catalogue.table import catalogue
from groundbreak.history.view import View
from groundbreak.measures.changes import changes
from groundbreak.measures.periods import months_back
from groundbreak.register import packages
from groundbreak.site import spans, words
from groundbreak.site.clock import PARAMS
from groundbreak.vocabulary.days import read_day

LAST_VISIT = "last-visit"
COOKIE, SALT = "seen", "groundbreak.changes.seen"
KEPT_S = 365 * 86_400
_SEEN = re.compile(r"(\d{1,15})\.(\d{4}-\d\d-\d\d)")
OWN = frozenset({"since", "to", "seen", "group", "page", "lang", "sort", "per_page", "columns"})


@dataclass(frozen=True)
class Asked:
    """What is compared: as known on two days, the first maybe as the log stood at a position.

    `since` as it was asked; `words` name it where it is more than a day. `query`: the projects.
    """

    opened: date
    closed: date
    query: Query
    recorded: int | None = None
    since: str = ""
    words: str = ""

    @property
    def narrowed(self) -> bool:
        """Whether only some projects are asked for."""
        return bool(self.query.filters or self.query.search)

    def pairs(self) -> list[tuple[str, str]]:
        """The parameters that ask for the same, without the clock's."""
        since = self.since or str(self.opened)
        return [("since", since), *([("to", str(self.closed))] if since != LAST_VISIT else []),
                *self.query.pairs(display=False)]

    @property
    def title(self) -> str:
        """'What changed from 4 Sep 2025 to 4 Sep 2026 (since release 2026.1)'."""
        told = _("What changed from %(first)s to %(last)s") % {
            "first": words.day(self.opened), "last": words.day(self.closed)}
        return f"{told} ({self.words})" if self.words else told


def asked(request: HttpRequest) -> Asked:
    """What a request asks for. Raises BadQuery that says what is accepted."""
    query = Query.parse({name: values for name, values in request.GET.lists()
                         if name not in OWN and name not in PARAMS})
    view = request.reading.view
    last = min(view.known, view.valid)
    closed = spans.day(request, "to", view.known) or last
    since = spans.one(request, "since")
    if since == LAST_VISIT:
        return _since_visit(request, query)
    opened, told = _opened(request, since, closed)
    if opened > closed:
        raise BadQuery("since", since or str(opened), _("a day up to %s") % closed)
    return Asked(opened, closed, query, since=since, words=told)


def _opened(request: HttpRequest, since: str, closed: date) -> tuple[date, str]:
    """The day that `since` names, and how it names it."""
    if not since:
        day, release = spans.since(closed)
        return day, (_("since release %s") % release if release else "")
    released = {package.name: package.known for package in packages.public(timezone.now())}
    if since in released:
        return released[since], _("since release %s") % since
    named = dict(request.reading.view.releases.select("release", "published").iter_rows())
    if since in named:
        return named[since], _("since %s was taken in") % since
    try:
        return read_day(since, closed), ""
    except ValueError:
        raise BadQuery("since", since, _(
            "a day as YYYY-MM-DD up to %(last)s, %(visit)s, or the name of a release") % {
            "last": closed, "visit": LAST_VISIT}) from None


# -- the last visit ------------------------------------------------------------------------------
def _since_visit(request: HttpRequest, query: Query) -> Asked:
    if not request.clock.now or spans.one(request, "to"):
        raise BadQuery("since", LAST_VISIT, _("a day, together with as_of, release or to"))
    newest = request.standing.newest
    seen = seen_until(request)
    if seen is None:
        return Asked(months_back(newest, spans.MONTHS), newest, query, since=LAST_VISIT,
                     words=_("your first visit here: the last twelve months"))
    position, known = seen
    whole = position >= request.standing.reader.snapshot.position
    return Asked(min(known, newest), newest, query, None if whole else position, LAST_VISIT,
                 _("since your last visit"))


def seen_until(request: HttpRequest) -> tuple[int, date] | None:
    """Log position and newest day that this browser has seen; None where it never asked.

    Signed, since a log position costs a rebuilding of the register: nobody makes one up.
    """
    try:
        match = _SEEN.fullmatch(signing.Signer(salt=SALT).unsign(request.COOKIES.get(COOKIE, "")))
        return (int(match[1]), date.fromisoformat(match[2])) if match else None
    except (signing.BadSignature, ValueError):
        return None


def note(request: HttpRequest, answer: HttpResponse) -> None:
    """Remember in the browser, and nowhere else, until where the register was seen."""
    standing = request.standing
    seen = f"{standing.reader.snapshot.position}.{standing.newest}"
    answer.set_cookie(COOKIE, signing.Signer(salt=SALT).sign(seen), max_age=KEPT_S,
                      samesite="Lax", httponly=True, secure=request.is_secure())


# -- what is found -------------------------------------------------------------------------------
def found(request: HttpRequest, what: Asked) -> pl.DataFrame:
    """The changes, kept until the log grows; measures.changes.CHANGE_SCHEMA."""
    key: tuple[Any, ...] = ("changes", what.opened, what.closed, what.recorded,
                            request.clock.recorded, urlencode(what.query.pairs(display=False)))
    return request.standing.large_answer(key, lambda: _changes(request, what))


def _changes(request: HttpRequest, what: Asked) -> pl.DataFrame:
    standing, frozen = request.standing, request.clock.recorded
    end = standing.reading(what.closed, None, frozen).view
    if what.recorded is None:
        start = end if what.opened == what.closed else end.history.as_of(what.opened)
    else:
        start = standing.reader.as_of(what.opened, recorded=what.recorded).view
    among = _among(what.query, start, end) if what.narrowed else None
    return changes(start, end, everything=what.query.everything, among=among)


def _among(query: Query, start: View, end: View) -> pl.DataFrame:
    """The projects chosen as they stood then, or as they stand now."""
    return pl.concat([catalogue(view).select(query).frame.select("record")
                      for view in (start, end)]).unique()
