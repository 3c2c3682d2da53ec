"""`python -m groundbreak.vocabulary` prints the data dictionary as Markdown.

The page is made of the field registry and the lists beside this module alone, so that it cannot
say anything else than they do.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from groundbreak.vocabulary import countries
from groundbreak.vocabulary.fields import REGISTRY_VERSION, registry
from groundbreak.vocabulary.terms import VOCABULARY_VERSION, read_rows

HEAD = f"""# Data dictionary

Field registry version {REGISTRY_VERSION}, vocabulary version {VOCABULARY_VERSION}. This page is
printed by `python -m groundbreak.vocabulary`. Change the registry
(`groundbreak/vocabulary/fields.py`) or a list (`groundbreak/vocabulary/*.csv`), then run
`make docs`.

## Fields

Every fact in the register is a claim on one of these fields of one record. A name ends in its unit.
*Kind* says by which rule one claim outranks another (see [two-clocks.md](two-clocks.md)): a *state*
holds from the day it is told to have been so, a *plan* from the day it was stated, an *event* for
all time.
"""
LISTS: dict[str, tuple[str, str]] = {
    "sectors": ("Sectors", ""),
    "products": ("Products", "Capacities are whole numbers of the base unit. The archetype is the "
                 "plant by which capacities of one sector are made comparable."),
    "routes": ("Routes", "*Standing*: `low_carbon` is on its sector's list; `host` is a "
               "conventional plant (asset base); `not_counted` is out of scope; `unknown` leaves "
               "the verdict open."),
    "stages": ("Stages", "Ordinal, from the first to the last. A source's word may span a range, "
               "written `lowest..highest`."),
    "activities": ("Activities", "Beside the stage, never instead of it."),
    "stop_reasons": ("Stop reasons", ""),
    "scales": ("Scales", ""),
    "milestones": ("Milestones", "Each is two fields: `NAME_planned_date` and `NAME_actual_date`."),
    "gate_criteria": ("Gate criteria", "Four levels, each proved by one dated document: 1 stated, "
                      "2 substantive, 3 secured, 4 bankable. The definitions give them in order, "
                      "parted by a bar. Levels are never added up."),
    "barriers": ("Barriers", ""),
    "evidence_grades": ("Evidence grades", "1 is best."),
    "publications": ("Sources", "See [sources.md](sources.md)."),
}
UNIT_KINDS = {
    "unit": "Units: `term` times `factor` is in `means`",
    "flow": "From a unit and a period to the unit that is summed",
    "density": "Densities in kg/L, where a volume becomes a mass",
    "ambiguous": "Words with more than one reading: never converted, always a finding",
    "scale": "Words of number",
    "period": "Words of time",
    "gas": "Substances that are gases",
    "substance": "Words for substances",
    "role": "Words that say what a size is of",
    "remark": "Words kept as a remark",
    "ignored": "Words that change nothing",
}


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [columns, ["---"] * len(columns), *rows]
    return "\n".join("| " + " | ".join(_cell(text) for text in row) + " |" for row in lines)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def fields() -> str:
    """The field registry."""
    return table(("field", "type", "unit", "kind", "what it is"), [
        (f"`{f.name}`", f.type, f.unit, f.kind, f.description) for f in registry().values()])


def listed(name: str) -> str:
    """One list with its heading, as its CSV has it."""
    title, note = LISTS[name]
    rows = read_rows(f"{name}.csv")
    columns = list(rows[0])
    body = table([c.replace("_", " ") for c in columns],
                 [[f"`{row['name']}`", *(row[c] for c in columns[1:])] for row in rows])
    head = f"## {title}\n\n" + (f"{note}\n\n" if note else "")
    return f"{head}{body}\n\nFrom `groundbreak/vocabulary/{name}.csv`."


def groupings() -> str:
    """Dated groupings and their members."""
    found: dict[tuple[str, ...], list[str]] = {}
    for row in read_rows("groupings.csv"):
        about = tuple(row[c] for c in ("grouping", "valid_from", "valid_to", "source"))
        found.setdefault(about, []).append(row["iso3"])
    body = table(("grouping", "from", "to", "members", "what it is"), [
        (name, first, last, str(len(members)), text)
        for (name, first, last, text), members in found.items()])
    return (
        "## Countries and groupings\n\n"
        f"{len(countries.all_countries())} countries with their ISO 3166-1 codes, short UN names "
        "and UN M49 regions stand in `groundbreak/vocabulary/countries.csv`, the spellings that "
        "real files use in `country_spellings.csv`, members of each grouping in `groupings.csv`. "
        f"Every M49 region and sub-region is a grouping too. A blank date is an open end.\n\n{body}"
    )


def units() -> str:
    """Every unit with its factor and where the factor comes from."""
    pieces = ["## Units\n\nFrom `groundbreak/vocabulary/units.csv`. Spellings of one unit are "
              "parted by a bar."]
    for kind, title in UNIT_KINDS.items():
        rows = [row for row in read_rows("units.csv") if row["kind"] == kind]
        used = [c for c in ("term", "means", "factor", "per", "note", "source")
                if any(row[c] for row in rows)]
        pieces.append(f"### {title}\n\n" + table(used, [[row[c] for c in used] for row in rows]))
    return "\n\n".join(pieces)


def markdown() -> str:
    """The whole page."""
    lists = "\n\n".join(listed(name) for name in LISTS)
    return f"{HEAD}\n{fields()}\n\n{lists}\n\n{groupings()}\n\n{units()}\n"


if __name__ == "__main__":
    print(markdown(), end="")
