"""The results as a table in Markdown, with the targets and how time grows."""

from __future__ import annotations

from typing import Any

Found = dict[str, Any]
NAMES = {"floor": "compiled single pass", "duckdb": "DuckDB", "pandas": "pandas",
         "sqlite": "SQLite", "groundbreak": "Groundbreak"}


def text(found: Found) -> str:
    """Everything measured, as Markdown."""
    machine = found["machine"]
    parts = [
        f"Synthetic worlds, {machine['cores']} cores, {machine['memory_gb']} GB, Python "
        f"{machine['python']}, load {machine['busy']} when begun; medians.",
        "", *_asked(found), "", *_targets(found), "", *_growth(found),
    ]
    return "\n".join(parts)


def _best(answers: Found, question: str) -> tuple[str, float] | None:
    seconds = answers.get(question)
    return min(seconds.items(), key=lambda item: item[1]) if seconds else None


def _asked(found: Found) -> list[str]:
    lines = ["| rows | question | engine | shape | ms | × ours |", "|---:|---|---|---|---:|---:|"]
    for rows, size in found["sizes"].items():
        for question, label in (("at", "state at a date"), ("series", "200 months")):
            mine = _best(size["asked"]["groundbreak"], question)
            for peer, answers in size["asked"].items():
                for shape, seconds in answers.get(question, {}).items():
                    ratio = seconds / mine[1] if mine else float("nan")
                    lines.append(
                        f"| {int(rows):,} | {label} | {NAMES[peer]} {answers['version']} | "
                        f"{shape} | {1000 * seconds:.1f} | {ratio:.2f} |")
    return lines


def _targets(found: Found) -> list[str]:
    lines = ["| target | measured | met |", "|---|---|---|"]
    for label, value, unit, most in _checks(found):
        met = "yes" if value <= most else "**no**"
        lines.append(f"| {label} ≤ {most:g} {unit} | {value:.3g} {unit} | {met} |")
    return lines


def _checks(found: Found) -> list[tuple[str, float, str, float]]:
    """What is promised: label, measured, unit, the most it may be."""
    rows, size = list(found["sizes"].items())[-1]
    of = f"{int(rows):,}"
    at = {peer: best[1] for peer, answers in size["asked"].items()
          if (best := _best(answers, "at"))}
    mine = at["groundbreak"]
    series, rebuild, bridge = _best(size["asked"]["groundbreak"], "series"), size["rebuild"], (
        found["bridge"])
    checks = [(f"state by sector × stage, {of} rows", 1000 * mine, "ms", 60.0)]
    if "floor" in at:
        checks.append(("the same beside a compiled single pass", mine / at["floor"], "×", 2.0))
    if "duckdb" in at:
        checks.append(("the same beside DuckDB's best shape", mine / at["duckdb"], "×", 1.0))
    if "sqlite" in at:
        checks.append(("the same beside SQLite's best shape", mine / at["sqlite"], "×", 1 / 20))
    checks += [
        ("a series of 200 months", series[1] if series else float("nan"), "s", 1.0),
        (f"rebuild of {rebuild['claims']:,} claims, read and build", rebuild["seconds"], "s", 20.0),
        ("the same, peak memory", rebuild["peak_mb"] / 1000, "GB", 4.0),
        (f"a bridge over {bridge['records']:,} projects", bridge["seconds"], "s", 1.0),
    ]
    if found["import"]:
        checks += [
            ("import of the hydrogen file of 2023", found["import"]["seconds"], "s", 5.0),
            ("the same, peak memory", float(found["import"]["peak_mb"]), "MB", 500.0),
        ]
    return checks


def _growth(found: Found) -> list[str]:
    """Seconds at each size and the last over the first."""
    sizes = list(found["sizes"].values())
    if len(sizes) < 2:
        return []
    names = [f"{int(rows):,}" for rows in found["sizes"]]
    lines = ["| seconds at | " + " | ".join(names) + " | grows |", "|---|" + "---:|" * (
        len(names) + 1)]
    kinds = {
        "state at a date": lambda s: _best(s["asked"]["groundbreak"], "at")[1],
        "the same from narrow rectangles": lambda s: s["narrow"]["seconds"],
        "200 months": lambda s: _best(s["asked"]["groundbreak"], "series")[1],
        "rebuild": lambda s: s["rebuild"]["seconds"],
        "state table from rectangles": lambda s: s["world"]["states_s"],
        "its order for counting": lambda s: s["world"]["ordered_s"],
    }
    for label, read in kinds.items():
        values = [read(size) for size in sizes]
        cells = " | ".join(f"{value:.4f}" for value in values)
        lines.append(f"| {label} | {cells} | {values[-1] / values[0]:.1f} × |")
    return lines
