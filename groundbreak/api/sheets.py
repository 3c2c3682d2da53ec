"""The tables that the API gives: of each its columns with type, unit and description."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from typing import Any

import polars as pl

from groundbreak.api.formats import Described
from groundbreak.publishing.release import describing

Schema = Mapping[str, pl.DataType]


@dataclass(frozen=True, eq=False)
class Sheet:
    """One table. `name`: under which its columns are described; `open`: its columns differ from
    list to list and are all text; `some`: a question may ask for some of its columns alone."""

    name: str
    schema: Schema
    open: bool = False
    some: bool = False

    @cached_property
    def columns(self) -> Mapping[str, Described]:
        """What each column holds. Raises KeyError for one that is not described."""
        return {name: described(self.name, name) for name in self.schema}

    def json_schema(self) -> dict[str, Any]:
        """A row as JSON Schema."""
        if self.open:
            return {"type": "object", "additionalProperties": {"type": ["string", "null"]}}
        properties = {}
        for name, dtype in self.schema.items():
            column = self.columns[name]
            unit = f" Unit: {column.unit}." if column.unit else ""
            properties[name] = {**_type(dtype), "description": f"{column.description}{unit}"}
        return {"type": "object", "additionalProperties": False, "properties": properties,
                **({} if self.some else {"required": list(properties)})}


def described(table: str, column: str) -> Described:
    """Unit and description of a column: the API's own words, else those of a release package."""
    own = _own()
    for key in ((table, column), ("*", column)):
        if key in own:
            return own[key]
    return Described(*describing.column(table, column))


@cache
def _own() -> dict[tuple[str, str], Described]:
    text = files("groundbreak.api").joinpath("columns.csv").read_text("utf-8")
    return {(row["table"], row["column"]): Described(row["unit"], row["description"])
            for row in csv.DictReader(text.splitlines())}


def _type(dtype: pl.DataType) -> dict[str, Any]:
    """JSON Schema of a value, which may be null: not stated is never left out and never zero."""
    if dtype == pl.Boolean:
        return {"type": ["boolean", "null"]}
    if dtype == pl.Date:
        return {"type": ["string", "null"], "format": "date"}
    if dtype.is_integer():
        return {"type": ["integer", "null"]}
    if dtype.is_float():
        return {"type": ["number", "null"]}
    return {"type": ["string", "null"]}
