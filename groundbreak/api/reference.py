"""The OpenAPI document, and the same as a page that needs no script and no other host."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language, get_language_bidi
from ninja import NinjaAPI

from groundbreak.api import cursors, describing
from groundbreak.api.answering import ROOT
from groundbreak.api.describing import Item
from groundbreak.api.formats import as_json
from groundbreak.api.parameters import read
from groundbreak.api.problems import STATUSES, bad_query
from groundbreak.catalogue.query import BadQuery

KEPT_SECONDS = 300


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
        "section": "data", "root": ROOT, "about": told["info"]["description"].split("\n\n"),
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
        "description": told.get("description", ""), "formats": [
            media.rpartition("/")[2].removeprefix("vnd.apache.") for media in content],
        "parameters": [_parameter(p) for p in told["parameters"]],
        "tables": [_table(name, member, schemas) for name, member in body["properties"].items()
                   if member.get("items", {}).get("$ref", "").startswith("#/") and
                   name != "licences"],
    }


def _parameter(told: Item) -> Item:
    schema = told["schema"].get("items", told["schema"])
    default = schema.get("default")
    return {
        "name": told["name"], "description": told.get("description", ""),
        "required": told["required"], "many": "items" in told["schema"],
        "default": "" if default is None or default is False else default,
        "accepted": ", ".join(map(str, schema.get("enum", ()))), "place": told["in"],
    }


def _table(name: str, member: Item, schemas: Item) -> Item:
    row = schemas[member["items"]["$ref"].rpartition("/")[2]]
    return {"name": name, "columns": [
        {"name": column, "type": _kind(told), "description": told["description"]}
        for column, told in row.get("properties", {}).items()]}


def _kind(told: dict[str, Any]) -> str:
    kind = next(word for word in told["type"] if word != "null")
    return "date" if told.get("format") == "date" else str(kind)
