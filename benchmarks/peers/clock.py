"""What every peer shares: its arguments, the form of its answer, and the clock.

A peer is run as `python peers/NAME_peer.py TABLE DAY MONTHS_FROM MONTHS` in an environment of its
own. It loads the table, says so in one line of JSON (`version`, `load_s`, the questions with their
shapes), and then does what each line of its input says: "QUESTION<tab>SHAPE" is asked once and
answered with its seconds; with a third word, "answer", with the rows. So the runner asks all peers
in turn, and a moment in which the machine is busy falls on all of them. Nothing of Groundbreak is
imported here.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from datetime import date
from typing import Any

Rows = list[tuple[Any, ...]]
Shapes = dict[str, tuple[Callable[[], Any], Callable[[Any], Rows]]]


class Task:
    """The table to read and the questions to answer."""

    def __init__(self) -> None:
        self.table, day, first, months = sys.argv[1:5]
        self.day = date.fromisoformat(day)
        start = date.fromisoformat(first)
        self.days = [
            date(start.year + (start.month - 1 + n) // 12, (start.month - 1 + n) % 12 + 1, 1)
            for n in range(int(months))
        ]


def day_number(day: date) -> int:
    """Days since 1970-01-01."""
    return day.toordinal() - 719163


def serve(version: str, load_s: float, questions: dict[str, Shapes]) -> None:
    """Answer the runner until its input ends. `questions`: name → shape → (ask, its rows)."""
    _tell(version=version, load_s=load_s, questions={q: list(s) for q, s in questions.items()})
    for line in sys.stdin:
        question, shape, *more = line.rstrip("\n").split("\t")
        ask, rows = questions[question][shape]
        begun = time.perf_counter()
        found = ask()
        seconds = time.perf_counter() - begun
        if more:
            _tell(answer=sorted(rows(found)))
        else:
            _tell(seconds=seconds)


def _tell(**result: Any) -> None:
    print(json.dumps(result, default=str), flush=True)
