"""The OpenAPI document, and the same as a page that needs no script and no other host."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, get_language_bidi
from ninja import NinjaAPI

from groundbreak.api import cursors, describing
from groundbreak.api.answering import ROOT
from groundbreak.api.describing import Item
from groundbreak.api.formats import MEDIA, as_json
from groundbreak.api.parameters import read
from groundbreak.api.problems import STATUSES, bad_query
from groundbreak.catalogue.query import BadQuery

KEPT_SECONDS = 300
_CODE = (("", ""), (mark_safe("<code>"), mark_safe("</code>")))


def document(request: HttpRequest, api: NinjaAPI) -> HttpResponse:
    """openapi.json"""
    refused = _refused(request)
    if refused:
        return refused
    body = as_json(describing.document(api))
    tag = f'W/"{cursors.digest(body)}"'
    if tag.removeprefix("W/") in request.headers.get("If-None-Match", ""):
        response = HttpResponse(status=304)
        del response["Content-Type"]
    else:
        response = HttpResponse(body, content_type="application/json")
    response["ETag"] = tag
    response["Cache-Control"] = f"public, max-age={KEPT_SECONDS}"
    return response


def page(request: HttpRequest, api: NinjaAPI) -> HttpResponse:
    """The reference in the site's look."""
    refused = _refused(request)
    if refused:
        return refused
    told = describing.document(api)
    schemas = told["components"]["schemas"]
    code = get_language() or "en"
    response = render(request, "api/reference.html", {
        "section": "data", "root": ROOT, "host": request.build_absolute_uri("/").rstrip("/"),
        "about": [_coded(text) for text in told["info"]["description"].split("\n\n")],
        "operations": [_operation(path, methods["get"], schemas)
                       for path, methods in told["paths"].items()
                       if not path.endswith(".{format}")],
        "statuses": STATUSES, "language": code,
        "languages": [(c, name, c == code) for c, name in settings.LANGUAGES],
        "direction": "rtl" if get_language_bidi() else "ltr",
    })
    patch_vary_headers(response, ("Accept-Language", "Cookie"))
    return response


def _refused(request: HttpRequest) -> HttpResponse | None:
    if request.method != "GET":
        return HttpResponseNotAllowed(["GET"])
    try:
        read((), dict(request.GET.lists()), ("lang",))
    except BadQuery as error:
        return bad_query(error)
    return None


def _operation(path: str, told: Item, schemas: Item) -> Item:
    content = told["responses"]["200"]["content"]
    body = content["application/json"]["schema"]
    return {
        "id": told["operationId"], "path": path, "summary": told["summary"],
        "description": _coded(told.get("description", "")), "formats": [
            form for form, media in MEDIA.items() if media.partition(";")[0] in content],
        "parameters": [_parameter(p) for p in told["parameters"]],
        "tables": [_table(name, member, schemas) for name, member in body["properties"].items()
                   if member.get("items", {}).get("$ref", "").startswith("#/") and
                   name != "licences"],
    }


def _coded(text: str) -> SafeString:
    """Text in which `words` between backticks are code."""
    parts = text.split("`")
    return format_html_join("", "{}{}{}", (
        (_CODE[n % 2][0], part, _CODE[n % 2][1]) for n, part in enumerate(parts)))


def _parameter(told: Item) -> Item:
    schema = told["schema"].get("items", told["schema"])
    default = schema.get("default")
    return {
        "name": told["name"], "description": _coded(told.get("description", "")),
        "required": told["required"], "many": "items" in told["schema"],
        "default": "" if default is None or default is False else default,
        # Every range of stages is accepted; the description says how they are written.
        "accepted": ", ".join(str(v) for v in schema.get("enum", ()) if ".." not in str(v)),
    }


def _table(name: str, member: Item, schemas: Item) -> Item:
    row = schemas[member["items"]["$ref"].rpartition("/")[2]]
    return {"name": name, "columns": [
        {"name": column, "type": _kind(told), "description": told["description"]}
        for column, told in row.get("properties", {}).items()]}


def _kind(told: dict[str, Any]) -> str:
    kind = next(word for word in told["type"] if word != "null")
    return "date" if told.get("format") == "date" else str(kind)
