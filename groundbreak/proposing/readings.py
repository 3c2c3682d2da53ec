"""From a text to proposals: one for each project of which it tells something."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from groundbreak.proposing.clauses import says, tongue_of
from groundbreak.proposing.countries import countries
from groundbreak.proposing.events import Said, events, labels
from groundbreak.proposing.facts import Subject, facts_of
from groundbreak.proposing.gazetteer import Candidate, Gazetteer
from groundbreak.proposing.newcomer import Newcomer, newcomer
from groundbreak.proposing.proposal import NEW, Choice, Proposal
from groundbreak.proposing.text import Span, Text

_LIST = re.compile(r"(?:\band\b|\bund\b|\bet\b|\by\b|\boch\b|\bog\b|\be\b|&|和|و)")
CERTAIN = 60.0  # from this score a project is proposed; below, candidates are listed
CLOSE = 15.0  # within it two candidates may be the same words read twice
LISTED = 30.0  # candidates below this score are not worth a look


@dataclass(frozen=True)
class _Group:
    """A project (or an open one) with what the text says of it."""

    candidate: Candidate | None
    said: tuple[Said, ...]
    beside: tuple[Candidate, ...] = ()  # every project of the text, itself among them
    main: Said | None = None  # what it is about, where that is settled

    def mine(self, text: Text, span: Span) -> bool:
        """Whether a place of the text speaks of this project."""
        return len(self.beside) < 2 or _whose(text, span, self.beside) is self.candidate


def propose(text: Text, told: date, gazetteer: Gazetteer) -> tuple[Proposal, ...]:
    """Every proposal that a text published on `told` makes; at least one, however open."""
    ranked = gazetteer.candidates(text)
    chosen = _chosen(ranked)
    fresh = newcomer(text) if not chosen else None
    owned = [span for c in ranked if c.score >= LISTED for span in c.mentions]
    said = events(text, told, [*owned, *(fresh.spans if fresh else ())])
    groups = _groups(text, chosen, said)
    made = [_proposal(text, told, gazetteer, ranked, group, fresh) for group in groups]
    return tuple(made)


def _chosen(ranked: Sequence[Candidate]) -> list[Candidate]:
    """Candidates that are certain, each named by words that no better one explains."""
    chosen: list[Candidate] = []
    for candidate in sorted(ranked, key=lambda c: any(_precedes(o, c) for o in ranked)):
        explained = {span for better in chosen for span in (*better.core, *better.mentions)}
        own = set(candidate.core) - explained
        if any(_source(c) != _source(candidate) and {*c.core} & {*candidate.core} for c in chosen):
            continue  # another source's name for the same project
        if candidate.score >= CERTAIN and own and not _rivalled(candidate, ranked):
            chosen.append(candidate)
    return chosen


def propose_as(text: Text, told: date, gazetteer: Gazetteer, record: str, instead_of: Proposal
               ) -> Proposal:
    """What the text says when it speaks of `record` (or NEW), in place of another reading."""
    ranked = gazetteer.candidates(text)
    entry = next((e for e in gazetteer.entries if e.record == record), None)
    if record != NEW and entry is None:
        raise ValueError(f"no record {record!r} in the register")
    chosen = next((c for c in ranked if c.record == record), None) or (
        Candidate(record, entry.name, 0.0, ("chosen by hand",), (), ()) if entry else None)
    fresh = newcomer(text) if record == NEW else None
    owned = [span for c in ranked if c.score >= LISTED for span in c.mentions]
    said = events(text, told, [*owned, *(fresh.spans if fresh else ())])
    main = next((one for one in said if one.event == instead_of.event and one.stance == "done"
                 and instead_of.span.holds(one.span.start)), None)
    made = _proposal(text, told, gazetteer, ranked, _Group(chosen, said, main=main), fresh)
    return replace(made, record=record, candidates=instead_of.candidates)


def _precedes(better: Candidate, other: Candidate) -> bool:
    """Whether `better` explains the words that name `other`: they are its owner and place and it
    has a name of its own besides, or its whole name says more of the same words."""
    if better is other or better.score < CERTAIN or better.score < other.score - CLOSE:
        return False
    same = set(better.core) == set(other.core) and _source(better) == _source(other)
    if better.whole and same and other.words < better.words:
        return True
    return (better.score >= other.score and set(other.core) <= set(better.mentions)
            and not set(better.core) <= set(other.mentions))


def _rivalled(candidate: Candidate, ranked: Sequence[Candidate]) -> bool:
    """Whether nothing in the text tells a candidate from a sibling named by the same words.

    Records of other sources under the same name are most likely the same project: no siblings.
    """
    rivals = [c for c in ranked if c is not candidate and set(c.core) == set(candidate.core)
              and abs(c.score - candidate.score) < CLOSE]
    twins = [c for c in rivals if c.words == candidate.words and _source(c) == _source(candidate)]
    if candidate.whole:
        return any(c.whole for c in twins)
    return bool(twins) or any(candidate.words < c.words for c in rivals)


def _source(candidate: Candidate) -> str:
    return candidate.record.split(":", 1)[0]


def _groups(text: Text, chosen: Sequence[Candidate], said: Sequence[Said]) -> list[_Group]:
    """What is said, parted by project; a project of which nothing is said is only mentioned."""
    if not chosen:
        return [_Group(None, tuple(said))]
    parted: dict[str, list[Said]] = {c.record: [] for c in chosen}
    for one in said:
        whose = _whose(text, one.span, chosen)
        for candidate in (whose, *_listed_with(text, whose, one.span, chosen)):
            parted[candidate.record].append(one)
    told = [c for c in chosen if any(one.stance == "done" for one in parted[c.record])]
    kept = told or list(chosen[:1])
    return [_Group(c, tuple(parted[c.record]), tuple(chosen)) for c in kept]


def _whose(text: Text, span: Span, chosen: Sequence[Candidate]) -> Candidate:
    """The project a place speaks of: named in its clause, its sentence, or last before it."""
    before = reversed(text.sentences[: text.sentence_at(span.start) + 1])
    for low, high in (_clause_around(text, span), *((s.start, s.end) for s in before)):
        named = [(_own_words(c, chosen, low, high), c.score, c) for c in chosen]
        best = max(named, key=lambda item: item[:2])
        if best[0] > 0:
            return best[2]
    return chosen[0]


def _listed_with(text: Text, whose: Candidate, span: Span, chosen: Sequence[Candidate]
                 ) -> list[Candidate]:
    """Other projects that the sentence lists beside it: 'GeZero and IFESTOS were selected'."""
    sentence = text.sentences[text.sentence_at(span.start)]
    here = [s for s in whose.core if s.start >= sentence.start and s.end <= sentence.end]
    found = []
    for other in chosen:
        own = [s for s in other.core if sentence.start <= s.start and s.end <= sentence.end]
        if other is not whose and other.whole and here and own and _joined(text, here, own, span):
            found.append(other)
    return found


def _joined(text: Text, here: Sequence[Span], own: Sequence[Span], event: Span) -> bool:
    """Whether only a joining word and no verb of the event parts two names."""
    low = min(max(s.end for s in here), max(s.end for s in own))
    high = max(min(s.start for s in here), min(s.start for s in own))
    between = text.folded.text[text.folded.at(low) : text.folded.at(high)]
    parted = low <= event.start < high
    return not parted and _LIST.search(between) is not None and not says(
        between, "subordinate", tongue_of(text))


def _clause_around(text: Text, span: Span) -> tuple[int, int]:
    """From comma to comma around a place."""
    sentence = text.sentences[text.sentence_at(span.start)]
    before = text.body.rfind(", ", sentence.start, span.start)
    after = text.body.find(", ", span.end, sentence.end)
    return (before + 1 if before >= 0 else sentence.start, after if after >= 0 else sentence.end)


def _own_words(candidate: Candidate, chosen: Sequence[Candidate], low: int, high: int) -> int:
    """How many words of its name stand there that name no other chosen project."""
    others = {s for c in chosen if c is not candidate for s in c.core}
    return sum(low <= span.start < high for span in set(candidate.core) - others)


# -- one proposal ----------------------------------------------------------------------------------
def _proposal(text: Text, told: date, gazetteer: Gazetteer, ranked: Sequence[Candidate],
              group: _Group, fresh: Newcomer | None) -> Proposal:
    main = group.main or _main(group.said)
    near = [c for c in ranked if c.score >= LISTED and c is not group.candidate]
    record = _record(text, group, near, main, fresh)
    held = gazetteer.held.get(record, {}) if record and record != NEW else {}
    subject = Subject(record, held, fresh if record == NEW else None)
    found = facts_of(text, told, main, group.said, subject,
                     lambda span: group.mine(text, span))
    name = group.candidate.name if group.candidate else fresh.name if fresh else ""
    span = text.sentences[text.sentence_at(main.span.start)] if main else text.sentences[0]
    return Proposal(
        record, name if record else "", main.event if main else "",
        labels()[main.event] if main else "", text.quote(span), span, found.facts,
        tuple(Choice(c.record, c.name, c.score, c.reasons) for c in
              ([group.candidate] if group.candidate else []) + near[: 4 if group.candidate else 8]),
        (*_unknown(record, near, main), *_listed_twice(group, near), *found.open_points),
        _also(text, group.said, main), found.standing)


def _main(said: Sequence[Said]) -> Said | None:
    """What the text is about: of what it says is so, the weightiest, first told."""
    done = [one for one in said if one.stance == "done"]
    return max(done, key=lambda one: (one.weight, -one.span.start), default=None)


def _record(text: Text, group: _Group, near: Sequence[Candidate], main: Said | None,
            fresh: Newcomer | None) -> str | None:
    """The record, NEW for a project that nothing in the register resembles, or None."""
    if group.candidate is not None:
        return group.candidate.record
    placed = [named.span for named in countries(text)]
    alike = [c for c in near if c.score >= CERTAIN * 0.6
             and any(not any(p.holds(s.start) for p in placed) for s in c.core)]
    strange = fresh is not None and main is not None and not alike and (
        fresh.named or main.event == "announcement")
    return NEW if strange else None


def _unknown(record: str | None, near: Sequence[Candidate], main: Said | None) -> list[str]:
    points = []
    if record is None:
        points.append("which project: " + ("the candidates are too close or too weak" if near else
                                           "the register names none that the text names"))
    if main is None:
        points.append("which event: no words that tell of one")
    return points


def _listed_twice(group: _Group, near: Sequence[Candidate]) -> list[str]:
    """Records of other sources that the same words name."""
    one = group.candidate
    same = [c.record for c in near if one and c.words == one.words and set(c.core) == set(one.core)]
    return [f"listed by other sources too, probably the same project: {', '.join(same)}"
            ] if same else []


def _also(text: Text, said: Sequence[Said], main: Said | None) -> tuple[str, ...]:
    """Other events that the text tells, with how it tells them."""
    words = {"old": "as history", "doubtful": "as a possibility", "third": "as somebody else's",
             "planned": "as planned", "denied": "as not so", "done": "as well"}
    told = [f"{labels().get(one.event, one.event)}, {words[one.stance]} "
            f"({text.quote(one.span)!r} at {one.span.start})"
            for one in said if one is not main and not one.event.endswith("_planned")
            and (main is None or one.event != main.event or one.stance != "done")]
    return tuple(dict.fromkeys(told))

