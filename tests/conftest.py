"""Fixtures shared by all tests: the real files, and a fresh register on each database."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import django
import pytest

os.environ["DJANGO_SETTINGS_MODULE"] = "groundbreak.settings"
os.environ["GROUNDBREAK_REGISTER"] = os.devnull  # a test that opens no register has none
os.environ.setdefault("GROUNDBREAK_SECRET_KEY", "only-for-tests-" + "x" * 40)
os.environ.pop("DATABASE_URL", None)
os.environ.pop("COLUMNS", None)  # tables are as wide as in a file, whatever runs the tests
django.setup()

from tests import postgres  # noqa: E402


@pytest.fixture(scope="session")
def data() -> Path:
    """The folder of real files (iea_ccus/, saf/, gem/ …); skips with the reason where unset."""
    folder = os.environ.get("GROUNDBREAK_DATA")
    if not folder:
        pytest.skip("GROUNDBREAK_DATA is not set: the real files are not committed")
    return Path(folder)


@pytest.fixture(scope="session")
def empty_register(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite register with nothing in it, to be copied."""
    from django.db import connections

    from groundbreak.register.connection import connect

    path = tmp_path_factory.mktemp("template") / "register.sqlite3"
    connect(path)
    with connections["default"].cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connections["default"].close()
    return path


@pytest.fixture(scope="session")
def embedded(tmp_path_factory: pytest.TempPathFactory, empty_register: Path) -> Path:
    """A register with the embedded editions, loaded once; to be read, or copied."""
    from django.db import connections

    from groundbreak.register.connection import connect
    from groundbreak.register.starting import load

    path = tmp_path_factory.mktemp("embedded") / "register.sqlite3"
    shutil.copy(empty_register, path)
    connect(path)
    load()
    with connections["default"].cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connections["default"].close()
    return path


@pytest.fixture(scope="session")
def cluster() -> Iterator[postgres.Cluster]:
    """A PostgreSQL server of the tests' own; skips with the reason where there is none."""
    try:
        started = postgres.start()
    except postgres.Absent as reason:
        pytest.skip(f"no PostgreSQL: {reason}")
    yield started
    started.stop()


@pytest.fixture(params=["sqlite", "postgresql"])
def register(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A fresh, migrated register, open in this process; the same test runs on both databases.

    Nothing is ever flushed (claims refuse to be deleted): each test gets a copy of a template.
    """
    from django.db import connections

    from groundbreak.register.connection import connect

    if request.param == "sqlite":
        target = str(tmp_path / "register.sqlite3")
        shutil.copy(request.getfixturevalue("empty_register"), target)
    else:
        target = request.getfixturevalue("cluster").fresh_database(migrated)
    connect(target)
    yield target
    connections["default"].close()


def migrated(url: str) -> None:
    """A database with the tables and triggers of a register."""
    from django.db import connections

    from groundbreak.register.connection import connect

    connect(url)
    connections["default"].close()


@pytest.fixture
def sqlite_register(tmp_path: Path, empty_register: Path) -> Path:
    """The path of a fresh SQLite register that no process has open."""
    target = tmp_path / "register.sqlite3"
    shutil.copy(empty_register, target)
    return target


@pytest.fixture(scope="session")
def hydrogen(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Path]:
    """A snapshot of the four hydrogen vintages, imported once a session."""
    made: list[Path] = []

    def build() -> Path:
        if not made:
            made.append(_hydrogen_snapshot(data, tmp_path_factory.mktemp("hydrogen")))
        return made[0]

    return build


def _hydrogen_snapshot(data: Path, folder: Path) -> Path:
    from django.db import connections

    from groundbreak.history import snapshot
    from groundbreak.register import log
    from groundbreak.register.connection import connect
    from groundbreak.register.importing import import_file
    from tests.editions import HYDROGEN, TODAY

    connect(folder / "register.sqlite3")
    for edition in HYDROGEN:
        import_file("iea-hydrogen", data / edition.file, edition.published, today=TODAY)
    path = snapshot.write(log.snapshot(), folder / "hydrogen.zip")
    connections["default"].close()
    return path


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Where nothing may be skipped (GROUNDBREAK_NO_SKIPS), a skip fails the run."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    skipped = reporter.stats.get("skipped", []) if reporter else []
    if skipped and os.environ.get("GROUNDBREAK_NO_SKIPS") and os.environ.get("GROUNDBREAK_DATA"):
        reporter.write_line(f"{len(skipped)} skipped, and nothing may be skipped here", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
