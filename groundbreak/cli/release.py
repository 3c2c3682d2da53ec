"""`groundbreak release …`: build a numbered package, check it, compare two."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import polars as pl
import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from groundbreak.cli.app import (
    AsOfOption,
    Format,
    FormatOption,
    RegisterOption,
    command,
    fail,
    login,
)
from groundbreak.cli.app import app as top
from groundbreak.cli.output import emit_json, line, rows, show, table

if TYPE_CHECKING:
    from groundbreak.history.snapshot import Snapshot
    from groundbreak.publishing.release.building import Order
    from groundbreak.register.models import Package

app = typer.Typer(name="release", no_args_is_help=True,
                  help="Numbered, frozen releases of the register: build, check, compare, review, "
                  "sign, publish.")
top.add_typer(app)
NameArgument = Annotated[str, typer.Argument(help="The release, e.g. 2026.1.")]
ByOption = Annotated[str | None, typer.Option("--by", help="Who takes this step (a role or a "
                     "name). Default: your login name.", show_default=False)]
PackageArgument = Annotated[str, typer.Argument(help="A package: its folder, its zip, or the "
                            "number of a release of this register.")]


@contextlib.contextmanager
def stepping(text: str) -> Iterator[Callable[[str], None]]:
    """A spinner on standard error that says which step is being taken."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(text)
        yield lambda step: progress.update(task, description=f"{text}: {step}")


@command("build", app)
def build(
    name: NameArgument,
    as_of: AsOfOption = None,
    confirmed_only: Annotated[bool, typer.Option("--confirmed-licences", help="Leave out sources "
                              "whose terms are not confirmed.")] = False,
    again: Annotated[bool, typer.Option("--again", help="Build a draft anew; what reviewers said "
                     "of it is void if it changes.")] = False,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="Write a trial package into "
                      "this folder; the register does not note it.", show_default=False)] = None,
    figures: Annotated[bool, typer.Option("--figures/--no-figures", help="Draw the charts; only a "
                       "trial may be without them.")] = True,
    by: ByOption = None,
    register: RegisterOption = None,
    form: FormatOption = Format.table,
) -> None:
    """Freeze the register as known on a day into a numbered package: a folder and a zip."""
    from groundbreak.register.connection import connect

    connect(register)
    from groundbreak.measures import DEFINITION_VERSION
    from groundbreak.publishing.release import building, container
    from groundbreak.register import packages

    if output is None and not figures:
        raise ValueError("--no-figures: a release has its figures; accepted: for a trial, with -o")
    if output is None and packages.check_buildable(name, again=again) is None:
        again = False  # nothing of that number is known here: what lies there is somebody else's
    folder = (output or packages.home()) / name
    building.check_free(folder, again=again)
    with stepping(f"building {name}") as step:
        order, log, before = _order(name, as_of, confirmed_only)
        order = replace(order, figures=figures)
        found = building.contents(log, order, step)
        step("writing")
        archive = building.write(found, folder, again=again)
    sums = container.sha256(found[container.SUMS])
    if output is None:
        packages.built(name, order.known, order.position, DEFINITION_VERSION, sums, before,
                       by or login("--by"))
    told = {"release": name, "known": str(order.known), "position": order.position,
            "previous": before.name if before else None, "folder": str(folder),
            "zip": str(archive), "sha256_of_sums": sums,
            "sha256_of_zip": container.sha256(archive.read_bytes())}
    if form is Format.json:
        emit_json(told)
    elif form is Format.csv:
        show(pl.DataFrame([told]), form)
    line(f"built {name}, as known on {order.known} (log position {order.position:,}), "
         + (f"after {before.name}" if before else "the first") + f":\n{folder}\n{archive}\n"
         f"SHA-256 of its checksums: {sums}", form)


def _order(
    name: str, as_of: date | None, confirmed_only: bool
) -> tuple[Order, Snapshot, Package | None]:
    """What is to be built from the open register, its log, and the release before."""
    from groundbreak.publishing.release.building import Order, Previous
    from groundbreak.publishing.release.tables import LABEL_SCHEMA
    from groundbreak.register import log, packages

    taken = log.snapshot()
    known = as_of or taken.public().newest_published
    if known is None:
        raise ValueError("the register is empty; take something in with `groundbreak import`")
    position = taken.position  # what is written meanwhile is no part of it
    before = packages.before(known, position, name)
    previous = Previous.read(packages.folder(before.name)) if before else None
    labels = pl.DataFrame(packages.labels(known), schema=LABEL_SCHEMA, orient="row")
    return Order(name, known, position, confirmed_only, previous, labels=labels), taken, before


def located(text: str, register: Path | None) -> Path:
    """The package that `text` names: a path that is there, else a release of the register."""
    from groundbreak.publishing.release.building import NAME

    path = Path(text)
    if path.exists() or not NAME.fullmatch(text):
        return path
    from groundbreak.register.connection import connect

    connect(register)
    from groundbreak.register import packages

    return packages.folder(text)


@command("verify", app)
def verify(
    package: PackageArgument,
    previous: Annotated[str | None, typer.Option("--previous", help="The package before it: checks "
                        "that it was built on that, and their bridge.", show_default=False)] = None,
    sha256: Annotated[str | None, typer.Option("--sha256", help="The SHA-256 of its checksums as "
                      "it was published.", show_default=False)] = None,
    register: RegisterOption = None,
    form: FormatOption = Format.table,
) -> None:
    """Check a package with nothing but the package: sums, chain, every figure. Exit 1 if wrong."""
    from groundbreak.publishing.release.verifying import verify as verified

    path = located(package, register)
    with stepping(f"checking {path.name}") as step:
        verdict = verified(path, located(previous, register) if previous else None, step)
    problems = [(p.file, p.what) for p in verdict.problems]
    if sha256 and sha256.lower() != verdict.sums:
        problems.append(("SHA256SUMS", f"has the SHA-256 {verdict.sums}, expected {sha256}"))
    frame = pl.DataFrame(problems, schema={"file": pl.String(), "what": pl.String()}, orient="row")
    if form is Format.json:
        emit_json({"release": verdict.name, "sha256_of_sums": verdict.sums, "ok": not problems,
                   "problems": rows(frame), "notes": list(verdict.notes)})
    elif form is Format.csv:
        show(frame, form)
    elif problems:
        table(frame, title=f"{path.name}: not as it was released")
    for note in verdict.notes:
        line(f"note: {note}", form)
    if problems:
        fail(f"{path}: {len(problems)} {'thing is' if len(problems) == 1 else 'things are'} wrong",
             code=1)
    line(f"{verdict.name} is as it was released; SHA-256 of its checksums: {verdict.sums}", form)


@command("diff", app)
def diff(
    earlier: PackageArgument,
    later: PackageArgument,
    register: RegisterOption = None,
    form: FormatOption = Format.table,
) -> None:
    """What changed from one package to another: the bridge, who moved, and (csv) every cell."""
    from groundbreak.measures.changes import GROUPS, counts
    from groundbreak.publishing.release.comparing import compare

    first, last = located(earlier, register), located(later, register)
    with stepping(f"comparing {first.name} with {last.name}"):
        found = compare(first, last)
    if form is Format.json:
        emit_json({"earlier": found.earlier, "later": found.later, "bridge": rows(found.bridge),
                   "moves": rows(found.moves), "changes": rows(found.changes),
                   "unexplained": found.unexplained})
        return
    if form is Format.csv:
        show(found.changes, form)
        return
    table(found.bridge, title=f"From {found.earlier} to {found.later}", empty="nothing is counted")
    table(found.moves.drop("record", "claim"), title="Projects that moved", empty="none")
    kinds = [{"changes": GROUPS[group], "projects": n}
             for group, n in counts(found.changes).items()]
    if kinds:
        table(pl.DataFrame(kinds), title="Changes by kind")
    line(f"unexplained {found.unexplained}", form)
