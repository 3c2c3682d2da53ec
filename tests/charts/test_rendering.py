"""What leaves as SVG, PNG, CSV and slide: safe in a page, true to the table, never empty."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from typing import Any
from xml.etree import ElementTree as Xml

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from pptx import Presentation

from groundbreak import charts
from groundbreak.charts import fonts, render
from groundbreak.charts.rows import Key, Row, Scale, Segment, drawing, round_ticks
from groundbreak.charts.theme import DARK, HATCH, LIGHT, NARROW, PHONE, WIDE
from groundbreak.reading import Reader, Reading
from groundbreak.vocabulary.translating import speaking
from tests.charts.test_figures import values

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = "</title><script>alert(1)</script>\" onload='x' & =cmd()"
SCRIPTS = ("宝钢湛江 鐵", "الجبيل", "포항제철", "製鉄所の", "Сталь Ελλάδα", "इस्पात")


@pytest.fixture(scope="module")
def figure(reader: Reader, reading: Reading) -> charts.Figure:
    return charts.figure("pipeline-by-sector", reader, reading)


def attributes(text: str) -> list[tuple[str, str]]:
    return [pair for element in Xml.fromstring(text).iter() for pair in element.attrib.items()]


@pytest.mark.parametrize("id", charts.FIGURES)
@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_an_inline_svg_is_fit_for_a_strict_page(
    reader: Reader, reading: Reading, id: str, width: int
) -> None:
    """No style, script, link or event; role, title and description; only the page's colours."""
    drawn = charts.figure(id, reader, reading)
    text = render.svg(drawn, "page", framed=False, width=width)
    root = Xml.fromstring(text)
    assert root.get("role") == "img"
    named = (root.get("aria-labelledby") or "").split()
    by_id = {e.get("id"): e for e in root.iter() if e.get("id")}
    assert [by_id[name].text for name in named] == [drawn.title, drawn.alt]
    assert {e.tag.removeprefix(SVG) for e in root.iter()} <= {
        "svg", "title", "desc", "g", "path", "line", "rect", "text", "tspan", "defs", "pattern"}
    for name, value in attributes(text):
        assert name not in ("style", "href"), name
        assert not name.startswith(("on", "{")), name
        assert "http" not in value
        assert "url(" not in value or re.fullmatch(rf"url\(#hatch-{id}-\d+\)", value)
        if name in ("fill", "stroke"):
            assert value == "none" or value.startswith("url(#") or re.fullmatch(
                rf"var\(--({'|'.join(LIGHT)})\)", value), value
        assert name != "font-family"  # the page's own
    assert text.count("http") == 1  # the namespace
    assert float((root.get("viewBox") or "").split()[2]) == pytest.approx(width, abs=2)


@pytest.mark.parametrize("id", charts.FIGURES)
def test_a_download_carries_everything(reader: Reader, reading: Reading, id: str) -> None:
    """Title, subtitle and footer stand in it, in colours of its theme, within its frame."""
    drawn = charts.figure(id, reader, reading, release="2026.1")
    for theme, colours in (("light", LIGHT), ("dark", DARK)):
        for width in (WIDE, NARROW):
            root = Xml.fromstring(render.svg(drawn, theme, width=width))
            said = " ".join(e.text or "" for e in root.iter(f"{SVG}text"))
            for part in (drawn.title, drawn.subtitle, drawn.footer, *drawn.notes):
                assert part in said
            used = {e.get(side) for e in root.iter() for side in ("fill", "stroke")}
            used = {c for c in used if c and c != "none" and not c.startswith("url")}
            assert used <= set(colours.values())
            for element in root.iter(f"{SVG}text"):
                if element.get("x"):  # the words of the frame
                    size = float(element.get("font-size", 0))
                    assert fonts.width_of(element.text or "", size) <= width * 1.001


def test_a_hostile_text_stays_text(figure: charts.Figure) -> None:
    """Titles, notes and sources of any content are escaped in every format."""
    bad = replace(figure, title=HOSTILE, alt=HOSTILE, subtitle=HOSTILE, source=HOSTILE,
                  notes=(HOSTILE + "\x00\x0b\ufffe",),
                  table=pl.DataFrame({"name": [HOSTILE, "=1"]}))
    for framed in (True, False):
        root = Xml.fromstring(render.svg(bad, "page", framed=framed))
        assert not [e for e in root.iter() if e.tag.endswith("script")]
        assert root.find(f"{SVG}title") is not None
        assert root.find(f"{SVG}title").text == HOSTILE  # type: ignore[union-attr]
    assert Image.open(io.BytesIO(render.png(bad, scale=1))).size[0] > WIDE
    assert "\n'=1\n" in render.csv(bad)
    slide = Presentation(io.BytesIO(render.pptx(bad))).slides[0]
    assert slide.shapes.title.text_frame.text == HOSTILE


# What is not allowed in XML once ended the renderer and its whole process.
TEXTS = st.text(max_size=60) | st.sampled_from(["\x00", "a\x01b", "\ufffe", "\ud800", "\n\r"])


@given(labels=st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=4))
@settings(max_examples=15, deadline=None)
def test_labels_of_any_content_are_drawn(labels: list[tuple[str, str]]) -> None:
    """A row may be called anything; the drawing is well-formed and has no more elements for it."""
    rows = [Row(label, right, (Segment("a", 0, 3),)) for label, right in labels]
    for width in (WIDE, NARROW):
        spec = drawing(rows, [Key("a", "x", "deep")], Scale(0, 10, (0, 5, 10)), width)
        assert spec["config"]["aria"] is False
        made = _figure_of(spec)
        root = Xml.fromstring(render.svg(made, framed=False, width=width))
        assert {e.tag.removeprefix(SVG) for e in root.iter()} <= {
            "svg", "title", "desc", "g", "path", "line", "rect", "text", "tspan"}


def _figure_of(spec: dict[str, Any]) -> charts.Figure:
    from datetime import date

    from groundbreak.charts.figure import Slide

    return charts.Figure(
        id="made", title="t", subtitle="s", table=pl.DataFrame({"a": [1]}), draw=lambda _: spec,
        slide=Slide("bars", (), ()), alt="a", source="x", as_of=date(2026, 1, 1), clock="c", n=1,
        definition="gap", definition_version="1")


def test_long_labels_stay_in_their_room() -> None:
    """A very long label is cut with an ellipsis and does not run into the bars."""
    long = "Ammonia and hydrogen valley of the northern shore, second phase " * 3
    for width in (WIDE, NARROW):
        spec = drawing([Row(long, "123 of about 4,567", (Segment("a", 0, 9),))],
                       [Key("a", "x", "deep")], Scale(0, 10), width)
        texts = [row for row in values(spec) if "text" in row]
        label = next(t["text"] for t in texts if t["text"].startswith("Ammonia"))
        assert label.endswith("…")
        room = width * 0.38 if width >= PHONE else width - fonts.width_of("123 of about 4,567", 13)
        assert fonts.width_of(label, 13) <= room


@pytest.mark.parametrize("most", [1, 2, 3, 7, 10, 34, 99, 705, 12_345, 1e9])
def test_ticks_are_few_and_round(most: float) -> None:
    ticks = round_ticks(most)
    assert 2 <= len(ticks) <= 6
    assert ticks[0] == 0
    assert ticks[-1] <= most
    steps = {round(b - a, 6) for a, b in pairwise(ticks)}
    assert len(steps) == 1


def test_legacy_is_hatched_in_the_png(figure: charts.Figure) -> None:
    """Within the hatched piece both the lines and the paper between them are seen."""
    assert HATCH not in render.svg(figure)
    root = Xml.fromstring(render.svg(figure, framed=True))
    fill = next(e for e in root.iter(f"{SVG}path") if (e.get("fill") or "").startswith("url(#"))
    legend = _place(root, fill)
    image = Image.open(io.BytesIO(render.png(figure, scale=4))).convert("RGB")
    x, y, wide, high = (round(4 * v) for v in legend)
    piece = image.crop((x + 4, y + 4, x + wide - 4, y + high - 4))
    seen = {c: n / (piece.width * piece.height) for n, c in piece.getcolors(1 << 20) or []}
    for name, least in (("deep", 0.1), ("paper", 0.2)):
        colour = tuple(bytes.fromhex(LIGHT[name][1:]))
        near = sum(n for c, n in seen.items()
                   if max(abs(a - b) for a, b in zip(c, colour, strict=True)) < 24)
        assert near > least, (name, near)


def _place(root: Xml.Element, wanted: Xml.Element) -> tuple[float, float, float, float]:
    """Where a rectangle drawn as a path stands in its document: x, y, width, height."""
    parents = {child: parent for parent in root.iter() for child in parent}
    x, y, wide, high = map(float, re.fullmatch(
        r"M([\d.-]+),([\d.-]+)h([\d.]+)v([\d.]+)h-[\d.]+Z", wanted.get("d") or "").groups())  # type: ignore[union-attr]
    element: Xml.Element | None = wanted
    while element is not None:
        if moved := re.fullmatch(r"translate\(([\d.-]+),([\d.-]+)\)",
                                 element.get("transform") or ""):
            x, y = x + float(moved[1]), y + float(moved[2])
        element = parents.get(element)
    return x, y, wide, high


@pytest.mark.parametrize("script", SCRIPTS)
def test_native_scripts_have_letters(script: str) -> None:
    """Each script draws ink, and other ink than as many unknown letters (boxes) would."""
    if not fonts.register():
        pytest.skip(f"no fonts in {fonts.FOLDER.name}: python -m groundbreak.site.assets")

    def ink(text: str) -> bytes:
        spec = drawing([Row(text, "", ())], [], Scale(0, 1), WIDE)
        drawn = Image.open(io.BytesIO(render.png(_figure_of(spec), scale=2, framed=False)))
        return drawn.convert("L").tobytes()

    unknown = "".join("\U000fff00" if not c.isspace() else c for c in script)
    assert len({ink(script), ink(unknown), ink("")}) == 3


def test_arabic_reads_from_right_to_left(reader: Reader, reading: Reading) -> None:
    """Every text of the frame is marked so; places stay where they were worked out."""
    with speaking("ar"):
        drawn = charts.figure("pipeline-by-sector", reader, reading)
        root = Xml.fromstring(render.svg(drawn))
    assert re.search("[\u0600-\u06ff]", drawn.title)
    assert root.get("direction") == "ltr"
    texts = [e.text or "" for e in root.iter(f"{SVG}text")]
    assert texts
    assert all(t.startswith("\u202b") and t.endswith("\u202c") for t in texts)
    assert "\u202b" not in render.svg(charts.figure("pipeline-by-sector", reader, reading))


@pytest.mark.parametrize("id", charts.FIGURES)
def test_the_slide_is_the_table(reader: Reader, reading: Reading, id: str) -> None:
    """One 16:9 slide with a native chart whose numbers are those drawn, its text and its notes."""
    drawn = charts.figure(id, reader, reading)
    deck = Presentation(io.BytesIO(render.pptx(drawn)))
    assert (deck.slide_width, deck.slide_height) == (12191695, 6858000)
    (slide,) = deck.slides
    assert slide.shapes.title.text_frame.text == drawn.title
    (frame,) = [shape for shape in slide.shapes if shape.has_chart]
    assert frame._element.nvGraphicFramePr.cNvPr.get("descr") == drawn.alt
    plot = frame.chart.plots[0]
    assert list(plot.categories) == list(drawn.slide.categories)
    for series, wanted in zip(plot.series, drawn.slide.series, strict=True):
        assert list(series.values) == [None if v is None else pytest.approx(v)
                                       for v in wanted.values]
    said = slide.notes_slide.notes_text_frame.text
    for line in render.csv(drawn).splitlines():
        assert line in said
    assert drawn.footer in [s.text_frame.text for s in slide.shapes if s.has_text_frame]


SUMS: dict[str, Callable[[charts.Figure], float]] = {
    "pipeline-by-sector": lambda f: f.table["share_of_need_percent"].sum(),
    "flow": lambda f: f.table["projects"].sum(),
    "stock-over-releases": lambda f: f.table["projects"].sum(),
    "slips": lambda f: f.table["projects"].sum(),
    "threshold-sensitivity": lambda f: f.table["projects"].sum(),
    "promised-vs-actual": lambda f: f.table.filter(pl.col("outcome") != "promised")[
        "projects"].sum(),
}


@pytest.mark.parametrize("id", SUMS)
def test_the_chart_on_a_slide_sums_to_the_table(reader: Reader, reading: Reading, id: str) -> None:
    drawn = charts.figure(id, reader, reading)
    whole = sum(v for s in drawn.slide.series for v in s.values if v is not None)
    assert whole == pytest.approx(SUMS[id](drawn))


def test_the_same_figure_gives_the_same_bytes(figure: charts.Figure) -> None:
    assert render.svg(figure) == render.svg(figure)
    assert render.png(figure) == render.png(figure)


def test_nothing_to_draw_is_written_in_every_format(nobody: Reader) -> None:
    """The sentence stands where the drawing would; the slide has no empty chart."""
    empty = charts.figure("gap", nobody, nobody.as_of("2026-01-01"))
    for framed in (True, False):
        root = Xml.fromstring(render.svg(empty, framed=framed))
        said = " ".join(e.text or "" for e in root.iter(f"{SVG}text"))
        assert empty.nothing in said
    (slide,) = Presentation(io.BytesIO(render.pptx(empty))).slides
    assert not [shape for shape in slide.shapes if shape.has_chart]
    assert empty.nothing in [s.text_frame.text for s in slide.shapes if s.has_text_frame]


@pytest.mark.parametrize(("call", "told"), [
    (lambda f: render.svg(f, "neon"), "light, dark, page"),
    (lambda f: render.png(f, "page"), "light, dark"),
    (lambda f: render.png(f, scale=99), "0.5 to 4"),
])
def test_unknown_themes_and_scales_are_refused(
    figure: charts.Figure, call: Callable[[charts.Figure], object], told: str
) -> None:
    with pytest.raises(ValueError, match=re.escape(told)):
        call(figure)
