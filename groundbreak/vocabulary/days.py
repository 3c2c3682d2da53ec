"""Days as people write them in addresses: YYYY-MM-DD, within the time a register speaks of."""

from __future__ import annotations

import re
from datetime import date

EARLIEST, LATEST = date(1990, 1, 1), date(2109, 12, 31)
_WRITTEN = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def read_day(text: str, latest: date = LATEST) -> date:
    """The day of a text. Raises ValueError for another form (2023-W01-1 is one), a day that no
    calendar has, and one outside EARLIEST to `latest`; it says what is accepted."""
    try:
        found = date.fromisoformat(text) if _WRITTEN.fullmatch(text) else None
    except ValueError:
        found = None
    if found is None or not EARLIEST <= found <= latest:
        raise ValueError(f"a day as YYYY-MM-DD, {EARLIEST} to {latest}")
    return found
