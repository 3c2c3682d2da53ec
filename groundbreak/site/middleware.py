"""What every request gets: the register, the clock, and errors that say what is wrong."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.locale import LocaleMiddleware
from django.utils.cache import patch_vary_headers
from django.utils.functional import SimpleLazyObject

from groundbreak.catalogue.query import BadQuery
from groundbreak.register import standing
from groundbreak.site import clock as clocks
from groundbreak.site.failing import failed

READING = ("GET", "HEAD", "OPTIONS")
FORMS = frozenset({"report", "release_review"})  # the only addresses that take anything in
Answer = Callable[[HttpRequest], HttpResponse]


class Language(LocaleMiddleware):
    """The language of an answer is the cookie's before it is the header's, and caches are told so:
    what may be kept for a day in one language is not given to a reader who chose another."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> Any:
        """As Django's, and the cookie stands in Vary."""
        answer = super().process_response(request, response)
        patch_vary_headers(answer, ("Cookie",))
        return answer


class Register:
    """`request.clock`, and `request.standing` and `request.reading`, loaded when first used."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.answer(request)

    def process_view(self, request: HttpRequest, *_: Any) -> HttpResponse | None:
        """A clock that cannot be read is answered before the page is asked."""
        if request.method not in READING and request.resolver_match.url_name not in FORMS:
            refused = failed(request, 405, f"{request.method}; accepted: {', '.join(READING)}")
            refused["Allow"] = ", ".join(READING)
            return refused
        try:
            request.clock = clocks.parse(request.GET)
        except BadQuery as error:
            return failed(request, 400, str(error))
        request.standing = SimpleLazyObject(standing.current)
        request.reading = SimpleLazyObject(lambda: request.standing.reading(
            request.clock.known, request.clock.valid, request.clock.recorded))
        return None

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """A question that cannot be answered is the asker's to mend: 400, with what is accepted."""
        return failed(request, 400, str(error)) if isinstance(error, BadQuery) else None
