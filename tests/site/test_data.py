"""Data: what is offered is there, terms are those of the releases, citations are well-formed."""

from __future__ import annotations

import csv
import html
import io
import json
import re
from datetime import date
from typing import Any

import pytest

from groundbreak.register import standing
from groundbreak.site.citing import TYPES, Citation
from groundbreak.vocabulary.fields import registry

DAY = "2025-03-05"


def test_every_download_offered_is_there(client: Any) -> None:
    text = client.get("/data/", {"as_of": DAY}).content.decode()
    main = text.split("<main")[1].split("</main>")[0]
    links = {html.unescape(link) for link in re.findall(r'href="(/[^"#]*)', main)}
    files = [link for link in links if re.search(r"\.\w+(\?|$)", link)]
    assert len(files) >= 8
    for link in files:
        assert client.get(link).status_code == 200, link


@pytest.mark.parametrize("query", ["", f"as_of={DAY}", f"as_of={DAY}&view=as-now-known"])
def test_every_address_of_the_api_answers_as_it_stands(client: Any, query: str) -> None:
    main = client.get(f"/data/?{query}").content.decode().split("<main")[1]
    links = [html.unescape(link) for link in re.findall(r'href="(/api/[^"]*)', main)]
    assert len(links) == 11
    for link in links:
        assert client.get(link).status_code == 200, link
    if query:
        clock = client.get(next(link for link in links if "scorecard" in link)).json()["clock"]
        assert clock["valid"] == DAY


def test_terms_are_those_of_what_was_taken_in(client: Any) -> None:
    text = client.get("/data/").content.decode()
    releases = standing.current().reader.snapshot.releases.filter(~standing.pl.col("withdrawn"))
    rows = re.findall(r'<tr id="source-([\w-]+)">(.*?)</tr>', text, re.DOTALL)
    assert {name for name, _ in rows} == set(releases["source"])
    for name, row in rows:
        newest = releases.filter(source=name).sort("published").row(-1, named=True)
        assert f">{html.escape(newest['licence'])}</td>" in row
        assert (">not confirmed<" in row) is not newest["licence_confirmed"]
        assert html.escape(newest["citation"]) in row


def test_records_a_source_lists_add_up(client: Any) -> None:
    text = client.get("/data/").content.decode()
    rows = re.findall(r'<tr id="source-.*?<td class="num">([\d,]+)</td>', text, re.DOTALL)
    total = standing.current().reading().view.table().height
    assert sum(int(n.replace(",", "")) for n in rows) == total


def test_before_anything_was_known(client: Any) -> None:
    answer = client.get("/data/", {"as_of": "1995-01-01"})
    assert answer.status_code == 200
    assert "no source had been taken in" in answer.content.decode()


def test_the_dictionary_is_the_registry(client: Any) -> None:
    rows = list(csv.DictReader(io.StringIO(client.get("/data/dictionary.csv").content.decode())))
    assert [row["name"] for row in rows] == list(registry())
    page = client.get("/data/dictionary/").content.decode()
    for field in registry().values():
        assert f'<tr id="{field.name}">' in page


# -- citing ----------------------------------------------------------------------------------------
@pytest.mark.parametrize("query", [{}, {"as_of": DAY}, {"as_of": DAY, "view": "as-now-known"}])
def test_a_citation_leads_back_to_the_same_state(client: Any, query: dict[str, str]) -> None:
    item = json.loads(client.get("/cite.json", query).content)[0]
    assert item["URL"].startswith("http://testserver/?as_of=")
    again = json.loads(client.get("/cite.json?" + item["URL"].partition("?")[2]).content)[0]
    assert again == item
    assert item["type"] == "dataset"
    if query:
        assert DAY in item["title"]


@pytest.mark.parametrize("suffix", TYPES)
def test_citations_as_files(client: Any, suffix: str) -> None:
    answer = client.get(f"/cite.{suffix}", {"as_of": DAY})
    assert answer.status_code == 200
    assert answer["Content-Disposition"] == f'attachment; filename="groundbreak-{DAY}.{suffix}"'
    body = answer.content.decode()
    assert DAY in body or "2025/03/05" in body


def test_no_other_format(client: Any) -> None:
    answer = client.get("/cite.exe")
    assert answer.status_code == 404
    assert "there are: txt, bib, ris, json" in answer.content.decode()


def test_bibtex_and_ris_have_their_form() -> None:
    cited = Citation("Plants & {braces} 100 % #1_~^\\", date(2025, 3, 5), "2025.1",
                     "https://tracker.example.org/?as_of=2025-03-05", date(2026, 1, 2))
    entry = cited.bibtex()
    assert entry.startswith("@misc{groundbreak-2025.1,\n")
    bare = re.sub(r"\\[{}&%$#_]", "", entry)
    assert bare.count("{") == bare.count("}")
    assert r"Plants \& \{braces\} 100 \% \#1\_" in entry
    lines = cited.ris().split("\r\n")
    assert lines[0] == "TY  - DATA"
    assert lines[-2:] == ["ER  - ", ""]
    assert all(re.fullmatch(r"[A-Z][A-Z0-9]  - .*", line) for line in lines[:-1])
    assert "DA  - 2025/03/05" in lines
