"""Search that does not mind accents, case or script: what a reader types finds what is printed."""

from __future__ import annotations

import unicodedata

import polars as pl

# Letters that Unicode does not decompose into a base letter and an accent.
_BASE = {"ø": "o", "ł": "l", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe", "ß": "ss", "þ": "th",
         "ς": "σ"}
_BASE_LETTERS = str.maketrans(_BASE)


def folded(text: str) -> str:
    """`text` in small letters without accents; white space as single blanks."""
    lower = unicodedata.normalize("NFKD", text).lower()
    bare = "".join(c for c in lower if not unicodedata.category(c).startswith("M"))
    return " ".join(bare.translate(_BASE_LETTERS).split())


def folded_column(column: str) -> pl.Expr:
    """A text column folded as :func:`folded` does one text."""
    bare = pl.col(column).str.normalize("NFKD").str.to_lowercase().str.replace_all(r"\p{M}", "")
    return (
        bare.str.replace_many(list(_BASE), list(_BASE.values())).str.replace_all(r"\s+", " ")
        .str.strip_chars().alias(column)
    )


def words(query: str) -> list[str]:
    """The words of a search, each of which must be found."""
    return folded(query).split()
