"""Coverage: n of N that open, sources by what was published, warnings that the first page shows."""

from __future__ import annotations

import html
from typing import Any

import pytest

from groundbreak.measures.coverage import CoverageWarning, known_shares, searches
from groundbreak.measures.freshness import freshness
from groundbreak.register import standing
from groundbreak.site.words import coverage_warning
from tests.site.opening import assert_opens, main


@pytest.mark.parametrize("clock", [{}, {"as_of": "2025-07-01"}], ids=str)
def test_every_number_opens(client: Any, clock: dict[str, str]) -> None:
    assert_opens(client, main(client, "/coverage/", **clock), least=10)


def test_shares_and_finding_are_the_measure_s(client: Any) -> None:
    view = standing.current().reading().view
    text = main(client, "/coverage/")
    young, of = freshness(view)
    assert f"{young} of {of} counted projects have evidence younger than 24 months" in text
    for row in known_shares(view).iter_rows(named=True):
        for name in ("young", "sized", "owned", "dated", "gated", "located"):
            assert f"{row[name]} of {row['counted']}" in text


def test_every_search_is_shown(client: Any) -> None:
    text = html.unescape(main(client, "/coverage/"))
    for search in searches():
        assert search.where in text
        assert search.note in text
    assert text.count("not searched") >= sum(s.result == "not_searched" for s in searches())


def test_a_source_is_used_from_its_first_fact_on(client: Any) -> None:
    assert "Global SAF production capacity list</th><td>Martulli" in main(client, "/coverage/")
    before = main(client, "/coverage/", as_of="2025-06-17")
    assert "Global SAF production capacity list</th><td>Martulli" not in before
    assert "can be read, not taken in here" in before
    assert "No edition was published by this day" in main(client, "/coverage/", as_of="1995-01-01")


def test_warnings_are_sentences() -> None:
    assert coverage_warning(CoverageWarning("aluminium", "partial", 7, 19)) == (
        "Aluminium coverage is partial: 19 records are undecided beside 7 counted.")
    assert coverage_warning(CoverageWarning("shipping", "not_covered", 0, 0)) == (
        "Shipping is not yet covered: 0 counted.")
