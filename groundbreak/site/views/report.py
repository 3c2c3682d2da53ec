"""Report an error: a plain form whose text lands in review, and a page that thanks for it."""

from __future__ import annotations

import time
from dataclasses import dataclass

from django.core import signing
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator, URLValidator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from groundbreak.register import reports
from groundbreak.site.clients import client
from groundbreak.site.page import page
from groundbreak.site.views.about import own_path

SALT = "groundbreak.report"
FASTEST_S, LONGEST_S = 3, 86_400
MOST_AN_HOUR = 6  # from one client
FIELDS = ("wrong", "right", "evidence", "contact", "page")
TRAP = "website"  # hidden from people; programs fill it in


@dataclass(frozen=True)
class Refused(Exception):
    """Why a report was not taken: field ('' for the whole), words, status."""

    field: str
    why: str
    status: int = 400


@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest) -> HttpResponse:
    """The form, or what was sent with it."""
    if request.method != "POST":
        return _form(request, {"page": _page(request.GET.get("page", "/"))})
    given = {name: request.POST.get(name, "") for name in FIELDS}
    given["page"] = _page(given["page"])
    try:
        number = _take(request, given)
    except Refused as refused:
        answer = _form(request, given, refused)
        if refused.status == 429:
            answer["Retry-After"] = "3600"
        return answer
    signed = signing.dumps(number, salt=SALT)
    return HttpResponseRedirect(f"{reverse('report_thanks')}?r={signed}")


def _page(text: str) -> str:
    """The page that a report is about: a path of ours, its beginning where it is long."""
    return own_path(text)[:reports.LONGEST["page"]]


def _form(request: HttpRequest, given: dict[str, str], refused: Refused | None = None
          ) -> HttpResponse:
    answer = page(
        request, "report/report.html", status=refused.status if refused else 200, given=given,
        refused=refused, longest=reports.LONGEST, trap=TRAP,
        token=signing.dumps(int(time.time()), salt=SALT))
    answer["Cache-Control"] = "no-store"
    answer["X-Robots-Tag"] = "noindex"
    return answer


def _take(request: HttpRequest, given: dict[str, str]) -> int:
    if request.POST.get(TRAP):
        raise Refused("", _("A field that nobody sees was filled in. Leave it empty, and send "
                            "again."))
    _waited(request.POST.get("token", ""))
    _valid(given)
    _spend(request)
    try:
        return reports.take(**given)
    except reports.TooManyReports:
        raise Refused("", _("More reports came in today than people can look at. Please try "
                            "tomorrow."), 429) from None
    except ValueError as error:
        raise Refused("", str(error)) from None


def _waited(token: str) -> None:
    """That the form was opened here, a few seconds ago at least and a day at most."""
    try:
        opened = signing.loads(token, salt=SALT)
    except signing.BadSignature:
        opened = None
    age = time.time() - opened if isinstance(opened, int) else None
    if age is None or age > LONGEST_S:
        raise Refused("", _("The form had been open for too long. Your text is still here: send "
                            "it again."))
    if age < FASTEST_S:
        raise Refused("", _("That was faster than anybody types. Your text is still here: send it "
                            "again in a few seconds."))


def _valid(given: dict[str, str]) -> None:
    if not reports.plain(given["wrong"]):
        raise Refused("wrong", _("Say what is wrong."))
    for name in FIELDS:
        if len(given[name]) > reports.LONGEST[name]:
            raise Refused(name, _("Too long: %(given)s characters; up to %(longest)s are read.") % {
                "given": len(given[name]), "longest": reports.LONGEST[name]})
    if evidence := given["evidence"].strip():
        try:
            URLValidator(schemes=["http", "https"])(evidence)
        except ValidationError:
            raise Refused("evidence", _("Not a web address; accepted: https://…")) from None
    if contact := given["contact"].strip():
        try:
            EmailValidator()(contact)
        except ValidationError:
            raise Refused("contact", _("Not an e-mail address; leave it empty if you like.")
                          ) from None


def _spend(request: HttpRequest) -> None:
    """Count this report against its client; each process counts together (database cache)."""
    hour = int(time.time()) // 3600
    who = salted_hmac(SALT, f"{client(request)} {hour}", algorithm="sha256").hexdigest()[:32]
    for place in range(MOST_AN_HOUR):
        if cache.add(f"report:{who}:{place}", 1, 3600):
            return
    raise Refused("", _("You sent several reports within the hour. Please wait a little; your text "
                        "is still here."), 429)


@require_GET
def thanks(request: HttpRequest) -> HttpResponse:
    """The reference number of a report, told only to who sent it."""
    try:
        number = signing.loads(request.GET.get("r", ""), salt=SALT)
    except signing.BadSignature:
        return HttpResponseRedirect(reverse("report"))
    answer = page(request, "report/thanks.html", number=number)
    answer["Cache-Control"] = "no-store"
    answer["X-Robots-Tag"] = "noindex"
    return answer


urlpatterns = [
    path("report/", report, name="report"),
    path("report/thanks/", thanks, name="report_thanks"),
]
