"""What was promised, when, and how far it slipped."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import polars as pl

from groundbreak.history.view import View
from groundbreak.history.wording import worded


@dataclass(frozen=True)
class Told:
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
    told: tuple[Told, ...]
    actual: str | None
    slip_months: int  # from the first promise to the one that holds, or to what happened

    @property
    def holds(self) -> Told:
        """The promise that holds."""
        return next((told for told in self.told if told.holding), self.told[-1])


def promises(view: View) -> list[Promise]:
    """The planned dates of one record as known: operation first, then FID, then the others."""
    planned = view.history.claims.filter(
        pl.col("field").str.ends_with("_planned_date") & (pl.col("known") <= view.known)
        & pl.col("value_date").is_not_null()
    ).sort("field", "known", "claim").with_columns(words=worded())
    held = set(view.cells["claim"].to_list())
    actual = {row["field"].removesuffix("_actual_date"): row
              for row in view.cells.filter(pl.col("field").str.ends_with("_actual_date"))
              .with_columns(words=worded()).iter_rows(named=True)}
    found = []
    for (field,), rows in planned.group_by("field", maintain_order=True):
        name = str(field).removesuffix("_planned_date")
        told = _steps(rows, held)
        happened = actual.get(name)
        promise = Promise(name, tuple(told), happened["words"] if happened else None, 0)
        end = happened["value_date"] if happened else promise.holds.promised
        found.append(replace(promise, slip_months=months_between(told[0].promised, end)))
    order = {"operation": 0, "fid": 1}
    return sorted(found, key=lambda p: (order.get(p.milestone, 2), p.milestone))


def _steps(rows: pl.DataFrame, held: set[int]) -> list[Told]:
    """Each promise that differs from the one before, and the one that holds."""
    steps: list[Told] = []
    for row in rows.iter_rows(named=True):
        told = Told(row["known"], row["value_date"], row["words"], row["grade"],
                    row["publisher"] or row["source"], row["evidence"] or "",
                    row["claim"] in held)
        if not steps or steps[-1].words != told.words or told.holding:
            steps.append(told)
    return steps


def months_between(first: date, last: date) -> int:
    """Months from one promised period to another; negative where it came forward."""
    return (last.year - first.year) * 12 + last.month - first.month
