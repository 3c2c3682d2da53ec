"""The tables of a package as frames: projects, measures, evidence. All from one reading."""

from __future__ import annotations

import re

import polars as pl

from groundbreak.catalogue.columns import COLUMNS
from groundbreak.catalogue.table import catalogue
from groundbreak.history.snapshot import Snapshot
from groundbreak.identity.membership import project_id
from groundbreak.measures.bridge import LINES, Bridge, residual
from groundbreak.measures.population import LABELS
from groundbreak.reading import Reading
from groundbreak.vocabulary.fields import capacity_fields

PERIODS = ("12m", "term")  # over which the scorecard of a package counts
LABEL = re.compile(r"\[[^\]]+\]")
BRIDGE_SCHEMA: dict[str, pl.DataType] = {
    "stock": pl.String(), "line": pl.String(), "label": pl.String(), "projects": pl.Int64(),
}
LABEL_SCHEMA: dict[str, pl.DataType] = {  # what a source's reference labels stand for
    "source": pl.String(), "label": pl.String(), "text": pl.String(),
}
EVIDENCE_SCHEMA: dict[str, pl.DataType] = {
    "project": pl.String(), "record": pl.String(), "reference": pl.String(),
    "stands_for": pl.String(), "publisher": pl.String(), "known": pl.Date(),
    "grade": pl.Int64(), "source": pl.String(), "licence": pl.String(),
    "terms_confirmed": pl.Boolean(),
}
_CREDIT = ("source", "licence", "terms_confirmed", "citation")
_BESIDE = ("sectors_served", "technology", "scale", "end_uses", "status_as_published",
           "capex_announced")


def project_table(reading: Reading) -> pl.DataFrame:
    """One row a project, counted or not, sorted by record: the catalogue's columns and more.

    `capacity` is that of the main product; every capacity stands in a column of its own beside it,
    a whole number of the unit that ends its name.
    """
    view = reading.view
    money = view.cells.filter(pl.col("field") == "capex_announced").select(
        "record", capex_announced_unit="unit")
    more = reading.projects().select(
        "record", *_BESIDE, *(pl.col(name).cast(pl.Int64) for name in capacity_fields()))
    shown = [name for name in COLUMNS if name not in _CREDIT]
    return catalogue(view).frame.select(*shown, "counted", *_CREDIT).join(
        more.join(money, on="record", how="left"), on="record", how="left"
    ).select(*shown, "counted", *_BESIDE, "capex_announced_unit", *capacity_fields(), *_CREDIT
             ).sort("record")


def scorecard_table(reading: Reading) -> pl.DataFrame:
    """The scorecard by sector over each of PERIODS: a row a figure."""
    pieces = []
    for period in PERIODS:
        card = reading.scorecard(period=period, by="sector")
        pieces.append(card.figures.select(
            pl.lit(period).alias("period"), pl.lit(card.period.first).alias("first"),
            pl.lit(card.period.last).alias("last"), *card.figures.columns))
    return pl.concat(pieces)


def gap_table(reading: Reading) -> pl.DataFrame:
    """The gap to 2030 under each counting rule; null is not computed, never zero."""
    return reading.gap().figures


def counts(log: Snapshot, projects: pl.DataFrame, evidence: pl.DataFrame) -> dict[str, int]:
    """How much a package holds, in words."""
    return {"claims": log.claims.height, "editions of sources": log.releases.height,
            "projects": projects.height, "projects counted": int(projects["counted"].sum()),
            "references": evidence.height}


def bridge_table(bridge: Bridge | None) -> pl.DataFrame:
    """Each stock's opening, movements, what they leave unexplained, and closing; BRIDGE_SCHEMA.

    No row without a bridge: the first release has nothing before it.
    """
    rows: list[tuple[str, str, str, int]] = []
    if bridge is not None:
        opening, closing = (dict(frame.iter_rows()) for frame in (bridge.opening, bridge.closing))
        flows = {(stock, line): n for stock, line, n in bridge.lines.iter_rows()}
        for stock in (label for label in LABELS if label in opening or label in closing):
            first, last = opening.get(stock, 0), closing.get(stock, 0)
            moved = [(line, flows[stock, line]) for line in LINES if (stock, line) in flows]
            left = residual(first, last, sum(n for _, n in moved))
            rows += [(stock, "opening", "opening", first),
                     *((stock, line, LINES[line], n) for line, n in moved),
                     (stock, "unexplained", "unexplained", left),
                     (stock, "closing", "closing", last)]
    return pl.DataFrame(rows, schema=BRIDGE_SCHEMA, orient="row")


def evidence_table(reading: Reading, labels: pl.DataFrame) -> pl.DataFrame:
    """What stands behind each project: URLs and labels cited, with what a label stands for.

    `labels`: LABEL_SCHEMA. A reference of a publisher counts from the day it was first known.
    """
    told = reading.view.history.claims.filter(pl.col("known") <= reading.known)
    licences = reading.view.history.snapshot.releases.select(
        "release", "licence", terms_confirmed="licence_confirmed")
    direct = told.filter(pl.col("evidence").is_not_null()).select(
        "record", "known", "grade", "source", "release", reference="evidence",
        publisher=pl.coalesce("publisher", "source"))
    texts = dict(labels.select(pl.concat_str("source", "label"), "text").iter_rows())
    found = pl.concat([direct, _cited(told)]).join(licences, on="release", how="left").sort(
        "record", "known", "reference", "publisher", "release").unique(
        ["record", "reference", "publisher"], keep="first", maintain_order=True)
    return found.with_columns(
        project=pl.Series([project_id(record) for record in found["record"]], dtype=pl.String()),
        stands_for=pl.Series([texts.get(source + reference) for source, reference in
                              found.select("source", "reference").iter_rows()],
                             dtype=pl.String()),
    ).select(pl.col(name).cast(dtype) for name, dtype in EVIDENCE_SCHEMA.items())


def _cited(told: pl.DataFrame) -> pl.DataFrame:
    """The references that sources print, one a row; in brackets are labels, else URLs."""
    rows = [
        (row["record"], row["known"], row["grade"], row["source"], row["release"], reference,
         row["source"])
        for row in told.filter((pl.col("field") == "references")
                               & pl.col("value_text").is_not_null()).iter_rows(named=True)
        for reference in LABEL.findall(row["value_text"]) or row["value_text"].split()
    ]
    return pl.DataFrame(rows, orient="row", schema={
        "record": pl.String(), "known": pl.Date(), "grade": pl.Int8(), "source": pl.String(),
        "release": pl.String(), "reference": pl.String(), "publisher": pl.String()})
