"""What edits do to the measures: the scorecard and the bridge before and after them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

from groundbreak.history.claims import numbered
from groundbreak.history.snapshot import Snapshot
from groundbreak.measures.bridge import LINES, Bridge
from groundbreak.measures.periods import months_back
from groundbreak.measures.scorecard import MEASURES
from groundbreak.reading import Reader


@dataclass(frozen=True)
class Effect:
    """`scorecard`: measure, before, after. `bridge`: stock, line, before, after.

    Only what differs; both over the twelve months up to `known`, the day as known on after the
    edits. `residual_projects` and `residual_capacity` are those of the bridge after them.
    """

    known: date
    scorecard: pl.DataFrame
    bridge: pl.DataFrame
    residual_projects: int
    residual_capacity: int


def effect(before: Snapshot, claims: pl.DataFrame) -> Effect:
    """The effect of adding `claims` (ids null) to the log of `before`."""
    log = pl.concat([before.claims, numbered(claims, before.position)])
    after = Snapshot(log, before.releases, before.listings)
    known = after.newest_published or date.min
    left, right = Reader(before), Reader(after)
    opened = months_back(known, 12)
    was, now = (reader.bridge(opened, known) for reader in (left, right))
    return Effect(
        known, _differing(_figures(left, known), _figures(right, known), ["measure"]),
        _differing(_lines(was), _lines(now), ["stock", "line"]),
        now.residual_projects, now.residual_capacity,
    )


def _figures(reader: Reader, known: date) -> pl.DataFrame:
    figures = reader.as_of(known).scorecard().figures.filter(pl.col("group") == "all")
    label = pl.col("measure").replace_strict(MEASURES, default=pl.col("measure"))
    of = pl.when(pl.col("level") == "all").then(pl.lit("")).otherwise(
        pl.format(", of which {}", "level"))
    return figures.select(label + of, value="value")


def _lines(found: Bridge) -> pl.DataFrame:
    edges = pl.concat([
        found.opening.select("stock", line=pl.lit("opening"), value="projects"),
        found.closing.select("stock", line=pl.lit("closing"), value="projects"),
    ])
    lines = found.lines.select("stock", pl.col("line").replace_strict(LINES), value="projects")
    return pl.concat([edges, lines])


def _differing(before: pl.DataFrame, after: pl.DataFrame, on: list[str]) -> pl.DataFrame:
    both = before.rename({"value": "before"}).join(
        after.rename({"value": "after"}), on=on, how="full", coalesce=True, maintain_order="right")
    return both.with_columns(pl.col("before", "after").fill_null(0).cast(pl.Int64)).filter(
        pl.col("before") != pl.col("after"))
