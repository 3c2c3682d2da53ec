"""Reading a small text file that a person wrote, without trusting that it is one."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from groundbreak.sources.errors import FileTooLarge, UnreadableFile

MAX_BYTES = 4 * 2**20


def read_text(path: Path, accepted: str) -> str:
    """The text of a regular file of at most MAX_BYTES; what is no UTF-8 is replaced.

    Never waits for a pipe and never reads more than that, whatever the file says of its size.
    Raises UnreadableFile, FileTooLarge; OSError for no such file.
    """
    with open(path, "rb", opener=_at_once) as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise UnreadableFile(file=path.name, why="it is no regular file", accepted=accepted)
        data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise FileTooLarge(file=path.name, why=f"more than {MAX_BYTES:,} bytes", accepted=accepted)
    return data.decode("utf-8", errors="replace")


def _at_once(path: str, flags: int) -> int:
    """Open without waiting for somebody to write into a pipe."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))
