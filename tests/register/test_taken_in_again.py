"""A release that was withdrawn and taken in again is a release like any other.

Its claims, its row and its listings carry one name, so that it can be recognised and taken back.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

from groundbreak.history.view import History
from groundbreak.register import log
from groundbreak.register.importing import import_file
from groundbreak.register.undoing import undo
from tests.editions import TODAY
from tests.register.made import template_file

DAY = date(2023, 1, 31)


def held() -> int:
    """How many cells hold a value."""
    return History(log.snapshot()).as_of(TODAY).cells.height


def test_again_and_back_again(register: str, tmp_path: Path) -> None:
    """Taken in, withdrawn, taken in again: the same file is recognised, and can be withdrawn."""
    path = template_file(tmp_path / "1.csv", [("a", "concept", "600")])
    first = import_file("template", path, DAY, today=TODAY)
    full = held()
    undo(first.release, "wrong file", TODAY)
    assert held() == 0
    second = import_file("template", path, DAY, today=TODAY)
    assert second.release != first.release
    assert held() == full
    assert import_file("template", path, DAY, today=TODAY).already
    named = {name for name in log.snapshot().releases["release"] if not name.startswith("undo@")}
    assert set(log.snapshot().claims["release"]) == named == {first.release, second.release}
    assert undo(second.release, "wrong after all", TODAY).claims == full
    assert held() == 0
    third = import_file("template", path, DAY, today=TODAY)
    assert third.release not in named
    assert held() == full
