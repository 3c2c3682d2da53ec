"""The API on the embedded register: read by all tests, copied by those that write."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest


@contextmanager
def opened(path: Path | str, **settings: Any) -> Iterator[Any]:
    """A client on a register."""
    from django.db import connections
    from django.test import Client
    from django.test.utils import override_settings

    from groundbreak.register import standing
    from groundbreak.register.connection import connect

    connect(path)
    standing.forget()
    with override_settings(SECRET_KEY="only-for-tests-" + "x" * 40, API_PER_MINUTE=10**6,
                           ALLOWED_HOSTS=["testserver", "localhost"], **settings):
        yield Client(raise_request_exception=False)
    standing.forget()
    connections["default"].close()


@pytest.fixture
def client(embedded: Path) -> Iterator[Any]:
    """A client that reads the embedded register."""
    with opened(embedded) as found:
        yield found


@pytest.fixture
def own(embedded: Path, tmp_path: Path) -> Iterator[Any]:
    """A client on a copy that a test may write to."""
    with opened(shutil.copy(embedded, tmp_path / "own.sqlite3")) as found:
        yield found


@pytest.fixture
def bare(empty_register: Path, tmp_path: Path) -> Iterator[Any]:
    """A client on a register with nothing in it."""
    with opened(shutil.copy(empty_register, tmp_path / "bare.sqlite3")) as found:
        yield found


def body(response: Any) -> bytes:
    """The whole body, streamed or not."""
    return b"".join(response.streaming_content) if response.streaming else response.content


def ask(client: Any, path: str, **params: Any) -> Any:
    """The JSON answer to a question that has one."""
    response = client.get(f"/api/v1/{path}", params)
    assert response.status_code == 200, response.content
    return json.loads(body(response))


def refused(client: Any, path: str, status: int, **params: Any) -> dict[str, Any]:
    """The problem document of a question that is refused."""
    response = client.get(f"/api/v1/{path}", params)
    assert response.status_code == status, (path, params, response.content[:300])
    assert response["Content-Type"] == "application/problem+json"
    told: dict[str, Any] = json.loads(response.content)
    assert told["status"] == status
    return told


def walked(client: Any, path: str, before_next: Callable[[], None] = lambda: None,
           **params: Any) -> list[dict[str, Any]]:
    """All rows of a walk by cursor."""
    answer = ask(client, path, **params)
    rows = list(answer["data"])
    while answer["next"]:
        before_next()
        response = client.get(answer["next"])
        assert response.status_code == 200, response.content
        answer = json.loads(response.content)
        rows += answer["data"]
    return rows
