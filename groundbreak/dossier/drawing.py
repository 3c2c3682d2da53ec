"""Where things stand on a project's timeline: a drawing in units of its own, for one small SVG."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from groundbreak.dossier.project import Dossier
from groundbreak.dossier.timeline import Event, Segment

WIDTH = 1000
DOTS_TOP, ROW, STEP = 84, 22, 17  # where milestones begin, how far apart rows and steps are
_PER_LETTER = 6.3  # of 12 px Inter, on average
_SHADES = {"signalled": 0, "announced": 0, "concept": 0, "feasibility": 1, "feed": 1,
           "committed": 2, "construction": 2, "commissioning": 2, "operating": 3, "closed": 0}
At = Callable[[date], float]


@dataclass(frozen=True)
class Bar:
    """A stretch of a stage: where it is drawn, how far along it is (0–3), whether its text fits."""

    x: float
    width: float
    shade: int
    segment: Segment
    fits: bool


@dataclass(frozen=True)
class Dot:
    """A milestone that happened, or one that is promised."""

    x: float
    y: float
    end: bool  # the text stands before the dot
    promised: bool
    event: Event | None
    milestone: str
    words: str
    source: str


@dataclass(frozen=True)
class Step:
    """A promise while it stood: from when to when; the later the date promised, the higher."""

    x: float
    width: float
    y: float
    words: str  # '' where the next one begins before they could be read
    source: str


@dataclass(frozen=True)
class Drawing:
    """A timeline of WIDTH units: years along the top, stages, milestones, the promised start."""

    years: Sequence[tuple[int, float]]
    bars: Sequence[Bar]
    dots: Sequence[Dot]
    steps: Sequence[Step]
    today: float
    first: int
    last: int
    promises_top: float
    height: float

    @property
    def path(self) -> str:
        """The line of the promised start."""
        parts = [f"{'V' if n else f'M{s.x:g} '}{s.y:g}H{s.x + s.width:g}"
                 for n, s in enumerate(self.steps)]
        return "".join(parts)


def drawing(found: Dossier) -> Drawing | None:
    """The timeline of a project up to the day spoken of; None where nothing is dated."""
    on = found.view.valid
    milestones = [e for e in found.events if e.kind == "milestone"]
    planned = [p for p in found.promises if p.actual is None and p.holds.promised > on]
    days = [s.since for s in found.stages] + [e.earliest or e.latest for e in milestones] + [
        t.known for p in found.promises for t in p.told]
    if not days:
        return None
    first = date(max(min(days).year, on.year - 15), 1, 1)
    furthest = max([on, *(p.holds.promised for p in planned)])
    last = date(min(furthest.year, on.year + 12) + 1, 1, 1)

    def at(day: date) -> float:
        inside = min(max(day, first), last)
        return round(WIDTH * (inside - first).days / (last - first).days, 1)

    dots, rows = _dots([
        *((at(e.latest), e, e.what, e.words, e.source) for e in milestones),
        *((at(p.holds.promised), None, p.milestone, p.holds.words, p.holds.source)
          for p in planned),
    ])
    top = DOTS_TOP + ROW * rows
    steps, levels = _steps(found, at, on, top)
    apart = max(1, -(-(last.year - first.year) // 12))
    return Drawing(
        years=[(y, at(date(y, 1, 1))) for y in range(first.year, last.year, apart)],
        bars=[_bar(segment, at, on) for segment in found.stages], dots=dots, steps=steps,
        today=at(on), first=first.year, last=last.year, promises_top=top,
        height=top + (levels * STEP + 20 if levels else 0))


def _bar(segment: Segment, at: At, on: date) -> Bar:
    x = at(segment.since)
    width = max(round(at(segment.until or on) - x, 1), 3.0)
    shade = _SHADES.get(segment.value.partition("..")[0], 0)
    return Bar(x, width, shade, segment, len(segment.value) * _PER_LETTER + 24 < width)


def _dots(marks: Iterable[tuple[float, Event | None, str, str, str]]) -> tuple[list[Dot], int]:
    """Dots in rows so that no two labels overlap, and how many rows they need."""
    ends: list[float] = []
    found = []
    for x, event, milestone, told, source in sorted(marks, key=lambda mark: mark[0]):
        text = len(f"{milestone} {told}") * _PER_LETTER + 24
        before = x + text > WIDTH
        start, end = (x - text, x + 10) if before else (x - 8, x + text)
        row = next((n for n, taken in enumerate(ends) if taken < start), len(ends))
        if row == len(ends):
            ends.append(end)
        ends[row] = max(end, ends[row])
        found.append(Dot(x, DOTS_TOP + ROW * row, before, event is None, event, milestone, told,
                         source))
    return found, len(ends)


def _steps(found: Dossier, at: At, on: date, top: float) -> tuple[list[Step], int]:
    """The promised start while each promise stood, and on how many levels they are drawn."""
    promise = next((p for p in found.promises if p.milestone == "operation"), None)
    if promise is None:
        return [], 0
    # What was told after the promise that holds did not move it; what repeats one is no step.
    upto = promise.told[:promise.told.index(promise.holds) + 1]
    told_then = [t for before, t in zip((None, *upto), upto, strict=False)
                 if before is None or before.promised != t.promised]
    levels = sorted({t.promised for t in told_then}, reverse=True)
    following = [t.known for t in told_then[1:]] + [on + timedelta(days=1)]
    steps = []
    for told, until in zip(told_then, following, strict=True):
        x = at(told.known)
        width = max(round(at(until) - x, 1), 0.0)
        y = top + 16 + STEP * levels.index(told.promised)
        words = told.words if len(told.words) * _PER_LETTER < width else ""
        steps.append(Step(x, width, y, words, told.source))
    return steps, len(levels)
