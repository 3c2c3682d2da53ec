"""Parameters of a question: what each accepts, and reading them strictly. Unknown ones are refused.

The same objects read a request and describe themselves in the OpenAPI document.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from django.conf import settings as django

from groundbreak.catalogue.columns import COLUMNS, SORTABLE
from groundbreak.catalogue.query import FACETS, LONGEST, MOST_VALUES, NOT_STATED, BadQuery
from groundbreak.vocabulary.days import EARLIEST, LATEST, read_day
from groundbreak.vocabulary.terms import STAGES

CLOCK = ("as_of", "view", "release")
_DAY = "^(199[0-9]|20[0-9]{2}|210[0-9])-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"
MOST_LIMIT, LIMIT = 1000, 100
Schema = dict[str, Any]


@dataclass(frozen=True)
class Parameter:
    """One parameter. `read` takes its text and raises ValueError that says what is accepted."""

    name: str
    description: str
    schema: Schema
    read: Callable[[str], Any] = str
    default: Any = None
    required: bool = False
    many: bool = False  # may be repeated: alternatives; read by the catalogue's query

    def described(self) -> Schema:
        """As the OpenAPI document describes it."""
        schema = self.schema if self.default in (None, "") else {
            **self.schema, "default": self.default}
        if self.many:
            schema = {"type": "array", "items": schema, "maxItems": min(
                MOST_VALUES, django.DATA_UPLOAD_MAX_NUMBER_FIELDS)}
        return {"name": self.name, "in": "query", "required": self.required,
                "allowEmptyValue": not self.required,
                "description": self.description, "schema": schema,
                **({"style": "form", "explode": True} if self.many else {})}


def text(name: str, description: str, *, most: int = LONGEST, **more: Any) -> Parameter:
    """Any text up to `most` characters."""
    def read(value: str) -> str:
        if len(value) > most:
            raise ValueError(f"up to {most} characters of text")
        return value

    return Parameter(name, description, _plain(most), read, **more)


def _plain(most: int) -> Schema:
    """Text without NUL, which no database can hold."""
    return {"type": "string", "maxLength": most, "pattern": "^[^\\u0000]*$"}


def word(name: str, description: str, accepted: Iterable[str], **more: Any) -> Parameter:
    """One of some words."""
    words = list(accepted)

    def read(value: str) -> str:
        if value not in words:
            raise ValueError(", ".join(words))
        return value

    return Parameter(name, description, {"type": "string", "enum": words}, read, **more)


def day(name: str, description: str, **more: Any) -> Parameter:
    """A day as YYYY-MM-DD."""
    return Parameter(name, f"{description} From {EARLIEST} to {LATEST}.",
                     {"type": "string", "format": "date", "pattern": _DAY},
                     read_day, **more)


def number(name: str, description: str, most: int, **more: Any) -> Parameter:
    """A whole number from 1 to `most`."""
    def read(value: str) -> int:
        plain = value.isascii() and value.isdigit() and len(value) <= len(str(most))
        if not plain or not 1 <= int(value) <= most:
            raise ValueError(f"a whole number from 1 to {most:,}")
        return int(value)

    return Parameter(name, description, {"type": "integer", "minimum": 1, "maximum": most}, read,
                     **more)


def flag(name: str, description: str) -> Parameter:
    """1 for yes, 0 (or nothing) for no."""
    def read(value: str) -> bool:
        if value not in ("", "0", "1"):
            raise ValueError("1 or 0")
        return value == "1"

    return Parameter(name, description, {"type": "string", "enum": ["1", "0"]}, read,
                     default=False)


def period(name: str = "period") -> Parameter:
    """A period of the scorecard (measures.periods)."""
    accepted = ("a year (2024), half (2024-H1), quarter (2024-Q3), months back (12m), term, "
                "YYYY-MM-DD..YYYY-MM-DD")
    pattern = (r"^(term|[1-9][0-9]{0,2}m|(19|20)[0-9]{2}(-?(H[12]|Q[1-4]))?"
               r"|(19|20)[0-9]{2}-[0-9]{2}-[0-9]{2}\.\.(19|20)[0-9]{2}-[0-9]{2}-[0-9]{2})$")
    known = re.compile(pattern)

    def read(value: str) -> str:
        if not known.match(value):
            raise ValueError(accepted)
        return value

    return Parameter(name, f"Over which period flows are counted: {accepted}.",
                     {"type": "string", "pattern": pattern}, read, default="12m")


# -- the query of projects, in the words of the Projects page -----------------------------------
def _facet(name: str) -> Parameter:
    accepted = {"stage": _STAGES}.get(name, FACETS[name])
    schema = _plain(LONGEST)
    if accepted is not None:
        schema = {"type": "string", "enum": list(accepted)}
    if name == "start":
        schema = {"type": "string", "pattern": f"^([0-9]{{4}}|{NOT_STATED})$"}
    return Parameter(name, _FACET_WORDS[name], schema, many=True)


_STAGES = (*STAGES, *(f"{low}..{high}" for low, high in combinations(STAGES, 2)), NOT_STATED)
_FACET_WORDS = {
    "label": "Public label.", "sector": "Primary sector.", "product": "Main product.",
    "route": "Production route.",
    "stage": "Stage, or 'lowest..highest' as printed; or not-stated.",
    "activity": "Whether it is active, paused, cancelled …", "region": "UN M49 region.",
    "country": "ISO 3166-1 code or name of a country; or not-stated.",
    "level": "flagship (directly supported) or global.",
    "grade": "Evidence grade of the claim that holds its stage.",
    "start": "Year of first operation, four digits; or not-stated.",
    "size": "Capacity against the least size of a commercial-scale plant.",
    "source": "The source that lists it.", "company": "An owner or partner as printed.",
    "origin": "New intervention, or legacy low-carbon power.",
    "project": "Id of a project: those behind a figure.",
}
SEARCH = text("q", "Every word must stand in the name (native script too), owners, place, country "
                   "or id; accents and case do not matter.")
ALL = flag("all", "1: also projects that the measures do not count.")
FILTERS = (*(_facet(name) for name in FACETS), SEARCH, ALL)
SORT = Parameter("sort", "Column to sort by; with - before it: descending.", {
    "type": "string", "enum": [*SORTABLE, *(f"-{name}" for name in SORTABLE)]}, default="name")
COLUMNS_ASKED = Parameter(
    "columns", "Columns, joined by ','; default: all. Whose data a row is always comes with it: "
    f"{', '.join(COLUMNS)}.",
    {"type": "string", "maxLength": 1000,
     "pattern": "^({0})(,({0}))*$".format("|".join(COLUMNS))})
PAGING = (
    Parameter("limit", f"Rows of a page. Without it JSON gives {LIMIT}, a table all rows.",
              {"type": "integer", "minimum": 1, "maximum": MOST_LIMIT},
              number("limit", "", MOST_LIMIT).read),
    Parameter("cursor", "Where the next page begins: from `next` or the Link header of the page "
              "before. Pages of one walk are all of one state of the register.",
              {"type": "string", "maxLength": 400, "pattern": "^[!-~]*$"}),
)
CLOCK_PARAMETERS = (
    Parameter("as_of", "As known on that day (YYYY-MM-DD, up to today); default: the newest day.",
              {"type": "string", "format": "date"}),
    Parameter("view", "as-known-then: what was known on that day; as-now-known: what is now known "
              "about that day.", {"type": "string", "enum": ["as-known-then", "as-now-known"]}),
    Parameter("release", "A frozen release of this register, instead of as_of and view.",
              {"type": "string", "maxLength": 20, "pattern": "^[!-~]*$"}),
)


def read(parameters: Sequence[Parameter], given: Mapping[str, Sequence[str]],
         also: Iterable[str] = ()) -> dict[str, Any]:
    """The parameters read, with defaults; those in `also` are left to others.

    Raises BadQuery that names the parameter, the value and what is accepted.
    """
    known = {parameter.name: parameter for parameter in parameters}
    left = frozenset(also)
    for name in given:
        if name not in known and name not in left:
            raise BadQuery("parameter", name, ", ".join([*known, *sorted(left - known.keys())]))
    return {name: _read(parameter, [v.strip() for v in given.get(name, ())])
            for name, parameter in known.items() if name not in left and not parameter.many}


def _read(parameter: Parameter, values: list[str]) -> Any:
    if len(values) > 1:
        raise BadQuery(parameter.name, " and ".join(values), "one value")
    if not values or not values[0]:
        if parameter.required:
            raise BadQuery(parameter.name, "", f"a value: {parameter.description}")
        return parameter.default
    try:
        return parameter.read(values[0])
    except ValueError as error:
        raise BadQuery(parameter.name, values[0], str(error)) from None
