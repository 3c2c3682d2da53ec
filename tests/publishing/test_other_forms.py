"""What others' tools make of a package: frictionless, jsonschema, pyam."""

from __future__ import annotations

import json
import os
import subprocess
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema
import polars as pl
import pytest
from frictionless import Package, validate

from groundbreak.measures.decisions import decisions
from groundbreak.publishing.release.describing import column, schema
from groundbreak.publishing.release.iamc import NOT_STATED, SEVERAL, WORLD
from groundbreak.publishing.release.oc4ids import PHASES, status
from groundbreak.reading import open as opened
from groundbreak.vocabulary.terms import STAGES

SCHEMA = json.loads(Path(__file__).with_name("oc4ids.schema.json").read_text("utf-8"))
Packages = tuple[Path, Path]


@pytest.fixture
def projects(packages: Packages) -> list[dict[str, Any]]:
    return json.loads((packages[1] / "oc4ids.json").read_text("utf-8"))["projects"]


# -- Data Package ----------------------------------------------------------------------------
def test_frictionless_validates_it(packages: Packages) -> None:
    for folder in packages:
        report = validate(str(folder / "datapackage.json"))
        assert report.valid, report.flatten(["name", "message"])
        assert report.stats["tasks"] > 30


def test_frictionless_would_see_a_wrong_cell(packages: Packages, tmp_path: Path) -> None:
    text = (packages[1] / "scorecard.csv").read_text("utf-8")
    resource = next(r for r in Package(str(packages[1] / "datapackage.json")).resources
                    if r.path == "scorecard.csv")
    (tmp_path / "scorecard.csv").write_text(text.replace("12m,20", "12m,zz", 1), "utf-8")
    descriptor = {**resource.to_descriptor(), "name": "x", "hash": "", "bytes": 0}
    descriptor = {k: v for k, v in descriptor.items() if k not in ("hash", "bytes")}
    assert not validate(descriptor, basepath=str(tmp_path)).valid


def test_every_column_is_described(packages: Packages) -> None:
    package = json.loads((packages[1] / "datapackage.json").read_text("utf-8"))
    assert package["$schema"] == "https://datapackage.org/profiles/2.0/datapackage.json"
    described = {r["path"]: r for r in package["resources"]}
    on_disk = {p.relative_to(packages[1]).as_posix() for p in packages[1].rglob("*")
               if p.is_file()}
    assert on_disk - set(described) == {"SHA256SUMS", "datapackage.json", "release.json"}
    for path, resource in described.items():
        if path.endswith(".parquet") or path in ("projects.csv", "gap.csv", "iamc.csv"):
            assert all(field["description"] for field in resource["schema"]["fields"]), path
    readme = (packages[1] / "README.md").read_text("utf-8")
    for name in pl.read_parquet_schema(packages[1] / "projects.parquet"):
        assert f"| `{name}` |" in readme
    with pytest.raises(KeyError):
        column("projects", "no_such_column")


def test_types_are_those_of_the_table() -> None:
    frame = pl.DataFrame(schema={"project": pl.String(), "counted": pl.Boolean(),
                                 "capacity": pl.Int64(), "last_news": pl.Date(),
                                 "latitude": pl.Float64()})
    assert [f["type"] for f in schema("projects", frame)["fields"]] == [
        "string", "boolean", "integer", "date", "number"]


# -- OC4IDS ----------------------------------------------------------------------------------
def test_our_schema_validates_oc4ids(packages: Packages) -> None:
    jsonschema.Draft4Validator.check_schema(SCHEMA)
    for folder in packages:
        body = json.loads((folder / "oc4ids.json").read_text("utf-8"))
        errors = list(jsonschema.Draft4Validator(SCHEMA).iter_errors(body))
        assert not errors, errors[0]


def test_every_project_is_there_once(projects: list[dict[str, Any]], packages: Packages) -> None:
    table = pl.read_parquet(packages[1] / "projects.parquet")
    assert [p["id"] for p in projects] == table["project"].to_list()


def test_fid_is_a_milestone_with_a_code(projects: list[dict[str, Any]],
                                        packages: Packages) -> None:
    reading = opened(packages[1]).as_of()
    found = decisions(reading.view)
    ids = dict(reading.projects().select("project", "record").iter_rows())
    met = {ids[p["id"]]: m for p in projects for m in p.get("milestones", [])
           if m["code"] == "FID" and m["status"] == "met"}
    assert set(met) >= set(found["record"])
    assert len(met) >= found.height > 20
    for row in found.filter(pl.col("kind") == "implied").iter_rows(named=True):
        assert met[row["record"]]["basis"] == "implied"
    unknown = found.filter(pl.col("earliest").is_null())["record"]
    assert unknown.len() > 0
    assert not [r for r in unknown if "dateMet" in met[r]], "no date is made up"
    codes = (packages[1] / "oc4ids-milestoneCode.csv").read_text("utf-8")
    used = {m["code"] for p in projects for m in p.get("milestones", [])}
    assert used <= {line.split(",")[0] for line in codes.splitlines()}


def test_statuses_say_no_more_than_is_known() -> None:
    assert set(PHASES) == set(STAGES)
    assert status("feed", "announced") == "preparation"
    assert status("feed", "cancelled") == "cancelled"
    assert status("feed", "paused") == "preparation"
    assert status("construction", "lost") is None
    assert status(None, "no_stage") is None


# -- IAMC ------------------------------------------------------------------------------------
def test_stocks_at_year_ends_are_the_views(packages: Packages) -> None:
    table = pl.read_csv(packages[1] / "iamc.csv")
    reader = opened(packages[1])
    years = [name for name in table.columns if name.isdigit()]
    assert years[-1] == "2025", "the year that is not over has no column"
    for year in (years[0], "2022", years[-1]):
        then = reader.as_of(reader.snapshot.known, valid=date(int(year), 12, 31)).projects()
        counted = then.filter(pl.col("counted") & (pl.col("label") == "announced"))
        shown = table.filter((pl.col("region") == WORLD) & pl.col("variable").str.starts_with(
            "Projects|") & pl.col("variable").str.ends_with("|Announced"))
        assert shown[year].sum() == counted.height > 0
        steel = counted.filter((pl.col("sector") == "steel") & (pl.col("product") == "dri"))
        row = table.filter(region=WORLD, variable="Capacity|Industry|Steel|Direct reduced iron "
                           "(DRI or HBI)|Announced")
        assert row[year][0] == (steel["capacity_dri_t_per_year"].sum() or 0) / 1e6


def test_regions_add_up_to_the_world(packages: Packages) -> None:
    table = pl.read_csv(packages[1] / "iamc.csv")
    assert {SEVERAL, NOT_STATED} & set(table["region"]) or table["region"].n_unique() > 20
    for year in (name for name in table.columns if name.isdigit()):
        parts = table.filter(pl.col("region") != WORLD).group_by("variable").agg(
            pl.col(year).sum().alias("parts"))
        both = table.filter(region=WORLD).join(parts, on="variable")
        assert (both[year] - both["parts"]).abs().max() < 1e-9
    assert table.select("region", "variable").is_duplicated().sum() == 0


PYAM = """
import sys, warnings
warnings.simplefilter("ignore")
import pyam
frame = pyam.IamDataFrame(sys.argv[1])
world = frame.filter(region="World", variable="Projects|*|Announced", year=2025)
print(len(frame.region), frame.model[0], frame.scenario[0], sorted(frame.unit),
      world.data["value"].sum())
"""


def test_pyam_reads_it(packages: Packages) -> None:
    python = os.environ.get("GROUNDBREAK_INTEROP_PYTHON")
    if not python:
        pytest.skip("GROUNDBREAK_INTEROP_PYTHON is not set: pyam has an environment of its own, "
                    "see `make interop`")
    done = subprocess.run([python, "-c", PYAM, str(packages[1] / "iamc.csv")], text=True,
                          capture_output=True, check=False, cwd=packages[0].parent)
    assert done.returncode == 0, done.stderr
    table = pl.read_csv(packages[1] / "iamc.csv")
    total = table.filter((pl.col("region") == WORLD) & pl.col("variable").str.contains(
        r"^Projects\|.*\|Announced$"))["2025"].sum()
    said = done.stdout.strip().splitlines()[-1]
    assert said == (f"{table['region'].n_unique()} Groundbreak 2026.1 "
                    f"['GW', 'Mt/yr', 'projects'] {total}")
