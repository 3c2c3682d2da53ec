"""Countries as data: ISO codes, the spellings real files use, and dated groupings.

Names follow short UN usage and regions follow UN M49, with two entries M49 does not list on their
own: Taiwan (placed in Eastern Asia) and Kosovo (placed in Southern Europe; its codes XKX and XK are
user-assigned and it has no numeric code). Antarctica has no region.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

from groundbreak.vocabulary.terms import read_rows

# Letters that Unicode does not decompose into a base letter and an accent.
_BASE_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe"})

# Dropped without a gap, so that "U.S.A." is "usa" and "Cote d'Ivoire" is "cote divoire".
_SILENT = str.maketrans("", "", ".'’‘`´ʼ")

# "NA" is Namibia's two-letter code but in a table it nearly always means "not available"; a cell
# left unresolved is a finding somebody sees, a project moved to Namibia is not.
_NEVER_COUNTRIES = frozenset({"na"})

# "and" parts names in small letters only: "AND" is the code of Andorra.
_SEPARATOR = re.compile(r"([\r\n;,/&|+\-\u2010-\u2015]|\band\b)")


@dataclass(frozen=True)
class Country:
    """One ISO 3166-1 entry (or Kosovo); `numeric` is three digits as text, "" where none exists."""

    iso3: str
    iso2: str
    numeric: str
    name: str
    m49_region: str
    m49_subregion: str


@dataclass(frozen=True)
class _Membership:
    iso3: str
    first: date
    last: date


def _key(text: str) -> str:
    """What two spellings share once case, accents, white space, punctuation and "the" are gone."""
    folded = unicodedata.normalize("NFKD", text.casefold().translate(_BASE_LETTERS))
    plain = "".join(letter for letter in folded if not unicodedata.combining(letter))
    spaced = plain.replace("&", " and ").translate(_SILENT)
    words = re.sub(r"[\W_]+", " ", spaced).split()
    return " ".join(word for word in words if word != "the")


@cache
def _by_iso3() -> dict[str, Country]:
    return {row["iso3"]: Country(**row) for row in read_rows("countries.csv")}


@cache
def _by_key() -> dict[str, str]:
    index = {_key(row["spelling"]): row["iso3"] for row in read_rows("country_spellings.csv")}
    for country in _by_iso3().values():
        # Written last: a code or a country's own name outranks any listed spelling.
        index.update(dict.fromkeys(map(_key, (country.name, country.iso2)), country.iso3))
    index.update({_key(iso3): iso3 for iso3 in _by_iso3()})
    return {key: iso3 for key, iso3 in index.items() if key not in _NEVER_COUNTRIES}


@cache
def _dated_groupings() -> dict[str, tuple[_Membership, ...]]:
    found: dict[str, list[_Membership]] = {}
    for row in read_rows("groupings.csv"):
        first = date.fromisoformat(row["valid_from"]) if row["valid_from"] else date.min
        last = date.fromisoformat(row["valid_to"]) if row["valid_to"] else date.max
        found.setdefault(row["grouping"], []).append(_Membership(row["iso3"], first, last))
    return {grouping: tuple(rows) for grouping, rows in found.items()}


@cache
def _m49() -> dict[str, frozenset[str]]:
    countries = _by_iso3().values()
    names = {c.m49_region for c in countries} | {c.m49_subregion for c in countries}
    return {
        name: frozenset(c.iso3 for c in countries if name in (c.m49_region, c.m49_subregion))
        for name in sorted(names - {""})
    }


def _require(iso3: str) -> Country:
    country = _by_iso3().get(iso3)
    if country is None:
        raise ValueError(
            f"unknown country code {iso3!r}; accepted: ISO 3166-1 alpha-3 codes in capitals "
            "and XKX, as listed in countries.csv"
        )
    return country


def lookup(text: str) -> str | None:
    """The ISO 3166-1 alpha-3 code of one country name, spelling or code; None if unknown.

    Case, accents, white space, punctuation and the word "the" make no difference. Areas and
    fillers ("EU", "Europe", "Unknown") are not countries and give None, and so does "NA", which
    tables use for "not available": write "NAM" or "Namibia". Raises nothing.

    >>> lookup("  united\\nkingdom "), lookup("Cote d'Ivoire"), lookup("POR"), lookup("EU")
    ('GBR', 'CIV', 'PRT', None)
    """
    return _by_key().get(_key(text))


def _lookup_parts(parts: Sequence[str]) -> tuple[str, ...] | None:
    """Codes of names (even positions) parted by separators (odd ones); None if any is unknown.

    The longest run that is one country comes first, so that "Korea, Rep., Japan" is two countries.
    """
    if not "".join(parts[::2]).strip():
        return ()
    for end in range(len(parts), 0, -2):
        code = lookup("".join(parts[:end]))
        rest = _lookup_parts(parts[end + 1 :]) if code else None
        if code and rest is not None:
            return (code, *rest)
    return None


def lookup_all(text: str) -> tuple[str, ...] | None:
    """The alpha-3 codes of a cell that names one or several countries, in order, each once.

    Names may be parted by line breaks, commas, semicolons, slashes, hyphens or dashes, "&", "+",
    "|" or "and" (in small letters); a single name that holds one of these stays one country. None
    if the cell is empty or any part of it is not known, so that half a cell is never taken for
    all of it. Raises nothing.

    >>> lookup_all("POR\\nESP"), lookup_all("Guinea-Bissau"), lookup_all("Japan-unknown")
    (('PRT', 'ESP'), ('GNB',), None)
    """
    codes = _lookup_parts(_SEPARATOR.split(text))
    return tuple(dict.fromkeys(codes)) if codes else None


def name(iso3: str) -> str:
    """The short UN name of a country by its alpha-3 code. Raises ValueError for an unknown code.

    >>> name("TUR")
    'Türkiye'
    """
    return _require(iso3).name


def all_countries() -> tuple[Country, ...]:
    """Every country, by alpha-3 code: the 249 entries of ISO 3166-1 and Kosovo. Raises nothing.

    >>> all_countries()[0].name
    'Aruba'
    """
    return tuple(_by_iso3().values())


def groupings() -> tuple[str, ...]:
    """Every accepted grouping: those of groupings.csv, then UN M49 regions and sub-regions.

    Raises nothing.

    >>> groupings()[0]
    'EU27'
    """
    return (*_dated_groupings(), *_m49())


def members(grouping: str, on: date) -> frozenset[str]:
    """The alpha-3 codes of a grouping's members on a day, first and last day included.

    A grouping has no members before it began or after it ended (EU27 begins on 1 February 2020,
    when EU28 had ended); UN M49 regions do not change with the date. Raises ValueError for an
    unknown grouping, listing the accepted ones.

    >>> len(members("EU27", date(2024, 1, 1))), "CAN" in members("Northern America", date.min)
    (27, True)
    """
    if grouping in _m49():
        return _m49()[grouping]
    rows = _dated_groupings().get(grouping)
    if rows is None:
        raise ValueError(f"unknown grouping {grouping!r}; accepted: {'; '.join(groupings())}")
    return frozenset(row.iso3 for row in rows if row.first <= on <= row.last)


def in_grouping(iso3: str, grouping: str, on: date) -> bool:
    """Whether a country (alpha-3 code) belongs to a grouping on a day; see :func:`members`.

    Raises ValueError for an unknown code or grouping.

    >>> in_grouping("GBR", "EU28", date(2020, 1, 31)), in_grouping("GBR", "EU27", date(2024, 1, 1))
    (True, False)
    """
    return _require(iso3).iso3 in members(grouping, on)
