"""The state table: one row for every stretch of time in which a record's whole state stood still.

The narrow intervals hold one field a row; a question about several fields at once ("how many by
sector and stage?") would join them. Here the join is done once, along the diagonal valid = known:
what the world could know about itself each day. A day is then one filter, a series two counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import polars as pl

from groundbreak.history import as_of
from groundbreak.history.order import FOREVER
from groundbreak.vocabulary.fields import field

STATE = ("sector", "country", "stage", "activity")


def states(
    intervals: pl.DataFrame, claims: pl.DataFrame, fields: Sequence[str] = STATE
) -> pl.DataFrame:
    """record, a column a field, since, until, ends_in: stretches `[since, until)` of one state.

    `intervals` as :func:`groundbreak.history.intervals.build` makes them from the log `claims`. A
    field is null while nothing is stated; a stretch in which no field is stated has no row. Sorted
    by `ends_in`, the year of `until`, and within a year by `since`, so that a question about a day
    finds the rows that hold instead of reading all. Raises ValueError for a field that is not text.
    """
    odd = [name for name in fields if field(name).type != "text"]
    if odd:
        raise ValueError(f"{', '.join(odd)}: not text; accepted: fields of type text")
    told = _told(intervals.filter(pl.col("field").is_in(list(fields))), claims, fields)
    records = told["record"].rle().struct.field("value")
    words = told.schema["value"]
    turns = _turns(told.with_columns(pl.col("record").rle_id(), pl.col("value").to_physical()))
    tuples = _stretches(_filled(turns, fields), fields)
    return tuples.select(
        records.gather(tuples["record"]).alias("record"),
        *(_worded(name, words) for name in fields), "since", "until",
        ends_in=pl.col("until").dt.year(),
    ).sort("ends_in", "since")


def count_at(state_frame: pl.DataFrame, day: date, by: Sequence[str]) -> pl.DataFrame:
    """How many records stood where on `day`: columns by…, records; sorted.

    `state_frame` in the order of :func:`states`, whole or filtered. A record with none of its
    fields stated is not counted.
    """
    return standing(state_frame, day, by).group_by(by).agg(
        records=pl.len().cast(pl.Int64)).sort(by)


def standing(state_frame: pl.DataFrame, day: date, columns: Sequence[str]) -> pl.DataFrame:
    """`columns` of the rows that hold on `day`; `state_frame` in the order of :func:`states`.

    Of every year in which a stretch may end after `day` those begun by then come first; only of
    the year of `day` itself the ends have to be looked at.
    """
    years = state_frame["ends_in"]
    parts = [state_frame.select(columns).clear()]
    start = int(years.search_sorted(day.year))
    while start < state_frame.height:
        year = years[start]
        end = int(years.search_sorted(year, side="right"))
        block = state_frame.slice(start, end - start)
        begun = block.head(int(block["since"].search_sorted(day, side="right")))
        parts.append((begun.select(*columns, "until").filter(pl.col("until") > day)
                      if year == day.year else begun).select(columns))
        start = end
    return pl.concat(parts)


def series(state_frame: pl.DataFrame, days: Sequence[date], by: Sequence[str]) -> pl.DataFrame:
    """How many records stood where on each of `days`: columns by…, day, stock; sorted.

    Every group that there was by the last of them has a row a day, of 0 where it was empty.
    """
    asked = sorted(set(days))
    begun, ended = (_counted(state_frame, edge, asked, by) for edge in ("since", "until"))
    deltas = pl.concat([begun, ended.with_columns(delta=-pl.col("delta"))])
    return as_of.series(deltas.group_by(*by, "day").agg(pl.col("delta").sum()), by, asked)


# -- asking ----------------------------------------------------------------------------------------
def _counted(
    state_frame: pl.DataFrame, edge: str, asked: Sequence[date], by: Sequence[str]
) -> pl.DataFrame:
    """Rows by the first asked day on which their `edge` is past: columns by…, day, delta.

    Counting asked days instead of all days leaves few groups, whatever the table's length.
    """
    days = pl.Series("day", asked, dtype=pl.Date())
    position = days.search_sorted(state_frame[edge], side="left").cast(pl.UInt32)
    counts = (
        state_frame.lazy().select(*by, position=position).group_by(*by, "position").len("delta")
        .collect(engine="streaming")
    )
    counts = counts.filter(pl.col("position") < len(days))
    return counts.select(*by, days.gather(counts["position"]), pl.col("delta").cast(pl.Int64))


# -- building --------------------------------------------------------------------------------------
def _told(intervals: pl.DataFrame, claims: pl.DataFrame, fields: Sequence[str]) -> pl.DataFrame:
    """record, field, value (Enum; null where a claim empties the field), since, until; sorted."""
    stated = pl.col("field").is_in(list(fields)) & pl.col("kind").is_in(["statement", "correction"])
    texts = claims.filter(stated).select("claim", value="value_text")
    words = texts["value"].drop_nulls().unique().sort()
    values = texts.with_columns(pl.col("value").cast(pl.Enum(words)))
    return (
        as_of.spells(intervals).join(values, on="claim", how="left").drop("claim")
        .sort("record", "field", "since")
    )


def _turns(told: pl.DataFrame) -> pl.DataFrame:
    """record, day, field, code: what each field became that day; 0 where it became unstated."""
    follows = (
        (pl.col("record") == pl.col("record").shift(-1))
        & (pl.col("field") == pl.col("field").shift(-1))
        & (pl.col("until") == pl.col("since").shift(-1))
    ).fill_null(False)
    begins = told.select("record", "field", day="since",
                         code=(pl.col("value").cast(pl.UInt32) + 1).fill_null(0))
    ends = told.filter(~follows & (pl.col("until") < FOREVER)).select(
        "record", "field", day="until", code=pl.lit(0, pl.UInt32))
    return pl.concat([begins, ends]).sort("record", "day")


def _filled(turns: pl.DataFrame, fields: Sequence[str]) -> pl.DataFrame:
    """record, day, a column a field with its code as of that turn, the last turn of a day only."""
    first = pl.col("record").ne_missing(pl.col("record").shift(1))
    last = pl.col("record").ne_missing(pl.col("record").shift(-1)) | (
        pl.col("day") != pl.col("day").shift(-1))
    here = {name: pl.when(pl.col("field") == name).then("code") for name in fields}
    return turns.select("record", "day", **{
        name: pl.when(first).then(code.fill_null(0)).otherwise(code).forward_fill()
        for name, code in here.items()
    }).filter(last)


def _stretches(filled: pl.DataFrame, fields: Sequence[str]) -> pl.DataFrame:
    """record, the codes, since, until; neighbours of one state joined, empty states left out."""
    first = pl.col("record").ne_missing(pl.col("record").shift(1))
    codes = pl.col(*fields)
    changed = filled.filter(first | pl.any_horizontal(codes != codes.shift(1)))
    goes_on = pl.col("record") == pl.col("record").shift(-1)
    return changed.with_columns(
        until=pl.when(goes_on).then(pl.col("day").shift(-1)).otherwise(pl.lit(FOREVER))
    ).filter(pl.any_horizontal(codes > 0)).rename({"day": "since"})


def _worded(name: str, words: pl.DataType) -> pl.Expr:
    """The words that codes stand for."""
    return pl.when(pl.col(name) > 0).then(pl.col(name) - 1).cat.to(words).alias(name)
