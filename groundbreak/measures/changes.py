"""What changed between two views, grouped by what matters most.

A project stands once, under the weightiest thing that happened to it, with its other changes below.
Labels and lines are those of the bridge and decisions those of the scorecard, so the counts agree
with the bridge between the same dates.
"""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from groundbreak.history.view import View
from groundbreak.identity.membership import project_id
from groundbreak.measures.bridge import LINES, NOT_COUNTED, movements
from groundbreak.measures.cell_changes import KINDS, cell_changes
from groundbreak.measures.decisions import decisions, direction
from groundbreak.measures.population import projects
from groundbreak.vocabulary.fields import registry
from groundbreak.vocabulary.terms import read_rows

GROUPS = {  # in the order of what matters
    "fid": "Reached FID",
    "stopped": "Cancelled, paused, closed, lost or reversed",
    "new": "New",
    "resumed": "Resumed, revived or listed again",
    "moved": "Moved forward or back",
    "scope": "Counted otherwise",
    "withdrawn": "Taken back from the register",
    "gates": "Gates",
    "capacity": "Capacity",
    "dates": "Planned dates",
    "money": "Money",
    "facts": "Other facts",
    "evidence": "New evidence, nothing else",
    "taken_in": "Taken in with a source's first release (opening stock, no change)",
}
STOPPED = ("paused", "cancelled", "stopped", "closed", "lost", "reversed")
NEW = ("newly_announced", "late_discovery", "newly_listed_undated")
RESUMED = ("resumed", "revived", "relisted")
MOVED = ("advanced_in", "advanced_out", "moved_back_in", "moved_back_out")
IN_SUM = ("taken_in", "withdrawn")  # one row a source, not a row a project
CHANGE_SCHEMA: dict[str, pl.DataType] = {
    "group": pl.String(), "how": pl.String(), "line": pl.String(), "projects": pl.Int64(),
    "record": pl.String(), "project": pl.String(), "name": pl.String(), "country": pl.String(),
    "sector": pl.String(), "product": pl.String(), "label_before": pl.String(),
    "label_after": pl.String(), "lead": pl.Boolean(), "field": pl.String(), "kind": pl.String(),
    "before": pl.String(), "after": pl.String(), "before_number": pl.Float64(),
    "after_number": pl.Float64(), "unit": pl.String(), "factor": pl.Float64(),
    "months": pl.Int64(), "remark": pl.String(), "happened_earliest": pl.Date(),
    "happened_latest": pl.Date(), "known": pl.Date(), "grade": pl.Int8(), "source": pl.String(),
    "publisher": pl.String(), "evidence": pl.String(), "place": pl.String(),
    "release": pl.String(), "claim": pl.Int64(),
}
_ABOUT = ("name", "country", "sector", "product")
_BACK = "back (status corrected by its source)"
# In which order they stand within their group.
_HOWS = {"stated": 0, "implied": 1, "forward": 0, "back": 1, _BACK: 2,
         **{label: number for number, label in enumerate(LINES.values())}}
_OF_NEW = ("stage", "activity", "capacity", "dates", "money", "gates")  # what a new project shows


def changes(
    start: View, end: View, *, everything: bool = False, among: pl.DataFrame | None = None
) -> pl.DataFrame:
    """What `end` says otherwise than `start`: a row a changed cell, weightiest group first.

    Two known dates of one history, or two log positions of one register. `projects` is 1 in the
    first row of each project (`lead`), so that it sums to projects; what a source's first release
    brought, and what was taken back, is one row a source. `line` is the bridge's. `everything`
    includes what is not counted; `among` (column record) leaves other records out. Raises
    ValueError when `start` is known later than `end`.
    """
    if start.known > end.known:
        raise ValueError(f"changes run forward: {start.known} is after {end.known}")
    cells = cell_changes(start, end)
    about = _about(start, end, cells, everything)
    if among is not None:
        about = about.join(among.select("record"), on="record", how="semi")
    judged = _grouped(about, cells, start, end)
    summed = pl.col("group").is_in(IN_SUM)
    single = _single(judged.filter(~summed), cells)
    return pl.concat([single, _in_sum(judged.filter(summed), cells)]).sort(
        pl.col("group").replace_strict(_ranks(GROUPS), return_dtype=pl.Int64()),
        maintain_order=True)


def counts(found: pl.DataFrame) -> dict[str, int]:
    """Projects a group, in the order of groups; empty groups left out."""
    sums = dict(found.group_by("group").agg(pl.col("projects").sum()).iter_rows())
    return {name: sums[name] for name in GROUPS if sums.get(name)}


def _ranks(names: Iterable[str]) -> dict[str, int]:
    return {name: number for number, name in enumerate(names)}


# -- the projects ------------------------------------------------------------------------------
def _about(start: View, end: View, cells: pl.DataFrame, everything: bool) -> pl.DataFrame:
    """Every record with a changed cell: what it is called, its labels then and now, its lines."""
    was, now = (projects(view).select(
        "record", *_ABOUT, "stage_at_least", "stage_at_most", "label", "counted", "reason")
        for view in (start, end))
    both = cells.select("record").unique().join(was.rename(
        {"stage_at_least": "from_least", "stage_at_most": "from_most", "label": "label_before",
         "counted": "counted_before", "reason": "reason_before",
         **{name: f"{name}_before" for name in _ABOUT}}), on="record", how="left")
    both = both.join(now.rename({"label": "label_after"}), on="record", how="left")
    if not everything:
        both = both.filter(pl.any_horizontal(pl.col("counted", "counted_before").fill_null(False)))
    for lined in (_lines(start, end, everything, "line"), _lines(start, end, True, "turn"),
                  _decided(start, end)):
        both = both.join(lined, on="record", how="left")
    named = {name: pl.coalesce(name, f"{name}_before") for name in _ABOUT}
    return both.with_columns(**named).with_columns(
        name=pl.coalesce("name", "record"), direction=direction())


def _lines(start: View, end: View, everything: bool, name: str) -> pl.DataFrame:
    """record and, called `name`, the bridge's line of every record that changed its label."""
    found = movements(start, end, everything=everything)
    left = pl.col("after") == NOT_COUNTED
    return found.select("record", pl.when(left).then("out").otherwise("into").alias(name))


def _decided(start: View, end: View) -> pl.DataFrame:
    """record, decision (stated | implied), decided_by (claim): first decisions told since `start`.

    What a record already was when first listed has no date and is no decision of this window; nor
    is one dated before it of a record that was not known yet.
    """
    before = projects(start).select("record", known_before=pl.lit(True))
    found = decisions(end).filter(pl.col("earliest").is_not_null()).join(
        decisions(start), on="record", how="anti").join(before, on="record", how="left")
    here = pl.col("known_before").fill_null(False) | (pl.col("latest") > start.known)
    return found.filter(here).select("record", decision="kind", decided_by="claim")


# -- the groups --------------------------------------------------------------------------------
def _grouped(about: pl.DataFrame, cells: pl.DataFrame, start: View, end: View) -> pl.DataFrame:
    """`about` with the group and how each record came into it."""
    # A stage or activity that changed without a move (a range told more closely) is a plain fact.
    plain = pl.col("kind").replace({"stage": "facts", "activity": "facts"})
    ranks = plain.replace_strict(_ranks(GROUPS), return_dtype=pl.Int64())
    least = cells.group_by("record").agg(weightiest=ranks.min())
    judged = about.join(least, on="record", how="left").with_columns(
        turn=_opening(start, end)).with_columns(group=_group())
    return judged.with_columns(how=_how())


def _opening(start: View, end: View) -> pl.Expr:
    """The line of each record; all of a source that was not in the register yet is opening stock.

    Between log positions, that is: a source's four editions taken in at once are not three years of
    new projects to somebody who looks again.
    """
    if start.history is end.history:
        return pl.col("turn")
    held = projects(start)["source"].unique()
    editions = end.releases.filter("complete")["source"].unique()
    source = pl.col("record").str.split(":").list.first()
    newly = source.is_in(editions.implode()) & ~source.is_in(held.implode())
    return pl.when(newly & pl.col("turn").is_in(NEW)).then(pl.lit("taken_in")).otherwise("turn")


def _group() -> pl.Expr:
    turn = pl.col("turn")
    kinds = {number: name for name, number in _ranks(GROUPS).items()}
    gone = pl.col("label_before").is_not_null() & pl.col("label_after").is_null()
    return (
        pl.when(gone).then(pl.lit("withdrawn"))
        .when(turn == "taken_in").then(pl.lit("taken_in"))
        .when(turn.is_in(STOPPED)).then(pl.lit("stopped"))
        .when(pl.col("decision").is_not_null()).then(pl.lit("fid"))
        .when(turn.is_in(NEW)).then(pl.lit("new"))
        .when(turn.is_in(RESUMED)).then(pl.lit("resumed"))
        .when(turn.is_in(MOVED) | (pl.col("direction") != 0)).then(pl.lit("moved"))
        .when(pl.col("line").is_not_null() | turn.is_not_null()).then(pl.lit("scope"))
        .otherwise(pl.col("weightiest").replace_strict(kinds, return_dtype=pl.String()))
    )


def _how() -> pl.Expr:
    """In a few words, how each record came into its group."""
    turn = pl.col("turn")
    corrected = (turn == "restated") & (pl.col("direction") == -1)
    down = (pl.col("direction") == -1) | turn.is_in(["moved_back_in", "moved_back_out"])
    counted = pl.col("counted").fill_null(False)
    return (
        pl.when(pl.col("group") == "fid").then("decision")
        .when(pl.col("group").is_in(["stopped", "new", "resumed", "taken_in"]))
        .then(turn.replace_strict(LINES, default=None, return_dtype=pl.String()))
        .when((pl.col("group") == "moved") & corrected)
        .then(pl.lit(_BACK))
        .when(pl.col("group") == "moved")
        .then(pl.when(down).then(pl.lit("back")).otherwise(pl.lit("forward")))
        .when((pl.col("line") == "scope") & counted)
        .then(pl.format("now counted: {}", "reason"))
        .when(pl.col("line") == "scope").then(pl.format("no longer counted: {}", "reason"))
        .when(pl.col("group") == "scope")
        .then(pl.format("{} → {}", "label_before", "label_after"))
    )


# -- the rows ----------------------------------------------------------------------------------
def _single(judged: pl.DataFrame, cells: pl.DataFrame) -> pl.DataFrame:
    """A row a changed cell, the telling one first; new projects with what matters of them."""
    rows = cells.join(judged, on="record", how="inner").with_columns(
        weight=_weight(),
        position=pl.col("field").replace_strict(_ranks(registry()), return_dtype=pl.Int64()))
    first = pl.col("record") != pl.col("record").shift(1)
    order = ("record", "weight", "position")
    told = rows.sort(order).with_columns(lead=first.fill_null(True))
    plain = (pl.col("kind") == "activity") & (pl.col("after") == "active")
    told = told.filter(pl.col("lead") | (pl.col("group") != "new")
                       | pl.col("kind").is_in(_OF_NEW) & ~plain)
    ids = [project_id(record) for record in told["record"]]
    return _shaped(told.with_columns(
        project=pl.Series(ids, dtype=pl.String()), projects=pl.col("lead").cast(pl.Int64),
        size=pl.when("lead").then(_size()).forward_fill(),
        sort=pl.col("how").replace_strict(_HOWS, default=0, return_dtype=pl.Int64()),
    ).sort("sort", "size", pl.col("name").str.to_lowercase(), *order))


def _weight() -> pl.Expr:
    """How near a cell is to what put its record into the group; the least leads."""
    kind = pl.col("kind").replace_strict(_ranks(KINDS), return_dtype=pl.Int64())
    return (
        pl.when(pl.col("claim") == pl.col("decided_by")).then(-3)
        .when((pl.col("kind") == "activity") & pl.col("group").is_in(["stopped", "resumed"]))
        .then(-2)
        .when(pl.col("kind") == pl.col("group")).then(-1)
        .otherwise(kind)
    )


def _size() -> pl.Expr:
    """What sorts first within a group: the longest delay, the largest step in capacity."""
    factor = pl.max_horizontal(pl.col("factor"), 1 / pl.col("factor"))
    return (
        pl.when(pl.col("group") == "dates").then(-pl.col("months").cast(pl.Float64))
        .when(pl.col("group") == "capacity").then(-factor)
    ).fill_null(0.0)


def _in_sum(judged: pl.DataFrame, cells: pl.DataFrame) -> pl.DataFrame:
    """A row a source and day for what its first release brought, or a withdrawal took back."""
    first = cells.sort("record", "known", "claim").unique(
        "record", keep="first", maintain_order=True)
    rows = judged.join(first, on="record", how="left").group_by(
        "group", "line", "how", "source", "known", "release", "remark", maintain_order=True
    ).agg(projects=pl.len().cast(pl.Int64), grade=pl.col("grade").min(),
          claim=pl.col("claim").min()).sort("source", "known")
    what = pl.format("{} projects of {}", "projects", "release")
    return _shaped(rows.with_columns(name=what, lead=pl.lit(True)))


def _shaped(rows: pl.DataFrame) -> pl.DataFrame:
    """`rows` with the columns of CHANGE_SCHEMA; a source without a publisher's name is its own."""
    names = {row["name"]: row["publisher"] for row in read_rows("publications.csv")}
    given = pl.col("publisher") if "publisher" in rows.columns else pl.lit(None, pl.String)
    publisher = pl.col("source").replace_strict(
        names, default=pl.col("source"), return_dtype=pl.String())
    return rows.with_columns(publisher=pl.coalesce(given, publisher)).select(
        (pl.col(name) if name in rows.columns or name == "publisher" else pl.lit(None))
        .cast(dtype).alias(name) for name, dtype in CHANGE_SCHEMA.items())
