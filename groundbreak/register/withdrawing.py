"""Withdrawing a release: claims that supersede its claims, and what later editions must now say."""

import polars as pl

from groundbreak.history import news
from groundbreak.register import log
from groundbreak.register.models import Release


def withdrawal(release: Release, reason: str) -> pl.DataFrame:
    """Claims (ids null) that undo `release`, followed by the affirmations of later cuts."""
    taken_back = news.Release(release.name, release.published, release.data_cut, release.complete,
                              frozenset())
    return news.withdrawal(log.claims(source=release.source), taken_back,
                           log.releases(release.source), reason)
