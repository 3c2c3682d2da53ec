"""Companies: as printed, paged, with addresses that no name can break."""

from __future__ import annotations

import csv
import io
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundbreak.measures import companies as measure
from groundbreak.register import standing
from groundbreak.site.views.companies import slug
from tests.site.opening import assert_opens, main


def test_every_number_opens(client: Any) -> None:
    for number in ("1", "2"):
        assert_opens(client, main(client, "/companies/", page=number), least=5)


def test_pages_hold_every_company_once(client: Any) -> None:
    everyone = measure.companies(standing.current().reading().view)["company"].to_list()
    shown: list[str] = []
    number = 1
    while True:
        text = main(client, "/companies/", page=str(number))
        shown += re.findall(r'href="/companies/([^"/]+)/"', text)
        if "rel=\"next\"" not in text:
            break
        number += 1
    assert shown == [slug(name) for name in everyone]
    assert client.get("/companies/", {"page": str(number + 1)}).status_code == 400


@pytest.mark.parametrize("page", ["0", "-1", "x", "9" * 30, "1; drop"])
def test_a_page_that_is_none_is_refused(client: Any, page: str) -> None:
    answer = client.get("/companies/", {"page": page})
    assert answer.status_code == 400
    assert "a whole number from 1" in answer.content.decode()


def test_search_minds_no_accents(client: Any) -> None:
    assert "Liquid Wind" in main(client, "/companies/", q="LÍQUID")
    assert "No owner" in main(client, "/companies/", q="'; drop table claims; --")
    assert client.get("/companies/", {"q": "x" * 201}).status_code == 400


@given(name=st.text(min_size=1))
def test_an_address_is_safe_and_tells_names_apart(name: str) -> None:
    assert re.fullmatch(r"([a-z0-9-]+-)?[0-9a-f]{12}", slug(name))
    assert slug(name) != slug(name + " ")


def test_a_company_is_found_by_the_hash_of_its_name(client: Any) -> None:
    good = slug("Liquid Wind")
    text = main(client, f"/companies/{good}/")
    assert "<h1>Liquid Wind</h1>" in text
    assert_opens(client, text)
    assert client.get(f"/companies/wrong-{good[-12:]}/")["Location"] == f"/companies/{good}/"
    assert client.get("/companies/nobody-000000000000/").status_code == 404
    assert client.get(f"/companies/{good}/", {"as_of": "1995-01-01"}).status_code == 404


def test_partners_build_the_same_project(client: Any) -> None:
    view = standing.current().reading().view
    long = measure.owners(view)
    shared = long.filter(long["record"].is_duplicated())
    first, second = shared.filter(shared["record"] == shared["record"][0])["company"][:2]
    assert f'/companies/{slug(second)}/"' in main(client, f"/companies/{slug(first)}/")


def test_the_csv_holds_what_the_page_counts(client: Any) -> None:
    rows = list(csv.DictReader(io.StringIO(client.get("/companies.csv").content.decode())))
    everyone = measure.companies(standing.current().reading().view)
    assert [int(row["projects"]) for row in rows] == everyone["projects"].to_list()
