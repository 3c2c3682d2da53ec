"""Which project each stretch of a text speaks of, so that no event goes to another's.

A stretch runs from one comma, joining word or full stop to the next. It speaks of what it names;
one that names nothing continues the one before it. What names something other than the text's
certain projects ('its Foobar ammonia plant in Kenya') speaks of none of them.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import groupby, pairwise

from groundbreak.proposing.clauses import patterns, tongue_of
from groundbreak.proposing.countries import is_country
from groundbreak.proposing.gazetteer import Candidate, Gazetteer, Hits, generic, keys, number_of
from groundbreak.proposing.text import Span, Text
from groundbreak.proposing.words import plain_words, rows

LISTED = 30.0  # candidates below this score are not worth a look
Choose = Callable[[Sequence[Candidate]], list[Candidate]]

_CUT = re.compile(r"[;,،，、]\s|\s-\s|(?<!\w)(?:and|but|while|whereas|meanwhile|und|et|y|e|och|og|"
                  r"men|aber|mais|pero|mas|ma)(?!\w)")
_TOKEN = re.compile(r"[\w'’&.-]*\w")


@dataclass(frozen=True)
class Topic:
    """What a stretch speaks of: certain projects by record, else the records it may mean."""

    projects: frozenset[str] = frozenset()
    maybe: frozenset[str] = frozenset()
    others: tuple[Candidate, ...] = field(default=(), compare=False)  # these with their names
    stranger: str = ""  # the words that name something the register does not have


OPEN = Topic()


@dataclass(frozen=True)
class Stretch:
    """A stretch of the body; `aside` where it begins with a subordinating word."""

    span: Span
    sentence: int
    aside: bool


@dataclass(frozen=True)
class Topics:
    """The stretches of a text in order, each with its topic."""

    stretches: tuple[Stretch, ...]
    held: tuple[Topic, ...]

    def at(self, place: int) -> Topic:
        """The topic at a place of the text."""
        before = bisect.bisect_right(self.stretches, place, key=lambda one: one.span.start)
        return self.held[before - 1] if before else OPEN

    @property
    def turns(self) -> tuple[int, ...]:
        """Where one topic follows another."""
        pairs = pairwise(zip(self.stretches, self.held, strict=True))
        return tuple(here.span.start for (_, old), (here, new) in pairs if old != new)

    def of(self, *spans: Span) -> Topic:
        """The one topic of all these places, or OPEN where they have several."""
        found = {self.at(place) for span in spans for place in (span.start, span.end - 1)}
        return found.pop() if len(found) == 1 else OPEN


def topics(text: Text, names: Gazetteer, hits: Hits, chosen: Sequence[Candidate], choose: Choose
           ) -> tuple[Topics, list[Candidate]]:
    """The topics of a text, and its certain projects with those that only a stretch makes certain.
    """
    named = {c.record for sentence in text.sentences for c in names.named_within(hits, sentence)}
    whole = [span for record in named for span in names.spelled(record, hits)]
    whole += [Span(*hit.span()) for name in names.of_common_words if name in text.body
              for hit in re.finditer(re.escape(name), text.body)]
    stretches = tuple(_stretches(text, whole))
    local = [names.named_within(hits, stretch.span) for stretch in stretches]
    certain = list(chosen)
    for found in local:
        certain += [c for c in choose(found) if c.whole and not any(
            c.record == other.record or _twins(c, other) for other in certain)]
    words = frozenset().union(*(names.words_of(c.record) for c in certain))
    reader = _Reader(text, names, hits, tuple(certain), choose, words)
    own = [reader.topic(stretch, found) for stretch, found in zip(stretches, local, strict=True)]
    opening = [n for n, stretch in enumerate(stretches) if stretch.sentence == 0]
    if not any(own[n] for n in opening):  # nothing was spoken of before that it could continue
        own[: len(opening)] = [reader.unknown(stretches[n].span) for n in opening]
    return Topics(stretches, tuple(_continued(stretches, own))), certain


def _twins(one: Candidate, other: Candidate) -> bool:
    """Whether two sources list what the same words of the text name."""
    return one.source != other.source and bool(set(one.core) & set(other.core))


@dataclass(frozen=True)
class _Reader:
    """Reads the topic of a stretch from the names in it."""

    text: Text
    names: Gazetteer
    hits: Hits
    certain: tuple[Candidate, ...]
    choose: Choose
    explained: frozenset[str]  # every word of the certain projects' names, owners and places

    def topic(self, stretch: Stretch, found: Sequence[Candidate]) -> Topic | None:
        """What a stretch names, or None where it names nothing."""
        records = {c.record for c in self.certain}
        sure = {self._listed(c) for c in self.choose(found)} & records
        if sure:
            return Topic(frozenset(sure))
        mine = [c for c in found if c.record in records and not self._beaten(c, found)]
        others = [c for c in found if self._other(c)]
        if others:
            mine = [c for c in mine if not self._in_part(c)]
        if mine:
            return self._which(mine)
        if others:
            return _may_be(others)
        stranger = self._stranger(stretch.span)
        return Topic(stranger=stranger) if stranger else None

    def unknown(self, span: Span) -> Topic | None:
        """A topic where a word of other records' names stands."""
        found = [key for key, spans in self.hits.within(span).places.items()
                 if key not in generic() and key not in self.explained
                 and key in self.names.name_words and not number_of(key)
                 and not any(n.span.holds(s.start) for n in self.hits.countries for s in spans)]
        return Topic(stranger=min(found)) if found and self.certain else None

    def _listed(self, candidate: Candidate) -> str:
        """A candidate's record, or that of its twin among the certain ones."""
        if any(c.record == candidate.record for c in self.certain):
            return candidate.record
        return next((c.record for c in self.certain if _twins(c, candidate)), candidate.record)

    def _which(self, mine: Sequence[Candidate]) -> Topic:
        """The certain projects that a stretch names; the same words for two leave it open."""
        core = [set(c.core) for c in mine]
        shared = any(a & b for n, a in enumerate(core) for b in core[:n])
        best = max(mine, key=lambda c: (len(c.core), c.score))
        if not shared:
            return Topic(frozenset(c.record for c in mine))
        if all(set(c.core) < set(best.core) for c in mine if c is not best):
            return Topic(frozenset({best.record}))
        return _may_be(mine)

    def _beaten(self, mine: Candidate, found: Sequence[Candidate]) -> bool:
        """Whether the same words of a stretch say more of another record's name than of this one's.
        """
        own = self.names.words_of(mine.record)
        for other in found:
            more = self._keys(set(other.core) - set(mine.core)) - own
            sibling = other.whole and other.source == mine.source and mine.words < other.words
            if set(mine.core) <= set(other.core) and (more or sibling):
                return True
        return False

    def _in_part(self, mine: Candidate) -> bool:
        """Whether a stretch holds fewer words of a project's name than the text does."""
        whole = next(c for c in self.certain if c.record == mine.record)
        return self._keys(mine.core) < self._keys(whole.core)

    def _keys(self, spans: Iterable[Span]) -> set[str]:
        return {key for span in spans for key in keys(self.text.body[span.start : span.end])}

    def _other(self, candidate: Candidate) -> bool:
        """Whether a record's name says something that no certain project's words explain."""
        places = [named.span for named in self.hits.countries]
        if candidate.score < LISTED or candidate.only_owner:
            return False
        named = [s for s in candidate.core if not any(p.holds(s.start) for p in places)]
        return bool(self._keys(named) - self.explained)

    def _stranger(self, span: Span) -> str:
        """The words of a plant that is none of the certain ones: 'Foobar', or 'Kenya' behind it."""
        if not self.certain:
            return ""
        if plain := self._plain(span):
            return plain
        if tongue_of(self.text) == "de":
            return ""  # in German every noun has a capital
        words = [Span(span.start + m.start(), span.start + m.end())
                 for m in _TOKEN.finditer(self.text.body[span.start : span.end])]
        said = [self.text.body[w.start : w.end] for w in words]
        for place, word in enumerate(said):
            if word.lower() in _plant_words("kind"):
                for near in (_before(said, place), _behind(said, place)):
                    if near and self._strange(near):
                        return near
        return ""

    def _plain(self, span: Span) -> str:
        """A name of common words that another record has: 'Western Green Energy Hub'."""
        for name in self.names.of_common_words:
            place = self.text.body.find(name, span.start, span.end)
            if place >= 0 and not set(keys(name)) <= self.explained:
                return name
        return ""

    def _strange(self, word: str) -> bool:
        if any(key in self.explained for key in keys(word)):
            return False
        told = [n.iso3 for n in self.hits.countries
                if is_country(word) and word in self.text.body[n.span.start : n.span.end]]
        held = {iso for c in self.certain
                for iso in self.names.by_record[c.record].country.split(";")}
        return not (set(told) & held)


def _may_be(found: Sequence[Candidate]) -> Topic:
    """A topic that is one of several, without those whose words say more of another."""
    kept = tuple(c for c in found if not any(set(c.core) < set(o.core) for o in found))
    return Topic(maybe=frozenset(c.record for c in kept), others=kept)


@cache
def _plant_words(kind: str) -> frozenset[str]:
    return frozenset(word for row in rows("plant_words") if row["kind"] == kind
                     for word in row["words"].split())


def in_list(word: str) -> bool:
    """Whether a word may stand between two names of a list."""
    return word.lower() in _plant_words("list") or all(key in generic() for key in keys(word))


def _before(said: Sequence[str], place: int) -> str:
    """The capitalised word that names a plant, past what says of which kind it is."""
    for word in reversed(said[max(0, place - 5) : place]):
        if all(key in generic() for key in keys(word)):
            if word.lower() in _plant_words("stop"):
                return ""
            continue
        common = word.lower() in plain_words("subject") or word.lower() in _plant_words("adjective")
        return word if word[0].isupper() and not common else ""
    return ""


def _behind(said: Sequence[str], place: int) -> str:
    """The capitalised word behind 'plant in'."""
    rest = said[place + 1 : place + 3]
    named = len(rest) == 2 and rest[0].lower() in _plant_words("at") and rest[1][0].isupper()
    return rest[1] if named and rest[1].lower() not in plain_words("no_name") else ""


def _stretches(text: Text, names: Sequence[Span]) -> Iterator[Stretch]:
    """The stretches of a text; no name is parted."""
    tongue = tongue_of(text)
    folded = text.folded
    for number, sentence in enumerate(text.sentences):
        start, end = folded.at(sentence.start), folded.at(sentence.end)
        words = folded.text[start:end]
        cuts = {hit.start() for hit in _CUT.finditer(words)}
        cuts |= {hit.start() for p in patterns("subordinate", tongue) for hit in p.finditer(words)}
        inside = [n for n in names if sentence.start <= n.start < sentence.end]
        cuts = {cut for cut in cuts if not any(
            n.start < folded.origin[start + cut] < n.end for n in inside)}
        for low, high in pairwise(sorted({0, *cuts, len(words)})):
            piece = words[low:high].lstrip(" ,;:-")
            aside = any(p.match(piece) for p in patterns("subordinate", tongue))
            yield Stretch(Span(folded.origin[start + low], folded.origin[start + high]), number,
                          aside)


def _continued(stretches: Sequence[Stretch], own: Sequence[Topic | None]) -> Iterator[Topic]:
    """Each stretch's topic: its own, its sentence's, or what the text last spoke of."""
    last: Topic | None = None
    first = next((topic for topic in own if topic is not None), OPEN)
    pairs = zip(stretches, own, strict=True)
    for _, group in groupby(pairs, key=lambda pair: pair[0].sentence):
        sentence = list(group)
        for place, (_, topic) in enumerate(sentence):
            yield topic or _main(sentence[:place]) or _main(sentence[place:]) or last or first
        last = _main(sentence) or last


def _main(told: Sequence[tuple[Stretch, Topic | None]]) -> Topic | None:
    """The one topic of the stretches that say no more than by the way, OPEN where there are more.
    """
    named = [(stretch.aside, topic) for stretch, topic in told if topic is not None]
    main = [topic for aside, topic in named if not aside] or [topic for _, topic in named]
    return _one_of(main) if main else None


def _one_of(found: Sequence[Topic]) -> Topic:
    held = set(found)
    return held.pop() if len(held) == 1 else OPEN
