"""Changes in words: how a page, a feed, a terminal and a text to paste say what changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import polars as pl

from groundbreak.measures.changes import GROUPS, IN_SUM, counts
from groundbreak.vocabulary import countries
from groundbreak.vocabulary.amounts import scaled
from groundbreak.vocabulary.fields import capacity_fields
from groundbreak.vocabulary.terms import MILESTONES, PRODUCTS
from groundbreak.vocabulary.translating import gettext, ngettext, noop

Row = dict[str, Any]
LONGEST = 60  # characters of a text value
_TELLING = ("stage", "activity", "gates", "capacity", "dates", "money")
OF_KINDS = ("fid", "stopped", "new", "resumed", "moved")  # whose `how` is one of a few words
_SURPLUS = 3  # names of further facts that are printed


# -- a change ----------------------------------------------------------------------------------
def field_words(name: str) -> str:
    """A field as people call it: 'ammonia capacity', 'planned FID', 'announced size'."""
    product = capacity_fields().get(name)
    if product is not None:
        return gettext("{product} capacity").format(product=gettext(PRODUCTS[product].label))
    for ending, kind in (("_planned_date", noop("planned {milestone}")),
                         ("_actual_date", noop("actual {milestone}"))):
        if name.endswith(ending):
            label = gettext(MILESTONES[name.removesuffix(ending)].label)
            first = label.split()[0]
            return gettext(kind).format(
                milestone=label if first.isupper() else label[0].lower() + label[1:])
    return name.removesuffix("_share").replace("_", " ")


def value_words(row: Row, which: str) -> str | None:
    """The value before or after, with its unit; None where nothing is stated."""
    text, number, unit = row[which], row[f"{which}_number"], row["unit"] or ""
    if text is None:
        return None
    if number is None:
        return shortened(str(text).replace("..", "–"))
    if unit in ("t/y", "kW"):
        return scaled(int(number), unit)
    if unit == "level 1-4":
        return gettext("level {level}").format(level=text)
    if unit == "share":
        return gettext("{share} of 1").format(share=f"{number:.3g}")
    currency, at, year = unit.partition("@")
    if at:
        return gettext("{currency} {amount} (prices of {year})").format(
            currency=currency, amount=text, year=year)
    return f"{text} {unit}".strip()


def change_words(row: Row) -> str:
    """'ammonia capacity 120 kt/y → 240 kt/y (×2)'."""
    before, after = value_words(row, "before"), value_words(row, "after")
    name = field_words(row["field"])
    stated = f"{name} {after or gettext('not stated')}"
    if row["label_before"] is None and before is None:
        return stated
    if row["kind"] == "evidence" and before == after:
        said = gettext("{fact}, said again").format(fact=stated)
    elif before is None:
        said = gettext("{fact} (not stated before)").format(fact=stated)
    else:
        said = f"{name} {before} → {after or gettext('no longer stated')}"
    return said + _measured(row) + (f" ({row['remark']})" if row["remark"] else "")


def _measured(row: Row) -> str:
    months, factor = row["months"], row["factor"]
    if months:
        later = ngettext("{n} month later", "{n} months later", abs(months))
        earlier = ngettext("{n} month earlier", "{n} months earlier", abs(months))
        return f" ({(later if months > 0 else earlier).format(n=abs(months))})"
    if factor is not None and row["before"] is not None and row["after"] is not None:
        hardly = 0.995 <= factor < 1.005
        return f" ({gettext('less than 0.5 %') if hardly else f'×{factor:.2g}'})"
    return ""


def source_words(row: Row) -> str:
    """Who said so and when: 'International Energy Agency, 2023-10-30, grade 5'."""
    return gettext("{publisher}, {day}, grade {grade}").format(
        publisher=row["publisher"], day=row["known"], grade=row["grade"])


def when_words(row: Row) -> str:
    """'by 2024-05-01', 'on …', 'between … and …'; '' where it is not dated."""
    first, last = row["happened_earliest"], row["happened_latest"]
    if last is None:
        return ""
    if first is None:
        return gettext("by {day}").format(day=last)
    if first == last:
        return gettext("on {day}").format(day=last)
    return gettext("between {first} and {last}").format(first=first, last=last)


def shortened(text: str) -> str:
    """A text in one line of up to LONGEST characters."""
    text = " ".join(text.split())
    return text if len(text) <= LONGEST else text[:LONGEST - 1] + "…"


def surplus_words(names: Sequence[str]) -> str:
    """'announced size, name and 5 more' for the facts that are not told one by one."""
    listed = [field_words(name) for name in names[:_SURPLUS]]
    more = len(names) - len(listed)
    told = ", ".join(listed)
    return gettext("{these} and {n} more").format(these=told, n=more) if more else told


def told_and_named(rows: Sequence[Row]) -> tuple[list[Row], list[tuple[str, list[Row]]]]:
    """The changes beside the first that are told, and in kinds those that are only named."""
    told = [row for row in rows[1:] if row["kind"] in _TELLING]
    named = ((gettext("also"), "facts"), (gettext("heard again:"), "evidence"))
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


def where_words(row: Row, full: bool) -> list[str]:
    """Country (its name where `full`, else its code), sector and id of a row, as far as known."""
    codes = (row["country"] or "").split(";")
    place = [countries.name(code) if full else code for code in codes if code]
    return [part for part in (", ".join(place), row["sector"] or "", row["project"]) if part]


def counted_words(blocks: list[list[Row]]) -> str:
    """'12', or '12: 9 stated, 3 implied' where there are kinds of it."""
    total = sum(block[0]["projects"] for block in blocks)
    if blocks[0][0]["group"] not in OF_KINDS:
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


# -- text to paste -----------------------------------------------------------------------------
def as_text(title: str, found: pl.DataFrame, limit: int) -> str:
    """Markdown that also reads as plain text; every line has its source and date."""
    lines = [f"# {title}", "", headline(found)]
    for name, blocks in by_group(found):
        lines += ["", f"## {GROUPS[name]} ({counted_words(blocks)})", ""]
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
    where = "; ".join(where_words(lead, full=True))
    how = f"{lead['how']}; " if lead["how"] else ""
    yield f"- {shortened(lead['name'])} ({where}): {how}{change_words(lead)} [{_cited(lead)}]"
    told, named = told_and_named(block)
    for row in told:
        yield f"  - {change_words(row)} [{_cited(row)}]"
    for word, some in named:
        cited = "; ".join(dict.fromkeys(_cited(row) for row in some))
        yield f"  - {word} {surplus_words([row['field'] for row in some])} [{cited}]"


def _cited(row: Row) -> str:
    said = f"{row['publisher']}, {row['known']}"
    url = row["evidence"] or ""
    return f"{said}, {url}" if url.startswith("http") else said
