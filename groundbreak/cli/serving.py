"""Commands that run the site: serve, worker."""

from __future__ import annotations

import os
import signal
from typing import Annotated, Any

import polars as pl
import typer

from groundbreak.cli.app import Format, FormatOption, RegisterOption, command
from groundbreak.cli.output import emit_json, line, show


@command("serve")
def serve(
    bind: Annotated[str, typer.Option("--bind", metavar="HOST:PORT", help="Where to listen: "
                    "HOST:PORT, [IPv6]:PORT or unix:/PATH.")] = "127.0.0.1:8000",
    workers: Annotated[int | None, typer.Option("--workers", show_default=False, help="Processes "
                       "that answer. Default: one a core, 2 to 8.")] = None,
    access_log: Annotated[str, typer.Option("--access-log", help="none; paths (no address of the "
                          "asker, no search words); full.")] = "paths",
    check: Annotated[bool, typer.Option("--check", help="Print how it would be served, and "
                                        "whether the register is fit, then stop.")] = False,
    register: RegisterOption = None,
    form: FormatOption = Format.table,
) -> None:
    """Serve the site (see docs/deploy.md). Open to others, it needs a secret key and host names."""
    from groundbreak.site.running import serving

    how = serving(register, os.environ, bind=bind, workers=workers, log=access_log)
    os.environ.update(how.environment())
    from groundbreak.register.connection import connect

    connect(register)
    from groundbreak.register.checking import checks

    wrong = [f"{found.name}: {found.detail}" for found in checks() if not found.ok] if check else []
    if check:
        _print({**how.told(), "register": "; ".join(wrong) or "fit"}, form)
        if wrong:
            raise SystemExit(1)
        return
    from django.db import connections

    from groundbreak.site.server import run

    connections.close_all()  # each process opens its own
    line(f"serving {how.database} on {how.bind} with {how.workers} processes; Ctrl-C stops", form)
    run(how)


def _print(told: dict[str, Any], form: Format) -> None:
    if form is Format.json:
        emit_json(told)
    else:
        show(pl.DataFrame({"setting": list(told), "value": [str(v) for v in told.values()]}), form)


@command("worker")
def worker(
    once: Annotated[bool, typer.Option("--once", help="Make what is waiting, then stop.")] = False,
    register: RegisterOption = None,
    form: FormatOption = Format.table,
) -> None:
    """Make the long downloads that readers ask for, and forget what is kept for a time only."""
    from groundbreak.register.connection import connect

    connect(register)
    from groundbreak.site import exports

    stopping = exports.Stop()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: stopping.set())
    made = exports.work(stopping, once=once)
    if form is Format.table:
        line(f"{made:,} files made", form)
    else:
        _made(made, form)


def _made(made: int, form: Format) -> None:
    if form is Format.json:
        emit_json({"made": made})
    else:
        show(pl.DataFrame({"made": [made]}), form)

