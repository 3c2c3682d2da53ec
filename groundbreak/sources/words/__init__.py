"""Each tracker's vocabulary → ours, as data: one CSV a tracker and kind of word.

`status` files have columns word,stage,activity,scale,grade; the stage `keep` means that the word
says nothing about the stage and the known one stays ('Cancelled'). Other word files have word plus
the fields they stand for. Look-ups fold case.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from groundbreak.vocabulary.terms import ACTIVITIES, SCALES, stage_range

KEEP = "keep"


@dataclass(frozen=True)
class Word:
    """What a status word means here. None: the word says nothing on that axis."""

    word: str
    stage: str | None
    activity: str | None
    scale: str | None
    grade: int | None
    keeps_stage: bool = False


@cache
def rows(name: str) -> tuple[dict[str, str], ...]:
    """Rows of one word list, by file name without suffix."""
    text = files("groundbreak.sources.words").joinpath(f"{name}.csv").read_text(encoding="utf-8")
    return tuple(csv.DictReader(text.splitlines()))


@cache
def status_words(name: str) -> dict[str, Word]:
    """Folded word → meaning. Raises ValueError for a meaning outside the vocabulary."""
    words = {}
    for row in rows(name):
        keeps_stage = row["stage"] == KEEP
        stage = None if keeps_stage else row["stage"] or None
        if stage:
            stage_range(stage)
        if row["activity"] and row["activity"] not in ACTIVITIES:
            raise ValueError(f"{name}.csv: unknown activity {row['activity']!r}")
        if row["scale"] and row["scale"] not in SCALES:
            raise ValueError(f"{name}.csv: unknown scale {row['scale']!r}")
        words[row["word"].casefold()] = Word(
            row["word"], stage, row["activity"] or None, row["scale"] or None,
            int(row["grade"]) if row.get("grade") else None, keeps_stage,
        )
    return words


def lookup(name: str, word: str) -> dict[str, str] | None:
    """The row of a word list for one word, case folded, or None."""
    return _index(name).get(word.casefold())


@cache
def _index(name: str) -> dict[str, dict[str, str]]:
    return {row["word"].casefold(): row for row in rows(name)}
