"""Fetching a page: public hosts only, on every step; limits of size, time, kind and redirects."""

from __future__ import annotations

import http.client
import http.server
import socket
import threading
import time
from collections.abc import Callable, Iterator
from urllib.parse import SplitResult

import pytest

from groundbreak.proposing import fetching
from groundbreak.proposing.fetching import RefusedAddress, fetch, is_public
from groundbreak.proposing.text import UnreadableText

PUBLIC = "93.184.216.34"


class Handler(http.server.BaseHTTPRequestHandler):
    """Answers by path."""

    def do_GET(self) -> None:
        status, headers, body = {
            "/page": (200, {"Content-Type": "text/html; charset=iso-8859-1"},
                      "<p>Kassø åbnet</p>".encode("iso-8859-1")),
            "/text": (200, {"Content-Type": "text/plain"}, b"words"),
            "/moved": (302, {"Location": "/page"}, b""),
            "/inside": (302, {"Location": "http://intern.example/secret"}, b""),
            "/file": (302, {"Location": "file:///etc/passwd"}, b""),
            "/round": (302, {"Location": "/round"}, b""),
            "/pdf": (200, {"Content-Type": "application/pdf"}, b"%PDF"),
            "/packed": (200, {"Content-Type": "text/html", "Content-Encoding": "gzip"}, b"x"),
            "/large": (200, {"Content-Type": "text/plain"}, b"word " * (2**20 + 2**17)),
        }.get(self.path, (404, {"Content-Type": "text/html"}, b"none"))
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port
    server.shutdown()
    server.server_close()


Fetch = Callable[[str], fetching.Page]


@pytest.fixture
def get(port: int) -> Fetch:
    """Fetch with names that resolve to a public address, which leads to the local server."""
    def resolve(host: str, _: int) -> list[str]:
        return ["10.0.0.7"] if host == "intern.example" else [PUBLIC]

    def connect(url: SplitResult, address: str, _: int) -> http.client.HTTPConnection:
        assert address == PUBLIC
        return http.client.HTTPConnection("127.0.0.1", port, timeout=5)

    return lambda path: fetch(f"http://news.example{path}", resolve=resolve, connect=connect)


def test_a_page_in_its_servers_encoding_and_after_a_redirect(get: Fetch) -> None:
    assert get("/page").text.body == "Kassø åbnet"
    moved = get("/moved")
    assert (moved.url, moved.text.body) == ("http://news.example/page", "Kassø åbnet")
    assert get("/text").text.body == "words"


@pytest.mark.parametrize("path", ["/inside", "/file", "/round"])
def test_redirects_are_checked_and_limited(get: Fetch, path: str) -> None:
    with pytest.raises(RefusedAddress, match="accepted"):
        get(path)


@pytest.mark.parametrize("path", ["/pdf", "/packed", "/large", "/missing"])
def test_what_is_no_page_is_refused_with_what_is_accepted(get: Fetch, path: str) -> None:
    with pytest.raises(UnreadableText, match="accepted"):
        get(path)


@pytest.mark.parametrize("address", [
    "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0",
    "100.64.0.1", "224.0.0.1", "::1", "fe80::1%eth0", "fc00::1", "::ffff:127.0.0.1",
    "64:ff9b::7f00:1", "2002:7f00:1::", "2001:0:1::", "::", "64:ff9b:1::7f00:1", "fec0::1",
    "::ffff:0:127.0.0.1", "::127.0.0.1", "5f00::1", "3fff::1", "2001:db8::1", "ff0e::1",
    "192.0.0.8", "::ffff:10.0.0.1", "2002:a00:1::1",
])
def test_addresses_inside_are_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", [
    PUBLIC, "2606:2800:220:1:248:1893:25c8:1946", f"::ffff:{PUBLIC}", "2a00:1450:4001::200e"])
def test_public_addresses(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("url", [
    "ftp://news.example/a", "file:///etc/passwd", "https://", "http://user:pw@news.example/",
    "http://news.example:99999/", "http://news.example/a b\n", "javascript:alert(1)",
])
def test_other_addresses_are_refused_before_anything_is_asked(url: str) -> None:
    def never(*_: object) -> list[str]:
        raise AssertionError("was asked")

    with pytest.raises(RefusedAddress, match="accepted"):
        fetch(url, resolve=never)


def test_one_hidden_address_among_public_ones_refuses_the_host() -> None:
    with pytest.raises(RefusedAddress, match="not on the public internet"):
        fetch("http://news.example/", resolve=lambda *_: [PUBLIC, "127.0.0.1"])


def test_a_literal_local_address_is_refused(port: int) -> None:
    for host in ("127.0.0.1", "localhost", "[::1]", "2130706433"):
        with pytest.raises(RefusedAddress):
            fetch(f"http://{host}:{port}/page")


def _endless(opening: bytes, again: bytes, done: threading.Event) -> int:
    """The port of a server that answers, then says the same until it is left."""
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        try:
            with listening, listening.accept()[0] as one:
                one.recv(9999)
                one.sendall(opening)
                for _ in range(400):
                    one.sendall(again)
                    time.sleep(0.02)
        except OSError:
            done.set()

    threading.Thread(target=serve, daemon=True).start()
    return int(listening.getsockname()[1])


CHUNKED = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize(("opening", "again"), [
    (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    (b"HTTP/1.1 200 OK\r\nX: ", b"a"),
    (CHUNKED, b"0"),
    (b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n", b"word "),
], ids=["continue", "header", "chunk size", "body"])
def test_a_server_that_never_ends_is_left_at_the_deadline(
    monkeypatch: pytest.MonkeyPatch, opening: bytes, again: bytes
) -> None:
    monkeypatch.setattr(fetching, "DEADLINE_SECONDS", 0.5)
    noticed = threading.Event()
    port = _endless(opening, again, noticed)
    start = time.monotonic()
    with pytest.raises(UnreadableText, match=r"not finished after .* save the page"):
        fetch("http://news.example/", resolve=lambda *_: [PUBLIC],
              connect=lambda *_: http.client.HTTPConnection("127.0.0.1", port, timeout=5))
    assert time.monotonic() - start < 2
    assert noticed.wait(3), "the connection was left open"


def test_one_deadline_for_all_redirects_and_for_finding_the_host(
    monkeypatch: pytest.MonkeyPatch, port: int
) -> None:
    asked: list[str] = []

    def slow(host: str, _: int) -> list[str]:
        asked.append(host)
        time.sleep(0.3)
        return [PUBLIC]

    monkeypatch.setattr(fetching, "DEADLINE_SECONDS", 0.5)
    start = time.monotonic()
    with pytest.raises(UnreadableText, match="not finished"):
        fetch("http://news.example/round", resolve=slow,
              connect=lambda *_: http.client.HTTPConnection("127.0.0.1", port, timeout=5))
    assert time.monotonic() - start < 0.8
    time.sleep(0.8)
    assert len(asked) == 2  # nothing is asked after the deadline
