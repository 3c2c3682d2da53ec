"""What a text says has happened, by lists of cue words (cues.csv) and rules of tense and doubt.

A cue asserts its event only where nothing near it denies, plans or doubts it. The rules for the
final investment decision are stricter still: see `investment`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache

from groundbreak.proposing import investment
from groundbreak.proposing.amounts import amounts
from groundbreak.proposing.clauses import Clause, clauses, patterns, tongue_of
from groundbreak.proposing.dates import Dated, dates, next_year
from groundbreak.proposing.text import Span, Text
from groundbreak.proposing.words import compiled, rows

NEAR = 60  # characters between two words that tell an event together
OLD = timedelta(days=400)  # what happened longer before the text is told as history
# Decisions about the project itself: 'will suspend' is the decision, only doubt takes it back.
_DECIDED = frozenset({"cancellation", "pause", "resumption", "delay", "capacity_change", "closure",
                      "award_withdrawn"})
_ROLES = ("topic", "verb", "done")
_PLANNABLE = ("fid", "financial_close", "construction_start", "operation", "permit")


@dataclass(frozen=True)
class Said:
    """One thing a text says: an event with its place. `stance`: done, planned, old, doubtful."""

    event: str
    span: Span
    sentence: int
    stance: str
    weight: int
    when: Dated | None = None
    note: str = ""


@cache
def weights() -> dict[str, int]:
    """How much an event decides what a text is about."""
    return {row["event"]: int(row["weight"]) for row in rows("event_facts") if row["weight"]}


@cache
def labels() -> dict[str, str]:
    """Event → words for people."""
    return {row["event"]: row["label"] for row in rows("event_facts") if row["label"]}


@cache
def cues(role: str, tongue: str, event: str | None = None) -> investment.Cues:
    """(event, pattern) of one role in one language."""
    return tuple((row["event"], compiled(one)) for row in rows("cues")
                 if row["role"] == role and row["language"] == tongue
                 and event in (None, row["event"]) for one in row["patterns"].split(";"))


def events(text: Text, told: date, owned: Sequence[Span] = ()) -> tuple[Said, ...]:
    """Everything a text says, in order of place. `owned`: where it names projects."""
    found = dates(text, told)
    parts = clauses(text)
    said = [one for clause in parts for one in _in_clause(text, clause, found, told)]
    said += [one for clause in parts for one in _paired(text, clause, found, told)]
    said += list(_resized(text, told))
    said += investment_said(text, parts, found, told, owned)
    said += list(_planned(text, parts, found, told))
    said += list(_moved(text, parts, found, told))
    return tuple(sorted(_longest(said), key=lambda one: one.span.start))


def _in_clause(text: Text, clause: Clause, found: Sequence[Dated], told: date) -> Iterator[Said]:
    for event, pattern in cues("done", clause.tongue):
        if event == "fid":
            continue
        for hit in pattern.finditer(clause.text):
            span = text.folded.span(clause.start + hit.start(), clause.start + hit.end())
            event_here = _kind_of_deal(text, clause) if event == "offtake" else event
            if event_here is None or _denied_within(clause, hit):
                continue
            when = _date_of(text, clause, span, found, told)
            stance = _stance(event_here, clause, hit.start(), when, told)
            yield Said(event_here, span, clause.sentence, stance, _weight(event_here, clause),
                       when if stance == "done" else None)


def _paired(text: Text, clause: Clause, found: Sequence[Dated], told: date) -> Iterator[Said]:
    """Events told by two words in either order: 'exits its project', 'project ... abandoned'."""
    for event, ones, others, unless in pairs(clause.tongue):
        if any(pattern.search(clause.text) for pattern in unless):
            continue
        hit = _nearest_pair(clause.text, ones, others)
        event_here = _kind_of_deal(text, clause) if event == "offtake" else event
        if hit is None or event_here is None or clause.says("negation", *hit):
            continue
        span = text.folded.span(clause.start + hit[0], clause.start + hit[1])
        when = _date_of(text, clause, span, found, told)
        stance = _stance(event_here, clause, hit[0], when, told)
        if stance == "done" and event not in _DECIDED and clause.near_before("plan", hit[1], 8):
            stance = "planned"
        less = 16 if event == "announcement" else 2
        yield Said(event_here, span, clause.sentence, stance, _weight(event_here, clause) - less,
                   when if stance == "done" else None)


def _denied_within(clause: Clause, hit: re.Match[str]) -> bool:
    """Whether a denial stands in the gap of a pattern: 'nimmt den Bau nicht wieder auf'."""
    return any(denial[0] not in hit.re.pattern for pattern in patterns("negation", clause.tongue)
               for denial in pattern.finditer(hit[0]))


Patterns = tuple[re.Pattern[str], ...]


@cache
def pairs(tongue: str) -> tuple[tuple[str, Patterns, Patterns, Patterns], ...]:
    """(event, one word's patterns, the other's, and what rules the event out)."""
    def made(words: str) -> Patterns:
        return tuple(compiled(one) for one in words.split(";"))

    return tuple((row["event"], made(row["one"]), made(row["other"]), made(row["unless"]))
                 for row in rows("pairs") if row["language"] == tongue)


def _nearest_pair(words: str, ones: Patterns, others: Patterns) -> tuple[int, int] | None:
    """The closest two different words of the lists, no further apart than NEAR characters."""
    first = [hit.span() for pattern in ones for hit in pattern.finditer(words)]
    second = [hit.span() for pattern in others for hit in pattern.finditer(words)]
    near = [(max(a[0], b[0]) - min(a[1], b[1]), min(a[0], b[0]), max(a[1], b[1]))
            for a in first for b in second if a[1] <= b[0] or b[1] <= a[0]]
    best = min(near, default=None)
    return best[1:] if best and best[0] <= NEAR else None


def _weight(event: str, clause: Clause) -> int:
    """An event told by the way, or far down, is less likely what the text is about."""
    return weights()[event] - (30 if clause.subordinate else 0) - min(3 * clause.sentence, 12)


def _stance(event: str, clause: Clause, start: int, when: Dated | None, told: date) -> str:
    if clause.near_before("negation", start, 4):
        return "denied"
    if event == "announcement":
        return "done"
    if event in _DECIDED:
        doubt = clause.near_before("doubt", start, 6)
        return "doubtful" if doubt else _aged(when, told)
    if clause.near_before("plan", start, 5) or clause.near_before("condition", start, 5):
        return "planned"
    if when is not None and when.when.first > told:
        return "planned"
    return _aged(when, told)


def _aged(when: Dated | None, told: date) -> str:
    return "old" if when is not None and when.when.last < told - OLD else "done"


def _date_of(text: Text, clause: Clause, span: Span, found: Sequence[Dated], told: date
             ) -> Dated | None:
    """The date nearest to a cue in its clause that is not ahead of the text."""
    low, high = text.folded.origin[clause.start], text.folded.origin[clause.end]
    past = [d for d in found if low <= d.span.start < high and d.when.first <= told]
    return min(past, key=lambda d: abs(d.span.start - span.start), default=None)


@cache
def _deal_words(kind: str) -> tuple[re.Pattern[str], ...]:
    return tuple(compiled(one) for row in rows("offtake_words") if row["kind"] == kind
                 for one in row["patterns"].split(";"))


def deal_says(words: str, kind: str) -> bool:
    """Whether folded words hold a word of one of the offtake lists."""
    return any(pattern.search(words) for pattern in _deal_words(kind))


def _kind_of_deal(text: Text, clause: Clause) -> str | None:
    """Which kind of offtake a sentence tells of; None where it is no sale of the product."""
    sentence = text.sentences[clause.sentence]
    last = text.sentences[min(clause.sentence + 1, len(text.sentences) - 1)]
    words = text.folded.text[text.folded.at(sentence.start) : text.folded.at(sentence.end)]
    both = text.folded.text[text.folded.at(sentence.start) : text.folded.at(last.end)]
    if deal_says(words, "other") or not deal_says(both, "sale"):
        return None
    for kind in ("mou", "conditional", "binding"):
        if deal_says(words, kind):
            return f"offtake_{kind}"
    return "offtake"


# -- the final investment decision -----------------------------------------------------------------
def investment_said(text: Text, parts: Sequence[Clause], found: Sequence[Dated], told: date,
                    owned: Sequence[Span]) -> list[Said]:
    """Decisions taken and decisions ahead."""
    tongue = tongue_of(text)
    held = [investment.Clue(clause, text, owned) for clause in parts]
    said = []
    for clue in held:
        for place, end, stance in clue.read(*(cues(r, tongue, "fid") for r in _ROLES)):
            span = text.folded.span(clue.clause.start + place, clue.clause.start + end)
            when = _date_of(text, clue.clause, span, found, told)
            if stance == "done":
                stance = investment.dated(clue.clause, text, span, found, told, _aged(when, told))
            said.append(_decision(span, clue.clause, stance, when))
    return said


def pending(text: Text, said: Sequence[Said], mine: Callable[[Span], bool]) -> tuple[Said, ...]:
    """What is said of one project: one decision pending anywhere leaves none taken.

    `mine` says whether a place speaks of the project.
    """
    if not any(mine(text.folded.span(*hit.span())) for p in patterns("pending", tongue_of(text))
               for hit in p.finditer(text.folded.text)):
        return tuple(said)
    return tuple(replace(one, event="fid_planned", stance="done", when=None,
                         weight=weights()["fid_planned"])
                 if one.event == "fid" and one.stance == "done" else one for one in said)


def _decision(span: Span, clause: Clause, stance: str, when: Dated | None) -> Said:
    if stance == "planned":
        return Said("fid_planned", span, clause.sentence, "done", _weight("fid_planned", clause))
    return Said("fid", span, clause.sentence, stance, _weight("fid", clause),
                when if stance == "done" else None)


# -- what lies ahead -------------------------------------------------------------------------------
def _planned(text: Text, parts: Sequence[Clause], found: Sequence[Dated], told: date
             ) -> Iterator[Said]:
    """Each date ahead with the step it stands beside."""
    for dated in found:
        clause = _holding(text, parts, dated.span)
        if clause is None or superseded(text, clause, dated) or _only_until(text, clause, dated):
            continue
        ahead = _read_forward(text, clause, dated)
        if ahead.when.last <= told or (ahead.when.first <= told and _refused(text, clause, dated)):
            continue
        if step := _step_beside(text, parts, clause, dated):
            event, span = step
            yield Said(f"{event}_planned", span, clause.sentence, "done",
                       _weight(f"{event}_planned", clause), ahead)


def _refused(text: Text, clause: Clause, dated: Dated) -> bool:
    """'did not take it in 2023': a date of what was not done is no plan."""
    place = text.folded.at(dated.span.start) - clause.start
    return clause.says("negation", 0, place) and not clause.says("plan", 0, place)


def _read_forward(text: Text, clause: Clause, dated: Dated) -> Dated:
    """A month without its year lies ahead where the clause plans."""
    place = text.folded.at(dated.span.start) - clause.start
    return next_year(dated) if dated.bare and clause.says("plan", 0, place) else dated


def _holding(text: Text, parts: Sequence[Clause], span: Span) -> Clause | None:
    place = text.folded.at(span.start)
    return next((c for c in parts if c.start <= place < c.end), None)


def superseded(text: Text, clause: Clause, dated: Dated) -> bool:
    """Whether a date is the one given up: 'instead of 2026', 'nicht mehr 2026'."""
    if dated.note.startswith(("before", "until")):
        return False  # 'not before 2028' is the new date
    begin = text.folded.at(text.sentences[clause.sentence].start)
    before = text.folded.text[begin : text.folded.at(dated.span.start)].split()[-7:]
    after = text.folded.at(dated.span.end) - clause.start
    denied = re.search(r"(?<!\w)(?:and not|och inte|og ikke|und nicht|et non|y no|e nao)(?!\w)",
                       " ".join(before))
    place = text.folded.at(dated.span.start) - clause.start
    first_planned = r"\s*(?:as|wie)\s+(?:first|originally|previously|ursprunglich|geplant)"
    return (denied is not None or clause.near_before("instead", place, 4)
            or re.match(first_planned, clause.text[after:]) is not None)


def _step_beside(text: Text, parts: Sequence[Clause], clause: Clause, dated: Dated
                 ) -> tuple[str, Span] | None:
    """The step nearest to a date: in its clause, else in its sentence; 'from 2027' runs."""
    place = text.folded.at(dated.span.start)
    same = [c for c in parts if c.sentence == clause.sentence]
    for group in ([clause], same):
        hits = [hit for hit in _steps(group, dated, text) if not _begun(group, hit[0])]
        if hits:
            event, start, end = min(hits, key=lambda hit: _distance(text, hit[1], hit[2], place))
            return event, text.folded.span(start, end)
    begun = text.folded.text[max(0, place - 12) : place]
    if re.search(r"(?<!\w)(?:from|ab|des|a partir de|desde|fra|fran)\s+(?:\w+\s+)?$", begun):
        return "operation", dated.span
    return None


def _only_until(text: Text, clause: Clause, dated: Dated) -> bool:
    """'supply until 2044' is no step; 'will not start until 2028' is."""
    place = text.folded.at(dated.span.start) - clause.start
    return dated.note.startswith("until") and not clause.near_before("negation", place, 6)


def _begun(group: Iterable[Clause], event: str) -> bool:
    """Whether the clauses say that a step was taken, so that no date ahead is its own."""
    return any(not c.near_before("negation", hit.start(), 4) and not c.near_before(
        "plan", hit.start(), 5) for c in group if event in ("construction_start", "financial_close")
        for _, pattern in cues("done", c.tongue, event) for hit in pattern.finditer(c.text))


def _distance(text: Text, start: int, end: int, place: int) -> int:
    """A step before its date is nearer than one after it, and a comma parts them."""
    low, high = (end, place) if end <= place else (place, start)
    return ((high - low) * (1 if end <= place else 3)
            + 40 * len(re.findall(r",\s", text.folded.text[low:high])))


def step_in_sentence(text: Text, one: Said) -> str:
    """The step that the sentence of an event names nearest to it, or ''."""
    place = text.folded.at(one.span.start)
    hits = [(abs(c.start + hit.start() - place), event)
            for c in clauses(text) if c.sentence == one.sentence for event in _PLANNABLE
            for _, pattern in cues("topic", c.tongue, event) for hit in pattern.finditer(c.text)]
    return min(hits)[1] if hits else ""


def given_up(text: Text, dated: Dated) -> bool:
    """Whether a date is one that no longer stands."""
    clause = _holding(text, clauses(text), dated.span)
    return clause is not None and superseded(text, clause, dated)


def _steps(group: Iterable[Clause], dated: Dated, text: Text) -> Iterator[tuple[str, int, int]]:
    own = (text.folded.at(dated.span.start), text.folded.at(dated.span.end))
    for clause in group:
        for event in _PLANNABLE:
            for role in ("topic", "decide") if event == "fid" else ("topic",):
                for _, pattern in cues(role, clause.tongue, event):
                    for hit in pattern.finditer(clause.text):
                        start, end = clause.start + hit.start(), clause.start + hit.end()
                        if end <= own[0] or start >= own[1]:
                            yield event, start, end


def _resized(text: Text, told: date) -> Iterator[Said]:
    """'2.7 Mt a year instead of 1.5': a size told beside the one it replaces."""
    for amount in amounts(text):
        number = text.sentence_at(amount.span.start)
        end = text.folded.at(text.sentences[number].end)
        after = text.folded.text[text.folded.at(amount.span.end) : end]
        if _INSTEAD_OF_SIZE.search(after[:70]):
            yield Said("capacity_change", amount.span, number, "done",
                       weights()["capacity_change"] - 2 - 3 * number)


_INSTEAD_OF_SIZE = re.compile(
    r"(?:instead of|rather than|up from|down from|against|compared with|statt|gegenuber|nach zuvor|"
    r"au lieu de|contre|frente a|en lugar de|em vez de|ante|istallet for|i stallet for|mot|"
    r"i stedet for|contro)\s+(?:[a-z]+\s+){0,3}(?:\d(?!\d{3}\b)|one|two)")


def _moved(text: Text, parts: Sequence[Clause], found: Sequence[Dated], told: date
           ) -> Iterator[Said]:
    """'2027 instead of 2026': two dates of which the earlier is given up are a delay."""
    for number in range(len(text.sentences)):
        here = [(d, c) for d in found if (c := _holding(text, parts, d.span)) is not None
                and c.sentence == number]
        given_up = [d for d, c in here if superseded(text, c, d)]
        ahead = [d for d, c in here if d not in given_up and d.when.last > told]
        for old in given_up:
            for new in ahead:
                if old.when.last < new.when.last:
                    yield Said("delay", new.span, number, "done", weights()["delay"] - 3 * number,
                               note=f"instead of {text.quote(old.span)}")


def _longest(said: Sequence[Said]) -> Iterator[Said]:
    """Of overlapping cues the longer one counts; 'terminated the award' is no cancellation."""
    for one in said:
        size = one.span.end - one.span.start
        over = (o for o in said if o.event != one.event and not o.event.endswith("_planned")
                and not one.event.endswith("_planned")
                and o.span.start <= one.span.start and one.span.end <= o.span.end)
        if not any(o.span.end - o.span.start > size for o in over):
            yield one
