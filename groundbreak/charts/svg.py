"""From a drawing to an SVG that may stand in a page, a download or a slide.

The drawing is made once in the light colours; here it is slimmed, recoloured, hatched and, for
downloads, framed with its title, source and clock.
"""

from __future__ import annotations

import json
import re
from functools import lru_cache
from typing import Any
from xml.etree import ElementTree as Xml

import vl_convert

from groundbreak.charts import fonts
from groundbreak.charts.figure import Figure
from groundbreak.charts.theme import FAMILY, HATCH, LIGHT, SMALL, TITLE, TOKENS, WIDE, palette
from groundbreak.vocabulary.translating import right_to_left

SVG = "http://www.w3.org/2000/svg"
MARGIN = 24  # px around a framed figure
STEP = 18  # px from a small line to the next
_KEPT = frozenset({
    "d", "x", "y", "x1", "x2", "y1", "y2", "width", "height", "transform", "fill", "stroke",
    "stroke-width", "stroke-dasharray", "fill-opacity", "stroke-linecap", "stroke-linejoin",
    "text-anchor", "font-size", "font-weight", "font-style",
})
_DEFAULTS = {"stroke-width": "1", "font-weight": "400", "font-style": "normal",
             "text-anchor": "start"}
Xml.register_namespace("", SVG)


def drawn(figure: Figure, theme: str = "light", *, width: int = WIDE, framed: bool = True) -> str:
    """The SVG text of a figure in a theme (light, dark, page). Raises ValueError for another.

    Unframed: for a page that shows title and source itself; role img, with title and description.
    """
    colours = palette(theme)
    inner, size = _inner(figure, width)
    marked = f"{figure.id}-{width}"
    pattern = _recolour(inner, colours, f"hatch-{marked}")
    if framed:
        root = _framed(figure, inner, size, colours)
    else:
        root = _root(size[0], size[1])
        root.append(inner)
    if theme != "page":
        # The renderer takes the first family whole, so the language's own comes first.
        root.set("font-family", f"'Noto Sans Arabic', {FAMILY}" if right_to_left() else FAMILY)
    described = [Xml.Element(_tag("title")), Xml.Element(_tag("desc"))]
    for element, text, name in zip(described, (figure.title, figure.alt), ("title", "desc"),
                                   strict=True):
        element.text = _clean(text)
        element.set("id", f"{name}-{marked}")
    root.set("role", "img")
    root.set("direction", "ltr")  # a page from right to left would swap where texts are anchored
    root.set("aria-labelledby", f"title-{marked} desc-{marked}")
    for position, element in enumerate(described + ([pattern] if pattern is not None else [])):
        root.insert(position, element)
    return Xml.tostring(root, encoding="unicode")


def _tag(name: str) -> str:
    return f"{{{SVG}}}{name}"


def _root(width: float, height: float) -> Xml.Element:
    return Xml.Element(_tag("svg"), {
        "width": f"{width:g}", "height": f"{height:g}", "viewBox": f"0 0 {width:g} {height:g}"})


def _inner(figure: Figure, width: int) -> tuple[Xml.Element, tuple[float, float]]:
    """The drawing as a group in the light colours, and its width and height."""
    if figure.draw is None:
        group = Xml.Element(_tag("g"))
        height = _write(group, figure.nothing, 0, 20, width, fill=LIGHT["muted"])
        return group, (width, height + 8)
    fonts.register()
    root = Xml.fromstring(_vega(json.dumps(_cleaned(figure.draw(width)), sort_keys=True)))
    group = Xml.Element(_tag("g"))
    for child in root:
        _slim(group, child)
    return group, (float(root.get("width", 0)), float(root.get("height", 0)))


@lru_cache(maxsize=256)
def _vega(spec: str) -> str:
    """Drawing is pure: the same specification is drawn once."""
    made: str = vl_convert.vegalite_to_svg(spec)
    return made


def _slim(into: Xml.Element, element: Xml.Element) -> None:
    """Copy what is drawn: no classes, roles, empty groups or invisible shapes."""
    name = element.tag.removeprefix(f"{{{SVG}}}")
    kept = {key: value for key, value in element.attrib.items()
            if key in _KEPT and _DEFAULTS.get(key) != value}
    if kept.get("transform") in ("translate(0,0)", ""):
        del kept["transform"]
    if "font-size" in kept:
        kept["font-size"] = kept["font-size"].removesuffix("px")
    if name == "g":
        kept.pop("fill", None)  # shapes below say their own
        holder = Xml.SubElement(into, element.tag, kept) if kept else into
        for child in element:
            _slim(holder, child)
        if holder is not into and len(holder) == 0:
            into.remove(holder)
        return
    hidden = element.get("class") in ("background", "foreground") or (
        name == "rect" and element.get("fill") == "white")
    if hidden or kept.get("d") == "":
        return
    copied = Xml.SubElement(into, element.tag, kept)
    copied.text = element.text
    for child in element:
        part = Xml.SubElement(copied, child.tag, {
            key: value for key, value in child.attrib.items() if key in ("x", "dy")})
        part.text = child.text


def _recolour(group: Xml.Element, colours: dict[str, str], hatch: str) -> Xml.Element | None:
    """Every colour by its namesake; the pattern's definitions where something is hatched."""
    hatched = False
    for element in group.iter():
        if element.tag in (_tag("path"), _tag("rect"), _tag("text")) and not element.get("fill"):
            element.set("fill", "none")
        for side in ("fill", "stroke"):
            value = element.get(side)
            if value is None or value == "none":
                continue
            if value == HATCH:
                hatched = True
                element.set(side, f"url(#{hatch})")
            elif value == "transparent":
                element.set(side, "none")
            else:
                element.set(side, colours[TOKENS[value]])
    if not hatched:
        return None
    definitions = Xml.Element(_tag("defs"))
    pattern = Xml.SubElement(definitions, _tag("pattern"), {
        "id": hatch, "width": "5", "height": "5", "patternUnits": "userSpaceOnUse",
        "patternTransform": "rotate(45)"})
    Xml.SubElement(pattern, _tag("rect"), {"width": "5", "height": "5", "fill": colours["paper"]})
    Xml.SubElement(pattern, _tag("rect"), {"width": "1.5", "height": "5", "fill": colours["deep"]})
    return definitions


def _framed(figure: Figure, inner: Xml.Element, size: tuple[float, float],
            colours: dict[str, str]) -> Xml.Element:
    """The drawing with title and subtitle above, notes and footer below."""
    width = size[0] + 2 * MARGIN
    body = Xml.Element(_tag("g"))
    room = size[0]
    y = _write(body, figure.title, MARGIN, MARGIN + TITLE, room, size=TITLE, bold=True,
               fill=colours["ink"])
    y = _write(body, figure.subtitle, MARGIN, y + SMALL + 10, room, fill=colours["muted"])
    top = y + 14
    inner.set("transform", f"translate({MARGIN},{top:g})")
    body.append(inner)
    y = top + size[1] + 4
    for note in figure.notes:
        y = _write(body, note, MARGIN, y + STEP, room, fill=colours["muted"])
    y += 12
    Xml.SubElement(body, _tag("rect"), {"x": f"{MARGIN}", "y": f"{y:g}", "width": f"{room:g}",
                                        "height": "1", "fill": colours["rule"]})
    y = _write(body, figure.footer, MARGIN, y + SMALL + 9, room, fill=colours["muted"])
    root = _root(width, round(y + MARGIN - 6))
    Xml.SubElement(root, _tag("rect"), {"width": root.get("width", ""), "fill": colours["paper"],
                                        "height": root.get("height", "")})
    root.append(body)
    return root


def _write(into: Xml.Element, text: str, x: float, y: float, room: float, *, size: int = SMALL,
           bold: bool = False, fill: str) -> float:
    """Write a text in lines from the baseline `y`; the baseline of the last one."""
    step = round(size * 1.38)
    broken = fonts.lines(_clean(text), size, room, bold=bold)
    for number, line in enumerate(broken):
        element = Xml.SubElement(into, _tag("text"), {
            "x": f"{x:g}", "y": f"{y + number * step:g}", "font-size": str(size), "fill": fill})
        if bold:
            element.set("font-weight", "600")
        element.text = fonts.directed(line)
    return y + max(len(broken) - 1, 0) * step


_UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


def _clean(text: str) -> str:
    """Without characters that XML does not know."""
    return _UNSEEN.sub("", text)


def _cleaned(part: Any) -> Any:
    """A specification without such characters: one of them ends the renderer's whole process."""
    if isinstance(part, str):
        return _clean(part)
    if isinstance(part, dict):
        return {name: _cleaned(value) for name, value in part.items()}
    return [_cleaned(value) for value in part] if isinstance(part, list) else part
