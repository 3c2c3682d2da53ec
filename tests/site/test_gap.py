"""The gap page: four rules side by side, each number open to its projects, none made up."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from groundbreak.measures.gap import gap
from groundbreak.measures.population import projects
from groundbreak.register import standing
from tests.site.conftest import opened

pytestmark = pytest.mark.usefixtures("contexts")


def test_numbers_are_the_measures(client: Any) -> None:
    """Have and missing of every sector and rule; the expected rule is not computed, never zero."""
    shown = client.get("/gap/").context
    figures = gap(standing.current().reader.as_of().view).figures
    for row in shown["rows"]:
        mine = figures.filter(figures["sector"] == row.sector).rows(named=True)
        assert [(c.have, c.gap) for c in row.cells] == [(r["have"], r["gap"]) for r in mine]
        assert row.cells[3].have is None
        assert row.cells[3].note in ("Not yet computed", "Not yet covered")
    whole = shown["whole"].cells
    assert [c.have for c in whole[:3]] == sorted(c.have for c in whole[:3]), "each rule adds"


def test_each_number_opens_to_its_projects(client: Any) -> None:
    """As many as the number says, each with a page."""
    links = [(cell.have, cell.link) for row in client.get("/gap/").context["rows"]
             for cell in row.cells if cell.link]
    assert len(links) >= 15
    for have, link in links:
        shown = client.get(link).context
        assert shown["total"] == have
    first = shown["rows"][0]["project"]
    assert client.get(f"/projects/{first}/").status_code == 200


def test_thresholds_halved_and_doubled(client: Any) -> None:
    """The usual row is the page's own; halving never counts fewer, doubling never more."""
    shown = client.get("/gap/").context
    half, usual, twice = (row["all_announced"] for row in shown["factors"])
    assert half >= usual >= twice
    assert usual == shown["whole"].cells[2].have
    view = standing.current().reader.as_of().view
    assert projects(view, 2.0)["counted"].sum() < projects(view)["counted"].sum()


def test_the_published_arithmetic_stands_beside(client: Any) -> None:
    """705 − 110 = 595, and 12 steel plants after all announced."""
    rows = {row["sector"]: row for row in client.get("/gap/").context["published"]}
    assert rows["all"]["missing"] == 595
    assert rows["steel"]["missing_after_announced"] == 12


def test_nothing_known_is_no_gap(tmp_path: Path, empty_register: Path) -> None:
    """Not covered: no number is told."""
    with opened(shutil.copy(empty_register, tmp_path / "empty.sqlite3")) as client:
        answer = client.get("/gap/?as_of=2025-06-01")
        assert answer.status_code == 200
        assert "cannot be told yet" in answer.content.decode()
        assert all(c.have is None for row in answer.context["rows"] for c in row.cells)


@pytest.mark.parametrize(("asked", "said"), [
    ("sector=outside", "chemicals_shipping"), ("rule=expected", "due_2030"),
    ("sector=steel&rule=committed&page=-1", "a whole number"), ("year=2040", "sector, rule, page"),
])
def test_bad_questions_say_what_is_accepted(client: Any, asked: str, said: str) -> None:
    """400 with what is accepted."""
    answer = client.get(f"/gap/?{asked}")
    assert answer.status_code == 400
    assert said in answer.content.decode()
