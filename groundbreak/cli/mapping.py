"""The command `map`: guess how a list of somebody's own is read, and check what would be read."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path
from typing import Annotated

import polars as pl
import typer

from groundbreak.cli.app import Format, FormatOption, RegisterOption, as_date, command, fail
from groundbreak.cli.countable import counted_line
from groundbreak.cli.output import emit_json, line, rows, table
from groundbreak.cli.taking_in import working
from groundbreak.sources.mapped.checking import Checked, check
from groundbreak.sources.mapped.draft import Draft
from groundbreak.sources.mapped.grid import MOST_HEADER_ROWS
from groundbreak.sources.mapped.guessing import guess
from groundbreak.sources.mapped.locating import AS_MAPPED, NO_DAY
from groundbreak.sources.mapped.mapping import Mapping
from groundbreak.sources.mapped.opening import open_files
from groundbreak.sources.mapped.schema import RESERVED, read_mapping, source_error
from groundbreak.sources.mapped.writing import target_text, unsure, write
from groundbreak.vocabulary.guarding import safe_csv

MAPPING_SUFFIXES = frozenset({".yaml", ".yml"})
SHOWN_OF_A_KIND = 6


@command("map")
def map_(
    files: Annotated[list[Path] | None, typer.Argument(help="A workbook or CSV of your own, or a "
                     "folder of them; with --check: the mapping file (or the name of a list the "
                     "register knows), then the files.", show_default=False)] = None,
    checked: Annotated[bool, typer.Option("--check", help="Show what a mapping would read, what "
                                          "it cannot, and five rows as understood.")] = False,
    kept: Annotated[str | None, typer.Option("--kept", metavar="SOURCE", help="Write the mapping "
                    "that the register keeps for this list.", show_default=False)] = None,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="Where to write the "
                      "mapping; default: SOURCE.yaml here.", show_default=False)] = None,
    source: Annotated[str, typer.Option("--source", help="Name of the list in the register; "
                      "default: from the file's name.", show_default=False)] = "",
    published: Annotated[date | None, typer.Option("--published", parser=as_date, metavar="DATE",
                         help="With --check: the day of a file that bears none.",
                         show_default=False)] = None,
    header_rows: Annotated[list[str] | None, typer.Option("--header-rows", metavar="[SHEET=]N",
                           help="How many rows the column names take (1-3), of every sheet or of "
                           "one; may be given several times. Default: guessed.",
                           show_default=False)] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite the mapping file.")] = False,
    register: RegisterOption = None,
    form: FormatOption = Format.table,
) -> None:
    """Guess how a list of your own is read, as a mapping file to edit; --check it before import."""
    if kept is not None:
        _write_out(_kept(kept, register).text, output or Path(f"{kept}.yaml"), force, kept, form)
    elif not files:
        raise ValueError("no file given; accepted: groundbreak map FILE, or groundbreak map "
                         "--check MAPPING FILE")
    elif checked:
        mapping = _mapping(files[0], register)
        _show_check(mapping, _to_read(mapping, files), published, form)
    else:
        _guess(files, source, output, force, form, _rows_of_names(header_rows or []))


# -- guessing ------------------------------------------------------------------------------------
def _rows_of_names(given: list[str]) -> dict[str, int]:
    """Sheet → its header rows, from 'SHEET=N'; '' for a bare 'N'."""
    found = {}
    for text in given:
        sheet, _, number = text.rpartition("=")
        if number not in map(str, range(1, MOST_HEADER_ROWS + 1)):
            raise ValueError(f"--header-rows {text}: not such a number; accepted: N or SHEET=N, N "
                             f"from 1 to {MOST_HEADER_ROWS}")
        found[sheet] = int(number)
    return found


def _guess(
    files: list[Path], source: str, output: Path | None, force: bool, form: Format,
    header_rows: dict[str, int],
) -> None:
    if source and (why := source_error(source)):
        raise ValueError(f"--source {source}: {why}; accepted: small letters, digits and hyphens, "
                         f"2 to 31, beginning with a letter; not {', '.join(sorted(RESERVED))}")
    if any(path.suffix.lower() in MAPPING_SUFFIXES for path in files):
        raise ValueError(f"{files[0]}: a mapping file; accepted: a workbook or CSV, or --check "
                         "MAPPING FILE")
    with working(f"looking at {files[0].name}"):
        draft = guess(open_files(files), source, header_rows)
    path = output or Path(f"{draft.source}.yaml")
    draft.files = [os.path.relpath(file, path.absolute().parent) for file in files]
    _refuse_existing(path, force)
    path.write_text(write(draft), encoding="utf-8")
    _show_draft(draft, path, files, form)


def _refuse_existing(path: Path, force: bool) -> None:
    if path.exists() and not force:
        raise ValueError(f"{path}: exists already; accepted: a new file name with -o, or --force")
    if not path.absolute().parent.is_dir():
        raise ValueError(f"{path.parent}: no such folder; accepted: -o in a folder that is there")


def _show_draft(draft: Draft, path: Path, files: list[Path], form: Format) -> None:
    columns = pl.DataFrame([
        {"column": g.name,
         "reads": ", ".join(map(target_text, g.targets)) or ("left out" if g.ignored else
                  "id" if g.name in draft.key.names else "unit" if g.why == "unit" else "?"),
         "sure": g.sure, "why": g.ignored or g.why} for g in draft.columns])
    if form is Format.csv:
        typer.echo(safe_csv(columns), nl=False)
    if form is Format.json:
        emit_json({"mapping": str(path), "source": draft.source, "unsure": unsure(draft),
                   "tabs": [vars(tab) for tab in draft.tabs],
                   "key": [list(names) for names in draft.key.columns],
                   "columns": rows(columns)})
    if form is Format.table:
        table(pl.DataFrame([{"tab": t.name, "published": t.value, "because": t.why}
                            for t in draft.tabs]))
        line("", form)
        table(columns)
        line("", form)
    given = " ".join(map(_quoted, map(str, files)))
    one = _quoted(str(files[0] if len(files) == 1 else files[0].parent))
    line(f"wrote {path}: {unsure(draft)} lines are marked '# unsure'; look at them, then\n"
         f"  groundbreak map --check {_quoted(str(path))} {given}\n"
         f"  groundbreak import {draft.source} {one} --mapping {_quoted(str(path))}", form)


def _quoted(text: str) -> str:
    return f"'{text}'" if set(text) & set(" ()&;'\"$") else text


# -- mappings ------------------------------------------------------------------------------------
def _kept(source: str, register: Path | None) -> Mapping:
    from groundbreak.register.connection import connect

    connect(register)
    from groundbreak.register.own_importing import mapping_of

    return mapping_of(source)


def _write_out(text: str, path: Path, force: bool, source: str, form: Format) -> None:
    _refuse_existing(path, force)
    path.write_text(text, encoding="utf-8")
    if form is Format.json:
        emit_json({"mapping": str(path), "source": source})
    line(f"wrote {path}: the mapping of {source} as the register keeps it", form)


def _mapping(given: Path, register: Path | None) -> Mapping:
    if given.exists():
        return read_mapping(given)
    if source_error(str(given)):
        raise ValueError(f"{given}: no such file; accepted: a mapping file that `groundbreak map` "
                         "writes, or the name of a list that the register knows")
    return _kept(str(given), register)


def _to_read(mapping: Mapping, files: list[Path]) -> list[Path]:
    """The files given, else those that the mapping was made from, beside it."""
    found = files[1:] or [files[0].absolute().parent / name for name in mapping.files]
    missing = [path for path in found if not path.exists()]
    if missing or not found:
        what = missing[0] if missing else "no file given"
        raise ValueError(f"{what}: no such file; accepted: groundbreak map --check "
                         f"{files[0]} FILE")
    return found


# -- checking ------------------------------------------------------------------------------------
def _show_check(
    mapping: Mapping, files: list[Path], published: date | None, form: Format
) -> None:
    with working(f"reading {files[0].name}"):
        found = check(mapping, open_files(files), published)
    if form is Format.json:
        emit_json({"source": mapping.source, "tabs": rows(found.tabs()),
                   "issues": rows(found.issues()), "samples": found.samples(),
                   "refused": list(found.refused)})
    elif form is Format.csv:
        typer.echo(safe_csv(found.issues()), nl=False)
    else:
        _check_tables(found)
    line(counted_line(found.dated, mapping.complete), form)
    if found.refused:
        fail("the import would be refused: " + "; ".join(found.refused))
    days = sorted({str(item.published) for item in found.dated if item.published != NO_DAY})
    line(f"would be taken in as {', '.join(f'{mapping.source}@{day}' for day in days)}", form)


def _check_tables(found: Checked) -> None:
    tabs = found.tabs()
    if set(tabs["because"]) <= {AS_MAPPED, ""}:
        tabs = tabs.drop("because")
    table(tabs, title="What would be read")
    line("", Format.table)
    issues = found.issues()
    shown = issues.group_by("what", maintain_order=True).head(SHOWN_OF_A_KIND)
    if tabs.height == 1:
        shown = shown.drop("tab")
    table(shown, title="What would not, or is doubtful", empty="nothing: every cell is read")
    more = issues.group_by("what", maintain_order=True).len().filter(
        pl.col("len") > SHOWN_OF_A_KIND)
    if more.height:
        told = ", ".join(f"{what} {many - SHOWN_OF_A_KIND}" for what, many in more.iter_rows())
        line(f"and more of a kind: {told}; all of them with --format csv", Format.table)
    line(f"\nThe first {len(found.samples())} rows as they will be understood", Format.table)
    for sample in found.samples():
        line("", Format.table)
        table(pl.DataFrame({"field": list(sample), "value": list(sample.values())}))

