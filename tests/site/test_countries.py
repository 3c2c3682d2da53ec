"""Countries: a project in two stands in both and counts once; groupings are named and dated."""

from __future__ import annotations

import csv
import io
import re
from datetime import date
from typing import Any

import pytest

from groundbreak.register import standing
from groundbreak.vocabulary import countries
from tests.site.opening import assert_opens, main, numbers


@pytest.mark.parametrize("params", [{}, {"grouping": "EU27", "product": "dri"},
                                    {"as_of": "2025-03-05"},
                                    {"as_of": "2025-03-05", "view": "as-now-known"}], ids=str)
def test_every_number_opens(client: Any, params: dict[str, str]) -> None:
    assert_opens(client, main(client, "/countries/", **params), least=5)


def test_the_last_row_counts_each_once(client: Any) -> None:
    text = main(client, "/countries/")
    last = text.split('<tr class="sum">')[1]
    counted = standing.current().reading().projects().filter("counted")
    labels = ("announced", "at_fid", "operating")
    for (_link, shown), label in zip(numbers(last)[:3], labels, strict=True):
        assert shown == (counted["label"] == label).sum()


def test_a_grouping_leaves_only_its_members(client: Any) -> None:
    text = main(client, "/countries/", grouping="EU27")
    codes = set(re.findall(r'href="/countries/([A-Z]{3})/"', text))
    assert codes
    assert codes <= countries.members("EU27", date(2026, 9, 4))
    assert "27 members" in text
    assert "27 members" not in main(client, "/countries/", grouping="EU27", as_of="2019-06-01")


@pytest.mark.parametrize(("params", "named"), [
    ({"grouping": "Mordor"}, "EU27"), ({"product": "gold"}, "ammonia"),
    ({"grouping": "<script>"}, "EU27")])
def test_what_is_not_known_is_refused(client: Any, params: dict[str, str], named: str) -> None:
    answer = client.get("/countries/", params)
    assert answer.status_code == 400
    assert named in answer.content.decode()
    assert "<script>" not in answer.content.decode().split("<main")[1]


def test_a_country_is_found_by_any_name_and_has_one_address(client: Any) -> None:
    answer = client.get("/countries/turkey/", {"as_of": "2025-03-05"})
    assert (answer.status_code, answer["Location"]) == (301, "/countries/TUR/?as_of=2025-03-05")
    assert client.get("/countries/Atlantis/").status_code == 404
    assert "Sweden" in main(client, "/countries/SWE/")
    assert "No project here is counted" in main(client, "/countries/AFG/")


def test_a_country_s_page_opens(client: Any) -> None:
    assert_opens(client, main(client, "/countries/SWE/"), least=8)


def test_the_csv_is_of_the_countries_shown(client: Any) -> None:
    text = client.get("/countries.csv", {"grouping": "EU27"}).content.decode()
    rows = list(csv.DictReader(io.StringIO(text)))
    assert {row["country"] for row in rows} <= countries.members("EU27", date(2026, 9, 4))
    assert {row["grouping"] for row in rows} == {"EU27"}
