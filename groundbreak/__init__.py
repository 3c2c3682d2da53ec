"""Groundbreak: the open system of record for industrial-transition pipelines.

    import groundbreak as gb
    view = gb.open("release.zip").as_of("2025-03-05")
    view.scorecard(period="2024", by="sector").figures
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from groundbreak.reading import Reader, Reading, open

_LAZY = {"open": "groundbreak.reading", "Reader": "groundbreak.reading",
         "Reading": "groundbreak.reading"}

__all__ = ["Reader", "Reading", "__version__", "open"]


def __getattr__(name: str) -> Any:
    if name in _LAZY:
        return getattr(import_module(_LAZY[name]), name)
    raise AttributeError(f"module 'groundbreak' has no attribute {name!r}")
