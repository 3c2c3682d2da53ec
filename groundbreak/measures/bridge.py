"""The bridge: opening stock to closing stock between two known dates, every record in one line.

Each line holds only movements that a claim known inside the window explains. The residual is what
is left of closing − opening − Σ lines: an assertion that must be 0, never a plug.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

import polars as pl

from groundbreak.history.view import History, View
from groundbreak.measures import DEFINITION_VERSION
from groundbreak.measures.entrants import entrances
from groundbreak.measures.population import LABELS, capacity_long, projects

LINES = {
    "taken_in": "taken in with a source's first release (opening stock, not flow)",
    "newly_announced": "newly announced",
    "late_discovery": "late discoveries",
    "newly_listed_undated": "newly listed, announcement undated",
    "advanced_in": "advanced in",
    "advanced_out": "advanced out",
    "moved_back_out": "moved back out",
    "moved_back_in": "moved back in",
    "paused": "paused",
    "resumed": "resumed",
    "cancelled": "cancelled",
    "revived": "revived",
    "stopped": "paused, cancelled or closed (the source does not say which)",
    "closed": "closed",
    "lost": "lost (dropped by its source)",
    "relisted": "relisted",
    "reversed": "reversed (owner, court, lender or press)",
    "restated": "restated (reclassified, status corrected, capacity edited)",
    "scope": "scope (enters or leaves eligibility)",
    "merged_split": "merged or split",
}
STOCKS = ("announced", "at_fid", "operating")
_RANK = {"signalled": 0, "announced": 1, "at_fid": 2, "operating": 3}
_STOPS = {"paused": "paused", "cancelled": "cancelled", "stopped": "stopped", "closed": "closed",
          "lost": "lost", "merged": "merged_split"}
_RETURNS = {"paused": "resumed", "cancelled": "revived", "stopped": "resumed",
            "closed": "revived", "lost": "relisted", "merged": "merged_split"}
NOT_COUNTED = "not_counted"
REVERSAL_GRADE = 4
Amount = TypeVar("Amount", int, pl.Series, pl.Expr)


@dataclass(frozen=True)
class Bridge:
    """A closed bridge.

    `lines`: stock, line, projects (signed), label. `members`: stock, line, record, project, sign,
    claim. `capacity`: stock, line, product, capacity (signed, base units), unit. `opening` and
    `closing`: stock, projects. `residual_projects`: largest absolute residual over stocks;
    `residual_capacity`: the same over stocks and products.
    """

    opened: date
    closed: date
    lines: pl.DataFrame
    members: pl.DataFrame
    capacity: pl.DataFrame
    opening: pl.DataFrame
    closing: pl.DataFrame
    residual_projects: int
    residual_capacity: int
    definition_version: str = DEFINITION_VERSION


def residual(opening: Amount, closing: Amount, flow: Amount) -> Amount:
    """What the flows leave unexplained: closing − opening − Σ flows; 0 where a bridge closes."""
    return closing - opening - flow


def line_of(before: str, after: str, entrance: str, grade: int) -> tuple[str, str]:
    """The line by which a record left the stock `before` and the one by which it came to `after`.

    Labels of population, 'absent', or 'not_counted'. `grade` is that of the claim that moved it.
    """
    if before == "absent":
        return "", entrance
    if NOT_COUNTED in (before, after):
        return "scope", "scope"
    if after in _STOPS:
        return _STOPS[after], _STOPS[after]
    if before in _RETURNS:
        return _RETURNS[before], _RETURNS[before]
    if before in _RANK and after in _RANK:
        if _RANK[after] > _RANK[before]:
            return "advanced_out", "advanced_in"
        if before == "at_fid" or (before, after) == ("operating", "announced"):
            # Only a party to the project can reverse a decision; a tracker corrects its status.
            line = "reversed" if grade <= REVERSAL_GRADE else "restated"
            return line, line
        return "moved_back_out", "moved_back_in"
    return "restated", "restated"


def bridge(
    history: History, opened: date, closed: date, *, source: str | None = None,
    everything: bool = False, by: str | None = None,
) -> Bridge:
    """The bridge from `opened` to `closed` (known dates, opened < closed).

    `source` keeps one source's records; `everything` counts records outside the pipeline too;
    `by` (a column of population such as 'sector') makes one set of stocks a group.
    Raises ValueError when the dates are not in order.
    """
    if opened >= closed:
        raise ValueError(f"--from {opened} must be before --to {closed}")
    return between(history.as_of(opened), history.as_of(closed), source=source,
                   everything=everything, by=by)


def between(
    start: View, end: View, *, source: str | None = None, everything: bool = False,
    by: str | None = None,
) -> Bridge:
    """The bridge from one view to another of one register: two known dates, or log positions.

    Between log positions a record also moves where a claim was taken back: *restated*.
    """
    before = _stocks(start, source, everything, by)
    after = _stocks(end, source, everything, by)
    moves = _moves(start, end, before, after, _taken_back(start, end))
    members = _members(moves)
    capacity = _capacity(start, end, moves, members)
    opening, closing = _count(before), _count(after)
    lines = (
        members.group_by("stock", "line").agg(projects=pl.col("sign").sum())
        .sort("stock", "line")
    )
    return Bridge(
        start.known, end.known, lines, members, capacity.flows, opening, closing,
        _residual(opening, closing, lines), capacity.residual,
    )


def movements(start: View, end: View, *, everything: bool = False) -> pl.DataFrame:
    """The records that changed their label from `start` to `end`, two views of one register.

    Columns: record, before, after (labels, 'absent' or 'not_counted'), entrance, grade, claim, out,
    into: the lines by which the record left its old stock and came to its new one. The two may be
    of two known dates, or of two log positions.
    """
    return _lined(_moves(start, end, _stocks(start, None, everything, None),
                         _stocks(end, None, everything, None)))


def _stocks(view: View, source: str | None, everything: bool, by: str | None) -> pl.DataFrame:
    frame = projects(view)
    if source is not None:
        frame = frame.filter(pl.col("source") == source)
    label = pl.col("label") if everything else (
        pl.when("counted").then("label").otherwise(pl.lit(NOT_COUNTED))
    )
    group = pl.col(by).fill_null("not stated") if by else pl.lit("all")
    return frame.with_columns(label=label, group=group)


def _count(frame: pl.DataFrame) -> pl.DataFrame:
    """Stock sizes counted directly: stock, projects."""
    return (
        _with_stock(frame).filter(pl.col("label").is_in(LABELS))
        .group_by("stock").agg(projects=pl.len().cast(pl.Int64)).sort("stock")
    )


def _with_stock(frame: pl.DataFrame, label: str = "label", group: str = "group") -> pl.DataFrame:
    return frame.with_columns(
        stock=pl.when(pl.col(group) == "all").then(pl.col(label))
        .otherwise(pl.col(group) + "/" + pl.col(label))
    )


def told_since(start: View, end: View) -> pl.DataFrame:
    """The claims that count for `end` and did not for `start`: published, or recorded, since."""
    told = end.history.claims.filter(pl.col("known") <= end.known)
    if start.history is end.history:
        return told.filter(pl.col("known") > start.known)
    before = start.history.claims.filter(pl.col("known") <= start.known)
    return told.join(before.select("claim"), on="claim", how="anti", maintain_order="left")


def _taken_back(start: View, end: View) -> pl.DataFrame:
    """The claims that counted for `start` and count no more for `end`, as grade 6: nobody reverses
    a decision by correcting what was written of it."""
    counted = start.history.claims.filter(pl.col("known") <= start.known)
    if start.history is end.history:
        return counted.clear()
    return counted.join(end.history.claims.select("claim"), on="claim", how="anti").with_columns(
        grade=pl.lit(6, pl.Int8))


def _moves(
    start: View, end: View, before: pl.DataFrame, after: pl.DataFrame,
    taken_back: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """Every record at either date with its labels and the claim in the window that explains it."""
    left = before.select("record", "project", before="label", group_before="group")
    right = after.select("record", after="label", group_after="group", project_after="project")
    both = left.join(right, on="record", how="full", coalesce=True).with_columns(
        project=pl.coalesce("project", "project_after"),
        before=pl.col("before").fill_null("absent"), after=pl.col("after").fill_null("absent"),
    )
    told = told_since(start, end)
    explaining = (
        (told if taken_back is None else pl.concat([told, taken_back]))
        .select("record", "claim", "grade",
                weight=~pl.col("field").is_in(["stage", "activity"]))
        .sort("weight", "grade", "claim")
        .group_by("record", maintain_order=True)
        .agg(claim=pl.col("claim").first(), grade=pl.col("grade").first())
    )
    newcomers = both.filter(pl.col("before") == "absent").select("record")
    entered = entrances(end, start.known, newcomers)
    return (
        both.join(explaining, on="record", how="left")
        .join(entered.select("record", "entrance"), on="record", how="left").sort("record")
    )


def _lined(moves: pl.DataFrame) -> pl.DataFrame:
    """The moves that a claim explains, each with its lines: out, into."""
    moved = moves.filter(
        ((pl.col("before") != pl.col("after"))
         | pl.col("group_before").ne_missing(pl.col("group_after")))
        & pl.col("claim").is_not_null()
    ).with_columns(regrouped=pl.col("group_before").ne_missing(pl.col("group_after")))
    kinds = moved.select(_KIND).unique()
    lines = kinds.with_columns(pl.DataFrame(
        [_lines(row) for row in kinds.iter_rows(named=True)],
        schema={"out": pl.String(), "into": pl.String()}, orient="row",
    ).get_columns())
    return moved.join(lines, on=_KIND, nulls_equal=True)


def _members(moves: pl.DataFrame) -> pl.DataFrame:
    """One row a record, stock and line, signed: −1 out of a stock, +1 into one."""
    moved = _lined(moves)
    return pl.concat([
        _side(moved, "before", "group_before", "out", -1),
        _side(moved, "after", "group_after", "into", 1),
    ]).sort("record", "sign")


_KIND = ("before", "after", "entrance", "grade", "regrouped")  # what decides the line


def _lines(row: dict[str, Any]) -> tuple[str, str]:
    before, after = row["before"], row["after"]
    if before == after or (
        row["regrouped"] and NOT_COUNTED not in (before, after) and before != "absent"
    ):
        return "restated", "restated"  # reclassified into another group
    return line_of(before, after, row["entrance"], row["grade"])


def _side(moved: pl.DataFrame, label: str, group: str, line: str, sign: int) -> pl.DataFrame:
    return _with_stock(moved.filter(pl.col(label).is_in(LABELS)), label, group).select(
        "stock", pl.col(line).alias("line"), "record", "project", pl.lit(sign, pl.Int64)
        .alias("sign"), "claim",
    )


def _residual(opening: pl.DataFrame, closing: pl.DataFrame, lines: pl.DataFrame) -> int:
    flows = lines.group_by("stock").agg(flow=pl.col("projects").sum())
    table = (
        opening.rename({"projects": "opening"})
        .join(closing.rename({"projects": "closing"}), on="stock", how="full", coalesce=True)
        .join(flows, on="stock", how="full", coalesce=True).fill_null(0)
    )
    return _largest(residual(table["opening"], table["closing"], table["flow"]))


def _largest(left: pl.Series) -> int:
    value = left.abs().max()
    return int(value) if isinstance(value, int) else 0


# -- capacity --------------------------------------------------------------------------------------
@dataclass(frozen=True)
class _Capacities:
    flows: pl.DataFrame
    residual: int


def _capacity(
    start: View, end: View, moves: pl.DataFrame, members: pl.DataFrame
) -> _Capacities:
    """Signed capacities per stock, line and product, and the largest residual.

    A moving record carries its opening capacity; closing minus opening is *restated*.
    """
    opened = capacity_long(projects(start)).rename({"capacity": "opening"})
    closed = capacity_long(projects(end)).rename({"capacity": "closing"})
    both = opened.join(closed, on=["record", "product", "unit"], how="full", coalesce=True)
    both = both.join(moves.select("record", "before", "after", "group_before", "group_after",
                                  "claim"), on="record", how="inner")
    entered = pl.col("before").is_in([*LABELS, NOT_COUNTED]).not_()
    carried = both.with_columns(carried=pl.when(entered).then("closing").otherwise("opening"))
    flows = members.join(carried.select("record", "product", "unit", "carried"), on="record",
                         how="inner").select(
        "stock", "line", "product", "unit", capacity=pl.col("sign") * pl.col("carried").fill_null(0)
    )
    edited = _with_stock(
        carried.filter(pl.col("after").is_in(LABELS) & ~entered & pl.col("claim").is_not_null()),
        "after", "group_after",
    ).select(
        "stock", pl.lit("restated").alias("line"), "product", "unit",
        capacity=pl.col("closing").fill_null(0) - pl.col("opening").fill_null(0),
    )
    together = (
        pl.concat([flows, edited]).group_by("stock", "line", "product", "unit")
        .agg(pl.col("capacity").sum()).filter(pl.col("capacity") != 0)
        .sort("stock", "product", "line")
    )
    return _Capacities(together, _capacity_residual(both, together))


def _capacity_residual(both: pl.DataFrame, flows: pl.DataFrame) -> int:
    def total(label: str, group: str, column: str) -> pl.DataFrame:
        return (
            _with_stock(both.filter(pl.col(label).is_in(LABELS)), label, group)
            .group_by("stock", "product").agg(pl.col(column).sum())
        )

    table = (
        total("before", "group_before", "opening")
        .join(total("after", "group_after", "closing"), on=["stock", "product"], how="full",
              coalesce=True)
        .join(flows.group_by("stock", "product").agg(flow=pl.col("capacity").sum()),
              on=["stock", "product"], how="full", coalesce=True)
        .fill_null(0)
    )
    return _largest(residual(table["opening"], table["closing"], table["flow"]))
