"""Feeds: valid Atom and JSON Feed, ids that stay, no clock of the machine, answered from cache."""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from groundbreak.register import standing
from groundbreak.site.feeding import Entry, Feed, atom, json_feed
from tests.site.conftest import opened
from tests.site.test_changes import take

pytestmark = pytest.mark.usefixtures("contexts")
A = "{http://www.w3.org/2005/Atom}"
SINCE = "since=2025-03-05"


def entries(client: Any, address: str) -> list[ElementTree.Element]:
    """The entries of an Atom feed that holds what RFC 4287 asks for."""
    answer = client.get(address)
    assert answer.status_code == 200, answer.content
    assert answer["Content-Type"].startswith("application/atom+xml")
    root = ElementTree.fromstring(answer.content)
    assert root.tag == f"{A}feed"
    for holder in (root, *root.findall(f"{A}entry")):
        for name in ("id", "title", "updated"):
            assert len(holder.findall(f"{A}{name}")) == 1
        assert holder.findtext(f"{A}id", "").startswith("urn:uuid:")
    assert root.find(f"{A}author/{A}name") is not None
    selves = [link for link in root.findall(f"{A}link") if link.get("rel") == "self"]
    assert [link.get("href") for link in selves] == [f"http://testserver{address}"]
    found = root.findall(f"{A}entry")
    ids = [entry.findtext(f"{A}id") for entry in found]
    assert len(ids) == len(set(ids))
    return found


def test_one_entry_a_project_and_day_newest_first(client: Any) -> None:
    """Updated is the day on which it became known; each leads to its project and its evidence."""
    found = entries(client, f"/feeds/changes.atom?{SINCE}")
    days = [entry.findtext(f"{A}updated", "")[:10] for entry in found]
    assert days == sorted(days, reverse=True)
    assert days[0] <= str(standing.current().newest)
    told = standing.current().reader.changes("2025-03-05")
    telling = told.filter(told["project"].is_not_null())
    pairs = {(row["project"], str(row["known"])) for row in telling.iter_rows(named=True)}
    for entry, day in zip(found, days, strict=True):
        links = {link.get("rel"): link.get("href", "") for link in entry.findall(f"{A}link")}
        project = links["alternate"].rstrip("/").rpartition("/")[2]
        assert (project, day) in pairs
        assert client.get(f"/projects/{project}/").status_code == 200


def test_both_forms_hold_the_same(client: Any) -> None:
    """JSON Feed 1.1 with the ids of the Atom feed."""
    atom_ids = [entry.findtext(f"{A}id") for entry in entries(
        client, f"/feeds/changes.atom?{SINCE}&sector=steel")]
    answer = client.get(f"/feeds/changes.json?{SINCE}&sector=steel")
    told = json.loads(answer.content)
    assert told["version"] == "https://jsonfeed.org/version/1.1"
    assert [item["id"] for item in told["items"]] == atom_ids
    assert all(item["content_text"] and item["url"] for item in told["items"])
    assert 0 < len(atom_ids) < len(entries(client, f"/feeds/changes.atom?{SINCE}"))


def test_ids_stay_when_the_register_grows(tmp_path: Path, empty_register: Path) -> None:
    """The same news keeps its id after another edition; the feed and its validators change."""
    from groundbreak.register.connection import connect

    path = shutil.copy(empty_register, tmp_path / "feeds.sqlite3")
    connect(path)
    take(tmp_path, 0)
    with opened(path) as client:
        address = "/feeds/changes.atom?since=2024-01-31"
        assert entries(client, address) == []
        first = client.get(address)
        take(tmp_path, 1)
        ids = {entry.findtext(f"{A}id") for entry in entries(client, address)}
        assert len(ids) == 3
        assert client.get(address)["ETag"] != first["ETag"]
        standing.forget()
        assert {entry.findtext(f"{A}id") for entry in entries(client, address)} == ids
        assert {entry.findtext(f"{A}id")
                for entry in entries(client, "/feeds/changes.atom?since=2024-03-31")} == ids


def test_nothing_new_is_not_sent_again(client: Any) -> None:
    """304 by ETag alone; another question has another ETag."""
    for address in (f"/feeds/changes.atom?{SINCE}", "/feeds/changes.json", _project(client)):
        answer = client.get(address)
        again = client.get(address, headers={"If-None-Match": answer["ETag"]})
        assert (again.status_code, again.content) == (304, b"")
        # A late import is news on a day that has long been seen.
        asked = {"If-Modified-Since": "Tue, 24 Nov 2026 00:00:00 GMT"}
        assert client.get(address, headers=asked).status_code == 200
    assert client.get("/feeds/changes.atom?sector=steel")["ETag"] != client.get(
        "/feeds/changes.atom?sector=cement")["ETag"]


def _project(client: Any) -> str:
    lead = standing.current().reader.changes("2025-03-05").filter(group="fid")["project"][0]
    return f"/feeds/projects/{lead}.atom"


def test_a_feed_for_each_project(client: Any) -> None:
    """Its events and promises; discovered from its page; an unknown one is missing."""
    address = _project(client)
    found = entries(client, address)
    assert found
    page = client.get(address.replace("/feeds", "").replace(".atom", "/")).content.decode()
    assert address in page
    texts = "\n".join(entry.findtext(f"{A}title", "") for entry in found)
    assert "FID" in texts
    assert client.get("/feeds/projects/GB-0000000000.atom").status_code == 404


def test_the_page_names_its_feeds(client: Any) -> None:
    """Autodiscovery with the same filters."""
    page = client.get("/changes/?sector=steel").content.decode()
    assert 'type="application/atom+xml"' in page
    assert 'href="/feeds/changes.atom?sector=steel"' in page
    assert 'href="/feeds/changes.json?sector=steel"' in page


@pytest.mark.parametrize(("asked", "said"), [
    ("since=last-visit", "a day"), ("sector=coal", "aluminium"), ("page=2", "filters"),
    ("since=never", "release")])
def test_bad_questions_say_what_is_accepted(client: Any, asked: str, said: str) -> None:
    """400 with what is accepted."""
    answer = client.get(f"/feeds/changes.atom?{asked}")
    assert answer.status_code == 400
    assert said in answer.content.decode()


def test_hostile_words_stay_words() -> None:
    """Markup is escaped, what XML cannot hold is left out, an address that is none is no link."""
    evil = "<script>alert(1)</script> & \x00\x0b\ud800\uffff ]]>"
    feed = Feed("f", evil, "https://example.org/", date(2025, 1, 1), [
        Entry("a", evil, evil, "https://example.org/a", date(2025, 1, 1),
              "javascript:alert(1)", (evil,))])
    root = ElementTree.fromstring(atom(feed, "https://example.org/f"))
    assert root.findtext(f"{A}entry/{A}title") == "<script>alert(1)</script> &  ]]>"
    assert [link.get("rel") for link in root.findall(f"{A}entry/{A}link")] == ["alternate"]
    (item,) = json.loads(json_feed(feed, "https://example.org/f"))["items"]
    assert "external_url" not in item
