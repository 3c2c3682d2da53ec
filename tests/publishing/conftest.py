"""The embedded register, loaded once; packages built from it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from groundbreak.history.snapshot import Snapshot
from groundbreak.publishing.release.building import Order, Previous, contents, write

EARLIER, LATER = date(2025, 6, 30), date(2026, 9, 4)


@pytest.fixture
def own(embedded: Path, tmp_path: Path) -> Iterator[Path]:
    """A register of the test's own with the embedded editions, open in this process."""
    from django.db import connections

    from groundbreak.register.connection import connect

    path = tmp_path / "register.sqlite3"
    shutil.copy(embedded, path)
    connect(path)
    yield path
    connections["default"].close()


@pytest.fixture(scope="session")
def log(embedded: Path) -> Snapshot:
    """The log of the embedded register."""
    from django.db import connections

    from groundbreak.register import log as register_log
    from groundbreak.register.connection import connect

    connect(embedded)
    taken = register_log.snapshot()
    connections["default"].close()
    return taken


@pytest.fixture(scope="session")
def packages(log: Snapshot, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Two packages in a chain: the folders of 2025.1 and of 2026.1, each with its zip beside it."""
    folder = tmp_path_factory.mktemp("packages")
    first, second = folder / "2025.1", folder / "2026.1"
    write(contents(log, Order("2025.1", EARLIER, log.position)), first)
    order = Order("2026.1", LATER, log.position, previous=Previous.read(first))
    write(contents(log, order), second)
    return first, second


@pytest.fixture
def copied(packages: tuple[Path, Path], tmp_path: Path) -> Callable[[], Path]:
    """Copies of 2026.1 to be spoilt."""
    def copy() -> Path:
        target = tmp_path / f"copy-{len(list(tmp_path.iterdir()))}" / "2026.1"
        shutil.copytree(packages[1], target)
        return target

    return copy


def claim(log: Snapshot, **changed: object) -> pl.DataFrame:
    """One more claim at the end of the log: as its first, but for what is `changed`."""
    first = log.claims.head(1)
    return first.with_columns(
        claim=pl.lit(log.position + 1, pl.Int64),
        **{name: pl.lit(value, first.schema[name]) for name, value in changed.items()})
