"""What a text tells of a project that the register does not have: name, owner, place, route."""

from __future__ import annotations

from datetime import date

import pytest

from groundbreak.proposing.gazetteer import Gazetteer
from groundbreak.proposing.proposal import NEW, Proposal
from groundbreak.proposing.readings import propose
from groundbreak.proposing.text import plain


def read(words: str) -> Proposal:
    (made,) = propose(plain(words), date(2026, 11, 20), Gazetteer(()))
    assert made.record == NEW
    return made


def told(made: Proposal, field: str) -> str | None:
    return next((fact.text for fact in made.facts if fact.field == field), None)


@pytest.mark.parametrize(("owner", "where", "name", "place"), [
    ("Nordic Ammonia AS", "Mo i Rana, Norway", "Nordic Ammonia Mo i Rana", "Mo i Rana"),
    ("Nordic Ammonia AS", "Mo i Rana in Norway", "Nordic Ammonia Mo i Rana", "Mo i Rana"),
    ("Rhine Fuels GmbH", "Frankfurt am Main, Germany", "Rhine Fuels Frankfurt am Main",
     "Frankfurt am Main"),
    ("Rhine Fuels", "Frankfurt an der Oder, Germany", "Rhine Fuels Frankfurt an der Oder",
     "Frankfurt an der Oder"),
    ("Acme Energy", "San Vicente de la Barquera, Spain", "Acme Energy San Vicente de la Barquera",
     "San Vicente de la Barquera"),
    ("Tyne Ammonia", "Newcastle upon Tyne, United Kingdom", "Tyne Ammonia Newcastle upon Tyne",
     "Newcastle upon Tyne"),
    ("Seine Chimie", "Vitry sur Seine, France", "Seine Chimie Vitry sur Seine", "Vitry sur Seine"),
    ("Mo Rana Ammonia", "Mo i Rana, Norway", "Mo Rana Ammonia", "Mo i Rana"),
    ("Narvik Hydrogen AS", "Narvik, Norway", "Narvik Hydrogen", "Narvik"),
])
def test_places_are_read_whole_and_named_where_the_owner_does_not_name_them(
    owner: str, where: str, name: str, place: str
) -> None:
    made = read(f"{owner} plans to build a 250,000 t/y green ammonia plant in {where}.")
    assert (made.name, told(made, "owners"), told(made, "place")) == (name, owner, place)


def test_a_place_ends_before_its_country() -> None:
    made = read("Nordlys Ammoniakk planlegger et anlegg for grønn ammoniakk i Narvik i Norge.")
    assert (told(made, "place"), told(made, "country")) == ("Narvik", "NOR")


@pytest.mark.parametrize(("what", "route", "note"), [
    ("green ammonia", "electrolysis", "what 'green ammonia' means"),
    ("green hydrogen", "electrolysis", "what 'green hydrogen' means"),
    ("green hydrogen-based ammonia", "electrolysis", "what 'green hydrogen' means"),
    ("blue ammonia", "fossil_ccs", "what 'blue ammonia' means"),
])
def test_green_and_blue_state_the_route_with_a_note(what: str, route: str, note: str) -> None:
    made = read(f"Nordic Fuels plans to build a {what} plant in Narvik, Norway.")
    (fact,) = [fact for fact in made.facts if fact.field == "route"]
    assert (fact.text, fact.basis) == (route, note)
    assert not any("route" in point for point in made.open_points)


@pytest.mark.parametrize(("what", "point"), [
    ("ammonia", "route is not told"),
    ("green ammonia and blue ammonia", "route is told in two ways"),
    ("green methanol", None), ("green steel", None),
])
def test_the_route_stays_open_where_both_or_neither_is_said(what: str, point: str | None) -> None:
    made = read(f"Nordic Fuels plans to build a {what} plant in Narvik, Norway.")
    assert told(made, "route") is None
    assert [one for one in made.open_points if "route" in one] == ([point] if point else [])
