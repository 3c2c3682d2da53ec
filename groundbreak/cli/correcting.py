"""The command `groundbreak corrections`: check, apply and list corrections kept as YAML files."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import polars as pl
import typer
from rich.padding import Padding
from rich.text import Text

from groundbreak.cli.app import Format, FormatOption, RegisterOption, command, fail
from groundbreak.cli.output import console, line, show
from groundbreak.editing.settling import STATUSES, State

COLUMNS = ("file", "line", "record", "field", "action", "value", "expect", "source_says", "where",
           "status", "in_force", "reason", "provider", "date", "grade", "evidence")


class Action(StrEnum):
    """What to do with corrections."""

    check = "check"
    apply = "apply"
    list = "list"


@command("corrections")
def corrections(
    action: Annotated[Action, typer.Argument(help="check: whether every guard still holds (exit "
                      "code 1 if one does not); apply: keep files and put them in force; list: "
                      "what is kept.")],
    files: Annotated[list[Path] | None, typer.Argument(help="YAML files; check without any looks "
                     "at what is kept.")] = None,
    register: RegisterOption = None,
    form: FormatOption = Format.table,
) -> None:
    """Corrections of sources as data: each with a guard, settled again after every import."""
    from groundbreak.register.connection import connect

    if action is Action.list and files:
        raise ValueError("list takes no files; accepted: groundbreak corrections check FILE")
    if action is Action.apply and not files:
        raise ValueError("apply which files? accepted: groundbreak corrections apply FILE.yaml …")
    connect(register)
    from groundbreak.register import correcting

    today = date.today()
    read = correcting.read(files or ())
    if action is Action.apply:
        done = correcting.apply(read, today)
        _show(done.states, form)
        line(f"{done.claims} claims written, {done.withdrawn} taken back; kept: "
             f"{', '.join(done.kept) or 'no file was new or changed'}", form)
        return
    states = correcting.check(read, today)
    _show(states, form)
    if action is Action.check:
        _judge(states, kept=not files)


def _show(states: Sequence[State], form: Format) -> None:
    if form is Format.table:
        _print(states)
        return
    rows = [_row(state) for state in states]
    frame = pl.DataFrame(rows, schema=dict.fromkeys(COLUMNS, pl.String()) | {
        "line": pl.Int64(), "grade": pl.Int64(), "in_force": pl.Boolean()}, orient="row")
    show(frame, form)


def _print(states: Sequence[State]) -> None:
    """Three lines a correction: where, what against what, and how it stands."""
    out = console()
    if not states:
        out.print("no corrections: groundbreak corrections apply FILE.yaml")
    for state in states:
        one = state.correction
        to = one.typed if one.action == "set" else one.action.replace("_", " ")
        at = f" ({state.place})" if state.place else ""
        for indent, text in (
            (0, f"{one.place}: {one.record} {one.field}"),
            (2, f"the source says {state.found}{at}; expected {one.expect or 'nothing'}; "
                f"correction: {to}"),
            (2, STATUSES[state.status] + (f": {state.why}" if state.why else "")),
        ):
            bold = "bold red" if indent and state.wrong and text.startswith("not") else ""
            out.print(Padding(Text(text, style=bold, overflow="fold"), (0, 0, 0, indent),
                              expand=False))


def _row(state: State) -> tuple[object, ...]:
    one = state.correction
    status = STATUSES[state.status] + (f": {state.why}" if state.why else "")
    return (one.file, one.line, one.record, one.field, one.action,
            one.typed if one.action == "set" else f"({one.action.replace('_', ' ')})", one.expect,
            state.found, state.place, status, state.status == "in_force", one.reason, one.provider,
            str(one.date), one.grade, one.evidence)


def _judge(states: Sequence[State], *, kept: bool) -> None:
    """Say what must be looked at and end with exit code 1, where there is any."""
    wrong = [str(state) for state in states if state.wrong]
    if kept:
        wrong += [f"{state}; accepted: groundbreak corrections apply of the file again"
                  for state in states if state.status == "to_apply"]
    if wrong:
        fail("\n".join(["corrections that must be looked at:", *wrong]), code=1)
