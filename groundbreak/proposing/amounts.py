"""Capacities in running words, read by `vocabulary.quantities` once their span is found.

Only what says (or plainly means) a size of the plant becomes one: an amount per period, or beside a
word for capacity. What is ambiguous ('tons') or of something else (wind farms, offtake, emissions)
does not become a capacity; it is told apart or left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from groundbreak.proposing.text import Span, Text, fold
from groundbreak.proposing.words import compiled, language, rows
from groundbreak.vocabulary.quantities import UnreadableQuantity, parse_quantity
from groundbreak.vocabulary.terms import PRODUCTS

_LIQUIDS = ("gallons", "litres", "bpd")
_AVOIDED = "avoided_claimed_t_co2_per_year"


@dataclass(frozen=True)
class Amount:
    """A size found in the text. `product` is '' where no word beside it says of what."""

    span: Span
    value: int  # whole base units
    unit: str  # t/y or kW
    product: str  # of products.csv, 'avoided' for emissions, or ''
    basis: str = ""  # what reading it takes for granted

    def field(self, product: str) -> str | None:
        """The capacity field it fills for a record whose main product is `product`, if any."""
        if self.product == "avoided":
            return _AVOIDED
        found = PRODUCTS.get(self.product or product)
        return found.capacity_field if found and found.base_unit == self.unit else None


def _words(kind: str) -> list[tuple[str, str]]:
    found = [(word, row["value"]) for row in rows("amount_words") if row["kind"] == kind
             for word in row["word"].split("|")]
    return sorted(found, key=lambda item: -len(item[0]))


def _any(kind: str) -> str:
    """An alternation; Latin words end at a word's end, others need none."""
    return "|".join(re.escape(fold(word).text).replace(r"\ ", r"\s+")
                    + (r"(?![\w])" if word[-1].isascii() and word[-1].isalnum() else "")
                    for word, _ in _words(kind))


@cache
def _value(kind: str, said: str) -> str:
    plain = " ".join(said.split())
    return next(value for word, value in _words(kind) if fold(word).text == plain)


@cache
def _amount() -> re.Pattern[str]:
    number = rf"\d+(?:[.,' ]\d{{3}})*(?:[.,]\d+)?|(?:{_any('number')})(?=\s+(?:{_any('scale')}))"
    return re.compile(
        rf"(?<![0-9a-z.,])(?P<n>{number})[\s-]*(?P<s>{_any('scale')})?[\s-]*(?:de\s+|of\s+|di\s+)?"
        rf"(?P<u>{_any('unit')})")


def amounts(text: Text) -> tuple[Amount, ...]:
    """Every size that a text states of a plant, in order."""
    return tuple(_found(text))


def unread(text: Text) -> list[Span]:
    """Sizes whose number has no one reading: '1.200,500' is grouped neither here nor there."""
    return [text.folded.span(*match.span()) for match in _amount().finditer(text.folded.text)
            if _figure(match["n"], language(text), scaled=match["s"] is not None) is None]


def _found(text: Text) -> Iterator[Amount]:
    for match in _amount().finditer(text.folded.text):
        span = text.folded.span(*match.span())
        sentence = text.sentences[text.sentence_at(span.start)]
        around = _Around(text.body[sentence.start : span.start],
                         text.body[span.end : sentence.end])
        if (amount := _read(match, span, around, language(text))) is not None:
            yield amount


@dataclass(frozen=True)
class _Around:
    """What stands before and after an amount in its sentence."""

    before: str
    after: str

    def says(self, kind: str, reach: int = 60) -> bool:
        """Whether a word of a list stands near, on either side."""
        near = fold(f"{self.before[-reach:]} {self.after[:reach]}").text
        return any(compiled(word).search(near) for word, _ in _words(kind))

    def first(self, kind: str, reach: int) -> str | None:
        """The value of the nearest word of a list: soonest after, else latest before."""
        after, before = fold(self.after[:reach]).text, fold(self.before[-reach:]).text
        hits = [(hit.start(), value) for word, value in _words(kind)
                if (hit := compiled(word).search(after))]
        if hits:
            return min(hits)[1]
        hits = [(-hit.end(), value) for word, value in _words(kind)
                for hit in compiled(word).finditer(before)]
        return min(hits)[1] if hits else None


def _read(match: re.Match[str], span: Span, around: _Around, tongue: str) -> Amount | None:
    unit = _value("unit", match["u"])
    product = around.first("product", 60) or ""
    period, basis = _period(unit, around)
    if unit == "ton" or period is None or (unit in ("MW", "GW") and product != "electrolyser"):
        return None
    if unit not in ("MW", "GW") and product == "electrolyser":
        product = ""
    if around.says("generation", 25) and unit in ("MW", "GW"):
        return None
    product = _carbon(around) if product == "co2" else product
    return _parsed(match, span, unit, period, product, basis, tongue)


def _carbon(around: _Around) -> str:
    """Whether CO2 is captured by the plant or said to be avoided."""
    return "co2_captured" if around.says("co2 captured", 90) else "avoided"


def _period(unit: str, around: _Around) -> tuple[str | None, str]:
    """The period of an amount ('' for power), or None where it is no size of a plant."""
    if unit in ("MW", "GW", "ktpa", "Mtpa", "tpa", "bpd"):
        return "", ""
    after, before = fold(around.after[:60]).text, fold(around.before[-40:]).text
    for word, value in _words("period"):
        if _beside(fold(word).text, after):
            return f"/{value}", ""
    if any(compiled(word).search(before) for word, _ in _words("before")):
        return "/y", ""
    if around.says("capacity", 40):
        return "/y", "no period told: read as a year"
    return None, ""


def _beside(word: str, after: str) -> bool:
    """Whether a period follows before the next number or clause ends."""
    clause = re.split(r"[,;:(]|\s\d", after)[0]
    edge = r"(?!\w)" if word.isascii() else ""
    lead = r"(?<!\w)" if word[0].isalnum() and word.isascii() else ""
    return re.search(lead + re.escape(word) + edge, clause) is not None


def _parsed(match: re.Match[str], span: Span, unit: str, period: str, product: str, basis: str,
            tongue: str) -> Amount | None:
    scale = int(_value("scale", match["s"])) if match["s"] else 1
    figure = _figure(match["n"], tongue, scaled=scale > 1 or unit in ("Mt", "GW", "Mtpa"))
    if figure is None:
        return None
    scaled = f"{figure * scale:.6f}".rstrip("0").rstrip(".")
    substance = "saf" if unit in _LIQUIDS and product == "saf" else None
    try:
        read = parse_quantity(f"{scaled} {unit}{period}", substance=substance, decimal_comma=False)
    except UnreadableQuantity:
        return None
    if read.low is None or read.low <= 0 or read.unit not in ("t/y", "kW"):
        return None
    notes = (basis, _grouped(match["n"], figure, tongue), read.basis or "")
    return Amount(span, round(read.low), read.unit, product if product in (*PRODUCTS, "avoided")
                  else "", "; ".join(filter(None, notes))) if product != "other" else None


def _grouped(said: str, figure: float, tongue: str) -> str:
    """What reading a decimal mark before three digits was given: '1.200 read as 1,200'."""
    single = re.fullmatch(rf"\d{{1,3}}\{_marks(tongue)[0]}\d{{3}}", said)
    return f"{said} read as {figure:,.0f}" if single and figure >= 1000 else ""


def _marks(tongue: str) -> tuple[str, str]:
    """The decimal mark of a language and the mark that groups thousands."""
    mark = next((row["decimal"] for row in rows("languages") if row["language"] == tongue), "point")
    return (",", ".") if mark == "comma" else (".", ",")


def _figure(said: str, tongue: str, scaled: bool) -> float | None:
    """A number as its language groups it; '1.650 millones' is 1650, '1.650 million' is 1.65."""
    if not said[0].isdigit():
        return float(_value("number", said))
    words = said.replace(" ", "").replace("'", "")
    point, group = _marks(tongue)
    grouped = re.fullmatch(rf"\d{{1,3}}(?:\{group}\d{{3}})+(?:\{point}\d+)?", words)
    if grouped:
        return float(words.replace(group, "").replace(point, "."))
    if re.fullmatch(rf"\d{{1,3}}(?:\{point}\d{{3}})(?:\{point}\d{{3}})+(?:\{group}\d+)?", words):
        return float(words.replace(point, "").replace(group, "."))  # no number has two points
    if not scaled and re.fullmatch(rf"\d{{1,3}}\{point}\d{{3}}", words):
        return float(words.replace(point, ""))  # no plant is sized to the gram
    plain = re.fullmatch(rf"\d+(?:\{point}\d+)?", words)
    return float(words.replace(point, ".")) if plain else None


def counted(text: Text) -> list[Span]:
    """Every number that counts something: before a scale, a unit, '%' or behind a currency."""
    return [text.folded.span(*hit.span()) for hit in _counted().finditer(text.folded.text)]


@cache
def _counted() -> re.Pattern[str]:
    number = r"\d+(?:[.,' ]\d+)*"
    return re.compile(rf"(?:(?:[$€£]|\b(?:usd|eur|gbp|aud|cad|nok|sek|dkk))\s*){number}|"
                      rf"(?<!\w){number}[\s-]*(?:%|{_any('scale')}|{_any('unit')})|\d[.,]\d+")


def product_words(text: Text) -> set[str]:
    """The products that a text names anywhere."""
    return {"co2_captured" if value == "co2" else value for word, value in _words("product")
            if compiled(word).search(text.folded.text)}


def nearest_product(text: Text) -> tuple[str, Span]:
    """The product that a text names first, with its place; '' where it names none."""
    hits = [(*hit.span(), "co2_captured" if value == "co2" else value)
            for word, value in _words("product")
            if (hit := compiled(word).search(text.folded.text)) and value != "other"]
    if not hits:
        return "", Span(0, 0)
    start, end, product = min(hits, key=lambda hit: (hit[0], -hit[1]))
    return product, text.folded.span(start, end)
