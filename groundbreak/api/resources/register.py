"""What the register is made of: its own releases, the sources with their editions, the words."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import polars as pl
from django.utils import timezone

from groundbreak.api.answering import Asked, Found, Resource
from groundbreak.api.moments import Moment
from groundbreak.api.problems import Absent
from groundbreak.api.sheets import Sheet
from groundbreak.catalogue.columns import COLUMNS
from groundbreak.history.snapshot import RELEASE_SCHEMA
from groundbreak.measures.bridge import LINES
from groundbreak.measures.changes import GROUPS
from groundbreak.measures.scorecard import MEASURES
from groundbreak.register import packages
from groundbreak.register.models import Package
from groundbreak.vocabulary.fields import dictionary_csv
from groundbreak.vocabulary.terms import read_rows

PACKAGE_SCHEMA: dict[str, pl.DataType] = {
    "release": pl.String(), "known": pl.Date(), "position": pl.Int64(),
    "definition_version": pl.String(), "previous": pl.String(), "sha256": pl.String(),
    "page": pl.String(),
}
SOURCE_SCHEMA: dict[str, pl.DataType] = {
    "source": pl.String(), "title": pl.String(), "publisher": pl.String(),
    "licence": pl.String(), "terms_confirmed": pl.Boolean(), "citation": pl.String(),
    "editions": pl.Int64(), "newest": pl.Date(), "records": pl.Int64(), "claims": pl.Int64(),
}
# The name of a file and the layout are the importer's business.
EDITION_COLUMNS = tuple(name for name in RELEASE_SCHEMA if name not in ("file", "layout", "turns"))
LISTS = {
    "sectors": "The six sectors, and what lies outside.", "products": "Products and base units.",
    "routes": "Production routes.", "stages": "Stages, in their order.",
    "activities": "Activities.", "milestones": "Dated milestones.",
    "gate_criteria": "The ten gates; levels 1 to 4 are separated by '|'.",
    "evidence_grades": "Grades of evidence.", "scales": "Scales.",
    "stop_reasons": "Why projects stop.", "barriers": "Barriers.",
    "countries": "Countries by UN usage.", "groupings": "Groupings of countries, with their dates.",
    "units": "Units and factors.", "publications": "Trackers and other publications.",
    "fields": "Fields of claims, with type and unit.", "columns": "Columns of the project table.",
    "measures": "Measures of the scorecard.", "bridge_lines": "Lines of the bridge.",
    "change_groups": "Groups of changes.",
}


def public_state() -> object:
    """What the list of releases depends on: an embargo ends without the log's growing."""
    return tuple((p.pk, p.name, p.sha256) for p in packages.public(timezone.now()))


def _releases(moment: Moment, asked: Asked) -> Found:
    found = [_package(package) for package in reversed(packages.public(timezone.now()))]
    return Found({"data": pl.DataFrame(found, schema=PACKAGE_SCHEMA, orient="row")})


def _package(package: Package) -> tuple[object, ...]:
    before = package.previous.name if package.previous else None
    return (package.name, package.known, package.position, package.definition_version, before,
            package.sha256, f"/releases/{package.name}/")


def _sources(moment: Moment, asked: Asked) -> Found:
    return Found({"data": moment.answer("sources", lambda: _source_table(moment))})


def _source_table(moment: Moment) -> pl.DataFrame:
    known = pl.DataFrame(read_rows("publications.csv")).select("name", "title", "publisher")
    told = moment.view.history.claims.filter(pl.col("known") <= moment.known)
    told = told.group_by("source").agg(records=pl.col("record").n_unique(), claims=pl.len())
    counted = moment.editions.group_by("source").agg(
        editions=pl.len(), newest=pl.col("published").max())
    return (
        counted.join(moment.terms, on="source").join(told, on="source", how="left")
        .join(known, left_on="source", right_on="name", how="left").sort("source")
        .with_columns(pl.col("records", "claims").fill_null(0))
        .select(pl.col(name).cast(dtype) for name, dtype in SOURCE_SCHEMA.items())
    )


def _editions(moment: Moment, asked: Asked) -> Found:
    found = moment.editions.filter(pl.col("source") == asked["key"])
    if found.is_empty():
        known = ", ".join(moment.editions["source"].unique().sort()) or "there is none yet"
        raise Absent(f"no source {asked['key'][:40]!r} on {moment.known}; accepted: {known}")
    return Found({"data": found.select(EDITION_COLUMNS)})


def _vocabulary(moment: Moment, asked: Asked) -> Found:
    rows = [(name, len(entries(name)), LISTS[name]) for name in LISTS]
    return Found({"data": pl.DataFrame(rows, orient="row", schema={
        "list": pl.String(), "entries": pl.Int64(), "description": pl.String()})})


def _list(moment: Moment, asked: Asked) -> Found:
    if asked["key"] not in LISTS:
        raise Absent(f"no list {asked['key'][:40]!r}; accepted: {', '.join(LISTS)}")
    return Found({"data": entries(asked["key"])})


@cache
def entries(name: str) -> pl.DataFrame:
    """One list of words, all columns text."""
    made = {
        "columns": lambda: [(c.name, c.label, c.description) for c in COLUMNS.values()],
        "measures": lambda: [(key, label, "") for key, label in MEASURES.items()],
        "bridge_lines": lambda: [(key, label, "") for key, label in LINES.items()],
        "change_groups": lambda: [(key, label, "") for key, label in GROUPS.items()],
    }
    if name in made:
        return pl.DataFrame(made[name](), schema=["name", "label", "description"], orient="row")
    text = dictionary_csv() if name == "fields" else files("groundbreak.vocabulary").joinpath(
        f"{name}.csv").read_text("utf-8")
    return pl.read_csv(text.encode(), infer_schema=False)


RESOURCES = (
    Resource(
        "releases", "Releases of this register",
        "Frozen, numbered packages that are public, newest first. Any question can be asked of one "
        "with release=NUMBER.",
        _releases, lambda: {"data": Sheet("packages", PACKAGE_SCHEMA)}, clock=False,
        state=public_state),
    Resource(
        "sources", "Sources with their licences",
        "Whose data the register holds on this clock; each source has its own licence.",
        _sources, lambda: {"data": Sheet("sources", SOURCE_SCHEMA)}),
    Resource(
        "sources/{key}/releases", "The editions of a source",
        "Editions that were taken in and stand on this clock, oldest first.",
        _editions, lambda: {"data": Sheet("releases", {
            name: RELEASE_SCHEMA[name] for name in EDITION_COLUMNS})},
        key="Name of a source, as in `sources`."),
    Resource(
        "vocabulary", "The lists of words", "Sectors, stages, fields and so on.",
        _vocabulary, lambda: {"data": Sheet("lists", {
            "list": pl.String(), "entries": pl.Int64(), "description": pl.String()})},
        clock=False),
    Resource(
        "vocabulary/{key}", "One list of words", "Every column is text.",
        _list, lambda: {"data": Sheet("list", {}, open=True)}, clock=False,
        key="Name of a list, as in `vocabulary`."),
)
