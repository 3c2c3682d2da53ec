"""The Python door: a snapshot opens without Django, as of any day, and every figure opens."""

from __future__ import annotations

import functools
import http.server
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import date
from pathlib import Path

import polars as pl
import pytest

import groundbreak as gb
from groundbreak.register import log
from groundbreak.register.starting import load
from groundbreak.vocabulary.fields import table_schema


@pytest.fixture(scope="module")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A snapshot of the embedded register."""
    from django.db import connections

    from groundbreak.history import snapshot
    from groundbreak.history.view import History
    from groundbreak.register.connection import connect

    folder = tmp_path_factory.mktemp("embedded")
    connect(folder / "register.sqlite3")
    load()
    taken = log.snapshot()
    path = snapshot.write(taken, folder / "release.zip",
                          {"records": History(taken).as_of().table()})
    connections["default"].close()
    return path


def test_the_door_needs_no_django(embedded: Path) -> None:
    program = (
        "import sys, groundbreak as gb\n"
        f"card = gb.open({str(embedded)!r}).as_of('2025-03-05').scorecard('2024', by='sector')\n"
        "assert card.figures.height and 'django' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_a_url_opens_like_a_file(embedded: Path) -> None:
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=embedded.parent)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        told = gb.open(f"http://127.0.0.1:{server.server_address[1]}/release.zip")
        server.shutdown()
    assert told.claims.equals(gb.open(embedded).claims)


def test_as_of_defaults_to_the_newest_published_day(embedded: Path) -> None:
    register = gb.open(embedded)
    assert register.as_of().known == register.claims["known"].max()


def test_every_figure_opens_to_its_projects(embedded: Path) -> None:
    card = gb.open(embedded).as_of().scorecard("term", by="sector_served")
    for row in card.figures.iter_rows(named=True):
        assert card.projects(row["measure"], row["group"], row["level"]).height == row["value"]
    with pytest.raises(KeyError, match="accepted: announced"):
        card.projects("nonsense")


def test_the_reconciling_line_adds_up(embedded: Path) -> None:
    for period in ("term", "12m", "2024", "2025-H1"):
        for row in gb.open(embedded).as_of().scorecard(period).reconciliation.iter_rows(
            named=True
        ):
            assert (row["known"] - row["earlier_or_undated"] + row["known_later"]
                    == row["happened"]), (period, row)


def test_unique_totals_never_exceed_totals_by_sector_served(embedded: Path) -> None:
    card = gb.open(embedded).as_of().scorecard("term", by="sector_served")
    figures = card.figures.filter((pl.col("level") == "all") & (pl.col("measure") == "announced"))
    unique = figures.filter(pl.col("group") == "all")["value"].sum()
    assert 0 < unique <= figures.filter(pl.col("group") != "all")["value"].sum()


def test_money_says_for_how_many_it_is_known(embedded: Path) -> None:
    capex = gb.open(embedded).as_of().scorecard("term").capex
    assert (capex["known"] <= capex["of"]).all()
    assert capex["currency"].str.contains(r"^[A-Z]{3}@\d{4}$").all()
    assert set(capex["stock"]) == {"announced", "committed"}


def test_the_wide_table_has_the_registered_schema(embedded: Path) -> None:
    table = gb.open(embedded).as_of().view.table()
    assert {name: table.schema[name] for name in table_schema()} == table_schema()
    assert table["licence"].null_count() == 0
    assert table["record"].is_unique().all()


def test_leaving_out_unconfirmed_licences(embedded: Path) -> None:
    snapshot = gb.open(embedded).snapshot
    confirmed = snapshot.confirmed()
    assert not confirmed.claims["source"].str.starts_with("iea").any()
    assert 0 < confirmed.claims.height < snapshot.claims.height


def test_a_file_that_is_no_snapshot_says_so(tmp_path: Path) -> None:
    other = tmp_path / "other.zip"
    other.write_bytes(b"PK\x05\x06" + bytes(18))
    with pytest.raises(ValueError, match="not a Groundbreak snapshot"):
        gb.open(other)
    with pytest.raises(FileNotFoundError):
        gb.open(tmp_path / "missing.zip")
    with pytest.raises(ValueError, match="accepted: YYYY-MM-DD"):
        gb.open(_some(tmp_path)).as_of("5 March 2025")


def _some(folder: Path) -> Path:
    from groundbreak.history import snapshot

    return snapshot.write(snapshot.empty(), folder / "empty.zip")


def test_a_planned_date_passing_changes_nothing(
    hydrogen: Callable[[], Path], embedded: Path
) -> None:
    """Years after the last release, without news, every stock is what it was."""
    for path in (hydrogen(), embedded):
        register = gb.open(path)
        newest = register.as_of()
        later = register.as_of(date(newest.known.year + 15, 1, 1))
        columns = ["record", "label", "stage", "activity", "verdict"]
        assert later.projects().select(columns).equals(newest.projects().select(columns))
