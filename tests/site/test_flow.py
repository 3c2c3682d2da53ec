"""The flow page: every record in one cell, sums that agree with the measures, cells that open."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from groundbreak.measures.label_flow import label_flow
from groundbreak.measures.population import projects
from groundbreak.measures.transitions import transitions
from groundbreak.register import standing
from tests.register.made import template_file
from tests.site.conftest import opened

pytestmark = pytest.mark.usefixtures("contexts")

SPAN = "from=2025-03-05&to=2026-09-04"


def test_every_counted_project_stands_in_one_cell(client: Any) -> None:
    """Rows sum to what was counted then, columns to what is counted now."""
    shown = client.get(f"/flow/?{SPAN}").context
    reader = standing.current().reader
    for day, side in (("2025-03-05", "before"), ("2026-09-04", "after")):
        found = label_flow(reader.as_of("2025-03-05").view, reader.as_of("2026-09-04").view)
        inside = found.filter(~found[side].is_in(["not_counted", "absent"]))
        assert inside.height == int(projects(reader.as_of(day).view)["counted"].sum())
    assert sum(row.total for row in shown["rows"]) == sum(shown["sums"]) == shown["total"]
    assert shown["there"] == int(projects(reader.as_of("2025-03-05").view)["counted"].sum())
    assert shown["there"] + shown["came"] == shown["total"]
    for row in shown["rows"]:
        assert sum(cell.n for cell in row.cells) == row.total


def test_each_cell_opens_to_its_projects(client: Any) -> None:
    """As many as the number says."""
    shown = client.get(f"/flow/?{SPAN}").context
    cells = [cell for row in shown["rows"] for cell in row.cells if cell.n]
    assert len(cells) > 5
    for cell in cells:
        assert client.get(cell.link).context["total"] == cell.n


@pytest.fixture
def listed(tmp_path: Path, empty_register: Path) -> Any:
    """A register with two editions of a list: one moves, one is lost, one is new."""
    from groundbreak.register.connection import connect
    from groundbreak.register.importing import import_file

    path = shutil.copy(empty_register, tmp_path / "flow.sqlite3")
    connect(path)
    editions = (("2024-01-31", [("1", "concept", "1000"), ("2", "concept", "1000")]),
                ("2024-06-30", [("1", "committed", "1000"), ("3", "feasibility", "1000")]))
    for day, rows in editions:
        published = date.fromisoformat(day)
        import_file("template", template_file(tmp_path / f"{day}.csv", rows), published,
                    today=published)
    with opened(path) as client:
        yield client


def test_one_source_by_its_own_words(listed: Any) -> None:
    """The last two editions unless asked otherwise; the matrix is the measure's."""
    shown = listed.get("/flow/?source=template").context
    assert (shown["days"].opened, shown["days"].closed) == (date(2024, 1, 31), date(2024, 6, 30))
    found = transitions(standing.current().reader.history, "template", date(2024, 1, 31),
                        date(2024, 6, 30))
    assert sum(row.total for row in shown["rows"]) == found.members.height + found.new == 3
    cells = {(row.text, cell.link.partition("after=")[2].partition("&")[0]): cell.n
             for row in shown["rows"] for cell in row.cells if cell.n}
    assert cells == {("Concept", "fid_construction"): 1, ("Concept", "absent"): 1,
                     ("Not listed", "feasibility"): 1}


@pytest.mark.parametrize(("asked", "said"), [
    ("source=nobody", "iea-hydrogen"), ("before=up&after=down", "announced"),
    ("from=2026-01-01&to=2025-01-01", "a day before"), ("x=1", "from, to, source"),
    ("source=saf&before=at_fid", "fid_construction"),
])
def test_bad_questions_say_what_is_accepted(client: Any, asked: str, said: str) -> None:
    """400 with what is accepted."""
    answer = client.get(f"/flow/?{asked}")
    assert answer.status_code == 400
    assert said in answer.content.decode()
