"""Where projects stand on a map, how exactly that is known, and how each is drawn.

A place is never made more exact than its source states it. Without coordinates of its own a project
is only counted with its country.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import polars as pl

from groundbreak.vocabulary.terms import PRODUCTS

DUE = 2030  # announced projects due by this year are told from later ones
SIZE_OF_REFERENCE = 10  # `size` of a project as large as its product's reference plant
LARGEST, SMALLEST = 20, 3
NOT_STATED = 0


@dataclass(frozen=True)
class Mark:
    """A drawn state: its name and shape. Shape and fill both tell it."""

    name: str
    shape: str


# In drawing order: what is only promised below what stands.
MARKS = (
    Mark("unclear", "diamond"), Mark("ended", "cross"), Mark("paused", "bars"),
    Mark("announced_later", "triangle"), Mark("announced", "triangle"), Mark("at_fid", "square"),
    Mark("legacy", "circle"), Mark("operating", "circle"),
)
NUMBER = {mark.name: number for number, mark in enumerate(MARKS)}
_BY_LABEL = {
    "operating": "operating", "at_fid": "at_fid", "announced": "announced", "paused": "paused",
    "cancelled": "ended", "stopped": "ended", "closed": "ended", "lost": "ended",
}


@dataclass(frozen=True)
class Placed:
    """Projects by how well their place is known.

    `points`: the rows with coordinates, and longitude, latitude (WGS 84, degrees), `mark` (number
    in MARKS), `size` (0–20, see :func:`size`) and `approximate`. `countries`: iso3, longitude,
    latitude of a point well inside, `projects` and a column a mark with counts, for projects
    without coordinates. `nowhere`: how many have neither coordinates nor a country that is drawn.
    """

    points: pl.DataFrame
    countries: pl.DataFrame
    nowhere: int


@cache
def country_points() -> pl.DataFrame:
    """iso3, longitude, latitude: a point well inside the largest part of each country.

    From Natural Earth 4.1, 1:50 m; it only says where the country is.
    """
    text = files("groundbreak.charts").joinpath("country_points.csv").read_text("utf-8")
    rows = [(row["iso3"], float(row["longitude"]), float(row["latitude"]))
            for row in csv.DictReader(text.splitlines())]
    return pl.DataFrame(rows, orient="row", schema={
        "iso3": pl.String(), "longitude": pl.Float64(), "latitude": pl.Float64()})


def placed(frame: pl.DataFrame, everything: pl.DataFrame) -> Placed:
    """Where rows of a catalogue are drawn. `everything`: all rows of it, which set the sizes."""
    rows = frame.with_columns(mark(), size(everything))
    exact = (pl.col("longitude").is_between(-180, 180) & pl.col("latitude").is_between(-90, 90)
             & (pl.col("location_accuracy") != "country").fill_null(True)).fill_null(False)
    points = rows.filter(exact).with_columns(
        approximate=(pl.col("location_accuracy") != "exact").fill_null(True))
    rest = rows.filter(~exact).with_columns(iso3=pl.col("country").str.slice(0, 3))
    countries = (
        rest.group_by("iso3")
        .agg(pl.len().alias("projects"),
             *((pl.col("mark") == number).sum().alias(name) for name, number in NUMBER.items()))
        .join(country_points(), on="iso3", how="inner").sort("iso3")
    )
    return Placed(points, countries, rest.height - int(countries["projects"].sum()))


def mark() -> pl.Expr:
    """The number in MARKS of a row of the catalogue."""
    label = pl.col("label").cast(pl.String)
    by_label = label.replace_strict(
        {word: NUMBER[name] for word, name in _BY_LABEL.items()}, default=NUMBER["unclear"],
        return_dtype=pl.Int64())
    later = (label == "announced") & (pl.col("start_year") > DUE).fill_null(True)
    legacy = (label == "operating") & (pl.col("origin") == "legacy").fill_null(False)
    return (
        pl.when(later).then(pl.lit(NUMBER["announced_later"]))
        .when(legacy).then(pl.lit(NUMBER["legacy"])).otherwise(by_label).alias("mark")
    )


def size(everything: pl.DataFrame) -> pl.Expr:
    """0 if the capacity is not stated, else 3–20: 10 × √(capacity / reference), so that the area
    drawn grows with it.

    The reference is the archetype plant of the product (products.csv), else the largest in
    `everything`. Capacities of different products are never compared.
    """
    largest = dict(everything.drop_nulls("capacity").group_by("product").agg(
        pl.col("capacity").max()).iter_rows())
    reference = {name: PRODUCTS[name].archetype_t_per_year or value
                 for name, value in largest.items() if name in PRODUCTS}
    of_product = pl.col("product").replace_strict(
        reference, default=None, return_dtype=pl.Float64())
    ratio = pl.col("capacity").clip(lower_bound=0) / of_product
    drawn = (SIZE_OF_REFERENCE * ratio.sqrt()).round().clip(SMALLEST, LARGEST)
    return (
        pl.when(pl.col("capacity").is_null() | of_product.is_null() | (of_product <= 0))
        .then(pl.lit(NOT_STATED)).otherwise(drawn).cast(pl.Int64).alias("size")
    )
