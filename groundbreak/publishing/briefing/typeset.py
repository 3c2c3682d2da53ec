"""From the document as data to a tagged PDF (PDF/UA-1), by typst."""

from __future__ import annotations

import json
import unicodedata
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

import typst

from groundbreak.charts.fonts import FOLDER
from groundbreak.publishing.briefing.words import Fact

TEMPLATE = Path(str(files("groundbreak.publishing.briefing"))) / "briefing.typ"
_NO_GLYPH = "could not be displayed"
_LONGEST_WORD, _LONGEST = 24, 200  # letters: longer words may break, longer texts of facts end in …
_KEPT = frozenset("\u200c\u200d\u2068\u2069")  # joiners of scripts, and our own isolates


def pdf(document: dict[str, Any]) -> bytes:
    """The PDF of a document. Its only date is the document's own, so bytes depend on nothing else.

    The fonts of the site's assets are used alone where they are there and show every letter; else
    those of the machine beside them. A letter that no font has is shown as a box, and the PDF,
    still tagged, then does not claim to keep PDF/UA, which forbids such boxes.
    """
    year, month, day = document["day"]
    folders = [str(FOLDER)] if FOLDER.is_dir() else []
    given: dict[str, Any] = {
        "root": str(TEMPLATE.parent), "format": "pdf", "font_paths": folders,
        "sys_inputs": {"document": json.dumps(_shown(document), ensure_ascii=False)},
        "timestamp": int(datetime(year, month, day, tzinfo=UTC).timestamp()),
    }
    for alone, standards in ((bool(folders), ["ua-1"]), (False, ["ua-1"])):
        try:
            return bytes(typst.compile(str(TEMPLATE), **given, ignore_system_fonts=alone,
                                       pdf_standards=standards))
        except typst.TypstError as error:
            if _NO_GLYPH not in str(error):
                raise
    return bytes(typst.compile(str(TEMPLATE), **given))


def _shown(value: Any) -> Any:
    """The document without characters that draw nothing: controls, and turns of direction."""
    if isinstance(value, dict):
        return {name: inner if name in ("svg", "link") else _shown(inner)
                for name, inner in value.items()}
    if isinstance(value, list):
        return [_shown(inner) for inner in value]
    return _plain(value) if isinstance(value, str) else value


def _plain(text: str) -> str:
    spaced = "".join(" " if letter in "\t\r\n\v\f\u2028\u2029" else letter for letter in text)
    seen = "".join(letter for letter in spaced if letter in _KEPT
                   or unicodedata.category(letter) not in ("Cc", "Cf", "Cs", "Co", "Cn"))
    if isinstance(text, Fact) and len(seen) > _LONGEST:
        seen = f"{seen[:_LONGEST]}…"
    return " ".join(_breakable(word) for word in seen.split(" "))


def _breakable(word: str) -> str:
    if len(word) <= _LONGEST_WORD:
        return word
    step = _LONGEST_WORD // 2
    return "\u200b".join(word[start:start + step] for start in range(0, len(word), step))
