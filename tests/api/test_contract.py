"""The OpenAPI document is valid 3.1 and says what the API does: schemathesis asks, with a seed.

A long run: GROUNDBREAK_CONTRACT_EXAMPLES=500 pytest tests/api/test_contract.py
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.core.failures import FailureGroup

from groundbreak.api.resources import RESOURCES
from groundbreak.measures import DEFINITION_VERSION
from tests.api.conftest import ask, opened

EXAMPLES = int(os.environ.get("GROUNDBREAK_CONTRACT_EXAMPLES", "10"))
# Whether such a word is accepted is for the register (its releases, columns it has, the day) or for
# the API alone (cursors) to say: JSON Schema cannot.
FREE_WORDS = ("cursor", "release", "as_of", "country", "columns")
FREE_LISTS = ("company", "source", "project")  # of any text
TOO_LONG = ("more than 50 parameters", "the query is")  # as a whole: no schema is of a whole query
PATHS = [f"/{r.path}{suffix}" for r in RESOURCES for suffix in ("", ".{format}")]


@pytest.fixture(scope="module")
def app(embedded: Any) -> Iterator[Any]:
    """The WSGI door on the embedded register."""
    from django.core.wsgi import get_wsgi_application

    with opened(embedded):
        yield get_wsgi_application()


@pytest.fixture(scope="module")
def contract(app: Any) -> Any:
    """The document as schemathesis reads it."""
    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.name.lower())
def test_no_question_breaks_the_api_or_its_contract(contract: Any, path: str,
                                                    mode: GenerationMode) -> None:
    asked = 0

    @seed(20260904)
    @settings(max_examples=EXAMPLES, deadline=None, database=None, phases=[Phase.generate],
              suppress_health_check=list(HealthCheck))
    @given(case=contract[path]["GET"].as_strategy(generation_mode=mode))
    def run(case: Any) -> None:
        nonlocal asked
        response = case.call(headers={"Accept-Encoding": "identity"})
        asked += 1
        assert response.status_code < 500
        try:
            case.validate_response(response)
        except FailureGroup as found:
            left = [f for f in found.exceptions if not _allowed(f, case, response)]
            assert not left, (left, case.query, response.content[:500])

    try:
        run()
    except Unsatisfiable:  # nothing can be wrong with a question that has no parameter
        assert mode is GenerationMode.NEGATIVE
        assert not contract[path]["GET"].query
        return
    assert asked


def _allowed(failure: Any, case: Any, response: Any) -> bool:
    """What JSON Schema cannot say, and no more than that."""
    kind = type(failure).__name__
    if kind == "RejectedPositiveData":
        told = json.loads(response.content)
        return (response.status_code == 422 or told["detail"].partition("=")[0] in FREE_WORDS
                or told.get("value", "").endswith(".0")  # a whole number to JSON Schema alone
                or told["detail"].startswith(TOO_LONG))
    if kind == "AcceptedNegativeData":
        if any(isinstance((case.query or {}).get(name), str) for name in FREE_LISTS):
            return True  # company=false: once it is sent, a text like any other
        # White space about a value is no value.
        values = [v for value in (case.query or {}).values()
                  for v in (value if isinstance(value, list) else [value])]
        return any(isinstance(v, str) and v != v.strip() for v in values)
    return False


def test_the_document_is_valid_openapi_3_1(client: Any) -> None:
    told = ask(client, "openapi.json")
    assert told["openapi"].startswith("3.1")
    operations = [methods["get"] for methods in told["paths"].values()]
    names = [operation["operationId"] for operation in operations]
    assert len(set(names)) == len(names) == 2 * len(RESOURCES)
    for name, schema in told["components"]["schemas"].items():
        jsonschema.Draft202012Validator.check_schema(schema)
        assert name
    text = json.dumps(told)
    for reference in {part.partition('"')[0] for part in text.split('"$ref": "')[1:]}:
        assert reference.removeprefix("#/components/schemas/") in told["components"]["schemas"]
    for operation in operations:
        assert set(operation["responses"]) == {"200", "304", "400", "404", "405", "406", "422",
                                               "429", "500"}
        placed = [(p["in"], p["name"]) for p in operation["parameters"]]
        assert len(set(placed)) == len(placed)
        for parameter in operation["parameters"]:
            jsonschema.Draft202012Validator.check_schema(parameter["schema"])
            assert parameter["description"], parameter["name"]


def test_every_answer_is_what_the_document_says(client: Any) -> None:
    told = ask(client, "openapi.json")
    needed = {"from": "2024-01-01", "measure": "announced"}
    project = ask(client, "projects", limit=1)["data"][0]["project"]
    keys = {"projects": project, "sources": "events", "vocabulary": "stages"}
    for resource in RESOURCES:
        params = {p.name: needed[p.name] for p in resource.asked() if p.required}
        path = resource.path.replace("{key}", keys.get(resource.path.partition("/")[0], ""))
        answer = ask(client, path, **params)
        schema = told["paths"][f"/{resource.path}"]["get"]["responses"]["200"]["content"][
            "application/json"]["schema"]
        jsonschema.Draft202012Validator(
            {**schema, "components": told["components"]},
            format_checker=jsonschema.FormatChecker()).validate(answer)
        assert answer["definition_version"] == DEFINITION_VERSION


def test_the_reference_page_tells_every_question_without_a_script(client: Any) -> None:
    from django.conf import settings as django

    response = client.get("/api/v1/docs")
    page = response.content.decode()
    for resource in RESOURCES:
        assert f">GET</span> /{resource.path}<" in page
        for parameter in resource.asked():
            assert f"<code>{parameter.name}</code>" in page
    own = page.replace(f"{django.STATIC_URL}vendor", "")
    assert "<script>" not in own
    assert "style=" not in own
    assert "//cdn" not in own
