"""The evidence behind a record: what its source's reference labels and URLs stand for."""

import re

import polars as pl

from groundbreak.reading import Reading
from groundbreak.register.models import Evidence

LABEL = re.compile(r"\[[^\]]+\]")
SCHEMA = {"reference": pl.String(), "publisher": pl.String(), "known": pl.Date(),
          "stands_for": pl.String()}


def behind(reading: Reading, record: str) -> pl.DataFrame:
    """reference, publisher, known, stands_for: labels resolved where the source lists them."""
    rows: list[tuple[object, ...]] = []
    cells = reading.view.history.claims.filter(
        (pl.col("record") == record) & (pl.col("known") <= reading.known))
    for row in cells.filter(pl.col("field") == "references").iter_rows(named=True):
        rows += _cited(row)
    dated = cells.filter(pl.col("evidence").is_not_null()).unique(
        ["evidence", "known"], maintain_order=True).sort("known")
    rows += [(row["evidence"], row["publisher"] or row["source"], row["known"], "")
             for row in dated.iter_rows(named=True)]
    frame = pl.DataFrame(rows, schema=SCHEMA, orient="row")
    return frame.sort("known").unique(["reference", "publisher"], keep="first",
                                      maintain_order=True)


def _cited(row: dict) -> list[tuple[object, ...]]:
    labels = LABEL.findall(row["value_text"] or "")
    if not labels:
        return [(url, row["source"], row["known"], "")
                for url in (row["value_text"] or "").split()]
    texts = dict(Evidence.objects.filter(
        source=row["source"], label__in=labels).order_by("release__published")
        .values_list("label", "text"))
    return [(label, row["source"], row["known"], texts.get(label, "")) for label in labels]
