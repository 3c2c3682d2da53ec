"""Corrections in the register: applied, settled after imports, withdrawn when a source is repaired.

The same on SQLite and PostgreSQL.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from groundbreak.editing.corrections import BadCorrections
from groundbreak.editing.edits import Edit, Value
from groundbreak.history.view import History
from groundbreak.register import correcting, editing, log, undoing
from groundbreak.register.checking import checks
from groundbreak.register.importing import Imported, import_file
from groundbreak.register.models import Release, ReviewItem
from tests.editions import HYDROGEN, TODAY
from tests.register.made import template_file

PLANT = """
- record: template:97
  field: capacity_dri_t_per_year
  action: set
  value: 90 kt/y
  expect: 9000000
  reason: a zero too many
  provider: An analyst
  date: 2024-03-01
"""
FIELD = "capacity_dri_t_per_year"


def take(folder: Path, published: str, capacity: str, stage: str = "concept") -> Imported:
    """Import an edition of a list with one plant."""
    path = template_file(folder / f"{published}.csv", [("97", stage, capacity)])
    return import_file("template", path, date.fromisoformat(published), today=TODAY)


def apply(folder: Path, text: str, name: str = "plants.yaml") -> correcting.Applied:
    """Apply a file."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return correcting.apply(correcting.read([path]), TODAY)


def holds(record: str = "template:97", field: str = FIELD, **point: Any) -> Any:
    """The value that holds now."""
    view = History(log.snapshot(), point.pop("recorded", None)).as_of(**point)
    found = view.cells.filter((pl.col("record") == record) & (pl.col("field") == field))
    if found.is_empty():
        return None
    row = found.row(0, named=True)
    return row["value_text"] or row["value_number"] or row["value_date"]


def statuses() -> list[str]:
    """How every kept correction stands."""
    return [state.status for state in correcting.check([], TODAY)]


def test_it_holds_through_imports_that_repeat_the_error(register: str, tmp_path: Path) -> None:
    take(tmp_path, "2024-01-31", "9000")
    done = apply(tmp_path, PLANT)
    assert (done.claims, done.withdrawn, done.kept) == (1, 0, ("plants.yaml",))
    assert holds() == 90_000
    assert holds(known=date(2024, 2, 1)) == 9_000_000  # nobody knew then
    again = take(tmp_path, "2024-06-30", "9000", "feasibility")
    assert again.warnings == ()
    assert holds() == 90_000
    assert statuses() == ["in_force"]
    assert apply(tmp_path, PLANT).claims == 0
    release = Release.objects.get(layout="corrections")
    assert (release.source, release.file) == ("correction", "plants.yaml")


def test_a_repaired_source_has_its_word_and_says_so(register: str, tmp_path: Path) -> None:
    take(tmp_path, "2024-01-31", "9000")
    apply(tmp_path, PLANT)
    position = log.position()
    done = take(tmp_path, "2024-06-30", "95")
    assert holds() == 95_000
    assert holds(recorded=position) == 90_000
    assert len(done.warnings) == 1
    assert "plants.yaml, line 2: template:97" in done.warnings[0]
    assert (f"expects '9000000', but template now says '95,000 t/y' ({_place()} of "
            "template@2024-06-30)") in done.warnings[0]
    item = ReviewItem.objects.get(kind="correction_guard")
    assert (item.source, item.key, item.release.name) == ("template", "97", done.release)
    assert done.reviews >= 1
    assert statuses() == ["repaired"]
    take(tmp_path, "2024-09-30", "95", "feasibility")
    assert ReviewItem.objects.filter(kind="correction_guard").count() == 1
    fixed = apply(tmp_path, PLANT.replace("9000000", "95000"))
    assert fixed.claims == 1
    assert holds() == 90_000
    assert statuses() == ["in_force"]
    assert all(check.ok for check in checks())


def _place() -> str:
    claims = log.snapshot().claims.filter(
        (pl.col("field") == FIELD) & (pl.col("known") == date(2024, 6, 30))
        & (pl.col("kind") == "statement"))
    return str(claims["place"][0])


def test_an_error_that_comes_back_is_corrected_again(register: str, tmp_path: Path) -> None:
    take(tmp_path, "2024-01-31", "9000")
    apply(tmp_path, PLANT)
    take(tmp_path, "2024-06-30", "95")
    assert not take(tmp_path, "2024-09-30", "9000").warnings
    assert holds() == 90_000


def test_a_repair_taken_back_brings_the_correction_back(
    register: str, tmp_path: Path
) -> None:
    take(tmp_path, "2024-01-31", "9000")
    apply(tmp_path, PLANT)
    repaired = take(tmp_path, "2024-06-30", "95").release
    undone = undoing.undo(repaired, "a test", TODAY)
    assert holds() == 90_000
    undoing.undo(undone.release, "a test", TODAY)
    assert holds() == 95_000
    assert statuses() == ["repaired"]


def test_another_file_of_that_name_takes_nothing_back(register: str, tmp_path: Path) -> None:
    take(tmp_path, "2024-01-31", "9000")
    apply(tmp_path, PLANT)
    other = PLANT.replace("field: capacity_dri_t_per_year", "field: place").replace(
        "value: 90 kt/y", "value: Here").replace("expect: 9000000", "expect: null")
    with pytest.raises(BadCorrections, match="a file of that name is kept"):
        apply(tmp_path, other)
    assert holds() == 90_000


def test_a_record_that_its_source_never_listed_is_refused(register: str, tmp_path: Path) -> None:
    take(tmp_path, "2024-01-31", "9000")
    with pytest.raises(BadCorrections, match=r"line 2: template@2024-01-31 .* no record"):
        apply(tmp_path, PLANT.replace("template:97", "template:79"))


def test_a_file_waits_for_its_source(register: str, tmp_path: Path) -> None:
    done = apply(tmp_path, PLANT)
    assert (done.claims, statuses()) == (0, ["waiting"])
    assert not take(tmp_path, "2024-01-31", "9000").warnings
    assert holds() == 90_000


def test_what_a_changed_file_no_longer_says_is_taken_back(register: str, tmp_path: Path) -> None:
    take(tmp_path, "2024-01-31", "9000")
    apply(tmp_path, PLANT)
    assert apply(tmp_path, PLANT.replace("90 kt/y", "80 kt/y")).withdrawn == 1
    assert holds() == 80_000
    assert apply(tmp_path, "corrections: []").withdrawn == 1
    assert holds() == 9_000_000
    assert statuses() == []


def test_undoing_a_file_takes_its_corrections_back_for_good(register: str, tmp_path: Path) -> None:
    take(tmp_path, "2024-01-31", "9000")
    apply(tmp_path, PLANT)
    undoing.undo(Release.objects.get(layout="corrections").name, "a test", TODAY)
    assert holds() == 9_000_000
    take(tmp_path, "2024-06-30", "9000", "feasibility")
    assert holds() == 9_000_000
    assert statuses() == []


def test_nothing_is_written_where_one_guard_fails(register: str, tmp_path: Path) -> None:
    take(tmp_path, "2024-01-31", "9000")
    wrong = PLANT + PLANT.replace(FIELD, "stage").replace("90 kt/y", "feed").replace(
        "9000000", "feasibility")
    before = log.position()
    with pytest.raises(BadCorrections, match="line 11: template:97 stage: expects 'feasibility'"):
        apply(tmp_path, wrong)
    assert log.position() == before
    assert not Release.objects.filter(source="correction").exists()


def test_two_files_do_not_correct_one_cell(register: str, tmp_path: Path) -> None:
    take(tmp_path, "2024-01-31", "9000")
    apply(tmp_path, PLANT)
    with pytest.raises(BadCorrections, match=r"plants\.yaml"):
        apply(tmp_path, PLANT.replace("90 kt/y", "80 kt/y"), "others.yaml")


def test_clear_drop_and_not_applicable(register: str, tmp_path: Path) -> None:
    take(tmp_path, "2024-01-31", "9000")
    head = "  reason: a sum of other rows\n  provider: An analyst\n  date: 2024-03-01\n"
    apply(tmp_path, f"- record: template:97\n  action: drop\n  expect: Project 97\n{head}"
          f"- record: template:97\n  field: {FIELD}\n  action: clear\n  expect: 9000000\n{head}"
          f"- record: template:97\n  field: route\n  action: not_applicable\n  expect: h2_dri\n"
          f"{head}")
    assert holds(field="activity") == "merged"
    assert holds() is None
    assert holds(field="route") is None
    assert statuses() == ["in_force"] * 3
    take(tmp_path, "2024-06-30", "9000", "feasibility")
    assert statuses() == ["in_force"] * 3
    take(tmp_path, "2024-09-30", "95", "feasibility")
    assert holds() == 95_000
    assert statuses() == ["in_force", "repaired", "in_force"]


def test_a_cell_corrected_by_hand_is_looked_at_when_its_source_speaks(
    register: str, tmp_path: Path
) -> None:
    take(tmp_path, "2024-01-31", "9000")
    editing.write([Edit("template:97", FIELD, Value(number=90_000.0), date(2024, 3, 1), 2,
                        correction=True, happened_latest=date(2024, 1, 31))],
                  layout="command", today=TODAY)
    assert not ReviewItem.objects.filter(kind="corrected_cell_changed").exists()
    take(tmp_path, "2024-06-30", "9000", "feasibility")
    assert not ReviewItem.objects.filter(kind="corrected_cell_changed").exists()
    take(tmp_path, "2024-09-30", "95", "feasibility")
    item = ReviewItem.objects.get(kind="corrected_cell_changed")
    assert "the source now says '95,000 t/y'" in item.text
    assert "still holds against it" in item.text
    assert holds() == 90_000
    take(tmp_path, "2024-12-31", "90", "feasibility")
    newest = ReviewItem.objects.filter(kind="corrected_cell_changed").last()
    assert newest is not None
    assert "it agrees now" in newest.text


def test_a_kept_file_that_is_no_longer_read_stops_no_import(
    register: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    take(tmp_path, "2024-01-31", "9000")
    apply(tmp_path, PLANT)
    monkeypatch.setattr("groundbreak.editing.corrections.ACTIONS", ("mend",))
    done = take(tmp_path, "2024-06-30", "95", "feasibility")
    assert "corrections not settled: plants.yaml, line 4: action" in done.warnings[0]
    assert holds(field="stage") == "feasibility"
    with pytest.raises(BadCorrections, match=r"plants\.yaml, line 4"):
        correcting.check([], TODAY)


# -- undoing ---------------------------------------------------------------------------------------
def _import_of(file: str) -> str:
    """The newest standing import of a file of corrections."""
    release = Release.objects.filter(source="correction", file=file, withdrawn="").last()
    assert release is not None
    return str(release.name)


def _relapsed(folder: Path) -> str:
    """A correction in force by settling after the error came back; its import."""
    take(folder, "2024-01-31", "9000")
    apply(folder, PLANT)
    take(folder, "2024-06-30", "95")
    take(folder, "2024-09-30", "9000")
    assert holds() == 90_000
    return str(Release.objects.get(source="correction", file="").name)


def test_undoing_a_file_takes_back_what_was_settled_of_it(register: str, tmp_path: Path) -> None:
    _relapsed(tmp_path)
    undone = undoing.undo(_import_of("plants.yaml"), "a test", TODAY)
    assert holds() == 9_000_000
    take(tmp_path, "2024-10-31", "9000", "feasibility")
    assert (holds(), statuses()) == (9_000_000, [])
    undoing.undo(undone.release, "a test", TODAY)
    assert (holds(), statuses()) == (90_000, ["in_force"])
    assert all(check.ok for check in checks())


def test_what_settling_wrote_is_not_undone_by_itself(register: str, tmp_path: Path) -> None:
    name = _relapsed(tmp_path)
    before = log.position()
    with pytest.raises(BadCorrections) as error:
        undoing.undo(name, "a test", TODAY)
    assert f"undo of the file's own import ({_import_of('plants.yaml')})" in str(error.value)
    assert "corrections of plants.yaml" in str(error.value)
    assert (log.position(), holds()) == (before, 90_000)


@pytest.mark.parametrize(("second", "then"), [
    (PLANT.replace("90 kt/y", "91 kt/y"), 91_000), ("corrections: []", 9_000_000),
])
def test_undoing_a_changed_file_brings_the_one_before_back(
    register: str, tmp_path: Path, second: str, then: int
) -> None:
    take(tmp_path, "2024-01-31", "9000")
    apply(tmp_path, PLANT)
    apply(tmp_path, second)
    assert holds() == then
    undone = undoing.undo(_import_of("plants.yaml"), "a test", TODAY)
    assert (holds(), statuses()) == (90_000, ["in_force"])
    again = undoing.undo(undone.release, "a test", TODAY)
    assert holds() == then
    undoing.undo(again.release, "a test", TODAY)
    assert (holds(), statuses()) == (90_000, ["in_force"])
    assert all(check.ok for check in checks())


def test_undoing_the_file_before_leaves_the_newer_one_in_force(
    register: str, tmp_path: Path
) -> None:
    take(tmp_path, "2024-01-31", "9000")
    apply(tmp_path, PLANT)
    first = _import_of("plants.yaml")
    apply(tmp_path, PLANT + PLANT.replace(FIELD, "stage").replace("90 kt/y", "feed").replace(
        "9000000", "concept"))
    undoing.undo(first, "a test", TODAY)
    assert (holds(), holds(field="stage")) == (90_000, "feed")
    assert statuses() == ["in_force"] * 2


def test_an_undo_after_which_two_files_correct_one_cell_is_refused(
    register: str, tmp_path: Path
) -> None:
    take(tmp_path, "2024-01-31", "9000")
    apply(tmp_path, PLANT)
    apply(tmp_path, "corrections: []")
    apply(tmp_path, PLANT.replace("90 kt/y", "80 kt/y"), "others.yaml")
    before = log.position()
    with pytest.raises(BadCorrections, match=r"plants\.yaml, line 2: .* corrected at others\.yaml"):
        undoing.undo(_import_of("plants.yaml"), "a test", TODAY)
    assert (log.position(), holds(), statuses()) == (before, 80_000, ["in_force"])


def test_a_file_that_is_no_longer_read_can_be_replaced(
    register: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    take(tmp_path, "2024-01-31", "9000")
    apply(tmp_path, PLANT)
    monkeypatch.setattr("groundbreak.editing.corrections.ACTIONS", ("mend", "clear"))
    assert apply(tmp_path, "corrections: []").withdrawn == 1
    assert holds() == 9_000_000


def test_a_withdrawal_says_that_the_source_is_silent(register: str, tmp_path: Path) -> None:
    first = take(tmp_path, "2024-01-31", "9000").release
    apply(tmp_path, PLANT)
    undoing.undo(first, "a test", TODAY)
    assert statuses() == ["waiting"]
    reason = log.claims(source="correction").filter(pl.col("kind") == "withdrawal")["raw"].item()
    assert reason == (f"plants.yaml, line 2: template:97 {FIELD}: waiting: its source says nothing "
                      "of the record")


# -- what is not public ----------------------------------------------------------------------------
def _by_hand(visibility: str) -> None:
    editing.write([Edit("template:97", FIELD, Value(number=91_234.0), date(2024, 3, 1), 2,
                        correction=True, happened_latest=date(2024, 1, 31),
                        visibility=visibility)], layout="command", today=TODAY)


def test_a_confidential_value_does_not_get_into_a_review_item(
    register: str, tmp_path: Path
) -> None:
    take(tmp_path, "2024-01-31", "9000")
    _by_hand("confidential")
    corrected = log.position()
    done = take(tmp_path, "2024-09-30", "95", "feasibility")
    words = log.claims().filter((pl.col("field") == FIELD) & (pl.col("release") == done.release))
    item = ReviewItem.objects.get(kind="corrected_cell_changed")
    assert item.text == (f"{FIELD}: corrected by hand in claim {corrected}; the source has since "
                         f"said claim {words['claim'].item()}; not both are public")


# -- real files ------------------------------------------------------------------------------------
INDIA = """
corrections:
  - record: iea-hydrogen:2466
    field: capacity_electrolyser_kw
    action: set
    value: 1.8 MW
    expect: 1475.0397619414089
    reason: 125 kt of hydrogen a year is the steelworks' need, not this plant's output
    provider: An analyst
    date: 2024-02-01
  - record: iea-hydrogen:2128
    field: capacity_hydrogen_t_per_year
    action: set
    value: 5400
    expect: 5445
    reason: rounded
    provider: An analyst
    date: 2024-02-01
"""


def test_the_hydrogen_database_repairs_one_row_and_not_the_other(
    register: str, data: Path, tmp_path: Path
) -> None:
    def vintage(number: int) -> Imported:
        edition = HYDROGEN[number]
        return import_file(edition.source, data / edition.file, edition.published, today=TODAY)

    vintage(2)
    assert apply(tmp_path, INDIA).claims == 2
    assert holds("iea-hydrogen:2466", "capacity_electrolyser_kw") == 1_800
    assert not vintage(1).warnings  # late knowledge of an earlier cut
    assert holds("iea-hydrogen:2466", "capacity_electrolyser_kw") == 1_800
    done = vintage(3)
    assert len(done.warnings) == 1
    assert "iea-hydrogen now says '1,800 kW' (AA1813 of iea-hydrogen@2025-03-05)" in (
        done.warnings[0])
    assert statuses() == ["repaired", "in_force"]
    assert holds("iea-hydrogen:2466", "capacity_electrolyser_kw") == 1_800
    assert holds("iea-hydrogen:2128", "capacity_hydrogen_t_per_year") == 5_400
    assert ReviewItem.objects.filter(kind="correction_guard", key="2466").count() == 1
    assert all(check.ok for check in checks())
