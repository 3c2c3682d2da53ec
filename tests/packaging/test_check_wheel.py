"""The check of the wheel sees what it must see: a forgotten data file, an alien one."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from tests.packaging.check_wheel import Failed, check_contents

PARTS = (
    "groundbreak/py.typed", "groundbreak/vocabulary/stages.csv",
    "groundbreak/sources/words/iea_hydrogen_status.csv", "groundbreak/starter/events.csv",
    "groundbreak/measures/thresholds.csv", "groundbreak/register/migrations/0001_initial.py",
)
ABOUT = "groundbreak-0.1.0.dist-info/licenses/LICENSE"


def made(folder: Path, held: tuple[str, ...]) -> tuple[Path, Path]:
    """A tree with all PARTS and a wheel with what is `held`."""
    for part in PARTS:
        (folder / "tree" / part).parent.mkdir(parents=True, exist_ok=True)
        (folder / "tree" / part).write_text("")
    wheel = folder / "made.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for name in held:
            archive.writestr(name, "")
    return folder / "tree", wheel


def test_a_whole_wheel_holds(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    check_contents(*made(tmp_path, (*PARTS, ABOUT)))
    assert "6 files of the package, 5 of them data" in capsys.readouterr().out


@pytest.mark.parametrize("lost", PARTS)
def test_a_forgotten_file_is_named(tmp_path: Path, lost: str) -> None:
    held = tuple(part for part in PARTS if part != lost)
    with pytest.raises(Failed, match=f"not in the wheel: {lost}"):
        check_contents(*made(tmp_path, (*held, ABOUT)))


def test_an_alien_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(Failed, match=r"not of the package: tests/conftest\.py"):
        check_contents(*made(tmp_path, (*PARTS, ABOUT, "tests/conftest.py")))


def test_a_wheel_without_the_licence_fails(tmp_path: Path) -> None:
    with pytest.raises(Failed, match="licence"):
        check_contents(*made(tmp_path, PARTS))
