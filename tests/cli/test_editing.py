"""Export, import edit, edit, add and undo as an editor uses them: words, exit codes, formats."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import pty
import re
import select
import sqlite3
import subprocess
import termios
import time
from pathlib import Path

import openpyxl
import pytest

from tests.cli.running import run
from tests.editing.conftest import typed_into
from tests.register.test_bad_input import PROGRAM, _environment, command

EVIDENCE = ("--source", "https://example.org/a", "--date", "2026-09-30", "--grade", "2")
BREVIK = "Brevik CCS"


def project(register: Path, name: str) -> dict[str, str]:
    """field → value of a project's dossier."""
    told = json.loads(run(register, "project", name, "--format", "json")[1])
    return {"record": told["record"]} | {f["field"]: f["value"] for f in told["facts"]}


def test_round_trip(own: Path, tmp_path: Path) -> None:
    """Export, edit in another program, preview, import, again, undo."""
    sheet = tmp_path / "work.xlsx"
    code, out, error = command(own, "export", "--edit", "--sector", "cement", "-o", sheet)
    assert code == 0, error
    assert "groundbreak import edit" in out
    book = openpyxl.load_workbook(sheet)
    record = book["Projects"]["B3"].value
    typed_into(sheet, sheet, {
        (record, "operation_planned_date"): "2039", (record, "evidence_url"): "https://x.org",
        (record, "known_date"): "2026-09-30", (book["Projects"]["B4"].value, "note"): "unsaid"})
    code, out, error = command(own, "import", "edit", sheet, "--preview")
    assert code == 0, error
    assert "would be written" in out
    assert "2039" in out
    assert "unexplained: 0 projects" in out
    assert out.splitlines()[-1] == "0 claims, 1 findings, 0 review items"
    assert "evidence missing" in run(own, "import", "edit", sheet, "--preview", "--format",
                                        "csv")[1]
    code, out, _ = command(own, "import", "edit", sheet)
    assert code == 3
    assert out.splitlines()[-1] == "1 claims, 1 findings, 0 review items"
    code, out, _ = command(own, "import", "edit", sheet)
    assert code == 2  # nothing was written: one says what stands, one is refused
    assert out.splitlines()[-1] == "0 claims, 1 findings, 0 review items"
    assert project(own, record)["operation_planned_date"] == "2039"
    listed = json.loads(command(own, "releases", "--format", "json")[1])
    name = next(r["release"] for r in listed if r["release"].startswith("edit@"))
    code, out, error = command(own, "undo", name, "--reason", "only a test")
    assert code == 0, error
    assert project(own, record).get("operation_planned_date") != "2039"


def test_preview_as_json(own: Path, tmp_path: Path) -> None:
    done = command(own, "edit", BREVIK, "--set", "stage=closed", *EVIDENCE, "--preview",
                   "--format", "json")
    assert done[0] == 0, done[2]
    told = json.loads(done[1])
    assert told["preview"] is True
    assert told["claims"] == 0
    assert [r["verdict"] for r in told["rows"]] == ["accepted"]
    assert told["effect"]["residual_projects"] == 0
    assert {r["measure"] for r in told["effect"]["scorecard"]} >= {"Operating"}


def test_editing_one_project(own: Path) -> None:
    code, out, error = command(own, "edit", BREVIK, "--set", "place=Heidelberg's works",
                               "--set", "capex_announced=EUR@2024 400000000", *EVIDENCE)
    assert code == 0, error
    assert "2 claims written; undo with: groundbreak undo edit@" in out
    facts = project(own, BREVIK)
    assert facts["place"] == "Heidelberg's works"
    assert facts["capex_announced"] == "400,000,000"


def test_editing_many_by_filter(own: Path) -> None:
    """A preview first, then all of them in one import."""
    words = ("edit", "--sector", "cement", "--set", "note=looked at", *EVIDENCE)
    code, out, _ = command(own, *words, "--preview")
    assert code == 0
    count = int(re.search(r"([\d,]+) changed cells", out)[1])  # type: ignore[index]
    assert count > 5
    assert f"{count} claims written" in command(own, *words)[1]


def test_a_flagship_shows_in_the_effect(own: Path) -> None:
    out = run(own, "edit", BREVIK, "--set", "support=flagship", *EVIDENCE, "--preview")[1]
    assert "of which flagship" in out


def test_adding_a_project(own: Path) -> None:
    words = ("add", "--set", "name=New Ammonia", "--set", "country=Norway", "--set",
             "product=ammonia", "--set", "route=electrolysis", "--set", "stage=announced",
             "--set", "capacity_ammonia_t_per_year=200 kt/y", *EVIDENCE)
    code, _, error = command(own, *words)
    assert code == 0, error
    facts = project(own, "New Ammonia")
    assert (facts["record"], facts["sector"], facts["activity"], facts["country"]) == (
        "edit:1", "chemicals", "active", "NOR")
    bare = run(own, "add", "--set", "name=Bare", "--set", "product=ammonia", *EVIDENCE)[1]
    assert "Bare is not counted (undecided: " in bare
    code, _, error = command(own, *words)
    assert code == 2
    assert "New Ammonia" in error
    assert "--anyway" in error


@pytest.mark.parametrize(("words", "said"), [
    (("edit", BREVIK, "--set", "stage=soon", *EVIDENCE), "signalled, announced"),
    (("edit", BREVIK, "--set", "stge=feed", *EVIDENCE), "did you mean stage"),
    (("edit", BREVIK, "--set", "stage", *EVIDENCE), "FIELD=VALUE"),
    (("edit", BREVIK, "--set", "stage=feed"), "--source and --date"),
    (("edit", BREVIK, "--set", "stage=feed", "--source", "x", "--date", "1.2.2026"), "YYYY-MM-DD"),
    (("edit", BREVIK, "--set", "capex_announced=5", *EVIDENCE), "USD@2023"),
    (("edit", BREVIK, "--set", "note=#N/A", *EVIDENCE), "without a reason"),
    (("edit", BREVIK), "--set FIELD=VALUE"),
    (("edit", "--set", "stage=feed", *EVIDENCE), "which project"),
    (("edit", "no such plant", "--set", "stage=feed", *EVIDENCE), "no project"),
    (("add", "--set", "country=Norway", *EVIDENCE), "needs a name"),
    (("undo", "edit@2020-01-01"), "groundbreak releases"),
    (("export", "-o", "x.xlsx"), "--edit"),
    (("export", "--edit", "-o", "x.csv"), ".xlsx"),
    (("export", "--edit", "-o", "no-such-folder/x.xlsx"), "no such folder"),
    (("export", "--edit", "-o", "x.xlsx", "--sector", "steal"), "accepted: aluminium"),
    (("import", "edit", "no-such.xlsx"), "no such file"),
    (("import", "template", "x.csv"), "--published"),
])
def test_bad_input_says_what_is_accepted(own: Path, words: tuple[str, ...], said: str) -> None:
    before = claims(own)
    code, _, error = run(own, *words)
    assert code == 2
    assert said in error
    assert "Traceback" not in error
    assert claims(own) == before


def claims(register: Path) -> int:
    """How many claims the register holds."""
    with contextlib.closing(sqlite3.connect(register)) as base:
        return int(base.execute("SELECT count(*) FROM register_claim").fetchone()[0])


def test_an_export_never_replaces_edits_unasked(own: Path, tmp_path: Path) -> None:
    sheet = tmp_path / "work.xlsx"
    sheet.write_bytes(b"edits of a long train ride")
    code, _, error = command(own, "export", "--edit", "-o", sheet)
    assert code == 2
    assert "--force" in error
    assert sheet.read_bytes() == b"edits of a long train ride"
    assert command(own, "export", "--edit", "-o", sheet, "--force")[0] == 0
    assert not list(tmp_path.glob("*.part"))


def test_a_sheet_of_another_register_is_refused(own: Path, tmp_path: Path) -> None:
    sheet = tmp_path / "work.xlsx"
    command(own, "export", "--edit", "-o", sheet)
    other = tmp_path / "other.sqlite3"
    command(other, "demo", "--no-serve")
    command(own, "edit", BREVIK, "--set", "note=x", *EVIDENCE)
    mine = tmp_path / "mine.xlsx"
    command(own, "export", "--edit", "-o", mine)
    code, _, error = command(other, "import", "edit", mine)
    assert code == 2
    assert "another register" in error


# -- at a terminal ---------------------------------------------------------------------------------
class Terminal:
    """The command at a terminal of its own: type lines, read what is shown."""

    def __init__(self, register: Path, *words: str) -> None:
        here, there = pty.openpty()
        self.screen = ""
        self.handle = here
        self.process = subprocess.Popen(
            [*PROGRAM, *words, "--register", str(register)], stdin=there, stdout=there,
            stderr=there, close_fds=True, start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
            env=_environment() | {"TERM": "dumb", "COLUMNS": "100", "PROMPT_TOOLKIT_NO_CPR": "1"})
        os.close(there)

    def expect(self, text: str, seconds: float = 30) -> None:
        """Wait until `text` is shown after what was expected before."""
        until = time.monotonic() + seconds
        while text not in self.screen:
            assert time.monotonic() < until, (text, self.screen)
            if select.select([self.handle], [], [], 0.2)[0]:
                try:
                    self.screen += os.read(self.handle, 65536).decode("utf-8", "replace")
                except OSError:
                    break
        assert text in self.screen, (text, self.screen)
        self.screen = self.screen.split(text, 1)[1]

    def type(self, text: str) -> None:
        """One line."""
        os.write(self.handle, text.encode() + b"\r")

    def end(self) -> int:
        """Wait for the end; the exit code."""
        code = self.process.wait(30)
        os.close(self.handle)
        return code


def test_editing_by_prompts(own: Path) -> None:
    """A field with its present value, a value, a blank line, the evidence."""
    screen = Terminal(own, "edit", BREVIK)
    screen.expect("field: ")
    screen.type("note")
    screen.expect("now:")
    screen.expect("Note")
    screen.type("typed at a terminal")
    screen.expect("field: ")
    screen.type("")
    screen.expect("source")
    screen.type("https://example.org/a")
    screen.expect("published on")
    screen.type("2026-09-30")
    screen.expect("grade")
    screen.type("")
    screen.expect("1 claims written")
    assert screen.end() == 0
    assert project(own, BREVIK)["note"] == "typed at a terminal"


def test_nobody_is_overwritten_by_what_was_typed_at_a_prompt(own: Path) -> None:
    """What somebody else wrote since the present value was shown stands."""
    screen = Terminal(own, "edit", BREVIK)
    screen.expect("field: ")
    screen.type("note")
    screen.expect("now:")
    run(own, "edit", BREVIK, "--set", "note=first", *EVIDENCE)
    for shown, typed in (("Note", "second"), ("field: ", ""), ("source", "x"),
                         ("published on", "2026-09-30"), ("grade", "")):
        screen.expect(shown)
        screen.type(typed)
    screen.expect("changed meanwhile")
    assert screen.end() == 2
    assert project(own, BREVIK)["note"] == "first"


def test_an_editor_may_walk_away(own: Path) -> None:
    """Ctrl-C at a prompt writes nothing and exits with 130."""
    screen = Terminal(own, "edit", BREVIK)
    screen.expect("field: ")
    os.write(screen.handle, b"\x03")
    screen.expect("nothing was written")
    assert screen.end() == 130
