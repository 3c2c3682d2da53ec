"""Addresses that keep the clock: every link on a page shows the same day as the page."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from groundbreak.site.clock import Clock


def address(clock: Clock, name: str, *args: object,
            pairs: Iterable[tuple[str, object]] = ()) -> str:
    """The address of a page, with parameters, as this clock shows it."""
    query = urlencode([*pairs, *clock.pairs()])
    path = _path(name, args)
    return f"{path}?{query}" if query else path


@cache
def _fixed(name: str) -> str:
    return reverse(name)


def _path(name: str, args: tuple[object, ...]) -> str:
    return reverse(name, args=args) if args else _fixed(name)


def here(request: HttpRequest, clock: Clock) -> str:
    """The page of a request as another clock shows it."""
    kept = [(name, value) for name, values in request.GET.lists() for value in values
            if name not in ("as_of", "view", "release", "page", "lang")]
    query = urlencode([*kept, *clock.pairs()])
    return f"{request.path}?{query}" if query else request.path


@cache
def asset(name: str) -> str:
    """The address of a static file, with its content's hash so that it may be kept for long."""
    try:
        digest = hashlib.sha256(_file(name).read_bytes()).hexdigest()[:10]
    except OSError:
        return f"{settings.STATIC_URL}{name}"
    return f"{settings.STATIC_URL}{name}?v={digest}"


@cache
def has_asset(name: str) -> bool:
    """Whether a static file was set up on this machine (those from npm may be missing)."""
    return _file(name).exists()


def _file(name: str) -> Path:
    return Path(f"{settings.STATIC_ROOT}/{name}")  # a template's text is no plain str
