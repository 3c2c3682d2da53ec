"""The state of the register that a question is answered from: as known, about, as recorded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, TypeVar

import polars as pl

from groundbreak.api.cursors import Cursor
from groundbreak.catalogue.query import BadQuery
from groundbreak.history.view import History, View
from groundbreak.reading import Reading
from groundbreak.register.standing import Standing

T = TypeVar("T")


@dataclass(frozen=True)
class Moment:
    """Public claims as known on `known` about `valid`; of the log up to `recorded` (None: all)."""

    standing: Standing
    known: date
    valid: date
    recorded: int | None
    release: str = ""

    @property
    def key(self) -> tuple[date, date, int | None]:
        """What tells one moment of a standing register from another."""
        return self.known, self.valid, self.recorded

    @property
    def position(self) -> int:
        """Log position up to which claims are read."""
        end = self.standing.reader.snapshot.position
        return end if self.recorded is None else min(self.recorded, end)

    @cached_property
    def reading(self) -> Reading:
        """The view with its measures."""
        return self.standing.reading(self.known, self.valid, self.recorded)

    @property
    def view(self) -> View:
        """All that held."""
        return self.reading.view

    def at(self, known: date) -> View:
        """The same log as known on another day, for what runs between two days."""
        if self.recorded is None:
            return self.standing.reading(known).view
        history = self.large("history", lambda: History(
            self.standing.reader.snapshot, self.recorded), clock=(self.recorded,))
        return history.as_of(known)

    def answer(self, name: Any, compute: Callable[[], T], clock: tuple[Any, ...] | None = None
               ) -> T:
        """What `compute` gives at this moment, kept until the log grows. For what is small."""
        return self.standing.answer(("api", name, self.key if clock is None else clock), compute)

    def large(self, name: Any, compute: Callable[[], T], clock: tuple[Any, ...] | None = None) -> T:
        """The same for what holds a row a project."""
        return self.standing.large_answer(
            ("api", name, self.key if clock is None else clock), compute)

    @property
    def editions(self) -> pl.DataFrame:
        """Editions published by then that brought or listed something public; newest last.

        An edition of which nothing is public is not told of at all.
        """
        return self.answer("editions", lambda: self._public(self.view.releases))

    def _public(self, releases: pl.DataFrame) -> pl.DataFrame:
        snapshot = self.standing.reader.snapshot
        told = pl.concat([snapshot.claims.select("release"),
                          snapshot.listings.select("release")]).unique()
        return releases.join(told, on="release", how="semi").sort("published", "release")

    @property
    def terms(self) -> pl.DataFrame:
        """source, licence, terms_confirmed, citation of the newest edition of each source.

        A source may tell what was known before its own first edition; then it is that one's terms.
        """
        def told() -> pl.DataFrame:
            releases = self.standing.reader.snapshot.releases
            spoke = self.view.history.claims.filter(pl.col("known") <= self.known)["source"]
            later = self._public(releases.filter(
                ~pl.col("withdrawn") & (pl.col("published") > self.known)
                & pl.col("source").is_in(spoke.unique().implode())))
            both = [self.editions.reverse(), later]
            return pl.concat(both).unique("source", keep="first", maintain_order=True).select(
                "source", "licence", "citation", terms_confirmed="licence_confirmed"
            ).sort("source")

        return self.answer("terms", told)


def of_clock(standing: Standing, clock: Any) -> Moment:
    """The moment of a page's clock (known, valid, recorded, release)."""
    known = clock.known or standing.newest
    return Moment(standing, known, clock.valid or known,
                  _cut(standing, clock.recorded), clock.release)


def of_cursor(standing: Standing, cursor: Cursor, release: str) -> Moment:
    """The moment on which a walk through pages began. Raises BadQuery for another register's."""
    if cursor.position > standing.reader.snapshot.position:
        raise BadQuery("cursor", str(cursor.position), "a cursor of this register")
    return Moment(standing, cursor.known, cursor.valid, _cut(standing, cursor.position), release)


def _cut(standing: Standing, recorded: int | None) -> int | None:
    """A log position at the log's end is the whole log, whose intervals are at hand."""
    end = standing.reader.snapshot.position
    return None if recorded is None or recorded >= end else recorded
