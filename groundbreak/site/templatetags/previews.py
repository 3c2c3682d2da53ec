"""What a page looks like when its link is shared: title, finding, picture."""

from __future__ import annotations

import html
import re
from functools import cache
from typing import Any

from django import template
from django.core.exceptions import DisallowedHost
from django.template.base import NodeList, Parser, Token
from django.urls import Resolver404, resolve
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from groundbreak.site.clock import Clock

register = template.Library()
FIGURE = "/charts/pipeline-by-sector.png"  # where a page names no `picture` of its own
SITE = "Groundbreak"
_TITLE = re.compile(r"<title>(.*?)</title>", re.DOTALL)
_ABOUT = re.compile(r'<meta name="description" content="(.*?)">', re.DOTALL)


class Preview(template.Node):
    """Renders what it holds, and says the title and the description again as Open Graph does."""

    def __init__(self, nodelist: NodeList) -> None:
        self.nodelist = nodelist

    def render(self, context: Any) -> SafeString:
        held = self.nodelist.render(context)
        request = context.get("request")
        if request is None or not _named_well(request):
            return held
        return SafeString(held + "\n" + tags(held, request, context.get("picture") or "",
                                             context.get("clock") or Clock()))


@register.tag
def preview(parser: Parser, token: Token) -> Preview:
    """`{% preview %}<title>…</title><meta name="description" …>{% endpreview %}`"""
    nodelist = parser.parse(("endpreview",))
    parser.delete_first_token()
    return Preview(nodelist)


def tags(held: str, request: Any, picture: str, clock: Clock) -> SafeString:
    """The meta elements. `picture`: the path of a PNG of ours, on the page's clock."""
    title = _inner(_TITLE, held).removesuffix(f" · {SITE}")
    found = [("og:type", "website"), ("og:site_name", SITE), ("og:title", title),
             ("og:description", _inner(_ABOUT, held)), ("og:url", request.build_absolute_uri())]
    where = picture or (FIGURE + (f"?{clock.query}" if clock.query else ""))
    if _there(where.partition("?")[0]):
        found += [("og:image", request.build_absolute_uri(where)), ("og:image:alt", title)]
    card = "summary_large_image" if found[-1][0] == "og:image:alt" else "summary"
    return format_html("{}\n{}", format_html_join(
        "\n", '<meta property="{}" content="{}">', found),
        format_html('<meta name="twitter:card" content="{}">', card))


def _inner(pattern: re.Pattern[str], held: str) -> str:
    found = pattern.search(held)
    return " ".join(html.unescape(found[1]).split()) if found else ""


def _named_well(request: Any) -> bool:
    """Whether the host is one of ours; the page that says that it is not has no address to tell."""
    try:
        request.get_host()
    except DisallowedHost:
        return False
    return True


@cache
def _there(path: str) -> bool:
    try:
        resolve(path)
    except Resolver404:
        return False
    return True
