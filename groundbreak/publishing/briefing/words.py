"""Texts of the briefing: translated sentences with the facts inside them, and the facts themselves.

Every text of a briefing is either one that a catalogue translates or a :class:`Fact`, which stays
as its source printed it. Where the page runs from right to left, a value inside a sentence is
isolated, so that a Latin name does not pull the punctuation around it to the wrong side.
"""

from __future__ import annotations

from typing import Any

from groundbreak.measures.gap import JOINT_ROW
from groundbreak.measures.scorecard import STOCK_LABELS
from groundbreak.vocabulary import countries
from groundbreak.vocabulary.terms import EVIDENCE_GRADES, PRODUCTS, SECTORS, STAGES
from groundbreak.vocabulary.translating import gettext, ngettext, noop, number, right_to_left

OPEN, CLOSE = "\u2068", "\u2069"  # first strong isolate … pop
UNITS = (noop("Mt/y"), noop("kt/y"), noop("t/y"), noop("GW"), noop("MW"), noop("kW"))
_STEPS = {"t/y": ((10**6, "Mt/y"), (10**3, "kt/y")), "kW": ((10**6, "GW"), (10**3, "MW"))}
LABELS = {**STOCK_LABELS, "stopped": noop("Stopped (kind not told)"), "merged": noop("Merged"),
          "signalled": noop("Signalled"), "no_stage": noop("No stage stated")}
JOINED = {"chemicals_shipping": noop("Chemicals + shipping"), "all": noop("All sectors")}
assert set(JOINT_ROW.values()) <= set(JOINED)


class Fact(str):
    """A text that no catalogue translates: a name, a place, a publisher, a licence, an address."""

    __slots__ = ()


def say(text: str, **values: Any) -> str:
    """`text` in the language in force, with `values` in its {places}."""
    return gettext(text).format_map({name: _inside(value) for name, value in values.items()})


def counted(one: str, many: str, count: int, **values: Any) -> str:
    """The form of a text that goes with `count`, which is {n} in it."""
    told = {name: _inside(value) for name, value in values.items()}
    return ngettext(one, many, count).format_map({"n": number(count), **told})


def _inside(value: Any) -> str:
    text = number(value) if isinstance(value, int | float) else str(value)
    return f"{OPEN}{text}{CLOSE}" if right_to_left() and text else text


def isolated(document: Any) -> Any:
    """A document for a page from right to left: every fact that stands alone is isolated too."""
    if isinstance(document, dict):
        return {name: value if name in ("svg", "link") else isolated(value)
                for name, value in document.items()}
    if isinstance(document, list):
        return [isolated(value) for value in document]
    return Fact(_inside(document)) if isinstance(document, Fact) else document


def capital(text: str) -> str:
    """The text with its first letter large, as the head of a column."""
    return text[:1].upper() + text[1:]


def joined(*parts: str) -> str:
    """Parts of a line, parted by a raised dot; empty ones left out."""
    return " · ".join(_inside(part) if isinstance(part, Fact) else part for part in parts if part)


def emphasised(text: str, **values: int) -> list[dict[str, Any]]:
    """A sentence in pieces, so that its numbers can be set apart: text, strong."""
    marks = {name: f"\x00{number(value)}\x00" for name, value in values.items()}
    pieces = gettext(text).format_map(marks).split("\x00")
    return [{"text": piece, "strong": bool(place % 2)}
            for place, piece in enumerate(pieces) if piece]


# -- words of the vocabulary -----------------------------------------------------------------------
def sector(name: str | None) -> str:
    """What a sector, or a row of two with one milestone, is called."""
    if name in JOINED:
        return gettext(JOINED[name])
    return gettext(SECTORS[name].label) if name in SECTORS else gettext(noop("Not stated"))


def label(name: str | None) -> str:
    """What a public label is called."""
    return gettext(LABELS.get(name or "no_stage", name or ""))


def product(name: str | None) -> str:
    """What a product is called."""
    return gettext(PRODUCTS[name].label) if name in PRODUCTS else ""


def stage(text: str | None) -> str:
    """'feasibility..feed' → 'Feasibility – FEED / permitting'."""
    if not text:
        return gettext("not stated")
    low, _dots, high = text.partition("..")
    known = [gettext(STAGES[name].label) for name in (low, high) if name in STAGES]
    return " – ".join(known) or Fact(text)


def country(codes: str | None) -> str:
    """'DEU;NLD' → 'Germany, Netherlands'."""
    return ", ".join(gettext(countries.name(code)) for code in (codes or "").split(";") if code)


def grade(value: int | None) -> str:
    """What kind of source a grade of evidence stands for."""
    known = EVIDENCE_GRADES.get(str(value))
    return gettext(known.label) if known else ""


def size(amount: float | None, unit: str) -> str:
    """Base units in a unit that reads well: 1500000 t/y → 1.5 Mt/y."""
    if amount is None:
        return ""
    for least, name in _STEPS.get(unit, ()):
        if abs(amount) >= least:
            return f"{_short(amount / least)} {gettext(name)}"
    return f"{number(round(amount))} {gettext(unit) if unit in UNITS else unit}"


def _short(value: float) -> str:
    """Three digits that count, without trailing zeros."""
    decimals = max(0, 2 - len(str(int(abs(value)))) + 1)
    text = number(value, decimals)
    return text.rstrip("0").rstrip(".,") if decimals else text
