"""Whether the rules tell project and event on short texts, and never make up a decision."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from groundbreak.proposing.gazetteer import Gazetteer
from groundbreak.proposing.proposal import Proposal
from groundbreak.proposing.readings import propose
from groundbreak.proposing.text import UnreadableText, plain
from groundbreak.starter.tables import rows
from tests.proposing.conftest import HERE, bare, is_decision, labelled, outcomes

ReadAs = Callable[[str, date], tuple[Proposal, ...]]
TOLD = date(2026, 3, 1)
# (file, least share of projects and of events that must be right). The first set is the one the
# rules were made with; the last was written after them and says what to expect of new words.
SETS = [("texts.yaml", 0.90, 0.85), ("fresh_texts.yaml", 0.90, 0.85),
        ("later_texts.yaml", 0.90, 0.80), ("last_texts.yaml", 0.90, 0.60)]


def lines(name: str) -> list[str]:
    return (HERE / name).read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize(("name", "projects", "events"), SETS)
def test_project_and_event_are_told(
    names: Gazetteer, name: str, projects: float, events: float
) -> None:
    found = list(outcomes(labelled(name), names))
    for miss in (one for one in found if not (one.project_right and one.event_right)):
        print(f"{name} {miss.id}: {miss.record} {miss.event}, got {miss.got}")
    of = len(found)
    project_rate = sum(one.project_right for one in found) / of
    event_rate = sum(one.event_right for one in found) / of
    print(f"{name}: {of} labels, project {project_rate:.0%}, event {event_rate:.0%}")
    assert project_rate >= projects
    assert event_rate >= events


@pytest.mark.parametrize("name", [name for name, _, _ in SETS])
def test_no_decision_where_a_reader_sees_none(names: Gazetteer, name: str) -> None:
    for one in labelled(name):
        made = propose(plain(one.text), one.day, bare(names))
        if "fid" not in {event for _, event in one.expected}:
            assert not any(map(is_decision, made)), one.id


def test_sixty_texts_of_all_kinds() -> None:
    texts = labelled("texts.yaml")
    assert len(texts) == 60
    assert sum(len(one.expected) > 1 for one in texts) >= 3
    assert sum(record == "unknown" for one in texts for record, _ in one.expected) >= 2


def test_planned_conditional_denied_or_others_decisions_are_none_taken(names: Gazetteer) -> None:
    for line in lines("not_decided.txt"):
        assert not any(map(is_decision, propose(plain(line), TOLD, bare(names)))), line


def test_decisions_taken_are_told(names: Gazetteer) -> None:
    for line in lines("decided.txt"):
        made = propose(plain(line), date(2024, 4, 5), bare(names))
        assert [(p.record, p.event) for p in made] == [("events:ssab-lulea", "fid")], line


FRAMES = ("{who} expects {it} to be taken soon.", "{who} hopes to take {it} in 2028.",
          "{it} by {who} is subject to permits.", "{who} has not taken {it}.",
          "Until {who} has taken {it}, nothing is built.", "{who} may already have taken {it}.",
          "{who} plans to have {it} taken by {when}.", "{who} will take {it} {when}.",
          "If {who} has taken {it}, nobody said so.", "{who} is due to take {it} {when}.",
          "{who} has yet to reach {it}.", "{who} would have taken {it} {when}.")
DECISIONS = ("the final investment decision", "FID", "a final investment decision",
             "its investment decision")


@settings(max_examples=150, deadline=None, suppress_health_check=[
    HealthCheck.function_scoped_fixture])
@given(frame=st.sampled_from(FRAMES), it=st.sampled_from(DECISIONS),
       who=st.sampled_from([row["name"] for row in rows("projects")]),
       when=st.sampled_from(("next year", "in 2027", "in Q3 2026", "by the end of 2028")),
       more=st.sampled_from(("", " It signed contracts this week.", " Construction has begun.",
                             " The board met on 3 February 2026.")))
def test_no_frame_of_doubt_makes_a_decision_of_any_project(
    read_as: ReadAs, frame: str, it: str, who: str, when: str, more: str
) -> None:
    text = frame.format(who=who, it=it, when=when) + more
    assert not any(map(is_decision, read_as(text, TOLD))), text


@settings(max_examples=60, deadline=None, suppress_health_check=[
    HealthCheck.function_scoped_fixture])
@given(text=st.text(min_size=1, max_size=400))
def test_any_text_is_read_or_refused_and_positions_lie_within(read_as: ReadAs, text: str) -> None:
    try:
        read = plain(text)
    except UnreadableText:
        return
    for proposal in read_as(text, TOLD):
        for span in (proposal.span, *(fact.span for fact in proposal.facts)):
            assert 0 <= span.start <= span.end <= len(read.body)


def test_facts_stand_where_they_say(names: Gazetteer) -> None:
    read = plain("Stegra delays the start of its Boden steel plant to the end of 2029.")
    (proposal,) = propose(read, TOLD, names)
    (fact,) = [f for f in proposal.facts if f.field == "operation_planned_date"]
    assert read.body[fact.span.start : fact.span.end] == "the end of 2029"
    assert (fact.shown, fact.basis) == ("2029", "late")
    assert len(fact.quote) <= 200


def test_two_projects_make_two_proposals_each_with_its_own_size(names: Gazetteer) -> None:
    read = plain("SSAB took FID on its Luleå mill for 2.6 Mt of steel a year. Hydro halted the "
                 "Karmøy technology pilot because of high costs.")
    made = {p.record: p for p in propose(read, TOLD, bare(names))}
    assert {r: p.event for r, p in made.items()} == {
        "events:ssab-lulea": "fid", "events:karmoy-technology-pilot": "pause"}
    sizes = {r: [f.number for f in p.facts if f.field.startswith("capacity")]
             for r, p in made.items()}
    assert sizes == {"events:ssab-lulea": [2_600_000.0], "events:karmoy-technology-pilot": []}


def test_words_that_fit_two_siblings_leave_the_project_open(names: Gazetteer) -> None:
    (proposal,) = propose(plain("Salzgitter delays SALCOS to 2030."), TOLD, names)
    assert proposal.record is None
    assert {c.record for c in proposal.candidates} >= {"events:salcos-1", "events:salcos-2-3"}
    assert any("which project" in point for point in proposal.open_points)


def test_an_owner_alone_is_neither_a_project_nor_a_new_one(names: Gazetteer) -> None:
    (proposal,) = propose(plain("Fortescue's board has taken the final investment decision on its "
                                "hydrogen project."), TOLD, names)
    assert proposal.record is None
    assert not any(fact.field == "name" for fact in proposal.facts)


def test_generic_words_and_places_alone_name_no_project(names: Gazetteer) -> None:
    for text in ("A green steel project with hydrogen in Sweden was cancelled.",
                 "Twelve new plants in Louisiana will make green fuels and clean energy.",
                 "The first phase of the green hydrogen expansion is on hold."):
        assert all(p.record is None or p.record == "new"
                   for p in propose(plain(text), TOLD, names)), text
