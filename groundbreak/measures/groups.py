"""Grouping projects: by a column, by every sector served, or by a named country grouping."""

from __future__ import annotations

from datetime import date

import polars as pl

from groundbreak.vocabulary import countries

COLUMNS = ("sector", "country", "product", "route", "level", "source")
ACCEPTED = (*COLUMNS, "sector_served", "grouping:NAME")


def grouped(population: pl.DataFrame, by: str | None, on: date) -> pl.DataFrame:
    """record, group: 'all' for everybody (unique totals) and the groups asked for.

    A record may fall in several groups (two countries, two sectors served); 'all' counts it once.
    Raises ValueError that lists what is accepted.
    """
    everyone = population.select("record", group=pl.lit("all"))
    if by is None:
        return everyone
    if by in COLUMNS:
        groups = population.select("record", group=pl.col(by).fill_null("not stated"))
        if by == "country":
            groups = groups.with_columns(pl.col("group").str.split(";")).explode("group")
    elif by == "sector_served":
        groups = population.select(
            "record", group=pl.coalesce("sectors_served", "sector").fill_null("not stated")
            .str.split(";")).explode("group")
    elif by.startswith("grouping:"):
        groups = _by_grouping(population, by.removeprefix("grouping:"), on)
    else:
        raise ValueError(f"cannot group by {by!r}; accepted: {', '.join(ACCEPTED)}")
    return pl.concat([everyone, groups.select("record", "group")])


def _by_grouping(population: pl.DataFrame, name: str, on: date) -> pl.DataFrame:
    members = countries.members(name, on)
    where = population.select("record", pl.col("country").str.split(";")).explode("country")
    inside = pl.col("country").is_in(pl.Series(sorted(members)).implode())
    return where.with_columns(
        group=pl.when(pl.col("country").is_null()).then(pl.lit("not stated"))
        .when(inside).then(pl.lit(name)).otherwise(pl.lit(f"outside {name}"))
    ).unique(["record", "group"])
