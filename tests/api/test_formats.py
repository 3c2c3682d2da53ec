"""The same rows in every format, by suffix or Accept; nothing in a CSV runs as a formula."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from groundbreak.api import formats
from groundbreak.api.formats import MEDIA, Described, NotAcceptable
from groundbreak.api.resources import RESOURCES
from groundbreak.vocabulary.guarding import unguarded
from tests.api.conftest import ask, body, refused, walked

REQUIRED = {"from": "2024-01-01", "measure": "announced"}
KEYS = {"projects": "GB-3N2EYMETGF", "sources": "events", "vocabulary": "sectors"}
NAMED = {resource.path: resource for resource in RESOURCES}


def _address(path: str, client: Any) -> tuple[str, dict[str, str]]:
    resource = NAMED[path]
    key = KEYS.get(path.partition("/")[0], "")
    if path.startswith("projects/"):
        key = ask(client, "projects", limit=1)["data"][0]["project"]
    params = {p.name: REQUIRED[p.name] for p in resource.asked() if p.required}
    return path.replace("{key}", key), params


@pytest.mark.parametrize("path", [r.path for r in RESOURCES if r.sheets()])
def test_every_table_is_the_same_in_every_format(client: Any, path: str) -> None:
    address, params = _address(path, client)
    resource = NAMED[path]
    for name, sheet in resource.sheets().items():
        which = {"table": name} if len(resource.sheets()) > 1 else {}
        told = ask(client, address, **params)[name] if not resource.paged else walked(
            client, address, limit=1000, **params)
        parquet = client.get(f"/api/v1/{address}.parquet", {**params, **which})
        arrow = client.get(f"/api/v1/{address}.arrow", {**params, **which})
        table = pq.read_table(io.BytesIO(body(parquet)))
        stream = pa.ipc.open_stream(body(arrow)).read_all()
        assert table.to_pylist() == stream.to_pylist()
        assert json.loads(json.dumps(table.to_pylist(), default=str)) == told
        text = body(client.get(f"/api/v1/{address}.csv", {**params, **which})).decode()
        rows = list(csv.DictReader(io.StringIO(text)))
        assert len(rows) == len(told)
        for row, given in zip(rows, told, strict=True):
            for column, value in given.items():
                assert unguarded(row[column]) == _in_csv(value, sheet.schema.get(column)), column
        if not sheet.open:
            assert table.schema.names == list(sheet.schema)
            frame = pl.DataFrame(pa.table(stream))
            assert {n: frame.schema[n] for n in frame.columns} == dict(sheet.schema)
            for field in table.schema:
                assert field.metadata[b"description"], field.name


def _in_csv(value: Any, dtype: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if dtype is not None and dtype.is_float():
        return str(pl.Series([float(value)]).to_frame().write_csv().split("\n")[1])
    return str(value)


def test_units_and_clock_stand_in_the_metadata(client: Any) -> None:
    response = client.get("/api/v1/projects.parquet", {"as_of": "2025-03-05"})
    schema = pq.read_schema(io.BytesIO(response.content))
    assert schema.field("latitude").metadata[b"unit"] == b"degrees"
    about = json.loads(schema.metadata[b"groundbreak"])
    assert about["known"] == "2025-03-05"
    assert {row["source"] for row in about["licences"]} == set(
        pq.read_table(io.BytesIO(response.content))["source"].to_pylist())
    assert "projects-2025-03-05.parquet" in response["Content-Disposition"]


@pytest.mark.parametrize(("accept", "form"), [
    ("", "json"), ("*/*", "json"), ("text/csv", "csv"), ("TEXT/CSV; q=0.5", "csv"),
    ("text/*", "csv"), ("application/json;q=0.1, text/csv;q=0.9", "csv"),
    ("application/vnd.apache.parquet, */*;q=0.1", "parquet"),
    ("application/vnd.apache.arrow.stream", "arrow"),
    ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "json"),
    ("application/json;q=0, */*", "csv"), ("text/csv;q=nan, application/json;q=0.1", "json"),
])
def test_accept_chooses_the_format(client: Any, accept: str, form: str) -> None:
    response = client.get("/api/v1/vocabulary", headers={"Accept": accept})
    assert response.status_code == 200
    assert response["Content-Type"] == MEDIA[form]
    assert "Accept" in response["Vary"].split(", ")


def test_a_suffix_outranks_accept_and_what_is_not_there_is_said(client: Any) -> None:
    response = client.get("/api/v1/vocabulary.csv", headers={"Accept": "application/json"})
    assert response["Content-Type"].startswith("text/csv")
    assert "Accept" not in response["Vary"].split(", ")
    assert "json, csv, parquet, arrow" in refused(client, "projects.xlsx", 404)["detail"]
    told = client.get("/api/v1/projects", headers={"Accept": "image/png"})
    assert told.status_code == 406
    assert "text/csv" in json.loads(told.content)["detail"]
    with pytest.raises(NotAcceptable):
        formats.chosen("application/json;q=0", ("json",))


COLUMNS = {"name": Described("", "A name."), "n": Described("t/y", "A number.")}


@pytest.fixture
def long() -> pl.DataFrame:
    """More rows than are written at once, with what a spreadsheet would run."""
    n = 2 * formats.PIECE + 7
    return pl.DataFrame({"name": [f"=cmd|{i}" for i in range(n)], "n": range(n)})


def _all(pieces: Iterator[bytes]) -> tuple[int, bytes]:
    found = list(pieces)
    return len(found), b"".join(found)


def test_a_long_table_is_written_in_pieces_that_are_one_table(long: pl.DataFrame) -> None:
    number, text = _all(formats.pieces(long, "csv", COLUMNS, {}))
    rows = list(csv.reader(io.StringIO(text.decode())))
    assert number == 3
    assert rows[0] == ["name", "n"]
    assert [row[0] for row in rows[1:]] == ["'" + name for name in long["name"]]
    _, arrow = _all(formats.pieces(long, "arrow", COLUMNS, {}))
    assert pl.DataFrame(pa.ipc.open_stream(arrow).read_all()).equals(long)
    _, parquet = _all(formats.pieces(long, "parquet", COLUMNS, {}))
    table = pq.read_table(io.BytesIO(parquet))
    assert pl.DataFrame(table).equals(long)
    assert table.schema.field("n").metadata == {b"unit": b"t/y", b"description": b"A number."}


def test_an_empty_table_keeps_its_columns(bare: Any) -> None:
    for path in ("projects", "claims", "evidence", "sources"):
        text = body(bare.get(f"/api/v1/{path}.csv")).decode()
        assert text.strip().split(",") == list(NAMED[path].sheets()["data"].schema)
        stream = pa.ipc.open_stream(body(bare.get(f"/api/v1/{path}.arrow"))).read_all()
        assert stream.num_rows == 0


def test_what_is_no_number_is_null_in_json() -> None:
    frame = pl.DataFrame({"x": [1.5, float("nan"), float("inf"), None]})
    assert [row["x"] for row in formats.rows(frame)] == [1.5, None, None, None]
