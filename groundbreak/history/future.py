"""What an edition says of days after its own publication: no fact yet, so not taken as one."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from typing import Any

import polars as pl

from groundbreak.history.edition import Edition, Finding

_ADDRESS = re.compile(r"(?:(.*)!)?([A-Z]+)(\d+)", re.DOTALL)


def without_future(edition: Edition, published: date) -> Edition:
    """`edition` without facts dated after the day they were known, each a finding.

    A row that says it was known after `published` counts as known on `published`.
    """
    statements = edition.statements
    late = statements.filter(pl.col("known") > published)
    known = pl.min_horizontal("known", pl.lit(published))
    fact = pl.col("field").str.ends_with("_actual_date") & (pl.col("value_date") > known)
    ahead = statements.filter(fact)
    if late.is_empty() and ahead.is_empty():
        return edition
    found = [_fact(edition, row, published) for row in ahead.iter_rows(named=True)]
    found += [_known(edition, row, published) for row in
              late.unique(["key", "part", "known"], keep="first", maintain_order=True)
              .iter_rows(named=True)]
    timely = pl.when(pl.col("known") <= published).then("known").alias("known")
    return replace(
        edition, findings=edition.findings + tuple(found),
        statements=statements.filter(~fact.fill_null(False)).with_columns(timely),
    )


def _fact(edition: Edition, row: dict[str, Any], published: date) -> Finding:
    known = min(row["known"] or published, published)
    stated = as_stated(row["value_date"], row["precision"])
    return _finding(edition, row, "not_yet_happened", row["raw"] or stated,
                    f"{row['field']} {stated} would have happened after it was published "
                    f"({known}): not taken", f"a day up to {known}, or a planned date")


def as_stated(day: date, precision: str | None) -> str:
    """A date as precise as it was stated: '2029', '2029-06', '2029-Q3'."""
    forms = {"year": f"{day:%Y}", "month": f"{day:%Y-%m}",
             "quarter": f"{day:%Y}-Q{(day.month + 2) // 3}"}
    return forms.get(precision or "", str(day))


def _known(edition: Edition, row: dict[str, Any], published: date) -> Finding:
    return _finding(edition, row, "known_after_published", str(row["known"]),
                    f"record {row['key']} would be known only after this edition was published: "
                    f"taken as known on {published}", f"a day up to {published}")


def _finding(
    edition: Edition, row: dict[str, Any], kind: str, value: str, why: str, accepted: str
) -> Finding:
    place = _ADDRESS.fullmatch(row["place"] or "")
    sheet, column, number = place.groups() if place else ("", row["place"] or "", "0")
    return Finding(kind, edition.file, sheet or "", int(number), column, value[:80], why, accepted)
