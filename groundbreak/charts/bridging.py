"""What changed between two known dates: the bridge as a waterfall, and the flow between labels."""

from __future__ import annotations

from datetime import date

import polars as pl

from groundbreak.charts.context import Context, label, sector_row
from groundbreak.charts.figure import Figure, Series, Slide
from groundbreak.charts.parameters import BadParameter, Parameter, day
from groundbreak.charts.ribbons import Ribbon, ribbons
from groundbreak.charts.rows import Key, Row, Scale, Segment, drawing, round_ticks
from groundbreak.measures.bridge import LINES, between, movements
from groundbreak.measures.combined import STOCKS_OF, Combined, combined
from groundbreak.measures.gap import JOINT_ROW
from groundbreak.measures.periods import months_back
from groundbreak.measures.population import LABELS, projects
from groundbreak.vocabulary.terms import SECTORS
from groundbreak.vocabulary.translating import day as day_words
from groundbreak.vocabulary.translating import gettext, noop, number, signed

FROM = day("from", "the day at which the opening stock is taken; usual: 12 months before `to`")
TO = day("to", "the day at which the closing stock is taken; usual: the day of the page")
STOCK = Parameter("stock", "whose change is told", "committed", tuple(STOCKS_OF))
SECTOR = Parameter("sector", "a sector, or chemicals_shipping", "",
                   (*SECTORS, *dict.fromkeys(JOINT_ROW.values())))
STOCK_WORDS = {"committed": noop("committed"), "announced": noop("announced"),
               "at_fid": noop("at FID"), "operating": noop("operating")}
SCHEMA: dict[str, pl.DataType] = {
    "line": pl.String(), "projects_change": pl.Int64(), "projects_after": pl.Int64(),
}
FLOW_ORDER = ("operating", "at_fid", "announced", "signalled", "no_stage", "paused", "stopped",
              "cancelled", "closed", "lost", "merged", "not_counted", "absent")
FLOW_FILLS = {"operating": "deep", "at_fid": "mid", "announced": "light"}


def days(about: Context) -> tuple[date, date]:
    """The two known dates. Raises BadParameter when they are out of order or not yet known."""
    known = about.reading.view.known
    closed: date = about.values["to"] or min(known, about.reading.view.valid)
    opened: date = about.values["from"] or months_back(closed, 12)
    if closed > known:
        raise BadParameter(f"to={closed} is not known yet; accepted: a day up to {known}")
    if opened >= closed:
        raise BadParameter(f"from={opened} is not before to={closed}; accepted: an earlier day")
    return opened, closed


def bridge(about: Context) -> Figure:
    """Opening stock, every line that changed it, closing stock, and what is left unexplained."""
    opened, closed = days(about)
    part = _part(about, opened, closed)
    table = _steps(part)
    what = gettext(STOCK_WORDS[about.values["stock"]])
    sector = about.values["sector"]
    where = f"{sector_row(sector)}: " if sector else ""
    subtitle = gettext("{where}Projects {what}, from {opened} to {closed}, as known on these "
                       "days").format(where=where, what=what, opened=day_words(opened),
                                      closed=day_words(closed))
    if not part.opening and not part.closing:
        return about.nothing(gettext("no such project is known on either day"), table, subtitle)
    title = _finding(part, where, what, opened, closed)
    rows = _rows(part, what, opened, closed)
    most = max(part.opening, part.closing, *table["projects_after"])
    told = " ".join(f"{row.label} {row.right}." for row in rows)
    return about.figure(
        title=title, subtitle=subtitle, table=table, alt=f"{title}. {told}", as_of=closed,
        n=max(part.opening, part.closing, part.members["record"].n_unique()),
        slide=_slide(rows),
        draw=lambda width: drawing(
            rows, [Key("stock", gettext("stock"), "deep"), Key("up", gettext("came in"), "mid"),
                   Key("down", gettext("went out"), "outline")],
            Scale(0, most * 1.02, round_ticks(most)), width))


def _part(about: Context, opened: date, closed: date) -> Combined:
    history = about.reading.view.history
    sector = about.values["sector"]
    found = between(history.as_of(opened), history.as_of(closed), by="sector" if sector else None)
    stocks = STOCKS_OF[about.values["stock"]]
    if not sector:
        return combined(found, stocks)
    sectors = [name for name, row in JOINT_ROW.items() if row == sector] or [sector]
    return combined(found, [f"{name}/{stock}" for name in sectors for stock in stocks])


def _steps(part: Combined) -> pl.DataFrame:
    """SCHEMA, from opening to closing, then what is unexplained."""
    rows = [("opening", part.opening, part.opening)]
    at = part.opening
    for line, change in part.lines.select("line", "projects").iter_rows():
        at += change
        rows.append((line, change, at))
    rows += [("closing", part.closing, part.closing), ("unexplained", part.residual, part.closing)]
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def _finding(part: Combined, where: str, what: str, opened: date, closed: date) -> str:
    change = part.closing - part.opening
    said = (gettext("{where}{closing} projects {what}, {change} since {day}, {left} unexplained")
            if change else
            gettext("{where}{closing} projects {what}, as many as on {day}, {left} unexplained"))
    return said.format(where=where, closing=number(part.closing), what=what,
                       change=signed(change), day=day_words(opened), left=number(part.residual))


def _rows(part: Combined, what: str, opened: date, closed: date) -> list[Row]:
    stock = gettext("{what} on {day}")
    rows = [Row(_first_large(stock.format(what=what, day=day_words(opened))), number(part.opening),
                (Segment("stock", 0, part.opening),), strong=True)]
    at = part.opening
    for line, change in part.lines.select("line", "projects").iter_rows():
        after = at + change
        key = "up" if change > 0 else "down"
        rows.append(Row(_line(line), signed(change),
                        (Segment(key, min(at, after), max(at, after)),)))
        at = after
    rows.append(Row(_first_large(stock.format(what=what, day=day_words(closed))),
                    number(part.closing), (Segment("stock", 0, part.closing),), strong=True))
    rows.append(Row(gettext("Unexplained"), signed(part.residual)))
    return rows


def _line(name: str) -> str:
    """A line's name without the explanation in brackets."""
    return _first_large(gettext(LINES[name]).split(" (")[0])


def _first_large(text: str) -> str:
    return text[:1].upper() + text[1:]


def _slide(rows: list[Row]) -> Slide:
    """Stacked bars on an invisible base; the unexplained has no bar."""
    drawn = [row for row in rows if row.segments]
    pieces = [row.segments[0] for row in drawn]

    def lengths(key: str) -> tuple[float, ...]:
        return tuple(p.end - p.start if p.key == key else 0.0 for p in pieces)

    return Slide("bars", tuple(row.label for row in drawn), (
        Series(gettext("base"), tuple(p.start for p in pieces), "hidden"),
        Series(gettext("stock"), lengths("stock"), "deep"),
        Series(gettext("came in"), lengths("up"), "mid"),
        Series(gettext("went out"), lengths("down"), "outline")))


# -- flow ------------------------------------------------------------------------------------------
def flow(about: Context) -> Figure:
    """Which label every counted project had on the first day and has on the second."""
    opened, closed = days(about)
    table = _flows(about, opened, closed)
    subtitle = gettext("Counted projects by status on {opened} and on {closed}").format(
        opened=day_words(opened), closed=day_words(closed))
    if table.is_empty():
        return about.nothing(gettext("no counted project is known on either day"), table, subtitle)
    moved = table.filter((pl.col("from_label") != pl.col("to_label"))
                         & ~pl.col("from_label").is_in(["absent", "not_counted"])
                         & (pl.col("to_label") != "not_counted"))
    start = table.filter(~pl.col("from_label").is_in(["absent", "not_counted"]))["projects"].sum()
    into = table.filter(pl.col("to_label").is_in(["at_fid", "operating"])
                        & (pl.col("from_label") == "announced"))["projects"].sum()
    title = gettext("Of {start} projects {moved} changed their status; {into} of those announced "
                    "reached FID or began to operate").format(
        start=number(int(start)), moved=number(int(moved["projects"].sum())),
        into=number(int(into)))
    told = "; ".join(f"{label(r['from_label'])} → {label(r['to_label'])} {number(r['projects'])}"
                     for r in table.iter_rows(named=True))
    pieces = [Ribbon(r["from_label"], r["to_label"], r["projects"])
              for r in table.iter_rows(named=True)]
    names = {name: label(name) for name in FLOW_ORDER}
    return about.figure(
        title=title, subtitle=subtitle, table=table, alt=f"{title}. {told}.", as_of=closed,
        n=int(table["projects"].sum()), slide=_flow_slide(table),
        draw=lambda width: ribbons(pieces, FLOW_ORDER, names, FLOW_FILLS,
                                   (day_words(opened), day_words(closed)), width))


def _flows(about: Context, opened: date, closed: date) -> pl.DataFrame:
    """from_label, to_label, projects: moves as the bridge tells them, and who stayed."""
    history = about.reading.view.history
    start, end = history.as_of(opened), history.as_of(closed)
    moves = movements(start, end)
    counted = projects(start).filter("counted").select("record", "label")
    stayed = counted.join(moves.select("record"), on="record", how="anti")
    pairs = pl.concat([
        moves.select(from_label="before", to_label="after"),
        stayed.select(from_label="label", to_label="label"),
    ]).filter(pl.col("from_label").is_in(LABELS) | pl.col("to_label").is_in(LABELS))
    ranks = {name: n for n, name in enumerate(FLOW_ORDER)}
    return pairs.group_by("from_label", "to_label").agg(projects=pl.len().cast(pl.Int64)).sort(
        *(pl.col(side).replace_strict(ranks, return_dtype=pl.Int64())
          for side in ("from_label", "to_label")))


def _flow_slide(table: pl.DataFrame) -> Slide:
    origins = table["from_label"].unique(maintain_order=True).to_list()
    counts = {(a, b): n for a, b, n in table.iter_rows()}
    fills = ("deep", "mid", "light", "rule", "muted", "outline", "hatch", "ink", "card")
    ends = [name for name in FLOW_ORDER if name in set(table["to_label"])]
    return Slide("bars", tuple(label(name) for name in origins), tuple(
        Series(label(end), tuple(float(counts.get((name, end), 0)) for name in origins), fill)
        for end, fill in zip(ends, (*fills, *fills), strict=False)))
