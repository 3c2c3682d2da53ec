"""The files of a package, in a folder or in a zip, with the list of their SHA-256 sums.

The zip is the same bytes wherever it is made: members sorted, dated 1980-01-01 and stored without
compression, whose result depends on the machine's zlib.
"""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
from collections.abc import Mapping
from pathlib import Path

SUMS = "SHA256SUMS"
MOST_BYTES = 4 * 2**30  # what a package may unpack to
_LINE = re.compile(r"([0-9a-f]{64})  (\S.*)")
_DATED = (1980, 1, 1, 0, 0, 0)


class NoPackage(ValueError):
    """What was named is no release package."""


def sha256(data: bytes) -> str:
    """SHA-256 in lower-case hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def sums(files: Mapping[str, bytes]) -> bytes:
    """The list of checksums, as `sha256sum -c` reads it; of every file but the list itself."""
    return "".join(f"{sha256(files[name])}  {name}\n" for name in sorted(files)
                   if name != SUMS).encode()


def parsed_sums(data: bytes) -> dict[str, str]:
    """File → SHA-256. Raises NoPackage for a list that is none."""
    found: dict[str, str] = {}
    for number, line in enumerate(data.decode("utf-8", "replace").splitlines(), start=1):
        match = _LINE.fullmatch(line)
        if match is None or match[2] in found:
            raise NoPackage(f"{SUMS}, line {number}: {line[:80]!r} is not a checksum; accepted: "
                            "64 hexadecimal digits, two blanks, a file's name, each file once")
        found[match[2]] = match[1]
    return found


def zipped(files: Mapping[str, bytes]) -> bytes:
    """`files` as one zip, the same bytes wherever and whenever it is made."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(files):
            member = zipfile.ZipInfo(name, _DATED)
            member.create_system, member.external_attr = 3, 0o644 << 16
            archive.writestr(member, files[name])
    return out.getvalue()


def load(path: Path) -> dict[str, bytes]:
    """All files of a package by name. Raises FileNotFoundError, or NoPackage."""
    if path.is_dir():
        return {
            file.relative_to(path).as_posix(): file.read_bytes()
            for file in sorted(path.rglob("*")) if file.is_file()
        }
    try:
        with zipfile.ZipFile(path) as archive:
            members = [member for member in archive.infolist() if not member.is_dir()]
            if sum(member.file_size for member in members) > MOST_BYTES:
                raise NoPackage(f"{path}: unpacks to more than {MOST_BYTES:,} bytes")
            return {member.filename: archive.read(member) for member in members}
    except (zipfile.BadZipFile, NotImplementedError, EOFError, RuntimeError) as error:
        raise NoPackage(f"{path}: not a release package: {error}; accepted: the folder or the zip "
                        "that `groundbreak release build` wrote") from error
