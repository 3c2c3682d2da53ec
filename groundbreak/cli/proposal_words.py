"""Proposals printed: for people at a terminal, as JSON and as CSV; and what became of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

from groundbreak.cli.app import Format
from groundbreak.cli.output import console, emit_json, line, show, table
from groundbreak.proposing.proposal import NEW, Choice, Proposal, to_json

COLUMNS = ("item", "project", "record", "event", "field", "value", "start", "end", "quote", "basis")


def print_all(kept: Sequence[Any], form: Format) -> None:
    """Proposals in review, in the form asked for."""
    if form is Format.json:
        emit_json({"proposals": [_body(one) for one in kept]})
    elif form is Format.csv:
        show(fact_rows(kept), form)
    else:
        for one in kept:
            print_one(one.item, one.proposal, one.source)


def _body(one: Any) -> dict[str, Any]:
    return {"item": one.item, "verdict": one.verdict, "date": str(one.source.told),
            "evidence": one.source.evidence(one.text_sha256), "grade": one.source.grade,
            "publisher": one.source.publisher, "text_sha256": one.text_sha256,
            **to_json(one.proposal)}


def fact_rows(kept: Sequence[Any]) -> pl.DataFrame:
    """One row a fact; a proposal without facts has one row with none."""
    listed = []
    for one in kept:
        p = one.proposal
        head = (one.item, p.name, p.record, p.event)
        facts = [(f.field, f.shown, f.span.start, f.span.end, f.quote, f.basis) for f in p.facts]
        listed += [(*head, *fact) for fact in facts] or [
            (*head, None, None, p.span.start, p.span.end, p.quote, None)]
    whole = {"item", "start", "end"}
    return pl.DataFrame(listed, orient="row", schema={
        name: pl.Int64() if name in whole else pl.String() for name in COLUMNS})


def print_one(item: int, one: Proposal, source: Any) -> None:
    """A proposal for people: what, of whom, on which words, and what stays open."""
    out = console()
    grade = f"grade {source.grade}"
    where = ", ".join(p for p in (source.publisher or source.file, str(source.told), grade) if p)
    for label, words in (
        (f"Item {item}", f"{_project(one)} ({where})"),
        ("Event", f"{one.label or 'open'}: “{one.quote}” ({one.span.start}-{one.span.end})"),
    ):
        out.print(f"{label:<9} {words}", markup=False)
    if one.facts:
        table(pl.DataFrame({
            "field": [f.field for f in one.facts], "value": [f.shown for f in one.facts],
            "at": [f"{f.span.start}-{f.span.end}" for f in one.facts],
            "note": [f.basis for f in one.facts]}))
    for label, points in (("Open", one.open_points), ("Held", one.standing), ("Also", one.also)):
        for point in points:
            out.print(f"{label:<9} {point}", markup=False)
    for number, choice in enumerate(others(one), start=1):
        out.print(f"{number:<9} {choice.name} ({choice.record}), score {choice.score:.0f}",
                  markup=False)


def _project(one: Proposal) -> str:
    if one.record == NEW:
        return f"{one.name}, a new project"
    if one.record is None:
        return "project open"
    known = next((c for c in one.candidates if c.record == one.record), None)
    why = f", score {known.score:.0f}: {', '.join(known.reasons)}" if known else ""
    return f"{one.name} ({one.record}{why})"


def others(one: Proposal) -> list[Choice]:
    """The other records that a digit chooses."""
    return [c for c in one.candidates if c.record != one.record][:9]


def print_written(item: int, done: Any, form: Format) -> None:
    """What was written, and what was refused with the reason."""
    frame = pl.DataFrame(
        [(item, j.edit.record, j.edit.field, j.old, j.new, j.verdict, j.why) for j in done.judged],
        orient="row", schema={"item": pl.Int64(), **dict.fromkeys(
            ("record", "field", "old", "new", "verdict", "why"), pl.String())})
    if form is Format.json:
        emit_json({"item": item, "import": done.written.release, "claims": done.written.claims,
                   "refused": done.refused, "rows": frame.to_dicts()})
    else:
        blank = [name for name in ("old", "why") if (frame[name] == "").all()]
        show(frame.drop("item", *blank) if form is Format.table else frame, form)
    line(f"item {item} accepted: {done.written.claims} claims written, {done.refused} refused; "
         f"undo with: groundbreak undo {done.written.release}", form)


def print_rejected(item: int, reason: str, who: str, form: Format) -> None:
    """That a proposal was rejected, why and by whom."""
    if form is not Format.table:
        show(pl.DataFrame({"item": [item], "verdict": ["rejected"], "reason": [reason],
                           "by": [who]}), form)
    line(f"item {item} rejected", form)
