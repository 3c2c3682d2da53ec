"""Pages that say what went wrong and where to go on; problem documents for the API."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

TITLES = {
    400: gettext_noop("This question cannot be answered"),
    403: gettext_noop("This form was not accepted"),
    404: gettext_noop("There is no such page"),
    405: gettext_noop("This page cannot be asked that way"),
    410: gettext_noop("This is gone"),
    429: gettext_noop("Too many requests"),
    500: gettext_noop("Something broke here"),
    503: gettext_noop("Not yet ready"),
}


def failed(request: HttpRequest, status: int, reason: str = "") -> HttpResponse:
    """The status in words, the reason, and ways on; problem+json (RFC 9457) under /api/."""
    title = _(TITLES[status])
    if request.path.startswith("/api/"):
        return JsonResponse(
            {"type": "about:blank", "title": title, "status": status, "detail": reason},
            status=status, content_type="application/problem+json")
    return render(request, "failed.html", {"title": title, "reason": reason, "status": status},
                  status=status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: the request itself is malformed."""
    return failed(request, 400)


def refused(request: HttpRequest, reason: str = "", exception: Exception | None = None
            ) -> HttpResponse:
    """403: a form without its token, or from elsewhere."""
    return failed(request, 403, _("Open the page anew and send the form again."))


def missing(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: `raise Http404("why")` gives the reason."""
    reason = exception.args[0] if exception and exception.args else ""
    return failed(request, 404, reason if isinstance(reason, str) else "")


def broken(request: HttpRequest) -> HttpResponse:
    """500: without any detail."""
    return failed(request, 500, _("It has been noted. Nothing you sent was half-written."))
