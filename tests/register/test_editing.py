"""Edits in the register: one transaction, previews that write nothing, undo to the last cell."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from groundbreak.editing.edits import Edit, Value
from groundbreak.editing.returned import Returned
from groundbreak.history.view import History
from groundbreak.register import editing, log, starting
from groundbreak.register.checking import checks
from groundbreak.register.editing import Outcome
from groundbreak.register.importing import ImportRefused, import_file
from groundbreak.register.models import Finding, Record, Release
from groundbreak.register.undoing import undo
from groundbreak.sources.files import open_book
from tests.editing.conftest import export, typed_into, values
from tests.editions import TODAY
from tests.register.made import template_file

SAID = {"evidence_url": "https://example.org/a", "known_date": "2026-09-20"}
FIRST = "template:a"


def made(tmp_path: Path, name: str = "1", stage: str = "concept", day: date = date(2023, 1, 31),
         keys: str = "ab") -> str:
    """Import a small list; the release's name."""
    path = template_file(tmp_path / f"{name}.csv", [(key, stage, "600") for key in keys])
    return import_file("template", path, day, today=TODAY).release


def held() -> dict[tuple[str, str], Any]:
    """Everything that holds now."""
    return values(History(log.snapshot()).as_of(TODAY))


def take(*edits: Edit, preview: bool = False) -> Outcome:
    """Judge and write edits."""
    return editing.take(lambda _: Returned(list(edits)), layout="command", today=TODAY,
                        preview=preview)


def edit(field: str, value: Value | None, **more: Any) -> Edit:
    """An edit of the first record."""
    return Edit(FIRST, field, value, **{"known": date(2024, 5, 1), "grade": 2, **more})


def sheet(register: str, path: Path, preview: bool = False) -> Outcome:
    """Take a sheet back, as the command does."""
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return editing.take_sheet(open_book(path), sha256=digest, today=TODAY, preview=preview)


def test_a_sheet_goes_out_and_comes_back(register: str, tmp_path: Path) -> None:
    """A preview writes nothing; writing is one claim a cell; again is no news."""
    made(tmp_path)
    path = export(log.snapshot(), tmp_path / "work.xlsx")
    before = log.count()
    path = typed_into(path, tmp_path / "edited.xlsx", {
        (FIRST, "stage"): "committed", (FIRST, "place"): "Here",
        **{(FIRST, column): value for column, value in SAID.items()},
        ("new:1", "name"): "Plant", **{("new:1", c): v for c, v in SAID.items()}})
    seen = sheet(register, path, preview=True)
    assert log.count() == before
    assert seen.effect is not None
    assert {"Announced", "At FID"} <= set(seen.effect.scorecard["measure"])
    assert (seen.effect.residual_projects, seen.effect.residual_capacity) == (0, 0)
    done = sheet(register, path)
    assert done.written.claims == len(seen.accepted) == 4
    assert log.count() == before + 4
    assert held()[FIRST, "stage"][1] == "committed"
    assert Record.objects.filter(id="edit:1").exists()
    again = sheet(register, path)
    assert (again.written.claims, {i.verdict for i in again.judged}) == (0, {"same"})
    assert Record.objects.filter(source="edit").count() == 1
    assert all(check.ok for check in checks())


def test_a_new_project_is_no_namesake(register: str, tmp_path: Path) -> None:
    """Of a tracker's project it is an edit; one row a name; a changed cell added later is taken."""
    made(tmp_path)
    out = export(log.snapshot(), tmp_path / "work.xlsx")
    said = {("new:1", column): value for column, value in SAID.items()}
    path = typed_into(out, tmp_path / "1.xlsx", {("new:1", "name"): "project A", **said})
    done = sheet(register, path)
    assert "the register has" in done.refusals[0].why
    cells = {("new:1", "name"): "Plant", ("new:1", "stage"): "soon", **said}
    assert sheet(register, typed_into(out, tmp_path / "2.xlsx", cells)).written.claims == 1
    done = sheet(register, typed_into(out, tmp_path / "3.xlsx", cells | {
        ("new:1", "stage"): "feed"}))
    assert {i.edit.field: i.verdict for i in done.judged} == {
        "name": "same", "stage": "accepted", "activity": "accepted"}
    assert held()["edit:1", "stage"][1] == "feed"
    twice = cells | {("new:2", column): value for (_, column), value in cells.items()}
    done = sheet(register, typed_into(out, tmp_path / "4.xlsx", twice))
    assert "stands twice" in done.refusals[-1].why


def test_what_was_taken_back_names_no_project(register: str, tmp_path: Path) -> None:
    made(tmp_path)
    done = take(edit("name", Value(text="WRONG")))
    undo(done.written.release, "why", TODAY)
    assert take(edit("place", Value(text="Here"))).names == {FIRST: "Project a"}


def test_told_again_after_an_undo_it_is_the_same_record(register: str, tmp_path: Path) -> None:
    """Undo, import again, undo the undo: one project, not two."""
    made(tmp_path)
    path = typed_into(export(log.snapshot(), tmp_path / "work.xlsx"), tmp_path / "1.xlsx", {
        ("new:1", "name"): "Plant", **{("new:1", c): v for c, v in SAID.items()}})
    back = undo(sheet(register, path).written.release, "why", TODAY)
    assert sheet(register, path).written.claims == 2
    undo(back.release, "why not", TODAY)
    assert {cell for cell in held() if cell[0].startswith("edit:")} == {
        ("edit:1", "name"), ("edit:1", "activity")}


def test_the_default_day_is_restored_by_an_undo(register: str, tmp_path: Path) -> None:
    made(tmp_path)
    day = log.snapshot().newest_published
    done = take(edit("place", Value(text="Here")))
    assert log.snapshot().newest_published == log.newest(log.position()) == date(2024, 5, 1)
    undo(done.written.release, "why", TODAY)
    assert log.snapshot().newest_published == log.newest(log.position()) == day
    assert History(log.snapshot()).as_of().known == day


def test_what_was_refused_is_kept_as_findings(register: str, tmp_path: Path) -> None:
    made(tmp_path)
    path = typed_into(export(log.snapshot(), tmp_path / "work.xlsx"), tmp_path / "1.xlsx", {
        (FIRST, "place"): "Here", (FIRST, "stage"): "soon",
        **{(FIRST, column): value for column, value in SAID.items()}})
    done = sheet(register, path)
    assert done.written.claims == 1
    found = Finding.objects.get(release__name=done.written.release)
    assert (found.kind, found.sheet, found.column, found.value) == (
        "refused", "Projects", "stage", "soon")
    assert "signalled" in found.accepted


def test_one_statement_is_written_whole_or_not_at_all(register: str, tmp_path: Path) -> None:
    made(tmp_path)
    edits = [edit("stage", Value(text="operating")), edit(
        "operation_actual_date", Value(day=date(2025, 1, 1), precision="day"))]
    done = editing.take(lambda _: Returned(edits), layout="command", today=TODAY, preview=False,
                        together=True)
    assert (done.refused, done.written.claims) == (1, 0)
    assert held()[FIRST, "stage"][1] == "concept"


def test_a_refused_cell_keeps_no_other_back(register: str, tmp_path: Path) -> None:
    made(tmp_path)
    done = take(edit("place", Value(text="Here")),
                edit("stage", Value(text="feed"), known=date(2020, 1, 1)))
    assert (done.written.claims, done.refused) == (1, 1)
    assert held()[FIRST, "place"][1] == "Here"
    assert held()[FIRST, "stage"][1] == "concept"


def test_undo_and_undo_of_the_undo(register: str, tmp_path: Path) -> None:
    made(tmp_path)
    empty = held()
    done = take(edit("place", Value(text="Here")), edit("stage", Value(text="feed")))
    full = held()
    back = undo(done.written.release, "a mistake", TODAY)
    assert held() == empty
    with pytest.raises(ImportRefused, match=f"undo {back.release}"):
        undo(done.written.release, "again", TODAY)
    forth = undo(back.release, "no mistake", TODAY)
    assert held() == full
    undo(forth.release, "a mistake after all", TODAY)
    assert held() == empty
    assert Release.objects.get(name=done.written.release).withdrawn
    assert all(check.ok for check in checks())


def test_what_was_recorded_never_changes(register: str, tmp_path: Path) -> None:
    """Undo upon undo: the register as of each log position stays what it was there."""
    def stood(position: int) -> tuple[Any, ...]:
        view = History(log.snapshot(), position).as_of(TODAY)
        return values(view), sorted(view.releases["release"])

    seen: dict[int, tuple[Any, ...]] = {}
    name = made(tmp_path)
    for _ in range(5):
        position = log.position()
        seen[position] = stood(position)
        name = undo(name, "a test", TODAY).release
        assert {at: stood(at) for at in seen} == seen
    assert len({str(told[0]) for told in seen.values()}) == 2  # there, not there, there …


def test_undo_of_an_edition_between_editions(register: str, tmp_path: Path) -> None:
    """Taken back and brought back, an edition in the middle leaves every view as it was."""
    made(tmp_path)
    second = made(tmp_path, "2", "feed", date(2023, 6, 30), keys="ac")
    made(tmp_path, "3", "committed", date(2024, 1, 31), keys="abc")
    days = (date(2023, 2, 1), date(2023, 7, 1), date(2024, 2, 1), TODAY)

    def views() -> list[dict[tuple[str, str], Any]]:
        history = History(log.snapshot())
        return [values(history.as_of(day)) for day in days]

    full = views()
    back = undo(second, "wrong file", TODAY)
    assert views()[1] != full[1]
    undo(back.release, "right file", TODAY)
    assert views() == full


def test_an_edition_compared_without_it_stands_in_the_way(register: str, tmp_path: Path) -> None:
    made(tmp_path)
    second = made(tmp_path, "2", "feed", date(2023, 6, 30))
    back = undo(second, "wrong file", TODAY)
    third = made(tmp_path, "3", "feed", date(2024, 1, 31))
    with pytest.raises(ImportRefused, match=third):
        undo(back.release, "right file", TODAY)


def test_unknown_import(register: str) -> None:
    with pytest.raises(ImportRefused, match="groundbreak releases"):
        undo("edit@2020-01-01", "why", TODAY)


def test_a_later_edit_of_the_cell_survives_an_undo(register: str, tmp_path: Path) -> None:
    made(tmp_path)
    first = take(edit("place", Value(text="Here")), edit("owners", Value(text="We")))
    take(edit("place", Value(text="There"), known=date(2024, 6, 1)))
    undo(first.written.release, "why", TODAY)
    assert held()[FIRST, "place"][1] == "There"
    assert (FIRST, "owners") not in held()


def test_a_tracker_repeats_itself_against_no_edit(register: str, tmp_path: Path) -> None:
    """An edit is not the tracker's word: its next edition with the same word is no news."""
    made(tmp_path)
    take(edit("stage", Value(text="committed")))
    before = log.count()
    made(tmp_path, "2", "concept", date(2024, 1, 31))
    assert log.count() == before
    assert held()[FIRST, "stage"][1] == "committed"


def test_nobody_writes_between_judging_and_writing(register: str, tmp_path: Path) -> None:
    """Two edits based on one look: the second is refused, by value and by who said it."""
    made(tmp_path)
    seen = int(log.snapshot().claims.filter((log.claims()["record"] == FIRST)
                                            & (log.claims()["field"] == "stage"))["claim"][0])
    one = edit("stage", Value(text="feed"), based_on=seen, publisher="First")
    take(one)
    done = take(replace(one, value=Value(text="committed"), known=date(2024, 6, 1)))
    assert done.written.claims == 0
    assert "changed meanwhile to 'feed' by First" in done.judged[0].why


TYPED = st.dictionaries(
    st.tuples(st.sampled_from(["template:a", "template:b"]),
              st.sampled_from(["place", "owners", "note", "technology"])),
    st.sampled_from([Value(text="x"), Value(text="y"), None]), min_size=1, max_size=5)


@pytest.fixture
def opened(sqlite_register: Path, tmp_path: Path) -> Path:
    """A register with two small records, for a property."""
    from groundbreak.register.connection import connect

    connect(sqlite_register)
    made(tmp_path)
    return sqlite_register


@given(st.lists(TYPED, min_size=1, max_size=4), st.data())
@settings(max_examples=15, deadline=None,
          suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_undoing_any_imports_restores_the_view(
    opened: Path, imports: list[dict[tuple[str, str], Value | None]], data: st.DataObject
) -> None:
    """Undo all in any order, then undo the undos the other way round: as before, cell by cell."""
    before, written = held(), []
    for number, typed in enumerate(imports):
        done = take(*(Edit(record, field, value, date(2024, 5, 1 + number), 2)
                      for (record, field), value in typed.items()))
        written += [done.written.release] if done.written.claims else []
    after = held()
    order = data.draw(st.permutations(written))
    undos = [undo(name, "why", TODAY).release for name in order]
    assert held() == before
    for name in data.draw(st.permutations(undos)):
        undo(name, "why not", TODAY)
    assert held() == after
    for name in order:  # for the next example
        undo(name, "again", TODAY)
    assert held() == before


def test_the_embedded_register_takes_edits(register: str) -> None:
    """Support as a flagship by bulk edit is counted at that level."""
    starting.load()
    snapshot = log.snapshot()
    records = snapshot.claims.filter(snapshot.claims["record"].str.starts_with("events:"))
    some = sorted(set(records["record"]))[:3]
    done = editing.take(lambda _: Returned([
        Edit(record, "support", Value(text="flagship"), date(2026, 9, 1), 2, evidence="agreement")
        for record in some]), layout="command", today=TODAY, preview=False)
    assert done.written.claims + sum(i.verdict == "same" for i in done.judged) == 3
