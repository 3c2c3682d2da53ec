"""Building a package: from the register's log to the files, and the files to a folder and a zip."""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any

import polars as pl

from groundbreak.history import snapshot as snapshots
from groundbreak.history.atomic import whole
from groundbreak.history.snapshot import Snapshot
from groundbreak.history.view import History
from groundbreak.measures import DEFINITION_VERSION
from groundbreak.measures.bridge import Bridge, between
from groundbreak.publishing.release import container, describing, figures, words
from groundbreak.publishing.release.changelog import changelog
from groundbreak.publishing.release.freezing import frozen
from groundbreak.publishing.release.iamc import iamc
from groundbreak.publishing.release.oc4ids import milestone_codes, oc4ids
from groundbreak.publishing.release.tables import (
    LABEL_SCHEMA,
    bridge_table,
    counts,
    evidence_table,
    gap_table,
    project_table,
    scorecard_table,
)
from groundbreak.publishing.release.workbook import workbook
from groundbreak.reading import Reader, Reading
from groundbreak.vocabulary.fields import REGISTRY_VERSION, dictionary_csv
from groundbreak.vocabulary.guarding import safe_csv
from groundbreak.vocabulary.terms import VOCABULARY_VERSION

FORMAT = "groundbreak-release-1"
NAME = re.compile(r"\d{4}\.\d{1,3}")
_NOT_A_DEFINITION = ("country_spellings.csv",)
Step = Callable[[str], None]


@dataclass(frozen=True)
class Previous:
    """The release before, as its package tells it."""

    name: str
    sums: str  # SHA-256 of its list of checksums
    snapshot: Snapshot

    @classmethod
    def read(cls, path: Path) -> Previous:
        """From the folder or zip of a package. Raises NoPackage or FileNotFoundError."""
        found = container.load(path)
        try:
            name = json.loads(found["release.json"])["name"]
            sums = container.sha256(found[container.SUMS])
        except (KeyError, TypeError, json.JSONDecodeError) as error:
            raise container.NoPackage(f"{path}: not a release package: {error}") from error
        return cls(name, sums, snapshots.read(path))


@dataclass(frozen=True)
class Order:
    """What is to be built. `labels` (LABEL_SCHEMA): what sources' reference labels stand for.

    `figures`: whether the charts are drawn, which takes most of the time.
    """

    name: str
    known: date
    position: int
    confirmed: bool = False
    previous: Previous | None = None
    figures: bool = True
    labels: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=LABEL_SCHEMA))

    def __post_init__(self) -> None:
        if not NAME.fullmatch(self.name):
            raise ValueError(f"{self.name!r} is no release's name; accepted: a year and a number, "
                             "like 2026.1")


def contents(log: Snapshot, order: Order, step: Step = lambda _: None) -> dict[str, bytes]:
    """All files of the package `order` asks for, by name; the same bytes from the same log.

    `step` is told what is being made. Raises ValueError where nothing public was known yet.
    """
    step("freezing the log")
    cut = frozen(log, order.known, order.position, confirmed=order.confirmed)
    if cut.claims.is_empty():
        raise ValueError(f"nothing public was known on {order.known}; the first claim is of "
                         f"{log.public().claims['known'].min() or 'no day: the log is empty'}")
    kept = Snapshot(cut.claims, cut.releases, cut.listings, order.known)
    found = {name: data for name, data in snapshots.members(kept).items()
             if name != "dictionary.csv"}
    reader = Reader(kept)
    reading = reader.as_of()
    evidence = evidence_table(reading, order.labels)
    start, bridge = _bridge(order.previous, reading)
    tables = {**_tables(reading, evidence, order.name, step), "bridge.csv": bridge_table(bridge)}
    found |= {path: _file(path, frame) for path, frame in tables.items()}
    found |= derived(reading, tables["projects.csv"], evidence, order.name, step)
    drawn = figures.drawn(reader, reading, order.name) if order.figures else {}
    for figure in drawn.values():
        step(f"figure {figure.id}")
        found |= figures.files(figure)
    step("words")
    found |= dict(_vocabulary())
    found["oc4ids-milestoneCode.csv"] = milestone_codes().encode()
    found["CHANGELOG.md"] = changelog(
        order.name, order.previous and order.previous.name, bridge, start, reading.view).encode()
    found["CITATION.cff"] = words.citation(order.name, order.known, kept.releases).encode()
    held = counts(kept, tables["projects.csv"], evidence)
    logs = {"claims.parquet": snapshots.licensed(kept), "releases.parquet": kept.releases,
            "listings.parquet": kept.listings}
    described = {**tables, **logs}
    found["README.md"] = words.readme(
        order.name, order.known, held, described, kept.releases).encode()
    found["datapackage.json"] = describing.datapackage(
        order.name, str(order.known), found,
        described | {path: figure.table for path, figure in drawn.items()}, kept.releases)
    found["release.json"] = describing.as_json(_release(order, held))
    found[container.SUMS] = container.sums(found)
    return found


def _release(order: Order, held: Mapping[str, int]) -> dict[str, Any]:
    """What a package says of itself. Its state is not in it: that changes, a package does not."""
    previous = order.previous
    return {
        "format": FORMAT, "name": order.name, "known": str(order.known),
        "position": order.position, "confirmed_licences_only": order.confirmed,
        "definition_version": DEFINITION_VERSION, "fields_version": REGISTRY_VERSION,
        "vocabulary_version": VOCABULARY_VERSION, "software_version": version("groundbreak"),
        "previous": {"name": previous.name, "sha256_of_sums": previous.sums} if previous else None,
        "counts": dict(held),
    }


def _bridge(previous: Previous | None, reading: Reading) -> tuple[Any, Bridge | None]:
    if previous is None:
        return None, None
    start = History(previous.snapshot).as_of(previous.snapshot.known)
    return start, between(start, reading.view)


def _tables(
    reading: Reading, evidence: pl.DataFrame, name: str, step: Step
) -> dict[str, pl.DataFrame]:
    step("projects")
    projects = project_table(reading)
    step("measures")
    return {
        "projects.csv": projects, "projects.parquet": projects, "evidence.csv": evidence,
        "evidence.parquet": evidence, "scorecard.csv": scorecard_table(reading),
        "gap.csv": gap_table(reading), "iamc.csv": iamc(reading, name),
    }


def _file(path: str, frame: pl.DataFrame) -> bytes:
    return snapshots.parquet(frame) if path.endswith(".parquet") else safe_csv(frame).encode()


def derived(
    reading: Reading, projects: pl.DataFrame, evidence: pl.DataFrame, name: str,
    step: Step = lambda _: None,
) -> dict[str, bytes]:
    """The files that hold the project table in other forms."""
    step("other forms")
    return {
        "projects.geojson": describing.as_json(geojson(projects), compact=True),
        "projects.xlsx": workbook(projects, name, reading.known),
        "oc4ids.json": describing.as_json(
            oc4ids(reading, projects, evidence, f"urn:groundbreak:release:{name}"), compact=True),
    }


def geojson(projects: pl.DataFrame) -> dict[str, Any]:
    """The table as GeoJSON (RFC 7946): a feature a project; without a place it has no geometry."""
    features = []
    for row in projects.iter_rows(named=True):
        point = None
        if row["longitude"] is not None and row["latitude"] is not None:
            point = {"type": "Point", "coordinates": [row["longitude"], row["latitude"]]}
        features.append({"type": "Feature", "id": row["project"], "geometry": point,
                         "properties": row})
    return {"type": "FeatureCollection", "features": features}


def _vocabulary() -> Iterator[tuple[str, bytes]]:
    """The lists by which words and figures are defined, as they stand in the code."""
    yield "vocabulary/fields.csv", dictionary_csv().encode()
    for package in ("groundbreak.vocabulary", "groundbreak.measures"):
        for item in files(package).iterdir():
            if item.name.endswith(".csv") and item.name not in _NOT_A_DEFINITION:
                yield f"vocabulary/{item.name}", item.read_bytes()


def write(found: Mapping[str, bytes], folder: Path, *, again: bool = False) -> Path:
    """Write a package as `folder` and as a zip beside it; each appears whole or not at all.

    Returns the zip's path. Raises FileExistsError where there is one and `again` was not asked.
    """
    check_free(folder, again=again)
    archive = zip_of(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{folder.name}.", dir=folder.parent) as part:
        made, old = Path(part) / "new", Path(part) / "old"
        for name, data in found.items():
            target = made / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
        with whole(archive) as unfinished:
            unfinished.write_bytes(container.zipped(found))
            if folder.exists():
                shutil.move(folder, old)
            made.replace(folder)
    return archive


def check_free(folder: Path, *, again: bool = False) -> None:
    """Raise FileExistsError where a package lies at `folder` and `again` was not asked."""
    for there in (folder, zip_of(folder)):
        if there.exists() and not again:
            raise FileExistsError(17, "is there already; a release is never written over",
                                  str(there))


def zip_of(folder: Path) -> Path:
    """The zip that belongs to a package's folder."""
    return folder.with_name(f"{folder.name}.zip")
