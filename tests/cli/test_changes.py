"""`groundbreak changes`: what it prints, where a visit ends, a workbook in which nothing runs."""

from __future__ import annotations

import csv
import errno
import io
import json
from pathlib import Path

import openpyxl
import pytest

from tests.cli.running import run
from tests.register.made import template_file

FIRST = [("97", "concept", "1000"), ("98", "concept", "1000"), ("99", "feasibility", "1000")]
SECOND = [("97", "committed", "1000"), ("98", "concept", "2500"), ("99", "feasibility", "1000"),
          ("=1+1", "concept", "900")]
SPAN = ("--since", "2024-01-31", "--to", "2024-06-30")


@pytest.fixture
def loaded(sqlite_register: Path, tmp_path: Path) -> Path:
    """A register with two editions of a list."""
    take(sqlite_register, tmp_path, FIRST, "2024-01-31")
    take(sqlite_register, tmp_path, SECOND, "2024-06-30")
    return sqlite_register


def take(register: Path, folder: Path, rows: list[tuple[str, str, str]], published: str) -> None:
    """Import an edition."""
    path = template_file(folder / f"{published}.csv", rows)
    code, _, error = run(register, "import", "template", path, "--published", published)
    assert code == 0, error


def test_grouped_on_a_narrow_terminal(loaded: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    code, out, error = run(loaded, "changes", *SPAN)
    assert code == 0, error
    assert "3 projects: 1 reached FID · 1 new · 1 capacity" in out
    assert out.index("Reached FID (1: 1 stated)") < out.index("New (1") < out.index("Capacity (1)")
    assert "1 Mt/y → 2.5 Mt/y (×2.5)" in out
    assert max(map(len, out.splitlines())) <= 80
    assert "Project 99" not in out


def test_text_has_a_source_and_a_date_in_every_line(loaded: Path) -> None:
    out = run(loaded, "changes", *SPAN, "--text")[1]
    listed = [line for line in out.splitlines() if line.lstrip().startswith("- ")]
    assert len(listed) >= 3
    for line in listed:
        assert line.endswith("[stated by the user, 2024-06-30]")
    assert "Project 97 (Sweden; steel; GB-" in out


def test_json_and_csv_hold_everything(loaded: Path) -> None:
    told = json.loads(run(loaded, "changes", *SPAN, "--format", "json")[1])
    assert told["projects"] == {"fid": 1, "new": 1, "capacity": 1}
    assert (told["since"], told["to"]) == ("2024-01-31", "2024-06-30")
    by_record = {row["record"]: row for row in told["rows"] if row["lead"]}
    assert by_record["template:98"]["factor"] == 2.5
    assert by_record["template:98"]["unit"] == "t/y"
    rows = list(csv.DictReader(io.StringIO(run(loaded, "changes", *SPAN, "--format",
                                                   "csv")[1])))
    assert len(rows) == len(told["rows"])


def test_filters_choose_projects(loaded: Path) -> None:
    def told(*words: str) -> dict[str, int]:
        return json.loads(run(loaded, "changes", *SPAN, *words, "--format",
                                  "json")[1])["projects"]

    assert told("--label", "at_fid") == {"fid": 1}
    assert told("--search", "project 98") == {"capacity": 1}
    assert told("--sector", "cement") == {}
    assert told("--source", "template", "--country", "Sweden")["fid"] == 1


def test_a_workbook_in_which_nothing_runs(loaded: Path, tmp_path: Path) -> None:
    path = tmp_path / "changes.xlsx"
    code, _, error = run(loaded, "changes", *SPAN, "-o", path)
    assert code == 0, error
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["Summary", "Reached FID", "New", "Capacity"]
    for sheet in book.worksheets:
        assert not [cell.coordinate for line in sheet.iter_rows() for cell in line
                    if cell.data_type == "f" or cell.hyperlink]
    sheet = book["Capacity"]
    assert sheet.freeze_panes == "C2"
    assert sheet.auto_filter.ref.startswith("A1:")
    heads = {cell.value: cell.column for cell in sheet[1]}
    assert sheet.cell(2, heads["after (number)"]).value == 2_500_000
    assert sheet.cell(2, heads["known"]).is_date
    code, _, error = run(loaded, "changes", *SPAN, "-o", path)
    assert code == 2
    assert "--force" in error
    assert run(loaded, "changes", *SPAN, "-o", path, "--force")[0] == 0


def test_last_visit_is_a_persons_own(loaded: Path, tmp_path: Path) -> None:
    words = ("changes", "--since", "last-visit", "--who", "ann")
    first = run(loaded, *words)[1]
    assert "first visit of ann: the last 12 months" in first
    assert first.rstrip().endswith("visit of ann noted: next time from here")
    assert "nothing" in run(loaded, *words)[1]
    take(loaded, tmp_path, [("97", "construction", "1000"), *SECOND[1:]], "2024-09-30")
    later = json.loads(run(loaded, *words, "--peek", "--format", "json")[1])
    assert later["projects"] == {"moved": 1}
    filtered = run(loaded, *words, "--sector", "steel")
    assert "not noted, because filters" in filtered[1]
    assert json.loads(run(loaded, *words, "--format", "json")[1])["projects"] == {"moved": 1}
    assert json.loads(run(loaded, *words, "--format", "json")[1])["projects"] == {}
    assert "first visit of ben" in run(loaded, *words[:-1], "ben")[1]


@pytest.mark.parametrize("form", [(), ("--text",)])
def test_a_visit_that_left_projects_out_is_not_noted(
    loaded: Path, tmp_path: Path, form: tuple[str, ...]
) -> None:
    take(loaded, tmp_path, [*SECOND, ("95", "concept", "1000"), ("96", "concept", "1000")],
         "2024-09-30")
    words = ("changes", "--since", "last-visit", "--who", "ann", *form)
    short = run(loaded, *words, "--limit", "2")
    said = (short[2] if form else short[1]).rstrip().splitlines()[-1]
    assert said.startswith("this visit is not noted, because projects were left out; --limit ")
    least = said.split("--limit ")[1].split(",")[0]
    assert "first visit of ann" in run(loaded, *words, "--limit", "2")[1]
    assert "visit of ann noted" in "".join(run(loaded, *words, "--limit", least)[1:])
    assert "nothing" in run(loaded, *words, "--limit", "2")[1]


def test_a_workbook_shows_all_whatever_the_table_left_out(loaded: Path, tmp_path: Path) -> None:
    take(loaded, tmp_path, [*SECOND, ("95", "concept", "1000"), ("96", "concept", "1000")],
         "2024-09-30")
    out = run(loaded, "changes", "--since", "last-visit", "--who", "ann", "--limit", "1",
              "-o", tmp_path / "all.xlsx")[1]
    assert " more: raise --limit" in out
    assert out.rstrip().endswith("visit of ann noted: next time from here")


def test_a_workbook_that_cannot_be_written_is_a_message(
    loaded: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ("changes", "--since", "last-visit", "--who", "ann")
    code, _, error = run(loaded, *words, "-o", tmp_path / "nowhere" / "c.xlsx")
    assert (code, "nowhere: no such folder" in " ".join(error.split())) == (2, True)

    def full(self: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", "c.xlsx")

    monkeypatch.setattr("xlsxwriter.workbook.Workbook._store_workbook", full)
    code, _, error = run(loaded, *words, "-o", tmp_path / "c.xlsx")
    assert (code, "No space left on device" in error) == (1, True)
    assert [path.name for path in tmp_path.iterdir() if "c.xlsx" in path.name] == []
    assert "first visit of ann" in run(loaded, *words)[1]  # none of these was noted


def test_no_login_name_asks_for_one(loaded: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown() -> str:
        raise KeyError("getpwuid(): uid not found: 4711")

    monkeypatch.setattr("getpass.getuser", unknown)
    code, _, error = run(loaded, "changes", "--since", "last-visit")
    assert (code, "accepted: --who NAME" in error) == (2, True)
    code, _, error = run(loaded, "propose", "--reject", "1", "--reason", "a rumour")
    assert (code, "accepted: --by NAME" in error) == (2, True)


def test_since_an_import_of_edits(loaded: Path) -> None:
    """It was published on no day: what was recorded since it counts."""
    words = ("edit", "template:97", "--source", "https://x.org", "--date", "2024-06-30", "--set")
    run(loaded, *words, "note=first")
    name = next(r["release"] for r in json.loads(run(loaded, "releases", "--format", "json")[1])
                if r["release"].startswith("edit@"))
    code, out, _ = run(loaded, "changes", "--since", name, "--format", "json")
    assert (code, json.loads(out)["projects"]) == (0, {})
    run(loaded, *words, "place=Here")
    told = json.loads(run(loaded, "changes", "--since", name, "--format", "json")[1])
    assert {row["field"] for row in told["rows"]} == {"place"}


def test_a_late_edition_is_seen_at_the_next_visit_although_its_date_is_old(
    loaded: Path, tmp_path: Path
) -> None:
    words = ("changes", "--since", "last-visit", "--who", "ann", "--format", "json")
    run(loaded, *words)
    take(loaded, tmp_path, [*FIRST[:2], ("99", "feasibility", "3000")], "2024-03-31")
    told = json.loads(run(loaded, *words)[1])
    assert "template:99" in {row["record"] for row in told["rows"]}


def test_a_release_names_a_day(loaded: Path) -> None:
    told = json.loads(run(loaded, "changes", "--since", "template@2024-01-31", "--format",
                              "json")[1])
    assert told["since"] == "2024-01-31"
    assert told["projects"]["fid"] == 1


@pytest.mark.parametrize(("words", "accepted"), [
    (("--since", "soon"), "accepted: YYYY-MM-DD, last-visit, or a release such as template@2024"),
    (("--since", "2025-01-01"), "after 2024-06-30, the newest published day"),
    (("--since", "2024-03-01", "--to", "2024-02-01"), "an earlier day"),
    (("--since", "2024-03-01", "--who", "ann"), "last-visit"),
    (("--since", "last-visit", "--to", "2024-06-30"), "--since DATE --to DATE"),
    (("--since", "last-visit", "--who", " "), "a name of 1 to 120"),
    ((*SPAN, "--sector", "glass"), "accepted: aluminium"),
    ((*SPAN, "-o", "changes.pdf"), ".xlsx"),
    ((*SPAN, "--text", "--format", "json"), "one of them"),
])
def test_bad_words_say_what_is_accepted(
    loaded: Path, words: tuple[str, ...], accepted: str
) -> None:
    code, _, error = run(loaded, "changes", *words)
    assert code == 2
    assert accepted in " ".join(error.split())
    assert "Traceback" not in error


def test_nothing_says_what_was_compared(loaded: Path) -> None:
    out = run(loaded, "changes", "--since", "2024-06-30")[1]
    assert "from 2024-06-30 to 2024-06-30: nothing" in out
    assert "--all" in out
