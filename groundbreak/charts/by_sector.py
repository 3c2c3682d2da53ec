"""The pipeline by sector against its 2030 milestones, in plants."""

from __future__ import annotations

import polars as pl

from groundbreak.charts.context import ROWS, Context, sector_row
from groundbreak.charts.figure import Figure, Series, Slide
from groundbreak.charts.rows import Key, Row, Scale, drawing, named, stacked
from groundbreak.measures.gap import Gap, legacy, milestones
from groundbreak.vocabulary.translating import gettext, ngettext, noop, number

SEGMENTS = {
    "operating": (noop("operating, new"), "deep"), "legacy": (noop("operating, legacy"), "hatch"),
    "at_fid": (noop("at FID"), "mid"), "due_2030": (noop("announced, due by 2030"), "light"),
    "later": (noop("announced, later or undated"), "outline"),
}
SCHEMA: dict[str, pl.DataType] = {
    "sector": pl.String(), "segment": pl.String(), "plants": pl.Int64(), "need_plants": pl.Int64(),
    "share_of_need_percent": pl.Float64(), "note": pl.String(),
}


def draw(about: Context) -> Figure:
    """Five rows as a share of the plants needed by 2030, by how far they have come."""
    found = about.reading.gap()
    table = _table(found, about)
    subtitle = gettext("Plants as % of the 2030 milestone, by state; at the right: committed of "
                       "needed")
    shares = _committed(found)
    if not shares:
        return about.nothing(gettext("no sector has enough eligible projects yet to be compared "
                                     "with its 2030 milestone"), table, subtitle)
    title, alt = _told(shares, table)
    members = found.members.filter(pl.col("rule") == "all_announced")
    old = int(table.filter(pl.col("segment") == "legacy")["plants"].sum())
    notes = (ngettext(
        "Legacy ({n} plant of before the base date) is drawn but counts towards nothing.",
        "Legacy ({n} plants of before the base date) is drawn but counts towards nothing.",
        old).format(n=number(old)),) if old else ()
    return about.figure(
        title=title, subtitle=subtitle, table=table, alt=alt, notes=notes,
        n=members["record"].n_unique(), slide=_slide(table, _rows(table, shares)),
        draw=lambda width: drawing(
            _rows(table, shares), [Key(name, gettext(said), fill)
                                   for name, (said, fill) in SEGMENTS.items()],
            _scale(table), width))


def _table(found: Gap, about: Context) -> pl.DataFrame:
    """SCHEMA: a row a sector and segment; null where the sector is not yet covered."""
    have = {(r["sector"], r["rule"]): r for r in found.figures.iter_rows(named=True)}
    states = _by_state(found, about)
    standing = dict(legacy(about.reading.view).group_by("sector").len().iter_rows())
    rows = []
    for sector in ROWS:
        need = milestones()[sector].plants
        committed, due, every = (have[sector, rule]["have"] for rule in
                                 ("committed", "due_2030", "all_announced"))
        if committed is None:
            counts: dict[str, int | None] = dict.fromkeys(SEGMENTS)
        else:
            counts = {"operating": states.get((sector, "operating"), 0),
                      "legacy": standing.get(sector, 0),
                      "at_fid": states.get((sector, "at_fid"), 0),
                      "due_2030": due - committed, "later": every - due}
        rows += [(sector, name, count, need, None if count is None else 100 * count / need,
                  have[sector, "committed"]["note"] if count is None else "")
                 for name, count in counts.items()]
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def _by_state(found: Gap, about: Context) -> dict[tuple[str, str], int]:
    """How many of the committed are at FID and how many operate, by sector row."""
    counted = found.members.filter(pl.col("rule") == "committed").join(
        about.counted.select("record", "label"), on="record").group_by("sector", "label").len()
    return {(sector, label): number for sector, label, number in counted.iter_rows()}


def _committed(found: Gap) -> dict[str, tuple[int, int]]:
    """have, need of the covered rows, committed only."""
    rows = found.figures.filter((pl.col("rule") == "committed") & pl.col("have").is_not_null()
                                & pl.col("sector").is_in(ROWS))
    return {r["sector"]: (r["have"], r["need"]) for r in rows.iter_rows(named=True)}


def _told(shares: dict[str, tuple[int, int]], table: pl.DataFrame) -> tuple[str, str]:
    """The finding as title, and all rows in words."""
    least = min(shares, key=lambda name: (shares[name][0] / shares[name][1], name))
    have, need = shares[least]
    finding = (
        gettext("{sector} is furthest from its 2030 milestone: {have} of {need} plants are "
                "committed") if len(shares) > 1 else
        gettext("{sector}: {have} of the {need} plants needed by 2030 are committed"))
    title = finding.format(sector=sector_row(least), have=number(have), need=number(need))
    told = []
    for sector, (here, wanted) in shares.items():
        counts = {row["segment"]: row["plants"] for row in table.filter(
            pl.col("sector") == sector).iter_rows(named=True)}
        told.append(gettext(
            "{sector}: {have} of {need} committed, {due} more announced for 2030 or before, "
            "{later} later or undated.").format(
            sector=sector_row(sector), have=number(here), need=number(wanted),
            due=number(counts["due_2030"]), later=number(counts["later"])))
    return title, f"{title}. {' '.join(told)}"


def of_needed(sector: str, have: str) -> str:
    """'13 of about 300': what there is of a row's milestone, which may be a round number."""
    milestone = milestones()[sector]
    rounded = any(word in milestone.note for word in ("about", "by difference"))
    said = gettext("{have} of about {need}") if rounded else gettext("{have} of {need}")
    return said.format(have=have, need=number(milestone.plants))


def _rows(table: pl.DataFrame, shares: dict[str, tuple[int, int]]) -> list[Row]:
    made = []
    for sector in ROWS:
        mine = table.filter(pl.col("sector") == sector)
        if sector not in shares:
            made.append(Row(sector_row(sector), of_needed(sector, "–"),
                            note=gettext(mine["note"][0])))
            continue
        made.append(Row(sector_row(sector), of_needed(sector, number(shares[sector][0])),
                        stacked(mine.select("segment", "share_of_need_percent").iter_rows())))
    return made


def _scale(table: pl.DataFrame) -> Scale:
    longest = table.group_by("sector").agg(pl.col("share_of_need_percent").sum())
    most = longest["share_of_need_percent"].max()
    high = max(100.0, float(most) if isinstance(most, float) else 0.0)
    ticks = (0.0, 50.0, 100.0, *(t for t in (150.0, 200.0) if t <= high))
    return Scale(0, high * 1.02, ticks, " %", 100, gettext("2030 milestone"))


def _slide(table: pl.DataFrame, rows: list[Row]) -> Slide:
    return Slide("bars", named(rows), tuple(
        Series(gettext(said),
               tuple(table.filter(pl.col("segment") == name)["share_of_need_percent"]), fill)
        for name, (said, fill) in SEGMENTS.items()), '0"%"', 100)
