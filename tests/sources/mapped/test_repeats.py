"""Rows of one id: what is one project, and what makes two."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.sources.mapped.test_guessing import Rows, read, said, table

HEAD = ["ID", "Project", "Country", "Status", "Product", "Capacity (kt/y)", "Notes", "Owner"]
ROW = ["97", "Alpha", "Norway", "Announced", "Ammonia", "120", "first", "Nord AB"]
OTHER = ["98", "Beta", "Spain", "Announced", "Ammonia", "200", "", "Sur SA"]


def changed(column: str, value: str) -> list[str]:
    return [value if name == column else old for name, old in zip(HEAD, ROW, strict=True)]


def rows(*second: list[str]) -> Rows:
    return [HEAD, ROW, OTHER, *second]


@pytest.mark.parametrize(("second", "column", "value"), [
    (ROW, "ID", "97"), (changed("Notes", "dup"), "Notes", "dup"),
])
def test_a_row_that_says_no_more_is_one_project_with_a_finding(
    tmp_path: Path, second: list[str], column: str, value: str
) -> None:
    (dated,) = read(table(tmp_path / "l_2024-04.csv", rows(second)))
    assert sorted(dated.edition.keys()) == ["97", "98"]
    assert dated.edition.statements.select("key", "part").n_unique() == 2
    (finding,) = [f for f in dated.edition.findings if f.kind == "duplicate_row"]
    assert (finding.column, finding.value) == (column, value)
    assert dated.edition.doubts == ()


@pytest.mark.parametrize(("column", "value"), [
    ("Project", "Alpha two"), ("Product", "Methanol"), ("Capacity (kt/y)", "60"),
])
def test_another_name_product_or_capacity_makes_two_and_asks(
    tmp_path: Path, column: str, value: str
) -> None:
    (dated,) = read(table(tmp_path / "l_2024-04.csv", rows(changed(column, value))))
    assert dated.edition.statements.select("key", "part").n_unique() == 3
    assert [d.kind for d in dated.edition.doubts] == ["repeated_id"]
    assert not [f for f in dated.edition.findings if f.kind == "duplicate_row"]


@pytest.mark.parametrize("order", [1, -1])
def test_a_row_that_contradicts_is_one_project_and_asks(tmp_path: Path, order: int) -> None:
    pair = [ROW, changed("Owner", "")][::order]
    (dated,) = read(table(tmp_path / "l_2024-04.csv", [HEAD, *pair, OTHER]))
    assert dated.edition.statements.select("key", "part").n_unique() == 2
    assert said(dated, "owners") == ["Nord AB", "Sur SA"]
    assert [d.kind for d in dated.edition.doubts] == ["repeated_id"]
    assert [f.kind for f in dated.edition.findings] == ["duplicate_row"]
