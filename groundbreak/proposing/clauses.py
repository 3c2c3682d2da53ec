"""Clauses: the stretch of a sentence within which one verb's tense, doubt or denial holds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from groundbreak.proposing.text import Span, Text
from groundbreak.proposing.words import compiled, language, rows

_MARKS = re.compile(r"[;:,،，、]|\s-\s")
_FAMILY = {"no": "sv", "da": "sv", "nl": "de", "fi": "en"}  # whose lists serve them too


@dataclass(frozen=True)
class Clause:
    """A stretch of the folded text; `subordinate` where it says something by the way."""

    text: str
    start: int  # in the folded text
    sentence: int
    subordinate: bool
    tongue: str

    @property
    def end(self) -> int:
        """End in the folded text."""
        return self.start + len(self.text)

    def says(self, kind: str, start: int = 0, end: int | None = None) -> bool:
        """Whether a word of a modality list begins and ends between two places of the clause."""
        return says(self.text[max(0, start): end], kind, self.tongue)

    def near_before(self, kind: str, place: int, words: int) -> bool:
        """Whether such a word stands among the last words before a place of the clause."""
        return says(_last_words(self.text[:place], words), kind, self.tongue)


def _last_words(text: str, words: int) -> str:
    found = list(re.finditer(r"\S+", text))[-words:]
    return text[found[0].start() :] if found else ""


def tongue_of(text: Text) -> str:
    """The language whose lists serve a text."""
    found = language(text)
    return _FAMILY.get(found, found)


@cache
def patterns(kind: str, tongue: str) -> tuple[re.Pattern[str], ...]:
    """The patterns of one modality list in one language."""
    return tuple(compiled(one) for row in rows("modality")
                 if row["kind"] == kind and row["language"] == tongue
                 for one in row["patterns"].split(";"))


def says(words: str, kind: str, tongue: str) -> bool:
    """Whether folded words hold a pattern of a modality list."""
    return any(pattern.search(words) for pattern in patterns(kind, tongue))


def clauses(text: Text) -> tuple[Clause, ...]:
    """The clauses of all sentences in order."""
    tongue = tongue_of(text)
    return tuple(clause for number, sentence in enumerate(text.sentences)
                 for clause in _split(text, number, sentence, tongue))


def _split(text: Text, number: int, sentence: Span, tongue: str) -> Iterator[Clause]:
    start = text.folded.at(sentence.start)
    words = text.folded.text[start : text.folded.at(sentence.end)]
    cuts = sorted(_cuts(words, tongue))
    places = [(0, words and _begins(words, "subordinate", tongue)), *cuts, (len(words), False)]
    for (here, under), (there, _) in pairwise(places):
        if words[here:there].strip():
            yield Clause(words[here:there], start + here, number, bool(under), tongue)


def _begins(words: str, kind: str, tongue: str) -> bool:
    return any(p.match(words.lstrip(" ,;:-")) for p in patterns(kind, tongue))


def _cuts(words: str, tongue: str) -> set[tuple[int, bool]]:
    """Where clauses begin: at joining words, and after marks that a joining word follows."""
    found = {(hit.start(), True) for p in patterns("subordinate", tongue)
             for hit in p.finditer(words) if hit.start()}
    for mark in _MARKS.finditer(words):
        rest = words[mark.end() :]
        if mark[0] in ";，،" or mark[0] == ":" or _begins(rest, "main", tongue):
            found.add((mark.end(), False))
    return found
