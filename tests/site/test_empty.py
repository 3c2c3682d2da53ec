"""A register with nothing in it: every page is there and says so, on every clock."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from groundbreak.charts import FIGURES
from tests.site.conftest import opened

PATHS = (
    "/", "/projects/", "/sectors/", "/sectors/steel/", "/countries/", "/countries/SWE/",
    "/companies/", "/bridge/", "/flow/", "/gap/", "/promised/", "/coverage/", "/corrections/",
    "/how-we-differ/", "/changes/", "/data/", "/method/", "/figures/", "/about/", "/releases/",
    "/report/", "/map/projects.json", "/map/static.svg", "/feeds/changes.atom",
    "/feeds/changes.json", "/projects.csv", "/projects.xlsx", "/projects.geojson",
    "/projects.parquet", "/countries.csv", "/companies.csv", "/spark/fid.svg", "/cite.bib",
    *(f"/figures/{id}/" for id in FIGURES), *(f"/charts/{id}.pptx" for id in FIGURES),
    "/api/v1/projects", "/api/v1/scorecard.csv", "/api/v1/gap.parquet", "/api/v1/claims.arrow",
    "/api/v1/evidence", "/api/v1/sources",
)
CLOCKS = ("", "?as_of=2023-10-30", "?as_of=2023-10-30&view=as-now-known")


@pytest.fixture
def nothing(tmp_path: Path, empty_register: Path) -> Iterator[Any]:
    """A client on a register that was just made."""
    with opened(shutil.copy(empty_register, tmp_path / "empty.sqlite3")) as client:
        yield client


@pytest.mark.parametrize("clock", CLOCKS)
def test_every_page_answers(nothing: Any, clock: str) -> None:
    answers = {path: nothing.get(path + clock).status_code for path in PATHS}
    assert {path: status for path, status in answers.items() if status != 200} == {}


def test_only_whether_it_is_ready_says_that_nothing_is_there(nothing: Any) -> None:
    assert nothing.get("/readyz").status_code == 503
    assert nothing.get("/api/v1/projects").json()["total"] == 0
