"""The parts of a workbook's ZIP, taken apart without trust.

Two readers may understand a crafted archive differently, and a size in it may be a lie. So only
archives of the plainest make are taken, and every part is unpacked here once, piece by piece, up to
the size that it names, before another reader sees the file.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

MAX_UNPACKED_BYTES = 256 * 2**20
MAX_RATIO = 120  # a real workbook's XML packs 5-20 times
SMALL_BYTES = 2**24  # below, a high ratio does no harm
MAX_PARTS = 10_000
PIECE_BYTES = 2**20
_END = b"PK\x05\x06"
_LOCATOR_64 = b"PK\x06\x07"  # of a far larger archive
_END_BYTES = 22
_LOCAL_BYTES = 30
_ENCRYPTED = 0x1 | 0x40


class Unfit(Exception):
    """What is wrong with a file, and what is accepted."""

    def __init__(self, why: str, accepted: str) -> None:
        super().__init__(why)
        self.why = why
        self.accepted = accepted


class TooMuch(Unfit):
    """It would take more room than it may."""


class Locked(Unfit):
    """It has a password."""


NO_PASSWORD = "a copy saved without a password"
PLAIN_ZIP = "a workbook as a spreadsheet program saves it; open it and save it anew"


@dataclass(frozen=True)
class Archive:
    """A checked archive: its bytes and its parts by name."""

    data: bytes
    parts: dict[str, zipfile.ZipInfo]

    def pieces(self, name: str) -> Iterator[bytes]:
        """A part unpacked piece by piece. Raises Unfit where it is not what the archive says."""
        part = self.parts[name]
        packed = memoryview(self.data)[_start(self.data, part):][:part.compress_size]
        seen, check = 0, 0
        for piece in _unpacked(packed, part):
            seen, check = seen + len(piece), zlib.crc32(piece, check)
            if seen > part.file_size:
                raise TooMuch(f"part {name} unpacks to more than the {part.file_size:,} bytes it "
                              "names", PLAIN_ZIP)
            yield piece
        if seen != part.file_size or check != part.CRC:
            raise Unfit(f"broken or truncated workbook (part {name} is damaged)", PLAIN_ZIP)

    def read(self, name: str, most: int) -> bytes:
        """A small part as a whole. Raises TooMuch beyond `most` bytes."""
        if self.parts[name].file_size > most:
            raise TooMuch(f"part {name} has {self.parts[name].file_size:,} bytes",
                          f"at most {most:,} bytes of it")
        return b"".join(self.pieces(name))


def opened(data: bytes) -> Archive:
    """The archive in `data`. Raises Unfit, or zipfile.BadZipFile for one that is none."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = archive.infolist()
    for check in (_named, _unlocked, _sized):
        check(parts)
    _plain(data, parts)
    return Archive(data, {part.filename: part for part in parts})


def _named(parts: list[zipfile.ZipInfo]) -> None:
    if len(parts) > MAX_PARTS:
        raise TooMuch(f"{len(parts):,} parts", f"workbooks of at most {MAX_PARTS:,} parts")
    for part in parts:
        if re.search(r"^[/\\]|^\w:|(^|[/\\])\.\.([/\\]|$)|[\0-\x1f]", part.orig_filename):
            raise Unfit(f"a part is named {part.orig_filename[:80]!r}, outside the archive",
                        PLAIN_ZIP)
    names = Counter(part.filename.replace("\\", "/").casefold() for part in parts)
    name, count = names.most_common(1)[0] if names else ("", 0)
    if count > 1:
        raise Unfit(f"part {name[:80]} is there {count} times", PLAIN_ZIP)


def _unlocked(parts: list[zipfile.ZipInfo]) -> None:
    if any(part.flag_bits & _ENCRYPTED for part in parts):
        raise Locked("it is protected by a password", NO_PASSWORD)
    for part in parts:
        if part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise Unfit(f"part {part.filename[:80]} is packed by method {part.compress_type}",
                        PLAIN_ZIP)


def _sized(parts: list[zipfile.ZipInfo]) -> None:
    unpacked = sum(part.file_size for part in parts)
    packed = max(1, sum(part.compress_size for part in parts))
    if unpacked > MAX_UNPACKED_BYTES or (
            unpacked > SMALL_BYTES and unpacked / packed > MAX_RATIO):
        raise TooMuch(f"unpacks to {unpacked:,} bytes, {unpacked / packed:.0f} times its size",
                      f"workbooks that unpack to at most {MAX_UNPACKED_BYTES:,} bytes and at most "
                      f"{MAX_RATIO} times their size")


def _plain(data: bytes, parts: list[zipfile.ZipInfo]) -> None:
    """One directory, at the end, and parts one after the other: no reader can see another file."""
    end = data.rfind(_END)
    size, directory = (int.from_bytes(data[end + at:end + at + 4], "little") for at in (12, 16))
    comment = int.from_bytes(data[end + 20:end + 22], "little")
    if (directory + size != end or end + _END_BYTES + comment != len(data)
            or data[max(0, end - 20):end].startswith(_LOCATOR_64)):
        raise Unfit("its archive is not put together plainly", PLAIN_ZIP)
    reached = 0
    for part in sorted(parts, key=lambda part: part.header_offset):
        start = _start(data, part)
        if part.header_offset < reached or start + part.compress_size > directory:
            raise Unfit(f"part {part.filename[:80]} overlaps another", PLAIN_ZIP)
        reached = start + part.compress_size


def _start(data: bytes, part: zipfile.ZipInfo) -> int:
    """Where the packed bytes begin, after the part's own header."""
    head = data[part.header_offset:part.header_offset + _LOCAL_BYTES]
    if len(head) < _LOCAL_BYTES or not head.startswith(b"PK\x03\x04"):
        raise Unfit(f"broken or truncated workbook (no part at {part.filename[:80]})", PLAIN_ZIP)
    name, extra = (int.from_bytes(head[at:at + 2], "little") for at in (26, 28))
    return part.header_offset + _LOCAL_BYTES + name + extra


def _unpacked(packed: memoryview, part: zipfile.ZipInfo) -> Iterator[bytes]:
    if part.compress_type == zipfile.ZIP_STORED:
        yield from (bytes(packed[at:at + PIECE_BYTES])
                    for at in range(0, len(packed), PIECE_BYTES))
        return
    inflate = zlib.decompressobj(-15)
    rest: bytes | memoryview = packed
    while not inflate.eof:
        try:
            piece = inflate.decompress(rest, PIECE_BYTES)
        except zlib.error as error:
            raise Unfit(f"broken or truncated workbook (part {part.filename[:80]} is damaged)",
                        PLAIN_ZIP) from error
        rest = inflate.unconsumed_tail
        if piece:
            yield piece
        elif not rest:
            return
