"""What every peer shares: its arguments, the clock, and the form of its answer.

A peer is run as `python peers/NAME_peer.py TABLE DAY MONTHS_FROM MONTHS REPEATS` in an environment
of its own. It prints one JSON object: `version`, `load_s`, and for `at` and `series` each query
shape with its median seconds, and the answer. Nothing of Groundbreak is imported here.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Callable
from datetime import date
from typing import Any

Rows = list[tuple[Any, ...]]


class Task:
    """The table to read and the questions to answer."""

    def __init__(self) -> None:
        self.table, day, first, months, repeats = sys.argv[1:6]
        self.day = date.fromisoformat(day)
        start = date.fromisoformat(first)
        self.days = [
            date(start.year + (start.month - 1 + n) // 12, (start.month - 1 + n) % 12 + 1, 1)
            for n in range(int(months))
        ]
        self.repeats = int(repeats)


def median_seconds(ask: Callable[[], Any], repeats: int) -> tuple[float, Any]:
    """Median over `repeats` runs, after one that does not count; and the last answer."""
    answer = ask()
    times = []
    for _ in range(repeats):
        begun = time.perf_counter()
        answer = ask()
        times.append(time.perf_counter() - begun)
    return statistics.median(times), answer


def measure(
    shapes: dict[str, Callable[[], Any]], repeats: int, rows: Callable[[Any], Rows]
) -> dict[str, Any]:
    """Each shape's median seconds and the answer; ValueError if two shapes differ."""
    seconds, answers = {}, []
    for name, ask in shapes.items():
        seconds[name], answer = median_seconds(ask, repeats)
        answers.append(sorted(rows(answer)))
    if any(answer != answers[0] for answer in answers):
        raise ValueError(f"the shapes {', '.join(shapes)} do not agree")
    return {"seconds": seconds, "answer": answers[0]}


def tell(**result: Any) -> None:
    """Print the result as JSON."""
    print(json.dumps(result, default=str))
