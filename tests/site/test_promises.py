"""Promised against actual: rows that sum, numbers that open, and failures with their evidence."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from groundbreak.measures.failures import failures
from groundbreak.register import standing
from tests.site.conftest import opened

pytestmark = pytest.mark.usefixtures("contexts")


@pytest.mark.parametrize("basis", ["first", "year_before"])
@pytest.mark.parametrize("sector", ["", "aviation"])
def test_outcomes_of_each_row_sum_and_open(client: Any, basis: str, sector: str) -> None:
    """The first number of a row is the sum of the others, and each opens to as many projects."""
    shown = client.get(f"/promised/?basis={basis}&sector={sector}").context
    assert shown["years"]
    for row in [*shown["years"], *shown["by_sector"]]:
        promised, *outcomes = (n for n, _link in row.cells)
        assert promised == sum(outcomes)
    for n, link in shown["years"][-1].cells:
        if n:
            assert client.get(link).context["total"] == n


def test_sectors_sum_to_the_year(client: Any) -> None:
    """Of the last full year."""
    shown = client.get("/promised/").context
    year = next(row for row in shown["years"] if row.name == str(shown["last"]))
    summed = [sum(n for n, _link in column)
              for column in zip(*(row.cells for row in shown["by_sector"]), strict=True)]
    assert summed == [n for n, _link in year.cells]
    assert (shown["due"], shown["did"]) == (summed[0], summed[1])


def test_failures_are_listed_with_who_said_so(client: Any) -> None:
    """All of them, each with its publisher; nothing of what was stopped later."""
    page = client.get("/promised/").content.decode()
    failed = failures(standing.current().reader.as_of().view)
    assert failed.height == client.get("/promised/").context["failed"] > 0
    for row in failed.iter_rows(named=True):
        assert f"/projects/{row['project']}/" in page
        assert row["publisher"].replace("&", "&amp;") in page
    before = client.get("/promised/?as_of=2024-11-01").context["failures"]
    known = [row["known"] for _what, _n, rows in before for row in rows]
    assert all(str(day) <= "2024-11-01" for day in known)


def test_nothing_promised(tmp_path: Path, empty_register: Path) -> None:
    """No project: a page that says so."""
    with opened(shutil.copy(empty_register, tmp_path / "empty.sqlite3")) as client:
        answer = client.get("/promised/?as_of=2025-06-01")
        assert answer.status_code == 200
        assert "No tracked plant was promised" in answer.content.decode()


@pytest.mark.parametrize(("asked", "said"), [
    ("sector=outside", "aluminium"), ("basis=second", "year_before"), ("year=1066", "2025"),
    ("year=2025&outcome=maybe", "promised_later"), ("slip=1", "sector, basis, year"),
])
def test_bad_questions_say_what_is_accepted(client: Any, asked: str, said: str) -> None:
    """400 with what is accepted."""
    answer = client.get(f"/promised/?{asked}")
    assert answer.status_code == 400
    assert said in answer.content.decode()
