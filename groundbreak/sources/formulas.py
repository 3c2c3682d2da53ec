"""Workbook cells that hold no value: formulas never calculated, and results that are errors.

Every reader of values sees a blank there, so such cells are named. A formula with its stored value
is taken as that value (the trackers' files hold thousands).
"""

from __future__ import annotations

import html
import posixpath
import re
import zipfile
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

# One pass, no backtracking over cells: text in a worksheet's XML holds no bare '<'.
_FORMULA = re.compile(
    rb"<(?:\w+:)?c\s([^<>]*)>\s*<(?:\w+:)?f(?:\s[^<>]*?)?(?:/>|>([^<]*)</(?:\w+:)?f>)\s*"
    rb"(<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</|<(?:\w+:)?(?:v|is)[\s>])?"
)
_ERROR = re.compile(rb'<(?:\w+:)?c\s([^<>]*\bt="e"[^<>]*)>[^v]*?<(?:\w+:)?v>([^<]*)<')
_ADDRESS = re.compile(rb'\br="([A-Z]{1,3})(\d+)"')
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


@dataclass(frozen=True, slots=True)
class Valueless:
    """A cell without a value: its formula, or the error that it came to."""

    sheet: str
    row: int  # from 1
    column: int  # from 0
    address: str
    formula: str
    error: str = ""


def valueless(path: Path) -> list[Valueless]:
    """Every such cell of an .xlsx; none for another kind of workbook.

    Raises zipfile.BadZipFile, KeyError or ElementTree.ParseError for a broken workbook.
    """
    found: list[Valueless] = []
    with zipfile.ZipFile(path) as archive:
        for sheet, part in _sheets(archive):
            content = archive.read(part)
            if b"<f" in content or b":f" in content or b't="e"' in content:
                found += _formulas(sheet, content) + _errors(sheet, content)
    return found


def _formulas(sheet: str, content: bytes) -> list[Valueless]:
    found = []
    for head, formula, value in _FORMULA.findall(content):
        # Excel writes an empty <v/> for the result "": only text can be empty.
        blank = not value or (b'"str"' not in head and value.rstrip().endswith((b"/>", b"</")))
        address = _ADDRESS.search(head)
        if blank and address:
            found.append(Valueless(sheet, *_position(address), f"={_text(formula)}"))
    return found


def _errors(sheet: str, content: bytes) -> list[Valueless]:
    found = []
    for head, error in _ERROR.findall(content):
        if address := _ADDRESS.search(head):
            found.append(Valueless(sheet, *_position(address), "", _text(error)))
    return found


def _text(content: bytes) -> str:
    return html.unescape(content.decode("utf-8", "replace"))


def _position(address: re.Match[bytes]) -> tuple[int, int, str]:
    """(row from 1, column from 0, as printed): B7 → (7, 1, 'B7')."""
    column = 0
    for letter in address[1]:
        column = column * 26 + letter - ord("A") + 1
    return int(address[2]), column - 1, (address[1] + address[2]).decode()


def _sheets(archive: zipfile.ZipFile) -> list[tuple[str, str]]:
    """Sheet name and its part in the archive."""
    names = set(archive.namelist())
    if "xl/workbook.xml" not in names:
        return []
    targets = {}
    for relation in ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels")):
        targets[relation.get("Id")] = relation.get("Target", "")
    sheets = []
    for element in ElementTree.fromstring(archive.read("xl/workbook.xml")).iter():
        if element.tag.endswith("}sheet"):
            target = targets.get(element.get(_RELATION), "")
            part = target.lstrip("/") if target.startswith("/") else posixpath.join("xl", target)
            if part in names:
                sheets.append((element.get("name", ""), part))
    return sheets
