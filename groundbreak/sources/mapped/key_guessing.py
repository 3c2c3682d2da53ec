"""Which columns identify a project: an id, or the smallest composite that tells rows apart."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from groundbreak.sources.mapped.draft import ColumnGuess, KeyGuess
from groundbreak.sources.mapped.evidence import Column
from groundbreak.sources.mapped.ids import composite_key
from groundbreak.sources.mapped.mapping import BLANKS
from groundbreak.sources.mapped.targets import CAPACITY

LEAST_FILLED = 0.9
LEAST_UNIQUE = 0.97
LOOKS_LIKE_ID = re.compile(r"[A-Za-z]{1,6}[-_ ]?\d{1,12}")
# What a project keeps; then what tells phases of one site apart, which may change.
STABLE, CHANGING = ("owners", "country", "place"), ("technology", "product", "route")
TELLING = ("name", "technology", "product", CAPACITY, "scale", "operation_planned_date",
           "operation_date")
WORTH = 0.01  # of the rows, for one more column in a composite
SHOWN = 6


def guess_key(columns: Sequence[Column], guesses: Sequence[ColumnGuess]) -> KeyGuess:
    """The id column where there is one, else a composite with what it leaves undecided."""
    rows = sorted({(c.sheet, c.row) for column in columns for c in column.cells})
    found = _id_column(columns, guesses, rows)
    part = tuple(g.name for field in TELLING for g in guesses
                 if any(t.field == field for t in g.targets))
    part = tuple(dict.fromkeys(part))
    if found is not None:
        name, why, sure = found
        others = tuple(g.name for g in guesses if g.name != name
                       and any(t.field == "id" for t in g.targets))
        ids = (name, *others)
        return KeyGuess((ids,), False, why, sure, tuple(p for p in part if p not in ids)[:3])
    chosen = _composite(columns, guesses, rows)
    repeated = _repeated(columns, chosen, rows)
    named = {name for names in chosen for name in names}
    return KeyGuess(chosen, True, "no column of ids: a project that is renamed gets a new key",
                    False, tuple(p for p in part if p not in named)[:4],
                    tuple(f"{key}: rows {', '.join(map(str, where))}"
                          for key, where in list(repeated.items())[:SHOWN])
                    + ((f"and {len(repeated) - SHOWN} more",) if len(repeated) > SHOWN else ()))


Place = tuple[str, int]


def _id_column(
    columns: Sequence[Column], guesses: Sequence[ColumnGuess], rows: list[Place]
) -> tuple[str, str, bool] | None:
    named = [c for c, g in zip(columns, guesses, strict=True)
             if any(t.field == "id" for t in g.targets)]
    for column in named:
        if _unique(column, rows):
            return column.name, "its cells are unique in every tab", True
        return column.name, "an id by its name, but not unique or not always there", False
    for column, guess in zip(columns, guesses, strict=True):
        coded = column.share(lambda c: bool(LOOKS_LIKE_ID.fullmatch(c.text)))
        if not guess.targets and coded >= LEAST_FILLED and _unique(column, rows):
            return column.name, "its cells look like ids and are unique in every tab", False
    return None


def _unique(column: Column, rows: list[Place]) -> bool:
    tabs = Counter(sheet for sheet, _ in rows)
    for tab, many in tabs.items():
        texts = [c.text for c in column.cells if c.sheet == tab]
        if texts and (len(texts) < LEAST_FILLED * many
                      or len(set(texts)) < LEAST_UNIQUE * len(texts)):
            return False
    return bool(column.cells)


Names = tuple[str, ...]


def _composite(
    columns: Sequence[Column], guesses: Sequence[ColumnGuess], rows: list[Place]
) -> tuple[Names, ...]:
    """Name and country, then one column more as long as that parts enough rows."""
    chosen = [*_stating("name", columns, guesses), *_stating("country", columns, guesses)[:1]]
    named = {name for names in _stating("name", columns, guesses) for name in names}
    said = sum(c.text.casefold() not in BLANKS for column in columns if column.name in named
               for c in column.cells)
    if said < 0.8 * len(rows):  # a name that is often missing
        chosen += [n for field in ("owners", "place")
                   for n in _stating(field, columns, guesses)[:1] if n not in chosen]
    for field in (*STABLE, *CHANGING):
        for names in _stating(field, columns, guesses)[:1]:
            more = [*chosen, names]
            gain = _doubles(columns, chosen, rows) - _doubles(columns, more, rows)
            if names not in chosen and gain > max(WORTH * len(rows), 0.5):
                chosen = more
    return tuple(chosen) or tuple((c.name,) for c in columns[:1])


def _stating(
    field: str, columns: Sequence[Column], guesses: Sequence[ColumnGuess]
) -> list[Names]:
    """The columns that state a field; those that never stand in one tab are one, renamed."""
    found: list[list[Column]] = []
    for column, guess in zip(columns, guesses, strict=True):
        if any(target.field == field for target in guess.targets):
            apart = next((g for g in found if not any(set(c.tabs) & set(column.tabs)
                                                      for c in g)), None)
            if apart is None:
                found.append([column])
            else:
                apart.append(column)
    return [tuple(column.name for column in group) for group in found]


def _repeated(
    columns: Sequence[Column], chosen: Sequence[Names], rows: list[Place]
) -> dict[str, list[str]]:
    """Key → the rows that share it within a tab."""
    tabs = len({tab for tab, _ in rows})
    cells = [{(cell.sheet, cell.row): cell for column in columns if column.name in names
              for cell in column.cells} for names in chosen]
    found: dict[tuple[str, str], list[str]] = {}
    for place in rows:
        there = [held[place] for held in cells if place in held]
        if key := composite_key(there, frozenset(BLANKS)):
            shown = f"{place[0]}!{place[1]}" if tabs > 1 else str(place[1])
            found.setdefault((place[0], key), []).append(shown)
    return {key: where for (_, key), where in found.items() if len(where) > 1}


def _doubles(columns: Sequence[Column], chosen: Sequence[Names], rows: list[Place]) -> int:
    return sum(len(where) - 1 for where in _repeated(columns, chosen, rows).values())
