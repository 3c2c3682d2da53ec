"""Figures that open to their projects: a number, its range, and the address behind it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import polars as pl
from django.http import HttpRequest
from django.utils.translation import get_language

from groundbreak.catalogue.query import SIZES, Query
from groundbreak.catalogue.table import catalogue
from groundbreak.measures.breakdown import Cell
from groundbreak.site import words
from groundbreak.site.addresses import address

MOST_IDS = 100  # projects that one address names; more make it longer than servers accept
COMMITTED = ("at_fid", "operating")
T = TypeVar("T")


@dataclass(frozen=True)
class Opened:
    """A number with its projects' address ('' where there are none, or too many to name)."""

    value: int
    link: str
    low: int | None = None
    high: int | None = None

    @property
    def uncertain(self) -> bool:
        """Whether dates straddle the period's edge, so that it may be less or more."""
        return self.low is not None and (self.low, self.high) != (self.value, self.value)


def when(request: HttpRequest) -> tuple[object, ...]:
    """What an answer is kept under: it may hold words of the reader's language and addresses."""
    view = request.reading.view
    return view.known, view.valid, request.clock, get_language()


def kept(request: HttpRequest, name: str, compute: Callable[[], T], *more: object) -> T:
    """What `compute` gives on this request's clock, kept until the log grows."""
    return request.standing.answer((name, *more, *when(request)), compute)


def kept_large(request: HttpRequest, name: str, compute: Callable[[], T]) -> T:
    """The same for what holds a row a project: only the last few are kept."""
    return request.standing.large_answer((name, *when(request)), compute)


def by_filter(request: HttpRequest, value: int, *pairs: tuple[str, object]) -> Opened:
    """A number that a filter of the projects reproduces."""
    link = address(request.clock, "projects", pairs=pairs) if value else ""
    return Opened(value, link)


def by_ids(request: HttpRequest, cell: Cell) -> Opened:
    """A number whose projects are named one by one."""
    return Opened(cell.value, named(request, cell.projects), cell.low, cell.high)


def named(request: HttpRequest, ids: Sequence[str]) -> str:
    """The address of these projects, counted or not; '' where there are none or too many."""
    if not 0 < len(ids) <= MOST_IDS:
        return ""
    return address(request.clock, "projects",
                   pairs=[*(("project", id) for id in ids), ("all", "1")])


def rows(request: HttpRequest, query: Query) -> list[dict[str, Any]]:
    """As many of a query's projects as fill a page, as `sectors/projects.html` shows them: those
    furthest along first, among them the largest for their product."""
    size = pl.col("size").replace_strict(
        {name: rank for rank, name in enumerate(SIZES[:-1])}, default=-1, return_dtype=pl.Int8)
    chosen = catalogue(request.reading.view).select(query).frame.sort(
        "stage_key", size, "capacity", "name_key", "record",
        descending=[True, True, True, False, False], nulls_last=True).head(query.per_page)
    return [
        {**row, "amount": words.amount(row["capacity"], row["capacity_unit"] or ""),
         "link": address(request.clock, "project", row["project"])}
        for row in chosen.iter_rows(named=True)
    ]
