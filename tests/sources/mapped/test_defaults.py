"""What makes the projects of a list countable is proposed, or said to be open."""

from __future__ import annotations

from pathlib import Path

import pytest

from groundbreak.cli.countable import counted_line
from groundbreak.sources.mapped.guessing import guess
from groundbreak.sources.mapped.opening import open_files
from groundbreak.sources.mapped.writing import write
from tests.sources.mapped.test_guessing import Rows, mapped, read, table
from tests.sources.mapped.test_workbooks import workbook

NAMES = ["Project", "Country", "Status", "Product", "Capacity (kt/y)"]
PLANTS: Rows = [["A one", "Sweden", "Announced", "Ammonia", "400"],
                ["B two", "Spain", "FID", "Ammonia", "500"],
                ["C three", "Chile", "FID", "Methanol", "5"]]


def proposed(path: Path) -> dict[str, str]:
    return {field: value for field, (value, _) in guess(open_files([path])).defaults.items()}


@pytest.mark.parametrize("name", ["green hydrogen projects 2024-04", "electrolysis_2024-04"])
def test_a_title_names_the_route(tmp_path: Path, name: str) -> None:
    assert proposed(table(tmp_path / f"{name}.csv", [NAMES, *PLANTS])) == {"route": "electrolysis"}


def test_a_sheet_names_the_route(tmp_path: Path) -> None:
    path = workbook(tmp_path / "l_2024-04.xlsx", {"Green ammonia": [NAMES, *PLANTS]})
    assert proposed(path)["route"] == "electrolysis"


def test_the_words_of_all_rows_name_the_route_and_of_some_do_not(tmp_path: Path) -> None:
    head = ["Project", "Country", "Status", "Product", "Electrolyser (MW)"]
    path = table(tmp_path / "l_2024-04.csv", [head, *PLANTS])
    assert proposed(path)["route"] == "electrolysis"
    some = [PLANTS[0], [*PLANTS[1][:4], ""], [*PLANTS[2][:4], ""]]
    path = table(tmp_path / "m_2024-04.csv", [head, *some])
    assert proposed(path)["route"] == "?"
    assert "1 of 3 rows speak of electrolysis" in write(guess(open_files([path])))


def test_what_is_not_known_is_a_line_to_look_at_and_the_mapping_is_read(tmp_path: Path) -> None:
    head = ["Project", "Country", "Status", "Capacity (kt/y)"]
    path = table(tmp_path / "l_2024-04.csv", [head, *([*r[:3], r[4]] for r in PLANTS)])
    text = write(guess(open_files([path])))
    assert '  route: "?"  # unsure: no column states the route' in text
    assert '  sector: "?"  # unsure: no column or title states the sector' in text
    assert '  product: "?"  # unsure: capacity of what is not said' in text
    assert mapped(path).defaults == {}
    sectors = {'sector: "?"': "sector: chemicals", 'route: "?"': "route: electrolysis"}
    assert counted_line(read(path, edits=sectors), complete=True) == (
        "0 of 3 records would be counted; not counted: 3 no threshold for product not stated in "
        "Chemicals; say it under defaults or words")


def test_hydrogen_alone_has_no_sector_of_its_own(tmp_path: Path) -> None:
    rows = [NAMES, *([*r[:3], "Hydrogen", r[4]] for r in PLANTS)]
    assert proposed(table(tmp_path / "l_2024-04.csv", rows)) == {"sector": "?", "route": "?"}


# -- what would be counted -----------------------------------------------------------------------
def test_one_line_says_how_many_count_and_why_not(tmp_path: Path) -> None:
    path = table(tmp_path / "l_2024-04.csv", [NAMES, *PLANTS])
    assert counted_line(read(path), complete=True) == (
        "0 of 3 records would be counted; not counted: 3 route not stated; say it under defaults "
        "or words")
    route = {'route: "?"': "route: electrolysis"}
    assert counted_line(read(path, edits=route), complete=True) == (
        "2 of 3 records would be counted; not counted: 1 below the least size of a commercial "
        "plant")
    path = table(tmp_path / "m_2024-04.csv", [NAMES, *PLANTS[:2]])
    assert counted_line(read(path, edits=route), complete=True) == (
        "2 of 2 records would be counted")


def test_tabs_that_are_parts_are_counted_together(tmp_path: Path) -> None:
    path = workbook(tmp_path / "l.xlsx", {"Apr-24": [NAMES, *PLANTS[:1]],
                                          "Nov-24": [NAMES, *PLANTS[1:2]]})
    dated = read(path, edits={'route: "?"': "route: electrolysis"})
    assert counted_line(dated, complete=True).startswith("1 of 1 ")
    assert counted_line(dated, complete=False).startswith("2 of 2 ")
