"""Fixtures shared by all tests."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def data() -> Path:
    """The folder of real files (iea_ccus/, saf/, gem/ …); skips with the reason where unset."""
    folder = os.environ.get("GROUNDBREAK_DATA")
    if not folder:
        pytest.skip("GROUNDBREAK_DATA is not set: the real files are not committed")
    return Path(folder)
