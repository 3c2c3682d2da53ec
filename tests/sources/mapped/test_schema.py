"""The mapping file: what is written is read back, and every mistake is named with its line."""

from __future__ import annotations

import os
import re
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from groundbreak.sources.errors import FileTooLarge, UnreadableFile
from groundbreak.sources.mapped.draft import ColumnGuess, Draft, KeyGuess, TabGuess, WordGuess
from groundbreak.sources.mapped.errors import WrongMapping
from groundbreak.sources.mapped.schema import parse_mapping, read_mapping
from groundbreak.sources.mapped.targets import Target, accepted_targets
from groundbreak.sources.mapped.writing import quoted, write
from groundbreak.sources.template import STATED_ACTIVITIES
from groundbreak.vocabulary.terms import STAGES

GOOD = """\
groundbreak: mapping 1
source: my-list
key: {column: Ref}
tabs:
  Apr-24: 2024-04-30
  Legend: skip
  Data: {published: file, header_rows: 2, defaults: {sector: steel}}
columns:
  Project: name
  Status: status
  Size: {field: capacity, of: ammonia, unit: kt/y, decimal_comma: yes}
  Who: [owners, note]
  Region: "?"
ignored:
  Nr: a row number
words:
  status:
    Announced: announced..feed
    On hold: paused
    Demo: {activity: active, scale: demonstration}
    Unclear: "?"
  product:
    NH3: ammonia
    Various: none
defaults: {product: ammonia}
"""


def test_a_mapping_says_what_it_says() -> None:
    found = parse_mapping(GOOD)
    assert found.key == (("Ref",),)
    assert found.tabs["Apr-24"].published == date(2024, 4, 30)
    assert found.tabs["Legend"].skip
    assert found.tabs["Data"].of_file
    assert found.tabs["Data"].defaults == {"sector": "steel"}
    assert found.columns["Size"] == (Target("capacity", of="ammonia", unit="kt/y",
                                            decimal_comma=True),)
    assert [t.field for t in found.columns["Who"]] == ["owners", "note"]
    assert found.undecided == {"Region"}
    assert found.statuses["announced"].stage == "announced..feed"
    assert found.statuses["on hold"].keeps_stage
    assert found.statuses["demo"].scale == "demonstration"
    assert not found.statuses["demo"].keeps_stage
    assert found.open_words == (("status", "Unclear"),)
    assert found.words["product"] == {"nh3": "ammonia", "various": "none"}
    assert found.licence_confirmed is False
    assert found.complete


@pytest.mark.parametrize(("old", "new", "line", "told"), [
    ("source: my-list", "source: My List", 2, "not a usable name"),
    ("source: my-list", "source: saf", 2, "another source"),
    ("source: my-list", "source: edit", 2, "another source"),
    ("mapping 1", "mapping 9", 1, "accepted: mapping 1"),
    ("key: {column: Ref}", "key: {colum: Ref}", 3, "did you mean column?"),
    ("key: {column: Ref}", "key: {}", 3, "needs one of"),
    ("Apr-24: 2024-04-30", "Apr-24: 30/04/2024", 5, "YYYY-MM-DD"),
    ("Apr-24: 2024-04-30", "Apr-24: 2024-02-31", 5, "YYYY-MM-DD"),
    ("header_rows: 2", "header_rows: 9", 7, "from 1 to 3"),
    ("Project: name", "Project: nmae", 9, "did you mean name"),
    ("of: ammonia", "of: amonia", 11, "did you mean ammonia"),
    ("unit: kt/y", "unit: furlongs", 11, "units.csv"),
    ("decimal_comma: yes", "decimal_comma: perhaps", 11, "yes or no"),
    ("decimal_comma: yes", "decimals: yes", 11, "unknown key"),
    ("Status: status", "Status: {field: name, unit: kt/y}", 10, "has no unit"),
    ("Status: status", "Status: capex_announced", 10, "price_year"),
    ("announced..feed", "feed..announced", 18, "lowest..highest"),
    ("announced..feed", "anounced", 18, "did you mean announced"),
    ("On hold: paused", "On hold: lost", 19, "accepted: "),
    ("NH3: ammonia", "NH3: amonia", 23, "did you mean ammonia"),
    ("  product:\n", "  colour:\n", 22, "no list of words"),
    ("defaults: {product: ammonia}", "defaults: {product: gold}", 25, "gold"),
    ("defaults: {product: ammonia}", "defalts: {}", 25, "did you mean defaults"),
    ("  Status: status\n", "  Status: status\n  Status: name\n", 11, "duplicate"),
    ("  Status: status\n", "  Status: 'status\n", 10, "quotes"),
])
def test_mistakes_are_named_with_their_line(old: str, new: str, line: int, told: str) -> None:
    assert GOOD.count(old) == 1
    with pytest.raises(WrongMapping) as caught:
        parse_mapping(GOOD.replace(old, new), "my.yaml")
    text = str(caught.value)
    assert f"my.yaml, line {line}:" in text or old == "  Status: status\n", text
    assert told in text
    assert "accepted: " in text


@pytest.mark.parametrize("text", ["", "just words", "- a\n- b\n", "a: [", "\0\1", "x: &a [*a]",
                                  "groundbreak: mapping 1\n", "{" * 3000])
def test_what_is_no_mapping_is_refused_and_never_a_traceback(text: str) -> None:
    with pytest.raises(WrongMapping):
        parse_mapping(text)


@pytest.mark.parametrize(("old", "new", "line"), [
    ("Nr: a row number", 'Nr: "a \\0 b"', 15), ("Nr: a row number", '"\\ud800": x', 15),
    ("Who: [owners, note]", 'Who: [owners, "\\udfff"]', 12),
])
def test_what_no_register_can_keep_is_named_with_its_line(old: str, new: str, line: int) -> None:
    with pytest.raises(WrongMapping) as caught:
        parse_mapping(GOOD.replace(old, new), "my.yaml")
    assert f"my.yaml, line {line}: " in str(caught.value)
    assert "holds the character U+" in str(caught.value)
    assert str(caught.value).isprintable()


def test_a_column_may_have_the_odd_name_that_its_file_gives_it() -> None:
    found = parse_mapping(GOOD.replace("Nr: a row", f"{quoted(chr(1))}: a row"))
    assert found.ignored == {"\x01": "a row number"}


def test_only_a_regular_file_of_bounded_size_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pipe = tmp_path / "pipe.yaml"
    os.mkfifo(pipe)
    for path in (pipe, Path("/dev/zero")):
        with pytest.raises(UnreadableFile, match="no regular file"):
            read_mapping(path)
    path = tmp_path / "my.yaml"
    path.write_text(GOOD, encoding="utf-8")
    assert read_mapping(path).source == "my-list"
    monkeypatch.setattr("groundbreak.sources.plain.MAX_BYTES", len(GOOD) - 1)
    with pytest.raises(FileTooLarge, match=r"my\.yaml: .*groundbreak map"):
        read_mapping(path)


@given(st.text(max_size=300))
def test_any_text_is_read_or_refused(text: str) -> None:
    with pytest.raises(WrongMapping):
        parse_mapping(text)


NAMES = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=30).map(
    str.strip).filter(bool)


@given(NAMES)
def test_a_quoted_text_is_read_back_as_it_is(text: str) -> None:
    read = YAML(typ="safe").load(f"{quoted(text)}: {quoted(text)}  # {quoted('x')}\n")
    assert read == {text: text}


TARGETS = st.builds(
    Target, field=st.sampled_from([f for f in accepted_targets()
                                   if f not in ("capex_announced", "grant_awarded")]),
    day_first=st.sampled_from([None, True, False]), times=st.sampled_from([1.0, 0.01, 1000.0]),
    decimal_comma=st.sampled_from([None, True, False]), preferred=st.booleans())
MEANINGS = st.sampled_from([*STAGES, "feasibility..feed",
                            *(a for a in STATED_ACTIVITIES if a != "active"), "?"])


@given(st.dictionaries(NAMES, TARGETS, min_size=1, max_size=6),
       st.dictionaries(NAMES, MEANINGS, max_size=4),
       st.dictionaries(NAMES, st.dates(date(2000, 1, 1)), max_size=3))
def test_a_draft_that_is_written_is_read_back(
    columns: dict[str, Target], words: dict[str, str], tabs: dict[str, date]
) -> None:
    draft = Draft("my-list", "My: list # 1", ["a b.xlsx"],
                  [TabGuess(name, str(day), "in its name\nreally") for name, day in tabs.items()])
    draft.key = KeyGuess(((next(iter(columns)),),), False, "because", True)
    draft.columns = [ColumnGuess(name, (target,), "why: # so", False)
                     for name, target in columns.items()]
    draft.words = {"status": [WordGuess(word, means, 3, True) for word, means in words.items()]}
    found = parse_mapping(write(draft))
    assert {name: targets[0] for name, targets in found.columns.items()} == columns
    assert found.title == "My: list # 1"
    assert {name: tab.published for name, tab in found.tabs.items() if name} == tabs
    assert {word for kind, word in found.open_words} == {w for w, m in words.items() if m == "?"}
    assert found.statuses.keys() == {w.casefold() for w, m in words.items() if m != "?"}


def test_the_mapping_in_the_documentation_is_accepted() -> None:
    page = (Path(__file__).parents[3] / "docs" / "own-workbook.md").read_text(encoding="utf-8")
    (text,) = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    found = parse_mapping(text, "own-workbook.md")
    assert found.tabs["Steel"].defaults == {"sector": "steel"}
    assert found.columns["Cost (USD m)"][0].currency == "USD"
