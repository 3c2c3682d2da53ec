"""`groundbreak corrections`: check, apply, list; what an import says aloud."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from tests.cli.running import run
from tests.register.made import template_file
from tests.register.test_correcting import PLANT


@pytest.fixture
def loaded(sqlite_register: Path, tmp_path: Path) -> Path:
    """A register with one plant whose printed capacity is wrong."""
    assert take(sqlite_register, tmp_path, "2024-01-31", "9000")[0] == 0
    return sqlite_register


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file that corrects it."""
    path = tmp_path / "plants.yaml"
    path.write_text(PLANT, encoding="utf-8")
    return path


def take(register: Path, folder: Path, published: str, capacity: str) -> tuple[int, str, str]:
    """Import an edition."""
    path = template_file(folder / f"{published}.csv", [("97", "concept", capacity)])
    return run(register, "import", "template", path, "--published", published)


def test_check_apply_list(loaded: Path, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    code, out, _ = run(loaded, "corrections", "check", file)
    assert code == 0
    assert "not in force yet" in out
    code, out, _ = run(loaded, "corrections", "apply", file)
    assert (code, out.splitlines()[-1]) == (0, "1 claims written, 0 taken back; kept: plants.yaml")
    assert run(loaded, "corrections", "check")[0] == 0
    out = run(loaded, "corrections", "list")[1]
    assert "plants.yaml, line 2: template:97 capacity_dri_t_per_year" in out
    assert "expected 9000000; correction: 90 kt/y" in " ".join(out.split())
    assert max(map(len, out.splitlines())) <= 80
    told = json.loads(run(loaded, "corrections", "list", "--format", "json")[1])
    assert [(row["record"], row["in_force"], row["status"]) for row in told] == [
        ("template:97", True, "in force")]
    rows = list(csv.DictReader(io.StringIO(run(loaded, "corrections", "list", "--format",
                                               "csv")[1])))
    assert rows[0]["reason"] == "a zero too many"


def test_an_import_says_aloud_that_a_guard_failed(
    loaded: Path, file: Path, tmp_path: Path
) -> None:
    run(loaded, "corrections", "apply", file)
    code, out, error = take(loaded, tmp_path, "2024-06-30", "95")
    assert code == 0
    assert out.splitlines()[-1].endswith(" review items")
    assert "correction not in force: plants.yaml, line 2: template:97" in error
    assert "now says '95,000 t/y'" in error
    code, _, error = run(loaded, "corrections", "check")
    assert code == 1
    assert "plants.yaml, line 2" in error
    code, _, error = run(loaded, "corrections", "apply", file)
    assert code == 2
    assert "accepted: a correction that expects this, or none" in error
    file.write_text("corrections: []\n", encoding="utf-8")
    assert run(loaded, "corrections", "apply", file)[0] == 0
    assert run(loaded, "corrections", "check")[0] == 0


@pytest.mark.parametrize(("words", "accepted"), [
    (("apply",), "groundbreak corrections apply FILE.yaml"),
    (("list", "x.yaml"), "list takes no files"),
    (("check", "nowhere.yaml"), "nowhere.yaml"),
    (("mend",), "check"),
])
def test_bad_words(loaded: Path, words: tuple[str, ...], accepted: str) -> None:
    code, _, error = run(loaded, "corrections", *words)
    assert code == 2
    assert accepted in " ".join(error.split())


def test_a_bad_file_is_named_with_its_line(loaded: Path, file: Path) -> None:
    file.write_text(PLANT.replace("action: set", "action: mend"), encoding="utf-8")
    for action in ("check", "apply"):
        code, _, error = run(loaded, "corrections", action, file)
        assert code == 2
        assert "plants.yaml, line 4: action" in error
        assert "set, clear, not_applicable, drop" in error


def test_an_empty_register_has_none(sqlite_register: Path) -> None:
    code, out, _ = run(sqlite_register, "corrections", "list")
    assert code == 0
    assert "groundbreak corrections apply" in out
    assert json.loads(run(sqlite_register, "corrections", "list", "--format", "json")[1]) == []
