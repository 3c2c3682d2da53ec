"""Keys without an id column: stable under spelling and order; collisions and renames told."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from groundbreak.sources.files import Cell
from groundbreak.sources.mapped.ids import (
    LONGEST,
    Keyed,
    composite_key,
    part_rows,
    possible_renames,
    printed_key,
    slug,
)

WORDS = st.text(st.characters(categories=("Lu", "Ll", "Nd", "Zs", "Pd", "Lo")), max_size=40)


def cell(text: str, header: str = "Name") -> Cell:
    return Cell(text, "", 2, 0, header)


@given(WORDS)
def test_case_accents_and_spaces_make_no_other_key(text: str) -> None:
    assert slug(slug(text)) == slug(text)
    assert slug(f"  {text} ") == slug(text)
    assert slug(text.replace(" ", "  ")) == slug(text)


def test_spellings_of_one_place_are_one_key() -> None:
    one = composite_key([cell("HYBRIT – Luleå"), cell("Sweden", "Country")], frozenset())
    two = composite_key([cell("hybrit  lulea"), cell("SWE", "Country")], frozenset())
    assert one == two == "hybrit-lulea-swe"
    far = composite_key([cell("宝武 湛江"), cell("China", "country")], frozenset())
    assert far == "宝武-湛江-chn"


def test_words_for_nothing_are_no_part_of_a_key() -> None:
    assert composite_key([cell("TBD"), cell("Steel AG", "Owner")], frozenset({"tbd"})) == "steel-ag"
    assert composite_key([cell(""), cell("n/a")], frozenset({"n/a"})) == ""


@given(st.text(min_size=1, max_size=900))
def test_a_key_is_never_too_long_for_the_register(text: str) -> None:
    assert len(composite_key([cell(text)], frozenset())) <= LONGEST
    assert len(printed_key(cell(text))) <= LONGEST


def test_long_keys_that_differ_late_stay_apart() -> None:
    one, two = (composite_key([cell("x" * 400 + end)], frozenset()) for end in "ab")
    assert one != two


def test_an_id_never_looks_like_the_second_record_of_another() -> None:
    assert printed_key(cell("365/2")) == "365-2"


ROWS = st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(["", "1", "2"]),
                          st.sampled_from(["x", "y", "z"])), max_size=12)


@given(ROWS, st.integers(0, 1000))
def test_the_order_of_rows_parts_nothing(rows: list[tuple[str, str, str]], seed: int) -> None:
    keyed = [Keyed(n, *row) for n, row in enumerate(rows)]
    shuffled = keyed.copy()
    random.Random(seed).shuffle(shuffled)
    one = {row.number: row.part for row in part_rows(keyed)[0]}
    two = {row.number: row.part for row in part_rows(shuffled)[0]}
    assert one == two


@given(ROWS)
def test_rows_of_one_key_share_a_part_only_where_they_say_the_same(
    rows: list[tuple[str, str, str]]
) -> None:
    parted, collisions = part_rows([Keyed(n, *row) for n, row in enumerate(rows)])
    said: dict[tuple[str, str], set[tuple[str, str]]] = {}
    for row in parted:
        said.setdefault((row.key, row.part), set()).add((row.told, row.whole))
    assert all(len(values) == 1 for values in said.values())
    assert {c.key for c in collisions} == {
        key for key in "abc" if sum(row[0] == key for row in rows) > 1}


PLANT = {"country": "SWE", "place": "Boden", "product": "dri", "owners": "Stegra"}


def test_a_rename_is_asked_about_where_all_else_agrees() -> None:
    gone = {"h2gs-swe": {**PLANT, "name": "H2 Green Steel Boden"}}
    new = {"stegra-swe": {**PLANT, "name": "Stegra Boden"}}
    (doubt,) = possible_renames(gone, new)
    assert doubt.kind == "possible_rename"
    assert doubt.key == "stegra-swe"
    assert "H2 Green Steel Boden" in doubt.text


def test_what_contradicts_or_has_two_candidates_is_no_rename() -> None:
    gone = {"a": {**PLANT, "name": "Plant A"}}
    assert not possible_renames(gone, {"b": {**PLANT, "name": "Plant A2", "place": "Luleå"}})
    two = {"b": {**PLANT, "name": "Plant B"}, "c": {**PLANT, "name": "Plant C"}}
    assert not possible_renames(gone, two)
    assert not possible_renames({"a": {"name": "Alpha", "country": "SWE"}},
                                {"b": {"name": "Omega", "country": "SWE"}})
