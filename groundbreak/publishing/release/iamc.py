"""The pipeline as an IAMC table (wide: a column a year), as pyam reads it.

Stocks at year ends, all as now known: what was announced, at FID and operating on 31 December.
Counted projects only. Capacities are in Mt/yr (GW for electrolysers) of their own product; there is
no sum over products.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from groundbreak.measures.population import capacity_long, projects
from groundbreak.reading import Reading
from groundbreak.vocabulary import countries
from groundbreak.vocabulary.terms import PRODUCTS, SECTORS

MODEL = "Groundbreak"
FIRST_YEAR = 2015
WORLD = "World"
SEVERAL = "Several countries"
NOT_STATED = "Country not stated"
STOCKS = {"announced": "Announced", "at_fid": "At FID", "operating": "Operating"}
_TRANSPORT = ("aviation", "shipping")
_PER = {"t/y": (1e6, "Mt/yr"), "kW": (1e6, "GW")}
_INDEX = ("region", "variable", "unit")


def iamc(reading: Reading, scenario: str) -> pl.DataFrame:
    """model, scenario, region, variable, unit, then a column a year, oldest first.

    The current year appears only where the reading is of its last day. A region or variable that
    is nothing in all years has no row; years before the first with anything have no column.
    """
    known = reading.known
    newest = known.year if (known.month, known.day) == (12, 31) else known.year - 1
    years = []
    for year in range(FIRST_YEAR, newest + 1):
        found = _stocks(Reading(reading.view.about(date(year, 12, 31))))
        if years or found.height:
            years.append(found.with_columns(year=pl.lit(str(year))))
    if not years:
        return pl.DataFrame(schema={name: pl.String() for name in ("model", "scenario", *_INDEX)})
    long = pl.concat(years)
    wide = long.pivot("year", index=_INDEX, values="value").sort(_INDEX)
    numbers = [year for year in wide.columns if year not in _INDEX]
    return wide.select(pl.lit(MODEL).alias("model"), pl.lit(scenario).alias("scenario"), *_INDEX,
                       *(pl.col(year).fill_null(0.0) for year in sorted(numbers)))


def _stocks(reading: Reading) -> pl.DataFrame:
    """region, variable, unit, value of one day."""
    counted = projects(reading.view).filter(
        pl.col("counted") & pl.col("label").is_in(list(STOCKS))).with_columns(
        region=_region(), branch=_branch(),
        stock=pl.col("label").replace_strict(STOCKS, return_dtype=pl.String()))
    number = counted.select("region", pl.format("Projects|{}|{}", "branch", "stock").alias(
        "variable"), pl.lit("projects").alias("unit"), pl.lit(1, pl.Int64).alias("amount"),
        pl.lit(1.0).alias("per"))
    sized = capacity_long(counted).join(
        counted.select("record", "region", "branch", "stock"), on="record").select(
        "region",
        pl.format("Capacity|{}|{}|{}", "branch", pl.col("product").replace_strict(
            {name: _title(p.label) for name, p in PRODUCTS.items()}, return_dtype=pl.String()),
            "stock").alias("variable"),
        pl.col("unit").replace_strict({u: name for u, (_, name) in _PER.items()},
                                      return_dtype=pl.String()),
        pl.col("capacity").alias("amount"),
        per=pl.col("unit").replace_strict({u: per for u, (per, _) in _PER.items()},
                                          return_dtype=pl.Float64()))
    regional = pl.concat([number, sized])
    # Whole base units are added first and divided once, so that a sum has no rounding of its own.
    return pl.concat([regional, regional.with_columns(region=pl.lit(WORLD))]).group_by(
        *_INDEX, "per").agg(pl.col("amount").sum()).select(
        *_INDEX, value=pl.col("amount") / pl.col("per")).sort(_INDEX)


def _region() -> pl.Expr:
    names = {c.iso3: c.name for c in countries.all_countries()}
    return (
        pl.when(pl.col("country").is_null()).then(pl.lit(NOT_STATED))
        .when(pl.col("country").str.contains(";", literal=True)).then(pl.lit(SEVERAL))
        .otherwise(pl.col("country").replace_strict(names, default=pl.col("country"),
                                                    return_dtype=pl.String()))
    )


def _branch() -> pl.Expr:
    branches = {
        name: ("Transportation|" if name in _TRANSPORT else "Industry|") + _title(term.label)
        for name, term in SECTORS.items()
    }
    return pl.col("sector").replace_strict(branches, default=pl.lit("Industry|Other"),
                                           return_dtype=pl.String())


def _title(label: str) -> str:
    """A label as a part of a variable's name: '|' parts levels, '*' is a wildcard in pyam."""
    plain = label.replace("|", "/").replace("*", "")
    return plain[:1].upper() + plain[1:]
