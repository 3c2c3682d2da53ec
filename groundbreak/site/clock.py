"""Which clock a page shows: as known on a day, about a day, or as a release froze it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from groundbreak.catalogue.query import BadQuery
from groundbreak.register import packages
from groundbreak.vocabulary.days import read_day

PARAMS = frozenset({"as_of", "view", "release"})
AS_NOW_KNOWN = "as-now-known"


@dataclass(frozen=True)
class Clock:
    """`known`: what the world could know by then; `valid`: the day spoken of. None: the newest."""

    known: date | None = None
    valid: date | None = None
    recorded: int | None = None
    release: str = ""

    @property
    def now(self) -> bool:
        """Whether nothing was asked for: the newest of everything."""
        return self == Clock()

    def pairs(self) -> list[tuple[str, str]]:
        """The parameters that set this clock."""
        if self.release:
            return [("release", self.release)]
        if self.valid is not None and self.known is None:
            return [("as_of", str(self.valid)), ("view", AS_NOW_KNOWN)]
        return [("as_of", str(self.known))] if self.known else []

    @property
    def query(self) -> str:
        """The same as text of a URL."""
        return urlencode(self.pairs())


def parse(params: QueryDict) -> Clock:
    """The clock that a URL's parameters name. Raises BadQuery."""
    day, view, release = (_one(params, name) for name in ("as_of", "view", "release"))
    if release:
        if day or view:
            raise BadQuery("release", release, _("a release, or as_of and view, not both"))
        return _frozen(release)
    if view not in ("", AS_NOW_KNOWN, "as-known-then"):
        raise BadQuery("view", view, f"as-known-then, {AS_NOW_KNOWN}")
    if not day:
        return Clock()
    known = _day(day)
    return Clock(valid=known) if view == AS_NOW_KNOWN else Clock(known=known)


def _one(params: QueryDict, name: str) -> str:
    values = params.getlist(name)
    if len(values) > 1:
        raise BadQuery(name, " and ".join(values), _("one value"))
    return values[0].strip() if values else ""


def _day(text: str) -> date:
    try:
        return read_day(text, timezone.now().date())
    except ValueError:
        raise BadQuery("as_of", text, _("a day as YYYY-MM-DD, from 1990-01-01 to today")) from None


def _frozen(name: str) -> Clock:
    public = {package.name: package for package in packages.public(timezone.now())}
    if name not in public:
        raise BadQuery("release", name, ", ".join(public) or _("none is public yet"))
    package = public[name]
    return Clock(known=package.known, recorded=package.position, release=package.name)
