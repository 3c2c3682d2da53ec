"""Workbook cells that hold no value: formulas never calculated, and results that are errors.

Every reader of values sees a blank there, so such cells are named. A formula with its stored value
is taken as that value (the trackers' files hold thousands).
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

# One pass, no backtracking over cells: text in a worksheet's XML holds no bare '<'.
_FORMULA = re.compile(
    rb"<(?:\w+:)?c\s([^<>]*)>\s*<(?:\w+:)?f(?:\s[^<>]*?)?(?:/>|>([^<]*)</(?:\w+:)?f>)\s*"
    rb"(<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</|<(?:\w+:)?(?:v|is)[\s>])?"
)
_ERROR = re.compile(rb'<(?:\w+:)?c\s([^<>]*\bt="e"[^<>]*)>[^v]*?<(?:\w+:)?v>([^<]*)<')
_ADDRESS = re.compile(rb'\br="([A-Z]{1,3})(\d+)"')


@dataclass(frozen=True, slots=True)
class Valueless:
    """A cell without a value: its formula, or the error that it came to."""

    row: int  # from 1
    column: int  # from 0
    address: str
    formula: str
    error: str = ""


def valueless(content: bytes) -> list[Valueless]:
    """Every such cell in a piece of a worksheet's XML that ends between rows."""
    if b"<f" in content or b":f" in content or b't="e"' in content:
        return _formulas(content) + _errors(content)
    return []


def _formulas(content: bytes) -> list[Valueless]:
    found = []
    for head, formula, value in _FORMULA.findall(content):
        # Excel writes an empty <v/> for the result "": only text can be empty.
        blank = not value or (b'"str"' not in head and value.rstrip().endswith((b"/>", b"</")))
        address = _ADDRESS.search(head)
        if blank and address:
            found.append(Valueless(*_position(address), f"={_text(formula)}"))
    return found


def _errors(content: bytes) -> list[Valueless]:
    found = []
    for head, error in _ERROR.findall(content):
        if address := _ADDRESS.search(head):
            found.append(Valueless(*_position(address), "", _text(error)))
    return found


def _text(content: bytes) -> str:
    return html.unescape(content.decode("utf-8", "replace"))


def _position(address: re.Match[bytes]) -> tuple[int, int, str]:
    """(row from 1, column from 0, as printed): B7 → (7, 1, 'B7')."""
    return int(address[2]), column_number(address[1]) - 1, (address[1] + address[2]).decode()


def column_number(letters: bytes) -> int:
    """A → 1, Z → 26, AA → 27."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - ord("A") + 1
    return number


def column_letter(index: int) -> str:
    """0 → A, 25 → Z, 26 → AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
