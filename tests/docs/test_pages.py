"""The documentation says what the code does: made pages are up to date, and nothing is left out."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.main import get_command

from docs import render
from groundbreak.cli import commands
from groundbreak.measures.bridge import LINES
from groundbreak.measures.gap import RULES
from groundbreak.measures.population import LABELS
from groundbreak.measures.scorecard import MEASURES
from groundbreak.sources.registry import MODULES
from groundbreak.vocabulary.__main__ import LISTS, UNIT_KINDS, markdown
from groundbreak.vocabulary.fields import registry
from groundbreak.vocabulary.terms import read_rows
from tests.docs.conftest import ROOT

DOCS = ROOT / "docs"
STALE = "out of date: run `make docs`"
WRITTEN = sorted([*DOCS.glob("*.md"), *ROOT.glob("*.md")])


def text_of(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def rows_of(name: str) -> dict[str, str]:
    """First cell → second cell of every row of every table in a page."""
    found = {}
    for line in text_of(name).splitlines():
        if line.startswith("| `"):
            first, second = [cell.strip() for cell in line.split("|")[1:3]]
            for word in re.findall(r"`([^`]+)`", first):
                found.setdefault(word, second)
    return found


# -- made from the code ----------------------------------------------------------------------------
def test_the_data_dictionary_is_up_to_date() -> None:
    assert text_of("data-dictionary.md") == markdown(), f"docs/data-dictionary.md is {STALE}"


def test_made_pages_are_up_to_date() -> None:
    stale = [path.name for path, text in render.pages() if path.read_text("utf-8") != text]
    assert not stale, f"{', '.join(stale)} {STALE}"


def test_the_picture_shows_what_the_demonstration_prints() -> None:
    expected = render.picture(render.shown(render.demo()))
    stored = text_of("scorecard.svg")
    assert render.lines(stored) == render.lines(expected), f"docs/scorecard.svg is {STALE}"


def test_the_picture_asks_no_other_host_for_anything() -> None:
    addresses = set(re.findall(r"(?:https?:)?//[^\s\"')]+", text_of("scorecard.svg")))
    assert addresses == {"http://www.w3.org/2000/svg"}
    assert not re.search(r"@import|@font-face|<image|<script|href=", text_of("scorecard.svg"))


# -- nothing left out ------------------------------------------------------------------------------
def test_every_command_is_documented() -> None:
    page = text_of("commands.md")
    names = get_command(commands()).commands  # type: ignore[attr-defined]
    assert len(names) > 10
    assert not [name for name in names if f"\n## {name}\n" not in page]
    assert not [name for name, c in names.items() if not c.help], "a command without help"


def test_every_option_says_what_it_does() -> None:
    bare = [
        f"{name} {param.opts[0]}"
        for name, command in get_command(commands()).commands.items()  # type: ignore[attr-defined]
        for param in command.params
        if not param.help and param.opts[0] not in UNEXPLAINED
    ]
    assert not bare


UNEXPLAINED = ("--sector", "--product", "--kind", "--limit", "--reason")  # the name says it


def test_every_source_is_documented() -> None:
    page = text_of("sources.md")
    heads = " ".join(line for line in page.splitlines() if line.startswith("## ")).split()
    assert not [name for name in MODULES if name not in heads]
    assert not [row["name"] for row in read_rows("publications.csv") if row["name"] not in heads]


def test_every_list_of_words_is_named() -> None:
    page = text_of("sources.md")
    lists = {path.stem for path in (ROOT / "groundbreak/sources/words").glob("*.csv")}
    assert lists
    assert not [name for name in lists if name not in page]


def test_every_line_of_the_bridge_is_documented() -> None:
    told = rows_of("measures.md")
    bridge = text_of("measures.md").split("## The bridge")[1]
    assert not [name for name in LINES if f"| `{name}` |" not in bridge]
    assert not [label for label in LINES.values() if f"| {label} |" not in bridge]
    assert set(LINES) <= set(told)


def test_every_measure_is_documented() -> None:
    page = text_of("measures.md").split("## The measures")[1].split("## The bridge")[0]
    missing = [name for name, label in MEASURES.items() if f"| `{name}` | {label} |" not in page]
    assert not missing


def test_every_label_and_rule_is_documented() -> None:
    told = rows_of("measures.md")
    assert not set(LABELS) - set(told)
    assert {name: told.get(name) for name in RULES} == RULES


def test_the_dictionary_holds_every_field_and_list() -> None:
    page = text_of("data-dictionary.md")
    assert not [name for name in registry() if f"| `{name}` |" not in page]
    other = {"countries", "country_spellings", "groupings", "units"}  # told in their own sections
    lists = {path.stem for path in (ROOT / "groundbreak/vocabulary").glob("*.csv")}
    assert lists - other == set(LISTS)
    assert {row["kind"] for row in read_rows("units.csv")} == set(UNIT_KINDS)


def test_every_definition_version_is_told() -> None:
    from groundbreak.measures import DEFINITION_VERSION

    assert f"Definition version **{DEFINITION_VERSION}**" in text_of("measures.md")


# -- what no page may hold -------------------------------------------------------------------------
@pytest.mark.parametrize("path", WRITTEN, ids=lambda path: path.name)
def test_links_inside_the_repository_lead_somewhere(path: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)", path.read_text(encoding="utf-8"))
    inner = [link for link in links if "//" not in link]
    assert not [link for link in inner if not (path.parent / link).exists()]


@pytest.mark.parametrize("path", WRITTEN, ids=lambda path: path.name)
def test_no_page_names_a_folder_of_a_machine(path: Path) -> None:
    found = re.findall(r"(?<![\w.$}])/(?:home|tmp|usr|root|work|opt|Users)/\S*",
                       path.read_text(encoding="utf-8"))
    assert not found


def test_the_published_residuals_stand_on_one_page_only() -> None:
    """Another tracker's figures are shown once, with their sources and their caveat."""
    told = [path.name for path in WRITTEN if re.search(
        r"79\.5 %|not explained by the published", path.read_text(encoding="utf-8"))]
    assert told == ["published-figures.md"]
    assert "**not explained by the published flows; periods may not align**" in text_of(
        "published-figures.md")
