"""The latest dated events of all projects, for a first page or a feed's head."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl

from groundbreak.dossier.timeline import Event, events
from groundbreak.dossier.told import Told
from groundbreak.history.view import View
from groundbreak.measures.population import projects


@dataclass(frozen=True)
class Dated:
    """An event and the project it happened to: a row of `projects`."""

    event: Event
    project: dict[str, Any]


def latest(view: View, number: int, among: pl.DataFrame | None = None) -> list[Dated]:
    """The `number` projects to which something happened last, each with its newest event.

    Counted projects only, or those `among` (column record). An edition's restatement is no event:
    only stage moves, changed activities and dated milestones are, each on the day it happened.
    """
    counted = projects(view).filter("counted")
    if among is not None:
        counted = counted.join(among.select("record"), on="record", how="semi")
    telling = pl.col("field").is_in(["stage", "activity"]) | pl.col("field").str.ends_with(
        "_actual_date")
    told = view.held("record", "field", "happened_latest", "known").filter(telling).join(
        counted.select("record"), on="record", how="semi")
    records = (
        told.group_by("record").agg(pl.col("happened_latest").max(), pl.col("known").max())
        .sort("happened_latest", "known", "record", descending=[True, True, False], nulls_last=True)
        .head(4 * number)["record"].to_list()
    )
    rows = {row["record"]: row
            for row in counted.filter(pl.col("record").is_in(records)).iter_rows(named=True)}
    found = [Dated(happened[0], rows[record]) for record in records
             if (happened := events(Told(_alone(view, record))))]
    return sorted(found, key=lambda d: (d.event.latest, d.event.known), reverse=True)[:number]


def _alone(view: View, record: str) -> View:
    return View(view.history.of(record), view.known, view.valid)
