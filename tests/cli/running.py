"""The command inside the test's own process: the same words, without a new interpreter each time.

What a process does beyond its words (pipes, signals, limits) is tested in processes.
"""

from __future__ import annotations

from pathlib import Path

from typer.testing import CliRunner

from groundbreak.cli import commands


def run(register: Path | str, *words: object) -> tuple[int, str, str]:
    """Exit code, standard output, standard error."""
    done = CliRunner().invoke(commands(), [*map(str, words), "--register", str(register)])
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.exit_code, done.stdout, done.stderr
