"""The first page: the sentence, the four measures and the pipeline against its milestones."""

from __future__ import annotations

from typing import Any

import polars as pl

from groundbreak import charts
from groundbreak.measures.gap import milestones
from groundbreak.measures.headline import Flows, Headline, Level, headline
from groundbreak.publishing.briefing import words
from groundbreak.publishing.briefing.words import counted, emphasised, say
from groundbreak.reading import Reader, Reading
from groundbreak.vocabulary.translating import gettext, noop, number

Block = dict[str, Any]
SEGMENTS = {
    "operating": noop("operating, new"), "legacy": noop("operating, legacy"),
    "at_fid": noop("at FID"), "due_2030": noop("announced, due by 2030"),
    "later": noop("announced, later or undated"),
}
ROWS = tuple(name for name in milestones() if name != "all")


def front(reader: Reader, reading: Reading) -> list[Block]:
    """The blocks of the first page."""
    top = headline(reading.view)
    return [_sentence(top), _cards(top), _bars(reader, reading)]


# -- the sentence ----------------------------------------------------------------------------------
def _sentence(top: Headline) -> Block:
    if top.needed is None:
        pieces = emphasised("{committed} clean industrial plants are committed; {announced} are "
                            "announced. How many more are needed by 2030 is not yet covered.",
                            committed=top.committed, announced=top.announced)
    else:
        pieces = emphasised("{committed} clean industrial plants are committed. At least {needed} "
                            "more are needed by 2030; {announced} are announced.",
                            committed=top.committed, needed=top.needed, announced=top.announced)
    rule = " ".join((
        say("Committed = final investment decision taken, or operating."),
        counted("{n} legacy plant beside them is not counted.",
                "{n} legacy plants beside them are not counted.", top.legacy),
        say("Counting rule: committed only, of {need} plants needed.", need=top.need)))
    return {"block": "sentence", "pieces": pieces, "rule": rule}


# -- the four measures -----------------------------------------------------------------------------
def _cards(top: Headline) -> Block:
    term, year = top.shown, top.year
    none = say("of which flagship: none found in public sources")
    return {"block": "cards", "cards": [
        _card(top, say("Newly announced"), term.announced, year.announced,
              say("of which flagship {n}", n=term.announced.flagship),
              say("+{late} found late, {undated} undated", late=term.found_late.tracked,
                  undated=term.undated.tracked)),
        _card(top, say("Progressing towards FID"), term.progressing, year.progressing,
              say("flagships: {n} of {all}, evidenced", n=term.evidenced.flagship,
                  all=top.flagships),
              say("Tracker-reported; evidenced for {k} of {n} assessed; predictive value not yet "
                  "shown", k=term.evidenced.tracked, n=term.assessed)),
        _card(top, say("Reached FID"), term.fid, year.fid,
              say("of which flagship {n}", n=term.fid.flagship) if term.fid.flagship else none,
              say("{stated} stated, {implied} implied; {reversed} reversed",
                  stated=term.fid_stated.tracked, implied=term.fid_implied.tracked,
                  reversed=term.reversed.tracked)),
        {"label": say("Potential CO₂ avoided"), "number": "", "nothing": say("Not yet computed"),
         "level": say("Mt a year in 2030 and in 2040, as potential and as expected"),
         "periods": [], "caveat": say("Computed for 0 of {n}", n=top.counted)},
    ]}


def _card(top: Headline, label: str, term: Level, year: Level, level: str, caveat: str) -> Block:
    since = [say("since Jan 2024 {n}", n=term.tracked)] if top.begun else []
    return {"label": label, "number": number(term.tracked), "nothing": "", "level": level,
            "periods": [say("last 12 months {n}", n=year.tracked), *since],
            "caveat": caveat}


def flow_rows(flows: Flows) -> list[tuple[str, Level, bool]]:
    """The four measures as rows of a table: what, how many, whether it is a part of the above."""
    return [
        (say("Newly announced, dated in the period"), flows.announced, False),
        (say("found late, known only now"), flows.found_late, True),
        (say("newly listed, announcement undated"), flows.undated, True),
        (say("Progressing towards FID, tracker-reported"), flows.progressing, False),
        (say("evidenced, by dated documents"), flows.evidenced, True),
        (say("Reached FID"), flows.fid, False),
        (say("stated"), flows.fid_stated, True),
        (say("implied by construction or later"), flows.fid_implied, True),
        (say("Reversed"), flows.reversed, False),
    ]


# -- the pipeline by sector ------------------------------------------------------------------------
def _bars(reader: Reader, reading: Reading) -> Block:
    """The figure pipeline-by-sector: its numbers, drawn with the page's own letters."""
    figure = charts.figure("pipeline-by-sector", reader, reading)
    rows = [_bar(name, figure.table.filter(pl.col("sector") == name)) for name in ROWS]
    covered = [row for row in rows if row["segments"] or not row["note"]]
    title = _finding(covered) if covered else say("No sector is covered well enough to compare")
    longest = max([100.0, *(sum(s["share"] for s in row["segments"]) for row in covered)])
    return {"block": "bars", "title": title,
            "subtitle": say("Plants as % of the 2030 milestone; committed of needed at the end of "
                            "each line"),
            "rows": rows, "longest": longest, "line": say("2030 milestone"),
            "key": [{"segment": name, "label": gettext(text)} for name, text in SEGMENTS.items()]}


def _bar(sector: str, mine: pl.DataFrame) -> Block:
    counts = dict(mine.select("segment", "plants").iter_rows())
    need = milestones()[sector].plants
    row: Block = {"sector": words.sector(sector), "have": 0, "need": need, "segments": []}
    about = "about" in milestones()[sector].note or "difference" in milestones()[sector].note
    if counts["at_fid"] is None:
        return {**row, "said": _of("–", need, about), "note": say("not yet covered")}
    have = counts["at_fid"] + counts["operating"]
    return {**row, "have": have, "said": _of(number(have), need, about), "note": "", "segments": [
        {"segment": name, "share": 100 * counts[name] / need} for name in SEGMENTS
        if counts[name]]}


def _of(have: str, need: int, about: bool) -> str:
    if about:
        return say("{have} of about {need}", have=have, need=need)
    return say("{have} of {need}", have=have, need=need)


def _finding(rows: list[Block]) -> str:
    """Which sector is furthest from its milestone."""
    least = min(rows, key=lambda row: (row["have"] / row["need"], row["sector"]))
    return say("{sector} is furthest from its 2030 milestone: {have} of {need} plants are "
               "committed", sector=least["sector"], have=least["have"], need=least["need"])
