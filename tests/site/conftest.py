"""The site on the embedded register: a client in this process, a server, and a real browser."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

# Playwright runs an event loop in this thread; Django's own calls here are still plain ones.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
# No look at the network, no first-run pages; WebGL by software, so that the map draws.
OPTIONS = ("--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking",
           "--disable-component-update", "--disable-sync", "--use-gl=angle",
           "--use-angle=swiftshader", "--enable-unsafe-swiftshader")
WIDTHS = {"phone": (390, 844), "desk": (1440, 900)}


@contextmanager
def opened(path: Path | str) -> Iterator[Any]:
    """A Django test client on a register."""
    from django.conf import settings
    from django.db import connections
    from django.test import Client
    from django.test.utils import override_settings

    from groundbreak.register import standing
    from groundbreak.register.connection import connect

    connect(path)
    standing.forget()
    key = settings.SECRET_KEY or "only-for-tests-" + "x" * 40
    with override_settings(SECRET_KEY=key, ALLOWED_HOSTS=["testserver"]):
        yield Client()
    standing.forget()
    connections["default"].close()


@pytest.fixture
def client(embedded: Path) -> Iterator[Any]:
    """A client that reads the embedded register."""
    with opened(embedded) as found:
        yield found


@pytest.fixture
def own_client(embedded: Path, tmp_path: Path) -> Iterator[Any]:
    """A client on a copy that a test may write to."""
    with opened(shutil.copy(embedded, tmp_path / "own.sqlite3")) as found:
        yield found


@contextmanager
def served(path: Path | str, **more: str) -> Iterator[str]:
    """A server of its own process on a register; its address."""
    env = {**os.environ, "GROUNDBREAK_REGISTER": str(path), "PYTHONUNBUFFERED": "1",
           "GROUNDBREAK_SECRET_KEY": "only-for-tests-" + "x" * 40,
           "DJANGO_SETTINGS_MODULE": "groundbreak.settings", **more}
    server = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "groundbreak.site.wsgi", "--bind", "127.0.0.1:0",
         "--workers", "1", "--threads", "1"],
        env=env, stderr=subprocess.PIPE, text=True, start_new_session=True)
    try:
        assert server.stderr is not None
        for line in server.stderr:
            if found := re.search(r"Listening at: (http://\S+)", line):
                yield found[1]
                return
        raise AssertionError("the server did not start")
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.communicate(timeout=20)


@pytest.fixture(scope="session")
def address(embedded: Path) -> Iterator[str]:
    """The address of a server on the embedded register."""
    with served(embedded) as found:
        yield found


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Debian's Chromium through Playwright; skips with the reason where there is none."""
    if CHROMIUM is None:
        pytest.skip("no Chromium: apt install chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=CHROMIUM, args=list(OPTIONS))
        yield started
        started.close()


def _counting(context: Any, page: Any) -> dict[str, int]:
    """Bytes that came over the wire, by address, as the browser's own account has them."""
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    addresses: dict[str, str] = {}
    sent: dict[str, int] = {}
    session.on("Network.responseReceived", lambda e: addresses.update(
        {e["requestId"]: e["response"]["url"]}))
    session.on("Network.loadingFinished", lambda e: sent.update(
        {addresses.get(e["requestId"], e["requestId"]): int(e["encodedDataLength"])}))
    return sent


@pytest.fixture
def visit(browser: Any, address: str) -> Iterator[Callable[..., Any]]:
    """`visit("/projects/", width="phone", dark=True)` → the page, settled.

    At the end no page may have written an error to its console or asked another host.
    """
    wrong: list[str] = []
    contexts = []

    def go(path: str, *, width: str = "desk", dark: bool = False, script: bool = True,
           status: int = 200, count: bool = False) -> Any:
        across, down = WIDTHS[width]
        context = browser.new_context(
            viewport={"width": across, "height": down}, java_script_enabled=script,
            color_scheme="dark" if dark else "light", accept_downloads=True)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda m: wrong.append(f"{path}: {m.text}")
                if m.type == "error" and not (status >= 400 and "Failed to load" in m.text)
                else None)
        page.on("pageerror", lambda e: wrong.append(f"{path}: {e}"))
        page.on("request", lambda r: None if r.url.startswith((address, "data:", "blob:"))
                else wrong.append(f"{path}: asked {r.url}"))
        sent = _counting(context, page) if count else None
        answer = page.goto(address + path, wait_until="networkidle")
        assert answer.status == status, f"{path}: {answer.status}"
        if sent is not None:
            page.sent = lambda: sent
        return page

    yield go
    for context in contexts:
        context.close()
    assert not wrong, wrong


@pytest.fixture
def contexts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Answers of the client carry what their templates were given, as `answer.context`."""
    from django.template import Template
    from django.test.utils import instrumented_test_render

    monkeypatch.setattr(Template, "_render", instrumented_test_render)
