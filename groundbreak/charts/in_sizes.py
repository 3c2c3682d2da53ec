"""The pipeline by sector in archetype plants: capacity divided by a typical plant's."""

from __future__ import annotations

import polars as pl

from groundbreak.charts.by_sector import of_needed
from groundbreak.charts.context import ROWS, Context, sector_row, some_projects
from groundbreak.charts.figure import Figure, Series, Slide
from groundbreak.charts.rows import Key, Row, Scale, drawing, named, stacked
from groundbreak.measures.gap import milestones
from groundbreak.vocabulary.terms import PRODUCTS
from groundbreak.vocabulary.translating import gettext, noop, number

SEGMENTS = {
    "committed": (noop("at FID or operating"), "mid"),
    "due_2030": (noop("announced, due by 2030"), "light"),
    "later": (noop("announced, later or undated"), "outline"),
}
SCHEMA: dict[str, pl.DataType] = {
    "sector": pl.String(), "segment": pl.String(), "archetype_plants": pl.Float64(),
    "need_plants": pl.Int64(), "share_of_need_percent": pl.Float64(),
}
ARCHETYPES = {p.name: p for p in PRODUCTS.values() if p.archetype_t_per_year is not None}


def draw(about: Context) -> Figure:
    """Rows as a share of the 2030 milestone; a sector without such capacities is not computed."""
    table = _table(about)
    subtitle = gettext("Capacity in archetype plants as % of the 2030 milestone in plants")
    have = dict(table.filter(pl.col("segment") == "committed").drop_nulls("archetype_plants")
                .select("sector", "archetype_plants").iter_rows())
    if not have:
        return about.nothing(gettext("no project with an archetype plant states its capacity"),
                             table, subtitle)
    sized = _sized(about)
    most = max(have, key=lambda sector: (have[sector] / milestones()[sector].plants, sector))
    title = gettext("Measured by size, {sector} is nearest its milestone: {have} typical plants "
                    "of {need} are committed").format(
        sector=sector_row(most).lower(), have=number(have[most], 1),
        need=number(milestones()[most].plants))
    return about.figure(
        title=title, subtitle=subtitle, table=table, n=sized, notes=_notes(about, sized),
        alt=f"{title}. " + " ".join(gettext("{sector}: {have} of {need}.").format(
            sector=sector_row(sector), have=number(value, 1),
            need=number(milestones()[sector].plants)) for sector, value in have.items()),
        slide=_slide(table, _rows(table, have)),
        draw=lambda width: drawing(
            _rows(table, have), [Key(name, gettext(said), fill)
                                 for name, (said, fill) in SEGMENTS.items()],
            Scale(0, 102, (0, 50, 100), " %", 100, gettext("2030 milestone")), width))


def _table(about: Context) -> pl.DataFrame:
    """SCHEMA: a row a sector and segment; null where nothing was measured."""
    found = about.reading.gap().archetypes.group_by("sector", "rule").agg(pl.col("plants").sum())
    plants = {(sector, rule): value for sector, rule, value in found.iter_rows()}
    rows = []
    for sector in ROWS:
        need = milestones()[sector].plants
        whole = plants.get((sector, "all_announced"))
        committed = plants.get((sector, "committed"), 0.0)
        due = plants.get((sector, "due_2030"), 0.0)
        values = {"committed": committed, "due_2030": due - committed,
                  "later": (whole or 0.0) - due}
        rows += [(sector, name, None if whole is None else value, need,
                  None if whole is None else 100 * value / need)
                 for name, value in values.items()]
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def _sized(about: Context) -> int:
    """How many of the counted projects have an archetype product and state its capacity."""
    stated = [(pl.col("product") == p.name) & pl.col(p.capacity_field).is_not_null()
              for p in ARCHETYPES.values()]
    members = about.reading.gap().members.filter(pl.col("rule") == "all_announced")
    return about.counted.filter(pl.any_horizontal(stated)).join(
        members, on="record", how="semi").height


def _notes(about: Context, sized: int) -> tuple[str, ...]:
    members = about.reading.gap().members.filter(pl.col("rule") == "all_announced")
    typical = ", ".join(f"{gettext(p.label)} {number(p.archetype_t_per_year / 1e6, 2)}"
                        for p in ARCHETYPES.values() if p.archetype_t_per_year)
    return (
        gettext("A typical plant, in Mt a year: {typical}. Other products are not in it.").format(
            typical=typical),
        gettext("Computed for {sized} of {all}.").format(
            sized=number(sized), all=some_projects(members["record"].n_unique())))


def _rows(table: pl.DataFrame, have: dict[str, float]) -> list[Row]:
    made = []
    for sector in ROWS:
        if sector not in have:
            made.append(Row(sector_row(sector), of_needed(sector, "–"),
                            note=gettext("not computed")))
            continue
        mine = table.filter(pl.col("sector") == sector)
        made.append(Row(sector_row(sector), of_needed(sector, number(have[sector], 1)),
                        stacked(mine.select("segment", "share_of_need_percent").iter_rows())))
    return made


def _slide(table: pl.DataFrame, rows: list[Row]) -> Slide:
    return Slide("bars", named(rows), tuple(
        Series(gettext(said),
               tuple(table.filter(pl.col("segment") == name)["share_of_need_percent"]), fill)
        for name, (said, fill) in SEGMENTS.items()), '0"%"', 100)
