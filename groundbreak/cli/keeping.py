"""Commands that keep the register: sources, releases, findings, review, doctor."""

from __future__ import annotations

from typing import Annotated, Any

import polars as pl
import typer

from groundbreak.cli.app import Format, FormatOption, RegisterOption, command, fail
from groundbreak.cli.output import emit_json, line, show
from groundbreak.vocabulary.terms import read_rows


def _frame(rows: list[dict[str, Any]], *columns: str) -> pl.DataFrame:
    """Rows as a frame; `columns` are its header where there is no row."""
    return pl.DataFrame(rows, schema=None if rows else columns, infer_schema_length=None)


@command("sources")
def sources(register: RegisterOption = None, form: FormatOption = Format.table) -> None:
    """The sources that can be taken in, their licence, and what the register holds of each."""
    from groundbreak.register.connection import connect

    connect(register)
    from groundbreak.register import own_lists
    from groundbreak.register.models import Release
    from groundbreak.register.publications import publication

    held: dict[str, list[str]] = {}
    for name, published in Release.objects.filter(withdrawn="").values_list("source", "published"):
        held.setdefault(name, []).append(str(published))
    show(_frame([
        {"source": row["name"], "title": row["title"], "publisher": row["publisher"],
         "role": row["role"], "licence": row["licence"],
         "terms_confirmed": row["licence_confirmed"] == "yes",
         "releases": len(held.get(row["name"], [])),
         "newest": max(held.get(row["name"], [""]))}
        for row in [*read_rows("publications.csv"), *map(publication, own_lists.sources())]
    ]), form, title="Sources")


@command("releases")
def releases(register: RegisterOption = None, form: FormatOption = Format.table) -> None:
    """Editions taken in: when published, what they listed, under which licence."""
    from groundbreak.register.connection import connect

    connect(register)
    from django.db.models import Count

    from groundbreak.register.models import Release

    found = [
        {"release": r.name, "published": str(r.published), "data_cut": str(r.data_cut),
         "rows": r.rows, "records": r.listed, "complete": r.complete, "layout": r.layout,
         "file": r.file, "sha256": r.sha256 if form is not Format.table else r.sha256[:12],
         "licence": r.licence, "terms_confirmed": r.licence_confirmed, "citation": r.citation,
         "withdrawn": r.withdrawn}
        for r in Release.objects.annotate(listed=Count("listings"))
    ]
    frame = _frame(found, "release", "published", "data_cut", "rows", "records", "complete",
                   "layout", "file", "sha256", "licence", "terms_confirmed", "citation",
                   "withdrawn")
    if form is Format.table:
        frame = frame.drop("citation", "layout", "complete")
    show(frame, form, title="Releases", empty="none yet; take one in with `groundbreak import`")


@command("findings")
def findings(
    release: Annotated[str | None, typer.Option("--release", help="Only this release.")] = None,
    kind: Annotated[str | None, typer.Option("--kind")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1)] = 50,
    register: RegisterOption = None,
    form: FormatOption = Format.table,
) -> None:
    """Cells that were not taken as they stand: where, what, why, and what would be accepted."""
    from groundbreak.register.connection import connect

    connect(register)
    from groundbreak.register.models import Finding, Release

    query = Finding.objects.select_related("release").order_by("id")
    if release:
        if not Release.objects.filter(name=release).exists():
            raise ValueError(f"no release {release!r}; see `groundbreak releases`")
        query = query.filter(release__name=release)
    if kind:
        query = query.filter(kind=kind)
    total = query.count()
    chosen = query[:limit] if form is Format.table else query
    show(_frame([
        {"release": f.release.name, "kind": f.kind, "sheet": f.sheet, "row": f.row,
         "column": f.column, "value": f.value, "why": f.why, "accepted": f.accepted}
        for f in chosen
    ], "release", "kind", "sheet", "row", "column", "value", "why", "accepted"),
        form, title=f"{total:,} findings", empty="every cell was read" if not kind else
        "none of that kind")
    if form is Format.table and total > limit:
        line(f"{total - limit:,} more: raise --limit or use --format csv", form)


@command("review")
def review(
    item: Annotated[int | None, typer.Option("--item", help="Judge this item.")] = None,
    verdict: Annotated[str | None, typer.Option("--verdict", help="accepted, rejected, unsure or "
                       "reopened.")] = None,
    reason: Annotated[str | None, typer.Option("--reason")] = None,
    by: Annotated[str | None, typer.Option("--by", help="Who judges (a role or a name).")] = None,
    kind: Annotated[str | None, typer.Option("--kind")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Also judged ones.")] = False,
    register: RegisterOption = None,
    form: FormatOption = Format.table,
) -> None:
    """Doubts a person must look at; with --item, --verdict, --reason and --by: judge one."""
    from groundbreak.register.connection import connect

    connect(register)
    from groundbreak.register import reports, reviewing

    if item is not None:
        reviewing.judge(item, verdict or "", reason or "", by or "")
        if form is not Format.table:
            show(_frame([{"item": item, "verdict": verdict, "reason": reason, "by": by}]), form)
        line(f"item {item}: {verdict}", form)
        return
    found = reviewing.items(kind=kind, everything=everything)
    columns = ["item", "kind", "source", "key", "release", "text", "verdict", "reason", "by"]
    if kind == reports.KIND:
        reached = reports.contacts([row["item"] for row in found])
        found = [{**row, "page": reached[row["item"]][0], "contact": reached[row["item"]][1]}
                 for row in found]
        columns += ["page", "contact"]
    if form is not Format.json:
        found = [{name: _visible(value) for name, value in row.items()} for row in found]
    show(_frame(found, *columns), form, title="Review items", empty="nothing to review")


def _visible(value: Any) -> Any:
    """A text without anything that a terminal would obey instead of show."""
    if not isinstance(value, str):
        return value
    return "".join(c if c.isprintable() or c == "\n" else repr(c)[1:-1] for c in value)


@command("doctor")
def doctor(register: RegisterOption = None, form: FormatOption = Format.table) -> None:
    """Check the register: triggers, log order, ids, counts. Exit code 1 if anything is wrong."""
    from groundbreak.register.connection import connect

    connect(register)
    from groundbreak.register.checking import checks

    found = [{"check": c.name, "ok": c.ok, "detail": c.detail} for c in checks()]
    if form is Format.json:
        emit_json(found)
    else:
        show(_frame(found), form, title="Doctor")
    if not all(row["ok"] for row in found):
        fail("the register needs attention", code=1)
