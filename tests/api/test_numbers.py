"""The API's figures are those of the Python door, on every clock, and open to their projects."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest

from groundbreak.catalogue.query import Query
from groundbreak.catalogue.table import catalogue
from tests.api.conftest import ask, walked

CLOCKS: list[dict[str, str]] = [
    {}, {"as_of": "2025-03-05"}, {"as_of": "2023-06-30"},
    {"as_of": "2024-12-31", "view": "as-now-known"},
]


def _reading(clock: dict[str, str]) -> Any:
    from groundbreak.register import standing

    reader = standing.current().reader
    day = clock.get("as_of")
    if "view" in clock:
        return reader.as_of(valid=date.fromisoformat(str(day)))
    return reader.as_of(day)


def _plain(frame: pl.DataFrame) -> list[dict[str, Any]]:
    days = [name for name, dtype in frame.schema.items() if dtype == pl.Date]
    return frame.with_columns(pl.col(days).cast(pl.String)).rows(named=True)


@pytest.mark.parametrize("clock", CLOCKS, ids=str)
def test_scorecard_is_that_of_the_reading(client: Any, clock: dict[str, str]) -> None:
    card = _reading(clock).scorecard(period="2023-01-01..2023-06-30", by="sector")
    told = ask(client, "scorecard", period="2023-01-01..2023-06-30", by="sector", **clock)
    assert told["figures"] == _plain(card.figures)
    assert any(row["value"] for row in told["figures"])
    for name in ("capacity", "capex", "eligibility", "progress", "reconciliation"):
        assert told[name] == _plain(getattr(card, name)), name


@pytest.mark.parametrize("clock", CLOCKS, ids=str)
def test_projects_are_those_of_the_catalogue(client: Any, clock: dict[str, str]) -> None:
    found = catalogue(_reading(clock).view)
    for params in ({}, {"sector": ["steel", "cement"], "sort": "-capacity"},
                   {"label": "at_fid"}, {"q": "stegra"}, {"all": "1"}, {"country": "Sweden"}):
        lists = {k: v if isinstance(v, list) else [v] for k, v in params.items()}
        wanted = found.select(Query.parse(lists))
        rows = walked(client, "projects", limit=37, **params, **clock)
        assert [row["project"] for row in rows] == wanted.frame["project"].to_list()


@pytest.mark.parametrize("clock", CLOCKS, ids=str)
def test_gap_is_that_of_the_reading_and_opens_to_its_projects(client: Any, clock: dict[str, str]
                                                              ) -> None:
    gap = _reading(clock).gap()
    told = ask(client, "gap", **clock)
    assert told["figures"] == _plain(gap.figures)
    for row in told["figures"]:
        if row["rule"] != "expected" and row["covered"]:
            behind = ask(client, "gap/projects", row=row["sector"], rule=row["rule"], **clock)
            assert behind["total"] == row["have"]


@pytest.mark.parametrize(("first", "last"), [("2023-01-01", "2024-06-30"),
                                             ("2024-01-01", "2026-01-01")])
def test_bridge_is_that_of_the_reader_and_every_line_opens(client: Any, first: str, last: str
                                                           ) -> None:
    from groundbreak.register import standing

    found = standing.current().reader.bridge(first, last, by="sector")
    told = ask(client, "bridge", **{"from": first, "to": last, "by": "sector"})
    assert told["residual_projects"] == 0 == told["residual_capacity"]
    assert {(r["stock"], r["line"], r["projects"]) for r in told["lines"]} == set(
        found.lines.iter_rows())
    for row in told["lines"]:
        behind = ask(client, "bridge/projects", limit=1000, **{
            "from": first, "to": last, "by": "sector", "stock": row["stock"],
            "line": row["line"]})
        assert sum(project["sign"] for project in behind["data"]) == row["projects"]
    for row in told["stocks"]:
        moved = sum(r["projects"] for r in told["lines"] if r["stock"] == row["stock"])
        assert row["opening"] + moved == row["closing"]


def test_bridge_of_one_source_holds_its_records_alone(client: Any) -> None:
    span = {"from": "2023-01-01", "to": "2026-01-01", "source": "events"}
    rows = ask(client, "bridge/projects", limit=1000, **span)["data"]
    assert rows
    assert {row["source"] for row in rows} == {"events"}


def test_every_figure_of_the_scorecard_opens_to_as_many_projects(client: Any) -> None:
    told = ask(client, "scorecard", period="term", by="sector")
    for row in told["figures"]:
        if row["level"] == "all" and row["value"]:
            behind = ask(client, "scorecard/projects", measure=row["measure"],
                         group=row["group"], period="term", by="sector", limit=1)
            assert behind["total"] == row["value"], row


def test_a_flagship_figure_is_the_scorecard_of_flagships(client: Any) -> None:
    among_all = {row["measure"]: row["value"] for row in ask(client, "scorecard")["figures"]
                 if row["level"] == "flagship" and row["group"] == "all"}
    alone = {row["measure"]: row["value"]
             for row in ask(client, "scorecard", level="flagship")["figures"]
             if row["level"] == "all" and row["group"] == "all"}
    assert among_all == alone
    assert sum(alone.values())


def test_series_gives_the_stocks_of_the_scorecard_on_each_day(client: Any) -> None:
    told = ask(client, "series", **{"from": "2023-01-15", "to": "2024-02-10", "by": "sector"})
    days = list(dict.fromkeys(row["day"] for row in told["stocks"]))
    assert days == ["2023-03-31", "2023-06-30", "2023-09-30", "2023-12-31", "2024-02-10"]
    for day in days:
        figures = {(f["group"], f["measure"]): f["value"] for f in ask(
            client, "scorecard", as_of=day, by="sector")["figures"] if f["level"] == "all"}
        for row in told["stocks"]:
            if row["day"] == day:
                assert figures[row["group"], row["stock"]] == row["projects"]


def test_series_as_now_known_speaks_of_days_as_known_now(client: Any) -> None:
    then = ask(client, "series", **{"from": "2023-12-31", "to": "2023-12-31"})
    now = ask(client, "series", view="as-now-known", as_of="2023-12-31", **{"from": "2023-12-31"})
    assert {row["known"] for row in then["stocks"]} == {"2023-12-31"}
    newest = ask(client, "projects", limit=1)["clock"]["known"]
    assert {row["known"] for row in now["stocks"]} == {newest}
    assert then["stocks"] != now["stocks"]


def test_changes_are_those_of_the_reader(client: Any) -> None:
    from groundbreak.register import standing

    reader = standing.current().reader
    found = reader.changes("2024-01-01", "2025-06-30")
    rows = walked(client, "changes", limit=200, **{"from": "2024-01-01", "to": "2025-06-30"})
    assert rows == _plain(found)
    steel = walked(client, "changes", sector="steel", **{"from": "2024-01-01", "to": "2025-06-30"})
    assert steel
    assert {row["sector"] for row in steel} == {"steel"}


def test_claims_hold_what_the_view_holds(client: Any) -> None:
    from groundbreak.register import standing

    view = standing.current().reader.as_of("2025-03-05").view
    rows = walked(client, "claims", as_of="2025-03-05", holding="1", limit=1000)
    assert [row["claim"] for row in rows] == view.cells["claim"].sort().to_list()
    assert all(row["holds"] for row in rows)
    assert max(row["known"] for row in rows) <= "2025-03-05"
    spanned = ask(client, "claims", known_from="2025-01-01", known_to="2025-02-28", limit=1000)
    assert spanned["total"]
    assert all("2025-01-01" <= row["known"] <= "2025-02-28" for row in spanned["data"])


def test_a_project_opens_to_its_claims_and_evidence(client: Any) -> None:
    row = ask(client, "projects", q="stegra")["data"][0]
    told = ask(client, f"projects/{row['project']}")
    assert told["project"].items() >= row.items()
    claims = ask(client, f"projects/{row['project']}/claims", limit=1000)["data"]
    assert {claim["record"] for claim in claims} == {row["record"]}
    held = {claim["claim"] for claim in claims if claim["holds"]}
    assert {fact["claim"] for fact in told["facts"]} == held
    assert claims == ask(client, "claims", project=row["project"], limit=1000)["data"]
    behind = ask(client, "evidence", project=row["project"])["data"]
    assert behind
    everything = walked(client, "evidence", limit=1000)
    assert behind == [item for item in everything if item["record"] == row["record"]]


def test_sources_and_editions_are_told_with_their_terms(client: Any) -> None:
    sources = ask(client, "sources")["data"]
    claims = ask(client, "claims", limit=1)["total"]
    assert sum(source["claims"] for source in sources) == claims
    for source in sources:
        editions = ask(client, f"sources/{source['source']}/releases")["data"]
        assert len(editions) == source["editions"]
        assert max(edition["published"] for edition in editions) == source["newest"]
    earlier = ask(client, "sources", as_of="2022-01-01")["data"]
    assert sum(s["claims"] for s in earlier) < claims
