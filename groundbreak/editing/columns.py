"""The columns of the sheet for editing: what is shown, what may be edited, and in which order."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import cache

from groundbreak.editing.values import choices
from groundbreak.vocabulary.fields import Field, capacity_fields, field, registry
from groundbreak.vocabulary.terms import GATE_CRITERIA, PRODUCTS

UNIT_OF = "_currency_and_price_year"  # the column beside an amount of money


@dataclass(frozen=True)
class Column:
    """One column: its name in the row of names, the label above it, and how it behaves.

    `field` is the registered field it edits, '' for ids, computed cells and evidence.
    """

    name: str
    label: str
    group: str
    width: int
    field: str = ""
    editable: bool = True
    choices: tuple[str, ...] = ()
    hint: str = ""

    @property
    def is_number(self) -> bool:
        """Whether its cells are numbers."""
        return bool(self.field) and self.name == self.field and (
            field(self.field).type in ("number", "integer"))


IDS = (
    Column("project", "Project id", "Register", 16, editable=False),
    Column("record", "Record", "Register", 28, editable=False),
    Column("label", "Public label", "Register", 12, editable=False,
           hint="Computed from stage and activity."),
    Column("verdict", "Counted?", "Register", 13, editable=False,
           hint="Computed: eligible, asset base, out of scope or undecided."),
    Column("newest_word", "Newest word", "Register", 26, editable=False,
           hint="Computed: who said something of this project last, and when."),
)
EVIDENCE = (
    Column("evidence_url", "Source of your edits (URL or document)", "Evidence", 30,
           hint="Needed in every row in which you change a cell."),
    Column("publisher", "Published by", "Evidence", 18,
           hint="Who published it: the company, a ministry, a newspaper."),
    Column("known_date", "Published on (YYYY-MM-DD)", "Evidence", 14,
           hint="Needed: the day your source was published, not today."),
    Column("evidence_grade", "Grade (1-6)", "Evidence", 9, choices=("1", "2", "3", "4", "5", "6"),
           hint="1 regulator, court, exchange; 2 owner; 3 funder, contractor; 4 press; 5 another "
                "tracker; 6 inferred. Blank: 4."),
    Column("correction", "Corrects an error?", "Evidence", 11, choices=("yes",),
           hint="yes: the word that stands is wrong, and yours holds against it. Blank: yours is "
                "newer."),
    Column("why", "Remark or quote", "Evidence", 24),
)
_GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Project", ("name", "other_names", "owners", "country", "place", "latitude", "longitude",
                 "location_accuracy")),
    ("Plant", ("sector", "sectors_served", "product", "route", "technology", "scale", "origin")),
    ("Status", ("stage", "activity", "stop_reason", "status_reason")),
    ("Dates", ("announcement_actual_date", "fid_planned_date", "fid_actual_date",
               "construction_start_planned_date", "construction_start_actual_date",
               "operation_planned_date", "operation_actual_date")),
    ("Money", ("capex_announced", "grant_awarded")),
    ("Gates", tuple(f"gate_{name}" for name in GATE_CRITERIA)),
    ("Support", ("support", "support_unit", "note")),
)
_WIDTHS = {"name": 34, "owners": 26, "technology": 22, "status_reason": 28, "note": 28,
           "other_names": 22, "place": 18}
_NO_COLUMN = frozenset({"status_as_published", "references", "inclusion_verdict"})  # a source's own


def sheet_columns(stated: Collection[str], products: Collection[str]) -> tuple[Column, ...]:
    """Ids, name, evidence, then every group.

    `stated`: the fields that some project of the selection states; `products`: theirs. A capacity
    or a further dated milestone has a column where the selection speaks of it.
    """
    capacities = tuple(name for name, product in capacity_fields().items()
                       if name in stated or product in products)
    edited = [_column(name, "Project") for name in ("name",)]
    groups: list[Column] = []
    for group, names in _GROUPS:
        more = tuple(n for n in registry() if n.endswith("_date") and n in stated
                     and n not in names) if group == "Dates" else ()
        if group == "Dates":
            groups += [_column(name, "Capacity") for name in capacities]
        for name in (*names, *more):
            if name != "name":
                groups.append(_column(name, group))
                groups += _beside(name, group)
    return (*IDS[:2], *edited, *EVIDENCE, *IDS[2:], *groups)


@cache
def editable_fields() -> frozenset[str]:
    """Every field that may be edited, in a sheet or by command."""
    return frozenset(name for name in registry() if name not in _NO_COLUMN)


def label_of(spec: Field) -> str:
    """'Capacity, ammonia (t/y)': a field's label with its unit."""
    product = capacity_fields().get(spec.name)
    if product is not None:
        return f"Capacity, {PRODUCTS[product].label} ({spec.unit})"
    words = spec.name.removesuffix("_date").replace("_", " ")
    words = words.replace(" share", "") if spec.unit == "share" else words
    text = words[0].upper() + words[1:]
    unit = {"iso3": "ISO code", "date": "YYYY, -MM, -Qn, -MM-DD", "currency@price_year": "amount",
            "share": "0-1", "level 1-4": "1-4"}.get(spec.unit, spec.unit)
    return f"{text} ({unit})" if unit else text


def _column(name: str, group: str) -> Column:
    spec = field(name)
    width = _WIDTHS.get(name, 14 if spec.type != "text" else 16)
    hint = spec.description
    if name == "stage":
        hint += " A range is written lowest..highest."
    return Column(name, label_of(spec), group, width, name, True, choices(name), hint)


def _beside(name: str, group: str) -> list[Column]:
    """An amount of money has its currency and price year beside it."""
    if field(name).unit != "currency@price_year":
        return []
    label = label_of(field(name)).replace(" (amount)", ", currency@price year")
    return [Column(name + UNIT_OF, label, group, 14, name, True, (), "Such as USD@2023.")]
