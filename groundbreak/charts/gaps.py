"""The gap to 2030 under its counting rules, and how far the size thresholds decide the count."""

from __future__ import annotations

import polars as pl

from groundbreak.charts.context import ROWS, Context, sector_row, some_projects
from groundbreak.charts.figure import Figure, Series, Slide
from groundbreak.charts.rows import Key, Row, Scale, Segment, drawing, named, round_ticks, stacked
from groundbreak.measures.gap import RULES
from groundbreak.vocabulary.translating import gettext, noop, number

DOTS = {  # drawn in this order, so that equal ones stand within each other
    "all_announced": (noop("+ all announced"), "outline", 190),
    "due_2030": (noop("+ announced, due by 2030"), "light", 120),
    "committed": (noop("committed"), "deep", 50),
    "expected": (noop("expected"), "ink", 30),
}
FACTORS = {0.5: noop("Half the thresholds"), 1.0: noop("As defined"),
           2.0: noop("Twice the thresholds")}
VERDICTS = {
    "counted": (noop("counted"), "deep"), "legacy": (noop("eligible, legacy"), "hatch"),
    "undecided": (noop("undecided"), "light"),
    "out_of_scope": (noop("out of scope, too small among others"), "outline"),
    "asset_base": (noop("asset base"), "rule"),
}


def gap(about: Context) -> Figure:
    """Plants counted under each rule as a share of the milestone; the line is the milestone."""
    figures = about.reading.gap().figures
    table = figures.select(
        "sector", "rule", need_plants="need", have_plants="have", missing_plants="gap",
        share_of_need_percent=100 * pl.col("have") / pl.col("need"),
        note=pl.when(pl.col("have").is_null()).then("note").otherwise(pl.lit("")))
    subtitle = gettext("Plants counted as % of the 2030 milestone, by counting rule; at the right: "
                       "plants missing")
    covered = table.drop_nulls("have_plants")
    if covered.is_empty():
        return about.nothing(gettext("no sector has enough eligible projects yet to be compared "
                                     "with its 2030 milestone"), table, subtitle)
    title = _finding(covered)
    alt = " ".join(gettext("{sector}: {missing} plants missing of {need}.").format(
        sector=sector_row(sector), missing=_missing(covered, sector),
        need=number(need)) for sector, need in
        covered.unique("sector", maintain_order=True).select("sector", "need_plants").iter_rows())
    rules = set(covered["rule"])
    notes = () if "expected" in rules else (
        gettext("The fourth rule, expected (weighted by the outlook), is not yet computed."),)
    most = covered["share_of_need_percent"].max()
    high = max(100.0, float(most) if isinstance(most, float) else 0.0)
    members = about.reading.gap().members
    return about.figure(
        title=title, subtitle=subtitle, table=table, alt=f"{title}. {alt}", notes=notes,
        n=members["record"].n_unique(), slide=_slide(table, rules, _rows(table, covered)),
        draw=lambda width: drawing(
            _rows(table, covered),
            [Key(rule, gettext(said), fill, "dot", size)
             for rule, (said, fill, size) in DOTS.items() if rule in rules],
            Scale(0, high * 1.03, (0, 50, 100), " %", 100, gettext("2030 milestone")), width))


def _finding(covered: pl.DataFrame) -> str:
    whole = covered.filter((pl.col("sector") == "all") & (pl.col("rule") == "all_announced"))
    row = whole.row(0, named=True)
    if row["missing_plants"] <= 0:
        return gettext("With everything announced, the {need} plants needed by 2030 are "
                       "covered").format(need=number(row["need_plants"]))
    return gettext("Even with everything announced, {missing} of the {need} plants needed by 2030 "
                   "are missing").format(missing=number(row["missing_plants"]),
                                         need=number(row["need_plants"]))


def _missing(covered: pl.DataFrame, sector: str) -> str:
    """'54 to 67': the least and the most missing over the rules."""
    values = covered.filter(pl.col("sector") == sector)["missing_plants"].sort()
    least, most = int(values[0]), int(values[-1])
    return number(most) if least == most else gettext("{least} to {most}").format(
        least=number(least), most=number(most))


def _rows(table: pl.DataFrame, covered: pl.DataFrame) -> list[Row]:
    made = []
    for sector in (*ROWS, "all"):
        mine = covered.filter(pl.col("sector") == sector)
        strong = sector == "all"
        if mine.is_empty():
            note = table.filter(pl.col("sector") == sector)["note"][0]
            made.append(Row(sector_row(sector), "–", note=gettext(note), strong=strong))
            continue
        dots = tuple(Segment(rule, 0, share) for rule, share in
                     mine.select("rule", "share_of_need_percent").iter_rows())
        made.append(Row(sector_row(sector), _missing(covered, sector), dots, strong=strong))
    return made


def _slide(table: pl.DataFrame, rules: set[str], rows: list[Row]) -> Slide:
    fills = {"committed": "deep", "due_2030": "light", "all_announced": "outline",
             "expected": "ink"}
    series = []
    before: list[float | None] = [0.0] * (len(ROWS) + 1)
    for rule in (rule for rule in RULES if rule in rules and rule != "expected"):
        values = [table.filter((pl.col("sector") == s) & (pl.col("rule") == rule))
                  ["share_of_need_percent"][0] for s in (*ROWS, "all")]
        steps = tuple(None if v is None or b is None else v - b
                      for v, b in zip(values, before, strict=True))
        series.append(Series(gettext(DOTS[rule][0]), steps, fills[rule]))
        before = values
    return Slide("bars", named(rows), tuple(series), '0"%"', 100)


def thresholds(about: Context) -> Figure:
    """Verdicts on all records with the size thresholds halved, as they are, and doubled."""
    found = about.reading.scorecard().eligibility
    table = found.select(
        threshold_factor="factor", verdict="verdict",
        projects=pl.col("projects").cast(pl.Int64), of_which_legacy=pl.col("legacy").cast(pl.Int64))
    subtitle = gettext("Records by verdict; at the right: counted projects")
    counts = {factor: _verdicts(table, factor) for factor in FACTORS}
    whole = sum(counts[1.0].values())
    if not whole:
        return about.nothing(gettext("the register holds no record on this day"), table, subtitle)
    now = counts[1.0]["counted"]
    title = gettext("Half the size thresholds would count {half} projects, twice would count "
                    "{twice}; as defined it is {now}").format(
        half=number(counts[0.5]["counted"]), twice=number(counts[2.0]["counted"]),
        now=number(now))
    rows = [Row(gettext(said), number(counts[factor]["counted"]),
                stacked((name, counts[factor][name]) for name in VERDICTS),
                strong=factor == 1.0) for factor, said in FACTORS.items()]
    return about.figure(
        title=title, subtitle=subtitle, table=table, n=whole,
        alt=f"{title}. " + gettext("Of {all} in the register.").format(all=some_projects(whole)),
        slide=Slide("bars", tuple(gettext(said) for said in FACTORS.values()), tuple(
            Series(gettext(said), tuple(float(counts[f][name]) for f in FACTORS), fill)
            for name, (said, fill) in VERDICTS.items())),
        draw=lambda width: drawing(
            rows, [Key(name, gettext(said), fill) for name, (said, fill) in VERDICTS.items()],
            Scale(0, whole * 1.02, round_ticks(whole)), width))


def _verdicts(table: pl.DataFrame, factor: float) -> dict[str, int]:
    """Records by verdict, the eligible split into counted and legacy."""
    mine = {row["verdict"]: row for row in table.filter(
        pl.col("threshold_factor") == factor).iter_rows(named=True)}
    eligible = mine.get("eligible", {"projects": 0, "of_which_legacy": 0})
    return {
        "counted": eligible["projects"] - eligible["of_which_legacy"],
        "legacy": eligible["of_which_legacy"],
        **{name: mine[name]["projects"] if name in mine else 0
           for name in ("undecided", "out_of_scope", "asset_base")},
    }
