"""pandas on the state table, words as categories."""

from __future__ import annotations

import time

import numpy
import pandas
from clock import Task, day_number, serve


def sum_of(begun: pandas.Series, ended: pandas.Series) -> pandas.Series:
    """Deltas by group and day."""
    names = ["sector", "stage", "day"]
    both = pandas.concat([begun.rename_axis(names), ended.rename_axis(names)])
    deltas = both.groupby(names, observed=True, dropna=False).sum()
    return deltas.reorder_levels(["day", "sector", "stage"])


def main() -> None:
    """Load and serve."""
    task = Task()
    begun = time.perf_counter()
    frame = pandas.read_parquet(task.table, columns=["sector", "stage", "since", "until"])
    for name in ("sector", "stage"):
        frame[name] = frame[name].astype("category")
    for name in ("since", "until"):
        frame[name] = numpy.array(frame[name], dtype="datetime64[D]").astype("int32")
    loaded = time.perf_counter() - begun
    day = day_number(task.day)

    def grouped(part: pandas.DataFrame) -> pandas.Series:
        return part.groupby(["sector", "stage"], observed=True, dropna=False).size()

    def masked() -> pandas.Series:
        return grouped(frame[(frame["since"] <= day) & (frame["until"] > day)])

    asked = numpy.array([day_number(day) for day in task.days])

    def series() -> pandas.DataFrame:
        deltas = sum_of(
            frame.groupby(["sector", "stage", "since"], observed=True, dropna=False).size(),
            -frame.groupby(["sector", "stage", "until"], observed=True, dropna=False).size())
        stocks = deltas.unstack(["sector", "stage"], fill_value=0).sort_index().cumsum()
        return stocks.reindex(stocks.index.union(asked)).ffill().fillna(0).loc[asked]

    def series_rows(found: pandas.DataFrame) -> list[tuple]:
        return [(*("" if pandas.isna(word) else str(word) for word in group), str(day), int(n))
                for group in found for day, n in zip(task.days, found[group], strict=True) if n]

    def rows(found: pandas.Series) -> list[tuple]:
        return [(*("" if pandas.isna(word) else str(word) for word in key), int(n))
                for key, n in found.items() if n]

    serve(pandas.__version__, loaded, {
        "at": {"mask": (masked, rows)},
        "series": {"deltas and running sum": (series, series_rows)},
    })


if __name__ == "__main__":
    main()
