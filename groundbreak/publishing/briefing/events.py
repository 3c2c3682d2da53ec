"""What changed, in words: one line a project, the thing that matters most, with who said so."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import polars as pl

from groundbreak.measures.changes import GROUPS
from groundbreak.publishing.briefing import words
from groundbreak.publishing.briefing.words import Fact, counted, joined, say
from groundbreak.vocabulary.fields import capacity_fields
from groundbreak.vocabulary.terms import ACTIVITIES, GATE_CRITERIA, MILESTONES
from groundbreak.vocabulary.translating import day, gettext, month, number

Row = Mapping[str, Any]
Block = dict[str, Any]
TOLD = ("fid", "stopped", "new", "resumed", "moved", "dates", "gates", "capacity", "money")
COUNTED = ("capacity", "money")  # told of one project, only counted where all changes are told


def lines(found: pl.DataFrame, among: pl.DataFrame | None = None) -> list[Block]:
    """One event a project of `found` (measures.changes), weightiest group first, newest first.

    `among` (record) leaves the others out. Keys: group, record, day, name, country, what,
    publisher, link, kind.
    """
    leads = found.filter(pl.col("lead") & pl.col("group").is_in(TOLD))
    if among is not None:
        leads = leads.join(among.select("record"), on="record", how="semi", maintain_order="left")
    ranks = {name: place for place, name in enumerate(TOLD)}
    leads = leads.sort(pl.col("group").replace_strict(ranks, return_dtype=pl.Int64()),
                       pl.coalesce("happened_latest", "known"), "record",
                       descending=[False, True, False])
    return [_event(row) for row in leads.iter_rows(named=True)]


def grouped(events: list[Block], most: int) -> list[Block]:
    """The events by group, `most` a group: title, count, events, more (what is left out)."""
    made = []
    for name in TOLD:
        mine = [event for event in events if event["group"] == name]
        if mine and name not in COUNTED:
            left = len(mine) - most
            made.append({
                "title": gettext(GROUPS[name]), "count": number(len(mine)), "events": mine[:most],
                "more": counted("and {n} more", "and {n} more", left) if left > 0 else ""})
    return made


def beside(events: list[Block]) -> str:
    """How many projects changed in what is not told one by one; '' for none."""
    counts = {name: sum(event["group"] == name for event in events) for name in COUNTED}
    return joined(
        counted("capacity of {n} project", "capacity of {n} projects", counts["capacity"])
        if counts["capacity"] else "",
        counted("announced cost of {n} project", "announced cost of {n} projects", counts["money"])
        if counts["money"] else "")


def _event(row: Row) -> Block:
    place = row["evidence"] or ""
    return {
        "group": row["group"], "record": row["record"],
        "day": _when(row),
        "name": Fact(row["name"]), "country": words.country(row["country"]),
        "what": what(row), "publisher": Fact(row["publisher"]),
        "link": Fact(place) if place.startswith(("https://", "http://")) else "",
        "kind": words.grade(row["grade"]),
    }


def _when(row: Row) -> str:
    """The day, or the month, year or latest day by which something happened; a plan, when told."""
    plan = row["kind"] in ("dates", "money") or row["happened_latest"] is None
    first = row["known"] if plan else row["happened_earliest"]
    last = row["known"] if plan else row["happened_latest"]
    if first == last:
        return day(last, short=True)
    if first is not None and first.day == 1 and (last + timedelta(days=1)).day == 1:
        if (first.year, first.month) == (last.year, last.month):
            return month(last)
        if (first.month, last.month) == (1, 12) and first.year == last.year:
            return Fact(last.year)
    return say("by {day}", day=day(last, short=True))


# -- a change --------------------------------------------------------------------------------------
def what(row: Row) -> str:
    """'Planned operation: 2027 → 2029 (24 months later)'."""
    field, kind = row["field"], row["kind"]
    if row["group"] == "fid" and row["how"] == "implied":
        return say("FID implied: {stage}", stage=words.stage(row["after"])
                   if field == "stage" else words.label(row["label_after"]))
    if row["group"] == "fid":
        return say("FID taken")
    if field == "stage":
        return _moved(words.stage(row["before"]), words.stage(row["after"]), row["before"])
    if field == "activity":
        return _moved(_activity(row["before"]), _activity(row["after"]), row["before"])
    if field in capacity_fields():
        return _named(words.product(capacity_fields()[field]), row, _sized)
    if kind == "gates":
        name = GATE_CRITERIA[field.removeprefix("gate_")].label if (
            field.removeprefix("gate_") in GATE_CRITERIA) else field
        return _named(say("Gate “{name}”", name=gettext(name)), row, _level)
    return _told(row)


def _told(row: Row) -> str:
    field = row["field"]
    if field.endswith("_planned_date"):
        milestone = MILESTONES[field.removesuffix("_planned_date")].label
        said = _named(say("Promised {milestone}", milestone=gettext(milestone)), row, _plain)
        return f"{said} {_slip(row['months'])}".strip()
    if field.endswith("_actual_date"):
        milestone = MILESTONES[field.removesuffix("_actual_date")].label
        return _named(gettext(milestone), row, _plain)
    if field in ("capex_announced", "grant_awarded"):
        name = say("Announced cost") if field == "capex_announced" else say("Grant")
        return _named(name, row, _money)
    return words.label(row["label_after"]) if row["label_after"] else say("Facts changed")


def _named(name: str, row: Row, shown: Any) -> str:
    before, after = shown(row, "before"), shown(row, "after")
    if not after:
        return say("{name}: no longer stated (was {before})", name=name, before=before)
    if not before:
        return say("{name}: {after}", name=name, after=after)
    return say("{name}: {before} → {after}", name=name, before=before, after=after)


def _moved(before: str, after: str, stated: str | None) -> str:
    if not stated:
        return say("Listed as: {stage}", stage=after)
    return say("{before} → {after}", before=before, after=after)


def _activity(name: str | None) -> str:
    return gettext(ACTIVITIES[name].label) if name in ACTIVITIES else gettext("not stated")


def _plain(row: Row, which: str) -> str:
    return Fact(row[which] or "")


def _sized(row: Row, which: str) -> str:
    return words.size(row[f"{which}_number"], row["unit"] or "")


def _level(row: Row, which: str) -> str:
    return say("level {n}", n=Fact(row[which])) if row[which] else ""


def _money(row: Row, which: str) -> str:
    value = row[f"{which}_number"]
    if value is None:
        return ""
    currency, _at, year = (row["unit"] or "").partition("@")
    amount = say("{amount} bn", amount=words.number(value / 1e9, 2)) if abs(value) >= 1e9 else say(
        "{amount} m", amount=words.number(value / 1e6))
    if year:
        return say("{currency} {amount}, prices of {year}", currency=Fact(currency), amount=amount,
                   year=Fact(year))
    return say("{currency} {amount}", currency=Fact(currency), amount=amount)


def _slip(months: int | None) -> str:
    if not months:
        return ""
    if months > 0:
        return counted("({n} month later)", "({n} months later)", months)
    return counted("({n} month earlier)", "({n} months earlier)", -months)
