"""The command in this process: as in a process of its own, but without starting one."""

from __future__ import annotations

from pathlib import Path

import django.db
from typer.testing import CliRunner

from groundbreak.cli import commands


def inside(register: Path, *words: object) -> tuple[int, str, str]:
    """Run the command on a register: exit code, standard output, standard error."""
    done = CliRunner().invoke(commands(), [*map(str, words), "--register", str(register)],
                              env={"COLUMNS": "140", "DATABASE_URL": ""})
    django.db.connections["default"].close()
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.exit_code, done.stdout, done.stderr
