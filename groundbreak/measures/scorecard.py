"""The scorecard: the accelerator's measures as of a date, over a period, at two levels.

Flows are counted on the happened clock with low–high where an event's interval straddles the
period's edge; the bridge tells the same story on the known clock, and a reconciling line ties the
two together.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from groundbreak.history.view import View
from groundbreak.measures import DEFINITION_VERSION
from groundbreak.measures.decisions import decisions, reversals
from groundbreak.measures.entrants import entrances
from groundbreak.measures.groups import grouped
from groundbreak.measures.periods import Period, parse_period
from groundbreak.measures.population import capacity_long, projects
from groundbreak.measures.progress import CLASSES, progress
from groundbreak.vocabulary.terms import PRODUCTS

STOCK_LABELS = {
    "announced": "Announced", "at_fid": "At FID", "operating": "Operating", "paused": "Paused",
    "cancelled": "Cancelled", "stopped": "Stopped (kind not told)", "closed": "Closed",
    "lost": "Lost (dropped by its source)",
}
MEASURES = {
    **STOCK_LABELS,
    "has_reached_fid": "Has reached FID (ever)",
    "new_announced": "New: announced in the period",
    "new_late_discovery": "New: late discoveries",
    "new_listed_undated": "New: newly listed, announcement undated",
    "taken_in": "Taken in with a source's first release (not flow)",
    "progressing_reported": "Progressing, tracker-reported",
    "progressing_evidenced": "Progressing, evidenced",
    "reached_fid_stated": "Reached FID, stated",
    "reached_fid_implied": "Reached FID, implied",
    "reversed": "Reversed",
}
MEMBER_SCHEMA: dict[str, pl.DataType] = {
    "measure": pl.String(), "record": pl.String(), "claim": pl.Int64(), "bound": pl.String(),
}
CAVEAT = "activity indicator, predictive value not yet shown"


@dataclass(frozen=True)
class Scorecard:
    """`figures`: measure, label, group, level, value, low, high, unit, note, definition_version.

    `members`: measure, group, level, record, project, claim, bound (value | low | high).
    `capacity`: stock, group, product, capacity (whole base units), unit, projects.
    `capex`: stock, group, currency, amount, known, of. `eligibility`: factor, verdict, projects.
    `progress`: class, projects (they sum). `reconciliation`: flow, known, earlier_or_undated,
    known_later, happened: known − earlier_or_undated + known_later = happened. `period`, `as_of`,
    `by`, `level` as asked.
    """

    as_of: str
    period: Period
    by: str | None
    level: str
    figures: pl.DataFrame
    members: pl.DataFrame
    capacity: pl.DataFrame
    capex: pl.DataFrame
    eligibility: pl.DataFrame
    progress: pl.DataFrame
    reconciliation: pl.DataFrame
    assessed: int  # announced projects with a gate looked at: evidenced progress is of these
    definition_version: str = DEFINITION_VERSION

    def projects(self, measure: str, group: str = "all", level: str = "all") -> pl.DataFrame:
        """The projects behind one figure: record, project, claim. Raises KeyError."""
        if measure not in MEASURES:
            raise KeyError(f"unknown measure {measure!r}; accepted: {', '.join(MEASURES)}")
        return self.members.filter(
            (pl.col("measure") == measure) & (pl.col("group") == group)
            & (pl.col("level") == level) & (pl.col("bound") == "value")
        ).select("record", "project", "claim").sort("record")


def scorecard(
    view: View, *, period: str = "12m", by: str | None = None, level: str = "all",
) -> Scorecard:
    """The scorecard of `view` over `period`.

    `by`: sector, country, product, route, level, source, a grouping as 'grouping:NAME', or
    'sector_served' (by sector, so that a project serving two counts in both; 'all' stays unique).
    `level`: all | flagship | global. Raises ValueError for an unknown period, group or level.
    """
    span = parse_period(period, view.known)
    population = projects(view)
    if level not in ("all", "flagship", "global"):
        raise ValueError(f"level {level!r}; accepted: all, flagship, global")
    if level != "all":
        population = population.filter(pl.col("level") == level)
    moved = progress(view, span).join(population.select("record"), on="record", how="semi")
    facts = pl.concat([
        _stocks(population), _new(view, span), _fids(view, span), _progressing(moved),
        _reversed(view, span),
    ])
    groups = grouped(population, by, view.known)
    members = (
        facts.join(population.filter("counted").select("record", "project", "level"),
                   on="record", how="inner")
        .join(groups, on="record", how="inner")
    )
    both = pl.concat([
        members.with_columns(level=pl.lit("all")), members.filter(pl.col("level") == "flagship"),
    ])
    assessed = moved.filter("assessed").height
    return Scorecard(
        as_of=str(view.known), period=span, by=by, level=level,
        figures=_figures(both, groups, assessed, moved.height), members=both,
        capacity=_capacity(population, groups), capex=_capex(view, population, groups),
        eligibility=_eligibility(view, level),
        progress=moved.group_by("class").agg(projects=pl.len()).sort(
            pl.col("class").cast(pl.Enum(CLASSES))),
        reconciliation=_reconciliation(view, span, members, population), assessed=assessed,
    )


def _facts(frame: pl.DataFrame, measure: str | pl.Expr, bound: str = "value") -> pl.DataFrame:
    named = pl.lit(measure) if isinstance(measure, str) else measure
    claim = pl.col("claim") if "claim" in frame.columns else pl.lit(None, pl.Int64)
    return frame.select(
        named.alias("measure"), "record", claim.alias("claim"), pl.lit(bound).alias("bound")
    ).cast(MEMBER_SCHEMA)  # type: ignore[arg-type]


def _stocks(population: pl.DataFrame) -> pl.DataFrame:
    return _facts(population.filter(pl.col("label").is_in(list(STOCK_LABELS))), pl.col("label"))


def _new(view: View, span: Period) -> pl.DataFrame:
    """New projects in three values (and what a first release brought, which is not flow)."""
    frame = entrances(view, span.before)
    inside = pl.col("first_known").is_between(span.first, span.last)
    dated = frame.filter(pl.col("announced_latest").is_not_null()
                         & (pl.col("entrance") != "taken_in"))
    pieces = _bounded(
        dated, pl.col("announced_earliest"), pl.col("announced_latest"), span, "new_announced"
    )
    for entrance, measure in (("late_discovery", "new_late_discovery"),
                              ("newly_listed_undated", "new_listed_undated"),
                              ("taken_in", "taken_in")):
        chosen = frame.filter(inside & (pl.col("entrance") == entrance))
        if entrance == "late_discovery":  # announced inside the period is counted there, once
            chosen = chosen.filter(~pl.col("announced_latest").fill_null(span.before)
                                   .is_between(span.first, span.last))
        pieces.append(_facts(chosen, measure))
    return pl.concat(pieces)


def _bounded(
    frame: pl.DataFrame, earliest: pl.Expr, latest: pl.Expr, span: Period, measure: str | pl.Expr
) -> list[pl.DataFrame]:
    """Members by the later end; low: surely inside; high: possibly inside."""
    value = latest.is_between(span.first, span.last)
    low = value & (earliest >= span.first)
    high = (latest >= span.first) & (earliest <= span.last)
    return [
        _facts(frame.filter(chosen), measure, bound)
        for chosen, bound in ((value, "value"), (low, "low"), (high, "high"))
    ]


def _fids(view: View, span: Period) -> pl.DataFrame:
    found = decisions(view)
    dated = found.filter(pl.col("earliest").is_not_null())
    return pl.concat([
        _facts(found, "has_reached_fid"),
        *_bounded(dated, pl.col("earliest"), pl.col("latest"), span,
                  pl.format("reached_fid_{}", "kind")),
    ])


def _reversed(view: View, span: Period) -> pl.DataFrame:
    return pl.concat(_bounded(reversals(view), pl.coalesce("earliest", "latest"),
                              pl.col("latest"), span, "reversed"))


def _progressing(moved: pl.DataFrame) -> pl.DataFrame:
    return pl.concat([
        _facts(moved.filter(pl.col("class") == "progressing"), "progressing_reported"),
        _facts(moved.filter("evidenced"), "progressing_evidenced"),
    ])


def _figures(
    members: pl.DataFrame, groups: pl.DataFrame, assessed: int, population: int
) -> pl.DataFrame:
    counts = (
        members.group_by("measure", "group", "level", "bound")
        .agg(n=pl.col("record").n_unique())
        .pivot("bound", index=["measure", "group", "level"], values="n")
    )
    for bound in ("value", "low", "high"):
        if bound not in counts.columns:
            counts = counts.with_columns(pl.lit(None, pl.UInt32).alias(bound))
    ranged = ["new_announced", "reached_fid_stated", "reached_fid_implied", "reversed"]
    names = sorted(set(groups["group"].to_list()) | {"all"})
    grid = (
        pl.DataFrame({"measure": list(MEASURES), "label": list(MEASURES.values())})
        .join(pl.DataFrame({"group": names}), how="cross")
        .join(pl.DataFrame({"level": ["all", "flagship"]}), how="cross")
    )
    note = (
        pl.when(pl.col("measure") == "progressing_evidenced")
        .then(pl.lit(f"{assessed} assessed of {population}"))
        .when(pl.col("measure") == "progressing_reported").then(pl.lit(CAVEAT))
        .otherwise(pl.lit(""))
    )
    is_ranged = pl.col("measure").is_in(ranged)
    return grid.join(counts, on=["measure", "group", "level"], how="left",
                     maintain_order="left").select(
        "measure", "label", "group", "level",
        value=pl.col("value").fill_null(0).cast(pl.Int64),
        low=pl.when(is_ranged).then(pl.col("low").fill_null(0)).cast(pl.Int64),
        high=pl.when(is_ranged).then(pl.col("high").fill_null(0)).cast(pl.Int64),
        unit=pl.lit("projects"), note=note, definition_version=pl.lit(DEFINITION_VERSION),
    )


def _reconciliation(
    view: View, span: Period, members: pl.DataFrame, population: pl.DataFrame
) -> pl.DataFrame:
    """How the flows on the known clock (the bridge) and on the happened clock hang together."""
    counted = members.filter(pl.col("group") == "all")
    value = counted.filter(pl.col("bound") == "value")
    inside = pl.col("known").is_between(span.first, span.last)
    entrants = entrances(view, span.before).filter(pl.col("entrance") != "taken_in").select(
        "record", known="first_known")
    told = decisions(view).join(view.history.claims.select("claim", "known"), on="claim").join(
        entrances(view, span.before).filter(pl.col("entrance") == "taken_in")
        .select("record", known="first_known"), on=["record", "known"], how="anti")
    rows = []
    for flow, measures, known in (
        ("new projects", ["new_announced"], entrants),
        ("reached FID", ["reached_fid_stated", "reached_fid_implied"], told),
    ):
        happened = value.filter(pl.col("measure").is_in(measures)).select("record").unique()
        ours = known.filter(inside).join(
            population.filter("counted"), on="record", how="semi")
        both = happened.join(ours, on="record", how="semi").height
        rows.append((flow, ours.height, ours.height - both, happened.height - both,
                     happened.height))
    return pl.DataFrame(rows, orient="row", schema={
        "flow": pl.String(), "known": pl.Int64(), "earlier_or_undated": pl.Int64(),
        "known_later": pl.Int64(), "happened": pl.Int64()})


def _capacity(population: pl.DataFrame, groups: pl.DataFrame) -> pl.DataFrame:
    counted = population.filter(
        pl.col("counted") & pl.col("label").is_in(["announced", "at_fid", "operating"]))
    return (
        capacity_long(counted).join(counted.select("record", stock="label"), on="record")
        .join(groups, on="record")
        .group_by("stock", "group", "product", "unit")
        .agg(capacity=pl.col("capacity").sum(), projects=pl.len())
        .with_columns(label=pl.col("product").replace_strict(
            {name: p.label for name, p in PRODUCTS.items()}, return_dtype=pl.String()))
        .sort("stock", "group", "product")
    )


def _capex(view: View, population: pl.DataFrame, groups: pl.DataFrame) -> pl.DataFrame:
    """Announced and committed investment by currency and price year, never converted here."""
    counted = population.filter(
        pl.col("counted") & pl.col("label").is_in(["announced", "at_fid", "operating"])
    ).select("record", stock=pl.when(pl.col("label") == "announced").then(pl.lit("announced"))
             .otherwise(pl.lit("committed"))).join(groups, on="record")
    totals = counted.group_by("stock", "group").agg(of=pl.len())
    money = view.cells.filter(pl.col("field") == "capex_announced").select(
        "record", currency="unit", amount="value_number")
    known = counted.join(money, on="record")
    shares = known.group_by("stock", "group").agg(known=pl.col("record").n_unique())
    return (
        known.group_by("stock", "group", "currency").agg(pl.col("amount").sum(), projects=pl.len())
        .join(shares, on=["stock", "group"]).join(totals, on=["stock", "group"])
        .sort("stock", "group", "currency")
    )


def _eligibility(view: View, level: str) -> pl.DataFrame:
    """How many records are eligible, asset base, out of scope, undecided; at ½, 1 and 2 times the
    thresholds."""
    pieces = []
    for factor in (0.5, 1.0, 2.0):
        frame = projects(view, factor)
        if level != "all":
            frame = frame.filter(pl.col("level") == level)
        pieces.append(frame.group_by("verdict").agg(
            projects=pl.len(), legacy=(pl.col("origin") == "legacy").sum()
        ).with_columns(factor=pl.lit(factor)))
    return pl.concat(pieces).select("factor", "verdict", "projects", "legacy").sort(
        "factor", "verdict")
