"""Template tags: words of the vocabulary, numbers, days, and addresses that keep the clock."""

from __future__ import annotations

from typing import Any

from django import template

from groundbreak.measures.coverage import CoverageWarning
from groundbreak.site import addresses, words
from groundbreak.site.clock import Clock
from groundbreak.vocabulary import translating
from groundbreak.vocabulary.fields import capacity_fields

register = template.Library()


@register.filter
def word(value: object, kind: str) -> str:
    """`{{ project.sector|word:"sector" }}`"""
    return words.word(kind, value)


@register.filter
def term(text: str) -> str:
    """A label from the pure side in the reader's language."""
    return translating.gettext(text)


@register.filter
def day(value: object) -> str:
    """`{{ known|day }}` → 4 Sep 2026"""
    return words.day(value)


@register.filter
def number(value: float | int | None) -> str:
    """A whole number with thousands apart; nothing where there is none."""
    return "" if value is None else translating.number(value)


@register.filter
def signed(value: int) -> str:
    """+3, −2, 0; with a true minus."""
    return translating.signed(value)


@register.filter
def share(value: float | None) -> str:
    """0.347 → 35 %"""
    return "" if value is None else f"{value * 100:.0f} %"


@register.simple_tag
def amount(value: float | int | None, unit: str = "") -> str:
    """A capacity in a unit that reads well."""
    return words.amount(value, unit)


@register.simple_tag(takes_context=True)
def at(context: dict[str, Any], name: str, *args: object, **params: object) -> str:
    """`{% at "projects" sector="steel" %}`: a page's address on the clock of this page."""
    pairs = [(key, value) for key, value in params.items() if value not in (None, "")]
    clock = context.get("clock") or Clock()
    return addresses.address(clock, name, *args, pairs=pairs)


@register.simple_tag
def asset(name: str) -> str:
    """A static file's address."""
    return addresses.asset(name)


@register.simple_tag
def has_asset(name: str) -> bool:
    """Whether a static file is there."""
    return addresses.has_asset(name)


@register.filter
def is_link(text: str | None) -> bool:
    """Whether a text is an address that may be linked."""
    return bool(text) and text.startswith(("http://", "https://")) and " " not in text


@register.filter
def field_label(name: str) -> str:
    """What a field is called: its name without the unit that ends it, in words."""
    return words.field(name)


@register.filter
def field_about(name: str) -> str:
    """What a field holds."""
    return words.about_field(name)


@register.filter
def field_product(name: str) -> str:
    """The product of a capacity field."""
    return words.word("product", capacity_fields().get(name, ""))


@register.filter
def gate_level(name: str) -> str:
    """A gate's level in words."""
    return words.gate_level(name)


@register.filter
def clipped(value: str | None, field: str) -> str:
    """A fact's value for a table: vocabulary in words, long texts cut."""
    return words.fact(field, value)


@register.filter
def plus(value: float, more: float) -> str:
    """A sum for a drawing's coordinate, whatever the language."""
    return f"{value + float(more):g}"


@register.filter
def unlocalized(value: float) -> str:
    """A number for a drawing's coordinate, whatever the language."""
    return f"{value:g}"


@register.filter
def unit_word(name: str) -> str:
    """What a chart's unit is called."""
    return words.unit(name)


@register.filter
def event_day(text: str) -> str:
    """An event's date as precisely as it was told: 12 Nov 2026, Nov 2026, 2026."""
    return words.told_day(text)


@register.filter(name="words")
def split(text: str) -> list[str]:
    """The words of a text, to loop over."""
    return text.split()


@register.filter
def coverage_warning(warning: CoverageWarning) -> str:
    """Why a sector's figures need care, as a sentence."""
    return words.coverage_warning(warning)
