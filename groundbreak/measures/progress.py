"""What became of the announced projects in a window: each in exactly one class, and they sum.

Tracker-reported: a source moved the stage up inside the window. Evidenced: a gate rose to level 2
(grade ≤ 4) or to level 3 (grade ≤ 3); only this one is used for flagships.
"""

from __future__ import annotations

import polars as pl

from groundbreak.history.stages import stage_ranks
from groundbreak.history.view import View
from groundbreak.measures.decisions import decisions, moves
from groundbreak.measures.periods import Period
from groundbreak.measures.population import COMMITTED, projects
from groundbreak.vocabulary.terms import GATE_CRITERIA

CLASSES = ("progressing", "reached_fid", "no_qualifying_event", "moved_back", "paused",
           "cancelled", "stopped", "closed", "lost", "merged", "no_stage", "out_of_scope")


def progress(view: View, period: Period) -> pl.DataFrame:
    """Every announced project of the opening and every entrant, classed.

    Columns: record, project, class, entrant (bool), evidenced (bool), assessed (bool), claim.
    """
    opening = projects(view.about(period.before)).filter(
        pl.col("counted") & (pl.col("label") == "announced"))
    closing = projects(view.about(period.last))
    known_before = projects(view.about(period.before)).select("record")
    entrants = closing.join(known_before, on="record", how="anti").filter(
        pl.col("counted") & _was_announced(view, period))
    everyone = pl.concat([
        opening.select("record", "project", entrant=pl.lit(False)),
        entrants.select("record", "project", entrant=pl.lit(True)),
    ])
    now = closing.select("record", "label", "counted")
    window = moves(view).filter(pl.col("latest").is_between(period.first, period.last))
    ups = window.filter(pl.col("direction") == 1).group_by("record").agg(
        rise=pl.col("to_least").max(), rise_claim=pl.col("claim").last())
    downs = window.filter(pl.col("direction") == -1).group_by("record").agg(
        fall=pl.col("from_least").max())
    fids = decisions(view).filter(
        pl.col("earliest").is_not_null()
        & pl.col("latest").is_between(period.first, period.last)
    ).select("record", fid_claim="claim")
    frame = everyone.join(now, on="record", how="left")
    for other in (ups, downs, fids, _gates(view, period)):
        frame = frame.join(other, on="record", how="left")
    return frame.with_columns(**{"class": _class()}).with_columns(
        evidenced=(pl.col("gate_rise").fill_null(False)
                   & pl.col("class").is_in(["progressing", "no_qualifying_event"])),
        assessed=pl.col("assessed").fill_null(False),
        claim=pl.coalesce("fid_claim", "rise_claim"),
    ).select(
        "record", "project", "class", "entrant", "evidenced", "assessed", "claim"
    ).sort("record")


def _was_announced(view: View, period: Period) -> pl.Expr:
    """Announced now, or first told at a stage before FID inside the window."""
    first = (
        view.about(period.last).timeline("stage").sort("record", "since")
        .unique("record", keep="first", maintain_order=True)
    )
    before_fid = (
        first.rename({"value_text": "stage"}).join(stage_ranks(), on="stage", how="inner")
        .filter(pl.col("stage_at_least") < COMMITTED)["record"]
    )
    return pl.col("record").is_in(before_fid.implode())


def _class() -> pl.Expr:
    stops = ["paused", "cancelled", "stopped", "closed", "lost", "merged", "no_stage"]
    rose = pl.col("rise").is_not_null()
    fell = pl.col("fall").is_not_null()
    return (
        pl.when(~pl.col("counted").fill_null(False) & ~pl.col("label").is_in(["lost"]))
        .then(pl.lit("out_of_scope"))
        .when(pl.col("label").is_in(["at_fid", "operating"]) | (
            pl.col("fid_claim").is_not_null() & ~pl.col("label").is_in(stops)))
        .then(pl.lit("reached_fid"))
        .when(pl.col("label").is_in(stops)).then("label")
        .when(fell & (~rose | (pl.col("fall") >= pl.col("rise")))).then(pl.lit("moved_back"))
        .when(rose).then(pl.lit("progressing"))
        .otherwise(pl.lit("no_qualifying_event"))
    )


def _gates(view: View, period: Period) -> pl.DataFrame:
    """record, assessed (any gate stated), gate_rise (a qualifying rise in the window)."""
    fields = [f"gate_{name}" for name in GATE_CRITERIA]
    steps = (
        view.about(period.last).history.claims.filter(
            pl.col("field").is_in(fields) & (pl.col("known") <= view.known))
        .sort("record", "field", "happened_latest", "claim")
        .with_columns(before=pl.col("value_number").shift(1).over("record", "field").fill_null(0))
    )
    qualifies = (
        (pl.col("value_number") > pl.col("before"))
        & pl.col("happened_latest").is_between(period.first, period.last)
        & (((pl.col("value_number") >= 2) & (pl.col("grade") <= 4))
           | ((pl.col("value_number") >= 3) & (pl.col("grade") <= 3)))
    )
    return steps.group_by("record").agg(
        assessed=pl.lit(True).first(), gate_rise=qualifies.any())
