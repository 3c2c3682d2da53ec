"""Fetching one page for reading: public hosts only, every redirect checked again, never more than
five megabytes of HTML or plain text.

A name is resolved first and the connection goes to the address that was checked, so that a name
cannot point inside the network between the check and the use.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import SplitResult, urljoin, urlsplit

from groundbreak.proposing.text import MAX_BYTES, Text, UnreadableText, read

TIMEOUT_SECONDS = 10.0
DEADLINE_SECONDS = 30.0
MAX_REDIRECTS = 5
CONTENT_TYPES = ("text/html", "text/plain", "application/xhtml+xml")
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
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
    """The page at `url`. Raises RefusedAddress or UnreadableText, each saying what is accepted."""
    here, deadline = url, time.monotonic() + DEADLINE_SECONDS
    for _ in range(MAX_REDIRECTS + 1):
        answer = _asked(here, resolve, connect, deadline)
        if isinstance(answer, Page):
            return answer
        here = urljoin(here, answer)
    raise RefusedAddress(f"{url}: more than {MAX_REDIRECTS} redirects; accepted: the page's own "
                         "address")


def is_public(address: str) -> bool:
    """Whether an address is on the public internet, also behind the notations that wrap IPv4."""
    found = ipaddress.ip_address(address.split("%", 1)[0])
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is not None:
            found = found.ipv4_mapped
        elif found.sixtofour is not None or found.teredo is not None or found in _NAT64:
            return False
    return found.is_global and not found.is_multicast


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


def _asked(url: str, resolve: Resolve, connect: Connect, deadline: float) -> Page | str:
    """The page, or where it moved."""
    parts, address, port = checked(url, resolve)
    connection = connect(parts, address, port)
    try:
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("GET", path.replace(" ", "%20"), headers={
            "User-Agent": "groundbreak (reads one page on request)", "Accept-Encoding": "identity",
            "Accept": "text/html, text/plain;q=0.9"})
        answer = connection.getresponse()
        if answer.status in _REDIRECTS:
            return answer.headers.get("Location") or ""
        return Page(url, _text(url, answer, deadline))
    except (OSError, http.client.HTTPException, UnicodeError) as error:
        raise UnreadableText(f"{url}: could not be fetched ({error or type(error).__name__}); save "
                             "the page and give the file with --url") from None
    finally:
        connection.close()


def _text(url: str, answer: http.client.HTTPResponse, deadline: float) -> Text:
    kind = answer.headers.get_content_type()
    if answer.status != 200:
        raise UnreadableText(f"{url}: the server answered {answer.status} {answer.reason}; "
                             "accepted: a page that opens without a login")
    packed = answer.headers.get("Content-Encoding", "identity") != "identity"
    if kind not in CONTENT_TYPES or packed:
        raise UnreadableText(f"{url}: content of type {kind}; accepted: {', '.join(CONTENT_TYPES)}")
    try:
        return read(_bytes(answer, deadline), charset=answer.headers.get_content_charset(),
                    html=kind != "text/plain")
    except UnreadableText as error:
        raise UnreadableText(f"{url}: {error}") from None


def _bytes(answer: http.client.HTTPResponse, deadline: float) -> bytes:
    """The content up to one byte above the limit; a server that drips is left."""
    data = bytearray()
    while len(data) <= MAX_BYTES and (piece := answer.read1(65536)):
        data += piece
        if time.monotonic() > deadline:
            raise TimeoutError(f"not finished after {DEADLINE_SECONDS:.0f} seconds")
    return bytes(data)
