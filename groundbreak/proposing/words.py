"""The lists of words beside this module, and how their patterns are written.

A pattern is words of one language in lower case without accents. `*` at a word's end stands for
any ending, `...` for up to six words, `....` for up to fourteen, `a|b` for either word. Words in
scripts that set none apart match anywhere.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from functools import cache
from importlib.resources import files
from itertools import pairwise

from groundbreak.proposing.text import Text, fold

Row = dict[str, str]
_GAPS = {"...": r"(?:[^\s;!?]+\s+){0,6}?", "....": r"(?:[^\s;!?]+\s+){0,14}?"}


@cache
def rows(name: str) -> tuple[Row, ...]:
    """Rows of one list, by file name without suffix."""
    text = files("groundbreak.proposing").joinpath(f"{name}.csv").read_text(encoding="utf-8")
    return tuple(csv.DictReader(text.splitlines()))


@cache
def plain_words(kind: str) -> frozenset[str]:
    """Words with a capital that name nothing."""
    return frozenset(word for row in rows("plain_words") if row["kind"] == kind
                     for word in row["words"].split())


@cache
def compiled(pattern: str) -> re.Pattern[str]:
    """A list's pattern as a regular expression for folded text."""
    wide = _scriptless(pattern)
    parts = [_GAPS.get(word) or _word(word) for word in fold(pattern).text.split()]
    body = r"\s*".join(parts) if wide else _joined(parts)
    return re.compile(body if wide else rf"(?<!\w){body}")


def _scriptless(pattern: str) -> bool:
    """Whether a pattern is of a script that writes without word boundaries (or joins articles)."""
    return any("\u0590" < letter < "\u08ff" or letter > "\u2e80" for letter in pattern)


def _joined(parts: list[str]) -> str:
    """Words parted by white space or a hyphen; a gap brings its own."""
    made = parts[0]
    for before, part in pairwise(parts):
        made += part if before in _GAPS.values() else rf"[\s-]+{part}"
    return made


def _word(word: str) -> str:
    return f"(?:{'|'.join(_form(form) for form in word.split('|'))})"


def _form(form: str) -> str:
    if any("\u0600" <= letter <= "\u06ff" for letter in form):  # joined articles and endings
        return r"(?<!\w)[وفبل]?(?:ال)?" + re.escape(form) + (r"(?!\w)" if len(form) < 4 else r"\w*")
    wide = _scriptless(form)
    if form.endswith("*"):
        return re.escape(form[:-1]) + ("" if wide else r"\w*")
    return re.escape(form) + ("" if wide else r"(?!\w)")


@cache
def _common(language: str) -> frozenset[str]:
    return frozenset(w for row in rows("languages") if row["language"] == language
                     for w in row["words"].split())


@cache
def _letters(language: str) -> str:
    return "".join(row["letters"] for row in rows("languages") if row["language"] == language)


@cache
def _languages() -> tuple[str, ...]:
    return tuple(row["language"] for row in rows("languages"))


def language(text: Text) -> str:
    """The language whose commonest words a text holds most of ('en' where none does)."""
    if any("\u4e00" <= letter <= "\u9fff" for letter in text.body[:2000]):
        return "zh"
    if len(re.findall(r"[\u0600-\u06ff]", text.body)) * 2 > len(text.body) / 2:
        return "ar"
    words = re.findall(r"\w+", text.folded.text[:5000])
    accents = Counter(letter for letter in text.body[:5000].lower() if not letter.isascii())
    score = {name: sum(word in _common(name) for word in words)
             + min(2, sum(accents[letter] for letter in _letters(name))) for name in _languages()}
    best = max(score, key=lambda name: (score[name], name == "en"))
    return best if score[best] else "en"
