"""Edits in the register: judged against what stands and written in one transaction, or not at all.

Taking an import back is in :mod:`groundbreak.register.undoing`.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache

import polars as pl
from django.db import transaction

from groundbreak.editing.edits import SOURCE, Edit, claims_of
from groundbreak.editing.effect import Effect, effect
from groundbreak.editing.judging import Judged, by_record, judge
from groundbreak.editing.position import WrongSheet, read_position
from groundbreak.editing.returned import Refusal, Returned, hidden_cells, read_sheet
from groundbreak.editing.typed import Namesake, namesakes
from groundbreak.history.claims import live
from groundbreak.history.order import winners, with_order
from groundbreak.history.snapshot import Snapshot
from groundbreak.history.view import History
from groundbreak.identity.membership import project_id
from groundbreak.measures.population import projects
from groundbreak.register import log
from groundbreak.register.models import Finding, Record, Release
from groundbreak.register.publications import publication
from groundbreak.sources.files import Book


@dataclass(frozen=True)
class Written:
    """What was written: the name of the import, and how many claims."""

    release: str
    claims: int


@dataclass(frozen=True)
class Outcome:
    """Edits after judging: every one with its verdict, cells that could not be read, what was
    written (nothing in a preview), and the effect where it was asked for."""

    judged: tuple[Judged, ...]
    refusals: tuple[Refusal, ...]
    written: Written
    names: Mapping[str, str]  # of the projects that the edits speak of, as they stood before
    effect: Effect | None = None

    @property
    def accepted(self) -> list[Edit]:
        """The edits that become claims."""
        return [item.edit for item in self.judged if item.verdict == "accepted"]

    @property
    def cells(self) -> list[tuple[str, ...]]:
        """Every changed cell: place, record, field, old, new, verdict, why."""
        unread = [(r.place, r.record, r.field, r.old, r.typed, "refused", r.why)
                  for r in self.refusals]
        return unread + [(i.edit.place, i.edit.record, i.edit.field, i.old, i.new, i.verdict, i.why)
                         for i in self.judged]

    @property
    def refused(self) -> int:
        """How many changed cells do not become claims."""
        return sum(cell[5] == "refused" for cell in self.cells)


def write(
    edits: Sequence[Edit], *, layout: str, today: date, file: str = "", sha256: str = "",
    source: str = SOURCE,
) -> Written:
    """Append one claim an edit as an import of its own; no edits write nothing.

    `layout` says how they came ('edit sheet', 'command', 'proposal', 'corrections'). Records that
    are not there yet are made: 'edit:N' for what editors add. Call it inside the transaction in
    which the edits were judged, after :func:`groundbreak.register.log.lock`, or by itself.
    """
    if not edits:
        return Written("", 0)
    with transaction.atomic():
        log.lock()
        name = free_name(f"{source}@{today}")
        _make_records(sorted({edit.record for edit in edits}))
        release = make_release(name, source, layout, today, file=file, sha256=sha256,
                               rows=len(edits))
        log.append(claims_of(edits, name, source))
        release.recorded = log.position()
        release.save(update_fields=["recorded"])
    return Written(name, len(edits))


def take(
    make: Callable[[Snapshot], Returned], *, layout: str, today: date, preview: bool,
    file: str = "", sha256: str = "", together: bool = False,
) -> Outcome:
    """Judge the edits that `make` reads off the register as it stands and write the accepted ones.

    `together`: they are one statement, written whole or not at all. What is refused is kept as
    findings of the import. All under one lock, so that nobody writes between the judging and the
    writing. A preview takes no lock, writes nothing and says what the edits would do to the
    measures.
    """
    if preview:
        snapshot = log.snapshot()
        outcome = _outcome(make(snapshot), snapshot, today)
        return replace(outcome, effect=effect(snapshot, claims_of(outcome.accepted, "")))
    with transaction.atomic():
        log.lock()
        snapshot = log.snapshot()
        outcome = _outcome(make(snapshot), snapshot, today)
        if together and outcome.refused:
            return outcome
        written = write(outcome.accepted, layout=layout, today=today, file=file, sha256=sha256)
        _keep_refused(outcome, written.release)
    return replace(outcome, written=written)


def _keep_refused(outcome: Outcome, release: str) -> None:
    """What was not taken, as findings of the import; nothing where nothing was written."""
    made = Release.objects.filter(name=release).first()
    if made is not None:
        Finding.objects.bulk_create(_finding(made, place, field, value, why) for (
            place, _, field, _, value, verdict, why) in outcome.cells if verdict == "refused")


def _finding(release: Release, place: str, field: str, value: str, why: str) -> Finding:
    sheet, _, address = place.rpartition("!")
    row = re.search(r"\d+$", address)
    reason, _, accepted = why.partition("; accepted: ")
    return Finding(release=release, kind="refused", sheet=sheet, row=int(row[0]) if row else 0,
                   column=field, value=value, why=reason, accepted=accepted)


def _outcome(found: Returned, snapshot: Snapshot, today: date) -> Outcome:
    return Outcome(tuple(_judged(found, snapshot, today)), tuple(found.refusals), Written("", 0),
                   _names(found, snapshot))


def _names(found: Returned, snapshot: Snapshot) -> dict[str, str]:
    records = {item.record for item in (*found.edits, *found.refusals)}
    told = snapshot.claims.filter(
        (pl.col("field") == "name")
        & pl.col("record").is_in(pl.Series(sorted(records), dtype=pl.String()).implode()))
    held = winners(with_order(live(told)), snapshot.newest_published or date.min)
    return dict(held.drop_nulls("value_text").select("record", "value_text").iter_rows())


def _judged(found: Returned, snapshot: Snapshot, today: date) -> list[Judged]:
    if not found.edits:
        return []
    return judge(found.edits, snapshot.claims, newest=snapshot.newest_published or date.min,
                 today=today)


def take_sheet(
    book: Book, *, sha256: str, today: date, preview: bool
) -> Outcome:
    """Take an edited sheet back; see :func:`take`. Raises WrongSheet."""
    def make(snapshot: Snapshot) -> Returned:
        cells = hidden_cells(book)
        try:
            position = read_position(cells, snapshot.claims)
        except WrongSheet as error:
            raise WrongSheet(f"{book.file}: {error}") from None
        then = History(snapshot, position.claim).as_of(position.known)
        return read_sheet(book, by_record(then.words), next_number(), known_names(snapshot))

    return take(make, layout="edit sheet", today=today, preview=preview, file=book.file,
                sha256=sha256)


def known_names(snapshot: Snapshot) -> Callable[[str, str], list[Namesake]]:
    """Which projects bear a name now; the view is made when the first is asked for.

    A project that an editor added and that was taken back since is one of them: told again, it is
    the same record, so that undoing the undo does not make it two.
    """
    @cache
    def population() -> pl.DataFrame:
        return projects(History(snapshot).as_of())

    def find(name: str, country: str) -> list[Namesake]:
        same = namesakes(population(), name, country) if name else []
        return same or [Namesake(record, record) for record in _taken_back(snapshot, name)]

    return find


def _taken_back(snapshot: Snapshot, name: str) -> list[str]:
    """Records of editors that once bore `name` and of which nothing holds now."""
    mine = snapshot.claims.filter(pl.col("record").str.starts_with(f"{SOURCE}:"))
    standing = live(mine).select("record").unique()
    gone = mine.join(standing, on="record", how="anti").filter(
        (pl.col("field") == "name") & (pl.col("value_text").str.to_lowercase() == name.casefold()))
    return gone["record"].unique().sort().to_list()


def next_number() -> int:
    """The number of the next record that an editor adds; numbers are never used again."""
    keys = Record.objects.filter(source=SOURCE).values_list("printed_key", flat=True)
    return max((int(key) for key in keys if key.isdigit()), default=0) + 1


def free_name(stem: str) -> str:
    """'edit@2026-11-24', then 'edit@2026-11-24#2' and so on."""
    taken = set(Release.objects.filter(name__startswith=stem).values_list("name", flat=True))
    number = len(taken) + 1
    while (name := stem if number == 1 else f"{stem}#{number}") in taken:
        number += 1
    return name


def make_release(
    name: str, source: str, layout: str, today: date, *, file: str = "", sha256: str = "",
    rows: int = 0, undoes: Release | None = None,
) -> Release:
    """The row that names an import of edits; it lists no records."""
    about = publication(source)
    return Release.objects.create(
        name=name, source=source, published=today, data_cut=today, complete=False, layout=layout,
        file=file[:255], sha256=sha256, rows=rows, covered="", licence=about["licence"],
        licence_confirmed=about["licence_confirmed"] == "yes", citation=about["citation"],
        undoes=undoes,
    )


def _make_records(names: Sequence[str]) -> None:
    known = set(Record.objects.filter(id__in=names).values_list("id", flat=True))
    Record.objects.bulk_create([
        Record(id=name, source=name.split(":", 1)[0], printed_key=name.split(":", 1)[1],
               project=project_id(name)) for name in names if name not in known
    ])
