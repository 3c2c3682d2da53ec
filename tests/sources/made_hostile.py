"""Hostile and odd files, made for a test: small on disk, large or crooked once opened."""

from __future__ import annotations

import io
import os
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterable
from pathlib import Path

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
HEAD = f'<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns="{MAIN}"><sheetData>'
TAIL = "</sheetData></worksheet>"
CELL = '<row r="1"><c r="A1" t="inlineStr"><is><t>head</t></is></c><c r="B1"><v>7</v></c></row>'
INDEX = "xl/workbook.xml"
SHEET = "xl/worksheets/sheet1.xml"
TEXTS = "xl/sharedStrings.xml"
STYLES = "xl/styles.xml"
MIME = "application/vnd.oasis.opendocument.spreadsheet"
NAMES = " ".join(f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
                 for short, name in (("office", "office"), ("table", "table"), ("text", "text")))
Parts = dict[str, str | bytes]


def parts(rows: str = CELL, **more: str | bytes) -> Parts:
    """The parts of a small .xlsx with one sheet of `rows`."""
    return {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/'
        'content-types"/>',
        "_rels/.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/'
        f'relationships"><Relationship Id="rId1" Type="{RELATION}/officeDocument" '
        'Target="xl/workbook.xml"/></Relationships>',
        "xl/_rels/workbook.xml.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/'
        f'package/2006/relationships"><Relationship Id="rId1" Type="{RELATION}/worksheet" '
        f'Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="{RELATION}/sharedStrings" '
        'Target="sharedStrings.xml"/></Relationships>',
        INDEX: index(), SHEET: HEAD + rows + TAIL,
    } | more


def index(more: str = "", sheets: str = '<sheet name="S" sheetId="1" r:id="rId1"/>') -> str:
    """The part that lists sheets and names."""
    return (f'<workbook xmlns="{MAIN}" xmlns:r="{RELATION}"><sheets>{sheets}</sheets>{more}'
            "</workbook>")


def texts(*values: str) -> str:
    """Shared texts."""
    return f'<sst xmlns="{MAIN}">' + "".join(f"<si><t>{v}</t></si>" for v in values) + "</sst>"


def packed(path: Path, content: Parts, level: int = 6) -> Path:
    """An archive of these parts."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=level) as archive:
        for name, data in content.items():
            archive.writestr(name, data)
    return path


def document(path: Path, rows: str, more: Parts | None = None) -> Path:
    """An .ods with one sheet of `rows`."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", MIME, zipfile.ZIP_STORED)
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
        archive.writestr("content.xml", f'<?xml version="1.0"?><office:document-content {NAMES}>'
                         '<office:body><office:spreadsheet><table:table table:name="S">'
                         f"{rows}</table:table></office:spreadsheet></office:body>"
                         "</office:document-content>")
        for name, data in (more or {}).items():
            archive.writestr(name, data)
    return path


def numbered(make: Callable[[int], str], count: int) -> str:
    """`make` of 1 … count, joined."""
    return "".join(make(number) for number in range(1, count + 1))


def cell_of(value: str, repeats: str = "") -> str:
    """An .ods cell with a text."""
    return (f'<table:table-cell office:value-type="string" {repeats}><text:p>{value}</text:p>'
            "</table:table-cell>")


# -- archives put together by hand -----------------------------------------------------------------
def raw_archive(path: Path, entries: Iterable[tuple[str, bytes, int, int]], *,
                flags: int = 0, overlap: bool = False) -> Path:
    """Entries (name, packed bytes, size told, checksum told); `overlap`: all at one place."""
    body, directory, offset, count = io.BytesIO(), io.BytesIO(), 0, 0
    for name, data, size, check in entries:
        label = name.encode()
        common = struct.pack("<HHHHHIIIHH", 20, flags, 8, 0, 0x21, check, len(data), size,
                             len(label), 0)
        if not overlap or not count:
            offset = body.tell()
            body.write(b"PK\x03\x04" + common + label + data)
        directory.write(b"PK\x01\x02" + struct.pack("<H", 20) + common
                        + struct.pack("<HHHII", 0, 0, 0, 0, offset) + label)
        count += 1
    start, listed = body.tell(), directory.getvalue()
    end = struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, count, count, len(listed), start, 0)
    path.write_bytes(body.getvalue() + listed + end)
    return path


def deflated(data: bytes) -> bytes:
    """Packed without a header."""
    made = zlib.compressobj(9, zlib.DEFLATED, -15)
    return made.compress(data) + made.flush()


def entry(name: str, data: str | bytes) -> tuple[str, bytes, int, int]:
    """An honest entry."""
    plain = data.encode() if isinstance(data, str) else data
    return name, deflated(plain), len(plain), zlib.crc32(plain)


def lying(path: Path) -> Path:
    """A sheet that tells 1,000 bytes, their checksum too, and unpacks to 400 MB."""
    start = (HEAD + CELL).encode().ljust(1000)
    made = zlib.compressobj(9, zlib.DEFLATED, -15)
    squeezed = made.compress(start) + b"".join(made.compress(b" " * 2**20) for _ in range(400))
    sheet = (SHEET, squeezed + made.flush(), 1000, zlib.crc32(start))
    honest = [entry(name, data) for name, data in parts().items() if name != SHEET]
    return raw_archive(path, [*honest, sheet])


def overlapping(path: Path) -> Path:
    """Many entries that are all the same bytes."""
    data = entry("", b"<a/>")
    return raw_archive(path, [(f"xl/{n:02}.xml", *data[1:]) for n in range(50)], overlap=True)


def two_ends(path: Path) -> Path:
    """A good archive with another one before it."""
    one, other = (packed(path.with_suffix(f".{n}"), parts()) for n in "ab")
    path.write_bytes(one.read_bytes() + other.read_bytes())
    return path


def cut_part(path: Path) -> Path:
    """One byte of the sheet's packed data is wrong."""
    whole = bytearray(packed(path, parts()).read_bytes())
    whole[whole.find(SHEET.encode()) + len(SHEET) + 5] ^= 0xFF
    path.write_bytes(whole)
    return path


def twice(path: Path) -> Path:
    """Two parts of one name."""
    return raw_archive(path, [entry(n, d) for n, d in parts().items()] + [entry(SHEET, "<a/>")])


def old_office(path: Path, stream: str) -> Path:
    """The beginning of an OLE file that holds a stream of that name."""
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + stream.encode("utf-16-le")
                     + b"\0" * 600)
    return path


def pipe(path: Path) -> Path:
    """A pipe into which nobody writes."""
    os.mkfifo(path)
    return path


def folder(path: Path) -> Path:
    """A folder where a file is expected."""
    path.mkdir()
    return path


def device(path: Path) -> Path:
    """A link to a file without an end."""
    path.symlink_to("/dev/zero")
    return path
