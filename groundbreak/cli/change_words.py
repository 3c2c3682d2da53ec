"""Changes on a terminal: every group with its projects, wrapped to its width."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl
from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.text import Text

from groundbreak.measures.change_words import (
    Row,
    by_group,
    change_words,
    counted_words,
    shortened,
    source_words,
    surplus_words,
    told_and_named,
    when_words,
    where_words,
)
from groundbreak.measures.changes import GROUPS, IN_SUM


def print_groups(out: Console, found: pl.DataFrame, limit: int) -> None:
    """Every group with up to `limit` projects, wrapped to the width of the terminal."""
    for name, blocks in by_group(found):
        out.print(f"\n[bold]{GROUPS[name]}[/bold] ({counted_words(blocks)})")
        for block in blocks[:limit]:
            _print_block(out, block)
        if len(blocks) > limit:
            out.print(f"  … {len(blocks) - limit:,} more: raise --limit, or use --format csv")


def _print_block(out: Console, block: list[Row]) -> None:
    lead = block[0]
    if lead["group"] in IN_SUM:
        why = f" · {escape(lead['remark'])}" if lead["remark"] else ""
        _print(out, f"{escape(lead['name'])}{why} [dim]· {escape(source_words(lead))}[/dim]", 2)
        return
    where = " · ".join(where_words(lead, full=False))
    _print(out, f"[bold]{escape(shortened(lead['name']))}[/bold]  [dim]{escape(where)}[/dim]", 2)
    how = f"{lead['how']}; " if lead["how"] else ""
    _print(out, escape(how + change_words(lead)), 4)
    told, named = told_and_named(block)
    if told:
        _print(out, escape(" · ".join(change_words(row) for row in told)), 4)
    for word, some in named:
        _print(out, f"[dim]{word} {escape(surplus_words([row['field'] for row in some]))}[/dim]", 4)
    for text in _sources(block):
        _print(out, f"[dim]{escape(text)}[/dim]", 4)


def _sources(block: list[Row]) -> Iterable[str]:
    """The sources of a block, each once; the first with when it happened."""
    first = block[0]
    yield " · ".join(part for part in (source_words(first), when_words(first),
                                       first["evidence"] or first["place"] or "") if part)
    told, _ = told_and_named(block)
    others = dict.fromkeys(source_words(row) for row in told)
    others.pop(source_words(first), None)
    yield from others


def _print(out: Console, markup: str, indent: int) -> None:
    out.print(Padding(Text.from_markup(markup, overflow="fold"), (0, 0, 0, indent), expand=False))
