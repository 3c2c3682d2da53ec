"""Final investment decisions and progress: what happened, when at the earliest and at the latest.

All on the happened clock, as known on the view's day. A dated FID is *stated*; a source's FID
status proves one inside its interval (stated, grade 5); construction or later where no FID was
told *implies* one (grade 6). What a record already was when first listed has no date: it counts as
*has reached FID*, never as reached in a period.
"""

from __future__ import annotations

import polars as pl

from groundbreak.history.view import View, stage_ranks
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
    up = pl.col("stage_at_least") > pl.col("from_most")
    down = pl.col("stage_at_most") < pl.col("from_least")
    return steps.filter(up | down).select(
        "record", "from_least", "from_most", to_least="stage_at_least", to_most="stage_at_most",
        direction=pl.when(up).then(1).otherwise(-1), earliest="happened_earliest",
        latest="happened_latest", grade="grade", claim="claim",
    )


def decisions(view: View) -> pl.DataFrame:
    """The first FID of every record that ever had one; schema DECISION_SCHEMA.

    `kind`: stated or implied. `earliest` is null where the record was first listed beyond it;
    then it belongs to no period.
    """
    dated = view.cells.filter(pl.col("field") == "fid_actual_date").select(
        "record", pl.lit("stated").alias("kind"), earliest="value_date",
        latest=pl.min_horizontal(period_end_of(), "known"), grade="grade", claim="claim",
    )
    told = _told_by_stage(view).join(dated, on="record", how="anti")
    return pl.concat([dated.select(*DECISION_SCHEMA), told.select(*DECISION_SCHEMA)]).sort("record")


def _told_by_stage(view: View) -> pl.DataFrame:
    steps = (
        view.timeline("stage").filter(pl.col("kind").is_in(["statement", "correction"]))
        .rename({"value_text": "stage"}).join(stage_ranks(), on="stage", how="inner")
        .sort("record", "since")
        .with_columns(
            position=pl.int_range(pl.len()).over("record"),
            before=pl.col("since").shift(1).over("record"),
        )
        .filter((pl.col("stage_at_least") >= COMMITTED) & (pl.col("stage_at_least") < CLOSED))
        .unique("record", keep="first", maintain_order=True)
    )
    # Known pre-FID on the day of the former claim, so the decision came after it.
    after_former = pl.col("before").dt.offset_by("1d")
    opening = pl.col("position") == 0
    undated = opening & pl.col("happened_earliest").is_null()
    stated = pl.col("stage_at_least") == COMMITTED
    return steps.select(
        "record",
        kind=pl.when(stated).then(pl.lit("stated")).otherwise(pl.lit("implied")),
        earliest=pl.when(undated).then(None)
        .otherwise(pl.coalesce("happened_earliest", after_former)),
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
