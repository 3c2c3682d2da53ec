"""Which project a text speaks of, by the register's own names, other names, owners and places.

Every record is scored by the words of its name that the text holds, each weighing by how few other
records share it, and by owner, place, country and product. Words such as 'green steel project'
weigh little. No list of projects is kept here: the register is the list.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property

from rapidfuzz import fuzz, process

from groundbreak.proposing.amounts import product_words
from groundbreak.proposing.countries import Named, countries, is_country
from groundbreak.proposing.text import Span, Text, fold
from groundbreak.proposing.words import compiled, rows
from groundbreak.reading import Reading

FIELDS = ("name", "other_names", "owners", "place", "country", "product", "stage", "activity")
NAME, OWNER, PLACE, COUNTRY, PRODUCT, ELSEWHERE = 60.0, 16.0, 14.0, 5.0, 5.0, -12.0
ALIKE = 88.0  # rapidfuzz ratio from which a longer word counts as the same with a slip
GENERIC = 0.15
_LETTER = "[0-9A-Za-zÀ-ÖØ-öø-ɏḀ-ỿ]"  # other scripts are found as they stand, see _variant
_WORD = re.compile(rf"{_LETTER}+(?:['’.&-]{_LETTER}+)*")
_PARTED = re.compile(r"[;|/]|,(?!\s*\d)|\band\b|\bwith\b")
_ALIAS = re.compile(r"\((?:formerly|later|previously|now)?\s*([^()]+?)(?:\s+(?:earlier|left))?\)")
_RENAMED = re.compile(r"([^;,()]+?)\s*\((?:formerly|later|now)\s+([^(),;]+)\)")
_SHARE = re.compile(r"\d+(?:[.,]\d+)?\s*%")

Found = tuple[float, tuple[Span, ...], str, bool]


@dataclass(frozen=True)
class Candidate:
    """A record with its score (0 to 100), why, and where the text names it."""

    record: str
    name: str
    score: float
    reasons: tuple[str, ...]
    core: tuple[Span, ...]  # words of its name that few records share
    mentions: tuple[Span, ...]  # these, and its owner and place
    words: frozenset[str] = frozenset()  # of its name, as found in the text
    whole: bool = False  # a whole name of it stands there


@dataclass(frozen=True)
class Entry:
    """What the register calls one record."""

    record: str
    name: str
    variants: tuple[str, ...]
    owners: tuple[str, ...]
    places: tuple[str, ...]
    country: str
    product: str


@dataclass(frozen=True)
class Hits:
    """The words of a text by key, with their places; slips are already set right."""

    places: Mapping[str, tuple[Span, ...]]
    folded: str
    text: Text
    countries: tuple[Named, ...]
    products: frozenset[str]

    def of(self, keys: Iterable[str]) -> list[Span]:
        """Where any of the keys stand."""
        return [span for key in keys for span in self.places.get(key, ())]


@dataclass(frozen=True)
class Gazetteer:
    """The names of a register, ready to be found in texts."""

    entries: tuple[Entry, ...]
    held: Mapping[str, Mapping[str, object]] = field(default_factory=dict)  # the record's fields

    @cached_property
    def _shared(self) -> Counter[str]:
        """In how many records' names each word stands."""
        return Counter(key for entry in self.entries
                       for key in {k for v in entry.variants for k in keys(v)})

    @cached_property
    def _owned(self) -> Counter[str]:
        return Counter(key for e in self.entries for key in {k for o in e.owners for k in keys(o)})

    @cached_property
    def _small(self) -> frozenset[str]:
        """Words that the register itself writes without a capital: 'voestalpine', 'greentec'."""
        words = {word for e in self.entries for v in e.variants for word in _WORD.findall(v)
                 if word[0].islower() and len(word) > 4}
        return frozenset(_key(word) for word in words) - generic()

    @cached_property
    def _vocabulary(self) -> tuple[str, ...]:
        placed = {k for e in self.entries for p in e.places for k in keys(p)}
        return tuple(sorted(set(self._shared) | set(self._owned) | placed))

    def weight(self, key: str) -> float:
        """How much a word of a name tells: little if generic or shared by many records."""
        rare = math.log((len(self.entries) + 1) / self._shared.get(key, 1))
        return max(rare, 0.3) * (GENERIC if key in generic() else 1.0)

    def candidates(self, text: Text, limit: int = 8) -> tuple[Candidate, ...]:
        """The records that a text may speak of, best first."""
        hits = self._hits(text)
        found = [c for entry in self.entries if (c := self._scored(entry, hits)) is not None]
        return tuple(sorted(found, key=lambda c: (-c.score, -len(c.words), c.record))[:limit])

    def _hits(self, text: Text) -> Hits:
        places: dict[str, list[Span]] = {}
        for match in _WORD.finditer(text.body):
            for key, span in _pieces(match, self._small):
                places.setdefault(key, []).append(span)
        for row in rows("synonyms"):
            for pattern in row["patterns"].split(";"):
                for hit in compiled(pattern).finditer(text.folded.text):
                    places.setdefault(row["means"], []).append(text.folded.span(*hit.span()))
        self._set_right(places)
        return Hits({k: tuple(v) for k, v in places.items()}, text.folded.text, text,
                    countries(text), frozenset(product_words(text)))

    def _set_right(self, places: dict[str, list[Span]]) -> None:
        """Longer words that are nearly one of the register's count as it: slips, endings."""
        known = set(self._vocabulary)
        for key in [k for k in places if len(k) >= 6 and k not in known and k not in generic()]:
            if (near := process.extractOne(key, self._vocabulary, scorer=fuzz.ratio,
                                           score_cutoff=ALIKE)) and len(near[0]) >= 5:
                places.setdefault(near[0], []).extend(places[key])
            elif len(key) > 6 and (stem := next((s for s in (key[:-1], key[:-2]) if s in known),
                                                "")):
                places.setdefault(stem, []).extend(places[key])

    def _scored(self, entry: Entry, hits: Hits) -> Candidate | None:
        share, core, said, whole = self._name(entry, hits)
        owner, owner_spans = self._part(entry.owners, hits)
        place, place_spans = self._part(entry.places, hits)
        if not core and not (owner and place):
            return None
        if core and not whole and set(core) <= set(owner_spans):
            share /= 2  # the owner's name again says no more than the owner
        score = NAME * share + OWNER * owner + PLACE * place
        reasons = [f"name: {said}"] if said else []
        reasons += [f"{what} named" for what, part in (("owner", owner), ("place", place))
                    if part >= 0.5]
        told = {named.iso3 for named in hits.countries}
        country = bool(told & set(entry.country.split(";")))
        product = entry.product in hits.products
        score += COUNTRY * country + PRODUCT * product
        score += ELSEWHERE if told and not country and entry.country else 0
        reasons += ["country"] * country + ["product"] * product
        mentions = tuple(sorted({*core, *owner_spans, *place_spans}, key=lambda s: s.start))
        words = frozenset(said.split())
        return Candidate(entry.record, entry.name, round(max(score, 0.0), 1), tuple(reasons),
                         core, mentions, words, whole)

    def _name(self, entry: Entry, hits: Hits) -> Found:
        """How much of the best-found name stands in the text, where, which words, and if all."""
        best: Found = (0.0, (), "", False)
        for variant in entry.variants:
            found = self._variant(variant, hits)
            best = max(best, found, key=lambda one: one[0])
        return best

    def _variant(self, variant: str, hits: Hits) -> Found:
        if not _latin(variant):
            return _as_it_stands(fold(variant).text, hits)
        wanted = keys(variant)
        held = [key for key in wanted if key in hits.places]
        strong = [key for key in held if key not in generic()]
        total = sum(map(self.weight, wanted))
        if not strong or not total:
            return 0.0, (), "", False
        weighed = sum(map(self.weight, held))
        enough = min(1.0, sum(map(self.weight, strong)) / (0.6 * math.log(len(self.entries) + 1)))
        return (weighed / total * enough, tuple(sorted(hits.of(strong), key=lambda s: s.start)),
                " ".join(held), len(held) == len(wanted))

    def _part(self, parts: Sequence[str], hits: Hits) -> tuple[float, list[Span]]:
        """How much of an owner or a place stands in the text, at best, and where."""
        best: tuple[float, list[Span]] = (0.0, [])
        for part in parts:
            wanted = [k for k in keys(part) if k not in generic()] or list(keys(part))
            held = [key for key in wanted if key in hits.places]
            if held and len(held) / len(wanted) > best[0]:
                best = (len(held) / len(wanted), hits.of(held))
        return best if best[0] >= 0.5 else (0.0, [])


def gazetteer(reading: Reading) -> Gazetteer:
    """The names that a reading of the register holds."""
    table = reading.view.table()
    held = {row["record"]: row for row in table.iter_rows(named=True)}
    return Gazetteer(tuple(_entry(row) for row in held.values() if row["name"]), held)


def _entry(row: Mapping[str, object]) -> Entry:
    said = {name: str(row.get(name) or "") for name in FIELDS}
    owners = tuple(owner for owner, _ in _owner_pairs(said["owners"]))
    names = [said["name"], *said["other_names"].split("|")]
    variants = [v for name in names for v in (name, *_aliases(name)) if v.strip()]
    variants += [v for name in names for v in _renamed(name, said["owners"])]
    places = [said["place"].split(",")[0], *said["place"].replace("(", ",").split(",")]
    return Entry(str(row["record"]), said["name"],
                 tuple(dict.fromkeys(_ALIAS.sub("", v).strip() or v for v in variants)),
                 owners, tuple(dict.fromkeys(p.strip() for p in places if p.strip())),
                 said["country"], said["product"])


def _aliases(name: str) -> Iterator[str]:
    """Names in brackets that can stand alone: not '(LA)', '(phase 1)' or '(Texas)'."""
    for alias in _ALIAS.findall(name):
        strong = [key for key in keys(alias) if key not in generic() and len(key) > 3]
        if strong and not is_country(alias):
            yield alias


def _owner_pairs(owners: str) -> Iterator[tuple[str, str]]:
    """(owner, whose alias it is): 'Stegra (formerly H2 Green Steel)' gives both."""
    flat = _SHARE.sub("", owners)
    for part in _PARTED.split(_ALIAS.sub("", flat)):
        if part.strip():
            yield part.strip(), ""
    for before, alias in re.findall(r"([^;,()]+?)\s*\(([^()]*)\)", flat):
        for one in _PARTED.split(_ALIAS.sub(r"\1", f"({alias})")):
            if one.strip() and one.strip() not in ("others", "majority"):
                yield one.strip(), before.strip()


def _renamed(name: str, owners: str) -> Iterator[str]:
    """A name with its owner's former or later name in the owner's place; partners are none."""
    for owner, alias in _RENAMED.findall(owners):
        if owner.strip() in name:
            yield name.replace(owner.strip(), alias.strip())


@cache
def generic() -> frozenset[str]:
    """Words that tell projects apart only a little."""
    return frozenset(_key(word) for row in rows("generic_words") for word in row["words"].split())


@cache
def _exonyms() -> dict[str, str]:
    return {_key(word): row["means"] for row in rows("exonyms") for word in row["words"].split("|")}


def _key(word: str) -> str:
    """What spellings of a word share: 'Eisenhüttenstadt' is 'Eisenhuettenstadt'."""
    plain = re.sub(r"['.’&]", "", fold(word).text)
    return re.sub(r"(?<=[^aeiouq])([aou])e", r"\1", plain)


@cache
def keys(words: str) -> tuple[str, ...]:
    """The keys of the words of a name, each once."""
    found = [key for match in _WORD.finditer(words) for key, _ in _pieces(match, None)]
    return tuple(dict.fromkeys(found))


def _pieces(match: re.Match[str], small: frozenset[str] | None) -> Iterator[tuple[str, Span]]:
    """The parts of a word. In running text only capitals, figures and the words in `small` name;
    `small` None takes every word."""
    for piece in re.finditer(r"[^-]+", match[0]):
        key = _key(re.sub(r"['’]s?$", "", piece[0]))
        if small is not None and len(key) < 3 and key.isalpha() and not piece[0].isupper():
            continue  # 'La' is not LA
        named = small is None or not piece[0][0].islower() or key in small or key in generic()
        if key and named:
            start = match.start() + piece.start()
            yield _exonyms().get(key, key), Span(start, match.start() + piece.end())


def _as_it_stands(words: str, hits: Hits) -> Found:
    """A name in a script without capitals or word boundaries: there as a whole, or not."""
    start = hits.folded.find(words)
    if start < 0 or len(words) < 2:
        return 0.0, (), "", False
    return 1.0, (hits.text.folded.span(start, start + len(words)),), words, True


def _latin(words: str) -> bool:
    return not any(letter.isalpha() and ord(letter) > 0x24F and not 0x1E00 <= ord(letter) < 0x1F00
                   for letter in words)
