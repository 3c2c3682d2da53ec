"""What each column probably states: by its name, and by what its cells look like."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace

from groundbreak.sources.mapped.draft import ColumnGuess
from groundbreak.sources.mapped.evidence import (
    Column,
    day_first,
    decimal_comma,
    has_two_readings,
    number_of,
)
from groundbreak.sources.mapped.grid import JOINT
from groundbreak.sources.mapped.known import Named, folded, known_word, named
from groundbreak.sources.mapped.targets import CAPACITY, COORDINATES, QUANTITIES, STATUS, Target
from groundbreak.vocabulary import countries
from groundbreak.vocabulary.quantities import Unit, parse_unit

SURE = 0.9
WEAKEST = 0.55
BY_CELLS = 0.6  # the score of a field that only the cells suggest
# What a kind of column looks like: the evidence, and the least share of cells that show it.
LOOKS_LIKE = {
    "date": ("date", 0.5), "country": ("country", 0.5), "latitude": ("latitude", 0.8),
    "longitude": ("longitude", 0.8), "pair": ("pair", 0.6), "capacity": ("size", 0.5),
    "number": ("number", 0.5), "share": ("number", 0.5), "links": ("links", 0.3),
    "unit": ("unit", 0.5), "status": ("status", 0.2), "money": ("size", 0.5),
}
# Fields of which a list has one column; further ones are left to the reader.
ONCE = frozenset({"id", "name", "country", STATUS, "product", "route", "sector", "scale",
                  "latitude", "longitude", COORDINATES, "location_accuracy", "operation_date",
                  "fid_date", "construction_start_date", "capacity_unit"})
# Weak by name, strong by content: cells first, then the field.
BY_CONTENT = (("links", "references", 0.6), ("pair", COORDINATES, 0.8),
              ("country", "country", 0.8), (STATUS, STATUS, 0.8))
_BRACKET = re.compile(r"[(\[]\s*([^)\]]+?)\s*[)\]]")
_MONEY = re.compile(r"\b(USD|EUR|GBP|AUD|CAD|CNY|JPY|SEK|NOK|DKK|CHF)\b|([$€£])")
_SIGNS = {"$": "USD", "€": "EUR", "£": "GBP"}


def guess_columns(columns: Sequence[Column]) -> list[ColumnGuess]:
    """A guess for every column, in the order of the list."""
    ranked = {column.name: _candidates(column) for column in columns}
    chosen = _settled(columns, ranked)
    units = [name for name, item in chosen.items() if item and item.field == "capacity_unit"]
    guesses = [_guess(column, chosen[column.name], units) for column in columns]
    return _second_looks(columns, guesses)


# -- which field ---------------------------------------------------------------------------------
def _candidates(column: Column) -> list[Named]:
    """Fields suggested by the name that the cells do not contradict, then by the cells alone."""
    if column.empty:
        return []
    found = [item for item in named(column.name) if item.score >= WEAKEST and _fits(column, item)]
    unit = unit_in_name(column.name)
    if unit is not None and column.shares["size"] >= 0.5 \
            and not any(item.score >= SURE and item.kind != "capacity" for item in found):
        found = [Named(CAPACITY, "capacity", 0.95 if found else 0.8), *found]
    found += [Named(field, field, BY_CELLS) for look, field, least in BY_CONTENT
              if column.shares[look] >= least and all(item.field != field for item in found)]
    return sorted(found, key=lambda item: -item.score)


def _fits(column: Column, item: Named) -> bool:
    if item.kind == "links" and column.shares["links"] < 0.3:
        return False
    look, least = LOOKS_LIKE.get(item.kind, ("", 0.0))
    if item.kind == "status" and item.score >= SURE:
        return column.shares["number"] < 0.5
    if item.kind == "text" and item.field == "name" and item.score < SURE:
        return False
    if item.field == CAPACITY and item.score < 0.7 and unit_in_name(column.name) is None \
            and column.shares["unit_in_cell"] < 0.5:
        return False
    return not look or column.shares[look] >= least


def _settled(
    columns: Sequence[Column], ranked: dict[str, list[Named]]
) -> dict[str, Named | None]:
    """One field a column; a field that a list has once goes to its best column.

    Columns of different tabs may state the same field: they are one column renamed.
    """
    chosen: dict[str, Named | None] = {column.name: None for column in columns}
    held: dict[str, list[Column]] = defaultdict(list)
    order = sorted(((item.score, -n, column, item) for n, column in enumerate(columns)
                    for item in ranked[column.name]), key=lambda x: (-x[0], -x[1]))
    for _, _, column, item in order:
        taken = item.field in ONCE and any(set(column.tabs) & set(other.tabs)
                                           for other in held[item.field])
        if chosen[column.name] is None and not taken:
            chosen[column.name] = item
            held[item.field].append(column)
    return chosen


# -- how it is read ------------------------------------------------------------------------------
def _guess(column: Column, item: Named | None, units: list[str]) -> ColumnGuess:
    name = column.name
    if column.empty:
        return ColumnGuess(name, ignored="no cell under it says anything")
    if item is None:
        return ColumnGuess(name, why=f"not recognised; {_examples(column)}", sure=False)
    if item.field == "row_number":
        return ColumnGuess(name, ignored="a row number: it changes when rows are sorted")
    if item.field in ("id", "capacity_unit"):
        return ColumnGuess(name, (Target(item.field),))
    sure = item.score >= SURE
    why = "" if sure else f"its name or its cells suggest {item.field}; {_examples(column)}"
    target, more, certain = _read(column, item, units)
    if target is None:
        return ColumnGuess(name, why=more, sure=False)
    return ColumnGuess(name, (target,), "; ".join(filter(None, (why, more))), sure and certain)


def _examples(column: Column) -> str:
    told = [repr(text[:30]) for text, _ in column.counts.most_common(3)]
    return f"{len(column.cells)} cells such as {', '.join(told)}"


def _read(
    column: Column, item: Named, units: list[str]
) -> tuple[Target | None, str, bool]:
    if item.kind == "money":
        return _money(column, item.field)
    target = Target(item.field)
    if item.kind == "date":
        return _dated(column, target)
    if item.field == CAPACITY:
        return _capacity(column, target, units)
    if item.kind in ("number", "share"):
        return _numbered(column, target, item.kind == "share")
    return target, "", True


def _dated(column: Column, target: Target) -> tuple[Target, str, bool]:
    first = day_first(column)
    if first is not None:
        return replace(target, day_first=first), "as its cells show", True
    if has_two_readings(column):
        return target, ("3/4/2025 may be in March or April: such cells are findings until "
                        "'day_first: yes' or 'no' is said here"), False
    return target, "", True


def _numbered(column: Column, target: Target, share: bool) -> tuple[Target, str, bool]:
    comma, sure = decimal_comma(column)
    target = replace(target, decimal_comma=comma)
    values = [value for cell in column.cells if (value := number_of(cell)) is not None]
    if share and values and max(values) > 1.5:
        return replace(target, times=0.01), "percent", sure
    return target, "" if sure else "1,234 is taken as 1234", sure


def _money(column: Column, field: str) -> tuple[None, str, bool]:
    found = _MONEY.search(column.name)
    currency = (found[1] or _SIGNS[found[2]]) if found else "USD"
    times = next((n for word, n in (("billion", 10**9), ("bn", 10**9), ("million", 10**6),
                                    ("mln", 10**6), ("m", 10**6))
                  if re.search(rf"(?<![a-z]){word}(?![a-z])", column.name.casefold())), 1)
    shown = f", times: {times}" if times > 1 else ""
    return None, (f"money needs the year of its prices: {{field: {field}, currency: {currency}, "
                  f"price_year: YYYY{shown}}}"), False


# -- capacities ----------------------------------------------------------------------------------
def unit_in_name(name: str) -> tuple[str, Unit] | None:
    """The unit that a column's name bears: 'Capacity (kt/y)', 'Capacity / MW', 'kt H2/y'."""
    texts = _BRACKET.findall(name)
    for part in reversed(name.split(JOINT)):
        texts += [part, re.split(r"[,;:_]", part)[-1].strip()]
        texts += [word for word in part.split() if len(word) > 1
                  and re.search(r"[/A-Z]|pa$", word)]
    for text in texts:
        unit = parse_unit(text)
        if unit is not None:
            return text, unit
    return None


def product_in_name(name: str) -> str:
    """The product that a column's name speaks of: 'SAF nameplate capacity' → saf."""
    words = folded(name.replace(JOINT, " ")).split()
    for size in (3, 2, 1):
        for start in range(len(words) - size + 1):
            known = known_word("product", " ".join(words[start:start + size]))
            if known and known.sure:
                return known.means
    return ""


def _capacity(
    column: Column, target: Target, units: list[str]
) -> tuple[Target, str, bool]:
    found = unit_in_name(column.name)
    comma, sure = decimal_comma(column)
    of = product_in_name(column.name)
    notes = [] if sure else ["1,234 is taken as 1234"]
    if found is not None:
        text, unit = found
        of = of or {"hydrogen": "hydrogen", "ammonia": "ammonia", "methanol": "methanol",
                    "co2": "co2_captured"}.get(unit.substance or "", "")
        target = replace(target, unit=text)
    elif units:
        text, target = "", replace(target, unit_column=units[0])
    elif column.shares["unit_in_cell"] < 0.5:
        return (replace(target, decimal_comma=comma, of=of), "no unit in its name or cells: add "
                "'unit: kt/y' or the like", False)
    if found is not None and found[1].unit in ("t", "L"):
        target = replace(target, unit=f"{found[0]}/y")
        notes.append("taken as a year's")
    target = replace(target, decimal_comma=comma, of=of)
    return target, "; ".join(notes), not notes


# -- a second look at all of them ----------------------------------------------------------------
def _second_looks(columns: Sequence[Column], guesses: list[ColumnGuess]) -> list[ColumnGuess]:
    by_name = {column.name: column for column in columns}
    states = {t.field: by_name[g.name] for g in reversed(guesses) for t in g.targets}
    guesses = [_same_countries(g, by_name[g.name], states.get("country")) for g in guesses]
    guesses = [_centroids(g, by_name, states) for g in guesses]
    guesses = _fallback_name(guesses, states)
    guesses = [_total_of_fuels(g, guesses) for g in guesses]
    guesses = [_second_size(g, by_name, guesses[:n]) for n, g in enumerate(guesses)]
    return [_updated(g, guesses) for g in guesses]


def _same_countries(guess: ColumnGuess, column: Column, other: Column | None) -> ColumnGuess:
    if guess.targets or other is None or column.empty or column.shares["country"] < 0.9:
        return guess
    pairs = {(c.sheet, c.row): countries.lookup_all(c.text) for c in other.cells}
    same = all(pairs.get((c.sheet, c.row)) == countries.lookup_all(c.text) for c in column.cells)
    if not same:
        return guess
    return ColumnGuess(guess.name, ignored=f"the same countries as column {other.name!r}")


def _centroids(
    guess: ColumnGuess, by_name: dict[str, Column], states: dict[str, Column]
) -> ColumnGuess:
    """One point a country is the middle of the country, not a site."""
    fields = {target.field for target in guess.targets}
    if not fields & {"latitude", "longitude"} or "country" not in states:
        return guess
    column, country = by_name[guess.name], states["country"]
    where = {(c.sheet, c.row): c.text for c in country.cells}
    points: dict[str, set[str]] = defaultdict(set)
    for cell in column.cells:
        points[where.get((cell.sheet, cell.row), "")].add(cell.text)
    repeated = len(column.cells) >= 3 * len(points)
    if repeated and sum(len(v) > 1 for v in points.values()) <= 0.05 * len(points):
        return ColumnGuess(guess.name, ignored="one point for each country: the middle of a "
                           "country is no site", sure=False)
    return guess


def _fallback_name(guesses: list[ColumnGuess], states: dict[str, Column]) -> list[ColumnGuess]:
    """A list without project names is known by company and place."""
    if "name" in states:
        return guesses
    for field in ("owners", "place"):
        at = next((n for n, g in enumerate(guesses) if any(t.field == field for t in g.targets)),
                  None)
        if at is not None:
            guesses[at] = replace(
                guesses[at], targets=(*guesses[at].targets, Target("name")), sure=False,
                why="no column of project names: company and place stand for one")
    return guesses


def _total_of_fuels(guess: ColumnGuess, guesses: list[ColumnGuess]) -> ColumnGuess:
    """Beside a capacity of SAF, one of no product is the total of all liquids."""
    sizes = [t for g in guesses for t in g.targets if t.field == CAPACITY]
    fuels = any(t.of == "saf" for t in sizes)
    if not fuels or not any(t.field == CAPACITY and not t.of for t in guess.targets):
        return guess
    total = next(iter(QUANTITIES))
    return replace(guess, targets=tuple(
        replace(t, field=total) if t.field == CAPACITY and not t.of else t
        for t in guess.targets), sure=False,
        why="beside a capacity of SAF: the total of all liquids, never read as SAF")


def _second_size(
    guess: ColumnGuess, by_name: dict[str, Column], before: Sequence[ColumnGuess]
) -> ColumnGuess:
    """Two columns of one capacity: the first that says anything counts, and a person is asked."""
    def sizes(item: ColumnGuess) -> set[tuple[str, str]]:
        return {(t.of, base.unit if (base := parse_unit(t.unit)) else "")
                for t in item.targets if t.field == CAPACITY}

    twin = next((item.name for item in before if sizes(item) & sizes(guess)
                 and set(by_name[item.name].tabs) & set(by_name[guess.name].tabs)), "")
    if not twin:
        return guess
    return replace(guess, sure=False, why=f"the same capacity as column {twin!r}: the first one "
                   "with a value counts; or 'preferred: yes' here")


def _updated(guess: ColumnGuess, guesses: list[ColumnGuess]) -> ColumnGuess:
    """Of two columns of one date, the updated one goes first."""
    counts = Counter(t.field for g in guesses for t in g.targets)
    if not re.search(r"\b(updated?|revised|new|latest)\b", guess.name.casefold()):
        return guess
    return replace(guess, targets=tuple(
        replace(t, preferred=True) if t.field.endswith("_date") and counts[t.field] > 1 else t
        for t in guess.targets))
