"""The bridge in the briefing: what stood, what moved, what stands, and 0 unexplained."""

from __future__ import annotations

from datetime import date
from typing import Any

from groundbreak.measures.bridge import LINES
from groundbreak.measures.combined import STOCKS_OF, Combined, combined
from groundbreak.measures.decisions import decisions
from groundbreak.publishing.briefing.words import say
from groundbreak.reading import Reader, Reading
from groundbreak.vocabulary.translating import day, gettext, number, signed

Block = dict[str, Any]


def bridges(reader: Reader, reading: Reading, opened: date) -> Block:
    """The bridges of the committed and of the announced plants, from `opened` to the reading."""
    found = reader.bridge(opened, reading.known)
    return {"block": "ledgers", "ledgers": [
        _ledger(say("Committed plants"), combined(found, STOCKS_OF["committed"]), reading),
        _ledger(say("Announced plants"), combined(found, STOCKS_OF["announced"]), reading),
    ]}


def _ledger(title: str, whole: Combined, reading: Reading) -> Block:
    rows = [{"number": number(whole.opening), "kind": "total", "text": say(
        "on {day}", day=day(whole.opened))}]
    for line, moved in whole.lines.iter_rows():
        if moved:
            rows.append({"number": signed(moved), "kind": "line",
                         "text": _words(line, whole, reading)})
    rows.append({"number": number(whole.closing), "kind": "total", "text": say(
        "on {day}", day=day(whole.closed))})
    rows.append({"number": number(whole.residual), "kind": "zero", "text": say("unexplained")})
    return {"title": title, "rows": rows}


def _words(line: str, whole: Combined, reading: Reading) -> str:
    """A line in words; decisions told apart as stated and implied."""
    if line != "advanced_in":
        return gettext(LINES[line])
    moved = whole.members.filter(whole.members["line"] == line).select("record")
    kinds = dict(decisions(reading.view).join(moved, on="record", how="semi")
                 .group_by("kind").len().iter_rows())
    return say("reached FID ({stated} stated, {implied} implied)", stated=kinds.get("stated", 0),
               implied=kinds.get("implied", 0))
