"""The log that a package holds: public claims, as known on a day, without what came later."""

from __future__ import annotations

from datetime import date

import polars as pl

from groundbreak.history.claims import superseded, up_to
from groundbreak.history.snapshot import Snapshot, speaking


def frozen(snapshot: Snapshot, known: date, position: int, *, confirmed: bool = False) -> Snapshot:
    """What may be published of `snapshot` as known on `known`, from the log up to `position`.

    `confirmed` leaves out the sources whose terms are not confirmed. A view of the result on
    `known` is that of the public register, claim for claim: a claim that a later one superseded
    stands in neither. Releases that listed nothing public are left out with their file names.
    """
    public = snapshot.public()
    if confirmed:
        public = public.confirmed()
    claims = _without_what_came_later(up_to(public.claims, position), known)
    releases = public.releases.filter(pl.col("published") <= known)
    listings = public.listings.join(releases, on="release", how="semi", maintain_order="left").join(
        claims, on="record", how="semi", maintain_order="left")
    return Snapshot(claims, speaking(releases, claims, listings), listings)


def _without_what_came_later(claims: pl.DataFrame, known: date) -> pl.DataFrame:
    """Claims known by `known`, without those that a claim known later put out of force."""
    out = superseded(claims)
    kept = claims.filter(pl.col("known") <= known)
    while True:
        # One put out by a claim that is not kept would stand again; where that one undid another,
        # the other acts no more and goes as well, and so on.
        revived = out.filter(~out.is_in(superseded(kept).implode()))
        gone = pl.col("claim").is_in(revived.implode())
        if kept.filter(gone).is_empty():
            return kept
        kept = kept.filter(~gone)
