"""A project that the register does not have: its name, owner and place as the words tell them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from groundbreak.proposing.amounts import nearest_product
from groundbreak.proposing.countries import countries
from groundbreak.proposing.gazetteer import generic, keys
from groundbreak.proposing.text import Span, Text
from groundbreak.proposing.words import plain_words

_CAP = r"[A-ZÀ-Þ][\w’'&.-]*[\w]"
_NAME = rf"{_CAP}(?:\s+(?:(?:de|of|do|da|du|del|the|am|an der)\s+)?(?:{_CAP}|\d+|[IVX]+\b)){{0,4}}"
_QUOTED = rf"[\"“„«»”'‘]\s?(?P<n>{_NAME})\s?[\"”“»«'’]"
_CALLED = (r"(?:called|named|dubbed|known as|christened|genannt|namens|mit dem Namen|baptisée?|"
           r"appelée?|nommée?|denominad[oa]|llamad[oa]|chamad[oa]|denominat[oa]|chiamat[oa]|kallat|"
           r"kallas|kalt|kaldt)")
_KIND = (r"(?:project|plant|complex|hub|smelter|refinery|facility|mill|works|scheme|park|"
         r"development)")
_PROJECT = (r"(?:[Pp]roject|[Pp]rojekt|[Pp]rojet|[Pp]royecto|[Pp]rojeto|[Pp]rogetto|"
            r"[Pp]rosjekt(?:et)?)")
_WORKS = r"(?:planta|fábrica|fabrica|usine|usina|acería|impianto|stabilimento)"
_NAMED = tuple(re.compile(pattern) for pattern in (
    rf"{_CALLED},?\s+(?:the\s+)?(?:{_QUOTED}|(?P<m>{_NAME}))",
    rf"{_PROJECT},?\s+(?:{_CALLED}\s+)?(?:{_QUOTED}|(?P<m>{_NAME}))",
    rf"{_QUOTED}",
    rf"\b{_WORKS}\s+(?:[a-zà-ÿ-]+\s+){{1,4}}?(?P<m>{_NAME})\s+(?:in|en|em|à|a)\b",
    rf"\b(?:[Tt]he|[Ii]ts|[Tt]heir)\s+(?P<m>{_NAME})\s+{_KIND}\b",
))
_DAY = r"(?:Mon|Diens|Donners|Frei|Sams|Sonn)tag|Mittwoch|Sonnabend|Anfang|Ende"
_WITHIN = (rf"(?:i|am(?!\s+(?:{_DAY}))|an der|an den|ob der|vor der|in der|de la|de los|de las|"
           r"de|del|della|di|do|da|dos|das|du|la|le|les|sur|sous|upon|of|the)")
_PLACE_NAME = rf"{_CAP}(?:\s+(?:{_WITHIN}\s+)?{_CAP}){{0,4}}"
_PLACE = re.compile(rf"(?<!\w)(?:in|near|at|outside|bei|nahe|à|a|en|em|i|vid|ved|nära)\s+"
                    rf"(?:the\s+(?:port|city|town)\s+of\s+)?(?P<n>{_PLACE_NAME})")
_LEGAL_FORM = re.compile(r"\s+(?:A/S|AS|ASA|AB|AG|BV|B\.V|Co|Corp|GmbH|Inc|KG|LLC|Ltd|Limited|NV|"
                         r"N\.V|Oy|Oyj|PLC|plc|SA|S\.A|SAS|SE|SL|S\.L|SpA|S\.p\.A|Srl)\.?(?=;|$)")
_SUBJECT = re.compile(
    rf"^(?:(?:The|Die|Der|Das|Le|La|El|O|A)\s+)?(?P<n>{_NAME})(?:\s+(?:and|und|et|y|e|och)\s+"
    rf"(?P<p>{_NAME}))?,?\s+(?:(?:has|have|hat|haben|a|ont|ha|har|today|yesterday)\s+)?"
    rf"(?P<v>[a-zà-ÿ]+)")


@dataclass(frozen=True)
class Newcomer:
    """What the text tells of a new project; '' where it does not."""

    name: str
    name_span: Span
    owner: str
    owner_span: Span
    place: str
    place_span: Span
    country: str
    country_span: Span
    product: str
    product_span: Span
    named: bool  # the text names the project itself, not its owner alone

    @property
    def spans(self) -> tuple[Span, ...]:
        """Where it is named."""
        return tuple(s for s in (self.name_span, self.owner_span, self.place_span) if s.end)


_NOWHERE = Span(0, 0)


def newcomer(text: Text) -> Newcomer | None:
    """The new project a text names, or None where it names neither a project nor an owner."""
    told = countries(text)
    owner, owner_span = _owner(text)
    place, place_span = _place(text, [c.span for c in told])
    name, name_span = _name(text, owner)
    named = bool(name)
    if not name and owner:
        name, name_span = _made_name(owner, place), owner_span
    if not name:
        return None
    country = told[0] if len({c.iso3 for c in told}) == 1 else None
    product, product_span = nearest_product(text)
    return Newcomer(name, name_span, owner, owner_span, place, place_span,
                    country.iso3 if country else "", country.span if country else _NOWHERE,
                    product, product_span, named)


def _name(text: Text, owner: str) -> tuple[str, Span]:
    for pattern in _NAMED:
        for match in pattern.finditer(text.body):
            group = "m" if "m" in pattern.groupindex and match["m"] else "n"
            if _tells(match[group]) and match[group] != owner:
                return match[group], Span(*match.span(group))
    return "", _NOWHERE


def _tells(words: str) -> bool:
    """Whether words name something of their own."""
    return any(key not in generic() and key not in plain_words("no_name") for key in keys(words))


def _owner(text: Text) -> tuple[str, Span]:
    """The subject of the first sentence that has one."""
    for sentence in text.sentences:
        match = _SUBJECT.match(text.body[sentence.start : sentence.end])
        if match and _tells(match["n"]):
            start = sentence.start + match.start("n")
            if match["p"]:
                end = sentence.start + match.end("p")
                return f"{match['n']}; {match['p']}", Span(start, end)
            owner = re.sub(r"['’]s?$", "", match["n"])
            return owner, Span(start, start + len(owner))
    return "", _NOWHERE


def _made_name(owner: str, place: str) -> str:
    """A name for a project that has none: its owner, and its place where the owner's lacks it."""
    short = _LEGAL_FORM.sub("", owner).replace("; ", " and ")
    told = {key for word in place.split() if word[0].isupper() for key in keys(word)}
    return short if told <= set(keys(short)) else f"{short} {place}"


def _place(text: Text, taken: Iterable[Span]) -> tuple[str, Span]:
    """The first place named after a preposition that is no country, month or year."""
    blocked = list(taken)
    for match in _PLACE.finditer(text.body):
        start, end = match.span("n")
        end = min((b.start for b in blocked if start < b.start < end), default=end)
        words = re.sub(r"\s+(?:i\s+)?$", "", text.body[start:end])  # 'Narvik i [Norge]'
        free = not any(b.start <= start < b.end for b in blocked)
        named = words.split()[0].lower() not in plain_words("no_name")
        if free and named and words.split()[-1][0].isupper():
            return words, Span(start, start + len(words))
    return "", _NOWHERE
