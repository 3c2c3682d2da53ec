"""The corrections log: what was mended and how fast, never who reported it or in which words."""

from __future__ import annotations

import shutil
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.editions import TODAY
from tests.register.made import template_file
from tests.site.conftest import opened

pytestmark = pytest.mark.usefixtures("contexts")
TEXT = """
- record: template:97
  field: capacity_dri_t_per_year
  action: set
  value: 90 kt/y
  expect: 9000000
  reason: a zero <b>too</b> many
  provider: An analyst
  date: 2024-03-01
"""


@pytest.fixture
def kept(tmp_path: Path, empty_register: Path) -> Any:
    """A client on a register with one edition and one correction of it."""
    from groundbreak.register import correcting
    from groundbreak.register.connection import connect
    from groundbreak.register.importing import import_file

    path = shutil.copy(empty_register, tmp_path / "corrections.sqlite3")
    connect(path)
    import_file("template", template_file(tmp_path / "list.csv", [("97", "concept", "9000000")]),
                date(2024, 1, 31), today=TODAY)
    (tmp_path / "plants.yaml").write_text(TEXT, encoding="utf-8")
    correcting.apply(correcting.read([tmp_path / "plants.yaml"]), TODAY)
    with opened(path) as client:
        yield client


def report(day: str, page: str = "/projects/GB-7I273PURXK/", wrong: str = "SECRET words") -> int:
    """A reader's report of a day, as the form takes it."""
    from groundbreak.register import reports
    from groundbreak.register.models import ErrorReport

    item = reports.take(wrong=wrong, contact="reader@example.org", page=page)
    ErrorReport.objects.filter(item_id=item).update(
        made=datetime.fromisoformat(day).replace(tzinfo=UTC))
    return item


def judge(item: int, verdict: str, day: str, reason: str = "as the owner says") -> None:
    """A judgement of a day."""
    from groundbreak.register import reviewing
    from groundbreak.register.models import Judgement

    made = reviewing.judge(item, verdict, reason, "Somebody here")
    Judgement.objects.filter(pk=made.pk).update(
        made=datetime.fromisoformat(day).replace(tzinfo=UTC))


def test_a_value_corrected_stands_beside_what_was_printed(kept: Any) -> None:
    """Printed, corrected, why and by whom; escaped."""
    shown = kept.get("/corrections/")
    (row,) = shown.context["rows"]
    assert (row["printed"], row["corrected"], row["publisher"]) == (
        "9,000,000,000", "90,000", "An analyst")
    page = shown.content.decode()
    assert "a zero &lt;b&gt;too&lt;/b&gt; many" in page
    assert f"/projects/{row['project']}/" in page
    assert row["standing"]
    assert "1</em> correction so far" in page


def test_a_correction_that_was_corrected_has_ended(kept: Any, tmp_path: Path) -> None:
    """It stays in the log, marked; the newer one stands."""
    from groundbreak.register import correcting

    path = tmp_path / "plants.yaml"
    path.write_text(TEXT.replace("90 kt/y", "95 kt/y"), encoding="utf-8")
    correcting.apply(correcting.read([path]), TODAY)
    rows = kept.get("/corrections/").context["rows"]
    assert [(row["corrected"], row["standing"]) for row in rows] == [
        ("95,000", True), ("90,000", False)]


def test_time_travel_to_before_the_correction(kept: Any) -> None:
    """On the day before it was told there was none."""
    assert kept.get("/corrections/?as_of=2024-02-29").context["total"] == 0
    assert kept.get("/corrections/?as_of=2024-03-01").context["total"] == 1


def test_an_import_taken_back_is_named_with_its_reason(kept: Any, tmp_path: Path) -> None:
    """And no longer, once the undo was undone."""
    from groundbreak.register import undoing
    from groundbreak.register.models import Release

    (name,) = Release.objects.filter(source="template").values_list("name", flat=True)
    made = undoing.undo(name, "the wrong file", TODAY)
    shown = kept.get("/corrections/")
    (one,) = shown.context["withdrawn"]
    assert (one.release, one.reason, one.on) == (name, "the wrong file", TODAY)
    assert one.claims > 3
    undoing.undo(made.release, "it was the right one", TODAY)
    assert kept.get("/corrections/").context["withdrawn"] == []


def test_a_report_shows_once_it_is_judged_and_never_its_words(kept: Any) -> None:
    """Days to the first answer, the newest verdict; no text, no contact, no judge."""
    first, second = report("2024-05-01"), report("2024-05-10", "/gap/?x=<script>", "again")
    report("2024-05-20", wrong="still open")
    assert kept.get("/corrections/").context["answers"] == []
    judge(first, "accepted", "2024-05-05")
    judge(second, "rejected", "2024-05-11", "the source <i>says</i> so")
    judge(second, "accepted", "2024-06-11")
    shown = kept.get("/corrections/")
    found = [(one.days, one.verdict, one.project, one.page)
             for one, _words in shown.context["answers"]]
    assert found == [(1, "accepted", "", "/gap/"), (4, "accepted", "GB-7I273PURXK", "")]
    assert (shown.context["median"], shown.context["open"]) == (2.5, 1)
    page = shown.content.decode()
    assert "2.5 days" in page
    for hidden in ("SECRET", "reader@example.org", "Somebody here", "still open", "<script>x"):
        assert hidden not in page


def test_reopened_is_open_and_unsure_is_no_answer(kept: Any) -> None:
    """Neither is listed."""
    first, second = report("2024-05-01"), report("2024-05-02", wrong="b")
    judge(first, "accepted", "2024-05-03")
    judge(first, "reopened", "2024-05-04")
    judge(second, "unsure", "2024-05-04")
    shown = kept.get("/corrections/").context
    assert shown["answers"] == []
    assert shown["median"] is None


@pytest.mark.parametrize("page", [
    "/nowhere/", "https://evil.example/", "javascript:alert(1)", "//evil.example", "/static/x.js?"])
def test_a_page_that_is_not_ours_is_not_named(kept: Any, page: str) -> None:
    """Whatever a reader sent as the page."""
    judge(report("2024-05-01", page), "accepted", "2024-05-02")
    shown = kept.get("/corrections/")
    assert shown.context["answers"][0][0].page == ""
    assert "evil" not in shown.content.decode()


def test_confidential_claims_are_no_part_of_it(kept: Any) -> None:
    """An import of confidential claims alone is not named when it is taken back."""
    from groundbreak.editing.edits import Edit, Value
    from groundbreak.register import editing, undoing

    note = Edit("template:97", "note", Value(text="hush"), TODAY, 2,
                evidence="https://example.org/", visibility="confidential")
    told = Edit("template:97", "note", Value(text="aloud"), TODAY, 2)
    for edit in (note, told):
        written = editing.write([edit], layout="command", today=TODAY, file="notes.csv")
        undoing.undo(written.release, f"reason of {edit.visibility}", TODAY)
    page = kept.get("/corrections/").content.decode()
    assert "reason of public" in page
    assert "reason of confidential" not in page
    assert "hush" not in page


def test_nothing_yet(tmp_path: Path, empty_register: Path) -> None:
    """An empty register says so; a page that is not there is missing; others are refused."""
    with opened(shutil.copy(empty_register, tmp_path / "empty.sqlite3")) as client:
        assert "No correction yet" in client.get("/corrections/?as_of=2025-06-01").content.decode()
        assert client.get("/corrections/?page=2&as_of=2025-06-01").status_code == 404
        assert client.get("/corrections/?verdict=accepted&as_of=2025-06-01").status_code == 400
