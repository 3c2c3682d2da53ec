"""What a tracker publishes of itself, run through the arithmetic of the bridge and of the gap.

Figures are taken as published: the stocks of two releases and the decisions stated for the time
between them. What the stated decisions leave unexplained is shown, never judged; the periods that
a release speaks of need not be those between two releases.
"""

from __future__ import annotations

import re
from typing import Any

import polars as pl

from groundbreak.measures.bridge import residual
from groundbreak.measures.gap import Missing, published_gap

NOT_EXPLAINED = "not explained by the published flows; periods may not align"
INTERVAL_SCHEMA: dict[str, pl.DataType] = {
    "opened": pl.String(), "closed": pl.String(), "opening": pl.Int64(),
    "stated_flow": pl.Int64(), "closing": pl.Int64(), "residual": pl.Int64(),
    "about": pl.Boolean(), "source": pl.String(),
}
POSITION_SCHEMA: dict[str, pl.DataType] = {
    "sector": pl.String(), "need": pl.Int64(), "committed": pl.Int64(),
    "missing": pl.Int64(), "announced": pl.Int64(), "announced_share_of_missing": pl.Float64(),
    "missing_after_announced": pl.Int64(), "position_quoted": pl.String(), "source": pl.String(),
}
_COMMITTED = ("committed", "operating", "at FID")
_QUOTED = re.compile(rf"(\d+) ({'|'.join((*_COMMITTED, 'announced'))})\b")


def intervals(history: pl.DataFrame) -> pl.DataFrame:
    """From release to release: INTERVAL_SCHEMA, oldest first.

    `history`: release, published, committed, fids_in_interval, new_fids_stated, source; a row a
    release. `about`: the flow of the interval was derived from one stated for a longer time.
    """
    told = history.filter(pl.col("committed").is_not_null()).sort("published").with_columns(
        opened=pl.col("release").shift(1), opening=pl.col("committed").shift(1))
    return told.filter(pl.col("opened").is_not_null()).select(
        "opened", "opening", "source", closed="release", stated_flow="fids_in_interval",
        closing="committed",
        residual=residual(pl.col("opening"), pl.col("committed"), pl.col("fids_in_interval")),
        about=pl.col("fids_in_interval") != pl.col("new_fids_stated"),
    ).select(pl.col(name).cast(dtype) for name, dtype in INTERVAL_SCHEMA.items())


def positions(milestones: pl.DataFrame) -> pl.DataFrame:
    """Published plants against published needs of 2030: POSITION_SCHEMA.

    `milestones`: sector, unit, year, value, position_quoted, source. A row without both committed
    and announced plants in `position_quoted` says nothing that can be subtracted: it is left out.
    """
    rows = []
    plants = (pl.col("unit") == "plants") & (pl.col("year") == 2030)
    needs = milestones.filter(plants).with_columns(pl.col("value").cast(pl.Int64))
    for row in needs.iter_rows(named=True):
        quoted = [(word, int(number)) for number, word in
                  _QUOTED.findall(row["position_quoted"] or "")]
        committed = [number for word, number in quoted if word in _COMMITTED]
        announced = [number for word, number in quoted if word == "announced"]
        if committed and announced:
            rows.append(_position(row, sum(committed), sum(announced)))
    return pl.DataFrame(rows, schema=POSITION_SCHEMA)


def _position(row: dict[str, Any], committed: int, announced: int) -> dict[str, Any]:
    need = row["value"]
    missing = published_gap(need, committed).gap
    return {
        "sector": row["sector"], "need": need, "committed": committed, "missing": missing,
        "announced": announced,
        "announced_share_of_missing": Missing(missing, announced).share_of_gap,
        "missing_after_announced": published_gap(need, committed, announced).gap,
        "position_quoted": row["position_quoted"], "source": row["source"],
    }
