"""Figures as releases froze them: read from the package, never drawn again."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from groundbreak.charts import FIGURES
from groundbreak.publishing.release.figures import FOLDER
from groundbreak.register import packages
from groundbreak.register.models import Package

SUFFIXES = {"svg": "image/svg+xml", "csv": "text/csv; charset=utf-8", "json": "application/json"}


@dataclass(frozen=True)
class Frozen:
    """A figure of a public release; `told` is what its JSON says of it."""

    id: str
    package: Package
    folder: Path
    told: dict[str, Any]

    def file(self, suffix: str) -> bytes:
        """The frozen file. Raises Http404 where the package lacks it."""
        return _read(self.folder / f"{self.id}.{suffix}")

    @property
    def table(self) -> pl.DataFrame:
        """Its numbers."""
        return pl.read_csv(self.file("csv"), infer_schema_length=None)


def find(id: str, release: str) -> Frozen:
    """The figure `id` of the public release. Raises Http404 that says what there is."""
    try:
        package = packages.seen(release, timezone.now())
    except packages.NoSuchPackage as error:
        raise Http404(str(error)) from error
    if id not in FIGURES:  # so that no path is ever made of what a visitor typed
        raise Http404(_("There is no such figure; there are: %s") % ", ".join(FIGURES))
    folder = packages.folder(package.name) / FOLDER
    return Frozen(id, package, folder, json.loads(_read(folder / f"{id}.json")))


def releases(id: str) -> list[str]:
    """The public releases that hold this figure, newest first."""
    return [package.name for package in reversed(packages.public(timezone.now()))
            if (packages.folder(package.name) / FOLDER / f"{id}.json").is_file()]


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise Http404(_("This release has no such figure.")) from error
