"""What an edition adds to what was known: only news becomes claims.

"No news" is judged against what this source itself had said, as known on the edition's published
date about its data cut; another source's word, or an analyst's, is no reason to repeat or to keep
silent. Importing out of order is welcome: where an earlier cut is told late, the next later cut
that had said otherwise says so again (an *affirmation*), so that late knowledge about 2022 does not
leak into 2023.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from groundbreak.history.claims import CELL, VALUE, conform, live
from groundbreak.history.edition import Doubt, Edition
from groundbreak.history.keys import printed_key, resolve
from groundbreak.history.order import with_order, winners

LOST_GRADE = 6
JUMP_FACTOR = 10.0


@dataclass(frozen=True)
class Release:
    """An edition already taken in: when it was published, its cut, what it listed."""

    name: str
    published: date
    data_cut: date
    complete: bool
    listed: frozenset[str]  # record ids


@dataclass(frozen=True)
class News:
    """What an import adds: claims (claim ids still null), the records it listed, doubts."""

    claims: pl.DataFrame
    listed: tuple[str, ...]
    parts: dict[str, str]  # record → telling part
    doubts: tuple[Doubt, ...]


@dataclass(frozen=True)
class _Context:
    edition: Edition
    release: str
    published: date
    cut: date
    grade: int
    earlier: date | None  # the cut before this one


def news(
    edition: Edition, *, release: str, published: date, own: pl.DataFrame,
    releases: list[Release], parts: dict[str, dict[str, str]], grade: int,
    data_cut: date | None = None,
) -> News:
    """The claims by which `edition` differs from what its source had said.

    `own`: all claims of this source (with claim ids); `parts`: printed key → {record: part};
    `grade`: the source's own evidence grade. Pure: same input, same output, whatever the row order.
    """
    cut = data_cut or edition.data_cut or published
    cuts = [r.data_cut for r in releases if r.complete and r.data_cut < cut]
    context = _Context(edition, release, published, cut, grade, max(cuts, default=None))
    listed = resolve(edition.source, edition.statements.select("key", "part").unique(), parts)
    said = edition.statements.join(listed, on=["key", "part"], how="left")
    dated = pl.col("known").is_not_null() | pl.col("happened_latest").is_not_null()
    before = winners(with_order(live(own)), published, cut)
    plain = _plain_news(context, said.filter(~dated), before, releases)
    pieces = [
        plain,
        _dated_news(context, said.filter(dated), live(own)),
        _cleared(context, said, listed, before),
        _lost(context, listed, before, releases),
    ]
    claims = conform(pl.concat([conform(piece) for piece in pieces])).sort(*CELL, "known", "raw")
    affirmed = affirmations(own, claims, _next_cut(context, releases), published)
    return News(
        claims=pl.concat([claims, affirmed]) if affirmed.height else claims,
        listed=tuple(sorted(listed["record"].to_list())),
        parts=dict(listed.select("record", "part").iter_rows()),
        doubts=edition.doubts + _comparing_doubts(plain, before),
    )


# -- what is new ---------------------------------------------------------------------------------
def _plain_news(
    context: _Context, said: pl.DataFrame, before: pl.DataFrame, releases: list[Release]
) -> pl.DataFrame:
    """Statements that differ from what held; undated, so they carry the edition's interval."""
    old = before.select(*CELL, *(pl.col(v).alias(f"old_{v}") for v in VALUE), "kind")
    differs = pl.any_horizontal(
        pl.col(v).ne_missing(pl.col(f"old_{v}")) for v in VALUE
    )
    # One value a cell: where a record stands twice with other values, the least is taken and the
    # doubt about the repeated id is already open.
    once = said.sort(*CELL, *VALUE, nulls_last=True).unique(CELL, keep="first", maintain_order=True)
    new = once.join(old, on=CELL, how="left", maintain_order="left").filter(
        pl.col("kind").is_null() | (pl.col("kind") == "cleared") | differs
    )
    # First listed now: since when it has been so, this source does not say.
    seen = {record for r in releases if r.complete and r.data_cut < context.cut
            for record in r.listed}
    opening = ~pl.col("record").is_in(pl.Series(sorted(seen), dtype=pl.String()).implode())
    earliest = context.earlier + timedelta(days=1) if context.earlier else None
    return _stamped(
        new.with_columns(
            happened_earliest=pl.when(opening).then(None).otherwise(pl.lit(earliest, pl.Date)),
            happened_latest=pl.lit(context.cut),
        ),
        context, "statement",
    )


def _dated_news(context: _Context, said: pl.DataFrame, own: pl.DataFrame) -> pl.DataFrame:
    """Statements with clocks of their own; one already on record word for word is no news."""
    identity = [*CELL, *VALUE, "happened_earliest", "happened_latest", "known", "publisher",
                "evidence"]
    stamped = conform(_stamped(said, context, "statement"))
    return stamped.unique(identity, maintain_order=True).join(
        own, on=identity, how="anti", nulls_equal=True, maintain_order="left"
    )


def _cleared(
    context: _Context, said: pl.DataFrame, listed: pl.DataFrame, before: pl.DataFrame
) -> pl.DataFrame:
    """Cells that held a value and that this edition covers but no longer states."""
    kept = {(k, p, f) for k, p, f in context.edition.kept}
    silent = (
        before.filter(
            (pl.col("kind") != "cleared")
            & pl.col("field").is_in(
                pl.Series(sorted(context.edition.covered), dtype=pl.String()).implode())
        )
        .join(listed, on="record", how="inner", maintain_order="left")
        .join(said.select(CELL).unique(), on=CELL, how="anti", maintain_order="left")
    )
    if kept and silent.height:
        triples = pl.DataFrame(sorted(kept), schema=["key", "part", "field"], orient="row")
        silent = silent.join(triples, on=["key", "part", "field"], how="anti",
                             maintain_order="left")
    return _without_value(silent, context, "cleared")


def _lost(
    context: _Context, listed: pl.DataFrame, before: pl.DataFrame, releases: list[Release]
) -> pl.DataFrame:
    """Records this source had listed with an activity and now leaves out, inside its scope."""
    if not context.edition.complete:
        return before.clear()
    in_scope = {record for r in releases if r.complete for record in r.listed}
    gone = before.filter(
        (pl.col("field") == "activity")
        & pl.col("value_text").is_not_null()
        & (pl.col("value_text") != "lost")
        & pl.col("record").is_in(pl.Series(sorted(in_scope), dtype=pl.String()).implode())
    ).join(listed, on="record", how="anti", maintain_order="left")
    return _without_value(gone, context, "statement").with_columns(
        value_text=pl.lit("lost"), grade=pl.lit(LOST_GRADE, pl.Int8),
        raw=pl.lit("not listed in this edition"),
    )


def _without_value(cells: pl.DataFrame, context: _Context, kind: str) -> pl.DataFrame:
    earliest = context.earlier + timedelta(days=1) if context.earlier else None
    bare = cells.select(CELL).with_columns(
        happened_earliest=pl.lit(earliest, pl.Date), happened_latest=pl.lit(context.cut),
        known=pl.lit(None, pl.Date), grade=pl.lit(None, pl.Int8), raw=pl.lit(""),
        publisher=pl.lit(None, pl.String),
    )
    return conform(_stamped(bare, context, kind))


def _stamped(frame: pl.DataFrame, context: _Context, kind: str) -> pl.DataFrame:
    """Clocks, grade and provenance filled in. What has happened did so before it was known."""
    known = pl.coalesce("known", pl.lit(context.published))
    return frame.with_columns(
        happened_earliest=pl.when(pl.col("happened_earliest") > known).then(known)
        .otherwise("happened_earliest"),
        happened_latest=pl.when(pl.col("happened_latest") > known).then(known)
        .otherwise("happened_latest"),
        known=known,
        grade=pl.coalesce("grade", pl.lit(context.grade, pl.Int8)),
        source=pl.lit(context.edition.source), release=pl.lit(context.release),
        visibility=pl.lit("public"), kind=pl.lit(kind),
    )


# -- affirmations --------------------------------------------------------------------------------
def _next_cut(context: _Context, releases: list[Release]) -> Release | None:
    later = [r for r in releases if r.data_cut > context.cut and r.listed]
    return min(later, key=lambda r: (r.data_cut, r.published), default=None)


def affirmations(
    own: pl.DataFrame, added: pl.DataFrame, following: Release | None, published: date
) -> pl.DataFrame:
    """Claims by which the next later cut keeps saying what it had said.

    `own` before and `added` by the import (or its withdrawal) of an earlier cut; `following` is the
    next cut on record. Without them, a value told late about 2022 would hold in 2023 although the
    edition of 2023 said otherwise.
    """
    if following is None or added.is_empty():
        return added.clear()
    day = max(published, following.published)
    offset = (_highest(own) or 0) + 1
    after_log = pl.concat(
        [own, added.with_columns(claim=pl.int_range(pl.len(), dtype=pl.Int64) + offset)]
    )
    was = winners(with_order(live(own)), day, following.data_cut)
    now = winners(with_order(live(after_log)), day, following.data_cut)
    value = [*VALUE, "kind"]
    was_known = was.filter(
        pl.col("record").is_in(pl.Series(sorted(following.listed), dtype=pl.String()).implode())
        | ((pl.col("field") == "activity") & (pl.col("value_text") == "lost"))
    )
    changed = was_known.join(
        now.select(*CELL, *value), on=[*CELL, *value], how="anti", nulls_equal=True,
        maintain_order="left",
    )
    # Fields that the late edition brought in and the next one left blank stay blank there.
    unsaid = now.filter(
        pl.col("record").is_in(pl.Series(sorted(following.listed), dtype=pl.String()).implode())
        & (pl.col("kind") != "cleared")
    ).join(was.select(CELL), on=CELL, how="anti", maintain_order="left")
    known_records = was["record"].unique()
    unsaid = unsaid.filter(pl.col("record").is_in(known_records.implode())).with_columns(
        kind=pl.lit("cleared"), **{v: pl.lit(None, unsaid.schema[v]) for v in VALUE}
    )
    repeated = pl.concat([conform(changed), conform(unsaid)])
    return repeated.with_columns(
        claim=pl.lit(None, pl.Int64), supersedes=pl.lit(None, pl.Int64),
        known=pl.lit(day), release=pl.lit(following.name),
        happened_latest=pl.lit(following.data_cut),
        # It held already at that cut; since when is what the claim repeated said.
        happened_earliest=pl.when(pl.col("happened_latest") < following.data_cut)
        .then(pl.lit(None, pl.Date)).otherwise("happened_earliest"),
    ).select(own.columns)


def withdrawal(
    own: pl.DataFrame, release: Release, releases: list[Release], reason: str
) -> pl.DataFrame:
    """Claims (ids null) that undo `release`, and what later editions must now say themselves.

    `own`: all claims of its source; `releases`: those that stand, with or without `release`.
    """
    undone = live(own).filter(pl.col("release") == release.name)
    superseding = conform(
        undone.select("record", "field", "known", "grade", "source", "release", "visibility",
                      supersedes="claim")
        .with_columns(kind=pl.lit("withdrawal"), raw=pl.lit(reason))
    )
    later = [r for r in releases if r.data_cut > release.data_cut and r.listed]
    following = min(later, key=lambda r: (r.data_cut, r.published), default=None)
    affirmed = affirmations(own, superseding, following, release.published)
    return pl.concat([superseding, affirmed]) if affirmed.height else superseding


def _highest(own: pl.DataFrame) -> int | None:
    value = own["claim"].max()
    return int(value) if isinstance(value, int) else None


# -- doubts that only comparing shows ------------------------------------------------------------
def _comparing_doubts(changed: pl.DataFrame, before: pl.DataFrame) -> tuple[Doubt, ...]:
    """A country that changed under one id, a capacity that jumped ten-fold."""
    old = before.filter(pl.col("kind") != "cleared").select(
        *CELL, pl.col("value_text").alias("was_text"), pl.col("value_number").alias("was_number")
    )
    pairs = changed.join(old, on=CELL, how="inner").sort(*CELL)
    listed = before.select("record").unique()
    countries = changed.filter(pl.col("field") == "country").join(
        listed, on="record", how="semi").join(old, on=CELL, how="left").sort("record")
    doubts = [
        Doubt("country_changed", printed_key(row["record"]),
              f"country {row['was_text'] or 'not stated'} → {row['value_text']} under one id")
        for row in countries.iter_rows(named=True)
    ]
    for row in pairs.filter(pl.col("field").str.starts_with("capacity_")).iter_rows(named=True):
        if _jumps(row["was_number"], row["value_number"]):
            doubts.append(Doubt("capacity_jump", printed_key(row["record"]),
                                f"{row['field']} {row['was_number']:g} → {row['value_number']:g}"))
    return tuple(doubts)


def _jumps(was: float | None, now: float | None) -> bool:
    if not was or not now:
        return False
    return max(was, now) / min(was, now) >= JUMP_FACTOR
