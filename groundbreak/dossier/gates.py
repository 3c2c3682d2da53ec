"""The ten gates of a project: which level is proved, how old the proof is, what is unknown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

from groundbreak.history.view import View
from groundbreak.vocabulary.terms import GATE_CRITERIA

FRESH_MONTHS = 24
LEVELS = ("stated", "substantive", "secured", "bankable")


@dataclass(frozen=True)
class Gate:
    """One criterion. `level` None: nobody looked; `not_applicable`: why not, or ''."""

    name: str
    label: str
    level: int | None
    not_applicable: str
    since: date | None
    grade: int | None
    source: str
    evidence: str
    claim: int | None
    age_months: int | None

    @property
    def stale(self) -> bool:
        """Whether the proof is older than counts as fresh."""
        return self.age_months is not None and self.age_months > FRESH_MONTHS


def gates(view: View) -> list[Gate]:
    """The criteria in their order, as a view of one record knows them."""
    told = {row["field"]: row for row in view.words.filter(
        pl.col("field").str.starts_with("gate_")).iter_rows(named=True)}
    return [_gate(name, told.get(f"gate_{name}"), view.valid) for name in GATE_CRITERIA]


def _gate(name: str, row: dict[str, object] | None, on: date) -> Gate:
    label = GATE_CRITERIA[name].label
    if row is None:
        return Gate(name, label, None, "", None, None, "", "", None, None)
    day = row["happened_latest"] or row["known"]
    assert isinstance(day, date)
    level, grade, claim = row["value_number"], row["grade"], row["claim"]
    applies = row["kind"] != "not_applicable"
    reason = "" if applies else str(row["raw"] or row["value_text"] or "does not apply")
    months = max(0, (on.year - day.year) * 12 + on.month - day.month - (on.day < day.day))
    return Gate(
        name, label, int(level) if applies and isinstance(level, float) else None, reason, day,
        grade if isinstance(grade, int) else None, str(row["publisher"] or row["source"]),
        str(row["evidence"] or ""), claim if isinstance(claim, int) else None, months)


def fid_ready(found: list[Gate], on: date) -> tuple[bool, list[str]]:
    """FID-ready by rule v1, and the criteria that keep it from being so.

    FEED running (engineering ≥ 3, permits ≥ 2), offtake ≥ 3, inputs ≥ 3 and (permits ≥ 3 or
    finance ≥ 3), each no older than 24 months (domain: gates).
    """
    level = {gate.name: gate.level or 0 for gate in found if not gate.stale}
    needed = {"engineering": 3, "permits": 2, "offtake": 3, "inputs": 3}
    missing = [name for name, least in needed.items() if level.get(name, 0) < least]
    if level.get("permits", 0) < 3 and level.get("finance", 0) < 3:
        missing.append("finance")
    return not missing, missing
