"""Checking a package with nothing but the package: sums, description, and all figures again."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from groundbreak.measures import DEFINITION_VERSION
from groundbreak.publishing.release import container
from groundbreak.publishing.release.building import FORMAT, Previous
from groundbreak.publishing.release.recounting import Problem, Step, rebridged, recounted

NOT_LISTED = (container.SUMS, "datapackage.json", "release.json")  # in no description of contents

@dataclass(frozen=True)
class Verdict:
    """What was found: `problems`, and in `notes` what could not be checked and why."""

    name: str
    sums: str  # SHA-256 of the list of checksums: what names this package for good
    problems: tuple[Problem, ...]
    notes: tuple[str, ...] = ()


def verify(path: Path, previous: Path | None = None, step: Step = lambda _: None) -> Verdict:
    """Check the package at `path` (folder or zip), and that it follows `previous` where given.

    What is wrong is told, never raised. Raises FileNotFoundError, or NoPackage for something that
    is no package at all.
    """
    found = container.load(path)
    if container.SUMS not in found or "release.json" not in found:
        raise container.NoPackage(
            f"{path}: not a release package: no {container.SUMS} with release.json; accepted: the "
            "folder or the zip that `groundbreak release build` wrote")
    step("checksums")
    problems = list(_sums(found))
    if path.is_file() and not problems:
        problems += _canonical(path, found)
    about = _about(found)
    if isinstance(about, Problem):
        return Verdict("", container.sha256(found[container.SUMS]), (*problems, about))
    notes: list[str] = []
    if not problems:  # a file that is not the one that was released says nothing of the others
        step("description")
        problems += _description(found)
        problems += recounted(found, about, notes, step)
    if previous is not None:
        step("the release before")
        problems += _chain(about, found, previous, recount=not problems)
    elif about["previous"]:
        notes.append(f"it follows {about['previous']['name']}, which was not given: its place in "
                     "the chain was not checked")
    return Verdict(about["name"], container.sha256(found[container.SUMS]), tuple(problems),
                   tuple(notes))


def sums_of(path: Path) -> str:
    """SHA-256 of the list of checksums of the package at `path`, once all files agree with it.

    Raises ValueError naming the first that does not.
    """
    found = container.load(path)
    if container.SUMS not in found:
        raise container.NoPackage(f"{path}: not a release package: no {container.SUMS}")
    for problem in _sums(found):
        raise ValueError(f"{path}: {problem.file}: {problem.what}")
    return container.sha256(found[container.SUMS])


def _sums(found: Mapping[str, bytes]) -> Iterator[Problem]:
    try:
        listed = container.parsed_sums(found[container.SUMS])
    except container.NoPackage as error:
        yield Problem(container.SUMS, str(error))
        return
    for name in sorted(listed.keys() - found.keys()):
        yield Problem(name, "is missing")
    for name in sorted(found.keys() - listed.keys() - {container.SUMS}):
        yield Problem(name, f"is no part of the release: {container.SUMS} does not list it")
    for name in sorted(listed.keys() & found.keys()):
        actual = container.sha256(found[name])
        if actual != listed[name]:
            yield Problem(name, f"is not the file that was released: SHA-256 {actual}, "
                                f"listed {listed[name]}")
    if not listed.keys() ^ (found.keys() - {container.SUMS}) and (
            found[container.SUMS] != container.sums({n: found[n] for n in listed})
            and all(container.sha256(found[n]) == listed[n] for n in listed)):
        yield Problem(container.SUMS, "is not as a release writes it: sorted, a line a file")


def _canonical(path: Path, found: Mapping[str, bytes]) -> Iterator[Problem]:
    """A zip is the bytes that its files make: nothing hides between or behind them."""
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
    if len(names) != len(set(names)):
        yield Problem(path.name, "holds a file twice")
    elif path.read_bytes() != container.zipped(found):
        yield Problem(path.name, "is not the zip that was released, though its files are")


def _about(found: Mapping[str, bytes]) -> dict[str, Any] | Problem:
    try:
        about = json.loads(found["release.json"])
        if about["format"] != FORMAT:
            return Problem("release.json", f"format {about['format']!r}; accepted: {FORMAT}")
        before = about["previous"]
        told = (about["name"], about["known"], about["position"], about["definition_version"],
                about["fields_version"], about["counts"],
                *((before["name"], before["sha256_of_sums"]) if before else ()))
    except (KeyError, TypeError, json.JSONDecodeError, UnicodeDecodeError) as error:
        return Problem("release.json", f"cannot be read: {error}")
    return about if all(part is not None for part in told) else Problem(
        "release.json", "does not say its name, day, position, versions and counts")


def _description(found: Mapping[str, bytes]) -> Iterator[Problem]:
    """datapackage.json describes every file as it is, and every table's columns."""
    name = "datapackage.json"
    try:
        told = {item["path"]: item for item in json.loads(found[name])["resources"]}
    except (KeyError, TypeError, json.JSONDecodeError, UnicodeDecodeError) as error:
        yield Problem(name, f"cannot be read: {error}")
        return
    there = found.keys() - set(NOT_LISTED)
    for path in sorted(told.keys() ^ there):
        yield Problem(name, f"{path}: " + ("described, and not there" if path in told
                                           else "there, and not described"))
    for path in sorted(told.keys() & there):
        item, data = told[path], found[path]
        if item.get("bytes") != len(data) or item.get("hash") != f"sha256:{container.sha256(data)}":
            yield Problem(name, f"{path}: size or hash is not the file's")
        columns = _columns(path, data)
        fields = [field["name"] for field in item.get("schema", {}).get("fields", [])]
        if columns is not None and fields != columns:
            yield Problem(name, f"{path}: describes columns {fields}, the file has {columns}")


def _columns(path: str, data: bytes) -> list[str] | None:
    if path.endswith(".parquet"):
        return list(pl.read_parquet_schema(io.BytesIO(data)))
    if path.endswith(".csv"):
        return pl.read_csv(io.BytesIO(data), n_rows=0).columns
    return None


def _chain(
    about: Mapping[str, Any], found: Mapping[str, bytes], previous: Path, *, recount: bool
) -> Iterator[Problem]:
    """`previous` is the release that this one was built on, and gives its bridge."""
    before = Previous.read(previous)
    told = about["previous"]
    if told is None:
        yield Problem("release.json", f"says that nothing came before it; {before.name} was given")
        return
    try:
        actual = sums_of(previous)
    except ValueError as error:
        yield Problem(previous.name, str(error))
        return
    if (told["name"], told["sha256_of_sums"]) != (before.name, actual):
        yield Problem("release.json", f"follows {told['name']} with sums {told['sha256_of_sums']}; "
                                      f"given is {before.name} with {actual}: the chain is broken")
        return
    if recount and about["definition_version"] == DEFINITION_VERSION:
        yield from rebridged(about["name"], before, found)
