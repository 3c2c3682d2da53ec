"""The catalogue of a view: one row a project, indexed so that a question costs milliseconds."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from groundbreak.catalogue.columns import COLUMNS, CREDIT
from groundbreak.catalogue.query import FACETS, NOT_STATED, Query
from groundbreak.catalogue.rows import rows
from groundbreak.catalogue.search import folded_column, words
from groundbreak.history.view import View

SEARCHED = ("name", "other_names", "owners", "place", "country_names", "project", "record")
_MANY = {"country": ";", "company": "; "}  # facets of which a project may have several values
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class FacetValue:
    """A value of a facet and how many of the projects that the other facets leave have it."""

    value: str
    projects: int
    chosen: bool


@dataclass(frozen=True, eq=False)
class _Index:
    """A facet's values, and of each (row, value) pair the row and the value's number."""

    values: list[str]
    rows: NDArray[np.int64] | None  # None: exactly one value a row, in order
    codes: NDArray[np.int64]
    height: int

    def mask(self, chosen: tuple[str, ...]) -> Mask:
        """The rows that have one of the values."""
        wanted = np.isin(np.array(self.values, dtype=object), np.array(chosen, dtype=object))
        if self.rows is None:
            return np.asarray(wanted[self.codes], dtype=np.bool_)
        found = np.zeros(self.height, dtype=np.bool_)
        found[self.rows[wanted[self.codes]]] = True
        return found

    def counts(self, mask: Mask) -> NDArray[np.int64]:
        """How many of the rows in `mask` have each value."""
        codes = self.codes[mask] if self.rows is None else self.codes[mask[self.rows]]
        return np.bincount(codes, minlength=len(self.values))


@dataclass(frozen=True, eq=False)
class Catalogue:
    """All projects of a view: `frame`, a row a project, the columns of COLUMNS and a few keys."""

    frame: pl.DataFrame
    _indexes: dict[str, _Index] = field(default_factory=dict, repr=False)
    _orders: dict[str, NDArray[np.int64]] = field(default_factory=dict, repr=False)

    def select(self, query: Query) -> Selection:
        """What the query chooses; the answer's parts are worked out when they are read."""
        return Selection(self, query)

    @cached_property
    def counted(self) -> Mask:
        """Which rows are counted in the measures."""
        return self.frame["counted"].to_numpy()

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {project: n for n, project in enumerate(self.frame["project"].to_list())}

    def project(self, id: str) -> dict[str, Any] | None:
        """The row of one project; None where there is none of that id."""
        number = self._numbers.get(id)
        return None if number is None else self.frame.row(number, named=True)

    @cached_property
    def _haystack(self) -> pl.Series:
        return self.frame.select(pl.concat_str(
            [folded_column(name).fill_null("") for name in SEARCHED], separator="\n")).to_series()

    def found(self, search: str) -> Mask:
        """The rows in which every word of the search stands."""
        mask = np.ones(self.frame.height, dtype=np.bool_)
        for word in words(search):
            mask &= self._haystack.str.contains(word, literal=True).to_numpy()
        return mask

    def index(self, facet: str) -> _Index:
        """The index of a facet, made when first asked for."""
        if facet not in self._indexes:
            self._indexes[facet] = _indexed(self.frame, facet)
        return self._indexes[facet]

    def order(self, sort: str) -> NDArray[np.int64]:
        """Row numbers in the order of a sortable column; what is not stated comes last."""
        if sort not in self._orders:
            column = sort.removeprefix("-")
            key = f"{column}_key" if column in ("name", "stage", "label") else column
            self._orders[sort] = (
                self.frame.with_row_index("row")
                .sort(key, "name_key", "record", descending=[sort.startswith("-"), False, False],
                      nulls_last=True)["row"].cast(pl.Int64).to_numpy()
            )
        return self._orders[sort]


@dataclass(frozen=True, eq=False)
class Selection:
    """The projects a query chooses, in its order."""

    catalogue: Catalogue
    query: Query

    @cached_property
    def _masks(self) -> dict[str, Mask]:
        """A mask for each thing that narrows; the empty name for what is no facet."""
        base = self.catalogue.found(self.query.search)
        if not self.query.everything:
            base = base & self.catalogue.counted
        return {"": base} | {facet: self.catalogue.index(facet).mask(values)
                             for facet, values in self.query.filters.items()}

    @cached_property
    def _mask(self) -> Mask:
        return self._without(None)

    def _without(self, facet: str | None) -> Mask:
        masks = [mask for name, mask in self._masks.items() if name != facet]
        return np.asarray(np.logical_and.reduce(masks), dtype=np.bool_)

    @cached_property
    def _rows(self) -> NDArray[np.int64]:
        order = self.catalogue.order(self.query.sort)
        return order[self._mask[order]]

    @property
    def total(self) -> int:
        """How many projects are chosen."""
        return int(self._rows.size)

    @property
    def pages(self) -> int:
        """How many pages they fill; at least one."""
        return max(1, -(-self.total // self.query.per_page))

    @cached_property
    def frame(self) -> pl.DataFrame:
        """All chosen projects in order, every column."""
        return self.catalogue.frame[self._rows]

    def page(self) -> pl.DataFrame:
        """The rows of the page asked for, every column; empty beyond the last."""
        first = (self.query.page - 1) * self.query.per_page
        return self.catalogue.frame[self._rows[first:first + self.query.per_page]]

    def table(self) -> pl.DataFrame:
        """What a download holds: the columns chosen, and whose data each row is."""
        wanted = {*self.query.columns, *CREDIT}
        if "capacity" in wanted:
            wanted.add("capacity_unit")
        return self.frame.select([name for name in COLUMNS if name in wanted])

    def facet(self, name: str) -> list[FacetValue]:
        """The values of one facet that the other facets leave, and the chosen ones."""
        index = self.catalogue.index(name)
        mask = self._without(name) if name in self.query.filters else self._mask
        counts = index.counts(mask)
        chosen = self.query.filters.get(name, ())
        return [FacetValue(value, int(count), value in chosen)
                for value, count in zip(index.values, counts.tolist(), strict=True)
                if count or value in chosen]

    def facets(self) -> dict[str, list[FacetValue]]:
        """All facets that a reader can choose from by sight."""
        return {name: self.facet(name) for name in FACETS if name not in ("company", "project")}


def catalogue(view: View) -> Catalogue:
    """The catalogue of a view; made once a view."""
    if "catalogue" not in view.computed:
        view.computed["catalogue"] = Catalogue(rows(view))
    found: Catalogue = view.computed["catalogue"]
    return found


def _indexed(frame: pl.DataFrame, facet: str) -> _Index:
    column = frame[{"start": "start_year", "company": "owners"}.get(facet, facet)].cast(pl.String)
    if facet in _MANY:
        pairs = (
            pl.DataFrame({"row": pl.int_range(frame.height, eager=True), "value": column})
            .with_columns(pl.col("value").fill_null(NOT_STATED).str.split(_MANY[facet].strip()))
            .explode("value")
            .with_columns(pl.col("value").str.strip_chars()).filter(pl.col("value") != "")
            .unique(maintain_order=True)
        )
        values, codes = _coded(pairs["value"], facet)
        return _Index(values, pairs["row"].to_numpy(), codes, frame.height)
    values, codes = _coded(column.fill_null(NOT_STATED), facet)
    return _Index(values, None, codes, frame.height)


def _coded(column: pl.Series, facet: str) -> tuple[list[str], NDArray[np.int64]]:
    """The values in the order a reader looks for them in, and each row's number among them."""
    accepted = FACETS[facet]
    if accepted is not None:
        fixed = column.cast(pl.Enum(accepted), strict=False)
        if not fixed.null_count():
            return list(accepted), fixed.to_physical().cast(pl.Int64).to_numpy()
    present = column.unique().sort().to_list()
    known = {value: number for number, value in enumerate(accepted or ())}
    values = sorted(present, key=lambda v: (v == NOT_STATED, known.get(v, len(known)), v))
    return values, column.cast(pl.Enum(values)).to_physical().cast(pl.Int64).to_numpy()
