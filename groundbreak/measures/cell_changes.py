"""The cells that differ between two views of one register, each with the claim behind it."""

from __future__ import annotations

from functools import cache

import polars as pl

from groundbreak.history.as_of import at
from groundbreak.history.claims import CELL, VALUE
from groundbreak.history.view import View
from groundbreak.history.wording import worded
from groundbreak.measures.bridge import told_since
from groundbreak.vocabulary.fields import capacity_fields, registry

KINDS = ("stage", "activity", "gates", "capacity", "dates", "money", "facts", "evidence")
MONEY = ("capex_announced", "grant_awarded")
NOT_APPLICABLE = "does not apply"
TAKEN_BACK, LOSES = "taken back", "does not hold against what stands"
_STATED = ("statement", "correction", "not_applicable")
_CLOCKS = ("happened_earliest", "happened_latest", "known", "grade", "source", "publisher",
           "evidence", "place", "release")
_MONTHS = {"year": 12, "quarter": 3}  # in a period of that precision; a day or month is one


@cache
def kind_of(field: str) -> str:
    """Which kind of change a change of `field` is; one of KINDS."""
    if field in ("stage", "activity"):
        return field
    if field in capacity_fields():
        return "capacity"
    if field in MONEY:
        return "money"
    if field == "references":
        return "evidence"  # what a source cites, not what it says
    if field.startswith("gate_"):
        return "gates"
    return "dates" if field.endswith("_planned_date") else "facts"


def cell_changes(start: View, end: View) -> pl.DataFrame:
    """One row a cell for which `end` holds another claim than `start`, or has heard a new one.

    Columns: record, field, kind (of KINDS; 'evidence' where the value is the same), before, after
    (in words, null: not stated), before_number, after_number, unit, factor (after ÷ before, of
    capacities), months (of planned dates: how much later, below 0 earlier), remark, claim and its
    clocks, grade, source, publisher, evidence, place, release. Empty if and only if both views
    hold the same claims and have heard the same.
    """
    both = _holding(start).join(_holding(end), on=CELL, how="full", coalesce=True, suffix="_now")
    differing = both.filter(pl.col("claim").ne_missing(pl.col("claim_now")))
    cells = pl.concat([_compared(differing, start, end), _unheeded(differing, both, start, end)])
    behind = end.history.snapshot.claims.select("claim", *_CLOCKS)
    return cells.join(behind, on="claim", how="left").sort(*CELL)


# -- what holds --------------------------------------------------------------------------------
def _holding(view: View) -> pl.DataFrame:
    """The claim that holds each cell, also one that empties it: value, words, whether stated."""
    holding = at(view.history.intervals, view.known, view.valid)["claim"]
    held = view.history.claims.filter(pl.col("claim").is_in(holding.implode()))
    return _in_words(held).select(*CELL, *VALUE, "claim", "state", "words")


def _in_words(claims: pl.DataFrame) -> pl.DataFrame:
    """`claims` with `state` (stated | not_applicable | null) and the `words` for what each says."""
    none = pl.col("kind") == "not_applicable"
    return claims.with_columns(
        state=pl.when(none).then("kind").when(pl.col("kind").is_in(_STATED))
        .then(pl.lit("stated")),
        words=pl.when(none).then(pl.lit(NOT_APPLICABLE)).otherwise(worded()),
    )


# -- what differs ------------------------------------------------------------------------------
def _compared(differing: pl.DataFrame, start: View, end: View) -> pl.DataFrame:
    """Cells that another claim holds, or none any more."""
    gone = ~pl.col("claim").is_in(end.history.claims["claim"].implode())
    other = pl.any_horizontal(
        pl.col(name).ne_missing(pl.col(f"{name}_now")) for name in (*VALUE, "state"))
    told = differing.join(_withdrawals(end), left_on="claim", right_on="target", how="left")
    return told.select(
        *CELL,
        kind=pl.when(other).then(_kind()).otherwise(pl.lit("evidence")),
        before="words", after="words_now", before_number="value_number",
        after_number="value_number_now", unit=pl.coalesce("unit_now", "unit"),
        factor=_factor(), months=_months(),
        remark=pl.when(gone).then(pl.format("{}: {}", pl.lit(TAKEN_BACK), pl.col("why"))),
        claim=pl.coalesce("claim_now", "withdrawal"),
    )


def _kind() -> pl.Expr:
    kinds = {name: kind_of(name) for name in registry()}
    return pl.col("field").replace_strict(kinds, default="facts", return_dtype=pl.String())


def _withdrawals(end: View) -> pl.DataFrame:
    """target, withdrawal, why: the last claim by which each was superseded."""
    return (
        end.history.snapshot.claims.filter(pl.col("supersedes").is_not_null())
        .sort("claim").unique("supersedes", keep="last")
        .select(target="supersedes", withdrawal="claim",
                why=pl.col("raw").fill_null("no reason given"))
    )


def _factor() -> pl.Expr:
    sized = pl.col("field").is_in(list(capacity_fields())) & (pl.col("value_number") > 0)
    return pl.when(sized).then(pl.col("value_number_now") / pl.col("value_number"))


def _months() -> pl.Expr:
    """Months from the period planned before to the one planned now.

    Between periods of unlike precision it is counted from middle to middle; a plan that only became
    more or less precise (2028 → 2028-06) has not moved: 0.
    """
    first, then = _month("value_date"), _month("value_date_now")
    wide, wide_then = _width("precision"), _width("precision_now")
    within = (first < then + wide_then) & (then < first + wide)
    middles = (then - first) + (wide_then - wide) / 2
    moved = pl.when(wide == wide_then).then((then - first).cast(pl.Float64)).when(within).then(
        0.0).otherwise(middles)
    return pl.when(pl.col("field").str.ends_with("_planned_date")).then(
        moved.round().cast(pl.Int64))


def _month(name: str) -> pl.Expr:
    day = pl.col(name).dt
    return day.year().cast(pl.Int64) * 12 + day.month().cast(pl.Int64)


def _width(name: str) -> pl.Expr:
    return pl.col(name).replace_strict(_MONTHS, default=1, return_dtype=pl.Int64())


# -- what was heard without holding ------------------------------------------------------------
def _unheeded(
    differing: pl.DataFrame, both: pl.DataFrame, start: View, end: View
) -> pl.DataFrame:
    """Cells whose claim still holds although a new one came: the newest such word."""
    heard = told_since(start, end).join(differing.select(CELL), on=CELL, how="anti").sort(
        *CELL, "known", "claim").unique(CELL, keep="last", maintain_order=True)
    standing = both.select(*CELL, words_before="words", number_before="value_number")
    other = pl.col("words").ne_missing(pl.col("words_before"))
    return _in_words(heard).join(standing, on=CELL, how="left").select(
        *CELL, kind=pl.lit("evidence"), before="words_before", after="words",
        before_number="number_before", after_number="value_number", unit="unit",
        factor=pl.lit(None, pl.Float64), months=pl.lit(None, pl.Int64),
        remark=pl.when(other).then(pl.lit(LOSES)), claim="claim",
    )
