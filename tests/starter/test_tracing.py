"""Nothing is invented: every row of the starter equals the row of the facts it names."""

from __future__ import annotations

import re
from datetime import date
from importlib.resources import files
from pathlib import Path

import polars as pl
import pytest

from groundbreak.sources import registry
from groundbreak.starter import events, reference, trackers
from groundbreak.starter.tables import STARTER_PUBLISHED, known_on, period, rows
from groundbreak.vocabulary.fields import registry as fields
from groundbreak.vocabulary.quantities import parse_quantity
from groundbreak.vocabulary.terms import (
    ACTIVITIES,
    GATE_CRITERIA,
    MILESTONES,
    PRODUCTS,
    ROUTES,
    SCALES,
    SECTORS,
    STOP_REASONS,
    stage_range,
)

# A politician's name is not kept; a page's own note says that the owner was another one then.
PUBLISHERS = {"US Senator Markey": "US Senate office"}
OTHER_OWNER = {"events_metals_cement:45": "EGA", "events_metals_cement:46": "EGA"}
KINDS = {"capex as announced": "capex", "grant or aid": "grant", "other, see note": "other"}
# Where the row's own note says that the money is something else than its column.
OTHER_MONEY = {
    "events_metals_cement": {11, 16, 26, 122, 172, 191, 210, 222, 227, 232, 252, 275, 286},
    "events_fuels_chemicals": {40, 61},
}
SAME = {
    "event": "event", "date": "event_date", "precision": "date_precision",
    "planned_or_actual": "planned_or_actual", "capacity": "capacity", "unit": "capacity_unit",
    "amount": "amount", "currency": "amount_currency", "url": "source_url",
    "published": "source_published", "grade": "evidence_grade", "confidence": "confidence",
    "remark": "note",
}


def test_every_event_equals_its_source_row(facts):
    assert len(rows("events")) == 638
    for row in rows("events"):
        source = facts[row["source_row"]]
        for ours, theirs in SAME.items():
            assert row[ours] == source[theirs], (row["source_row"], ours)
        assert row["owner"] == OTHER_OWNER.get(row["source_row"], source["owner"])
        assert row["publisher"] == PUBLISHERS.get(
            source["source_publisher"], source["source_publisher"])


def test_every_source_row_is_here_once(facts):
    ours = [row["source_row"] for row in rows("events")]
    assert len(set(ours)) == len(ours)
    assert set(ours) == {place for place in facts if place.startswith("events_")}


def test_every_project_equals_its_source(facts):
    projects = {row["key"]: row for row in rows("projects")}
    assert len(projects) == len(rows("projects")) == 164
    for row in rows("events"):
        source, project = facts[row["source_row"]], projects[row["key"]]
        assert project["name"] == source["project"]
        assert (project["country"], project["place"]) == (source["country_iso3"], source["place"])


def test_money_keeps_its_kind_but_for_the_noted_ones(facts):
    for row in rows("events"):
        stem, number = row["source_row"].split(":")
        if row["amount"] and int(number) not in OTHER_MONEY[stem]:
            assert row["amount_what"] == KINDS[facts[row["source_row"]]["amount_what"]]


def test_words_are_of_the_vocabulary():
    for row in rows("projects"):
        assert row["sector"] in SECTORS
        assert all(sector in SECTORS for sector in row["sectors_served"].split(";"))
        assert row["product"] in PRODUCTS
        assert row["route"] in ROUTES
        assert row["origin"] in ("new_intervention", "legacy")
        assert row["scale"] in SCALES or row["scale"] == ""
        assert row["basis"] in ("record", "judgement")
    for row in rows("events"):
        assert row["milestone"] in MILESTONES or row["milestone"] == ""
        assert row["activity_proved"] in ACTIVITIES or row["activity_proved"] == ""
        assert row["stop_reason"] in STOP_REASONS or row["stop_reason"] == ""
        assert row["gate"] in GATE_CRITERIA or row["gate"] == ""
        assert row["capacity_field"] in fields() or row["capacity_field"] == ""
        if row["stage_proved"]:
            stage_range(row["stage_proved"])


def test_planned_never_proves_anything():
    planned = [row for row in rows("events") if row["planned_or_actual"] == "planned"]
    assert len(planned) == 277
    for row in planned:
        assert not row["stage_proved"] + row["activity_proved"] + row["gate"], row["source_row"]
    assert all(f"{r['milestone']}_planned_date" in fields() for r in planned if r["milestone"])


def test_planned_statements_are_planned_dates(said):
    planned = {r["source_row"] for r in rows("events") if r["planned_or_actual"] == "planned"}
    dated = said.filter(pl.col("field").str.ends_with("_actual_date"))
    assert not set(dated["place"]) & planned


def test_nothing_is_known_before_its_page(said):
    published = {row["source_row"]: row["published"] for row in rows("events")}
    for place, known in said.select("place", "known").unique().iter_rows():
        assert known is not None
        assert known <= STARTER_PUBLISHED
        stated = published.get(place, "")
        if stated:
            assert known >= period(stated).first, place
            assert known == known_on(stated)
        else:
            assert known == STARTER_PUBLISHED


def test_nothing_happened_after_it_was_known(said):
    late = said.filter(pl.col("happened_latest") > pl.col("known"))
    assert late.is_empty(), late
    backwards = said.filter(pl.col("happened_earliest") > pl.col("happened_latest"))
    assert backwards.is_empty(), backwards


def test_capacities_follow_from_what_is_printed():
    for row in rows("events"):
        if not row["capacity_value"]:
            continue
        value, number, unit = int(row["capacity_value"]), float(row["capacity"]), row["unit"]
        if "gal" in unit or unit.startswith(("l/", "million l")):
            continue  # see the next test
        factor = {"short t/yr": 0.90718474, "MW electrolyser": 1e3}.get(unit, 1.0)
        factor = 1e6 if unit.startswith("GW electrolyser") else factor
        assert value == round(number * factor), row["source_row"]


@pytest.mark.parametrize(("place", "text", "substance"), [
    ("events_fuels_chemicals:77", "178 million gal/y", "saf"),
    ("events_fuels_chemicals:33", "9 million gal/y", "saf"),
    ("events_fuels_chemicals:27", "300 million gal/y", "saf"),
    ("events_fuels_chemicals:85", "1000000000 l/y", "renewable_fuel"),
    ("events_fuels_chemicals:280", "340 million gal/y", "renewable_fuel"),
])
def test_volumes_of_fuel_are_read_by_the_units_table(place, text, substance):
    row = next(r for r in rows("events") if r["source_row"] == place)
    quantity = parse_quantity(text, substance=substance)
    assert quantity.low is not None
    assert int(row["capacity_value"]) == round(quantity.low)
    expected = "capacity_saf" if substance == "saf" else "nameplate_total"
    assert row["capacity_field"].startswith(expected)


def test_a_capacity_is_of_its_own_unit():
    for row in rows("events"):
        unit, field = row["unit"], row["capacity_field"]
        if unit in ("tCO2/yr", "t/yr CO2 captured") and field:
            assert field == "capacity_co2_captured_t_per_year"
        if "avoided" in unit:
            assert field in ("avoided_claimed_t_co2_per_year", "")
        if unit in ("MW", "kA", "t steam/h", "MW thermal", "t/day", "tCO2e/t alumina", "GW"):
            assert not row["capacity_value"], row["source_row"]
        if unit.startswith(("t/yr renewable", "l/yr", "t/yr biofuels", "t/yr e-fuels")):
            assert field == "nameplate_total_t_per_year"


def test_capex_and_grants_carry_currency_and_year(said):
    money = said.filter(pl.col("field").is_in(["capex_announced", "grant_awarded"]))
    assert money.height > 80
    assert all(re.fullmatch(r"[A-Z]{3}@(19|20)\d\d", unit) for unit in money["unit"])


def test_every_statement_names_publisher_or_is_our_reading(said):
    own = {"sector", "sectors_served", "product", "route", "origin", "scale", "project_type",
           "note"}
    unnamed = said.filter(pl.col("publisher").is_null())
    assert set(unnamed["field"]) <= own
    assert said["place"].str.contains(r"^(events_\w+|flagships):\d+$").all()


def test_shuffling_the_rows_changes_nothing(monkeypatch):
    from groundbreak.starter import events as module

    before = module.read().statements
    turned = {name: tuple(reversed(rows(name))) for name in ("events", "projects", "flagships")}
    monkeypatch.setattr(module, "rows", lambda name: turned[name])
    after = module.read().statements
    key = [c for c in before.columns if c != "place"]
    assert before.select(key).unique().sort(key).equals(after.select(key).unique().sort(key))


def test_flagships_equal_their_source(facts):
    for row in rows("flagships"):
        source = facts[row["source_row"]]
        for ours, theirs in (("name", "project"), ("company", "company"), ("unit", "unit"),
                             ("supported_from", "supported_from"), ("capacity", "capacity"),
                             ("remark", "stage_note"), ("source", "source")):
            assert row[ours] == source[theirs]
    assert len(rows("flagships")) == 16


def test_reference_series_equal_their_source(facts):
    for row in rows("tracker_history"):
        source = facts[row["source_row"]]
        assert {k: row[k] for k in source} == source
    for row in rows("milestones_2030"):
        source = facts[row["source_row"]]
        assert (row["sector"], row["value"], row["source"]) == (
            source["sector"], source["value"], source["source"])
        assert row["year"] == ("2040" if source["unit"].endswith("_2040") else "2030")


def test_reference_series_load():
    history = reference.tracker_history()
    assert history["committed"].to_list() == [110, 136, 134, 144, 161]
    assert history["published"].is_sorted()
    milestones = reference.milestones_2030()
    plants = milestones.filter(pl.col("unit") == "plants")
    assert dict(plants.select("sector", "value").iter_rows()) == {
        "steel": 70, "aluminium": 70, "cement": 45, "aviation": 300, "chemicals_shipping": 220,
        "all": 705,
    }
    assert milestones["source"].null_count() == 0


FILES = {
    "saf": "saf/global_saf_capacity_db_2025-06-18.xlsx",
    "gem-steel": "gem/gem_gist_plant_2025-09.xlsx",
    "iea-hydrogen": "iea_hydrogen/iea_h2_2025-03_thehydroguy_clean.csv",
}


@pytest.mark.parametrize("source", FILES)
def test_tracker_rows_are_what_the_importer_reads(data: Path, source: str):
    """Where an importer changes, make the CSV again from trackers.excerpt()."""
    kept = trackers.table().filter(pl.col("source") == source)
    published: date = kept["published"][0]
    edition = registry.read(source, data / FILES[source])
    again = trackers.excerpt(edition, published, kept["key"].unique().to_list())
    assert kept["file"].unique().to_list() == [edition.file]
    assert kept.sort(kept.columns).equals(again.sort(again.columns))


@pytest.mark.parametrize("source", FILES)
def test_importing_the_full_file_adds_and_does_not_double(data: Path, source: str):
    from groundbreak.history.claims import empty
    from groundbreak.history.news import Release, news
    from groundbreak.starter.register import editions

    starter = next(e for e in editions() if e.edition.source == source)
    first = news(starter.edition, release=starter.release, published=starter.published,
                 own=empty(), releases=[], parts={}, grade=5)
    own = first.claims.with_columns(claim=pl.int_range(pl.len(), dtype=pl.Int64))
    parts: dict[str, dict[str, str]] = {}
    for record, part in first.parts.items():
        parts.setdefault(record.split(":", 1)[1], {})[record] = part
    taken = Release(starter.release, starter.published, starter.published, False,
                    frozenset(first.listed))
    full = news(registry.read(source, data / FILES[source]), release="full",
                published=starter.published, own=own, releases=[taken], parts=parts, grade=5)
    told = own.select("record", "field").unique()
    again = full.claims.join(told, on=["record", "field"], how="semi")
    assert again.is_empty(), again.select("record", "field", "value_text", "raw")
    assert full.claims.height > 0
    assert set(first.listed) <= set(full.listed)


def test_unconfirmed_licences_give_bare_facts_only():
    bare = trackers.table().filter(pl.col("source") == "iea-hydrogen")
    assert bare["key"].n_unique() <= 15
    assert not {"references", "note", "announced_size", "owners"} & set(bare["field"])


def test_no_machine_paths_and_nothing_padded():
    folder = files("groundbreak.starter")
    for name in ("events", "projects", "flagships", "trackers", "tracker_history",
                 "milestones_2030"):
        text = folder.joinpath(f"{name}.csv").read_text(encoding="utf-8")
        assert not re.search(r"(?<![\w:/.])/(home|work|tmp|root|Users)/", text), name
    said = {row["key"] for row in rows("events")}
    assert said == {row["key"] for row in rows("projects")}  # no project without a dated event


def test_edition_neither_clears_nor_drops():
    edition = events.read()
    assert edition.covered == frozenset()
    assert not edition.complete
    assert {f.kind for f in edition.findings} == {"misprint", "money_without_year"}
