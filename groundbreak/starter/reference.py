"""Reference series: what the best-known tracker published of itself, and what 2030 asks for.

Each row names its source. Figures are as published and do not reconcile: stocks, flows and periods
of the releases differ, and that is kept.
"""

from __future__ import annotations

from importlib.resources import files
from io import StringIO

import polars as pl

HISTORY_SCHEMA: dict[str, pl.DataType] = {
    "release": pl.String(),
    "published": pl.Date(),
    "operating": pl.Int64(),
    "at_fid": pl.Int64(),
    "committed": pl.Int64(),
    "announced": pl.Int64(),
    "total": pl.Int64(),
    "new_fids_stated": pl.Int64(),
    "new_fids_since": pl.String(),
    "fids_in_interval": pl.Int64(),
    "money_stated": pl.String(),
    "source": pl.String(),
    "source_row": pl.String(),
}
MILESTONES_SCHEMA: dict[str, pl.DataType] = {
    "sector": pl.String(),
    "unit": pl.String(),
    "year": pl.Int64(),
    "value": pl.Float64(),
    "definition": pl.String(),
    "position_quoted": pl.String(),
    "source": pl.String(),
    "source_row": pl.String(),
}


def tracker_history() -> pl.DataFrame:
    """Releases of the reference tracker, one row each (HISTORY_SCHEMA), in plants.

    `committed` is FID plus operating; `new_fids_stated` counts since the day or month in
    `new_fids_since`; `fids_in_interval` is what of it falls after the previous release. Null is
    not published.
    """
    return _read("tracker_history.csv", HISTORY_SCHEMA)


def milestones_2030() -> pl.DataFrame:
    """What 2030 (and in one row 2040) asks for, by sector and unit (MILESTONES_SCHEMA).

    Units: plants, GtCO2_per_year, Mt_per_year, share, billion_litres_per_year. The CO2 rows are
    sector-wide, not of tracked plants. `position_quoted` is the stock its source set beside it.
    """
    return _read("milestones_2030.csv", MILESTONES_SCHEMA)


def _read(name: str, schema: dict[str, pl.DataType]) -> pl.DataFrame:
    text = files("groundbreak.starter").joinpath(name).read_text(encoding="utf-8")
    return pl.read_csv(StringIO(text), schema=schema)
