"""Commands for editors: export a sheet and take it back, edit and add by hand, undo.

Exit code 3: done in part, some changes were refused and are listed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import polars as pl
import typer

from groundbreak.cli import dossier
from groundbreak.cli.app import Format, FormatOption, RegisterOption, as_date, command
from groundbreak.cli.asking import reader
from groundbreak.cli.filters import (
    AllOption,
    CountryOption,
    LabelOption,
    LevelOption,
    ProductOption,
    SearchOption,
    SectorOption,
    SourceOption,
)
from groundbreak.cli.output import emit_json, line, rows, show, table
from groundbreak.cli.taking_in import working
from groundbreak.editing import typed
from groundbreak.editing.edits import SOURCE
from groundbreak.editing.returned import Returned
from groundbreak.editing.typed import Told
from groundbreak.history.snapshot import Snapshot
from groundbreak.reading import Reader

IN_PART = 3
SHOWN = 200  # changes of a preview in a terminal
SetOption = Annotated[list[str] | None, typer.Option("--set", metavar="FIELD=VALUE",
                      help="A value; #CLEAR takes it away, '#N/A reason' says it does not apply. "
                           "May be repeated.")]
EvidenceOption = Annotated[str | None, typer.Option("--source", metavar="URL",
                           help="Where it is said: a URL, or a document.")]
DayOption = Annotated[date | None, typer.Option("--date", parser=as_date, metavar="DATE",
                      help="The day that was published.", show_default=False)]
GradeOption = Annotated[int, typer.Option("--grade", min=1, max=6, help="1 regulator … 4 press, "
                                          "5 another tracker, 6 inferred.")]
PublisherOption = Annotated[str | None, typer.Option("--publisher", help="Who published it.")]
CorrectionOption = Annotated[bool, typer.Option("--correction", help="What stands is an error: "
                             "hold against it.")]
WhyOption = Annotated[str, typer.Option("--why", help="A remark or a short quote.")]
PreviewOption = Annotated[bool, typer.Option("--preview", help="Say what would change, and what "
                                             "it does to the measures; write nothing.")]


@command("export")
def export(
    output: Annotated[Path, typer.Option("-o", "--output", help="The workbook to write (.xlsx).")],
    edit: Annotated[bool, typer.Option("--edit", help="A sheet to be edited and taken back.")] =
    False,
    sector: SectorOption = None,
    country: CountryOption = None,
    product: ProductOption = None,
    label: LabelOption = None,
    level: LevelOption = None,
    source: SourceOption = None,
    search: SearchOption = None,
    everything: AllOption = False,
    force: Annotated[bool, typer.Option("--force", help="Replace a file of that name.")] = False,
    register: RegisterOption = None,
    form: FormatOption = Format.table,
) -> None:
    """Write projects to a workbook that can be edited and imported again."""
    if not edit:
        raise ValueError("say what to export; accepted: groundbreak export --edit -o FILE.xlsx "
                         "(for data to read: groundbreak projects --format csv, or snapshot)")
    if output.suffix.lower() != ".xlsx":
        raise ValueError(f"{output}: the sheet is a workbook; accepted: a name that ends in .xlsx")
    if output.exists() and not force:
        raise ValueError(f"{output}: exists already, and may hold edits; accepted: a new file "
                         "name, or --force to replace it")
    from groundbreak.register.connection import connect

    connect(register)
    from groundbreak.register.exporting import export_sheet

    filters = {"sector": sector, "country": country, "product": product, "label": label,
               "level": level, "source": source, "search": search}
    with working(f"writing {output.name}"):
        words = [f"{name} {value}" for name, value in filters.items() if value]
        done, known = export_sheet(
            output, lambda reading: dossier.listing(reading, **filters, everything=everything,
                                                    confirmed_only=False),
            ", ".join(words + (["also what is not counted"] if everything else [])))
    if not done.projects:
        line("no project matches; the sheet takes new ones (others: --all, or fewer filters)", form)
    if form is not Format.table:
        show(pl.DataFrame({"file": [str(output)], "projects": [done.projects],
                           "columns": [done.columns], "values": [done.cells]}), form)
    line(f"wrote {output}: {done.projects:,} projects, {done.columns} columns, {done.cells:,} "
         f"values, as known on {known}", form)
    line(f"Edit it, then: groundbreak import edit {output} --preview", form)


def take_sheet(file: Path, preview: bool, register: Path | None, form: Format) -> None:
    """`groundbreak import edit FILE`: preview or write an edited sheet."""
    from groundbreak.register.connection import connect

    connect(register)
    from groundbreak.register import editing
    from groundbreak.sources.files import open_book

    with working(f"reading {file.name}"):
        book = open_book(file)
        done = editing.take_sheet(book, sha256=hashlib.sha256(file.read_bytes()).hexdigest(),
                                  today=date.today(), preview=preview)
    _told(done, preview, form)
    _say_whether_counted(done, form)
    line(f"{done.written.claims} claims, {done.refused} findings, 0 review items", form)
    if done.refused and not preview:
        raise typer.Exit(IN_PART if done.written.claims else 2)


@command("edit")
def edit_(
    project: Annotated[str | None, typer.Argument(help="Project id, record or name; or choose many "
                       "with filters.")] = None,
    values: SetOption = None,
    evidence: EvidenceOption = None,
    day: DayOption = None,
    grade: GradeOption = 4,
    publisher: PublisherOption = None,
    correction: CorrectionOption = False,
    why: WhyOption = "",
    preview: PreviewOption = False,
    sector: SectorOption = None,
    country: CountryOption = None,
    product: ProductOption = None,
    label: LabelOption = None,
    level: LevelOption = None,
    tracker: Annotated[str | None, typer.Option("--tracker", help="Only this source's records.")] =
    None,
    search: SearchOption = None,
    everything: AllOption = False,
    register: RegisterOption = None,
    form: FormatOption = Format.table,
) -> None:
    """Edit one project, or all that filters choose. Without --set it asks (in a terminal)."""
    reading = reader(register).as_of()
    filters = {"sector": sector, "country": country, "product": product, "label": label,
               "level": level, "source": tracker, "search": search}
    if project is not None and any(filters.values()):
        raise ValueError("name a project, or choose many with filters; not both")
    if project is not None:
        records = [dossier.find(reading, project)["record"]]
    elif any(filters.values()) and values:
        records = dossier.listing(reading, **filters, everything=everything,
                                  confirmed_only=False)["record"].to_list()
    else:
        raise ValueError("which project? accepted: a project id, record or name; or filters such "
                         "as --sector with --set")
    told = Told(evidence or "", day, grade, publisher or "", correction, why)
    seen = None
    if not values:
        from groundbreak.cli import prompting

        values, told, seen = prompting.ask_changes(reading, records[0], told)
    made = typed.edits(records, typed.parse_pairs(values), told, seen) if values else []
    _write(lambda _: Returned(made, [], len(records)), preview, form)


@command("add")
def add(
    values: SetOption = None,
    evidence: EvidenceOption = None,
    day: DayOption = None,
    grade: GradeOption = 4,
    publisher: PublisherOption = None,
    why: WhyOption = "",
    anyway: Annotated[bool, typer.Option("--anyway", help="Although a project of that name and "
                                         "country is there.")] = False,
    preview: PreviewOption = False,
    register: RegisterOption = None,
    form: FormatOption = Format.table,
) -> None:
    """Add a project that no source lists. Without --set it asks (in a terminal)."""
    reader(register)
    told = Told(evidence or "", day, grade, publisher or "", False, why)
    if not values:
        from groundbreak.cli import prompting

        values, told = prompting.ask_new(told)
    pairs = typed.completed(typed.parse_pairs(values))

    def make(snapshot: Snapshot) -> Returned:
        from groundbreak.register.editing import known_names, next_number

        near = known_names(snapshot)(pairs["name"], pairs.get("country", ""))
        there = [one for one in near if one.text != one.record]
        if there and not anyway:
            raise ValueError(f"the register has {'; '.join(one.text for one in there)}; accepted: "
                             "`groundbreak edit` of that project, or --anyway for another one of "
                             "the same name")
        again = near and not there  # it had been added, and was taken back
        record = near[0].record if again else f"{SOURCE}:{next_number()}"
        return Returned(typed.edits([record], pairs, told, {}), [], 1)

    _write(make, preview, form)


def _write(make: Callable[[Snapshot], Returned], preview: bool, form: Format) -> None:
    from groundbreak.register import editing

    done = editing.take(make, layout="command", today=date.today(), preview=preview,
                        together=True)
    _told(done, preview, form)
    _say_whether_counted(done, form)
    if not preview:
        line(f"{done.written.claims} claims written"
             + (f"; undo with: groundbreak undo {done.written.release}" if done.written.claims
                else ""), form)
    if done.refused and not preview:
        line("one statement, written whole or not at all: nothing was written", form)
        raise typer.Exit(2)


def _say_whether_counted(done: Any, form: Format) -> None:
    """Of projects just added, those that no measure counts, and why."""
    from groundbreak.register import log

    new = {edit.record for edit in done.accepted if edit.field == "name"
           and edit.record.startswith(f"{SOURCE}:") and edit.record not in done.names}
    if not new or not done.written.claims:
        return
    there = Reader(log.snapshot()).as_of().projects().filter(pl.col("record").is_in(new))
    for row in there.filter(~pl.col("counted")).sort("record").head(SHOWN).iter_rows(named=True):
        line(f"{row['project']} {row['name']} is not counted ({row['verdict'].replace('_', ' ')}: "
             f"{row['reason']}); `groundbreak projects --all` lists it", form)


# -- telling ---------------------------------------------------------------------------------------
def _told(done: Any, preview: bool, form: Format) -> None:
    """Every changed cell with its verdict, and in a preview the effect."""
    frame = _changes(done)
    if form is not Format.table:
        extra = _effect_json(done, preview) if form is Format.json else None
        show(frame, form, extra=extra)
        return
    counts = {verdict: int((frame["verdict"] == verdict).sum())
              for verdict in ("accepted", "same", "refused")}
    title = (f"{frame.height:,} changed cells: {counts['accepted']} "
             + ("would be written" if preview else "written")
             + f", {counts['refused']} refused, {counts['same']} say what stands already")
    if frame.is_empty():
        line("no cell was changed", form)
    else:
        order = {"refused": 0, "accepted": 1, "same": 2}
        ranked = frame.sort(pl.col("verdict").replace_strict(order), maintain_order=True)
        table(_brief(ranked.head(SHOWN)), title=title)
        if frame.height > SHOWN:
            line(f"{frame.height - SHOWN:,} more: use --format csv", form)
    if preview and done.effect is not None:
        _effect_tables(done.effect)


def _brief(frame: pl.DataFrame) -> pl.DataFrame:
    """For a terminal: the beginning of long texts, and no column that is blank throughout."""
    short = frame.with_columns(
        pl.when(pl.col(name).str.len_chars() > 40).then(pl.col(name).str.head(39) + "…")
        .otherwise(name) for name in ("name", "old", "new"))
    return short.drop([name for name in ("name", "old", "why") if (short[name] == "").all()])


def _changes(done: Any) -> pl.DataFrame:
    columns = ("place", "record", "field", "old", "new", "verdict", "why")
    frame = pl.DataFrame(done.cells, schema=dict.fromkeys(columns, pl.String()), orient="row")
    name = pl.col("record").replace_strict(dict(done.names), default="", return_dtype=pl.String())
    return frame.select("place", "record", name.alias("name"), *columns[2:])


def _effect_json(done: Any, preview: bool) -> dict[str, Any]:
    body: dict[str, Any] = {"preview": preview, "import": done.written.release,
                            "claims": done.written.claims, "refused": done.refused}
    if done.effect is not None:
        body["effect"] = {
            "known": str(done.effect.known), "scorecard": rows(done.effect.scorecard),
            "bridge": rows(done.effect.bridge),
            "residual_projects": done.effect.residual_projects,
            "residual_capacity": done.effect.residual_capacity,
        }
    return body


def _effect_tables(found: Any) -> None:
    line("", Format.table)
    table(found.scorecard, title=f"Effect on the scorecard, twelve months to {found.known}",
          empty="none")
    line("", Format.table)
    table(found.bridge, title="Effect on the bridge over the same months", empty="none")
    line(f"unexplained: {found.residual_projects} projects, {found.residual_capacity} of any "
         "product's capacity", Format.table)


@command("undo")
def undo(
    name: Annotated[str, typer.Argument(metavar="IMPORT", help="An import's name; see `groundbreak "
                                        "releases`.")],
    reason: Annotated[str, typer.Option("--reason", help="Why it is taken back.")] = "undone",
    register: RegisterOption = None,
    form: FormatOption = Format.table,
) -> None:
    """Take an import back (an edition, edits, or an undo) by superseding claims."""
    from groundbreak.register.connection import connect

    connect(register)
    from groundbreak.register import undoing

    with working(f"taking {name} back"):
        done = undoing.undo(name, reason, date.today())
    if form is Format.json:
        emit_json({"undone": name, "import": done.release, "claims": done.claims})
    if form is Format.csv:
        show(pl.DataFrame({"undone": [name], "import": [done.release], "claims": [done.claims]}),
             form)
    line(f"{done.claims} claims written; {name} is taken back. Bring it back with: groundbreak "
         f"undo {done.release}", form)
