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

from groundbreak.vocabulary.fields import capacity_fields
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


@dataclass(frozen=True)
class _Sizing:
    """How a kind of record is measured: the rules that may apply, in the order of preference."""

    rules: tuple[Threshold, ...]
    electrolytic: bool
    for_six_sectors: bool

    def hydrogen_per_t(self, rule: Threshold) -> float | None:
        """Tonnes of hydrogen in a tonne of the product, where a plant may be sized by it."""
        if rule.measured_on == "ammonia":
            return T_HYDROGEN_PER_T_AMMONIA
        if rule.measured_on == "methanol" and self.electrolytic:
            return T_HYDROGEN_PER_T_METHANOL
        return None


def judge(record: dict[str, Any], factor: float = 1.0) -> Verdict:
    """The verdict on one record.

    `record`: source, sector, product, route, scale, end_uses and the capacity columns, None where
    nothing is stated. `factor` scales every threshold.
    """
    kind = _by_kind(record)
    if isinstance(kind, Verdict):
        return kind
    # Where a plant may be measured on its product or on its captured CO2, the one stated counts.
    for rule in kind.rules:
        size, inferred = _size(record, rule, kind)
        if size is not None:
            return _weighed(kind, rule, size, inferred, factor)
    return _unsized(kind)


def verdicts(records: pl.DataFrame, factor: float = 1.0) -> pl.DataFrame:
    """`records` (columns as :func:`judge` wants) → record, verdict, reason, in the same order.

    Every distinct kind of record is judged once; only sizes are weighed one by one.
    """
    kinds = records.select(_KIND).unique()
    found = [_by_kind(row) for row in kinds.iter_rows(named=True)]
    sizings = list(dict.fromkeys(kind for kind in found if isinstance(kind, _Sizing)))
    number = {sizing: position for position, sizing in enumerate(sizings)}
    rows = [(None, None, number[k]) if isinstance(k, _Sizing) else (k.verdict, k.reason, None)
            for k in found]
    settled = pl.DataFrame(rows, schema=_SETTLED, orient="row")
    read = records.select("record", *_KIND, *capacity_fields())
    judged = read.with_row_index("row").join(
        pl.concat([kinds, settled], how="horizontal"), on=_KIND, how="left", nulls_equal=True,
    )
    parts = [judged.filter(pl.col("sizing").is_null()).select(_OUT)]
    for (position,), part in judged.drop_nulls("sizing").group_by("sizing"):
        parts += _measured(part, sizings[int(str(position))], factor)
    return pl.concat(parts).sort("row").drop("row")


_KIND = ("source", "sector", "product", "route", "scale", "end_uses")
_SETTLED: dict[str, pl.DataType] = {
    "verdict": pl.String(), "reason": pl.String(), "sizing": pl.Int64(),
}
_OUT = ("row", "record", "verdict", "reason")


def _by_kind(record: dict[str, Any]) -> Verdict | _Sizing:
    """The verdict where size does not matter, else how to measure."""
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
    return _sizing(record, sector)


def _sizing(record: dict[str, Any], sector: str) -> Verdict | _Sizing:
    route, product = record.get("route"), record.get("product")
    rules = tuple(t for t in thresholds() if t.sector == sector and (
        t.route == route if t.route else t.product == product))
    if not rules:
        label = PRODUCTS[product].label if product in PRODUCTS else "product not stated"
        return Verdict("undecided", f"no threshold for {label} in {SECTORS[sector].label}")
    return _Sizing(rules, route == "electrolysis", _for_six_sectors(record))


def _weighed(
    kind: _Sizing, rule: Threshold, size: float, inferred: bool, factor: float
) -> Verdict:
    if rule.measured_on == "hydrogen" and not kind.for_six_sectors:
        return Verdict("undecided", _SHARE_OPEN)
    least = rule.least * factor
    enough = size >= least
    return Verdict("eligible" if enough else "out_of_scope",
                   f"{size:,.0f}{_compared(enough, inferred, least)}")


def _compared(enough: bool, inferred: bool, least: float) -> str:
    """What follows the size in a reason."""
    how = " (from its hydrogen)" if inferred else ""
    return f" t/y{how}, at least {least:,.0f} t/y" if enough else (
        f" t/y{how} is below {least:,.0f} t/y")


_SHARE_OPEN = "share of hydrogen for the six sectors not stated"


def _unsized(kind: _Sizing) -> Verdict:
    rule = kind.rules[0]
    if rule.measured_on == "hydrogen" and not kind.for_six_sectors:
        return Verdict("undecided", _SHARE_OPEN)
    return Verdict("undecided", f"{PRODUCTS[rule.measured_on].label} capacity not stated")


def _size(record: dict[str, Any], rule: Threshold, kind: _Sizing) -> tuple[float | None, bool]:
    stated = record.get(PRODUCTS[rule.measured_on].capacity_field)
    if stated is not None:
        return float(stated), False
    hydrogen, share = record.get(PRODUCTS["hydrogen"].capacity_field), kind.hydrogen_per_t(rule)
    if hydrogen is not None and share is not None:
        return float(hydrogen) / share, True
    return None, False


def _measured(part: pl.DataFrame, kind: _Sizing, factor: float) -> list[pl.DataFrame]:
    """Records of one kind of measuring with their verdicts, :func:`judge` for a whole frame."""
    parts = []
    for rule in kind.rules:
        share = kind.hydrogen_per_t(rule)
        stated = pl.col(PRODUCTS[rule.measured_on].capacity_field).cast(pl.Float64)
        hydrogen = pl.col(PRODUCTS["hydrogen"].capacity_field).cast(pl.Float64)
        part = part.with_columns(
            size=stated if share is None else pl.coalesce(stated, hydrogen / share),
            inferred=stated.is_null(),
        )
        parts.append(_all_weighed(part.drop_nulls("size"), kind, rule, factor))
        part = part.filter(pl.col("size").is_null())
    return [*parts, _all_of(part, _unsized(kind))]


def _all_weighed(
    part: pl.DataFrame, kind: _Sizing, rule: Threshold, factor: float
) -> pl.DataFrame:
    """:func:`_weighed` for a frame with `size` and `inferred`."""
    if rule.measured_on == "hydrogen" and not kind.for_six_sectors:
        return _all_of(part, Verdict("undecided", _SHARE_OPEN))
    least = rule.least * factor
    enough = pl.col("size") >= least
    compared = pl.coalesce(
        pl.when((enough == is_enough) & (pl.col("inferred") == inferred))
        .then(pl.lit(_compared(is_enough, inferred, least)))
        for is_enough in (True, False) for inferred in (True, False)
    )
    sizes = pl.Series([f"{size:,.0f}" for size in part["size"]], dtype=pl.String())
    return part.with_columns(
        verdict=pl.when(enough).then(pl.lit("eligible")).otherwise(pl.lit("out_of_scope")),
        reason=sizes + compared,
    ).select(_OUT)


def _all_of(part: pl.DataFrame, verdict: Verdict) -> pl.DataFrame:
    return part.with_columns(
        verdict=pl.lit(verdict.verdict), reason=pl.lit(verdict.reason)).select(_OUT)


def _for_six_sectors(record: dict[str, Any]) -> bool:
    """All stated uses are of the six sectors; a mix leaves the share open."""
    uses = {u for u in (record.get("end_uses") or "").split(";") if u}
    return not uses or uses <= SIX_SECTOR_USES
