"""Run the comparison: `python -m benchmarks` (see benchmarks/README.md).

Every peer has an environment of its own under the cache folder; every step is a fresh process, one
after the other on one machine. All answers are compared with ours before a time is shown.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import venv
from datetime import date
from pathlib import Path
from typing import Any

from benchmarks import report

HERE = Path(__file__).parent
PEERS = ("floor", "duckdb", "pandas", "sqlite")
DAY, MONTHS_FROM, MONTHS = date(2016, 5, 5), date(2009, 1, 1), 200
BRIDGE_RECORDS = 100_000
SLOW_ROUNDS = 3  # of a series
SIZES = (1_000_000, 10_000_000)


def environment(peer: str, cache: Path) -> Path:
    """The Python of a peer's own environment, made anew when its requirements change."""
    wanted = (HERE / "peers" / f"{peer}.txt").read_bytes()
    folder = cache / f"{peer}-{hashlib.sha256(wanted).hexdigest()[:10]}"
    python = folder / ("Scripts" if os.name == "nt" else "bin") / "python"
    done = folder / "done"
    if not done.exists():
        print(f"making the environment of {peer} …", flush=True)
        venv.create(folder, with_pip=True, clear=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", "-r",
                        HERE / "peers" / f"{peer}.txt"], check=True)
        done.touch()
    return python


def ours(step: str, *arguments: object) -> dict[str, Any]:
    """What one of our own steps measured."""
    return _json([sys.executable, "-m", "benchmarks.ours", step, *map(str, arguments)])


def _json(command: list[str]) -> dict[str, Any]:
    print("  " + " ".join(Path(part).name for part in command[1:6]), flush=True)
    done = subprocess.run(command, check=False, capture_output=True, text=True, cwd=HERE.parent)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{done.stderr}")
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


class Asked:
    """A peer, or our own part, that has loaded the table and waits for questions."""

    def __init__(self, name: str, command: list[str]) -> None:
        print(f"  {name} loads", flush=True)
        self.name = name
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        text=True, cwd=HERE.parent)
        self.about = self._line()
        self.shapes = [(q, s) for q, shapes in self.about["questions"].items() for s in shapes]
        self.seconds: dict[tuple[str, str], list[float]] = {shape: [] for shape in self.shapes}

    def answer(self, question: str, shape: str) -> list[Any]:
        """The rows; also the run that does not count."""
        return self._ask(question, shape, "answer")["answer"]  # type: ignore[no-any-return]

    def once(self, question: str, shape: str) -> None:
        """Ask and note the seconds."""
        self.seconds[(question, shape)].append(self._ask(question, shape)["seconds"])

    def end(self) -> dict[str, Any]:
        """Stop; what was measured."""
        self.process.communicate()
        found: dict[str, Any] = {"version": self.about["version"], "load_s": self.about["load_s"]}
        for (question, shape), seconds in self.seconds.items():
            found.setdefault(question, {})[shape] = statistics.median(seconds)
        return found

    def _ask(self, *words: str) -> dict[str, Any]:
        assert self.process.stdin is not None
        self.process.stdin.write("\t".join(words) + "\n")
        self.process.stdin.flush()
        return self._line()

    def _line(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"{self.name} stopped; its message is above")
        found: dict[str, Any] = json.loads(line)
        return found


def measured(rows: int, cache: Path, peers: tuple[str, ...], repeats: int) -> dict[str, Any]:
    """Everything about a world of `rows` rows."""
    world = ours("prepare", rows, cache)
    return {"world": world, "asked": _in_turn(rows, cache, peers, repeats),
            "narrow": ours("narrow", rows, cache, DAY), "rebuild": ours("rebuild", rows, cache)}


def _in_turn(
    rows: int, cache: Path, peers: tuple[str, ...], repeats: int
) -> dict[str, dict[str, Any]]:
    """All engines with the table loaded, asked one after the other, round by round."""
    questions = [str(cache / f"states-{rows}.parquet"), str(DAY), str(MONTHS_FROM), str(MONTHS)]
    engines = [Asked("groundbreak", [sys.executable, "-m", "benchmarks.ours", "ask", *questions])]
    for peer in peers:
        script = str(HERE / "peers" / f"{peer}_peer.py")
        engines.append(Asked(peer, [str(environment(peer, cache)), script, *questions]))
    _check(engines)
    print(f"  {repeats} rounds", flush=True)
    for number in range(repeats):
        for engine in engines:
            for question, shape in engine.shapes:
                if question == "at" or number < SLOW_ROUNDS:
                    engine.once(question, shape)
    return {engine.name: engine.end() for engine in engines}


def _check(engines: list[Asked]) -> None:
    """Stop where an engine's answer is not ours, the first."""
    truth: dict[str, list[Any]] = {}
    for engine in engines:
        for question, shape in engine.shapes:
            answer = engine.answer(question, shape)
            if answer != truth.setdefault(question, answer):
                raise SystemExit(f"{engine.name} ({shape}) answers {question!r} otherwise than we")


def machine() -> dict[str, Any]:
    """Cores and memory, and nothing that names the machine."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {"cores": os.cpu_count(), "memory_gb": round(memory / 2**30),
            "python": platform.python_version(), "busy": round(os.getloadavg()[0], 1)}


def main() -> None:
    """Measure, print the table, write results.json."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=list(SIZES))
    parser.add_argument("--peers", nargs="*", default=list(PEERS), choices=PEERS)
    parser.add_argument("--repeats", type=int, default=15)
    parser.add_argument("--cache", type=Path,
                        default=Path(tempfile.gettempdir()) / "groundbreak-benchmarks")
    parser.add_argument("--out", type=Path, default=HERE / "results.json")
    options = parser.parse_args()
    options.cache.mkdir(parents=True, exist_ok=True)
    for peer in options.peers:
        environment(peer, options.cache)
    found: dict[str, Any] = {"synthetic": True, "machine": machine(), "sizes": {}}
    found["bridge"] = ours("bridge", BRIDGE_RECORDS)
    data = os.environ.get("GROUNDBREAK_DATA")
    found["import"] = ours("import", data) if data else None
    for rows in options.rows:
        found["sizes"][str(rows)] = measured(
            rows, options.cache, tuple(options.peers), options.repeats)
    options.out.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    print(report.text(found))


if __name__ == "__main__":
    main()
