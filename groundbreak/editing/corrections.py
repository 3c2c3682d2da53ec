"""Corrections as data: a YAML file says which printed value is wrong, what is right, and why.

Each has a guard (`expect`): the value that its source prints. While the source prints it, the
correction holds; once the source says otherwise, the source was repaired or has changed its mind,
and the correction is no longer known to be right.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal

from groundbreak.editing.columns import editable_fields
from groundbreak.editing.edits import Edit, Value
from groundbreak.editing.judging import claim_text, value_of
from groundbreak.editing.typed import value_typed
from groundbreak.editing.values import Unusable, shown
from groundbreak.sources.errors import SourceError
from groundbreak.sources.mapped.characters import CONTROL, check_characters
from groundbreak.sources.mapped.errors import WrongMapping
from groundbreak.sources.mapped.nodes import Node, as_text, load
from groundbreak.sources.plain import read_text
from groundbreak.vocabulary.terms import EVIDENCE_GRADES

ACTIONS = ("set", "clear", "not_applicable", "drop")
KEYS = ("record", "field", "action", "value", "expect", "reason", "provider", "date", "grade",
        "evidence")
NEEDED = ("record", "action", "expect", "reason", "provider", "date")
A_FILE = ("a list under 'corrections:', each with record, field, action, value, expect, reason, "
          "provider and date")
DROPPED = "merged"  # the activity of a row that is no project of its own
DEFAULT_GRADE = 4
Guard = Literal["holds", "waiting", "repaired"]


class BadCorrections(ValueError):
    """Files of corrections that cannot be taken; the message has a line for each thing wrong."""


@dataclass(frozen=True)
class Correction:
    """One correction as its file says it.

    `field` is the cell that `expect` guards; what is written is the same cell or, of a row that is
    dropped, its activity. `expect` None: the source states nothing there.
    """

    file: str
    line: int
    record: str
    field: str
    action: str
    value: Value | None
    typed: str
    expect: str | None
    reason: str
    provider: str
    date: date
    grade: int = DEFAULT_GRADE
    evidence: str = ""

    @property
    def source(self) -> str:
        """The source whose row is corrected."""
        return self.record.split(":", 1)[0]

    @property
    def place(self) -> str:
        """Where it stands: 'steel.yaml, line 12'."""
        return f"{self.file}, line {self.line}"

    @property
    def cell(self) -> tuple[str, str]:
        """The record and the field that are written."""
        return self.record, "activity" if self.action == "drop" else self.field

    def edit(self) -> Edit:
        """The edit that makes it a claim."""
        return Edit(
            *self.cell, self.value, self.date, self.grade, self.provider, self.evidence,
            raw=self.typed, place=self.place, reason=self.reason,
            not_applicable=self.action == "not_applicable", correction=True)


# -- reading -----------------------------------------------------------------------------------
def read_corrections(path: Path) -> tuple[list[Correction], str]:
    """The corrections of a file, and its text. Raises BadCorrections; OSError for no such file."""
    try:
        text = read_text(path, A_FILE)
    except SourceError as error:
        raise BadCorrections(str(error)) from None
    return parse_corrections(text, path.name), text


def parse_corrections(text: str, file: str) -> list[Correction]:
    """The corrections that a text says; every wrong line is named. Raises BadCorrections."""
    try:
        root = load(text, file, A_FILE)
        check_characters(root, CONTROL)
        entries = _entries(root)
    except WrongMapping as error:
        raise BadCorrections(str(error)) from None
    found: list[Correction] = []
    wrong: list[str] = []
    for entry in entries:
        try:
            found.append(_correction(entry))
        except WrongMapping as error:
            wrong.append(str(error))
    wrong += said_twice(found)
    if wrong:
        raise BadCorrections("\n".join(wrong))
    return found


def said_twice(corrections: Sequence[Correction]) -> list[str]:
    """Messages on cells that several corrections write."""
    first: dict[tuple[str, str], Correction] = {}
    messages = []
    for one in corrections:
        other = first.setdefault(one.cell, one)
        if other is not one:
            messages.append(f"{one.place}: {' '.join(one.cell)} is corrected at {other.place} "
                            "already; accepted: one correction a cell")
    return messages


def _entries(root: Node) -> list[Node]:
    if isinstance(root.value, dict):
        root = root.fields(("corrections",)).get("corrections", root)
        if root.key == "":
            root.wrong("no 'corrections'", A_FILE, "")
    if root.value is None:
        root.wrong("says nothing", f"{A_FILE}; `corrections: []` takes all of a file back")
    if not isinstance(root.value, list):
        root.wrong("not a list", A_FILE)
    return root.entries()


def _correction(node: Node) -> Correction:
    if not isinstance(node.value, dict):
        node.wrong("not a correction", f"lines {', '.join(KEYS)}")
    given = node.fields(KEYS)
    for name in NEEDED:
        if name not in given:
            node.wrong(f"no {name!r}", _missing(name), "")
    action = given["action"].one_of(ACTIONS, "action")
    field = _field(node, given, action)
    value, typed = _value(node, given, action, field)
    return Correction(
        file=node.file, line=node.line, record=_record(given["record"]), field=field,
        action=action, value=value, typed=typed, expect=_expected(given["expect"]),
        reason=_said(given["reason"], "why the printed value is wrong"),
        provider=_said(given["provider"], "who says so"), date=given["date"].day(),
        grade=int(given["grade"].one_of(EVIDENCE_GRADES, "grade")) if "grade" in given
        else DEFAULT_GRADE,
        evidence=given["evidence"].text("a URL or a document") if "evidence" in given else "",
    )


def _missing(name: str) -> str:
    if name == "expect":
        return ("expect: the value that the source prints now, or null where it states none; "
                "without it nobody would notice that the source was repaired")
    return f"a line '{name}: …'"


def _record(node: Node) -> str:
    text = node.text("a record")
    source, mark, key = text.partition(":")
    if not (source and mark and key):
        node.wrong("not a record", "source:key, such as iea-hydrogen:2466")
    return text


def _field(node: Node, given: Mapping[str, Node], action: str) -> str:
    if action == "drop":
        return given["field"].one_of(sorted(editable_fields()), "field") if (
            "field" in given) else "name"
    if "field" not in given:
        node.wrong("no 'field'", "a field of the data dictionary, such as stage", "")
    return given["field"].one_of(sorted(editable_fields()), "field")


def _value(
    node: Node, given: Mapping[str, Node], action: str, field: str
) -> tuple[Value | None, str]:
    if action != "set":
        if "value" in given:
            given["value"].wrong(f"{action} takes no value", "action: set, or no value")
        return (Value(text=DROPPED), "drop") if action == "drop" else (None, "")
    if "value" not in given:
        node.wrong("no 'value'", f"the right value of {field}; or action: clear", "")
    text = given["value"].text("one value")
    try:
        return value_typed(field, text), text
    except Unusable as error:
        given["value"].wrong(error.why, error.accepted)


def _expected(node: Node) -> str | None:
    return None if node.value is None else node.text("one value, or null")


def _said(node: Node, accepted: str) -> str:
    text = node.text(accepted)
    return text if text else node.wrong("blank", accepted)


# -- the guard ---------------------------------------------------------------------------------
def guard(correction: Correction, word: Mapping[str, Any] | None, listed: bool) -> Guard:
    """Whether the source still says what the correction expects.

    `word`: the source's own newest claim on the guarded cell; `listed`: whether the source has
    said anything of the record. The expected value is met as a value of the field or as the cell
    was printed.
    """
    if not listed:
        return "waiting"
    value = value_of(dict(word)) if word is not None else None
    if correction.expect is None or value is None or word is None:
        return "holds" if correction.expect is None and value is None else "repaired"
    printed = as_text(word["raw"]) == correction.expect
    return "holds" if printed or _same(correction.field, correction.expect, value) else "repaired"


def _same(field: str, expect: str, value: Value) -> bool:
    try:
        expected = value_typed(field, expect)
    except Unusable:
        return False
    units = expected.unit is None or expected.unit == value.unit
    return units and shown(field, expected) == shown(field, value)


def said(word: Mapping[str, Any] | None) -> str:
    """What a source says of a cell, with its unit; 'nothing' where it states no value."""
    claim = dict(word) if word is not None else None
    text = claim_text(claim)
    if claim is None or text is None:
        return "nothing"
    unit = claim["unit"] if claim["value_number"] is not None else ""
    number = f"{text:,}" if isinstance(text, int | float) else text
    return f"{number} {unit or ''}".strip()


def stands_at(word: Mapping[str, Any] | None) -> str:
    """Where a source says so: 'Projects!AA1915 of iea-hydrogen@2023-10-30'."""
    if word is None:
        return ""
    return " of ".join(part for part in (word["place"], word["release"]) if part)
