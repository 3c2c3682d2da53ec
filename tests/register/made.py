"""Small lists in our own template, made for a test."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

from groundbreak.sources.template import template_csv

COMMON = {"country": "Sweden", "sector": "steel", "product": "dri", "route": "h2_dri",
          "capacity_unit": "kt/y"}


def template_file(path: Path, rows: Sequence[tuple[str, str, str]]) -> Path:
    """A template CSV with rows of (key, stage, capacity in kt/y)."""
    columns = next(csv.reader([template_csv().splitlines()[0]]))
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, columns)
        writer.writeheader()
        for key, stage, capacity in rows:
            writer.writerow({**COMMON, "key": key, "name": f"Project {key}", "stage": stage,
                             "capacity": capacity})
    return path
