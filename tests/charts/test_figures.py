"""The numbers drawn are the measures' numbers, and what is asked wrongly is refused in words."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest

from groundbreak import charts
from groundbreak.charts import by_sector, in_money, in_sizes
from groundbreak.charts.gaps import FACTORS
from groundbreak.measures.gap import JOINT_ROW, milestones
from groundbreak.measures.population import projects
from groundbreak.measures.promises import promised
from groundbreak.reading import Reader, Reading


def drawn(reader: Reader, reading: Reading, id: str, **params: Any) -> charts.Figure:
    return charts.figure(id, reader, reading, **params)


def rects(figure: charts.Figure) -> list[dict[str, Any]]:
    """The rows of every bar in a specification."""
    assert figure.spec is not None
    return [row for row in values(figure.spec) if {"row", "start", "end"} <= row.keys()]


def values(spec: dict[str, Any]) -> list[dict[str, Any]]:
    """Every row of data in a specification."""
    own = spec.get("data", {}).get("values", [])
    return [*own, *(row for layer in spec.get("layer", []) for row in values(layer))]


def test_the_sector_bars_are_the_gap(reader: Reader, reading: Reading) -> None:
    """Each row sums to what the counting rules count, and each bar is as long as its share."""
    figure = drawn(reader, reading, "pipeline-by-sector")
    rules = {(r["sector"], r["rule"]): r["have"] for r in
             reading.gap().figures.iter_rows(named=True)}
    for sector in by_sector.ROWS:
        mine = dict(figure.table.filter(pl.col("sector") == sector)
                    .select("segment", "plants").iter_rows())
        assert mine["operating"] + mine["at_fid"] == rules[sector, "committed"]
        assert mine["operating"] + mine["at_fid"] + mine["due_2030"] == rules[sector, "due_2030"]
        counted = sum(mine.values()) - mine["legacy"]
        assert counted == rules[sector, "all_announced"]
        need = milestones()[sector].plants
        name = by_sector.sector_row(sector)
        bars = [row["value"] for row in rects(figure) if row["row"] == name]
        assert sum(bars) == pytest.approx(100 * sum(mine.values()) / need)


def test_legacy_is_beside_the_gap(reader: Reader, reading: Reading) -> None:
    """What is drawn hatched is counted by no rule, and the figure says so."""
    figure = drawn(reader, reading, "pipeline-by-sector")
    legacy = figure.table.filter(pl.col("segment") == "legacy")["plants"].sum()
    standing = projects(reading.view).filter(
        (pl.col("origin") == "legacy") & (pl.col("verdict") == "eligible")
        & (pl.col("label") == "operating"))
    assert legacy == standing.height > 0
    assert not set(standing["record"]) & set(reading.gap().members["record"])
    assert any("Legacy" in note for note in figure.notes)


def test_sizes_are_the_archetypes(reader: Reader, reading: Reading) -> None:
    """Segments of a sector sum to its archetype plants; a sector without any is not zero."""
    figure = drawn(reader, reading, "pipeline-by-sector", unit="capacity")
    found = dict(reading.gap().archetypes.filter(pl.col("rule") == "all_announced")
                 .group_by("sector").agg(pl.col("plants").sum()).iter_rows())
    for sector in in_sizes.ROWS:
        mine = figure.table.filter(pl.col("sector") == sector)["archetype_plants"]
        if sector in found:
            assert sum(mine) == pytest.approx(found[sector])
        else:
            assert mine.null_count() == len(mine)
    assert {"cement", "aviation"}.isdisjoint(found)


def test_money_is_never_mixed(reader: Reader, reading: Reading) -> None:
    """One currency is drawn; each sum is the scorecard's."""
    capex = reading.scorecard(by="sector").capex.filter(pl.col("group") != "all")
    usd = drawn(reader, reading, "pipeline-by-sector", unit="money", currency="USD")
    eur = drawn(reader, reading, "pipeline-by-sector", unit="money", currency="EUR")
    for figure, currency in ((usd, "USD"), (eur, "EUR")):
        bars = sum(row["value"] for row in rects(figure))
        stated = capex.filter(pl.col("currency").str.starts_with(currency))["amount"].sum()
        assert bars * in_money.BILLION == pytest.approx(stated)
        assert currency in figure.title
    assert usd.title != eur.title
    assert "EUR" in " ".join(usd.notes)


def test_the_bridge_closes(reader: Reader, reading: Reading) -> None:
    """Opening plus the lines is closing, for each stock and sector, and nothing is unexplained."""
    since = date(2025, 1, 1)
    for stock in ("committed", "announced", "at_fid", "operating"):
        for sector in ("", "steel", "chemicals_shipping"):
            figure = drawn(reader, reading, "bridge", **{"from": since}, stock=stock, sector=sector)
            steps = dict(figure.table.select("line", "projects_change").iter_rows())
            closing, left = steps.pop("closing"), steps.pop("unexplained")
            assert sum(steps.values()) == closing
            assert left == 0
            sectors = [s for s, row in JOINT_ROW.items() if row == sector] or [sector]
            frame = projects(reading.view).filter("counted")
            labels = ["at_fid", "operating"] if stock == "committed" else [stock]
            counted = frame.filter(pl.col("label").is_in(labels)
                                   & (pl.col("sector").is_in(sectors) if sector else True))
            assert closing == counted.height


def test_the_flow_holds_everybody(reader: Reader, reading: Reading) -> None:
    """What leaves the left side arrives on the right; the sides are the labels then and now."""
    figure = drawn(reader, reading, "flow", **{"from": "2025-01-01"})
    for side, day in (("from_label", date(2025, 1, 1)), ("to_label", reading.known)):
        sums = dict(figure.table.group_by(side).agg(pl.col("projects").sum()).iter_rows())
        labels = dict(projects(reader.as_of(day).view).filter("counted").group_by("label").len()
                      .iter_rows())
        assert {k: v for k, v in sums.items() if k not in ("absent", "not_counted")} == labels


def test_the_gap_figure_is_the_gap(reader: Reader, reading: Reading) -> None:
    """Row by row; the rule that is not computed is null and said to be so."""
    figure = drawn(reader, reading, "gap")
    want = reading.gap().figures
    assert figure.table["have_plants"].to_list() == want["have"].to_list()
    assert figure.table["missing_plants"].to_list() == want["gap"].to_list()
    assert "not yet computed" in " ".join(figure.notes)
    assert str(want.filter((pl.col("sector") == "all") & (pl.col("rule") == "all_announced"))
               ["gap"][0]) in figure.title


def test_stocks_over_time_are_the_scorecards(reader: Reader, reading: Reading) -> None:
    """Each level is that of the scorecard as known on its day."""
    for at in ("quarters", "releases"):
        figure = drawn(reader, reading, "stock-over-releases", at=at)
        days = figure.table["known"].unique().sort()
        assert days[-1] == reading.known
        for day in (days[0], days[len(days) // 2], days[-1]):
            card = reader.as_of(day).scorecard().figures.filter(
                (pl.col("group") == "all") & (pl.col("level") == "all"))
            want = dict(card.select("measure", "value").iter_rows())
            for stock, count in figure.table.filter(pl.col("known") == day).select(
                    "stock", "projects").iter_rows():
                assert count == want[stock]


def test_promises_are_the_measures(reader: Reader, reading: Reading) -> None:
    """Every outcome of every year, and all outcomes of a year are what was promised."""
    figure = drawn(reader, reading, "promised-vs-actual", sector="aviation")
    want = promised(reading.view, ["aviation"]).figures.filter(
        (pl.col("sector") == "all") & (pl.col("basis") == "first"))
    assert not figure.table.is_empty()
    shared = figure.table.join(want, on=["year", "basis", "outcome", "projects"], how="semi")
    assert shared.height == figure.table.height
    for (_year,), rows in figure.table.group_by(["year"]):
        counts = dict(rows.select("outcome", "projects").iter_rows())
        assert counts.pop("promised") == sum(counts.values())


def test_slips_hold_each_project_once(reader: Reader, reading: Reading) -> None:
    """The bars sum to the projects that have a slip."""
    figure = drawn(reader, reading, "slips")
    known = promised(reading.view).projects.filter(
        pl.col("slip_months").is_not_null() & (pl.col("outcome") != "stopped"))
    assert figure.table["projects"].sum() == known.height == figure.n > 0


def test_countries_are_the_scorecards(reader: Reader, reading: Reading) -> None:
    """Most first; the table holds all countries, the drawing as many as were asked for."""
    figure = drawn(reader, reading, "by-country", top=5)
    card = reading.scorecard(by="country").figures.filter(pl.col("level") == "all")
    for row in figure.table.iter_rows(named=True):
        want = dict(card.filter(pl.col("group") == row["country"])
                    .select("measure", "value").iter_rows())
        assert (row["operating"], row["at_fid"], row["announced"]) == (
            want["operating"], want["at_fid"], want["announced"])
    assert figure.table["projects"].to_list() == sorted(figure.table["projects"], reverse=True)
    assert len({row["row"] for row in rects(figure)}) == 5


def test_thresholds_are_the_scorecards(reader: Reader, reading: Reading) -> None:
    """Each factor holds every record once."""
    figure = drawn(reader, reading, "threshold-sensitivity")
    for factor in FACTORS:
        rows = figure.table.filter(pl.col("threshold_factor") == factor)
        assert rows["projects"].sum() == projects(reading.view).height
    counted = projects(reading.view).filter("counted").height
    assert f"it is {counted}" in figure.title


def test_time_travel_changes_figure_and_footer(reader: Reader) -> None:
    """As known then is another figure than as now known, and each says which it is."""
    day = date(2023, 10, 30)
    then = drawn(reader, reader.as_of(day), "pipeline-by-sector")
    about = drawn(reader, reader.as_of(valid=day), "pipeline-by-sector")
    assert "As known on 30 October 2023" in then.footer
    assert "about 30 October 2023" in about.footer
    assert then.as_of == about.as_of == day
    assert then.clock != about.clock


@pytest.mark.parametrize("id", charts.FIGURES)
def test_nothing_to_draw_is_said(nobody: Reader, id: str) -> None:
    """An empty register gives a sentence, not an empty frame."""
    figure = charts.figure(id, nobody, nobody.as_of("2026-01-01"))
    assert figure.draw is None
    assert figure.nothing.startswith("Nothing to draw: ")
    assert figure.title == figure.nothing
    assert figure.n == 0


@pytest.mark.parametrize("id", charts.FIGURES)
def test_every_figure_says_what_it_is(reader: Reader, reading: Reading, id: str) -> None:
    """Title, alt text, source, clock, n and definition; a title states a number of the table."""
    figure = charts.figure(id, reader, reading, release="2026.1")
    assert any(c.isdigit() for c in figure.title)
    assert figure.alt.startswith(figure.title)
    assert len(figure.alt) > len(figure.title)
    for part in (figure.source, figure.clock, "release 2026.1", f"#{figure.definition}"):
        assert part in figure.footer
    assert figure.n > 0
    assert "2026.1" in figure.sentence
    assert "2026.1" in figure.citation
    assert figure.citation.count("“") == 1


def test_frozen_is_every_figure_once(reader: Reader, reading: Reading) -> None:
    """What a release keeps: all of them, with its name."""
    kept = charts.frozen(reader, reading, "2026.1")
    assert [figure.id for figure in kept] == list(charts.FIGURES)
    assert {figure.release for figure in kept} == {"2026.1"}


@pytest.mark.parametrize(("id", "params", "told"), [
    ("nonsense", {}, ["nonsense", "pipeline-by-sector"]),
    ("gap", {"unit": "plants"}, ["unknown parameter 'unit'", "none"]),
    ("pipeline-by-sector", {"unit": "ducks"}, ["unit='ducks'", "plants, capacity, money"]),
    ("pipeline-by-sector", {"currency": "EUR"}, ["unit=money"]),
    ("pipeline-by-sector", {"unit": "money", "currency": "euro"}, ["euro", "three capital"]),
    ("pipeline-by-sector", {"unit": "money", "currency": "XXX"}, ["XXX", "USD"]),
    ("bridge", {"from": "yesterday"}, ["from='yesterday'", "YYYY-MM-DD"]),
    ("bridge", {"from": "2026-01-02", "to": "2026-01-01"}, ["2026-01-02", "earlier"]),
    ("bridge", {"to": "2099-01-01"}, ["2099-01-01", "not known yet"]),
    ("bridge", {"sector": "<script>"}, ["sector=", "steel"]),
    ("flow", {"from": "0001-01-01T"}, ["from=", "YYYY-MM-DD"]),
    ("by-country", {"top": "9" * 400}, ["top=", "from 3 to 40"]),
    ("by-country", {"top": "٣"}, ["top=", "from 3 to 40"]),
    ("promised-vs-actual", {"basis": "hope"}, ["hope", "first"]),
])
def test_wrong_questions_say_what_is_accepted(
    reader: Reader, reading: Reading, id: str, params: dict[str, str], told: list[str]
) -> None:
    with pytest.raises(charts.BadParameter) as error:
        charts.figure(id, reader, reading, **params)
    for words in told:
        assert words in str(error.value)


def test_a_bridge_from_the_first_day_opens_empty(reader: Reader, reading: Reading) -> None:
    """A day long before anything was known is a day like another."""
    figure = drawn(reader, reading, "bridge", **{"from": "1990-01-01"})
    assert figure.table["projects_change"][0] == 0
    assert figure.table["projects_change"][-1] == 0
