"""What changed in a tab of somebody's list since it was taken in."""

import re
from collections.abc import Iterator

import polars as pl

from groundbreak.history.claims import live
from groundbreak.history.keys import printed_key
from groundbreak.history.order import winners, with_order
from groundbreak.register import log
from groundbreak.register.models import Release
from groundbreak.sources.files import column_letter
from groundbreak.sources.mapped.grid import is_blank
from groundbreak.sources.mapped.reading import Dated

SHOWN = 5
_ADDRESS = re.compile(r"(?:(.*)!)?([A-Z]+)(\d+)", re.DOTALL)
Said = dict[tuple[str, str], tuple[str, str]]  # key, field → the cell as it stood, its address


def changed_cells(item: Dated, release: Release) -> str:
    """The first differences between a tab and what the register holds of its release."""
    found = list(dict.fromkeys([*_rows(item, release), *_cells(item)]))
    if not found:
        return "in cells that the mapping does not read, or in their colours"
    more = f"; and {len(found) - SHOWN} more" if len(found) > SHOWN else ""
    return "; ".join(found[:SHOWN]) + more


def _rows(item: Dated, release: Release) -> Iterator[str]:
    """Records that only one of both lists."""
    before = {printed_key(record) for record in
              release.listings.values_list("record_id", flat=True)}
    now = set(item.edition.keys())
    yield from (f"{key!r} is gone" for key in sorted(before - now))
    yield from (f"{key!r} is new" for key in sorted(now - before))


def _cells(item: Dated) -> Iterator[str]:
    """Cells of records that stand once in both, told as 'sheet, row, column: old → new'."""
    before, now = _held(item), _read(item)
    rows = {key: _ADDRESS.fullmatch(place) for (key, _), (_, place) in reversed(now.items())}
    for key, field in dict.fromkeys([*now, *before]):
        old, old_place = before.get((key, field), ("", ""))
        new, place = now.get((key, field), ("", ""))
        row = rows.get(key)
        if old != new and row is not None:
            column = _ADDRESS.fullmatch(place or old_place)
            if not new and (column is None or _still_filled(item, row, column[2])):
                continue  # the cell is there: only its reading follows from another cell
            shown = _column(item, row[1] or "", column[2]) if column else field
            yield f"{_where(row)}, column {shown!r}: {old!r} → {new!r}"


def _where(row: re.Match[str]) -> str:
    return f"sheet {row[1]!r}, row {row[3]}" if row[1] else f"row {row[3]}"


def _still_filled(item: Dated, row: re.Match[str], letter: str) -> bool:
    return any(not is_blank(tab.located.grid.value(int(row[3]) - 1, index))
               for tab in item.tabs if tab.located.grid.sheet == (row[1] or "")
               for index in tab.located.header.names.values() if column_letter(index) == letter)


def _column(item: Dated, sheet: str, letter: str) -> str:
    names = {column_letter(index): name for tab in item.tabs if tab.located.grid.sheet == sheet
             for name, index in tab.located.header.names.items()}
    return names.get(letter, letter)


def _read(item: Dated) -> Said:
    statements = item.edition.statements
    parts = statements.group_by("key").agg(pl.col("part").n_unique())
    once = parts.filter(pl.col("part") == 1)["key"]
    return _said(statements.filter(pl.col("key").is_in(once.implode())))


def _held(item: Dated) -> Said:
    claims = live(log.claims(source=item.edition.source))
    held = winners(with_order(claims), item.published).with_columns(
        key=pl.col("record").map_elements(printed_key, pl.String))
    once = held.group_by("key").agg(pl.col("record").n_unique()).filter(
        pl.col("record") == 1)["key"]
    listed = item.edition.keys()
    return _said(held.filter(
        (pl.col("kind") != "cleared") & pl.col("key").is_in(once.implode())
        & pl.col("key").is_in(pl.Series(sorted(listed), dtype=pl.String()).implode())))


def _said(frame: pl.DataFrame) -> Said:
    """Only what stands in a cell: defaults and what is put together have no cell of their own."""
    stated = frame.filter(pl.col("raw").is_not_null() & (pl.col("raw") != "")
                          & (pl.col("field") != "announced_size"))
    return {(key, field): (raw, place or "") for key, field, raw, place in
            stated.select("key", "field", "raw", "place").iter_rows()}
