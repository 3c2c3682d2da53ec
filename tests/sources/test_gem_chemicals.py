"""GEM chemicals: an asset base by product tokens, without stage, activity or dates."""

from __future__ import annotations

from pathlib import Path

import pytest

from groundbreak.history.edition import Edition
from groundbreak.sources.errors import EmptyFile, UnknownLayout
from groundbreak.sources.files import Book, Value, open_book
from groundbreak.sources.gem_chemicals import REQUIRED, SOURCE, products_of, read
from tests.sources.made_tables import book, counts, expected, said, sheet, shuffled, values

FILE = "gem/gem_global_chemicals_inventory_2025-11.xlsx"
KEY = "P100000149999"


def plant(**cells: Value) -> dict[str, Value]:
    return {"GEM plant ID": KEY, "Plant name (English)": "Test Ammonia Plant",
            "Owner (English)": "Test AG [60%]; unknown [40%]", "Municipality": "Linz",
            "Subnational unit": "Upper Austria", "Country/area": "Austria", "ISO3 code": "AUT",
            "Coordinates": "48.3,14.3", "Coordinate accuracy": "approximate",
            "Primary products": "ammonia", "Feedstock": "natural gas", **cells}


def made(*plants: dict[str, Value]) -> Book:
    return book(sheet("Plant data", REQUIRED, *plants))


@pytest.fixture(scope="module")
def real(data: Path) -> Edition:
    return read(open_book(data / FILE))


def test_counts(real: Edition) -> None:
    assert counts(real, SOURCE, FILE.split("/")[1]) == expected(SOURCE, FILE.split("/")[1])


def test_products_by_token(data: Path) -> None:
    table = open_book(data / FILE).tables["Plant data"]
    rows = list(table.data(table.headers(0), 1))
    tokens = [products_of(row["Primary products"].text) for row in rows]
    assert sum("ammonia" in listed for listed in tokens) == 359
    assert sum("methanol" in listed for listed in tokens) == 128


def test_asset_base_only(real: Edition) -> None:
    assert not real.complete
    said_fields = real.covered | set(real.statements["field"])
    assert not {f for f in said_fields
                if f in ("stage", "activity", "scale") or f.endswith("_date")
                or f.startswith("capacity_")}
    assert set(real.statements.filter(field="sector")["value_text"]) == {"chemicals"}


def test_order_of_rows_does_not_matter(data: Path, real: Edition) -> None:
    assert said(read(shuffled(open_book(data / FILE), "Plant data"))) == said(real)


@pytest.mark.parametrize(
    ("text", "product"),
    [("ammonia; methanol", "ammonia"), ("benzene; propylene", "olefins"), ("methanol", "methanol"),
     ("olefins (unknown type)", "olefins"), ("benzene; toluene; xylene", None)],
)
def test_first_product_of_our_words(text: str, product: str | None) -> None:
    edition = read(made(plant(**{"Primary products": text})))
    assert values(edition, KEY).get("product") == product
    assert f"Primary products: {text}" in str(values(edition, KEY)["note"])
    assert edition.findings == ()


def test_a_plant() -> None:
    found = values(read(made(plant(**{"SFI ID": "GEPDAUT0001"}))), KEY)
    assert found["external_ids"] == "sfi:GEPDAUT0001"
    assert (found["country"], found["place"]) == ("AUT", "Linz, Upper Austria")
    assert (found["latitude"], found["location_accuracy"]) == (48.3, "approximate")
    assert found["gem_plant_id"] == KEY


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        ({"Primary products": "ammonia; unobtainium"}, "unknown_product"),
        ({"ISO3 code": "DEU"}, "country_conflict"),
        ({"ISO3 code": "QQQ", "Country/area": "Ruritania"}, "unknown_country"),
        ({"Coordinates": "somewhere"}, "unreadable_coordinates"),
        ({"Coordinate accuracy": "perhaps"}, "unknown_accuracy"),
        ({"SFI ID": "17"}, "unknown_id"),
        ({"GEM plant ID": "total"}, "no_plant_id"),
    ],
)
def test_findings(cells: dict[str, Value], kind: str) -> None:
    edition = read(made(plant(), plant(**{"GEM plant ID": "P100000148888", **cells})))
    assert [finding.kind for finding in edition.findings] == [kind]
    assert edition.findings[0].row == 3


def test_repeated_id_is_a_doubt() -> None:
    edition = read(made(plant(), plant(**{"Plant name (English)": "Another"})))
    assert [doubt.text for doubt in edition.doubts] == [
        f"{KEY} stands 2 times: Another; Test Ammonia Plant"]


def test_wrong_files(data: Path) -> None:
    with pytest.raises(UnknownLayout, match="GEM plant ID"):
        read(open_book(data / "gem/gem_gist_plant_2025-09.xlsx"))
    with pytest.raises(EmptyFile):
        read(made())
    with pytest.raises(UnknownLayout, match="Feedstock"):
        read(book(sheet("Plant data", REQUIRED[:-2], plant())))
