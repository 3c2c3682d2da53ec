"""Bodies by the encoding that the client prefers: zstd or gzip, streamed where the body is.

Pages carry CSRF tokens; Django masks them anew in every answer, so that their compressed length
tells nothing (BREACH).
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator
from typing import Protocol

import zstandard
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers

LEAST_BYTES = 500  # below it the encoding's own bytes cost more than they save
CODINGS = ("zstd", "gzip")  # the first of equals is chosen
_TEXTUAL = ("text/", "application/json", "application/javascript", "application/xml",
            "application/manifest", "application/vnd.apache.arrow.stream", "image/svg+xml")
_SUFFIXES = ("+json", "+xml")
_UNTOUCHED = frozenset({204, 206, 304})
ZSTD_LEVEL, GZIP_LEVEL = 3, 5


class Packer(Protocol):
    """A stream of one encoding."""

    def compress(self, data: bytes, /) -> bytes:
        """What is ready to be sent once `data` is taken in."""

    def flush(self) -> bytes:
        """The rest, and the end of the stream."""


def packer(coding: str) -> Packer:
    """A new stream of `coding`, one of CODINGS."""
    if coding == "zstd":
        return zstandard.ZstdCompressor(level=ZSTD_LEVEL).compressobj()
    return zlib.compressobj(GZIP_LEVEL, zlib.DEFLATED, 16 + zlib.MAX_WBITS)


def preferred(accepted: str) -> str:
    """The coding that an Accept-Encoding header prefers (RFC 9110, 12.5.3); '' for none."""
    asked: dict[str, float] = {}
    for part in accepted.lower().split(","):
        name, *options = (piece.strip() for piece in part.split(";"))
        if name:
            asked["gzip" if name == "x-gzip" else name] = _quality(options)
    weights = {coding: asked.get(coding, asked.get("*", 0.0)) for coding in CODINGS}
    best = max(CODINGS, key=lambda coding: weights[coding])
    plain = asked.get("identity", 0.0)
    return best if weights[best] > 0 and weights[best] >= plain else ""


def _quality(options: Iterable[str]) -> float:
    """The weight from 0 to 1; 0 for one that cannot be read: the client gets what is plain."""
    for option in options:
        name, _, value = option.partition("=")
        if name.strip() == "q":
            try:
                weight = float(value)
            except ValueError:
                return 0.0
            return weight if 0 <= weight <= 1 else 0.0
    return 1.0


class Compressing:
    """Middleware; stands outside whatever makes or changes a body."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.answer(request)
        if not _compressible(response):
            return response
        patch_vary_headers(response, ("Accept-Encoding",))
        coding = preferred(request.headers.get("Accept-Encoding", ""))
        if not coding or request.method == "HEAD":
            return response
        if response.streaming:
            response.streaming_content = _streamed(response.streaming_content, packer(coding))
            del response["Content-Length"]
        else:
            stream = packer(coding)
            packed = stream.compress(response.content) + stream.flush()
            if len(packed) >= len(response.content):
                return response
            response.content = packed
            response["Content-Length"] = str(len(packed))
        response["Content-Encoding"] = coding
        tag = response.get("ETag", "")
        if tag and not tag.startswith("W/"):
            response["ETag"] = f"W/{tag}"  # the bytes are others than those that were tagged
        return response


def _compressible(response: HttpResponseBase) -> bool:
    if response.status_code in _UNTOUCHED or response.has_header("Content-Encoding"):
        return False
    if "no-transform" in response.get("Cache-Control", ""):
        return False
    kind = response.get("Content-Type", "").partition(";")[0].strip().lower()
    if not (kind.startswith(_TEXTUAL) or kind.endswith(_SUFFIXES)):
        return False
    return response.streaming or len(response.content) >= LEAST_BYTES


def _streamed(chunks: Iterable[bytes], stream: Packer) -> Iterator[bytes]:
    for chunk in chunks:
        ready = stream.compress(chunk)
        if ready:
            yield ready
    yield stream.flush()
