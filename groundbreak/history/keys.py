"""Record ids: the source's key as printed, with a stable ordinal where one id names several rows.

`iea-ccus:365` and `iea-ccus:365/2` are two projects under one printed id. Which row is which is
decided by what was known before (the same words in the telling part, then the most similar), never
by the order of rows.
"""

from __future__ import annotations

import polars as pl
from rapidfuzz import fuzz

SEPARATOR = "/"


def record_id(source: str, key: str, ordinal: int = 1) -> str:
    """'iea-ccus', '365', 2 → 'iea-ccus:365/2'."""
    return f"{source}:{key}" + (f"{SEPARATOR}{ordinal}" if ordinal > 1 else "")


def printed_key(record: str) -> str:
    """The id as its source prints it: 'iea-ccus:365/2' → '365'."""
    key = record.split(":", 1)[1]
    head, _, tail = key.rpartition(SEPARATOR)
    return head if head and tail.isdigit() else key


def resolve(source: str, listed: pl.DataFrame, known: dict[str, dict[str, str]]) -> pl.DataFrame:
    """Rows (key, part) → record ids.

    `listed`: columns key, part, without duplicates. `known`: printed key → {record id: its part
    when last listed}. Returns key, part, record.
    """
    rows: list[tuple[str, str, str]] = []
    for (key,), group in listed.sort("key", "part").group_by("key", maintain_order=True):
        parts = group["part"].to_list()
        for part, record in _assign(source, str(key), parts, known.get(str(key), {})).items():
            rows.append((str(key), part, record))
    return pl.DataFrame(
        rows, schema={"key": pl.String(), "part": pl.String(), "record": pl.String()}, orient="row"
    )


def _assign(
    source: str, key: str, parts: list[str], before: dict[str, str]
) -> dict[str, str]:
    if len(parts) == 1 and len(before) <= 1:
        return {parts[0]: next(iter(before), record_id(source, key))}
    assigned: dict[str, str] = {}
    free = dict(sorted(before.items()))
    for part in parts:
        for record, was in free.items():
            if was == part:
                assigned[part] = record
                del free[record]
                break
    pairs = sorted(
        ((-fuzz.token_sort_ratio(part, was), part, record)
         for part in parts if part not in assigned for record, was in free.items()),
    )
    for _, part, record in pairs:
        if part not in assigned and record in free:
            assigned[part] = record
            del free[record]
    taken = set(before) | set(assigned.values())
    for part in parts:
        if part not in assigned:
            ordinal = 1
            while record_id(source, key, ordinal) in taken:
                ordinal += 1
            assigned[part] = record_id(source, key, ordinal)
            taken.add(assigned[part])
    return assigned
