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

from groundbreak.history.claims import CELL, CLAIM_SCHEMA, VALUE, conform, live, numbered
from groundbreak.history.conflicts import conflicts
from groundbreak.history.edition import Doubt, Edition
from groundbreak.history.keys import printed_key, resolve
from groundbreak.history.order import winners, with_order

LOST_GRADE = 6
NOT_LISTED = "not listed in this edition"
JUMP_FACTOR = 10.0


@dataclass(frozen=True)
class Release:
    """An edition already taken in: when it was published, its cut, what it listed.

    `covered`: the fields it could state (None: all); `kept`: record and field of which it said that
    the known value stays.
    """

    name: str
    published: date
    data_cut: date
    complete: bool
    listed: frozenset[str]  # record ids
    covered: frozenset[str] | None = None
    kept: frozenset[tuple[str, str]] = frozenset()


@dataclass(frozen=True)
class News:
    """What an import adds: claims (claim ids still null), the records it listed, doubts.

    `kept`: record → fields of which the edition said that the known value stays.
    """

    claims: pl.DataFrame
    listed: tuple[str, ...]
    parts: dict[str, str]  # record → telling part
    doubts: tuple[Doubt, ...]
    kept: dict[str, frozenset[str]]


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
    records = tuple(sorted(listed["record"].to_list()))
    kept = _kept(edition, listed)
    disputed = _contested_doubts(own, claims, published)
    this = Release(release, published, cut, edition.complete, frozenset(records), edition.covered,
                   frozenset((record, name) for record, names in kept.items() for name in names))
    return News(
        claims=pl.concat([claims, affirmations(own, claims, this, releases)]),
        listed=records,
        parts=dict(listed.select("record", "part").iter_rows()),
        doubts=edition.doubts + _comparing_doubts(plain, before) + disputed,
        kept=kept,
    )


def _kept(edition: Edition, listed: pl.DataFrame) -> dict[str, frozenset[str]]:
    records = {(key, part): record for key, part, record in
               listed.select("key", "part", "record").iter_rows()}
    found: dict[str, set[str]] = {}
    for key, part, name in edition.kept:
        found.setdefault(records[key, part], set()).add(name)
    return {record: frozenset(names) for record, names in found.items()}


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
    """Statements with clocks of their own; one already on record word for word is no news.

    One that does not say when it became known is compared with the last word on its day.
    """
    same = [*CELL, *VALUE, "happened_earliest", "happened_latest", "publisher", "evidence"]
    stamped = conform(_stamped(said, context, "statement")).unique([*same, "known"],
                                                                   maintain_order=True)
    undated = pl.col("known") == context.published
    last = own.filter(pl.col("known") <= context.published).sort("known", "claim").unique(
        [*CELL, "happened_earliest", "happened_latest", "publisher"], keep="last",
        maintain_order=True,
    )
    pieces = ((stamped.filter(~undated), own, [*same, "known"]),
              (stamped.filter(undated), last, same))
    return pl.concat([
        told.join(old, on=on, how="anti", nulls_equal=True, maintain_order="left")
        for told, old, on in pieces
    ])


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
    in_scope = {record for r in releases if r.complete and r.published <= context.published
                and r.data_cut <= context.cut for record in r.listed}
    gone = _gone(before, in_scope).join(listed, on="record", how="anti", maintain_order="left")
    return _without_value(gone, context, "statement").with_columns(
        value_text=pl.lit("lost"), grade=pl.lit(LOST_GRADE, pl.Int8),
        raw=pl.lit(NOT_LISTED),
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
def affirmations(
    own: pl.DataFrame, added: pl.DataFrame, release: Release, releases: list[Release], *,
    withdrawn: bool = False,
) -> pl.DataFrame:
    """Claims by which editions about later cuts keep saying what they had said.

    `own` before and `added` by the import of `release` (or by its withdrawal); `releases`: the
    others that stand. Without them, a value told late about 2022 would hold in 2023 although the
    edition of 2023 said otherwise.
    """
    standing = [r for r in releases if r.name != release.name]
    standing += [] if withdrawn else [release]
    log, repeated = _appended(own, added), added.clear()
    for day, following in _disturbed(release, standing):
        if following is release:
            was = winners(with_order(live(log)), release.published, release.data_cut)
        else:
            was = winners(with_order(live(own)), day, following.data_cut)
        now = winners(with_order(live(log)), day, following.data_cut)
        piece = pl.concat([_said_again(was, now, following, day),
                           _still_lost(now, following, standing, day)])
        log, repeated = _appended(log, piece), pl.concat([repeated, conform(piece)])
    return repeated


def _disturbed(release: Release, standing: list[Release]) -> list[tuple[date, Release]]:
    """(known, edition) at which an edition must be heard again.

    Once when both it and `release` are known; and whenever an edition about an earlier cut, which
    may have been affirmed since, is published after it.
    """
    found = []
    for following in standing:
        if _told(following) < _told(release):
            continue
        start = max(release.published, following.published)
        found += [(start, following)] if following is not release else []
        found += [(r.published, following) for r in standing
                  if r.published > start and _told(r) < _told(following)]
    return sorted(set(found), key=lambda pair: (pair[0], *_told(pair[1])))


def _told(release: Release) -> tuple[date, date, str]:
    """Editions in the order in which they speak: by cut, then published."""
    return release.data_cut, release.published, release.name


def _said_again(
    was: pl.DataFrame, now: pl.DataFrame, following: Release, day: date
) -> pl.DataFrame:
    """What `following` had said of the records it listed, where it would no longer hold."""
    listed = pl.col("record").is_in(
        pl.Series(sorted(following.listed), dtype=pl.String()).implode())
    if following.covered is not None:  # what it could not state, it does not deny
        listed &= pl.col("field").is_in(
            pl.Series(sorted(following.covered), dtype=pl.String()).implode())
    silent = pl.DataFrame(sorted(following.kept), schema=list(CELL), orient="row",
                          schema_overrides=dict.fromkeys(CELL, pl.String()))
    was, now = (frame.join(silent, on=CELL, how="anti", maintain_order="left")
                for frame in (was, now))
    changed = was.filter(listed).join(
        now.select(*CELL, *VALUE, "kind"), on=[*CELL, *VALUE, "kind"], how="anti",
        nulls_equal=True, maintain_order="left",
    )
    # Fields that the late edition brought in and this one left blank stay blank here.
    unsaid = now.filter(listed & (pl.col("kind") != "cleared")).join(
        was.select(CELL), on=CELL, how="anti", maintain_order="left"
    ).with_columns(kind=pl.lit("cleared"), **{v: pl.lit(None, was.schema[v]) for v in VALUE})
    return _repeated(pl.concat([conform(changed), conform(unsaid)]), following, day).with_columns(
        # It held already at that cut; since when is what the claim repeated said.
        happened_earliest=pl.when(pl.col("happened_latest") < following.data_cut)
        .then(pl.lit(None, pl.Date)).otherwise("happened_earliest"),
        happened_latest=pl.lit(following.data_cut),
    )


def _still_lost(
    now: pl.DataFrame, following: Release, standing: list[Release], day: date
) -> pl.DataFrame:
    """Records that `following` left out although editions before it had listed them."""
    if not following.complete:
        return conform(now.clear())
    before = [r for r in standing if r.complete and r.published <= day
              and _told(r) < _told(following)]
    gone = _gone(now, {record for r in before for record in r.listed} - following.listed)
    earliest = max((r.data_cut for r in before if r.data_cut < following.data_cut), default=None)
    return _repeated(conform(gone), following, day).with_columns(
        **{v: pl.lit(None, CLAIM_SCHEMA[v]) for v in (*VALUE, "place", "evidence", "publisher")}
    ).with_columns(
        value_text=pl.lit("lost"), grade=pl.lit(LOST_GRADE, pl.Int8), raw=pl.lit(NOT_LISTED),
        happened_earliest=pl.lit(earliest and earliest + timedelta(days=1), pl.Date),
        happened_latest=pl.lit(following.data_cut), kind=pl.lit("statement"),
    )


def _gone(holding: pl.DataFrame, records: set[str]) -> pl.DataFrame:
    """The activity of those of `records` that are not lost yet."""
    return holding.filter(
        (pl.col("field") == "activity")
        & pl.col("value_text").is_not_null()
        & (pl.col("value_text") != "lost")
        & pl.col("record").is_in(pl.Series(sorted(records), dtype=pl.String()).implode())
    )


def _repeated(claims: pl.DataFrame, following: Release, day: date) -> pl.DataFrame:
    return claims.with_columns(
        claim=pl.lit(None, pl.Int64), supersedes=pl.lit(None, pl.Int64),
        known=pl.lit(day), release=pl.lit(following.name),
    )


def _appended(log: pl.DataFrame, claims: pl.DataFrame) -> pl.DataFrame:
    """`log` with `claims` numbered as the register will number them."""
    highest = log["claim"].max()
    last = int(highest) if isinstance(highest, int) else 0
    return pl.concat([conform(log), numbered(claims, last)])


# -- taking a release back -------------------------------------------------------------------------
def withdrawal(
    own: pl.DataFrame, release: Release, releases: list[Release], reason: str
) -> pl.DataFrame:
    """Claims (ids null) that undo `release`, and what later editions must now say themselves.

    `own`: all claims of its source; `releases`: those that stand, `release` included or not.
    """
    counting = live(own)
    undone = pl.concat([
        counting.filter(pl.col("release") == release.name),
        _unfounded(counting.filter(pl.col("release") != release.name),
                   [r for r in releases if r.name != release.name]),
    ])
    superseding = conform(
        undone.select("record", "field", "known", "grade", "source", "release", "visibility",
                      supersedes="claim")
        .with_columns(kind=pl.lit("withdrawal"), raw=pl.lit(reason))
    )
    affirmed = affirmations(own, superseding, release, releases, withdrawn=True)
    return pl.concat([superseding, affirmed])


def _unfounded(claims: pl.DataFrame, standing: list[Release]) -> pl.DataFrame:
    """Losses of records that no edition before, of those that still stand, had listed."""
    first: dict[str, date] = {}
    for r in standing:
        for record in r.listed if r.complete else ():
            first[record] = min(first.get(record, r.data_cut), r.data_cut)
    listed = pl.DataFrame({"record": list(first), "first": list(first.values())},
                          schema={"record": pl.String(), "first": pl.Date()})
    return claims.filter(
        (pl.col("field") == "activity") & (pl.col("value_text") == "lost")
        & (pl.col("raw") == NOT_LISTED)
    ).join(listed, on="record", how="left", maintain_order="left").filter(
        pl.col("first").is_null() | (pl.col("first") >= pl.col("happened_latest"))
    ).select(claims.columns)


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


def _contested_doubts(
    own: pl.DataFrame, added: pl.DataFrame, published: date
) -> tuple[Doubt, ...]:
    """What an edition says against a better-graded word that is not two years old."""
    told = live(_appended(own, added))
    words = with_order(told).filter(pl.col("known") <= published)
    holding = winners(words, published)
    found = conflicts(words, holding).filter("contested")
    new = holding.join(own.select("claim"), on="claim", how="anti").select(chosen="claim")
    return tuple(
        Doubt("contested", printed_key(row["record"]),
              f"{row['field']}: {_shown(row, 'chosen_')} (grade {row['chosen_grade']}) against "
              f"{_shown(row, '')} (grade {row['grade']})")
        for row in found.join(new, on="chosen", how="semi").iter_rows(named=True)
    )


def _shown(row: dict[str, object], prefix: str) -> str:
    value = row[f"{prefix}value_text"]
    return str(value if value is not None else row[f"{prefix}value_number"])
