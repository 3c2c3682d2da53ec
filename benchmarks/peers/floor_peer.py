"""The floor: a compiled loop that reads each row once. No query engine can do with less."""

from __future__ import annotations

import time

import numba
import numpy
import pyarrow.parquet
from clock import Task, day_number, serve


@numba.njit(cache=False)
def count(since, until, group, day, groups):
    """Rows of each group that hold on `day`."""
    counts = numpy.zeros(groups, numpy.int64)
    for i in range(since.size):
        if since[i] <= day and until[i] > day:
            counts[group[i]] += 1
    return counts


def main() -> None:
    """Load and serve."""
    task = Task()
    begun = time.perf_counter()
    table = pyarrow.parquet.read_table(task.table, columns=["sector", "stage", "since", "until"])
    words, codes = [], []
    for name in ("sector", "stage"):
        column = table[name].cast("string").combine_chunks().dictionary_encode("encode")
        words.append(["" if w is None else w for w in column.dictionary.to_pylist()])
        codes.append(column.indices.to_numpy(zero_copy_only=False))
    since, until = (table[n].cast("int32").combine_chunks().to_numpy() for n in ("since", "until"))
    group = (codes[0] * len(words[1]) + codes[1]).astype("uint8")
    groups = len(words[0]) * len(words[1])
    loaded = time.perf_counter() - begun
    day = day_number(task.day)

    def rows(found: numpy.ndarray) -> list[tuple]:
        return [(words[0][i // len(words[1])], words[1][i % len(words[1])], int(n))
                for i, n in enumerate(found) if n]

    serve(numba.__version__, loaded, {
        "at": {"single pass": (lambda: count(since, until, group, day, groups), rows)},
    })


if __name__ == "__main__":
    main()
