"""Long downloads, made by `groundbreak worker` and kept for a day.

A folder is the queue: one small job file a download, named by its content, so that the same one
is made once. A job is taken by a lock, which ends with the process that holds it: what a crash left
undone is taken again. Files appear whole or not at all.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import importlib
import json
import logging
import os
import re
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import platformdirs
from django.conf import settings
from django.db import close_old_connections, connection
from django.utils import timezone

from groundbreak.history.atomic import whole
from groundbreak.register import reports

PLACE = "GROUNDBREAK_EXPORTS"  # the folder, where it is not beside the register
KEPT_S = 86_400
MOST_WAITING = 200
MOST_TRIES = 3
POLL_S = 1.0
HEARTBEAT_S = 30.0
TIDIED_S = 3_600.0
_OURS = re.compile(r"\.?[0-9a-f]{40}\.")  # downloads and what stands beside them
BUILDERS = "groundbreak."  # a job names one of our own functions
log = logging.getLogger("django.groundbreak")
Stop = threading.Event


class TooMany(Exception):
    """More downloads are waiting than will be made soon."""


@dataclass(frozen=True)
class Export:
    """A download: `state` is waiting, unattended (no worker runs), failed or ready (at `path`)."""

    state: str
    path: Path

    @property
    def ready(self) -> bool:
        """Whether the file is there."""
        return self.state == "ready"


def place() -> Path:
    """The folder of exports of the open register; made where it is missing."""
    named = os.environ.get(PLACE)
    if named:
        folder = Path(named)
    elif connection.vendor == "sqlite":
        name = Path(str(connection.settings_dict["NAME"]))
        folder = name.with_name(name.name + ".exports")
    else:
        # One folder a register: a worker makes whatever job it finds there from its own.
        told = [connection.settings_dict[name] for name in ("NAME", "HOST", "PORT")]
        of_register = hashlib.sha256(json.dumps(told, default=str).encode()).hexdigest()[:12]
        folder = Path(platformdirs.user_cache_dir("groundbreak")) / "exports" / of_register
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def wanted(key: object, build: Callable[..., bytes], suffix: str, **arguments: Any) -> Export:
    """The file that `build(**arguments)` gives, or its place in the queue.

    `build` is a function at the top of a module of groundbreak; `arguments` must be JSON. `key`
    says what else the content depends on (the register's marker). Raises TooMany.
    """
    name = f"{build.__module__}:{build.__qualname__}"
    job = {"build": name, "arguments": arguments}
    text = json.dumps([job, suffix, key], sort_keys=True, default=str)
    folder = place()
    made = folder / f"{hashlib.sha256(text.encode()).hexdigest()[:40]}.{suffix}"
    if made.is_file():
        return Export("ready", made)
    if _beside(made, ".failed").is_file():
        return Export("failed", made)
    waiting = _beside(made, ".job")
    if not waiting.is_file():
        if sum(1 for _ in folder.glob("*.job")) >= MOST_WAITING:
            raise TooMany
        with whole(waiting) as file:
            file.write_text(json.dumps(job), encoding="utf-8")
    return Export("waiting" if attended(folder) else "unattended", made)


def _beside(made: Path, ending: str) -> Path:
    return made.with_name(made.name + ending)


def attended(folder: Path) -> bool:
    """Whether a worker was here lately."""
    with contextlib.suppress(FileNotFoundError):
        return time.time() - (folder / "worker.alive").stat().st_mtime < HEARTBEAT_S
    return False


# -- the worker ------------------------------------------------------------------------------------
def work(stop: Stop, *, once: bool = False) -> int:
    """Make what is waiting until `stop` is set, or once; how many files were made."""
    folder, made, tidied = place(), 0, 0.0
    with _alive(folder):
        while not stop.is_set():
            if time.monotonic() - tidied > TIDIED_S or not tidied:
                tidy(folder)
                tidied = time.monotonic()
            done = sum(_make(folder, job) for job in _waiting(folder) if not stop.is_set())
            made += done
            if once:
                break
            if not done:
                close_old_connections()
                stop.wait(POLL_S)
    return made


def _waiting(folder: Path) -> list[Path]:
    """Job files, the oldest first."""
    found = []
    for path in folder.glob("*.job"):
        with contextlib.suppress(FileNotFoundError):
            found.append((path.stat().st_mtime, path))
    return [path for _, path in sorted(found)]


@contextlib.contextmanager
def _alive(folder: Path) -> Iterator[None]:
    """Say every few seconds that a worker is here, also during a long job."""
    ended = threading.Event()
    (folder / "worker.alive").touch()

    def beat() -> None:
        while not ended.wait(HEARTBEAT_S / 4):
            (folder / "worker.alive").touch()

    thread = threading.Thread(target=beat, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
        (folder / "worker.alive").unlink(missing_ok=True)


def _make(folder: Path, job: Path) -> int:
    """1 where this job was made here; 0 where another worker has it, or it failed."""
    made = folder / job.name.removesuffix(".job")
    with contextlib.suppress(FileNotFoundError), job.open("r+", encoding="utf-8") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return 0
        if not job.exists():  # made between the listing and the lock
            return 0
        return _made(made, job, held.read())
    return 0


def _made(made: Path, job: Path, text: str) -> int:
    tries = _beside(made, ".tries")
    tried = tries.stat().st_size if tries.exists() else 0
    try:
        if tried >= MOST_TRIES:
            raise RuntimeError(f"given up after {tried} tries")
        with tries.open("a", encoding="ascii") as file:
            file.write(".")
        asked = json.loads(text)
        data = _builder(asked["build"])(**asked["arguments"])
        with whole(made) as file:
            file.write_bytes(data)
    except Exception:
        log.exception("download %s failed", made.name)
        if tried + 1 < MOST_TRIES:
            return 0
        _beside(made, ".failed").touch()
        job.unlink(missing_ok=True)
        tries.unlink(missing_ok=True)
        return 0
    job.unlink(missing_ok=True)
    tries.unlink(missing_ok=True)
    return 1


def _builder(name: str) -> Callable[..., bytes]:
    module, _, function = name.partition(":")
    if not module.startswith(BUILDERS):
        raise ValueError(f"{name!r} is no function of ours")
    found: Callable[..., bytes] = getattr(importlib.import_module(module), function)
    return found


def tidy(folder: Path) -> None:
    """Remove what is older than a day, and forget who sent old error reports or asked often."""
    for path in folder.iterdir():
        with contextlib.suppress(FileNotFoundError):
            if _OURS.match(path.name) and time.time() - path.stat().st_mtime > KEPT_S:
                path.unlink()
    reports.forget_contacts(timedelta(days=reports.CONTACT_KEPT_DAYS))
    forget_counters()


def forget_counters() -> None:
    """Remove counters of requests whose time is over; Django's cache leaves them lying."""
    table = connection.ops.quote_name(settings.CACHES["default"]["LOCATION"])
    now = connection.ops.adapt_datetimefield_value(timezone.now().replace(microsecond=0))
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table} WHERE expires < %s", [now])
