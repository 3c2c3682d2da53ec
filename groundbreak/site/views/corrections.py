"""Corrections: what was wrong here, who said so, and how long it took to mend."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from groundbreak.site import words
from groundbreak.site.addresses import address
from groundbreak.site.answered import answered, corrections, median_days, taken_back, waiting
from groundbreak.site.page import page
from groundbreak.site.spans import number, only, when

PER_PAGE = 100
VERDICTS = {"accepted": gettext_noop("Accepted"), "rejected": gettext_noop("Not accepted")}


def log(request: HttpRequest) -> HttpResponse:
    """Reports and their answers, corrections of sources, and imports taken back."""
    only(request, "page")
    until = None if request.clock.now else request.reading.view.valid
    made = request.standing.answer(("corrections", when(request)),
                                   lambda: corrections(request.reading.view))
    pages = max(1, -(-made.height // PER_PAGE))
    at = number(request, "page", 10**6)
    if at > pages:
        raise Http404(_("Page %(page)s of %(pages)s") % {"page": at, "pages": pages})
    answers = answered(until)
    withdrawn = taken_back(request.standing.reader, until)

    def turned(to: int) -> str:
        return address(request.clock, "corrections", pairs=[("page", to)])

    return page(
        request, "corrections/corrections.html", section="corrections",
        answers=[(one, _(VERDICTS[one.verdict])) for one in answers],
        median=median_days(answers), open=waiting() if until is None else None,
        withdrawn=withdrawn, total=made.height, all=made.height + len(withdrawn) + sum(
            one.verdict == "accepted" for one in answers),
        rows=[{**row, "label": words.field(row["field"])} for row in
              made.slice((at - 1) * PER_PAGE, PER_PAGE).iter_rows(named=True)],
        at=at, pages=pages, earlier=turned(at - 1) if at > 1 else "",
        further=turned(at + 1) if at < pages else "")


urlpatterns = [path("corrections/", log, name="corrections")]
