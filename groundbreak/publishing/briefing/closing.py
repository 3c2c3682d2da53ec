"""What a reader needs to check the briefing: the map's key, definitions and sources."""

from __future__ import annotations

from typing import Any

from groundbreak.catalogue.query import Query
from groundbreak.catalogue.table import catalogue
from groundbreak.charts import map as maps
from groundbreak.charts.map_points import placed
from groundbreak.measures import DEFINITION_VERSION
from groundbreak.measures.coverage import sources as used
from groundbreak.measures.freshness import freshness
from groundbreak.publishing.briefing.standing import table
from groundbreak.publishing.briefing.words import Fact, counted, joined, say
from groundbreak.reading import Reading
from groundbreak.vocabulary.translating import day, gettext, noop, number

Block = dict[str, Any]
STATES = {
    "operating": noop("operating"), "legacy": noop("operating, legacy"), "at_fid": noop("at FID"),
    "announced": noop("announced, due by 2030"),
    "announced_later": noop("announced, later or undated"), "paused": noop("paused"),
    "ended": noop("cancelled, closed or lost"), "unclear": noop("stage unclear"),
}
DEFINITIONS = (
    (noop("Counted"), noop(
        "A project counts if its product serves one of the six sectors, its route is on the "
        "sector's low-carbon list, it reaches commercial scale and it is a new intervention. "
        "Legacy plants, whose low-carbon power is older than 2019, are shown and never counted.")),
    (noop("Newly announced"), noop(
        "Three values, never one: announced in the period, with a date; found late, dated earlier "
        "but known only now; and newly listed without a date.")),
    (noop("Progressing towards FID"), noop(
        "Tracker-reported: a source moved the stage up within the period. Evidenced: a gate rose, "
        "proved by a dated document. A project that reaches FID counts there, not here. It is an "
        "activity indicator; that it predicts FIDs is not yet shown.")),
    (noop("Reached FID"), noop(
        "The first unconditional final investment decision of all controlling owners. Stated: a "
        "source says so. Implied: construction or later, where no decision was told. A tracker "
        "that takes a status back corrects it; only an owner, court, lender or the press reports "
        "a reversal.")),
    (noop("Potential CO₂ avoided"), noop(
        "The rate in 2030 and in 2040, and the totals to then. It is not computed in this version, "
        "and no number stands for it.")),
    (noop("Bridge"), noop(
        "What stood, plus and minus every movement that a published fact explains, is what stands. "
        "Each project falls in one line; what is left unexplained must be 0.")),
    (noop("As known on a day"), noop(
        "Only what sources had published by that day. A fact published later changes nothing in "
        "this briefing, even if it speaks of an earlier day.")),
)


# -- the map ---------------------------------------------------------------------------------------
def drawn(reading: Reading) -> Block:
    """The map of the counted projects, with its key."""
    whole = catalogue(reading.view)
    found = placed(whole.select(Query.parse({})).frame, whole.frame)
    chart = maps.chart(found, as_of=reading.view.known, valid=reading.view.valid)
    own, held = found.points.height, int(found.countries["projects"].sum())
    approximate = int(found.points["approximate"].sum())
    states = [{"state": name, "label": gettext(text), "number": number(count)}
              for name, text in STATES.items() if (count := _marked(found, name))]
    about = joined(
        counted("{n} project drawn at a place", "{n} projects drawn at a place", own),
        say("{n} of them approximate", n=approximate),
        counted("{n} with its country", "{n} with their country, where no place is stated", held),
        counted("{n} not drawn", "{n} not drawn", found.nowhere) if found.nowhere else "")
    return {
        "block": "map", "title": say("Where they are"), "about": about, "states": states,
        "svg": Fact(maps.svg(chart, framed=False)),
        "alt": say("World map of {n} counted projects by status.",
                   n=own + held + found.nowhere),
        "disclaimer": say("The boundaries, names and designations used here do not imply official "
                          "endorsement or acceptance."),
    }


def _marked(found: Any, name: str) -> int:
    own = found.points["mark"]
    return int((own == maps.NUMBER[name]).sum()) + int(found.countries[name].sum())


# -- definitions and sources -----------------------------------------------------------------------
def definitions() -> Block:
    """What the words mean, with their version."""
    return {"block": "definitions", "title": say("Definitions"),
            "about": say("Version {version}; the method page has them in full.",
                         version=Fact(DEFINITION_VERSION)),
            "terms": [{"term": gettext(term), "text": gettext(text)}
                      for term, text in DEFINITIONS]}


def sources(reading: Reading) -> Block:
    """The sources, with their newest edition and their licence."""
    rows = []
    for row in used(reading.view).iter_rows(named=True):
        if row["newest"] is None:
            continue
        terms = say("terms confirmed") if row["confirmed"] else say("terms not yet confirmed")
        rows.append([Fact(row["title"]), Fact(row["publisher"] or ""), day(row["newest"],
                     short=True), joined(Fact(row["licence"] or ""), terms),
                     number(row["counted"])])
    young, of = freshness(reading.view)
    note = say("{share} % of the counted projects have evidence younger than 24 months.",
               share=round(100 * young / of)) if of else ""
    return table(say("Sources"),
                 [say("Source"), say("Publisher"), say("Newest"), say("Licence"),
                  say("Counted projects")], rows, numeric=1, note=note,
                 widths=[2.2, 1.8, 1, 1.9, 0.8])
