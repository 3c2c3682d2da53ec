"""Proposals in the register: kept once, accepted as edits, rejected, never half."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import transaction

from groundbreak.proposing.gazetteer import Gazetteer, gazetteer
from groundbreak.proposing.proposal import NEW, from_json, to_json
from groundbreak.proposing.readings import propose, propose_as
from groundbreak.proposing.text import plain
from groundbreak.reading import Reader
from groundbreak.register import log, proposals, reviewing
from groundbreak.register.models import Judgement, Proposal, ReviewItem
from groundbreak.register.proposals import Source
from groundbreak.register.starting import load
from groundbreak.register.undoing import undo

TODAY = date(2026, 11, 24)
SOURCE = Source(date(2026, 11, 20), "https://news.example/a", "", "news.example", 4)
DELAY = "Stegra delays the start of its Boden steel plant to the end of 2029."
UNKNOWN = ("Nordlys Metanol plans a green methanol plant in Narvik, Norway. The project, called "
           "Aurora North, would produce 120,000 tonnes per year from 2030.")
TWO = ("SSAB has delayed the start of its Luleå mill to 2031. Hydro halted the Karmøy technology "
       "pilot because of high costs.")


def names() -> Gazetteer:
    return gazetteer(Reader(log.snapshot()).as_of())


def keep(words: str) -> list[proposals.Kept]:
    text = plain(words)
    return proposals.keep(text, propose(text, SOURCE.told, names()), SOURCE)


def held(record: str, field: str) -> Any:
    table = Reader(log.snapshot()).as_of().view.table()
    return table.filter(record=record)[field].to_list()[0]


def test_a_text_is_kept_once_and_shows_in_review(register: str) -> None:
    load()
    (first,) = keep(DELAY)
    (again,) = keep("Stegra delays the start of its\nBoden steel plant  to the end of 2029.")
    assert again.item == first.item
    assert Proposal.objects.count() == 1
    (item,) = reviewing.items(kind="proposal")
    assert item["key"] == "events:stegra-boden"
    assert item["release"] == ""
    assert "Stegra Boden: delayed" in item["text"]
    assert "news.example, 2026-11-20" in item["text"]


def test_accepting_writes_claims_with_their_evidence(register: str) -> None:
    load()
    (kept,) = keep(DELAY)
    before = log.position()
    done = proposals.accept(kept.item, today=TODAY, by="analyst")
    assert done.written.claims == 1
    assert held("events:stegra-boden", "operation_planned_date") == date(2029, 1, 1)
    claim = log.snapshot().claims.filter(claim=before + 1).row(0, named=True)
    assert claim["known"] == SOURCE.told
    assert (claim["publisher"], claim["evidence"], claim["grade"]) == (
        "news.example", "https://news.example/a", 4)
    assert DELAY in claim["raw"]
    assert claim["place"] == "characters 52-67"
    row = Proposal.objects.get(item_id=kept.item)
    assert row.accepted_as.name == done.written.release
    assert row.accepted_as.layout == "proposal"
    assert Judgement.objects.get(item_id=kept.item).verdict == "accepted"
    assert reviewing.items(kind="proposal") == []


def test_it_is_judged_once_and_can_be_undone(register: str) -> None:
    load()
    (kept,) = keep(DELAY)
    was = held("events:stegra-boden", "operation_planned_date")
    done = proposals.accept(kept.item, today=TODAY, by="analyst")
    with pytest.raises(ValueError, match="accepted already"):
        proposals.accept(kept.item, today=TODAY, by="analyst")
    with pytest.raises(ValueError, match="accepted already"):
        proposals.reject(kept.item, reason="no", by="analyst")
    undo(done.written.release, "undone", TODAY)
    assert held("events:stegra-boden", "operation_planned_date") == was


def test_no_verdict_stands_beside_claims_that_say_otherwise(register: str) -> None:
    load()
    (kept,) = keep(DELAY)
    name = proposals.accept(kept.item, today=TODAY, by="analyst").written.release
    for verdict in ("rejected", "unsure", "reopened"):
        with pytest.raises(ValueError, match=f"accepted: groundbreak undo {name}"):
            reviewing.judge(kept.item, verdict, "second thoughts", "analyst")
    assert Judgement.objects.get(item_id=kept.item).verdict == "accepted"
    undo(name, "undone", TODAY)
    reviewing.judge(kept.item, "rejected", "second thoughts", "analyst")
    assert proposals.load(kept.item).verdict == "rejected"
    with pytest.raises(ValueError, match=r"rejected already.*reopened"):
        reviewing.judge(kept.item, "rejected", "again", "analyst")


def test_what_was_undone_may_be_accepted_again(register: str) -> None:
    load()
    (kept,) = keep(DELAY)
    first = proposals.accept(kept.item, today=TODAY, by="a").written.release
    undo(first, "undone", TODAY)
    again = proposals.accept(kept.item, today=TODAY, by="a").written
    assert (again.claims, again.release == first) == (1, False)
    assert held("events:stegra-boden", "operation_planned_date") == date(2029, 1, 1)


def test_a_verdict_waits_for_the_writer(register: str, monkeypatch: pytest.MonkeyPatch) -> None:
    load()
    (kept,) = keep(DELAY)
    locked: list[bool] = []
    monkeypatch.setattr(log, "lock", lambda: locked.append(transaction.get_connection()
                                                           .in_atomic_block))
    reviewing.judge(kept.item, "rejected", "a rumour", "a")
    assert locked
    assert all(locked)


def test_values_typed_over_the_proposal_hold_and_a_dash_leaves_out(register: str) -> None:
    load()
    (kept,) = [k for k in keep(TWO) if k.proposal.record == "events:karmoy-technology-pilot"]
    assert {f.field for f in kept.proposal.facts} >= {"activity", "stop_reason"}
    proposals.accept(kept.item, today=TODAY, by="a", changes={
        "stop_reason": "-", "pause_actual_date": "2026-11-18"})
    record = "events:karmoy-technology-pilot"
    assert held(record, "pause_actual_date") == date(2026, 11, 18)
    assert held(record, "activity") == "paused"
    assert held(record, "stop_reason") is None


def test_a_value_its_field_cannot_take_writes_nothing(register: str) -> None:
    load()
    (kept,) = keep(DELAY)
    before = log.position()
    for changes in ({"operation_planned_date": "soon"}, {"stage": "nearly"}):
        with pytest.raises(ValueError, match="accepted"):
            proposals.accept(kept.item, today=TODAY, by="a", changes=changes)
    assert log.position() == before
    assert not Judgement.objects.filter(item_id=kept.item).exists()


def test_a_new_project_becomes_a_record_of_the_editors(register: str) -> None:
    load()
    (kept,) = keep(UNKNOWN)
    assert kept.proposal.record == NEW
    proposals.accept(kept.item, today=TODAY, by="a")
    assert held("edit:1", "name") == "Aurora North"
    assert held("edit:1", "country") == "NOR"
    assert held("edit:1", "capacity_methanol_t_per_year") == 120_000
    assert held("edit:1", "operation_planned_date") == date(2030, 1, 1)


def test_an_open_project_must_be_named(register: str) -> None:
    load()
    (kept,) = keep("Salzgitter delays the start of SALCOS to 2032.")
    assert kept.proposal.record is None
    with pytest.raises(ValueError, match=r"--project.*events:salcos"):
        proposals.accept(kept.item, today=TODAY, by="a")
    proposals.accept(kept.item, today=TODAY, by="a", record="events:salcos-2-3")
    assert held("events:salcos-2-3", "operation_planned_date") == date(2032, 1, 1)


def test_another_reading_of_the_text_replaces_the_first(register: str) -> None:
    load()
    words = DELAY.replace("2029", "2033")
    text = plain(words)
    (kept,) = keep(words)
    other = propose_as(text, SOURCE.told, names(), "events:ssab-lulea", kept.proposal)
    proposals.accept(kept.item, today=TODAY, by="a", record="events:ssab-lulea", proposal=other)
    assert held("events:ssab-lulea", "operation_planned_date").year == 2033
    assert held("events:stegra-boden", "operation_planned_date").year != 2033


def test_two_projects_are_two_items_judged_apart(register: str) -> None:
    load()
    first, second = keep(TWO)
    assert first.item != second.item
    assert [k.item for k in proposals.of_text(first.text_sha256)] == [first.item, second.item]
    proposals.reject(first.item, reason="about another mill", by="a")
    assert [k.verdict for k in proposals.of_text(first.text_sha256)] == ["rejected", ""]
    with pytest.raises(ValueError, match="reason"):
        proposals.reject(second.item, reason=" ", by="a")
    proposals.accept(second.item, today=TODAY, by="a")


def test_a_stage_never_goes_back_and_what_stands_is_not_written_again(register: str) -> None:
    load()
    (kept,) = keep("Enilive has started building its SAF plant in Gela.")
    done = proposals.accept(kept.item, today=TODAY, by="a")
    assert {j.edit.field for j in done.judged} == {"construction_start_actual_date"}
    assert held("events:enilive-gela", "stage") == "operating"


def test_a_proposal_is_not_accepted_by_review_and_other_items_are_no_proposals(
    register: str
) -> None:
    load()
    (kept,) = keep(DELAY)
    with pytest.raises(ValueError, match="propose --accept"):
        reviewing.judge(kept.item, "accepted", "seen", "a")
    reviewing.judge(kept.item, "unsure", "ask the owner", "a")
    other = ReviewItem.objects.create(kind="status", source="x", key="y", text="z")
    with pytest.raises(ValueError, match="no proposal"):
        proposals.load(other.pk)


def test_a_body_comes_back_as_it_was_kept(register: str) -> None:
    load()
    for words in (DELAY, UNKNOWN, TWO):
        for kept in keep(words):
            assert proposals.load(kept.item) == kept
            assert from_json(to_json(kept.proposal)) == kept.proposal
