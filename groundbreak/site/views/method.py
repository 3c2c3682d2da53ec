"""The method: every rule and word behind the figures, each at an address that figures link to."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path
from django.utils.translation import gettext as _

from groundbreak.charts import FIGURES
from groundbreak.measures import DEFINITION_VERSION
from groundbreak.measures.gap import COVERED_FROM, milestones
from groundbreak.site.definitions import LABELS, LINES, MEASURES, RULES, VERDICTS
from groundbreak.site.page import page
from groundbreak.site.words import OTHER, STATUS, word
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
    VOCABULARY_VERSION,
    read_rows,
)

SECTIONS = frozenset({"bridge", "flow", "gap", "promises", "measures", "transitions"})
VERSIONS = (DEFINITION_VERSION,)  # those whose words are kept here; the newest last


@dataclass(frozen=True)
class Entry:
    """A word, where it stands on the page, and what it means."""

    anchor: str
    term: str
    text: str


def method(request: HttpRequest, version: str = DEFINITION_VERSION) -> HttpResponse:
    """All definitions of one version."""
    if version not in VERSIONS:
        raise Http404(_("There are no definitions of that version; there are: %s")
                      % ", ".join(VERSIONS))
    return page(request, "method/method.html", section="method", version=version,
                versions=VERSIONS, vocabulary_version=VOCABULARY_VERSION, **definitions())


def definitions() -> dict[str, Any]:
    """What the page lists, in the reader's language."""
    return {
        "verdicts": [Entry(f"verdict-{name}", _(OTHER[name]), _(text))
                     for name, text in VERDICTS.items()],
        "thresholds": thresholds(),
        "labels": [Entry(name, _(STATUS[name]), _(text)) for name, text in LABELS.items()],
        "measures": [Entry(name, _(term), _(text)) for name, (term, text) in MEASURES.items()],
        "lines": [Entry(f"bridge-{name}", _(term), _(text))
                  for name, (term, text) in LINES.items()],
        "rules": [Entry(f"gap-{name}", name, _(text)) for name, text in RULES.items()],
        "covered_from": COVERED_FROM, "milestones_2030": list(milestones().values()),
        "lists": _lists(), "products": list(PRODUCTS.values()), "routes": list(ROUTES.values()),
        "gates": [(name, _(term.label), _levels(term.definition))
                  for name, term in GATE_CRITERIA.items()],
        "groupings": groupings(),
        "figures": [(f"figure-{name}" if name in SECTIONS else name, kind.title, kind.about,
                     kind.definition) for name, kind in FIGURES.items()],
    }


def _levels(definition: str) -> list[str]:
    """What proves each level of a gate; a dash where nothing does."""
    parts = [part.strip() for part in definition.split("|")]
    return ["–" if part == "-" else _(part) for part in parts]


def _lists() -> list[tuple[str, str, str, list[Entry]]]:
    """Lists of terms: anchor, title, what to know of it, entries."""
    told = (
        ("sector", "sectors", _("Sectors"), "", SECTORS),
        ("stage", "stages", _("Stages"),
         _("Ordinal, from the first to the last. A source's word may span a range."), STAGES),
        ("activity", "activities", _("Activities"), _("Beside the stage, never instead of it."),
         ACTIVITIES),
        ("grade", "grades", _("Evidence grades"), _("1 is best."), EVIDENCE_GRADES),
        ("milestone", "milestones", _("Milestones"),
         _("Each is two dates: planned and actual. A planned date never becomes actual by the "
           "passing of time."), MILESTONES),
        ("reason", "stop-reasons", _("Stop reasons"), "", STOP_REASONS),
        ("scale", "scales", _("Scales"), "", SCALES),
    )
    return [(anchor, title, note, [
        Entry(f"{kind}-{name}", f"{name} · {_(t.label)}" if kind == "grade" else _(t.label),
              "" if t.definition == t.label else _(t.definition)) for name, t in terms.items()])
        for kind, anchor, title, note, terms in told]


def thresholds() -> list[dict[str, str]]:
    """Commercial scale as dated data, in words."""
    text = files("groundbreak.measures").joinpath("thresholds.csv").read_text(encoding="utf-8")
    return [{
        **row, "sector": word("sector", row["sector"]), "product": word("product", row["product"]),
        "route": word("route", row["route"]), "measured_on": word("product", row["measured_on"]),
        "least": f"{int(row['least']):,} {row['unit']}", "note": _(row["note"]) if row["note"]
        else ""} for row in csv.DictReader(text.splitlines())]


def groupings() -> list[dict[str, Any]]:
    """Dated groupings of countries with their members."""
    found: dict[tuple[str, ...], list[str]] = {}
    for row in read_rows("groupings.csv"):
        about = (row["grouping"], row["valid_from"], row["valid_to"], row["source"])
        found.setdefault(about, []).append(row["iso3"])
    seen: set[str] = set()
    made = []
    for (name, first, last, text), codes in found.items():
        anchor = f"grouping-{'-'.join(name.split())}"
        made.append({
            "anchor": f"{anchor}-{first}" if anchor in seen else anchor, "name": name,
            "first": first, "last": last, "text": text,
            "members": ", ".join(word("country", code) for code in codes), "n": len(codes)})
        seen.add(anchor)
    return made


urlpatterns = [
    path("method/", method, name="method"),
    path("method/<str:version>/", method, name="method_version"),
]
