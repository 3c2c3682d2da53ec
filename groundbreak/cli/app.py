"""The application, its shared options, and what every command does with bad input."""

from __future__ import annotations

import functools
import getpass
import sys
from collections.abc import Callable
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer

import groundbreak

app = typer.Typer(
    name="groundbreak", no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False,
    help="The open system of record for industrial-transition pipelines.",
)
F = TypeVar("F", bound=Callable[..., Any])
# A path that was given is wrong; any other OSError is the machine's (disk full, no permission).
NAMED_WRONG = (FileNotFoundError, IsADirectoryError, NotADirectoryError)


class Format(StrEnum):
    """How a command prints its result."""

    table = "table"
    json = "json"
    csv = "csv"


def as_date(text: str) -> date:
    """A day from YYYY-MM-DD, or a usage error that says so."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is not a date; accepted: YYYY-MM-DD") from None


def login(option: str) -> str:
    """The login name. Raises ValueError, which names the `option` to give one by, without one."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        raise ValueError(f"no login name is known here; accepted: {option} NAME") from None


RegisterOption = Annotated[
    Path | None,
    typer.Option("--register", help="Register file (SQLite). Default: DATABASE_URL, else the "
                 "register in your data folder.", show_default=False),
]
FormatOption = Annotated[Format, typer.Option("--format", help="table, json or csv.")]
AsOfOption = Annotated[
    date | None,
    typer.Option("--as-of", parser=as_date, metavar="DATE", show_default=False,
                 help="As known on this day. Default: the register's newest published date."),
]
FromOption = Annotated[date, typer.Option("--from", parser=as_date, metavar="DATE",
                                          help="Opening: as known on this day.")]
ToOption = Annotated[date, typer.Option("--to", parser=as_date, metavar="DATE",
                                        help="Closing: as known on this day.")]


def show_version(value: bool) -> None:
    if value:
        typer.echo(f"groundbreak {groundbreak.__version__}")
        raise typer.Exit


@app.callback()
def top(
    version: Annotated[bool, typer.Option("--version", callback=show_version, is_eager=True,
                                          help="Print the version and stop.")] = False,
) -> None:
    """The open system of record for industrial-transition pipelines."""


def command(name: str, group: typer.Typer = app) -> Callable[[F], F]:
    """Register a command whose bad input ends with a message and exit code 2, never a traceback.

    `group`: the application it belongs to, where a word stands before it (`release build`).
    """

    def decorate(function: F) -> F:
        @functools.wraps(function)
        def run(*args: Any, **kwargs: Any) -> Any:
            try:
                return function(*args, **kwargs)
            except (ValueError, KeyError) as error:
                text = error.args[0] if isinstance(error, KeyError) and error.args else error
                fail(str(text))
            except KeyboardInterrupt:
                fail("interrupted: nothing was written", code=130)
            except BrokenPipeError:
                raise
            except OSError as error:
                fail(f"{error.filename}: {error.strerror}" if error.filename else str(error),
                     code=2 if isinstance(error, NAMED_WRONG) else 1)
            except Exception as error:
                if type(error).__module__.startswith(("django.db", "sqlite3", "psycopg")):
                    fail(f"the register could not be written or read: {error}; nothing was "
                         "half-written", code=1)
                raise

        return group.command(name)(run)  # type: ignore[return-value]

    return decorate


def fail(message: str, code: int = 2) -> None:
    """Say what is wrong on standard error and stop."""
    typer.echo(f"groundbreak: {message}", err=True)
    sys.exit(code)
