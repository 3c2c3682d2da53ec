"""From a text to proposals: one for each project of which it tells something."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from groundbreak.proposing.countries import countries
from groundbreak.proposing.events import Said, events, labels, pending
from groundbreak.proposing.facts import Subject, facts_of
from groundbreak.proposing.gazetteer import Candidate, Gazetteer
from groundbreak.proposing.newcomer import Newcomer, newcomer
from groundbreak.proposing.proposal import NEW, Choice, Proposal
from groundbreak.proposing.text import Span, Text, fold
from groundbreak.proposing.topics import LISTED, Topic, Topics, in_list, topics

_LIST = re.compile(r"(?:\band\b|\bund\b|\bet\b|\by\b|\boch\b|\bog\b|\be\b|&|和|و)")
_BESIDE = 60  # characters between two names of a list at most
CERTAIN = 60.0  # from this score a project is proposed; below, candidates are listed
ALIKE = 36.0  # from this score a project may be the one meant, so that no new one is proposed
CLOSE = 15.0  # within it two candidates may be the same words read twice


@dataclass(frozen=True)
class _Group:
    """A project (or an open one) with what the text says of it."""

    candidate: Candidate | None
    said: tuple[Said, ...]
    mine: Callable[[Span], bool]  # whether a place of the text speaks of it
    main: Said | None = None  # what it is about, where that is settled
    others: tuple[Candidate, ...] | None = None  # what an open one may be; None: all of the text


def propose(text: Text, told: date, gazetteer: Gazetteer) -> tuple[Proposal, ...]:
    """Every proposal that a text published on `told` makes; at least one, however open."""
    ranked = gazetteer.candidates(text)
    spoken, chosen = _spoken_of(text, gazetteer, ranked)
    fresh = newcomer(text) if not chosen else None
    text = replace(text, cuts=spoken.turns)
    said = _said(text, told, ranked, fresh)
    groups = _groups(text, chosen, said, spoken)
    made = [_proposal(text, told, gazetteer, ranked, group, fresh) for group in groups]
    return tuple(made)


def _said(text: Text, told: date, ranked: Sequence[Candidate], fresh: Newcomer | None
          ) -> tuple[Said, ...]:
    owned = [span for c in ranked if c.score >= LISTED for span in c.mentions]
    return events(text, told, [*owned, *(fresh.spans if fresh else ())])


def _spoken_of(text: Text, gazetteer: Gazetteer, ranked: Sequence[Candidate]
               ) -> tuple[Topics, list[Candidate]]:
    """What each stretch of the text speaks of, and the projects that are certain."""
    return topics(text, gazetteer, gazetteer.hits(text), _chosen(ranked), _chosen)


def _chosen(ranked: Sequence[Candidate]) -> list[Candidate]:
    """Candidates that are certain, each named by words that no better one explains."""
    chosen: list[Candidate] = []
    for candidate in sorted(ranked, key=lambda c: any(_precedes(o, c) for o in ranked)):
        explained = {span for better in chosen for span in (*better.core, *better.mentions)}
        own = set(candidate.core) - explained
        if any(c.source != candidate.source and {*c.core} & {*candidate.core} for c in chosen):
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
    spoken, _ = _spoken_of(text, gazetteer, ranked)
    text = replace(text, cuts=spoken.turns)
    said = _said(text, told, ranked, fresh)
    main = next((one for one in said if one.event == instead_of.event and one.stance == "done"
                 and instead_of.span.holds(one.span.start)), None)
    mine = _same_topic(spoken, instead_of.span if main is None else main.span)
    group = _Group(chosen, _settled(text, said, spoken, mine), mine, main)
    made = _proposal(text, told, gazetteer, ranked, group, fresh)
    return replace(made, record=record, candidates=instead_of.candidates)


def _precedes(better: Candidate, other: Candidate) -> bool:
    """Whether `better` explains the words that name `other`: they are its owner and place and it
    has a name of its own besides, or its whole name says more of the same words."""
    if better is other or better.score < CERTAIN or better.score < other.score - CLOSE:
        return False
    same = set(better.core) == set(other.core) and better.source == other.source
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
    twins = [c for c in rivals if c.words == candidate.words and c.source == candidate.source]
    if candidate.whole:
        return any(c.whole for c in twins)
    phases = [c for c in rivals if candidate.untold and c.untold and c.source == candidate.source]
    return bool(twins or phases) or any(candidate.words < c.words for c in rivals)


def _groups(text: Text, chosen: Sequence[Candidate], said: Sequence[Said], spoken: Topics
            ) -> list[_Group]:
    """What is said, parted by project; a project of which nothing is said is only mentioned."""
    groups = [_group(text, c, chosen, said, spoken) for c in chosen]
    told = [g for g in groups if _main(g.said)] or groups[:1]
    return told + _open_groups(text, said, spoken, bool(chosen))


def _group(text: Text, candidate: Candidate, chosen: Sequence[Candidate], said: Sequence[Said],
           spoken: Topics) -> _Group:
    """One project with what its own stretches say, or those that list it beside another."""
    listed = {one for one in said for whose in chosen
              if whose.record in _topic_of(one, spoken).projects
              and candidate in _listed_with(text, whose, one.span, chosen, spoken)}

    def mine(span: Span) -> bool:
        return (candidate.record in spoken.of(span).projects
                or any(one.span == span or (one.when and one.when.span == span) for one in listed))

    own = [one for one in said
           if one in listed or candidate.record in _topic_of(one, spoken).projects]
    return _Group(candidate, pending(text, own, mine), mine)


def _open_groups(text: Text, said: Sequence[Said], spoken: Topics, beside: bool) -> list[_Group]:
    """What is said of no certain project, parted by what it may be."""
    told: list[list[Topic]] = []
    for topic in dict.fromkeys(_topic_of(one, spoken) for one in said
                               if not _within_other(one, said)):
        same = next((t for t in told if any(topic.maybe & other.maybe for other in t)), None)
        if same is not None:
            same.append(topic)
        elif not topic.projects:
            told.append([topic])
    alike = [t for t in told if any(c.score >= ALIKE for topic in t for c in topic.others)]
    if not beside and len(alike) < 2:
        return [_Group(None, pending(text, said, lambda span: True), lambda span: True)]
    made = [_open_group(text, topics, said, spoken) for topics in told]
    return [group for group in made if _main(group.said)] or made[: not beside]


def _open_group(text: Text, held: Sequence[Topic], said: Sequence[Said], spoken: Topics) -> _Group:
    def mine(span: Span) -> bool:
        return spoken.of(span) in held

    own = [one for one in said if _topic_of(one, spoken) in held]
    others = {c.record: c for topic in held for c in topic.others}
    return _Group(None, pending(text, own, mine), mine, others=tuple(others.values()))


def _topic_of(one: Said, spoken: Topics) -> Topic:
    """What an event is said of: its words and its date speak of one thing, or it stays open."""
    return spoken.of(one.span, *([one.when.span] if one.when else []))


def _within_other(one: Said, said: Sequence[Said]) -> bool:
    """Whether words that run from one topic into another hold the event in fewer words."""
    return any(o is not one and o.event == one.event and one.span.start <= o.span.start
               and o.span.end <= one.span.end for o in said)


def _same_topic(spoken: Topics, place: Span) -> Callable[[Span], bool]:
    topic = spoken.at(place.start)
    return lambda span: spoken.of(span) == topic


def _settled(text: Text, said: Sequence[Said], spoken: Topics, mine: Callable[[Span], bool]
             ) -> tuple[Said, ...]:
    """What is said where a place is `mine`, words and date."""
    own = [one for one in said if mine(one.span) and (one.when is None or mine(one.when.span))]
    return pending(text, own, mine)


def _listed_with(text: Text, whose: Candidate, span: Span, chosen: Sequence[Candidate],
                 spoken: Topics) -> list[Candidate]:
    """Other projects that are listed beside it: 'GeZero and IFESTOS were selected'."""
    def own(one: Candidate) -> list[Span]:
        return [s for s in one.core if one.record in spoken.at(s.start).projects]

    return [other for other in chosen if other is not whose and other.whole
            and any(_joined(text, a, b, span) for a in own(whose) for b in own(other))]


def _joined(text: Text, here: Span, own: Span, event: Span) -> bool:
    """Whether nothing but a list parts two names: a joining word, places and kinds of plant."""
    low, high = min(here.end, own.end), max(here.start, own.start)
    between = text.body[low:high]
    if high - low > _BESIDE or low <= event.start < high or re.search(r"[.!?;:]\s|\n", between):
        return False
    words = re.findall(r"\w+", between)
    return bool(_LIST.search(fold(between).text)) and all(
        len(word) <= 3 or not word[0].islower() or in_list(word) for word in words)


# -- one proposal ----------------------------------------------------------------------------------
def _proposal(text: Text, told: date, gazetteer: Gazetteer, ranked: Sequence[Candidate],
              group: _Group, fresh: Newcomer | None) -> Proposal:
    main = group.main or _main(group.said)
    near = [c for c in (ranked if group.others is None else group.others)
            if c.score >= LISTED and c is not group.candidate]
    record = _record(text, group, near, main, fresh)
    held = gazetteer.held.get(record, {}) if record and record != NEW else {}
    subject = Subject(record, held, fresh if record == NEW else None)
    found = facts_of(text, told, main, group.said, subject, group.mine)
    name = group.candidate.name if group.candidate else fresh.name if fresh else ""
    span = text.sentences[text.sentence_at(main.span.start)] if main else text.sentences[0]
    return Proposal(
        record, name if record else "", main.event if main else "",
        labels()[main.event] if main else "", text.quote(span), span, found.facts,
        tuple(Choice(c.record, c.name, c.score, c.reasons) for c in
              ([group.candidate] if group.candidate else []) + near[: 4 if group.candidate else 8]),
        (*_unknown(group, record, near, main), *_listed_twice(group, near), *found.open_points),
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
    alike = [c for c in near if c.score >= ALIKE
             and any(not any(p.holds(s.start) for p in placed) for s in c.core)]
    strange = fresh is not None and main is not None and not alike and not group.others and (
        fresh.named or main.event == "announcement")
    return NEW if strange else None


def _unknown(group: _Group, record: str | None, near: Sequence[Candidate], main: Said | None
             ) -> list[str]:
    points = []
    named = next((c.name for c in (group.candidate, *near) if c is not None), "")
    if record is None:
        points.append("which project: " + ("the candidates are too close or too weak" if near else
                                           "the register names none that the text names"))
    if main is None:
        points.append("which event: " + (f"the text names {named} but states no event that is known"
                                         if named else "no words that tell of one"))
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
    kept = {(one.event, one.stance, one.sentence): one for one in reversed(said)
            if one is not main and not one.event.endswith("_planned")
            and (main is None or one.event != main.event or one.stance != "done")}
    return tuple(f"{labels().get(one.event, one.event)}, {words[one.stance]} "
                 f"({text.quote(one.span)!r} at {one.span.start})"
                 for one in reversed(kept.values()))
