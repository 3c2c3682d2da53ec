"""A part's XML in pieces that end between tags, refused where it could harm a reader of XML."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from groundbreak.sources.archives import TooMuch, Unfit

MAX_RUN_BYTES = 4 * 2**20  # of one tag or text; a cell holds 32,767 characters
MAX_ROW_BYTES = 16 * 2**20
STEP_BYTES = 16_384
MAX_DEPTH = 2_000  # of tags in tags; a worksheet has some ten
PLAIN_XML = "a workbook as a spreadsheet program saves it; open it and save it anew"
_ROW = re.compile(rb"<(?:\w+:)?row\b")
_ENCODING = re.compile(rb"""^<\?xml[^>]*\bencoding\s*=\s*["']([^"']*)""")
_ASCII_BASED = {b"utf-8", b"utf8", b"us-ascii", b"ascii", b"iso-8859-1", b"windows-1252"}


def looks_like(piece: bytes) -> bool:
    """Whether a part that begins with `piece` may be XML, in whatever encoding."""
    return piece[:64].lstrip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n").startswith((b"<", b"L"))


def windows(name: str, pieces: Iterable[bytes], *, by_row: bool = False) -> Iterator[bytes]:
    """The pieces of part `name` cut between tags; `by_row`: between rows, where rows are short.

    Raises Unfit for entities, foreign encodings, deep nesting and endless tags.
    """
    held, depth, first = b"", 0, True
    for piece in pieces:
        held += piece
        if first:
            _check_encoding(name, held)
            first = False
        cut = _cut(held, by_row)
        if len(held) - held.rfind(b"<") > MAX_RUN_BYTES:
            raise TooMuch(f"part {name} has a tag or a text of more than {MAX_RUN_BYTES:,} bytes",
                          PLAIN_XML)
        if cut:
            depth = _checked(name, held[:cut], depth)
            yield held[:cut]
            held = held[cut:]
    _checked(name, held, depth)
    yield held


def _cut(held: bytes, by_row: bool) -> int:
    if by_row and len(held) < MAX_ROW_BYTES:
        starts = [found.start() for found in _ROW.finditer(held)]
        return starts[-1] if starts else 0
    return max(0, held.rfind(b"<"))


def _check_encoding(name: str, head: bytes) -> None:
    told = _ENCODING.match(head.removeprefix(b"\xef\xbb\xbf"))
    if b"\0" in head[:64] or head[:1] == b"L" or (
            told and told[1].lower() not in _ASCII_BASED):
        raise Unfit(f"part {name} is not in UTF-8", PLAIN_XML)


def _checked(name: str, window: bytes, depth: int) -> int:
    """The depth after `window`."""
    if b"<!DOCTYPE" in window or b"<!ENTITY" in window:
        raise Unfit(f"part {name} declares entities", PLAIN_XML)
    start = 0
    while start < len(window):
        end = max(window.rfind(b"<", start + 1, start + STEP_BYTES), start)
        end = len(window) if start + STEP_BYTES >= len(window) or end == start else end
        depth += _deeper(window, start, end)
        if depth > MAX_DEPTH:
            raise Unfit(f"part {name} has tags in tags more than {MAX_DEPTH:,} deep", PLAIN_XML)
        start = end
    return depth


def _deeper(window: bytes, start: int, end: int) -> int:
    """Tags opened and not closed. What looks like a tag within a text errs on the low side."""
    tags, closing, done, told, said = (
        window.count(mark, start, end) for mark in (b"<", b"</", b"/>", b"<?", b"<!"))
    return tags - 2 * closing - done - told - said
