"""Whether each event goes to the project that its own words name, and never to another."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from groundbreak.proposing.gazetteer import Entry, Gazetteer
from groundbreak.proposing.proposal import Proposal
from groundbreak.proposing.readings import propose, propose_as
from groundbreak.proposing.text import plain
from groundbreak.starter.tables import rows
from tests.proposing.conftest import bare

TOLD = date(2023, 12, 1)
PROJECTS = [(f"events:{row['key']}", row["name"]) for row in rows("projects")]
EVENTS = [("cancellation", "{} has been cancelled"), ("pause", "{} was put on hold"),
          ("fid", "the final investment decision on {} was taken"),
          ("fid_planned", "{} is expected to take a final investment decision in 2028"),
          ("construction_start", "construction of {} has started"),
          ("operation", "{} went into operation"),
          ("delay", "the start of {} was delayed to 2030")]
JOINED = ("{}. {}.", "{}, while {}.", "While {}, {}.", "{}; meanwhile {}.", "{}, and {}.",
          "{} but {}.")
OTHERS = (("Fertiberia/Iberdrola - Puertollano I", "ESP"),
          ("Fertiberia/Iberdrola - Puertollano II (extension from Ref10)", "ESP"),
          ("Fertiberia/Iberdrola - Palos de la Frontera I", "ESP"),
          ("Fertiberia/Iberdrola - Palos de la Frontera II", "ESP"),
          ("HyEx - phase 1", "CHL"), ("HyEx - phase 2", "CHL"),
          ("Liquid Wind, FlagshipONE", "SWE"), ("Hyphen Hydrogen Energy - phase I", "NAM"),
          ("Hyphen Hydrogen Energy - phase II", "NAM"),
          ("Barents Blue ammonia plant, phase 1", "NOR"),
          ("Barents Blue ammonia plant, phase 2", "NOR"), ("Norsk e-Fuel Phase 1", "NOR"),
          ("Norsk e-Fuel Phase 2", "NOR"), ("VISION 2025", "DEU"),
          ("Sheffield DRI (Phase 2, final)", "GBR"), ("Western Green Energy Hub", "AUS"),
          ("SalalaH2", "OMN"))


@pytest.fixture(scope="module")
def wide() -> Gazetteer:
    """Names as a tracker writes them: several sources' habits, siblings and years among them."""
    return Gazetteer(tuple(
        Entry(f"t:{number}", name, tuple(dict.fromkeys((name, name.split(" (")[0]))), (), (),
              country, "ammonia") for number, (name, country) in enumerate(
                  [*OTHERS, *((f"Plant{chr(65 + n % 26)}{n}ville", "FRA") for n in range(900))])))


def said(made: tuple[Proposal, ...]) -> set[tuple[str, str]]:
    return {(one.name, one.event) for one in made}


def capital(words: str) -> str:
    return words[0].upper() + words[1:]


def two(joined: str, *clauses: str) -> str:
    first, second = clauses
    return capital(joined.format(first, capital(second) if joined.startswith("{}. ") else second))


def pair(names: Gazetteer, text: str) -> set[tuple[str | None, str]]:
    return {(one.record, one.event) for one in propose(plain(text), date(2026, 3, 1), bare(names))}


@settings(max_examples=400, deadline=None, suppress_health_check=[
    HealthCheck.function_scoped_fixture])
@given(projects=st.lists(st.sampled_from(PROJECTS), min_size=2, max_size=2, unique=True),
       told=st.lists(st.sampled_from(EVENTS), min_size=2, max_size=2, unique=True),
       joined=st.sampled_from(JOINED))
def test_no_project_gets_the_event_of_another(
    names: Gazetteer, projects: list[tuple[str, str]], told: list[tuple[str, str]], joined: str
) -> None:
    (one, its_name), (other, other_name) = projects
    (event, words), (next_event, next_words) = told
    text = two(joined, words.format(its_name), next_words.format(other_name))
    found = pair(names, text)
    assert (one, next_event) not in found, text
    assert (other, event) not in found, text


def test_most_texts_on_two_projects_give_both_their_own_event(names: Gazetteer) -> None:
    right = 0
    for place, (one, its_name) in enumerate(PROJECTS):
        other, other_name = PROJECTS[place - 7]
        (event, words), (later, more) = EVENTS[place % 7], EVENTS[(place + 3) % 7]
        found = pair(names, two(JOINED[place % 6], words.format(its_name), more.format(other_name)))
        right += {(one, event), (other, later)} <= found
    assert right >= 0.95 * len(PROJECTS)


OPEN = ("", "cancellation")
PUERTOLLANO = "Fertiberia/Iberdrola - Puertollano II (extension from Ref10)"
TEXTS = [
    ("Iberdrola has taken the final investment decision for Puertollano II. Meanwhile Fertiberia "
     "has cancelled its Palos de la Frontera green ammonia plant.", {(PUERTOLLANO, "fid"), OPEN}),
    ("Fertiberia has cancelled its Palos de la Frontera green ammonia plant. Iberdrola has taken "
     "the final investment decision for Puertollano II.", {(PUERTOLLANO, "fid"), OPEN}),
    ("FlagshipONE in Sweden was cancelled by Orsted. HyEx phase 2 in Chile reached a final "
     "investment decision.", {("HyEx - phase 2", "fid"), OPEN}),
    ("Zorblax has cancelled its Foobar ammonia plant in Kenya, while the Hyphen Hydrogen Energy "
     "phase I project in Namibia broke ground.",
     {("Hyphen Hydrogen Energy - phase I", "construction_start"), OPEN}),
    ("Hyphen Hydrogen Energy phase I in Namibia broke ground. Zorblax has cancelled its ammonia "
     "plant in Kenya.", {("Hyphen Hydrogen Energy - phase I", "construction_start"), OPEN}),
    ("HyEx phase 1 was cancelled, HyEx phase 2 took FID.",
     {("HyEx - phase 1", "cancellation"), ("HyEx - phase 2", "fid")}),
    ("SalalaH2 has not taken FID. HyEx phase 2 has taken FID.",
     {("SalalaH2", "fid_planned"), ("HyEx - phase 2", "fid")}),
    ("SalalaH2 broke ground. The project has been cancelled.", {("SalalaH2", "cancellation")}),
    ("Western Green Energy Hub was put on hold, while SalalaH2 broke ground.",
     {("SalalaH2", "construction_start"), ("", "pause")}),
]


@pytest.mark.parametrize(("text", "expected"), TEXTS)
def test_each_clause_speaks_of_what_it_names(
    wide: Gazetteer, text: str, expected: set[tuple[str, str]]
) -> None:
    assert said(propose(plain(text), TOLD, wide)) == expected


def test_a_project_chosen_for_an_open_event_gets_no_date_of_the_other(wide: Gazetteer) -> None:
    text = plain("Iberdrola has taken the final investment decision for Puertollano II, which is "
                 "to start operation in 2026. Meanwhile Fertiberia has cancelled its Palos de la "
                 "Frontera green ammonia plant.")
    left = next(one for one in propose(text, TOLD, wide) if one.record is None)
    record = next(c.record for c in left.candidates if c.name.endswith("Frontera I"))
    made = propose_as(text, TOLD, wide, record, left)
    assert made.event == "cancellation"
    assert {fact.field for fact in made.facts} == {"activity", "cancellation_actual_date"}


@pytest.mark.parametrize("text", [
    "The board has approved the Barents Blue ammonia project. Production of 1 million tonnes of "
    "ammonia per year is to start in 2027.", "HyEx was cancelled on 2 May 2023.",
    "A final investment decision on the project was taken.", "The plant will start in 2025.",
])
def test_numbers_and_set_phrases_choose_no_project(wide: Gazetteer, text: str) -> None:
    made = propose(plain(text), TOLD, wide)
    assert all(one.record in (None, "new") for one in made)
    assert not any(c.name.startswith(("VISION", "Sheffield")) for one in made
                   for c in one.candidates)


@pytest.mark.parametrize(("text", "name"), [
    ("Norsk e-Fuel Phase 1: the project was cancelled.", "Norsk e-Fuel Phase 1"),
    ("VISION 2025 was cancelled.", "VISION 2025"),
    ("The second phase of HyEx was cancelled.", "HyEx - phase 2"),
    ("The Barents Blue ammonia plant, phase 2, of 1 million tonnes, was cancelled.",
     "Barents Blue ammonia plant, phase 2"),
])
def test_a_number_beside_the_name_tells_its_phase(wide: Gazetteer, text: str, name: str) -> None:
    assert said(propose(plain(text), TOLD, wide)) == {(name, "cancellation")}


def test_a_decision_not_taken_in_a_past_year_is_no_plan(wide: Gazetteer) -> None:
    text = plain("SalalaH2 did not take a final investment decision in 2023.")
    (made,) = propose(text, TOLD, wide)
    assert (made.event, made.facts) == ("", ())
    assert any("states no event" in point for point in made.open_points)


@pytest.mark.parametrize(("words", "level"), [
    ("100% of output", 4), ("80 % of the output", 4), ("60% of its output", 3),
    ("75% of volumes", 3), ("the entire output", 4), ("20% of the output", 2),
    ("up to 90% of the output", 2), ("100,000 tonnes a year", 2),
])
def test_the_share_of_the_output_gives_the_offtake_level(
    wide: Gazetteer, words: str, level: float
) -> None:
    text = f"Yara has signed a binding offtake agreement for {words} from SalalaH2."
    (made,) = propose(plain(text), TOLD, wide)
    assert [fact.number for fact in made.facts if fact.field == "gate_offtake"] == [level]


@pytest.mark.parametrize(("number", "value", "basis"), [
    ("1.200.000", 1_200_000, ""), ("1,200,000", 1_200_000, ""), ("1 200 000", 1_200_000, ""),
    ("1.200", 1_200, "1.200 read as 1,200"),
])
def test_thousands_are_read_with_points_commas_or_spaces(
    wide: Gazetteer, number: str, value: float, basis: str
) -> None:
    text = f"SalalaH2 took FID. The plant will make {number} t of ammonia per year."
    (made,) = propose(plain(text), TOLD, wide)
    assert [(f.number, f.basis) for f in made.facts if f.field == "capacity_ammonia_t_per_year"
            ] == [(value, basis)]


@pytest.mark.parametrize("number", ["12.345,678", "1.200.00", "1.5.2.3", "1..2", "1.200.000.0"])
def test_a_number_of_no_one_reading_is_left_open(wide: Gazetteer, number: str) -> None:
    text = f"SalalaH2 took FID. The plant will make {number} t of ammonia per year."
    (made,) = propose(plain(text), TOLD, wide)
    assert not any(fact.field.startswith("capacity") for fact in made.facts)


def test_what_is_left_open_of_a_number_is_said(wide: Gazetteer) -> None:
    (made,) = propose(plain("SalalaH2 took FID. The plant will make 12.345,678 t of ammonia per "
                            "year."), TOLD, wide)
    assert "'12.345,678 t' has more than one reading" in made.open_points


def test_a_delay_from_one_year_to_another_states_the_second_once(wide: Gazetteer) -> None:
    (made,) = propose(plain("SalalaH2 reached FID in June 2023; commissioning slips from 2025 to "
                            "2027."), TOLD, wide)
    (when,) = [fact for fact in made.facts if fact.field == "operation_planned_date"]
    assert (when.shown, "or" in when.basis.split()) == ("2027", False)
    assert sum("delayed" in also for also in made.also) == 1


def test_a_name_of_common_words_is_not_parted_by_its_own_and(names: Gazetteer) -> None:
    found = pair(names, "OLYMPUS broke ground, while EGA power assets and clean grid supply has "
                 "been cancelled.")
    assert ("events:olympus", "cancellation") not in found


def test_held_values_of_one_project_do_not_hide_the_event_of_the_other(wide: Gazetteer) -> None:
    held = replace(wide, held={"t:5": {"activity": "active"}})
    found = said(propose(plain("HyEx phase 2 was cancelled. SalalaH2 took FID."), TOLD, held))
    assert found == {("HyEx - phase 2", "cancellation"), ("SalalaH2", "fid")}
