"""One number, whichever door it comes through: page, its CSV, the API, Python and a release."""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import groundbreak
from groundbreak.editing.edits import Edit, Value
from groundbreak.editing.returned import Returned
from groundbreak.measures.headline import headline
from groundbreak.publishing.release.building import Order, contents, write
from groundbreak.reading import Reader, Reading
from groundbreak.register import editing, log, standing
from groundbreak.register.models import Package

DAYS = (date(2026, 9, 4), date(2025, 6, 30))
PERIOD = "12m"
Figures = dict[tuple[str, str, str], int]


@pytest.fixture(params=DAYS, ids=str)
def day(request: pytest.FixtureRequest) -> date:
    """A day on which all doors are asked."""
    found: date = request.param
    return found


def rows(text: str) -> list[dict[str, str]]:
    """A CSV's rows."""
    return list(csv.DictReader(io.StringIO(text)))


def figures(frame: pl.DataFrame) -> Figures:
    """(measure, group, level) → value."""
    return {(r["measure"], r["group"], r["level"]): r["value"] for r in frame.iter_rows(named=True)}


_built: dict[date, Path] = {}


@pytest.fixture
def package(client: Any, day: date, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release of the register as known on the day, without drawings; built once a day."""
    if day not in _built:
        taken = log.snapshot()
        made = contents(taken, Order(name="2026.9", known=day, position=taken.position))
        folder = tmp_path_factory.mktemp("package") / "2026.9"
        write(made, folder)
        _built[day] = folder
    return _built[day]


def test_the_scorecard_is_one_at_every_door(client: Any, package: Path, day: date) -> None:
    own = figures(Reader(log.snapshot().public()).as_of(day).scorecard(PERIOD, "sector").figures)
    asked = f"as_of={day}&period={PERIOD}&by=sector"
    told = json.loads(client.get(f"/api/v1/scorecard?{asked}").content)["figures"]
    assert {(r["measure"], r["group"], r["level"]): r["value"] for r in told} == own
    table = rows(client.get(f"/api/v1/scorecard.csv?{asked}").content.decode())
    assert {(r["measure"], r["group"], r["level"]): int(r["value"]) for r in table} == own
    released = groundbreak.open(package).as_of()
    assert figures(released.scorecard(PERIOD, "sector").figures) == own
    written = rows((package / "scorecard.csv").read_text())
    assert {(r["measure"], r["group"], r["level"]): int(r["value"])
            for r in written if r["period"] == PERIOD} == own


def test_projects_are_the_same_at_every_door(client: Any, package: Path, day: date) -> None:
    reading = Reader(log.snapshot().public()).as_of(day)
    counted = reading.projects().filter("counted")
    own = Counter(counted.select("sector", "label").iter_rows())
    site = rows(client.get(f"/projects.csv?as_of={day}&columns=sector,label").content.decode())
    assert Counter((r["sector"], r["label"]) for r in site) == own
    api = rows(client.get(f"/api/v1/projects.csv?as_of={day}").content.decode())
    assert Counter((r["sector"], r["label"]) for r in api) == own
    released = rows((package / "projects.csv").read_text())
    assert Counter((r["sector"], r["label"]) for r in released if r["counted"] == "true") == own
    parquet = pl.read_parquet(package / "projects.parquet").filter("counted")
    assert Counter(parquet.select("sector", "label").iter_rows()) == own
    for (sector, label), number in own.items():
        page = client.get(f"/projects/?as_of={day}&sector={sector}&label={label}")
        assert f"<h1>{number:,} project" in page.content.decode()
        listed = client.get(f"/api/v1/projects?as_of={day}&sector={sector}&label={label}&limit=1")
        assert json.loads(listed.content)["total"] == number


def test_the_first_page_says_the_headline(client: Any, day: date) -> None:
    own = headline(Reader(log.snapshot().public()).as_of(day).view)
    text = client.get(f"/?as_of={day}").content.decode()
    said = re.search(r"<h1><em>([\d,]+)</em>.*?<em>([\d,]+)</em>.*?<em>([\d,]+)</em>", text)
    assert said
    assert [int(n.replace(",", "")) for n in said.groups()] == [
        own.committed, own.needed, own.announced]
    cards = re.findall(r'<div class="n">([\d,]+)</div>', text)
    assert [int(n.replace(",", "")) for n in cards] == [
        own.term.announced.tracked, own.term.progressing.tracked, own.term.fid.tracked]
    card = Reader(log.snapshot().public()).as_of(day).scorecard("term").figures
    values = {r["measure"]: r["value"] for r in card.iter_rows(named=True) if r["level"] == "all"}
    assert own.term.announced.tracked == values["new_announced"]
    assert own.term.fid.tracked == values["reached_fid_stated"] + values["reached_fid_implied"]
    assert own.committed == values["at_fid"] + values["operating"]


def test_the_bridge_closes_and_is_one_at_every_door(client: Any) -> None:
    first, last = date(2024, 1, 1), date(2026, 1, 1)
    own = Reader(log.snapshot().public()).bridge(first, last)
    asked = f"from={first}&to={last}"
    told = json.loads(client.get(f"/api/v1/bridge?{asked}").content)
    assert told["residual_projects"] == own.residual_projects == 0
    lines = {(r["stock"], r["line"]): r["projects"] for r in own.lines.iter_rows(named=True)}
    table = rows(client.get(f"/api/v1/bridge.csv?{asked}").content.decode())
    assert {(r["stock"], r["line"]): int(r["projects"]) for r in table
            if (r["stock"], r["line"]) in lines} == lines
    opening, closing = dict(own.opening.iter_rows()), dict(own.closing.iter_rows())
    for stock in ("announced", "at_fid", "operating"):
        page = client.get(f"/bridge/?{asked}&stock={stock}").content.decode()
        assert re.search(rf">{opening.get(stock, 0)}<", page), stock
        assert re.search(rf">{closing.get(stock, 0)}<", page), stock
        for (of, _), number in lines.items():
            if of == stock:
                assert f">{number:+,}<".replace("-", "−") in page, (stock, number)


def test_the_gap_is_one_at_every_door(client: Any, package: Path, day: date) -> None:
    reading: Reading = Reader(log.snapshot().public()).as_of(day)
    own = {(r["sector"], r["rule"]): r["have"]
           for r in reading.gap().figures.iter_rows(named=True)}
    told = json.loads(client.get(f"/api/v1/gap?as_of={day}").content)
    assert {(r["sector"], r["rule"]): r["have"] for r in told["figures"]} == own
    written = rows((package / "gap.csv").read_text())
    assert {(r["sector"], r["rule"]): int(r["have"]) if r["have"] else None
            for r in written} == own
    text = client.get(f"/gap/?as_of={day}").content.decode()
    for number in {n for n in own.values() if n is not None}:
        assert re.search(rf">{number:,}<", text), number


def test_a_frozen_release_answers_the_same_for_ever(own_client: Any) -> None:
    """`?release=` shows what the register knew at that position, whatever came later."""
    day = date(2026, 9, 4)
    Package.objects.create(name="2026.9", known=day, position=log.position(), state="public",
                           definition_version="1", sha256="0" * 64)
    before = own_client.get("/projects.csv?release=2026.9&all=1").content
    card = own_client.get("/api/v1/scorecard.csv?release=2026.9").content
    outcome = editing.take(lambda _: Returned([Edit(
        "events:acelen-mataripe", "stage", Value(text="feed"), known=date(2026, 9, 1), grade=1,
        evidence="https://example.org")]), layout="command", today=day, preview=False)
    assert outcome.accepted
    standing.forget()
    assert own_client.get("/projects.csv?release=2026.9&all=1").content == before
    assert own_client.get("/api/v1/scorecard.csv?release=2026.9").content == card
    assert own_client.get("/projects.csv?as_of=2026-09-04&all=1").content != before
