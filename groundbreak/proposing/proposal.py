"""A proposal: what a text seems to say of one project, fact by fact, each with its place and words.

It is no claim. What could not be told stands in `open_points`, in words for people.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from groundbreak.proposing.text import Span

NOWHERE = Span(0, 0)
NEW = "new"  # in place of a record: the register has no such project yet


@dataclass(frozen=True)
class Choice:
    """A record that the text may speak of, with its score (0 to 100) and why."""

    record: str
    name: str
    score: float
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True)
class Fact:
    """One value for one field. `basis` says what reading it takes for granted, or ''."""

    field: str
    text: str | None = None
    number: float | None = None
    day: date | None = None
    precision: str | None = None
    span: Span = NOWHERE
    quote: str = ""
    basis: str = ""

    @property
    def shown(self) -> str:
        """The value as a person types it; a date says its precision."""
        if self.day is None:
            return self.text if self.number is None and self.text else f"{self.number or 0:,.0f}"
        if self.precision == "quarter":
            return f"{self.day.year}-Q{(self.day.month + 2) // 3}"
        return self.day.isoformat()[: {"year": 4, "month": 7}.get(self.precision or "", 10)]


@dataclass(frozen=True)
class Proposal:
    """What one text says of one project. `record`: a record, NEW, or None where it is open."""

    record: str | None
    name: str
    event: str  # as in event_facts.csv, '' where none was told
    label: str
    quote: str
    span: Span
    facts: tuple[Fact, ...] = ()
    candidates: tuple[Choice, ...] = ()
    open_points: tuple[str, ...] = ()
    also: tuple[str, ...] = ()  # what else the text says, for which nothing is proposed
    standing: tuple[str, ...] = ()  # what it says that the register holds already

    @property
    def summary(self) -> str:
        """One line for a list."""
        who = self.name or "project open"
        new = " (new)" if self.record == NEW else ""
        dates = [f"{f.field.removesuffix('_date').replace('_', ' ')} {f.shown}" for f in self.facts
                 if f.day is not None]
        return f"{who}{new}: " + "; ".join([self.label or "event open", *dates[:2]])


def to_json(proposal: Proposal) -> dict[str, Any]:
    """The proposal as JSON knows it."""
    body = asdict(proposal)
    for fact in body["facts"]:
        fact["day"] = fact["day"].isoformat() if fact["day"] else None
    return body


def from_json(body: Mapping[str, Any]) -> Proposal:
    """A proposal as :func:`to_json` wrote it."""
    facts = tuple(Fact(**{**fact, "span": Span(**fact["span"]), "day": date.fromisoformat(
        fact["day"]) if fact["day"] else None}) for fact in body["facts"])
    choices = tuple(Choice(**{**c, "reasons": tuple(c["reasons"])}) for c in body["candidates"])
    return Proposal(**{**body, "span": Span(**body["span"]), "facts": facts, "candidates": choices,
                       "open_points": tuple(body["open_points"]), "also": tuple(body["also"]),
                       "standing": tuple(body["standing"])})
