"""README.md and CITATION.cff of a package: what is in it, by which terms, how to check and cite."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

import polars as pl

from groundbreak.measures import DEFINITION_VERSION
from groundbreak.publishing.release.changelog import plain
from groundbreak.publishing.release.describing import TITLES, column

TOGETHER = "The editors of this register"


def readme(
    name: str, known: date, counts: Mapping[str, int], tables: Mapping[str, pl.DataFrame],
    releases: pl.DataFrame,
) -> str:
    """README.md; `tables`: the frame behind each file that is a table."""
    parts = [
        f"# Groundbreak release {name}",
        f"Clean industrial projects **as known on {known}**, from public claims only. Figures are "
        f"counted by definitions version {DEFINITION_VERSION}. A release never changes; a later "
        "one says in its CHANGELOG.md what moved.",
        _grid(("what", "how many"), [(what, f"{n:,}") for what, n in counts.items()]),
        "## Files", _grid(("file", "what it holds"), sorted(
            (f"`{path}`", title) for path, title in TITLES.items())),
        "`figures/` holds the charts with their data, `vocabulary/` the definitions: every word, "
        "threshold and milestone that a column or a rule uses. In CSV files a text that a "
        "spreadsheet would run as a formula has an apostrophe before it.",
        "## Check it",
        "```\nsha256sum -c SHA256SUMS\ngroundbreak release verify .\n```",
        "`verify` needs nothing but this package: it checks the sums, then counts the tables and "
        "figures again from the log in `claims.parquet`. `release.json` names the previous release "
        "with the SHA-256 of its list of sums, so that none can be changed unseen.",
        "## Read it",
        '```python\nimport groundbreak as gb\n\n'
        f'view = gb.open("{name}.zip").as_of()\nview.scorecard(period="12m", by="sector")\n```',
        "## Terms", "Each row names its source and that source's licence. Where terms are not "
        "confirmed, ask the publisher before you pass its rows on.",
        _grid(("source", "edition", "licence", "terms confirmed", "cite as"), [
            (row["source"], row["release"], row["licence"],
             "yes" if row["licence_confirmed"] else "no", row["citation"])
            for row in releases.sort("source", "published", "release").iter_rows(named=True)]),
        "## In other forms",
        "`oc4ids.json`: projects keep this register's ids, which have no registered OC4IDS prefix. "
        "`FID` and the other milestone codes are those of `oc4ids-milestoneCode.csv`; sectors "
        "are `industry.SECTOR`. What the standard has no word for stands under schemes "
        "that begin with `groundbreak-`; a lost project has no status. Fields beside the standard: "
        "`dueDateEarliest`, `dateMetEarliest`, `…Precision`, `basis` (of an FID: stated or "
        "implied), `accuracy`, `licence`, `termsConfirmed`.",
        "`iamc.csv`: stocks on 31 December of each year as now known, counted projects only; "
        "products are never added up.",
        "## Columns", *_columns(tables),
    ]
    return "\n\n".join(parts) + "\n"


def _columns(tables: Mapping[str, pl.DataFrame]) -> list[str]:
    parts = []
    for path, frame in sorted(tables.items()):
        stem = path.rpartition(".")[0]
        if path.endswith(".parquet") and f"{stem}.csv" in tables:
            continue  # the same columns
        parts += [f"### {path}", _grid(("column", "unit", "what it holds"), [
            (f"`{name}`", *column(stem, name)) for name in frame.columns])]
    return parts


def _grid(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = ["| " + " | ".join(head) + " |", "|" + " --- |" * len(head)]
    lines += ["| " + " | ".join(cell if cell.startswith("`") else plain(cell) for cell in row)
              + " |" for row in rows]
    return "\n".join(lines)


def citation(name: str, known: date, releases: pl.DataFrame) -> str:
    """CITATION.cff (1.2.0); its scalars are written as JSON, which is YAML."""
    newest = releases.sort("published").unique("source", keep="last").sort("source")
    lines = [
        "cff-version: 1.2.0", "type: dataset",
        f"title: {_quoted(f'Groundbreak release {name}')}", f"version: {_quoted(name)}",
        f"abstract: {_quoted(f'Clean industrial projects as known on {known}.')}",
        'message: "Cite the release by its number, and the sources of the rows you use."',
        "authors:", f"  - name: {_quoted(TOGETHER)}", "references:",
    ]
    for row in newest.iter_rows(named=True):
        lines += ["  - type: data", f"    title: {_quoted(row['citation'])}",
                  f"    version: {_quoted(str(row['published']))}",
                  "    authors:", f"      - name: {_quoted(row['source'])}"]
    return "\n".join(lines if newest.height else lines[:-1]) + "\n"


def _quoted(text: Any) -> str:
    return json.dumps(text, ensure_ascii=False)
