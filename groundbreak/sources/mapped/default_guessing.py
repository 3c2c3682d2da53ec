"""What holds for a whole list where no column says it: its product, sector and route."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping as Map
from collections.abc import Sequence

from groundbreak.sources.mapped.column_guesses import product_in_name
from groundbreak.sources.mapped.draft import ColumnGuess, WordGuess
from groundbreak.sources.mapped.evidence import Column
from groundbreak.sources.mapped.known import known_word
from groundbreak.sources.mapped.targets import CAPACITY, NOTHING, UNDECIDED
from groundbreak.vocabulary.terms import PRODUCTS, ROUTES, SECTORS

LEAST_SPOKEN = 0.3  # of the rows that speak of a sector
NEARLY_ALL = 0.95  # of the rows that speak of one route and no other
SPEAKING = frozenset({"name", "technology", "product", "project_type", "end_uses"})
COUNTED = tuple(name for name, route in ROUTES.items() if route.standing == "low_carbon")

Guessed = dict[str, tuple[str, str]]


def guess_defaults(
    titles: Sequence[str], columns: Sequence[Column], guesses: Sequence[ColumnGuess],
    words: Map[str, Sequence[WordGuess]],
) -> Guessed:
    """Field → its value and why; '?' where a project would not be counted without one.

    `titles`: the list's own title and the names of its sheets.
    """
    found = _product_or_sector(titles, columns, guesses)
    stated = {target.field for guess in guesses for target in guess.targets}
    sized = any(t.field == CAPACITY and not t.of for guess in guesses for t in guess.targets)
    if "product" not in stated | found.keys() and sized:
        found["product"] = (UNDECIDED, "capacity of what is not said, and without it none is read; "
                            "or 'of: PRODUCT' on its column, or map a column to product")
    if "sector" not in stated | found.keys() and _serve_no_sector(found, words):
        found["sector"] = next(iter(_spoken_of(titles, columns).values()), (
            UNDECIDED, "no column or title states the sector, and without one no project counts; "
            f"one of {', '.join(SECTORS)}; or map a column to it, with words"))
    if "route" not in stated:
        found["route"] = _route(titles, columns, guesses)
    return found


def _product_or_sector(
    titles: Sequence[str], columns: Sequence[Column], guesses: Sequence[ColumnGuess]
) -> Guessed:
    targets = [target for guess in guesses for target in guess.targets]
    if any(target.field in ("sector", "product") for target in targets):
        return {}
    of = {target.of for target in targets if target.of}
    if len(of - {"electrolyser"}) == 1:
        return {"product": ((of - {"electrolyser"}).pop(), "its capacity is of that")}
    named = {product: title for title in reversed(titles) if (product := product_in_name(title))}
    if titles and (product := product_in_name(titles[0])):
        return {"product": (product, f"{titles[0]!r} names it")}
    if len(named) == 1:
        (product, title), = named.items()
        return {"product": (product, f"{title!r} names it")}
    return _spoken_of(titles[:1], columns)


def _serve_no_sector(found: Guessed, words: Map[str, Sequence[WordGuess]]) -> bool:
    """Whether no product of the list has a sector of its own: none stated, or hydrogen alone."""
    products = {word.means for word in words.get("product", ())} & PRODUCTS.keys()
    if found.get("product", (UNDECIDED,))[0] != UNDECIDED:
        products.add(found["product"][0])
    return all(PRODUCTS[product].default_sector not in SECTORS or
               PRODUCTS[product].default_sector == "outside" for product in products)


def _spoken_of(titles: Sequence[str], columns: Sequence[Column]) -> Guessed:
    rows: dict[str, set[tuple[str, int]]] = defaultdict(set)
    everything = {(c.sheet, c.row) for column in columns for c in column.cells}
    for sector in SECTORS:
        pattern = re.compile(rf"\b{re.escape(sector.rstrip('s'))}", re.IGNORECASE)
        for title in titles:
            if pattern.search(title):
                return {"sector": (sector, f"{title!r} names it")}
        for column in columns:
            rows[sector] |= {(c.sheet, c.row) for c in column.cells if pattern.search(c.text)}
    best = max(rows, key=lambda name: len(rows[name]))
    if len(rows[best]) < LEAST_SPOKEN * max(len(everything), 1):
        return {}
    return {"sector": (best, f"{len(rows[best])} of {len(everything)} rows speak of it")}


# -- routes --------------------------------------------------------------------------------------
def _route(
    titles: Sequence[str], columns: Sequence[Column], guesses: Sequence[ColumnGuess]
) -> tuple[str, str]:
    """The one route that a title, or nearly every row, speaks of; else '?', and what is known."""
    for title in titles:
        if route := _spoken_route(title):
            return route, f"{title!r} names it"
    rows = _routes_of_rows(columns, guesses)
    counts = Counter(route for routes in rows.values() for route in routes)
    best, many = next(iter(counts.most_common(1)), ("", 0))
    told = f"{many} of {len(rows)} rows speak of {best}"
    if len(counts) == 1 and many >= NEARLY_ALL * len(rows):
        return best, told
    return UNDECIDED, ("no column states the route, and without one no project counts; "
                       + (f"{told}; " if best else "") + f"one of {', '.join(COUNTED[:6])}, …; or "
                       "map a column to it, with words")


def _routes_of_rows(
    columns: Sequence[Column], guesses: Sequence[ColumnGuess]
) -> dict[tuple[str, int], set[str]]:
    """Row → the routes that its words, or a capacity of electrolysers, speak of."""
    found: dict[tuple[str, int], set[str]] = {
        (c.sheet, c.row): set() for column in columns for c in column.cells}
    targets = {guess.name: guess.targets for guess in guesses}
    for column in columns:
        speaks = any(target.field in SPEAKING for target in targets[column.name])
        power = any(target.of == "electrolyser" for target in targets[column.name])
        for cell in column.cells:
            route = _spoken_route(cell.text) if speaks else "electrolysis" if power else ""
            found[cell.sheet, cell.row] |= {route} - {""}
    return found


def _spoken_route(text: str) -> str:
    """The low-carbon route that a text names; '' for none."""
    known = known_word("route", text)
    return known.means if known and known.means != NOTHING and known.means in COUNTED else ""
