"""One hand for every figure: palette, type and the Vega-Lite configuration that goes with them.

A specification is drawn in the light colours. Every colour in it is one of the light palette, so
that another theme is the same drawing with each colour replaced by its namesake.
"""

from __future__ import annotations

from typing import Any

LIGHT = {
    "paper": "#fbfaf6", "card": "#ffffff", "ink": "#18242a", "muted": "#5b676d",
    "rule": "#dcdcd3", "deep": "#12363d", "mid": "#2f747c", "light": "#a5cbcb",
    "accent": "#c8470b",
}
DARK = {
    "paper": "#10181b", "card": "#172226", "ink": "#ecf1f1", "muted": "#9fb0b4",
    "rule": "#2b3a3f", "deep": "#8fd0d3", "mid": "#5aa7ad", "light": "#2f5c62",
    "accent": "#ff8a4c",
}
PAGE = {name: f"var(--{name})" for name in LIGHT}  # an inline SVG follows the page, light or dark
THEMES = {"light": LIGHT, "dark": DARK, "page": PAGE}
HATCH = "#7b9195"  # stands for the hatched fill of what is legacy; becomes a pattern when rendered
OUTLINE = "none"
TOKENS = {colour: name for name, colour in LIGHT.items()}

SMALL, TITLE = 13, 18  # px
FAMILY = ("Inter, 'Inter Variable', 'Noto Sans', 'Noto Sans Arabic', 'Noto Sans SC', "
          "'Noto Sans KR', 'Noto Sans Devanagari', sans-serif")
WIDE, NARROW = 720, 342  # widths at which figures are drawn; a page of 390 px has 342 inside
PHONE = 480  # below this width labels stand above their bars

CONFIG: dict[str, Any] = {
    "aria": False,
    "background": None,
    "font": "Inter",
    "view": {"stroke": None},
    "axis": {
        "domain": False, "ticks": False, "grid": False, "title": None, "labelFontSize": SMALL,
        "labelColor": LIGHT["muted"], "labelFont": "Inter", "labelPadding": 6,
        "gridColor": LIGHT["rule"],
    },
    "text": {"font": "Inter", "fontSize": SMALL, "color": LIGHT["ink"]},
    "rule": {"color": LIGHT["rule"]},
}


def palette(theme: str) -> dict[str, str]:
    """The colours of a theme by name. Raises ValueError that lists the themes."""
    if theme not in THEMES:
        raise ValueError(f"theme {theme!r}; accepted: {', '.join(THEMES)}")
    return THEMES[theme]
