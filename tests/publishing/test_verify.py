"""Whatever was changed in a package is found, and said where."""

from __future__ import annotations

import contextlib
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import groundbreak as gb
from groundbreak.history.snapshot import Snapshot
from groundbreak.publishing.release import container
from groundbreak.publishing.release.building import Order, Previous, contents, write
from groundbreak.publishing.release.comparing import compare
from groundbreak.publishing.release.verifying import sums_of, verify
from tests.publishing.conftest import EARLIER, LATER

Packages = tuple[Path, Path]


def resealed(folder: Path) -> None:
    """The list of sums and the description as a careful forger would write them."""
    found = container.load(folder)
    package = json.loads(found["datapackage.json"])
    for item in package["resources"]:
        data = found[item["path"]]
        item |= {"bytes": len(data), "hash": f"sha256:{container.sha256(data)}"}
    text = json.dumps(package, ensure_ascii=False, indent=1) + "\n"
    (folder / "datapackage.json").write_text(text, "utf-8")
    (folder / container.SUMS).write_bytes(container.sums(container.load(folder)))


@pytest.mark.parametrize("ending", ["", ".zip"])
def test_a_package_as_released_is_sound(packages: Packages, ending: str) -> None:
    for folder, before in ((packages[0], None), (packages[1], packages[0])):
        verdict = verify(folder.with_name(folder.name + ending), before)
        assert (verdict.problems, verdict.notes) == ((), ())
        assert verdict.sums == sums_of(folder)


def test_without_the_one_before_its_place_is_not_judged(packages: Packages) -> None:
    verdict = verify(packages[1])
    assert verdict.problems == ()
    assert "2025.1" in verdict.notes[0]


@settings(max_examples=60, deadline=None,
          suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(at=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7))
def test_any_bit_of_the_zip(packages: Packages, tmp_path: Path, at: float, bit: int) -> None:
    data = bytearray(packages[1].with_name("2026.1.zip").read_bytes())
    data[int(at * len(data))] ^= 1 << bit
    spoilt = tmp_path / "2026.1.zip"
    spoilt.write_bytes(data)
    with contextlib.suppress(container.NoPackage):  # so spoilt that it is no package at all
        assert verify(spoilt).problems


def test_a_bit_of_every_file_of_the_folder(copied: Callable[[], Path]) -> None:
    folder = copied()
    for name in container.load(folder):
        path = folder / name
        kept = path.read_bytes()
        middle = len(kept) // 2
        path.write_bytes(kept[:middle] + bytes([kept[middle] ^ 1]) + kept[middle + 1:])
        problems = verify(folder).problems
        path.write_bytes(kept)
        assert problems, name
        assert {p.file for p in problems} >= ({name} if name != container.SUMS else set()), name


def test_bytes_before_between_and_behind(packages: Packages, tmp_path: Path) -> None:
    archive = packages[1].with_name("2026.1.zip").read_bytes()
    spoilt = tmp_path / "2026.1.zip"
    for data in (b"x" + archive, archive + b"x"):
        spoilt.write_bytes(data)
        assert [p.file for p in verify(spoilt).problems] == ["2026.1.zip"]
    spoilt.write_bytes(archive)
    with zipfile.ZipFile(spoilt, "a") as opened, pytest.warns(UserWarning, match="Duplicate"):
        opened.writestr("README.md", "another")
    assert verify(spoilt).problems


def test_missing_and_strange_files(copied: Callable[[], Path]) -> None:
    folder = copied()
    (folder / "gap.csv").unlink()
    (folder / "vocabulary" / "more.csv").write_text("a\n", "utf-8")
    told = {p.file: p.what for p in verify(folder).problems}
    assert told["gap.csv"] == "is missing"
    assert "no part of the release" in told["vocabulary/more.csv"]


@pytest.mark.parametrize("name", ["projects.csv", "scorecard.csv", "gap.csv", "iamc.csv",
                                  "evidence.csv", "projects.geojson", "oc4ids.json"])
def test_a_figure_changed_with_all_sums_made_anew(copied: Callable[[], Path], name: str) -> None:
    folder = copied()
    path = folder / name
    text = path.read_text("utf-8")
    at = max(text.rfind(digit) for digit in "123456789")
    path.write_text(text[:at] + str((int(text[at]) + 1) % 10) + text[at + 1:], "utf-8")
    resealed(folder)
    problems = verify(folder).problems
    assert [p.file for p in problems] == [name]
    assert "claims.parquet gives" in problems[0].what


def test_a_claim_changed_with_all_sums_made_anew(copied: Callable[[], Path]) -> None:
    folder = copied()
    claims = pl.read_parquet(folder / "claims.parquet")
    cells = gb.open(folder).as_of().view.cells  # a claim that holds, that is
    active = cells.filter((pl.col("field") == "activity") & (pl.col("value_text") == "active"))
    claims.with_columns(value_text=pl.when(pl.col("claim") == active["claim"][-1])
                        .then(pl.lit("cancelled")).otherwise("value_text")
                        ).write_parquet(folder / "claims.parquet")
    resealed(folder)
    assert {"projects.csv", "oc4ids.json"} <= {p.file for p in verify(folder).problems}


def test_a_claim_of_later_or_not_public(copied: Callable[[], Path]) -> None:
    for changed in ({"known": pl.lit("2027-01-01").str.to_date()},
                    {"visibility": pl.lit("confidential")}):
        folder = copied()
        claims = pl.read_parquet(folder / "claims.parquet")
        (name, value), = changed.items()
        claims.with_columns(pl.when(pl.col("claim") == claims["claim"].max()).then(value)
                            .otherwise(name).alias(name)).write_parquet(folder / "claims.parquet")
        resealed(folder)
        told = {p.file: p.what for p in verify(folder).problems}
        assert "cannot hold" in told["claims.parquet"]


def test_the_chain(packages: Packages, log: Snapshot, tmp_path: Path,
                   copied: Callable[[], Path]) -> None:
    other = tmp_path / "2025.1"
    write(contents(log, Order("2025.1", EARLIER, log.position - 1, figures=False)), other)
    told = verify(packages[1], other).problems
    assert [p.file for p in told] == ["release.json"]
    assert "the chain is broken" in told[0].what
    assert "nothing came before it" in verify(packages[0], packages[1]).problems[0].what
    folder = copied()
    bridge = (folder / "bridge.csv").read_text("utf-8")
    (folder / "bridge.csv").write_text(bridge.replace("late discoveries,2", "late discoveries,3"),
                                       "utf-8")
    resealed(folder)
    assert [p.file for p in verify(folder, packages[0]).problems] == ["bridge.csv"]


def test_of_other_definitions_the_figures_are_not_judged(copied: Callable[[], Path]) -> None:
    folder = copied()
    about = json.loads((folder / "release.json").read_text("utf-8"))
    about["definition_version"] = "0"
    (folder / "release.json").write_text(json.dumps(about), "utf-8")
    resealed(folder)
    verdict = verify(folder)
    assert verdict.problems == ()
    assert any("not counted again" in note for note in verdict.notes)


@pytest.mark.parametrize("text", ["", "x", "deadbeef  README.md\n", "\0" * 80])
def test_sums_that_are_none(copied: Callable[[], Path], text: str) -> None:
    folder = copied()
    (folder / container.SUMS).write_text(text, "utf-8")
    assert verify(folder).problems


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": 1}', "null", '"x"'])
def test_a_release_that_says_nothing_of_itself(copied: Callable[[], Path], text: str) -> None:
    folder = copied()
    (folder / "release.json").write_text(text, "utf-8")
    resealed(folder)
    assert "release.json" in {p.file for p in verify(folder).problems}


def test_what_is_no_package(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        verify(tmp_path / "nothing.zip")
    with pytest.raises(container.NoPackage, match="accepted: the folder or the zip"):
        verify(tmp_path)
    (tmp_path / "x.zip").write_bytes(b"PK\5\6" + bytes(18))
    with pytest.raises(container.NoPackage):
        verify(tmp_path / "x.zip")
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w") as archive:
        archive.writestr("SHA256SUMS", "")
    (tmp_path / "y.zip").write_bytes(bomb.getvalue())
    with pytest.raises(container.NoPackage):
        verify(tmp_path / "y.zip")


def test_what_changed_between_two(packages: Packages) -> None:
    found = compare(*packages)
    assert (found.earlier, found.later, found.unexplained) == ("2025.1", "2026.1", 0)
    said = pl.read_csv(packages[1] / "bridge.csv")
    assert found.bridge.rows() == said.rows()
    assert found.moves.height == found.moves.unique(["record", "stock", "line"]).height > 10
    assert found.moves["known"].drop_nulls().min() > EARLIER
    assert found.changes["known"].max() <= LATER
    with pytest.raises(ValueError, match="the earlier release first"):
        compare(packages[1], packages[0])


def test_between_a_release_and_itself_nothing_changed(packages: Packages) -> None:
    found = compare(packages[0], packages[0].with_name("2025.1.zip"))
    assert (found.moves.height, found.changes.height, found.unexplained) == (0, 0, 0)


def test_a_withdrawal_between_two_of_one_day_is_explained(
    log: Snapshot, packages: Packages, tmp_path: Path
) -> None:
    from tests.publishing.conftest import claim

    table = pl.read_parquet(packages[1] / "projects.parquet")
    moved = table.filter(pl.col("counted") & (pl.col("label") == "at_fid"))["record"][0]
    told = log.claims.filter((pl.col("record") == moved) & (pl.col("field") == "stage"))
    outs = [claim(log, record=moved, field="stage", kind="withdrawal", known=LATER,
                  supersedes=number).with_columns(claim=pl.lit(log.position + n, pl.Int64))
            for n, number in enumerate(told["claim"], start=1)]
    longer = Snapshot(pl.concat([log.claims, *outs]), log.releases, log.listings)
    order = Order("2026.2", LATER, longer.position, previous=Previous.read(packages[1]),
                  figures=False)
    write(contents(longer, order), tmp_path / "2026.2")
    bridge = pl.read_csv(tmp_path / "2026.2" / "bridge.csv").filter(stock="at_fid")
    lines = dict(bridge.select("line", "projects").iter_rows())
    assert lines["restated"] == -1
    assert lines["unexplained"] == 0
    assert verify(tmp_path / "2026.2.zip", packages[1]).problems == ()
