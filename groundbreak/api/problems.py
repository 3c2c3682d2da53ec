"""Errors as problem documents (RFC 9457): what was wrong, and what would be accepted."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.http import HttpResponse

from groundbreak.api.formats import as_json
from groundbreak.catalogue.query import BadQuery

MEDIA = "application/problem+json"
STATUSES = {
    400: "A parameter is unknown or cannot be read.",
    404: "There is no such thing on this clock.",
    405: "The API is read only.",
    406: "No format that is accepted.",
    422: "Each parameter can be read, but together they have no answer.",
    429: "Too many requests; `Retry-After` says when to go on.",
    500: "Something broke here.",
}


class NoAnswer(ValueError):
    """Parameters that can be read and have no answer (422); says what would have one."""


class Absent(LookupError):
    """What is asked for by its id is not there on this clock (404)."""


def problem(status: int, detail: str, **members: Any) -> HttpResponse:
    """A problem document; `members`: further ones, such as the parameter."""
    body = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status,
            "detail": detail, **members}
    response = HttpResponse(as_json(body), status=status, content_type=MEDIA)
    response["Cache-Control"] = "no-store"
    return response


def bad_query(error: BadQuery) -> HttpResponse:
    """400: which parameter, which value, what is accepted."""
    return problem(400, str(error), parameter=error.parameter, value=error.value[:60],
                   accepted=error.accepted)
