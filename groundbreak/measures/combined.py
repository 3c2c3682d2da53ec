"""Several stocks of a bridge taken as one: committed is at FID and operating together.

What only moves from one of them to another drops out, so that each record stands in the one line by
which it came into the whole or left it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from groundbreak.history.view import View
from groundbreak.measures.bridge import LINES, Bridge, residual
from groundbreak.measures.decisions import decisions
from groundbreak.measures.population import capacity_long, projects
from groundbreak.measures.publishers import publisher
from groundbreak.vocabulary.translating import gettext

STOCKS_OF = {
    "committed": ("at_fid", "operating"),
    "announced": ("announced",),
    "at_fid": ("at_fid",),
    "operating": ("operating",),
}


@dataclass(frozen=True)
class Combined:
    """A closed bridge of several stocks taken together.

    `lines`: line, projects (signed), in the order of LINES; a line that nets to 0 stays. `members`:
    line, record, project, sign, claim. `residual` is closing − opening − Σ lines: an assertion.
    """

    opened: date
    closed: date
    stocks: tuple[str, ...]
    lines: pl.DataFrame
    members: pl.DataFrame
    opening: int
    closing: int
    residual: int


def combined(found: Bridge, stocks: Sequence[str]) -> Combined:
    """The bridge of `stocks` (as the bridge names them: 'at_fid', 'steel/at_fid') as one stock."""
    chosen = tuple(dict.fromkeys(stocks))
    inside = pl.col("stock").is_in(chosen)
    sides = found.members.filter(inside)
    # At most one side out and one in a record: both inside is no movement of the whole.
    net = sides.group_by("record").agg(net=pl.col("sign").sum()).filter(pl.col("net") != 0)
    members = sides.join(net, on="record", how="semi").select(
        "line", "record", "project", "sign", "claim").sort(_order(), "record")
    lines = members.group_by("line").agg(projects=pl.col("sign").sum()).sort(_order())
    opening, closing = (int(stock.filter(inside)["projects"].sum())
                        for stock in (found.opening, found.closing))
    left = residual(opening, closing, int(lines["projects"].sum()))
    return Combined(found.opened, found.closed, chosen, lines, members, opening, closing, left)


def _order() -> pl.Expr:
    ranks = {line: number for number, line in enumerate(LINES)}
    return pl.col("line").replace_strict(ranks, return_dtype=pl.Int64())


CAPACITY_SCHEMA: dict[str, pl.DataType] = {
    "product": pl.String(), "unit": pl.String(), "line": pl.String(), "capacity": pl.Int64(),
}


def capacities(part: Combined, start: View, end: View) -> pl.DataFrame:
    """What the lines of `part` carried, a row a product and line; CAPACITY_SCHEMA.

    Lines 'opening' and 'closing' are the stocks themselves. A moving record carries its opening
    capacity, one that was not known its closing one; what changed beside is 'restated'. Opening and
    the lines sum to closing in every product. `start` and `end` are the views of the bridge, over
    counted projects.
    """
    stocks = [stock.rpartition("/") for stock in part.stocks]
    was, now = (_inside(view, stocks).with_columns(pl.lit(True).alias(name))
                for view, name in ((start, "was"), (end, "now")))
    sizes = _sizes(start, "opening").join(
        _sizes(end, "closing"), on=["record", "product", "unit"], how="full", coalesce=True
    ).with_columns(pl.col("opening", "closing").fill_null(0))
    here = sizes.join(was, on="record", how="left").join(now, on="record", how="left").with_columns(
        pl.col("was", "now").fill_null(False))
    known = projects(start).select("record", known=pl.lit(True))
    moved = part.members.select("record", "line", "sign").join(here, on="record").join(
        known, on="record", how="left").with_columns(
        carried=pl.when(pl.col("known").is_null()).then("closing").otherwise("opening"))
    flows = moved.select("product", "unit", "line", capacity=pl.col("sign") * pl.col("carried"))
    total = [here.filter(flag).select("product", "unit", pl.lit(side).alias("line"),
                                      capacity=pl.col(side))
             for flag, side in (("was", "opening"), ("now", "closing"))]
    edited = here.filter("now").join(known, on="record", how="semi").select(
        "product", "unit", pl.lit("restated").alias("line"),
        capacity=pl.col("closing") - pl.col("opening"))
    ranks = {"opening": -1, **{line: n for n, line in enumerate(LINES)}, "closing": len(LINES)}
    return (
        pl.concat([*total, flows, edited]).group_by("product", "unit", "line")
        .agg(pl.col("capacity").sum())
        .filter((pl.col("capacity") != 0) | pl.col("line").is_in(["opening", "closing"]))
        .sort("product", pl.col("line").replace_strict(ranks, return_dtype=pl.Int64()))
        .select(pl.col(name).cast(dtype) for name, dtype in CAPACITY_SCHEMA.items())
    )


def _inside(view: View, stocks: Sequence[tuple[str, str, str]]) -> pl.DataFrame:
    """The counted records that stand in one of the stocks ('group/label' taken apart)."""
    frame = projects(view).filter("counted")
    chosen = [pl.col("label").eq(label) & (pl.col("sector").fill_null("not stated").eq(group)
              if group else pl.lit(True)) for group, _, label in stocks]
    return frame.filter(pl.any_horizontal(chosen)).select("record")


def _sizes(view: View, name: str) -> pl.DataFrame:
    return capacity_long(projects(view)).rename({"capacity": name})


# -- who moved, and when -------------------------------------------------------------------------
WHENS = ("within", "open", "before")
MOVER_SCHEMA: dict[str, pl.DataType] = {
    "line": pl.String(), "sign": pl.Int64(), "record": pl.String(), "project": pl.String(),
    "name": pl.String(), "country": pl.String(), "sector": pl.String(), "product": pl.String(),
    "before": pl.String(), "after": pl.String(), "when": pl.String(),
    "happened_earliest": pl.Date(), "happened_latest": pl.Date(), "known": pl.Date(),
    "grade": pl.Int8(), "publisher": pl.String(), "evidence": pl.String(), "place": pl.String(),
    "source": pl.String(), "release": pl.String(), "claim": pl.Int64(),
}


def movers(part: Combined, start: View, end: View) -> pl.DataFrame:
    """Who stands behind each line, with the claim that put it there; MOVER_SCHEMA.

    `before` and `after` are labels of population, null where the record was, or is, not there.
    `when` sets the known clock against the other: what moved a record between two known dates
    happened 'within' them, 'before' them (and was learnt only now), or may be either ('open').
    """
    names = ("name", "country", "sector", "product")
    about = pl.concat([projects(view).select("record", *names) for view in (end, start)]).unique(
        "record", keep="first", maintain_order=True)
    labels = [projects(view).select("record", pl.col("label").alias(side))
              for view, side in ((start, "before"), (end, "after"))]
    told = end.history.claims.select(
        "claim", "happened_earliest", "happened_latest", "known", "grade", "publisher",
        "evidence", "place", "source", "release")
    found = part.members.join(about, on="record", how="left").join(told, on="claim", how="left")
    for side in labels:
        found = found.join(side, on="record", how="left")
    return found.with_columns(publisher(), when=_when(part.opened)).sort(
        _order(), pl.col("name").str.to_lowercase(), "record").select(
        pl.col(name).cast(dtype) for name, dtype in MOVER_SCHEMA.items())


def _when(opened: date) -> pl.Expr:
    latest = pl.coalesce("happened_latest", "known")
    return (
        pl.when(latest <= opened).then(pl.lit("before"))
        .when(pl.col("happened_earliest") > opened).then(pl.lit("within"))
        .otherwise(pl.lit("open"))
    )


def line_words(line: str, part: Combined, view: View) -> str:
    """A line of the bridge in the reader's language; decisions told apart as stated and implied.

    Coming up into a stock that begins at FID is reaching FID; into another it is an advance.
    """
    if line != "advanced_in" or "at_fid" not in part.stocks:
        return gettext(LINES[line])
    moved = part.members.filter(pl.col("line") == line).select("record")
    kinds = dict(decisions(view).join(moved, on="record", how="semi").group_by("kind").len()
                 .iter_rows())
    return gettext("reached FID ({stated} stated, {implied} implied)").format(
        stated=kinds.get("stated", 0), implied=kinds.get("implied", 0))
