"""The measures: classes that sum, bounds in order, figures that open to their projects, thresholds
and the gap as published, and nothing that is not known shown as 0.
"""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groundbreak.history.view import View
from groundbreak.measures import DEFINITION_VERSION
from groundbreak.measures.eligibility import judge
from groundbreak.measures.gap import COVERED_FROM, RULES, gap, milestones, published_gap
from groundbreak.measures.periods import ACCEPTED, parse_period
from groundbreak.measures.population import projects
from groundbreak.measures.progress import progress
from groundbreak.measures.scorecard import MEASURES, scorecard
from tests.history.worlds import (
    COVERED,
    CUTS,
    SOURCE,
    Content,
    Published,
    Shelf,
    edition,
    frame_of,
    histories,
    row,
)

FEW = settings(max_examples=4, deadline=None)
PERIODS = ("2021", "2021-H2", "2021-Q2", "12m", "6m", "2021-02-01..2021-09-30")
SERVED = ("chemicals", "chemicals;shipping", "shipping;aviation")
COVERED_HERE = COVERED | {"sectors_served", "support", "origin", "announcement_actual_date"}


def with_extras(told: list[Published], data: st.DataObject) -> Shelf:
    """The editions with sectors served, flagships, announcements and legacy drawn on top."""
    served = {key: data.draw(st.sampled_from(SERVED)) for key in "abc"}
    flagships = data.draw(st.sets(st.sampled_from("abc")))
    legacy = data.draw(st.sets(st.sampled_from("abc"), max_size=1))
    announced = {key: data.draw(st.none() | st.sampled_from(CUTS[:2])) for key in "abc"}
    register = Shelf()
    for one in told:
        content: Content = {
            key: cells | {"sectors_served": served[key]}
            | ({"support": "flagship"} if key in flagships else {})
            | ({"origin": "legacy"} if key in legacy else {})
            | ({"announcement_actual_date": announced[key]} if announced[key] else {})
            for key, cells in one.content.items()
        }
        register.take_in(edition(content, one.complete, covered=COVERED_HERE), one.published,
                         one.cut)
    return register


# -- figures ---------------------------------------------------------------------------------------
@given(told=histories(least=3, most=4, corrections=True), data=st.data())
@FEW
def test_figures_agree_with_their_projects(told: list[Published], data: st.DataObject) -> None:
    """Each opens to as many projects as it says; bounds in order; parts and wholes agree."""
    view = with_extras(told, data).history().as_of()
    card = scorecard(view, period=data.draw(st.sampled_from(PERIODS)), by="sector_served")
    value = {(m, g, lev): v for m, g, lev, v in
             card.figures.select("measure", "group", "level", "value").iter_rows()}
    for measure in MEASURES:
        for level in ("all", "flagship"):
            listed = card.projects(measure, level=level)
            assert listed["record"].is_unique().all()
            assert listed.height == value[(measure, "all", level)]
        parts = sum(n for (m, g, lev), n in value.items()
                    if m == measure and g != "all" and lev == "all")
        assert value[(measure, "all", "all")] <= parts
        assert value[(measure, "all", "flagship")] <= value[(measure, "all", "all")]
    ranged = card.figures.filter(pl.col("low").is_not_null())
    assert (ranged["low"] <= ranged["value"]).all()
    assert (ranged["value"] <= ranged["high"]).all()
    assert set(card.figures["definition_version"]) == {DEFINITION_VERSION}


@given(told=histories(least=3, most=4, corrections=True), data=st.data())
@FEW
def test_every_announced_project_is_in_one_class(
    told: list[Published], data: st.DataObject
) -> None:
    """Progressing, reached FID, no event, moved back, stopped, lost, out of scope: they sum."""
    view = with_extras(told, data).history().as_of()
    span = parse_period(data.draw(st.sampled_from(PERIODS)), view.known)
    found = progress(view, span)
    assert found["record"].is_unique().all()
    assert found["class"].null_count() == 0
    opening = projects(view.about(span.before)).filter(
        pl.col("counted") & (pl.col("label") == "announced"))
    assert sorted(found.filter(~pl.col("entrant"))["record"]) == sorted(opening["record"])
    entrants = set(found.filter("entrant")["record"])
    assert not entrants & set(projects(view.about(span.before))["record"])
    card = scorecard(view, period=span.name)
    assert card.progress["projects"].sum() == opening.height + len(entrants)
    assert card.projects("progressing_reported")["record"].to_list() == sorted(
        found.filter(pl.col("class") == "progressing")["record"])


@given(told=histories(least=3, most=3), data=st.data())
@FEW
def test_levels_add_up(told: list[Published], data: st.DataObject) -> None:
    """All tracked = flagships + global, in every stock."""
    view = with_extras(told, data).history().as_of()
    sizes = {
        level: dict(scorecard(view, level=level).figures.filter(
            (pl.col("group") == "all") & (pl.col("level") == "all")
        ).select("measure", "value").iter_rows())
        for level in ("all", "flagship", "global")
    }
    for measure in MEASURES:
        assert sizes["all"][measure] == sizes["flagship"][measure] + sizes["global"][measure]


def view_of(*told: Content, known: date | None = None, **ways: object) -> View:
    """The view after editions at successive cuts."""
    register = Shelf()
    for content, cut in zip(told, CUTS, strict=False):
        register.take_in(edition(content, covered=COVERED_HERE, **ways), cut)  # type: ignore[arg-type]
    return register.history().as_of(known)


def values(view: View, period: str = "2021") -> dict[str, int]:
    """measure → value, over all, where it is not 0."""
    figures = scorecard(view, period=period).figures.filter(
        (pl.col("group") == "all") & (pl.col("level") == "all"))
    return {m: v for m, v in figures.select("measure", "value").iter_rows() if v}


def test_a_story_in_figures() -> None:
    """Two cuts: one advances before FID, one to it, one builds without a told FID, one is new."""
    before = {"a": row(), "b": row("feasibility"), "c": row("feed"), "d": row(), "e": row()}
    after = {"a": row("feed"), "b": row("committed"), "c": row("construction"), "d": row(),
             "f": row()}
    view = view_of(before, after)
    assert values(view, "2021-02-01..2021-05-02") == {
        "announced": 3, "at_fid": 2, "lost": 1, "has_reached_fid": 2, "new_listed_undated": 1,
        "progressing_reported": 1, "reached_fid_stated": 1, "reached_fid_implied": 1}
    classes = dict(scorecard(view, period="2021-02-01..2021-05-02").progress.iter_rows())
    assert classes == {"progressing": 1, "reached_fid": 2, "no_qualifying_event": 2, "lost": 1}


def test_an_event_across_the_edge_has_a_range() -> None:
    """FID in (31 January, 2 May]: in the second quarter by its later end, surely in neither."""
    view = view_of({"a": row()}, {"a": row("committed")})

    def bounds(period: str) -> tuple[int, int, int]:
        figures = scorecard(view, period=period).figures.filter(
            (pl.col("measure") == "reached_fid_stated") & (pl.col("group") == "all")
            & (pl.col("level") == "all"))
        return figures.select("low", "value", "high").row(0)

    assert bounds("2021-Q1") == (0, 0, 1)
    assert bounds("2021-Q2") == (0, 1, 1)
    assert bounds("2021-02-01..2021-05-02") == (1, 1, 1)


def test_a_first_listing_is_no_rise_and_no_decision() -> None:
    """What a record already was when first listed has no date."""
    view = view_of({"a": row()}, {"a": row(), "b": row("committed"), "c": row("feed")})
    found = values(view)
    assert "reached_fid_stated" not in found
    assert "progressing_reported" not in found
    assert found["has_reached_fid"] == found["new_late_discovery"] == 1


@pytest.mark.parametrize("change", [
    {"country": "CHL"}, {"capacity": 2e5}, {"operation_planned_date": date(2030, 1, 1)},
])
def test_edits_are_not_progress(change: dict[str, object]) -> None:
    """Nor are ranges of stages that overlap."""
    assert "progressing_reported" not in values(view_of({"a": row()}, {"a": row(**change)}))
    assert "progressing_reported" not in values(
        view_of({"a": row("feasibility..feed")}, {"a": row("feed..committed")}))


def test_a_planned_date_never_becomes_actual() -> None:
    """Years pass, nothing is claimed, no stock changes."""
    planned = {"fid_planned_date": date(2022, 1, 1), "operation_planned_date": date(2023, 1, 1)}
    content = {"a": row(**planned), "b": row("committed", **planned), "c": row("signalled")}
    stocks = [
        {m: v for m, v in values(view_of(content, known=known), "12m").items()
         if not m.startswith(("new", "taken"))}
        for known in (CUTS[0], date(2022, 6, 1), date(2040, 1, 1))
    ]
    assert stocks[0] == stocks[1] == stocks[2]
    assert stocks[0] == {"announced": 1, "at_fid": 1, "has_reached_fid": 1}


def test_legacy_is_never_counted() -> None:
    """Not in stocks, not in flows, not in capacity."""
    old = row("operating", origin="legacy")
    view = view_of({"a": old}, {"a": old, "b": row("committed", origin="legacy")})
    assert values(view) == {}
    card = scorecard(view, period="2021")
    assert card.capacity.is_empty()
    assert card.members.is_empty()
    assert card.eligibility.filter(pl.col("factor") == 1.0)["legacy"].sum() == 2
    assert not projects(view)["counted"].any()


def test_asking_for_what_is_not_there() -> None:
    """Errors say what is accepted."""
    view = view_of({"a": row()})
    with pytest.raises(ValueError, match="accepted: all, flagship, global"):
        scorecard(view, level="some")
    with pytest.raises(ValueError, match="accepted: sector"):
        scorecard(view, by="moon")
    with pytest.raises(KeyError, match="accepted: announced"):
        scorecard(view).projects("moon")


# -- periods ---------------------------------------------------------------------------------------
AS_OF = date(2025, 3, 5)


@pytest.mark.parametrize(("text", "first", "last"), [
    ("2024", date(2024, 1, 1), date(2024, 12, 31)),
    ("2024-H1", date(2024, 1, 1), date(2024, 6, 30)),
    ("2024-h2", date(2024, 7, 1), date(2024, 12, 31)),
    ("2024H2", date(2024, 7, 1), date(2024, 12, 31)),
    ("2024-Q1", date(2024, 1, 1), date(2024, 3, 31)),
    ("2024-Q3", date(2024, 7, 1), date(2024, 9, 30)),
    (" 2024-Q4 ", date(2024, 10, 1), date(2024, 12, 31)),
    ("12m", date(2024, 3, 6), AS_OF), ("6m", date(2024, 9, 6), AS_OF),
    ("24m", date(2023, 3, 6), AS_OF), ("term", date(2024, 1, 1), AS_OF),
    ("2025", date(2025, 1, 1), AS_OF), ("2025-Q1", date(2025, 1, 1), AS_OF),
    ("2024-02-29..2024-03-01", date(2024, 2, 29), date(2024, 3, 1)),
])
def test_periods(text: str, first: date, last: date) -> None:
    """As asked, cut at the day as of which it is asked."""
    span = parse_period(text, AS_OF)
    assert (span.first, span.last) == (first, last)
    assert span.before == first - timedelta(days=1)


@pytest.mark.parametrize("text", [
    "", "soon", "24", "2024-H3", "2024-Q5", "2024-Q0", "12 m", "2024-13-01..2024-14-01",
    "2024-05-01..2024-04-01", "2024-05-01..", "0000", "0m",
])
def test_a_bad_period_says_what_is_accepted(text: str) -> None:
    """In one message."""
    with pytest.raises(ValueError, match="accepted") as caught:
        parse_period(text, AS_OF)
    assert ACCEPTED in str(caught.value)


@pytest.mark.parametrize("text", ["2026", "9999-Q4", "9999-H2"])
def test_a_period_in_the_future_is_refused(text: str) -> None:
    """What lies after the as-of date is not known, up to the calendar's last day."""
    with pytest.raises(ValueError, match="begins after the as-of date 2025-03-05"):
        parse_period(text, AS_OF)


# -- eligibility -----------------------------------------------------------------------------------
GOLDEN = [  # sector, product, route, the size's field, least (domain.md)
    ("steel", "dri", "h2_dri", "dri", 500_000),
    ("steel", "iron", "smelting_reduction_ccs", "iron", 500_000),
    ("steel", "steel", "h2_dri", "steel", 500_000),
    ("steel", "iron", "bf_ccs", "co2_captured", 500_000),
    ("aluminium", "aluminium", "low_carbon_power_smelter", "aluminium", 100_000),
    ("aluminium", "alumina", "electric_boiler", "alumina", 500_000),
    ("cement", "cement", "cement_ccs", "co2_captured", 300_000),
    ("cement", "calcined_clay", "calcined_clay", "calcined_clay", 100_000),
    ("cement", "clinker", "electric_kiln", "clinker", 500_000),
    ("chemicals", "ammonia", "electrolysis", "ammonia", 100_000),
    ("chemicals", "methanol", "biomass", "methanol", 40_000),
    ("chemicals", "olefins", "electrified_cracking", "olefins", 100_000),
    ("chemicals", "hydrogen", "electrolysis", "hydrogen", 15_000),
    ("aviation", "saf", "hefa", "saf", 25_000),
    ("shipping", "ammonia", "electrolysis", "ammonia", 100_000),
    ("shipping", "methanol", "electrolysis", "methanol", 40_000),
]


@pytest.mark.parametrize("factor", [0.5, 1.0, 2.0])
@pytest.mark.parametrize(("sector", "product", "route", "measured", "least"), GOLDEN)
def test_commercial_scale(
    sector: str, product: str, route: str, measured: str, least: int, factor: float
) -> None:
    """At the threshold it is in, one tonne below it is out; halved and doubled the same."""
    record = {"source": SOURCE, "sector": sector, "product": product, "route": route}
    size = f"capacity_{measured}_t_per_year"
    at = int(least * factor)
    assert judge(record | {size: at}, factor).verdict == "eligible"
    below = judge(record | {size: at - 1}, factor)
    assert (below.verdict, "below" in below.reason) == ("out_of_scope", True)
    assert judge(record, factor).verdict == "undecided"


@pytest.mark.parametrize(("record", "verdict"), [
    ({"route": "scrap_eaf", "sector": "steel", "product": "steel"}, "out_of_scope"),
    ({"route": "gas_dri", "sector": "steel", "product": "dri"}, "asset_base"),
    ({"route": "aluminium_recycling", "sector": "aluminium"}, "out_of_scope"),
    ({"route": "cement_fuel_switch", "sector": "cement"}, "out_of_scope"),
    ({"route": "co_processing", "sector": "aviation", "product": "saf"}, "out_of_scope"),
    ({"route": "electrolysis", "sector": "outside", "product": "hydrogen"}, "out_of_scope"),
    ({"route": "electrolysis", "sector": None, "product": "ammonia"}, "undecided"),
    ({"route": None, "sector": "chemicals", "product": "ammonia"}, "undecided"),
    ({"route": "h2_dri", "sector": "steel", "product": "dri", "scale": "demonstration"},
     "out_of_scope"),
    ({"route": "h2_dri", "sector": "steel", "product": "dri", "source": "gem-chemicals"},
     "asset_base"),
    ({"route": "hefa", "sector": "aviation", "product": "saf",
      "capacity_saf_t_per_year": None, "nameplate_total_t_per_year": 9e6}, "undecided"),
    ({"route": "electrolysis", "sector": "chemicals", "product": "hydrogen",
      "capacity_hydrogen_t_per_year": 9e6, "end_uses": "Ammonia;Refining"}, "undecided"),
])
def test_what_is_not_in_the_pipeline(record: dict[str, object], verdict: str) -> None:
    """Large enough in any case; refused rows have a reason."""
    sized = {f"capacity_{p}_t_per_year": 9e6 for p in ("steel", "dri", "ammonia", "aluminium")}
    found = judge({"source": SOURCE} | sized | record)
    assert found.verdict == verdict
    assert found.reason


def test_ammonia_known_by_its_hydrogen() -> None:
    """17,755 t of hydrogen make 100,000 t of ammonia, near enough to the tonne."""
    record = {"source": SOURCE, "sector": "chemicals", "product": "ammonia",
              "route": "electrolysis"}
    assert judge(record | {"capacity_hydrogen_t_per_year": 17_760}).verdict == "eligible"
    assert judge(record | {"capacity_hydrogen_t_per_year": 17_750}).verdict == "out_of_scope"


def test_the_sensitivity_is_printed() -> None:
    """A plant of 120 kt is out at doubled thresholds, one of 60 kt is in at halved ones."""
    view = view_of({"a": row(), "b": row(capacity=60_000.0)})
    shown = scorecard(view, period="12m").eligibility
    eligible = shown.filter(pl.col("verdict") == "eligible").select("factor", "projects")
    assert dict(eligible.iter_rows()) == {0.5: 2, 1.0: 1}
    assert shown.group_by("factor").agg(pl.col("projects").sum())["projects"].to_list() == [2] * 3


# -- the gap ---------------------------------------------------------------------------------------
def test_the_published_arithmetic() -> None:
    """As printed by the reference tracker."""
    whole = published_gap(milestones()["all"].plants, 110)
    assert whole.gap == 595
    assert round(100 * published_gap(whole.gap, 0, 473).share_of_gap, 1) == 79.5
    assert published_gap(milestones()["steel"].plants, 6, 52).gap == 12
    assert published_gap(milestones()["aluminium"].plants, 40, 13).gap == 17
    rows = {name: m.plants for name, m in milestones().items()}
    assert rows.pop("all") == sum(rows.values()) == 705


def figure(view: View, sector: str, rule: str) -> dict[str, object]:
    """One row of the gap."""
    figures = gap(view).figures
    return figures.filter((pl.col("sector") == sector) & (pl.col("rule") == rule)).row(
        0, named=True)


@pytest.mark.parametrize("number", range(COVERED_FROM + 2))
def test_few_projects_are_not_yet_covered(number: int) -> None:
    """Fewer than five eligible: neither 0 nor a gap, but 'not yet covered'."""
    view = view_of({f"k{n}": row("committed" if n else "concept") for n in range(number)}
                   | {"small": row(capacity=1.0)})
    for rule, have in (("committed", number - 1), ("all_announced", number)):
        found = figure(view, "chemicals_shipping", rule)
        if number < COVERED_FROM:
            assert (found["have"], found["gap"], found["note"]) == (None, None, "not yet covered")
        else:
            assert (found["have"], found["gap"]) == (have, 220 - have)
        assert figure(view, "steel", rule)["have"] is None


def test_the_four_rules() -> None:
    """Due by 2030 lies between committed only and all announced; expected is never made up."""
    view = view_of({
        **{f"c{n}": row("committed") for n in range(3)},
        **{f"o{n}": row("operating") for n in range(2)},
        "due": row(operation_planned_date=date(2030, 12, 31)),
        "late": row(operation_planned_date=date(2031, 1, 1)), "undated": row(),
        "legacy": row("operating", origin="legacy"), "paused": row(activity="paused"),
    })
    have = {rule: figure(view, "all", rule)["have"] for rule in RULES}
    assert have == {"committed": 5, "due_2030": 6, "all_announced": 8, "expected": None}
    weights = pl.DataFrame({"record": [f"{SOURCE}:due", f"{SOURCE}:c0"], "probability": [0.4, 0.9]})
    found = gap(view, weights).figures.filter(
        (pl.col("sector") == "all") & (pl.col("rule") == "expected"))
    assert found["have"].to_list() == [1]


def test_hydrogen_for_a_steelworks_is_no_steel_plant() -> None:
    """A milestone speaks of its own products."""
    hydrogen = row(sector="steel", product="hydrogen", capacity=None,
                   capacity_hydrogen_t_per_year=20_000.0)
    told = edition({f"h{n}": hydrogen for n in range(6)})
    register = Shelf()
    register.take_in(told, CUTS[0])
    view = register.history().as_of()
    assert values(view, "12m")["announced"] == 6
    assert figure(view, "steel", "all_announced")["have"] is None


def test_a_decision_and_its_reversal_by_the_press() -> None:
    """A dated reversal by grade 4 is counted once, in its period."""
    register = Shelf()
    for content, cut in (({"a": row()}, CUTS[0]), ({"a": row("committed")}, CUTS[1])):
        register.take_in(edition(content), cut)
    press = {"claim": register.snapshot.position + 1, "record": f"{SOURCE}:a", "field": "stage",
             "value_text": "feed", "known": CUTS[2], "happened_earliest": CUTS[2],
             "happened_latest": CUTS[2], "grade": 4, "source": "events", "kind": "statement",
             "visibility": "public", "release": "e"}
    register.claims = pl.concat([register.claims, frame_of([press])])
    found = values(register.history().as_of(), "2021")
    assert found["reversed"] == 1
    assert found["reached_fid_stated"] == 1
    assert found["has_reached_fid"] == 1
    assert found["announced"] == 1
