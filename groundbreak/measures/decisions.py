"""Final investment decisions and progress: what happened, when at the earliest and at the latest.

All on the happened clock, as known on the view's day. A dated FID is *stated*; a source's FID
status proves one inside its interval (stated, grade 5); construction or later where no FID was
told *implies* one (grade 6). What a record already was when first listed has no date: it counts as
*has reached FID*, never as reached in a period.
"""

from __future__ import annotations

import polars as pl

from groundbreak.history.stages import stage_ranks
from groundbreak.history.view import View
from groundbreak.measures.entrants import period_end_of
from groundbreak.measures.population import CLOSED, COMMITTED

DECISION_SCHEMA: dict[str, pl.DataType] = {
    "record": pl.String(), "kind": pl.String(), "earliest": pl.Date(), "latest": pl.Date(),
    "grade": pl.Int8(), "claim": pl.Int64(),
}


def moves(view: View) -> pl.DataFrame:
    """Stage moves as known: record, from_least, from_most, to_least, to_most, direction (+1/−1),
    earliest, latest, grade, claim.

    A move exists only where two ranges do not overlap; a blank between two stages is no move.
    """
    if "moves" not in view.computed:
        view.computed["moves"] = _moves(view)
    found: pl.DataFrame = view.computed["moves"]
    return found


def _moves(view: View) -> pl.DataFrame:
    steps = (
        view.timeline("stage").filter(pl.col("kind").is_in(["statement", "correction"]))
        .rename({"value_text": "stage"})
        .join(stage_ranks(), on="stage", how="inner")
        .sort("record", "since")
        .with_columns(
            from_least=pl.col("stage_at_least").shift(1).over("record"),
            from_most=pl.col("stage_at_most").shift(1).over("record"),
        )
    )
    steps = steps.with_columns(direction=direction())
    return steps.filter(pl.col("direction") != 0).select(
        "record", "from_least", "from_most", to_least="stage_at_least", to_most="stage_at_most",
        direction="direction", earliest="happened_earliest",
        latest="happened_latest", grade="grade", claim="claim",
    )


def direction() -> pl.Expr:
    """+1 where a stage lies above the one before it (from_least..from_most), −1 below, else 0."""
    return (
        pl.when(pl.col("stage_at_least") > pl.col("from_most")).then(1)
        .when(pl.col("stage_at_most") < pl.col("from_least")).then(-1).otherwise(0)
    )


def decisions(view: View) -> pl.DataFrame:
    """The first FID of every record that ever had one; schema DECISION_SCHEMA.

    `kind`: stated or implied. `earliest` is null where the record was first listed beyond it, with
    nothing known of the time before; then it belongs to no period.
    """
    if "decisions" not in view.computed:
        view.computed["decisions"] = _decisions(view)
    found: pl.DataFrame = view.computed["decisions"]
    return found


def _decisions(view: View) -> pl.DataFrame:
    dated = _milestone(view, "fid_actual_date").select(
        "record", pl.lit("stated").alias("kind"), "earliest", "latest", "grade", "claim")
    steps = _stage_steps(view)
    # Financial close without a dated decision sets its upper bound.
    closed = _milestone(view, "financial_close_actual_date").join(
        _last_before_fid(steps), on="record", how="left"
    ).select("record", pl.lit("stated").alias("kind"), pl.col("pre_fid").alias("earliest"),
             "latest", "grade", "claim")
    found = dated.select(*DECISION_SCHEMA)
    for other in (closed, _told_by_stage(view, steps)):
        found = pl.concat([
            found, other.select(*DECISION_SCHEMA).join(found, on="record", how="anti")])
    return found.sort("record")


def _milestone(view: View, field: str) -> pl.DataFrame:
    """record, earliest, latest, grade, claim of one dated milestone that happened."""
    return view.cells.filter(pl.col("field") == field).select(
        "record", earliest="value_date",
        latest=pl.min_horizontal(period_end_of(), "known"), grade="grade", claim="claim",
    )


def _stage_steps(view: View) -> pl.DataFrame:
    """The stage timeline with its ranks, and whether each word comes from a full edition."""
    editions = view.releases.filter("complete")["release"]
    return (
        view.timeline("stage").filter(pl.col("kind").is_in(["statement", "correction"]))
        .rename({"value_text": "stage"}).join(stage_ranks(), on="stage", how="inner")
        .sort("record", "since")
        .with_columns(edition=pl.col("release").is_in(editions.implode()))
    )


def _last_before_fid(steps: pl.DataFrame) -> pl.DataFrame:
    """record, pre_fid: the day after the last one on which it was still told to be before FID."""
    return steps.filter(pl.col("stage_at_least") < COMMITTED).group_by("record").agg(
        pre_fid=pl.col("since").max().dt.offset_by("1d"))


def _told_by_stage(view: View, steps: pl.DataFrame) -> pl.DataFrame:
    """FIDs that a stage proves (stated: the word is FID) or implies (construction or later).

    An edition's word lies between its cut and the one before; a dated event says only that the
    decision came before it and after the last word of an earlier stage.
    """
    first = (
        steps.with_columns(before=pl.col("since").shift(1).over("record"))
        .filter((pl.col("stage_at_least") >= COMMITTED) & (pl.col("stage_at_least") < CLOSED))
        .unique("record", keep="first", maintain_order=True)
    )
    after_former = pl.col("before").dt.offset_by("1d")
    stated = pl.col("stage_at_least") == COMMITTED
    return first.select(
        "record",
        kind=pl.when(stated).then(pl.lit("stated")).otherwise(pl.lit("implied")),
        earliest=pl.when(pl.col("edition") | stated)
        .then(pl.coalesce("happened_earliest", after_former)).otherwise(after_former),
        latest="happened_latest",
        grade=pl.when(stated).then("grade").otherwise(pl.lit(6, pl.Int8)), claim="claim",
    )


def reversals(view: View) -> pl.DataFrame:
    """Moves from FID or later back before it, told by a party or the press: record, earliest,
    latest, claim. A tracker's demotion is a corrected status, not a reversal."""
    return moves(view).filter(
        (pl.col("direction") == -1) & (pl.col("from_least") >= COMMITTED)
        & (pl.col("to_most") < COMMITTED) & (pl.col("grade") <= 4)
    ).select("record", "earliest", "latest", "claim")
