"""What a source said then and what it says now: a matrix of stages between two known dates.

Runs over all records of the source, in or out of the pipeline. One record a printed id (rows that
share an id count once); FID and construction are one class where a source merges them; absent means
no longer listed; n counts every record of that origin, classes without a column included.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

from groundbreak.history.keys import printed_key
from groundbreak.history.stages import stage_ranks
from groundbreak.history.view import History, View
from groundbreak.measures import DEFINITION_VERSION
from groundbreak.vocabulary.terms import STAGES

CLASSES = ("signalled", "announced", "concept", "feasibility", "feed", "fid_construction",
           "operating", "closed", "paused", "cancelled", "stopped", "no_stage", "absent")


@dataclass(frozen=True)
class Transitions:
    """`matrix`: from, to, n. `origins`: from, n. `members`: from, to, record.

    `kept`, `new`: unique ids of the opening still listed, and listed only at the closing.
    """

    source: str
    opened: date
    closed: date
    matrix: pl.DataFrame
    origins: pl.DataFrame
    members: pl.DataFrame
    kept: int
    new: int
    definition_version: str = DEFINITION_VERSION


def classify(view: View, source: str) -> pl.DataFrame:
    """key, record, class: one row a printed id of `source`.

    Where rows share an id, the first of those still listed speaks for it.
    """
    rank = {name: stage.rank for name, stage in STAGES.items()}
    wide = view.wide("stage", "activity").filter(
        pl.col("record").str.starts_with(f"{source}:")
    )
    wide = wide.join(stage_ranks(), on="stage", how="left", maintain_order="left")
    stage = pl.col("stage_at_least")
    by_rank = stage.replace_strict(
        {r: n for n, r in rank.items()}, return_dtype=pl.String(), default=None
    )
    keys = pl.Series([printed_key(r) for r in wide["record"].to_list()], dtype=pl.String())
    classed = wide.select(keys.alias("key"), "record", **{"class": (
        pl.when(pl.col("activity") == "lost").then(pl.lit("absent"))
        .when(pl.col("activity").is_in(["cancelled", "paused", "stopped"])).then("activity")
        .when(stage.is_null()).then(pl.lit("no_stage"))
        .when(stage.is_between(rank["committed"], rank["commissioning"]))
        .then(pl.lit("fid_construction"))
        .otherwise(by_rank)
    )})
    return classed.sort("key", pl.col("class") == "absent", "record").unique(
        "key", keep="first", maintain_order=True)


def transitions(history: History, source: str, opened: date, closed: date) -> Transitions:
    """The matrix of `source` between two known dates. Raises ValueError out of order."""
    if opened >= closed:
        raise ValueError(f"--from {opened} must be before --to {closed}")
    before = classify(history.as_of(opened), source).filter(pl.col("class") != "absent")
    after = classify(history.as_of(closed), source)
    members = before.rename({"class": "from"}).join(
        after.select("key", to="class"), on="key", how="left"
    ).with_columns(pl.col("to").fill_null("absent")).select("from", "to", "record").sort("record")
    matrix = members.group_by("from", "to").agg(n=pl.len()).sort(
        pl.col("from").cast(pl.Enum(CLASSES)), pl.col("to").cast(pl.Enum(CLASSES))
    )
    origins = members.group_by("from").agg(n=pl.len()).sort(
        pl.col("from").cast(pl.Enum(CLASSES))
    )
    new = after.filter(pl.col("class") != "absent").join(before, on="key", how="anti").height
    kept = members.filter(pl.col("to") != "absent").height
    return Transitions(source, opened, closed, matrix, origins, members, kept, new)
