"""Taking an import back, and taking that back: superseding claims, and the log stays as it was."""

from datetime import date

import polars as pl
from django.db import transaction

from groundbreak.history.claims import conform, live, superseded
from groundbreak.register import correcting, log
from groundbreak.register.editing import SOURCE, Written, free_name, make_release
from groundbreak.register.importing import ImportRefused
from groundbreak.register.models import Release
from groundbreak.register.withdrawing import withdrawal

UNDO = "undo"


def undo(name: str, reason: str, today: date) -> Written:
    """Supersede what the import `name` wrote: an edition, edits, or an undo.

    The view is then what it would be without it. Raises ImportRefused where there is no such
    import, where it is taken back already, or where a later edition was compared with it;
    BadCorrections for corrections that would be settled again.
    """
    with transaction.atomic():
        log.lock()
        release = _standing(name)
        correcting.check_undo(release)
        claims = _superseding(release, reason)
        made = make_release(free_name(f"undo@{today}"), SOURCE, UNDO, today, file=release.name,
                            rows=claims.height, undoes=release)
        _mark(release, reason)
        log.append(claims)
        made.recorded = log.position()
        made.save(update_fields=["recorded"])
        correcting.after_undo(release, claims, today)
    return Written(made.name, claims.height)


def _standing(name: str) -> Release:
    release = Release.objects.filter(name=name).select_related("undoes").first()
    if release is None:
        raise ImportRefused(f"no import {name!r}; see `groundbreak releases`")
    if release.withdrawn:
        by = release.undone_by.filter(withdrawn="").first()
        again = f"; undo that with `groundbreak undo {by.name}`" if by else ""
        raise ImportRefused(f"{name} was taken back already: {release.withdrawn}{again}")
    return release


def _superseding(release: Release, reason: str) -> pl.DataFrame:
    if release.layout != UNDO and release.source != SOURCE and release.covered:
        return withdrawal(release, reason)  # an edition: later ones must now speak for themselves
    if release.layout == UNDO:
        _check_order(release)
        written = log.claims(after=release.recorded - release.rows, until=release.recorded)
        standing = written.filter(~pl.col("claim").is_in(superseded(log.claims()).implode()))
    else:
        standing = live(log.claims()).filter(pl.col("release") == release.name)
    return conform(
        standing.select("record", "field", "known", "grade", "source", "visibility",
                        supersedes="claim", release="release")
        .with_columns(kind=pl.lit("withdrawal"), raw=pl.lit(reason)))


def _check_order(release: Release) -> None:
    """An edition comes back only where no later one was compared with a register without it."""
    target = release.undoes
    if target is None or not target.covered:
        return
    later = Release.objects.filter(source=target.source, recorded__gt=release.recorded,
                                   withdrawn="").exclude(covered="").first()
    if later is not None:
        raise ImportRefused(
            f"{later.name} was taken in since {target.name} was taken back, and compared with a "
            f"register without it; accepted: importing the file of {target.name} again")


def _mark(release: Release, reason: str) -> None:
    """Say that an import is taken back (with a reason) or stands again (without one).

    What an undo had taken back stands while the undo does not, and so on down.
    """
    release.withdrawn = reason
    release.save(update_fields=["withdrawn"])
    if release.layout == UNDO and release.undoes is not None:
        _mark(release.undoes, "" if reason else f"taken back by {release.name}")
