"""Somebody's own workbook in the register: five dated tabs, their bridges, the kept mapping."""

from __future__ import annotations

from collections import Counter
from datetime import date
from itertools import combinations
from pathlib import Path

import openpyxl
import polars as pl
import pytest

from groundbreak.reading import Reader
from groundbreak.register import log, own_lists
from groundbreak.register.importing import ImportRefused
from groundbreak.register.models import Finding, ListMapping, Release, ReviewItem
from groundbreak.register.own_importing import OwnImport, import_files, mapping_of
from groundbreak.register.publications import publication
from groundbreak.sources.errors import SourceError
from groundbreak.sources.mapped.guessing import guess
from groundbreak.sources.mapped.mapping import Mapping
from groundbreak.sources.mapped.opening import open_files
from groundbreak.sources.mapped.schema import parse_mapping
from groundbreak.sources.mapped.writing import write
from tests.sources.mapped import made
from tests.sources.mapped.test_real_files import STRANGERS, Stranger

TODAY = date(2026, 12, 31)
STOPPED = ("paused", "cancelled")


def guessed(*paths: Path, source: str = "our-list", edits: dict[str, str] | None = None) -> Mapping:
    """The mapping that is guessed, after textual edits."""
    text = write(guess(open_files(paths), source))
    for old, new in (edits or {}).items():
        assert text.count(old) == 1, (old, text)
        text = text.replace(old, new)
    return parse_mapping(text)


def take(mapping: Mapping, *paths: Path, published: date | None = None) -> OwnImport:
    return import_files(mapping, paths, today=TODAY, published=published)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> made.World:
    return made.build(tmp_path_factory.mktemp("own") / "pipeline.xlsx")


def held(reader: Reader, day: date) -> dict[str, tuple[str | None, str, float | None, str]]:
    """Record → stage, activity, capacity in kt/y, name, as known on a day."""
    table = reader.as_of(day).view.table()
    sizes = [f"capacity_{p}_t_per_year" for _, p, _ in made.PRODUCTS]
    known = [c for c in sizes if c in table.columns]
    rows = table.with_columns(size=pl.coalesce(known))
    return {row["record"].removeprefix("our-list:"):
            (row["stage"], row["activity"], row["size"], row["name"])
            for row in rows.iter_rows(named=True) if row["activity"] != "lost"}


def test_five_tabs_give_a_bridge_between_every_pair(register: str, world: made.World) -> None:
    done = take(guessed(world.path), world.path)
    assert [r.release for r in done.releases] == [
        f"our-list@{day}" for day in made.TABS.values()]
    reader = Reader(log.snapshot())
    for tab, day in made.TABS.items():
        truth = {ref: (item.status if item.status not in STOPPED else None, item)
                 for ref, item in world.truth[tab].items()}
        found = held(reader, day)
        assert found.keys() == truth.keys(), tab
        for ref, (stage, item) in truth.items():
            assert found[ref][1] == (item.status if stage is None else "active"), (tab, ref)
            assert found[ref][2] == round(item.kt * 1000), (tab, ref)
            assert found[ref][3] == item.name, (tab, ref)
            assert stage is None or found[ref][0] == stage, (tab, ref)
        check_dates(reader, day, world.truth[tab])
    for (one, opened), (two, closed) in combinations(made.TABS.items(), 2):
        for everything in (True, False):
            bridge = reader.bridge(opened, closed, source="our-list", everything=everything)
            assert bridge.residual_projects == 0, (one, two)
            assert bridge.residual_capacity == 0, (one, two)
        stocks = dict(reader.bridge(opened, closed, source="our-list", everything=True)
                      .closing.select("stock", "projects").iter_rows())
        assert stocks == expected_stocks(world.truth, two), (one, two)


def expected_stocks(truth: dict[str, dict[str, made.Made]], tab: str) -> dict[str, int]:
    """The public labels of a tab, counted by hand; what earlier tabs listed alone is lost."""
    labels = {"announced": "announced", "feasibility": "announced", "feed": "announced",
              "committed": "at_fid", "construction": "at_fid"}
    counts = Counter(labels.get(item.status, item.status) for item in truth[tab].values())
    tabs = list(truth)
    before = {ref for earlier in tabs[:tabs.index(tab)] for ref in truth[earlier]}
    counts["lost"] = len(before - truth[tab].keys())
    return {stock: many for stock, many in counts.items() if many}


def check_dates(reader: Reader, day: date, truth: dict[str, made.Made]) -> None:
    """Dates of a workbook that counts from 1904 are the days they were written as."""
    columns = ("fid_actual_date", "fid_planned_date", "operation_actual_date",
               "operation_planned_date")
    table = reader.as_of(day).view.table()
    told = {row["record"].removeprefix("our-list:"): row for row in table.iter_rows(named=True)}
    for ref, item in truth.items():
        if item.status in STOPPED:
            continue
        running = item.status == "operating"
        if item.fid and item.status in ("committed", "construction", "operating"):
            assert told[ref]["fid_actual_date"] == item.fid, ref
        wanted = item.start if not running else None
        assert told[ref]["operation_planned_date"] == wanted, (ref, columns)


def test_a_start_in_the_future_of_a_running_plant_is_a_finding(
    register: str, world: made.World
) -> None:
    take(guessed(world.path), world.path)
    running = sum(item.status == "operating" for item in world.truth["Apr-24"].values())
    found = Finding.objects.filter(release__name="our-list@2024-04-30", kind="not_yet_happened")
    assert found.count() == running


# -- the next tab --------------------------------------------------------------------------------
def book(path: Path, tabs: dict[str, list[list[object]]]) -> Path:
    made_book = openpyxl.Workbook()
    made_book.remove(made_book.active)
    for name, rows in tabs.items():
        sheet = made_book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    made_book.save(path)
    return path


NAMES = ["Project name", "Country", "Owner", "Status", "Product", "Capacity (kt/y)"]
FIRST = [NAMES, ["Hy One", "Sweden", "Nord AB", "Announced", "Ammonia", 200],
         ["Hy Two", "Spain", "Sur SA", "FID", "Ammonia", 300],
         ["Hy Three", "Chile", "Austral", "Under construction", "Methanol", 100]]


def test_the_kept_mapping_reads_the_next_tab(register: str, tmp_path: Path) -> None:
    first = book(tmp_path / "list.xlsx", {"Apr-24": FIRST})
    mapping = guessed(first)
    take(mapping, first)
    later = [NAMES, ["Hy Two", "Spain", "Sur SA", "Under construction", "Ammonia", 300],
             *FIRST[1:2], *FIRST[3:]]
    both = book(tmp_path / "list.xlsx", {"Nov-24": later, "Apr-24": FIRST})
    done = take(mapping_of("our-list"), both)
    assert [(r.release, r.already) for r in done.releases] == [
        ("our-list@2024-04-30", True), ("our-list@2024-11-30", False)]
    assert done.releases[1].claims == 2  # the status as published, and the stage
    assert ListMapping.objects.count() == 1
    assert set(Release.objects.values_list("mapping__sha256", flat=True)) == {mapping.sha256}


def test_tabs_in_any_order_of_import_give_the_same(register: str, tmp_path: Path) -> None:
    later = [NAMES, FIRST[1], ["Hy Two", "Spain", "Sur SA", "Operational", "Ammonia", 300]]
    one = book(tmp_path / "a.xlsx", {"Apr-24": FIRST})
    two = book(tmp_path / "b.xlsx", {"Nov-24": later})
    mapping = guessed(one, edits={"    Announced:": "    Operational: operating\n    Announced:"})
    take(mapping, two)
    take(mapping, one)
    reader = Reader(log.snapshot())
    found = {day: dict(reader.as_of(day).view.table().select("name", "stage").iter_rows())
             for day in ("2024-04-30", "2024-11-30")}
    assert found["2024-04-30"]["Hy Two"] == "committed"
    assert found["2024-11-30"]["Hy Two"] == "operating"


def test_an_unknown_status_writes_nothing_of_any_tab(register: str, tmp_path: Path) -> None:
    path = book(tmp_path / "list.xlsx", {"Apr-24": FIRST})
    mapping = guessed(path)
    strange = [NAMES, ["Hy Two", "Spain", "Sur SA", "Gone fishing", "Ammonia", 300]]
    path = book(tmp_path / "list.xlsx", {"Apr-24": FIRST, "Nov-24": strange})
    with pytest.raises(SourceError, match=r"'Gone fishing' \(1 row, first in row 2 of Nov-24\)"):
        take(mapping, path)
    assert not Release.objects.exists()
    assert not ListMapping.objects.exists()
    assert log.count() == 0


def test_a_tab_that_was_changed_afterwards_is_refused_as_a_whole(
    register: str, tmp_path: Path
) -> None:
    path = book(tmp_path / "list.xlsx", {"Apr-24": FIRST})
    mapping = guessed(path)
    take(mapping, path)
    before = log.count()
    path = book(tmp_path / "list.xlsx", {"Apr-24": FIRST[:3], "Nov-24": FIRST})
    with pytest.raises(ImportRefused, match="2024-04-30"):
        take(mapping, path)
    assert log.count() == before
    assert Release.objects.count() == 1


def test_what_changed_in_a_tab_is_named(register: str, tmp_path: Path) -> None:
    path = book(tmp_path / "list.xlsx", {"Apr-24": FIRST})
    mapping = guessed(path)
    take(mapping, path)
    now = [NAMES, ["Hy One", "Sweden", "Nord AB", "FID", "Ammonia", 250],
           ["Hy Two", "Spain", None, "FID", "Ammonia", 300],
           FIRST[3]]
    for change in ("sheet 'Apr-24', row 2, column 'Status': 'Announced' → 'FID'",
                   "sheet 'Apr-24', row 2, column 'Capacity (kt/y)': '200 kt/y' → '250 kt/y'",
                   "sheet 'Apr-24', row 3, column 'Owner': 'Sur SA' → ''"):
        assert change in refusal(mapping, book(path, {"Apr-24": now}))
    now[3] = ["Hy Four", "Chile", "Austral", "Announced", "Methanol", 100]
    told = refusal(mapping, book(path, {"Apr-24": now}))
    assert ("Apr-24 differs from what was taken in as our-list@2024-04-30: 'hy-three-chl' is gone; "
            "'hy-four-chl' is new; sheet") in told
    assert "; and " in told
    assert "groundbreak withdraw" in told


def refusal(mapping: Mapping, path: Path) -> str:
    with pytest.raises(ImportRefused) as refused:
        take(mapping, path)
    return str(refused.value)


def test_a_change_in_what_is_not_read_is_named_as_such(register: str, tmp_path: Path) -> None:
    rows = [[*row, more] for row, more in zip(FIRST, ["Zorp", "x", "y", "z"], strict=True)]
    path = book(tmp_path / "list.xlsx", {"Apr-24": rows})
    mapping = guessed(path)
    take(mapping, path)
    rows[1][-1] = "other"
    path = book(tmp_path / "list.xlsx", {"Apr-24": rows})
    with pytest.raises(ImportRefused, match="in cells that the mapping does not read"):
        take(mapping, path)


def test_a_tab_of_the_future_is_refused(register: str, tmp_path: Path) -> None:
    path = book(tmp_path / "list.xlsx", {"Apr-29": FIRST})
    with pytest.raises(ImportRefused, match="in the future"):
        take(guessed(path), path)


def test_a_renamed_project_without_an_id_is_asked_about(register: str, tmp_path: Path) -> None:
    renamed = [NAMES, ["Hy One North", "Sweden", "Nord AB", "FID", "Ammonia", 200], *FIRST[2:]]
    path = book(tmp_path / "list.xlsx", {"Apr-24": FIRST, "Nov-24": renamed})
    take(guessed(path), path)
    item = ReviewItem.objects.get(kind="possible_rename")
    assert item.key == "hy-one-north-swe"
    assert "'Hy One'" in item.text or "Hy One is gone" in item.text


def test_a_new_project_unlike_the_vanished_one_is_not_asked_about(
    register: str, tmp_path: Path
) -> None:
    other = [NAMES, ["Brand new", "Oman", "Duqm Co", "Announced", "Methanol", 50], *FIRST[2:]]
    path = book(tmp_path / "list.xlsx", {"Apr-24": FIRST, "Nov-24": other})
    take(guessed(path), path)
    assert not ReviewItem.objects.filter(kind="possible_rename").exists()


def test_the_mapping_answers_for_its_source(register: str, tmp_path: Path) -> None:
    path = book(tmp_path / "list.xlsx", {"Apr-24": FIRST})
    mapping = guessed(path, edits={
        "publisher: not stated": "publisher: Our desk", "licence: not stated": "licence: CC0",
        "licence_confirmed: no": "licence_confirmed: yes", "grade: 4": "grade: 2"})
    take(mapping, path)
    about = publication("our-list")
    assert (about["publisher"], about["licence"], about["grade"]) == ("Our desk", "CC0", "2")
    release = Release.objects.get()
    assert release.licence_confirmed
    assert own_lists.sources() == ["our-list"]
    assert set(log.claims()["grade"].to_list()) == {2}


def test_a_changed_mapping_is_kept_beside_the_old_one(register: str, tmp_path: Path) -> None:
    path = book(tmp_path / "list.xlsx", {"Apr-24": FIRST})
    take(guessed(path), path)
    done = take(guessed(path, edits={"title: list": "title: Another title"}), path)
    assert done.read_otherwise == ("our-list@2024-04-30",)
    assert ListMapping.objects.count() == 2
    assert publication("our-list")["title"] == "Another title"


# -- published files as strangers' ---------------------------------------------------------------
@pytest.mark.parametrize("stranger", STRANGERS, ids=lambda s: Path(s.file).stem)
def test_a_strangers_file_is_taken_in_with_its_findings(
    register: str, data: Path, stranger: Stranger
) -> None:
    path = data / stranger.file
    done = take(guessed(path, edits=stranger.edits), path)
    release = Release.objects.get()
    assert release.published == stranger.published
    assert release.rows == stranger.rows
    assert release.listings.count() == stranger.records
    assert Finding.objects.count() == done.releases[0].findings > 0
    known = Reader(log.snapshot()).as_of()
    assert known.view.table().height == stranger.records
    assert known.scorecard(period="12m").figures.height
