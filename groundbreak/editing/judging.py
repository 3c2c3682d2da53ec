"""Judging edits against the register as it stands: accepted, already so, or refused.

Nothing is overwritten: an edit of a cell that somebody else changed since its editor looked is
refused, and so is a word that would not hold against the one that stands.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Literal

import polars as pl

from groundbreak.editing.edits import Edit, Value, claims_of
from groundbreak.editing.values import CLEAR, NOT_APPLICABLE, shown
from groundbreak.history.claims import CELL, conform, live, numbered
from groundbreak.history.order import winners, with_order
from groundbreak.sources.dates import period_end
from groundbreak.vocabulary.fields import field as registered

Verdict = Literal["accepted", "same", "refused"]
Claim = dict[str, Any]  # a row of a frame of claims
Holding = dict[tuple[str, str], Claim]


@dataclass(frozen=True)
class Judged:
    """One edit with its verdict. `old` and `new` as a sheet shows them; `why` names what to do."""

    edit: Edit
    verdict: Verdict
    old: str
    new: str
    why: str = ""


def judge(
    edits: Sequence[Edit], claims: pl.DataFrame, *, newest: date, today: date
) -> list[Judged]:
    """A verdict on every edit, in their order.

    `claims`: all claims of the records that `edits` speak of (more do no harm); `newest`: the day
    as known on which the register is read. Accepted edits come back with their happened dates
    filled in. An edit that says what holds already is 'same'.
    """
    known = max([newest, *(edit.known for edit in edits if edit.known <= today)])
    touched = pl.Series(sorted({edit.record for edit in edits}), dtype=pl.String())
    claims = claims.filter(pl.col("record").is_in(touched.implode()))
    standing = live(claims)
    holding = _holding(standing, known)
    twice = _told_twice(edits)
    first: dict[tuple[str, str], Edit] = {}
    judged = []
    for edit in edits:
        cell = (edit.record, edit.field)
        now = holding.get(cell)
        ready = _ready(edit, now)
        why = twice.get(cell, "") or _impossible(edit, today) or _meanwhile(ready, now, claims)
        same = not why and (_equal(ready, now) or cell in first)
        verdict: Verdict = "refused" if why else "same" if same else "accepted"
        if verdict == "accepted":
            first[cell] = ready
        judged.append(Judged(ready, verdict, _as_text(now), _new_text(ready), why))
    return _only_those_that_hold(judged, standing, known)


def value_of(claim: Claim | None) -> Value | None:
    """The value that a claim states; None for one that states none."""
    if claim is None or claim["kind"] not in ("statement", "correction"):
        return None
    return Value(claim["value_text"], claim["value_number"], claim["value_date"],
                 claim["precision"], claim["unit"])


def claim_text(claim: Claim | None) -> str | float | None:
    """What a sheet shows for the claim that holds a cell."""
    if claim is not None and claim["kind"] == "not_applicable":
        return f"{NOT_APPLICABLE} {claim['raw'] or ''}".strip()
    return shown(claim["field"], value_of(claim)) if claim is not None else None


def by_record(claims: pl.DataFrame) -> dict[str, dict[str, Claim]]:
    """record → field → claim, of claims of which each cell has one."""
    found: dict[str, dict[str, Claim]] = {}
    for row in claims.iter_rows(named=True):
        found.setdefault(row["record"], {})[row["field"]] = row
    return found


# -- what stands -----------------------------------------------------------------------------------
def _holding(standing: pl.DataFrame, known: date) -> Holding:
    held = winners(with_order(standing), known)
    return {(row["record"], row["field"]): row for row in held.iter_rows(named=True)}


def _as_text(claim: Claim | None) -> str:
    text = claim_text(claim)
    unit = claim["unit"] if claim and claim["value_number"] is not None else ""
    return "" if text is None else f"{_number(text)} {unit or ''}".strip()


def _new_text(edit: Edit) -> str:
    if edit.value is None:
        return f"{NOT_APPLICABLE} {edit.reason}" if edit.not_applicable else CLEAR
    text = shown(edit.field, edit.value)
    unit = edit.value.unit or registered(edit.field).unit
    return _number(text) + (f" {unit}" if edit.value.number is not None and unit else "")


def _number(value: str | float | None) -> str:
    return f"{value:,}" if isinstance(value, int | float) else str(value or "")


def _equal(edit: Edit, now: Claim | None) -> bool:
    """Whether the register says just that already."""
    if edit.value is None:
        if edit.not_applicable:
            return now is not None and now["kind"] == "not_applicable" and now["raw"] == edit.reason
        return value_of(now) is None and (now is None or now["kind"] != "not_applicable")
    held = value_of(now)
    if held is None:
        return False
    units = edit.value.unit is None or edit.value.unit == held.unit
    return units and shown(edit.field, held) == shown(edit.field, edit.value)


# -- what speaks against it ------------------------------------------------------------------------
def _told_twice(edits: Sequence[Edit]) -> dict[tuple[str, str], str]:
    """Cells that these edits give different values, each with what to do."""
    places: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
    for edit in edits:
        places[edit.record, edit.field].setdefault(_new_text(edit), edit.place)
    return {
        cell: "given several values at once: " + "; ".join(
            f"{value!r} at {place}" for value, place in told.items()) + ". Accepted: one value"
        for cell, told in places.items() if len(told) > 1
    }


def _impossible(edit: Edit, today: date) -> str:
    if edit.known > today:
        return (f"its source would be of {edit.known}, which is in the future; accepted: a day "
                f"up to {today}")
    value = edit.value
    if value and value.day and edit.field.endswith("_actual_date") and value.day > edit.known:
        return (f"{value.day} is after its source was published ({edit.known}); accepted: a day up "
                "to then, or the planned date")
    return ""


def _meanwhile(edit: Edit, now: Claim | None, claims: pl.DataFrame) -> str:
    """Who changed the cell since the editor looked, or ''."""
    current = now["claim"] if now else 0
    if edit.based_on is None or edit.based_on == current or _equal(edit, now):
        return ""
    seen = claims.filter(pl.col("claim") == edit.based_on).row(0, named=True) if (
        edit.based_on) else None
    if claim_text(seen) == claim_text(now) and _unit(seen) == _unit(now):
        return ""  # said again in the same words
    if now is None:
        return "taken back meanwhile; accepted: a fresh export"
    who = now["publisher"] or now["source"]
    return (f"changed meanwhile to {_as_text(now) or 'blank'!r} by {who} (import {now['release']}, "
            f"known {now['known']}); accepted: a fresh export")


def _unit(claim: Claim | None) -> Any:
    return claim["unit"] if claim is not None and claim["value_number"] is not None else None


# -- when it happened ------------------------------------------------------------------------------
def _ready(edit: Edit, now: Claim | None) -> Edit:
    """The edit with its interval, and no more public than the word that it replaces."""
    if now is not None and now["visibility"] != "public":
        edit = replace(edit, visibility=now["visibility"])
    return _dated(edit, now)


def _dated(edit: Edit, now: Claim | None) -> Edit:
    """The edit with the interval in which what it states came to be so."""
    if edit.happened_latest is not None:
        return edit
    spec = registered(edit.field)
    if spec.kind == "event" and edit.value and edit.value.day:
        last = min(period_end(edit.value.day, edit.value.precision or "day"), edit.known)
        return replace(edit, happened_earliest=min(edit.value.day, last), happened_latest=last)
    if spec.kind == "event":
        return replace(edit, happened_latest=edit.known)
    was = now["happened_latest"] if now else None
    if edit.correction and was is not None:  # it had been so as long as the error stood
        since = now["happened_earliest"] if now else None
        last = min(was, edit.known)
        return replace(edit, happened_earliest=min(since, last) if since else None,
                       happened_latest=last)
    earliest = was + timedelta(days=1) if was is not None and was < edit.known else None
    return replace(edit, happened_latest=edit.known,
                   happened_earliest=earliest if spec.kind == "state" else None)


# -- whether it would hold -------------------------------------------------------------------------
def _only_those_that_hold(
    judged: list[Judged], standing: pl.DataFrame, known: date
) -> list[Judged]:
    """Accepted edits that a stronger word would beat are refused, with that word."""
    taken = [index for index, item in enumerate(judged) if item.verdict == "accepted"]
    if not taken:
        return judged
    new = claims_of([judged[index].edit for index in taken], "")
    highest = standing["claim"].max()
    last = highest if isinstance(highest, int) else 0
    touched = standing.join(new.select(CELL).unique(), on=CELL, how="semi")
    held = _holding(pl.concat([conform(touched), numbered(new, last)]), known)
    result = list(judged)
    for number, index in enumerate(taken, start=last + 1):
        item = judged[index]
        winner = held[item.edit.record, item.edit.field]
        if winner["claim"] != number:
            result[index] = replace(item, verdict="refused", why=_stronger(item.edit, winner))
    return result


def _stronger(edit: Edit, winner: Claim) -> str:
    who = winner["publisher"] or winner["source"]
    told = f"{_as_text(winner)!r} by {who}, grade {winner['grade']}, known {winner['known']}"
    if winner["kind"] == "correction":
        return f"a correction stands against it: {told}; accepted: a correction of your own"
    if registered(edit.field).kind == "event":
        better = f"a source of grade {winner['grade']} or better, published after it"
    else:
        better = f"a source published after {winner['happened_latest'] or winner['known']}"
    return (f"would not hold against {told}; accepted: {better}, or `correction` where that word "
            "is an error")
