"""SFI cement and steel: asset bases; the status is text, the year is no date."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from groundbreak.history.edition import Edition
from groundbreak.sources import sfi_cement, sfi_steel
from groundbreak.sources.errors import EmptyFile, UnknownLayout
from groundbreak.sources.files import Book, Table, Value, open_book
from tests.sources.made_tables import book, counts, expected, said, sheet, shuffled, values

CEMENT = "sfi/SFI-Global-Cement-Database-July-2021.xlsx"
STEEL = "sfi/SFI-Global-Steel-Database-July-2021.xlsx"
BOTH = [(sfi_cement, CEMENT), (sfi_steel, STEEL)]
ABOUT = Table("About", [["title", "", ""], [15.0, "capacity", "Total capacity (millions of tons)"]])
Reader = Callable[[Book], Edition]


def plant(uid: str, **cells: Value) -> dict[str, Value]:
    return {"uid": uid, "city": "Linz", "state": "Upper Austria", "country": "Austria",
            "iso3": "AUT", "latitude": 48.3, "longitude": 14.3, "accuracy": "Exact",
            "status": "Operating", "capacity": 1.2, "capacity_source": "http://example.org/a",
            "owner_name": "Test AG", "year": 1950.0, **cells}


def cement(*plants: dict[str, Value], about: Table = ABOUT) -> Edition:
    columns = sfi_cement.LAYOUTS[0].columns
    return sfi_cement.read(book(about, sheet("SFI_ALD_Cement_Database", columns, *plants)))


def steel(process: str, product: str, **cells: Value) -> dict[str, object]:
    columns = sfi_steel.LAYOUTS[0].columns
    row = plant("GASTAUT0001", primary_production_type=process, primary_product=product, **cells)
    edition = sfi_steel.read(book(ABOUT, sheet("SFI_ALD_Steel_Database", columns, row)))
    return {**values(edition, "GASTAUT0001"), "findings": [f.kind for f in edition.findings]}


@pytest.fixture(scope="module", params=BOTH, ids=["cement", "steel"])
def real(request: pytest.FixtureRequest, data: Path) -> tuple[Edition, Reader, Path]:
    module, file = request.param
    return module.read(open_book(data / file)), module.read, data / file


def test_counts(real: tuple[Edition, Reader, Path]) -> None:
    edition, _, path = real
    assert counts(edition, edition.source, path.name) == expected(edition.source, path.name)


def test_asset_base_only(real: tuple[Edition, Reader, Path]) -> None:
    edition = real[0]
    assert not edition.complete
    fields = edition.covered | set(edition.statements["field"])
    assert not {f for f in fields if f in ("stage", "activity", "scale") or f.endswith("_date")}
    assert "status_as_published" in fields


def test_every_row_is_a_record_of_its_own(real: tuple[Edition, Reader, Path]) -> None:
    assert real[0].statements.select("key", "part").n_unique() == real[0].rows


def test_order_of_rows_does_not_matter(real: tuple[Edition, Reader, Path]) -> None:
    edition, read, path = real
    opened = open_book(path)
    again = read(shuffled(opened, next(name for name in opened.tables if name != "About")))
    assert said(again) == said(edition)
    assert again.doubts == edition.doubts


def test_ids_of_two_cement_plants_are_doubts(data: Path) -> None:
    edition = sfi_cement.read(open_book(data / CEMENT))
    assert len(edition.doubts) == 8
    assert {doubt.kind for doubt in edition.doubts} == {"repeated_id"}
    assert "Dyckerhoff GmbH" in edition.doubts[0].text
    assert "thomas zement" in edition.doubts[0].text


def test_a_cement_plant() -> None:
    found = values(cement(plant("GACTAUT0001", plant_type="Integrated", production_type="Dry")),
                   "GACTAUT0001")
    assert found["capacity_cement_t_per_year"] == 1_200_000
    assert (found["product"], found["route"]) == ("cement", "cement_conventional")
    assert found["technology"] == "Integrated, Dry"
    assert found["name"] == "Test AG, Linz"
    assert found["announced_size"] == "1.2 million tons"
    assert found["references"] == "http://example.org/a"


def test_an_estimated_capacity_is_inferred() -> None:
    edition = cement(plant("GACTAUT0001", capacity_source="Estimated"))
    row = edition.statements.filter(pl.col("field") == "capacity_cement_t_per_year")
    assert row["grade"].to_list() == [6]


@pytest.mark.parametrize(
    "about", [Table("Other", []), Table("About", [[15.0, "capacity", "thousands of tons"]])]
)
def test_without_the_unit_no_capacity_is_taken(about: Table) -> None:
    edition = cement(plant("GACTAUT0001"), about=about)
    assert [finding.kind for finding in edition.findings] == ["unknown_unit"]
    found = values(edition, "GACTAUT0001")
    assert "capacity_cement_t_per_year" not in found
    assert "announced_size" in found


@pytest.mark.parametrize(
    ("process", "product", "route", "made", "field"),
    [
        ("EAF", "Crude Steel", "scrap_eaf", "steel", "capacity_steel_t_per_year"),
        ("BF/EAF", "Crude Steel", "bf_bof", "steel", "capacity_steel_t_per_year"),
        ("DRI", "Iron", "gas_dri", "dri", "capacity_dri_t_per_year"),
        ("BF", "Iron", "bf_bof", "iron", "capacity_iron_t_per_year"),
        ("Annealing ", "Finished Products", None, None, None),
        ("Coke", "Coke", None, None, None),
        ("", "", None, None, None),
    ],
)
def test_steel_by_production(
    process: str, product: str, route: str | None, made: str | None, field: str | None
) -> None:
    found = steel(process, product)
    assert (found.get("route"), found.get("product"), found["sector"]) == (route, made, "steel")
    capacities = {name for name in found if name.startswith("capacity_")}
    assert capacities == ({field} if field else set())
    assert found["findings"] == []


def test_unknown_words_of_steel_are_findings() -> None:
    assert steel("Plasma", "Gold")["findings"] == ["unknown_technology", "unknown_product"]


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        ({"capacity": "large"}, "not_a_number"), ({"capacity": -1.0}, "not_a_number"),
        ({"capacity": 5000.0}, "not_a_number"), ({"capacity": True}, "not_a_number"),
        ({"latitude": 123.0}, "off_the_globe"),
        ({"accuracy": "so so"}, "unknown_accuracy"), ({"iso3": "QQQ"}, "unknown_country"),
        ({"uid": "17"}, "no_plant_id"),
    ],
)
def test_findings(cells: dict[str, Value], kind: str) -> None:
    edition = cement(plant("GACTAUT0001"), {**plant("GACTAUT0002"), **cells})
    assert [finding.kind for finding in edition.findings] == [kind]


def test_wrong_files(data: Path) -> None:
    with pytest.raises(UnknownLayout, match="SFI_ALD_Steel_Database"):
        sfi_steel.read(open_book(data / CEMENT))
    with pytest.raises(UnknownLayout, match="SFI_ALD_Cement_Database"):
        sfi_cement.read(open_book(data / STEEL))


def test_empty_and_short_files() -> None:
    with pytest.raises(EmptyFile):
        cement()
    with pytest.raises(UnknownLayout, match="production_type"):
        sfi_cement.read(book(sheet("SFI_ALD_Cement_Database",
                                   sfi_cement.LAYOUTS[0].columns[:-1], plant("GACTAUT0001"))))
