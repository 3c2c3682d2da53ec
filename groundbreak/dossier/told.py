"""What was told of one record, as plain rows: a few dozen claims need no frame.

The same rules as :mod:`groundbreak.history.view` and :mod:`groundbreak.history.conflicts` apply to
whole registers; tests hold both to the same answers.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from groundbreak.history.conflicts import FRESH
from groundbreak.history.view import View
from groundbreak.history.wording import in_words
from groundbreak.vocabulary.terms import STAGES, stage_range

STATED = ("statement", "correction")
Row = dict[str, Any]


@dataclass(frozen=True, eq=False)
class Told:
    """The claims on one record that a clock sees. `view`: of that record alone."""

    view: View

    @cached_property
    def claims(self) -> dict[int, Row]:
        """Every claim known by then that counts, by number, with its value in `words`."""
        known = self.view.known
        return {row["claim"]: {**row, "words": in_words(row)}
                for row in self.view.history.claims.iter_rows(named=True)
                if row["known"] <= known}

    @cached_property
    def by_then(self) -> list[Row]:
        """Of these, what is of the day spoken of or before, in log order."""
        return [row for row in self.claims.values() if _from(row) <= self.view.valid]

    @cached_property
    def pieces(self) -> list[Row]:
        """The rectangles of time that the known day cuts."""
        known = self.view.known
        return [row for row in self.view.history.intervals.iter_rows(named=True)
                if row["known_from"] <= known < row["known_to"]]

    @cached_property
    def words(self) -> dict[str, Row]:
        """Field → the claim that holds, whether it states a value or that none applies."""
        on = self.view.valid
        holding = [self.claims[piece["claim"]] for piece in self.pieces
                   if piece["valid_from"] <= on < piece["valid_to"]]
        return {row["field"]: row for row in holding
                if row["kind"] in (*STATED, "not_applicable")}

    @cached_property
    def cells(self) -> dict[str, Row]:
        """Field → the claim that holds and states a value."""
        return {field: row for field, row in self.words.items() if row["kind"] in STATED}

    def timeline(self, field: str) -> list[Row]:
        """What a field was over time: claims with since and until, oldest first."""
        on = self.view.valid
        found = [{**self.claims[p["claim"]], "since": p["valid_from"], "until": p["valid_to"]}
                 for p in self.pieces if p["field"] == field and p["valid_from"] <= on]
        return sorted((row for row in found if row["kind"] in STATED),
                      key=lambda row: row["since"])

    @cached_property
    def conflicts(self) -> list[Row]:
        """The newest word of each publisher that lost, with `chosen` (the claim that holds) and
        whether it is `contested`."""
        newest: dict[tuple[str, str], Row] = {}
        for row in self.by_then:
            key = row["field"], who(row)
            if key not in newest or _age(newest[key]) < _age(row):
                newest[key] = row
        found = []
        for (field, _), row in sorted(newest.items(), key=lambda item: (item[0][0],
                                                                        item[1]["claim"])):
            held = self.cells.get(field)
            if held and row["claim"] != held["claim"] and row["kind"] != "cleared" and any(
                    row[name] != held[name] for name in ("value_text", "value_number",
                                                         "value_date")):
                found.append({**row, "chosen": held["claim"], "contested": _contested(row, held)})
        return found


def who(row: Row) -> str:
    """Whose word a claim is."""
    return str(row["publisher"] or row["source"])


def _from(row: Row) -> date:
    day: date = row["happened_latest"] or row["known"]
    return day


def _age(row: Row) -> tuple[bool, date, int]:
    return row["kind"] == "correction", row["known"], row["claim"]


def _contested(row: Row, held: Row) -> bool:
    """A better word that is still fresh and that the one which holds contradicts."""
    age = _from(held) - _from(row)
    if row["grade"] >= held["grade"] or not timedelta(0) <= age < FRESH:
        return False
    if row["field"] == "activity" or row["field"].startswith("capacity_"):
        return True
    if row["field"] != "stage" or not row["value_text"] or not held["value_text"]:
        return False
    return ranks(held["value_text"])[1] < ranks(row["value_text"])[0]


def ranks(stage: str) -> tuple[int, int]:
    """The ranks of the lowest and the highest stage that a stage's text spans."""
    low, high = stage_range(stage)
    return STAGES[low].rank, STAGES[high].rank
