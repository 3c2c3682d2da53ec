"""A small valid hydrogen workbook, to be spoiled by a test."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import openpyxl

UPPER = ["Ref", "Project name", "Country", "Date online", "Decomission date", "Status",
         "Technology", "", "", "", "Product", "End use", *[""] * 13, "Announced Size",
         "Normalised capacity", "", "", "", "IEA zero-carbon estimated", "Refs"]
LOWER = [*[""] * 7, "Technology Comments", "Type of electricity (for electrolysis projects)",
         "If dedicated renewables, type of renewable", "", "Refining", "Ammonia", "Methanol",
         "Iron&Steel", "Other Ind", "Mobility", "Power", "Grid inj.", "CHP", "Domestic heat",
         "Biofuels", "Synfuels", "CH4 grid inj.", "CH4 mobility", "", "MWel", "nm³ H₂/h",
         "kt H2/y", "t CO₂ captured/y", "", ""]
MACHINE = [f"Column{n}" for n in range(1, 33)]
GOOD = {"Ref": 7, "Project name": "Plant seven", "Country": "NOR", "Date online": 2030,
        "Status": "Concept", "Technology": "PEM", "Product": "Ammonia", "Ammonia": 1,
        "Announced Size": "100MW", "MWel": 100, "kt H2/y": 17.3}
NAMES = [upper or lower for upper, lower in zip(UPPER, LOWER, strict=True)]


def column_of(name: str) -> int:
    """Spreadsheet column of a header, from 1."""
    below = LOWER.index(name) if name in LOWER else None
    return (UPPER.index(name) if name in UPPER else int(below or 0)) + 1


def workbook(path: Path, rows: Sequence[Mapping[str, object]] = (GOOD,)) -> Path:
    """Write a workbook in the layout of 2021-2022 with `rows` by header name."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Projects"
    for line in (["DATABASE"], UPPER, LOWER, MACHINE):
        sheet.append(line)
    for number, row in enumerate(rows, start=5):
        for name, value in row.items():
            sheet.cell(number, column_of(name)).value = value
    book.save(path)
    return path
