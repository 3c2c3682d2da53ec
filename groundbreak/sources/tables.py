"""Tables with one header row: the layouts a source knows and the rows under them."""

from __future__ import annotations

from dataclasses import dataclass

from groundbreak.sources.errors import EmptyFile, UnknownLayout
from groundbreak.sources.files import Book, Row, Table


@dataclass(frozen=True)
class Layout:
    """How to recognise an edition: the columns it has."""

    name: str
    columns: tuple[str, ...]


def rows_of(book: Book, table: Table, layout: Layout, source: str, accepted: str) -> list[Row]:
    """The data rows under a single header row. Raises UnknownLayout or EmptyFile."""
    columns = table.headers(0)
    missing = [name for name in layout.columns if name not in columns]
    if missing:
        raise UnknownLayout(
            file=book.file, source=source, accepted=accepted,
            why=f"columns of layout '{layout.name}' missing in sheet {table.sheet!r}: "
                f"{', '.join(missing)}",
        )
    rows = list(table.data(columns, 1))
    if not rows:
        raise EmptyFile(file=book.file, where=f" in sheet {table.sheet!r}", accepted=accepted)
    return rows
