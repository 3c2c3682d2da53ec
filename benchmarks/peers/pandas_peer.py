"""pandas on the state table, words as categories."""

from __future__ import annotations

import time

import numpy
import pandas
from clock import Task, measure, tell


def main() -> None:
    """Load, ask, tell."""
    task = Task()
    begun = time.perf_counter()
    frame = pandas.read_parquet(task.table, columns=["sector", "stage", "since", "until"])
    for name in ("sector", "stage"):
        frame[name] = frame[name].astype("category")
    for name in ("since", "until"):
        frame[name] = numpy.array(frame[name], dtype="datetime64[D]").astype("int32")
    loaded = time.perf_counter() - begun
    day = task.day.toordinal() - 719163  # days since 1970-01-01

    def grouped(part: pandas.DataFrame) -> pandas.Series:
        return part.groupby(["sector", "stage"], observed=True, dropna=False).size()

    def masked() -> pandas.Series:
        return grouped(frame[(frame["since"] <= day) & (frame["until"] > day)])

    def sliced() -> pandas.Series:
        going_on = frame.iloc[frame["until"].searchsorted(day, side="right"):]
        return grouped(going_on[going_on["since"] <= day])

    def rows(found: pandas.Series) -> list[tuple]:
        return [(*("" if pandas.isna(word) else str(word) for word in key), int(n))
                for key, n in found.items() if n]

    at = measure({"mask": masked, "slice by order, then mask": sliced}, task.repeats, rows)
    tell(version=pandas.__version__, load_s=loaded, at=at)


if __name__ == "__main__":
    main()
