"""About this register, accessibility, privacy, and the language of the pages."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import check_for_language
from django.views.decorators.http import require_GET

import groundbreak
from groundbreak.catalogue.query import BadQuery
from groundbreak.register.reports import CONTACT_KEPT_DAYS
from groundbreak.site.page import page

YEAR_S = 365 * 86_400
LONGEST_NEXT = 2_000
TESTED = "2026-11-24"  # when the pages were last looked at as the statement says


def about(request: HttpRequest) -> HttpResponse:
    """What this is, who it is for, and how its figures come about."""
    reading = request.reading
    return page(request, "about/about.html", software=groundbreak.__version__,
                projects=reading.view.table().height)


def accessibility(request: HttpRequest) -> HttpResponse:
    """What was tested, and what is known not to work."""
    return page(request, "about/accessibility.html", tested=TESTED)


def privacy(request: HttpRequest) -> HttpResponse:
    """What is stored of a reader, for how long."""
    return page(request, "about/privacy.html", contact_days=CONTACT_KEPT_DAYS)


@require_GET
def language(request: HttpRequest) -> HttpResponse:
    """Keep the language asked for in a cookie, and go back to a page of ours."""
    code = request.GET.get("lang", "")
    offered = dict(settings.LANGUAGES)
    if code not in offered or not check_for_language(code):
        raise BadQuery("lang", code, ", ".join(offered))
    answer = HttpResponseRedirect(own_path(request.GET.get("next", "/")))
    answer.set_cookie(
        settings.LANGUAGE_COOKIE_NAME, code, max_age=YEAR_S, path=settings.LANGUAGE_COOKIE_PATH,
        secure=settings.LANGUAGE_COOKIE_SECURE, httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
        samesite=settings.LANGUAGE_COOKIE_SAMESITE)
    answer["Cache-Control"] = "no-store"
    return answer


def own_path(text: str) -> str:
    """`text` where it is a path of this site, else the first page."""
    fine = (text.startswith("/") and len(text) <= LONGEST_NEXT
            and text.isprintable() and "\\" not in text
            and url_has_allowed_host_and_scheme(text, allowed_hosts=None))
    return text if fine else "/"


urlpatterns = [
    path("about/", about, name="about"),
    path("accessibility/", accessibility, name="accessibility"),
    path("privacy/", privacy, name="privacy"),
    path("language", language, name="language"),
]
