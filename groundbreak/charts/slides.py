"""A figure as one slide: a native chart that can be edited, in the same palette."""

from __future__ import annotations

import io
import math
from datetime import datetime
from typing import Any

from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE, XL_LEGEND_POSITION, XL_TICK_LABEL_POSITION
from pptx.enum.dml import MSO_PATTERN
from pptx.util import Emu, Inches, Pt

from groundbreak.charts.figure import Figure, Series, Slide
from groundbreak.charts.theme import LIGHT
from groundbreak.vocabulary.guarding import safe_csv

KINDS = {"bars": XL_CHART_TYPE.BAR_STACKED, "columns": XL_CHART_TYPE.COLUMN_STACKED,
         "lines": XL_CHART_TYPE.LINE}
WIDTH, HEIGHT = Inches(13.333), Inches(7.5)
SIDE = Inches(0.6)
EDGES = {"outline": "mid", "promise": "accent"}
TITLE_ONLY = 5  # of the layouts that python-pptx brings


def slide(figure: Figure) -> bytes:
    """The bytes of a presentation of one slide. The same figure gives the same slide."""
    deck = Presentation()
    deck.slide_width, deck.slide_height = WIDTH, HEIGHT
    made = deck.slides.add_slide(deck.slide_layouts[TITLE_ONLY])
    _background(made)
    _title(made, figure.title)
    inner = Emu(WIDTH - 2 * SIDE)
    _text(made, figure.subtitle, (SIDE, Inches(1.35), inner, Inches(0.4)), 14, "muted")
    box = (SIDE, Inches(1.85), inner, Inches(4.65))
    if figure.draw is None or not figure.slide.categories:
        _text(made, figure.nothing or figure.alt, box, 18, "muted")
    else:
        _chart(made, figure, box)
    _text(made, figure.footer, (SIDE, Inches(6.6), inner, Inches(0.6)), 11, "muted")
    notes = "\n".join((figure.alt, *figure.notes, "", figure.citation, "", safe_csv(figure.table)))
    made.notes_slide.notes_text_frame.text = _plain(notes)
    day = datetime(figure.as_of.year, figure.as_of.month, figure.as_of.day)
    properties = deck.core_properties
    properties.title, properties.author = _plain(figure.title), "Groundbreak"
    properties.created = properties.modified = day  # not the machine's clock
    properties.last_modified_by = "Groundbreak"
    held = io.BytesIO()
    deck.save(held)
    return held.getvalue()


def _colour(name: str) -> RGBColor:
    digits = LIGHT[name].removeprefix("#")
    return RGBColor(*bytes.fromhex(digits))  # type: ignore[no-untyped-call]


def _plain(text: str) -> str:
    """Without control characters, which no presentation holds."""
    return "".join(c for c in text if c in "\n\t" or c.isprintable())


def _background(made: Any) -> None:
    fill = made.background.fill
    fill.solid()
    fill.fore_color.rgb = _colour("paper")


def _title(made: Any, text: str) -> None:
    title = made.shapes.title
    title.left, title.top, title.width, title.height = (
        SIDE, Inches(0.45), Emu(WIDTH - 2 * SIDE), Inches(0.9))
    frame = title.text_frame
    frame.text = _plain(text)
    frame.word_wrap = True
    frame.margin_left = frame.margin_right = 0
    _styled(frame, 28, "ink", bold=True)


def _text(made: Any, text: str, box: tuple[Any, ...], size: int, colour: str) -> None:
    frame = made.shapes.add_textbox(*box).text_frame
    frame.word_wrap = True
    frame.margin_left = frame.margin_right = 0
    frame.text = _plain(text)
    _styled(frame, size, colour)


def _styled(frame: Any, size: int, colour: str, *, bold: bool = False) -> None:
    for paragraph in frame.paragraphs:
        paragraph.alignment = None
        paragraph.font.size, paragraph.font.bold = Pt(size), bold
        paragraph.font.name = "Inter"
        paragraph.font.color.rgb = _colour(colour)
        properties = paragraph._p.get_or_add_pPr()
        properties.set("algn", "l")


def _chart(made: Any, figure: Figure, box: tuple[Any, ...]) -> None:
    plan = figure.slide
    data: Any = CategoryChartData(  # type: ignore[no-untyped-call]
        number_format=plan.number_format)
    data.categories = [_plain(name) for name in plan.categories]
    for series in plan.series:
        # The invisible base of a waterfall has no name, so that no legend speaks of it.
        data.add_series(" " if series.fill == "hidden" else _plain(series.name), series.values)
    frame = made.shapes.add_chart(KINDS[plan.kind], *box, data)
    frame._element.nvGraphicFramePr.cNvPr.set("descr", _plain(figure.alt))
    chart = frame.chart
    chart.font.size, chart.font.name = Pt(13), "Inter"
    chart.font.color.rgb = _colour("ink")
    chart.has_title = False
    chart.has_legend = len(plan.series) > 1
    if chart.has_legend:
        chart.legend.position = XL_LEGEND_POSITION.BOTTOM
        chart.legend.include_in_layout = False
    if plan.kind == "bars":
        chart.category_axis.reverse_order = True  # the first row on top, as on the page
        chart.value_axis.tick_label_position = XL_TICK_LABEL_POSITION.HIGH
    if plan.kind != "lines":
        chart.plots[0].gap_width = 55
    if plan.reach is not None:
        chart.value_axis.minimum_scale = 0
        chart.value_axis.maximum_scale = max(plan.reach, _longest(plan))
    chart.value_axis.tick_labels.number_format = plan.number_format
    chart.value_axis.tick_labels.number_format_is_linked = False
    chart.value_axis.major_gridlines.format.line.color.rgb = _colour("rule")
    chart.value_axis.format.line.fill.background()
    chart.category_axis.format.line.color.rgb = _colour("rule")
    for series, drawn in zip(plan.series, chart.plots[0].series, strict=True):
        _filled(drawn, series, plan.kind)


def _longest(plan: Slide) -> float:
    """The longest bar, up to the next ten."""
    columns = zip(*(series.values for series in plan.series), strict=True)
    sums = [sum(filter(None, values)) for values in columns]
    return float(math.ceil(max(sums) / 10) * 10)


def _filled(drawn: Any, series: Series, kind: str) -> None:
    """The fill of a series: solid, hatched, outlined, or hidden below a waterfall's step."""
    if kind == "lines":
        drawn.format.line.color.rgb = _colour("mid" if series.fill == "outline" else series.fill)
        drawn.smooth = False
        return
    fill, line = drawn.format.fill, drawn.format.line
    if series.fill == "hatch":
        fill.patterned()
        fill.pattern = MSO_PATTERN.WIDE_UPWARD_DIAGONAL
        fill.fore_color.rgb, fill.back_color.rgb = _colour("deep"), _colour("paper")
        line.color.rgb = _colour("deep")
    elif series.fill in EDGES:
        fill.background()
        line.color.rgb = _colour(EDGES[series.fill])
    elif series.fill == "hidden":
        fill.background()
        line.fill.background()
    else:
        fill.solid()
        fill.fore_color.rgb = _colour(series.fill)
