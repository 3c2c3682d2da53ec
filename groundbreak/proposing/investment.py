"""The final investment decision: taken only where the words leave no other reading.

A decision that is planned, conditional, denied, one partner's or somebody else's is never one
taken; where the rules cannot tell, it is not taken.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

from groundbreak.proposing.clauses import Clause, patterns, says
from groundbreak.proposing.dates import Dated
from groundbreak.proposing.text import Span, Text, fold
from groundbreak.proposing.words import compiled, plain_words, rows

Cues = Sequence[tuple[str, re.Pattern[str]]]
Read = tuple[int, int, str]

_LINKS = re.compile(r"\b(?:to|before|of|toward|towards|for|with|until|on|about|from|at|in|by|"
                    r"agreement|deal|mou|contract|permit|plans?|path|way|timeline)\b")
_PASSIVE = re.compile(r"(?:\b(?:has|have|was|were|been|is|now|got|already|had|hat|haben|ist|wurde|"
                      r"worden|a|ete|est|fue|sido|ha|foi|stata|stato|ar|er|blev|blitt|bli)\s+){1,3}$")
_CAPITAL = re.compile(r"\b[A-ZÀ-Þ][\w&.'-]*[A-Za-zÀ-ÿ]\b")


@dataclass(frozen=True)
class Clue:
    """A clause read for an investment decision; `owned` is where projects are named."""

    clause: Clause
    text: Text
    owned: Sequence[Span] = ()

    def read(self, topics: Cues, verbs: Cues, phrases: Cues) -> Iterator[Read]:
        """(start, end, stance) of each decision spoken of: done, planned, denied or third."""
        for _, phrase in phrases:
            for hit in phrase.finditer(self.clause.text):
                yield hit.start(), hit.end(), self._stance(hit.start(), hit.end())
        for start, end in _outermost(topics, self.clause.text):
            verb = self._verb(start, end, verbs)
            if verb is not None:
                low, high = min(start, verb[0]), max(end, verb[1])
                yield low, high, self._stance(low, high, topic_end=end)
            elif self._ahead(start, end):
                refused = self.clause.says("refused", 0, start)
                yield start, end, "denied" if refused else "planned"

    def _verb(self, start: int, end: int, verbs: Cues) -> tuple[int, int] | None:
        """The verb that takes the decision: just before it, or after it in the passive."""
        for _, verb in verbs:
            for hit in verb.finditer(self.clause.text):
                if hit.end() <= start and _joins(self.clause.text[hit.end() : start], self.clause):
                    return hit.span()
                if hit.start() >= end and self._passive(end, hit):
                    return hit.span()
        return None

    def _passive(self, end: int, hit: re.Match[str]) -> bool:
        between = self.clause.text[end : hit.start()]
        if len(between.split()) > 14:
            return False
        if self.clause.tongue in ("zh", "ar", "de", "sv"):
            return True
        return _PASSIVE.search(between) is not None

    def _stance(self, start: int, end: int, topic_end: int | None = None) -> str:
        clause = self.clause
        if clause.says("refused", 0, end) and not clause.says("plan", 0, end):
            return "denied"
        if self._conditional() or clause.says("negation", 0, end):
            return "planned"
        whole = clause.tongue in ("de", "sv", "zh")
        if clause.says("plan", 0, None if whole else end):
            return "planned"
        if self._unreal(start) or self._ahead_after(topic_end or end, end):
            return "planned"
        return "third" if self._somebody_else(start, end) else "done"

    def _unreal(self, start: int) -> bool:
        """Before, when, if or once it is taken; had it been taken."""
        begins = " ".join(self.clause.text.split()[:2])
        return (says(begins, "unreal", self.clause.tongue)
                or self.clause.near_before("unreal", start, 5))

    def _ahead_after(self, topic_end: int, end: int) -> bool:
        """'... is due this year'; or it is a decision on studies only."""
        clause = self.clause
        first = " ".join(clause.text[topic_end:].split()[:3])
        if says(first, "plan", clause.tongue):
            return True
        rest = re.split(r",|\b(?:that|which|with|and|who)\b", clause.text[topic_end:])[0]
        being = re.search(r"\b(?:is|are|was|were|remains)\s+(.*)", rest)
        if being and says(" ".join(being[1].split()[:4]), "plan", clause.tongue):
            return True
        return says(" ".join(clause.text[end:].split()[:6]), "lesser", clause.tongue)

    def _ahead(self, start: int, end: int) -> bool:
        """Whether a decision without a verb that takes it is said to lie ahead."""
        clause = self.clause
        return (self._conditional() or self._unreal(start)
                or clause.says("plan") or clause.says("negation"))

    def _conditional(self) -> bool:
        """A condition anywhere in the sentence."""
        sentence = self.text.sentences[self.clause.sentence]
        folded = self.text.folded
        words = folded.text[folded.at(sentence.start) : folded.at(sentence.end)]
        return says(words, "condition", self.clause.tongue)

    def _somebody_else(self, start: int, end: int) -> bool:
        """Whether the decision is a supplier's, a state's, a partner's, or a stranger's."""
        named = [(self.text.folded.at(s.start) - self.clause.start,
                  self.text.folded.at(s.end) - self.clause.start) for s in self.owned]
        for pattern in patterns("third", self.clause.tongue):
            for hit in pattern.finditer(self.clause.text):
                if not any(low <= hit.start() and hit.end() <= high for low, high in named):
                    return True
        return self._stranger(start, named)

    def _stranger(self, start: int, named: Sequence[tuple[int, int]]) -> bool:
        """A capitalised subject where the clause itself names none of the register's projects."""
        if any(0 <= low < len(self.clause.text) for low, _ in named):
            return False
        low = self.clause.start
        span = self.text.folded.span(low, low + start)
        words = self.text.body[span.start : span.end]
        common = plain_words("subject")
        return any(fold(word).text not in common for word in _CAPITAL.findall(words))


@cache
def cue_patterns(role: str, tongue: str, event: str) -> tuple[re.Pattern[str], ...]:
    """The patterns of one event in one role."""
    return tuple(compiled(one) for row in rows("cues") if row["role"] == role
                 and row["language"] == tongue and row["event"] == event
                 for one in row["patterns"].split(";"))


def dated(clause: Clause, text: Text, span: Span, found: Sequence[Dated], told: date,
          aged: str) -> str:
    """A decision 'announced for 2026' lies ahead: its own date says so."""
    end = text.folded.at(span.end)
    steps = [pattern for event in ("construction_start", "operation")
             for pattern in cue_patterns("topic", clause.tongue, event)]
    for one in found:
        place = text.folded.at(one.span.start)
        if end <= place < clause.end and one.when.first > told:
            between = text.folded.text[end:place]
            if not any(step.search(between) for step in steps):
                return "planned"
    return aged


def _joins(between: str, clause: Clause) -> bool:
    """Whether verb and decision belong together: 'taken the long-awaited FID', not 'to reach'."""
    if clause.tongue in ("zh", "ar"):
        return len(between) <= 12
    if clause.tongue in ("de", "sv"):
        return len(between.split()) <= 8
    return len(between.split()) <= 4 and not _LINKS.search(between)


def _outermost(topics: Cues, words: str) -> list[tuple[int, int]]:
    """Places of the topic, the longest wording of each."""
    hits = sorted({hit.span() for _, pattern in topics for hit in pattern.finditer(words)},
                  key=lambda s: (s[0], -s[1]))
    kept: list[tuple[int, int]] = []
    for start, end in hits:
        if not kept or start >= kept[-1][1]:
            kept.append((start, end))
    return kept
