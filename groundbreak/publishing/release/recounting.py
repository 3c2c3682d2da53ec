"""Everything in a package that follows from its log, worked out again and compared."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl
from polars.testing import assert_frame_equal

from groundbreak.history import snapshot as snapshots
from groundbreak.history.snapshot import Snapshot
from groundbreak.history.view import History
from groundbreak.measures import DEFINITION_VERSION
from groundbreak.measures.bridge import between
from groundbreak.publishing.release import container
from groundbreak.publishing.release.building import Previous, derived
from groundbreak.publishing.release.changelog import changelog
from groundbreak.publishing.release.freezing import frozen
from groundbreak.publishing.release.iamc import iamc
from groundbreak.publishing.release.tables import (
    LABEL_SCHEMA,
    bridge_table,
    counts,
    evidence_table,
    gap_table,
    project_table,
    scorecard_table,
)
from groundbreak.reading import Reader, Reading
from groundbreak.vocabulary.fields import REGISTRY_VERSION
from groundbreak.vocabulary.guarding import safe_csv

Step = Callable[[str], None]


@dataclass(frozen=True)
class Problem:
    """Something wrong with one file of a package."""

    file: str
    what: str


def recounted(
    found: Mapping[str, bytes], about: Mapping[str, Any], notes: list[str], step: Step
) -> Iterator[Problem]:
    """The tables and figures, counted again from the log in the package."""
    step("the log")
    try:
        log = snapshots.read(container.zipped(found))
    except ValueError as error:
        yield Problem("claims.parquet", str(error))
        return
    yield from _log(log, about)
    versions = (about["definition_version"], about["fields_version"])
    if versions != (DEFINITION_VERSION, REGISTRY_VERSION):
        notes.append(f"definitions version {versions[0]}, fields version {versions[1]}: this "
                     f"software counts by {DEFINITION_VERSION} and {REGISTRY_VERSION}, so the "
                     "figures were not counted again")
        return
    reading = Reader(log).as_of()
    told = pl.read_parquet(io.BytesIO(found["evidence.parquet"]))
    labels = told.filter(pl.col("stands_for").is_not_null()).select(
        "source", label="reference", text="stands_for").unique(maintain_order=True)
    step("projects")
    projects = project_table(reading)
    evidence = evidence_table(reading, labels.cast(LABEL_SCHEMA))  # type: ignore[arg-type]
    tables = {"projects": projects, "evidence": evidence}
    for name, table in tables.items():
        yield from _same(f"{name}.parquet", found, table)
    step("measures")
    tables |= {"scorecard": scorecard_table(reading), "gap": gap_table(reading),
               "iamc": iamc(reading, about["name"])}
    expected = {f"{name}.csv": safe_csv(table).encode() for name, table in tables.items()}
    expected |= derived(reading, projects, evidence, about["name"], step)
    for name, data in expected.items():
        if found[name] != data:
            yield Problem(name, "is not what the log in claims.parquet gives" + _where(
                found[name], data))
    told_of = counts(log, projects, evidence)
    if about["counts"] != told_of:
        yield Problem("release.json", f"counts {about['counts']}; the tables hold {told_of}")


def _log(log: Snapshot, about: Mapping[str, Any]) -> Iterator[Problem]:
    """The log is what may be published as known on its day, in order, and nothing else."""
    name = "claims.parquet"
    if str(log.known) != about["known"]:
        yield Problem("snapshot.json", f"known {log.known}; release.json says {about['known']}")
        return
    if not log.claims["claim"].is_sorted() or log.claims["claim"].n_unique() != log.claims.height:
        yield Problem(name, "claims are not in log order")
    if log.known is not None:
        cut = frozen(log, log.known, about["position"])
        for file, ours, theirs in ((name, log.claims, cut.claims),
                                   ("releases.parquet", log.releases, cut.releases),
                                   ("listings.parquet", log.listings, cut.listings)):
            if ours.height != theirs.height:
                yield Problem(file, f"holds {ours.height - theirs.height:,} rows that a release "
                                    f"of {log.known} cannot hold")


def _same(name: str, found: Mapping[str, bytes], table: pl.DataFrame) -> Iterator[Problem]:
    try:
        assert_frame_equal(pl.read_parquet(io.BytesIO(found[name])), table, check_exact=True)
    except (AssertionError, pl.exceptions.PolarsError) as error:
        yield Problem(name, f"is not what the log in claims.parquet gives: "
                            f"{' '.join(str(error).split())[:300]}")


def _where(actual: bytes, expected: bytes) -> str:
    """The first line that differs, for text."""
    if b"\0" in actual:
        return ""
    pairs = zip(actual.split(b"\n"), expected.split(b"\n"), strict=False)
    for number, (ours, theirs) in enumerate(pairs, start=1):
        if ours != theirs:
            return (f": line {number} is {ours[:120].decode('utf-8', 'replace')!r}, should be "
                    f"{theirs[:120].decode('utf-8', 'replace')!r}")
    return f": {len(actual):,} bytes, should be {len(expected):,}"


def rebridged(name: str, before: Previous, found: Mapping[str, bytes]) -> Iterator[Problem]:
    """The bridge from the release before and the changelog, made again from both logs."""
    end: Reading = Reader(snapshots.read(container.zipped(found))).as_of()
    start = History(before.snapshot).as_of(before.snapshot.known)
    bridge = between(start, end.view)
    for file, data in (
        ("bridge.csv", safe_csv(bridge_table(bridge)).encode()),
        ("CHANGELOG.md", changelog(name, before.name, bridge, start, end.view).encode()),
    ):
        if found[file] != data:
            yield Problem(file, "is not what the two releases give" + _where(found[file], data))
