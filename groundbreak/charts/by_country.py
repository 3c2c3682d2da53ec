"""Where the counted projects stand: the countries with most of them, by public label."""

from __future__ import annotations

import polars as pl

from groundbreak.charts.context import Context, label, some_projects
from groundbreak.charts.figure import Figure, Series, Slide
from groundbreak.charts.parameters import whole
from groundbreak.charts.rows import Key, Row, Scale, drawing, named, round_ticks, stacked
from groundbreak.vocabulary import countries
from groundbreak.vocabulary.translating import gettext, number

TOP = whole("top", "how many countries are drawn", 12, 3, 40)
LABELS = {"operating": "deep", "at_fid": "mid", "announced": "light"}


def draw(about: Context) -> Figure:
    """Rows of the first countries; a project in two countries counts in both."""
    table = _table(about)
    subtitle = gettext("Projects by status; at the right: committed of all drawn")
    if table.is_empty():
        return about.nothing(gettext("no counted project is announced, at FID or operating"),
                             table.head(0), subtitle)
    stated = table.filter(pl.col("country") != "not stated")
    shown = stated.head(about.values["top"])
    if shown.is_empty():
        return about.nothing(gettext("no counted project states its country"), table, subtitle)
    first = shown.row(0, named=True)
    title = gettext("{country} has most tracked projects: {all}, of which {committed} "
                    "committed").format(
        country=_name(first["country"]), all=number(first["projects"]),
        committed=number(first["operating"] + first["at_fid"]))
    notes = []
    rest = stated.height - shown.height
    if rest:
        notes.append(gettext("{more} more countries have {projects} or fewer each.").format(
            more=number(rest), projects=some_projects(stated["projects"][shown.height])))
    nowhere = int(table.filter(pl.col("country") == "not stated")["projects"].sum())
    if nowhere:
        notes.append(gettext("Country not stated: {projects}.").format(
            projects=some_projects(nowhere)))
    rows = [Row(_name(r["country"]),
                gettext("{committed} of {all}").format(
                    committed=number(r["operating"] + r["at_fid"]), all=number(r["projects"])),
                stacked((name, r[name]) for name in LABELS))
            for r in shown.iter_rows(named=True)]
    told = "; ".join(f"{row.label} {some_projects(r['projects'])}" for row, r in
                     zip(rows, shown.iter_rows(named=True), strict=True))
    most = first["projects"]
    return about.figure(
        title=title, subtitle=subtitle, table=table, notes=tuple(notes),
        n=about.counted.filter(pl.col("label").is_in(list(LABELS))).height,
        alt=f"{title}. {told}.",
        slide=Slide("bars", named(rows), tuple(
            Series(label(name), tuple(map(float, shown[name])), fill)
            for name, fill in LABELS.items())),
        draw=lambda width: drawing(
            rows, [Key(name, label(name), fill) for name, fill in LABELS.items()],
            Scale(0, most * 1.02, round_ticks(most)), width))


def _table(about: Context) -> pl.DataFrame:
    """country (iso3 or 'not stated'), operating, at_fid, announced, projects: most first."""
    figures = about.reading.scorecard(by="country").figures.filter(
        (pl.col("level") == "all") & (pl.col("group") != "all")
        & pl.col("measure").is_in(list(LABELS)))
    rows = figures.group_by("group").agg(
        *(pl.col("value").filter(pl.col("measure") == name).sum().alias(name) for name in LABELS))
    return rows.select(
        country="group", operating="operating", at_fid="at_fid", announced="announced",
        projects=pl.sum_horizontal(*LABELS)).filter(pl.col("projects") > 0).sort(
        pl.col("projects"), "country", descending=[True, False])


def _name(code: str) -> str:
    try:
        return countries.name(code)
    except ValueError:
        return code
