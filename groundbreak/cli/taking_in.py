"""Commands that write: import, withdraw, review verdicts, demo, template, snapshot."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Annotated

import polars as pl
import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from groundbreak.cli.app import Format, FormatOption, RegisterOption, as_date, command
from groundbreak.cli.output import emit_json, line, show
from groundbreak.sources.registry import MODULES


@contextlib.contextmanager
def working(text: str) -> Iterator[None]:
    """A spinner with elapsed time on standard error while something long runs."""
    if not sys.stderr.isatty():
        yield
        return
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        progress.add_task(text)
        yield


@command("import")
def import_(
    source: Annotated[str, typer.Argument(help="Source name, see `groundbreak sources`; or `edit` "
                                          "for a sheet of `groundbreak export --edit`.")],
    file: Annotated[Path, typer.Argument(help="The file as its publisher released it.")],
    published: Annotated[date | None, typer.Option("--published", parser=as_date, metavar="DATE",
                         help="The day its publisher released it.", show_default=False)] = None,
    cut: Annotated[date | None, typer.Option("--cut", parser=as_date, metavar="DATE",
                   help="The day the data speak of, where that is not the published day.")] = None,
    mapping: Annotated[Path | None, typer.Option("--mapping", metavar="FILE", show_default=False,
                       help="Of a list of your own: the mapping that `groundbreak map` wrote; it "
                       "is kept for the next tab.")] = None,
    preview: Annotated[bool, typer.Option("--preview", help="Of an edited sheet: list what would "
                                          "change, and write nothing.")] = False,
    register: RegisterOption = None,
    form: FormatOption = Format.table,
) -> None:
    """Take an edition of a source in, or an edited sheet. One transaction each."""
    from groundbreak.cli.own_lists import take_own_list
    from groundbreak.register.connection import connect

    if source == "edit":
        if published is not None:
            raise ValueError("--published is for editions; a sheet's rows say when their sources "
                             "were published")
        from groundbreak.cli.editing import take_sheet

        take_sheet(file, preview, register, form)
        return
    if preview:
        raise ValueError("--preview is for edited sheets: groundbreak import edit FILE --preview")
    if mapping is not None or source not in MODULES:
        if cut is not None:
            raise ValueError("--cut is not for a list of your own; accepted: the day under tabs of "
                             "its mapping, or --published")
        take_own_list(source, file, mapping, published, register, form)
        return
    if published is None:
        raise ValueError("--published is missing: the day the publisher released the file; "
                         "accepted: --published YYYY-MM-DD")

    connect(register)
    from groundbreak.register.importing import import_file

    with working(f"importing {file.name}"):
        done = import_file(source, file, published, today=date.today(), data_cut=cut)
    if done.already:
        line(f"{done.release} was taken in before: no news", form)
    for warning in done.warnings:
        typer.echo(f"groundbreak: {warning}", err=True)
    if form is Format.json:
        emit_json({"release": done.release, "claims": done.claims, "findings": done.findings,
                   "review_items": done.reviews, "already_imported": done.already})
    if form is Format.csv:
        show(pl.DataFrame({"release": [done.release], "claims": [done.claims],
                           "findings": [done.findings], "review_items": [done.reviews],
                           "already_imported": [done.already]}), form)
    line(f"{done.claims} claims, {done.findings} findings, {done.reviews} review items", form)


@command("withdraw")
def withdraw(
    release: Annotated[str, typer.Argument(help="Release name; see `groundbreak releases`.")],
    reason: Annotated[str, typer.Option("--reason", help="Why it is taken back.")],
    register: RegisterOption = None,
    form: FormatOption = Format.table,
) -> None:
    """Take a release back, with a reason; the same as `undo`."""
    from groundbreak.register.connection import connect

    connect(register)
    from groundbreak.register.undoing import undo

    if not reason.strip():
        raise ValueError("a withdrawal needs a --reason")
    with working(f"withdrawing {release}"):
        done = undo(release, reason, date.today())
    if form is Format.json:
        emit_json({"release": release, "claims": done.claims, "reason": reason,
                   "import": done.release})
    if form is Format.csv:
        show(pl.DataFrame({"release": [release], "claims": [done.claims], "reason": [reason],
                           "import": [done.release]}), form)
    line(f"{done.claims} claims written; {release} is withdrawn. Bring it back with: groundbreak "
         f"undo {done.release}", form)


@command("template")
def template(
    output: Annotated[Path | None, typer.Option("-o", "--output",
                      help="Write the CSV here; default: standard output.")] = None,
    guide: Annotated[bool, typer.Option("--guide", help="Say what each column accepts.")] = False,
    register: RegisterOption = None,
    form: FormatOption = Format.csv,
) -> None:
    """Our own CSV template, for anybody's list: fill it and import it as source `template`."""
    from groundbreak.sources.template import template_csv, template_guide

    text = template_guide() if guide else template_csv()
    if form is Format.json:
        emit_json({"columns": template_csv().splitlines()[0].split(",")})
    elif output is None:
        typer.echo(text, nl=not text.endswith("\n"))
    elif output.exists():
        raise ValueError(f"{output}: exists already; accepted: a new file name")
    else:
        output.write_text(text, encoding="utf-8")
        line(f"wrote {output}; import it with: groundbreak import template {output} "
             "--published YYYY-MM-DD", Format.table)


@command("snapshot")
def snapshot(
    output: Annotated[Path, typer.Option("-o", "--output", help="The zip to write.")],
    everything: Annotated[bool, typer.Option("--confidential",
                          help="Include claims that are not public.")] = False,
    confirmed_only: Annotated[bool, typer.Option("--confirmed-licences",
                              help="Leave out sources whose terms are not confirmed.")] = False,
    register: RegisterOption = None,
    form: FormatOption = Format.table,
) -> None:
    """Write the register as one zip of Parquet for notebooks: gb.open(FILE)."""
    from groundbreak.history import snapshot as snapshots
    from groundbreak.history.view import History
    from groundbreak.register.connection import connect

    connect(register)
    from groundbreak.register import log

    with working(f"writing {output.name}"):
        taken = log.snapshot()
        if not everything:
            taken = taken.public()
        if confirmed_only:
            taken = taken.confirmed()
        snapshots.write(taken, output, {"records": History(taken).as_of().table()})
    if form is Format.json:
        emit_json({"file": str(output), "claims": taken.claims.height,
                   "position": taken.position})
    if form is Format.csv:
        show(pl.DataFrame({"file": [str(output)], "claims": [taken.claims.height],
                           "position": [taken.position]}), form)
    line(f"wrote {output}: {taken.claims.height:,} claims up to log position "
         f"{taken.position:,}", form)


def _support() -> str:
    from groundbreak.starter import flagships

    plants, companies = flagships.plants().height, flagships.companies().height
    return (f"Direct support on public record: {plants + companies} ({plants} named plants, "
            f"{companies} companies without a named plant); the aim is 30–40.")


@command("demo")
def demo(
    serve: Annotated[bool, typer.Option("--serve/--no-serve", help="Then serve the site until "
                                        "Ctrl-C; only with --format table.")] = True,
    port: Annotated[int, typer.Option("--port", min=1, max=65535, help="Port of the site; the "
                                      "next free one where it is taken.")] = 8000,
    register: RegisterOption = None,
    form: FormatOption = Format.table,
) -> None:
    """Load the embedded register, print its scorecard, and show the site on this machine."""
    from groundbreak.cli import scorecards
    from groundbreak.cli.asking import reader
    from groundbreak.register.connection import connect

    connect(register)
    from groundbreak.register.starting import load

    with working("loading the embedded register"):
        taken = load()
    claims = sum(done.claims for done in taken)
    again = " (loaded before: no news)" if all(done.already for done in taken) else ""
    line(f"embedded register: {len(taken)} editions, {claims:,} claims{again}\n", form)
    reading = reader(register).as_of()
    scorecards.show(reading, reading.scorecard(period="term", by="sector"), form, None)
    if form is Format.table:
        line(_support(), form)
        line("\nGo on: groundbreak projects --sector steel · groundbreak project NAME · "
             "groundbreak bridge --from 2024-01-01 --to 2026-01-01 · groundbreak gap", form)
    if serve and form is Format.table:
        from django.db import connections

        from groundbreak.cli.showing import show_site

        connections.close_all()
        show_site(register, port)
