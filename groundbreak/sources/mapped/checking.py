"""What a mapping would read of the files, and what it would not: the preview of an import."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from groundbreak.history.future import as_stated
from groundbreak.sources.mapped.locating import NO_DAY, Unread, undated
from groundbreak.sources.mapped.mapping import Mapping
from groundbreak.sources.mapped.opening import Opened
from groundbreak.sources.mapped.reading import Dated, read_files

SAMPLES = 5
SHOWN_FIRST = ("name", "country", "place", "status_as_published", "stage", "activity", "scale",
               "sector", "product", "route")


@dataclass(frozen=True)
class Checked:
    """The preview: what each dated edition would be, and why the import would be refused."""

    mapping: Mapping
    dated: tuple[Dated, ...]
    unread: tuple[Unread, ...]
    refused: tuple[str, ...]

    # -- as frames ------------------------------------------------------------------------------
    def tabs(self) -> pl.DataFrame:
        """One row a sheet: its day, where its names stand, what is read of it."""
        rows = [
            {"tab": tab.located.shown,
             "published": "not given" if item.published == NO_DAY else str(item.published),
             "because": tab.located.reason if item.published != NO_DAY else "",
             "header": tab.located.header.shown, "records": tab.records - item.repeated_in(tab),
             "hidden": tab.hidden, "skipped": len(tab.skipped),
             "unread": sum(tab.unread.values()), "findings": len(item.findings_of(tab))}
            for item in self.dated for tab in item.tabs
        ]
        return pl.DataFrame(rows, infer_schema_length=None)

    def issues(self) -> pl.DataFrame:
        """Everything that is not read, or not understood: how many cells, and where first.

        The counts of one tab, but for statuses and ids, add up to its findings.
        """
        rows = [*self._sheets(), *self._skipped(), *self._statuses(), *self._columns(),
                *self._findings(), *self._collisions()]
        return pl.DataFrame(rows, schema={"what": pl.String(), "tab": pl.String(),
                                          "column": pl.String(), "value": pl.String(),
                                          "count": pl.Int64(), "first_row": pl.Int64(),
                                          "why": pl.String()}, orient="row")

    def _sheets(self) -> list[tuple[Any, ...]]:
        return [("sheet not read", u.sheet or u.file, "", "", 1, None, u.why)
                for u in self.unread]

    def _skipped(self) -> list[tuple[Any, ...]]:
        cells = Counter((f.sheet, f.row) for item in self.dated for f in item.edition.findings
                        if f.kind == "skipped_row")
        return [("row skipped", tab.located.shown, "", s.text[:40],
                 cells[tab.located.grid.sheet, s.row], s.row, s.reason)
                for item in self.dated for tab in item.tabs for s in tab.skipped]

    def _statuses(self) -> list[tuple[Any, ...]]:
        return [("status unknown", tab.located.shown, "", word, count, first,
                 "the import would be refused")
                for item in self.dated for tab in item.tabs
                for word, (count, first) in tab.unknown_statuses.items()]

    def _columns(self) -> list[tuple[Any, ...]]:
        return [("column unread", tab.located.shown, name, "", cells, None,
                 "undecided" if name in self.mapping.undecided else "not in the mapping")
                for item in self.dated for tab in item.tabs
                for name, cells in tab.unread.items()]

    def _findings(self) -> list[tuple[Any, ...]]:
        """Cells that could not be read; unknown words are told apart by the word."""
        told: Counter[tuple[str, str, str, str]] = Counter()
        first: dict[tuple[str, str, str, str], Any] = {}
        for item in self.dated:
            for f in item.edition.findings:
                if f.kind in ("unread_cell", "skipped_row", "unread_sheet"):
                    continue
                value = f.value[:40] if f.kind.startswith("unknown_") else ""
                key = (f.kind, f.sheet or f.file, f.column, value)
                told[key] += 1
                first.setdefault(key, f)
        return [(kind.replace("_", " "), tab, column, value or first[key].value[:40], count,
                 first[key].row, first[key].why)
                for key, count in told.most_common() for kind, tab, column, value in [key]]

    def _collisions(self) -> list[tuple[Any, ...]]:
        return [("id on several rows", item.tabs[0].located.shown, "", c.key, len(c.rows),
                 min(r.number for r in c.rows),
                 "the same said twice" if c.same else "told apart by: "
                 + " | ".join(sorted(r.told or "nothing" for r in c.rows))[:120])
                for item in self.dated for c in item.collisions]

    def samples(self, many: int = SAMPLES) -> list[dict[str, str]]:
        """The first rows of the newest edition as they will be understood."""
        if not self.dated:
            return []
        said = self.dated[-1].edition.statements
        keys = said.select("key", "part").unique(maintain_order=True).head(many)
        return [_understood(said.filter((pl.col("key") == key) & (pl.col("part") == part)), key)
                for key, part in keys.iter_rows()]


def check(
    mapping: Mapping, opened: Sequence[Opened], published: date | None = None
) -> Checked:
    """Read everything without taking anything in. Raises SourceError where nothing can be read."""
    refused: list[str] = []
    dated, unread = read_files(mapping, opened, published=published, strict=False)
    if error := undated([tab.located for item in dated for tab in item.tabs], published):
        refused.append(str(error))
    words = sorted({word for item in dated for tab in item.tabs for word in tab.unknown_statuses})
    if words:
        refused.append(f"{len(words)} status word{'s' if len(words) > 1 else ''} without a "
                       f"meaning: {', '.join(map(repr, words[:12]))}; give each a line under "
                       "words, status (or colours)")
    return Checked(mapping, tuple(dated), tuple(unread), tuple(refused))


def _understood(said: pl.DataFrame, key: str) -> dict[str, str]:
    found = {row["field"]: _value(row) for row in said.iter_rows(named=True)}
    order = [*(f for f in SHOWN_FIRST if f in found), *(f for f in found if f not in SHOWN_FIRST)]
    return {"id": key, **{field: found[field] for field in order}}


def _value(row: dict[str, Any]) -> str:
    if row["value_date"] is not None:
        return as_stated(row["value_date"], row["precision"])
    if row["value_number"] is not None:
        return f"{row['value_number']:,.6g}".replace(".000000", "") + (
            f" {row['unit']}" if row["unit"] else "")
    text = str(row["value_text"])
    return text if len(text) <= 100 else text[:99] + "…"
