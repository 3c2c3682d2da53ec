"""What the list's own words probably mean: statuses, products, routes, sectors, colours."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace

from groundbreak.sources.mapped.draft import ColumnGuess, WordGuess
from groundbreak.sources.mapped.evidence import Column
from groundbreak.sources.mapped.grid import Grid, Header, text_of
from groundbreak.sources.mapped.known import Known, known_word, status_word
from groundbreak.sources.mapped.mapping import BLANKS
from groundbreak.sources.mapped.targets import NOTHING, STATUS, UNDECIDED, WORDS, Target
from groundbreak.vocabulary.terms import SECTORS, STAGES

LEAST_SHARE = 0.4  # of the rows of a text column whose words mean a product or route
MOST_WORDS = 60  # a column with more words than this is free text
REACHING = ("announced", "feasibility")  # words that trackers use for what follows, too
LEAST_COLOURED = 0.2  # of the rows, for colours to be a code


def with_meanings(columns: Sequence[Column], guesses: list[ColumnGuess]) -> list[ColumnGuess]:
    """Text columns whose words mean a product, route or sector state those, too."""
    by_name = {column.name: column for column in columns}
    stated = {t.field for g in guesses for t in g.targets}
    found = []
    for guess in guesses:
        fields = {target.field for target in guess.targets}
        column = by_name[guess.name]
        if "route" in fields and not fields & {"technology"} and "technology" not in stated:
            guess = replace(guess, targets=(Target("technology"), *guess.targets))
        if fields & {"technology", "project_type", "route"} and "name" not in fields:
            more = [f for f in ("route", "product") if f not in stated and _means(column, f)]
            guess = _also(guess, more)
        elif "end_uses" in fields and "sector" not in stated and _means(column, "sector", 0.05):
            guess = _also(guess, ["sector"])
        found.append(guess)
    return found


def _means(column: Column, field: str, least: float = LEAST_SHARE) -> bool:
    if len(column.counts) > MOST_WORDS:
        return False
    known = sum(rows for word, rows in column.counts.items()
                if (k := known_word(field, word)) and k.means != NOTHING)
    return known >= least * len(column.cells)


def _also(guess: ColumnGuess, fields: list[str]) -> ColumnGuess:
    if not fields:
        return guess
    return replace(guess, targets=(*guess.targets, *map(Target, fields)), sure=False,
                   why=f"its words also mean a {' and a '.join(fields)}: see words")


# -- word lists ----------------------------------------------------------------------------------
def guess_words(
    columns: Sequence[Column], guesses: Sequence[ColumnGuess]
) -> dict[str, list[WordGuess]]:
    """List of words → a guess for each word that stands in its columns."""
    by_name = {column.name: column for column in columns}
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for guess in guesses:
        for target in guess.targets:
            if target.field == STATUS or target.field in WORDS:
                counts[target.word_list] += by_name[guess.name].counts
            if target.field == STATUS:  # 'Unknown' is a status, too
                counts[STATUS] += Counter(cell.text for cell in by_name[guess.name].blanks
                                          if status_word(cell.text))
    own_sector = any(t.field == "sector" and len(g.targets) == 1 for g in guesses
                     for t in g.targets)
    return {field: guess_statuses(found) if field == STATUS
            else [_word(field, word, rows, own_sector) for word, rows in found.most_common()
                  if word.casefold() not in BLANKS]
            for field, found in counts.items()}


def _word(field: str, word: str, rows: int, own_sector: bool) -> WordGuess:
    known = known_word(field, word)
    if field == "sector" and not own_sector and (known is None or known.means not in SECTORS
                                                 or known.means == "outside"):
        # An end use outside the six sectors leaves the product's own sector.
        return WordGuess(word, NOTHING, rows, known is not None)
    if known is None:
        return WordGuess(word, UNDECIDED, rows, False, f"accepted: {', '.join(WORDS[field])}; "
                         f"{NOTHING} (says nothing)" if len(WORDS[field]) < 12 else "")
    return WordGuess(word, known.means, rows, known.sure)


def guess_statuses(counts: Counter[str]) -> list[WordGuess]:
    """A guess for each status word; some reach up to the next stage that the list has."""
    known = {word: status_word(word) for word in counts
             if word and (word.casefold() not in BLANKS or status_word(word))}
    ranks = sorted({STAGES[k.means.split("..")[0]].rank for k in known.values()
                    if k and k.means.split("..")[0] in STAGES})
    return [_status(word, counts[word], known[word], ranks)
            for word, _ in counts.most_common() if word in known]


def _status(word: str, rows: int, known: Known | None, ranks: Sequence[int]) -> WordGuess:
    if known is None:
        return WordGuess(word, UNDECIDED, rows, False)
    if known.means in REACHING:
        upper = _below_next(known.means, ranks)
        if STAGES[upper].rank >= STAGES["feasibility"].rank and upper != known.means:
            return WordGuess(word, f"{known.means}..{upper}", rows, known.sure,
                             f"the list has no word between: up to {upper}")
    if known.means.startswith("scale "):
        scale = known.means.removeprefix("scale ")
        return WordGuess(word, f"{{activity: active, scale: {scale}}}", rows, known.sure,
                         "a size, no stage")
    return WordGuess(word, known.means, rows, known.sure)


def _below_next(stage: str, ranks: Sequence[int]) -> str:
    """The stage below the next one that the list has a word for."""
    above = [rank for rank in ranks if rank > STAGES[stage].rank]
    return list(STAGES)[(above[0] if above else STAGES["operating"].rank) - 1]


# -- colours -------------------------------------------------------------------------------------
def guess_colours(
    tabs: Sequence[tuple[Grid, Header]], others: Sequence[Grid], status: Sequence[str],
) -> list[WordGuess]:
    """What row fills mean, where a tab has no column of statuses but coloured rows.

    A legend says it, or the tabs that have both; else it is left open.
    """
    bare = [(grid, header) for grid, header in tabs
            if not any(name in header.names for name in status)]
    coloured = [fill for grid, header in bare for fill in _fills(grid, header)]
    rows = sum(len(grid.rows) - header.data for grid, header in bare)
    if not coloured or len(coloured) < LEAST_COLOURED * rows:
        return []
    told = _legend(tabs, others)
    both = _together(tabs, status)
    return [_colour(fill, count, told.get(fill, ""), both.get(fill, ""))
            for fill, count in Counter(coloured).most_common()]


def _fills(grid: Grid, header: Header) -> list[str]:
    return [fill for row in range(header.data, len(grid.rows)) if grid.filled(row)
            and (fill := grid.marks.row_colour(row, range(grid.width)))]


def _legend(tabs: Sequence[tuple[Grid, Header]], others: Sequence[Grid]) -> dict[str, str]:
    """Fill → the status word in it or right of it, outside the tables."""
    found: dict[str, str] = {}
    places = [(grid, header.first) for grid, header in tabs]
    places += [(grid, len(grid.rows)) for grid in others]
    for grid, end in places:
        for (row, column), fill in sorted(grid.marks.fills.items()):
            words = [text_of(grid.value(row, c)) for c in (column, column + 1) if row < end]
            word = next((w for w in words if w and len(w) < 40 and status_word(w)), "")
            if word:
                found.setdefault(fill, word)
    return found


def _together(tabs: Sequence[tuple[Grid, Header]], status: Sequence[str]) -> dict[str, str]:
    """Fill → the status word that the rows bear with it, where others are rare."""
    seen: dict[str, Counter[str]] = defaultdict(Counter)
    for grid, header in tabs:
        for name in status:
            for row in range(header.data, len(grid.rows)):
                if name in header.names and (fill := grid.marks.row_colour(
                        row, range(grid.width))):
                    seen[fill][text_of(grid.value(row, header.names[name]))] += 1
    return {fill: word for fill, counts in seen.items()
            for word, n in counts.most_common(1) if n >= 0.9 * sum(counts.values())}


def _colour(fill: str, rows: int, legend: str, beside: str) -> WordGuess:
    word = legend or beside
    known = status_word(word) if word else None
    why = (f"the legend says {legend!r}" if legend else
           f"rows of other tabs in this colour are {beside!r}" if beside else
           "no legend found: what does this colour mean?")
    means = known.means if known and not known.means.startswith("scale") else UNDECIDED
    return WordGuess(fill, means, rows, False, why)
