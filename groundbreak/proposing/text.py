"""A text to read: a page or pasted words cleaned to one plain body, in which positions count.

Nothing in the page is run or fetched. What a reader does not see (scripts, styles, menus, control
and direction characters) is dropped before anything is read.
"""

from __future__ import annotations

import bisect
import codecs
import hashlib
import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property
from html.parser import HTMLParser
from itertools import pairwise

MAX_BYTES = 5 * 2**20
MAX_CHARACTERS = 100_000
ACCEPTED = "plain text or a saved HTML page, UTF-8 or with its encoding declared"

_DROPPED = frozenset({
    "script", "style", "nav", "footer", "aside", "form", "noscript", "svg", "template", "iframe",
    "button", "select", "head", "object", "dialog",
})
_BLOCKS = frozenset({
    "p", "div", "br", "li", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "tr", "td", "th",
    "table", "section", "article", "header", "main", "blockquote", "figcaption", "hr", "dd", "dt",
})
_VOID = frozenset({"br", "hr", "img", "input", "link", "meta", "wbr", "source", "col", "area"})
_META_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset=[\"']?([A-Za-z0-9_.:-]{2,40})", re.I)
_LOOKS_HTML = re.compile(r"<(?:!doctype html|html|head|body|article|p|div|h1)\b", re.I)
_ABBREVIATED = re.compile(
    r"(?:\b(?:[A-Z]|St|Ste|Mr|Mrs|Ms|Dr|No|Nr|ca|approx|Co|Corp|Inc|Ltd|vs|bzw|rd|Mio|Mrd|Jan|Feb|"
    r"Mar|Apr|Jun|Jul|Aug|Sep|Sept|Oct|Nov|Dec|inkl|kl|m|z\.B|i\.e|e\.g|U\.S|p|v|R))\.$"
)
_ENDS = re.compile(r"[.!?…]+[\"'”’»)\]]*(?=\s)|[。！？؟]+[”」』]*|\n")


class UnreadableText(ValueError):
    """What was given is no text that can be read; the message says what would be."""


@dataclass(frozen=True)
class Span:
    """A half-open stretch of the body, in characters."""

    start: int
    end: int

    def holds(self, position: int) -> bool:
        """Whether a position lies within."""
        return self.start <= position < self.end


@dataclass(frozen=True)
class Text:
    """A cleaned body; every position in a proposal counts its characters.

    `cuts` are places where a sentence turns to another subject: one ends there and one begins.
    """

    body: str
    cuts: tuple[int, ...] = ()

    @cached_property
    def sha256(self) -> str:
        """The body's hash, by which a text is known again however it is wrapped."""
        joined = " ".join(self.body.split())
        return hashlib.sha256(joined.encode()).hexdigest()

    @cached_property
    def folded(self) -> Folded:
        """The body without case and accents."""
        return fold(self.body)

    @cached_property
    def sentences(self) -> tuple[Span, ...]:
        """Sentences in order; a line break always ends one."""
        ends, start = {*self.cuts, len(self.body)}, 0
        for mark in _ENDS.finditer(self.body):
            if mark[0][0] != "." or _ends_here(self.body, start, mark):
                start = mark.end()
                ends.add(start)
        found = [_trimmed(self.body, low, high) for low, high in pairwise(sorted({0, *ends}))]
        return tuple(span for span in found if span.start < span.end)

    def sentence_at(self, position: int) -> int:
        """The number of the sentence that holds a position (or the last one before it)."""
        held = [n for n, span in enumerate(self.sentences) if span.start <= position]
        return held[-1] if held else 0

    def quote(self, span: Span, limit: int = 200) -> str:
        """The words of a span on one line, cut at a word with '…' beyond the limit."""
        words = " ".join(self.body[span.start : span.end].split())
        if len(words) <= limit:
            return words
        cut = words[: limit - 1]
        return (cut.rsplit(" ", 1)[0] if " " in cut[limit // 2 :] else cut) + "…"


@dataclass(frozen=True)
class Folded:
    """Text in one case without accents, and where each of its characters came from."""

    text: str
    origin: tuple[int, ...]  # one longer than text

    def span(self, start: int, end: int) -> Span:
        """The stretch of the original that a stretch of the folded text stands for."""
        return Span(self.origin[start], self.origin[end - 1] + 1 if end > start else
                    self.origin[start])

    def at(self, position: int) -> int:
        """Where a position of the original stands in the folded text."""
        return bisect.bisect_left(self.origin, position)


_LETTERS = {"ø": "o", "ł": "l", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe", "ß": "ss", "’": "'",
            "ʼ": "'", "‘": "'", "–": "-", "—": "-", "‑": "-", "\u00a0": " ", "\u202f": " ",
            "\u2009": " "}


def fold(text: str) -> Folded:
    """`text` in lower case without accents; Arabic loses its vowel signs, CJK stays."""
    letters: list[str] = []
    origin: list[int] = []
    for place, letter in enumerate(text):
        for plain in _plain(letter):
            letters.append(plain)
            origin.append(place)
    return Folded("".join(letters), (*origin, len(text)))


def _plain(letter: str) -> str:
    low = letter.casefold()
    if low in _LETTERS:
        return _LETTERS[low]
    if low.isascii():
        return low
    if low.isdecimal():
        return str(unicodedata.decimal(low))  # ٢٠٢٧ is 2027
    parts = unicodedata.normalize("NFKD", low)
    return "".join(part for part in parts if not unicodedata.combining(part))


def read(data: bytes, *, charset: str | None = None, html: bool | None = None) -> Text:
    """The text of a page or a file. Raises UnreadableText that says what would be accepted.

    `html` None looks at the content; `charset` is what a server declared.
    """
    if len(data) > MAX_BYTES:
        raise UnreadableText(f"larger than {MAX_BYTES // 2**20} MB; accepted: {ACCEPTED}")
    words = _decoded(data, charset)
    marked = html if html is not None else bool(_LOOKS_HTML.search(words[:4000]))
    return plain(_visible(words) if marked else words)


def plain(words: str) -> Text:
    """A text of words that hold no markup. Raises UnreadableText where none are left."""
    lines = (" ".join(line.split()) for line in _printable(words).splitlines())
    body = "\n".join(line for line in lines if line)
    if not any(letter.isalpha() for letter in body):
        raise UnreadableText(f"holds no words; accepted: {ACCEPTED}")
    if len(body) > MAX_CHARACTERS:
        raise UnreadableText(f"{len(body):,} characters of text; accepted: up to "
                             f"{MAX_CHARACTERS:,}, such as the part that speaks of the project")
    return Text(body)


def _printable(words: str) -> str:
    """Composed, without control, zero-width and direction characters that would hide or steer."""
    composed = unicodedata.normalize("NFC", words)
    return "".join(
        letter if letter == "\n" else " " if letter.isspace() else letter
        for letter in composed
        if letter.isspace() or unicodedata.category(letter) not in ("Cc", "Cf", "Co", "Cs")
    )


def _decoded(data: bytes, charset: str | None) -> str:
    """By byte order mark, then UTF-8, then what is declared, then Windows' Latin letters."""
    for mark, name in ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"),
                       (codecs.BOM_UTF16_BE, "utf-16")):
        if data.startswith(mark):
            return _tried(data, name) or _refuse("its encoding is broken")
    if b"\0" in data[:4096]:
        _refuse("it is no text (a PDF, an image or a workbook?)")
    declared = _META_CHARSET.search(data[:4096])
    tried = ["utf-8", charset or "", declared[1].decode() if declared else "", "cp1252"]
    for name in tried:
        if name and (words := _tried(data, name)) is not None:
            if words.startswith("%PDF"):
                break
            return words
    return _refuse("it is no text in a known encoding")


def _tried(data: bytes, name: str) -> str | None:
    try:
        return data.decode(name)
    except (UnicodeDecodeError, LookupError):
        return None


def _refuse(why: str) -> str:
    raise UnreadableText(f"{why}; accepted: {ACCEPTED}")


class _Visible(HTMLParser):
    """Collects what a reader sees."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self.title: list[str] = []
        self.dropped: list[str] = []
        self.headed = self.in_title = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.headed |= tag == "h1"
        self.in_title = tag == "title" or (self.in_title and tag in _VOID)
        if tag in ("body", "main", "article"):
            self.dropped.clear()  # a menu that was never closed ends here
        if tag in _DROPPED:
            self.dropped.append(tag)
        if tag in _BLOCKS:
            self.words.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self.in_title = self.in_title and tag != "title"
        if tag in self.dropped:
            del self.dropped[self.dropped.index(tag):]
        if tag in _BLOCKS:
            self.words.append("\n")

    def handle_data(self, data: str) -> None:
        if self.in_title:
            self.title.append(data)
        elif not self.dropped:
            self.words.append(data.replace("\n", " "))


def _visible(page: str) -> str:
    """The words of a page; its title stands first where there is no main heading."""
    parser = _Visible()
    parser.feed(page)
    parser.close()
    title = "" if parser.headed else " ".join(" ".join(parser.title).split())
    return f"{title}\n{''.join(parser.words)}" if title else "".join(parser.words)


def _ends_here(body: str, start: int, mark: re.Match[str]) -> bool:
    """Whether a full stop ends its sentence: not after 'St.', not in '8. Mai'."""
    before = body[start : mark.start() + 1]
    if _ABBREVIATED.search(before):
        return False
    after = body[mark.end() :].lstrip()[:1]
    ordinal = re.search(r"(?:^|\s)\d{1,2}\.$", before)
    return not (after.islower() or (ordinal and after.isalpha()))


def _trimmed(body: str, start: int, end: int) -> Span:
    piece = body[start:end]
    return Span(start + len(piece) - len(piece.lstrip()), end - len(piece) + len(piece.rstrip()))
