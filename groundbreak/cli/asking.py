"""Commands that ask: the measures, projects, and what a tracker publishes of itself."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import polars as pl
import typer

from groundbreak.cli import dossier, scorecards
from groundbreak.cli.app import (
    AsOfOption,
    Format,
    FormatOption,
    FromOption,
    RegisterOption,
    ToOption,
    command,
)
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
from groundbreak.cli.output import capacity_text, emit_json, line, rows, show, table
from groundbreak.measures import DEFINITION_VERSION, published
from groundbreak.measures.bridge import LINES, Bridge
from groundbreak.measures.groups import COLUMNS
from groundbreak.reading import Reader
from groundbreak.starter import reference


def reader(register: Path | None) -> Reader:
    """The register, opened for reading."""
    from groundbreak.register.connection import connect

    if register is not None and not register.exists():
        raise ValueError(f"{register}: no register there; accepted: a register's file, or a new "
                         "one made by `groundbreak import` or `groundbreak demo`")
    connect(register)
    from groundbreak.register import log

    taken = log.snapshot()
    if taken.claims.is_empty():
        raise ValueError("the register is empty; take something in with `groundbreak import`, or "
                         "load the embedded register with `groundbreak demo`")
    return Reader(taken)


def known_source(reading: Reader, source: str | None) -> None:
    """Raises ValueError that lists the register's sources when `source` is none of them."""
    held = sorted(set(reading.releases["source"]))
    if source is not None and source not in held:
        raise ValueError(f"the register holds nothing of source {source!r}; accepted: "
                         f"{', '.join(held)}")


@command("scorecard")
def scorecard(
    as_of: AsOfOption = None,
    period: Annotated[str, typer.Option("--period", help="2024, 2024-H1, 2024-Q3, 12m, term, "
                                        "A..B.")] = "12m",
    level: Annotated[str, typer.Option("--level", help="all, flagship or global.")] = "all",
    by: Annotated[str | None, typer.Option("--by", help="sector, sector_served, country, product, "
                  "route, level, source or grouping:NAME.")] = None,
    rates: Annotated[Path | None, typer.Option("--rates", help="CSV of stated exchange rates "
                     "(unit,usd,source): money is converted only with it.")] = None,
    register: RegisterOption = None,
    form: FormatOption = Format.table,
) -> None:
    """The accelerator's measures as of a date over a period, at two levels."""
    reading = reader(register).as_of(as_of)
    scorecards.show(reading, reading.scorecard(period=period, by=by, level=level), form, rates)


@command("bridge")
def bridge(
    opened: FromOption,
    closed: ToOption,
    source: SourceOption = None,
    by: Annotated[str | None, typer.Option("--by", help="One set of stocks a group: sector, "
                  "country, product, route, level, source.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Count records outside the pipeline "
                          "too.")] = False,
    register: RegisterOption = None,
    form: FormatOption = Format.table,
) -> None:
    """Opening stock to closing stock between two known dates; the residual must be 0."""
    if by is not None and by not in COLUMNS:
        raise ValueError(f"cannot group by {by!r}; accepted: {', '.join(COLUMNS)}")
    reading = reader(register)
    known_source(reading, source)
    found = reading.bridge(opened, closed, source=source, everything=everything, by=by)
    if form is Format.json:
        emit_json(_bridge_json(found))
    elif form is Format.csv:
        show(_bridge_lines(found), form)
    else:
        _bridge_tables(found)


def _bridge_lines(found: Bridge) -> pl.DataFrame:
    labels = pl.DataFrame({"line": list(LINES), "label": list(LINES.values())})
    return found.lines.join(labels, on="line", how="left", maintain_order="left")


def _bridge_json(found: Bridge) -> dict[str, object]:
    behind = {
        (stock, name): {"projects": group["project"].to_list(),
                        "records": group["record"].to_list()}
        for (stock, name), group in found.members.group_by("stock", "line")
    }
    amounts: dict[tuple[str, str], dict[str, dict[str, object]]] = {}
    for row in found.capacity.iter_rows(named=True):
        amounts.setdefault((row["stock"], row["line"]), {})[row["product"]] = {
            "capacity": row["capacity"], "unit": row["unit"]}
    counts = {(r["stock"], r["line"]): r["projects"] for r in found.lines.iter_rows(named=True)}
    lines = [
        {"stock": stock, "line": name, "label": LINES[name],
         "projects": counts.get((stock, name), 0),
         "capacity": amounts.get((stock, name), {}),
         "project_ids": behind.get((stock, name), {}).get("projects", []),
         "records": behind.get((stock, name), {}).get("records", [])}
        for stock, name in sorted(set(counts) | set(amounts))
    ]
    return {
        "from": found.opened.isoformat(), "to": found.closed.isoformat(),
        "opening": dict(found.opening.iter_rows()), "closing": dict(found.closing.iter_rows()),
        "lines": lines, "residual_projects": found.residual_projects,
        "residual_capacity": found.residual_capacity,
        "definition_version": found.definition_version,
    }


def _bridge_tables(found: Bridge) -> None:
    stocks = sorted(set(found.opening["stock"]) | set(found.closing["stock"])
                    | set(found.lines["stock"]), key=_stock_order)
    opening, closing = dict(found.opening.iter_rows()), dict(found.closing.iter_rows())
    amounts: dict[tuple[str, str], list[tuple[str, int, str]]] = {}
    for row in found.capacity.iter_rows(named=True):
        amounts.setdefault((row["stock"], row["line"]), []).append(
            (row["product"], row["capacity"], row["unit"]))
    listed: list[dict[str, object]] = []
    for stock in stocks:
        listed.append({"stock": stock, "line": f"opening, known {found.opened}",
                       "projects": f"{opening.get(stock, 0):,}", "capacity": ""})
        names = {r["line"]: r["projects"] for r in
                 found.lines.filter(pl.col("stock") == stock).iter_rows(named=True)}
        for name, label in LINES.items():
            if name in names or (stock, name) in amounts:
                listed.append({"stock": "", "line": f"  {label}",
                               "projects": f"{names.get(name, 0):+,}",
                               "capacity": capacity_text(amounts.get((stock, name), []))})
        listed.append({"stock": "", "line": f"closing, known {found.closed}",
                       "projects": f"{closing.get(stock, 0):,}", "capacity": ""})
    frame = pl.DataFrame(listed, schema={"stock": pl.String(), "line": pl.String(),
                                         "projects": pl.String(), "capacity": pl.String()})
    table(frame, title=f"Bridge {found.opened} → {found.closed} (known dates, definition "
                       f"{found.definition_version})", empty="no records")
    line(f"unexplained: {found.residual_projects} projects, {found.residual_capacity} of any "
         "product's capacity", Format.table)


def _stock_order(stock: str) -> tuple[str, int]:
    order = ("announced", "at_fid", "operating", "paused", "cancelled", "stopped", "closed", "lost")
    group, _, label = stock.rpartition("/")
    return group, order.index(label) if label in order else len(order)


@command("transitions")
def transitions(
    source: Annotated[str, typer.Option("--source", help="Source name.")],
    opened: FromOption,
    closed: ToOption,
    register: RegisterOption = None,
    form: FormatOption = Format.table,
) -> None:
    """How a source's stages changed between two of its editions, every record counted."""
    reading = reader(register)
    known_source(reading, source)
    found = reading.transitions(source, opened, closed)
    if form is Format.json:
        emit_json({
            "source": source, "from": str(opened), "to": str(closed), "kept": found.kept,
            "new": found.new, "matrix": rows(found.matrix), "origins": rows(found.origins),
            "definition_version": found.definition_version,
        })
        return
    if form is Format.csv:
        show(found.matrix, form)
        return
    wide = found.matrix.pivot("to", index="from", values="n").join(
        found.origins, on="from", how="left", maintain_order="left")
    order = [c for c in ("signalled", "announced", "concept", "feasibility", "feed",
                         "fid_construction", "operating", "closed", "paused", "cancelled",
                         "stopped", "no_stage", "absent", "n") if c in wide.columns]
    table(wide.select("from", *order), empty=f"no records of {source} as known on {opened}",
          title=f"{source}: {opened} → {closed} (unique ids; n counts every record of that origin)")
    line(f"{found.kept} ids kept, {found.new} new", form)


@command("gap")
def gap(
    as_of: AsOfOption = None,
    register: RegisterOption = None,
    form: FormatOption = Format.table,
) -> None:
    """Plants still missing for 2030, under four counting rules."""
    found = reader(register).as_of(as_of).gap()
    frame = found.figures
    if form is not Format.table:
        show(frame, form, extra={"archetype_plants": rows(found.archetypes),
                                 "definition_version": DEFINITION_VERSION}
             if form is Format.json else None)
        return
    shown = frame.with_columns(
        have=pl.when(pl.col("have").is_null()).then("note")
        .otherwise(pl.col("have").cast(pl.String)),
    ).select("sector", "rule", "have", "need", "gap")
    table(shown, title="Plants against the 2030 milestones")
    table(found.archetypes, title="The same in archetype plants (capacity ÷ one archetype)")


@command("published")
def published_(register: RegisterOption = None, form: FormatOption = Format.table) -> None:
    """The reference tracker's own releases, in the arithmetic of the bridge and the gap.

    The figures are embedded, each with its source; no register is read.
    """
    steps = published.intervals(reference.tracker_history())
    needs = published.positions(reference.milestones_2030())
    if form is Format.json:
        emit_json({"intervals": rows(steps), "positions_2030": rows(needs),
                   "note": f"residual: {published.NOT_EXPLAINED}",
                   "definition_version": DEFINITION_VERSION})
        return
    if form is Format.csv:
        show(steps, form)
        return
    table(_published_steps(steps),
          title="Committed plants (FID and operating) at its releases, as published")
    line(f"residual: {published.NOT_EXPLAINED}\n", form)
    table(needs.select(
        "sector", "need", "committed", "missing", "announced",
        (pl.col("announced_share_of_missing") * 100).round(1).alias("announced in % of missing"),
        "missing_after_announced", "source",
    ), title="Plants needed by 2030, as published")


def _published_steps(steps: pl.DataFrame) -> pl.DataFrame:
    made = []
    for row in steps.iter_rows(named=True):
        about = "about " if row["about"] else ""
        flow, left = ("not stated" if value is None else f"{about}{value:+,}"
                      for value in (row["stated_flow"], row["residual"]))
        made.append({
            "from release": row["opened"], "to release": row["closed"], "opening": row["opening"],
            "new FIDs stated": flow, "closing": row["closing"], "residual": left,
            "source": row["source"],
        })
    return pl.DataFrame(made)


@command("projects")
def projects(
    as_of: AsOfOption = None,
    sector: SectorOption = None,
    country: CountryOption = None,
    product: ProductOption = None,
    label: LabelOption = None,
    level: LevelOption = None,
    source: SourceOption = None,
    search: SearchOption = None,
    everything: AllOption = False,
    confirmed_only: Annotated[bool, typer.Option("--confirmed-licences", help="Leave out sources "
                              "whose terms are not confirmed.")] = False,
    limit: Annotated[int, typer.Option("--limit", min=1)] = 50,
    register: RegisterOption = None,
    form: FormatOption = Format.table,
) -> None:
    """The projects of a view, filtered."""
    whole = reader(register)
    known_source(whole, source)
    reading = whole.as_of(as_of)
    frame = dossier.listing(reading, sector=sector, country=country, product=product, label=label,
                            level=level, source=source, search=search, everything=everything,
                            confirmed_only=confirmed_only)
    if form is Format.table:
        table(frame.drop(dossier.BEHIND).head(limit),
              title=f"{frame.height:,} projects as known on {reading.known}",
              empty="no project matches; try --all, or fewer filters")
        if frame.height > limit:
            line(f"{frame.height - limit:,} more: raise --limit or use --format csv", form)
    else:
        show(frame, form)


@command("project")
def project(
    id: Annotated[str, typer.Argument(help="Project id (GB-…), record (source:key) or a name.")],
    as_of: AsOfOption = None,
    register: RegisterOption = None,
    form: FormatOption = Format.table,
) -> None:
    """A project's dossier: what holds, since when, on which evidence, and what contradicts it."""
    reading = reader(register).as_of(as_of)
    found = dossier.find(reading, id)
    from groundbreak.register.evidence import behind

    dossier.show(reading, found, form, behind(reading, found["record"]))


