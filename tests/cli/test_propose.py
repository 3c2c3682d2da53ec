"""The command propose: what it prints and leaves, and two keystrokes at a terminal."""

from __future__ import annotations

import csv
import io
import json
import os
import pty
import select
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from tests.register.test_bad_input import PROGRAM, _environment, command

TEXT = "Stegra delays the start of its Boden steel plant to the end of 2029.\n"
DAY = ("--date", "2026-11-20")


@pytest.fixture
def text(tmp_path: Path) -> Path:
    path = tmp_path / "news.txt"
    path.write_text(TEXT, encoding="utf-8")
    return path


def told(own: Path, *words: object) -> Any:
    code, out, error = command(own, *words, "--format", "json")
    assert code == 0, error
    return json.loads(out)


def test_a_text_goes_into_review_and_is_accepted_from_a_script(own: Path, text: Path) -> None:
    code, out, error = command(own, "propose", text, *DAY)
    assert code == 0, error
    assert "Stegra Boden" in out
    assert "operation_planned_date" in out
    item = out.splitlines()[-1].rsplit(" ", 1)[1]
    assert f"in review as item {item}" in out.splitlines()[-1]
    assert [row["kind"] for row in told(own, "review", "--kind", "proposal")] == ["proposal"]
    done = told(own, "propose", "--accept", item, "--by", "analyst")
    assert (done["claims"], done["refused"]) == (1, 0)
    facts = told(own, "project", "events:stegra-boden")
    assert "2029" in json.dumps(facts)
    code, _, error = command(own, "propose", "--accept", item)
    assert code == 2
    assert "accepted already" in error
    assert command(own, "doctor")[0] == 0


def test_the_same_text_adds_nothing(own: Path, text: Path) -> None:
    first = told(own, "propose", text, *DAY)["proposals"]
    code, out, error = command(own, "propose", text, *DAY, "--format", "json")
    assert code == 0
    assert "proposed before" in error
    assert json.loads(out)["proposals"] == first
    assert len(told(own, "review", "--kind", "proposal")) == 1


def test_a_saved_page_with_its_address_is_evidence_and_grade(own: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text(f"<html><head><script>x</script></head><body><h1>{TEXT}</h1></body></html>",
                    encoding="utf-8")
    (one,) = told(own, "propose", page, *DAY, "--url", "https://www.stegra.com/news")["proposals"]
    assert (one["evidence"], one["publisher"], one["grade"]) == (
        "https://www.stegra.com/news", "stegra.com", 2)
    assert one["facts"][0]["span"] == {"start": 52, "end": 67}


def test_csv_has_a_row_a_fact(own: Path, text: Path) -> None:
    code, out, _ = command(own, "propose", text, *DAY, "--format", "csv")
    assert code == 0
    (row,) = csv.DictReader(io.StringIO(out))
    assert (row["field"], row["value"], row["start"]) == ("operation_planned_date", "2029", "52")


def test_standard_input_and_values_of_ones_own(own: Path) -> None:
    done = subprocess.run(
        [*PROGRAM, "propose", "-", *DAY, "--register", str(own), "--format", "json"],
        input=TEXT, capture_output=True, text=True, check=True, env=_environment())
    item = json.loads(done.stdout)["proposals"][0]["item"]
    wrote = told(own, "propose", "--accept", item, "--set", "operation_planned_date=2030-Q1",
                 "--project", "stegra boden")
    assert [row["new"] for row in wrote["rows"]] == ["2030-Q1"]


HALTED = "Hydro halted the Karmøy technology pilot because of high costs.\n"


def test_accepting_in_part_says_what_was_refused_and_ends_with_three(
    own: Path, tmp_path: Path
) -> None:
    path = tmp_path / "halted.txt"
    path.write_text(HALTED, encoding="utf-8")
    item = told(own, "propose", path, *DAY)["proposals"][0]["item"]
    told(own, "edit", "events:karmoy-technology-pilot", "--set", "stop_reason=finance", "--source",
         "https://regulator.example/a", "--date", DAY[1], "--grade", "1")
    code, out, error = command(own, "propose", "--accept", item, "--format", "json")
    assert code == 3, error
    done = json.loads(out)
    assert (done["claims"] > 0, done["refused"]) == (True, 1)
    (row,) = [row for row in done["rows"] if row["verdict"] == "refused"]
    assert row["field"] == "stop_reason"
    assert row["why"]
    assert "1 refused; undo with: groundbreak undo" in error


def test_no_news_is_said_and_not_kept(own: Path) -> None:
    words = "Stegra now expects production in Boden in 2027.\n"
    done = subprocess.run([*PROGRAM, "propose", "-", *DAY, "--register", str(own)], input=words,
                          capture_output=True, text=True, check=True, env=_environment())
    assert done.stdout.startswith("no news: Stegra Boden")
    assert told(own, "review", "--kind", "proposal") == []


def test_rejecting_needs_a_reason(own: Path, text: Path) -> None:
    item = told(own, "propose", text, *DAY)["proposals"][0]["item"]
    code, _, error = command(own, "propose", "--reject", item)
    assert code == 2
    assert "--reason" in error
    assert command(own, "propose", "--reject", item, "--reason", "a rumour")[0] == 0
    (row,) = told(own, "review", "--kind", "proposal", "--all")
    assert (row["verdict"], row["reason"]) == ("rejected", "a rumour")


@pytest.mark.parametrize(("words", "accepted"), [
    ((), "accepted: one of a URL"),
    (("{file}",), "--date"),
    (("{file}", "--date", "2999-01-01"), "in the future"),
    (("{file}", *DAY, "--set", "stage=feed"), "--accept"),
    (("{file}", *DAY, "--url", "nowhere"), "https://"),
    (("missing.txt", *DAY), "missing.txt"),
    (("http://127.0.0.1/page", *DAY), "public"),
    (("ftp://news.example/page", *DAY), "ftp"),
    (("--accept", "1"), "no proposal"),
    (("--accept", "999"), "no proposal"),
    (("--accept", "1", "--reject", "2"), "accepted: one of"),
    (("{binary}", *DAY), "accepted: plain text"),
    (("{weather}", *DAY), "nothing was kept"),
])
def test_bad_input_says_what_is_accepted(
    loaded: Path, tmp_path: Path, text: Path, words: tuple[str, ...], accepted: str
) -> None:
    (tmp_path / "binary.pdf").write_bytes(b"%PDF-1.7\0\0")
    (tmp_path / "weather.txt").write_text("Rain is falling on the hills.", encoding="utf-8")
    places = {"file": text, "binary": tmp_path / "binary.pdf",
              "weather": tmp_path / "weather.txt"}
    code, _, error = command(loaded, "propose", *(word.format(**places) for word in words))
    assert code == 2
    assert accepted in " ".join(error.replace("│", " ").split())
    assert "Traceback" not in error


# -- at a terminal ---------------------------------------------------------------------------------
def at_terminal(own: Path, text: Path, *answers: str) -> str:
    """What the command prints at a terminal that answers line by line."""
    leader, follower = pty.openpty()
    running = subprocess.Popen(
        [*PROGRAM, "propose", str(text), *DAY, "--register", str(own), "--by", "analyst"],
        stdin=follower, stdout=follower, stderr=follower, close_fds=True,
        env={**_environment(), "COLUMNS": "100", "TERM": "dumb"})
    os.close(follower)
    shown, left, until = "", list(answers), time.monotonic() + 60
    while time.monotonic() < until:
        if select.select([leader], [], [], 0.2)[0]:
            try:
                shown += os.read(leader, 65536).decode(errors="replace")
            except OSError:
                break
        elif left and shown.rstrip().endswith(":"):
            os.write(leader, left.pop(0).encode() + b"\n")
            shown += " "
        elif running.poll() is not None:
            break
    running.wait(timeout=30)
    os.close(leader)
    return shown


def test_accepting_takes_two_keystrokes(own: Path, text: Path) -> None:
    shown = at_terminal(own, text, "a")
    assert "[a]ccept" in shown
    assert "1 claims written" in shown
    assert told(own, "review", "--kind", "proposal") == []


def test_editing_choosing_and_leaving(own: Path, text: Path) -> None:
    shown = at_terminal(own, text, "e nonsense=1", "e operation_planned_date=2031", "x", "l")
    assert "no field 'nonsense'" in shown
    assert "with operation_planned_date=2031" in shown
    assert "left in review as item" in shown
    (row,) = told(own, "review", "--kind", "proposal")
    assert row["verdict"] == ""


def test_a_digit_chooses_another_project(own: Path, tmp_path: Path) -> None:
    path = tmp_path / "open.txt"
    path.write_text("Salzgitter delays the start of SALCOS to 2033.\n", encoding="utf-8")
    shown = at_terminal(own, path, "a", "1", "a")
    assert "the project is open" in shown
    assert "1 claims written" in shown


def test_rejecting_at_a_terminal_asks_why(own: Path, text: Path) -> None:
    assert "rejected" in at_terminal(own, text, "r", "a rumour")
    (row,) = told(own, "review", "--kind", "proposal", "--all")
    assert (row["verdict"], row["reason"], row["by"]) == ("rejected", "a rumour", "analyst")
