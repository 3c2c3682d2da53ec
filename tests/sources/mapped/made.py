"""A list of 300 projects in a workbook of five dated tabs, with all that people do to one.

The truth is kept beside it: what each tab lists, by id.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill

TABS = {"Apr-24": date(2024, 4, 30), "Nov 2024": date(2024, 11, 30),
        "2025-06": date(2025, 6, 30), "Nov 25": date(2025, 11, 30), "2026 Q2": date(2026, 6, 30)}
WORDS = {"announced": "Announced", "feasibility": "Feasibility study", "feed": "FEED",
         "committed": "FID taken", "construction": "Under construction",
         "operating": "In operation", "paused": "On hold", "cancelled": "Cancelled"}
COLOURS = {"announced": "FFFFF2CC", "feasibility": "FFDDEBF7", "feed": "FFBDD7EE",
           "committed": "FFC6E0B4", "construction": "FFA9D08E", "operating": "FF00B050",
           "paused": "FFD9D9D9", "cancelled": "FFFF7C80"}
PATH = ["announced", "feasibility", "feed", "committed", "construction", "operating"]
PLACES = [("Sweden", "Boden"), ("Germany", "Duisburg"), ("Spain", "Puertollano"),
          ("Australia", "Pilbara"), ("Chile", "Magallanes"), ("India", "Paradip"),
          ("United States", "Beaumont"), ("Oman", "Duqm"), ("Egypt", "Ain Sokhna")]
PRODUCTS = [("Ammonia", "ammonia", 400), ("Methanol", "methanol", 120), ("DRI", "dri", 1500),
            ("SAF", "saf", 80)]


@dataclass(frozen=True)
class Made:
    """One project as a tab lists it."""

    ref: str
    name: str
    country: str
    place: str
    product: str
    kt: float
    stage: str  # the furthest it came
    status: str  # a stage, paused or cancelled
    start: date
    fid: date | None
    share: float


@dataclass(frozen=True)
class World:
    """The workbook's path and what each tab truly lists."""

    path: Path
    truth: dict[str, dict[str, Made]]


def build(path: Path, *, projects: int = 300, seed: int = 5, epoch_1904: bool = True) -> World:
    """Write the workbook; each tab in its own manner."""
    dice = random.Random(seed)
    now = {item.ref: item for item in (_born(dice, n) for n in range(projects))}
    truth, number = {}, projects
    for tab, day in TABS.items():
        if truth:
            now, number = _later(dice, now, number, day)
        truth[tab] = dict(now)
    book = openpyxl.Workbook()
    if epoch_1904:
        book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    book.remove(book.active)
    _legend(book)
    for n, tab in enumerate(TABS):
        _sheet(book.create_sheet(tab), n, list(truth[tab].values()), dice)
    book.save(path)
    return World(path, truth)


def _born(dice: random.Random, n: int) -> Made:
    country, place = dice.choice(PLACES)
    product, _, kt = dice.choice(PRODUCTS)
    status = dice.choice(PATH)
    fid = date(2023, dice.randint(1, 12), 15) if PATH.index(status) >= 3 else None
    return Made(f"P-{n + 1:04d}", f"{place} {product} {n + 1}", country, place, product,
                round(kt * dice.uniform(0.5, 2), 1), status, status,
                date(dice.randint(2027, 2032), dice.randint(1, 12), 1), fid,
                round(dice.uniform(0.1, 1), 2))


def _later(
    dice: random.Random, now: dict[str, Made], number: int, day: date
) -> tuple[dict[str, Made], int]:
    """Some projects advance, stop, resume, are renamed, resized or dropped; some are new."""
    found = {}
    for ref, item in now.items():
        roll = dice.random()
        if roll < 0.04:
            continue  # dropped
        if roll < 0.10 and item.stage != "operating":
            stage = PATH[PATH.index(item.stage) + 1]
            fid = item.fid or (day.replace(day=10) if stage == "committed" else None)
            item = replace(item, stage=stage, status=stage, fid=fid)
        elif roll < 0.13:
            item = replace(item, status=dice.choice(["paused", "cancelled"]))
        elif roll < 0.15:
            item = replace(item, status=item.stage)
        elif roll < 0.19:
            item = replace(item, name=f"{item.name} (renamed)")
        elif roll < 0.22:
            item = replace(item, kt=round(item.kt * 1.25, 1))
        found[ref] = item
    for _ in range(15):
        new = _born(dice, number)
        found[new.ref] = replace(new, stage="announced", status="announced", fid=None)
        number += 1
    order = list(found.values())
    dice.shuffle(order)
    return {item.ref: item for item in order}, number


# -- sheets --------------------------------------------------------------------------------------
def _legend(book: Any) -> None:
    sheet = book.create_sheet("Legend")
    for row, (status, colour) in enumerate(COLOURS.items(), start=2):
        cell = sheet.cell(row, 1, WORDS[status])
        cell.fill = PatternFill("solid", fgColor=colour)


def _sheet(sheet: Any, n: int, items: list[Made], dice: random.Random) -> None:
    manner = (_two_header_rows, _plain, _plain, _reordered, _coloured)[n]
    manner(sheet, items)
    if n == 1:
        _subtotals_and_comments(sheet)
    if n == 2:
        for row in (7, 8, 9):
            sheet.row_dimensions[row].hidden = True
        sheet.column_dimensions["E"].hidden = True


def _values(item: Made) -> dict[str, Any]:
    return {"Ref": item.ref, "Project name": item.name, "Country": item.country,
            "Location": item.place, "Product": item.product, "kt": item.kt,
            "Status": WORDS[item.status],
            "FID": datetime(item.fid.year, item.fid.month, item.fid.day) if item.fid else None,
            "Start": datetime(item.start.year, item.start.month, item.start.day),
            "share": item.share}


def _write(sheet: Any, row: int, column: int, value: Any, form: str = "") -> None:
    cell = sheet.cell(row, column, value)
    if form:
        cell.number_format = form


def _two_header_rows(sheet: Any, items: list[Made]) -> None:
    """A title, groups over two rows of names, countries merged downwards, thousands formats."""
    sheet.cell(1, 1, "Our pipeline as of April 2024")
    sheet.merge_cells("A1:J1")
    groups = {"A": ("Ref", ""), "B": ("Project", "Project name"), "C": ("Project", "Country"),
              "D": ("Project", "Location"), "E": ("Project", "Product"),
              "F": ("Capacity", "kt/y"), "G": ("Status", ""), "H": ("Dates", "FID"),
              "I": ("Dates", "Start"), "J": ("Capacity factor", "")}
    for letter, (above, below) in groups.items():
        sheet[f"{letter}3"] = above if letter not in "CDEI" else None
        sheet[f"{letter}4"] = below or None
    for span in ("A3:A4", "B3:E3", "G3:G4", "H3:I3", "J3:J4"):
        sheet.merge_cells(span)
    ordered = sorted(items, key=lambda item: item.country)
    for row, item in enumerate(ordered, start=5):
        for column, (name, value) in enumerate(_values(item).items(), start=1):
            form = {"kt": "#,##0.0", "share": "0%", "FID": "mmm-yy", "Start": "yyyy"}.get(name, "")
            _write(sheet, row, column, value, form)
    _merge_countries(sheet, ordered)


def _merge_countries(sheet: Any, ordered: list[Made]) -> None:
    start = 5
    for row in range(6, 6 + len(ordered)):
        if row == 5 + len(ordered) or ordered[row - 5].country != ordered[start - 5].country:
            if row - start > 1:
                sheet.merge_cells(start_row=start, end_row=row - 1, start_column=3, end_column=3)
            start = row


def _plain(sheet: Any, items: list[Made]) -> None:
    """One row of names; capacities of some rows as text with a thousands comma."""
    names = ["Ref", "Project name", "Country", "Location", "Product", "Capacity (kt/y)", "Status",
             "FID", "Start", "Capacity factor"]
    sheet.append(names)
    for item in items:
        values = list(_values(item).values())
        if item.kt >= 1000:
            values[5] = f"{item.kt:,.1f}"
        values[9] = f"{item.share:.0%}"
        sheet.append(values)


def _reordered(sheet: Any, items: list[Made]) -> None:
    """Other column names in another order."""
    sheet.append(["Status", "Project", "ID", "Site", "Country", "Product", "Start of operation",
                  "Investment decision", "Capacity (t/y)"])
    for item in items:
        v = _values(item)
        sheet.append([v["Status"], v["Project name"], v["Ref"], v["Location"], v["Country"],
                      v["Product"], v["Start"], v["FID"], round(item.kt * 1000)])


def _coloured(sheet: Any, items: list[Made]) -> None:
    """No column of statuses: the row's colour says it."""
    sheet.append(["Ref", "Project name", "Country", "Location", "Product", "Capacity (kt/y)",
                  "FID", "Start"])
    for item in items:
        values = _values(item)
        sheet.append([values[n] for n in ("Ref", "Project name", "Country", "Location", "Product",
                                          "kt", "FID", "Start")])
        for cell in sheet[sheet.max_row]:
            cell.fill = PatternFill("solid", fgColor=COLOURS[item.status])


def _subtotals_and_comments(sheet: Any) -> None:
    sheet.insert_rows(50)
    sheet["A50"], sheet["F50"] = "Subtotal", 12345.6
    sheet["A51"].comment = Comment("ask the owner", "us")
    last = sheet.max_row
    sheet.cell(last + 1, 1, "Total")
    sheet.cell(last + 1, 6, 99999.9)
    sheet.cell(last + 3, 1, "Source: our own enquiries")
