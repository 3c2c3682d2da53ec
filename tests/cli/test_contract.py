"""The contract of the command: options, formats, exit codes, the last line of an import."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from groundbreak.cli import commands
from tests.register.made import template_file
from tests.register.test_bad_input import PROGRAM, _environment, command

COMMANDS = sorted(get_command(commands()).commands)  # type: ignore[attr-defined]
EXPECTED = {"demo", "import", "sources", "releases", "findings", "review", "project", "projects",
            "scorecard", "bridge", "transitions", "gap", "template", "withdraw", "snapshot",
            "doctor", "changes", "corrections"}
SPAN = ("--from", "2024-01-01", "--to", "2026-01-01")
ASKING = {
    "sources": (), "releases": (), "findings": (), "review": (), "projects": (), "gap": (),
    "scorecard": ("--period", "term", "--by", "sector", "--level", "all"),
    "bridge": SPAN, "transitions": (*SPAN, "--source", "saf"), "doctor": (),
    "project": ("brevik",), "changes": ("--since", "2024-01-01"), "corrections": ("list",),
}


def test_all_commands_are_there() -> None:
    assert set(COMMANDS) >= EXPECTED


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_takes_register_and_format(name: str) -> None:
    asked: Any = get_command(commands()).commands[name]  # type: ignore[attr-defined]
    for one in getattr(asked, "commands", {name: asked}).values():
        options = {o for p in one.params for o in p.opts}
        assert {"--register", "--format"} <= options, one.name


@pytest.mark.parametrize("name", ASKING)
def test_json_parses(loaded: Path, name: str) -> None:
    code, out, error = command(loaded, name, *ASKING[name], "--format", "json")
    assert code == 0, error
    assert json.loads(out) is not None


@pytest.mark.parametrize("name", sorted(set(ASKING) - {"project"}))
def test_csv_parses_and_runs_nothing(loaded: Path, name: str) -> None:
    code, out, error = command(loaded, name, *ASKING[name], "--format", "csv")
    assert code == 0, error
    rows = list(csv.reader(io.StringIO(out)))
    assert len({len(row) for row in rows if row}) <= 1
    for row in rows[1:]:
        for cell in row:
            assert not cell.startswith(("=", "@", "+")), row


def test_the_bridge_in_json(loaded: Path) -> None:
    told = json.loads(command(loaded, "bridge", *SPAN, "--format", "json")[1])
    assert told["residual_projects"] == 0
    assert told["residual_capacity"] == 0
    for line in told["lines"]:
        assert abs(line["projects"]) <= len(line["project_ids"])
    for stock, closing in told["closing"].items():
        flow = sum(line["projects"] for line in told["lines"] if line["stock"] == stock)
        assert told["opening"].get(stock, 0) + flow == closing


def test_demo_twice_is_no_news(own: Path) -> None:
    code, out, _ = command(own, "demo", "--no-serve")
    assert code == 0
    assert "no news" in out


def test_the_last_plain_line_of_an_import(own: Path, tmp_path: Path) -> None:
    path = template_file(tmp_path / "list.csv", [("97", "concept", "10")])
    words = ("import", "template", path, "--published", "2024-01-31")
    first = command(own, *words)[1].splitlines()[-1]
    assert first.endswith(" findings, 0 review items")
    assert int(first.split()[0]) > 5
    assert command(own, *words)[1].splitlines()[-1].startswith("0 claims, ")
    told = json.loads(command(own, "projects", "--all", "--source", "template", "--format",
                              "json")[1])
    assert [row["record"] for row in told] == ["template:97"]


def test_a_project_by_id_record_and_name(loaded: Path) -> None:
    for asked in ("GB-RUGB5A3KE7", "events:brevik-ccs", "brevik"):
        told = json.loads(command(loaded, "project", asked, "--format", "json")[1])
        assert told["record"] == "events:brevik-ccs"
        assert told["evidence"]
        assert told["history"]
    code, _, error = command(loaded, "project", "a")
    assert code == 2
    assert "projects:" in error


@pytest.mark.parametrize(("words", "accepted"), [
    (("scorecard", "--by", "colour"), "accepted: sector"),
    (("scorecard", "--level", "best"), "accepted: all, flagship, global"),
    (("scorecard", "--period", "soon"), "accepted: a year"),
    (("bridge", "--from", "2025-01-01", "--to", "2024-01-01"), "must be before"),
    (("projects", "--country", "Atlantis"), "accepted: ISO codes"),
    (("withdraw", "nothing", "--reason", "x"), "groundbreak releases"),
    (("review", "--item", "1", "--verdict", "maybe"), "accepted: accepted, rejected"),
    (("scorecard", "--as-of", "yesterday"), "YYYY-MM-DD"),
])
def test_bad_words_say_what_is_accepted(
    loaded: Path, words: tuple[str, ...], accepted: str
) -> None:
    code, _, error = command(loaded, *words)
    assert code == 2
    assert accepted in " ".join(error.replace("│", " ").split())
    assert "Traceback" not in error


def test_registers_that_are_none(tmp_path: Path) -> None:
    other = tmp_path / "notes.txt"
    other.write_text("not a register, but longer than sixteen bytes", encoding="utf-8")
    for place in (tmp_path, other):
        code, _, error = command(place, "releases")
        assert code == 2
        assert str(place) in error
    code, _, error = command(tmp_path / "new.sqlite3", "scorecard")
    assert code == 2
    assert "groundbreak demo" in error


def test_review_withdraw_snapshot(own: Path, tmp_path: Path) -> None:
    judged = ("review", "--item", "1", "--verdict", "accepted", "--reason", "seen", "--by",
              "analyst")
    assert command(own, *judged)[0] == 0
    left = json.loads(command(own, "review", "--format", "json")[1])
    assert 1 not in [row["item"] for row in left]
    release = json.loads(command(own, "releases", "--format", "json")[1])[0]["release"]
    assert command(own, "withdraw", release, "--reason", "a test")[0] == 0
    target = tmp_path / "out.zip"
    assert command(own, "snapshot", "-o", target)[0] == 0
    assert target.stat().st_size > 10_000
    assert command(own, "doctor")[0] == 0


def test_a_reader_that_stops_early_is_no_error(loaded: Path) -> None:
    shell = subprocess.run(
        ["bash", "-c", 'set -o pipefail; "$@" | head -1 >/dev/null', "-", *PROGRAM, "projects",
         "--format", "csv", "--register", str(loaded)],
        capture_output=True, text=True, check=False, env=_environment())
    assert "Traceback" not in shell.stderr


def test_version_and_template() -> None:
    told = subprocess.run([*PROGRAM, "--version"], capture_output=True, text=True, check=True)
    assert told.stdout.startswith("groundbreak ")
    made = subprocess.run([*PROGRAM, "template"], capture_output=True, text=True, check=True)
    assert made.stdout.startswith("key,")
    assert sys.executable
