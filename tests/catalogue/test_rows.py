"""The rows of the catalogue on the embedded register."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from groundbreak.catalogue.table import catalogue
from groundbreak.reading import Reader


@pytest.fixture
def reader(embedded: Path) -> Iterator[Reader]:
    """The embedded register, open for reading."""
    from django.db import connections

    from groundbreak.register import log
    from groundbreak.register.connection import connect

    connect(embedded)
    yield Reader(log.snapshot())
    connections["default"].close()


@pytest.mark.parametrize("day", [date(2022, 6, 1), date(2025, 3, 5), date(2026, 9, 4)])
def test_every_row_says_whose_data_it_is_on_every_day(reader: Reader, day: date) -> None:
    """Dated events speak of days before they were themselves published as a source."""
    frame = catalogue(reader.as_of(day).view).frame
    assert frame.height > 0
    assert frame.select("source", "licence", "citation", "terms_confirmed").null_count().row(0) == (
        0, 0, 0, 0)


def test_counted_rows_are_those_of_the_measures(reader: Reader) -> None:
    reading = reader.as_of()
    frame = catalogue(reading.view).frame
    assert frame["counted"].sum() == reading.projects()["counted"].sum() == 127
    assert frame["project"].n_unique() == frame.height == reading.projects().height
