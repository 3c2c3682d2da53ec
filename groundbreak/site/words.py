"""Names of the vocabulary as a reader sees them, in the reader's language."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from groundbreak.measures.coverage import CoverageWarning
from groundbreak.vocabulary import countries, translating
from groundbreak.vocabulary.amounts import scaled
from groundbreak.vocabulary.fields import capacity_fields, label, registry
from groundbreak.vocabulary.terms import (
    ACTIVITIES,
    EVIDENCE_GRADES,
    GATE_CRITERIA,
    MILESTONES,
    PRODUCTS,
    ROUTES,
    SCALES,
    SECTORS,
    STAGES,
    STOP_REASONS,
    read_rows,
)
from groundbreak.vocabulary.translating import written

STATUS = {
    "announced": gettext_noop("Announced"), "at_fid": gettext_noop("At FID"),
    "operating": gettext_noop("Operating"), "paused": gettext_noop("Paused"),
    "cancelled": gettext_noop("Cancelled"),
    "stopped": gettext_noop("Stopped (kind not told)"), "closed": gettext_noop("Closed"),
    "lost": gettext_noop("Lost (dropped by its source)"), "merged": gettext_noop("Merged"),
    "signalled": gettext_noop("Signalled"), "no_stage": gettext_noop("No stage stated"),
}
OTHER = {
    "not-stated": gettext_noop("Not stated"), "not stated": gettext_noop("Not stated"),
    "flagship": gettext_noop("Flagship"), "global": gettext_noop("Not a flagship"),
    "below": gettext_noop("below commercial scale"),
    "1-2x": gettext_noop("1–2 × commercial scale"), "2-5x": gettext_noop("2–5 × commercial scale"),
    "over-5x": gettext_noop("over 5 × commercial scale"),
    "new_intervention": gettext_noop("New intervention"), "legacy": gettext_noop("Legacy"),
    "eligible": gettext_noop("Eligible"), "asset_base": gettext_noop("Asset base"),
    "out_of_scope": gettext_noop("Out of scope"), "undecided": gettext_noop("Undecided"),
    "fuel_undecided": gettext_noop("Fuel use undecided"),
    "outside": gettext_noop("Outside the six sectors"),
    "chemicals_shipping": gettext_noop("Chemicals + shipping"), "all": gettext_noop("All sectors"),
}
FACETS = {
    "label": gettext_noop("Status"), "sector": gettext_noop("Sector"),
    "product": gettext_noop("Product"), "route": gettext_noop("Route"),
    "stage": gettext_noop("Stage"), "activity": gettext_noop("Activity"),
    "region": gettext_noop("Region"), "country": gettext_noop("Country"),
    "level": gettext_noop("Level"), "grade": gettext_noop("Evidence"),
    "start": gettext_noop("Start year"), "size": gettext_noop("Size"),
    "source": gettext_noop("Source"), "origin": gettext_noop("Origin"),
    "company": gettext_noop("Company"), "project": gettext_noop("Project"),
}
_LISTS: dict[str, Any] = {
    "sector": SECTORS, "product": PRODUCTS, "route": ROUTES, "activity": ACTIVITIES,
    "grade": EVIDENCE_GRADES, "gate": GATE_CRITERIA, "milestone": MILESTONES, "scale": SCALES,
    "stop_reason": STOP_REASONS,
}


def word(kind: str, name: object) -> str:
    """What a value of the vocabulary is called: `kind` sector, product, label, stage, country …"""
    text = "" if name is None else str(name)
    if not text:
        return ""
    if kind == "label":
        return _(STATUS.get(text, text))
    if kind == "stage":
        return stage(text)
    if kind == "region":
        return _(OTHER.get(text, text))
    if kind == "country":
        return ", ".join(_country(code) for code in text.split(";"))
    if kind == "source":
        return publications().get(text, text)
    if text in _LISTS.get(kind, ()):
        label = _(_LISTS[kind][text].label)
        return label[:1].upper() + label[1:]
    return _(OTHER[text]) if text in OTHER else text


def _country(code: str) -> str:
    try:
        return _(countries.name(code))
    except ValueError:
        return _(OTHER.get(code, code))


def stage(text: str) -> str:
    """'feasibility..feed' → 'Feasibility – FEED / permitting'."""
    low, _dots, high = text.partition("..")
    if low not in STAGES or (high and high not in STAGES):
        return _(OTHER.get(text, text))
    return " – ".join(_(STAGES[name].label) for name in (low, high) if name)


@cache
def publications() -> dict[str, str]:
    """Title of each source by its name."""
    return {row["name"]: row["title"] for row in read_rows("publications.csv")}


def field(name: str) -> str:
    """What a field is called: its name in words, without the unit that ends it."""
    base = name.removesuffix("_date")
    for end, text in _CLOCKS:
        if base.endswith(end):
            return f"{word('milestone', base.removesuffix(end))}, {_(text)}"
    if base.startswith("gate_"):
        return _("Gate: %s") % word("gate", base.removeprefix("gate_"))
    if name in capacity_fields():
        return _("Capacity: %s") % word("product", capacity_fields()[name]).lower()
    return _(label(name))


_CLOCKS = (("_planned", gettext_noop("promised")), ("_actual", gettext_noop("happened")))


def about_field(name: str) -> str:
    """What a field holds, as the data dictionary says."""
    known = registry().get(name)
    return known.description if known else name


_LEVELS = {"stated": gettext_noop("stated"), "substantive": gettext_noop("substantive"),
           "secured": gettext_noop("secured"), "bankable": gettext_noop("bankable")}


def gate_level(name: str) -> str:
    """A gate's level in words."""
    return _(_LEVELS[name])


_FACT_KINDS = {"sector": "sector", "product": "product", "route": "route", "stage": "stage",
               "activity": "activity", "country": "country", "origin": "origin",
               "support": "level", "scale": "scale", "stop_reason": "stop_reason"}
_LONGEST = 240


def fact(name: str, value: str | None) -> str:
    """A fact's value as a table shows it: vocabulary in words, very long texts cut."""
    if value is None:
        return ""
    if name in _FACT_KINDS:
        return word(_FACT_KINDS[name], value)
    if name == "sectors_served":
        return ", ".join(word("sector", part) for part in value.split(";"))
    return value if len(value) <= _LONGEST else value[:_LONGEST].rsplit(" ", 1)[0] + " …"


def day(value: Any) -> str:
    """A date as readers write it: 4 Sep 2026."""
    return translating.day(value, short=True) if value else ""


def amount(number: float | int | None, unit: str = "") -> str:
    """A capacity in a unit that reads well: 2,500,000 t/y → 2.5 Mt/y; 100,000 kW → 100 MW."""
    if number is None:
        return ""
    figure, _blank, scale = scaled(round(number), unit).partition(" ")
    return f"{written(figure)} {_(scale)}".strip() if scale else written(figure)


_CHART_UNITS = {"plants": gettext_noop("plants"), "capacity": gettext_noop("capacity"),
                "money": gettext_noop("money")}


def unit(name: str) -> str:
    """What the unit of a chart is called."""
    return _(_CHART_UNITS[name])


def told_day(text: str) -> str:
    """A date as precisely as it was told: 12 Nov 2026, Nov 2026, 2026-Q1, 2026."""
    try:
        if len(text) == 10:
            return day(date.fromisoformat(text))
        if len(text) == 7 and "Q" not in text:
            return translating.month(date.fromisoformat(f"{text}-01"))
    except ValueError:
        return text
    return text


_COVERAGE = {
    "not_covered": gettext_noop("%(sector)s is not yet covered: %(counted)s counted."),
    "partial": gettext_noop("%(sector)s coverage is partial: %(undecided)s records are undecided "
                            "beside %(counted)s counted."),
}


def coverage_warning(warning: CoverageWarning) -> str:
    """Why a sector's figures need care, as a sentence."""
    return _(_COVERAGE[warning.kind]) % {
        "sector": word("sector", warning.sector), "counted": f"{warning.counted:,}",
        "undecided": f"{warning.undecided:,}"}
