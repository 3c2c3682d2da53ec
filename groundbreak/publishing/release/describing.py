"""datapackage.json (Data Package v2): every file of a package with its columns, units, terms."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import polars as pl

from groundbreak.catalogue.columns import COLUMNS
from groundbreak.publishing.release.container import sha256
from groundbreak.vocabulary.fields import registry
from groundbreak.vocabulary.terms import read_rows

PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
LICENCES = {
    "CC BY 4.0": ("CC-BY-4.0", "https://creativecommons.org/licenses/by/4.0/"),
    "MIT": ("MIT", "https://opensource.org/licenses/MIT"),
}
MEDIA = {
    "csv": "text/csv", "parquet": "application/vnd.apache.parquet", "json": "application/json",
    "geojson": "application/geo+json", "svg": "image/svg+xml", "png": "image/png",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
TITLES = {
    "claims.parquet": "The log of claims: everything else is computed from it",
    "releases.parquet": "Editions of sources that were taken in, with licence and citation",
    "listings.parquet": "What each edition listed",
    "projects.csv": "The public project table", "projects.parquet": "The public project table",
    "projects.geojson": "The public project table with places, where they are known",
    "projects.xlsx": "The public project table as a workbook, with its column dictionary",
    "evidence.csv": "What stands behind each project", "scorecard.csv": "The measures",
    "evidence.parquet": "What stands behind each project",
    "bridge.csv": "From the previous release to this one, every project in one line",
    "gap.csv": "The gap to 2030 under each counting rule",
    "iamc.csv": "The pipeline as an IAMC table: stocks at year ends as now known",
    "oc4ids.json": "Projects in the Open Contracting for Infrastructure Data Standard 0.9",
    "oc4ids-milestoneCode.csv": "Codelist of the milestones in oc4ids.json",
    "snapshot.json": "What a reader of Groundbreak needs to open the log",
}
_NAMED = re.compile(r"[^a-z0-9._-]+")
_TYPES = ((pl.Boolean, "boolean"), (pl.Date, "date"), (pl.Float64, "number"))
Item = dict[str, Any]


@cache
def _described() -> dict[tuple[str, str], tuple[str, str]]:
    text = files("groundbreak.publishing.release").joinpath("columns.csv").read_text("utf-8")
    return {(row["table"], row["column"]): (row["unit"], row["description"])
            for row in csv.DictReader(io.StringIO(text))}


def column(table: str, name: str) -> tuple[str, str]:
    """Unit and description of one column of a package. Raises KeyError for an undescribed one."""
    if (table, name) in _described():
        return _described()[table, name]
    if table == "iamc" and name.isdigit():
        return "see unit", f"Stock on 31 December {name}, as now known."
    fields = registry()
    if name in COLUMNS:
        return fields[name].unit if name in fields else "", COLUMNS[name].description
    return fields[name].unit, fields[name].description


def schema(table: str, frame: pl.DataFrame) -> Item:
    """A table schema: of each column name, type, unit and description (a figure's name tells)."""
    found = []
    for name, dtype in frame.schema.items():
        unit, description = ("", "") if table.startswith("figures/") else column(table, name)
        kind = next((word for kept, word in _TYPES if dtype == kept),
                    "integer" if dtype.is_integer() else
                    "array" if isinstance(dtype, pl.List) else "string")
        found.append({"name": name, "type": kind,
                      **({"description": description} if description else {}),
                      **({"unit": unit} if unit else {})})
    return {"fields": found}


def datapackage(
    name: str, known: str, contents: Mapping[str, bytes], tables: Mapping[str, pl.DataFrame],
    releases: pl.DataFrame,
) -> bytes:
    """The descriptor of `contents`; `tables`: the frame behind each file that is a table."""
    sources = _sources(releases)
    return as_json({
        "$schema": PROFILE, "name": f"groundbreak-{name}", "id": f"groundbreak:{name}",
        "title": f"Groundbreak release {name}", "version": name, "created": f"{known}T00:00:00Z",
        "description": f"Clean industrial projects as known on {known}: a frozen release. Each "
                       "row names its source; each source has its own licence.",
        "keywords": ["industry", "decarbonisation", "projects", "investment decisions"],
        "licenses": _licences(releases), "sources": sources,
        "contributors": [
            {"title": "The editors of this register", "roles": ["editor", "publisher"]},
            *({"title": who, "roles": ["dataSource"]}
              for who in dict.fromkeys(source["publisher"] for source in sources)),
        ],
        "resources": [_resource(path, contents[path], tables.get(path))
                      for path in sorted(contents)],
    })


def as_json(body: Any, *, compact: bool = False) -> bytes:
    """JSON as people read it, or `compact` where it is long; the same bytes every time."""
    form: Item = {"separators": (",", ":")} if compact else {"indent": 1}
    return (json.dumps(body, ensure_ascii=False, default=str, **form) + "\n").encode()


def _resource(path: str, data: bytes, frame: pl.DataFrame | None) -> Item:
    ending = path.rpartition(".")[2]
    found: Item = {
        "name": _NAMED.sub("-", path.lower()), "path": path, "format": ending,
        "mediatype": MEDIA.get(ending, "text/plain"), "bytes": len(data),
        "hash": f"sha256:{sha256(data)}",
    }
    if path in TITLES:
        found["title"] = TITLES[path]
    if ending == "csv":
        found |= {"type": "table", "encoding": "utf-8"}
    elif ending in ("parquet", "xlsx"):
        found["type"] = "file"
    if frame is not None:
        found["schema"] = schema(path.rpartition(".")[0], frame)
    elif ending == "csv":
        found["schema"] = _plain_schema(data)
    return found


def _plain_schema(data: bytes) -> Item:
    """A list of words: every column is text."""
    header = next(csv.reader(io.StringIO(data.decode("utf-8"))))
    return {"fields": [{"name": name, "type": "string"} for name in header]}


def _sources(releases: pl.DataFrame) -> list[Item]:
    """Each source once, by its newest edition: title, publisher, terms."""
    known = {row["name"]: row for row in read_rows("publications.csv")}
    newest = releases.sort("published", "release").unique(
        "source", keep="last", maintain_order=True).sort("source")
    return [
        {"title": row["citation"], "name": row["source"], "version": str(row["published"]),
         "publisher": known.get(row["source"], {}).get("publisher", row["source"]),
         "licence": row["licence"], "terms_confirmed": row["licence_confirmed"]}
        for row in newest.iter_rows(named=True)
    ]


def _licences(releases: pl.DataFrame) -> list[Item]:
    found = []
    for text in releases["licence"].unique().sort():
        name, path = LICENCES.get(text, (_NAMED.sub("-", text.lower()).strip("-"), ""))
        found.append({"name": name, "title": text, **({"path": path} if path else {})})
    return found or [{"name": "none", "title": "no source, no licence"}]
