"""Writes what the documentation takes from the code: `python docs/render.py` (or `make docs`).

* `scorecard.svg`: the beginning of what `groundbreak demo` prints, as a terminal shows it;
* `data-dictionary.md` and `commands.md`, whole;
* in the other pages, what stands between `<!-- made: NAME -->` and `<!-- end -->`.

Tests compare all of it with the code, so a page cannot go out of date unseen.
"""

from __future__ import annotations

import csv
import html
import os
import pty
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from importlib.resources import files
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text
from typer.main import get_command

from groundbreak.cli import commands
from groundbreak.measures import published
from groundbreak.sources.words import rows as word_rows
from groundbreak.starter import reference
from groundbreak.vocabulary.__main__ import markdown as data_dictionary
from groundbreak.vocabulary.__main__ import table
from groundbreak.vocabulary.terms import read_rows

DOCS = Path(__file__).parent
ROOT = DOCS.parent
PICTURE = DOCS / "scorecard.svg"
COLUMNS, ROWS = 118, 200
SHOWN_UNTIL = "Capacity, never summed"  # the picture ends before this table
BLOCK = re.compile(r"(<!-- made: ([\w/-]+) -->\n).*?(<!-- end -->)", re.DOTALL)
SPAN = re.compile(
    r'<text (class="[\w-]+") x="([\d.]+)" y="([\d.]+)" textLength="([\d.]+)"[^>]*>([^<]*)</text>')
FONTS = "ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, 'Liberation Mono', monospace"
THEME = TerminalTheme(
    (255, 255, 255), (31, 41, 51),
    [(31, 41, 51), (176, 42, 55), (25, 111, 61), (146, 84, 0),
     (30, 90, 160), (125, 60, 152), (17, 105, 119), (98, 110, 122)],
)


# -- the picture -----------------------------------------------------------------------------------
def demo() -> str:
    """What `groundbreak demo` writes to a terminal, with its ANSI codes."""
    command = "from groundbreak.cli import main; main()"
    with tempfile.TemporaryDirectory() as folder:
        ours, theirs = pty.openpty()
        process = subprocess.Popen(
            [sys.executable, "-c", command, "demo", "--no-serve",
             "--register", str(Path(folder) / "demo.sqlite3")],
            stdout=theirs, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL, cwd=ROOT,
            env={**os.environ, "TERM": "xterm-256color", "COLUMNS": str(COLUMNS),
                 "LINES": str(ROWS), "PYTHONPATH": str(ROOT)},
        )
        os.close(theirs)
        told = _all_of(ours)
        if process.wait():
            raise RuntimeError(f"`groundbreak demo` ended with {process.returncode}")
    return told.replace("\r\n", "\n")


def _all_of(terminal: int) -> str:
    chunks = []
    while True:
        try:
            chunk = os.read(terminal, 65536)
        except OSError:  # Linux says so where others say nothing more
            break
        if not chunk:
            break
        chunks.append(chunk)
    os.close(terminal)
    return b"".join(chunks).decode()


def shown(told: str) -> Text:
    """The part of the demonstration that the picture shows, with the command that printed it."""
    plain = Text.from_ansi(told)
    end = plain.plain.index(SHOWN_UNTIL)
    prompt = Text.assemble(("$ ", "bold green"), ("groundbreak demo", "bold"), "\n\n")
    picked = plain[:end]
    picked.rstrip()
    return prompt + picked


def picture(text: Text) -> str:
    """`text` as an SVG that asks no other host for anything."""
    console = Console(record=True, width=COLUMNS, file=open(os.devnull, "w"),  # noqa: SIM115
                      force_terminal=True, color_system="truecolor", legacy_windows=False)
    console.print(text, soft_wrap=True)
    svg = console.export_svg(title="groundbreak demo", theme=THEME, unique_id="scorecard")
    svg = re.sub(r"@font-face\s*\{.*?\}\s*", "", svg, flags=re.DOTALL)
    svg = re.sub(r"font-family: [^;]+;", f"font-family: {FONTS};", svg)
    svg = re.sub(r"<!--.*?-->\s*", "", svg)
    svg = re.sub(r'<clipPath id="scorecard-line-\d+">.*?</clipPath>\s*', "", svg, flags=re.DOTALL)
    svg = svg.replace('stroke="rgba(255,255,255,0.35)"', 'stroke="#c4ccd4"')
    svg = svg.replace("<svg ", '<svg role="img" ', 1).replace(
        "<style>", "<title>What `groundbreak demo` prints first</title>\n    <style>", 1)
    svg = SPAN.sub(_runs, svg)
    return re.sub(r"\n\s*\n+", "\n", svg.replace("</text><text", "</text>\n<text"))


def _runs(span: re.Match[str]) -> str:
    """One text an unbroken run of words: columns stay in place whatever font a reader has."""
    about, left, top, length, told = span.groups()
    text = html.unescape(told).replace("\xa0", " ")
    if not text.strip():
        return ""
    cell = float(length) / len(text)
    return "\n".join(
        f'<text {about} x="{float(left) + run.start() * cell:.1f}" y="{top}" '
        f'textLength="{len(run[0]) * cell:.1f}">{html.escape(run[0], quote=False)}</text>'
        for run in re.finditer(r"\S+(?: \S+)*", text)
    )


def lines(svg: str) -> list[str]:
    """What stands in a picture, line by line, blanks folded."""
    found: dict[float, list[str]] = {}
    for _, _, top, _, told in SPAN.findall(svg):
        found.setdefault(float(top), []).append(html.unescape(told))
    return [" ".join(words) for _, words in sorted(found.items())]


# -- tables ----------------------------------------------------------------------------------------
def command_page() -> str:
    """The page of commands, from what the command says of itself."""
    pieces = [
        "# Commands\n\nEvery command says the same with `--help`. `--format json` and "
        "`--format csv` print the whole result for programs; messages then go to standard error. "
        "Exit codes: 0 done, 1 something is wrong with the register (`doctor`), 2 bad input. This "
        "page is made by `make docs`.",
    ]
    group = get_command(commands())
    for name, command in group.commands.items():  # type: ignore[attr-defined]
        inner = getattr(command, "commands", None)
        if inner is None:
            pieces.append(_command(name, command))
            continue
        pieces.append(f"## {name}\n\n{command.help.strip()}")
        pieces += [_command(f"{name} {step}", one) for step, one in inner.items()]
    return "\n\n".join(pieces) + "\n"


def _command(name: str, command: object) -> str:
    params = [p for p in command.params if p.name != "help"]  # type: ignore[attr-defined]
    arguments = [p.name.upper() for p in params if p.param_type_name == "argument"]
    usage = " ".join(["groundbreak", name, *arguments, "[OPTIONS]"])
    told = [(f"`{_spelled(p)}`", "yes" if p.required else "", p.help or "") for p in params]
    return (f"## {name}\n\n{command.help.strip()}\n\n"  # type: ignore[attr-defined]
            f"```\n{usage}\n```\n\n" + table(("option", "needed", "what it does"), told))


def _spelled(param: object) -> str:
    if param.param_type_name == "argument":  # type: ignore[attr-defined]
        return param.name.upper()  # type: ignore[attr-defined,no-any-return]
    return " / ".join((*param.opts, *param.secondary_opts))  # type: ignore[attr-defined]


def sources() -> str:
    """The sources with their publisher, role and terms."""
    return table(("source", "what", "publisher", "role", "licence", "terms confirmed", "cite as"), [
        (f"`{r['name']}`", r["title"], r["publisher"], r["role"].replace("_", " "), r["licence"],
         r["licence_confirmed"], r["citation"]) for r in read_rows("publications.csv")])


def editions() -> str:
    """What the tests count in each real file."""
    with (ROOT / "tests/sources/expected_counts.csv").open(encoding="utf-8") as handle:
        return table(("source", "layout", "rows", "ids", "statements", "findings"), [
            (f"`{r['source']}`", r["layout"], r["rows"], r["keys"], r["statements"], r["findings"])
            for r in csv.DictReader(handle)])


def words(name: str) -> str:
    """One list of a tracker's words and what they mean here."""
    found = word_rows(name)
    columns = [c for c in found[0] if any(row[c] for row in found)]
    return table([c.replace("_", " ") for c in columns],
                 ([_meaning(c, row[c]) for c in columns] for row in found))


def _meaning(column: str, value: str) -> str:
    if column == "word":
        return f"`{value}`" if value else "(blank)"
    return "(as known before)" if value == "keep" else value


def thresholds() -> str:
    """Commercial scale as dated data."""
    text = files("groundbreak.measures").joinpath("thresholds.csv").read_text(encoding="utf-8")
    return table(("version", "from", "sector", "product", "route", "measured on", "at least",
                  "remark"), [
        (r["version"], r["valid_from"], r["sector"], r["product"], r["route"], r["measured_on"],
         f"{int(r['least']):,} {r['unit']}", r["note"]) for r in csv.DictReader(text.splitlines())])


def milestones() -> str:
    """What 2030 needs, in plants."""
    text = files("groundbreak.measures").joinpath("milestones_2030.csv").read_text("utf-8")
    return table(("sector", "plants", "products", "remark", "source"), [
        (r["sector"], r["plants"], r["measured_products"].replace(";", ", "), r["counting_note"],
         r["source"]) for r in csv.DictReader(text.splitlines())])


def published_intervals() -> str:
    """The reference tracker's releases through the arithmetic of the bridge."""
    steps = published.intervals(reference.tracker_history())
    return table(("from release", "to release", "opening", "new FIDs stated", "closing",
                  "residual", "source of the closing release"), [
        (r["opened"], r["closed"], str(r["opening"]), _signed(r["stated_flow"], r["about"]),
         str(r["closing"]), _signed(r["residual"], r["about"]), r["source"])
        for r in steps.iter_rows(named=True)])


def _signed(value: int, about: bool) -> str:
    return ("about " if about else "") + f"{value:+d}".replace("-", "−")


def published_positions() -> str:
    """Published plants against published needs."""
    needs = published.positions(reference.milestones_2030())
    return table(("sector", "need 2030", "committed", "missing", "announced",
                  "announced ÷ missing", "missing after all announced", "source"), [
        (r["sector"], str(r["need"]), str(r["committed"]), str(r["missing"]),
         str(r["announced"]), f"{r['announced_share_of_missing'] * 100:.1f} %",
         str(r["missing_after_announced"]), r["source"]) for r in needs.iter_rows(named=True)])


TABLES: dict[str, Callable[[], str]] = {
    "sources": sources, "editions": editions, "thresholds": thresholds, "milestones": milestones,
    "published-intervals": published_intervals, "published-positions": published_positions,
}


# -- pages -----------------------------------------------------------------------------------------
def made(name: str) -> str:
    """The table called `name`; `words/NAME` is a list of words."""
    return words(name.removeprefix("words/")) if name.startswith("words/") else TABLES[name]()


def filled(text: str) -> str:
    """`text` with everything between its markers made anew."""
    return BLOCK.sub(lambda found: f"{found[1]}{made(found[2])}\n{found[3]}", text)


def pages() -> Iterable[tuple[Path, str]]:
    """Every page that holds something made, as it should be."""
    yield DOCS / "data-dictionary.md", data_dictionary()
    yield DOCS / "commands.md", command_page()
    for path in sorted(DOCS.glob("*.md")):
        text = path.read_text(encoding="utf-8")
        if BLOCK.search(text):
            yield path, filled(text)


def write() -> None:
    """Write pages and picture."""
    for path, text in pages():
        path.write_text(text, encoding="utf-8")
    PICTURE.write_text(picture(shown(demo())), encoding="utf-8")


if __name__ == "__main__":
    write()
