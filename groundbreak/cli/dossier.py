"""Listing projects and showing one: what holds, since when, on which evidence, what contradicts."""

from __future__ import annotations

from typing import Any

import polars as pl
from rich.markup import escape

from groundbreak.cli import output
from groundbreak.cli.app import Format
from groundbreak.cli.output import console, emit_json, rows, table
from groundbreak.history.wording import worded
from groundbreak.measures.population import LABELS, capacity_long
from groundbreak.reading import Reading
from groundbreak.vocabulary import countries
from groundbreak.vocabulary.amounts import scaled
from groundbreak.vocabulary.fields import registry
from groundbreak.vocabulary.terms import PRODUCTS, SECTORS

SHOWN = ("project", "name", "country", "sector", "product", "route", "stage", "label", "level",
         "verdict", "record", "reason")
FILTERS = {"sector": tuple(SECTORS), "product": tuple(PRODUCTS), "label": LABELS,
           "level": ("flagship", "global")}
BEHIND = ("record", "reason", "source", "licence", "terms_confirmed", "citation")


def listing(
    reading: Reading, *, sector: str | None, country: str | None, product: str | None,
    label: str | None, level: str | None, source: str | None, search: str | None, everything: bool,
    confirmed_only: bool,
) -> pl.DataFrame:
    """The filtered projects, each row with its source, licence and citation.

    Raises ValueError for a value that no project can have.
    """
    frame = reading.projects()
    if not everything:
        frame = frame.filter("counted")
    for column, value in (("sector", sector), ("product", product), ("label", label),
                          ("level", level), ("source", source)):
        if value is not None:
            if value not in FILTERS.get(column, (value,)):
                raise ValueError(f"no {column} {value!r}; accepted: {', '.join(FILTERS[column])}")
            frame = frame.filter(pl.col(column) == value)
    if country is not None:
        code = countries.lookup(country)
        if code is None:
            raise ValueError(f"no country {country!r}; accepted: ISO codes and names")
        frame = frame.filter(pl.col("country").str.contains(code, literal=True))
    if search is not None:
        frame = frame.filter(pl.col("name").str.to_lowercase().str.contains(
            search.lower(), literal=True))
    sized = capacity_long(frame)
    sizes = sized.group_by("record", maintain_order=True).agg(
        capacity=pl.struct("product", "capacity", "unit"))
    text = pl.DataFrame({
        "record": sizes["record"],
        "capacity": ["; ".join(f"{s['product']} {scaled(s['capacity'], s['unit'])}" for s in many)
                     for many in sizes["capacity"].to_list()],
    }, schema={"record": pl.String(), "capacity": pl.String()})
    terms = reading.view.releases.sort("published").unique("source", keep="last").select(
        "source", "licence", terms_confirmed="licence_confirmed", citation="citation")
    chosen = frame.select(*SHOWN, "source").join(
        text, on="record", how="left", maintain_order="left"
    ).join(terms, on="source", how="left", maintain_order="left")
    if confirmed_only:
        chosen = chosen.filter(pl.col("terms_confirmed").fill_null(False))
    return chosen.select("project", "name", "country", "sector", "product", "route", "capacity",
                         "stage", "label", "level", "verdict", *BEHIND).sort("name")


def find(reading: Reading, asked: str) -> dict[str, Any]:
    """The one project that `asked` names. Raises ValueError that lists near ones."""
    frame = reading.projects()
    exact = frame.filter((pl.col("project") == asked.upper()) | (pl.col("record") == asked)
                         | (pl.col("name") == asked))
    if exact.height == 1:
        return exact.row(0, named=True)
    near = exact if exact.height else frame.filter(
        pl.col("name").str.to_lowercase().str.contains(asked.lower(), literal=True))
    if near.height == 1:
        return near.row(0, named=True)
    if near.is_empty():
        raise ValueError(f"no project {asked!r} as known on {reading.known}; accepted: a project "
                         "id (GB-…), a record (source:key), or part of a name")
    listed = "; ".join(f"{r['project']} {r['name']}" for r in near.head(8).iter_rows(named=True))
    if near.height > 8:
        listed += f"; and {near.height - 8:,} more"
    raise ValueError(f"{asked!r} names {near.height} projects: {listed}")


def show(
    reading: Reading, found: dict[str, Any], form: Format, evidence: pl.DataFrame
) -> None:
    """Print the dossier of one project; `evidence`: what its references stand for."""
    record = found["record"]
    cells = _facts(reading, record)
    history = _history(reading, record)
    conflicts = _conflicts(reading, record)
    if form is Format.csv:
        parts = {"fact": cells, "history": history, "conflict": conflicts, "evidence": evidence}
        output.show(_together(found, parts), form)
        return
    if form is Format.json:
        body = {
            "project": found["project"], "record": record, "as_of": str(reading.known),
            "label": found["label"], "verdict": found["verdict"], "reason": found["reason"],
            "facts": rows(cells), "history": rows(history), "conflicts": rows(conflicts),
            "evidence": rows(evidence),
        }
        emit_json(body)
        return
    out = console()
    out.print(f"[bold]{escape(found['name'] or '')}[/bold]  {found['project']}  "
              f"({escape(record)})")
    out.print(f"{found['label']} · {found['verdict']}: {found['reason']} · level {found['level']} "
              f"· as known on {reading.known}\n", markup=False)
    table(cells, title="What holds")
    out.print()
    table(history, title="How it came to be known (stage, activity, dates, capacity, money)")
    out.print()
    table(conflicts, title="What sources say otherwise", empty="no conflict known")
    out.print()
    table(evidence, title="Evidence", empty="none cited beyond the source itself")


def _together(found: dict[str, Any], parts: dict[str, pl.DataFrame]) -> pl.DataFrame:
    """The dossier as one table: which project, which part of it, then the columns of all parts."""
    return pl.concat([
        frame.select(pl.lit(found["project"]).alias("project"),
                     pl.lit(found["record"]).alias("record"), pl.lit(name).alias("part"),
                     pl.all().cast(pl.String))
        for name, frame in parts.items()
    ], how="diagonal")


def _unit() -> pl.Expr:
    return pl.when(pl.col("value_number").is_not_null()).then("unit").otherwise(pl.lit(""))


def _source() -> pl.Expr:
    return pl.coalesce("publisher", "source")


def _facts(reading: Reading, record: str) -> pl.DataFrame:
    order = {name: n for n, name in enumerate(registry())}
    return (
        reading.view.cells.filter(pl.col("record") == record)
        .with_columns(position=pl.col("field").replace_strict(order, default=999))
        .sort("position")
        .select("field", value=worded(), unit=_unit(), since="happened_latest", known="known",
                grade="grade", source=_source(), evidence=pl.coalesce("evidence", "place"))
    )


def _history(reading: Reading, record: str) -> pl.DataFrame:
    telling = [name for name, f in registry().items()
               if name in ("stage", "activity", "capex_announced") or name.endswith("_date")
               or name.startswith("capacity_")]
    return (
        reading.view.history.claims.filter(
            (pl.col("record") == record) & (pl.col("known") <= reading.known)
            & pl.col("field").is_in(telling))
        .sort("known", "claim")
        .select("known", "field", value=pl.coalesce(worded(), pl.lit("no longer stated")),
                happened=pl.when(pl.col("happened_earliest").is_null()).then(
                    pl.format("by {}", "happened_latest"))
                .when(pl.col("happened_earliest") == pl.col("happened_latest"))
                .then(pl.col("happened_latest").cast(pl.String))
                .otherwise(pl.format("{} … {}", "happened_earliest", "happened_latest")),
                grade="grade", source=_source())
    )


def _conflicts(reading: Reading, record: str) -> pl.DataFrame:
    found = reading.conflicts().filter(pl.col("record") == record)
    chosen = reading.view.cells.filter(pl.col("record") == record).select(
        chosen="claim", holds=worded())
    return found.join(chosen, on="chosen", how="left", maintain_order="left").select(
        "field", says_otherwise=worded(), source=_source(), grade="grade", known="known",
        holds="holds", contested="contested")
