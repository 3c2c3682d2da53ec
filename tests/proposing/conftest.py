"""The embedded register's names, with some in other scripts, and the short texts."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from groundbreak.proposing.gazetteer import Gazetteer, gazetteer
from groundbreak.proposing.proposal import NEW, Proposal
from groundbreak.proposing.readings import propose
from groundbreak.proposing.text import plain

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Labelled:
    """A short text with what a careful reader would propose."""

    id: str
    text: str
    day: date
    expected: tuple[tuple[str, str], ...]  # (record or 'unknown', event)


def labelled(name: str) -> list[Labelled]:
    """The texts of one file of this folder."""
    rows = YAML(typ="safe").load((HERE / name).read_text(encoding="utf-8"))
    return [Labelled(row["id"], row["text"], row["date"],
                     tuple(zip(row["records"], row["events"], strict=True))) for row in rows]


@pytest.fixture(scope="session")
def names(tmp_path_factory: pytest.TempPathFactory) -> Gazetteer:
    """The names of the embedded register."""
    from django.db import connections

    from groundbreak.editing.edits import Edit, Value
    from groundbreak.reading import Reader
    from groundbreak.register import editing, log
    from groundbreak.register.connection import connect
    from groundbreak.register.starting import load

    connect(tmp_path_factory.mktemp("names") / "register.sqlite3")
    load()
    with (HERE / "other_names.csv").open(encoding="utf-8", newline="") as file:
        edits = [Edit(row["record"], "other_names", Value(text=row["other_names"]),
                      date(2020, 1, 1), 4) for row in csv.DictReader(file)]
    editing.write(edits, layout="command", today=date(2026, 11, 1))
    found = gazetteer(Reader(log.snapshot()).as_of())
    connections["default"].close()
    return found


@dataclass(frozen=True)
class Outcome:
    """One expected pair with what was proposed for it."""

    id: str
    record: str
    event: str
    project_right: bool
    event_right: bool
    got: tuple[tuple[str, str], ...]


def outcomes(texts: list[Labelled], names: Gazetteer) -> Iterator[Outcome]:
    """What the rules make of each text."""
    for one in texts:
        made = propose(plain(one.text), one.day, names)
        got = {_who(p): p.event for p in made}
        for record, event in one.expected:
            right = got.get(record) == event or (record not in got and event in got.values())
            yield Outcome(one.id, record, event, record in got, right, tuple(got.items()))


def _who(proposal: Proposal) -> str:
    return "unknown" if proposal.record in (None, NEW) else str(proposal.record)


def is_decision(proposal: Proposal) -> bool:
    """Whether a proposal would write that a final investment decision was taken."""
    return proposal.event == "fid" or any(
        fact.field == "fid_actual_date" or fact.text == "committed" for fact in proposal.facts)


def bare(names: Gazetteer) -> Gazetteer:
    """The same names, with nothing held of any record."""
    return replace(names, held={})


@pytest.fixture(scope="session")
def read_as(names: Gazetteer) -> Callable[[str, date], tuple[Proposal, ...]]:
    """What is proposed of words, with nothing held of any record; short to print in a failure."""
    unheld = bare(names)

    def proposals(words: str, day: date) -> tuple[Proposal, ...]:
        return propose(plain(words), day, unheld)

    return proposals
