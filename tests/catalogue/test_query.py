"""What may be asked of the catalogue, and how it is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundbreak.catalogue.columns import COLUMNS, SORTABLE
from groundbreak.catalogue.query import FACETS, LABELS, NOT_STATED, SECTORS, BadQuery, Query

VALUES = {
    "sector": st.sampled_from([*SECTORS, NOT_STATED]), "label": st.sampled_from(LABELS),
    "country": st.sampled_from(["DEU", "Côte d'Ivoire", "united kingdom", NOT_STATED]),
    "start": st.sampled_from(["2026", "2031", NOT_STATED]),
    "stage": st.sampled_from(["feed", "feasibility..feed"]),
    "company": st.text("abc é汉", min_size=1),
}
ASKED = st.fixed_dictionaries({}, optional={
    **{name: st.lists(values, min_size=1, max_size=4) for name, values in VALUES.items()},
    "q": st.lists(st.text(max_size=40), min_size=1, max_size=1),
    "sort": st.sampled_from([[name] for name in (*SORTABLE, "-capacity")]),
    "page": st.integers(1, 10**6).map(lambda n: [str(n)]),
    "per_page": st.integers(1, 500).map(lambda n: [str(n)]),
    "columns": st.lists(st.sampled_from(list(COLUMNS)), min_size=1),
    "all": st.sampled_from([["1"], ["0"]]),
})


@given(ASKED)
def test_a_question_has_one_address(asked: dict[str, list[str]]) -> None:
    try:
        query = Query.parse(asked)
    except BadQuery:
        assert "\x00" in "".join(asked.get("q", [])) + "".join(asked.get("company", []))
        return
    params: dict[str, list[str]] = {}
    for name, value in query.pairs():
        params.setdefault(name, []).append(value)
    assert Query.parse(params) == query


@given(st.dictionaries(st.text(max_size=12), st.lists(st.text(max_size=300), max_size=3),
                       max_size=5))
def test_whatever_is_asked_is_parsed_or_refused_with_what_is_accepted(
    asked: dict[str, list[str]]
) -> None:
    refused = None
    try:
        Query.parse(asked)
    except BadQuery as error:
        refused = error
    assert refused is None or (refused.accepted and "accepted: " in str(refused))


@pytest.mark.parametrize(("name", "value", "accepted"), [
    ("foo", "1", "sector"), ("sector", "Steel", "steel"), ("country", "Atlantis", "ISO 3166-1"),
    ("page", "0", "from 1"), ("page", "9" * 40, "1,000,000"), ("page", "1e3", "whole number"),
    ("per_page", "501", "500"), ("sort", "record", "capacity"), ("columns", "secret", "name"),
    ("start", "20270", "four digits"), ("start", "٢٠٢٧", "four digits"), ("all", "yes", "1"),
    ("q", "x" * 201, "200"), ("company", "a\x00b", "200"), ("stage", "feed..concept", "stage"),
])
def test_a_refusal_names_the_parameter_and_what_is_accepted(
    name: str, value: str, accepted: str
) -> None:
    with pytest.raises(BadQuery, match="accepted: ") as refused:
        Query.parse({name: [value]})
    assert accepted in refused.value.accepted


def test_too_many_values_are_refused() -> None:
    with pytest.raises(BadQuery, match="up to 60"):
        Query.parse({"company": [str(n) for n in range(61)]})


def test_every_facet_without_fixed_values_is_meant() -> None:
    assert {name for name, values in FACETS.items() if values is None} == {
        "stage", "country", "start", "source", "company", "project"}
