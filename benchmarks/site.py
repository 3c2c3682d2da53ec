"""The site under load, beside Datasette with the same table: `python -m benchmarks.site`.

Makes a SYNTHETIC register of 100,000 projects and over 1 M claims, starts the site with one worker
and Datasette in an environment of its own, one after the other, and asks both the same. Processor
time a request is the worker's own; the load comes from wrk on loopback, for a few seconds a page.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks import site_world
from benchmarks.__main__ import HERE, environment

ROUNDS = 25
# What issue by issue was promised: page → (limit, unit).
LIMITS = {"projects": (30.0, "cpu_ms"), "project": (15.0, "cpu_ms"), "travel": (300.0, "wall_ms"),
          "map": (1_000_000, "bytes"), "home": (150_000, "bytes")}


@contextmanager
def served(command: list[str], listening: str, **env: str) -> Iterator[tuple[str, int]]:
    """Start a server; its address and the process to look at."""
    server = subprocess.Popen(command, env={**os.environ, **env}, stderr=subprocess.PIPE, text=True,
                              start_new_session=True, cwd=HERE.parent)
    try:
        assert server.stderr is not None
        for line in server.stderr:
            if found := re.search(listening, line):
                yield found[1], server.pid
                return
        raise SystemExit(f"did not start: {' '.join(command)}")
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.communicate(timeout=30)


def ask(url: str) -> tuple[float, float, int, bytes]:
    """One request: wall ms, processor ms as the worker says (or nan), bytes sent, the body."""
    request = urllib.request.Request(url, headers={"Accept-Encoding": "gzip"})
    begun = time.perf_counter()
    with urllib.request.urlopen(request, timeout=120) as answer:
        body = answer.read()
        cpu = float(answer.headers.get("X-Cpu-Ms") or "nan")
    return (time.perf_counter() - begun) * 1000, cpu, len(body), body


def median(urls: list[str]) -> dict[str, float]:
    """Medians over the addresses, asked one after the other."""
    found = [ask(url)[:3] for url in urls]
    wall, cpu, size = (statistics.median(column) for column in zip(*found, strict=True))
    return {"wall_ms": round(wall, 2), "cpu_ms": round(cpu, 2), "bytes": round(size)}


def under_load(url: str, seconds: int) -> dict[str, float]:
    """Requests a second and the median latency with two connections from wrk."""
    done = subprocess.run(["wrk", "-t1", "-c2", f"-d{seconds}s", "--latency", url], check=True,
                          capture_output=True, text=True).stdout
    rate = re.search(r"Requests/sec:\s+([\d.]+)", done)
    half = re.search(r"50%\s+([\d.]+)(us|ms|s)", done)
    if rate is None or half is None or "Non-2xx" in done:
        raise SystemExit(f"{url}:\n{done}")
    scale = {"us": 0.001, "ms": 1.0, "s": 1000.0}[half[2]]
    return {"requests_a_second": float(rate[1]), "loaded_ms": round(float(half[1]) * scale, 2)}


def ours(register: Path, seconds: int) -> dict[str, Any]:
    """The site's pages, each asked ROUNDS times, then under load."""
    command = [sys.executable, "-m", "gunicorn", "benchmarks.timed_wsgi", "--bind", "127.0.0.1:0",
               "--workers", "1", "--threads", "1", "--timeout", "300"]
    env = {"GROUNDBREAK_REGISTER": str(register), "GROUNDBREAK_SECRET_KEY": "x" * 50,
           "DJANGO_SETTINGS_MODULE": "groundbreak.settings"}
    with served(command, r"Listening at: (http://\S+)", **env) as (address, _):
        first = ask(f"{address}/projects/?all=1")[0]
        chosen = json.loads(_plain(f"{address}/projects.json?all=1&columns=name&country=DEU"))
        projects = [f"{address}/projects/{row['project']}/" for row in chosen["projects"]]
        pages = {
            "projects": [f"{address}/projects/?all=1"] * ROUNDS,
            "projects_filtered": [
                f"{address}/projects/?all=1&sector=steel&country=DEU&q=1"] * ROUNDS,
            "project": projects[:ROUNDS * 4],
            "travel": [f"{address}/projects/?all=1&as_of={day}" for day in site_world.UNCACHED],
            "map": [f"{address}/map/projects.json?all=1"] * 3,
            "home": [f"{address}/"] * 3,
        }
        found: dict[str, Any] = {"first_page_s": round(first / 1000, 2)}
        for name, urls in pages.items():
            if name != "travel":
                ask(urls[0])
            found[name] = median(urls)
        found["projects"] |= under_load(pages["projects"][0], seconds)
        found["project"] |= under_load(projects[0], seconds)
    return found


def _plain(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=120) as answer:
        found: bytes = answer.read()
    return found


def peer(database: Path, seconds: int, cache: Path) -> dict[str, Any]:
    """Datasette's page of the same table with the same facets, and one row of it."""
    python = environment("datasette", cache)
    command = [str(python), "-m", "datasette", "serve", str(database), "--port", "8917",
               "--setting", "facet_time_limit_ms", "20000", "--setting", "sql_time_limit_ms",
               "20000", "--setting", "default_page_size", "50"]
    with served(command, r"running on (http://\S+)") as (address, process):
        facets = "&".join(f"_facet={name}" for name in site_world.FACETS)
        page = f"{address}/{database.stem}/projects?{facets}"
        filtered = f"{page}&sector=steel&country=DEU&name__contains=1"
        found = {}
        for name, url in (("projects", page), ("projects_filtered", filtered),
                          ("project", f"{address}/{database.stem}/projects/1")):
            ask(url)
            before = _cpu_ms(process)
            found[name] = median([url] * ROUNDS)
            found[name]["cpu_ms"] = round((_cpu_ms(process) - before) / ROUNDS, 2)
        found["projects"] |= under_load(page, seconds)
    return found


def _cpu_ms(process: int) -> float:
    """Processor time of a process so far, from the kernel's account."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * 1000 / os.sysconf("SC_CLK_TCK")


def main() -> None:
    """Measure both and print the comparison; exit 1 where a limit is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--seconds", type=int, default=5, help="of load a page")
    parser.add_argument("--keep", type=Path, help="folder to keep the register in")
    parser.add_argument("--cache", type=Path, default=Path.home() / ".cache/groundbreak-bench")
    options = parser.parse_args()
    if shutil.which("wrk") is None:
        raise SystemExit("wrk is missing: apt install wrk")
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.keep or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        register, database = folder / "site.sqlite3", folder / "peer.db"
        if not register.exists():
            print(f"synthetic: {site_world.fill(register, options.records):,} claims", flush=True)
            print(f"synthetic: {site_world.table(register, database):,} rows for peers", flush=True)
        found = {"groundbreak": ours(register, options.seconds),
                 "datasette": peer(database, options.seconds, options.cache)}
    print(json.dumps(found, indent=1))
    missed = []
    for name, (limit, unit) in LIMITS.items():
        value = found["groundbreak"][name][unit]
        verdict = "met" if value <= limit else "MISSED"
        print(f"{verdict:6} {name}: {value:,} of at most {limit:,} {unit}")
        missed += [name] if value > limit else []
    for name in ("projects", "projects_filtered"):
        one, other = (found[who][name]["cpu_ms"] for who in ("groundbreak", "datasette"))
        print(f"{name}: {one} ms of processor time here, {other} ms there: 1/{other / one:.0f}")
    raise SystemExit(1 if missed else 0)


if __name__ == "__main__":
    main()
