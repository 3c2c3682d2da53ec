"""Writing the sheet for editing, some records at a time: memory does not grow with the register."""

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import polars as pl

from groundbreak.editing.columns import sheet_columns
from groundbreak.editing.position import Position, mark_of
from groundbreak.editing.sheet import Exported, Page, write_sheet
from groundbreak.history.snapshot import LISTING_SCHEMA, Snapshot
from groundbreak.history.view import History
from groundbreak.reading import Reading
from groundbreak.register import log
from groundbreak.register.models import Claim, Record

PAGE = 500  # records
Choose = Callable[[Reading], pl.DataFrame]


def export_sheet(path: Path, choose: Choose, selection: str) -> tuple[Exported, date]:
    """Write the projects that `choose` takes (record, of a Reading) as known now; and the day.

    `selection` says in words what was chosen. Claims that come to the log meanwhile are left out.
    """
    claim = log.position()
    known = log.newest(claim)
    if known is None:
        raise ValueError("the register is empty; take something in with `groundbreak import`")
    position = Position(claim, known, mark_of(
        log.claims(after=claim - 1, until=claim), claim, known), selection)
    spans = _spans()
    if len(spans) == 1:  # few enough: columns are those that the chosen projects speak of
        pages = list(_pages(spans, choose, position))
        stated = set(pages[0].held["field"])
        products = set(pages[0].chosen["product"].drop_nulls())
        columns = sheet_columns(stated, products)
        return write_sheet(path, pages, columns, position, pages[0].held.height), known
    stated = set(Claim.objects.values_list("field", flat=True).distinct())
    return write_sheet(path, _pages(spans, choose, position), sheet_columns(stated, ()), position,
                       claim), known


def _spans() -> list[tuple[str, str]]:
    """First and last record of each page, in the order in which the database compares ids."""
    ids = list(Record.objects.order_by("id").values_list("id", flat=True))
    return [(ids[at], ids[min(at + PAGE, len(ids)) - 1]) for at in range(0, len(ids), PAGE)]


def _pages(
    spans: list[tuple[str, str]], choose: Choose, position: Position
) -> Iterator[Page]:
    releases = log.releases_frame()
    for span in spans:
        claims = log.claims(between=span, until=position.claim)
        snapshot = Snapshot(claims, releases, pl.DataFrame(schema=LISTING_SCHEMA))
        reading = Reading(History(snapshot).as_of(position.known))
        chosen = reading.projects().join(choose(reading).select("record"), on="record", how="semi")
        yield Page(reading.view, chosen)
