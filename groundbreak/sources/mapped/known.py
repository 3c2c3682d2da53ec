"""What is known of other lists, as data: column names, status words, words for products."""

from __future__ import annotations

import csv
import re
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

from groundbreak.sources.mapped.targets import NOTHING, WORDS
from groundbreak.sources.words import rows as tracker_rows
from groundbreak.vocabulary.quantities import parse_unit

TRACKER_WORDS = (
    "iea_hydrogen_product", "iea_hydrogen_technology", "leadit_accuracy", "leadit_category",
    "leadit_hydrogen", "leadit_scale", "leadit_technology", "saf_facility_type", "saf_process",
)


@dataclass(frozen=True)
class Known:
    """What a word probably stands for."""

    means: str
    sure: bool


@dataclass(frozen=True)
class Named:
    """A field that a column of this name probably states; `kind` says how its cells look."""

    field: str
    kind: str
    score: float


def folded(text: str) -> str:
    """Case, accents, brackets and punctuation gone: 'Kapazität (kt/a)' → 'kapazitat'."""
    plain = unicodedata.normalize("NFKD", re.sub(r"[(\[].*?[)\]]", " ", text).casefold())
    letters = "".join(c for c in plain if not unicodedata.combining(c))
    return re.sub(r"[\W_]+", " ", letters).strip()


def data_rows(name: str) -> list[dict[str, str]]:
    """Rows of a CSV beside this module."""
    text = files("groundbreak.sources.mapped").joinpath(name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


@cache
def _column_names() -> dict[str, tuple[str, str]]:
    found: dict[str, tuple[str, str]] = {}
    for row in data_rows("column_names.csv"):
        for name in row["names"].split("|"):
            found.setdefault(folded(name) or name, (row["field"], row["kind"]))
    return found


@cache
def _by_words() -> tuple[tuple[frozenset[str], str, str], ...]:
    return tuple((frozenset(name.split()), *target) for name, target in _column_names().items())


def named(header: str) -> list[Named]:
    """The fields that a column's name suggests, best first."""
    parts = header.split(" / ")
    tries = [(folded(header), 1.0)]
    if len(parts) > 1:
        tries += [(folded(parts[-1]), 0.95), (folded(parts[0]), 0.8)]
        tries += [(folded(f"{parts[0]} {parts[-1]}"), 1.0)]
    found: dict[str, Named] = {}
    for text, weight in tries:
        for item in _suggested(text, weight):
            if item.score > found.get(item.field, Named("", "", 0)).score:
                found[item.field] = item
    return sorted(found.values(), key=lambda item: -item.score)


def _suggested(text: str, weight: float) -> list[Named]:
    exact = _column_names().get(text)
    if exact:
        return [Named(*exact, weight)]
    words = set(text.split())
    return [Named(field, kind, weight * (0.5 + 0.3 * len(name) / max(len(words), 1)))
            for name, field, kind in _by_words()
            if name and name <= words and not (len(name) == 1 and len(next(iter(name))) < 3)]


def is_column_name(text: str) -> bool:
    """Whether a text is exactly a name that columns bear, or a unit."""
    return folded(text) in _column_names() or (bool(text) and parse_unit(text) is not None)


# -- words ---------------------------------------------------------------------------------------
@cache
def _status_words() -> dict[str, Known]:
    return {word.casefold(): Known(row["means"], row["sure"] == "yes")
            for row in data_rows("status_words.csv") for word in row["words"].split("|")}


@lru_cache(maxsize=20_000)
def status_word(text: str) -> Known | None:
    """What a status word probably means: a stage, an activity, or 'scale …'.

    A word that only begins with a known one, or holds it, is not sure.
    """
    word = re.sub(r"\s+", " ", text).strip().casefold()
    exact = _status_words().get(word)
    if exact or not word:
        return exact
    held = [(len(known), known) for known in _status_words()
            if len(known) > 3 and known in word and re.search(rf"\b{re.escape(known)}\b", word)]
    return Known(_status_words()[max(held)[1]].means, sure=False) if held else None


@cache
def _words() -> dict[str, dict[str, Known]]:
    found: dict[str, dict[str, Known]] = {field: {} for field in WORDS}
    for row in data_rows("word_guesses.csv"):
        for word in row["words"].split("|"):
            found[row["field"]].setdefault(word.casefold(), Known(row["means"],
                                                                  row["sure"] == "yes"))
    for name in TRACKER_WORDS:
        for row in tracker_rows(name):
            for field in WORDS.keys() & row.keys():
                if row[field]:
                    found[field].setdefault(row["word"].casefold(), Known(row[field], sure=True))
    return found


@lru_cache(maxsize=20_000)
def known_word(field: str, text: str) -> Known | None:
    """What a word of this field probably stands for; None for one never seen."""
    word = re.sub(r"\s+", " ", text).strip().casefold()
    plain = word.replace(" ", "_").replace("-", "_")
    if plain in WORDS[field]:
        return Known(plain, sure=True)
    if exact := _words()[field].get(word):
        return exact
    held = [(len(known), known) for known, means in _words()[field].items()
            if len(known) > 3 and known in word and means.means != NOTHING
            and re.search(rf"\b{re.escape(known)}\b", word)]
    return Known(_words()[field][max(held)[1]].means, sure=False) if held else None
