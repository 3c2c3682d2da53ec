"""What a workbook would take in memory, found out before it is opened: zip bombs and their kin.

A reader of workbooks lays out every sheet from A1 to its last filled cell and copies a shared text
into every cell that names it; a few kilobytes can ask for terabytes of either.
"""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

MAX_UNPACKED_BYTES = 600 * 2**20
MAX_RATIO = 120  # a real workbook's XML packs 5-20 times
MAX_CELLS = 2**25
_FILLED = re.compile(rb'<(?:\w+:)?c\s[^<>]*?\br="([A-Z]{1,3})(\d{1,7})"[^<>]*[^/<>]>')
_SHARED = re.compile(rb't="s"[^<>]*>\s*<(?:\w+:)?v>(\d{1,9})<')


def excess(path: Path) -> tuple[str, str] | None:
    """(why it is too large, what is accepted), or None for a workbook of sane size.

    Raises zipfile.BadZipFile for a broken or truncated archive, whatever part is damaged.
    """
    with zipfile.ZipFile(path) as archive:
        found = _unpacked(archive)
        if found is None:
            if damaged := archive.testzip():
                raise zipfile.BadZipFile(f"part {damaged} is damaged")
            found = _laid_out(archive)
    return found


def _unpacked(archive: zipfile.ZipFile) -> tuple[str, str] | None:
    entries = archive.infolist()
    unpacked = sum(entry.file_size for entry in entries)
    packed = max(1, sum(entry.compress_size for entry in entries))
    if unpacked <= MAX_UNPACKED_BYTES and (unpacked <= 2**24 or unpacked / packed <= MAX_RATIO):
        return None
    return (f"unpacks to {unpacked:,} bytes, {unpacked / packed:.0f} times its size",
            f"workbooks that unpack to at most {MAX_UNPACKED_BYTES:,} bytes and at most "
            f"{MAX_RATIO} times their size")


def _laid_out(archive: zipfile.ZipFile) -> tuple[str, str] | None:
    names = archive.namelist()
    texts = archive.read("xl/sharedStrings.xml") if "xl/sharedStrings.xml" in names else b""
    lengths = [len(text) for text in re.split(rb"</(?:\w+:)?si>", texts)]
    for name in names:
        if name.startswith("xl/worksheets/") and name.endswith(".xml"):
            content = archive.read(name)
            rows, columns = _extent(content)
            if rows * columns > MAX_CELLS:
                return (f"its cells span {rows:,} rows by {columns:,} columns",
                        f"sheets of at most {MAX_CELLS:,} cells; clear stray cells far out")
            copied = _copied(content, lengths)
            if copied > MAX_UNPACKED_BYTES:
                return (f"its cells repeat {copied:,} bytes of text",
                        f"sheets of at most {MAX_UNPACKED_BYTES:,} bytes of text")
    return None


def _extent(content: bytes) -> tuple[int, int]:
    """Rows and columns from A1 to the last filled cell."""
    filled = _FILLED.findall(content)
    last = max((letters for letters, _ in filled), key=lambda text: (len(text), text), default=b"")
    columns = 0
    for letter in last:
        columns = columns * 26 + letter - ord("A") + 1
    return max((int(number) for _, number in filled), default=0), columns


def _copied(content: bytes, lengths: list[int]) -> int:
    if max(lengths) * content.count(b't="s"') <= MAX_UNPACKED_BYTES:
        return 0
    return sum(lengths[number] for number in map(int, _SHARED.findall(content))
               if number < len(lengths))
