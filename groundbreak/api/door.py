"""Middleware for everything under /api/: HEAD, OPTIONS, other sites' scripts, and errors in words.

Whatever fails, also what Django answers before a view is asked, leaves as a problem document.
"""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import unquote_to_bytes

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import Resolver404, resolve

from groundbreak.api.answering import ROOT
from groundbreak.api.problems import MEDIA, STATUSES, problem

METHODS = "GET, HEAD, OPTIONS"
LONGEST_QUERY = 8000  # bytes
EXPOSED = ("ETag, Link, Content-Disposition, RateLimit-Limit, RateLimit-Remaining, "
           "RateLimit-Reset, Retry-After")


class Door:
    """Stands before the middleware that reads the clock, so that its refusals pass here too."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.path.startswith("/api/"):
            return self.answer(request)
        response = _unreadable(request) or self._answered(request)
        if response.status_code >= 400 and response.get("Content-Type") != MEDIA:
            response = _in_words(response)
        response["Access-Control-Allow-Origin"] = "*"
        response["Access-Control-Expose-Headers"] = EXPOSED
        return response

    def _answered(self, request: HttpRequest) -> HttpResponseBase:
        method = request.method
        if not _known(request.path_info):
            return problem(404, f"there is no such address; accepted: those in {ROOT}/docs")
        if method == "OPTIONS":
            return _options()
        if method == "HEAD":
            request.method = "GET"
        response = self.answer(request)
        if method == "HEAD":
            request.method = "HEAD"
            _emptied(response)
        return response


def _unreadable(request: HttpRequest) -> HttpResponse | None:
    """A query that no parameter can hold: not UTF-8, NUL, or endless."""
    query = request.META.get("QUERY_STRING", "")
    if len(query) > LONGEST_QUERY:
        return problem(400, f"the query is {len(query):,} bytes long; accepted: up to "
                            f"{LONGEST_QUERY:,}")
    most = settings.DATA_UPLOAD_MAX_NUMBER_FIELDS
    if query.count("&") >= most:
        return problem(400, f"more than {most} parameters; accepted: up to {most} in a question")
    try:
        text = unquote_to_bytes(query.encode("latin-1", "replace")).decode("utf-8")
    except UnicodeDecodeError:
        return problem(400, "the query is not UTF-8; accepted: percent-encoded UTF-8")
    if "\x00" in text:
        return problem(400, "the query holds a NUL; accepted: text")
    return None


def _known(path: str) -> bool:
    try:
        resolve(path)
    except Resolver404:
        return False
    return True


def _options() -> HttpResponse:
    response = HttpResponse(status=204)
    del response["Content-Type"]
    response["Allow"] = METHODS
    response["Access-Control-Allow-Methods"] = METHODS
    response["Access-Control-Allow-Headers"] = "Accept, If-None-Match"
    response["Access-Control-Max-Age"] = "86400"
    return response


def _emptied(response: HttpResponseBase) -> None:
    """No body, but the headers of the answer that has one."""
    if response.streaming:
        response.streaming_content = ()
    else:
        length = len(response.content)
        response.content = b""
        if response.status_code not in (204, 304):
            response["Content-Length"] = str(length)


def _in_words(response: HttpResponseBase) -> HttpResponse:
    status = response.status_code
    told = problem(status, STATUSES.get(status, "This cannot be answered."))
    for name in ("Allow", "Retry-After"):
        if response.has_header(name):
            told[name] = response[name]
    if status == 405:
        told["Allow"] = METHODS
    return told
