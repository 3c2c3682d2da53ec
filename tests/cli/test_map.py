"""The command `map`, and `import` of somebody's own list."""

from __future__ import annotations

import csv
import io
import json
import os
from pathlib import Path

import pytest

from tests.register.test_bad_input import command
from tests.sources.mapped import made

ROWS = """\
Project,Country,Owner,Status,Capacity (kt/y),Product,Planned start,Zorp
Hy One,Sweden,Nord AB,Announced,200,Ammonia,2028,blue
Hy Two,Spain,Sur SA,FID,300,Ammonia,2027,
"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    # The program is started from here, and its package is found from there.
    root = str(Path(__file__).parents[2])
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, [root, os.environ.get(
        "PYTHONPATH", "")])))
    (tmp_path / "ours 2024-04.csv").write_text(ROWS, encoding="utf-8")
    return tmp_path


@pytest.fixture
def register(sqlite_register: Path) -> Path:
    return sqlite_register


def test_map_check_import_and_the_next_file(here: Path, register: Path) -> None:
    code, out, error = command(register, "map", "ours 2024-04.csv", "--source", "ours")
    assert code == 0, error
    assert "groundbreak import ours 'ours 2024-04.csv' --mapping ours.yaml" in out
    code, out, error = command(register, "map", "--check", "ours.yaml")
    assert code == 0, error
    assert "would be taken in as ours@2024-04-30" in out
    assert "Zorp" in out
    code, out, error = command(register, "import", "ours", "ours 2024-04.csv", "--mapping",
                               "ours.yaml")
    assert code == 0, error
    assert out.splitlines()[-1].endswith(" claims, 1 findings, 0 review items")
    Path("ours.yaml").unlink()
    Path("ours 2024-11.csv").write_text(ROWS.replace("FID", "Under construction"),
                                        encoding="utf-8")
    code, out, error = command(register, "map", "--check", "ours", "ours 2024-11.csv")
    assert code == 2  # a word that the list had not
    assert "'Under construction'" in error
    assert command(register, "map", "--kept", "ours")[0] == 0
    text = Path("ours.yaml").read_text(encoding="utf-8")
    Path("ours.yaml").write_text(text.replace("    FID:", "    Under construction: construction\n"
                                              "    FID:"), encoding="utf-8")
    code, out, error = command(register, "import", "ours", "ours 2024-11.csv", "--mapping",
                               "ours.yaml")
    assert code == 0, error
    told = json.loads(command(register, "bridge", "--from", "2024-04-30", "--to", "2024-11-30",
                              "--source", "ours", "--all", "--format", "json")[1])
    assert told["residual_projects"] == told["residual_capacity"] == 0
    assert "ours" in command(register, "sources", "--format", "csv")[1]


def test_five_tabs_by_the_command_and_a_scorecard_of_their_figures(
    here: Path, register: Path
) -> None:
    made.build(here / "pipeline.xlsx", projects=40)
    assert command(register, "map", "pipeline.xlsx")[0] == 0
    code, out, error = command(register, "import", "pipeline", "pipeline.xlsx", "--mapping",
                               "pipeline.yaml", "--format", "json")
    assert code == 0, error
    releases = [row["release"] for row in json.loads(out)]
    assert releases == [f"pipeline@{day}" for day in made.TABS.values()]
    code, out, error = command(register, "import", "pipeline", "pipeline.xlsx")
    assert code == 0, error
    assert "taken in before: no news" in out
    assert command(register, "scorecard", "--period", "2025")[0] == 0
    assert command(register, "bridge", "--from", "2024-04-30", "--to", "2026-06-30")[0] == 0
    assert command(register, "doctor")[0] == 0


@pytest.mark.parametrize("form", ["json", "csv"])
def test_formats_of_check_hold_every_issue(here: Path, register: Path, form: str) -> None:
    assert command(register, "map", "ours 2024-04.csv", "--source", "ours")[0] == 0
    code, out, error = command(register, "map", "--check", "ours.yaml", "--format", form)
    assert code == 0, error
    rows = json.loads(out)["issues"] if form == "json" else list(csv.DictReader(io.StringIO(out)))
    assert [row["column"] for row in rows if row["what"] == "column unread"] == ["Zorp"]
    if form == "json":
        assert json.loads(out)["samples"][0]["name"] == "Hy One"


@pytest.mark.parametrize("width", ["60", "80", "200"])
def test_every_width_shows_the_rows_as_understood(
    here: Path, register: Path, width: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", width)
    assert command(register, "map", "ours 2024-04.csv", "--source", "ours")[0] == 0
    code, out, _ = command(register, "map", "--check", "ours.yaml")
    assert code == 0
    assert max(map(len, out.splitlines())) <= int(width) + 40  # paths are never cut
    assert "200,000 t/y" in out


@pytest.mark.parametrize(("words", "told"), [
    (("map",), "groundbreak map FILE"),
    (("map", "nothing.csv"), "no such file"),
    (("map", "ours 2024-04.csv", "--source", "SAF"), "small letters"),
    (("map", "ours 2024-04.csv", "--source", "saf"), "another source"),
    (("map", "ours 2024-04.csv", "-o", "no/such/folder.yaml"), "no such folder"),
    (("map", "--check", "nothing.yaml"), "no such file"),
    (("map", "--check", "ours 2024-04.csv"), "not a mapping"),
    (("map", "--check", "nobodys-list", "ours 2024-04.csv"), "unknown source"),
    (("map", "--kept", "nobodys-list"), "unknown source"),
    (("import", "nobodys-list", "ours 2024-04.csv"), "--mapping"),
    (("import", "other", "ours 2024-04.csv", "--mapping", "good.yaml"), "maps source 'ours'"),
    (("import", "ours", "ours 2024-04.csv", "--mapping", "good.yaml", "--published",
      "2999-01-01"), "in the future"),
    (("import", "ours", "ours 2024-04.csv", "--mapping", "good.yaml", "--cut", "2024-01-01"),
     "--cut is not for a list of your own"),
])
def test_bad_words_say_what_is_accepted(
    here: Path, register: Path, words: tuple[str, ...], told: str
) -> None:
    if "good.yaml" in words:
        assert command(register, "map", "ours 2024-04.csv", "--source", "ours", "-o",
                       "good.yaml")[0] == 0
    code, out, error = command(register, *words)
    assert code == 2, (out, error)
    assert told in error
    assert "Traceback" not in error
    assert command(register, "releases")[1].startswith("Releases: none yet")


def test_a_mapping_that_was_edited_is_not_overwritten(here: Path, register: Path) -> None:
    words = ("map", "ours 2024-04.csv", "--source", "ours")
    assert command(register, *words)[0] == 0
    Path("ours.yaml").write_text("mine", encoding="utf-8")
    code, _, error = command(register, *words)
    assert code == 2
    assert "--force" in error
    assert Path("ours.yaml").read_text(encoding="utf-8") == "mine"
    assert command(register, *words, "--force")[0] == 0


def test_an_error_in_the_mapping_names_its_line(here: Path, register: Path) -> None:
    assert command(register, "map", "ours 2024-04.csv", "--source", "ours")[0] == 0
    text = Path("ours.yaml").read_text(encoding="utf-8").replace("Owner: owners", "Owner: ownerz")
    Path("ours.yaml").write_text(text, encoding="utf-8")
    line = 1 + text.splitlines().index("  Owner: ownerz")
    code, _, error = command(register, "map", "--check", "ours.yaml")
    assert code == 2
    assert f"ours.yaml, line {line}: columns, Owner:" in error
    assert "did you mean owners" in error


def test_check_and_import_say_how_many_records_would_be_counted(
    here: Path, register: Path
) -> None:
    assert command(register, "map", "ours 2024-04.csv", "--source", "ours")[0] == 0
    words = ("import", "ours", "ours 2024-04.csv", "--mapping", "ours.yaml")
    told = ("0 of 2 records would be counted; not counted: 2 route not stated; say it under "
            "defaults or words")
    assert command(register, "map", "--check", "ours.yaml")[1].splitlines()[-2] == told
    out = command(register, *words)[1]
    assert out.splitlines()[-2] == told
    assert command(register, "withdraw", "ours@2024-04-30", "--reason", "no route")[0] == 0
    path = Path("ours.yaml")
    path.write_text(path.read_text(encoding="utf-8").replace('route: "?"', "route: electrolysis"),
                    encoding="utf-8")
    out = command(register, *words)[1]
    assert out.splitlines()[-2] == "2 of 2 records would be counted"
    told = command(register, "projects", "--format", "csv")[1]
    assert [row["verdict"] for row in csv.DictReader(io.StringIO(told))] == ["eligible"] * 2


def test_the_rows_of_names_may_be_told(here: Path, register: Path) -> None:
    Path("two 2024-04.csv").write_text(ROWS.replace("\n", "\na,b,c,d,e,f,g,h\n", 1),
                                       encoding="utf-8")
    for told in ("2", "two 2024-04.csv=2"):
        code, _, error = command(register, "map", "two 2024-04.csv", "--source", "ours", "--force",
                                 "--header-rows", told)
        assert code == 0, error
        text = Path("ours.yaml").read_text(encoding="utf-8")
        assert "header_rows: 2" in text
        assert "Country / b" in text
    for told in ("4", "x=2", "two", "=1=2"):
        code, _, error = command(register, "map", "two 2024-04.csv", "--force", "--header-rows",
                                 told)
        assert code == 2, told
        assert f"--header-rows {told}: no" in error
        assert "accepted: " in error
