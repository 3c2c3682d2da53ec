"""All figures by their id: what each shows, which parameters it takes, and who draws it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from groundbreak.charts import (
    bridging,
    by_country,
    by_sector,
    gaps,
    in_money,
    in_sizes,
    over_time,
    promising,
)
from groundbreak.charts.context import Context
from groundbreak.charts.figure import Figure
from groundbreak.charts.parameters import BadParameter, Parameter, read
from groundbreak.reading import Reader, Reading
from groundbreak.vocabulary.translating import noop


@dataclass(frozen=True)
class Kind:
    """A figure that can be asked for. `definition`: its anchor on the method page."""

    title: str
    about: str
    draw: Callable[[Context], Figure]
    definition: str
    parameters: tuple[Parameter, ...] = ()


def _currency(text: str) -> str:
    if len(text) != 3 or not text.isascii() or not text.isalpha() or not text.isupper():
        raise ValueError(text)
    return text


UNIT = Parameter("unit", "what is counted", "plants", ("plants", "capacity", "money"))
CURRENCY = Parameter("currency", "with unit=money: the currency; usual: the one that most projects "
                     "state", read=_currency, expects="three capital letters, as USD")
_BETWEEN = (bridging.FROM, bridging.TO)


def _pipeline(about: Context) -> Figure:
    draws = {"plants": by_sector.draw, "capacity": in_sizes.draw, "money": in_money.draw}
    if about.values["currency"] and about.values["unit"] != "money":
        raise BadParameter("currency goes with unit=money only")
    return draws[about.values["unit"]](about)


FIGURES: dict[str, Kind] = {
    "pipeline-by-sector": Kind(
        noop("Pipeline by sector"),
        noop("What operates, is decided and is announced, as a share of each sector's 2030 "
             "milestone."),
        _pipeline, "gap", (UNIT, CURRENCY)),
    "gap": Kind(
        noop("Gap to 2030"),
        noop("How many of the plants needed by 2030 are counted under each of four rules."),
        gaps.gap, "gap"),
    "bridge": Kind(
        noop("Bridge between two days"),
        noop("From one day's stock to another's: every line that changed it, nothing left over."),
        bridging.bridge, "bridge", (*_BETWEEN, bridging.STOCK, bridging.SECTOR)),
    "flow": Kind(
        noop("Flow between statuses"),
        noop("Which status each counted project had on one day, and which it has on another."),
        bridging.flow, "bridge", _BETWEEN),
    "stock-over-releases": Kind(
        noop("Stocks over time"),
        noop("Projects announced, at FID and operating, as they were known on each day."),
        over_time.draw, "labels", (over_time.AT,)),
    "promised-vs-actual": Kind(
        noop("Promised against actual"),
        noop("What was promised to operate by each year, and what came of it."),
        promising.against_actual, "promises", (promising.BASIS, bridging.SECTOR)),
    "slips": Kind(
        noop("Slips of promised starts"),
        noop("How much later than first promised projects start, or are now to start."),
        promising.slips, "promises", (bridging.SECTOR,)),
    "by-country": Kind(
        noop("Projects by country"),
        noop("The countries with most counted projects, by status."),
        by_country.draw, "labels", (by_country.TOP,)),
    "threshold-sensitivity": Kind(
        noop("Threshold sensitivity"),
        noop("What would count if the size thresholds were half, or twice, what they are."),
        gaps.thresholds, "thresholds"),
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
