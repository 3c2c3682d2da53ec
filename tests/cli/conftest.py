"""The embedded register as the command loads it, and a copy to write to."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.register.test_bad_input import command


@pytest.fixture(scope="session")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The embedded register, loaded by the command."""
    path = tmp_path_factory.mktemp("demo") / "register.sqlite3"
    code, out, error = command(path, "demo", "--no-serve")
    assert code == 0, error
    assert "Scorecard as known on" in out
    return path


@pytest.fixture
def own(loaded: Path, tmp_path: Path) -> Path:
    """A copy to write to."""
    return Path(shutil.copy(loaded, tmp_path / "own.sqlite3"))
