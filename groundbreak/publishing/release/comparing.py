"""What changed between two packages: the bridge, who moved, and every changed cell."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from groundbreak.history import snapshot as snapshots
from groundbreak.history.view import History, View
from groundbreak.measures import changes as differences
from groundbreak.measures.bridge import between
from groundbreak.publishing.release import container
from groundbreak.publishing.release.changelog import moves
from groundbreak.publishing.release.tables import bridge_table


@dataclass(frozen=True)
class Comparison:
    """`bridge` (BRIDGE_SCHEMA), `moves` (MOVE_SCHEMA), `changes` (measures.changes.CHANGE_SCHEMA),
    and the two releases' names and days."""

    earlier: str
    later: str
    bridge: pl.DataFrame
    moves: pl.DataFrame
    changes: pl.DataFrame
    unexplained: int  # largest residual over stocks


def compare(earlier: Path, later: Path) -> Comparison:
    """Compare two packages of one register.

    Raises NoPackage, FileNotFoundError, or ValueError where `earlier` is known later.
    """
    first, start = _opened(earlier)
    last, end = _opened(later)
    if start.known > end.known:
        raise ValueError(f"{first} is of {start.known}, after {last} of {end.known}; accepted: the "
                         "earlier release first")
    bridge = between(start, end)
    return Comparison(first, last, bridge_table(bridge), moves(bridge, start, end),
                      differences.changes(start, end), bridge.residual_projects)


def _opened(path: Path) -> tuple[str, View]:
    found = container.load(path)
    try:
        name = str(json.loads(found["release.json"])["name"])
    except (KeyError, TypeError, json.JSONDecodeError) as error:
        raise container.NoPackage(f"{path}: not a release package: {error}") from error
    log = snapshots.read(path)
    return name, History(log).as_of(log.known)
