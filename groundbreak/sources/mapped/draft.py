"""A guessed mapping: every line with its reason and whether it is sure."""

from __future__ import annotations

from dataclasses import dataclass, field

from groundbreak.sources.mapped.targets import Target


@dataclass(frozen=True)
class ColumnGuess:
    """What a column is guessed to state. No targets: undecided, or `ignored` for a reason."""

    name: str
    targets: tuple[Target, ...] = ()
    why: str = ""
    sure: bool = True
    ignored: str = ""


@dataclass(frozen=True)
class WordGuess:
    """What a word of the list is guessed to mean; '?' where nothing is known."""

    word: str
    means: str
    rows: int
    sure: bool
    why: str = ""


@dataclass(frozen=True)
class TabGuess:
    """The day of a tab, or 'file' or 'skip', and why."""

    name: str
    value: str
    why: str
    sure: bool = True


@dataclass(frozen=True)
class KeyGuess:
    """The id: one column, or several together; `collisions` are told in the file."""

    columns: tuple[tuple[str, ...], ...]  # of each column its names
    composite: bool
    why: str
    sure: bool
    part: tuple[str, ...] = ()
    collisions: tuple[str, ...] = ()

    @property
    def names(self) -> set[str]:
        return {name for names in self.columns for name in names}


@dataclass
class Draft:
    """All guesses, as the mapping file will show them."""

    source: str
    title: str
    files: list[str]
    tabs: list[TabGuess] = field(default_factory=list)
    header_rows: int = 1
    key: KeyGuess = field(default_factory=lambda: KeyGuess((), True, "", False))
    columns: list[ColumnGuess] = field(default_factory=list)
    words: dict[str, list[WordGuess]] = field(default_factory=dict)
    colours: list[WordGuess] = field(default_factory=list)
    defaults: dict[str, tuple[str, str]] = field(default_factory=dict)  # field → value, why
    complete: tuple[bool, str, bool] = (True, "", False)
    hidden_rows: int = 0
