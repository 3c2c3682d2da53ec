"""One project as a view knows it: facts, timeline, promises, gates, conflicts, events.

Every part is worked out from the record's own few claims when it is read, so a page costs little.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import polars as pl

from groundbreak.dossier.gates import Gate, fid_ready, gates
from groundbreak.dossier.promises import Promise, promises
from groundbreak.dossier.timeline import Event, Segment, events, segments
from groundbreak.history.view import View
from groundbreak.history.wording import worded
from groundbreak.vocabulary.fields import registry


@dataclass(frozen=True, eq=False)
class Dossier:
    """`row`: the project in the catalogue; `view`: its record alone, on both clocks."""

    row: dict[str, Any]
    view: View

    @property
    def record(self) -> str:
        """Source and key."""
        return str(self.row["record"])

    @cached_property
    def cells(self) -> pl.DataFrame:
        """The holding claims, with their values in words."""
        return self.view.cells.with_columns(words=worded())

    @cached_property
    def facts(self) -> pl.DataFrame:
        """What holds, in the fields' order: field, value, unit, since, known, grade, source, …"""
        order = {name: n for n, name in enumerate(registry())}
        return (
            self.cells.with_columns(
                position=pl.col("field").replace_strict(order, default=len(order)))
            .sort("position")
            .select("field", "claim", "known", "grade", "evidence", "place", "precision",
                    value="words", unit=_unit(), since="happened_latest",
                    source=pl.coalesce("publisher", "source"))
        )

    @cached_property
    def stages(self) -> list[Segment]:
        """Which stage it was in when, as this clock knows it."""
        return segments(self.view, "stage")

    @cached_property
    def activities(self) -> list[Segment]:
        """When it was active, paused, cancelled …"""
        return segments(self.view, "activity")

    @cached_property
    def events(self) -> list[Event]:
        """What happened, newest first: stages, activity, dated milestones."""
        return events(self.view)

    @cached_property
    def promises(self) -> list[Promise]:
        """Every planned date with what was promised when, and how far it slipped."""
        return promises(self.view)

    @cached_property
    def capacities(self) -> pl.DataFrame:
        """How capacities were told over time: field, value, unit, known, grade, source."""
        told = self.view.history.claims.filter(
            pl.col("field").str.starts_with("capacity_") & (pl.col("known") <= self.view.known)
            & pl.col("kind").is_in(["statement", "correction"]))
        return told.sort("field", "known", "claim").select(
            "field", "known", "grade", "claim", value=worded(), number="value_number",
            unit="unit", source=pl.coalesce("publisher", "source"))

    @cached_property
    def gates(self) -> list[Gate]:
        """The ten criteria: level proved, since when, or unknown."""
        return gates(self.view)

    @cached_property
    def ready(self) -> tuple[bool, list[str]]:
        """Whether it is FID-ready by rule, and what is missing."""
        return fid_ready(self.gates, self.view.valid)

    @cached_property
    def conflicts(self) -> pl.DataFrame:
        """Where sources disagree: per field the chosen word first, then the others."""
        lost = self.view.conflicts()
        if lost.is_empty():
            return pl.DataFrame(schema=_CONFLICTS)
        fields = lost["field"].unique()
        losing = lost.select(
            "field", "known", "grade", "evidence", "contested", value=worded(), unit=_unit(),
            source=pl.coalesce("publisher", "source"), chosen=pl.lit(False))
        holding = self.cells.filter(pl.col("field").is_in(fields.implode())).select(
            "field", "known", "grade", "evidence", contested=pl.lit(False), value="words",
            unit=_unit(), source=pl.coalesce("publisher", "source"), chosen=pl.lit(True))
        return pl.concat([holding, losing.select(holding.columns)]).sort(
            "field", "chosen", "known", descending=[False, True, True])

    def fact(self, field: str) -> str | None:
        """The value of one field in words."""
        found = self.facts.filter(pl.col("field") == field)
        return found["value"][0] if found.height else None


_CONFLICTS: dict[str, Any] = {
    "field": pl.String(), "known": pl.Date(), "grade": pl.Int8(), "evidence": pl.String(),
    "contested": pl.Boolean(), "value": pl.String(), "unit": pl.String(), "source": pl.String(),
    "chosen": pl.Boolean(),
}


def _unit() -> pl.Expr:
    return pl.when(pl.col("value_number").is_not_null()).then("unit").otherwise(pl.lit(""))


def dossier(view: View, row: dict[str, Any]) -> Dossier:
    """The dossier of a project: `row` of the catalogue of `view`."""
    alone = view.history.of(str(row["record"]))
    return Dossier(row, View(alone, view.known, view.valid))


def age_months(day: date, on: date) -> int:
    """Whole months from `day` to `on`; 0 where it is not over yet."""
    months = (on.year - day.year) * 12 + on.month - day.month - (on.day < day.day)
    return max(0, months)
