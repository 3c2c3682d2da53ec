"""The state table: one row for every stretch of time in which a record's whole state stood still.

The narrow intervals hold one field a row; a question about several fields at once ("how many by
sector and stage?") would join them. Here the join is done once, along the diagonal valid = known:
what the world could know about itself each day. A day is then one filter, a series two counts, and
a count that is asked often has an order of its own.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

import polars as pl

from groundbreak.history import as_of
from groundbreak.history.order import FOREVER
from groundbreak.vocabulary.fields import field

STATE = ("sector", "country", "stage", "activity")
_EPOCH = date(1970, 1, 1)
_SPAN = 2**24  # more days than a calendar of four-digit years has


def states(
    intervals: pl.DataFrame, claims: pl.DataFrame, fields: Sequence[str] = STATE
) -> pl.DataFrame:
    """record, a column a field, since, until: each stretch `[since, until)` of a constant state.

    `intervals` as :func:`groundbreak.history.intervals.build` makes them from the log `claims`. A
    field is null while nothing is stated; a stretch in which no field is stated has no row. Sorted
    by record and since. Raises ValueError for a field that is not text.
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
    )


def standing(state_frame: pl.DataFrame, day: date) -> pl.DataFrame:
    """The rows that hold on `day`: at most one a record."""
    return state_frame.filter((pl.col("since") <= day) & (pl.col("until") > day))


@dataclass(frozen=True, eq=False)
class Ordered:
    """A state table in an order that counts by some of its fields with few reads.

    Rows stand by the year in which they end, then by group, then by `since`; what shares year and
    group is a *run*. Of a run that ends in a year after the day asked, all rows begun by then hold,
    and one binary search says how many; only the rows of the year itself are looked at.
    """

    frame: pl.DataFrame  # the table with its `group`, in that order
    groups: pl.DataFrame  # the words of each group, sorted; the group's number is its row
    keys: pl.Series  # of each row: its run's key + since, ascending
    years: list[int]  # of each run
    numbers: list[int]  # the group of each run
    firsts: list[int]  # the first row of each run, and the table's height

    def count_at(self, day: date) -> pl.DataFrame:
        """How many records stood where on `day`: the fields, records; sorted.

        A record with none of the table's fields stated is not counted.
        """
        here, after = bisect_left(self.years, day.year), bisect_right(self.years, day.year)
        counts = [0] * self.groups.height
        for run, records in enumerate(self._standing(here, after, day), here):
            counts[self.numbers[run]] += records
        for run, records in enumerate(self._begun(after, day), after):
            counts[self.numbers[run]] += records
        there = [group for group, count in enumerate(counts) if count]
        found = pl.Series("records", [counts[group] for group in there], dtype=pl.Int64)
        return self.groups[there].hstack([found])

    def _begun(self, run: int, day: date) -> list[int]:
        """Of each run from `run` on, the rows that had begun by `day`."""
        offset = (day - _EPOCH).days
        asked = pl.Series(range(run, len(self.years)), dtype=pl.Int64) * _SPAN + offset
        past = self.keys.search_sorted(asked, side="right").to_list()
        return [end - first for end, first in zip(past, self.firsts[run:-1], strict=True)]

    def _standing(self, run: int, after: int, day: date) -> list[int]:
        """Of each run from `run` up to and without `after`, the rows that hold on `day`."""
        start, end = self.firsts[run], self.firsts[after]
        since, until = (self.frame[name][start:end] for name in ("since", "until"))
        held = (since <= day) & (until > day)
        return [int(held.slice(first - start, following - first).sum())
                for first, following in pairwise(self.firsts[run:after + 1])]


def ordered(state_frame: pl.DataFrame, by: Sequence[str]) -> Ordered:
    """`state_frame` (of :func:`states`, whole or filtered) ordered for counting by `by`."""
    groups = state_frame.select(by).unique().sort(by)
    numbered = groups.with_row_index("group")
    frame = state_frame.join(numbered, on=list(by), nulls_equal=True, maintain_order="left")
    frame = frame.with_columns(year=pl.col("until").dt.year()).sort(
        "year", "group", "since").rechunk()
    run = pl.struct("year", "group").rle_id().cast(pl.Int64)
    keys = frame.select(run * _SPAN + pl.col("since").to_physical()).to_series().set_sorted()
    runs = frame.select("year", "group", run=run).with_row_index("first").unique(
        "run", keep="first", maintain_order=True)
    return Ordered(frame.drop("year"), groups, keys, runs["year"].to_list(),
                   runs["group"].to_list(), [*runs["first"], frame.height])


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
