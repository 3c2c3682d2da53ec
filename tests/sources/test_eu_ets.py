"""EU ETS installations: JSON behind one assignment, parsed and never run."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from groundbreak.history.edition import Edition
from groundbreak.sources import files, iea_hydrogen
from groundbreak.sources.errors import EmptyFile, FileTooLarge, UnknownLayout, UnreadableFile
from groundbreak.sources.eu_ets import SOURCE, read
from groundbreak.sources.files import Book, open_book
from tests.sources.made_tables import counts, expected, said, values

FILE = "eu_ets/cleaned_installations3.js"
FORBIDDEN = ("stage", "activity", "scale")


def feature(key: str = "AT_1", point: Any = (14.3, 48.3), **properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "geometry": {"type": "Point", "coordinates": point},
            "properties": {"id_x": key, "name": "Werk", "verified": 1000,
                           "description": "Production of pig iron or steel", **properties}}


def text_of(*features: Any) -> str:
    return "var final = " + json.dumps({"type": "FeatureCollection", "features": features})


def book(text: str) -> Book:
    return Book("made.js", {}, text=text)


def made(*features: Any) -> Edition:
    return read(book(text_of(*features)))


@pytest.fixture(scope="module")
def real(data: Path) -> Edition:
    return read(open_book(data / FILE))


# -- the real file -------------------------------------------------------------------------------
def test_counts(real: Edition) -> None:
    assert counts(real, SOURCE, FILE.split("/")[1]) == expected(SOURCE, FILE.split("/")[1])


def test_asset_base_only(real: Edition) -> None:
    fields = real.covered | set(real.statements["field"])
    assert not real.complete
    assert not {f for f in fields if f in FORBIDDEN or f.endswith("_date")}


def test_all_have_country_place_and_emissions(real: Edition) -> None:
    stated = dict(real.statements["field"].value_counts().iter_rows())
    for name in ("country", "latitude", "sector", "verified_emissions_t_co2_per_year"):
        assert stated[name] == 10_492
    total = real.statements.filter(pl.col("field") == "verified_emissions_t_co2_per_year")
    assert total["value_number"].sum() == 1_518_044_246
    assert set(total["happened_latest"]) == {date(2019, 12, 31)}


def test_sectors(real: Edition) -> None:
    sectors = real.statements.filter(pl.col("field") == "sector")["value_text"].value_counts()
    assert dict(sectors.iter_rows()) == {
        "steel": 205, "cement": 215, "aluminium": 31, "chemicals": 400, "outside": 9641}


def test_order_of_features_does_not_matter(data: Path, real: Edition) -> None:
    opened = open_book(data / FILE)
    content = json.loads(opened.text[opened.text.index("{"):])
    random.Random(7).shuffle(content["features"])
    assert said(read(replace(opened, text=json.dumps(content)))) == said(real)


# -- made files ----------------------------------------------------------------------------------
def test_an_installation() -> None:
    found = values(made(feature("EL_12")), "EL_12")
    assert found == {
        "name": "Werk", "country": "GRC", "latitude": 48.3, "longitude": 14.3, "sector": "steel",
        "sectors_served": "steel", "technology": "Production of pig iron or steel",
        "verified_emissions_t_co2_per_year": 1000.0,
    }


@pytest.mark.parametrize(("prefix", "country"), [("GB", "GBR"), ("XI", "GBR"), ("GR", "GRC")])
def test_country_of_the_id(prefix: str, country: str) -> None:
    assert values(made(feature(f"{prefix}_1")), f"{prefix}_1")["country"] == country


@pytest.mark.parametrize(
    ("item", "kind"),
    [
        (feature(point=[0, 0]), "null_island"),
        (feature(point=[14.3, 95]), "off_the_globe"),
        (feature(point=["14", "48"]), "unreadable_coordinates"),
        (feature(point=[10**400, 1]), "unreadable_coordinates"),
        (feature(point=None), "unreadable_coordinates"),
        ({**feature(), "geometry": None}, "unreadable_coordinates"),
        (feature("QQ_1"), "unknown_country"),
        (feature("total"), "no_installation_id"),
        (feature(description="Alchemy"), "unknown_activity"),
        (feature(verified="many"), "not_a_number"),
        (feature(verified=-1), "number_out_of_range"),
        (feature(verified=10**400), "number_out_of_range"),
    ],
)
def test_findings(item: dict[str, Any], kind: str) -> None:
    edition = made(feature("AT_7", point=(15.0, 47.0)), item)
    assert [finding.kind for finding in edition.findings] == [kind]
    assert edition.findings[0].row == 2


def test_no_emission_stated() -> None:
    edition = made(feature(verified=None))
    assert "verified_emissions_t_co2_per_year" not in values(edition, "AT_1")
    assert edition.findings == ()


def test_a_point_that_many_share_is_approximate() -> None:
    edition = made(*(feature(f"AT_{n}") for n in range(3)), feature("AT_9", point=(1.0, 2.0)))
    accuracy = edition.statements.filter(pl.col("field") == "location_accuracy")
    assert accuracy["key"].sort().to_list() == ["AT_0", "AT_1", "AT_2"]
    assert set(accuracy["grade"]) == {6}


def test_repeated_id_is_a_doubt() -> None:
    edition = made(feature(), feature(name="Anderes Werk"))
    assert [doubt.text for doubt in edition.doubts] == ["AT_1 stands 2 times: Anderes Werk; Werk"]


@pytest.mark.parametrize(
    "text",
    [
        "alert(1); var final = {}", "var final = {}; alert(1)", "var final = {", "final()",
        'var final = {"type": NaN}', 'var a = {"a":' + "[" * 100_000, "var a = b = {}",
        '{"a": ' + "9" * 10_000 + "}",
    ],
)
def test_anything_but_one_object_is_unreadable(text: str) -> None:
    with pytest.raises(UnreadableFile, match="Accepted"):
        read(book(text))


@pytest.mark.parametrize(
    "text",
    ["{}", '{"type": "FeatureCollection"}', '{"type": "Topology", "features": [1]}',
     '{"type": "FeatureCollection", "features": [1]}',
     '{"type": "FeatureCollection", "features": [{"properties": {"id_x": "AT_1"}}]}'],
)
def test_another_layout(text: str) -> None:
    with pytest.raises(UnknownLayout):
        read(book(text))


def test_no_features() -> None:
    with pytest.raises(EmptyFile):
        made()


def test_a_table_is_refused(data: Path) -> None:
    with pytest.raises(UnknownLayout, match="a table"):
        read(open_book(data / "iea_hydrogen/iea_h2_2025-03_thehydroguy_clean.csv"))


# -- text files as books -------------------------------------------------------------------------
def test_plain_json_with_a_byte_order_mark(tmp_path: Path) -> None:
    path = tmp_path / "installations.GeoJSON"
    content = text_of(feature(name="Hütte")).removeprefix("var final = ")
    path.write_bytes(b"\xef\xbb\xbf" + json.dumps(json.loads(content)).encode())
    assert values(read(open_book(path)), "AT_1")["name"] == "Hütte"


def test_text_files_are_limited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "big.js"
    path.write_text(text_of(feature()))
    monkeypatch.setattr(files, "MAX_TEXT_BYTES", 10)
    with pytest.raises(FileTooLarge):
        open_book(path)


def test_blank_and_binary_text_files(tmp_path: Path) -> None:
    blank, binary = tmp_path / "blank.js", tmp_path / "binary.json"
    blank.write_text("  \n")
    binary.write_bytes(b"var a = {\x00}")
    with pytest.raises(EmptyFile):
        open_book(blank)
    with pytest.raises(UnreadableFile):
        open_book(binary)


def test_readers_of_tables_refuse_a_text_file(tmp_path: Path) -> None:
    path = tmp_path / "list.js"
    path.write_text(text_of(feature()))
    with pytest.raises(UnknownLayout):
        iea_hydrogen.read(open_book(path))
