"""The sheet for editing at 20,000 projects × 40 columns: time and memory of the commands.

`python -m benchmarks.sheet [--rows N] [--folder F]`. SYNTHETIC: no project in it is real. The
sheet that comes back is written by another program, with one cell in every twentieth row changed.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import python_calamine
import xlsxwriter

from benchmarks.world import COUNTRIES
from groundbreak.sources.template import template_columns

EDITED_EVERY = 20
LIMITS = {"export": (15.0, 400.0), "import with preview": (20.0, None), "import": (None, None)}
WORDS = {
    "sector": "chemicals", "product": "ammonia", "route": "electrolysis", "scale": "commercial",
    "stage": "feasibility", "activity": "active", "announced_date": "2023-05-04",
    "fid_planned": "2027", "construction_start_planned": "2028-Q1", "operation_planned": "2030",
    "capacity_unit": "kt/y", "capex_currency": "USD", "capex_price_year": "2024",
    "support": "flagship", "support_unit": "project", "stop_reason": "finance",
    "evidence_url": "https://example.org/list", "evidence_grade": "4", "known_date": "",
    "sectors_served": "chemicals;shipping", "fid_actual": "", "construction_start_actual": "",
    "operation_actual": "",
}


def value(column: str, number: int) -> str:
    """A made-up cell."""
    if column in WORDS:
        return WORDS[column]
    if column.startswith("gate_"):
        return str(number % 4 + 1)
    numbers = {"capacity": 100 + number % 900, "capex_announced": (1 + number % 50) * 10**8,
               "latitude": number % 90, "longitude": number % 180, "key": number}
    if column in numbers:
        return str(numbers[column])
    return COUNTRIES[number % len(COUNTRIES)] if column == "country" else f"{column} {number}"


def world(rows: int, path: Path) -> Path:
    """A list of `rows` projects in our template, every column filled that a project can have."""
    columns = [column.column for column in template_columns()]
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(columns)
        writer.writerows([value(column, number) for column in columns] for number in range(rows))
    return path


def retyped(path: Path, target: Path) -> int:
    """The workbook as another program would save it, some cells changed; how many."""
    source = python_calamine.CalamineWorkbook.from_path(str(path))
    changed = 0
    with xlsxwriter.Workbook(str(target), {"constant_memory": True,
                                           "strings_to_formulas": False}) as book:
        for name in source.sheet_names:
            rows = source.get_sheet_by_name(name).to_python(skip_empty_area=False)
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                if name == "Projects" and number >= 2 and number % EDITED_EVERY == 0:
                    names = {head: at for at, head in enumerate(rows[1])}
                    row[names["operation_planned_date"]] = "2032"
                    row[names["evidence_url"]] = "https://example.org/news"
                    row[names["known_date"]] = "2026-06-01"
                    changed += 1
                for at, cell in enumerate(row):
                    if cell != "":
                        sheet.write(number, at, cell)
    return changed


def command(*words: object) -> dict[str, Any]:
    """Run the command: seconds, and the peak memory of its process in MB."""
    begun = time.perf_counter()
    done = subprocess.run([sys.executable, "-m", "benchmarks.sheet", "--run", *map(str, words)],
                          check=True, capture_output=True, text=True, env=os.environ)
    peak = json.loads(done.stderr.splitlines()[-1])["peak_kb"]
    return {"seconds": time.perf_counter() - begun, "peak_mb": round(peak / 1000),
            "said": done.stdout.splitlines()[-1]}


def run(words: list[str]) -> None:
    """The command in this process; its peak memory on standard error."""
    from groundbreak.cli import main

    sys.argv = ["groundbreak", *words]
    try:
        main()
    finally:
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        print(json.dumps({"peak_kb": peak}), file=sys.stderr)


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.sheet", description=__doc__)
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--folder", type=Path)
    options = parser.parse_args()
    folder = options.folder or Path(tempfile.mkdtemp())
    folder.mkdir(parents=True, exist_ok=True)
    register = ("--register", folder / "register.sqlite3")
    listed = world(options.rows, folder / "list.csv")
    found = {"import": command("import", "template", listed, "--published", "2025-01-31",
                               *register)}
    sheet, edited = folder / "work.xlsx", folder / "edited.xlsx"
    found["export"] = command("export", "--edit", "--all", "--force", "-o", sheet, *register)
    changed = retyped(sheet, edited)
    found["import with preview"] = command("import", "edit", edited, "--preview", *register)
    print(f"SYNTHETIC: {options.rows:,} projects, {changed:,} cells changed; sheet of "
          f"{sheet.stat().st_size / 1e6:.1f} MB")
    print("| command | s | most | MB | most |\n|---|---:|---:|---:|---:|")
    for name, row in found.items():
        most = ["" if limit is None else f"{limit:g}" for limit in LIMITS[name]]
        print(f"| {name} | {row['seconds']:.1f} | {most[0]} | {row['peak_mb']} | {most[1]} |")
        print(f"    {row['said']}", file=sys.stderr)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--run"]:
        run(sys.argv[2:])
    else:
        main()
