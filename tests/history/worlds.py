"""Random worlds for the tests of history and measures: claim logs, and editions with a register.

`logs` are raw claims, as wild as the schema allows. `histories` of editions are what trackers
publish; :class:`Shelf` takes them in as the register does, but in memory.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import polars as pl
from hypothesis import strategies as st

from groundbreak.history.claims import CLAIM_SCHEMA, conform, empty
from groundbreak.history.edition import STATEMENT_SCHEMA, Edition
from groundbreak.history.news import News, Release, news, withdrawal
from groundbreak.history.snapshot import LISTING_SCHEMA, RELEASE_SCHEMA, Snapshot
from groundbreak.history.view import History, View

DAYS = [date(2020, 1, 1) + timedelta(days=97 * n) for n in range(8)]
GRID = sorted({day + timedelta(days=shift) for day in DAYS for shift in (-1, 0, 1)})
RANKS = {"iea-hydrogen": 30, "saf": 20, "events": 40, "nobody-knows": 0}
RECORDS = ("iea-hydrogen:1", "saf:7", "iea-hydrogen:2/2")
RULES = {"stage": "state", "activity": "state", "capacity_ammonia_t_per_year": "state",
         "operation_planned_date": "plan", "fid_actual_date": "event"}
STAGES = ("concept", "feasibility..feed", "committed", "construction", "operating")
ACTIVITIES = ("active", "paused", "cancelled", "lost")
CAPACITIES = (120_000.0, 90_000.0, 400_000.0)


# -- raw logs --------------------------------------------------------------------------------------
def value_of(name: str, pick: int) -> dict[str, Any]:
    """The value columns of one claim on the field `name`."""
    if name == "stage":
        return {"value_text": STAGES[pick % len(STAGES)]}
    if name == "activity":
        return {"value_text": ACTIVITIES[pick % len(ACTIVITIES)]}
    if name.startswith("capacity_"):
        return {"value_number": CAPACITIES[pick % len(CAPACITIES)], "unit": "t/y"}
    return {"value_date": DAYS[pick % len(DAYS)], "precision": ("day", "month", "year")[pick % 3]}


@st.composite
def _stated(draw: st.DrawFn, tame: bool) -> dict[str, Any]:
    name = draw(st.sampled_from(sorted(RULES)))
    kind = draw(st.sampled_from(["statement"] * 5 + ["cleared", "correction", "not_applicable"]))
    known = draw(st.sampled_from(DAYS))
    latest = draw(st.none() | st.sampled_from([d for d in DAYS if d <= known or not tame]))
    row = {
        "record": draw(st.sampled_from(RECORDS)), "field": name, "kind": kind, "known": known,
        "happened_latest": latest, "grade": draw(st.sampled_from([1, 2, 4, 5, 6])),
        "source": draw(st.sampled_from(sorted(RANKS))), "visibility": "public",
        "release": f"r@{known}",
    }
    return row if kind in ("cleared", "not_applicable") else row | value_of(
        name, draw(st.integers(0, 7)))


@st.composite
def logs(draw: st.DrawFn, most: int = 14, tame: bool = False) -> pl.DataFrame:
    """A claim log: late knowledge, equal dates, corrections, withdrawals and undone withdrawals.

    `tame`: nothing is known before it happened.
    """
    rows: list[dict[str, Any]] = []
    for number in range(1, draw(st.integers(1, most)) + 1):
        target = draw(st.none() | st.sampled_from(rows)) if rows else None
        row = draw(_stated(tame))
        if target is not None and draw(st.booleans()):
            row |= {"supersedes": target["claim"], "record": target["record"]}
            if draw(st.booleans()):
                row |= {"kind": "withdrawal", "field": target["field"], "value_text": None,
                        "value_number": None, "value_date": None}
        rows.append(row | {"claim": number})
    return frame_of(rows)


def frame_of(rows: Iterable[Mapping[str, Any]]) -> pl.DataFrame:
    """Claims from dictionaries; missing columns are null."""
    return pl.DataFrame(list(rows), schema=CLAIM_SCHEMA, orient="row")


def snapshot_of(claims: pl.DataFrame) -> Snapshot:
    """A snapshot with a log and no releases (all its records come as dated events)."""
    return Snapshot(claims, pl.DataFrame(schema=RELEASE_SCHEMA),
                    pl.DataFrame(schema=LISTING_SCHEMA))


# -- the naive total order -------------------------------------------------------------------------
def counting(rows: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Claims that count, straight from the definition: nothing that acts supersedes them."""
    def acts(claim: int) -> bool:
        return not any(acts(r["claim"]) for r in rows if r["supersedes"] == claim)

    return [r for r in rows if r["kind"] != "withdrawal" and acts(r["claim"])]


def strength(row: Mapping[str, Any]) -> tuple[Any, ...]:
    """The total order of design.md, 7, as a Python tuple; the greatest holds."""
    event = RULES[row["field"]] == "event"
    happened = row["happened_latest"] or row["known"]
    return (row["kind"] == "correction", date.min if event else happened, -row["grade"],
            row["known"], RANKS[row["source"]], row["claim"])


def holders(
    rows: Sequence[Mapping[str, Any]], known: date, valid: date
) -> dict[tuple[str, str], int]:
    """(record, field) → the claim that holds, by looking at every claim."""
    best: dict[tuple[str, str], Mapping[str, Any]] = {}
    for row in rows:
        cell = (row["record"], row["field"])
        seen = row["known"] <= known and (row["happened_latest"] or row["known"]) <= valid
        if seen and (cell not in best or strength(row) > strength(best[cell])):
            best[cell] = row
    return {cell: row["claim"] for cell, row in best.items()}


# -- editions --------------------------------------------------------------------------------------
SOURCE = "iea-hydrogen"
COVERED = frozenset({"name", "stage", "activity", "capacity_ammonia_t_per_year", "country",
                     "sector", "product", "route", "operation_planned_date"})
Row = dict[str, Any]  # field → value; absent: blank
Content = dict[str, Row]  # key → row


@dataclass(frozen=True)
class Published:
    """An edition to be: what it lists, its cut and when it came out."""

    content: Content
    cut: date
    published: date
    complete: bool = True

    @property
    def name(self) -> str:
        """The release's name."""
        return f"{SOURCE}@{self.published}~{self.cut}"


def row(
    stage: str | None = "concept", activity: str = "active", capacity: float | None = 120_000.0,
    **more: Any,
) -> Row:
    """An eligible ammonia plant; None leaves a cell blank."""
    stated = {"name": "Plant", "stage": stage, "activity": activity, "sector": "chemicals",
              "capacity_ammonia_t_per_year": capacity, "product": "ammonia",
              "route": "electrolysis", **more}
    return {name: value for name, value in stated.items() if value is not None}


def edition(
    content: Content, complete: bool = True, parts: Mapping[str, tuple[str, str]] | None = None,
    source: str = SOURCE, covered: frozenset[str] = COVERED,
    kept: frozenset[tuple[str, str, str]] = frozenset(),
) -> Edition:
    """An Edition that states `content`; `parts`: listed name → (printed key, telling part)."""
    rows = [
        {"key": (parts or {}).get(key, (key, ""))[0], "part": (parts or {}).get(key, (key, ""))[1],
         "field": name, "raw": str(value), "place": f"{key}!{name}", **_typed(value)}
        for key, cells in content.items() for name, value in cells.items()
    ]
    return Edition(source, "test", "test.csv", len(content),
                   pl.DataFrame(rows, schema=STATEMENT_SCHEMA, orient="row"), covered, complete,
                   kept=kept)


def _typed(value: Any) -> dict[str, Any]:
    if isinstance(value, date):
        return {"value_date": value, "precision": "day"}
    column = "value_text" if isinstance(value, str) else "value_number"
    return {column: value}


@dataclass
class Shelf:
    """A register in memory: the log, the releases that stand, and who was listed under which id."""

    claims: pl.DataFrame = field(default_factory=empty)
    releases: list[Release] = field(default_factory=list)
    parts: dict[str, dict[str, str]] = field(default_factory=dict)  # release → record → part
    withdrawn: list[Release] = field(default_factory=list)
    recorded: dict[str, int] = field(default_factory=dict)  # release → log position
    undone: dict[str, int] = field(default_factory=dict)
    source: str = SOURCE
    grade: int = 5

    def take_in(self, told: Edition, published: date, cut: date | None = None) -> News:
        """Take an edition in; returns what was new."""
        cut = cut or told.data_cut or published
        name = f"{told.source}@{published}~{cut}"
        found = news(told, release=name, published=published, data_cut=cut, own=self.claims,
                     releases=self.releases, parts=self._printed(), grade=self.grade)
        self._append(found.claims)
        kept = frozenset((r, f) for r, fields in found.kept.items() for f in fields)
        self.releases.append(Release(name, published, cut, told.complete, frozenset(found.listed),
                                     told.covered, kept))
        self.recorded[name] = self.snapshot.position
        self.parts[name] = found.parts
        return found

    def publish(self, told: Published) -> News:
        """Take in one of `histories`."""
        return self.take_in(edition(told.content, told.complete), told.published, told.cut)

    def withdraw(self, name: str) -> None:
        """Take a release back, as register.withdrawing does."""
        release = next(r for r in self.releases if r.name == name)
        position = self.snapshot.position
        self._append(withdrawal(self.claims, release, self.releases, "a test"))
        self.releases.remove(release)
        self.undone[name] = position
        self.withdrawn.append(release)

    def _append(self, claims: pl.DataFrame) -> None:
        first = int(self.claims["claim"].max() or 0) + 1  # type: ignore[arg-type]
        ids = pl.int_range(pl.len(), dtype=pl.Int64) + first
        self.claims = pl.concat([self.claims, conform(claims).with_columns(claim=ids)])

    def _printed(self) -> dict[str, dict[str, str]]:
        found: dict[str, dict[str, str]] = {}
        for release in sorted(self.releases, key=lambda r: (r.data_cut, r.published)):
            for record, part in self.parts[release.name].items():
                key = record.split(":", 1)[1].split("/")[0]
                found.setdefault(key, {})[record] = part
        return found

    @property
    def snapshot(self) -> Snapshot:
        """The register as a snapshot."""
        told = [(r, False) for r in self.releases] + [(r, True) for r in self.withdrawn]
        releases = [
            {"release": r.name, "source": self.source, "published": r.published,
             "data_cut": r.data_cut, "complete": r.complete, "withdrawn": gone,
             "recorded": self.recorded.get(r.name), "turns": [self.undone[r.name]] if gone else []}
            for r, gone in told
        ]
        listings = [(r.name, record) for r, _ in told for record in sorted(r.listed)]
        return Snapshot(
            self.claims, pl.DataFrame(releases, schema=RELEASE_SCHEMA, orient="row"),
            pl.DataFrame(listings, schema=LISTING_SCHEMA, orient="row"),
        )

    def history(self, recorded: int | None = None) -> History:
        """The register's history."""
        return History(self.snapshot, recorded)


def facts(view: View) -> dict[tuple[str, str], Any]:
    """(record, field) → value of everything that holds in a view."""
    return {
        (r["record"], r["field"]): r["value_text"] or r["value_date"] or r["value_number"]
        for r in view.cells.iter_rows(named=True)
    }


def expected_facts(
    told: Sequence[Published], known: date, valid: date
) -> dict[tuple[str, str], Any]:
    """What `told` says by itself: the latest cut that speaks of a record, as known on `known`."""
    seen = sorted((t for t in told if t.published <= known and t.cut <= valid),
                  key=lambda t: (t.cut, t.published))
    state: dict[str, Row] = {}
    in_scope: set[str] = set()
    for one in seen:
        state |= {key: dict(cells) for key, cells in one.content.items()}
        if one.complete:
            for key in in_scope - set(one.content):
                state[key]["activity"] = "lost"
            in_scope |= set(one.content)
    return {(f"{SOURCE}:{key}", name): value
            for key, cells in state.items() for name, value in cells.items()}


KEYS = ("a", "b", "c")
CUTS = [date(2021, 1, 31) + timedelta(days=91 * n) for n in range(6)]


@st.composite
def contents(draw: st.DrawFn) -> Content:
    """What one edition lists: some of the keys, each with some of the cells."""
    listed = draw(st.sets(st.sampled_from(KEYS), min_size=1))
    return {
        key: row(
            draw(st.sampled_from([None, "concept", "feasibility", "committed", "operating"])),
            draw(st.sampled_from(["active", "active", "paused", "cancelled"])),
            draw(st.sampled_from([None, 120_000.0, 240_000.0])),
            country=draw(st.sampled_from([None, "DEU", "CHL"])),
        )
        for key in sorted(listed)
    }


@st.composite
def histories(
    draw: st.DrawFn, least: int = 2, most: int = 4, corrections: bool = False,
    incomplete: bool = False,
) -> list[Published]:
    """Editions of one source in order of their cuts.

    Each is published at its cut or some days after it; `corrections` are incomplete editions that
    come out after later cuts did.
    """
    number = draw(st.integers(least, most))
    told = []
    for index, cut in enumerate(CUTS[:number]):
        late = corrections and draw(st.integers(0, 3)) == 0
        lag = draw(st.sampled_from([190, 290])) if late else draw(st.sampled_from([0, 9]))
        whole = not late and not (incomplete and draw(st.integers(0, 3)) == 0)
        told.append(Published(draw(contents()), cut, cut + timedelta(days=lag + index), whole))
    return told


def moments(told: Sequence[Published]) -> list[date]:
    """The days at which anything can change, and the day before the first."""
    days = {t.published for t in told} | {t.cut for t in told}
    return [min(days) - timedelta(days=1), *sorted(days)]


def undo(claims: pl.DataFrame, *targets: int) -> pl.DataFrame:
    """`claims` followed by a withdrawal of each target."""
    rows = claims.to_dicts()
    for target in targets:
        aim = next(r for r in rows if r["claim"] == target)
        rows.append({k: aim[k] for k in ("record", "field", "known", "grade", "source",
                                         "release", "visibility")}
                    | {"claim": len(rows) + 1, "kind": "withdrawal", "supersedes": target})
    return frame_of(rows)


