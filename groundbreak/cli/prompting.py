"""Asking an editor at a terminal: fields and words complete with the Tab key."""

from __future__ import annotations

import sys
from datetime import date

import polars as pl
from prompt_toolkit import prompt
from prompt_toolkit.completion import Completer, FuzzyWordCompleter, WordCompleter
from prompt_toolkit.validation import ValidationError, Validator
from typer import BadParameter

from groundbreak.cli.app import as_date
from groundbreak.editing.columns import editable_fields, label_of
from groundbreak.editing.judging import by_record, claim_text
from groundbreak.editing.typed import Told, edits
from groundbreak.editing.values import CLEAR, choices
from groundbreak.reading import Reading
from groundbreak.vocabulary import countries
from groundbreak.vocabulary.fields import field, registry

_ANY = Told("a source", date(1900, 1, 1))  # with which a value is tried
NEW = ("name", "country", "sector", "product", "route", "stage", "owners", "place")


def ask_changes(
    reading: Reading, record: str, told: Told
) -> tuple[list[str], Told, dict[tuple[str, str], int]]:
    """Fields and values of one project until a blank line, then the evidence.

    Also (record, field) → the claim that was shown, so that nobody is overwritten unseen.
    """
    _need_terminal()
    held = by_record(reading.view.words.filter(pl.col("record") == record)).get(record, {})
    names = [name for name in registry() if name in editable_fields()]
    values: list[str] = []
    print(f"{record}: which field? Tab completes, a blank line ends.")
    while name := prompt("field: ", completer=FuzzyWordCompleter(names),
                         validator=_OneOf([*names, ""])).strip():
        now = claim_text(held[name]) if name in held else None
        print(f"  now: {'not stated' if now is None else now}")
        if typed := _value(name):
            values += typed
            names.remove(name)
    seen = {(record, name): int(row["claim"]) for name, row in held.items()}
    return values, _evidence(told) if values else told, seen


def ask_new(told: Told) -> tuple[list[str], Told]:
    """What a new project needs, each may be left blank but its name; then the evidence."""
    _need_terminal()
    values: list[str] = []
    for name in NEW:
        values += _value(name)
    return values, _evidence(told)


def _need_terminal() -> None:
    if not sys.stdin.isatty():
        raise ValueError("nothing to change; accepted: --set FIELD=VALUE --source URL --date D, or "
                         "a terminal to be asked in")


def _value(name: str) -> list[str]:
    text = prompt(f"{label_of(field(name))}: ", completer=_words(name),
                  validator=_Readable(name), bottom_toolbar=field(name).description).strip()
    return [f"{name}={text}"] if text else []


def _words(name: str) -> Completer | None:
    if name == "country":
        return FuzzyWordCompleter([country.name for country in countries.all_countries()])
    words = choices(name)
    return WordCompleter([*words, CLEAR], sentence=True) if words else None


def _evidence(told: Told) -> Told:
    source = told.source or prompt("source (URL or document): ", validator=_Given()).strip()
    known = told.known or as_date(
        prompt("published on (YYYY-MM-DD): ", validator=_Day()).strip())
    grade = prompt(f"grade 1-6 [{told.grade}]: ",
                   validator=_OneOf(["", "1", "2", "3", "4", "5", "6"])).strip()
    return Told(source, known, int(grade or told.grade), told.publisher, told.correction, told.why)


class _OneOf(Validator):
    """One of some words."""

    def __init__(self, words: list[str]) -> None:
        self.words = frozenset(words)

    def validate(self, document: object) -> None:
        text = str(getattr(document, "text", "")).strip()
        if text not in self.words:
            raise ValidationError(message=f"{text!r} is none of them; Tab shows what is")


class _Readable(Validator):
    """What `--set` takes for a field, or blank."""

    def __init__(self, name: str) -> None:
        self.name = name

    def validate(self, document: object) -> None:
        text = str(getattr(document, "text", "")).strip()
        if not text:
            return
        try:
            edits(["asked"], {self.name: text}, _ANY)
        except ValueError as error:
            raise ValidationError(message=str(error)) from None


class _Given(Validator):
    """Anything but a blank."""

    def validate(self, document: object) -> None:
        if not str(getattr(document, "text", "")).strip():
            raise ValidationError(message="an edit needs its source")


class _Day(Validator):
    """A day."""

    def validate(self, document: object) -> None:
        try:
            as_date(str(getattr(document, "text", "")).strip())
        except BadParameter:
            raise ValidationError(message="YYYY-MM-DD") from None
