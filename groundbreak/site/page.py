"""A page: its template with what every page shows, above all which clock it is on."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language, get_language_bidi

from groundbreak.measures import DEFINITION_VERSION
from groundbreak.site.addresses import here
from groundbreak.site.clock import Clock


def page(request: HttpRequest, template: str, status: int = 200, **shown: Any) -> HttpResponse:
    """Render `template` on the request's clock.

    Templates get, beside `shown`: clock, known, valid, newest, page_now (this page on the newest
    day), definition_version, languages, language, direction.
    """
    return render(request, template, {**around(request), **shown}, status=status)


def around(request: HttpRequest) -> dict[str, Any]:
    """What the frame of every page shows."""
    view = request.reading.view
    language = get_language() or "en"
    return {
        "clock": request.clock, "known": view.known, "valid": view.valid,
        "newest": request.standing.newest, "page_now": here(request, Clock()),
        "clock_kept": [(name, value) for name, values in request.GET.lists() for value in values
                       if name not in ("as_of", "view", "release", "page")],
        "definition_version": DEFINITION_VERSION, "language": language,
        "languages": [(code, name, code == language) for code, name in settings.LANGUAGES],
        "direction": "rtl" if get_language_bidi() else "ltr",
    }
