"""Countries named in running words: the vocabulary's names and spellings, and a few more words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from groundbreak.proposing.text import Span, Text, fold
from groundbreak.proposing.words import rows
from groundbreak.vocabulary import countries as known
from groundbreak.vocabulary.terms import read_rows

# Also first names, states, currencies or common words: they decide nothing by themselves.
_AMBIGUOUS = frozenset({"georgia", "jordan", "turkey", "chad", "jersey", "guernsey", "mali", "togo",
                        "us", "uk", "can", "usa", "uae"})


@dataclass(frozen=True)
class Named:
    """A country with its place in the text."""

    iso3: str
    span: Span


@cache
def _index() -> dict[str, str]:
    found = {fold(country.name).text: country.iso3 for country in known.all_countries()}
    found |= {fold(row["spelling"]).text: row["iso3"] for row in read_rows("country_spellings.csv")
              if len(row["spelling"]) > 3}
    found |= {fold(word).text: row["iso3"] for row in rows("country_words")
              for word in row["words"].split("|")}
    return {name: iso3 for name, iso3 in found.items() if name not in _AMBIGUOUS}


@cache
def _pattern() -> re.Pattern[str]:
    names = sorted(_index(), key=len, reverse=True)
    return re.compile("|".join(
        rf"(?<!\w){re.escape(name)}(?!\w)" if name.isascii() else re.escape(name)
        for name in names))


def is_country(words: str) -> bool:
    """Whether words are a country's, state's or province's name."""
    return fold(words.strip()).text in _index()


def countries(text: Text) -> tuple[Named, ...]:
    """Every country, state or province that a text names with a capital."""
    found = []
    for match in _pattern().finditer(text.folded.text):
        span = text.folded.span(*match.span())
        if not text.body[span.start].islower():
            found.append(Named(_index()[match[0]], span))
    return tuple(found)
