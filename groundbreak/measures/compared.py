"""What other trackers publish of themselves, as counts that a filter of ours can be set beside.

Only what was published stands here, with its day and its source; nothing is estimated.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.resources import files

import polars as pl

from groundbreak.measures.gap import JOINT_ROW, milestones
from groundbreak.measures.periods import months_back
from groundbreak.measures.population import LABELS

STATES = {  # a published word → our labels
    "committed": ("at_fid", "operating"), "at FID": ("at_fid",), "operating": ("operating",),
    "producing": ("operating",), "announced": ("announced",),
    "listed": ("announced", "at_fid", "operating"),
}
_COUNTS = (("committed", "committed"), ("operating", "operating"), ("at_fid", "at FID"),
           ("announced", "announced"), ("total", "listed"))
_QUOTED = re.compile(rf"(\d+) ({'|'.join(STATES)})\b")
_MONTH = re.compile(r"(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) (\d{4})")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True)
class Published:
    """A count that a tracker published of a sector row ('all': every sector).

    `on`: its day; where only the month is told (`month`), the month's last. `state`: a key of
    STATES. `words`: as its source was quoted.
    """

    on: date
    month: bool
    sector: str
    state: str
    count: int
    words: str
    source: str

    def filters(self) -> dict[str, tuple[str, ...]]:
        """The filters of the project table by which the same rule is counted here."""
        found = {"label": tuple(n for n in LABELS if n in STATES[self.state])}
        if self.sector != "all":
            joined = tuple(s for s, row in JOINT_ROW.items() if row == self.sector)
            found["sector"] = joined or (self.sector,)
            if products := milestones()[self.sector].products:
                found["product"] = tuple(sorted(products))
        return found


@dataclass(frozen=True)
class Edition:
    """How many rows a list had as published, and how many records they are."""

    source: str
    published: date
    rows: int
    records: int
    note: str


def published(history: pl.DataFrame, quoted: pl.DataFrame) -> list[Published]:
    """All published counts, newest first.

    `history`: release, published, committed, operating, at_fid, announced, total, source; a row a
    release. `quoted`: sector, unit, position_quoted, source; a position is read as
    'Nov 2024: 6 committed; 52 announced', and what is no count of a state is left out.
    """
    found = []
    for row in history.iter_rows(named=True):
        found += [Published(row["published"], False, "all", state, row[column],
                            f"release {row['release']}", row["source"])
                  for column, state in _COUNTS if row[column] is not None]
    told = {(p.on.year, p.on.month): p.on for p in found}
    for row in quoted.filter(pl.col("unit") == "plants").iter_rows(named=True):
        if row["sector"] == "all":
            continue  # the releases say the same
        text = row["position_quoted"] or ""
        if day := _quoted_on(text):
            of_release = told.get((day.year, day.month))
            found += [Published(of_release or day, of_release is None, row["sector"], state,
                                int(count), text, row["source"])
                      for count, state in _QUOTED.findall(text)]
    return sorted(found, key=lambda p: (-p.on.toordinal(), p.sector != "all"))


def known_by(quoted: pl.DataFrame, day: date) -> pl.DataFrame:
    """The rows of `quoted` whose position was published by a day; the others are left out."""
    said = [_quoted_on(text) for text in quoted["position_quoted"].to_list()]
    return quoted.filter(pl.Series([on is not None and on <= day for on in said], dtype=pl.Boolean))


def _quoted_on(text: str | None) -> date | None:
    month = _MONTH.search(text or "")
    return _last(int(month[2]), _MONTHS.index(month[1]) + 1) if month else None


def _last(year: int, month: int) -> date:
    return months_back(date(year, month, 1), -1) - timedelta(days=1)


@cache
def editions() -> tuple[Edition, ...]:
    """Rows of the lists that this software reads, as published (edition_rows.csv)."""
    text = files("groundbreak.measures").joinpath("edition_rows.csv").read_text(encoding="utf-8")
    return tuple(
        Edition(row["source"], date.fromisoformat(row["published"]), int(row["rows"]),
                int(row["records"]), row["note"])
        for row in csv.DictReader(text.splitlines())
    )
