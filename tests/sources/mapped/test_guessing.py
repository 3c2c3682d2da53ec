"""What is guessed of small lists: names in several languages, contents, units, dates, layouts."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from groundbreak.sources.mapped.checking import check
from groundbreak.sources.mapped.errors import UndatedTab, UnreadableTab
from groundbreak.sources.mapped.guessing import guess
from groundbreak.sources.mapped.mapping import Mapping
from groundbreak.sources.mapped.opening import open_files
from groundbreak.sources.mapped.reading import Dated, read_files
from groundbreak.sources.mapped.schema import parse_mapping
from groundbreak.sources.mapped.writing import write

Rows = list[list[str]]
HEAD = ["Project", "Country", "Status"]
FEW = [["A one", "Sweden", "Announced"], ["B two", "Spain", "Operational"],
       ["C three", "Chile", "FID"]]


def table(path: Path, rows: Rows) -> Path:
    with path.open("w", encoding="utf-8", newline="") as handle:
        csv.writer(handle).writerows(rows)
    return path


def mapped(*paths: Path, edits: dict[str, str] | None = None) -> Mapping:
    text = write(guess(open_files(paths), "our-list"))
    for old, new in (edits or {}).items():
        assert text.count(old) == 1, (old, text)
        text = text.replace(old, new)
    return parse_mapping(text)


def read(*paths: Path, edits: dict[str, str] | None = None) -> list[Dated]:
    return read_files(mapped(*paths, edits=edits), open_files(paths))[0]


def said(dated: Dated, field: str) -> list[object]:
    rows = dated.edition.statements.filter(dated.edition.statements["field"] == field)
    return [next(v for v in (r["value_text"], r["value_number"], r["value_date"])
                 if v is not None) for r in rows.iter_rows(named=True)]


def with_column(name: str, values: list[str], head: list[str] = HEAD, rows: Rows = FEW) -> Rows:
    return [[*head, name], *([*row, value] for row, value in zip(rows, values, strict=True))]


# -- names and words -----------------------------------------------------------------------------
@pytest.mark.parametrize(("head", "row"), [
    (["Projektname", "Land", "Projektstatus", "Inbetriebnahme"],
     ["Werk Eins", "Deutschland", "im Bau", "2027"]),
    (["Nom du projet", "Pays", "Statut", "Mise en service"],
     ["Usine Une", "France", "en construction", "2027"]),
    (["Nombre del proyecto", "País", "Estado", "Puesta en marcha"],
     ["Planta Uno", "España", "en construcción", "2027"]),
    (["Nome progetto", "Paese", "Stato", "Messa in servizio"],
     ["Impianto Uno", "Italia", "in costruzione", "2027"]),
])
def test_lists_in_other_languages(tmp_path: Path, head: list[str], row: list[str]) -> None:
    second = [row[0].replace("n", "m") + " B", *row[1:]]
    (dated,) = read(table(tmp_path / "l_2024-04-30.csv", [head, row, second]))
    assert said(dated, "stage") == ["construction"] * 2
    assert len(said(dated, "name")) == 2
    assert [str(day)[:4] for day in said(dated, "operation_planned_date")] == ["2027"] * 2


def test_an_unseen_status_is_left_open_and_reported(tmp_path: Path) -> None:
    rows = [HEAD, *FEW, ["D four", "Oman", "Wobbly"], ["E five", "Oman", "Wobbly"]]
    path = table(tmp_path / "l_2024-04.csv", rows)
    mapping = mapped(path)
    assert mapping.open_words == (("status", "Wobbly"),)
    found = check(mapping, open_files([path]))
    assert "'Wobbly'" in found.refused[0]
    issue = found.issues().filter(found.issues()["what"] == "status unknown").to_dicts()[0]
    assert (issue["value"], issue["count"], issue["first_row"]) == ("Wobbly", 2, 5)


def test_announced_reaches_up_to_the_next_word_of_the_list(tmp_path: Path) -> None:
    rows = [HEAD, ["A", "Sweden", "Announced"], ["B", "Spain", "Construction"]]
    mapping = mapped(table(tmp_path / "l_2024-04.csv", rows))
    assert mapping.statuses["announced"].stage == "announced..committed"


def test_an_unknown_column_is_left_open_and_its_cells_are_findings(tmp_path: Path) -> None:
    path = table(tmp_path / "l_2024-04.csv", with_column("Zorp", ["blue", "", "red"]))
    (dated,) = read(path)
    told = [(f.row, f.column, f.value) for f in dated.edition.findings if f.kind == "unread_cell"]
    assert told == [(2, "Zorp", "blue"), (4, "Zorp", "red")]


def test_a_row_number_is_no_id(tmp_path: Path) -> None:
    rows = [["idx", *HEAD], *([str(n), *row] for n, row in enumerate(FEW))]
    mapping = mapped(table(tmp_path / "l_2024-04.csv", rows))
    assert mapping.composite
    assert "idx" in mapping.ignored


def test_an_id_without_a_telling_name_is_seen_by_its_cells(tmp_path: Path) -> None:
    rows = [["Zz", *HEAD], *([f"PR-{n:03}", *row] for n, row in enumerate(FEW))]
    mapping = mapped(table(tmp_path / "l_2024-04.csv", rows))
    assert mapping.key == (("Zz",),)


# -- numbers, units, dates -----------------------------------------------------------------------
@pytest.mark.parametrize(("name", "values", "tonnes"), [
    ("Capacity (kt/y)", ["120", "1,200.5", "7"], [120_000, 1_200_500, 7_000]),
    ("Capacity [t/d]", ["10", "20", "30"], [3650, 7300, 10950]),
    ("Kapazität (kt/a)", ["1.234,5", "0,5", "12"], [1_234_500, 500, 12_000]),
    ("Capacity", ["10 kt/y", "20 kt/y", "0.5 Mt/y"], [10_000, 20_000, 500_000]),
    ("Capacity (Mt)", ["1", "2", "0.3"], [1_000_000, 2_000_000, 300_000]),
])
def test_capacities_with_their_units(
    tmp_path: Path, name: str, values: list[str], tonnes: list[int]
) -> None:
    rows = with_column(name, values)
    rows = [[*row, "Product" if n == 0 else "Ammonia"] for n, row in enumerate(rows)]
    (dated,) = read(table(tmp_path / "l_2024-04.csv", rows))
    assert said(dated, "capacity_ammonia_t_per_year") == tonnes
    assert not dated.edition.findings


def test_a_unit_in_a_column_of_its_own(tmp_path: Path) -> None:
    rows = [[*HEAD, "Product", "Size", "Unit"],
            *([*row, "NH3", "5", unit] for row, unit in zip(FEW, ["kt/y", "Mt/y", "rods"],
                                                            strict=True))]
    (dated,) = read(table(tmp_path / "l_2024-04.csv", rows))
    assert said(dated, "capacity_ammonia_t_per_year") == [5_000, 5_000_000]
    assert [(f.kind, f.value) for f in dated.edition.findings] == [("unknown_unit", "rods")]


def test_a_capacity_without_a_unit_is_unsure_and_never_guessed(tmp_path: Path) -> None:
    rows = [[*HEAD, "Product", "Capacity"], *([*row, "NH3", "5"] for row in FEW)]
    path = table(tmp_path / "l_2024-04.csv", rows)
    assert "# unsure: no unit" in write(guess(open_files([path])))
    (dated,) = read(path)
    assert not said(dated, "capacity_ammonia_t_per_year")
    assert {f.kind for f in dated.edition.findings} == {"unreadable_size"}


@pytest.mark.parametrize(("values", "days"), [
    (["03/04/2024", "25/12/2024", "01/02/2024"], ["2024-04-03", "2024-12-25", "2024-02-01"]),
    (["03/04/2024", "12/25/2024", "01/02/2024"], ["2024-03-04", "2024-12-25", "2024-01-02"]),
    (["2024", "2025-06", "2026-Q3"], ["2024-01-01", "2025-06-01", "2026-07-01"]),
])
def test_which_comes_first_is_decided_by_the_column(
    tmp_path: Path, values: list[str], days: list[str]
) -> None:
    rows = with_column("Planned start", values)
    (dated,) = read(table(tmp_path / "l_2024-04.csv", rows))
    assert [str(day) for day in said(dated, "operation_planned_date")] == days


def test_dates_with_two_readings_are_findings_until_somebody_decides(tmp_path: Path) -> None:
    rows = with_column("Planned start", ["03/04/2027", "05/06/2027", "07/07/2027"])
    path = table(tmp_path / "l_2024-04.csv", rows)
    (dated,) = read(path)
    assert [f.kind for f in dated.edition.findings] == ["unreadable_date"] * 2
    (dated,) = read(path, edits={"  Planned start: operation_planned_date":
                                 "  Planned start: {field: operation_planned_date, day_first: no}"})
    assert str(said(dated, "operation_planned_date")[0]) == "2027-03-04"


def test_percent_and_coordinates(tmp_path: Path) -> None:
    rows = with_column("Capacity factor", ["45%", "50 %", "12,5 %"])
    rows = [[*row, "Lat, Lon" if n == 0 else "65.8, 21.7"] for n, row in enumerate(rows)]
    (dated,) = read(table(tmp_path / "l_2024-04.csv", rows))
    assert said(dated, "capacity_factor_share") == [0.45, 0.5, 0.125]
    assert said(dated, "latitude") == [65.8] * 3


def test_a_date_is_actual_once_the_stage_has_come_that_far(tmp_path: Path) -> None:
    rows = with_column("Start", ["2020", "2021", "2030"])
    (dated,) = read(table(tmp_path / "l_2024-04.csv", rows))
    assert [str(d) for d in said(dated, "operation_actual_date")] == ["2021-01-01"]
    assert [str(d) for d in said(dated, "operation_planned_date")] == ["2020-01-01", "2030-01-01"]


def test_a_past_date_of_a_cancelled_project_changes_nothing_known(tmp_path: Path) -> None:
    rows = [[*HEAD, "FID date"], ["A", "Sweden", "Cancelled", "2023"],
            ["B", "Spain", "FID", "2023"]]
    (dated,) = read(table(tmp_path / "l_2024-04.csv", rows))
    assert [(f.row, f.kind) for f in dated.edition.findings] == [(2, "planned_or_actual")]
    assert {field for _, _, field in dated.edition.kept} >= {"fid_actual_date", "fid_planned_date"}


# -- layouts -------------------------------------------------------------------------------------
def test_titles_sums_headings_and_notes_are_no_records(tmp_path: Path) -> None:
    rows = [["Our list"], [], [*HEAD, "kt/y", "Product"],
            ["EUROPE"], [*FEW[0], "10", "NH3"], [*FEW[1], "20", "NH3"],
            ["Subtotal", "", "", "30", ""], ["AMERICAS"], [*FEW[2], "5", "NH3"],
            ["Total", "", "", "35", ""], [], ["Source: enquiries"]]
    (dated,) = read(table(tmp_path / "l_2024-04.csv", rows))
    assert sorted(said(dated, "name")) == ["A one", "B two", "C three"]
    reasons = {s.row: s.reason for s in dated.tabs[0].skipped}
    assert reasons.keys() == {4, 7, 8, 10, 12}
    told = {(f.row, f.column) for f in dated.edition.findings if f.kind == "skipped_row"}
    assert told == {(4, "Project"), (7, "Project"), (7, "kt/y"), (8, "Project"), (10, "Project"),
                    (10, "kt/y"), (12, "Project")}


def test_a_company_called_total_is_no_sum(tmp_path: Path) -> None:
    rows = [HEAD, *FEW, ["Total Energies Grandpuits", "France", "Operational"]]
    (dated,) = read(table(tmp_path / "l_2024-04.csv", rows))
    assert "Total Energies Grandpuits" in said(dated, "name")


def test_a_folder_of_dated_files_is_one_edition_each(tmp_path: Path) -> None:
    table(tmp_path / "list 2024-04.csv", [HEAD, *FEW])
    table(tmp_path / "list 2024-11.csv", [HEAD, *FEW[1:]])
    assert [str(d.published) for d in read(tmp_path)] == ["2024-04-30", "2024-11-30"]


def test_two_files_of_one_day_are_refused(tmp_path: Path) -> None:
    table(tmp_path / "a 2024-04.csv", [HEAD, *FEW])
    table(tmp_path / "b 2024-04.csv", [HEAD, *FEW[1:]])
    with pytest.raises(UndatedTab, match="one file a day"):
        read(tmp_path)


def test_a_file_without_a_day_says_how_to_give_one(tmp_path: Path) -> None:
    path = table(tmp_path / "list.csv", [HEAD, *FEW])
    with pytest.raises(UndatedTab, match="--published YYYY-MM-DD"):
        read(path)
    found = check(mapped(path), open_files([path]))
    assert found.refused
    assert found.tabs().to_dicts()[0]["published"] == "not given"


@pytest.mark.parametrize("rows", [
    [["just", "words"], ["and", "more"]], [["1", "2"], ["3", "4"]], [["x"]],
])
def test_what_is_no_list_of_projects_is_refused(tmp_path: Path, rows: Rows) -> None:
    with pytest.raises(UnreadableTab, match="Accepted"):
        guess(open_files([table(tmp_path / "l.csv", rows)]))


def test_the_same_list_twice_over_gives_the_same_text(tmp_path: Path) -> None:
    path = table(tmp_path / "l_2024-04.csv", with_column("Zorp", ["blue", "", "red"]))
    assert write(guess(open_files([path]))) == write(guess(open_files([path])))


def test_a_repeated_key_is_told_with_its_rows(tmp_path: Path) -> None:
    rows = [[*HEAD, "kt/y", "Product"], ["A", "Sweden", "Announced", "5", "NH3"],
            ["A", "Sweden", "FID", "7", "NH3"], ["B", "Spain", "FID", "7", "NH3"]]
    path = table(tmp_path / "l_2024-04.csv", rows)
    assert "# On several rows: a-swe: rows 2, 3" in write(guess(open_files([path])))
    (dated,) = read(path)
    assert [d.kind for d in dated.edition.doubts] == ["repeated_id"]
    assert dated.edition.statements.select("key", "part").n_unique() == 3


@pytest.mark.parametrize("mark", [";", "\t", ",", "|"])
def test_a_csv_is_parted_by_what_it_uses(tmp_path: Path, mark: str) -> None:
    path = tmp_path / "l_2024-04.csv"
    rows = [[*HEAD, "kt/a", "Produkt"], ["Werk, Eins" if mark != "," else "Werk Eins", "Schweden",
            "im Bau", "1.234,5" if mark != "," else "1234.5", "Ammoniak"],
            ["Werk Zwei", "Spanien", "Betrieb", "7", "Ammoniak"]]
    path.write_text("\n".join(mark.join(row) for row in rows), encoding="utf-8")
    (dated,) = read(path)
    assert said(dated, "capacity_ammonia_t_per_year") == [1_234_500, 7_000]


@pytest.mark.parametrize(("unit", "land"), [
    ("t/Jahr", "Schweiz"), ("t/an", "Norvège"), ("t/año", "Suecia"), ("t/år", "Tyskland"),
])
def test_a_year_and_countries_in_other_languages(tmp_path: Path, unit: str, land: str) -> None:
    rows = [["Projekt", "Land", "Status", "Produkt", f"Kapazität ({unit})"],
            ["Eins", land, "geplant", "Ammoniak", "500"]]
    (dated,) = read(table(tmp_path / "l_2024-04.csv", rows))
    assert said(dated, "capacity_ammonia_t_per_year") == [500]
    assert said(dated, "country")[0] in ("CHE", "NOR", "SWE", "DEU")
