"""Taking editions in: news only, one transaction or nothing, late knowledge welcome."""

from __future__ import annotations

import random
import warnings
from collections.abc import Callable
from datetime import date
from pathlib import Path

import openpyxl
import polars as pl
import pytest

from groundbreak.history.view import History
from groundbreak.register import importing, log
from groundbreak.register.importing import ImportRefused, import_file
from groundbreak.register.models import Claim, Finding, Listing, Record, Release, ReviewItem
from groundbreak.register.undoing import undo
from groundbreak.sources.errors import MissingIds
from tests.editions import (
    CCUS,
    HYDROGEN,
    HYDROGEN_CHECKED,
    HYDROGEN_RESAVED,
    HYDROGEN_WITHOUT_IDS,
    SAF,
    TODAY,
    RealFile,
)
from tests.register.made import template_file


def take(data: Path, edition: RealFile) -> importing.Imported:
    """Import one real file."""
    return import_file(edition.source, data / edition.file, edition.published, today=TODAY)


def shuffled(path: Path, target: Path) -> Path:
    """A copy of a hydrogen workbook with its data rows in another order, values only."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl drops the workbook's pick-lists and says so
        book = openpyxl.load_workbook(path, data_only=True)
    sheet = book["Projects"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=5)]
    random.Random(7).shuffle(rows)
    for number, row in enumerate(rows, start=5):
        for column, value in enumerate(row, start=1):
            sheet.cell(number, column).value = value
    book.save(target)
    return target


def cells(known: date) -> pl.DataFrame:
    """Everything as known on a day: record, field, value."""
    view = History(log.snapshot()).as_of(known)
    return view.cells.select("record", "field", "value_text", "value_number", "value_date",
                             "precision", "unit").sort("record", "field")


def test_the_resaved_file_is_exactly_one_claim(register: str, data: Path) -> None:
    take(data, HYDROGEN[1])
    done = take(data, HYDROGEN_RESAVED)
    assert done.claims == 1
    claim = Claim.objects.get(release=done.release)
    assert claim.record_id == "iea-hydrogen:501"
    assert claim.field == "closure_planned_date"
    assert (claim.value_date.year, claim.precision) == (2030, "year")


def test_shuffled_rows_are_no_news(register: str, data: Path, tmp_path: Path) -> None:
    take(data, HYDROGEN[1])
    copy = shuffled(data / HYDROGEN[1].file, tmp_path / "shuffled.xlsx")
    done = import_file("iea-hydrogen", copy, date(2022, 11, 15), today=TODAY)
    assert done.claims == 0


def test_the_copy_without_ids_is_refused(register: str, data: Path) -> None:
    with pytest.raises(MissingIds, match=r"without the database's ids.*groundbreak map iea_h2"):
        take(data, HYDROGEN_WITHOUT_IDS)
    assert log.count() == 0
    assert not Release.objects.exists()


def test_the_second_saf_file_is_no_news(register: str, data: Path) -> None:
    assert take(data, SAF[0]).claims > 0
    assert take(data, SAF[1]).claims == 0


def test_ccus_ids_that_stand_twice_open_review_items(register: str, data: Path) -> None:
    for edition in CCUS:
        take(data, edition)
    doubted = set(ReviewItem.objects.filter(kind="repeated_id").values_list("key", flat=True))
    assert {"365", "1103"} <= doubted
    for key in ("365", "1103"):
        assert Record.objects.filter(source="iea-ccus", printed_key=key).count() == 2


def test_quality_checked_copies_are_late_knowledge(register: str, data: Path) -> None:
    """They change what is known about their cut, and nothing before July 2024."""
    for edition in HYDROGEN[:3]:
        take(data, edition)
    before = {day: cells(day) for day in (e.published for e in HYDROGEN[:3])}
    lost = cells(date(2024, 7, 30)).filter(pl.col("value_text") == "lost")["record"].to_list()
    for edition in HYDROGEN_CHECKED:
        assert 0 < take(data, edition).claims < 1000
    for day, was in before.items():
        assert cells(day).equals(was)
    now = cells(date(2024, 7, 31)).filter(pl.col("value_text") == "lost")["record"].to_list()
    assert set(now) <= set(lost)
    history = History(log.snapshot())
    then = history.as_of(date(2024, 7, 31), valid=HYDROGEN[0].published)
    original = history.as_of(HYDROGEN[0].published)
    assert not then.cells["claim"].equals(original.cells["claim"])
    doubted = ReviewItem.objects.filter(kind="repeated_id", key="5000")
    assert doubted.exists()


@pytest.mark.parametrize("order", [(0, 1, 2), (0, 2, 1), (2, 1, 0), (1, 0, 2)])
def test_the_order_of_imports_does_not_matter_to_what_was_known(
    register: str, tmp_path: Path, order: tuple[int, ...]
) -> None:
    """Three editions of a small list, told in any order, give the same views."""
    editions = [
        (date(2022, 1, 31), [("a", "concept", "10"), ("b", "feasibility", "20")]),
        (date(2023, 1, 31), [("a", "feasibility", "10"), ("c", "concept", "5")]),
        (date(2024, 1, 31), [("a", "feasibility", "12"), ("b", "committed", "20"),
                             ("c", "concept", "5")]),
    ]
    for number in order:
        day, rows = editions[number]
        path = template_file(tmp_path / f"{number}.csv", rows)
        import_file("template", path, day, today=TODAY)
    view = {day: cells(day) for day, _ in editions}
    stage = {
        day: dict(frame.filter(pl.col("field") == "stage").select("record", "value_text")
                  .iter_rows()) for day, frame in view.items()
    }
    assert stage[date(2022, 1, 31)] == {"template:a": "concept", "template:b": "feasibility"}
    assert stage[date(2023, 1, 31)]["template:a"] == "feasibility"
    assert stage[date(2024, 1, 31)] == {
        "template:a": "feasibility", "template:b": "committed", "template:c": "concept"}
    lost = view[date(2023, 1, 31)].filter(pl.col("value_text") == "lost")["record"].to_list()
    assert lost == ["template:b"]
    assert view[date(2024, 1, 31)].filter(pl.col("value_text") == "lost").is_empty()


def test_a_late_import_leaves_the_recorded_past_alone(register: str, tmp_path: Path) -> None:
    first = template_file(tmp_path / "1.csv", [("a", "concept", "10")])
    third = template_file(tmp_path / "3.csv", [("a", "concept", "10"), ("b", "feed", "7")])
    late = template_file(tmp_path / "2.csv", [("a", "feasibility", "11")])
    import_file("template", first, date(2022, 1, 31), today=TODAY)
    import_file("template", third, date(2024, 1, 31), today=TODAY)
    position = log.position()
    days = [date(2022, 1, 31), date(2023, 6, 1), date(2024, 1, 31)]
    told = {d: History(log.snapshot(), position).as_of(d).cells["claim"].to_list() for d in days}
    import_file("template", late, date(2023, 1, 31), today=TODAY)
    again = History(log.snapshot(), position)
    assert {d: again.as_of(d).cells["claim"].to_list() for d in days} == told
    now = History(log.snapshot()).as_of(date(2023, 6, 1)).wide("stage")
    assert now["stage"].to_list() == ["feasibility"]


def test_the_same_day_with_other_content_is_refused(register: str, tmp_path: Path) -> None:
    first = template_file(tmp_path / "1.csv", [("a", "concept", "10")])
    other = template_file(tmp_path / "2.csv", [("a", "feed", "10")])
    import_file("template", first, date(2024, 1, 31), today=TODAY)
    assert import_file("template", first, date(2024, 1, 31), today=TODAY).already
    count = log.count()
    with pytest.raises(ImportRefused, match="different content; accepted"):
        import_file("template", other, date(2024, 1, 31), today=TODAY)
    assert log.count() == count


def test_a_published_date_in_the_future_is_refused(register: str, tmp_path: Path) -> None:
    path = template_file(tmp_path / "1.csv", [("a", "concept", "10")])
    with pytest.raises(ImportRefused, match="in the future"):
        import_file("template", path, date(2027, 1, 1), today=TODAY)


def test_withdrawing_restores_what_was_known_without_it(register: str, tmp_path: Path) -> None:
    files = [
        template_file(tmp_path / "1.csv", [("a", "concept", "10"), ("b", "concept", "1")]),
        template_file(tmp_path / "2.csv", [("a", "feed", "10"), ("c", "concept", "3")]),
        template_file(tmp_path / "3.csv", [("a", "feed", "10"), ("c", "concept", "3")]),
    ]
    days = [date(2022, 1, 31), date(2023, 1, 31), date(2024, 1, 31)]
    import_file("template", files[0], days[0], today=TODAY)
    only_first = cells(date(2023, 6, 1))
    import_file("template", files[1], days[1], today=TODAY)
    import_file("template", files[2], days[2], today=TODAY)
    newest = cells(days[2])
    position = log.position()
    recorded = History(log.snapshot(), position).as_of(days[1]).cells["claim"].to_list()
    written = undo("template@2023-01-31", "wrong file", TODAY).claims
    assert written > 0
    assert cells(date(2023, 6, 1)).equals(only_first)
    assert cells(days[2]).equals(newest)
    assert History(log.snapshot(), position).as_of(days[1]).cells["claim"].to_list() == recorded
    with pytest.raises(ImportRefused, match="taken back already"):
        undo("template@2023-01-31", "again", TODAY)
    with pytest.raises(ImportRefused, match="no import"):
        undo("template@1999-01-01", "none", TODAY)


def test_an_error_in_mid_import_leaves_nothing(
    register: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = template_file(tmp_path / "1.csv", [("a", "concept", "10")])

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(importing, "_write_findings", full)
        with pytest.raises(OSError, match="No space left"):
            import_file("template", path, date(2024, 1, 31), today=TODAY)
    assert [m.objects.count() for m in (Release, Record, Listing, Claim, Finding)] == [0] * 5
    assert import_file("template", path, date(2024, 1, 31), today=TODAY).claims > 0


def test_findings_say_where_and_what_is_accepted(
    register: str, data: Path, hydrogen: Callable[[], Path]
) -> None:
    take(data, HYDROGEN[0])
    finding = Finding.objects.filter(kind="unreadable_date").order_by("row").first()
    assert finding is not None
    assert finding.sheet == "Projects"
    assert finding.column == "Date online"
    assert finding.value == "0"
    assert "a year" in finding.accepted
