"""Texts that a spreadsheet would run as a formula, and the apostrophe that keeps it from doing so.

`guarded` and `unguarded` are each other's inverse for every text: a text that looks guarded already
gets one more apostrophe.
"""

from __future__ import annotations

import re
from typing import Final

import polars as pl

# What programs start a formula with, in half and full width, after white space or unseen characters
# that some of them skip; and tab, carriage return and line feed, which some take for nothing.
_SKIPPED: Final = " \t\r\n\f\v\u00a0\u2002-\u200f\u202f\u2060\u3000\ufeff"
_BEGINNING: Final = r"=+\-@" + "\uff1d\uff0b\uff0d\uff20\u2212"
_STARTS: Final = rf"(?:[{_SKIPPED}]*[{_BEGINNING}]|[\t\r\n])"
NEEDS_GUARD: Final = rf"\A'*{_STARTS}"  # for Python and for Polars
_TEXTUAL = (pl.String, pl.Categorical, pl.Enum)
_GUARDED = re.compile(rf"'+{_STARTS}")
_NEEDS_GUARD = re.compile(NEEDS_GUARD)


def guarded(text: str) -> str:
    """`text` with an apostrophe before it where a spreadsheet might run it."""
    return f"'{text}" if _NEEDS_GUARD.match(text) else text


def unguarded(text: str) -> str:
    """The text that `guarded` was given."""
    return text[1:] if _GUARDED.match(text) else text


def safe_csv(frame: pl.DataFrame) -> str:
    """CSV in which no text and no column name runs as a formula."""
    return frame.with_columns(
        _guarded(pl.col(name).cast(pl.String)).alias(name)
        for name, dtype in frame.schema.items() if isinstance(dtype, _TEXTUAL)
    ).rename(guarded).write_csv()


def _guarded(text: pl.Expr) -> pl.Expr:
    return pl.when(text.str.contains(NEEDS_GUARD)).then(pl.lit("'") + text).otherwise(text)
