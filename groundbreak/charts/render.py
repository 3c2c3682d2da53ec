"""A figure as SVG, PNG, CSV or an editable slide."""

from __future__ import annotations

import vl_convert

from groundbreak.charts import fonts, slides
from groundbreak.charts.figure import Figure
from groundbreak.charts.svg import drawn
from groundbreak.charts.theme import WIDE
from groundbreak.vocabulary.guarding import safe_csv

LARGEST_SCALE = 4.0


def svg(figure: Figure, theme: str = "light", framed: bool = True, width: int = WIDE) -> str:
    """SVG text. `framed`: with title, source and clock, as downloads have it; without, to stand
    inline in a page (theme 'page': its colours are the page's variables)."""
    return drawn(figure, theme, width=width, framed=framed)


def png(figure: Figure, theme: str = "light", scale: float = 2.0, framed: bool = True,
        width: int = WIDE) -> bytes:
    """PNG of the same SVG, `scale` px to one. Themes light and dark. Raises ValueError."""
    if theme == "page":
        raise ValueError("a PNG has colours of its own; accepted themes: light, dark")
    if not 0.5 <= scale <= LARGEST_SCALE:
        raise ValueError(f"scale {scale}; accepted: 0.5 to {LARGEST_SCALE:g}")
    fonts.register()
    made: bytes = vl_convert.svg_to_png(drawn(figure, theme, width=width, framed=framed),
                                        scale=scale)
    return made


def csv(figure: Figure) -> str:
    """The figure's table as CSV, guarded against formulas; units are in the column names."""
    return safe_csv(figure.table)


def pptx(figure: Figure) -> bytes:
    """A 16:9 slide with a native chart that can be edited, its table in the notes."""
    return slides.slide(figure)
