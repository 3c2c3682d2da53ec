"""Projects: the table in the words of the Projects page, and one project's dossier."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from functools import cache
from typing import Any

import polars as pl

from groundbreak.api.answering import Asked, Found, Resource
from groundbreak.api.moments import Moment
from groundbreak.api.parameters import COLUMNS_ASKED, FILTERS, SORT
from groundbreak.api.problems import Absent
from groundbreak.api.resources import blank
from groundbreak.api.sheets import Sheet
from groundbreak.catalogue.columns import COLUMNS, CREDIT
from groundbreak.catalogue.query import FACETS, Query
from groundbreak.catalogue.table import catalogue
from groundbreak.dossier.project import Dossier, dossier
from groundbreak.dossier.told import who

QUERY = frozenset({*FACETS, "q", "sort", "all", "columns"})


def query_of(asked: Asked) -> Query:
    """The query of projects among a question's parameters. Raises BadQuery."""
    given: Mapping[str, list[str]] = asked["given"]
    found = Query.parse({name: values for name, values in given.items() if name in QUERY})
    return found if "columns" in given else replace(found, columns=tuple(COLUMNS))


def _projects(moment: Moment, asked: Asked) -> Found:
    query, limit = query_of(asked), asked["limit"]
    if limit is not None:  # a cursor's first row is a page's first row: it is of the same limit
        query = replace(query, per_page=limit, page=asked["first"] // limit + 1)
    selection = catalogue(moment.view).select(query)

    def cut(first: int, rows: int | None) -> pl.DataFrame:
        return (selection.table().slice(first) if rows is None
                else selection.page().select(_columns(query)))

    return Found(total=selection.total, cut=cut)


def _columns(query: Query) -> list[str]:
    """The columns of a download: those chosen, the capacity's unit, and whose data a row is."""
    wanted = {*query.columns, *CREDIT}
    if "capacity" in wanted:
        wanted.add("capacity_unit")
    return [name for name in COLUMNS if name in wanted]


@cache
def _table() -> Mapping[str, Sheet]:
    frame = catalogue(blank.reading().view).frame.select(list(COLUMNS))
    return {"data": Sheet("projects", frame.schema, some=True)}


def row_of(moment: Moment, project: str) -> dict[str, Any]:
    """The project's row of the catalogue. Raises Absent."""
    frame = catalogue(moment.view).frame.filter(pl.col("project") == project)
    if frame.is_empty():
        raise Absent(f"no project {project[:40]!r} is known on {moment.known} about "
                     f"{moment.valid}; accepted: an id as the list of projects gives it")
    return frame.row(0, named=True)


def _dossier(moment: Moment, asked: Asked) -> Found:
    row = row_of(moment, asked["key"])
    found = dossier(moment.view, row)
    ready, missing = found.ready
    return Found(about={
        "project": {name: row[name] for name in COLUMNS} | {"counted": row["counted"]},
        "facts": found.facts,
        "stages": [asdict(segment) for segment in found.stages],
        "activities": [asdict(segment) for segment in found.activities],
        "events": [asdict(event) for event in found.events],
        "promises": _promises(found),
        "capacities": [_capacity(told) for told in found.capacities],
        "gates": [asdict(gate) for gate in found.gates],
        "fid_ready": {"ready": ready, "missing": missing},
        "conflicts": [{"field": field, "chosen": words[0], "others": words[1:]}
                      for field, words in found.conflicts.items()],
    })


def _capacity(told: Mapping[str, Any]) -> dict[str, Any]:
    return {"field": told["field"], "value": told["value_number"], "unit": told["unit"],
            "known": told["known"], "grade": told["grade"], "source": who(told),
            "claim": told["claim"]}


def _promises(found: Dossier) -> list[dict[str, Any]]:
    return [asdict(promise) | {"holds": asdict(promise.holds)} for promise in found.promises]


def _objects() -> dict[str, Any]:
    return {"type": "array", "items": {"type": "object"}}


RESOURCES = (
    Resource(
        "projects", "All projects that a question chooses",
        "The project table, filtered, searched and sorted in the same words as the site's Projects "
        "page. Values of one parameter are alternatives; parameters narrow.",
        _projects, _table, (*FILTERS, SORT, COLUMNS_ASKED), paged=True),
    Resource(
        "projects/{key}", "One project",
        "The dossier of a project: facts, stretches of stage and activity, dated events, promised "
        "dates and their slips, capacities as they were told, gates and what is unknown, and where "
        "sources disagree, the chosen word first.",
        _dossier, key="Id of a project, such as GB-0123456789.", members={
            "project": {"type": "object"},
            **{name: _objects() for name in ("facts", "stages", "activities", "events", "promises",
                                             "capacities", "gates", "conflicts")},
            "fid_ready": {"type": "object", "required": ["ready", "missing"], "properties": {
                "ready": {"type": "boolean"},
                "missing": {"type": "array", "items": {"type": "string"}}}}}),
)
