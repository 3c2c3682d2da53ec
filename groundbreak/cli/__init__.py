"""The command `groundbreak`: take tracker files in, ask the register, hand it on.

Exit codes: 0 done, 1 something is wrong with the register (`doctor`), 2 bad input and nothing was
written, 3 done in part (refused edits are listed), 130 interrupted.
"""

from __future__ import annotations

import sys

from typer import Typer

from groundbreak.cli.app import app


def commands() -> Typer:
    """The application with all its commands."""
    from groundbreak.cli import (  # noqa: F401 - they add the commands
        asking,
        briefing,
        changes,
        correcting,
        editing,
        keeping,
        mapping,
        proposing,
        release,
        release_states,
        serving,
        taking_in,
    )

    return app


def main() -> None:
    """Entry point; a reader that closes the pipe early is no error."""
    try:
        commands()(prog_name="groundbreak")
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
