"""What was promised, when, and how far it slipped."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from groundbreak.dossier.told import Row, Told, who


@dataclass(frozen=True)
class Word:
    """A planned date as one source told it on one day."""

    known: date
    promised: date
    words: str
    grade: int
    source: str
    evidence: str
    holding: bool  # the promise that holds; the last one told, unless a better word outranks it


@dataclass(frozen=True)
class Promise:
    """One planned milestone: what was told, oldest first; `actual` once it happened."""

    milestone: str
    told: tuple[Word, ...]
    actual: str | None
    slip_months: int  # from the first promise to the one that holds, or to what happened

    @property
    def holds(self) -> Word:
        """The promise that holds."""
        return next((told for told in self.told if told.holding), self.told[-1])


def promises(told: Told) -> list[Promise]:
    """The planned dates of one record as known: operation first, then FID, then the others."""
    planned: dict[str, list[Row]] = {}
    for row in sorted(told.by_then, key=lambda row: (row["known"], row["claim"])):
        if row["field"].endswith("_planned_date") and row["value_date"] is not None:
            planned.setdefault(row["field"].removesuffix("_planned_date"), []).append(row)
    found = []
    for name, rows in planned.items():
        held = told.cells.get(f"{name}_planned_date")
        happened = told.cells.get(f"{name}_actual_date")
        steps = tuple(_steps(rows, held["claim"] if held else 0))
        promise = Promise(name, steps, happened["words"] if happened else None, 0)
        end = happened["value_date"] if happened else promise.holds.promised
        found.append(replace(promise, slip_months=months_between(steps[0].promised, end)))
    order = {"operation": 0, "fid": 1}
    return sorted(found, key=lambda p: (order.get(p.milestone, 2), p.milestone))


def _steps(rows: list[Row], held: int) -> list[Word]:
    """Each promise that differs from the one before, and the one that holds."""
    steps: list[Word] = []
    for row in rows:
        word = Word(row["known"], row["value_date"], row["words"], row["grade"], who(row),
                    row["evidence"] or "", row["claim"] == held)
        if not steps or steps[-1].words != word.words or word.holding:
            steps.append(word)
    return steps


def months_between(first: date, last: date) -> int:
    """Months from one promised period to another; negative where it came forward."""
    return (last.year - first.year) * 12 + last.month - first.month
