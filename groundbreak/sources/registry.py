"""Which module reads which source. Adding a tracker is one module, its words and a line here."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from groundbreak.history.edition import Edition
from groundbreak.sources.files import Book, open_book

MODULES = {
    "iea-hydrogen": "iea_hydrogen",
    "iea-ccus": "iea_ccus",
    "saf": "saf",
    "gem-steel": "gem_steel",
    "gem-chemicals": "gem_chemicals",
    "leadit": "leadit",
    "cim": "cim",
    "sfi-cement": "sfi_cement",
    "sfi-steel": "sfi_steel",
    "eu-ets": "eu_ets",
    "template": "template",
}


def read(source: str, path: Path) -> Edition:
    """Read `path` as an edition of `source`.

    Raises KeyError with the accepted names for an unknown source, SourceError for a bad file.
    """
    if source not in MODULES:
        raise KeyError(f"unknown source {source!r}; accepted: {', '.join(MODULES)}")
    reader: Callable[[Book], Edition] = import_module(
        f"groundbreak.sources.{MODULES[source]}"
    ).read
    return reader(open_book(path))
