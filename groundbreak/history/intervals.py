"""Intervals valid × known: for every cell, which claim holds in which rectangle of time.

`[valid_from, valid_to) × [known_from, known_to)`. A claim opens a quadrant (valid from its day on,
known from its publication on); better claims cut staircases out of it. Nearly every cell is told
in order (later news about later days), where the staircase has two steps and is cut by a shift;
the few that are not (late knowledge, corrections) are swept one by one.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import polars as pl

from groundbreak.history.claims import CELL, live
from groundbreak.history.order import FOREVER, ORDER, with_order

INTERVAL_SCHEMA: dict[str, pl.DataType] = {
    "record": pl.String(),
    "field": pl.String(),
    "claim": pl.Int64(),
    "valid_from": pl.Date(),
    "valid_to": pl.Date(),
    "known_from": pl.Date(),
    "known_to": pl.Date(),
}
_EDGES = ("valid_from", "valid_to", "known_from", "known_to")
_PIECE = ("cell", "claim", *_EDGES)  # a rectangle before its cell is named
# The columns of claims that intervals are built from.
READ = ("claim", *CELL, "known", "happened_latest", "grade", "source", "kind", "supersedes")


def build(claims: pl.DataFrame) -> pl.DataFrame:
    """All rectangles of all cells of `claims` (the whole log), sorted; schema INTERVAL_SCHEMA."""
    ordered = with_order(live(claims.select(READ))).select(*CELL, "valid_from", *ORDER)
    if ordered.is_empty():
        return pl.DataFrame(schema=INTERVAL_SCHEMA)
    told, names = _coded(ordered)
    del ordered
    untidy = _out_of_order(told)
    if untidy.is_empty():
        return _named(_tidy(told), names)
    apart = pl.col("cell").is_in(untidy.implode())
    swept = _swept(told.filter(apart))
    return _named(_tidy(told.filter(~apart)).merge_sorted(swept, "cell"), names)


def extend(intervals: pl.DataFrame, claims: pl.DataFrame, new: pl.DataFrame) -> pl.DataFrame:
    """`intervals` after `new` claims came to the log; `claims` is the whole log including them.

    Only the cells that the new claims touch are built again; equal to :func:`build` of `claims`.
    """
    touched = new.select(CELL)
    undone = new["supersedes"].drop_nulls()
    while undone.len():
        # Undoing an undo brings back what the undone claim had itself superseded, and so on down.
        chain = claims.filter(pl.col("claim").is_in(undone.implode()))
        touched = pl.concat([touched, chain.select(CELL)])
        undone = chain["supersedes"].drop_nulls()
    touched = touched.unique()
    affected = claims.join(touched, on=CELL, how="semi", maintain_order="left")
    superseding = claims.filter(pl.col("supersedes").is_not_null())
    relevant = pl.concat([affected, superseding]).unique("claim", maintain_order=True)
    rebuilt = build(relevant).join(touched, on=CELL, how="semi")
    kept = intervals.join(touched, on=CELL, how="anti")
    return _sorted(pl.concat([kept, rebuilt]))


def _sorted(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.sort(*CELL, "known_from", "valid_from")


def _coded(ordered: pl.DataFrame) -> tuple[pl.DataFrame, tuple[pl.Series, pl.Series]]:
    """cell, claim, valid_from, known, weakest claim of a cell first; and the names of the cells.

    A cell is a number, position of its record × fields + position of its field in the two sorted
    lists of names: ten million numbers sort and compare faster than as many pairs of texts.
    """
    fields = ordered["field"].unique().sort()
    position = pl.col("field").cast(pl.Enum(fields)).to_physical().alias("field")
    by_record = ordered.with_columns(position).sort("record")
    records = by_record["record"].rle().struct.field("value")
    cell = pl.col("record").rle_id().cast(pl.Int64) * len(fields) + pl.col("field")
    told = by_record.select("valid_from", *ORDER, cell=cell).sort("cell", *ORDER)
    return told.select("cell", "claim", "valid_from", known="o_known"), (records, fields)


def _named(pieces: pl.DataFrame, names: tuple[pl.Series, pl.Series]) -> pl.DataFrame:
    """`pieces` with the record and field that each cell's number stands for."""
    records, fields = names
    cell = pieces["cell"]
    return pieces.select(
        records.gather(cell // len(fields)).alias("record"),
        fields.gather(cell % len(fields)).alias("field"),
        "claim", *_EDGES,
    )


def _out_of_order(told: pl.DataFrame) -> pl.Series:
    """Cells in which a stronger claim is about an earlier day, or came earlier, than a weaker."""
    before = pl.col("known", "valid_from")
    return told.filter(
        (pl.col("cell") == pl.col("cell").shift(1)) & pl.any_horizontal(before < before.shift(1))
    )["cell"].unique()


def _tidy(told: pl.DataFrame) -> pl.DataFrame:
    """Cells told in order: an L-shaped region a claim, cut into at most two rectangles.

    Until the next claim is known it holds without end, from then on until the day of the next.
    Taken in turn, the two of each claim are in the order of :func:`_sorted`.
    """
    same = pl.col("cell") == pl.col("cell").shift(-1)
    later = pl.when(same).then(pl.col("known", "valid_from").shift(-1)).otherwise(pl.lit(FOREVER))
    twice = pl.select(pl.int_range(2 * told.height, dtype=pl.UInt32) // 2).to_series()
    halves = told.with_columns(later.name.prefix("next_"))[twice]
    first = pl.int_range(pl.len()) % 2 == 0
    until, after = pl.col("next_valid_from"), pl.col("next_known")
    return halves.select(
        "cell", "claim", "valid_from",
        valid_to=pl.when(first).then(pl.lit(FOREVER)).otherwise(until),
        known_from=pl.when(first).then("known").otherwise(after),
        known_to=pl.when(first).then(after).otherwise(pl.lit(FOREVER)),
    ).filter(_is_area())


def _is_area() -> pl.Expr:
    return (pl.col("valid_from") < pl.col("valid_to")) & (
        pl.col("known_from") < pl.col("known_to")
    )


def _swept(told: pl.DataFrame) -> pl.DataFrame:
    """Cells told out of order.

    As known on a day, a claim holds until the first day of any stronger claim known by then. So
    every stronger claim that comes to be known may cut it shorter: a step, and a rectangle a step.
    """
    claims = told.select("cell", "claim", "valid_from", "known", strength=pl.int_range(pl.len()))
    uncut = claims.select("strength", pl.lit(FOREVER).alias("valid_to"), known_from="known")
    steps = pl.concat([uncut, _cuts(claims)]).sort("strength", "known_from", "valid_to")
    # A running least that starts again with every claim: each claim's numbers are below the last's.
    day = pl.col("valid_to").to_physical().cast(pl.Int64) - pl.col("strength") * 2**23
    steps = steps.filter((day < day.cum_min().shift(1)).fill_null(True)).with_columns(
        known_to=pl.when(pl.col("strength") == pl.col("strength").shift(-1))
        .then(pl.col("known_from").shift(-1)).otherwise(pl.lit(FOREVER))
    )
    of_claim = claims[steps["strength"]].drop("strength", "known")
    return pl.concat([steps, of_claim], how="horizontal").select(_PIECE).filter(
        _is_area()).sort("cell", "known_from", "valid_from")


def _cuts(claims: pl.DataFrame) -> pl.DataFrame:
    """Which stronger claims cut a claim, from when on: strength, valid_to, known_from.

    Left out: those that neither came before nor speak of an earlier day than the next stronger
    claim does, for they never cut shorter than that one.
    """
    last = pl.col("strength").max().over("cell")
    pairs = claims.select("strength", rival=pl.int_ranges(pl.col("strength") + 1, last + 1))
    pairs = pairs.explode("rival").drop_nulls()
    rivals = claims.select("known", "valid_from")
    mine, theirs, next_ = (
        rivals[pairs["strength"]], rivals[pairs["rival"]], rivals[pairs["strength"] + 1],
    )
    cuts = (pairs["rival"] == pairs["strength"] + 1) | (theirs["known"] < next_["known"]) | (
        theirs["valid_from"] < next_["valid_from"])
    return pl.DataFrame({
        "strength": pairs["strength"], "valid_to": theirs["valid_from"], "known": mine["known"],
        "told": theirs["known"],
    }).filter(cuts).select("strength", "valid_to",
                           known_from=pl.max_horizontal("known", "told"))


def sweep(cell: list[tuple[int, date, date]]) -> Iterator[tuple[int, date, date, date, date]]:
    """Rectangles of one cell. `cell`: (claim, valid_from, known), weakest claim first.

    Between two publications the picture does not change; along the valid axis of such a slab the
    strongest claim so far holds. Equal stretches of neighbouring slabs are joined.
    """
    strength = {claim: index for index, (claim, _, _) in enumerate(cell)}
    publications = sorted({known for _, _, known in cell})
    open_pieces: dict[tuple[int, date, date], date] = {}
    for known_from in publications:
        slab = _slab([c for c in cell if c[2] <= known_from], strength)
        for piece in [p for p in open_pieces if p not in slab]:
            yield (*piece, open_pieces.pop(piece), known_from)
        for piece in slab:
            open_pieces.setdefault(piece, known_from)
    for piece, since in open_pieces.items():
        yield (*piece, since, FOREVER)


def _slab(
    cell: list[tuple[int, date, date]], strength: dict[int, int]
) -> set[tuple[int, date, date]]:
    pieces: set[tuple[int, date, date]] = set()
    holder: tuple[int, date] | None = None
    for claim, valid_from, _ in sorted(cell, key=lambda c: (c[1], strength[c[0]])):
        if holder is None:
            holder = (claim, valid_from)
        elif strength[claim] > strength[holder[0]]:
            if valid_from > holder[1]:
                pieces.add((holder[0], holder[1], valid_from))
            holder = (claim, valid_from)
    if holder is not None:
        pieces.add((holder[0], holder[1], FOREVER))
    return pieces
