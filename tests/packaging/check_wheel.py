"""Builds the wheel, installs it into an empty environment and uses it from another folder.

`make test` runs this with the development environment's Python. It says what it checks and ends
with 1 at the first check that fails. Only the files that git knows, or would take in, are built: a
data file that is only on this machine is not in the wheel.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import venv
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NO_DJANGO = (
    "import sys; import groundbreak as gb; gb.open; "
    "assert 'django' not in sys.modules, 'django was imported'; "
    "import pathlib; print(pathlib.Path(gb.__file__).parent)"
)


class Failed(Exception):
    """A check that did not hold; the message says which and why."""


def say(text: str) -> None:
    """A line at once, so that a slow step shows what it waits for."""
    print(f"wheel: {text}", flush=True)


def run(*command: str | Path, cwd: Path) -> str:
    """Standard output of a command; Failed with all it said if it ends with an error.

    Nothing of this checkout leads into it: no PYTHONPATH, no register, no database.
    """
    kept = {name: value for name, value in os.environ.items()
            if not name.startswith(("PYTHON", "GROUNDBREAK_", "DJANGO_", "DATABASE_URL"))}
    done = subprocess.run([str(part) for part in command], cwd=cwd, env=kept, text=True,
                          capture_output=True, check=False)
    if done.returncode:
        told = "\n".join(part for part in (done.stdout, done.stderr) if part)
        raise Failed(f"{' '.join(map(str, command))} ended with {done.returncode}\n{told}")
    return done.stdout


def require(holds: bool, why: str) -> None:
    """Failed with `why` unless it holds."""
    if not holds:
        raise Failed(why)


def clean_copy(target: Path) -> None:
    """The tree as git knows it, with new files that it does not ignore.

    A source archive has no git: there the package and what describes it are taken.
    """
    if not (ROOT / ".git").exists():
        for name in ("pyproject.toml", "README.md", "LICENSE"):
            shutil.copy2(ROOT / name, target / name)
        shutil.copytree(ROOT / "groundbreak", target / "groundbreak",
                        ignore=shutil.ignore_patterns("__pycache__"))
        return
    listed = run("git", "-c", f"safe.directory={ROOT}", "ls-files", "-z", "--cached", "--others",
                 "--exclude-standard", cwd=ROOT)
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():  # a file deleted and not yet committed is still listed
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target / name)


def build(tree: Path, out: Path) -> Path:
    """The wheel, built as anybody would."""
    run(sys.executable, "-m", "build", "--wheel", "--outdir", out, tree, cwd=out)
    wheels = list(out.glob("*.whl"))
    require(len(wheels) == 1, f"one wheel expected, got {[w.name for w in wheels]}")
    return wheels[0]


def check_contents(tree: Path, wheel: Path) -> None:
    """Every module and data file of the package is in it, and nothing but the package."""
    with zipfile.ZipFile(wheel) as archive:
        held = set(archive.namelist())
    package = {path.relative_to(tree).as_posix() for path in (tree / "groundbreak").rglob("*")
               if path.is_file() and "__pycache__" not in path.parts}
    missing = sorted(package - held)
    require(not missing, f"not in the wheel: {', '.join(missing)}")
    for part in ("py.typed", "vocabulary/stages.csv", "sources/words/iea_hydrogen_status.csv",
                 "starter/events.csv", "measures/thresholds.csv",
                 "register/migrations/0001_initial.py"):
        require(f"groundbreak/{part}" in held, f"groundbreak/{part} is not in the wheel")
    alien = sorted(name for name in held - package if ".dist-info/" not in name)
    require(not alien, f"in the wheel and not of the package: {', '.join(alien)}")
    require(any(name.endswith("LICENSE") for name in held), "the licence is not in the wheel")
    data = sum(not name.endswith(".py") for name in package)
    say(f"{len(package)} files of the package, {data} of them data, are in {wheel.name}")


def install(wheel: Path, folder: Path) -> Path:
    """The folder of programs of a new environment that holds the wheel and what it needs."""
    venv.create(folder, with_pip=True)
    programs = folder / ("Scripts" if os.name == "nt" else "bin")
    run(programs / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
        wheel, cwd=folder)
    return programs


def check_use(programs: Path, elsewhere: Path, version: str) -> None:
    """The command and the Python door work from a folder that is not the checkout."""
    told = run(programs / "groundbreak", "--version", cwd=elsewhere).strip()
    require(told == f"groundbreak {version}", f"--version says {told!r}, the wheel is {version}")
    say(f"`groundbreak --version` says {told}")
    register = elsewhere / "demo.sqlite3"
    told = run(programs / "groundbreak", "demo", "--no-serve", "--register", register,
               cwd=elsewhere)
    require("Scorecard as known on" in told, f"the demonstration printed no scorecard:\n{told}")
    require(register.is_file(), "the demonstration wrote no register")
    say("`groundbreak demo --no-serve` loads the embedded register and prints its scorecard")
    place = run(programs / "python", "-c", NO_DJANGO, cwd=elsewhere).strip()
    require(not Path(place).is_relative_to(ROOT), f"groundbreak came from the checkout: {place}")
    say("`import groundbreak as gb; gb.open` imports no Django")


def main() -> int:
    """All checks; 0 if they hold."""
    with tempfile.TemporaryDirectory(prefix="groundbreak-wheel-") as name:
        work = Path(name)
        tree, out, elsewhere = (work / part for part in ("tree", "out", "elsewhere"))
        for folder in (tree, out, elsewhere):
            folder.mkdir()
        try:
            say("building from a clean copy of the tree")
            clean_copy(tree)
            wheel = build(tree, out)
            check_contents(tree, wheel)
            say("installing into an empty environment")
            programs = install(wheel, work / "environment")
            check_use(programs, elsewhere, wheel.name.split("-")[1])
        except Failed as failure:
            say(f"FAILED: {failure}")
            return 1
    say("all checks hold")
    return 0


if __name__ == "__main__":
    sys.exit(main())
