"""gunicorn, started from Python: each process loads the register before it answers."""

from __future__ import annotations

import io
import logging
import re
import signal
from typing import Any
from wsgiref.util import setup_testing_defaults

from django.conf import settings
from gunicorn.app.base import BaseApplication
from gunicorn.glogging import Logger as GunicornLogger

from groundbreak.site.running import Serving

WARMED = ("/", "/projects/")  # what most readers open first
log = logging.getLogger("django.groundbreak")
_TOKEN = re.compile(r"(/releases/review/)[^/?\s]+")


class Site(BaseApplication):
    """The site under gunicorn. Nothing is loaded before a process is made: frames and their
    threads do not survive a fork."""

    def __init__(self, how: Serving) -> None:
        self.how = how
        super().__init__()

    def load_config(self) -> None:
        """Settings of `how`; those that this gunicorn does not know are left out."""
        hooks = {"on_starting": calm, "post_worker_init": ready}
        for name, value in {**self.how.gunicorn(), **hooks}.items():
            if name in self.cfg.settings:
                self.cfg.set(name, value)

    def load(self) -> Any:
        """The application, in the process that answers."""
        from groundbreak.site.wsgi import application

        return application


class Logger(GunicornLogger):
    """The access log: paths as they were sent, so that no line can be forged, without queries, and
    without the token by which a reviewer of a release is known."""

    def atoms(self, resp: Any, req: Any, environ: dict, request_time: Any) -> dict:
        found = super().atoms(resp, req, environ, request_time)
        found["U"] = environ.get("RAW_URI", "-").partition("?")[0]
        return found | {name: _TOKEN.sub(r"\1...", found[name]) for name in ("U", "r", "f")}


def calm(arbiter: Any) -> None:
    """Let Ctrl-C end the site as SIGTERM does: what is being answered is answered."""
    arbiter.handle_int = arbiter.handle_term


def ready(worker: Any) -> None:
    """Leave Ctrl-C, which a terminal sends to all, to the master; load before taking requests."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    warm(worker)


def warm(worker: Any) -> None:
    """Answer the first pages once, so that no reader waits for the register to load."""
    for path in WARMED:
        status = asked(worker.wsgi, path)
        if not status.startswith("200"):
            log.warning("warming up: %s answered %s", path, status)


def asked(application: Any, path: str) -> str:
    """The status with which a WSGI application answers a GET of `path`."""
    host = settings.ALLOWED_HOSTS[0].lstrip(".") if settings.ALLOWED_HOSTS else "localhost"
    environ: dict[str, Any] = {
        "PATH_INFO": path, "HTTP_HOST": host, "SERVER_NAME": host, "wsgi.url_scheme": "https",
        "HTTP_X_FORWARDED_PROTO": "https", "wsgi.input": io.BytesIO(), "REMOTE_ADDR": "127.0.0.1"}
    setup_testing_defaults(environ)
    told: list[str] = []

    def start(status: str, *_: Any) -> None:
        told.append(status)

    answer = application(environ, start)
    try:
        for _ in answer:
            pass
    finally:
        if hasattr(answer, "close"):
            answer.close()
    return told[0] if told else "500 no answer"


def run(how: Serving) -> None:
    """Serve until a signal ends it. Does not return."""
    Site(how).run()
