"""`groundbreak published`: the table with its sentence, and the same for programs."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from groundbreak.cli import commands


def printed(*arguments: str) -> str:
    done = CliRunner().invoke(commands(), ["published", *arguments])
    assert done.exit_code == 0, done.output
    return done.stdout


def test_the_table_carries_its_sentence_and_its_sources() -> None:
    told = printed()
    assert "not explained by the published flows; periods may not align" in told
    assert "about -1" in told
    assert "eurometal.net" in told


def test_json_holds_both_tables() -> None:
    body = json.loads(printed("--format", "json"))
    assert [row["residual"] for row in body["intervals"]] == [18, -10, -1, -2]
    assert {row["sector"] for row in body["positions_2030"]} == {"steel", "aluminium", "all"}
    assert "periods may not align" in body["note"]


def test_csv_is_one_row_an_interval() -> None:
    lines = printed("--format", "csv").splitlines()
    assert lines[0].startswith("opened,closed,opening,stated_flow,closing,residual,about")
    assert len(lines) == 5


def test_it_opens_no_register(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(target: object = None) -> None:
        raise AssertionError("a register was opened")

    monkeypatch.setattr("groundbreak.register.connection.connect", refuse)
    assert "residual" in printed()
