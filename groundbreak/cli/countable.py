"""How many records of somebody's own list the measures would count, and why not the others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import polars as pl

from groundbreak.measures.eligibility import verdicts
from groundbreak.sources.mapped.reading import Dated
from groundbreak.vocabulary.fields import capacity_fields

_TEXTS = ("sector", "product", "route", "scale", "end_uses", "origin")
_TOO_SMALL = "below the least size of a commercial plant"


def counted_line(dated: Sequence[Dated], complete: bool) -> str:
    """One plain line: of the newest tab, or of all where a tab is only a part of the list."""
    tabs = dated[-1:] if complete else dated
    judged = _judged(tabs)
    short = judged.filter(~pl.col("counted"))
    told = f"{judged.height - short.height} of {judged.height} records would be counted"
    if short.is_empty():
        return told
    why = Counter(_reason(*row) for row in short.select("verdict", "reason", "origin").iter_rows())
    reasons = ", ".join(f"{many} {reason}" for reason, many in why.most_common())
    return f"{told}; not counted: {reasons}{_remedy(why)}"


def _remedy(why: Counter[str]) -> str:
    unsaid = [reason for reason in why if "not stated" in reason]
    if not unsaid:
        return ""
    sized = all("capacity" in reason for reason in unsaid)
    return "; say it under columns" if sized else "; say it under defaults or words"


def _reason(verdict: str, reason: str, origin: str | None) -> str:
    if verdict == "eligible":
        return f"of origin {origin}"
    if verdict == "out_of_scope" and " is below " in reason:
        return _TOO_SMALL
    return reason


def _judged(dated: Sequence[Dated]) -> pl.DataFrame:
    """record, verdict, reason, origin, counted: as measures.population counts."""
    records = _wide(dated)
    return verdicts(records).join(records.select("record", "origin"), on="record").with_columns(
        counted=(pl.col("verdict") == "eligible")
        & (pl.col("origin").fill_null("new_intervention") != "legacy"))


def _wide(dated: Sequence[Dated]) -> pl.DataFrame:
    """One row a record with what was last said of it."""
    said = pl.concat([item.edition.statements for item in dated]).with_columns(
        record=pl.concat_str("key", "part", separator="\0"))
    last = said.unique(["record", "field"], keep="last", maintain_order=True)
    wide = said.select("record").unique(maintain_order=True).with_columns(
        source=pl.lit(dated[0].edition.source))
    for name in (*_TEXTS, *capacity_fields()):
        column = "value_text" if name in _TEXTS else "value_number"
        stated = last.filter(pl.col("field") == name).select("record", pl.col(column).alias(name))
        wide = wide.join(stated, on="record", how="left", maintain_order="left")
    return wide
