"""Which record a row is: its id, or a composite of what a project keeps from tab to tab."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Mapping as Map
from collections.abc import Sequence
from dataclasses import dataclass, replace

from rapidfuzz import fuzz

from groundbreak.history.edition import Doubt
from groundbreak.sources.files import Cell
from groundbreak.vocabulary import countries

LONGEST = 150  # characters of a key; beyond, a hash stands for the rest
# What a renamed project keeps; what moves from tab to tab (stage, dates) says nothing.
KEPT_FIELDS = ("country", "place", "owners", "product", "route", "technology", "announced_size",
               "latitude", "longitude", "other_names")
LEAST_KEPT = 3
LIKE_NAMES = 60  # of 100, by the words that two names share
_BASE_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe",
                               "ß": "ss"})


def slug(text: str) -> str:
    """Letters and digits, case and accents gone, parted by single hyphens; any script.

    >>> slug(" HYBRIT – Luleå "), slug("宝武 湛江")
    ('hybrit-lulea', '宝武-湛江')
    """
    folded = unicodedata.normalize("NFKD", text.casefold().translate(_BASE_LETTERS))
    plain = "".join(c for c in folded if not unicodedata.combining(c) and c != "\ufffd")
    # Some letters are capital only once decomposed.
    return re.sub(r"[\W_]+", "-", unicodedata.normalize("NFC", plain.casefold())).strip("-")


def composite_key(cells: Sequence[Cell], blanks: frozenset[str]) -> str:
    """'hybrit-swe' of a name and a country; '' where none of the cells says anything.

    A country stands as its code, so that its spellings are one key.
    """
    parts = []
    for cell in cells:
        if not cell.empty and cell.text.casefold() not in blanks:
            code = countries.lookup(cell.text) if "countr" in cell.header.casefold() else None
            parts.append(slug(code or cell.text))
    return _shortened("-".join(filter(None, parts)))


def printed_key(cell: Cell) -> str:
    """The id as it is printed; '' for none."""
    text = re.sub(r"\s+", " ", cell.text)
    # 'x/2' is how the register writes the second record of an id.
    return _shortened(re.sub(r"/(\d+)$", r"-\1", text))


def _shortened(key: str) -> str:
    if len(key) <= LONGEST:
        return key
    return f"{key[:LONGEST - 13]}-{hashlib.sha256(key.encode()).hexdigest()[:12]}"


@dataclass(frozen=True)
class Keyed:
    """A row with its key and what tells it from others of that key."""

    number: int  # as a spreadsheet counts
    key: str
    told: str  # the cells that the mapping names as telling
    plant: tuple[str, ...] = ()  # its cells that tell plants apart: names, capacities, places
    said: tuple[str, ...] = ()  # all that it says but remarks
    whole: tuple[str, ...] = ()  # all that it says
    sheet: str = ""
    part: str = ""


@dataclass(frozen=True)
class Collision:
    """Rows of one key. `same` where all of them say the same of one plant, remarks left out."""

    key: str
    rows: tuple[Keyed, ...]
    same: bool

    def __str__(self) -> str:
        told = "; ".join(sorted(f"row {r.number} ({r.told or 'nothing more'})" for r in self.rows))
        return f"{self.key} stands {len(self.rows)} times: {told}"


def part_rows(rows: Sequence[Keyed]) -> tuple[list[Keyed], list[Collision]]:
    """Every row with its part, and the collisions; the order of rows decides nothing.

    The telling cells part rows of one key; where they are the same, the cells that tell plants
    apart do. Rows that share those, too, share their part: they are one record.
    """
    by_key: dict[str, list[Keyed]] = defaultdict(list)
    for row in rows:
        by_key[row.key].append(row)
    collisions = [Collision(key, tuple(group), len({(r.told, r.said) for r in group}) == 1)
                  for key, group in sorted(by_key.items()) if len(group) > 1]
    parted = [_parted(row, by_key[row.key]) for row in rows]
    return parted, collisions


def _parted(row: Keyed, group: Sequence[Keyed]) -> Keyed:
    plants = {other.plant for other in group if other.told == row.told}
    part = row.told if len(plants) == 1 else f"{row.told} | {', '.join(row.plant)}"
    return replace(row, part=part)


def read_of_each(rows: Sequence[Keyed]) -> dict[tuple[str, str], Keyed]:
    """Of the rows of each record the one that says most; the order of rows decides nothing."""
    found: dict[tuple[str, str], Keyed] = {}
    for row in rows:
        record = row.key, row.part
        if record not in found or _says_more(row) > _says_more(found[record]):
            found[record] = row
    return found


def _says_more(row: Keyed) -> tuple[int, tuple[str, ...]]:
    return sum(map(bool, row.whole)), row.whole


def possible_renames(
    gone: Map[str, Map[str, str]], new: Map[str, Map[str, str]]
) -> list[Doubt]:
    """Records whose key vanished and records with a new key that agree in all they keep.

    Both map a key to field → value, name included. A pair counts where each is the other's only
    match; agreeing in few fields, the names must be alike, too.
    """
    pairs = [(old, key) for old in sorted(gone) for key in sorted(new)
             if _agree(gone[old], new[key])]
    olds, keys = Counter(p[0] for p in pairs), Counter(p[1] for p in pairs)
    return [
        Doubt("possible_rename", key,
              f"{gone[old].get('name') or old!r} is gone and {new[key].get('name') or key!r} is "
              f"new, alike in {', '.join(_shared(gone[old], new[key]))}: one project renamed? "
              f"If so, the key {old!r} continues as {key!r}")
        for old, key in pairs if olds[old] == keys[key] == 1
    ]


def _shared(one: Map[str, str], other: Map[str, str]) -> list[str]:
    return [name for name in KEPT_FIELDS if one.get(name) and one.get(name) == other.get(name)]


def _agree(one: Map[str, str], other: Map[str, str]) -> bool:
    if any(one.get(n) and other.get(n) and one[n] != other[n] for n in KEPT_FIELDS):
        return False
    shared = len(_shared(one, other))
    alike = fuzz.token_set_ratio(one.get("name", ""), other.get("name", "")) >= LIKE_NAMES
    return shared >= LEAST_KEPT or (shared > 0 and alike)
