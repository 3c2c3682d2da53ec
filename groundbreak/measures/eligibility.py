"""What is in the pipeline: eligible, asset base, out of scope or undecided, with the reason.

The thresholds are dated data (thresholds.csv, a judgement of version 1), never constants in code;
`factor` halves or doubles them for the sensitivity every scorecard prints.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

import polars as pl

from groundbreak.vocabulary.terms import PRODUCTS, ROUTES, SECTORS, read_rows

# 17.031 t NH3 hold 3.024 t H (IUPAC 2021 atomic weights: N 14.007, H 1.008).
T_HYDROGEN_PER_T_AMMONIA = 3 * 1.008 / (14.007 + 3 * 1.008)
# CO2 + 3 H2 → CH3OH + H2O: 6.048 t H for 32.042 t methanol (electrolytic route only).
T_HYDROGEN_PER_T_METHANOL = 6 * 1.008 / 32.042
SIX_SECTOR_USES = frozenset({"Ammonia", "Methanol", "Iron&Steel", "Synfuels"})
VERDICTS = ("eligible", "asset_base", "out_of_scope", "undecided")
BELOW_COMMERCIAL = frozenset({"lab", "pilot", "demonstration"})


@dataclass(frozen=True)
class Threshold:
    """Least size of a commercial-scale plant: `least` in the base unit of `measured_on`."""

    version: str
    valid_from: date
    sector: str
    product: str
    route: str
    measured_on: str
    least: float
    note: str


@dataclass(frozen=True)
class Verdict:
    """Whether a record is in the pipeline, and why."""

    verdict: str
    reason: str


@cache
def thresholds(on: date | None = None) -> tuple[Threshold, ...]:
    """The thresholds in force on a day (default: the newest)."""
    text = files("groundbreak.measures").joinpath("thresholds.csv").read_text(encoding="utf-8")
    found = tuple(
        Threshold(r["version"], date.fromisoformat(r["valid_from"]), r["sector"], r["product"],
                  r["route"], r["measured_on"], float(r["least"]), r["note"])
        for r in csv.DictReader(text.splitlines())
    )
    return tuple(t for t in found if on is None or t.valid_from <= on)


@cache
def _roles() -> dict[str, str]:
    return {row["name"]: row["role"] for row in read_rows("publications.csv")}


def judge(record: dict[str, Any], factor: float = 1.0) -> Verdict:
    """The verdict on one record.

    `record`: source, sector, product, route, scale, end_uses and the capacity columns, None where
    nothing is stated. `factor` scales every threshold.
    """
    if _roles().get(record["source"]) == "asset_base":
        return Verdict("asset_base", "listed by a source of existing plants")
    sector = record.get("sector")
    if sector is None:
        return Verdict("undecided", "sector not stated")
    if sector == "outside":
        return Verdict("out_of_scope", "serves none of the six sectors")
    route = record.get("route")
    standing = ROUTES[route].standing if route in ROUTES else "unknown"
    if standing == "host":
        return Verdict("asset_base", f"conventional route: {ROUTES[str(route)].label}")
    if standing == "not_counted":
        return Verdict("out_of_scope", f"route not counted: {ROUTES[str(route)].label}")
    if standing == "unknown":
        return Verdict("undecided", "route not stated")
    if record.get("scale") in BELOW_COMMERCIAL:
        return Verdict("out_of_scope", f"{record['scale']} scale")
    return _by_size(record, sector, factor)


def _by_size(record: dict[str, Any], sector: str, factor: float) -> Verdict:
    rules = [t for t in thresholds() if t.sector == sector and (
        t.route == record.get("route") if t.route else t.product == record.get("product"))]
    if not rules:
        product = record.get("product")
        label = PRODUCTS[product].label if product in PRODUCTS else "product not stated"
        return Verdict("undecided", f"no threshold for {label} in {SECTORS[sector].label}")
    # Where a plant may be measured on its product or on its captured CO2, the one stated counts.
    rule = next((r for r in rules if _size(record, r)[0] is not None), rules[0])
    if rule.measured_on == "hydrogen" and not _for_six_sectors(record):
        return Verdict("undecided", "share of hydrogen for the six sectors not stated")
    size, inferred = _size(record, rule)
    if size is None:
        return Verdict("undecided", f"{PRODUCTS[rule.measured_on].label} capacity not stated")
    least = rule.least * factor
    how = " (from its hydrogen)" if inferred else ""
    if size < least:
        return Verdict("out_of_scope", f"{size:,.0f} t/y{how} is below {least:,.0f} t/y")
    return Verdict("eligible", f"{size:,.0f} t/y{how}, at least {least:,.0f} t/y")


def _size(record: dict[str, Any], rule: Threshold) -> tuple[float | None, bool]:
    stated = record.get(PRODUCTS[rule.measured_on].capacity_field)
    if stated is not None:
        return float(stated), False
    hydrogen = record.get(PRODUCTS["hydrogen"].capacity_field)
    if rule.measured_on == "ammonia" and hydrogen is not None:
        return float(hydrogen) / T_HYDROGEN_PER_T_AMMONIA, True
    electrolytic = record.get("route") == "electrolysis"
    if rule.measured_on == "methanol" and hydrogen is not None and electrolytic:
        return float(hydrogen) / T_HYDROGEN_PER_T_METHANOL, True
    return None, False


def _for_six_sectors(record: dict[str, Any]) -> bool:
    """All stated uses are of the six sectors; a mix leaves the share open."""
    uses = {u for u in (record.get("end_uses") or "").split(";") if u}
    return not uses or uses <= SIX_SECTOR_USES


def verdicts(records: pl.DataFrame, factor: float = 1.0) -> pl.DataFrame:
    """`records` (columns as :func:`judge` wants) → record, verdict, reason."""
    found = [judge(row, factor) for row in records.iter_rows(named=True)]
    return records.select("record").with_columns(
        verdict=pl.Series([v.verdict for v in found], dtype=pl.String()),
        reason=pl.Series([v.reason for v in found], dtype=pl.String()),
    )

