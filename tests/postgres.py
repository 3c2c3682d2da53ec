"""A PostgreSQL server of the tests' own, in a temporary folder, on a socket only."""

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

ROOT = 0
_numbers = itertools.count(1)


class Absent(Exception):
    """No PostgreSQL server program on this machine."""


@dataclass
class Cluster:
    """A running server; `folder` holds its data and its socket."""

    binaries: Path
    folder: Path
    template: str = ""
    made: list[str] = field(default_factory=list)

    def url(self, database: str) -> str:
        """A postgresql:// URL through the socket."""
        return f"postgresql://postgres@/{database}?host={self.folder}"

    def fresh_database(self, prepare: Callable[[str], None]) -> str:
        """The URL of a new database, copied from a template that `prepare` filled once."""
        if not self.template:
            self._sql("CREATE DATABASE groundbreak_template")
            prepare(self.url("groundbreak_template"))
            self.template = "groundbreak_template"
        name = f"groundbreak_{next(_numbers)}"
        self._sql(f"CREATE DATABASE {name} TEMPLATE {self.template}")
        return self.url(name)

    def _sql(self, statement: str) -> None:
        _run(self.binaries / "psql", "-h", str(self.folder), "-U", "postgres", "-q", "-c",
             statement)

    def stop(self) -> None:
        """Stop the server and remove its folder."""
        _run(self.binaries / "pg_ctl", "-D", str(self.folder / "data"), "-m", "immediate", "stop")
        shutil.rmtree(self.folder, ignore_errors=True)


def _binaries() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if found:
        return found[-1].parent
    named = shutil.which("initdb")
    if named is None:
        raise Absent("initdb is not installed")
    return Path(named).resolve().parent


def _run(*command: object) -> None:
    words = [str(word) for word in command]
    if os.getuid() == ROOT:  # the server refuses to run as root
        words = ["runuser", "-u", "postgres", "--", *words]
    subprocess.run(words, check=True, capture_output=True, cwd="/")


def start() -> Cluster:
    """Make a cluster and start it; raises Absent where PostgreSQL is not installed."""
    binaries = _binaries()
    folder = Path(tempfile.mkdtemp(prefix="groundbreak-pg-"))
    if os.getuid() == ROOT:
        shutil.chown(folder, "postgres", "postgres")
    folder.chmod(0o755)
    _run(binaries / "initdb", "-D", folder / "data", "-U", "postgres", "-A", "trust",
         "-E", "UTF8", "--no-sync")
    _run(binaries / "pg_ctl", "-D", folder / "data", "-w", "-l", folder / "log", "-o",
         f"-c listen_addresses='' -c unix_socket_directories={folder} -c fsync=off", "start")
    return Cluster(binaries, folder)
