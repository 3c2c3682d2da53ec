"""`groundbreak import` of a list of somebody's own, by its mapping."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import typer

from groundbreak.cli.app import Format
from groundbreak.cli.countable import counted_line
from groundbreak.cli.output import emit_json, line, rows, table
from groundbreak.sources.mapped.schema import read_mapping
from groundbreak.vocabulary.guarding import safe_csv


def take_own_list(
    source: str, file: Path, mapping: Path | None, published: date | None, register: Path | None,
    form: Format,
) -> None:
    """Take the tabs of a file in that are new, by the mapping given or kept."""
    given = read_mapping(mapping) if mapping else None
    if given and given.source != source:
        raise ValueError(f"{mapping}: maps source {given.source!r}, not {source!r}; accepted: "
                         f"groundbreak import {given.source} {file} --mapping {mapping}")
    from groundbreak.register.connection import connect

    connect(register)
    from groundbreak.cli.taking_in import working
    from groundbreak.register.own_importing import import_files, mapping_of

    with working(f"importing {file.name}"):
        done = import_files(given or mapping_of(source), [file], today=date.today(),
                            published=published)
    found = pl.DataFrame([
        {"release": r.release, "claims": r.claims, "findings": r.findings,
         "review_items": r.reviews, "already_imported": r.already} for r in done.releases])
    if form is Format.json:
        emit_json(rows(found))
    elif form is Format.csv:
        line(safe_csv(found).rstrip("\n"), Format.table)
    else:
        table(found)
    if done.read_otherwise:
        line(f"read by an earlier mapping, and left as they are: {', '.join(done.read_otherwise)}; "
             "to read one anew: groundbreak withdraw it first", form)
    for warning in (text for r in done.releases for text in r.warnings):
        typer.echo(f"groundbreak: {warning}", err=True)
    if all(r.already for r in done.releases):
        line("taken in before: no news", form)
    line(counted_line(done.dated, done.mapping.complete), form)
    line(f"{found['claims'].sum()} claims, {found['findings'].sum()} findings, "
         f"{found['review_items'].sum()} review items", form)
