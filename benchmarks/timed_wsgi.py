"""The site with the processor time of each request in a header, for benchmarks only."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import Any

from groundbreak.site.wsgi import application as site


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """`site`, its answer whole, with `X-Cpu-Ms`: the worker serves one request at a time."""
    held: list[Any] = []
    begun = time.process_time()
    answer = site(environ, lambda *words: held.append(words))
    body = b"".join(answer)
    if hasattr(answer, "close"):
        answer.close()
    spent = (time.process_time() - begun) * 1000
    status, headers, *_ = held[-1]
    start_response(status, [*headers, ("X-Cpu-Ms", f"{spent:.2f}")])
    return [body]
