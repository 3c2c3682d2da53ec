"""Bad input: the message names file, place, value and what is accepted; nothing is half-written."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from tests.editions import HYDROGEN
from tests.register.made import template_file
from tests.sources.made_hydrogen import GOOD, workbook

PROGRAM = [sys.executable, "-c", "from groundbreak.cli import main; main()"]


def command(register: Path, *words: object, limit: int | None = None) -> tuple[int, str, str]:
    """Run the command on a register: exit code, standard output, standard error."""
    def small() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit or 0, limit or 0))

    done = subprocess.run(
        [*PROGRAM, *map(str, words), "--register", str(register)], capture_output=True, text=True,
        preexec_fn=small if limit else None, check=False, env=_environment(),
    )
    return done.returncode, done.stdout, done.stderr


def _environment() -> dict[str, str]:
    return {k: v for k, v in os.environ.items()
            if k not in ("GROUNDBREAK_REGISTER", "DATABASE_URL")}


def take(register: Path, path: Path, source: str = "iea-hydrogen",
         day: str = "2022-10-31") -> tuple[int, str, str]:
    """Import a file by the command."""
    return command(register, "import", source, path, "--published", day)


def refused(register: Path, path: Path, *parts: str, source: str = "iea-hydrogen",
            day: str = "2022-10-31") -> None:
    """The import stops with exit code 2, names the file and `parts`, and writes nothing."""
    code, out, error = take(register, path, source, day)
    assert code == 2, (code, out, error)
    assert "Traceback" not in error
    for part in parts:
        assert part in error, (part, error)
    assert len(error) < 4000
    assert command(register, "releases")[1].startswith("Releases: none yet")


def findings(register: Path) -> str:
    """All findings as CSV."""
    return command(register, "findings", "--format", "csv")[1]


def spoiled(path: Path, **cells: object) -> Path:
    """The good workbook with some cells changed."""
    return workbook(path, [{**GOOD, **_named(cells)}])


def _named(cells: Mapping[str, object]) -> dict[str, object]:
    return {name.replace("_", " "): value for name, value in cells.items()}


def test_wrong_file_for_the_source(sqlite_register: Path, tmp_path: Path) -> None:
    path = workbook(tmp_path / "hydrogen.xlsx")
    refused(sqlite_register, path, "hydrogen.xlsx", "Accepted:", source="iea-ccus")
    refused(sqlite_register, path, "unknown source", "accepted: iea-hydrogen", source="iea-h2")


def test_unknown_layout(sqlite_register: Path, tmp_path: Path) -> None:
    path = tmp_path / "other.csv"
    path.write_text("DATABASE,\nRef,Project name\n,\n,\n1,A\n", encoding="utf-8")
    refused(sqlite_register, path, "other.csv", "not a known layout", "Country", "Accepted:")


def test_unknown_stage_word(sqlite_register: Path, tmp_path: Path) -> None:
    path = spoiled(tmp_path / "words.xlsx", Status="Nearly there")
    refused(sqlite_register, path, "words.xlsx", "sheet 'Projects'", "row 5", "column 'Status'",
            "'Nearly there'", "Accepted: 'Concept'", "Nothing was imported")


def test_empty_and_missing_files(sqlite_register: Path, tmp_path: Path) -> None:
    empty = tmp_path / "empty.xlsx"
    empty.touch()
    refused(sqlite_register, empty, "empty.xlsx", "no data rows", "Accepted:")
    refused(sqlite_register, workbook(tmp_path / "bare.xlsx", []), "bare.xlsx", "no data rows")
    refused(sqlite_register, tmp_path / "none.xlsx", "none.xlsx", "no such file")


def test_truncated_workbook(sqlite_register: Path, tmp_path: Path) -> None:
    whole = workbook(tmp_path / "whole.xlsx").read_bytes()
    cut = tmp_path / "cut.xlsx"
    cut.write_bytes(whole[: len(whole) // 2])
    refused(sqlite_register, cut, "cut.xlsx", "broken or truncated workbook", "Accepted:")


def test_zip_bomb(sqlite_register: Path, tmp_path: Path) -> None:
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (64 * 2**20))
    refused(sqlite_register, path, "bomb.xlsx", "refused as too large", "Accepted:")


def test_a_cell_of_a_megabyte(sqlite_register: Path, tmp_path: Path) -> None:
    path = tmp_path / "huge.csv"
    template_file(path, [("a", "concept", "10")])
    text = path.read_text(encoding="utf-8").replace("Project a", "x" * 2**20)
    path.write_text(text, encoding="utf-8")
    assert take(sqlite_register, path, "template")[0] == 0
    told = findings(sqlite_register)
    assert "huge_cell" in told
    assert "1,048,576 characters" in told
    assert len(told) < 2000


def test_an_id_of_a_megabyte_is_no_record(sqlite_register: Path, tmp_path: Path) -> None:
    path = tmp_path / "key.csv"
    template_file(path, [("a", "concept", "10"), ("k" * 2**20, "concept", "10")])
    code, out, error = take(sqlite_register, path, "template")
    assert len(out + error) < 2000
    listed = command(sqlite_register, "projects", "--all", "--format", "csv")
    assert code in (0, 2)
    assert "kkkk" not in listed[1]
    told = error if code else findings(sqlite_register)
    assert "accepted" in told.lower()
    assert "1,048,576 characters" in told


def test_formula_cells(sqlite_register: Path, tmp_path: Path) -> None:
    """A formula without a stored value reads as a blank everywhere, so it must be named."""
    path = spoiled(tmp_path / "formula.xlsx", MWel="=50*2")
    assert take(sqlite_register, path)[0] == 0
    told = findings(sqlite_register)
    assert "formula_without_value" in told
    assert "Projects,5,MWel,'=50*2" in told


def test_dates_that_cannot_be(sqlite_register: Path, tmp_path: Path) -> None:
    rows = [{**GOOD, "Ref": 1, "Date online": 9999}, {**GOOD, "Ref": 2, "Date online": "soon"},
            {**GOOD, "Ref": 3, "Date online": 0}]
    assert take(sqlite_register, workbook(tmp_path / "dates.xlsx", rows))[0] == 0
    told = findings(sqlite_register)
    assert told.count("unreadable_date") == 3
    assert "year 9999 is outside" in told


def test_nothing_is_known_to_happen_before_it_was_published(
    sqlite_register: Path, tmp_path: Path
) -> None:
    """An operating plant with a start after publication: the day it was known bounds it."""
    path = spoiled(tmp_path / "future.xlsx", Status="Operational", **{"Date online": 2031})
    assert take(sqlite_register, path)[0] == 0
    assert "happened after it was published" in findings(sqlite_register)
    assert command(sqlite_register, "doctor")[0] == 0


@pytest.mark.parametrize("value", ["nan", "inf", "-inf", "1e999"])
def test_numbers_that_are_none(sqlite_register: Path, tmp_path: Path, value: str) -> None:
    path = spoiled(tmp_path / "numbers.xlsx", MWel=value)
    assert take(sqlite_register, path)[0] == 0
    assert "not_finite" in findings(sqlite_register)


def test_duplicate_ids(sqlite_register: Path, tmp_path: Path) -> None:
    rows = [GOOD, {**GOOD, "Project name": "Another plant"}]
    assert take(sqlite_register, workbook(tmp_path / "twice.xlsx", rows))[0] == 0
    told = command(sqlite_register, "review", "--format", "csv")[1]
    assert "repeated_id" in told
    assert "Another plant; Plant seven" in told


def test_mixed_encodings(sqlite_register: Path, tmp_path: Path) -> None:
    path = template_file(tmp_path / "mixed.csv", [("a", "concept", "10"), ("b", "feed", "7")])
    text = path.read_bytes()
    path.write_bytes(text.replace(b"Project a", "Luleå".encode())
                     .replace(b"Project b", "Höganäs".encode("cp1252")))
    assert take(sqlite_register, path, "template")[0] == 0
    names = command(sqlite_register, "projects", "--all", "--format", "csv")[1]
    assert "Höganäs" in names
    assert "encoding" in findings(sqlite_register)


def test_a_published_date_in_the_future(sqlite_register: Path, tmp_path: Path) -> None:
    refused(sqlite_register, workbook(tmp_path / "good.xlsx"), "in the future", "accepted",
            day="2999-01-01")
    code, _, error = take(sqlite_register, tmp_path / "good.xlsx", day="31/10/2022")
    assert code == 2
    assert "YYYY-MM-DD" in error


def test_formula_injection_on_export(sqlite_register: Path, tmp_path: Path) -> None:
    path = template_file(tmp_path / "evil.csv", [("a", "concept", "10")])
    evil = path.read_text(encoding="utf-8").replace("Project a", "=HYPERLINK(1)")
    path.write_text(evil, encoding="utf-8")
    assert take(sqlite_register, path, "template")[0] == 0
    told = command(sqlite_register, "projects", "--all", "--format", "csv")[1]
    assert "'=HYPERLINK(1)" in told
    assert ",=HYPERLINK" not in told


def test_disk_full(sqlite_register: Path, data: Path) -> None:
    before = sqlite_register.stat().st_size
    code, out, error = command(
        sqlite_register, "import", "iea-hydrogen", data / HYDROGEN[0].file, "--published",
        "2021-10-31", limit=before + 200_000)
    assert code == 1, (out, error)
    assert "Traceback" not in error
    assert command(sqlite_register, "releases")[1].startswith("Releases: none yet")
    assert take(sqlite_register, data / HYDROGEN[0].file, day="2021-10-31")[0] == 0


@pytest.mark.parametrize("moment", [0.8, 1.2, 1.6])
def test_killed_in_mid_import(
    sqlite_register: Path, data: Path, moment: float, empty_register: Callable[[], Path]
) -> None:
    """Whenever the power goes, the register holds all of an import or nothing of it."""
    running = subprocess.Popen(
        [*PROGRAM, "import", "iea-hydrogen", str(data / HYDROGEN[0].file), "--published",
         "2021-10-31", "--register", str(sqlite_register)],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=_environment())
    time.sleep(moment)
    running.kill()
    running.wait()
    told = command(sqlite_register, "releases", "--format", "json")[1]
    assert told.count('"release"') in (0, 1)
    assert command(sqlite_register, "doctor")[0] == 0
    code, out, _ = take(sqlite_register, data / HYDROGEN[0].file, day="2021-10-31")
    assert code == 0
    if '"release"' not in told:
        assert int(out.splitlines()[-1].split()[0]) > 10_000
