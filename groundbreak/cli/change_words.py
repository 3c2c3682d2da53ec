"""Changes in words: for a terminal, and as plain text to paste into an e-mail."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import polars as pl
from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.text import Text

from groundbreak.cli.output import scaled
from groundbreak.measures.changes import GROUPS, IN_SUM, counts
from groundbreak.vocabulary import countries
from groundbreak.vocabulary.fields import capacity_fields
from groundbreak.vocabulary.terms import MILESTONES, PRODUCTS

Row = dict[str, Any]
LONGEST = 60  # characters of a text value
_TELLING = ("stage", "activity", "gates", "capacity", "dates", "money")
_OF_KINDS = ("fid", "stopped", "new", "resumed", "moved")  # whose `how` is one of a few words
_SURPLUS = 3  # names of further facts that are printed


# -- a change ----------------------------------------------------------------------------------
def field_words(name: str) -> str:
    """A field as people call it: 'ammonia capacity', 'planned FID', 'announced size'."""
    product = capacity_fields().get(name)
    if product is not None:
        return f"{PRODUCTS[product].label} capacity"
    for ending, kind in (("_planned_date", "planned"), ("_actual_date", "actual")):
        if name.endswith(ending):
            label = MILESTONES[name.removesuffix(ending)].label
            first = label.split()[0]
            return f"{kind} {label if first.isupper() else label[0].lower() + label[1:]}"
    return name.removesuffix("_share").replace("_", " ")


def value_words(row: Row, which: str) -> str | None:
    """The value before or after, with its unit; None where nothing is stated."""
    text, number, unit = row[which], row[f"{which}_number"], row["unit"] or ""
    if text is None:
        return None
    if number is None:
        return _short(str(text).replace("..", "–"))
    if unit in ("t/y", "kW"):
        return scaled(int(number), unit)
    if unit == "level 1-4":
        return f"level {text}"
    if unit == "share":
        return f"{number:.3g} of 1"
    currency, at, year = unit.partition("@")
    return f"{currency} {text} (prices of {year})" if at else f"{text} {unit}".strip()


def change_words(row: Row) -> str:
    """'ammonia capacity 120 kt/y → 240 kt/y (×2)'."""
    before, after = value_words(row, "before"), value_words(row, "after")
    name = field_words(row["field"])
    if row["label_before"] is None and before is None:
        return f"{name} {after or 'not stated'}"
    if row["kind"] == "evidence" and before == after:
        said = f"{name} {after or 'not stated'}, said again"
    elif before is None:
        said = f"{name} {after or 'not stated'} (not stated before)"
    else:
        said = f"{name} {before} → {after or 'no longer stated'}"
    return said + _measured(row) + (f" ({row['remark']})" if row["remark"] else "")


def _measured(row: Row) -> str:
    months, factor = row["months"], row["factor"]
    if months:
        way = "later" if months > 0 else "earlier"
        return f" ({abs(months)} month{'s' if abs(months) > 1 else ''} {way})"
    if factor is not None and row["before"] is not None and row["after"] is not None:
        return f" (×{factor:.2g})" if not 0.995 <= factor < 1.005 else " (less than 0.5 %)"
    return ""


def source_words(row: Row) -> str:
    """Who said so and when: 'International Energy Agency, 2023-10-30, grade 5'."""
    return f"{row['publisher']}, {row['known']}, grade {row['grade']}"


def _when(row: Row) -> str:
    first, last = row["happened_earliest"], row["happened_latest"]
    if last is None:
        return ""
    if first is None:
        return f"by {last}"
    return f"on {last}" if first == last else f"between {first} and {last}"


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= LONGEST else text[:LONGEST - 1] + "…"


def _surplus(names: Sequence[str]) -> str:
    """'announced size, name and 5 more' for the facts that are not told one by one."""
    listed = [field_words(name) for name in names[:_SURPLUS]]
    more = len(names) - len(listed)
    return ", ".join(listed) + (f" and {more} more" if more else "")


def _split(rows: Sequence[Row]) -> tuple[list[Row], list[tuple[str, list[Row]]]]:
    """The changes beside the first that are told, and in kinds those that are only named."""
    told = [row for row in rows[1:] if row["kind"] in _TELLING]
    named = (("also", "facts"), ("heard again:", "evidence"))
    return told, [(word, some) for word, kind in named
                  if (some := [row for row in rows[1:] if row["kind"] == kind])]


# -- projects ----------------------------------------------------------------------------------
def by_group(found: pl.DataFrame) -> Iterator[tuple[str, list[list[Row]]]]:
    """Each group that has any, with its projects; of each project its rows, the first leading."""
    for name in GROUPS:
        blocks: list[list[Row]] = []
        for row in found.filter(pl.col("group") == name).iter_rows(named=True):
            if row["lead"]:
                blocks.append([])
            blocks[-1].append(row)
        if blocks:
            yield name, blocks


def largest_group(found: pl.DataFrame) -> int:
    """The most projects that one group lists: from this --limit on, none is left out."""
    return max((len(blocks) for _, blocks in by_group(found)), default=0)


def _where(row: Row, full: bool) -> list[str]:
    codes = (row["country"] or "").split(";")
    place = [countries.name(code) if full else code for code in codes if code]
    return [part for part in (", ".join(place), row["sector"] or "", row["project"]) if part]


def _counted(blocks: list[list[Row]]) -> str:
    """'12', or '12: 9 stated, 3 implied' where there are kinds of it."""
    total = sum(block[0]["projects"] for block in blocks)
    if blocks[0][0]["group"] not in _OF_KINDS:
        return f"{total:,}"
    kinds: dict[str, int] = {}
    for block in blocks:
        how = block[0]["how"] or "otherwise"
        kinds[how] = kinds.get(how, 0) + block[0]["projects"]
    return f"{total:,}: " + ", ".join(f"{number:,} {how}" for how, number in kinds.items())


def headline(found: pl.DataFrame) -> str:
    """'12 projects: 3 reached FID, 9 capacity'."""
    each = [f"{number:,} {GROUPS[name].split(' (')[0].lower().replace('fid', 'FID')}"
            for name, number in counts(found).items()]
    total = int(found["projects"].sum())
    return f"{total:,} project{'s' if total != 1 else ''}: {' · '.join(each)}"


# -- a terminal --------------------------------------------------------------------------------
def print_groups(out: Console, found: pl.DataFrame, limit: int) -> None:
    """Every group with up to `limit` projects, wrapped to the width of the terminal."""
    for name, blocks in by_group(found):
        out.print(f"\n[bold]{GROUPS[name]}[/bold] ({_counted(blocks)})")
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
    where = " · ".join(_where(lead, full=False))
    _print(out, f"[bold]{escape(_short(lead['name']))}[/bold]  [dim]{escape(where)}[/dim]", 2)
    how = f"{lead['how']}; " if lead["how"] else ""
    _print(out, escape(how + change_words(lead)), 4)
    told, named = _split(block)
    if told:
        _print(out, escape(" · ".join(change_words(row) for row in told)), 4)
    for word, some in named:
        _print(out, f"[dim]{word} {escape(_surplus([row['field'] for row in some]))}[/dim]", 4)
    for text in _sources(block):
        _print(out, f"[dim]{escape(text)}[/dim]", 4)


def _sources(block: list[Row]) -> Iterable[str]:
    """The sources of a block, each once; the first with when it happened."""
    first = block[0]
    yield " · ".join(part for part in (source_words(first), _when(first),
                                       first["evidence"] or first["place"] or "") if part)
    told, _ = _split(block)
    others = dict.fromkeys(source_words(row) for row in told)
    others.pop(source_words(first), None)
    yield from others


def _print(out: Console, markup: str, indent: int) -> None:
    out.print(Padding(Text.from_markup(markup, overflow="fold"), (0, 0, 0, indent), expand=False))


# -- text to paste -----------------------------------------------------------------------------
def as_text(title: str, found: pl.DataFrame, limit: int) -> str:
    """Markdown that also reads as plain text; every line has its source and date."""
    lines = [f"# {title}", "", headline(found)]
    for name, blocks in by_group(found):
        lines += ["", f"## {GROUPS[name]} ({_counted(blocks)})", ""]
        for block in blocks[:limit]:
            lines += _text_block(block)
        if len(blocks) > limit:
            lines.append(f"- … and {len(blocks) - limit:,} more")
    return "\n".join(lines) + "\n"


def _text_block(block: list[Row]) -> Iterator[str]:
    lead = block[0]
    if lead["group"] in IN_SUM:
        why = f": {lead['remark']}" if lead["remark"] else ""
        yield f"- {lead['name']}{why} [{_cited(lead)}]"
        return
    where = "; ".join(_where(lead, full=True))
    how = f"{lead['how']}; " if lead["how"] else ""
    yield f"- {_short(lead['name'])} ({where}): {how}{change_words(lead)} [{_cited(lead)}]"
    told, named = _split(block)
    for row in told:
        yield f"  - {change_words(row)} [{_cited(row)}]"
    for word, some in named:
        cited = "; ".join(dict.fromkeys(_cited(row) for row in some))
        yield f"  - {word} {_surplus([row['field'] for row in some])} [{cited}]"


def _cited(row: Row) -> str:
    said = f"{row['publisher']}, {row['known']}"
    url = row["evidence"] or ""
    return f"{said}, {url}" if url.startswith("http") else said
