"""How often one client may ask: the API a minute, forms an hour; pages are not counted.

Counts are kept in windows of fixed length. Each process counts in memory and adds what it counted
to the shared cache (in the database, so that all processes see it) after every BATCH requests of a
client. What it costs: one read when a process first sees a client in a window, and two statements
in a transaction every BATCH requests; a client with few requests writes nothing. What it gives up:
with p processes a client may be let through p · (BATCH − 1) requests more than the limit. A form is
counted at once (batch 1).

A counter never keeps anybody waiting: where the database is locked by a writer, the count stays in
memory until the next batch. Clients are kept as keyed hashes, never as addresses.
"""

from __future__ import annotations

import hashlib
import hmac
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, connection, transaction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import ngettext

from groundbreak.site.clients import client
from groundbreak.site.failing import failed

BATCH = 20
API_SECONDS, FORM_SECONDS = 60, 3600
BUSY_MS = 20  # how long a count may wait for SQLite's lock


@dataclass(frozen=True)
class Allowance:
    """What a client has left: `remaining` of `limit` until `reset_s` seconds from now."""

    limit: int
    remaining: int
    reset_s: int
    allowed: bool

    def headers(self) -> dict[str, str]:
        """The RateLimit headers, and Retry-After where the limit is reached."""
        found = {"RateLimit-Limit": str(self.limit), "RateLimit-Remaining": str(self.remaining),
                 "RateLimit-Reset": str(self.reset_s)}
        return found if self.allowed else {**found, "Retry-After": str(self.reset_s)}


@dataclass
class _Count:
    shared: int  # as the cache had it last
    own: int = 0  # counted here since then


@dataclass(eq=False)
class Counter:
    """One thing that is limited, as this process counts it."""

    name: str
    seconds: int
    batch: int = BATCH
    window: int = -1
    counts: dict[str, _Count] = field(default_factory=dict)
    guard: threading.Lock = field(default_factory=threading.Lock)

    def hit(self, who: str, limit: int, now: float) -> Allowance:
        """Count one request of `who` at `now` (seconds since 1970)."""
        window, passed = divmod(int(now), self.seconds)
        key = f"limit:{self.name}:{window}:{who}"
        with self.guard:
            if window != self.window:
                self.window, self.counts = window, {}
            count = self.counts.get(who)
        if count is None:
            count = _Count(_shared(key))
            with self.guard:
                count = self.counts.setdefault(who, count)
        with self.guard:
            # Who is refused is counted no further: waiting to the window's end is enough.
            allowed = count.shared + count.own < limit
            count.own += allowed
            due = count.own if allowed and count.own >= self.batch else 0
            total = count.shared + count.own
        if due:
            self._tell(key, count, due)
        return Allowance(limit, max(0, limit - total), self.seconds - passed, allowed)

    def _tell(self, key: str, count: _Count, due: int) -> None:
        try:
            with _impatient(), transaction.atomic():
                shared = int(cache.get(key, 0)) + due
                cache.set(key, shared, timeout=2 * self.seconds)
        except DatabaseError:
            return
        with self.guard:
            count.shared, count.own = shared, count.own - due


def _shared(key: str) -> int:
    try:
        return int(cache.get(key, 0))
    except DatabaseError:
        return 0


@contextmanager
def _impatient() -> Iterator[None]:
    """No waiting for a writer on SQLite, whose lock is the whole file's."""
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        yield
        return
    with connection.cursor() as cursor:
        patience = int(cursor.execute("PRAGMA busy_timeout").fetchone()[0])
        cursor.execute(f"PRAGMA busy_timeout = {BUSY_MS}")
        try:
            yield
        finally:
            cursor.execute(f"PRAGMA busy_timeout = {patience}")


def hashed(request: HttpRequest) -> str:
    """Who asks, as a keyed hash."""
    key = settings.SECRET_KEY.encode()
    return hmac.new(key, client(request).encode(), hashlib.sha256).hexdigest()[:24]


class Limits:
    """Middleware: requests to the API by API_PER_MINUTE, posted forms by FORMS_PER_HOUR."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.answer = answer
        self.api = Counter("api", API_SECONDS)
        self.forms = Counter("form", FORM_SECONDS, batch=1)

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path.startswith("/api/"):
            allowance = self.api.hit(hashed(request), settings.API_PER_MINUTE, time.time())
        elif request.method == "POST":
            allowance = self.forms.hit(hashed(request), settings.FORMS_PER_HOUR, time.time())
        else:
            return self.answer(request)
        response = self.answer(request) if allowance.allowed else _refused(request, allowance)
        for name, value in allowance.headers().items():
            response[name] = value
        return response


def _refused(request: HttpRequest, allowance: Allowance) -> HttpResponseBase:
    response = failed(request, 429, ngettext(
        "More than was agreed on came from your address. Try again in %(seconds)d second.",
        "More than was agreed on came from your address. Try again in %(seconds)d seconds.",
        allowance.reset_s) % {"seconds": allowance.reset_s})
    response["Cache-Control"] = "no-store"
    return response
