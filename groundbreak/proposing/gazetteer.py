"""Which project a text speaks of, by the register's own names, other names, owners and places.

Every record is scored by the words of its name that the text holds, each weighing by how few other
records share it, and by owner, place, country and product. Words such as 'green steel project'
weigh little, and a number counts only beside the name: 'Barents Blue 1', not '1 million tonnes'.
No list of projects is kept here: the register is the list.
"""

from __future__ import annotations

import math
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, cached_property

from rapidfuzz import fuzz, process

from groundbreak.proposing.amounts import counted, product_words
from groundbreak.proposing.countries import Named, countries, is_country
from groundbreak.proposing.dates import whole_dates
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

_NUMERALS = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5, "vi": 6, "first": 1, "second": 2,
             "third": 3}
_WHOLE = Span(0, sys.maxsize)
JOINED = 60  # characters between a name and its number at most


@dataclass(frozen=True)
class Found:
    """How much of a name stands in a text, where its rare words do, and which words."""

    share: float = 0.0
    core: tuple[Span, ...] = ()
    said: str = ""
    whole: bool = False
    untold: bool = False


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
    untold: bool = False  # its name has a number that the text does not tell
    only_owner: bool = False  # a part of its name stands there, no more than its owner's

    @property
    def source(self) -> str:
        """Which source lists it."""
        return self.record.split(":", 1)[0]


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
    numbers: tuple[tuple[int, Span], ...] = ()  # that count and date nothing
    bounds: Span = _WHOLE

    def within(self, bounds: Span) -> Hits:
        """The words that stand within a stretch of the text."""
        held = {key: inner for key, spans in self.places.items()
                if (inner := tuple(s for s in spans if bounds.holds(s.start)))}
        numbers = tuple(n for n in self.numbers if bounds.holds(n[1].start))
        return replace(self, places=held, numbers=numbers, bounds=bounds)

    def beside(self, name: Span, wanted: Sequence[str]) -> set[int]:
        """The numbers that belong to a word of a name: only its other words part them."""
        low, high = name.start - JOINED - 20, name.end + JOINED
        return {number for number, span in self.numbers
                if low < span.start <= high and self._joined(
                    min(name, span, key=_start), max(name, span, key=_start), wanted)}

    def _joined(self, one: Span, other: Span, wanted: Sequence[str]) -> bool:
        between = self.text.body[one.end : other.start]
        if len(between) > JOINED or re.search(r"[.!?;:\n]\s|\n", between):
            return False
        return all(_key(word) in wanted or _key(word) in generic() or
                   (len(word) <= 3 and word.islower()) for word in _WORD.findall(between))

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
    def of_common_words(self) -> tuple[str, ...]:
        """Names of two or more words that tell nothing apart one by one."""
        return tuple(v for e in self.entries for v in e.variants
                     if len(keys(v)) > 1 and v[0].isupper()
                     and all(key in generic() or number_of(key) for key in keys(v)))

    @property
    def name_words(self) -> Mapping[str, int]:
        """Every word of the names, with how many records it stands in."""
        return self._shared

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
        hits = self.hits(text)
        return _best((self._scored(entry, hits, hits) for entry in self.entries), limit)

    def named_within(self, hits: Hits, bounds: Span) -> tuple[Candidate, ...]:
        """The records that a stretch of the text names, best first; owner, place and country count
        wherever the text tells them, another country only there."""
        inner = hits.within(bounds)
        held = {entry.record: entry for key in inner.places for entry in self._named.get(key, ())}
        held |= {entry.record: entry for entry in self._named[""]}
        found = (self._scored(entry, hits, inner) for entry in held.values())
        return _best((c for c in found if c is not None and c.core), 8)

    @cached_property
    def _named(self) -> Mapping[str, tuple[Entry, ...]]:
        """Rare word of a name → its records; under '' those named in scripts without words."""
        found: dict[str, list[Entry]] = {"": []}
        for entry in self.entries:
            for key in {k for v in entry.variants for k in (keys(v) if _latin(v) else ("",))}:
                if key not in generic() and not number_of(key):
                    found.setdefault(key, []).append(entry)
        return {key: tuple(entries) for key, entries in found.items()}

    def spelled(self, record: str, hits: Hits) -> list[Span]:
        """Where names of several words stand in a text as the register writes them."""
        return [hits.text.folded.span(*hit.span()) for variant in self.by_record[record].variants
                if len(keys(variant)) > 2 for hit in _spelling(variant).finditer(hits.folded)]

    def words_of(self, record: str) -> frozenset[str]:
        """Every word of a record's names, owners and places."""
        entry = self.by_record[record]
        return frozenset(key for part in (*entry.variants, *entry.owners, *entry.places)
                         for key in keys(part))

    @cached_property
    def by_record(self) -> Mapping[str, Entry]:
        """Record → what it is called."""
        return {entry.record: entry for entry in self.entries}

    def hits(self, text: Text) -> Hits:
        """Where the words of the register stand in a text."""
        places: dict[str, list[Span]] = {}
        for match in _WORD.finditer(text.body):
            for key, span in _pieces(match, self._small):
                places.setdefault(key, []).append(span)
        for row in rows("synonyms"):
            for pattern in row["patterns"].split(";"):
                for hit in compiled(pattern).finditer(text.folded.text):
                    places.setdefault(row["means"], []).append(text.folded.span(*hit.span()))
        self._set_right(places)
        phrases = _set_phrases(text)
        kept = {key: tuple(s for s in spans if not any(p.holds(s.start) for p in phrases))
                for key, spans in places.items()}
        return Hits({k: v for k, v in kept.items() if v}, text.folded.text, text,
                    countries(text), frozenset(product_words(text)), _numbers(text, kept))

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

    def _scored(self, entry: Entry, hits: Hits, named: Hits) -> Candidate | None:
        """A record by its name among the words `named` and by all else that the text tells."""
        name = self._name(entry, named)
        share, core, said, whole = name.share, name.core, name.said, name.whole
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
        here = any(named.bounds.holds(one.span.start) for one in hits.countries)
        score += ELSEWHERE if here and not country and entry.country else 0
        reasons += ["country"] * country + ["product"] * product
        mentions = tuple(sorted({*core, *owner_spans, *place_spans}, key=_start))
        words = frozenset(said.split())
        return Candidate(entry.record, entry.name, round(max(score, 0.0), 1), tuple(reasons),
                         core, mentions, words, whole, name.untold,
                         not whole and set(core) <= set(owner_spans))

    def _name(self, entry: Entry, hits: Hits) -> Found:
        """The best found of a record's names."""
        return max((self._variant(variant, hits) for variant in entry.variants),
                   key=lambda one: one.share, default=Found())

    def _variant(self, variant: str, hits: Hits) -> Found:
        if not _latin(variant):
            return _as_it_stands(fold(variant).text, hits)
        wanted = keys(variant)
        strong = [k for k in wanted if k in hits.places and k not in generic() and not number_of(k)]
        total = sum(map(self.weight, wanted))
        if not strong or not total:
            return Found()
        core, told = _numbered(wanted, hits.of(strong), hits)
        if not core:
            return Found()
        if len(wanted) > 2 and _word_for_word(variant, hits):
            return Found(1.0, core, " ".join(wanted), True)
        held = [k for k in wanted if (number_of(k) in told if number_of(k) else k in hits.places)]
        enough = min(1.0, sum(map(self.weight, strong)) / (0.6 * math.log(len(self.entries) + 1)))
        return Found(sum(map(self.weight, held)) / total * enough, core, " ".join(held),
                     len(held) == len(wanted), any(map(number_of, set(wanted) - set(held))))

    def _part(self, parts: Sequence[str], hits: Hits) -> tuple[float, list[Span]]:
        """How much of an owner or a place stands in the text, at best, and where."""
        best: tuple[float, list[Span]] = (0.0, [])
        for part in parts:
            wanted = [k for k in keys(part) if k not in generic()] or list(keys(part))
            held = [key for key in wanted if key in hits.places]
            if held and len(held) / len(wanted) > best[0]:
                best = (len(held) / len(wanted), hits.of(held))
        return best if best[0] >= 0.5 else (0.0, [])


def _start(span: Span) -> int:
    return span.start


def _best(found: Iterable[Candidate | None], limit: int) -> tuple[Candidate, ...]:
    held = [candidate for candidate in found if candidate is not None]
    return tuple(sorted(held, key=lambda c: (-c.score, -len(c.words), c.record))[:limit])


def number_of(key: str) -> int | None:
    """The number that a word of a name is: 2 for '2', 'II' and 'second'; 0 counts nothing."""
    return int(key) if key.isdecimal() and len(key) < 6 else _NUMERALS.get(key)


def _numbered(wanted: Sequence[str], strong: Iterable[Span], hits: Hits
              ) -> tuple[tuple[Span, ...], set[int]]:
    """The rare words of a name and its numbers beside them; 'SALCOS 2' is no word of SALCOS 1."""
    own = {number for key in wanted if (number := number_of(key))}
    beside = {span: hits.beside(span, wanted) for span in strong} if own else dict.fromkeys(strong)
    core = [s for s, numbers in beside.items() if not numbers or numbers & own]
    told = {number for numbers in beside.values() for number in (numbers or ()) if number in own}
    return tuple(sorted(core, key=_start)), told


@cache
def _spelling(variant: str) -> re.Pattern[str]:
    words = [re.escape(fold(word).text) for word in re.findall(r"\w+", variant)]
    return re.compile(r"(?<!\w)" + r"\W{1,3}".join(words) + r"(?!\w)")


def _word_for_word(variant: str, hits: Hits) -> bool:
    """Whether a name stands in the text as it is written."""
    folded = hits.text.folded
    low, high = folded.at(hits.bounds.start), folded.at(hits.bounds.end)
    return _spelling(variant).search(hits.folded, low, high) is not None


def _numbers(text: Text, places: Mapping[str, Sequence[Span]]) -> tuple[tuple[int, Span], ...]:
    """The numbers of a text that may be part of a name: none of an amount or a date."""
    taken = [*counted(text), *whole_dates(text)]
    return tuple((number, span) for key, spans in places.items() if (number := number_of(key))
                 for span in spans if not any(t.holds(span.start) for t in taken))


def _set_phrases(text: Text) -> list[Span]:
    """Words that stand in a set phrase and name nothing: 'Final Investment Decision'."""
    return [text.folded.span(*hit.span()) for row in rows("cues")
            if row["event"] == "fid" and row["role"] == "topic"
            for one in row["patterns"].split(";")
            for hit in compiled(one).finditer(text.folded.text)]


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
    folded = hits.text.folded
    start = hits.folded.find(words, folded.at(hits.bounds.start), folded.at(hits.bounds.end))
    if start < 0 or len(words) < 2:
        return Found()
    return Found(1.0, (folded.span(start, start + len(words)),), words, True)


def _latin(words: str) -> bool:
    return not any(letter.isalpha() and ord(letter) > 0x24F and not 0x1E00 <= ord(letter) < 0x1F00
                   for letter in words)
