"""Promised against actual: what was to operate by when, and what came of it.

A promise is a planned start of operation. It never becomes actual by the passing of time: what
neither operates, nor stopped, nor has a later promise, is unknown. A promise counts from the day on
which it was published; what came of it is as the view knows it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import polars as pl

from groundbreak.history.as_of import at
from groundbreak.history.order import ORDER, with_order
from groundbreak.history.stages import stage_ranks
from groundbreak.history.view import View
from groundbreak.history.wording import worded
from groundbreak.measures import DEFINITION_VERSION
from groundbreak.measures.entrants import period_end_of
from groundbreak.measures.population import OPERATING, STOPPED, projects

FIELD = "operation_planned_date"
ENDED = (*STOPPED, "merged")
BASES = {
    "first": "as first promised",
    "year_before": "as promised at the end of the year before",
}
OUTCOMES = {
    "operating": "operating by then",
    "late": "operating since then, later than promised",
    "promised_later": "now promised for later",
    "stopped": "paused, cancelled, closed or lost",
    "not_due": "not due yet",
    "unknown": "due, and nothing said of it",
}
EARLIEST, LATEST = 1990, 2100  # years outside are slips of the pen, and get no row
FIGURE_SCHEMA: dict[str, pl.DataType] = {
    "sector": pl.String(), "year": pl.Int64(), "basis": pl.String(), "outcome": pl.String(),
    "projects": pl.Int64(),
}
_STATED = ("statement", "correction")


@dataclass(frozen=True)
class Promises:
    """What was promised, and what came of it.

    `projects`: a row a counted project that ever had a promised start: record, project, name,
    sector, country, label; first_promised and now_promised (first day of the period named) with
    `_due` (its last day), `_words`, `_known` and `_claim`; started (the last day on which it can
    have begun; null: not known to operate) and started_words; slip_months (from the first promise
    to the one that holds, or to the stated start; null where it operates since a day not stated);
    outcome (operating, stopped, promised, overdue).
    """

    view: View
    projects: pl.DataFrame
    definition_version: str = DEFINITION_VERSION

    @cached_property
    def years(self) -> range:
        """The years for which anything was promised at first."""
        told = self.projects["first_promised_due"].dt.year()
        told = told.filter(told.is_between(EARLIEST, LATEST))
        low, high = told.min(), told.max()
        return range(low, high + 1) if isinstance(low, int) and isinstance(high, int) else range(0)

    def cohort(self, year: int, basis: str = "first") -> pl.DataFrame:
        """record, sector, outcome of all promised to operate by the end of a year.

        On the basis 'year_before' only those that did not operate, nor stand still, when the year
        began; empty for a year that begins after the day of the view.
        """
        if basis == "first":
            rows = self.projects
            due = pl.col("first_promised_due") <= date(year, 12, 31)
            rows = rows.filter(due & (pl.col("first_promised_due").dt.year() >= EARLIEST))
        else:
            rows = self._promised_before(date(year - 1, 12, 31), date(year, 12, 31))
        return rows.select("record", "sector", outcome=_outcome(year, self.view.valid))

    @cached_property
    def figures(self) -> pl.DataFrame:
        """FIGURE_SCHEMA: a row a sector ('all' too), year, basis and outcome; 'promised' is the sum
        of the outcomes of one year."""
        parts = [pl.DataFrame(schema=FIGURE_SCHEMA)]
        for year in self.years:
            for basis in BASES:
                parts.append(_figures(self.cohort(year, basis), year, basis))
        return pl.concat(parts)

    def behind(self, year: int, basis: str = "first", outcome: str | None = None,
               sector: str | None = None) -> pl.DataFrame:
        """The projects behind one figure: `projects` with `by_then`, their outcome for the year."""
        chosen = self.cohort(year, basis)
        if outcome not in (None, "promised"):
            chosen = chosen.filter(pl.col("outcome") == outcome)
        if sector not in (None, "all"):
            chosen = chosen.filter(pl.col("sector") == sector)
        return self.projects.join(chosen.select("record", by_then="outcome"), on="record",
                                  maintain_order="left")

    def _promised_before(self, day: date, until: date) -> pl.DataFrame:
        """Those that `day` promised to operate by `until`, and that did not stand still then."""
        if day > min(self.view.known, self.view.valid):
            return self.projects.clear()
        held = at(self._intervals, day)["claim"]
        claims = self.view.history.claims.filter(pl.col("claim").is_in(held.implode()))
        still = claims.filter((pl.col("field") == "activity")
                              & pl.col("value_text").is_in(ENDED))
        closed = claims.filter((pl.col("field") == "stage") & (pl.col("value_text") == "closed"))
        told = claims.filter((pl.col("field") == FIELD) & pl.col("value_date").is_not_null()
                             & (period_end_of() <= until))
        return (
            self.projects.join(told.select("record"), on="record", how="semi")
            .join(pl.concat([still, closed]).select("record"), on="record", how="anti")
            .filter(pl.col("started").is_null() | (pl.col("started") > day))
        )

    @cached_property
    def _intervals(self) -> pl.DataFrame:
        """The intervals of promises, and of what may have ended them."""
        return self.view.history.intervals.filter(
            pl.col("field").is_in([FIELD, "activity", "stage"]))


def promised(view: View, sectors: Iterable[str] | None = None) -> Promises:
    """The promises of the counted projects of a view, or of those of some `sectors`."""
    counted = projects(view).filter("counted").select(
        "record", "project", "name", pl.col("sector").fill_null("not stated"), "country", "label")
    if sectors is not None:
        counted = counted.filter(pl.col("sector").is_in(sorted(sectors)))
    told = _told(view)
    first = told.sort("known", *ORDER, descending=[False] + [True] * len(ORDER)).unique(
        "record", keep="first", maintain_order=True)
    now = told.join(view.held("claim"), on="claim", how="semi")
    found = (
        counted.join(_promise(first, "first"), on="record")
        .join(_promise(now, "now"), on="record", how="left")
        .join(_started(view), on="record", how="left").sort("record")
    )
    return Promises(view, found.with_columns(
        slip_months=_slip(), outcome=_standing(view.valid)).drop("started_first"))


def _told(view: View) -> pl.DataFrame:
    """Every promised start known in the view, in words, with the last day of the period named."""
    stated = view.history.claims.filter(
        (pl.col("field") == FIELD) & pl.col("value_date").is_not_null())
    return with_order(stated).filter(
        (pl.col("known") <= view.known) & (pl.col("valid_from") <= view.valid)
    ).with_columns(words=worded(), due=period_end_of())


def _promise(told: pl.DataFrame, name: str) -> pl.DataFrame:
    return told.select("record", pl.col("value_date").alias(f"{name}_promised"),
                       pl.col("due").alias(f"{name}_promised_due"),
                       pl.col("words").alias(f"{name}_words"),
                       pl.col("known").alias(f"{name}_known"),
                       pl.col("claim").alias(f"{name}_claim"))


def _started(view: View) -> pl.DataFrame:
    """record, started, started_first, started_words: by a stated date, else by the first day on
    which it was told to operate (then with no words: it began some time before)."""
    dated = view.cells.filter(
        (pl.col("field") == "operation_actual_date") & (pl.col("value_date") <= view.valid)
    ).select("record", started=pl.min_horizontal(period_end_of(), pl.lit(view.valid)),
             started_first="value_date", started_words=worded())
    told = (
        view.timeline("stage").filter(pl.col("kind").is_in(_STATED))
        .join(stage_ranks().rename({"stage": "value_text"}), on="value_text")
        .filter(pl.col("stage_at_least") == OPERATING)
        .group_by("record").agg(started=pl.col("since").min())
        .join(dated, on="record", how="anti")
    )
    return pl.concat([dated, told], how="diagonal")


def _slip() -> pl.Expr:
    """Months between the first days of the periods named, as the dossier counts them."""
    undated = pl.col("started").is_not_null() & pl.col("started_first").is_null()
    end = pl.coalesce("started_first", "now_promised")
    first = pl.col("first_promised")
    years = (end.dt.year() - first.dt.year()).cast(pl.Int64)
    months = end.dt.month().cast(pl.Int64) - first.dt.month().cast(pl.Int64)
    return pl.when(~undated).then(12 * years + months)


def _standing(valid: date) -> pl.Expr:
    """What became of it by the day of the view."""
    return (
        pl.when(pl.col("started").is_not_null()).then(pl.lit("operating"))
        .when(pl.col("label").is_in(ENDED)).then(pl.lit("stopped"))
        .when(pl.col("now_promised_due") > valid).then(pl.lit("promised"))
        .otherwise(pl.lit("overdue"))
    )


def _outcome(year: int, valid: date) -> pl.Expr:
    end = date(year, 12, 31)
    return (
        pl.when(pl.col("started") <= end).then(pl.lit("operating"))
        .when(pl.col("started").is_not_null()).then(pl.lit("late"))
        .when(pl.col("label").is_in(ENDED)).then(pl.lit("stopped"))
        .when(pl.col("now_promised_due") > end).then(pl.lit("promised_later"))
        .when(pl.lit(end > valid)).then(pl.lit("not_due"))
        .otherwise(pl.lit("unknown"))
    )


def _figures(cohort: pl.DataFrame, year: int, basis: str) -> pl.DataFrame:
    everyone = pl.concat([cohort.with_columns(sector=pl.lit("all")), cohort])
    whole = everyone.with_columns(outcome=pl.lit("promised"))
    order = {"promised": 0, **{name: n for n, name in enumerate(OUTCOMES, start=1)}}
    return (
        pl.concat([everyone, whole]).group_by("sector", "outcome").agg(projects=pl.len())
        .with_columns(year=pl.lit(year), basis=pl.lit(basis))
        .sort("sector", pl.col("outcome").replace_strict(order, return_dtype=pl.Int64()))
        .select(pl.col(name).cast(dtype) for name, dtype in FIGURE_SCHEMA.items())
    )
