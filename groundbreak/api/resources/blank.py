"""An empty register: the columns of every answer are those of the answer it gives."""

from __future__ import annotations

from functools import cache

from groundbreak.history import snapshot
from groundbreak.reading import Reader, Reading
from groundbreak.vocabulary.days import EARLIEST


@cache
def reader() -> Reader:
    """A register with nothing in it."""
    return Reader(snapshot.empty())


@cache
def reading() -> Reading:
    """The same on one day."""
    return reader().as_of(EARLIEST)
