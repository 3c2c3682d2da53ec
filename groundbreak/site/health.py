"""/healthz and /readyz, answered before anything else is looked at: any host name, no redirect."""

from __future__ import annotations

from collections.abc import Callable

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse

from groundbreak.register import standing, triggers

Answer = Callable[[HttpRequest], HttpResponse]


class Health:
    """Middleware, the first one. `/healthz`: the process answers. `/readyz`: so does the rest."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info not in ("/healthz", "/readyz"):
            return self.answer(request)
        if request.method not in ("GET", "HEAD"):
            return _plain(HttpResponse(status=405, headers={"Allow": "GET, HEAD"}))
        if request.path_info == "/healthz":
            return _plain(HttpResponse("ok\n", content_type="text/plain; charset=utf-8"))
        found = readiness()
        ready = all(found.values())
        return _plain(JsonResponse({"ready": ready, "checks": found}, status=200 if ready else 503))


class HeadWithoutBody:
    """Middleware: a HEAD is answered with the headers of a GET and nothing else."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.answer(request)
        if request.method == "HEAD":
            if response.streaming:
                response.close()
                response.streaming_content = []
            else:
                response.content = b""
        return response


def _plain(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def readiness() -> dict[str, bool]:
    """Each check by its name; without any detail, since anybody may ask."""
    names = ("database", "migrations", "triggers", "register")
    found = dict.fromkeys(names, False)
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            found["database"] = cursor.fetchone() is not None
        executor = MigrationExecutor(connection)
        found["migrations"] = not executor.migration_plan(executor.loader.graph.leaf_nodes())
        if found["migrations"]:
            found["triggers"] = not triggers.missing()
            found["register"] = standing.current().marker[0] > 0  # loaded, and something is in it
    except DatabaseError:
        pass
    return found
