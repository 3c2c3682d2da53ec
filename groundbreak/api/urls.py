"""The API's addresses: two for each resource, one that negotiates and one with a suffix."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import path
from ninja import NinjaAPI
from ninja.errors import ValidationError

from groundbreak.api import describing, problems, reference
from groundbreak.api.answering import Resource, answered
from groundbreak.api.formats import NotAcceptable
from groundbreak.api.problems import Absent, NoAnswer
from groundbreak.api.resources import RESOURCES
from groundbreak.catalogue.query import BadQuery

api = NinjaAPI(title="Groundbreak", version="1", urls_namespace="api", openapi_url=None,
               docs_url=None, description=describing.ABOUT)


def _view(resource: Resource, suffixed: bool) -> Callable[..., HttpResponseBase]:
    """A view with the path's parameters in its signature, where ninja reads them."""
    def view(request: HttpRequest, **given: str) -> HttpResponseBase:
        suffix = given.get("format")
        if suffix is not None and suffix not in resource.forms:
            raise Absent(f"no format {suffix[:20]!r}; accepted: {', '.join(resource.forms)}")
        return answered(request, resource, suffix, given.get("key", ""))

    names = [*(["key"] if resource.key else []), *(["format"] if suffixed else [])]
    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    view.__signature__ = inspect.Signature([  # type: ignore[attr-defined]
        inspect.Parameter("request", kind),
        *(inspect.Parameter(name, kind, annotation=str) for name in names)])
    view.__name__ = resource.name.replace("-", "_")
    return view


# An address with a suffix comes first: a key may hold a point, a suffix ends the address.
for _resource in RESOURCES:
    for _suffixed in (True, False):
        api.api_operation(
            ["GET"], f"/{_resource.path}{'.{format}' if _suffixed else ''}",
            operation_id=f"{_resource.name}{'-as' if _suffixed else ''}",
            summary=_resource.summary, description=_resource.description,
            openapi_extra=describing.operation(_resource, _suffixed),
        )(_view(_resource, _suffixed))


def _handled(kind: type[Exception], told: Callable[[Any], HttpResponse]) -> None:
    api.add_exception_handler(kind, lambda request, error: told(error))


_handled(BadQuery, problems.bad_query)
_handled(NoAnswer, lambda error: problems.problem(422, str(error)))
_handled(Absent, lambda error: problems.problem(404, str(error.args[0])))
_handled(NotAcceptable, lambda error: problems.problem(
    406, f"no format that is accepted; there are: {error}"))
_handled(ValidationError, lambda error: problems.problem(
    422, "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors)))

_patterns, _app, _namespace = api.urls
urlpatterns = [
    path("openapi.json", reference.document, {"api": api}, name="openapi"),
    path("docs", reference.page, {"api": api}, name="docs"),
    *(pattern for pattern in _patterns if pattern.name != "api-root"),
]
app_name = "api"
