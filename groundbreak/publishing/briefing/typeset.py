"""From the document as data to a tagged PDF (PDF/UA-1), by typst."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

import typst

from groundbreak.charts.fonts import FOLDER

TEMPLATE = Path(str(files("groundbreak.publishing.briefing"))) / "briefing.typ"


def pdf(document: dict[str, Any]) -> bytes:
    """The PDF of a document. Its only date is the document's own, so bytes depend on nothing else.

    With the fonts of the site's assets those of the machine are left aside.
    """
    fonts = sorted(FOLDER.glob("*.ttf")) if FOLDER.is_dir() else []
    year, month, day = document["day"]
    made = typst.compile(
        str(TEMPLATE), root=str(TEMPLATE.parent), format="pdf",
        font_paths=[str(FOLDER)] if fonts else [], ignore_system_fonts=bool(fonts),
        sys_inputs={"document": json.dumps(document, ensure_ascii=False)},
        pdf_standards=["ua-1"],
        timestamp=int(datetime(year, month, day, tzinfo=UTC).timestamp()))
    return bytes(made)
