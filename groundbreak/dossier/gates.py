"""The ten gates of a project: which level is proved, how old the proof is, what is unknown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from groundbreak.dossier.told import Row, Told, who
from groundbreak.measures.freshness import FRESH_MONTHS
from groundbreak.measures.periods import months_back
from groundbreak.vocabulary.terms import GATE_CRITERIA

LEVELS = ("stated", "substantive", "secured", "bankable")


@dataclass(frozen=True)
class Gate:
    """One criterion. `level` None: nobody looked; `not_applicable`: why not, or ''; `stale`: the
    proof is older than counts as fresh."""

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
    stale: bool


def gates(told: Told) -> list[Gate]:
    """The criteria in their order, as one record's claims tell them."""
    return [_gate(name, told.words.get(f"gate_{name}"), told.view.valid)
            for name in GATE_CRITERIA]


def _gate(name: str, row: Row | None, on: date) -> Gate:
    label = GATE_CRITERIA[name].label
    if row is None:
        return Gate(name, label, None, "", None, None, "", "", None, None, False)
    day = row["happened_latest"] or row["known"]
    applies = row["kind"] != "not_applicable"
    reason = "" if applies else str(row["raw"] or row["value_text"] or "does not apply")
    return Gate(name, label, int(row["value_number"]) if applies else None, reason, day,
                row["grade"], who(row), row["evidence"] or "", row["claim"], age_months(day, on),
                day < months_back(on, FRESH_MONTHS))


def age_months(day: date, on: date) -> int:
    """Whole months from `day` to `on`; 0 where it is not over yet."""
    months = (on.year - day.year) * 12 + on.month - day.month - (on.day < day.day)
    return max(0, months)


def fid_ready(found: list[Gate]) -> tuple[bool, list[str]]:
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
