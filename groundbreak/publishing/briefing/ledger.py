"""The bridge in the briefing: what stood, what moved, what stands, and 0 unexplained."""

from __future__ import annotations

from datetime import date
from typing import Any

from groundbreak.measures.combined import STOCKS_OF, Combined, combined, line_words
from groundbreak.publishing.briefing.words import say
from groundbreak.reading import Reader, Reading
from groundbreak.vocabulary.translating import day, number, signed

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
                         "text": line_words(line, whole, reading.view)})
    rows.append({"number": number(whole.closing), "kind": "total", "text": say(
        "on {day}", day=day(whole.closed))})
    rows.append({"number": number(whole.residual), "kind": "zero", "text": say("unexplained")})
    return {"title": title, "rows": rows}
