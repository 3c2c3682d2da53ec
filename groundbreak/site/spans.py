"""Between which two days a page compares, and parameters that are not the catalogue's."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from groundbreak.catalogue.query import BadQuery
from groundbreak.measures.periods import months_back
from groundbreak.register import packages
from groundbreak.site.clock import PARAMS
from groundbreak.vocabulary.days import EARLIEST, read_day

MONTHS = 12  # how far a comparison goes back unless asked otherwise, or a release says


@dataclass(frozen=True)
class Span:
    """Two known days; `release` names the frozen release of the first, where it is the default."""

    opened: date
    closed: date
    release: str = ""

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """The parameters that ask for it."""
        return [("from", str(self.opened)), ("to", str(self.closed))]


def span(request: HttpRequest) -> Span:
    """The days `from` and `to` of a request. Raises BadQuery that says what is accepted.

    Usually from the last public release before the page's day, else twelve months, to that day.
    """
    view = request.reading.view
    last = min(view.known, view.valid)
    closed = day(request, "to", view.known) or last
    release = ""
    opened = day(request, "from", view.known)
    if opened is None:
        opened, release = since(closed)
    if opened >= closed:
        raise BadQuery("from", str(opened), _("a day before to=%s") % closed)
    return Span(opened, closed, release)


def since(closed: date) -> tuple[date, str]:
    """The day of the last public release before `closed` and its name; else months before it."""
    package = packages.last_public(timezone.now(), closed)
    return (package.known, package.name) if package else (months_back(closed, MONTHS), "")


def day(request: HttpRequest, name: str, latest: date) -> date | None:
    """The day of a parameter, None where it is not given. Raises BadQuery."""
    text = one(request, name)
    if not text:
        return None
    try:
        return read_day(text, latest)
    except ValueError:
        raise BadQuery(name, text, _("a day as YYYY-MM-DD, from %(first)s to %(last)s") % {
            "first": EARLIEST, "last": latest}) from None


def one(request: HttpRequest, name: str, accepted: Collection[str] | None = None,
        default: str = "") -> str:
    """The one value of a parameter. Raises BadQuery for several, or one that is not `accepted`."""
    values = request.GET.getlist(name)
    if len(values) > 1:
        raise BadQuery(name, " and ".join(values), _("one value"))
    text = values[0].strip() if values else ""
    if text and accepted is not None and text not in accepted:
        raise BadQuery(name, text, ", ".join(accepted))
    return text or default


def number(request: HttpRequest, name: str, most: int) -> int:
    """A whole number from 1 to `most`; 1 where it is not given. Raises BadQuery."""
    text = one(request, name) or "1"
    if not (text.isascii() and text.isdigit() and len(text) < 10 and 1 <= int(text) <= most):
        raise BadQuery(name, text, _("a whole number from 1 to %s") % most)
    return int(text)


def only(request: HttpRequest, *names: str) -> None:
    """Refuse parameters that the page does not have. Raises BadQuery that lists those it has."""
    for name in request.GET:
        if name not in names and name not in PARAMS and name != "lang":
            raise BadQuery("parameter", name, ", ".join([*names, *sorted(PARAMS), "lang"]))


def when(request: HttpRequest) -> tuple[date, date, int | None]:
    """What an answer of the page's view may be kept under."""
    view = request.reading.view
    return view.known, view.valid, request.clock.recorded
