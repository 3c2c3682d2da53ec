"""One project as a view knows it: facts, timeline, promises, gates, conflicts, events.

Every part is worked out from the record's own few claims when it is read, so a page costs little.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import polars as pl

from groundbreak.dossier.gates import Gate, fid_ready, gates
from groundbreak.dossier.promises import Promise, promises
from groundbreak.dossier.timeline import Event, Segment, events, segments
from groundbreak.dossier.told import STATED, Row, Told, who
from groundbreak.history.view import View
from groundbreak.vocabulary.fields import registry

FACT_SCHEMA: dict[str, pl.DataType] = {
    "field": pl.String(), "value": pl.String(), "unit": pl.String(), "since": pl.Date(),
    "known": pl.Date(), "grade": pl.Int8(), "source": pl.String(), "evidence": pl.String(),
    "claim": pl.Int64(),
}


@dataclass(frozen=True, eq=False)
class Dossier:
    """`row`: the project in the catalogue; `told`: its claims as the clock sees them."""

    row: dict[str, Any]
    told: Told

    @property
    def view(self) -> View:
        """The view of its record alone."""
        return self.told.view

    @property
    def record(self) -> str:
        """Source and key."""
        return str(self.row["record"])

    @cached_property
    def facts(self) -> list[Row]:
        """What holds, in the fields' order; the keys of FACT_SCHEMA."""
        cells = self.told.cells
        return [_fact(cells[field]) for field in registry() if field in cells]

    def facts_frame(self) -> pl.DataFrame:
        """The same as a frame; schema FACT_SCHEMA."""
        return pl.DataFrame(self.facts, schema=FACT_SCHEMA)

    @cached_property
    def stages(self) -> list[Segment]:
        """Which stage it was in when, as this clock knows it."""
        return segments(self.told, "stage")

    @cached_property
    def activities(self) -> list[Segment]:
        """When it was active, paused, cancelled …"""
        return segments(self.told, "activity")

    @cached_property
    def events(self) -> list[Event]:
        """What happened, newest first: stages, activity, dated milestones."""
        return events(self.told)

    @cached_property
    def promises(self) -> list[Promise]:
        """Every planned date with what was promised when, and how far it slipped."""
        return promises(self.told)

    @cached_property
    def capacities(self) -> list[Row]:
        """Every capacity told by the day spoken of, in log order: claims with a number."""
        return [row for row in self.told.by_then
                if row["field"].startswith("capacity_") and row["kind"] in STATED
                and row["value_number"] is not None]

    @cached_property
    def gates(self) -> list[Gate]:
        """The ten criteria: level proved, since when, or unknown."""
        return gates(self.told)

    @cached_property
    def ready(self) -> tuple[bool, list[str]]:
        """Whether it is FID-ready by rule, and what is missing."""
        return fid_ready(self.gates)

    @cached_property
    def conflicts(self) -> dict[str, list[Row]]:
        """Where sources disagree: field → the fact that holds, then the others, newest first.

        The others are facts too, with `contested`.
        """
        found: dict[str, list[Row]] = {}
        for row in sorted(self.told.conflicts, key=lambda r: (r["field"], -r["known"].toordinal(),
                                                              -r["claim"])):
            held = found.setdefault(
                row["field"], [_fact(self.told.cells[row["field"]]) | {"contested": False}])
            held.append(_fact(row) | {"contested": row["contested"]})
        return found

    def fact(self, field: str) -> str | None:
        """The value of one field in words."""
        held = self.told.cells.get(field)
        return held["words"] if held else None


def _fact(row: Row) -> Row:
    unit = row["unit"] if row["value_number"] is not None else ""
    return {"field": row["field"], "value": row["words"], "unit": unit or "",
            "since": row["happened_latest"], "known": row["known"], "grade": row["grade"],
            "source": who(row), "evidence": row["evidence"] or "", "claim": row["claim"]}


def dossier(view: View, row: dict[str, Any]) -> Dossier:
    """The dossier of a project: `row` of the catalogue of `view`."""
    alone = view.history.of(str(row["record"]))
    return Dossier(row, Told(View(alone, view.known, view.valid)))
