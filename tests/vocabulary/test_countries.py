"""Countries: the lists are sound, one spelling means one country, and real files resolve."""

from __future__ import annotations

import csv
import os
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from groundbreak.vocabulary import countries
from groundbreak.vocabulary.terms import read_rows

TODAY = date(2024, 1, 1)
SPELLINGS = read_rows("country_spellings.csv")
EU27 = {
    "AUT", "BEL", "BGR", "HRV", "CYP", "CZE", "DNK", "EST", "FIN", "FRA", "DEU", "GRC", "HUN",
    "IRL", "ITA", "LVA", "LTU", "LUX", "MLT", "NLD", "POL", "PRT", "ROU", "SVK", "SVN", "ESP",
    "SWE",
}

# What real files write in a country column and what is no country, or not known in full.
NOT_RESOLVED = {
    "": "blank",
    "EU": "a union: projects over several unnamed members",
    "Multiple Europe": "an area",
    "Unknown": "not known to the publisher",
    "Japan-unknown": "the second country is not known to the publisher",
}
COUNTRY_HEADERS = {
    "country", "country full name", "country or economy", "country/area", "country_from",
    "country_to",
}
MACHINE_NAMES = re.compile(r"Column\d+")
DEEPEST_HEADER_ROW = 4


def _without_accents(text: str) -> str:
    letters = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def test_codes_are_complete_unique_and_well_formed() -> None:
    every = countries.all_countries()
    assert len(every) == 250  # ISO 3166-1 has 249 entries; Kosovo has user-assigned codes
    for column, pattern in (("iso3", r"[A-Z]{3}"), ("iso2", r"[A-Z]{2}"), ("numeric", r"\d{3}")):
        values = [getattr(country, column) for country in every if column != "numeric"
                  or country.iso3 != "XKX"]
        assert all(re.fullmatch(pattern, value) for value in values), column
        assert len(set(values)) == len(values), column
    assert len({country.name for country in every}) == len(every)


def test_every_country_but_antarctica_has_an_m49_region() -> None:
    every = countries.all_countries()
    assert [c.iso3 for c in every if not c.m49_region or not c.m49_subregion] == ["ATA"]
    assert {c.m49_region for c in every} - {""} == {
        "Africa", "Americas", "Asia", "Europe", "Oceania",
    }
    parents: dict[str, set[str]] = {}
    for country in every:
        parents.setdefault(country.m49_subregion, set()).add(country.m49_region)
    assert all(len(regions) == 1 for regions in parents.values())
    assert len(parents.keys() - {""}) == 17


def test_codes_and_names_mean_their_own_country() -> None:
    for country in countries.all_countries():
        iso2 = "NAM" if country.iso2 == "NA" else country.iso2
        for text in (country.iso3, iso2, country.name):
            assert countries.lookup(text) == country.iso3, text


def test_every_spelling_resolves_and_shadows_no_other_country() -> None:
    known = {country.iso3 for country in countries.all_countries()}
    for row in SPELLINGS:
        assert row["iso3"] in known, row
        assert row["note"], row
        # A spelling that equalled another country's code or name would resolve to that country.
        assert countries.lookup(row["spelling"]) == row["iso3"], row


def test_each_spelling_is_listed_once_and_only_if_needed() -> None:
    own = [text for c in countries.all_countries() for text in (c.iso3, c.iso2, c.name)]
    keys = Counter(countries._key(row["spelling"]) for row in SPELLINGS)
    assert [key for key, times in keys.items() if times > 1] == []
    assert keys.keys() & {countries._key(text) for text in own} == set()


def test_spellings_stand_in_order() -> None:
    order = [(row["iso3"], row["spelling"]) for row in SPELLINGS]
    assert order == sorted(order)


def test_case_accents_white_space_and_punctuation_make_no_difference() -> None:
    names = [c.name for c in countries.all_countries()] + [row["spelling"] for row in SPELLINGS]
    for text in names:
        expected = countries.lookup(text)
        assert expected
        for variant in (
            text.upper(), text.lower(), text.swapcase(), _without_accents(text),
            unicodedata.normalize("NFD", text), f"\ufeff \t{text}\u00a0\n",
            text.replace(" ", "\n"), text.replace("'", "\u2019"), f"The {text}",
            text.replace(" and ", " & "),
        ):
            assert countries.lookup(variant) == expected, variant


@pytest.mark.parametrize(
    ("text", "iso3"),
    [
        ("POR", "PRT"), ("ROM", "ROU"), ("Island", "ISL"), ("Lybia", "LBY"), ("UK", "GBR"),
        ("U.S.A.", "USA"), ("Korea", "KOR"), ("Korea, Rep.", "KOR"), ("Korea, North", "PRK"),
        ("Turkiye", "TUR"), ("cote d'ivoire", "CIV"), ("Bosnia & Herzegovina", "BIH"),
        ("Congo, Dem. Rep.", "COD"), ("Congo, Rep.", "COG"), ("Niger", "NER"), ("Guinea", "GIN"),
        ("Schweiz", "CHE"), ("Norwegen", "NOR"), ("Suède", "SWE"), ("Estados Unidos", "USA"),
        ("Tyskland", "DEU"), ("GROSSBRITANNIEN", "GBR"),
        ("Kosovo", "XKX"), ("Taiwan", "TWN"), ("Georgia", "GEO"), ("Georgia, USA", "USA"),
    ],
)
def test_spellings_worth_naming(text: str, iso3: str) -> None:
    assert countries.lookup(text) == iso3
    assert countries.lookup_all(text) == (iso3,)


@pytest.mark.parametrize(
    "text",
    ["", " ", "-", "the", "EU", "Europe", "Various", "Unknown", "Other", "International", "n/a",
     "N.A.", "NA", "TBD", "Middle East", "Atlantis", "XX", "620", "\ufffd"],
)
def test_areas_and_fillers_are_not_countries(text: str) -> None:
    assert countries.lookup(text) is None
    assert countries.lookup_all(text) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("PRT\nESP", ("PRT", "ESP")),
        ("POL\r\nCZE\r\nSVK\r\nHUN", ("POL", "CZE", "SVK", "HUN")),
        ("Germany-Netherlands", ("DEU", "NLD")),
        ("Germany – Netherlands", ("DEU", "NLD")),
        ("Norway / Denmark", ("NOR", "DNK")),
        ("Belgium, Germany, USA", ("BEL", "DEU", "USA")),
        ("Spain; Portugal & France", ("ESP", "PRT", "FRA")),
        ("Germany and Denmark", ("DEU", "DNK")),
        ("Australia-Timor Leste", ("AUS", "TLS")),
        ("Timor-Leste-Australia", ("TLS", "AUS")),
        ("Guinea-Senegal", ("GIN", "SEN")),
        ("Guinea-Bissau-Senegal", ("GNB", "SEN")),
        ("Korea, Rep., Japan", ("KOR", "JPN")),
        ("Bosnia and Herzegovina and Croatia", ("BIH", "HRV")),
        ("Congo, Democratic Republic of the, Angola", ("COD", "AGO")),
        ("FRA\nAND\nESP", ("FRA", "AND", "ESP")),
        ("Spain\nESP", ("ESP",)),
        ("Germany,", ("DEU",)),
        ("and", None),
        ("Japan-unknown", None),
        ("UK; EU", None),
        ("Paris, FR", None),
    ],
)
def test_cells_that_name_several_countries(text: str, expected: tuple[str, ...] | None) -> None:
    assert countries.lookup_all(text) == expected


def test_a_single_name_stays_one_country_whatever_it_holds() -> None:
    for country in countries.all_countries():
        assert countries.lookup_all(country.name) == (country.iso3,)
    for row in SPELLINGS:
        assert countries.lookup_all(row["spelling"]) == (row["iso3"],)


@pytest.mark.parametrize("separator", ["\n", ", ", ";", " / ", "-", " – ", " & ", " and ", "|"])
def test_any_two_countries_part_again_in_order(separator: str) -> None:
    every = countries.all_countries()
    for first, second in zip(every, every[1:] + every[:1], strict=True):
        cell = first.name + separator + second.name
        assert countries.lookup_all(cell) == (first.iso3, second.iso3), cell


def test_name_of_a_code() -> None:
    assert countries.name("TUR") == "Türkiye"
    with pytest.raises(ValueError, match=r"'POR'.*alpha-3"):
        countries.name("POR")


def test_groupings_are_sound() -> None:
    known = {country.iso3 for country in countries.all_countries()}
    rows = read_rows("groupings.csv")
    for row in rows:
        assert row["iso3"] in known, row
        assert row["source"], row
        first, last = row["valid_from"] or "0001-01-01", row["valid_to"] or "9999-12-31"
        assert date.fromisoformat(first) <= date.fromisoformat(last), row
    spans = Counter((row["grouping"], row["iso3"], row["valid_from"]) for row in rows)
    assert max(spans.values()) == 1
    assert len(set(countries.groupings())) == len(countries.groupings())


def test_the_union_has_27_members_and_had_28() -> None:
    assert countries.members("EU27", TODAY) == EU27
    last_day, next_day = date(2020, 1, 31), date(2020, 2, 1)
    assert countries.members("EU28", last_day) == EU27 | {"GBR"}
    assert countries.members("EU27", last_day) == frozenset()
    assert countries.members("EU28", next_day) == frozenset()
    assert countries.members("EU27", next_day) == EU27
    assert "HRV" not in countries.members("EU28", date(2013, 6, 30))


def test_groupings_hold_the_members_they_promise() -> None:
    wider = countries.members("Europe incl. UK and EFTA", TODAY)
    assert wider == EU27 | {"GBR", "CHE", "ISL", "LIE", "NOR"}
    published = countries.members("Middle East as published", TODAY)
    mena = countries.members("MENA", TODAY)
    assert {"MAR", "DZA", "EGY", "SAU", "ARE", "OMN"} <= published < mena
    assert not mena & wider
    emde = countries.members("EMDE excluding China", TODAY)
    assert len(emde) == 154  # the 155 of the IMF without China
    assert {"IND", "BRA", "ZAF", "TUR", "POL"} <= emde
    assert not emde & {"CHN", "TWN", "HKG", "MAC", "KOR", "SGP", "USA", "DEU"}
    g20 = countries.members("G20", TODAY)
    assert len(g20) == 19
    assert "ESP" not in g20


def test_m49_regions_are_groupings_and_part_the_world() -> None:
    regions = [countries.members(region, TODAY)
               for region in ("Africa", "Americas", "Asia", "Europe", "Oceania")]
    assert sum(map(len, regions)) == len(frozenset().union(*regions)) == 249
    assert countries.members("Northern America", TODAY) == {"BMU", "CAN", "GRL", "SPM", "USA"}
    assert countries.in_grouping("EGY", "Northern Africa", date.min)
    assert countries.in_grouping("MEX", "Latin America and the Caribbean", TODAY)


def test_unknown_groupings_and_codes_are_refused_with_what_is_accepted() -> None:
    with pytest.raises(ValueError, match=r"'EU26'.*EU27.*Northern Africa"):
        countries.members("EU26", TODAY)
    with pytest.raises(ValueError, match="unknown grouping ''"):
        countries.members("", TODAY)
    with pytest.raises(ValueError, match="unknown country code 'GER'"):
        countries.in_grouping("GER", "EU27", TODAY)


def _tables(folder: Path) -> Iterator[tuple[str, list[list[object]]]]:
    """Every sheet and CSV of the folder as rows of cells, with a name for messages."""
    for path in sorted(folder.rglob("*.xlsx")):
        book = CalamineWorkbook.from_path(str(path))
        for sheet in book.sheet_names:
            rows = book.get_sheet_by_name(sheet).to_python()
            yield f"{path.name}/{sheet}", [list(row) for row in rows]
    for path in sorted(folder.rglob("*.csv")):
        with path.open(encoding="utf-8-sig", errors="replace", newline="") as lines:
            yield path.name, [list(row) for row in csv.reader(lines)]


def _country_cells(rows: list[list[object]]) -> Iterator[str]:
    """The distinct cells below a country header, header lines themselves left out."""
    for depth, header in enumerate(rows[:DEEPEST_HEADER_ROW]):
        for column, title in enumerate(header):
            if str(title).strip().casefold() in COUNTRY_HEADERS:
                below = {str(row[column]) for row in rows[depth + 1 :] if column < len(row)}
                yield from (cell for cell in below if not _is_header(cell))


def _is_header(cell: str) -> bool:
    return cell.strip().casefold() in COUNTRY_HEADERS or bool(MACHINE_NAMES.fullmatch(cell))


def test_every_country_of_the_real_files_resolves() -> None:
    folder = os.environ.get("GROUNDBREAK_DATA")
    if not folder:
        pytest.skip("GROUNDBREAK_DATA is not set: name the folder that holds the data files")
    found: dict[str, set[str]] = {}
    for table, rows in _tables(Path(folder)):
        if table.endswith("/Definitions and assumptions"):
            continue  # its column "Country" is prose about the column
        for cell in _country_cells(rows):
            found.setdefault(cell, set()).add(table)
    assert len(found) > 300, f"only {len(found)} country cells found in GROUNDBREAK_DATA"
    unknown = {cell: tables for cell, tables in found.items()
               if countries.lookup_all(cell) is None and cell not in NOT_RESOLVED}
    assert unknown == {}
    assert NOT_RESOLVED.keys() <= found.keys(), "an exception that no file needs any more"
