"""A package holds what the public register knew that day, the same bytes each time, and no more."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import date
from pathlib import Path

import openpyxl
import polars as pl
import pytest
from polars.testing import assert_frame_equal

import groundbreak as gb
from groundbreak.history.snapshot import Snapshot
from groundbreak.history.view import History
from groundbreak.publishing.release import container
from groundbreak.publishing.release.building import Order, Previous, contents, write
from groundbreak.publishing.release.freezing import frozen
from groundbreak.publishing.release.verifying import verify
from tests.publishing.conftest import EARLIER, LATER, claim

SECRET = "Undisclosed-Partner-7431"


def with_more(log: Snapshot, *claims: pl.DataFrame) -> Snapshot:
    return Snapshot(pl.concat([log.claims, *claims]), log.releases, log.listings)


@pytest.mark.parametrize("ending", ["", ".zip"])
@pytest.mark.parametrize(("which", "day"), [(0, EARLIER), (1, LATER)])
def test_read_back_it_gives_the_same_view_claim_for_claim(
    packages: tuple[Path, Path], log: Snapshot, which: int, day: date, ending: str
) -> None:
    reading = gb.open(packages[which].with_name(packages[which].name + ending)).as_of()
    there = gb.reading.Reader(log.public()).as_of(day)
    assert reading.known == day
    assert reading.view.cells.height > 500
    assert_frame_equal(reading.view.cells, there.view.cells)
    assert_frame_equal(reading.projects(), there.projects())
    assert_frame_equal(reading.scorecard(period="term", by="sector").figures,
                       there.scorecard(period="term", by="sector").figures)
    assert_frame_equal(reading.gap().figures, there.gap().figures)
    assert_frame_equal(reading.conflicts(), there.conflicts())


def test_the_files_agree_with_one_another(packages: tuple[Path, Path]) -> None:
    folder = packages[1]
    table = pl.read_parquet(folder / "projects.parquet")
    with (folder / "projects.csv").open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    features = pl.read_json(folder / "projects.geojson")["features"][0]
    sheet = openpyxl.load_workbook(folder / "projects.xlsx", read_only=True)["projects"]
    cells = list(sheet.iter_rows(values_only=True))
    assert [row["project"] for row in rows] == table["project"].to_list()
    assert [f["id"] for f in features.to_list()] == table["project"].to_list()
    assert list(cells[0]) == table.columns
    assert [row[0] for row in cells[1:]] == table["project"].to_list()
    card = pl.read_csv(folder / "scorecard.csv").filter(
        measure="announced", group="all", level="all", period="12m")
    announced = table.filter(pl.col("counted") & (pl.col("label") == "announced")).height
    bridge = pl.read_csv(folder / "bridge.csv").filter(stock="announced", line="closing")
    assert card["value"].to_list() == bridge["projects"].to_list() == [announced]
    assert announced > 0


def test_the_bridge_closes_and_the_changelog_says_so(packages: tuple[Path, Path]) -> None:
    bridge = pl.read_csv(packages[1] / "bridge.csv")
    for stock in bridge["stock"].unique():
        rows = dict(bridge.filter(stock=stock).select("line", "projects").iter_rows())
        assert rows["unexplained"] == 0
        flows = sum(n for line, n in rows.items() if line not in ("opening", "closing"))
        assert rows["opening"] + flows == rows["closing"]
    page = (packages[1] / "CHANGELOG.md").read_text("utf-8")
    stocks = page.count("unexplained 0")
    assert stocks == 3
    assert "](<https://" in page, "projects that moved stand with their evidence"
    assert "nothing before it" in (packages[0] / "CHANGELOG.md").read_text("utf-8")


def test_the_same_log_makes_the_same_bytes(packages: tuple[Path, Path], log: Snapshot) -> None:
    order = Order("2026.1", LATER, log.position, previous=Previous.read(packages[0]))
    again = contents(log, order)
    there = container.load(packages[1])
    assert {n for n in again.keys() | there.keys() if again.get(n) != there.get(n)} == set()
    archive = packages[1].with_name("2026.1.zip").read_bytes()
    assert container.zipped(again) == archive
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        assert {member.date_time for member in opened.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert opened.namelist() == sorted(opened.namelist())


def test_what_came_later_is_not_in_it(log: Snapshot) -> None:
    cut = frozen(log, EARLIER, log.position)
    assert cut.claims["known"].max() <= EARLIER
    assert cut.releases["published"].max() <= EARLIER
    assert cut.claims.height < log.claims.height
    half = log.position // 2
    assert frozen(log, LATER, half).claims["claim"].max() <= half


@pytest.mark.parametrize("undone", [False, True], ids=["withdrawn", "withdrawn and back"])
def test_a_withdrawal_after_the_day_leaves_the_register_and_the_package_alike(
    log: Snapshot, undone: bool
) -> None:
    target = log.claims.filter((pl.col("known") <= EARLIER) & (pl.col("field") == "stage")).row(
        0, named=True)
    out = claim(log, record=target["record"], field="stage", kind="withdrawal", known=LATER,
                supersedes=target["claim"])
    more = [out]
    if undone:
        more.append(out.with_columns(claim=pl.col("claim") + 1, supersedes=pl.col("claim")))
    longer = with_more(log, *more)
    cut = frozen(longer, EARLIER, longer.position)
    ours, theirs = (History(s).as_of(EARLIER).cells for s in (cut, longer.public()))
    assert_frame_equal(ours, theirs)
    assert (target["claim"] in ours["claim"]) is undone


def test_nothing_confidential_is_in_any_file(log: Snapshot) -> None:
    record = log.claims["record"][0]
    secret = claim(log, record=record, field="owners", value_text=SECRET, raw=SECRET,
                   place=SECRET, evidence=f"https://example.org/{SECRET}", publisher=SECRET,
                   known=LATER, visibility="confidential", release=f"edit@{SECRET}")
    hidden = Snapshot(
        pl.concat([log.claims, secret]),
        pl.concat([log.releases, log.releases.tail(1).with_columns(
            release=pl.lit(f"edit@{SECRET}"), source=pl.lit("edit"), file=pl.lit(SECRET),
            citation=pl.lit(SECRET), complete=pl.lit(False), published=pl.lit(LATER))]),
        log.listings)
    found = contents(hidden, Order("2026.1", LATER, log.position + 1))
    for name, data in found.items():
        assert SECRET not in searched(name, data), name
    name_of = log.claims.filter((pl.col("record") == record) & (pl.col("field") == "name"))
    shown = name_of["value_text"][-1]
    there = {name.rpartition(".")[2] for name, data in found.items()
             if shown in searched(name, data)}
    assert there >= {"parquet", "csv", "json", "geojson", "xlsx"}, "what is public is found"


def searched(name: str, data: bytes) -> str:
    """All text of a file."""
    if name.endswith(".parquet"):
        return str(pl.read_parquet(io.BytesIO(data)).rows())
    if name.endswith(".xlsx"):
        with zipfile.ZipFile(io.BytesIO(data)) as book:
            return " ".join(book.read(member).decode() for member in book.namelist())
    return data.decode()


HOSTILE = '=cmd|"/c calc"!A1\n<script>alert(1)</script> | [x](javascript:y)'


def test_a_hostile_name_is_text_in_every_form(
    log: Snapshot, packages: tuple[Path, Path], tmp_path: Path
) -> None:
    named = log.claims.filter((pl.col("field") == "name") & (pl.col("known") > EARLIER))
    target = named.tail(1)
    spoilt = log.claims.with_columns(value_text=pl.when(
        pl.col("claim") == target["claim"][0]).then(pl.lit(HOSTILE)).otherwise("value_text"))
    hostile = Snapshot(spoilt, log.releases, log.listings)
    found = contents(hostile, Order("2026.1", LATER, log.position,
                                    previous=Previous.read(packages[0])))
    cells = [cell for row in csv.reader(io.StringIO(found["projects.csv"].decode()))
             for cell in row]
    assert f"'{HOSTILE}" in cells
    assert not [cell for cell in cells if cell.startswith("=")]
    book = openpyxl.load_workbook(io.BytesIO(found["projects.xlsx"]))
    cell = next(c for row in book["projects"].iter_rows() for c in row if c.value == HOSTILE)
    assert cell.data_type == "s"
    assert b"<script" not in found["CHANGELOG.md"]
    drawn = [data for name, data in found.items() if name.endswith(".svg")]
    assert len(drawn) > 5
    assert not [data for data in drawn if b"<script" in data]
    write(found, tmp_path / "2026.1")
    assert not verify(tmp_path / "2026.1.zip", packages[0]).problems


def test_only_confirmed_terms(log: Snapshot) -> None:
    all_ = frozen(log, LATER, log.position)
    free = frozen(log, LATER, log.position, confirmed=True)
    assert set(free.releases["licence_confirmed"]) == {True}
    assert set(all_.releases["licence_confirmed"]) == {True, False}
    assert "iea-hydrogen" not in set(free.claims["source"])


def test_it_is_never_written_over(packages: tuple[Path, Path], tmp_path: Path) -> None:
    found = container.load(packages[0])
    write(found, tmp_path / "2025.1")
    with pytest.raises(FileExistsError):
        write(found, tmp_path / "2025.1")
    (tmp_path / "2025.1" / "stray.txt").write_text("left of a former draft", "utf-8")
    write(found, tmp_path / "2025.1", again=True)
    assert container.load(tmp_path / "2025.1") == found
    assert sorted(path.name for path in tmp_path.iterdir()) == ["2025.1", "2025.1.zip"]


def test_interrupted_nothing_is_left(
    packages: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(_: object) -> bytes:
        raise KeyboardInterrupt

    monkeypatch.setattr(container, "zipped", stopped)
    with pytest.raises(KeyboardInterrupt):
        write(container.load(packages[0]), tmp_path / "2025.1")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["26.1", "2026", "2026.1/../x", "2026.1.zip", "", "latest"])
def test_a_release_is_called_by_year_and_number(name: str) -> None:
    with pytest.raises(ValueError, match=r"like 2026\.1"):
        Order(name, LATER, 1)


def test_a_day_before_anything_was_known(log: Snapshot) -> None:
    with pytest.raises(ValueError, match="the first claim is of 2008-02-19"):
        contents(log, Order("1999.1", date(1999, 1, 1), log.position))
