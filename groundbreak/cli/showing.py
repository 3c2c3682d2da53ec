"""The site on one's own machine, as `demo` shows it: one server, one worker, until Ctrl-C."""

from __future__ import annotations

import contextlib
import http.client
import itertools
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import typer

TRIED = 100  # ports from the one asked for
PROCESSES = 2
STARTING_S = 120.0


def show_site(register: Path | None, port: int) -> None:
    """Serve until Ctrl-C or SIGTERM, and end well; raises OSError where it does not start."""
    free = free_port(port)
    which = ["--register", str(register.absolute())] if register else []
    server = ["serve", "--bind", f"127.0.0.1:{free}", "--workers", str(PROCESSES),
              "--access-log", "none", *which]
    with _ended_by(signal.SIGTERM), _started(server) as site, _started(["worker", *which]):
        try:
            _wait_until_ready(site, free)
            typer.echo(f"\nThe site is at http://127.0.0.1:{free}/ (Ctrl-C ends it)")
            sys.stdout.flush()
            code = site.wait()
        except KeyboardInterrupt:
            typer.echo("\nThe site is ended; the register stays. Again: groundbreak demo")
            return
    if code:
        raise OSError(f"the site ended by itself, with {code}")


def free_port(first: int) -> int:
    """The first port from `first` on that nobody listens on. Raises OSError where there is none."""
    for port in itertools.takewhile(lambda n: n <= 65535, range(first, first + TRIED)):
        with socket.socket() as tried:
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with contextlib.suppress(OSError):
                tried.bind(("127.0.0.1", port))
                return port
    raise OSError(f"no free port from {first} on; accepted: --port with another one")


@contextlib.contextmanager
def _ended_by(number: int) -> Iterator[None]:
    """Let a signal end the block as Ctrl-C does."""
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(number, stop)
    try:
        yield
    finally:
        signal.signal(number, before)


@contextlib.contextmanager
def _started(words: list[str]) -> Iterator[subprocess.Popen[bytes]]:
    """A command of ours in a process of its own, asked to end when the block does."""
    process = subprocess.Popen([sys.executable, "-m", "groundbreak", *words],
                               stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_until_ready(site: subprocess.Popen[bytes], port: int) -> None:
    until = time.monotonic() + STARTING_S
    while not _answers(port):
        if site.poll() is not None or time.monotonic() > until:
            raise OSError("the site did not start; `groundbreak serve` says why")
        time.sleep(0.1)


def _answers(port: int) -> bool:
    asked = http.client.HTTPConnection("127.0.0.1", port, timeout=STARTING_S)
    try:
        asked.request("GET", "/readyz")
        return asked.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        asked.close()
