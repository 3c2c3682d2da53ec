"""Every trap of the collected facts: a conflict, a slip or a mix-up that must stay what it is."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from groundbreak.starter import events, flagships
from groundbreak.starter.tables import rows

TODAY = date(2026, 9, 4)


def values(said: pl.DataFrame, key: str, field: str) -> list:
    """All values ever stated of one cell, in the order in which they became known."""
    cell = said.filter((pl.col("key") == key) & (pl.col("field") == field)).sort("known", "raw")
    kind = next((c for c in ("value_text", "value_number", "value_date")
                 if cell[c].null_count() < cell.height), "value_text")
    return cell[kind].to_list()


def years(said, key, field) -> set[int]:
    return {day.year for day in values(said, key, field)}


def row(place: str) -> dict[str, str]:
    return next(r for r in rows("events") if r["source_row"] == place)


def test_go4zero_slips_from_2026_to_2031(said, ask):
    assert years(said, "go4zero", "operation_planned_date") == {2026, 2028, 2029, 2031}
    assert ask("go4zero", "operation_planned_date", date(2022, 12, 31)) == date(2028, 1, 1)
    assert ask("go4zero", "operation_planned_date", date(2024, 6, 1)) == date(2029, 1, 1)
    assert ask("go4zero", "operation_planned_date") == date(2031, 1, 1)


def test_go4zero_kiln_under_construction_is_not_its_paused_capture(said, ask):
    assert ask("go4zero", "activity") == "paused"
    assert ask("go4zero", "stage") == "announced"
    assert values(said, "go4zero", "construction_start_actual_date") == []
    assert ask("go4zero", "capacity_co2_captured_t_per_year") is None  # 1 Mt is what it emits
    assert ask("go4zero", "capacity_cement_t_per_year") is None


def test_hybrit_gallivare_newest_page_is_not_the_newest_fact(said, ask):
    assert years(said, "hybrit-gallivare", "operation_planned_date") == {2026, 2027, 2028}
    assert ask("hybrit-gallivare", "operation_planned_date", date(2024, 5, 1)).year == 2027
    # The page of 25 October 2024 still prints 2026; it is on record and does not win.
    assert ask("hybrit-gallivare", "operation_planned_date", date(2024, 10, 25)).year == 2027
    assert ask("hybrit-gallivare", "operation_planned_date").year == 2028


def test_hybrit_gallivare_site_preparation_is_no_fid(said, ask):
    assert ask("hybrit-gallivare", "fid_actual_date") is None
    assert ask("hybrit-gallivare", "stage") == "announced"


def test_san_ciprian_curtailment_dated_three_ways(said, ask):
    assert values(said, "san-ciprian-restart", "curtailment_actual_date") == [date(2022, 1, 1)]
    assert "2021, January 2022 and 2022" in row("events_metals_cement:58")["remark"]
    assert ask("san-ciprian-restart", "stage") == "announced"  # a curtailment moves no stage


def test_tkh2steel_suspended_is_a_hydrogen_tender(said, ask):
    assert ask("tkh2steel", "activity") == "active"
    assert values(said, "tkh2steel", "pause_actual_date") == []
    assert ask("tkh2steel", "capacity_hydrogen_t_per_year") is None


def test_gezero_start_2024_is_a_grant_period(said, ask):
    assert values(said, "gezero", "construction_start_actual_date") == []
    assert years(said, "gezero", "construction_start_planned_date") == {2026}
    assert ask("gezero", "stage") == "announced"


def test_kujawy_2021_is_a_misprint(said, ask):
    assert years(said, "go4ecoplanet", "operation_planned_date") == {2027}
    assert [f.row for f in events.read().findings if f.kind == "misprint"] == [145]


@pytest.mark.parametrize(("key", "units", "amounts"), [
    ("k6-lumbres", {"EUR@2022"}, {150e6, 153e6}),
    ("accsion", {"EUR@2024", "DKK@2025"}, {220e6, 1600e6}),
    ("arcelormittal-gijon-dri", {"EUR@2023"}, {460e6, 450e6}),
])
def test_one_grant_told_twice_is_one_cell(said, ask, key, units, amounts):
    grants = said.filter((pl.col("key") == key) & (pl.col("field") == "grant_awarded"))
    assert set(grants["unit"]) == units
    assert set(grants["value_number"]) == amounts
    assert ask(key, "grant_awarded") in amounts  # one holds, never the sum


@pytest.mark.parametrize(("key", "selected", "signed"), [
    ("ifestos", date(2023, 7, 1), date(2023, 12, 1)),
    ("anrav", date(2022, 7, 1), date(2023, 1, 19)),
    ("gezero", date(2023, 7, 13), date(2023, 12, 15)),
    ("accsion", date(2024, 10, 28), date(2025, 3, 19)),
    ("sublime-holyoke", date(2024, 3, 1), date(2024, 11, 4)),
])
def test_selection_and_signing_are_two_dates(ask, key, selected, signed):
    assert ask(key, "award_selected_actual_date") == selected
    assert ask(key, "award_signed_actual_date") == signed
    assert ask(key, "gate_public_support", selected.replace(day=1)) is None


@pytest.mark.parametrize(("one", "other"), [
    ("hynovi", "vaia"), ("arcelormittal-dunkirk-dri", "arcelormittal-dunkirk-eaf"),
    ("ap60-96-pots", "arvida-closure"), ("flagshipone", "liquid-wind-ornskoldsvik"),
    ("green-energy-park-piaui", "solatio-piaui"),
])
def test_same_place_different_project(ask, one, other):
    assert ask(one, "name") != ask(other, "name")
    assert ask(one, "name") is not None
    assert ask(other, "name") is not None


def test_dunkirk_eaf_is_not_the_restart_of_the_paused_dri(ask):
    assert ask("arcelormittal-dunkirk-dri", "activity") == "paused"
    assert ask("arcelormittal-dunkirk-dri", "fid_actual_date") is None
    assert ask("arcelormittal-dunkirk-eaf", "fid_actual_date") == date(2026, 2, 10)
    assert ask("arcelormittal-dunkirk-eaf", "route") == "scrap_eaf"


def test_alba_line_7_before_and_after(said, ask):
    assert "one name, two projects" in ask("alba-line-7", "note")
    assert ask("alba-line-7", "capacity_aluminium_t_per_year") is None  # 304 kt is lines 1-3
    assert values(said, "alba-line-7", "curtailment_actual_date") == []


def test_ap60_replaces_arvida(ask):
    assert ask("ap60-96-pots", "capacity_aluminium_t_per_year") == 160_000  # 220 kt: whole site
    assert ask("arvida-closure", "origin") == "legacy"
    assert ask("arvida-closure", "closure_actual_date") is None


def test_inola_600_then_750_kt(ask):
    assert ask("ega-inola", "capacity_aluminium_t_per_year", date(2026, 1, 31)) == 750_000
    sizes = {r["capacity_value"] for r in rows("events") if r["key"] == "ega-inola"}
    assert sizes == {"600000", "750000"}
    assert ask("ega-inola", "fid_actual_date") is None


def test_algoma_short_tons(said, ask):
    sizes = set(values(said, "algoma-eaf", "capacity_steel_t_per_year"))
    assert sizes == {round(3_700_000 * 0.90718474), 3_000_000}
    # What closed is the blast furnace, not the project.
    assert values(said, "algoma-eaf", "closure_actual_date") == []
    assert ask("algoma-eaf", "stage") == "construction..operating"


def test_cbi_ghana_clay_and_cement_apart(said):
    assert set(values(said, "cbi-ghana-clay", "capacity_calcined_clay_t_per_year")) == {400_000}
    assert set(values(said, "cbi-ghana-clay", "capacity_cement_t_per_year")) == {405_000}


def test_kribi_cement_is_not_clay(said):
    assert set(values(said, "cimpor-kribi-clay", "capacity_calcined_clay_t_per_year")) == {400_000}
    assert values(said, "cimpor-kribi-clay", "capacity_cement_t_per_year") == []


def test_alunorte_600_or_700_kt_co2(said):
    claimed = values(said, "alunorte-fuel-switch", "avoided_claimed_t_co2_per_year")
    assert set(claimed) == {600_000, 700_000}
    assert values(said, "alunorte-fuel-switch", "capacity_co2_captured_t_per_year") == []


def test_karmoy_gross_and_net(said, ask):
    assert set(values(said, "karmoy-technology-pilot", "capex_announced")) == {3.9e9, 4.3e9}
    assert "net NOK 2.7 bn" in row("events_metals_cement:39")["remark"]
    # Inaugurated before any metal: no start of operation.
    assert ask("karmoy-technology-pilot", "stage") == "committed"
    assert ask("karmoy-technology-pilot", "origin") == "legacy"


def test_middletown_500_million_is_the_grant(said, ask):
    assert values(said, "cleveland-cliffs-middletown", "grant_awarded") == [500e6]
    assert values(said, "cleveland-cliffs-middletown", "capex_announced") == []
    assert ask("cleveland-cliffs-middletown", "activity") == "cancelled"


def test_hydnum_is_billion(said):
    assert values(said, "hydnum-puertollano", "capex_announced") == [1.65e9]


def test_air_products_louisiana_slips_and_is_cancelled(said, ask):
    key = "air-products-louisiana"
    assert years(said, key, "operation_planned_date") == {2026, 2030}
    assert ask(key, "cancellation_actual_date") == date(2026, 6, 26)
    assert ask(key, "activity", date(2026, 6, 29)) == "paused"  # older pages show it going on
    assert ask(key, "activity") == "cancelled"
    assert values(said, key, "capex_announced") == [4.5e9]
    assert "8-9bn" in row("events_fuels_chemicals:100")["remark"]


def test_flagshipone_cancelled_after_fid(ask):
    assert ask("flagshipone", "fid_actual_date") == date(2022, 12, 1)
    assert ask("flagshipone", "cancellation_actual_date") == date(2024, 8, 15)
    assert ask("flagshipone", "stage") == "construction"
    assert ask("flagshipone", "activity") == "cancelled"


def test_kasso_50_gw_is_50_mw(said, ask):
    assert values(said, "kasso-e-methanol", "capacity_electrolyser_kw") == []
    assert ask("kasso-e-methanol", "capacity_methanol_t_per_year") == 42_000
    assert "50 GW" in row("events_fuels_chemicals:19")["remark"]


def test_acelen_four_start_dates_and_total_liquids(said, ask):
    starts = said.filter((pl.col("key") == "acelen-mataripe")
                         & (pl.col("field") == "operation_planned_date"))
    assert set(starts["raw"]) == {"2026-Q1", "2026", "2027", "2028"}
    assert values(said, "acelen-mataripe", "capacity_saf_t_per_year") == []
    assert set(values(said, "acelen-mataripe", "nameplate_total_t_per_year")) == {780_000}


def test_dg_fuels_three_sizes(said):
    sizes = set(values(said, "dg-fuels-louisiana", "capacity_saf_t_per_year"))
    assert len(sizes) == 3
    assert 600_000 in sizes


def test_twelve_opened_below_commercial_scale(ask):
    assert ask("twelve-moses-lake", "operation_actual_date") == date(2026, 6, 10)
    assert ask("twelve-moses-lake", "scale") == "demonstration"


def test_goldwind_500_850_1450_kt(said, ask):
    key, field = "goldwind-hinggan", "capacity_methanol_t_per_year"
    assert set(values(said, key, field)) == {500_000, 850_000, 1_450_000}
    assert ask(key, field, date(2023, 12, 1)) == 500_000
    assert ask(key, field) == 1_450_000
    assert ask(key, "stage") == "construction..operating"  # a phase of 250 kt runs


@pytest.mark.parametrize("key", ["cf-blue-point", "yara-sluiskil-ccs", "beaver-lake"])
def test_co2_contracts_are_no_offtake(said, key):
    assert values(said, key, "offtake_binding_actual_date") == []
    if key != "beaver-lake":  # a letter of intent on methanol is a real one
        assert values(said, key, "offtake_mou_actual_date") == []
        assert values(said, key, "gate_offtake") == []
    assert set(values(said, "beaver-lake", "gate_offtake")) == {1}


def test_green_energy_park_and_solatio_are_apart(ask):
    assert ask("green-energy-park-piaui", "owners") == "Green Energy Park"
    assert ask("solatio-piaui", "owners") == "Solatio"
    assert ask("solatio-piaui", "permit_actual_date") is None
    assert {ask(k, "support") for k in ("green-energy-park-piaui", "solatio-piaui")} == {"flagship"}


# -- how to read the events ------------------------------------------------------------
def test_early_investment_decision_is_no_fid(ask):
    for key, stage in (("fortescue-pecem", "feasibility"), ("fortescue-holmaneset", "feed")):
        assert ask(key, "stage") == stage
        assert ask(key, "fid_actual_date") is None


def test_ceremonies_and_pilot_tests_prove_nothing(ask):
    for key in ("carbon2business", "arcelormittal-dofasco", "dunkerque-c4capture",
                "elysis-alma-450ka", "dalian-bunkering", "acme-duqm"):
        assert ask(key, "stage") == "announced", key


def test_planned_awards_and_withdrawn_awards(said, ask):
    assert values(said, "ijmuiden-1", "grant_awarded") == []
    assert values(said, "power4steel", "grant_awarded") == []
    for key in ("mitchell-ccs", "sublime-holyoke", "lebec-net-zero"):
        assert ask(key, "grant_awarded") == 0
        assert ask(key, "grant_awarded", date(2025, 5, 1)) in (None, 500e6, 87e6)
        assert ask(key, "gate_public_support") == 1
    assert ask("mitchell-ccs", "activity") == "active"  # the owner has not cancelled it


def test_the_old_plant_beside_a_project_is_not_the_project(said, ask):
    assert values(said, "world-energy-paramount", "operation_actual_date") == []
    assert values(said, "montana-renewables-maxsaf", "operation_actual_date") == []
    assert ask("world-energy-paramount", "cancellation_actual_date") == date(2025, 2, 24)


def test_a_coarse_date_does_not_hide_the_day(ask):
    assert ask("neste-rotterdam-expansion", "fid_actual_date") == date(2022, 6, 27)
    assert ask("dow-path2zero", "fid_actual_date") == date(2023, 11, 29)
    assert ask("hyskies", "pause_actual_date") == date(2024, 7, 1)


def test_support_of_a_company_is_no_record(said):
    companies = flagships.companies()
    assert companies.height == 10
    assert flagships.plants().height == 6
    names = set(companies["name"])
    recorded = set(said.filter(pl.col("field") == "name")["value_text"])
    assert not names & recorded
    not_near_zero = companies.filter(pl.col("near_zero") == "no")["company"]
    assert set(not_near_zero) == {"Votorantim Cimentos", "Mizu"}


def test_support_has_a_date_and_is_known_late(said):
    members = said.filter(pl.col("field") == "support")
    assert members.height == 6
    assert (members["known"] == TODAY).all()
    assert (members["happened_earliest"] < members["known"]).all()
