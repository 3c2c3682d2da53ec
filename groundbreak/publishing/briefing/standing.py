"""Tables of where things stand: sectors, countries, flagships, and the projects of one of them."""

from __future__ import annotations

from typing import Any

import polars as pl

from groundbreak.measures.gap import RULES, milestones
from groundbreak.measures.population import capacity_long, projects
from groundbreak.measures.promises import promised
from groundbreak.publishing.briefing import words
from groundbreak.publishing.briefing.words import Fact, capital, counted, joined, say
from groundbreak.reading import Reading
from groundbreak.vocabulary.translating import gettext, number

Block = dict[str, Any]
MOST_COUNTRIES = 10
ORDER = ("operating", "at_fid", "announced", "paused", "stopped", "cancelled", "closed", "lost",
         "merged", "signalled", "no_stage")
SHOWN = ("announced", "at_fid", "operating")


def table(title: str, heads: list[str], rows: list[list[str]], *, numeric: int, note: str = "",
          widths: list[float] | None = None, total: bool = False) -> Block:
    """A table block; the last `numeric` columns hold numbers, `total` sets the last row apart."""
    return {"block": "table", "title": title, "heads": heads, "rows": rows, "numeric": numeric,
            "note": note, "widths": widths or [], "total": total}


# -- sectors and countries -------------------------------------------------------------------------
def sectors(reading: Reading) -> Block:
    """The rows of the 2030 milestones under the counting rules."""
    figures = {(r["sector"], r["rule"]): r for r in reading.gap().figures.iter_rows(named=True)}
    rules = ("committed", "due_2030", "all_announced")
    rows = []
    for name in milestones():
        mine = [figures[name, rule] for rule in rules]
        rows.append([words.sector(name), number(mine[0]["need"]),
                     *(_count(row["have"]) for row in mine), _count(mine[0]["gap"])])
    return table(
        say("Sectors against their 2030 milestones"),
        [say("Sector"), say("Needed by 2030"), *(capital(gettext(RULES[rule])) for rule in rules),
         say("Missing, committed only")],
        rows, numeric=5, total=True, widths=[1.8, 0.9, 1.3, 1.3, 1.3, 1],
        note=say("Plants. – means not yet covered: fewer than five eligible projects are known."))


def _count(value: int | None) -> str:
    return "–" if value is None else number(value)


def countries(reading: Reading) -> Block:
    """The countries with most counted projects, by public label."""
    each = projects(reading.view).filter("counted").select(
        "record", "label", pl.col("country").str.split(";")).explode("country").drop_nulls()
    wide = each.group_by("country").agg(
        all=pl.len(), **{name: (pl.col("label") == name).sum() for name in SHOWN}
    ).sort("all", "country", descending=[True, False])
    rows = [[words.country(row["country"]), *(number(row[name]) for name in SHOWN),
             number(row["all"])] for row in wide.head(MOST_COUNTRIES).iter_rows(named=True)]
    left = wide.height - MOST_COUNTRIES
    more = counted("{n} more country has counted projects.", "{n} more countries have counted "
                   "projects.", left) if left > 0 else ""
    return table(say("Where most projects are"),
                 [say("Country"), *(words.label(name) for name in SHOWN),
                  say("All counted, other states too")],
                 rows, numeric=4, widths=[2, 1, 1, 1, 1.3],
                 note=" ".join(filter(None, (
                     more, say("A project in two countries stands in both.")))))


def flagships(reading: Reading) -> list[Block]:
    """The directly supported plants on public record, counted or not; none where there is none."""
    frame = projects(reading.view).filter(pl.col("level") == "flagship").sort("name")
    rows = [[Fact(row["name"]), words.country(row["country"]), words.sector(row["sector"]),
             words.label(row["label"]), say("counted") if row["counted"] else say("not counted")]
            for row in frame.iter_rows(named=True)]
    if not rows:
        return []
    return [table(
        say("Flagships on public record"),
        [say("Plant"), say("Country"), say("Sector"), say("Status"), say("In the measures")], rows,
        numeric=0, widths=[2.2, 1.2, 1.3, 1, 1.1],
        note=say("Directly supported plants that are named in public; the aim is 30–40. Support "
                 "is no causal claim, and a plant that is not eligible is listed, not counted."))]


# -- the projects of a sector or a country ---------------------------------------------------------
def listing(
    reading: Reading, chosen: pl.DataFrame, events: list[Block], most: int, *, by: str
) -> list[Block]:
    """A summary line and the projects of `chosen` (rows of population), those furthest on first.

    `most`: how many are listed. `by`: what the reader knows already ('sector' or 'country'), so
    that the other is shown.
    """
    if chosen.is_empty():
        return [{"block": "empty", "text": say("No counted project is known here on this day.")}]
    slips = {row["record"]: row for row in promised(reading.view).projects.iter_rows(named=True)}
    latest = {event["record"]: event for event in reversed(events)}
    order = {name: place for place, name in enumerate(ORDER)}
    shown = chosen.sort(
        pl.col("label").replace_strict(order, default=len(ORDER), return_dtype=pl.Int64()),
        pl.col("name").str.to_lowercase())
    sizes = _sizes(shown)
    rows = []
    for row in shown.head(most).iter_rows(named=True):
        other = words.country(row["country"]) if by == "sector" else words.sector(row["sector"])
        rows.append({
            "name": Fact(row["name"]), "about": joined(other, Fact(row["place"] or "")),
            "label": words.label(row["label"]), "state": row["label"],
            "size": sizes.get(row["record"], ""), **_promise(slips.get(row["record"])),
            "event": latest.get(row["record"]),
        })
    left = shown.height - most
    return [_summary(chosen), {
        "block": "projects", "rows": rows,
        "heads": [say("Project"), say("Status"), say("Capacity"), say("Promised start"),
                  say("Told in the last 12 months, with its source")],
        "quiet": say("nothing reported"),
        "more": counted("{n} more project is on the site.", "{n} more projects are on the site.",
                        left) if left > 0 else ""}]


def _summary(chosen: pl.DataFrame) -> Block:
    """How many stand where, and what capacity is known, product by product."""
    labels = dict(chosen.group_by("label").len().iter_rows())
    facts = [{"label": words.label(name), "value": number(labels.get(name, 0)),
              "more": _capacities(chosen.filter(pl.col("label") == name))} for name in SHOWN]
    other = chosen.height - sum(labels.get(name, 0) for name in SHOWN)
    facts.append({"label": say("Paused, cancelled or other"), "value": number(other), "more": ""})
    return {"block": "facts", "facts": facts}


def _capacities(chosen: pl.DataFrame) -> str:
    """Capacity by product, the largest products first, never summed across them."""
    totals = capacity_long(chosen).group_by("product", "unit").agg(
        pl.col("capacity").sum(), number=pl.len()
    ).sort("number", "product", descending=[True, False])
    return ", ".join(f"{words.product(product)} {words.size(capacity, unit)}"
                     for product, unit, capacity, _ in totals.head(3).iter_rows())


def _sizes(chosen: pl.DataFrame) -> dict[str, str]:
    """The capacity of each record's own product."""
    own = capacity_long(chosen).join(chosen.select("record", "product"), on=["record", "product"])
    return {row["record"]: words.size(row["capacity"], row["unit"])
            for row in own.iter_rows(named=True)}


def _promise(row: dict[str, Any] | None) -> Block:
    """The promised start that holds, and how far it is from the first one."""
    if row is None:
        return {"start": say("none known"), "slip": ""}
    slip = row["slip_months"] or 0
    if slip > 0:
        said = counted("{n} month later", "{n} months later", slip)
    elif slip < 0:
        said = counted("{n} month earlier", "{n} months earlier", -slip)
    else:
        said = say("that date has passed") if row["outcome"] == "overdue" else ""
    return {"start": Fact(row["now_words"] or row["first_words"]), "slip": said}
