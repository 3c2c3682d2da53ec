"""Bodies in the encoding that the client prefers, whole and unharmed."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from typing import Any

import pytest
import zstandard
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse

from groundbreak.site.compressing import LEAST_BYTES, Compressing, preferred
from tests.api.conftest import body

TEXT = ("Stegra, Boden, 2,500,000 t/y · 鉄鋼 " * 200).encode()


def _unpacked(coding: str, data: bytes) -> bytes:
    if coding == "gzip":
        return gzip.decompress(data)
    return zstandard.ZstdDecompressor().decompressobj().decompress(data)


def _sent(response: Any, accepted: str = "gzip", method: str = "GET") -> Any:
    request = HttpRequest()
    request.method = method
    request.META["HTTP_ACCEPT_ENCODING"] = accepted
    return Compressing(lambda _: response)(request)


@pytest.mark.parametrize(("accepted", "coding"), [
    ("", ""), ("identity", ""), ("gzip", "gzip"), ("gzip, zstd", "zstd"), ("GZIP", "gzip"),
    ("x-gzip", "gzip"), ("br, deflate", ""), ("gzip;q=0.5, zstd;q=0.4", "gzip"),
    ("zstd;q=0, gzip", "gzip"), ("gzip;q=0", ""), ("*", "zstd"), ("*;q=0", ""),
    ("zstd;q=0, *", "gzip"), ("gzip;q=0.2, identity;q=0.8", ""), ("gzip;q=x", ""),
    ("gzip;q=nan", ""), ("gzip;q=7", ""), (",, ;q=1,gzip", "gzip"), ("gzip ; q=1.0", "gzip"),
])
def test_accept_encoding_is_read_as_written(accepted: str, coding: str) -> None:
    assert preferred(accepted) == coding


@pytest.mark.parametrize("coding", ["gzip", "zstd"])
@pytest.mark.parametrize("streamed", [True, False])
def test_a_body_comes_out_as_it_went_in(coding: str, streamed: bool) -> None:
    def pieces() -> Iterator[bytes]:
        yield from (TEXT[i:i + 100] for i in range(0, len(TEXT), 100))
    plain = (StreamingHttpResponse(pieces(), content_type="text/csv; charset=utf-8") if streamed
             else HttpResponse(TEXT, content_type="text/html"))
    plain["ETag"] = '"strong"'
    response = _sent(plain, coding)
    packed = body(response)
    assert response["Content-Encoding"] == coding
    assert _unpacked(coding, packed) == TEXT
    assert len(packed) < len(TEXT) / 4
    assert response["ETag"] == 'W/"strong"'
    assert response["Vary"] == "Accept-Encoding"
    if not streamed:
        assert response["Content-Length"] == str(len(packed))


@pytest.mark.parametrize(("kind", "content", "more"), [
    ("text/html", b"x" * (LEAST_BYTES - 1), {}), ("image/png", TEXT, {}),
    ("application/vnd.apache.parquet", TEXT, {}), ("font/woff2", TEXT, {}),
    ("text/html", TEXT, {"Content-Encoding": "br"}), ("application/zip", TEXT, {}),
    ("text/html", TEXT, {"Cache-Control": "no-transform"}),
])
def test_what_gains_nothing_is_left_alone(kind: str, content: bytes, more: dict[str, str]) -> None:
    response = HttpResponse(content, content_type=kind, headers=more)
    assert _sent(response).content == content


@pytest.mark.parametrize("kind", ["application/json", "application/problem+json", "image/svg+xml",
                                  "application/geo+json", "application/atom+xml", "text/css",
                                  "application/vnd.apache.arrow.stream"])
def test_texts_of_every_kind_are_compressed(kind: str) -> None:
    assert _sent(HttpResponse(TEXT, content_type=kind))["Content-Encoding"] == "gzip"


@pytest.mark.parametrize("status", [204, 206, 304])
def test_what_has_no_whole_body_is_left_alone(status: int) -> None:
    response = _sent(HttpResponse(TEXT, content_type="text/html", status=status))
    assert not response.has_header("Content-Encoding")


def test_who_accepts_nothing_gets_plain_text_that_varies() -> None:
    response = _sent(HttpResponse(TEXT, content_type="text/html"), "")
    assert response.content == TEXT
    assert response["Vary"] == "Accept-Encoding"


def test_noise_that_grows_is_sent_plain() -> None:
    import random

    noise = random.Random(1).randbytes(600)
    response = _sent(HttpResponse(noise, content_type="text/plain"))
    assert response.content == noise
    assert not response.has_header("Content-Encoding")


@pytest.mark.parametrize("coding", ["gzip", "zstd"])
def test_the_api_and_pages_are_sent_compressed(client: Any, coding: str) -> None:
    for path in ("/api/v1/projects", "/api/v1/claims.csv", "/api/v1/projects.arrow", "/"):
        plain = body(client.get(path, headers={"Accept-Encoding": "identity"}))
        packed = client.get(path, headers={"Accept-Encoding": coding})
        assert packed["Content-Encoding"] == coding
        if path != "/":
            assert _unpacked(coding, body(packed)) == plain
