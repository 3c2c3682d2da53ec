"""What is asked of the catalogue: parsed from a URL's parameters, validated, and back into one."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from groundbreak.catalogue.columns import COLUMNS, SHOWN, SORTABLE
from groundbreak.measures.population import LABELS
from groundbreak.vocabulary import countries
from groundbreak.vocabulary.terms import (
    ACTIVITIES,
    EVIDENCE_GRADES,
    PRODUCTS,
    ROUTES,
    SECTORS,
    stage_range,
)

NOT_STATED = "not-stated"
REGIONS = ("Africa", "Americas", "Asia", "Europe", "Oceania")
SIZES = ("below", "1-2x", "2-5x", "over-5x", NOT_STATED)
PER_PAGE = 50
MOST_PER_PAGE = 500
LONGEST = 200  # characters of one value
MOST_VALUES, MOST_IDS = 60, 400  # values of one parameter; of the ids behind a figure
OTHER = frozenset({"q", "sort", "page", "per_page", "columns", "all"})
DISPLAY = frozenset({"sort", "page", "per_page", "columns"})  # do not change what is selected


class BadQuery(ValueError):
    """A parameter that the catalogue cannot answer; says which, and what is accepted."""

    def __init__(self, parameter: str, value: str, accepted: str) -> None:
        super().__init__(f"{parameter}={value[:60]!r}; accepted: {accepted}")
        self.parameter, self.value, self.accepted = parameter, value, accepted


def _fixed(*names: str) -> tuple[str, ...]:
    return (*names, NOT_STATED)


# Facet → the values it can take; None where the register decides.
FACETS: dict[str, tuple[str, ...] | None] = {
    "label": LABELS,
    "sector": _fixed(*SECTORS),
    "product": _fixed(*PRODUCTS),
    "route": _fixed(*ROUTES),
    "stage": None,
    "activity": _fixed(*ACTIVITIES),
    "region": _fixed(*REGIONS),
    "country": None,
    "level": ("flagship", "global"),
    "grade": _fixed(*EVIDENCE_GRADES),
    "start": None,
    "size": SIZES,
    "source": None,
    "company": None,
    "origin": ("new_intervention", "legacy"),
    "project": None,  # by id: the projects behind a figure
}


@dataclass(frozen=True)
class Query:
    """A question to the catalogue. Values of one facet are alternatives; facets narrow."""

    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    search: str = ""
    sort: str = "name"
    page: int = 1
    per_page: int = PER_PAGE
    columns: tuple[str, ...] = SHOWN
    everything: bool = False

    @classmethod
    def parse(cls, params: Mapping[str, Sequence[str]], also: Collection[str] = ()) -> Query:
        """A query from a URL's parameters (name → values); those in `also` are another's.

        Raises BadQuery that names the parameter, the value and what is accepted.
        """
        filters: dict[str, tuple[str, ...]] = {}
        for name, values in params.items():
            if name in also or name in OTHER:
                continue
            if name not in FACETS:
                raise BadQuery("parameter", name, ", ".join([*FACETS, *sorted(OTHER)]))
            most = MOST_IDS if name == "project" else MOST_VALUES
            if len(values) > most:
                raise BadQuery(name, f"{len(values)} values", f"up to {most}")
            chosen = tuple(dict.fromkeys(_value(name, v) for v in values if v.strip()))
            if chosen:
                filters[name] = chosen
        return cls(
            filters, _search(params), _sort(params), _number(params, "page", 1, 10**6),
            _number(params, "per_page", PER_PAGE, MOST_PER_PAGE), _columns(params),
            _yes(params, "all"),
        )

    def pairs(self, *, display: bool = True) -> list[tuple[str, str]]:
        """Canonical parameters, so that the same question has one address; without defaults."""
        found = [(name, value) for name in FACETS for value in self.filters.get(name, ())]
        if self.search:
            found.append(("q", self.search))
        if self.everything:
            found.append(("all", "1"))
        if display:
            if self.sort != "name":
                found.append(("sort", self.sort))
            if self.columns != SHOWN:
                found.append(("columns", ",".join(self.columns)))
            if self.per_page != PER_PAGE:
                found.append(("per_page", str(self.per_page)))
            if self.page != 1:
                found.append(("page", str(self.page)))
        return found

    def with_value(self, facet: str, value: str) -> Query:
        """The same question with one more value of a facet, from its first page."""
        values = (*self.filters.get(facet, ()), value)
        return replace(self, filters={**self.filters, facet: values}, page=1)

    def without_value(self, facet: str, value: str) -> Query:
        """The same question with one value of a facet less, from its first page."""
        values = tuple(v for v in self.filters.get(facet, ()) if v != value)
        filters = {k: v for k, v in self.filters.items() if k != facet}
        return replace(self, filters={**filters, facet: values} if values else filters, page=1)


def _value(name: str, text: str) -> str:
    text = text.strip()
    if len(text) > LONGEST or "\x00" in text:
        raise BadQuery(name, text, f"up to {LONGEST} characters of text")
    if name == "country" and text != NOT_STATED:
        code = countries.lookup(text)
        if code is None:
            raise BadQuery(name, text, "ISO 3166-1 codes and country names")
        return code
    if name == "stage" and text != NOT_STATED:
        try:
            stage_range(text)
        except ValueError as error:
            raise BadQuery(name, text, str(error).partition("accepted: ")[2]
                           or "lowest..highest stage") from None
        return text
    if name == "start" and text != NOT_STATED:
        if not (text.isascii() and text.isdigit() and len(text) == 4):
            raise BadQuery(name, text, f"a year of four digits, or {NOT_STATED}")
        return text
    accepted = FACETS[name]
    if accepted is not None and text not in accepted:
        raise BadQuery(name, text, ", ".join(accepted))
    return text


def _one(params: Mapping[str, Sequence[str]], name: str) -> str:
    values = params.get(name) or [""]
    if len(values) > 1:
        raise BadQuery(name, " and ".join(values), "one value")
    if len(values[0]) > LONGEST or "\x00" in values[0]:
        raise BadQuery(name, values[0], f"up to {LONGEST} characters of text")
    return values[0].strip()


def _search(params: Mapping[str, Sequence[str]]) -> str:
    return " ".join(_one(params, "q").split())


def _sort(params: Mapping[str, Sequence[str]]) -> str:
    text = _one(params, "sort")
    if text and text.removeprefix("-") not in SORTABLE:
        raise BadQuery("sort", text, f"{', '.join(SORTABLE)}; with - before it: descending")
    return text or "name"


def _number(params: Mapping[str, Sequence[str]], name: str, default: int, most: int) -> int:
    text = _one(params, name)
    if not text:
        return default
    if not (text.isascii() and text.isdigit()) or not 1 <= int(text[:9]) <= most or len(text) > 9:
        raise BadQuery(name, text, f"a whole number from 1 to {most:,}")
    return int(text)


def _columns(params: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """Chosen columns in the table's own order: `columns=a,b` or `columns=a&columns=b`."""
    asked = [name.strip() for text in params.get("columns", ()) for name in text.split(",")]
    asked = [name for name in asked if name]
    for name in asked:
        if name not in COLUMNS:
            raise BadQuery("columns", name, ", ".join(COLUMNS))
    return tuple(name for name in COLUMNS if name in asked or name == "name") if asked else SHOWN


def _yes(params: Mapping[str, Sequence[str]], name: str) -> bool:
    text = _one(params, name)
    if text not in ("", "0", "1"):
        raise BadQuery(name, text, "1 (also what is not counted) or 0")
    return text == "1"
