"""The tours of the README, run line by line, and its piece of Python."""

from __future__ import annotations

import re
import shlex
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.docs.conftest import ROOT

TEXT = (ROOT / "README.md").read_text(encoding="utf-8")


def tour(heading: str) -> list[str]:
    """The commands of one section."""
    section = TEXT.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    return [line.strip() for line in section.splitlines() if line.startswith("    groundbreak ")]


TOUR, OWN = tour("A tour on real files"), tour("Your own spreadsheet")
TABS = {"Apr-24": ("Announced", "Announced"), "Nov 2024": ("Announced", "Under construction"),
        "2025-06": ("FID", "Operating")}
PAGE = ("<html><body><p>Boden Iron has taken the final investment decision on its plant in Sweden, "
        "the company said.</p></body></html>")
FILES = {
    "hydrogen-2022.xlsx": "iea_hydrogen/iea_h2_2022-10_original.xlsx",
    "hydrogen-2023.xlsx": "iea_hydrogen/iea_h2_2023-10_original_corrected.xlsx",
}


@pytest.fixture(scope="module")
def toured(
    data: Path, command: Callable[..., str], tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, str]:
    """The folder after the tour, and all that was printed."""
    folder = tmp_path_factory.mktemp("tour")
    for name, real in FILES.items():
        shutil.copy(data / real, folder / name)
    told = [
        command(*shlex.split(line, comments=True)[1:], cwd=folder,
                register=folder / "hydrogen.sqlite3")
        for line in TOUR
    ]
    return folder, "\n".join(told)


def test_the_tour_has_the_commands_it_promises() -> None:
    assert [shlex.split(line)[1] for line in TOUR] == [
        "import", "import", "bridge", "transitions", "projects", "project", "review", "snapshot"]


def test_the_tour_of_ones_own_spreadsheet(command: Callable[..., str], tmp_path: Path) -> None:
    """On a small workbook with three dated tabs, every command does what the page says."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, (first, second) in TABS.items():
        sheet = book.create_sheet(name)
        sheet.append(["Project ID", "Project name", "Country", "Product", "Technology", "Status",
                      "Capacity (kt/y)"])
        sheet.append(["A1", "Boden Iron", "Sweden", "DRI", "H2-DRI", first, 2100])
        sheet.append(["A2", "Fos Iron", "France", "DRI", "H2-DRI", second, 2000])
    book.save(tmp_path / "MY.xlsx")
    (tmp_path / "page.html").write_text(PAGE, encoding="utf-8")
    told = {}
    for line in OWN:
        words = shlex.split(line, comments=True)[1:]
        told[words[0]] = command(*words, cwd=tmp_path, register=tmp_path / "my.sqlite3")
    assert list(told) == ["map", "import", "changes", "export", "propose"]
    assert "Fos Iron" in told["changes"]
    assert "no cell was changed" in told["import"]
    assert "Boden Iron" in told["propose"]


def test_the_numbers_in_the_readme_are_those_printed(toured: tuple[Path, str]) -> None:
    first, second = re.findall(r"(\d+) claims, (\d+) findings, (\d+) review items", toured[1])
    kept, new = re.findall(r"(\d+) ids kept, (\d+) new", toured[1])[0]
    prose = " ".join(TEXT.split())
    assert f"adds {int(second[0]):,} claims to the first one's {int(first[0]):,}, names " \
           f"{second[1]} cells" in prose
    assert f"opens {second[2]} review items" in prose
    assert f"{int(kept):,} are still listed in 2023, and {new} are new" in prose
    assert "unexplained: 0 projects, 0 of any product's capacity" in toured[1]


def test_the_piece_of_python_runs(toured: tuple[Path, str], monkeypatch: Any) -> None:
    monkeypatch.chdir(toured[0])
    code = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)[0]
    names: dict[str, Any] = {}
    exec(compile(code, "README.md", "exec"), names)
    assert names["card"].projects("announced", group="chemicals").height > 0
    assert names["register"].bridge("2022-10-31", "2023-10-30").residual_projects == 0


def test_the_picture_comes_first_and_the_two_commands_follow() -> None:
    assert TEXT.startswith("![")
    assert TEXT.index("docs/scorecard.svg") < TEXT.index("make demo ") < TEXT.index("make test ")
