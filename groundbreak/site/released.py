"""What the site shows of a release package that lies on this machine."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from groundbreak.measures.bridge import STOCKS
from groundbreak.measures.scorecard import STOCK_LABELS
from groundbreak.publishing.release import container
from groundbreak.publishing.release.describing import MEDIA, TITLES
from groundbreak.register import packages
from groundbreak.register.models import Package


@dataclass(frozen=True)
class File:
    """One file of a package."""

    name: str
    title: str
    bytes: int
    sha256: str


@dataclass(frozen=True)
class Stock:
    """The bridge of one stock; `lines`: (label, ± projects)."""

    label: str
    opening: int
    lines: list[tuple[str, int]]
    unexplained: int
    closing: int


@dataclass(frozen=True)
class Released:
    """A package with its files as they lie in its folder."""

    package: Package
    about: dict[str, Any]
    files: list[File]
    bridge: list[Stock]
    archive: File

    @property
    def counted(self) -> int:
        """Projects that the measures count."""
        return int(self.about["counts"]["projects counted"])

    @property
    def projects(self) -> int:
        """Projects on record, counted or not."""
        return int(self.about["counts"]["projects"])

    @property
    def claims(self) -> int:
        """Claims in the log."""
        return int(self.about["counts"]["claims"])

    @property
    def main(self) -> list[File]:
        """The files with a title: tables, logs and other forms."""
        return [file for file in self.files if file.title]

    @property
    def others(self) -> list[File]:
        """Figures, vocabulary and the rest."""
        return [file for file in self.files if not file.title]


def released(package: Package) -> Released | None:
    """The package with its files; None where they are not on this machine."""
    folder, archive = packages.folder(package.name), packages.archive(package.name)
    try:
        sums = (folder / container.SUMS).read_bytes()
        listed = container.parsed_sums(sums)
        files = [File(name, TITLES.get(name, ""), (folder / name).stat().st_size, sha256)
                 for name, sha256 in sorted(listed.items())]
        files.append(File(container.SUMS, "", len(sums), container.sha256(sums)))
        about = json.loads((folder / "release.json").read_bytes())
        bridge = _bridge(pl.read_csv(folder / "bridge.csv"))
        whole = File(archive.name, "", archive.stat().st_size, "")
    except (OSError, ValueError):
        return None
    return Released(package, about, files, bridge, whole)


def _bridge(table: pl.DataFrame) -> list[Stock]:
    found = []
    for stock in STOCKS:
        rows = {line: (label, n) for _, line, label, n in
                table.filter(pl.col("stock") == stock).iter_rows()}
        if rows:
            opening, closing, left = (rows.pop(line)[1] for line in
                                      ("opening", "closing", "unexplained"))
            found.append(Stock(STOCK_LABELS[stock], opening, list(rows.values()), left, closing))
    return found


def path_of(package: Package, file: str) -> Path | None:
    """Where a file of the package lies; None for anything that the package does not list."""
    if file == f"{package.name}.zip":
        path = packages.archive(package.name)
        return path if path.is_file() else None
    folder = packages.folder(package.name)
    try:
        listed = container.parsed_sums((folder / container.SUMS).read_bytes())
    except (OSError, ValueError):
        return None
    path = folder / file
    return path if (file in listed or file == container.SUMS) and path.is_file() else None


def media_type(file: str) -> str:
    """The media type of a file by its ending."""
    ending = file.rpartition(".")[2]
    return "application/zip" if ending == "zip" else MEDIA.get(ending, "text/plain; charset=utf-8")
