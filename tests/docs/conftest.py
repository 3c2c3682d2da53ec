"""What the documentation's tests share: the command as a person runs it, elsewhere."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
Run = Callable[..., str]


@pytest.fixture(scope="session")
def command() -> Run:
    """Runs `groundbreak` in a process of its own and returns what it prints; fails with it."""

    def run(*arguments: str, cwd: Path, register: Path) -> str:
        done = subprocess.run(
            [sys.executable, "-c", "from groundbreak.cli import main; main()", *arguments],
            cwd=cwd, capture_output=True, text=True, check=False,
            env={**os.environ, "PYTHONPATH": str(ROOT), "DATABASE_URL": str(register)},
        )
        assert done.returncode == 0, f"groundbreak {' '.join(arguments)}\n{done.stderr}"
        return done.stdout

    return run


@pytest.fixture(scope="session")
def snapshot(command: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A snapshot of the embedded register, made by the command."""
    folder = tmp_path_factory.mktemp("documentation")
    register = folder / "demo.sqlite3"
    command("demo", "--no-serve", cwd=folder, register=register)
    command("snapshot", "-o", "register.zip", cwd=folder, register=register)
    return folder / "register.zip"
