"""A view: everything as known on one day (about another, if asked). What every measure takes."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

import polars as pl

from groundbreak.history.as_of import at
from groundbreak.history.claims import CLAIM_SCHEMA, live, up_to
from groundbreak.history.conflicts import conflicts
from groundbreak.history.intervals import build
from groundbreak.history.order import with_order
from groundbreak.history.snapshot import Snapshot
from groundbreak.vocabulary.fields import registry, table_schema

DESCRIBING = ("name", "owners", "country", "sector")  # a record with none of these is no record
_VALUE_COLUMN = {"text": "value_text", "number": "value_number", "integer": "value_number",
                 "date": "value_date"}
_VALUES = sorted(set(_VALUE_COLUMN.values()))


class _Places:
    """A frame of many records with, for each record, which rows are its own."""

    def __init__(self, frame: pl.DataFrame) -> None:
        order = frame.select(pl.col("record").arg_sort()).to_series()
        runs = frame["record"].gather(order).rle().struct.unnest()
        ends = runs["len"].cum_sum().to_list()
        self._frame, self._order = frame, order
        self._ends = dict(zip(runs["value"].to_list(), ends, strict=True))
        self._lengths = dict(zip(runs["value"].to_list(), runs["len"].to_list(), strict=True))

    def of(self, record: str) -> pl.DataFrame:
        """The rows of a record, in the frame's order."""
        length = self._lengths.get(record, 0)
        rows = self._order.slice(self._ends.get(record, 0) - length, length).sort()
        return self._frame[rows]


@dataclass(frozen=True, eq=False)
class History:
    """A log with its intervals, from which views are cut. Building it is the expensive step."""

    snapshot: Snapshot
    recorded: int | None = None  # only the log's prefix up to this position
    kept: dict[str, Any] = field(default_factory=dict, repr=False)  # by upper layers, for all views

    @cached_property
    def claims(self) -> pl.DataFrame:
        """Claims that count, in log order."""
        return live(up_to(self.snapshot.claims, self.recorded))

    @cached_property
    def names(self) -> pl.Series:
        """The records that have a claim, sorted; a record's number is its place in it."""
        return self.claims["record"].unique().sort()

    @cached_property
    def numbered(self) -> pl.DataFrame:
        """The claims that count as number (of their record), field and values: numbers and short
        lists compare faster than texts, and every view needs them."""
        number = pl.col("record").cast(pl.Enum(self.names)).to_physical().alias("number")
        # A log of a newer version may hold a field that this one does not know: null.
        named = pl.col("field").cast(pl.Enum(list(registry())), strict=False)
        return self.claims.select(number, named, *_VALUES, "known", "grade")

    @cached_property
    def intervals(self) -> pl.DataFrame:
        """All rectangles valid × known."""
        return build(up_to(self.snapshot.claims, self.recorded))

    @cached_property
    def _places(self) -> tuple[_Places, _Places, _Places]:
        """Where each record stands in the whole log, in what counts of it, in the intervals."""
        return _Places(self.snapshot.claims), _Places(self.claims), _Places(self.intervals)

    def of(self, record: str) -> History:
        """The history of one record alone, cut from this one: its measures cost next to nothing."""
        every, live_ones, pieces = (places.of(record) for places in self._places)
        found = History(Snapshot(every, self.snapshot.releases, self.snapshot.listings.clear()),
                        self.recorded)
        found.__dict__["claims"] = live_ones
        found.__dict__["intervals"] = pieces
        return found

    def as_of(self, known: date | None = None, valid: date | None = None) -> View:
        """The view as known on `known` (default: the newest published date) about `valid`."""
        newest = self.claims["known"].max()
        day = known or (newest if isinstance(newest, date) else date.min)
        return View(self, day, valid or day)


@dataclass(frozen=True, eq=False)
class View:
    """All that held as known on `known` about the day `valid`."""

    history: History
    known: date
    valid: date
    computed: dict[object, Any] = field(default_factory=dict, repr=False)  # by measures

    @cached_property
    def cells(self) -> pl.DataFrame:
        """The holding claim of each cell that has a value, all claim columns."""
        return self.history.claims.filter(self._holds)

    def held(self, *columns: str) -> pl.DataFrame:
        """As :attr:`cells`, but only some columns: much cheaper where the register is large."""
        return self.history.claims.select(columns).filter(self._holds)

    def numbered(self, *columns: str) -> pl.DataFrame:
        """As :meth:`held`, of the history's numbered claims."""
        return self.history.numbered.select(columns).filter(self._holds)

    @cached_property
    def words(self) -> pl.DataFrame:
        """As :attr:`cells`, and the claims by which a field does not apply."""
        return self.history.claims.filter(
            pl.col("claim").is_in(self._holding.implode())
            & pl.col("kind").is_in(["statement", "correction", "not_applicable"]))

    @cached_property
    def _holding(self) -> pl.Series:
        """The claims that hold here, whether or not they have a value."""
        return at(self.history.intervals, self.known, self.valid)["claim"]

    @cached_property
    def _holds(self) -> pl.Series:
        """Whether each claim that counts holds here and has a value."""
        return self.history.claims.select(
            pl.col("claim").is_in(self._holding.implode())
            & pl.col("kind").is_in(["statement", "correction"])
        ).to_series()

    @cached_property
    def releases(self) -> pl.DataFrame:
        """Releases published by then and standing, in the log as far as it is read."""
        end = self.history.recorded
        if end is None:
            stands = ~pl.col("withdrawn")
        else:
            turned = pl.col("turns").list.eval(pl.element() < end).list.sum().fill_null(0)
            stands = (pl.col("recorded").fill_null(0) <= end) & (turned % 2 == 0)
        return self.history.snapshot.releases.filter((pl.col("published") <= self.known) & stands)

    def about(self, valid: date) -> View:
        """What this view knows about another day; asked again, the same view."""
        if valid == self.valid:
            return self
        if ("about", valid) not in self.computed:
            self.computed["about", valid] = View(self.history, self.known, valid)
        other: View = self.computed["about", valid]
        return other

    def values(self, field: str) -> pl.DataFrame:
        """Columns record, <field>, <field>_claim for one field."""
        column = _VALUE_COLUMN[registry()[field].type]
        return self.cells.filter(pl.col("field") == field).select(
            "record", pl.col(column).alias(field), pl.col("claim").alias(f"{field}_claim")
        )

    @cached_property
    def described(self) -> pl.Series:
        """The numbers (places in the history's `names`) of the rows of :meth:`wide`."""
        held = self.numbered("number", "field")
        return held.filter(pl.col("field").is_in(DESCRIBING))["number"].unique().sort()

    def wide(self, *fields: str) -> pl.DataFrame:
        """One row a record that is described at all; a column a field, null where not stated."""
        held = self.numbered("number", "field", *_VALUES)
        numbers = self.described
        row = pl.Series("row", [None], pl.UInt32).new_from_index(0, self.history.names.len())
        row = row.scatter(numbers, pl.int_range(numbers.len(), dtype=pl.UInt32, eager=True))
        placed = held.filter(pl.col("field").is_in(fields)).select(
            "field", *_VALUES, row=pl.lit(row).gather(pl.col("number")))
        cells = placed.drop_nulls("row").partition_by("field", as_dict=True)
        return self.history.names.gather(numbers).to_frame("record").with_columns(
            _column(field, cells.get((field,)), numbers.len()) for field in fields)

    def table(self) -> pl.DataFrame:
        """The wide table: record, source, licence, terms_confirmed, then every field as registered.

        One row a record; the licence is that of the newest release of its source.
        """
        schema = table_schema()
        terms = self.releases.sort("published").unique("source", keep="last").select(
            "source", "licence", terms_confirmed="licence_confirmed")
        wide = self.wide(*schema).with_columns(
            source=pl.col("record").str.split(":").list.first())
        return wide.join(terms, on="source", how="left", maintain_order="left").select(
            "record", "source", "licence", "terms_confirmed",
            *(pl.col(name).cast(dtype) for name, dtype in schema.items()))

    def timeline(self, field: str) -> pl.DataFrame:
        """What `field` was over time as known then: record, value, since, until, claim columns."""
        pieces = self.history.intervals.filter(
            (pl.col("field") == field)
            & (pl.col("known_from") <= self.known) & (pl.col("known_to") > self.known)
            & (pl.col("valid_from") <= self.valid)
        ).select("claim", since="valid_from", until="valid_to")
        return self.history.claims.join(pieces, on="claim", how="inner").sort("record", "since")

    def first_known(self) -> pl.DataFrame:
        """When each record became known: record, first_known."""
        return (
            self.history.claims.filter(
                pl.col("field").is_in(DESCRIBING) & (pl.col("known") <= self.known))
            .group_by("record").agg(first_known=pl.col("known").min())
        )

    def conflicts(self) -> pl.DataFrame:
        """The newest word of every publisher that lost; see history.conflicts."""
        visible = with_order(self.history.claims).filter(
            (pl.col("known") <= self.known) & (pl.col("valid_from") <= self.valid))
        return conflicts(visible, with_order(self.cells))


def _column(field: str, cells: pl.DataFrame | None, height: int) -> pl.Series:
    """The values of one field as a column of the wide table, each at its record's row."""
    held = _VALUE_COLUMN[registry()[field].type]
    column = pl.Series(field, [None], CLAIM_SCHEMA[held]).new_from_index(0, height)
    return column if cells is None else column.scatter(cells["row"], cells[held])
