"""Fetching one page for reading: public hosts only, every redirect checked again, never more than
five megabytes of HTML or plain text, all within one deadline.

A name is resolved first and the connection goes to the address that was checked, so that a name
cannot point inside the network between the check and the use.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import SplitResult, urljoin, urlsplit

from groundbreak.proposing.text import MAX_BYTES, Text, UnreadableText, read

TIMEOUT_SECONDS = 10.0
DEADLINE_SECONDS = 30.0
MAX_REDIRECTS = 5
CONTENT_TYPES = ("text/html", "text/plain", "application/xhtml+xml")
_INTERNET = ipaddress.IPv6Network("2000::/3")  # all that is given out; wrapped IPv4 lies outside
_NOT_OPEN = tuple(map(ipaddress.ip_network, (
    "2001::/32", "2002::/16",  # Teredo and 6to4: an IPv4 address wrapped in
    "2001:db8::/32", "3fff::/20", "192.0.0.0/24")))  # documentation, protocol assignments
_HEADERS = {"User-Agent": "groundbreak (reads one page on request)",
            "Accept-Encoding": "identity", "Accept": "text/html, text/plain;q=0.9"}
_SAVED = "save the page and give the file with --url"
_REDIRECTS = (301, 302, 303, 307, 308)

Resolve = Callable[[str, int], Sequence[str]]
Connect = Callable[[SplitResult, str, int], http.client.HTTPConnection]


class RefusedAddress(ValueError):
    """An address that is not fetched; the message says what would be."""


@dataclass(frozen=True)
class Page:
    """A page as fetched: where it was found in the end, and its text."""

    url: str
    text: Text


def resolve_addresses(host: str, port: int) -> list[str]:
    """All addresses of a host. Raises RefusedAddress where it has none."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise RefusedAddress(f"{host}: no such host ({error}); a saved page works without a "
                             "network: give its file and --url") from None
    return list(dict.fromkeys(str(item[4][0]) for item in found))


class _Pinned(http.client.HTTPConnection):
    """A connection to one checked address, whatever the name says by then."""

    def __init__(self, host: str, address: str, port: int, secure: bool) -> None:
        super().__init__(host, port, timeout=TIMEOUT_SECONDS)
        self.address, self.secure = address, secure

    def connect(self) -> None:
        plain = socket.create_connection((self.address, self.port), TIMEOUT_SECONDS)
        self.sock = ssl.create_default_context().wrap_socket(
            plain, server_hostname=self.host) if self.secure else plain


def connect_to(url: SplitResult, address: str, port: int) -> http.client.HTTPConnection:
    """A connection to the checked address of a URL's host."""
    return _Pinned(url.hostname or "", address, port, url.scheme == "https")


def fetch(url: str, *, resolve: Resolve = resolve_addresses, connect: Connect = connect_to) -> Page:
    """The page at `url`, or an error once DEADLINE_SECONDS have passed, whatever a server does.

    Raises RefusedAddress or UnreadableText, each saying what is accepted.
    """
    fetching = _Fetching(url, resolve, connect)
    fetching.start()
    try:
        fetching.join(DEADLINE_SECONDS)
        finished = fetching.outcome.done()  # asked before leaving, which looks like a text's end
    finally:
        fetching.leave()
    if not finished:
        raise UnreadableText(f"{url}: could not be fetched (not finished after "
                             f"{DEADLINE_SECONDS:.0f} seconds); {_SAVED}")
    return fetching.outcome.result()


def is_public(address: str) -> bool:
    """Whether an address is on the public internet; IPv4 in IPv6 is judged as IPv4 or refused."""
    found = ipaddress.ip_address(address.split("%", 1)[0])
    if isinstance(found, ipaddress.IPv6Address):
        found = found.ipv4_mapped or found
    given_out = found.version == 4 or found in _INTERNET
    return (given_out and found.is_global and not found.is_multicast
            and not any(found in network for network in _NOT_OPEN))


def checked(url: str, resolve: Resolve) -> tuple[SplitResult, str, int]:
    """The parts of a URL that may be fetched, with the address and port to connect to."""
    parts = _parts(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    host = parts.hostname or ""
    addresses = list(resolve(host, port))
    hidden = [address for address in addresses if not is_public(address)]
    if hidden or not addresses:
        where = f" ({', '.join(hidden)})" if hidden else ""
        raise RefusedAddress(f"{url}: the host {host} is not on the public internet{where}; "
                             "accepted: public http and https addresses")
    return parts, addresses[0], port


def _parts(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and parts.hostname and (parts.port or 1) > 0
    except ValueError:
        usable = False
    if not usable or any(letter.isspace() or ord(letter) < 32 for letter in url):
        raise RefusedAddress(f"{url!r} is no web address; accepted: http:// or https://, a host "
                             "and a path")
    if parts.username or parts.password:
        raise RefusedAddress(f"the address for {parts.hostname} carries a user name or password; "
                             "accepted: addresses without")
    return parts


class _Fetching(threading.Thread):
    """One fetch with all its redirects, in a thread of its own so that it can be left."""

    def __init__(self, url: str, resolve: Resolve, connect: Connect) -> None:
        super().__init__(name="fetching a page", daemon=True)
        self.url, self.resolve, self.make = url, resolve, connect
        self.outcome: Future[Page] = Future()
        self.left = threading.Event()
        self.socket: socket.socket | None = None

    def run(self) -> None:
        """Fetch; the outcome is the page or the error."""
        try:
            self.outcome.set_result(self._page())
        except BaseException as error:
            self.outcome.set_exception(error)

    def leave(self) -> None:
        """Open nothing any more, and cut what is open, so that the thread ends."""
        self.left.set()
        if self.socket is not None:
            with suppress(OSError):
                socket.socket.shutdown(self.socket, socket.SHUT_RDWR)  # below TLS: no waiting

    def _page(self) -> Page:
        here = self.url
        for _ in range(MAX_REDIRECTS + 1):
            answer = self._asked(here)
            if isinstance(answer, Page):
                return answer
            here = urljoin(here, answer)
        raise RefusedAddress(f"{self.url}: more than {MAX_REDIRECTS} redirects; accepted: the "
                             "page's own address")

    def _asked(self, url: str) -> Page | str:
        """The page, or where it moved."""
        parts, address, port = checked(url, self.resolve)
        connection = self.make(parts, address, port)
        try:
            self._open(connection)
            connection.request("GET", _path(parts), headers=_HEADERS)
            answer = connection.getresponse()
            if answer.status in _REDIRECTS:
                return answer.headers.get("Location") or ""
            return Page(url, _text(url, answer))
        except (OSError, http.client.HTTPException, UnicodeError) as error:
            raise UnreadableText(f"{url}: could not be fetched ({error or type(error).__name__}); "
                                 f"{_SAVED}") from None
        finally:
            connection.close()

    def _open(self, connection: http.client.HTTPConnection) -> None:
        """Connect, and keep the socket: the connection itself forgets it with the answer."""
        if not self.left.is_set():
            connection.connect()
        self.socket = connection.sock
        if self.left.is_set():
            raise TimeoutError("left at the deadline")


def _path(parts: SplitResult) -> str:
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return path.replace(" ", "%20")


def _text(url: str, answer: http.client.HTTPResponse) -> Text:
    kind = answer.headers.get_content_type()
    if answer.status != 200:
        raise UnreadableText(f"{url}: the server answered {answer.status} {answer.reason}; "
                             "accepted: a page that opens without a login")
    packed = answer.headers.get("Content-Encoding", "identity") != "identity"
    if kind not in CONTENT_TYPES or packed:
        raise UnreadableText(f"{url}: content of type {kind}; accepted: {', '.join(CONTENT_TYPES)}")
    try:
        return read(_bytes(answer), charset=answer.headers.get_content_charset(),
                    html=kind != "text/plain")
    except UnreadableText as error:
        raise UnreadableText(f"{url}: {error}") from None


def _bytes(answer: http.client.HTTPResponse) -> bytes:
    """The content up to one byte above the limit."""
    data = bytearray()
    while len(data) <= MAX_BYTES and (piece := answer.read1(65536)):
        data += piece
    return bytes(data)
