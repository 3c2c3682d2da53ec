"""Corrections in the register: their files are kept, and settled again after each import.

A file is kept as an import of source 'correction' whose text is its evidence; the newest of a name
counts. What a correction says is a claim; one that no longer holds is superseded, never removed.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import polars as pl
from django.db import transaction
from django.db.models import Max

from groundbreak.editing.corrections import (
    BadCorrections,
    Correction,
    parse_corrections,
    read_corrections,
    said,
    said_twice,
    stands_at,
)
from groundbreak.editing.judging import value_of
from groundbreak.editing.settling import SOURCE, Settlement, State, settle
from groundbreak.history.claims import CELL, empty, live, numbered
from groundbreak.history.keys import printed_key
from groundbreak.register import log, rows
from groundbreak.register.editing import free_name, make_release, write
from groundbreak.register.models import Claim, Evidence, Record, Release, ReviewItem

LAYOUT = "corrections"
TEXT = "corrections"  # the label under which a file's text is kept
SOME = 500  # records in one question to the database


@dataclass(frozen=True)
class File:
    """A file of corrections: its name, what it says, its text."""

    name: str
    corrections: tuple[Correction, ...]
    text: str

    @property
    def sha256(self) -> str:
        """The digest of its text."""
        return hashlib.sha256(self.text.encode()).hexdigest()


@dataclass(frozen=True)
class Applied:
    """How every correction of the files stands, and what was written."""

    states: tuple[State, ...]
    claims: int
    withdrawn: int
    kept: tuple[str, ...]  # names of the files that were new or changed


@dataclass(frozen=True)
class Aftermath:
    """What an import did to corrections: what must be said aloud, and how many review items."""

    warnings: tuple[str, ...] = ()
    reviews: int = 0


# -- what is kept ------------------------------------------------------------------------------
def kept() -> list[File]:
    """The files that count: the newest of each name, in the order of names."""
    return [_file(name, text) for name, text in _texts().items()]


def _texts() -> dict[str, str]:
    """Name → text of the files that count, in the order of names."""
    texts = Evidence.objects.filter(
        source=SOURCE, label=TEXT, release__layout=LAYOUT, release__withdrawn=""
    ).order_by("id").values_list("release__file", "text")
    return dict(sorted(dict(texts).items()))


def _file(name: str, text: str) -> File:
    return File(name, tuple(parse_corrections(text, name)), text)


def read(paths: Iterable[Path]) -> list[File]:
    """Files to be checked or applied. Raises BadCorrections that names every wrong line."""
    found, wrong = [], []
    for path in paths:
        try:
            corrections, text = read_corrections(path)
            found.append(File(path.name, tuple(corrections), text))
        except BadCorrections as error:
            wrong.append(str(error))
    names = [file.name for file in found]
    wrong += [f"{name}: given twice; accepted: files of different names"
              for name in sorted(set(names)) if names.count(name) > 1]
    if wrong:
        raise BadCorrections("\n".join(wrong))
    return found


# -- checking and applying ---------------------------------------------------------------------
def check(files: Sequence[File], today: date) -> list[State]:
    """How the corrections of `files` stand, or those of all kept files where none is given.

    With a kept file of the same name, the given one takes its place. Nothing is written.
    """
    names = {file.name for file in files} or None
    states = _settled(_together(files), today).states
    return [s for s in states if names is None or s.correction.file in names]


def apply(files: Sequence[File], today: date) -> Applied:
    """Keep the files and put their corrections in force, in one transaction.

    Raises BadCorrections, with nothing written, where a guard does not hold or a correction would
    not hold against what stands.
    """
    names = {file.name for file in files}
    with transaction.atomic():
        log.lock()
        before = _texts()
        settled = _settled(_together(files), today)
        wrong = [str(s) for s in settled.states if s.wrong and s.correction.file in names]
        wrong += _unlisted(files) + _other_cells(files, before)
        if wrong:
            raise BadCorrections("\n".join(wrong))
        new = [file for file in files if before.get(file.name) != file.text]
        log.append(settled.withdrawn)
        for file in new:
            _keep(file, settled, today)
        rest = [e for e in settled.edits if _file_of(e.place) not in {f.name for f in new}]
        write(rest, layout=LAYOUT, source=SOURCE, today=today)
    done = (replace(s, status="in_force") if s.status == "to_apply" else s
            for s in settled.states if s.correction.file in names)
    return Applied(tuple(done),
                   len(settled.edits), settled.withdrawn.height, tuple(f.name for f in new))


def _unlisted(files: Sequence[File]) -> list[str]:
    """Messages on records that their sources, although taken in, have never listed."""
    asked = {one.record: one for file in files for one in file.corrections}
    listed = set(Record.objects.filter(id__in=asked).values_list("id", flat=True))
    editions = Release.objects.filter(complete=True, withdrawn="")
    taken_in = dict(editions.order_by("published").values_list("source", "name"))
    return [
        f"{one.place}: {taken_in[one.source]} and the editions before list no record {record!r}; "
        "accepted: a record as `groundbreak projects --all --format csv` prints it"
        for record, one in asked.items() if record not in listed and one.source in taken_in]


def _other_cells(files: Sequence[File], before: Mapping[str, str]) -> list[str]:
    """Messages on files that would replace one of their name that corrects none of their cells."""
    messages = []
    for file in files:
        with suppress(BadCorrections):  # one that cannot be read any more may be replaced
            former = {one.cell for one in parse_corrections(before.get(file.name, "[]"), file.name)}
            if former and file.corrections and not former & {c.cell for c in file.corrections}:
                some = ", ".join(sorted(" ".join(cell) for cell in former)[:3])
                messages.append(
                    f"{file.name}: a file of that name is kept, which corrects other cells "
                    f"({some}); accepted: another name, or all of them in one file")
    return messages


def _keep(file: File, settled: Settlement, today: date) -> None:
    edits = [edit for edit in settled.edits if _file_of(edit.place) == file.name]
    about = {"layout": LAYOUT, "file": file.name, "sha256": file.sha256}
    if edits:
        name = write(edits, source=SOURCE, today=today, **about).release
        release = Release.objects.get(name=name)
    else:
        release = make_release(free_name(f"{SOURCE}@{today}"), SOURCE, LAYOUT, today,
                               file=file.name, sha256=file.sha256)
        release.recorded = log.position()
        release.save(update_fields=["recorded"])
    Evidence.objects.create(source=SOURCE, release=release, label=TEXT, text=file.text,
                            sha256=file.sha256)


def _file_of(place: str) -> str:
    return place.rsplit(", line ", 1)[0]


def _together(files: Sequence[File]) -> list[Correction]:
    """All corrections that count with `files` in place of kept ones of their names.

    Raises BadCorrections where two of them correct one cell, or a kept file cannot be read.
    """
    given = {file.name: file for file in files}
    found = given | {name: _file(name, text) for name, text in _texts().items()
                     if name not in given}
    corrections = [one for _, file in sorted(found.items()) for one in file.corrections]
    if twice := said_twice(corrections):
        raise BadCorrections("\n".join(twice))
    return corrections


def _settled(
    corrections: Sequence[Correction], today: date, sources: frozenset[str] | None = None
) -> Settlement:
    records = {one.record for one in corrections} | set(
        Claim.objects.filter(source=SOURCE).values_list("record_id", flat=True).distinct())
    records = {one for one in records if sources is None or one.split(":", 1)[0] in sources}
    if not records:
        return Settlement((), (), empty())
    newest = Claim.objects.aggregate(newest=Max("known"))["newest"] or date.min
    return settle(corrections, _claims_of(sorted(records)), newest=newest, today=today,
                  sources=sources)


def _claims_of(records: Sequence[str]) -> pl.DataFrame:
    parts = [rows.claims("1 = 0", [])]
    for start in range(0, len(records), SOME):
        some = records[start:start + SOME]
        marks = ", ".join(["%s"] * len(some))
        parts.append(rows.claims(f"record IN ({marks})", some))
    return pl.concat(parts).sort("claim")


# -- after an import ---------------------------------------------------------------------------
def after_import(release: Release, added: pl.DataFrame) -> Aftermath:
    """Settle the corrections of the source that was just taken in.

    `added`: its new claims, the last of the log. Call it in the import's transaction, once
    `release` knows its place in the log. A correction whose guard fails is superseded, so that the
    source's newer word holds, and opens a review item.
    """
    new = numbered(added, release.recorded - added.height)
    reviews = [_review(release, "corrected_cell_changed", record, text)
               for record, text in _changed_under(new)]
    try:
        states = _settled_anew(release.published, frozenset({release.source}))
    except BadCorrections as error:
        # A kept file that this version no longer reads is no reason to refuse a source.
        return Aftermath((f"corrections not settled: {error}",), sum(reviews))
    wrong = [state for state in states if state.wrong]
    reviews += [_review(release, "correction_guard", state.correction.record, str(state))
                for state in wrong]
    return Aftermath(tuple(f"correction not in force: {state}" for state in wrong), sum(reviews))


def after_undo(release: Release, claims: pl.DataFrame, day: date) -> None:
    """Settle corrections after `claims`, just written, took `release` back.

    A source whose repair was taken back prints the error again, and the correction holds again: so
    are the sources settled whose records `claims` speak of. Where `release` kept a file of
    corrections, or took such an import back, other files may count now, and all are settled; raises
    BadCorrections where these cannot count together or cannot be read.
    """
    if _origin(release).source == SOURCE:
        _together(())
        _settled_anew(day)
        return
    sources = claims["record"].str.split(":").list.first()
    try:
        _settled_anew(day, frozenset(sources))
    except BadCorrections:
        return  # as after an import; `corrections check` names what is wrong


def check_undo(release: Release) -> None:
    """Raise BadCorrections for what settling wrote: it would be written again."""
    if release.source != SOURCE or release.file:
        return
    places = Claim.objects.filter(release=release.name, place__isnull=False).values_list(
        "place", flat=True)
    files = sorted({_file_of(place) for place in places})
    imports = Release.objects.filter(source=SOURCE, file__in=files, withdrawn="").order_by("-id")
    raise BadCorrections(
        f"{release.name}: holds corrections of {', '.join(files)} that were settled, and "
        "would be settled again; accepted: undo of the file's own import "
        f"({', '.join(one.name for one in imports)}), or `groundbreak corrections apply` of the "
        "file without the correction")


def _origin(release: Release) -> Release:
    """The import that an undo, or an undo of one, is about in the end."""
    while release.undoes is not None:
        release = release.undoes
    return release


def _settled_anew(day: date, sources: frozenset[str] | None = None) -> tuple[State, ...]:
    """Put in force what holds of the kept files, for `sources` or all, and take back the rest."""
    corrections = [one for file in kept() for one in file.corrections
                   if sources is None or one.source in sources]
    day = max([day, *(one.date for one in corrections)])
    settled = _settled(corrections, day, sources)
    log.append(settled.withdrawn)
    write(settled.edits, layout=LAYOUT, source=SOURCE, today=day)
    return settled.states


def _review(release: Release, kind: str, record: str, text: str) -> bool:
    """Open a review item, once; whether it is new."""
    _, made = ReviewItem.objects.get_or_create(
        kind=kind, source=release.source, key=printed_key(record), text=text,
        defaults={"release": release})
    return made


def _changed_under(added: pl.DataFrame) -> list[tuple[str, str]]:
    """Record and message for each cell that a person had corrected and `added` speaks of."""
    by_hand = rows.claims("kind = 'correction' AND source <> %s", [SOURCE])
    touched = by_hand.join(added, on=CELL, how="semi")
    if touched.is_empty():
        return []
    whole = live(_claims_of(sorted(set(touched["record"]))))
    standing = whole.filter((pl.col("kind") == "correction") & (pl.col("source") != SOURCE)).sort(
        "known", "claim").unique(CELL, keep="last", maintain_order=True)
    heard = {(row["record"], row["field"]): row
             for row in added.sort("known").iter_rows(named=True)}
    return [(row["record"], _told(row, heard[row["record"], row["field"]]))
            for row in standing.iter_rows(named=True)
            if (row["record"], row["field"]) in heard]


def _told(correction: dict, word: dict) -> str:
    """What a person must know of both claims; no value where one of them is not public."""
    if not correction["visibility"] == word["visibility"] == "public":
        return (f"{correction['field']}: corrected by hand in claim {correction['claim']}; the "
                f"source has since said claim {word['claim']}; not both are public")
    agrees = value_of(correction) == value_of(word)
    verdict = ("it agrees now, and the correction may be taken back" if agrees else
               "the correction still holds against it")
    return (f"{correction['field']}: corrected by hand to {said(correction)!r} "
            f"({correction['release']}); the source now says {said(word)!r} at {stands_at(word)}: "
            f"{verdict}")
