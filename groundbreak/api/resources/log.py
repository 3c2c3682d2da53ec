"""The log: claims, and the evidence behind projects."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import polars as pl

from groundbreak.api.answering import Asked, Found, Resource, paged
from groundbreak.api.moments import Moment
from groundbreak.api.parameters import day, flag, text, word
from groundbreak.api.problems import NoAnswer
from groundbreak.api.resources.projects import row_of
from groundbreak.api.sheets import Sheet
from groundbreak.history.claims import CLAIM_SCHEMA, up_to
from groundbreak.history.view import View
from groundbreak.identity.membership import project_id
from groundbreak.publishing.release.tables import EVIDENCE_SCHEMA, LABEL_SCHEMA, evidence_table
from groundbreak.reading import Reading
from groundbreak.register import packages
from groundbreak.vocabulary.fields import registry

CLAIM_COLUMNS = tuple(name for name in CLAIM_SCHEMA if name != "visibility")  # all are public
RECORD = text("record", "Source and key, as in iea-hydrogen:1933.")
PROJECT = text("project", "Id of a project.", most=40)
SOURCE = text("source", "A source by its name in `sources`.", most=40)
FIELD = word("field", "A field of the vocabulary.", registry())
SPAN = (day("known_from", "Published on that day or later."),
        day("known_to", "Published on that day or earlier."))
HOLDING = flag("holding", "1: only claims that hold their cell on this clock and have a value.")
WHOLE = flag("all", "1: the whole log, also what was superseded or taken back.")


def _claims(moment: Moment, asked: Asked) -> Found:
    view = moment.view
    log = view.history.snapshot.claims if asked["all"] else view.history.claims
    wanted = pl.col("known") <= view.known
    for name in ("record", "field", "source"):
        if asked[name]:
            wanted = wanted & (pl.col(name) == asked[name])
    if asked["known_from"]:
        wanted = wanted & (pl.col("known") >= asked["known_from"])
    if asked["known_to"]:
        wanted = wanted & (pl.col("known") <= asked["known_to"])
    if asked["project"]:
        wanted = wanted & pl.col("record").is_in(_records(moment, asked["project"]))
    holding = view.held("claim")["claim"]
    if asked["holding"]:
        wanted = wanted & pl.col("claim").is_in(holding.implode())
    found = up_to(log, moment.recorded).filter(wanted)
    terms = view.history.snapshot.releases.select(
        "release", "licence", terms_confirmed="licence_confirmed")

    def cut(first: int, rows: int | None) -> pl.DataFrame:
        return found.slice(first, rows).select(CLAIM_COLUMNS).with_columns(
            holds=pl.col("claim").is_in(holding.implode())).join(
            terms, on="release", how="left", maintain_order="left")

    return Found(total=found.height, cut=cut)


def _records(moment: Moment, project: str) -> list[str]:
    """The records of a project, which is one until records are matched."""
    def ids() -> dict[str, str]:
        records = moment.standing.reader.claims["record"].unique()
        return {project_id(record): record for record in records}

    found = moment.large("projects of records", ids, clock=()).get(project)
    return [found] if found else []


def _of_project(moment: Moment, asked: Asked) -> Found:
    record = row_of(moment, asked["key"])["record"]
    return _claims(moment, {**asked, "record": record, "project": None, "source": None})


@cache
def _claim_table() -> Mapping[str, Sheet]:
    kept = {name: CLAIM_SCHEMA[name] for name in CLAIM_COLUMNS}
    return {"data": Sheet("claims", {**kept, "holds": pl.Boolean(), "licence": pl.String(),
                                     "terms_confirmed": pl.Boolean()})}


def _evidence(moment: Moment, asked: Asked) -> Found:
    if asked["record"] and asked["project"]:
        raise NoAnswer("record and project both name what to look behind; accepted: one of them")
    record = asked["record"]
    if asked["project"]:
        record = next(iter(_records(moment, asked["project"])), "none")
    if record:
        alone = View(moment.view.history.of(record), moment.known, moment.valid)
        found = evidence_table(Reading(alone), _labels(moment))
    else:
        found = moment.large("evidence", lambda: evidence_table(
            moment.reading, _labels(moment)))
    if asked["source"]:
        found = found.filter(pl.col("source") == asked["source"])
    return paged(found)


def _labels(moment: Moment) -> pl.DataFrame:
    return moment.answer("labels", lambda: pl.DataFrame(
        packages.labels(moment.known), schema=LABEL_SCHEMA, orient="row"))


RESOURCES = (
    Resource(
        "projects/{key}/claims", "The claims of one project",
        "Every claim on a project that this clock knows, in log order: which source said what of "
        "which field, when it happened and since when it is known.",
        _of_project, _claim_table, (FIELD, *SPAN, HOLDING, WHOLE),
        key="Id of a project, such as GB-0123456789.", paged=True),
    Resource(
        "claims", "Claims of all projects",
        "The log of claims up to the clock's day, in log order. Without `all` only claims that "
        "count: what was superseded or taken back is left out.",
        _claims, _claim_table, (RECORD, PROJECT, FIELD, SOURCE, *SPAN, HOLDING, WHOLE),
        paged=True),
    Resource(
        "evidence", "What stands behind projects",
        "Addresses and labels that sources cite, with what a label stands for.",
        _evidence, lambda: {"data": Sheet("evidence", EVIDENCE_SCHEMA)},
        (RECORD, PROJECT, SOURCE), paged=True),
)
