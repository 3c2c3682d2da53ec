"""Withdrawing a release: claims that supersede its claims, and what later editions must now say."""

import polars as pl

from groundbreak.history.claims import conform, live
from groundbreak.history.news import affirmations
from groundbreak.register import log
from groundbreak.register.models import Release


def withdrawal(release: Release, reason: str) -> pl.DataFrame:
    """Claims (ids null) that undo `release`, followed by the affirmations of the next cut."""
    own = log.claims(source=release.source)
    undone = live(own).filter(pl.col("release") == release.name)
    superseding = conform(
        undone.select("record", "field", "known", "grade", "source", "release", "visibility",
                      supersedes="claim")
        .with_columns(kind=pl.lit("withdrawal"), raw=pl.lit(reason))
    )
    later = [
        known for known in log.releases(release.source)
        if known.data_cut > release.data_cut and known.listed
    ]
    following = min(later, key=lambda r: (r.data_cut, r.published), default=None)
    affirmed = affirmations(own, superseding, following, release.published)
    return pl.concat([superseding, affirmed]) if affirmed.height else superseding
