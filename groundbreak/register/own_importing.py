"""Taking the dated tabs of somebody's list in: all of one command, or none."""

from collections.abc import Iterable, Sequence
from collections.abc import Mapping as Map
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import polars as pl
from django.db import transaction
from django.db.models import Q

from groundbreak.history.claims import live
from groundbreak.history.edition import Edition
from groundbreak.history.keys import printed_key
from groundbreak.history.order import winners, with_order
from groundbreak.register import log, own_lists
from groundbreak.register.importing import Imported, ImportRefused, release_name, take_in
from groundbreak.register.models import Release
from groundbreak.register.own_changes import changed_cells
from groundbreak.sources.mapped.ids import KEPT_FIELDS, possible_renames
from groundbreak.sources.mapped.mapping import Mapping
from groundbreak.sources.mapped.opening import open_files
from groundbreak.sources.mapped.reading import Dated, read_files
from groundbreak.sources.registry import MODULES


@dataclass(frozen=True)
class OwnImport:
    """What a command took in: one entry a dated tab, oldest first."""

    mapping: Mapping
    releases: tuple[Imported, ...]
    read_otherwise: tuple[str, ...]  # taken in before, by another mapping
    dated: tuple[Dated, ...]  # what was read, oldest first


def mapping_of(source: str) -> Mapping:
    """The kept mapping of a source. Raises KeyError with the accepted names."""
    mapping = own_lists.kept(source)
    if mapping is None:
        names = ", ".join([*MODULES, *own_lists.sources()])
        raise KeyError(f"unknown source {source!r}; accepted: {names}; or a list of your own with "
                       "--mapping FILE (see `groundbreak map`)")
    return mapping


def import_files(
    mapping: Mapping, paths: Sequence[Path], *, today: date, published: date | None = None,
) -> OwnImport:
    """Read the files by `mapping`, keep it, and take in every tab that is new, oldest first.

    Raises SourceError (bad file), ImportRefused (dates, content); nothing is written then.
    """
    dated, _ = read_files(mapping, open_files(paths), published=published)
    late = [item for item in dated if item.published > today]
    if late:
        raise ImportRefused(f"{late[0].edition.file}: {late[0].tabs[0].located.shown} would be "
                            f"published on {late[0].published}, in the future; accepted: a day up "
                            f"to {today}, under tabs of the mapping")
    with transaction.atomic():
        log.lock()
        row = own_lists.keep(mapping)
        done = [_take(item, mapping) for item in dated]
        names = [item.release for item in done if not item.already]
        Release.objects.filter(name__in=names).update(mapping=row)
        before = Release.objects.filter(name__in=[d.release for d in done if d.already])
        otherwise = before.exclude(mapping=row).values_list("name", flat=True)
        return OwnImport(mapping, tuple(done), tuple(sorted(otherwise)), tuple(dated))


def _take(item: Dated, mapping: Mapping) -> Imported:
    edition = item.edition
    taken = _taken(mapping.source, item)
    if taken is not None and taken.sha256 != item.sha256:
        raise ImportRefused(
            f"{edition.file}: {', '.join(tab.located.shown for tab in item.tabs)} differs from "
            f"what was taken in as {taken.name}: {changed_cells(item, taken)}; accepted: the same "
            "content, another day for it under tabs of the mapping, or `groundbreak withdraw` of "
            "that release first")
    if mapping.composite and taken is None:
        renames = possible_renames(*_gone_and_new(edition, item.published))
        edition = replace(edition, doubts=edition.doubts + tuple(renames))
    return take_in(edition, item.published, sha256=item.sha256)


def _taken(source: str, item: Dated) -> Release | None:
    """The release of this day that counts; one taken in anew has a number after its name."""
    name = release_name(source, item.published, item.published)
    named = Q(name=name) | Q(name__startswith=f"{name}#")
    return Release.objects.filter(named, withdrawn="").first()


# -- possible renames ----------------------------------------------------------------------------
Fields = dict[str, dict[str, str]]


def _gone_and_new(edition: Edition, published: date) -> tuple[Fields, Fields]:
    """Key → what it keeps: of records the edition before listed and this one does not, and of
    those that are new in it."""
    earlier = [r for r in log.releases(edition.source) if r.published < published]
    if not earlier:
        return {}, {}
    last = max(earlier, key=lambda r: r.published)
    before = {printed_key(record) for record in last.listed}
    now = set(edition.keys())
    ever = {printed_key(record) for r in earlier for record in r.listed}
    return (_held(edition.source, last.published, before - now),
            _stated(edition.statements, now - ever))


def _held(source: str, known: date, keys: set[str]) -> Fields:
    claims = winners(with_order(live(log.claims(source=source))), known)
    keyed = claims.with_columns(key=pl.col("record").map_elements(printed_key, pl.String))
    return _stated(keyed.filter(pl.col("kind") != "cleared"), keys)


def _stated(frame: pl.DataFrame, keys: Iterable[str]) -> Fields:
    wanted = frame.filter(pl.col("field").is_in([*KEPT_FIELDS, "name"])
                          & pl.col("key").is_in(pl.Series(sorted(keys), dtype=pl.String())
                                                .implode()))
    found: Fields = {}
    columns: Map[str, str] = {"value_text": "", "value_number": ""}
    for row in wanted.iter_rows(named=True):
        value = next((str(row[c]) for c in columns if row[c] is not None), "")
        found.setdefault(row["key"], {})[row["field"]] = value
    return found
