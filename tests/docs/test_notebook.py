"""The notebook runs on a snapshot of the embedded register and shows what it says it shows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

import groundbreak as gb
from tests.docs.conftest import ROOT

NOTEBOOK = ROOT / "docs" / "notebook.ipynb"


@pytest.fixture(scope="module")
def executed(snapshot: Path) -> Any:
    """The notebook after all its cells ran."""
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GROUNDBREAK_SNAPSHOT", str(snapshot))
        patch.setenv("PYTHONPATH", str(ROOT))
        NotebookClient(notebook, timeout=120, kernel_name="python3",
                       resources={"metadata": {"path": str(snapshot.parent)}}).execute()
    return notebook


def shown(notebook: Any, marker: str) -> str:
    """The plain text under the first code cell that contains `marker`."""
    cell = next(c for c in notebook.cells if c.cell_type == "code" and marker in c.source)
    return "\n".join(output["data"]["text/plain"] for output in cell.outputs if "data" in output)


def test_it_is_kept_without_outputs() -> None:
    cells = [c for c in nbformat.read(NOTEBOOK, as_version=4).cells if c.cell_type == "code"]
    assert all(not cell.outputs and cell.execution_count is None for cell in cells)


def test_the_scorecard_as_known_on_a_day(executed: Any, snapshot: Path) -> None:
    assert 'as_of("2025-03-05")' in "".join(cell.source for cell in executed.cells)
    text = shown(executed, 'scorecard(period="2024", by="sector")')
    card = gb.open(snapshot).as_of("2025-03-05").scorecard(period="2024", by="sector")
    value = card.figures.filter(group="all", level="all", measure="announced")["value"][0]
    assert value > 0
    row = next(line for line in text.splitlines() if "┆" in line and "│ all " in line)
    assert row.split("│")[1].split("┆")[1].strip() == str(value)


def test_the_projects_behind_a_cell(executed: Any, snapshot: Path) -> None:
    text = shown(executed, "card.projects(")
    card = gb.open(snapshot).as_of("2025-03-05").scorecard(period="2024", by="sector")
    behind = card.projects("announced", group="steel")
    assert behind.height > 0
    assert f"shape: ({behind.height}, 4)" in text
    assert behind["project"][0] in text
    assert "publisher" in shown(executed, "view.view.cells")


def test_the_bridge_closes(executed: Any) -> None:
    assert "newly_announced" in shown(executed, "register.bridge(")
    assert "closing" in shown(executed, "residual_projects == 0")


def test_the_gap_under_four_rules(executed: Any) -> None:
    text = shown(executed, ".gap()")
    assert "all_announced" in text
    assert "705" in text
