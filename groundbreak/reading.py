"""The pure door: `gb.open(path_or_url).as_of("2025-03-05").scorecard(period="2024")`.

No Django, no database: a snapshot zip (or its URL) is all it needs.
"""

from __future__ import annotations

import urllib.request
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

import polars as pl

from groundbreak.history import snapshot as snapshots
from groundbreak.history.snapshot import Snapshot
from groundbreak.history.view import History, View
from groundbreak.measures import bridge as bridges
from groundbreak.measures import changes as differences
from groundbreak.measures import gap as gaps
from groundbreak.measures import scorecard as scorecards
from groundbreak.measures import transitions as matrices
from groundbreak.measures.population import projects

MAX_DOWNLOAD_BYTES = 500 * 2**20
Day = date | str


def open(path_or_url: str | Path) -> Reader:
    """Open a snapshot (`groundbreak snapshot -o FILE.zip` writes one) or a release package (zip or
    folder) from a path or https URL.

    Raises FileNotFoundError, or ValueError when it is no Groundbreak snapshot.
    """
    text = str(path_or_url)
    if text.startswith(("http://", "https://")):
        with urllib.request.urlopen(text, timeout=60) as answer:
            data = answer.read(MAX_DOWNLOAD_BYTES + 1)
        if len(data) > MAX_DOWNLOAD_BYTES:
            raise ValueError(f"{text}: larger than {MAX_DOWNLOAD_BYTES:,} bytes")
        return Reader(snapshots.read(data))
    return Reader(snapshots.read(Path(path_or_url)))


def as_day(day: Day) -> date:
    """A date from a date or 'YYYY-MM-DD'. Raises ValueError that says what is accepted."""
    if isinstance(day, date):
        return day
    try:
        return date.fromisoformat(day)
    except ValueError:
        raise ValueError(f"{day!r} is not a date; accepted: YYYY-MM-DD") from None


@dataclass(frozen=True, eq=False)
class Reader:
    """A register opened for reading."""

    snapshot: Snapshot

    @cached_property
    def history(self) -> History:
        """The log with its intervals."""
        return History(self.snapshot)

    @property
    def releases(self) -> pl.DataFrame:
        """What was taken in: one row a release, with licence and citation."""
        return self.snapshot.releases

    @property
    def claims(self) -> pl.DataFrame:
        """The whole log."""
        return self.snapshot.claims

    def as_of(
        self, known: Day | None = None, *, valid: Day | None = None, recorded: int | None = None
    ) -> Reading:
        """Everything as known on a day (default: the newest published one).

        `valid` asks what is known about another day; `recorded` rebuilds from the log's prefix.
        """
        history = self.history if recorded is None else History(self.snapshot, recorded)
        return Reading(history.as_of(as_day(known) if known else self.snapshot.known,
                                     as_day(valid) if valid else None))

    def bridge(
        self, opened: Day, closed: Day, *, source: str | None = None, everything: bool = False,
        by: str | None = None,
    ) -> bridges.Bridge:
        """The stock–flow bridge between two known dates; see measures.bridge."""
        return bridges.bridge(self.history, as_day(opened), as_day(closed), source=source,
                              everything=everything, by=by)

    def changes(
        self, since: Day, to: Day | None = None, *, recorded: int | None = None,
        everything: bool = False, among: pl.DataFrame | None = None,
    ) -> pl.DataFrame:
        """What changed from one known date to another (default: the newest); see measures.changes.

        `recorded`: compared with what the log held up to that position, as known on `since`.
        """
        if recorded is not None and recorded >= self.snapshot.position:
            recorded = None  # the whole log
        start = self.as_of(since, recorded=recorded).view
        return differences.changes(start, self.as_of(to).view, everything=everything, among=among)

    def transitions(self, source: str, opened: Day, closed: Day) -> matrices.Transitions:
        """How a source's stages changed between two known dates; see measures.transitions."""
        return matrices.transitions(self.history, source, as_day(opened), as_day(closed))


@dataclass(frozen=True, eq=False)
class Reading:
    """A view with its measures as methods."""

    view: View

    @property
    def known(self) -> date:
        """The day as of which this is known."""
        return self.view.known

    def projects(self, factor: float = 1.0) -> pl.DataFrame:
        """One row a project with label, verdict and capacities; see measures.population."""
        return projects(self.view, factor)

    def scorecard(
        self, period: str = "12m", by: str | None = None, level: str = "all"
    ) -> scorecards.Scorecard:
        """The measures over a period; `.figures`, and `.projects(measure)` behind each cell."""
        return scorecards.scorecard(self.view, period=period, by=by, level=level)

    def gap(self, expected: pl.DataFrame | None = None) -> gaps.Gap:
        """The gap to 2030 under four counting rules."""
        return gaps.gap(self.view, expected)

    def conflicts(self) -> pl.DataFrame:
        """What sources say otherwise, beside the claim that holds."""
        return self.view.conflicts()
