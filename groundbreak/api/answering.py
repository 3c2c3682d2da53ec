"""From a request to an answer: parameters, format, tag, moment, rows, page, headers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import polars as pl
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers

from groundbreak.api import cursors, formats, moments
from groundbreak.api.formats import MEDIA, TABLES
from groundbreak.api.moments import Moment
from groundbreak.api.parameters import (
    CLOCK,
    CLOCK_PARAMETERS,
    LIMIT,
    PAGING,
    Parameter,
    read,
    word,
)
from groundbreak.api.problems import NoAnswer
from groundbreak.api.sheets import Sheet
from groundbreak.measures import DEFINITION_VERSION
from groundbreak.publishing.release.describing import LICENCES
from groundbreak.vocabulary.fields import REGISTRY_VERSION
from groundbreak.vocabulary.terms import VOCABULARY_VERSION

LIVE_SECONDS, FROZEN_SECONDS = 60, 3600
ROOT = "/api/v1"
Asked = Mapping[str, Any]


@dataclass(frozen=True)
class Found:
    """What answers a question: tables by name, and further members of the JSON object.

    For a paged resource `cut(first, rows)` gives the rows of its one table (rows None: all).
    """

    tables: Mapping[str, pl.DataFrame] = field(default_factory=dict)
    about: Mapping[str, Any] = field(default_factory=dict)
    total: int = 0
    cut: Callable[[int, int | None], pl.DataFrame] | None = None


def paged(frame: pl.DataFrame, **about: Any) -> Found:
    """A long table that is at hand."""
    return Found(about=about, total=frame.height, cut=frame.slice)


@dataclass(frozen=True)
class Resource:
    """Something that can be asked for. `path`: below the root; one `{key}` at most.

    `sheets`: its tables (the first is what CSV gives unless `table` says otherwise); none: JSON
    only. `members`: JSON Schema of what else stands in the JSON object.
    """

    path: str
    summary: str
    description: str
    find: Callable[[Moment, Asked], Found]
    sheets: Callable[[], Mapping[str, Sheet]] = dict
    parameters: tuple[Parameter, ...] = ()
    key: str = ""  # what `{key}` is
    paged: bool = False
    clock: bool = True
    members: Mapping[str, Any] = field(default_factory=dict)
    state: Callable[[], object] = tuple  # what else than the log an answer depends on

    @property
    def name(self) -> str:
        """Its name in the OpenAPI document and in the names of files."""
        return self.path.replace("/{key}", "").replace("/", "-") + (
            "-one" if self.path.endswith("{key}") else "")

    @property
    def forms(self) -> tuple[str, ...]:
        """The formats it has."""
        return tuple(MEDIA) if self.sheets() else ("json",)

    def asked(self) -> tuple[Parameter, ...]:
        """All its parameters, those of clock, table and page included."""
        tables = list(self.sheets())
        which = (word("table", "Which table CSV, Parquet and Arrow hold.", tables,
                      default=tables[0]),) if len(tables) > 1 else ()
        return (*self.parameters, *which, *(PAGING if self.paged else ()),
                *(CLOCK_PARAMETERS if self.clock else ()))


def answered(request: HttpRequest, resource: Resource, suffix: str | None, key: str = ""
             ) -> HttpResponseBase:
    """The answer. Raises BadQuery, NoAnswer, Absent and NotAcceptable."""
    given = dict(request.GET.lists())
    asked = read(resource.asked(), given, CLOCK if resource.clock else ()) | {
        "key": key, "given": given}
    form = suffix or formats.chosen(request.headers.get("Accept", ""), resource.forms)
    tag = _tag(request, resource, form, key)
    if _matches(request.headers.get("If-None-Match", ""), tag):
        response: HttpResponseBase = HttpResponse(status=304)
        del response["Content-Type"]
    else:
        response = _computed(request, resource, form, asked)
    response["ETag"] = tag
    kept = FROZEN_SECONDS if request.clock.release else LIVE_SECONDS
    response["Cache-Control"] = f"public, max-age={kept}"
    if suffix is None:
        patch_vary_headers(response, ("Accept",))
    return response


def _tag(request: HttpRequest, resource: Resource, form: str, key: str) -> str:
    """The same for the same question to the same state, whatever the order of parameters."""
    clock = request.clock
    question = sorted((name, tuple(values)) for name, values in request.GET.lists())
    return 'W/"' + cursors.digest(
        request.standing.marker, resource.state(), DEFINITION_VERSION, VOCABULARY_VERSION,
        REGISTRY_VERSION, resource.path, key, form, question, clock.known, clock.valid,
        clock.recorded) + '"'


def _matches(header: str, tag: str) -> bool:
    bare = tag.removeprefix("W/")
    return bare in [part.strip().removeprefix("W/") for part in header.split(",")]


def _computed(request: HttpRequest, resource: Resource, form: str, asked: dict[str, Any]
              ) -> HttpResponseBase:
    question = cursors.digest(resource.path, asked["key"], sorted(
        (name, tuple(values)) for name, values in request.GET.lists()
        if name not in ("cursor", "table")))
    cursor = cursors.read(asked["cursor"], question) if asked.get("cursor") else None
    moment = moments.of_cursor(request.standing, cursor, request.clock.release) if cursor else (
        moments.of_clock(request.standing, request.clock))
    first = cursor.first if cursor else 0
    limit = asked.get("limit") or (LIMIT if form == "json" else None)
    found = resource.find(moment, asked | {"first": first, "limit": limit})
    tables, following = dict(found.tables), ""
    if found.cut is not None:
        if form != "json" and limit is None and found.total - first > formats.MOST_ROWS:
            raise NoAnswer(f"{found.total:,} rows; a table holds up to {formats.MOST_ROWS:,}; "
                           "accepted: filters, or limit and the cursor of each next page")
        tables["data"] = found.cut(first, limit)
        if limit is not None and first + limit < found.total:
            following = cursors.Cursor(question, moment.known, moment.valid, moment.position,
                                       first + limit).written()
    links = _links(moment, tables, following and _next(request, following))
    if form == "json":
        response: HttpResponseBase = _json(resource, moment, found, tables, links)
    else:
        chosen = asked.get("table") or next(iter(tables))
        response = _table(resource, moment, tables[chosen], chosen, form, links)
    response["Link"] = ", ".join(links.headers)
    return response


@dataclass(frozen=True)
class _Links:
    licences: list[dict[str, Any]]
    following: str | None
    headers: list[str]


def _next(request: HttpRequest, cursor: str) -> str:
    kept = [(name, value) for name, values in request.GET.lists() for value in values
            if name != "cursor"]
    return f"{request.path}?{urlencode([*kept, ('cursor', cursor)])}"


def _links(moment: Moment, tables: Mapping[str, pl.DataFrame], following: str) -> _Links:
    """Whose data it is, with the licence of each; and where the next page is."""
    terms = moment.terms
    sources = [frame["source"] for frame in tables.values() if "source" in frame.columns]
    if sources:
        terms = terms.filter(pl.col("source").is_in(pl.concat(sources).unique().implode()))
    licences = terms.rows(named=True)
    headers = [f'<{following}>; rel="next"'] if following else []
    known = dict.fromkeys(LICENCES.get(row["licence"], ("", ""))[1] for row in licences)
    headers += [f'<{address}>; rel="license"' for address in known if address]
    headers += [f'<{ROOT}/sources>; rel="about"; title="licence of each source"',
                f'<{ROOT}/openapi.json>; rel="service-desc"',
                f'<{ROOT}/docs>; rel="service-doc"']
    return _Links(licences, following or None, headers)


def _about(moment: Moment) -> dict[str, Any]:
    return {"known": moment.known, "valid": moment.valid, "release": moment.release or None,
            "position": moment.position}


def _json(resource: Resource, moment: Moment, found: Found, tables: Mapping[str, pl.DataFrame],
          links: _Links) -> HttpResponse:
    body: dict[str, Any] = {"clock": _about(moment), "definition_version": DEFINITION_VERSION,
                            "licences": links.licences}
    if resource.paged:
        body |= {"total": found.total, "next": links.following}
    body |= found.about
    body |= {name: formats.rows(frame) for name, frame in tables.items()}
    return HttpResponse(formats.as_json(body), content_type=MEDIA["json"])


def _table(resource: Resource, moment: Moment, frame: pl.DataFrame, chosen: str, form: str,
           links: _Links) -> HttpResponseBase:
    about = {**_about(moment), "definition_version": DEFINITION_VERSION,
             "licences": links.licences}
    written: Iterator[bytes] = formats.pieces(frame, form, resource.sheets()[chosen].columns, about)
    if frame.height > formats.PIECE and form in TABLES:
        response: HttpResponseBase = StreamingHttpResponse(written, content_type=MEDIA[form])
    else:
        response = HttpResponse(b"".join(written), content_type=MEDIA[form])
    kind = "" if chosen in ("data", next(iter(resource.sheets()))) else f"-{chosen}"
    name = f"groundbreak-{resource.name}{kind}-{moment.release or moment.known}.{form}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
