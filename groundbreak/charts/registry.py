"""All figures by their id: what each shows, which parameters it takes, and who draws it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from groundbreak.charts import by_sector
from groundbreak.charts.context import Context
from groundbreak.charts.figure import Figure
from groundbreak.charts.parameters import BadParameter, Parameter, read
from groundbreak.reading import Reader, Reading


@dataclass(frozen=True)
class Kind:
    """A figure that can be asked for. `definition`: its anchor on the method page."""

    title: str
    about: str
    draw: Callable[[Context], Figure]
    definition: str
    parameters: tuple[Parameter, ...] = ()


FIGURES: dict[str, Kind] = {
    "pipeline-by-sector": Kind(
        "Pipeline by sector",
        "What operates, is decided and is announced, as a share of each sector's 2030 milestone.",
        by_sector.plants, "gap", (by_sector.UNIT,)),
}


def figure(id: str, reader: Reader, reading: Reading, *, release: str | None = None,
           **params: Any) -> Figure:
    """The figure `id` as of a reading; `release` names the frozen release it is read from.

    Parameters are texts as in a URL, or values whose text is such. Raises ValueError that lists
    what is accepted, for an unknown figure, parameter or value.
    """
    if id not in FIGURES:
        raise BadParameter(f"unknown figure {id!r}; accepted: {', '.join(FIGURES)}")
    kind = FIGURES[id]
    values, asked = read(kind.parameters, params)
    made = kind.draw(Context(id, kind.definition, reader, reading, values, asked))
    return made.frozen_as(release) if release else made


def frozen(reader: Reader, reading: Reading, release: str | None = None) -> list[Figure]:
    """All figures with their usual parameters, as a release keeps them."""
    return [figure(id, reader, reading, release=release) for id in FIGURES]
