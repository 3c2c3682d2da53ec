"""A project's dossier on both clocks: timeline, promises, gates, conflicts."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groundbreak.dossier.drawing import WIDTH, drawing
from groundbreak.dossier.gates import age_months, fid_ready
from groundbreak.dossier.project import Dossier, dossier
from groundbreak.dossier.promises import months_between
from groundbreak.dossier.told import Told
from groundbreak.history.claims import conform
from groundbreak.history.snapshot import LISTING_SCHEMA, RELEASE_SCHEMA, Snapshot
from groundbreak.history.view import History, View
from groundbreak.history.wording import worded

RECORD = "events:plant"
DAY = st.dates(date(2018, 1, 1), date(2026, 6, 30))


def claim(field: str, value: object, known: date, **more: object) -> dict[str, object]:
    """One public claim on the one record."""
    kind = {str: "value_text", float: "value_number", date: "value_date"}[type(value)]
    return {"record": RECORD, "field": field, kind: value, "known": known,
            "happened_earliest": known, "happened_latest": known, "grade": 4, "source": "events",
            "release": "events@x", "visibility": "public", "kind": "statement",
            "precision": "year" if kind == "value_date" else None, **more}


def told(*claims: dict[str, object], known: date | None = None) -> Dossier:
    """The dossier of a record with these claims, as known on a day."""
    rows = [dict(c, claim=n) for n, c in enumerate(
        (claim("name", "Plant", date(2017, 1, 1)), *claims), 1)]
    frame = conform(pl.DataFrame(rows, infer_schema_length=None))
    snapshot = Snapshot(frame, pl.DataFrame(schema=RELEASE_SCHEMA),
                        pl.DataFrame(schema=LISTING_SCHEMA))
    view = History(snapshot).as_of(known)
    return dossier(view, {"record": RECORD, "project": "GB-X", "name": "Plant"})


def test_a_promise_slips_and_what_was_known_then_stays() -> None:
    claims = [
        claim("operation_planned_date", date(2026, 1, 1), date(2021, 5, 1)),
        claim("operation_planned_date", date(2028, 1, 1), date(2024, 5, 1)),
    ]
    now = told(*claims).promises[0]
    assert [t.words for t in now.told] == ["2026", "2028"]
    assert now.slip_months == 24
    assert now.holds.words == "2028"
    then = told(*claims, known=date(2023, 1, 1)).promises[0]
    assert [t.words for t in then.told] == ["2026"]
    assert then.slip_months == 0


def test_what_was_said_after_the_day_spoken_of_is_not_told() -> None:
    """As now known about 2023: the slip of 2024 had not happened, the capacity not grown."""
    now = told(
        claim("operation_planned_date", date(2026, 1, 1), date(2021, 5, 1)),
        claim("capacity_dri_t_per_year", 1e6, date(2021, 5, 1)),
        claim("operation_planned_date", date(2028, 1, 1), date(2024, 5, 1)),
        claim("capacity_dri_t_per_year", 2e6, date(2024, 5, 1)),
        claim("fid_planned_date", date(2025, 1, 1), date(2024, 5, 1)))
    view = now.view
    about = Dossier(now.row, Told(View(view.history, view.known, date(2023, 1, 1))))
    assert [[t.words for t in p.told] for p in about.promises] == [["2026"]]
    assert about.promises[0].slip_months == 0
    assert [row["value_number"] for row in about.capacities] == [1e6]
    assert [len(p.told) for p in now.promises] == [2, 1]


def test_an_old_promise_learnt_late_is_no_step_of_the_line() -> None:
    """The line ends with the promise that holds; the table keeps every word."""
    old = {"happened_earliest": date(2023, 6, 1), "happened_latest": date(2023, 6, 1)}
    found = told(
        claim("stage", "announced", date(2022, 1, 1)),
        claim("operation_planned_date", date(2026, 1, 1), date(2022, 1, 1)),
        claim("operation_planned_date", date(2028, 1, 1), date(2024, 6, 1)),
        claim("operation_planned_date", date(2025, 1, 1), date(2025, 1, 1), **old))
    [promise] = found.promises
    assert [word.promised.year for word in promise.told] == [2026, 2028, 2025]
    assert promise.holds.promised.year == 2028
    drawn = drawing(found)
    assert drawn is not None
    assert len(drawn.steps) == 2
    assert drawn.steps[0].y > drawn.steps[1].y  # later is higher
    assert drawn.steps[1].x + drawn.steps[1].width == pytest.approx(drawn.today, abs=5)


def test_what_happened_ends_a_promise() -> None:
    promise = told(
        claim("operation_planned_date", date(2024, 1, 1), date(2021, 5, 1)),
        claim("operation_actual_date", date(2025, 7, 1), date(2025, 8, 1), precision="month"),
    ).promises[0]
    assert promise.actual == "2025-07"
    assert promise.slip_months == 18


def test_a_restatement_is_no_event_and_a_move_is_one() -> None:
    found = told(
        claim("stage", "announced", date(2020, 1, 1)),
        claim("stage", "announced..feed", date(2021, 1, 1)),
        claim("stage", "committed", date(2022, 1, 1)),
        claim("activity", "paused", date(2023, 1, 1)),
    )
    assert [(e.kind, e.before, e.after) for e in found.events] == [
        ("activity", None, "paused"), ("stage", "announced..feed", "committed"),
        ("stage", None, "announced")]
    assert [(s.value, s.until) for s in found.stages] == [
        ("announced", date(2021, 1, 1)), ("announced..feed", date(2022, 1, 1)),
        ("committed", None)]


def test_gates_keep_unknown_apart_from_not_applicable_and_age() -> None:
    found = told(
        claim("gate_offtake", 3.0, date(2025, 6, 1)),
        claim("gate_permits", 3.0, date(2020, 6, 1)),
        {**claim("gate_logistics", "no product leaves the site", date(2025, 6, 1)),
         "kind": "not_applicable"},
        known=date(2026, 1, 1))
    by_name = {gate.name: gate for gate in found.gates}
    assert len(by_name) == 10
    assert (by_name["offtake"].level, by_name["offtake"].stale) == (3, False)
    assert (by_name["permits"].level, by_name["permits"].stale) == (3, True)
    assert by_name["logistics"].not_applicable == "no product leaves the site"
    assert by_name["finance"].level is None
    assert not by_name["finance"].not_applicable
    ready, missing = found.ready
    assert not ready
    assert "offtake" not in missing
    assert "permits" in missing  # proved once, but no longer fresh


@pytest.mark.parametrize(("on", "stale"), [
    (date(2026, 1, 10), False), (date(2026, 1, 11), True), (date(2026, 2, 9), True)])
def test_a_proof_is_fresh_for_two_years_to_the_day(on: date, stale: bool) -> None:
    gates = told(claim("gate_permits", 3.0, date(2024, 1, 10)), known=on).gates
    assert next(gate for gate in gates if gate.name == "permits").stale is stale


def test_fid_ready_needs_every_gate_of_the_rule() -> None:
    proofs = {"engineering": 3.0, "permits": 3.0, "offtake": 3.0, "inputs": 3.0}
    day = date(2025, 6, 1)
    assert told(*(claim(f"gate_{n}", v, day) for n, v in proofs.items())).ready == (True, [])
    for name in proofs:
        fewer = {n: v for n, v in proofs.items() if n != name}
        ready, missing = told(*(claim(f"gate_{n}", v, day) for n, v in fewer.items())).ready
        assert not ready
        assert name in missing


def test_conflicts_stand_with_the_chosen_word_first() -> None:
    found = told(
        claim("capacity_dri_t_per_year", 2.5e6, date(2024, 1, 1), publisher="Owner", grade=2),
        claim("capacity_dri_t_per_year", 2.1e6, date(2023, 1, 1), publisher="Tracker", grade=5),
    ).conflicts
    assert [row["value"] for row in found["capacity_dri_t_per_year"]] == [
        "2,500,000", "2,100,000"]


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["announced", "feed", "committed", "operating"]), DAY),
                max_size=6),
       st.lists(st.tuples(DAY, st.dates(date(2024, 1, 1), date(2045, 1, 1))), max_size=6), DAY)
def test_a_drawing_stays_inside_its_frame(
    stages: list[tuple[str, date]], promised: list[tuple[date, date]], known: date
) -> None:
    found = told(
        *(claim("stage", stage, day) for stage, day in stages),
        *(claim("operation_planned_date", at, day) for day, at in promised), known=known)
    drawn = drawing(found)
    if drawn is None:
        assert not [s for s in stages if s[1] <= known]
        assert not [p for p in promised if p[0] <= known]
        return
    marks = [*(b.x for b in drawn.bars), *(d.x for d in drawn.dots), *(s.x for s in drawn.steps),
             *(x for _, x in drawn.years), drawn.today]
    assert all(0 <= x <= WIDTH for x in marks)
    assert all(s.y < drawn.height for s in drawn.steps)
    assert len(drawn.years) <= 13
    rows: dict[float, list[float]] = {}
    for dot in drawn.dots:
        rows.setdefault(dot.y, []).append(dot.x)
    assert all(len(set(xs)) == len(xs) for xs in rows.values())


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["announced", "feed", "committed"]), DAY, DAY),
                min_size=1, max_size=8), DAY, DAY)
def test_later_knowledge_never_changes_what_was_known(
    stages: list[tuple[str, date, date]], known: date, cut: date
) -> None:
    claims = [claim("stage", stage, max(a, b), happened_latest=min(a, b),
                    happened_earliest=min(a, b)) for stage, a, b in stages]
    then = [c for c in claims if c["known"] <= known]
    assert [(s.value, s.since, s.until) for s in told(*claims, known=known).stages] == [
        (s.value, s.since, s.until) for s in told(*then, known=known).stages]


@pytest.mark.parametrize(("day", "on", "months"), [
    (date(2024, 1, 31), date(2024, 2, 29), 0), (date(2024, 1, 1), date(2026, 1, 1), 24),
    (date(2026, 5, 1), date(2026, 1, 1), 0),
])
def test_ages_are_whole_months(day: date, on: date, months: int) -> None:
    assert age_months(day, on) == months


def test_a_slip_backwards_is_negative() -> None:
    assert months_between(date(2028, 6, 1), date(2027, 1, 1)) == -17


def test_gates_of_a_record_nobody_looked_at() -> None:
    found = told()
    assert all(gate.level is None for gate in found.gates)
    assert fid_ready(found.gates)[0] is False


FIELDS = {
    "stage": st.sampled_from(["announced", "feed", "announced..feed", "committed", "operating"]),
    "activity": st.sampled_from(["active", "paused", "cancelled"]),
    "capacity_dri_t_per_year": st.sampled_from([1e6, 2e6, 2500000.5]),
    "operation_planned_date": st.dates(date(2024, 1, 1), date(2030, 1, 1)),
    "gate_offtake": st.sampled_from([1.0, 3.0]),
}
CLAIM = st.sampled_from(list(FIELDS)).flatmap(lambda field: st.builds(
    lambda value, known, back, grade, publisher, kind, precision: {
        **claim(field, value, known), "grade": grade, "publisher": publisher, "kind": kind,
        "happened_latest": date.fromordinal(known.toordinal() - back), "happened_earliest": None,
        "precision": precision if isinstance(value, date) else None},
    FIELDS[field], DAY, st.sampled_from([0, 30, 400, 900]), st.integers(1, 5),
    st.sampled_from([None, "Owner", "Press"]),
    st.sampled_from(["statement", "statement", "correction", "cleared", "not_applicable"]),
    st.sampled_from(["year", "quarter", "month", "day"])))


@settings(max_examples=80, deadline=None)
@given(st.lists(CLAIM, max_size=10), DAY, st.booleans())
def test_rows_and_frames_give_the_same_answers(
    claims: list[dict[str, object]], day: date, now: bool
) -> None:
    found = told(*claims, known=None if now else day)
    view = found.view if now else View(found.view.history, found.view.known, day)
    rows = Told(view)
    assert {r["claim"] for r in rows.cells.values()} == set(view.cells["claim"])
    assert {r["claim"] for r in rows.words.values()} == set(view.words["claim"])
    worded_ = view.cells.select("claim", words=worded())
    assert {r["claim"]: r["words"] for r in rows.cells.values()} == dict(worded_.iter_rows())
    lost = view.conflicts()
    assert [(r["claim"], r["chosen"], r["contested"]) for r in rows.conflicts] == list(
        lost.select("claim", "chosen", pl.col("contested").fill_null(False)).iter_rows())
    for field in ("stage", "activity"):
        frame = view.timeline(field).filter(pl.col("kind").is_in(["statement", "correction"]))
        assert [(r["claim"], r["since"], r["until"]) for r in rows.timeline(field)] == list(
            frame.select("claim", "since", "until").iter_rows())


def test_a_field_that_this_version_does_not_know_is_passed_over() -> None:
    """A package of a newer version can still be read."""
    view = told(claim("stage", "feed", date(2024, 1, 1)),
                claim("field_of_a_later_version", "x", date(2024, 1, 1))).view
    assert view.wide("name", "stage").rows() == [(RECORD, "Plant", "feed")]
