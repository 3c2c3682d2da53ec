"""The embedded register read without a database, and one in which nothing was ever claimed."""

from __future__ import annotations

import polars as pl
import pytest

from groundbreak.history import claims as schema
from groundbreak.history.news import news
from groundbreak.history.snapshot import LISTING_SCHEMA, RELEASE_SCHEMA, Snapshot
from groundbreak.reading import Reader, Reading
from groundbreak.starter.register import editions


@pytest.fixture(scope="session")
def reader() -> Reader:
    """The log of the embedded register."""
    told = list(editions())
    parts = [news(e.edition, release=e.release, published=e.published, own=schema.empty(),
                  releases=[], parts={}, grade=4).claims for e in told]
    log = schema.conform(pl.concat(parts)).with_columns(claim=pl.int_range(pl.len()) + 1)
    releases = [{"release": e.release, "source": e.edition.source, "published": e.published,
                 "data_cut": e.published, "complete": e.edition.complete, "withdrawn": False,
                 "recorded": log.height, "turns": []} for e in told]
    return Reader(Snapshot(log, pl.DataFrame(releases, schema=RELEASE_SCHEMA),
                           pl.DataFrame(schema=LISTING_SCHEMA)))


@pytest.fixture(scope="session")
def reading(reader: Reader) -> Reading:
    """As known on its newest day."""
    return reader.as_of()


@pytest.fixture(scope="session")
def nobody() -> Reader:
    """A register in which nothing was claimed."""
    return Reader(Snapshot(schema.empty(), pl.DataFrame(schema=RELEASE_SCHEMA),
                           pl.DataFrame(schema=LISTING_SCHEMA)))
