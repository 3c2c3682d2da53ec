"""What was corrected in public: claims, imports taken back, and reports that people judged.

Never how to reach a reader, and never a report's own text: what is shown of it is the page it was
about, when it came, when it was answered, and the answer.
"""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl
from django.urls import Resolver404, resolve

from groundbreak.history.claims import live
from groundbreak.history.view import View
from groundbreak.history.wording import worded
from groundbreak.identity.membership import project_id
from groundbreak.measures.population import projects
from groundbreak.reading import Reader
from groundbreak.register.models import ErrorReport, Release

DECIDED = ("accepted", "rejected")
CORRECTION_SCHEMA: dict[str, pl.DataType] = {
    "record": pl.String(), "project": pl.String(), "name": pl.String(), "field": pl.String(),
    "printed": pl.String(), "printed_by": pl.String(), "corrected": pl.String(),
    "unit": pl.String(), "why": pl.String(), "publisher": pl.String(), "evidence": pl.String(),
    "known": pl.Date(), "grade": pl.Int8(), "standing": pl.Boolean(), "claim": pl.Int64(),
}


def corrections(view: View) -> pl.DataFrame:
    """Every correction known in the view, newest first, with what its source had printed;
    CORRECTION_SCHEMA. `standing` is false for one that was itself taken back."""
    claims = view.history.snapshot.claims.filter(pl.col("known") <= view.known)
    if view.history.recorded is not None:
        claims = claims.filter(pl.col("claim") <= view.history.recorded)
    made = claims.filter(pl.col("kind") == "correction")
    if made.is_empty():
        return pl.DataFrame(schema=CORRECTION_SCHEMA)
    told = claims.filter(pl.col("kind") == "statement").join(
        made.select("record", "field"), on=["record", "field"], how="semi").with_columns(
        printed=worded(), printed_by=pl.coalesce("publisher", "source"))
    before = made.select("record", "field", "claim").join(
        told.select("record", "field", "printed", "printed_by", said="claim"),
        on=["record", "field"]).filter(pl.col("said") < pl.col("claim")).sort("said").unique(
        "claim", keep="last").select("claim", "printed", "printed_by")
    stands = live(claims).filter(pl.col("kind") == "correction")["claim"]
    names = projects(view).select("record", "name")
    found = made.with_columns(corrected=worded(), standing=pl.col("claim").is_in(stands.implode()))
    found = found.join(before, on="claim", how="left").join(names, on="record", how="left")
    ids = [project_id(record) for record in found["record"]]
    return found.with_columns(
        project=pl.Series(ids, dtype=pl.String()), name=pl.coalesce("name", "record"),
        why="raw", publisher=pl.coalesce("publisher", "source"),
    ).sort("known", "claim", descending=True).select(
        pl.col(name).cast(dtype) for name, dtype in CORRECTION_SCHEMA.items())


@dataclass(frozen=True)
class TakenBack:
    """An import that was taken back, and stands no more."""

    release: str
    source: str
    published: date
    reason: str
    on: date | None
    claims: int


def taken_back(reader: Reader, until: date | None) -> list[TakenBack]:
    """Imports that were taken back by `until`, newest first: those that had said anything public.

    An undo that was itself undone is not among them.
    """
    public = dict(reader.claims.filter(pl.col("kind") != "withdrawal").group_by("release").len()
                  .iter_rows())
    found = []
    for release in Release.objects.exclude(withdrawn="").exclude(
            layout="undo").prefetch_related("undone_by"):
        undone = max((u.published for u in release.undone_by.all() if not u.withdrawn),
                     default=None)
        late = until is not None and (undone is None or undone > until)
        if release.name in public and not late:
            found.append(TakenBack(release.name, release.source, release.published,
                                   release.withdrawn, undone, public[release.name]))
    return sorted(found, key=lambda one: (one.on or date.min, one.release), reverse=True)


@dataclass(frozen=True)
class Answered:
    """A reader's report that people judged. `project`: the id it names; `page`: a page of ours."""

    reported: date
    answered: date
    days: int
    verdict: str
    reason: str
    project: str
    page: str


def answered(until: date | None) -> list[Answered]:
    """Reports that were judged by `until`, newest answer first.

    The time counts to the first answer, the verdict is the newest; one that was reopened is open.
    """
    found = []
    for report in ErrorReport.objects.select_related("item").prefetch_related("item__judgements"):
        judged = sorted(report.item.judgements.all(), key=lambda one: one.pk)
        decided = [one for one in judged if one.verdict in DECIDED]
        if not decided or judged[-1].verdict not in DECIDED:
            continue
        day = judged[-1].made.date()
        if until is None or day <= until:
            key = report.item.key
            found.append(Answered(
                report.made.date(), day, (decided[0].made.date() - report.made.date()).days,
                judged[-1].verdict, judged[-1].reason, key if key.startswith("GB-") else "",
                "" if key.startswith("GB-") else _own(report.page)))
    return sorted(found, key=lambda one: (one.answered, one.reported), reverse=True)


def _own(page: str) -> str:
    """The path of a page that this site has; '' for whatever else a reader may have sent."""
    path = page.partition("?")[0].partition("#")[0]
    try:
        resolve(path)
    except Resolver404:
        return ""
    return path


def waiting() -> int:
    """How many reports nobody has decided on yet."""
    reports = ErrorReport.objects.prefetch_related("item__judgements")
    return sum(1 for report in reports if not any(
        one.verdict in DECIDED for one in report.item.judgements.all()))


def median_days(answers: Sequence[Answered]) -> float | None:
    """The middle of the response times in days; None where nothing was answered."""
    return statistics.median(one.days for one in answers) if answers else None
