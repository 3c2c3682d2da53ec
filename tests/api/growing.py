"""Things taken into a register by hand: a public or a confidential project with a hostile name."""

from __future__ import annotations

from datetime import date

import polars as pl

from groundbreak.history.claims import conform


def take_in(record: str, fields: dict[str, str], *, known: date, visibility: str = "public",
            capacity_t_per_year: float | None = None) -> None:
    """One record with claims of text (and a steel capacity), published and recorded now."""
    from groundbreak.identity.membership import project_id
    from groundbreak.register import log
    from groundbreak.register.models import Record, Release

    source, key = record.split(":", 1)
    release, _ = Release.objects.get_or_create(
        name=f"{source}@{known}", defaults={
            "source": source, "published": known, "data_cut": known, "complete": False,
            "layout": "by hand", "file": f"{source}-private-file.xlsx", "sha256": "0" * 64,
            "rows": 1, "licence": "CC0", "licence_confirmed": True,
            "citation": f"cited: {source}"})
    Record.objects.create(id=record, source=source, printed_key=key, project=project_id(record))
    rows = [{"field": field, "value_text": text} for field, text in fields.items()]
    if capacity_t_per_year is not None:
        rows.append({"field": "capacity_steel_t_per_year", "value_text": None,
                     "value_number": capacity_t_per_year, "unit": "t/y"})
    for row in rows:
        row |= {"record": record, "known": known, "happened_latest": known, "grade": 2,
                "source": source, "release": release.name, "visibility": visibility,
                "kind": "statement"}
    log.append(conform(pl.DataFrame(rows, infer_schema_length=None)))
    Release.objects.filter(pk=release.pk).update(recorded=log.position())


STEEL = {"sector": "steel", "product": "steel", "route": "h2_dri", "stage": "committed",
         "country": "SWE", "activity": "active"}
