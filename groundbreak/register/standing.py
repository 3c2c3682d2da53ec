"""The register as a running server holds it: loaded once, brought up to date when the log grows.

Only claims marked public are held here: whatever reads through this module is a public door.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any, TypeVar

import polars as pl
from django.db.models import Count, Max

from groundbreak.history.intervals import extend
from groundbreak.history.snapshot import Snapshot
from groundbreak.history.view import History
from groundbreak.reading import Reader, Reading
from groundbreak.register import log
from groundbreak.register.models import Release
from groundbreak.vocabulary.days import EARLIEST

VIEWS_KEPT = 8
ANSWERS_KEPT = 512
LARGE_ANSWERS_KEPT = 24
T = TypeVar("T")
Marker = tuple[int, int, int]  # log position, newest release, releases that stand


@dataclass(eq=False)
class Standing:
    """One state of the register with what was computed from it."""

    marker: Marker
    reader: Reader
    views: OrderedDict[tuple[date | None, date | None, int | None], Reading] = field(
        default_factory=OrderedDict)
    answers: OrderedDict[Any, Any] = field(default_factory=OrderedDict)
    large_answers: OrderedDict[Any, Any] = field(default_factory=OrderedDict)
    guard: threading.RLock = field(default_factory=threading.RLock)

    @cached_property
    def latest(self) -> Reading:
        """The newest view, which most questions are about; never dropped."""
        return self.reader.as_of(self.newest)

    @cached_property
    def newest(self) -> date:
        """The newest published day, EARLIEST of an empty register; the default of every page."""
        return self.reader.snapshot.newest_published or EARLIEST

    def reading(self, known: date | None = None, valid: date | None = None,
                recorded: int | None = None) -> Reading:
        """The view as known on a day about a day; a few are kept."""
        known = known or self.newest
        if known == self.newest and valid in (None, known) and recorded is None:
            return self.latest
        key = (known, valid or known, recorded)
        return _kept(self, self.views, VIEWS_KEPT, key,
                     lambda: self.reader.as_of(known, valid=valid, recorded=recorded))

    def answer(self, key: Any, compute: Callable[[], T]) -> T:
        """What `compute` gives, kept under `key` until the log grows."""
        return _kept(self, self.answers, ANSWERS_KEPT, key, compute)

    def large_answer(self, key: Any, compute: Callable[[], T]) -> T:
        """The same for what holds a row a project, or a view: only the last few are kept, so that
        no series of questions (each about another day, say) fills the memory."""
        return _kept(self, self.large_answers, LARGE_ANSWERS_KEPT, key, compute)


def _kept(standing: Standing, shelf: OrderedDict, most: int, key: Any,
          compute: Callable[[], T]) -> T:
    with standing.guard:
        if key in shelf:
            shelf.move_to_end(key)
            return shelf[key]
    made = compute()
    with standing.guard:
        shelf[key] = made
        while len(shelf) > most:
            shelf.popitem(last=False)
    return made


_loaded: dict[str, Standing] = {}
_loading = threading.Lock()


def marker() -> Marker:
    """What changes whenever anything was taken in or taken back."""
    found = Release.objects.aggregate(newest=Max("pk"), all=Count("pk"))
    withdrawn = Release.objects.exclude(withdrawn="").count()
    return log.position(), found["newest"] or 0, found["all"] - withdrawn


def current() -> Standing:
    """The register as it stands now: what another process wrote is there at once."""
    now = marker()
    standing = _loaded.get("public")
    if standing is not None and standing.marker == now:
        return standing
    with _loading:
        standing = _loaded.get("public")
        if standing is None or standing.marker != now:
            standing = _loaded["public"] = _brought_up(standing, now)
        return standing


def forget() -> None:
    """Hold nothing; the next question loads the register anew (tests, another register)."""
    _loaded.clear()


def _brought_up(before: Standing | None, now: Marker) -> Standing:
    """The register as of `now`; where the log only grew, only what is new is worked out.

    What is written while it is read waits for the next question: no claim is read twice.
    """
    if before is None or now[0] < before.marker[0]:
        whole = log.snapshot()
        return Standing((whole.position, *now[1:]), Reader(whole.public()))
    held = before.reader
    new = log.claims(after=before.marker[0], until=now[0]).filter(
        pl.col("visibility") == "public")
    claims = pl.concat([held.claims, new])
    taken = Snapshot(claims, log.releases_frame(), log.listings_frame()).public()
    reader = Reader(taken)
    history = History(taken)
    history.__dict__["intervals"] = extend(held.history.intervals, claims, new)
    reader.__dict__["history"] = history
    return Standing(now, reader)
