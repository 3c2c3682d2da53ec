"""CSV on the way out runs nowhere, and comes back in as it was."""

from __future__ import annotations

import csv
import io
import tempfile
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groundbreak.sources.files import open_book
from groundbreak.vocabulary.guarding import guarded, safe_csv, unguarded

PIECES = st.sampled_from(["'", "=", "+", "-", "@", "\t", "\r", "\n", " ", "\u00a0", "\u200b",
                          "\ufeff", "＝", "＋", "－", "＠", "−", "a", "1", ",", '"', ";"])
TEXTS = st.lists(PIECES, max_size=6).map("".join) | st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0"))


@given(TEXTS)
def test_guarding_can_be_undone(text: str) -> None:
    assert unguarded(guarded(text)) == text


@given(st.lists(TEXTS, min_size=1), TEXTS)
def test_polars_and_python_guard_alike(texts: list[str], name: str) -> None:
    frame = pl.DataFrame({name: texts, f"{name} 2": 1})
    told = csv.reader(io.StringIO(safe_csv(frame), newline=""))
    assert [row[0] for row in told] == [guarded(text) for text in (name, *texts)]


@given(st.lists(TEXTS, min_size=1))
@settings(max_examples=50, deadline=None)
def test_what_was_exported_comes_back_as_it_was(texts: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "out.csv"
        path.write_text(safe_csv(pl.DataFrame({"text": texts, "end": "."})), encoding="utf-8",
                        newline="")
        assert [row[0] for row in open_book(path).tables[""].rows] == ["text", *texts]


@pytest.mark.parametrize("text", [
    "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1", "\u00a0=1", "\ufeff=1",
    "\u3000=1", "＝1", "＋1", "－1", "＠1", "'=1", "=cmd|' /C calc'!A0", "\u200b=1",
])
def test_none_begins_a_formula(text: str) -> None:
    assert guarded(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "a", "'", "'90s plant", "1-2", " a", "Höganäs", "a=b"])
def test_plain_texts_stay(text: str) -> None:
    assert guarded(text) == unguarded(text) == text


def test_words_of_a_list_are_texts_too() -> None:
    frame = pl.DataFrame({"=name": ["=a", "b"]}, schema={"=name": pl.Enum(["=a", "b"])})
    assert safe_csv(frame) == "'=name\n'=a\nb\n"
    assert safe_csv(pl.DataFrame({"=": [-1]})) == "'=\n-1\n"
