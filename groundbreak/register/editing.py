"""Writing edits to the register: one transaction, or nothing; and taking an import back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from groundbreak.editing.edits import SOURCE, Edit, claims_of
from groundbreak.identity.membership import project_id
from groundbreak.register import log
from groundbreak.register.importing import publication
from groundbreak.register.models import Record, Release


@dataclass(frozen=True)
class Written:
    """What was written: the name of the import, and how many claims."""

    release: str
    claims: int


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
        name = _free_name(f"{source}@{today}")
        _make_records(sorted({edit.record for edit in edits}))
        release = _release(name, source, layout, today, file, sha256, len(edits))
        log.append(claims_of(edits, name, source))
        release.recorded = log.position()
        release.save(update_fields=["recorded"])
    return Written(name, len(edits))


def _free_name(stem: str) -> str:
    """'edit@2026-11-24', then 'edit@2026-11-24#2' and so on."""
    taken = set(Release.objects.filter(name__startswith=stem).values_list("name", flat=True))
    number = len(taken) + 1
    while (name := stem if number == 1 else f"{stem}#{number}") in taken:
        number += 1
    return name


def _release(
    name: str, source: str, layout: str, today: date, file: str, sha256: str, rows: int
) -> Release:
    about = publication(source)
    return Release.objects.create(
        name=name, source=source, published=today, data_cut=today, complete=False, layout=layout,
        file=file[:255], sha256=sha256, rows=rows, covered="", licence=about["licence"],
        licence_confirmed=about["licence_confirmed"] == "yes", citation=about["citation"],
    )


def _make_records(names: Sequence[str]) -> None:
    known = set(Record.objects.filter(id__in=names).values_list("id", flat=True))
    Record.objects.bulk_create([
        Record(id=name, source=name.split(":", 1)[0], printed_key=name.split(":", 1)[1],
               project=project_id(name)) for name in names if name not in known
    ])
