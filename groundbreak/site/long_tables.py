"""A long workbook of projects: made by the worker, fetched when it is there."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from groundbreak.catalogue.query import Query
from groundbreak.catalogue.table import catalogue
from groundbreak.publishing import formats
from groundbreak.register import standing
from groundbreak.site import exports
from groundbreak.site.failing import failed
from groundbreak.site.page import page

LONG = 5_000  # rows that a request makes itself (about two seconds)
SUFFIX = "xlsx"


def long_workbook(request: HttpRequest, query: Query, about: dict[str, Any], name: str
                  ) -> HttpResponse:
    """The workbook of a query; 202 and a page that says so until it is made.

    Where no worker runs it is made at once. `about` is what the workbook says of itself (JSON).
    """
    view, clock = request.reading.view, request.clock
    asked = {"known": str(view.known), "valid": str(view.valid), "recorded": clock.recorded,
             "pairs": query.pairs(), "about": about}
    try:
        made = exports.wanted(request.standing.marker, workbook, SUFFIX, **asked)
    except exports.TooMany:
        return _later(failed(request, 503, _("Many long downloads are waiting. CSV and Parquet "
                                             "of the same rows are there at once.")), 60)
    if made.state == "unattended":
        return _file(HttpResponse(workbook(**asked), content_type=formats.TYPES[SUFFIX]), name)
    if made.ready and not request.htmx:
        return _file(FileResponse(made.path.open("rb"), content_type=formats.TYPES[SUFFIX]), name)
    if made.state == "failed":
        return failed(request, 500, _("This workbook could not be made. CSV and Parquet of the "
                                      "same rows are there at once."))
    answer = page(request, "data/waiting.html", status=200 if made.ready else 202,
                  section="projects", ready=made.ready, rows=about.get("projects_chosen"))
    answer["Cache-Control"] = "no-store"
    return answer if made.ready else _later(answer, 5)


def _later(answer: HttpResponse, seconds: int) -> HttpResponse:
    answer["Retry-After"] = str(seconds)
    return answer


def _file(answer: Any, name: str) -> Any:
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def workbook(known: str, valid: str, recorded: int | None, pairs: list[list[str]],
             about: dict[str, Any]) -> bytes:
    """The workbook itself, from what a job holds."""
    params: dict[str, list[str]] = {}
    for name, value in pairs:
        params.setdefault(name, []).append(value)
    reading = standing.current().reading(
        date.fromisoformat(known), date.fromisoformat(valid), recorded)
    table = catalogue(reading.view).select(Query.parse(params)).table()
    return formats.written(table, SUFFIX, about)
