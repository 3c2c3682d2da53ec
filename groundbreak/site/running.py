"""How the site is served: what gunicorn is told, and the key that signs forms. Knows no Django."""

from __future__ import annotations

import ipaddress
import os
import secrets
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from groundbreak.register.connection import database_settings

KEY, HOSTS, PROXIES = "GROUNDBREAK_SECRET_KEY", "GROUNDBREAK_HOSTS", "GROUNDBREAK_PROXIES"
NEW_KEY = "python3 -c 'import secrets; print(secrets.token_urlsafe(48))'"
SHORTEST_KEY = 32  # characters
MOST_WORKERS = 64
THREADS = 4  # of a process on PostgreSQL; on SQLite threads wait for each other
TIMEOUT_S = 120  # a large register is loaded in that time
GRACE_S = 30
LOGS = ("none", "paths", "full")
LOG_FORMATS = {  # by default neither who asked nor what was searched for is written down
    "paths": '%(t)s "%(m)s %(U)s" %(s)s %(B)s B %(M)s ms',
    "full": '%(h)s %(t)s "%(r)s" %(s)s %(B)s B %(M)s ms "%(a)s"',
}


class CannotServe(ValueError):
    """The site would be unsafe, or nobody could reach it; says what to set."""


@dataclass(frozen=True)
class Serving:
    """One way of serving the site. `key_from`: environment, or the file that holds the key."""

    bind: str
    database: str
    workers: int
    threads: int
    hosts: tuple[str, ...]
    proxies: int
    key: str
    key_from: str
    log: str

    def told(self) -> dict[str, object]:
        """What `--check` prints: everything but the key."""
        return {
            "bind": self.bind, "database": self.database, "workers": self.workers,
            "threads": self.threads, "hosts": ", ".join(self.hosts), "proxies": self.proxies,
            "secret_key_from": self.key_from, "access_log": self.log, "timeout_s": TIMEOUT_S,
            "graceful_stop_s": GRACE_S,
        }

    def environment(self) -> dict[str, str]:
        """What Django's settings read, here and in each process that answers."""
        return {KEY: self.key, HOSTS: ",".join(self.hosts), PROXIES: str(self.proxies)}

    def gunicorn(self) -> dict[str, object]:
        """Settings of gunicorn."""
        shared = Path("/dev/shm")
        return {
            "bind": [self.bind], "workers": self.workers, "threads": self.threads,
            "worker_class": "gthread" if self.threads > 1 else "sync",
            "timeout": TIMEOUT_S, "graceful_timeout": GRACE_S, "keepalive": 5,
            "max_requests": 0, "control_socket_disable": True, "proc_name": "groundbreak",
            "worker_tmp_dir": str(shared) if shared.is_dir() else None, "loglevel": "warning",
            "accesslog": None if self.log == "none" else "-",
            "access_log_format": LOG_FORMATS.get(self.log, ""),
            "logger_class": "groundbreak.site.server.Logger",
            "forwarded_allow_ips": "*" if self.proxies else "",
        }


def serving(
    register: str | Path | None, environ: Mapping[str, str], *, bind: str = "127.0.0.1:8000",
    workers: int | None = None, log: str = "paths",
) -> Serving:
    """The way to serve a register at `bind` (HOST:PORT, [IPv6]:PORT or unix:/PATH).

    Raises CannotServe with what to set; may write a key file beside a register of one's own.
    """
    database = database_settings(register)
    sqlite = str(database["ENGINE"]).endswith("sqlite3")
    local = _local(bind)
    given = tuple(h for h in (h.strip() for h in environ.get(HOSTS, "").split(",")) if h)
    proxies = _proxies(environ.get(PROXIES, ""))
    if log not in LOGS:
        raise CannotServe(f"--access-log {log!r}; accepted: {', '.join(LOGS)}")
    public = not local or proxies > 0 or any(not _local_host(host) for host in given)
    if public and not given:
        raise CannotServe(f"{bind} is open to others, and {HOSTS} is not set; accepted: the names "
                          f"under which the site is reached, e.g. {HOSTS}=tracker.example.org")
    if "*" in given:
        raise CannotServe(f"{HOSTS}=*: any name would be answered; accepted: the names under "
                          "which the site is reached, parted by commas")
    key, key_from = _key(environ.get(KEY, ""), public, bind, _beside(database, sqlite))
    return Serving(bind, "SQLite" if sqlite else "PostgreSQL", _workers(workers),
                   1 if sqlite else THREADS, given or ("localhost", "127.0.0.1", "[::1]"),
                   proxies, key, key_from, log)


def _local(bind: str) -> bool:
    """Whether only this machine reaches an address."""
    if bind.startswith("unix:"):
        if not bind.removeprefix("unix:").startswith("/"):
            raise CannotServe(f"--bind {bind!r}; accepted: unix:/PATH")
        return True
    host, colon, port = bind.rpartition(":")
    if not (colon and host and port.isascii() and port.isdigit() and int(port) <= 65535):
        raise CannotServe(f"--bind {bind!r}; accepted: HOST:PORT, [IPv6]:PORT, unix:/PATH")
    return _local_host(host)


def _local_host(host: str) -> bool:
    bare = host.strip("[]")
    try:
        return ipaddress.ip_address(bare).is_loopback
    except ValueError:
        return bare == "localhost"


def _proxies(text: str) -> int:
    if not text:
        return 0
    if not (text.isascii() and text.isdigit()) or int(text) > 9:
        raise CannotServe(f"{PROXIES}={text!r}; accepted: how many reverse proxies stand before "
                          "the site, 0 to 9")
    return int(text)


def _workers(asked: int | None) -> int:
    if asked is None:
        return max(2, min(os.cpu_count() or 2, 8))
    if not 1 <= asked <= MOST_WORKERS:
        raise CannotServe(f"--workers {asked}; accepted: 1 to {MOST_WORKERS}")
    return asked


# -- the key ---------------------------------------------------------------------------------------
def _key(given: str, public: bool, bind: str, file: Path) -> tuple[str, str]:
    if given:
        if len(given) < SHORTEST_KEY:
            raise CannotServe(f"{KEY} has {len(given)} characters; accepted: {SHORTEST_KEY} or "
                              f"more, e.g. from: {NEW_KEY}")
        return given, "environment"
    if public:
        raise CannotServe(f"{bind} serves others, and {KEY} is not set; accepted: a secret of "
                          f"{SHORTEST_KEY} characters or more, e.g. from: {NEW_KEY}")
    return kept_key(file), str(file)


def _beside(database: Mapping[str, object], sqlite: bool) -> Path:
    if sqlite:
        name = Path(str(database["NAME"]))
        return name.with_name(name.name + ".secret-key")
    return Path(platformdirs.user_data_dir("groundbreak")) / "secret-key"


def kept_key(file: Path) -> str:
    """The key in `file`, made there once; only its owner may read it. Raises CannotServe."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        if stat.S_IMODE(file.stat().st_mode) & 0o077:
            raise CannotServe(f"{file}: others may read it; accepted: a new key, or chmod 600 "
                              "if nobody has") from None
        key = file.read_text(encoding="utf-8").strip()
        if len(key) < SHORTEST_KEY:
            raise CannotServe(f"{file}: holds no key; accepted: remove it, and a new one is "
                              "made") from None
        return key
    except OSError as error:
        raise CannotServe(f"{file}: cannot be written ({error.strerror}); accepted: {KEY} in the "
                          "environment") from error
    key = secrets.token_urlsafe(48)
    with os.fdopen(handle, "w", encoding="utf-8") as out:
        out.write(key + "\n")
    return key
