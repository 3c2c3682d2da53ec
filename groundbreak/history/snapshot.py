"""A snapshot on disk: the whole log as Parquet, with its releases, in one zip or folder.

Everything else (intervals, views) is computed from the log, so a snapshot cannot disagree with it.
"""

from __future__ import annotations

import io
import json
import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from groundbreak.history.atomic import whole
from groundbreak.history.claims import CLAIM_SCHEMA, conform, live
from groundbreak.vocabulary.fields import REGISTRY_VERSION, dictionary_csv

FORMAT = "groundbreak-snapshot-1"
_UNREADABLE = (zipfile.BadZipFile, zlib.error, json.JSONDecodeError, KeyError, TypeError,
               pl.exceptions.PolarsError)

RELEASE_SCHEMA: dict[str, pl.DataType] = {
    "release": pl.String(), "source": pl.String(), "published": pl.Date(), "data_cut": pl.Date(),
    "complete": pl.Boolean(), "rows": pl.Int64(), "layout": pl.String(), "file": pl.String(),
    "sha256": pl.String(), "licence": pl.String(), "licence_confirmed": pl.Boolean(),
    "citation": pl.String(), "withdrawn": pl.Boolean(),
    "recorded": pl.Int64(),  # log position once it was taken in
    "turns": pl.List(pl.Int64()),  # log positions after which it was taken back, back again, …
}
LISTING_SCHEMA: dict[str, pl.DataType] = {"release": pl.String(), "record": pl.String()}


@dataclass(frozen=True)
class Snapshot:
    """The log with its releases and what each listed."""

    claims: pl.DataFrame
    releases: pl.DataFrame
    listings: pl.DataFrame
    known: date | None = None  # the day as known on which it was frozen; None: a living log

    @property
    def newest_published(self) -> date | None:
        """The newest day on which anything that counts was published; the default of views."""
        if self.known is not None:
            return self.known
        value = live(self.claims)["known"].max()
        return value if isinstance(value, date) else None

    @property
    def position(self) -> int:
        """Log position: the number of the last claim; 0 for an empty log."""
        value = self.claims["claim"].max()
        return int(value) if isinstance(value, int) else 0

    def public(self) -> Snapshot:
        """What may leave the house: claims marked public, records that have one, and releases that
        say or list anything of them."""
        claims = self.claims.filter(pl.col("visibility") == "public")
        listings = self.listings.join(claims, on="record", how="semi", maintain_order="left")
        return Snapshot(claims, speaking(self.releases, claims, listings), listings)

    def confirmed(self) -> Snapshot:
        """Without the sources whose terms are not confirmed (licence_confirmed False)."""
        free = self.releases.filter("licence_confirmed")
        return Snapshot(
            self.claims.join(free, on="release", how="semi", maintain_order="left"), free,
            self.listings.join(free, on="release", how="semi", maintain_order="left"),
        )


def speaking(
    releases: pl.DataFrame, claims: pl.DataFrame, listings: pl.DataFrame
) -> pl.DataFrame:
    """The releases that brought one of these claims or list one of these records; and whole lists
    of a source that speaks in them, which say by their silence that nothing changed."""
    shown = pl.concat([claims["release"], listings["release"]]).unique()
    silent = pl.col("complete") & pl.col("source").is_in(claims["source"].unique().implode())
    return releases.filter(pl.col("release").is_in(shown.implode()) | silent)


def empty() -> Snapshot:
    """A register with nothing in it."""
    return Snapshot(pl.DataFrame(schema=CLAIM_SCHEMA), pl.DataFrame(schema=RELEASE_SCHEMA),
                    pl.DataFrame(schema=LISTING_SCHEMA))


def licensed(snapshot: Snapshot) -> pl.DataFrame:
    """The claims with the licence of the release each came from: one more column a row."""
    return snapshot.claims.join(
        snapshot.releases.select("release", "licence", terms_confirmed="licence_confirmed"),
        on="release", how="left", maintain_order="left")


def members(
    snapshot: Snapshot, tables: Mapping[str, pl.DataFrame] | None = None
) -> dict[str, bytes]:
    """The files of a snapshot by name.

    `tables`: further frames to put in for readers without Groundbreak; never read back.
    """
    frames = {"claims": licensed(snapshot), "releases": snapshot.releases,
              "listings": snapshot.listings, **(tables or {})}
    found = {f"{name}.parquet": parquet(frame) for name, frame in frames.items()}
    frozen = {"known": str(snapshot.known)} if snapshot.known else {}
    meta = {"format": FORMAT, "fields_version": REGISTRY_VERSION, "position": snapshot.position,
            "newest_published": str(snapshot.newest_published), **frozen}
    return found | {"dictionary.csv": dictionary_csv().encode(),
                    "snapshot.json": json.dumps(meta, indent=1).encode()}


def parquet(frame: pl.DataFrame) -> bytes:
    """A frame as Parquet, compressed with zstd."""
    buffer = io.BytesIO()
    frame.write_parquet(buffer, compression="zstd")
    return buffer.getvalue()


def write(
    snapshot: Snapshot, path: Path, tables: Mapping[str, pl.DataFrame] | None = None
) -> Path:
    """Write a zip (.zip) of :func:`members` atomically: it appears whole or not at all."""
    with whole(path) as unfinished, zipfile.ZipFile(
            unfinished, "w", zipfile.ZIP_STORED) as archive:
        for name, data in members(snapshot, tables).items():
            archive.writestr(name, data)
    return path


def read(data: Path | bytes) -> Snapshot:
    """Read a snapshot, or the log of a release package, from its zip's path or bytes, or from its
    folder. Raises ValueError if it is none."""
    if isinstance(data, Path) and data.is_dir():
        try:
            return _read(lambda name: (data / name).read_bytes())
        except (FileNotFoundError, *_UNREADABLE) as error:
            raise ValueError(f"{data}: not a Groundbreak snapshot: {error}") from error
    try:
        with zipfile.ZipFile(io.BytesIO(data) if isinstance(data, bytes) else data) as archive:
            return _read(archive.read)
    except _UNREADABLE as error:
        raise ValueError(f"not a Groundbreak snapshot: {error}") from error


def _read(file: Callable[[str], bytes]) -> Snapshot:
    meta = json.loads(file("snapshot.json"))
    if meta["format"] != FORMAT:
        raise ValueError(f"snapshot format {meta['format']!r}; accepted: {FORMAT}")
    frames = {name: pl.read_parquet(io.BytesIO(file(f"{name}.parquet")))
              for name in ("claims", "releases", "listings")}
    return Snapshot(conform(frames["claims"]), frames["releases"], frames["listings"],
                    date.fromisoformat(meta["known"]) if "known" in meta else None)
