"""Where fonts for rendering lie: set up from npm beside the site's other browser files.

Without them the renderer takes what the system has.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from pathlib import Path

import vl_convert

from groundbreak.vocabulary.translating import right_to_left

FOLDER = Path(str(files("groundbreak"))) / "site" / "static" / "vendor" / "fonts"

# Advance widths of Inter in em, by kind of character; enough to break lines and to leave room.
_NARROW = frozenset("iljtfrI.,:;'’|!()[]/·-")
_WIDE = frozenset("mwMWQO%@—…")


@cache
def register() -> bool:
    """Make the fonts known to the renderer, once. Whether there are any."""
    if not any(FOLDER.glob("*.ttf")):
        return False
    vl_convert.register_font_directory(str(FOLDER))
    return True


def width_of(text: str, size: float, *, bold: bool = False) -> float:
    """About how wide a text is, in px at a font size in px; never much too small."""
    return sum(map(_em, text)) * size * (1.06 if bold else 1.0)


def _em(char: str) -> float:
    if char in _NARROW:
        return 0.33
    if char in _WIDE:
        return 0.9
    if char == " ":
        return 0.28
    if ord(char) >= 0x1100:  # Hangul, Han, kana
        return 1.0
    return 0.68 if char.isupper() or char.isdigit() else 0.585


def lines(text: str, size: float, room: float, *, bold: bool = False) -> list[str]:
    """`text` broken into lines no wider than `room` px; a word that is wider is broken too."""
    made: list[str] = []
    line = ""
    for word in text.split():
        longer = f"{line} {word}" if line else word
        if width_of(longer, size, bold=bold) <= room:
            line = longer
            continue
        if line:
            made.append(line)
        while width_of(word, size, bold=bold) > room and len(word) > 1:
            cut = max(1, next(n for n in range(len(word), 0, -1)
                              if n == 1 or width_of(word[:n], size, bold=bold) <= room))
            made.append(word[:cut])
            word = word[cut:]
        line = word
    return [*made, line] if line else made


def shortened(text: str, size: float, room: float) -> str:
    """`text`, cut with … where it is wider than `room` px."""
    if width_of(text, size) <= room:
        return text
    cut = text
    while cut and width_of(f"{cut}…", size) > room:
        cut = cut[:-1]
    return f"{cut.rstrip()}…"


def directed(text: str) -> str:
    """`text` marked to read from right to left where the language does, whatever it begins with."""
    return f"\u202b{text}\u202c" if text and right_to_left() else text
