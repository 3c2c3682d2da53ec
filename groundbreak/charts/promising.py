"""Promised against actual: what was to operate by each year, and how far starts have slipped."""

from __future__ import annotations

from datetime import date

import polars as pl

from groundbreak.charts.context import Context, sector_row, some_projects
from groundbreak.charts.figure import Figure, Series, Slide
from groundbreak.charts.parameters import Parameter
from groundbreak.charts.rows import Key, Row, Scale, drawing, named, round_ticks, stacked
from groundbreak.measures.gap import JOINT_ROW
from groundbreak.measures.promises import BASES, OUTCOMES, Promises, promised
from groundbreak.vocabulary.translating import gettext, ngettext, noop, number

BASIS = Parameter("basis", "which promise counts", "first", tuple(BASES))
BACK, AHEAD = 6, 4  # years before and after the day of the figure that are drawn
FILLS = {"operating": "deep", "late": "mid", "stopped": "muted", "unknown": "rule",
         "promised_later": "promise", "not_due": "outline"}
SLIPS = {  # months of delay, from and up to
    noop("Earlier or as promised"): (-10_000, 0), noop("Up to 1 year later"): (1, 12),
    noop("1 to 2 years later"): (13, 24), noop("2 to 3 years later"): (25, 36),
    noop("3 to 5 years later"): (37, 60), noop("More than 5 years later"): (61, 10_000),
}


def _promises(about: Context) -> tuple[Promises, str]:
    """The promises of the sectors asked for, and how to begin a sentence on them."""
    sector = about.values["sector"]
    if not sector:
        return promised(about.reading.view), ""
    sectors = [name for name, row in JOINT_ROW.items() if row == sector] or [sector]
    return promised(about.reading.view, sectors), f"{sector_row(sector)}: "


def against_actual(about: Context) -> Figure:
    """Rows by year: everything promised to operate by its end, by what came of it."""
    found, where = _promises(about)
    basis, today = about.values["basis"], about.reading.view.valid
    figures = found.figures.filter(
        (pl.col("sector") == "all") & (pl.col("basis") == basis)
        & pl.col("year").is_between(today.year - BACK, today.year + AHEAD))
    table = figures.select("year", "basis", "outcome", "projects")
    subtitle = gettext("Projects to operate by the end of each year, {basis}; at the right: "
                       "operating by then, of promised").format(basis=gettext(BASES[basis]))
    counts = {(year, outcome): n for year, _basis, outcome, n in table.iter_rows()}
    years = sorted({year for year, _ in counts})
    if not years:
        return about.nothing(gettext("nobody had promised a start for these years"), table,
                             subtitle)
    over = [year for year in years if date(year, 12, 31) <= today]
    told = max(over, default=years[0])
    whole, done = counts[told, "promised"], counts.get((told, "operating"), 0)
    said = (gettext("{where}{done} of {whole} projects promised to operate by the end of {year} "
                    "did") if over else
            gettext("{where}{done} of {whole} projects promised to operate by the end of {year} "
                    "do so far"))
    title = said.format(where=where, done=number(done), whole=number(whole), year=told)
    rows = [Row(str(year), gettext("{have} of {need}").format(
                have=number(counts.get((year, "operating"), 0)),
                need=number(counts[year, "promised"])),
                stacked((name, counts.get((year, name), 0)) for name in FILLS),
                strong=year == told) for year in years]
    most = max(counts[year, "promised"] for year in years)
    shown = [name for name in FILLS if any(counts.get((year, name)) for year in years)]
    return about.figure(
        title=title, subtitle=subtitle, table=table,
        alt=f"{title}. " + " ".join(gettext("{year}: {told}.").format(
            year=row.label, told=row.right) for row in rows),
        n=max(counts[year, "promised"] for year in years),
        slide=Slide("bars", named(rows), tuple(
            Series(gettext(OUTCOMES[name]),
                   tuple(float(counts.get((year, name), 0)) for year in years), FILLS[name])
            for name in shown)),
        draw=lambda width: drawing(
            rows, [Key(name, gettext(OUTCOMES[name]), FILLS[name]) for name in shown],
            Scale(0, most * 1.02, round_ticks(most)), width))


def slips(about: Context) -> Figure:
    """How much later than first promised each project starts, or is now to start."""
    found, where = _promises(about)
    known = found.projects.filter(
        pl.col("slip_months").is_not_null() & (pl.col("outcome") != "stopped"))
    rows = [(said, outcome == "operating", n) for said, (low, high) in SLIPS.items()
            for outcome, n in _within(known, low, high)]
    table = pl.DataFrame(rows, orient="row", schema={
        "slip": pl.String(), "operating": pl.Boolean(), "projects": pl.Int64()})
    subtitle = gettext("Projects by months between the first promised start and the present one "
                       "or the actual one")
    if known.is_empty():
        return about.nothing(gettext("no project has a promised start"), table, subtitle)
    late = known.filter(pl.col("slip_months") > 0)
    title = gettext("{where}{late} of {whole} projects start later than first promised").format(
        where=where, late=number(late.height), whole=number(known.height))
    counts = {(slip, operating): n for slip, operating, n in table.iter_rows()}
    sums = {slip: counts[slip, True] + counts[slip, False] for slip in SLIPS}
    drawn = [Row(gettext(slip), number(sums[slip]), stacked(
        (("actual", counts[slip, True]), ("promise", counts[slip, False])))) for slip in SLIPS]
    keys = [Key("actual", gettext("operating"), "deep"),
            Key("promise", gettext("still promised, or overdue"), "promise")]
    stopped = found.projects.filter(pl.col("outcome") == "stopped").height
    notes = (ngettext("{n} project that was stopped is not in it.",
                      "{n} projects that were stopped are not in it.", stopped).format(
        n=number(stopped)),) if stopped else ()
    most = max(sums.values())
    return about.figure(
        title=title, subtitle=subtitle, table=table, n=known.height, notes=notes,
        alt=f"{title}. " + " ".join(f"{row.label}: {some_projects(sums[slip])}."
                                    for slip, row in zip(SLIPS, drawn, strict=True)),
        slide=Slide("bars", tuple(row.label for row in drawn), tuple(
            Series(key.label, tuple(float(counts[slip, key.name == "actual"]) for slip in SLIPS),
                   key.fill) for key in keys)),
        draw=lambda width: drawing(drawn, keys, Scale(0, most * 1.02, round_ticks(most)), width))


def _within(known: pl.DataFrame, low: int, high: int) -> list[tuple[str, int]]:
    mine = known.filter(pl.col("slip_months").is_between(low, high))
    working = mine.filter(pl.col("outcome") == "operating").height
    return [("operating", working), ("promised", mine.height - working)]
