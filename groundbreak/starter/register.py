"""What a fresh machine loads: every embedded edition with its day and release name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from groundbreak.history.edition import Edition
from groundbreak.starter import events, trackers
from groundbreak.starter.tables import STARTER_PUBLISHED


@dataclass(frozen=True)
class Embedded:
    """An edition of the starter; `release` differs from that of the publisher's full file, so that
    the full file can be imported later under its own name."""

    edition: Edition
    published: date
    release: str


def editions() -> Iterator[Embedded]:
    """The editions in the order in which they are to be taken in: by published date."""
    found = [*trackers.editions(), (events.read(), STARTER_PUBLISHED)]
    for edition, published in sorted(found, key=lambda item: (item[1], item[0].source)):
        yield Embedded(edition, published, f"{edition.source}@{published}~starter")
