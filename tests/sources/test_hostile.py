"""Hostile files: each is refused in clear words or read, within 500 MB and 20 seconds.

Every file is read in a process of its own, whose processor time and peak memory are measured.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from groundbreak.sources import files
from groundbreak.sources.errors import SourceError, UnreadableFile
from groundbreak.sources.files import Book, open_book
from tests.sources import made_hostile as made
from tests.sources.made_hostile import (
    CELL,
    INDEX,
    MAIN,
    SHEET,
    STYLES,
    TEXTS,
    cell_of,
    document,
    index,
    numbered,
    packed,
    parts,
    texts,
)

MAX_MB, MAX_S = 500, 20
READ = """
import json, sys, time
from pathlib import Path
from groundbreak.sources.errors import SourceError
from groundbreak.sources.files import open_book
try:
    book = open_book(Path(sys.argv[1]))
    told = {"sheets": {n: len(t.rows) for n, t in book.tables.items()},
            "first": [t.rows[0][:3] if t.rows else [] for t in book.tables.values()],
            "remarks": [r.kind for r in book.remarks],
            "notes": [n.kind for t in book.tables.values() for n in t.notes.notes.values()]}
except SourceError as error:
    told = {"refused": str(error)}
told["mb"] = int(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0]) / 1024
told["seconds"] = time.process_time()
print(json.dumps(told, default=str))
"""
Maker = Callable[[Path], Path]


def read_apart(path: Path) -> dict[str, Any]:
    """What a fresh process made of the file; asserts its bounds."""
    done = subprocess.run([sys.executable, "-c", READ, str(path)], capture_output=True, text=True,
                          timeout=200, check=False, env=os.environ | {"PYTHONPATH": os.getcwd()})
    assert done.returncode == 0, done.stderr[-2000:]
    told: dict[str, Any] = json.loads(done.stdout)
    assert told["mb"] <= MAX_MB
    assert told["seconds"] <= MAX_S
    return told


def sheet(rows: str, **more: str) -> Maker:
    """An .xlsx with these rows and further parts."""
    named = {{"texts": TEXTS, "styles": STYLES, "index": INDEX}[key]: value
             for key, value in more.items()}
    return lambda path: packed(path, parts(rows, **named))


def with_part(name: str, data: str | bytes) -> Maker:
    """An .xlsx with one more part, or another content of one."""
    return lambda path: packed(path, parts() | {name: data})


def rows_of(rows: str, more: dict[str, str | bytes] | None = None) -> Maker:
    """An .ods with these rows."""
    return lambda path: document(path, rows, more)


def laughs() -> str:
    """Entities that name one another: a text of a gigabyte."""
    entities = '<!ENTITY a0 "ha">' + numbered(
        lambda n: f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">', 9)
    return f'<?xml version="1.0"?><!DOCTYPE sst [{entities}]>' + texts("&a9;")


def spread(first: str, last: str) -> str:
    """Two cells far apart."""
    return (f'<row r="1"><c r="{first}"><v>1</v></c></row>'
            f'<row r="1048576"><c r="{last}"><v>1</v></c></row>')


LONG = "x" * 30_000
REFUSED: dict[str, tuple[str, Maker, str, str]] = {
    # name: file name, maker, what the message says, what it accepts
    "stray cell": ("far.xlsx", sheet(spread("A1", "XFD1048576")), "1,048,576 rows by 16,384",
                   "clear stray cells far out"),
    "stray cell, quoted otherwise": (
        "far.xlsx", sheet(spread("A1", "XFD1048576").replace('"', "'")), "1,048,576 rows",
        "clear stray cells"),
    "stray cell, another address first": (
        "far.xlsx", sheet('<row r="1048576"><c s="1" r="XFD1048576" a="/>"><v>1</v></c></row>'),
        "", "Accepted"),
    "stray cell without an address": (
        "far.xlsx", sheet('<row r="1048576"><c><v>1</v></c><c/><c/><c><v>2</v></c></row>'),
        "1,048,576 rows by 4 columns", "clear stray cells"),
    "stray cell under a prefix": (
        "far.xlsx", with_part(SHEET, f'<x:worksheet xmlns:x="{MAIN}"><x:sheetData><x:row>'
        '<x:c r="XFD1048576"><x:v>1</x:v></x:c></x:row></x:sheetData></x:worksheet>'),
        "1,048,576 rows by 16,384 columns", "clear stray cells far out"),
    "one text in every cell": (
        "copies.xlsx", sheet(numbered(lambda n: f'<row><c r="A{n}" t="s"><v>0</v></c></row>',
                                      50_000), texts=texts(LONG)), "repeat long texts", "bytes"),
    "one text in every cell, oddly": (
        "copies.xlsx", sheet(numbered(lambda n: "<row><c t='s'><v>0</v></c></row>", 50_000),
                             texts=texts(LONG)), "repeat long texts", "bytes"),
    "zip bomb": ("bomb.xlsx", with_part(SHEET, b"0" * (64 * 2**20)), "times its size", "at most"),
    "size that lies": ("liar.xlsx", made.lying, "more than the 1,000 bytes it names", "save"),
    "overlapping parts": ("overlap.xlsx", made.overlapping, "overlaps another", "save it anew"),
    "two archives in one": ("two.xlsx", made.two_ends, "not put together plainly", "save it anew"),
    "a part twice": ("twice.xlsx", made.twice, "is there 2 times", "save it anew"),
    "a part outside": ("out.xlsx", with_part("../../etc/passwd", "x"), "outside the archive",
                       "save it anew"),
    "a damaged part": ("bad.xlsx", made.cut_part, "damaged", "save it anew"),
    "a locked part": ("locked.xlsx", lambda path: made.raw_archive(
        path, [made.entry(n, d) for n, d in parts().items()], flags=1), "password",
        "without a password"),
    "billion laughs": ("laughs.xlsx", with_part(TEXTS, laughs()), "declares entities", "save"),
    "billion laughs in the list of sheets": (
        "laughs.xlsx", with_part(INDEX, laughs()), "declares entities", "save it anew"),
    "entities in UTF-16": ("wide.xlsx", with_part(TEXTS, laughs().encode("utf-16")),
                           "not in UTF-8", "save it anew"),
    "entities in EBCDIC": ("ebcdic.xlsx", with_part(TEXTS, laughs().replace(
        '"1.0"', '"1.0" encoding="cp037"').encode("cp037")), "not in UTF-8", "save it anew"),
    "an attribute without end": (
        "wide.xlsx", sheet(f'<row r="1" a="{os.urandom(6 * 2**20).hex()}"/>'), "a tag or a text",
        "save it anew"),
    "tags in tags": ("deep.xlsx", sheet("<a>" * 100_000 + "</a>" * 100_000), "deep", "save"),
    "a million sheets": ("sheets.xlsx", sheet(CELL, index=index(sheets=numbered(
        lambda n: f'<sheet name="S{n}" sheetId="{n}" r:id="rId1"/>', 10**6))), "", "at most"),
    "two sheets, one part": ("same.xlsx", sheet(CELL, index=index(sheets=numbered(
        lambda n: f'<sheet name="S{n}" sheetId="{n}" r:id="rId1"/>', 9))), "one and the same part",
        "save"),
    "two million texts": ("texts.xlsx", sheet(CELL, texts=f'<sst xmlns="{MAIN}">'
                          + numbered(lambda n: f"<si><t>{n}</t></si>", 2_000_001) + "</sst>"),
                          "shared texts", "at most"),
    "formulas without values and without end": ("f.xlsx", sheet(numbered(
        lambda n: f'<row r="{n}"><c r="A{n}"><f>A1+{n}</f></c></row>', 100_001)),
        "100,000 formulas without a stored value", "calculates its formulas"),
    "a binary workbook": ("b.xlsb", lambda path: packed(path, {"xl/workbook.bin": "x"}),
                          "binary workbook (.xlsb)", "save it as .xlsx"),
    "a Word document": ("w.xlsx", lambda path: packed(path, {"word/document.xml": "<a/>"}),
                        "holds no workbook", "save it as .xlsx"),
    "an old workbook": ("old.xls", lambda path: made.old_office(path, "Workbook"),
                        "before 2007", "save it as .xlsx"),
    "a workbook with a password": ("pw.xlsx", lambda path: made.old_office(
        path, "EncryptedPackage"), "password", "without a password"),
    "ods: repeated rows": ("rows.ods", rows_of(
        f'<table:table-row table:number-rows-repeated="1048576">{cell_of("x")}'
        f'{cell_of("y", "table:number-columns-repeated=" + chr(34) + "16384" + chr(34))}'
        "</table:table-row>"), "1,048,576 rows by 16,385", "clear stray cells"),
    "ods: repeats without measure": ("rows.ods", rows_of(
        f'<table:table-row table:number-rows-repeated="{"9" * 40}">{cell_of("x")}'
        "</table:table-row>"), "rows by 1 columns", "clear stray cells"),
    "ods: repeated text": ("copies.ods", rows_of(
        f'<table:table-row table:number-rows-repeated="50000">{cell_of(LONG)}</table:table-row>'),
        "repeat long texts", "bytes"),
    "ods: password": ("pw.ods", lambda path: document(path, f"<table:table-row>{cell_of('x')}"
                      "</table:table-row>", {"META-INF/other": ""}) and _locked(path), "password",
                      "without a password"),
    "a pipe": ("pipe.xlsx", made.pipe, "no regular file", "a file"),
    "a folder": ("folder.xlsx", made.folder, "a folder", "a file"),
    "a device": ("zero.csv", made.device, "no regular file", "a file"),
    "commas": ("commas.csv", lambda path: path.write_bytes(b"," * 30 * 2**20) and path,
               "more than 2,097,152 cells", "at most"),
    "empty lines": ("lines.csv", lambda path: path.write_bytes(b"a\n" + b"\n" * 30 * 2**20)
                    and path, "more than 2,097,152 cells", "at most"),
    "ods: full of one text": ("full.ods", rows_of(
        '<table:table-row table:number-rows-repeated="262144">'
        f'{cell_of("x" * 30, "table:number-columns-repeated=" + chr(34) + "8" + chr(34))}'
        "</table:table-row>"), "repeat long texts", "bytes"),
    "a large text": ("large.csv", lambda path: path.write_bytes(b"a" * 33 * 2**20) and path,
                     "bytes of text", "up to"),
}


def _locked(path: Path) -> Path:
    with_data = path.with_suffix(".tmp")
    shutil.move(path, with_data)
    return packed(path, {"mimetype": made.MIME, "content.xml": "x", "META-INF/manifest.xml":
                         "<manifest:manifest xmlns:manifest='urn:m'><manifest:encryption-data/>"
                         "</manifest:manifest>"})


def formatted(count: int) -> str:
    """Rows that are formatted and empty."""
    return numbered(lambda n: f'<row r="{n}" s="1" customFormat="1" ht="15"><c r="A{n}" s="1"/>'
                    f'<c r="C{n}" s="1"/></row>', count)


FIRST = [["head", 7.0]]
READABLE: dict[str, tuple[str, Maker, dict[str, Any]]] = {
    "plain": ("a.xlsx", sheet(CELL), {"first": FIRST, "remarks": []}),
    "a million formatted rows": ("rows.xlsx", sheet(CELL + formatted(1_048_576).split("</row>", 1)[
        1]), {"sheets": {"S": 1}}),
    "a million styles": ("styles.xlsx", sheet(CELL, styles=f'<styleSheet xmlns="{MAIN}"><cellXfs>'
                         + numbered(lambda n: f'<xf numFmtId="0" fontId="{n}"/>', 10**6)
                         + "</cellXfs></styleSheet>"), {"first": FIRST}),
    "half a million names": ("names.xlsx", sheet(CELL, index=index("<definedNames>" + numbered(
        lambda n: f'<definedName name="n{n}">S!$A${n}</definedName>', 500_000)
        + "</definedNames>")), {"first": FIRST}),
    "macros": ("m.xlsm", with_part("xl/vbaProject.bin", b"\xd0\xcf\x11\xe0"),
               {"first": FIRST, "remarks": ["macros"]}),
    "links": ("l.xlsx", with_part("xl/externalLinks/externalLink1.xml", "<externalLink/>"),
              {"first": FIRST, "remarks": ["external_links"]}),
    "other parts in other encodings": (
        "c.xlsx", with_part("customXml/item1.xml", "<?xml version='1.0'?><a/>".encode("utf-16")),
        {"first": FIRST}),
    "a workbook within a workbook": (
        "in.xlsx", lambda path: packed(path, parts() | {"xl/embeddings/a.xlsx": packed(
            path.with_suffix(".in"), parts()).read_bytes()}, 0), {"first": FIRST}),
    "formula without a value": ("f.xlsx", sheet(CELL + '<row r="2"><c r="A2"><f>1+1</f></c></row>'),
                                {"notes": ["formula_without_value"]}),
    "a formula of a huge sheet": ("f.xlsx", sheet(CELL + numbered(
        lambda n: f'<row r="{n + 1}"><c r="A{n + 1}"><f>A1+{n}</f></c></row>', 60_000)),
        {"notes": ["formula_without_value"] * 60_000}),
    "ods": ("a.ods", rows_of(f"<table:table-row>{cell_of('head')}</table:table-row>"
                             '<table:table-row table:number-rows-repeated="1048575">'
                             '<table:table-cell table:number-columns-repeated="16384"/>'
                             "</table:table-row>"),
            {"first": [["head"]], "sheets": {"S": 1}, "remarks": []}),
    "ods: links, macros": ("l.ods", rows_of(
        f"<table:table-row>{cell_of('head')}</table:table-row><table:table-source/>",
        {"Basic/script-lc.xml": "<a/>"}), {"remarks": ["macros", "external_links"]}),
    "ods: formulas": ("f.ods", rows_of(
        f"<table:table-row>{cell_of('head')}<table:table-cell table:formula='of:=1+1'/>"
        "<table:table-cell table:formula='of:=1+1' office:value-type='float' office:value='2'/>"
        "</table:table-row>"), {"notes": ["formula_without_value"]}),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused_in_clear_words(name: str, tmp_path: Path) -> None:
    file, make, why, accepted = REFUSED[name]
    told = read_apart(make(tmp_path / file))
    assert "refused" in told, told
    message = told["refused"]
    assert message.startswith(f"{file}: ")
    assert why in message
    assert accepted in message
    assert len(message) < 600


@pytest.mark.parametrize("name", READABLE)
def test_read_within_bounds(name: str, tmp_path: Path) -> None:
    file, make, expected = READABLE[name]
    told = read_apart(make(tmp_path / file))
    assert {key: told.get(key, told) for key in expected} == expected


def test_the_largest_table_that_is_taken(tmp_path: Path) -> None:
    """Two million cells, each with a text of its own."""
    rows = numbered(lambda n: f'<row r="{n}">' + "".join(
        f'<c r="{letter}{n}" t="inlineStr"><is><t>{letter} of {n}</t></is></c>'
        for letter in "ABCDEFGH") + "</row>", 2**18)
    assert read_apart(packed(tmp_path / "full.xlsx", parts(rows), 1))["sheets"] == {"S": 2**18}


def test_a_csv_with_wide_characters(tmp_path: Path) -> None:
    """One character outside the basic plane makes Python hold four bytes for every other one."""
    path = tmp_path / "wide.csv"
    path.write_text(("a" * 90 + ",\U0001f600\n") * 300_000, encoding="utf-8")
    assert read_apart(path)["sheets"] == {"": 300_000}


def test_a_csv_of_bytes_in_another_encoding(tmp_path: Path) -> None:
    """Every cell is put right; not every one is noted."""
    path = tmp_path / "mixed.csv"
    path.write_bytes("é\n".encode() + b"\xe9,\xe8\n" * 600_000)
    told = read_apart(path)
    assert told["sheets"] == {"": 600_001}
    assert len(told["notes"]) == 100_000


def test_a_file_that_changes_while_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = packed(tmp_path / "moving.xlsx", parts())
    opened = files._at_once

    def disturbed(name: str, flags: int) -> int:
        handle = opened(name, flags)
        fstat, calls = os.fstat, []

        def told(number: int) -> os.stat_result:
            calls.append(number)
            if len(calls) == 2:
                os.utime(path, ns=(1, 1))
            return fstat(number)

        monkeypatch.setattr(files.os, "fstat", told)
        return handle

    monkeypatch.setattr(files, "_at_once", disturbed)
    with pytest.raises(UnreadableFile, match="changed while it was read"):
        open_book(path)


def test_every_shorter_file_is_refused(tmp_path: Path) -> None:
    """A workbook cut off anywhere is no workbook, and never another error."""
    whole = packed(tmp_path / "whole.xlsx", parts()).read_bytes()
    path = tmp_path / "cut.xlsx"
    for length in range(0, len(whole), 37):
        path.write_bytes(whole[:length])
        with pytest.raises(SourceError):
            open_book(path)


@given(st.integers(0, 10**6), st.integers(1, 255))
@settings(max_examples=300, deadline=None)
def test_a_changed_byte_is_read_or_refused(position: int, change: int) -> None:
    """Whatever byte is wrong, nothing but a table or a refusal comes of it."""
    with tempfile.TemporaryDirectory() as folder:
        path = packed(Path(folder) / "a.xlsx", parts())
        whole = bytearray(path.read_bytes())
        whole[position % len(whole)] ^= change
        path.write_bytes(whole)
        with contextlib.suppress(SourceError):
            assert isinstance(open_book(path), Book)


def test_libreoffice_writes_what_is_read(tmp_path: Path) -> None:
    """The same table as .xlsx and as .ods by another program."""
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("LibreOffice is not installed")
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        page = book.add_worksheet("S")
        page.write_row(0, 0, ["head", "Höganäs", 7.5])
        page.write_formula(1, 0, "=C1*2", None, 15)
        page.write_datetime(1, 2, datetime(2024, 2, 29), book.add_format({"num_format": "yyyy"}))
    subprocess.run([office, f"-env:UserInstallation=file://{tmp_path}/profile", "--headless",
                    "--convert-to", "ods", "--outdir", str(tmp_path), str(path)], check=True,
                   capture_output=True, timeout=120)
    there, here = (open_book(tmp_path / name).tables["S"] for name in ("a.ods", "a.xlsx"))
    assert [[str(v)[:10] for v in row] for row in there.rows] == [
        [str(v)[:10] for v in row] for row in here.rows]
    assert not there.notes.notes
