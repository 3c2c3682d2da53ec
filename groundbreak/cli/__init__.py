"""The command `groundbreak`: take tracker files in, ask the register, hand it on.

Exit codes: 0 done, 1 something is wrong with the register (`doctor`), 2 bad input.
"""

from __future__ import annotations

import sys

from groundbreak.cli.app import app


def main() -> None:
    """Entry point; a reader that closes the pipe early is no error."""
    from groundbreak.cli import (  # noqa: F401 - they add the commands
        asking,
        editing,
        keeping,
        mapping,
        proposing,
        taking_in,
    )

    try:
        app(prog_name="groundbreak")
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
