"""Figures on the site: page, files and frozen ones say the same, and refuse in words."""

from __future__ import annotations

import html
import io
import json
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from PIL import Image
from pptx import Presentation

from groundbreak.charts import FIGURES
from groundbreak.charts.theme import DARK, LIGHT
from tests.cli.running import run
from tests.site.conftest import opened


def cells(page: str) -> list[list[str]]:
    """The rows of the figure's table on a page, as texts."""
    table = re.search(r'id="figure-table">.*?<tbody>(.*?)</tbody>', page, re.S)
    assert table is not None
    return [[html.unescape(cell) for cell in re.findall(r"<td[^>]*>(.*?)</td>", row)]
            for row in re.findall(r"<tr>(.*?)</tr>", table[1])]


@pytest.mark.parametrize("id", FIGURES)
def test_page_and_files_are_one_figure(client: Any, id: str) -> None:
    """Title, numbers and footer agree between the page, the CSV, the SVG and the slide."""
    page = client.get(f"/figures/{id}/").content.decode()
    (title,) = re.findall(r"<h1>(.*?)</h1>", page)
    table = pl.read_csv(client.get(f"/charts/{id}.csv").content, infer_schema_length=None)
    assert len(cells(page)) == min(table.height, 300)
    number = next(name for name, dtype in table.schema.items() if dtype == pl.Int64)
    shown = re.sub(r"[,−]", "", " ".join(" ".join(row) for row in cells(page)))
    for value in table[number].drop_nulls().abs():
        assert str(value) in shown
    svg = client.get(f"/charts/{id}.svg")
    assert svg["Content-Type"] == "image/svg+xml"
    text = html.unescape(" ".join(re.findall(r">([^<]+)</text>", svg.content.decode())))
    assert html.unescape(title) in text
    (slide,) = Presentation(io.BytesIO(client.get(f"/charts/{id}.pptx").content)).slides
    assert slide.shapes.title.text_frame.text == html.unescape(title)
    assert page.count("<svg ") == 2  # for a desk and for a phone
    assert 'style="' not in page


def test_the_gallery_leads_to_each(client: Any) -> None:
    page = client.get("/figures/").content.decode()
    for id in FIGURES:
        assert f'href="/figures/{id}/"' in page


@pytest.mark.parametrize(("look", "paper", "width"), [
    ("", LIGHT, 768 * 2), ("theme=dark&scale=1", DARK, 768), ("width=narrow&scale=3", LIGHT,
                                                              390 * 3)])
def test_a_png_looks_as_asked(client: Any, look: str, paper: dict[str, str], width: int) -> None:
    image = Image.open(io.BytesIO(client.get(f"/charts/gap.png?{look}").content)).convert("RGB")
    assert image.width == width
    assert image.getpixel((2, 2)) == tuple(bytes.fromhex(paper["paper"][1:]))


def test_parameters_and_clock_reach_the_figure(client: Any) -> None:
    """The page's own parameters and clock are in every address that it hands out."""
    page = client.get("/figures/bridge/?from=2024-01-01&stock=announced&as_of=2025-06-30")
    text = html.unescape(page.content.decode())
    for suffix in ("svg", "png", "csv", "pptx"):
        assert (f"/charts/bridge.{suffix}?from=2024-01-01&stock=announced&as_of=2025-06-30"
                in text)
    assert "As known on 30 June 2025" in text
    told = pl.read_csv(client.get("/charts/bridge.csv?from=2024-01-01&as_of=2025-06-30").content)
    assert told["line"].to_list()[-2:] == ["closing", "unexplained"]
    assert told["projects_change"][-1] == 0


def test_an_address_to_cite_names_its_day(client: Any) -> None:
    """What is quoted of the newest page shows the same later; what is embedded is escaped."""
    text = client.get("/figures/gap/").content.decode()
    embed = html.unescape(re.search(r'id="embed"[^>]*>(.*?)</pre>', text, re.S)[1])  # type: ignore[index]
    assert re.fullmatch(
        r'<a href="http://testserver/figures/gap/\?as_of=[\d-]+"><img '
        r'src="http://testserver/charts/gap\.svg\?as_of=[\d-]+" alt="[^"<>]+"></a>', embed)
    image = re.search(r'src="http://testserver(.*?)"', embed)[1]  # type: ignore[index]
    assert client.get(image).content == client.get("/charts/gap.svg").content


def test_who_holds_it_gets_nothing_again(client: Any) -> None:
    """Same content, same tag: 304; a set day may be kept for a day, the newest never unasked."""
    first = client.get("/charts/gap.svg")
    again = client.get("/charts/gap.svg", HTTP_IF_NONE_MATCH=first["ETag"])
    assert (again.status_code, again.content) == (304, b"")
    assert first["Cache-Control"] == "no-cache"
    assert "max-age=86400" in client.get("/charts/gap.svg?as_of=2025-06-30")["Cache-Control"]
    assert client.get("/charts/gap.svg?as_of=2025-06-30")["ETag"] != first["ETag"]
    assert client.head("/charts/gap.png").status_code == 200
    assert client.post("/charts/gap.svg").status_code == 405


@pytest.mark.parametrize(("path", "status", "told"), [
    ("/figures/nope/", 404, "pipeline-by-sector"),
    ("/charts/nope.svg", 404, "pipeline-by-sector"),
    ("/charts/gap.exe", 404, "svg, png, csv, pptx"),
    ("/charts/gap.svg?duck=1", 400, "accepted: none"),
    ("/charts/gap.svg?theme=neon", 400, "light, dark"),
    ("/charts/gap.png?scale=1e9", 400, "1, 2, 3, 4"),
    ("/charts/gap.svg?width=99999999", 400, "wide, narrow"),
    ("/charts/pipeline-by-sector.svg?unit=%3Cscript%3E", 400, "plants, capacity, money"),
    ("/figures/pipeline-by-sector/?unit=ducks", 400, "plants, capacity, money"),
    ("/charts/bridge.svg?from=2024-01-01&from=2025-01-01", 400, "one value"),
    ("/charts/bridge.csv?from=2026-01-01&to=2024-01-01", 400, "an earlier day"),
    ("/charts/gap.svg?as_of=yesterday", 400, "YYYY-MM-DD"),
    ("/charts/bridge.svg?to=0001-01-01", 400, "YYYY-MM-DD"),
    ("/figures/flow/?from=2023-W01-1", 400, "YYYY-MM-DD"),
    ("/f/gap@1999.1", 404, "none is public"),
    ("/f/gap@..%2F..%2Fregister", 404, ""),
    ("/f/..%2Fgap@2026.1.svg", 404, ""),
])
def test_refusals_say_what_is_accepted(client: Any, path: str, status: int, told: str) -> None:
    answer = client.get(path)
    assert answer.status_code == status
    assert told in html.unescape(answer.content.decode())
    assert "<script>" not in answer.content.decode().replace("<script src", "")


@pytest.fixture(scope="module")
def published(embedded: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A register with a public release 2025.1, as known on 2025-06-30, and a draft 2026.1."""
    from django.db import connections

    register = Path(shutil.copy(embedded, tmp_path_factory.mktemp("frozen") / "register.sqlite3"))
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("GROUNDBREAK_RELEASES", raising=False)
        for words in (("build", "2025.1", "--as-of", "2025-06-30"),
                      ("review", "2025.1", "--invite", "Reader"),
                      ("sign", "2025.1", "--reason", "a test"), ("publish", "2025.1"),
                      ("build", "2026.1")):
            code, _, error = run(register, "release", *words, "--by", "secretariat")
            assert code == 0, error
    connections["default"].close()
    return register


@pytest.fixture
def reader(published: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.delenv("GROUNDBREAK_RELEASES", raising=False)
    with opened(published) as client:
        yield client


def test_a_frozen_figure_is_the_packages(reader: Any, published: Path) -> None:
    """Its files are the package's, byte for byte, and may be kept; its page quotes them."""
    folder = published.parent / "releases" / "2025.1" / "figures"
    for id in FIGURES:
        for suffix in ("svg", "csv", "json"):
            answer = reader.get(f"/f/{id}@2025.1.{suffix}")
            assert answer.content == (folder / f"{id}.{suffix}").read_bytes()
            assert "max-age=31536000" in answer["Cache-Control"]
        page = html.unescape(reader.get(f"/f/{id}@2025.1").content.decode())
        told = json.loads((folder / f"{id}.json").read_text("utf-8"))
        for part in (told["title"], told["sentence"], told["citation"]):
            assert part in page
        assert f'src="http://testserver/f/{id}@2025.1.svg"' in page
    listed = reader.get("/figures/gap/").content.decode()
    assert "/f/gap@2025.1" in listed
    assert "/f/gap@2026.1" not in listed


def test_a_draft_is_not_shown(reader: Any) -> None:
    for path in ("/f/gap@2026.1", "/f/gap@2026.1.svg", "/f/nope@2025.1"):
        assert reader.get(path).status_code == 404


def test_the_release_clock_gives_the_frozen_numbers(reader: Any) -> None:
    """The same question to the register at the release's clock: the table of the package."""
    for id in ("gap", "pipeline-by-sector", "promised-vs-actual"):
        living = reader.get(f"/charts/{id}.csv?release=2025.1")
        assert living.content == reader.get(f"/f/{id}@2025.1.csv").content
        assert "max-age=31536000" in living["Cache-Control"]
        svg = reader.get(f"/charts/{id}.svg?release=2025.1").content
        assert svg == reader.get(f"/f/{id}@2025.1.svg").content


def test_copying_in_a_browser(visit: Callable[..., Any], address: str) -> None:
    """Image, table and words reach the clipboard as what the page shows."""
    page = visit("/figures/gap/")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    for button, words in (("Copy table", "Steel\t"), ("Copy sentence", "(Groundbreak, ")):
        page.get_by_role("button", name=button).click()
        page.locator("#copied", has_text="Copied.").wait_for()
        assert words in page.evaluate("navigator.clipboard.readText()")
        page.locator("#copied").evaluate("element => element.textContent = ''")
    page.get_by_role("button", name="Copy image").click()
    page.locator("#copied", has_text="Copied.").wait_for()
    kinds = page.evaluate("navigator.clipboard.read().then((all) => all[0].types)")
    assert kinds == ["image/png"]


def test_without_script_no_button_does_nothing(visit: Callable[..., Any]) -> None:
    page = visit("/figures/gap/", script=False)
    assert page.get_by_role("button", name=re.compile("Copy")).count() == 0
    assert page.get_by_role("link", name="CSV").count() == 1


@pytest.mark.parametrize("width", ["desk", "phone"])
def test_one_drawing_is_seen_at_each_width(visit: Callable[..., Any], width: str) -> None:
    """A desk and a phone each see their own drawing, at its own size, without scrolling aside."""
    page = visit("/figures/flow/", width=width)
    seen = [svg.bounding_box()["width"] for svg in page.locator(".figure svg").all()
            if svg.is_visible()]
    assert len(seen) == 1
    assert seen[0] == pytest.approx(720 if width == "desk" else 342, abs=26)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
