"""The pipeline by sector in money: investment as stated, one currency at a time, never converted.

Amounts of one currency are added over price years as they were stated; nothing is inflated. Who
states nothing is counted beside, never as zero.
"""

from __future__ import annotations

import polars as pl

from groundbreak.charts.context import ROWS, Context, sector_row, some_projects
from groundbreak.charts.figure import Figure, Series, Slide
from groundbreak.charts.parameters import BadParameter
from groundbreak.charts.rows import Key, Row, Scale, drawing, round_ticks, stacked
from groundbreak.measures.gap import JOINT_ROW
from groundbreak.vocabulary.translating import gettext, noop, number

STOCKS = {"committed": (noop("at FID or operating"), "mid"),
          "announced": (noop("announced"), "light")}
BILLION = 1e9


def draw(about: Context) -> Figure:
    """Rows in billions of the currency that most projects state, or of the one asked for."""
    table = _table(about)
    subtitle = gettext("Investment as stated, in billions, by sector")
    said = table.group_by("currency").agg(pl.col("projects").sum()).sort(
        "projects", "currency", descending=[True, False])
    if said.is_empty():
        return about.nothing(gettext("no counted project states its investment"), table, subtitle)
    currency = about.values["currency"] or said["currency"][0]
    if currency not in said["currency"].to_list():
        raise BadParameter(f"currency={currency!r} is stated by no project; accepted: "
                           f"{', '.join(said['currency'])}")
    mine = table.filter(pl.col("currency") == currency)
    known, of = _known(about)
    sums = {name: float(mine.filter(pl.col("stock") == name)["amount"].sum()) / BILLION
            for name in STOCKS}
    title = gettext("{currency} {total} bn is stated by {projects}; {committed} bn of it is "
                    "committed").format(
        currency=currency, total=number(sum(sums.values()), 1),
        projects=some_projects(int(mine["projects"].sum())), committed=number(sums["committed"], 1))
    others = ", ".join(f"{name} ({number(count)})" for name, count in said.iter_rows()
                       if name != currency)
    notes = [gettext("Investment is known for {known} of {all}, in all currencies. Price years are "
                     "added as stated.").format(known=number(known), all=some_projects(of))]
    if others:
        notes.append(gettext("Not converted and not drawn here, projects in: {others}.").format(
            others=others))
    lengths = _lengths(mine)
    most = max(sum(pieces.values()) for pieces in lengths.values())
    return about.figure(
        title=title, subtitle=gettext("Investment as stated, in billions of {currency}, by sector")
        .format(currency=currency), table=table, alt=f"{title}. {' '.join(notes)}",
        notes=tuple(notes), n=int(mine["projects"].sum()), slide=_slide(lengths),
        draw=lambda width: drawing(
            _rows(lengths), [Key(n, gettext(said), fill) for n, (said, fill) in STOCKS.items()],
            Scale(0, most * 1.02, round_ticks(most)), width))


def _table(about: Context) -> pl.DataFrame:
    """sector (row), stock, currency, price_year, amount (in the currency), projects."""
    capex = about.reading.scorecard(by="sector").capex
    parts = pl.col("currency").str.split("@").list
    return capex.with_columns(
        sector=pl.col("group").replace(JOINT_ROW), price_year=parts.get(1, null_on_oob=True),
        currency=parts.first(),
    ).filter(pl.col("sector").is_in(ROWS)).group_by(
        "sector", "stock", "currency", "price_year").agg(
        pl.col("amount").sum(), pl.col("projects").sum().cast(pl.Int64)).sort(
        "sector", "stock", "currency", "price_year")


def _known(about: Context) -> tuple[int, int]:
    """How many counted projects state any investment, of how many."""
    whole = about.reading.scorecard(by="sector").capex.filter(pl.col("group") == "all")
    stocks = whole.unique("stock")
    return int(stocks["known"].sum()), about.counted.filter(
        pl.col("label").is_in(["announced", "at_fid", "operating"])).height


def _lengths(mine: pl.DataFrame) -> dict[str, dict[str, float]]:
    """Billions by sector row and stock."""
    sums = {(sector, stock): amount / BILLION for sector, stock, amount in
            mine.group_by("sector", "stock").agg(pl.col("amount").sum()).iter_rows()}
    return {sector: {stock: sums.get((sector, stock), 0.0) for stock in STOCKS}
            for sector in ROWS}


def _rows(lengths: dict[str, dict[str, float]]) -> list[Row]:
    return [
        Row(sector_row(sector), number(sum(pieces.values()), 1), stacked(pieces.items()))
        if any(pieces.values()) else
        Row(sector_row(sector), "–", note=gettext("nothing stated in this currency"))
        for sector, pieces in lengths.items()]


def _slide(lengths: dict[str, dict[str, float]]) -> Slide:
    return Slide("bars", tuple(map(sector_row, ROWS)), tuple(
        Series(gettext(said), tuple(lengths[sector][name] for sector in ROWS), fill)
        for name, (said, fill) in STOCKS.items()), "0.0")
