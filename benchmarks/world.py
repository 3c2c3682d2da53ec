"""Synthetic worlds for measuring speed. SYNTHETIC: no project, date or number in them is real.

Every draw is a function of (seed, salt, counter), so a world is the same on every machine and a
larger one begins with the smaller. Two worlds:

* :func:`log`: a log of any length, 25 claims a record over 20 years (sector, country, stage,
  activity), in the order of publication; `LATE_SHARE` of the later claims tell of something long
  past and `CORRECTED_SHARE` correct a former one, which puts about 5 % of all cells out of order.
* :func:`register`: records with all fields that the measures read, listed by yearly editions.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from groundbreak.history.claims import conform
from groundbreak.history.snapshot import LISTING_SCHEMA, RELEASE_SCHEMA, Snapshot
from groundbreak.vocabulary.terms import ACTIVITIES, PRODUCTS, SECTORS, STAGES

SEED = 20260701
FIRST, LAST = date(2006, 1, 1), date(2026, 6, 30)
CLAIMS_PER_RECORD = 25
STATE_FIELDS = ("sector", "country", "stage", "activity")
LATE_SHARE = 0.008
CORRECTED_SHARE = 0.004
COUNTRIES = ("AUS", "BRA", "CAN", "CHL", "CHN", "DEU", "ESP", "FIN", "FRA", "GBR", "IND", "ITA",
             "JPN", "KOR", "MAR", "NAM", "NLD", "NOR", "OMN", "POL", "PRT", "SAU", "SWE", "USA")
# What a synthetic record is: sector, product, route. The last three are not in the pipeline.
KINDS = (
    ("steel", "dri", "h2_dri"), ("cement", "cement", "cement_ccs"),
    ("cement", "calcined_clay", "calcined_clay"), ("aluminium", "aluminium", "inert_anode"),
    ("chemicals", "ammonia", "electrolysis"), ("chemicals", "methanol", "biomass"),
    ("shipping", "methanol", "electrolysis"), ("fuel_undecided", "ammonia", "fossil_ccs"),
    ("aviation", "saf", "ptl"), ("chemicals", "ammonia", "fossil_unabated"),
    ("steel", "steel", "scrap_eaf"), ("outside", "hydrogen", "electrolysis"),
)
EDITIONS = tuple(date(year, 10, 31) for year in range(2018, 2026))
SOURCE = "template"
_DAYS = (LAST - FIRST).days


def draw(counter: pl.Expr, salt: int) -> pl.Expr:
    """Uniform numbers in [0, 1), one a counter: SplitMix64's finaliser, which wraps at 2^64."""
    mixed = (counter.cast(pl.UInt64) + (SEED * 1000 + salt)) * 0x9E3779B97F4A7C15
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        mixed = (mixed ^ (mixed // 2**shift)) * factor
    return ((mixed ^ (mixed // 2**31)) // 2**11).cast(pl.Float64) / 2**53


def pick(words: tuple[str, ...], uniform: pl.Expr) -> pl.Expr:
    """One of `words` for each uniform number."""
    return (uniform * len(words)).cast(pl.UInt8).cat.to(pl.Enum(words))


# -- a long log ------------------------------------------------------------------------------------
def log(claims: int) -> pl.DataFrame:
    """A synthetic log of `claims` claims in order of publication, all claim columns."""
    records = -(-claims // CLAIMS_PER_RECORD)
    frame = _timed(records).with_columns(_field(), **_values()).with_columns(
        value_text=pl.coalesce(
            pl.when(pl.col("field") == name).then(pl.col(f"{name}_value").cast(pl.String))
            for name in STATE_FIELDS
        )
    )
    late = pl.col("disorder") < LATE_SHARE + CORRECTED_SHARE
    frame = frame.with_columns(
        happened_latest=pl.when(late & (pl.col("nth") > 3))
        .then(pl.col("happened_latest") - pl.duration(days=500)).otherwise("happened_latest"),
        kind=pl.when((pl.col("disorder") < CORRECTED_SHARE) & (pl.col("nth") > 3))
        .then(pl.lit("correction")).otherwise(pl.lit("statement")),
    )
    return conform(
        frame.sort("known", "record_number", "nth").head(claims).select(
            _record(), pl.col("field").cast(pl.String), "value_text", "happened_latest", "known",
            "kind", happened_earliest="happened_latest", grade=pl.lit(5, pl.Int8),
            source=pl.lit(SOURCE), visibility=pl.lit("public"),
            claim=pl.int_range(1, pl.len() + 1, dtype=pl.Int64),
        )
    )


def _record() -> pl.Expr:
    return (pl.lit(f"{SOURCE}:S") + pl.col("record_number").cast(pl.String).str.zfill(7)).alias(
        "record")


def _timed(records: int) -> pl.DataFrame:
    """record_number, nth, counter, known, happened_latest, disorder: published slot by slot."""
    counter, nth = pl.col("counter"), pl.col("nth")
    first = (draw(pl.col("record_number"), 1) * _DAYS / 2).cast(pl.Int32)
    slot = (_DAYS - first) / CLAIMS_PER_RECORD
    # The first four come together: a record is first listed with its sector, place and state.
    moment = pl.when(nth < 4).then(0).otherwise(nth - 3 + draw(counter, 2) * 0.9) * slot
    return (
        pl.select(counter=pl.int_range(records * CLAIMS_PER_RECORD, dtype=pl.Int64))
        .with_columns(record_number=counter // CLAIMS_PER_RECORD,
                      nth=(counter % CLAIMS_PER_RECORD).cast(pl.Int32))
        .with_columns(day=(first + moment).cast(pl.Int32), disorder=draw(counter, 3),
                      lag=(draw(counter, 4) * slot * 0.1).cast(pl.Int32))
        .select("counter", "record_number", "nth", "disorder",
                known=pl.lit(FIRST) + pl.duration(days="day"),
                happened_latest=pl.lit(FIRST) + pl.duration(days=pl.col("day") - pl.col("lag")))
    )


def _field() -> pl.Expr:
    nth = pl.col("nth")
    number = (
        pl.when(nth < 4).then(nth).when(nth == 12).then(0).when(nth == 13).then(1)
        .otherwise(2 + nth % 2)
    )
    return number.cast(pl.UInt8).cat.to(pl.Enum(STATE_FIELDS)).alias("field")


def _values() -> dict[str, pl.Expr]:
    """A value a field; neighbours in a cell differ in parity, for a register holds only news."""
    counter, parity = pl.col("counter"), pl.col("nth") // 2 % 2
    others = tuple(name for name in ACTIVITIES if name != "active")
    stage = (draw(counter, 5) ** 1.5 * (len(STAGES) // 2)).cast(pl.UInt8) * 2 + parity
    return {
        "sector_value": pick(tuple(SECTORS), draw(counter, 6)),
        "country_value": pick(COUNTRIES, draw(counter, 7)),
        "stage_value": stage.cast(pl.UInt8).cat.to(pl.Enum(tuple(STAGES))),
        "activity_value": pl.when(parity == 1).then(pl.lit("active"))
        .otherwise(pick(others, draw(counter, 8)).cast(pl.String)),
    }


# -- a register for the measures -------------------------------------------------------------------
def register(records: int) -> Snapshot:
    """A synthetic register of `records` records, eight yearly editions of one source."""
    people = _people(records)
    opening = _opening(people)
    later = _later(people)
    claims = pl.concat([opening, later], how="diagonal").sort("known", "record", "field")
    return Snapshot(
        conform(claims.with_columns(
            claim=pl.int_range(1, pl.len() + 1, dtype=pl.Int64), happened_latest="known",
            grade=pl.lit(5, pl.Int8), source=pl.lit(SOURCE), kind=pl.lit("statement"),
            visibility=pl.lit("public"),
        )),
        _editions(), pl.DataFrame(schema=LISTING_SCHEMA),
    )


def _people(records: int) -> pl.DataFrame:
    number = pl.col("record_number")
    return pl.select(record_number=pl.int_range(records, dtype=pl.Int64)).select(
        "record_number", _record(),
        first=(draw(number, 20) ** 2 * len(EDITIONS)).cast(pl.UInt8),
        name="Synthetic " + number.cast(pl.String),
        country=pick(COUNTRIES, draw(number, 21)).cast(pl.String),
        kind=(draw(number, 22) * len(KINDS)).cast(pl.UInt8),
        stage=_stage(draw(number, 25)), activity=pl.lit("active"),
        capacity=(10 ** (4.5 + 2 * draw(number, 26))).round(),
        operation=pl.lit(date(2024, 1, 1)) + pl.duration(days=(draw(number, 27) * 3000)
                                                         .cast(pl.Int32)),
        announced=pl.lit(date(2017, 1, 1)) + pl.duration(days=(draw(number, 28) * 3000)
                                                         .cast(pl.Int32)),
    ).with_columns(known=_edition("first"), **{
        name: pl.col("kind").replace_strict(
            {position: kind[which] for position, kind in enumerate(KINDS)}, return_dtype=pl.String)
        for which, name in enumerate(("sector", "product", "route"))
    })


def _edition(column: str) -> pl.Expr:
    return pl.col(column).replace_strict(dict(enumerate(EDITIONS)), return_dtype=pl.Date)


def _stage(uniform: pl.Expr) -> pl.Expr:
    return pick(tuple(STAGES), uniform).cast(pl.String)


def _opening(people: pl.DataFrame) -> pl.DataFrame:
    texts = people.unpivot(
        ["name", "country", "sector", "product", "route", "stage", "activity"],
        index=["record", "known"], variable_name="field", value_name="value_text",
    )
    fields = {name: product.capacity_field for name, product in PRODUCTS.items()}
    capacities = people.select(
        "record", "known", field=pl.col("product").replace_strict(fields),
        value_number="capacity",
    )
    days = people.rename({
        "operation": "operation_planned_date", "announced": "announcement_actual_date",
    }).unpivot(
        ["operation_planned_date", "announcement_actual_date"], index=["record", "known"],
        variable_name="field", value_name="value_date",
    ).with_columns(precision=pl.lit("year"))
    return pl.concat([texts, capacities, days], how="diagonal")


def _later(people: pl.DataFrame) -> pl.DataFrame:
    """In each later edition a fifth of the records move; some stop, some change their size."""
    fields = {name: product.capacity_field for name, product in PRODUCTS.items()}
    found = []
    for number, published in enumerate(EDITIONS):
        counter = pl.col("record_number") * len(EDITIONS) + number
        listed = people.filter(pl.col("first") < number).with_columns(
            known=pl.lit(published), move=draw(counter, 30), other=draw(counter, 31))
        found += [
            listed.filter(pl.col("move") < 0.2).select(
                "record", "known", field=pl.lit("stage"), value_text=_stage(pl.col("other"))),
            listed.filter(pl.col("move").is_between(0.2, 0.26)).select(
                "record", "known", field=pl.lit("activity"),
                value_text=pick(tuple(ACTIVITIES), pl.col("other")).cast(pl.String)),
            listed.filter(pl.col("move").is_between(0.3, 0.35)).select(
                "record", "known", field=pl.col("product").replace_strict(fields),
                value_number=(pl.col("capacity") * (0.5 + pl.col("other"))).round()),
        ]
    return pl.concat(found, how="diagonal")


def _editions() -> pl.DataFrame:
    """The releases of the synthetic register; what the measures do not read stays null."""
    stated = {
        "release": [f"{SOURCE}@{day}" for day in EDITIONS], "source": SOURCE,
        "published": EDITIONS, "data_cut": EDITIONS, "complete": True, "withdrawn": False,
        "recorded": 0, "layout": "synthetic", "licence": "synthetic", "citation": "synthetic",
    }
    frame = pl.DataFrame({name: stated[name] for name in RELEASE_SCHEMA if name in stated})
    return frame.select(
        (pl.col(name) if name in stated else pl.lit(None)).cast(dtype).alias(name)
        for name, dtype in RELEASE_SCHEMA.items()
    )
