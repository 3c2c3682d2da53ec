"""Feeds: what changed, with the filters of the page, and one for every project."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import condition

from groundbreak.catalogue.query import BadQuery
from groundbreak.site import changing
from groundbreak.site.addresses import address
from groundbreak.site.feeding import Feed, atom, entries, json_feed, of_project
from groundbreak.site.spans import only, when
from groundbreak.site.views.project import found

WRITERS: dict[str, tuple[str, Callable[[Feed, str], bytes]]] = {
    "atom": ("application/atom+xml; charset=utf-8", atom),
    "json": ("application/feed+json", json_feed),
}


def _etag(request: HttpRequest, **asked: Any) -> str:
    """The same as long as nothing was taken in, or taken back. No day could stand for it: what is
    taken in later may have been published on the same day, or before."""
    state = repr((request.standing.marker, when(request), request.get_host(), request.scheme,
                  request.get_full_path(), get_language(), asked))
    return f'"{hashlib.sha256(state.encode()).hexdigest()[:32]}"'


@condition(etag_func=_etag)
def changes(request: HttpRequest, form: str) -> HttpResponse:
    """The newest changes of the projects chosen, an entry a project and day."""
    if "page" in request.GET or "seen" in request.GET or "group" in request.GET:
        raise BadQuery("parameter", "page, seen or group", _("the filters of the Changes page"))
    what = changing.asked(request)
    if what.since == changing.LAST_VISIT:
        raise BadQuery("since", what.since, _("a day, or the name of a release"))
    told = changing.found(request, what)
    link = request.build_absolute_uri(reverse("project", args=["PROJECT"]))
    pairs = what.query.pairs(display=False)
    page = request.build_absolute_uri(address(request.clock, "changes", pairs=pairs))
    title = "Groundbreak: " + _("changes")
    if what.narrowed:
        title += " (" + ", ".join(value for _name, value in pairs) + ")"
    feed = Feed(f"changes?{pairs}", title, page, request.reading.view.known,
                entries(told, link.replace("PROJECT", "{project}")))
    return _served(request, feed, form)


@condition(etag_func=_etag)
def project(request: HttpRequest, project: str, form: str) -> HttpResponse:
    """What happened to one project, and what was promised of it."""
    only(request)
    dossier = found(request, project)
    page = request.build_absolute_uri(address(request.clock, "project", project))
    feed = Feed(f"project/{project}", f"{dossier.row['name']} · Groundbreak", page,
                request.reading.view.known, of_project(dossier, page))
    return _served(request, feed, form)


def _served(request: HttpRequest, feed: Feed, form: str) -> HttpResponse:
    kind, write = WRITERS[form]
    answer = HttpResponse(write(feed, request.build_absolute_uri()), content_type=kind)
    answer["Cache-Control"] = "public, max-age=300"
    answer["Access-Control-Allow-Origin"] = "*"
    return answer


urlpatterns = [
    *(path(f"feeds/changes.{form}", changes, {"form": form}, name=f"changes_{form}")
      for form in WRITERS),
    *(path(f"feeds/projects/<str:project>.{form}", project, {"form": form},
           name=f"project_{form}") for form in WRITERS),
]
