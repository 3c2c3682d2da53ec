"""The pipeline by sector against its 2030 milestones: in plants, in archetype plants, in money."""

from __future__ import annotations

import polars as pl

from groundbreak.charts.context import ROWS, Context, plural, sector_row
from groundbreak.charts.figure import Figure, Series, Slide
from groundbreak.charts.parameters import Parameter
from groundbreak.charts.rows import Key, Row, Scale, Segment, drawing
from groundbreak.measures.gap import Gap, legacy, milestones

UNIT = Parameter("unit", "what is counted", "plants", ("plants", "capacity", "money"))
SEGMENTS = {
    "operating": ("operating, new", "deep"), "legacy": ("operating, legacy", "hatch"),
    "at_fid": ("at FID", "mid"), "due_2030": ("announced, due by 2030", "light"),
    "later": ("announced, later or undated", "outline"),
}
LINE = "2030 milestone"
SCHEMA: dict[str, pl.DataType] = {
    "sector": pl.String(), "segment": pl.String(), "plants": pl.Int64(), "need_plants": pl.Int64(),
    "share_of_need_percent": pl.Float64(), "note": pl.String(),
}


def plants(about: Context) -> Figure:
    """Five rows as a share of the plants needed by 2030, by how far they have come."""
    found = about.reading.gap()
    table = _table(found, about)
    drawn = table.filter(pl.col("plants").is_not_null())
    subtitle = ("Plants as % of the 2030 milestone, by state; committed of needed at the right")
    if drawn.is_empty():
        return about.nothing("no sector has enough eligible projects to be compared with its "
                             "2030 milestone", table, subtitle)
    shares = _committed(found)
    title, alt = _told(shares, drawn)
    members = found.members.filter(pl.col("rule") == "all_announced")
    old = sum(table.filter(pl.col("segment") == "legacy")["plants"].drop_nulls())
    notes = (f"Legacy ({plural(old, 'plant', 'plants')} operating before 2019) is drawn but counts "
             "towards nothing.",) if old else ()
    return about.figure(
        title=title, subtitle=subtitle, table=table, alt=alt, notes=notes,
        n=members["record"].n_unique(), slide=_slide(table),
        draw=lambda width: drawing(
            _rows(table, shares), [Key(k, *v) for k, v in SEGMENTS.items()], _scale(table), width))


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
                  have[sector, "committed"]["note"]) for name, count in counts.items()]
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


def _told(shares: dict[str, tuple[int, int]], drawn: pl.DataFrame) -> tuple[str, str]:
    """The finding as title, and all rows in words."""
    least = min(shares, key=lambda name: (shares[name][0] / shares[name][1], name))
    have, need = shares[least]
    title = (f"{sector_row(least)} is furthest from its 2030 milestone: "
             f"{have} of {need} plants are committed")
    if len(shares) == 1:
        title = f"{sector_row(least)}: {have} of the {need} plants needed by 2030 are committed"
    told = []
    for sector, (here, wanted) in shares.items():
        mine = {r["segment"]: r["plants"] for r in drawn.filter(
            pl.col("sector") == sector).iter_rows(named=True)}
        told.append(f"{sector_row(sector)} {here} of {wanted} committed, "
                    f"{mine['due_2030']} more announced by 2030, {mine['later']} later or undated")
    return title, f"{title}. {'; '.join(told)}."


def _rows(table: pl.DataFrame, shares: dict[str, tuple[int, int]]) -> list[Row]:
    made = []
    for sector in ROWS:
        mine = table.filter(pl.col("sector") == sector)
        need = mine["need_plants"][0]
        told = milestones()[sector].note
        about = "about " if "about" in told or "by difference" in told else ""
        if sector not in shares:
            made.append(Row(sector_row(sector), f"– of {about}{need}", note=mine["note"][0]))
            continue
        at, pieces = 0.0, []
        for row in mine.iter_rows(named=True):
            pieces.append(Segment(row["segment"], at, at + row["share_of_need_percent"]))
            at += row["share_of_need_percent"]
        made.append(Row(sector_row(sector), f"{shares[sector][0]} of {about}{need}", tuple(pieces)))
    return made


def _scale(table: pl.DataFrame) -> Scale:
    longest = table.group_by("sector").agg(pl.col("share_of_need_percent").sum())
    most = longest["share_of_need_percent"].max()
    high = max(100.0, float(most) if isinstance(most, float) else 0.0)
    ticks = (0.0, 50.0, 100.0, *(t for t in (150.0, 200.0) if t <= high))
    return Scale(0, high * 1.02, ticks, " %", 100, LINE)


def _slide(table: pl.DataFrame) -> Slide:
    return Slide("bars", tuple(map(sector_row, ROWS)), tuple(
        Series(label, tuple(table.filter(pl.col("segment") == name)["share_of_need_percent"]), fill)
        for name, (label, fill) in SEGMENTS.items()), '0"%"')
