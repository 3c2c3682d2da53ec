"""The report of the first term, 2024–2026: four measures, two levels, and what changed."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import polars as pl

from groundbreak.measures.headline import Flows, flows
from groundbreak.measures.periods import TERM_START
from groundbreak.measures.population import projects
from groundbreak.publishing.briefing import words
from groundbreak.publishing.briefing.front import flow_rows
from groundbreak.publishing.briefing.standing import table
from groundbreak.publishing.briefing.words import Fact, say
from groundbreak.reading import Reader, Reading
from groundbreak.vocabulary.translating import day, number

Block = dict[str, Any]
TERM_END = date(2026, 12, 31)
BASELINE = TERM_START - timedelta(days=1)  # what stood when the term began
STOCKS = ("announced", "at_fid", "operating", "paused", "cancelled", "lost")


def last_day(known: date) -> date:
    """The last day of the term that is known on `known`. Raises ValueError before the term."""
    if known < TERM_START:
        raise ValueError(f"the first term began on {TERM_START}, after {known}; accepted: --as-of "
                         "from that day on")
    return min(known, TERM_END)


def measures(reading: Reading) -> Block:
    """The four measures by year and over the term, for all tracked and for the flagships."""
    end = last_day(reading.known)
    years = list(range(TERM_START.year, end.year + 1))
    columns = [flows(reading.scorecard(period=_clipped(year, end))) for year in years]
    whole = flows(reading.scorecard(period=f"{TERM_START}..{end}"))
    unfinished = end < date(end.year, 12, 31)
    heads = [Fact(year) for year in map(str, years)]
    if unfinished:
        heads[-1] = say("{year} so far", year=Fact(years[-1]))
    # A move inside one year may be undone in the next, so that years need not sum to the term.
    return {
        "block": "levels", "title": say("The four measures"),
        "about": say("Projects, by when it happened, as known on {day}. Baseline {baseline}.",
                     day=day(reading.known), baseline=day(TERM_START)),
        "groups": [say("All tracked"), say("Of which flagship")],
        "heads": [*heads, say("Term")],
        "rows": [*_rows([*columns, whole]), _co2(len(columns) + 1)],
        "note": say("Each column is counted on its own: a project that moved in one year and "
                    "reached FID in the next counts as progressing in the first, and as FID in "
                    "the term."),
    }


def _clipped(year: int, end: date) -> str:
    return f"{date(year, 1, 1)}..{min(date(year, 12, 31), end)}"


def _rows(columns: list[Flows]) -> list[Block]:
    made = []
    for place, (text, _, part) in enumerate(flow_rows(columns[0])):
        levels = [flow_rows(column)[place][1] for column in columns]
        made.append({"text": text, "part": part,
                     "tracked": [number(level.tracked) for level in levels],
                     "flagship": [number(level.flagship) for level in levels], "nothing": ""})
    return made


def _co2(columns: int) -> Block:
    return {"text": say("Potential CO₂ avoided"), "part": False, "tracked": [""] * columns,
            "flagship": [""] * columns, "nothing": say("Not yet computed")}


def stocks(reader: Reader, reading: Reading) -> Block:
    """What stood at the baseline, as known then and as now known, and what stands."""
    end = last_day(reading.known)
    then = reader.as_of(BASELINE)
    since = reader.as_of(reading.known, valid=BASELINE)
    now = reading if end == reading.known else reader.as_of(reading.known, valid=end)
    counts = [_counts(view) for view in (then, since, now)]
    rows = [[words.label(name), *(number(count.get((name, "all"), 0)) for count in counts),
             number(counts[-1].get((name, "flagship"), 0))]
            for name in STOCKS if any(count.get((name, "all")) for count in counts)]
    return table(
        say("What stood, and what stands"),
        [say("Status"), say("{day}, as known then", day=day(BASELINE, short=True)),
         say("{day}, as now known", day=day(BASELINE, short=True)),
         day(end, short=True), say("of which flagship")],
        rows, numeric=4, widths=[1.8, 1.2, 1.2, 1, 1],
        note=say("Counted projects. What sources had not published by the baseline was not known "
                 "then."))


def _counts(reading: Reading) -> dict[tuple[str, str], int]:
    counted = projects(reading.view).filter("counted")
    found: dict[tuple[str, str], int] = {}
    for level, frame in (("all", counted),
                         ("flagship", counted.filter(pl.col("level") == "flagship"))):
        for name, count in frame.group_by("label").len().iter_rows():
            found[name, level] = count
    return found


def contributions() -> Block:
    """What the accelerator contributed: not recorded, which is said."""
    return {"block": "prose", "title": say("Contributions and lessons"), "text": say(
        "The accelerator's contributions to these projects are not yet recorded in this register, "
        "with type, date and evidence. None is inferred from support or from timing, so this "
        "report makes no statement on them.")}
