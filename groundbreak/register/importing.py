"""Taking an edition in: one transaction, or nothing."""

import hashlib
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl
from django.db import transaction
from django.db.models import Q

from groundbreak.history.edition import Edition
from groundbreak.history.future import without_future
from groundbreak.history.keys import printed_key
from groundbreak.history.news import News, news
from groundbreak.identity.membership import project_id
from groundbreak.register import correcting, log
from groundbreak.register.models import Evidence, Finding, Listing, Record, Release, ReviewItem
from groundbreak.register.publications import publication
from groundbreak.sources import registry

LONGEST_KEY = 160  # as the tables hold it, with room for the source and an ordinal


class ImportRefused(ValueError):
    """The edition contradicts what the register holds; nothing was written."""


@dataclass(frozen=True)
class Imported:
    """What an import added."""

    release: str
    claims: int
    findings: int
    reviews: int
    already: bool = False
    warnings: tuple[str, ...] = ()  # what must be said aloud: corrections that no longer hold


def import_file(
    source: str, path: Path, published: date, *, today: date, data_cut: date | None = None,
) -> Imported:
    """Read `path` as an edition of `source` published on `published` and take it in.

    Raises KeyError (unknown source), SourceError (bad file), ImportRefused (dates, content).
    """
    if published > today:
        raise ImportRefused(
            f"--published {published} is in the future; accepted: a day up to {today}"
        )
    edition = registry.read(source, path)
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    return take_in(edition, published, sha256=sha256, data_cut=data_cut)


def release_name(source: str, published: date, cut: date) -> str:
    """'iea-hydrogen@2022-10-31', with '~cut' where the data are of another day."""
    return f"{source}@{published}" + (f"~{cut}" if cut != published else "")


def take_in(
    edition: Edition, published: date, *, sha256: str, data_cut: date | None = None,
    name: str | None = None,
) -> Imported:
    """Write an edition's news to the register in one transaction."""
    cut = data_cut or edition.data_cut or published
    huge = edition.statements.filter(pl.col("key").str.len_chars() > LONGEST_KEY)
    if huge.height:
        raise ImportRefused(
            f"{edition.file}: an id of {len(huge['key'][0]):,} characters at {huge['place'][0]}; "
            f"accepted: at most {LONGEST_KEY}")
    if cut > published:
        raise ImportRefused(
            f"{edition.file}: its data are of {cut}, after --published {published}; accepted: "
            "a published date on or after the data cut"
        )
    edition = without_future(edition, published)
    name = name or release_name(edition.source, published, cut)
    with transaction.atomic():
        log.lock()
        former = Release.objects.filter(Q(name=name) | Q(name__startswith=f"{name}#"))
        same = former.filter(withdrawn="").first()
        if same is not None:
            if same.sha256 == sha256:
                return Imported(same.name, 0, 0, 0, already=True)
            raise ImportRefused(
                f"{edition.file}: source {edition.source} already has a release published "
                f"{published} (file {same.file}) with different content; accepted: the same file, "
                "another --published date, or `groundbreak withdraw` of that release first"
            )
        name += f"#{former.count() + 1}" if former.exists() else ""  # all before were withdrawn
        found = _news(edition, name, published, cut)
        release = _write_release(edition, name, published, cut, sha256)
        _write_records(release, found)
        log.append(found.claims)
        release.recorded = log.position()
        release.save(update_fields=["recorded"])
        _write_findings(release, edition)
        _write_reviews(release, edition.source, found)
        corrected = correcting.after_import(release, found.claims)
    return Imported(name, found.claims.height, len(edition.findings),
                    len(found.doubts) + corrected.reviews, warnings=corrected.warnings)


def _news(edition: Edition, name: str, published: date, cut: date) -> News:
    return news(
        edition, release=name, published=published, data_cut=cut,
        own=log.claims(source=edition.source), releases=log.releases(edition.source),
        parts=_parts(edition.source), grade=int(publication(edition.source)["grade"]),
    )


def _parts(source: str) -> dict[str, dict[str, str]]:
    """Printed key → {record: its telling part when last listed}."""
    known: dict[str, dict[str, str]] = {}
    rows = (
        Listing.objects.filter(record__source=source)
        .order_by("release__data_cut", "release__published")
        .values_list("record__printed_key", "record_id", "part")
    )
    for key, record, part in rows:
        known.setdefault(key, {})[record] = part
    return known


def _write_release(
    edition: Edition, name: str, published: date, cut: date, sha256: str
) -> Release:
    about = publication(edition.source)
    return Release.objects.create(
        name=name, source=edition.source, published=published, data_cut=cut,
        complete=edition.complete, layout=edition.layout, file=edition.file[:255], sha256=sha256,
        rows=edition.rows,
        covered=";".join(sorted(edition.covered)),
        licence=about["licence"], licence_confirmed=about["licence_confirmed"] == "yes",
        citation=about["citation"],
    )


def _write_records(release: Release, found: News) -> None:
    known = set(Record.objects.filter(source=release.source).values_list("id", flat=True))
    Record.objects.bulk_create(
        [Record(id=record, source=release.source, printed_key=printed_key(record),
                project=project_id(record)) for record in found.listed if record not in known],
        batch_size=2000,
    )
    Listing.objects.bulk_create(
        [Listing(release=release, record_id=record, part=found.parts[record],
                 kept=";".join(sorted(found.kept.get(record, ()))))
         for record in found.listed],
        batch_size=2000,
    )


def _write_findings(release: Release, edition: Edition) -> None:
    Finding.objects.bulk_create(
        [Finding(release=release, kind=f.kind, sheet=f.sheet, row=f.row, column=f.column,
                 value=f.value, why=f.why, accepted=f.accepted) for f in edition.findings],
        batch_size=2000,
    )
    Evidence.objects.bulk_create(
        [Evidence(source=edition.source, release=release, label=label, text=text)
         for label, text in edition.references.items()],
        batch_size=2000,
    )


def _write_reviews(release: Release, source: str, found: News) -> None:
    ReviewItem.objects.bulk_create(
        [ReviewItem(release=release, kind=d.kind, source=source, key=d.key, text=d.text)
         for d in found.doubts],
        batch_size=2000,
    )
