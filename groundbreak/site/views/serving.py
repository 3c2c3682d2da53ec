"""What machines ask of the site: the map of its pages for search engines, and what to leave."""

from __future__ import annotations

from datetime import date
from xml.sax.saxutils import escape

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import NoReverseMatch, path, reverse
from django.views.decorators.http import require_GET

from groundbreak.catalogue.table import catalogue
from groundbreak.vocabulary.terms import SECTORS

NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
MOST = 50_000  # addresses in one file, as the protocol allows
PAGES = ("home", "projects", "sectors", "countries", "companies", "changes", "bridge", "flow",
         "gap", "promises", "coverage", "corrections", "differ", "figures", "releases", "method",
         "data", "dictionary", "about", "accessibility", "privacy")
SIX = [name for name in SECTORS if name not in ("fuel_undecided", "outside")]
ROBOTS = """User-agent: *
Disallow: /report/
Disallow: /language
Disallow: /releases/review/
Disallow: /*as_of=
Disallow: /*view=
Disallow: /projects/?
Disallow: /map/

Sitemap: {sitemap}
"""


@require_GET
def sitemap(request: HttpRequest) -> HttpResponse:
    """The index: one file of pages, and as many of projects as are needed."""
    parts = ["pages", *(f"projects-{n}" for n in range(1, _parts(request) + 1))]
    newest = request.standing.newest
    return _xml("sitemapindex", "sitemap", [
        (request.build_absolute_uri(reverse("sitemap_part", args=[part])), newest)
        for part in parts])


@require_GET
def sitemap_part(request: HttpRequest, part: str) -> HttpResponse:
    """The addresses of one file of the index."""
    if part == "pages":
        found = [(reverse_if_there(name), None) for name in PAGES]
        found += [(reverse_if_there("sector", name), None) for name in SIX]
    else:
        name, _, number = part.rpartition("-")
        if name != "projects" or not number.isascii() or not number.isdigit() or (
                not 1 <= int(number[:6]) <= _parts(request) or str(int(number)) != number):
            raise Http404
        rows = _projects(request)[(int(number) - 1) * MOST:int(number) * MOST]
        stem = reverse("project", args=["GB-"]).rpartition("GB-")[0]
        found = [(f"{stem}{project}/", day) for project, day in rows]
    root = request.build_absolute_uri("/").rstrip("/")
    return _xml("urlset", "url", [(root + where, day) for where, day in found if where])


def reverse_if_there(name: str, *args: str) -> str:
    """The path of a page, or '' where this site has none of that name."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


def _projects(request: HttpRequest) -> list[tuple[str, date | None]]:
    """Every project with the day of its last news, in the order of ids."""
    standing = request.standing
    return standing.answer("sitemap", lambda: list(
        catalogue(standing.reading().view).frame.select("project", "last_news").sort("project")
        .iter_rows()))


def _parts(request: HttpRequest) -> int:
    return -(-len(_projects(request)) // MOST)


def _xml(root: str, item: str, found: list[tuple[str, date | None]]) -> HttpResponse:
    lines = [f"<{item}><loc>{escape(where)}</loc>"
             + (f"<lastmod>{day}</lastmod>" if day else "") + f"</{item}>"
             for where, day in found]
    body = "\n".join(['<?xml version="1.0" encoding="UTF-8"?>', f'<{root} xmlns="{NAMESPACE}">',
                      *lines, f"</{root}>", ""])
    return HttpResponse(body, content_type="application/xml; charset=utf-8")


@require_GET
def robots(request: HttpRequest) -> HttpResponse:
    """All pages may be found; forms, and one page a day of the past, are left."""
    where = request.build_absolute_uri(reverse("sitemap"))
    return HttpResponse(ROBOTS.format(sitemap=where), content_type="text/plain; charset=utf-8")


urlpatterns = [
    path("sitemap.xml", sitemap, name="sitemap"),
    path("sitemap-<slug:part>.xml", sitemap_part, name="sitemap_part"),
    path("robots.txt", robots, name="robots"),
]
