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


def build(claims: pl.DataFrame) -> pl.DataFrame:
    """All rectangles of all cells of `claims` (the whole log), sorted; schema INTERVAL_SCHEMA."""
    ordered = with_order(live(claims)).select(*CELL, "valid_from", "known", *ORDER)
    ordered = ordered.sort(*CELL, *ORDER)
    disorder = (
        (pl.col("known") < pl.col("known").shift(1))
        | (pl.col("valid_from") < pl.col("valid_from").shift(1))
    ) & (pl.col("record") == pl.col("record").shift(1)) & (
        pl.col("field") == pl.col("field").shift(1)
    )
    ordered = ordered.with_columns(disorder=disorder.fill_null(False))
    untidy = ordered.filter("disorder").select(CELL).unique()
    if untidy.is_empty():
        return _sorted(_tidy(ordered))
    tidy = ordered.join(untidy, on=CELL, how="anti", maintain_order="left")
    rest = ordered.join(untidy, on=CELL, how="semi", maintain_order="left")
    return _sorted(pl.concat([_tidy(tidy), _swept(rest)]))


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


def _tidy(ordered: pl.DataFrame) -> pl.DataFrame:
    """Cells told in order: an L-shaped region a claim, cut into at most two rectangles."""
    same = (pl.col("record") == pl.col("record").shift(-1)) & (
        pl.col("field") == pl.col("field").shift(-1)
    )
    base = ordered.with_columns(
        next_known=pl.when(same).then(pl.col("known").shift(-1)).otherwise(pl.lit(FOREVER)),
        next_valid=pl.when(same).then(pl.col("valid_from").shift(-1)).otherwise(pl.lit(FOREVER)),
    )
    until_next = base.select(
        *CELL, "claim", "valid_from", pl.lit(FOREVER).alias("valid_to"),
        pl.col("known").alias("known_from"), pl.col("next_known").alias("known_to"),
    ).filter(pl.col("known_from") < pl.col("known_to"))
    before_next = base.select(
        *CELL, "claim", "valid_from", pl.col("next_valid").alias("valid_to"),
        pl.col("next_known").alias("known_from"), pl.lit(FOREVER).alias("known_to"),
    ).filter(
        (pl.col("valid_from") < pl.col("valid_to")) & (pl.col("known_from") < pl.col("known_to"))
    )
    return pl.concat([until_next, before_next]).select(*INTERVAL_SCHEMA)


def _swept(ordered: pl.DataFrame) -> pl.DataFrame:
    """Cells told out of order, one at a time."""
    rows: list[tuple[object, ...]] = []
    for (record, field), group in ordered.group_by(CELL, maintain_order=True):
        cell = list(group.select("claim", "valid_from", "known").iter_rows())
        rows += [(record, field, *piece) for piece in sweep(cell)]
    return pl.DataFrame(rows, schema=INTERVAL_SCHEMA, orient="row")


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
