"""The catalogue counts as a plain filter would, whatever is asked, in any order."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groundbreak.catalogue.columns import CREDIT
from groundbreak.catalogue.query import FACETS, NOT_STATED, Query
from groundbreak.catalogue.search import folded, folded_column
from groundbreak.catalogue.table import Catalogue

NAMES = ("Ørsted Esbjerg", "Sohar Łódź", "宝钢湛江", "Ἀθῆναι", "Сталь Урал", "الجبيل", "포항제철",
         "=SUM(A1)", "Çimento", "plant")
FIELDS = {
    "name": st.sampled_from(NAMES), "country": st.sampled_from(["DEU", "DEU;NLD", "CHN", None]),
    "sector": st.sampled_from(["steel", "cement", None]),
    "product": st.sampled_from(["dri", "cement", None]), "route": st.sampled_from(["h2_dri", None]),
    "stage": st.sampled_from(["feed", "announced", None]),
    "activity": st.sampled_from(["active", "paused", None]),
    "label": st.sampled_from(["announced", "at_fid", "operating"]),
    "level": st.sampled_from(["flagship", "global"]), "region": st.sampled_from(["Europe", None]),
    "grade": st.sampled_from([1, 5, None]), "start_year": st.sampled_from([2026, 2030, None]),
    "size": st.sampled_from(["1-2x", NOT_STATED]), "source": st.sampled_from(["events", "saf"]),
    "owners": st.sampled_from(["A; B", "B", "A; A", None]),
    "origin": st.sampled_from(["new_intervention", "legacy"]),
    "capacity": st.sampled_from([5, 500, None]), "last_news": st.none(), "counted": st.booleans(),
}
ROW = st.fixed_dictionaries(FIELDS)
TYPES = {"grade": pl.Int8, "start_year": pl.Int32, "capacity": pl.Int64, "last_news": pl.Date,
         "counted": pl.Boolean}
ASKED = st.fixed_dictionaries({}, optional={
    "sector": st.lists(st.sampled_from(["steel", "cement", NOT_STATED]), min_size=1, max_size=2),
    "country": st.lists(st.sampled_from(["DEU", "NLD", NOT_STATED]), min_size=1, max_size=2),
    "company": st.lists(st.sampled_from(["A", "B"]), min_size=1, max_size=2),
    "grade": st.just(["5"]), "start": st.just(["2030", NOT_STATED]), "all": st.just(["1"]),
    "q": st.sampled_from([["orsted"], ["lodz"], ["宝钢"], ["СТАЛЬ"], ["ath"], ["plant zzz"]]),
    "sort": st.sampled_from([["-capacity"], ["country"], ["label"]]),
})


def made(rows: list[dict[str, object]]) -> Catalogue:
    """A catalogue of made rows."""
    schema = {name: TYPES.get(name, pl.String) for name in FIELDS}
    frame = pl.DataFrame(rows, schema=schema).with_columns(
        record=pl.format("events:{}", pl.int_range(pl.len())),
        project=pl.format("GB-{}", pl.int_range(pl.len())),
        other_names=pl.lit(None, pl.String), place=pl.lit(None, pl.String),
        country_names=pl.col("country"), name_key=pl.col("name").str.to_lowercase(),
        label_key="label", stage_key="stage")
    return Catalogue(frame)


def plainly(rows: list[dict[str, object]], query: Query, without: str = "") -> set[int]:
    """The row numbers that a plain reading of the question chooses."""

    def has(row: dict[str, object], facet: str) -> set[str]:
        value = row[{"start": "start_year", "company": "owners"}.get(facet, facet)]
        if value is None:
            return {NOT_STATED}
        parts = str(value).split(";") if facet in ("country", "company") else [str(value)]
        return {part.strip() for part in parts}

    def found(row: dict[str, object]) -> bool:
        text = folded(" ".join(str(row[name] or "") for name in ("name", "owners", "country")))
        return (
            (query.everything or bool(row["counted"]))
            and all(has(row, facet) & set(values) for facet, values in query.filters.items()
                    if facet != without)
            and all(word in text for word in folded(query.search).split())
        )

    return {number for number, row in enumerate(rows) if found(row)}


@settings(max_examples=60, deadline=None)
@given(st.lists(ROW, min_size=1, max_size=25), ASKED)
def test_selection_and_facets_equal_a_plain_reading(
    rows: list[dict[str, object]], asked: dict[str, list[str]]
) -> None:
    query = Query.parse(asked)
    chosen = made(rows).select(query)
    numbers = [int(record.split(":")[1]) for record in chosen.frame["record"]]
    assert set(numbers) == plainly(rows, query)
    assert len(numbers) == chosen.total
    for facet in ("sector", "country", "company", "grade", "start"):
        beside = plainly(rows, query, without=facet)
        for value in chosen.facet(facet):
            alone = Query({facet: (value.value,)}, everything=True)
            assert value.projects == len(beside & plainly(rows, alone)), (facet, value)


@settings(max_examples=30, deadline=None)
@given(st.lists(ROW, min_size=1, max_size=25), st.sampled_from(["capacity", "-capacity", "label"]))
def test_pages_make_up_the_whole_in_order(rows: list[dict[str, object]], sort: str) -> None:
    whole = made(rows)
    query = Query(sort=sort, per_page=4, everything=True)
    chosen = whole.select(query)
    pages = [whole.select(Query(sort=sort, per_page=4, page=n, everything=True)).page()
             for n in range(1, chosen.pages + 1)]
    assert pl.concat(pages).equals(chosen.frame)
    values = chosen.frame[sort.removeprefix("-")].drop_nulls().to_list()
    if "capacity" in sort:
        assert values == sorted(values, reverse=sort.startswith("-"))
        assert chosen.frame["capacity"].is_null().to_list() == sorted(
            chosen.frame["capacity"].is_null().to_list())


def test_a_project_with_two_countries_stands_in_both_and_once_in_all() -> None:
    rows = [dict.fromkeys(FIELDS) | {
        "name": "plant", "country": "DEU;NLD", "sector": "steel", "product": "dri",
        "route": "h2_dri", "stage": "feed", "activity": "active", "label": "announced",
        "level": "global", "region": "Europe", "size": NOT_STATED, "source": "events",
        "owners": "A", "origin": "new_intervention", "counted": True}]
    chosen = made(rows).select(Query())
    assert chosen.total == 1
    assert [(v.value, v.projects) for v in chosen.facet("country")] == [("DEU", 1), ("NLD", 1)]


@given(st.text(st.characters(min_codepoint=32, max_codepoint=0xD7A3,
                             exclude_categories=["Cn", "Cs"]), max_size=60))
def test_one_text_and_a_column_are_folded_alike(text: str) -> None:
    column = pl.DataFrame({"t": [text]}).select(folded_column("t")).item()
    assert folded(column) == folded(text)


@pytest.mark.parametrize(("typed", "printed"), [
    ("orsted", "Ørsted"), ("LODZ", "Łódź"), ("cimento", "Çimento"), ("宝钢", "宝钢湛江"),
    ("포항", "포항제철"), ("сталь", "СТАЛЬ"), ("αθηναι", "Ἀθῆναι"), ("الجبيل", "الجُبَيْل"),
])
def test_what_a_reader_types_finds_what_is_printed(typed: str, printed: str) -> None:
    assert folded(typed) in folded(printed)
    column = pl.DataFrame({"t": [printed]}).select(folded_column("t")).item()
    assert folded(typed) in column


def test_a_download_always_says_whose_data_it_is() -> None:
    assert set(CREDIT) >= {"project", "source", "licence", "terms_confirmed", "citation"}
    assert set(FACETS) >= {"sector", "country", "label"}
