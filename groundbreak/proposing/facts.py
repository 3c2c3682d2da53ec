"""Which values an event gives which fields (event_facts.csv), and what stays open."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache

from groundbreak.proposing.amounts import Amount, amounts, unread
from groundbreak.proposing.clauses import clauses
from groundbreak.proposing.dates import Dated, dates
from groundbreak.proposing.events import OLD, Said, deal_says, given_up, step_in_sentence
from groundbreak.proposing.newcomer import Newcomer
from groundbreak.proposing.proposal import Fact
from groundbreak.proposing.text import Span, Text
from groundbreak.proposing.words import compiled, rows
from groundbreak.vocabulary.terms import PRODUCTS, STAGES, stage_range

_SIZED = frozenset({"announcement", "fid", "capacity_change", "operation", "construction_start",
                    "permit", "financial_close"})
_REASONED = frozenset({"cancellation", "pause", "closure", "award_withdrawn"})
_UNSAID = "day not told: the month of the text"


@dataclass(frozen=True)
class Subject:
    """Whom the facts are about: a record with what the register holds of it, or a newcomer."""

    record: str | None
    held: Mapping[str, object]
    fresh: Newcomer | None = None

    @property
    def product(self) -> str:
        """Its main product."""
        return self.fresh.product if self.fresh else str(self.held.get("product") or "")


@dataclass(frozen=True)
class Told:
    """Facts, the points left open, and what the register says already."""

    facts: tuple[Fact, ...]
    open_points: tuple[str, ...]
    standing: tuple[str, ...]


def facts_of(text: Text, told: date, main: Said | None, said: Sequence[Said], subject: Subject,
             mine: Callable[[Span], bool] = lambda span: True) -> Told:
    """The facts that a text states of one subject, and the points it leaves open.

    `mine` says whether a place of the text speaks of this subject, where it speaks of several.
    """
    made = _Facts(text, told, subject, mine)
    if subject.fresh is not None:
        made.introduce(subject.fresh)
    if main is not None:
        made.event(_with_date(main, said))
        made.ahead([one for one in said if one.event.endswith("_planned") and one.when], main)
        if main.event in _REASONED:
            made.reason(main)
        if main.event in _SIZED or subject.fresh:
            made.size(main)
    return Told(tuple(made.facts), tuple(dict.fromkeys(made.points)), tuple(made.standing))


@cache
def _given() -> Mapping[str, tuple[tuple[str, str], ...]]:
    """Event → (field, value) rows."""
    found: dict[str, list[tuple[str, str]]] = {}
    for row in rows("event_facts"):
        if row["field"]:
            found.setdefault(row["event"], []).append((row["field"], row["value"]))
    return {event: tuple(pairs) for event, pairs in found.items()}


class _Facts:
    """Collects facts and open points."""

    def __init__(self, text: Text, told: date, subject: Subject, mine: Callable[[Span], bool]
                 ) -> None:
        self.text, self.told, self.subject, self.mine = text, told, subject, mine
        self.facts: list[Fact] = []
        self.points: list[str] = []
        self.standing: list[str] = []

    def add(self, fact: Fact) -> None:
        """Keep a fact with the words around it, unless its field is taken or holds it already."""
        if any(f.field == fact.field for f in self.facts):
            return
        span = self.text.sentences[self.text.sentence_at(fact.span.start)]
        quoted = replace(fact, quote=self.text.quote(span))
        held = self.subject.held.get(fact.field)
        if held is not None and _same(held, fact):
            self.standing.append(f"{fact.field} {fact.shown}")
            return
        self.facts.append(quoted)

    def introduce(self, fresh: Newcomer) -> None:
        """What a new record needs, as far as told."""
        told = (("name", fresh.name, fresh.name_span), ("owners", fresh.owner, fresh.owner_span),
                ("country", fresh.country, fresh.country_span),
                ("place", fresh.place, fresh.place_span))
        for name, words, span in told:
            if words:
                self.add(Fact(name, text=words, span=span))
            else:
                self.points.append(f"{name} is not told")
        if fresh.product in PRODUCTS:
            sector = PRODUCTS[fresh.product].default_sector
            self.add(Fact("product", text=fresh.product, span=fresh.product_span))
            self.add(Fact("sector", text=sector, span=fresh.product_span,
                          basis="the product's usual sector"))
            self._route(fresh.product)
        else:
            self.points.append("product is not told")

    def _route(self, product: str) -> None:
        """What 'green' or 'blue' means of a product; open where both or neither is said."""
        found = {row["route"]: self.text.folded.span(*hit.span()) for row in rows("route_words")
                 if product in row["products"].split() for pattern in row["patterns"].split(";")
                 if (hit := compiled(pattern).search(self.text.folded.text))}
        if len(found) == 1:
            ((route, span),) = found.items()
            self.add(Fact("route", text=route, span=span,
                          basis=f"what {self.text.quote(span)!r} means"))
        elif found or any(product in row["products"].split() for row in rows("route_words")):
            self.points.append(f"route is {'told in two ways' if found else 'not told'}")

    def event(self, main: Said) -> None:
        """The fields of what happened."""
        for name, value in _given().get(main.event, ()):
            if value == "date":
                self._happened(name, main)
            elif name == "stage":
                self._stage(value, main)
            elif name.startswith("gate_"):
                self._gate(name, float(value), main)
            else:
                self.add(Fact(name, text=value, span=main.span))
        if main.event == "offtake_binding":
            self._binding(main)
        if main.event == "offtake":
            self.points.append("whether the offtake binds is not told: set offtake_mou_actual_date "
                               "or offtake_binding_actual_date")
        if main.event == "announcement" and self.subject.fresh:
            self.add(Fact("stage", text="announced", span=main.span))
            self.add(Fact("activity", text="active", span=main.span))

    def _happened(self, name: str, main: Said) -> None:
        if main.event == "announcement" and self.subject.held.get(name) is not None:
            self.standing.append(f"{name} {self.subject.held[name]}")
            return
        when = main.when
        if when is None and self._lately(self.subject.held.get(name)):
            self.standing.append(f"{name} {self.subject.held[name]}")
        elif when is None:
            first = self.told.replace(day=1)
            self.add(Fact(name, day=first, precision="month", span=main.span, basis=_UNSAID))
        else:
            self.add(Fact(name, day=when.when.first, precision=when.when.precision, span=when.span,
                          basis=when.note))

    def _lately(self, held: object) -> bool:
        """Whether the register has that day already, from shortly before the text."""
        return isinstance(held, date) and timedelta() <= self.told - held <= OLD

    def _stage(self, stage: str, main: Said) -> None:
        """A stage is proposed forwards only."""
        held = str(self.subject.held.get("stage") or "")
        if held and STAGES[stage_range(held)[1]].rank > STAGES[stage].rank:
            self.standing.append(f"stage {held}, further than {stage}")
            return
        self.add(Fact("stage", text=stage, span=main.span))

    def _gate(self, name: str, level: float, main: Said) -> None:
        held = self.subject.held.get(name)
        if isinstance(held, int | float) and held >= level:
            self.standing.append(f"{name} {held:.0f}")
            return
        self.add(Fact(name, number=level, span=main.span))

    def _binding(self, main: Said) -> None:
        """The level that the share of the output gives; one not told is a small one."""
        own = [s for s in self.text.sentences if self.mine(Span(s.start, s.start + 1))]
        words = " ".join(map(self._folded, [self.text.sentences[main.sentence], *own]))
        share = share_sold(words)
        if share is None:
            self.points.append("share of the output is not told: gate_offtake 3 needs half of it")
        self._gate("gate_offtake", offtake_level(share or 0.0), main)

    def ahead(self, planned: Sequence[Said], main: Said) -> None:
        """Planned dates; of two for one step the one told with the event, or the later."""
        order = sorted(planned, key=lambda one: (one.sentence != main.sentence, -_ends(one.when)))
        for one in order:
            if one.when is not None:
                self.add(Fact(f"{one.event}_date", day=one.when.when.first,
                              precision=one.when.when.precision, span=one.when.span,
                              basis=one.when.note))
        steps = [one.event for one in order]
        if main.event == "delay" and not steps and self._moved(main):
            return
        if main.event == "fid_planned" and "fid_planned" not in steps:
            self.points.append("when the decision is to be taken is not told")
        if main.event == "delay" and not steps:
            self.points.append("the new date is not told" if not self._dates() else
                               "of which step the new date is, is not told: "
                               + ", ".join(self.text.quote(d.span) for d in self._dates()))

    def _moved(self, main: Said) -> bool:
        """The one date ahead belongs to the step that the words of the delay name."""
        step, ahead = step_in_sentence(self.text, main), self._dates()
        if step and len(ahead) == 1:
            when = ahead[0]
            self.add(Fact(f"{step}_planned_date", day=when.when.first, span=when.span,
                          precision=when.when.precision, basis=when.note))
        return bool(step) and len(ahead) == 1

    def _dates(self) -> list[Dated]:
        return [d for d in dates(self.text, self.told)
                if d.when.last > self.told and self.mine(d.span) and not given_up(self.text, d)]

    def reason(self, main: Said) -> None:
        """Why it stopped, where words near the event say so."""
        found = list(self._reasons(main))
        if not found:
            self.points.append("why is not told")
        elif main.event in ("cancellation", "pause"):
            _, reason, span = min(found)
            self.add(Fact("stop_reason", text=reason, span=span))

    def _reasons(self, main: Said) -> Iterator[tuple[int, str, Span]]:
        for number in range(main.sentence, min(main.sentence + 3, len(self.text.sentences))):
            start = self.text.folded.at(self.text.sentences[number].start)
            words = self._folded(self.text.sentences[number])
            for row in rows("stop_reason_words"):
                for pattern in row["patterns"].split(";"):
                    for hit in compiled(pattern).finditer(words):
                        span = self.text.folded.span(start + hit.start(), start + hit.end())
                        if self.mine(span) and (span.start >= main.span.end
                                                or number > main.sentence):
                            yield abs(span.start - main.span.start), row["reason"], span

    def _folded(self, span: Span) -> str:
        folded = self.text.folded
        return folded.text[folded.at(span.start) : folded.at(span.end)]

    def size(self, main: Said) -> None:
        """Capacities: one a field, of a changed one the new."""
        found = [a for a in amounts(self.text)
                 if self.mine(a.span) and not self._sold(a) and not self._given_up(a)]
        if main.event == "capacity_change":
            found = [a for a in found if self.text.sentence_at(a.span.start) == main.sentence
                     ] or found
        for amount in found:
            name = amount.field(self.subject.product)
            if name is None or (not amount.product and self.subject.product == "saf"):
                self.points.append(f"of what {self.text.quote(amount.span)!r} is, is not told")
                continue
            self.add(Fact(name, number=float(amount.value), span=amount.span, basis=amount.basis))
        self.points += [f"{self.text.quote(span)!r} has more than one reading"
                        for span in unread(self.text) if self.mine(span)]
        if main.event == "capacity_change" and not found:
            self.points.append("the new capacity is not told")

    def _sold(self, amount: Amount) -> bool:
        """An amount in a sentence about a sale is the sale's, unless it is called a capacity."""
        words = self._folded(self.text.sentences[self.text.sentence_at(amount.span.start)])
        return deal_says(words, "binding") and deal_says(words, "sale") and "capacity" not in words

    def _given_up(self, amount: Amount) -> bool:
        """'instead of 600,000 t', 'from 600,000 t to 750,000 t'."""
        place = self.text.folded.at(amount.span.start)
        after = self.text.folded.text[self.text.folded.at(amount.span.end) :][:50]
        if self.text.folded.text[:place].endswith("from ") and re.search(r"\bto \d", after):
            return True
        return any(c.near_before("instead", place - c.start, 2) for c in clauses(self.text)
                   if c.start <= place < c.end)


def share_sold(words: str) -> float | None:
    """The share of the output, in percent, that folded words say is sold; None where they do not.
    """
    if deal_says(words, "whole"):
        return 100.0
    told = [float(hit[1].replace(",", ".")) for hit in _PERCENT.finditer(words)
            if deal_says(" ".join(words[hit.end() :].split()[:5]), "product")
            and not deal_says(" ".join(words[: hit.start()].split()[-3:]), "at most")]
    return max((share for share in told if share <= 100), default=None) or (
        50.0 if deal_says(words, "most") else None)


_PERCENT = re.compile(r"(?<![\d.,])(\d{1,3}(?:[.,]\d+)?)\s*(?:%|percent|per cent|prozent|"
                      r"pour cent|por ciento|por cento|per cento|procent|prosent)")


def offtake_level(share: float) -> float:
    """The level of the offtake gate that a bound share of the output gives."""
    return max(float(row["level"]) for row in rows("offtake_levels")
               if share >= float(row["from_percent"]))


def is_news(fact: Fact, held: Mapping[str, object]) -> bool:
    """Whether a fact adds to what is held: not the same, and neither a stage nor a gate backwards.
    """
    said = held.get(fact.field)
    if said is None:
        return True
    if fact.field == "stage" and fact.text:
        return STAGES[stage_range(str(said))[1]].rank < STAGES[fact.text].rank
    if fact.field.startswith("gate_") and isinstance(said, int | float):
        return said < (fact.number or 0)
    return not _same(said, fact)


def _with_date(main: Said, said: Sequence[Said]) -> Said:
    """The event with the day that another sentence gives it."""
    when = next((one.when for one in (main, *said)
                 if one.event == main.event and one.stance == "done" and one.when), None)
    return replace(main, when=when)


def _ends(when: Dated | None) -> int:
    return when.when.last.toordinal() if when else 0


def _same(held: object, fact: Fact) -> bool:
    """Whether the register holds the same value already."""
    if fact.number is not None:
        return isinstance(held, int | float) and abs(held - fact.number) <= 0.005 * fact.number
    if fact.day is not None:
        return held == fact.day
    return held == fact.text

