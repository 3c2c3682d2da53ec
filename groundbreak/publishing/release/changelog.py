"""CHANGELOG.md: the bridge from the previous release, then who moved, with the evidence."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import polars as pl

from groundbreak.history.view import View
from groundbreak.measures import changes as differences
from groundbreak.measures.bridge import LINES, STOCKS, Bridge
from groundbreak.measures.population import projects
from groundbreak.measures.publishers import publisher
from groundbreak.measures.scorecard import STOCK_LABELS
from groundbreak.publishing.release.tables import bridge_table

_SPECIAL = re.compile(r"([\\`*_{}\[\]>#|!])")
_URL_SAFE = "/:?#@!$&'*+,;=%~-._"
MOVE_SCHEMA: dict[str, pl.DataType] = {
    "line": pl.String(), "stock": pl.String(), "sign": pl.Int64(), "project": pl.String(),
    "record": pl.String(), "name": pl.String(), "country": pl.String(), "sector": pl.String(),
    "known": pl.Date(), "publisher": pl.String(), "evidence": pl.String(), "claim": pl.Int64(),
}


def moves(bridge: Bridge, start: View, end: View) -> pl.DataFrame:
    """Who stands behind each line of the bridge and which claim put it there; MOVE_SCHEMA."""
    about = pl.concat([projects(view).select("record", "name", "country", "sector")
                       for view in (end, start)]).unique("record", keep="first")
    told = pl.concat([view.history.claims.select(
        "claim", "known", publisher(), "evidence")
        for view in (end, start)]).unique("claim", keep="first")
    order = pl.col("line").replace_strict(
        {line: n for n, line in enumerate(LINES)}, return_dtype=pl.Int64())
    return (
        bridge.members.join(about, on="record", how="left").join(told, on="claim", how="left")
        .sort(order, pl.col("name").str.to_lowercase(), "record", "sign")
        .select(pl.col(name).cast(dtype) for name, dtype in MOVE_SCHEMA.items())
    )


def changelog(name: str, previous: str | None, bridge: Bridge | None, start: View | None,
              end: View) -> str:
    """The page; `start` is the view of the previous release, None for the first."""
    if previous is None or bridge is None or start is None:
        return (f"# {name}\n\nThe first release, as known on {end.known}: there is nothing before "
                "it to compare with.\n")
    parts = [
        f"# {name} against {previous}",
        f"As known on {end.known} against {start.known}; definitions version "
        f"{bridge.definition_version}. Counted projects only. A line is a movement that a claim "
        "explains; what no claim explains would be *unexplained*.",
        "## The bridge", *_bridge(bridge, name, previous),
        "## Projects that moved", *(_moved(moves(bridge, start, end)) or ["None."]),
        "## Changes by kind", _kinds(start, end),
    ]
    return "\n\n".join(parts) + "\n"


def _bridge(bridge: Bridge, name: str, previous: str) -> Iterator[str]:
    """A list a stock: opening, ± lines, unexplained, closing."""
    table = bridge_table(bridge)
    for stock in STOCKS:
        rows = {line: (label, n) for _, line, label, n in
                table.filter(pl.col("stock") == stock).iter_rows()}
        if not rows:
            continue
        told = [f"{previous}: {rows.pop('opening')[1]:,}"]
        closing, (_, left) = rows.pop("closing")[1], rows.pop("unexplained")
        told += [f"{label} {signed(n)}" for label, n in rows.values()]
        told += [f"unexplained {signed(left) if left else 0}", f"**{name}: {closing:,}**"]
        yield f"**{STOCK_LABELS[stock]}**\n\n" + "\n".join(f"* {line}" for line in told)


def _moved(found: pl.DataFrame) -> list[str]:
    parts = []
    for (line,), rows in found.group_by(["line"], maintain_order=True):
        listed = [_one(row) for row in rows.unique("record", maintain_order=True)
                  .iter_rows(named=True)]
        parts.append(f"### {LINES[str(line)].capitalize()}\n\n" + "\n".join(listed))
    return parts


def _one(row: dict[str, Any]) -> str:
    about = ", ".join(plain(row[key]) for key in ("country", "sector") if row[key])
    text = f"* {plain(row['name'] or row['record'])} ({row['project']}; {about})"
    if row["publisher"] is None:
        return text
    source = plain(row["publisher"])
    if (row["evidence"] or "").startswith(("http://", "https://")):
        source = f"[{source}](<{quote(row['evidence'], safe=_URL_SAFE)}>)"
    return f"{text}: {source}, {row['known']}"


def _kinds(start: View, end: View) -> str:
    found = differences.counts(differences.changes(start, end))
    if not found:
        return "Nothing changed."
    return "\n".join(f"* {differences.GROUPS[group]}: {n:,}" for group, n in found.items())


def signed(number: int) -> str:
    """+3, −2; with a true minus."""
    return f"{number:+,}".replace("-", "−")


def plain(text: str) -> str:
    """A source's words as Markdown shows them: one line, no markup, no link."""
    return _SPECIAL.sub(r"\\\1", " ".join(text.split())).replace("<", "&lt;")
