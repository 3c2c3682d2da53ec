"""Amounts as people read them."""

from __future__ import annotations


def scaled(amount: int, unit: str) -> str:
    """A whole number of base units in a readable unit, sign kept: 1500000 t/y → 1.5 Mt/y."""
    steps = {"t/y": ((10**6, "Mt/y"), (10**3, "kt/y")), "kW": ((10**6, "GW"), (10**3, "MW"))}
    for size, name in steps.get(unit, ()):
        if abs(amount) >= size:
            return f"{amount / size:,.4g} {name}"
    return f"{amount:,} {unit}"
