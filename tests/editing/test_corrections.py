"""Corrections as data: what a file may say, and when a guard holds."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groundbreak.editing.corrections import (
    BadCorrections,
    Correction,
    guard,
    parse_corrections,
    read_corrections,
    said_twice,
)
from groundbreak.editing.edits import claims_of
from groundbreak.editing.settling import SOURCE, settle
from groundbreak.history.claims import conform, live
from groundbreak.history.order import winners, with_order
from tests.history.worlds import frame_of

FEW = settings(max_examples=40, deadline=None)
TODAY = date(2026, 11, 24)
WHOLE = """
corrections:
  - record: saf:7
    field: capacity_saf_t_per_year
    action: set
    value: 120 kt/y
    expect: 120000000
    reason: printed in kilograms
    provider: An analyst
    date: 2025-07-01
    grade: 2
    evidence: https://example.org/a
  - {record: "saf:8", field: stage, action: clear, expect: FID, reason: r, provider: p,
     date: 2025-07-01}
  - {record: "saf:9", field: capture_rate_share, action: not_applicable, expect: 0.9,
     reason: it captures nothing, provider: p, date: 2025-07-01}
  - {record: "saf:10", action: drop, expect: Confidential, reason: a sum of rows, provider: p,
     date: 2025-07-01}
  - {record: "saf:11", field: country, action: set, value: Portugal, expect: null, reason: r,
     provider: p, date: 2025-07-01}
"""


def test_every_action_becomes_its_claim() -> None:
    found = parse_corrections(WHOLE, "saf.yaml")
    claims = claims_of([one.edit() for one in found], "r", SOURCE)
    assert claims.select("record", "field", "kind", "value_text", "value_number").rows() == [
        ("saf:7", "capacity_saf_t_per_year", "correction", None, 120_000.0),
        ("saf:8", "stage", "cleared", None, None),
        ("saf:9", "capture_rate_share", "not_applicable", None, None),
        ("saf:10", "activity", "correction", "merged", None),
        ("saf:11", "country", "correction", "PRT", None),
    ]
    assert claims.row(0, named=True) | {"place": "saf.yaml, line 3", "grade": 2,
                                        "publisher": "An analyst", "known": date(2025, 7, 1),
                                        "evidence": "https://example.org/a",
                                        "raw": "120 kt/y (printed in kilograms)"
                                        } == claims.row(0, named=True)
    assert [one.field for one in found][3] == "name"  # what tells a dropped row
    assert [one.expect for one in found] == ["120000000", "FID", "0.9", "Confidential", None]


BAD = [
    (("record: saf:7", "record: seven"), "line 3", "source:key"),
    (("field: capacity_saf_t_per_year", "field: capacity_saf"), "line 4", "did you mean"),
    (("action: set", "action: change"), "line 5", "set, clear, not_applicable, drop"),
    (("value: 120 kt/y", "value: 120 kg of it"), "line 6", "accepted"),
    (("value: 120 kt/y\n", "\n"), "line 3", "action: clear"),
    (("    expect: 120000000\n", ""), "line 3", "null where it states none"),
    (("expect: 120000000", "expected: 120000000"), "line 7", "did you mean expect"),
    (("reason: printed in kilograms", "reason: ''"), "line 8", "why the printed value is wrong"),
    (("date: 2025-07-01\n    grade", "date: 1/7/2025\n    grade"), "line 10", "YYYY-MM-DD"),
    (("grade: 2", "grade: 7"), "line 11", "1, 2, 3, 4, 5, 6"),
    (("action: clear,", "action: clear, value: x,"), "line 13", "no value"),
    (("saf:8", "saf:7\", field: name, \"record"), "line 13", ""),
]


@pytest.mark.parametrize(("change", "line", "accepted"), BAD)
def test_a_wrong_line_is_named_with_what_is_accepted(
    change: tuple[str, str], line: str, accepted: str
) -> None:
    text = WHOLE.replace(*change, 1)
    assert text != WHOLE
    with pytest.raises(BadCorrections) as error:
        parse_corrections(text, "saf.yaml")
    message = str(error.value)
    assert f"saf.yaml, {line}: " in message
    assert accepted in message


def test_all_wrong_lines_are_named_at_once() -> None:
    text = WHOLE.replace("grade: 2", "grade: 7").replace("expect: FID, ", "")
    with pytest.raises(BadCorrections) as error:
        parse_corrections(text, "saf.yaml")
    assert len(str(error.value).splitlines()) == 2


@pytest.mark.parametrize("text", ["corrections: []", "[]"])
def test_an_empty_list_corrects_nothing(text: str) -> None:
    assert parse_corrections(text, "none.yaml") == []


@pytest.mark.parametrize("text", ["", "corrections:", "# nothing yet"])
def test_a_file_that_says_nothing_is_no_empty_list(text: str) -> None:
    """A file emptied by mistake takes no corrections back."""
    with pytest.raises(BadCorrections, match=r"says nothing.*corrections: \[\]"):
        parse_corrections(text, "none.yaml")


@pytest.mark.parametrize("text", ["a: b", "corrections: 3", "- 3", "x", "{", "a\0b",
                                  "corrections:\n  - [1]"])
def test_what_is_no_file_of_corrections(text: str) -> None:
    with pytest.raises(BadCorrections, match=r"line (1|2): "):
        parse_corrections(text, "x.yaml")


@pytest.mark.parametrize(("written", "character"), [
    ('"a \\0 b"', "U+0000"), ('"a \\ud800 b"', "U+D800"), ('"a \\e[31m b"', "U+001B"),
    ('"a \\N b"', "U+0085"),
])
def test_control_characters_and_half_characters_are_refused_with_their_line(
    written: str, character: str
) -> None:
    text = WHOLE.replace("printed in kilograms", written)
    with pytest.raises(BadCorrections) as error:
        parse_corrections(text, "saf.yaml")
    message = str(error.value)
    assert f"saf.yaml, line 8: corrections, reason: holds the character {character}" in message
    assert message.isprintable()
    assert "accepted: text without control characters" in message
    with pytest.raises(BadCorrections, match=r"line 8: .* holds the character"):
        parse_corrections(WHOLE.replace("reason: printed", f"{written}: printed", 1), "saf.yaml")


def test_tabs_line_ends_and_far_letters_are_text() -> None:
    text = WHOLE.replace("printed in kilograms", '"in\\tkilograms\\n\\U0001F642 é"')
    assert parse_corrections(text, "saf.yaml")[0].reason == "in\tkilograms\n\U0001F642 é"


@pytest.mark.parametrize("text", [
    "- &a {record: s:1}\n- {<<: *a, action: drop}", "- {record: {<<: {a: 1}}}",
    "- !!omap [a: 1]", "- {record: !!omap [a: 1]}",
])
def test_what_is_merged_or_tagged_is_refused(text: str) -> None:
    with pytest.raises(BadCorrections, match=r"x\.yaml, line [12]: .*accepted: 'name: value'"):
        parse_corrections(text, "x.yaml")


def test_only_a_regular_file_of_bounded_size_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pipe = tmp_path / "pipe.yaml"
    os.mkfifo(pipe)
    for path in (pipe, Path("/dev/zero")):
        with pytest.raises(BadCorrections, match="it is no regular file"):
            read_corrections(path)
    monkeypatch.setattr("groundbreak.sources.plain.MAX_BYTES", 10)
    long = tmp_path / "long.yaml"
    long.write_text("x" * 11, encoding="utf-8")
    with pytest.raises(BadCorrections, match=r"long\.yaml: .*more than 10 bytes.*corrections:"):
        read_corrections(long)


def test_a_cell_is_corrected_once() -> None:
    one = parse_corrections(WHOLE, "a.yaml")[0]
    other = parse_corrections(WHOLE, "b.yaml")[0]
    assert "a.yaml, line 3" in said_twice([one, other])[0]


# -- the guard -------------------------------------------------------------------------------------
def word(field: str, kind: str = "statement", **value: Any) -> dict[str, Any]:
    """A source's claim."""
    return frame_of([{"claim": 1, "record": "saf:7", "field": field, "kind": kind, "grade": 5,
                      "known": date(2025, 1, 1), "source": "saf", "release": "saf@1",
                      "place": "A!B3", "visibility": "public", **value}]).row(0, named=True)


def correction(field: str, expect: str | None, **more: Any) -> Correction:
    """A correction of record saf:7."""
    return Correction("f.yaml", 3, "saf:7", field, "clear", None, "", expect, "r", "p",
                      date(2025, 7, 1), **more)


@pytest.mark.parametrize(("field", "expect", "claim", "state"), [
    ("stage", "concept", {"value_text": "concept", "raw": "Concept study"}, "holds"),
    ("stage", "Concept study", {"value_text": "concept", "raw": " Concept study "}, "holds"),
    ("stage", "feed", {"value_text": "concept", "raw": "Concept study"}, "repaired"),
    ("capacity_ammonia_t_per_year", "120000", {"value_number": 120e3, "raw": "120"}, "holds"),
    ("capacity_ammonia_t_per_year", "120 kt/y", {"value_number": 120e3, "raw": "120"}, "holds"),
    ("capacity_ammonia_t_per_year", "120", {"value_number": 120e3, "raw": "120"}, "holds"),
    ("capacity_ammonia_t_per_year", "121", {"value_number": 120e3, "raw": "120"}, "repaired"),
    ("country", "Portugal", {"value_text": "PRT", "raw": "POR"}, "holds"),
    ("operation_planned_date", "2028", {"value_date": date(2028, 1, 1), "precision": "year",
                                        "raw": "2028.0"}, "holds"),
    ("operation_planned_date", "2028-01", {"value_date": date(2028, 1, 1), "precision": "year",
                                           "raw": "2028.0"}, "repaired"),
    ("stage", None, {"value_text": "concept", "raw": "x"}, "repaired"),
])
def test_a_guard_is_met_by_the_value_or_by_the_cell_as_printed(
    field: str, expect: str | None, claim: dict[str, Any], state: str
) -> None:
    assert guard(correction(field, expect), word(field, **claim), True) == state


def test_nothing_stated_and_nothing_said() -> None:
    assert guard(correction("stage", None), None, True) == "holds"
    assert guard(correction("stage", None), word("stage", "cleared"), True) == "holds"
    assert guard(correction("stage", "concept"), word("stage", "cleared"), True) == "repaired"
    assert guard(correction("stage", "concept"), None, True) == "repaired"
    assert guard(correction("stage", "concept"), None, False) == "waiting"


# -- settling --------------------------------------------------------------------------------------
STAGES = ("concept", "feasibility", "committed")


@st.composite
def _worlds(draw: st.DrawFn) -> tuple[pl.DataFrame, list[list[Correction]]]:
    """What a source said of two records over time, and three states of a file."""
    rows = [{"claim": n, "record": draw(st.sampled_from(["saf:7", "saf:8"])), "field": "stage",
             "value_text": draw(st.sampled_from(STAGES)), "kind": "statement", "source": "saf",
             "known": date(2025, n, 1), "happened_latest": date(2025, n, 1), "grade": 5,
             "release": f"saf@{n}", "visibility": "public"}
            for n in range(1, draw(st.integers(1, 5)) + 1)]
    files = draw(st.lists(st.dictionaries(
        st.sampled_from(["saf:7", "saf:8", "saf:9"]),
        st.tuples(st.sampled_from(STAGES), st.sampled_from(STAGES))), min_size=3, max_size=3))
    text = [[{"record": record, "expect": expect, "value": value} for record, (expect, value)
             in sorted(one.items())] for one in files]
    return frame_of(rows), [[_of(entry) for entry in one] for one in text]


def _of(entry: dict[str, str]) -> Correction:
    return parse_corrections(
        "- {record: 'RECORD', field: stage, action: set, value: VALUE, expect: EXPECT, reason: r, "
        "provider: p, date: 2025-12-01}".replace("RECORD", entry["record"])
        .replace("VALUE", entry["value"]).replace("EXPECT", entry["expect"]), "f.yaml")[0]


def _appended(log: pl.DataFrame, claims: pl.DataFrame) -> pl.DataFrame:
    ids = pl.int_range(pl.len(), dtype=pl.Int64) + 1 + log.height
    return pl.concat([log, conform(claims).with_columns(claim=ids)])


@given(_worlds())
@FEW
def test_just_the_corrections_whose_guards_hold_are_in_force(
    world: tuple[pl.DataFrame, list[list[Correction]]]
) -> None:
    """Whatever the file said before, and settling twice writes nothing."""
    log, files = world
    own = {row["record"]: row["value_text"]
           for row in winners(with_order(log), TODAY).iter_rows(named=True)}
    for corrections in files:
        done = settle(corrections, log, newest=date(2025, 12, 1), today=TODAY)
        log = _appended(_appended(log, done.withdrawn), claims_of(done.edits, "c", SOURCE))
        held = {row["record"]: row["value_text"]
                for row in winners(with_order(live(log)), TODAY).iter_rows(named=True)}
        right = {one.record: one.value.text for one in corrections  # type: ignore[union-attr]
                 if own.get(one.record) == one.expect}
        assert held == own | right
        again = settle(corrections, log, newest=date(2025, 12, 1), today=TODAY)
        assert not again.edits
        assert again.withdrawn.is_empty()
        assert {s.status for s in again.states} <= {"in_force", "same", "waiting", "repaired"}


def test_a_failed_guard_names_the_row_that_was_repaired() -> None:
    log = frame_of([word("stage", value_text="committed", raw="FID")])
    done = settle([_of({"record": "saf:7", "expect": "concept", "value": "feasibility"})], log,
                  newest=date(2025, 12, 1), today=TODAY)
    assert str(done.states[0]) == (
        "f.yaml, line 1: saf:7 stage: expects 'concept', but saf now says 'committed' "
        "(A!B3 of saf@1); accepted: a correction that expects this, or none")


def _source_says(value: str, **more: Any) -> dict[str, Any]:
    return word("stage", value_text=value, raw=value, happened_latest=date(2025, 1, 1), **more)


def test_a_state_quotes_no_confidential_word() -> None:
    one = _of({"record": "saf:7", "expect": "concept", "value": "feasibility"})
    log = frame_of([_source_says("concept")])
    log = _appended(log, claims_of(settle([one], log, newest=date(2025, 12, 1), today=TODAY).edits,
                                   "c", SOURCE).with_columns(visibility=pl.lit("confidential")))
    log = pl.concat([log, frame_of([_source_says("committed", visibility="confidential") | {
        "claim": 3, "known": date(2025, 2, 1)}])])
    done = settle([one], log, newest=date(2025, 12, 1), today=TODAY)
    text = str(done.states[0])
    assert text == ("f.yaml, line 1: saf:7 stage: not in force: its source says otherwise "
                    "(claim 3, which is not public); accepted: a correction that agrees with that "
                    "claim, or none")
    assert done.withdrawn.select("raw", "visibility").rows() == [(text, "confidential")]


def test_a_refusal_quotes_no_confidential_word() -> None:
    said = _source_says("concept")
    other = _source_says("committed", visibility="confidential", kind="correction") | {
        "claim": 2, "source": "edit", "known": date(2026, 1, 1), "publisher": "p"}
    other["happened_latest"] = date(2026, 1, 1)
    one = _of({"record": "saf:7", "expect": "concept", "value": "feasibility"})
    state = settle([one], frame_of([said, other]), newest=date(2026, 1, 1), today=TODAY).states[0]
    assert (state.status, state.private) == ("refused", 2)
    assert "committed" in state.why
    assert "committed" not in str(state)
    assert "claim 2, which is not public" in str(state)


@pytest.mark.parametrize(("stands", "reason"), [
    ([], "waiting: its source says nothing of the record"),
    ([_source_says("feasibility")], "says 'feasibility'"),
])
def test_a_withdrawal_gives_the_true_reason(stands: list[dict[str, Any]], reason: str) -> None:
    one = _of({"record": "saf:7", "expect": "concept", "value": "feasibility"})
    log = frame_of([_source_says("concept")])
    edits = settle([one], log, newest=date(2025, 12, 1), today=TODAY).edits
    log = _appended(log, claims_of(edits, "c", SOURCE))
    left = pl.concat([log.filter(pl.col("source") == SOURCE), frame_of(stands)])
    done = settle([one], left, newest=date(2025, 12, 1), today=TODAY)
    assert reason in done.withdrawn["raw"].item()
    gone = settle([], left, newest=date(2025, 12, 1), today=TODAY)
    assert gone.withdrawn["raw"].item() == (
        "its file no longer says so, says it otherwise or was taken back")


def test_a_correction_of_the_future_is_refused() -> None:
    log = frame_of([word("stage", value_text="concept", raw="Concept")])
    one = _of({"record": "saf:7", "expect": "concept", "value": "feasibility"})
    state = settle([one], log, newest=date(2025, 1, 1), today=date(2025, 6, 1)).states[0]
    assert state.status == "refused"
    assert "in the future" in str(state)
