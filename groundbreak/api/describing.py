"""The OpenAPI 3.1 document, made of the resources that answer."""

from __future__ import annotations

from functools import cache
from typing import Any

from ninja import NinjaAPI
from ninja.openapi import get_schema

from groundbreak.api import problems
from groundbreak.api.answering import ROOT, Resource
from groundbreak.api.formats import MEDIA
from groundbreak.api.problems import STATUSES

Item = dict[str, Any]
ABOUT = """Clean industrial projects, from announcement to breaking ground: read only, no key.

Every answer says which clock it is on: as known on a day (`as_of`), as now known about a day \
(`view=as-now-known`), or of a frozen release (`release`). Formats by suffix (`projects.csv`) or \
`Accept`: JSON, CSV, Parquet, Arrow IPC stream. Unknown parameters are refused. Each source has \
its own licence: see `licences` in the body and `Link: rel="license"`."""
DIALECT = "https://spec.openapis.org/oas/3.1/dialect/base"
_TEXT_HEADER = {"schema": {"type": "string"}}
_COUNT_HEADER = {"schema": {"type": "integer"}}
LIMIT_HEADERS = {
    "RateLimit-Limit": {**_COUNT_HEADER, "description": "Requests a minute."},
    "RateLimit-Remaining": {**_COUNT_HEADER, "description": "What is left of them."},
    "RateLimit-Reset": {**_COUNT_HEADER, "description": "Seconds until all are there again."},
}
KEPT_HEADERS = {
    "ETag": {**_TEXT_HEADER, "description": "Send it as If-None-Match: unchanged is 304."},
    "Cache-Control": _TEXT_HEADER,
}
SCHEMAS: Item = {
    "Problem": {
        "type": "object", "description": "RFC 9457",
        "required": ["type", "title", "status", "detail"],
        "properties": {
            "type": {"type": "string"}, "title": {"type": "string"},
            "status": {"type": "integer"}, "detail": {"type": "string"},
            "parameter": {"type": "string"}, "value": {"type": "string"},
            "accepted": {"type": "string"}}},
    "Clock": {
        "type": "object", "description": "Which state of the register answers.",
        "required": ["known", "valid", "release", "position"], "additionalProperties": False,
        "properties": {
            "known": {"type": "string", "format": "date", "description": "As known on this day."},
            "valid": {"type": "string", "format": "date", "description": "About this day."},
            "release": {"type": ["string", "null"], "description": "The frozen release, if any."},
            "position": {"type": "integer", "description": "Log position read up to."}}},
    "Licence": {
        "type": "object", "description": "Whose data it is, and on what terms.",
        "required": ["source", "licence", "citation", "terms_confirmed"],
        "additionalProperties": False,
        "properties": {
            "source": {"type": "string"}, "licence": {"type": "string"},
            "citation": {"type": "string"},
            "terms_confirmed": {"type": "boolean",
                                "description": "Whether the source confirmed those terms."}}},
}


def operation(resource: Resource, suffixed: bool) -> Item:
    """What ninja does not know of an operation: parameters, formats, errors, headers."""
    return {
        "parameters": [parameter.described() for parameter in resource.asked()],
        "responses": {200: _answer(resource), 304: {
            "description": "As the ETag in If-None-Match says; no body.",
            "headers": {**KEPT_HEADERS, **LIMIT_HEADERS}}, **_errors()},
        "tags": [resource.path.partition("/")[0]],
    }


def _answer(resource: Resource) -> Item:
    content: Item = {"application/json": {"schema": _body(resource)}}
    for form in resource.forms[1:]:
        media = MEDIA[form].partition(";")[0]
        content[media] = {"schema": {"type": "string"} if form == "csv" else {
            "type": "string", "contentMediaType": media}}
    headers: Item = {"Link": {**_TEXT_HEADER, "description": "license, about, service-desc"
                              + (", next" if resource.paged else "")}}
    return {"description": resource.summary, "content": content,
            "headers": {**headers, **KEPT_HEADERS, **LIMIT_HEADERS}}


def _body(resource: Resource) -> Item:
    properties: Item = {
        "clock": {"$ref": "#/components/schemas/Clock"},
        "definition_version": {"type": "string"},
        "licences": {"type": "array", "items": {"$ref": "#/components/schemas/Licence"}},
    }
    if resource.paged:
        properties["total"] = {"type": "integer", "minimum": 0}
        properties["next"] = {"type": ["string", "null"],
                              "description": "Address of the next page; null on the last."}
    properties |= resource.members
    for table in resource.sheets():
        properties[table] = {"type": "array", "items": {
            "$ref": f"#/components/schemas/{row_name(resource, table)}"}}
    return {"type": "object", "additionalProperties": False, "required": list(properties),
            "properties": properties}


def row_name(resource: Resource, table: str) -> str:
    """The name of a table's row among the document's schemas."""
    sheet = resource.sheets()[table]
    words = (sheet.name if table == "data" else f"{resource.name}_{table}").replace("-", "_")
    beside = resource.name if sheet.name == "behind" else ""
    return "".join(w.capitalize() for w in f"{words}_{beside}".replace("-", "_").split("_") if w)


def _errors() -> Item:
    found: Item = {}
    for status, reason in STATUSES.items():
        headers = {} if status in (405, 500) else dict(LIMIT_HEADERS)
        if status == 429:
            headers["Retry-After"] = {**_COUNT_HEADER, "description": "Seconds."}
        if status == 405:
            headers["Allow"] = _TEXT_HEADER
        found[status] = {"description": reason, "headers": headers, "content": {
            problems.MEDIA: {"schema": {"$ref": "#/components/schemas/Problem"}}}}
    return found


@cache
def document(api: NinjaAPI) -> Item:
    """The whole document."""
    from groundbreak.api.resources import RESOURCES

    found: Item = dict(get_schema(api, path_prefix=""))
    rows = {row_name(resource, table): sheet.json_schema()
            for resource in RESOURCES for table, sheet in resource.sheets().items()}
    found["jsonSchemaDialect"] = DIALECT
    found["servers"] = [{"url": ROOT}]
    found["components"] = {"schemas": {**SCHEMAS, **rows}}
    keys = {resource.path: resource for resource in RESOURCES}
    for path, methods in found["paths"].items():
        resource = keys[path.removeprefix("/").removesuffix(".{format}")]
        for parameter in methods["get"]["parameters"]:
            parameter["schema"].pop("title", None)
            if parameter["name"] == "key":
                parameter["description"] = resource.key
            if parameter["name"] == "format":
                parameter["description"] = "The format."
                parameter["schema"] = {"type": "string", "enum": list(resource.forms)}
        methods["get"]["responses"] = {str(status): told for status, told
                                       in methods["get"]["responses"].items()}
    return found
