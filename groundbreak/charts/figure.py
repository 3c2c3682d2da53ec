"""A figure: a finding with its data, its drawing and what a reader needs to check and cite it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import polars as pl

from groundbreak.charts.theme import WIDE
from groundbreak.vocabulary.translating import gettext, ngettext, number

Spec = dict[str, Any]


@dataclass(frozen=True)
class Series:
    """One series of a slide's chart: values by category, None where not computed; `fill` names a
    colour of the palette, 'hatch', 'outline' or 'hidden'."""

    name: str
    values: tuple[float | None, ...]
    fill: str


@dataclass(frozen=True)
class Slide:
    """What an editable chart on a slide is made of. `kind`: bars, columns (both stacked), lines.
    `reach`: how far the scale goes at least, where a milestone stands beyond the values."""

    kind: str
    categories: tuple[str, ...]
    series: tuple[Series, ...]
    number_format: str = "0"
    reach: float | None = None


@dataclass(frozen=True, eq=False)
class Figure:
    """A figure as of a day.

    `title` states the finding, `subtitle` what is drawn and its unit. `table`: the numbers drawn,
    tidy, units in the column names. `draw(width)`: the Vega-Lite specification at a width in px;
    None where there is nothing to draw, and `nothing` says why. `alt` tells the finding to who
    does not see it. `n`: projects behind it. `definition`: its anchor on the method page.
    `params`: what differs from the figure's own defaults, as (name, value).
    """

    id: str
    title: str
    subtitle: str
    table: pl.DataFrame
    draw: Callable[[int], Spec] | None
    slide: Slide
    alt: str
    source: str
    as_of: date
    clock: str
    n: int
    definition: str
    definition_version: str
    release: str | None = None
    notes: tuple[str, ...] = ()
    nothing: str = ""
    params: tuple[tuple[str, str], ...] = ()

    @property
    def spec(self) -> Spec | None:
        """The Vega-Lite specification at the usual width, as Altair made it."""
        return self.draw(WIDE) if self.draw else None

    @property
    def footer(self) -> str:
        """Source, clock, n, release and definition in one line, as every download carries it."""
        said = [gettext("Source: {source}").format(source=self.source), self.clock,
                ngettext("n = {n} project", "n = {n} projects", self.n).format(n=number(self.n))]
        if self.release:
            said.append(gettext("release {name}").format(name=self.release))
        said.append(gettext("definitions v{version}, {address}").format(
            version=self.definition_version, address=f"/method/#{self.definition}"))
        return " · ".join(said)

    @property
    def sentence(self) -> str:
        """The finding in a sentence that can be quoted."""
        where = self.clock[:1].lower() + self.clock[1:]
        if self.release:
            where = gettext("release {name}").format(name=self.release) + ", " + where
        return gettext("{finding} (Groundbreak, {where}, definitions v{version}).").format(
            finding=self.title, where=where, version=self.definition_version)

    @property
    def citation(self) -> str:
        """How to cite the figure; the reader adds the address it was read at."""
        what = gettext("Release {name}").format(name=self.release) if self.release else self.clock
        return gettext("Groundbreak ({year}). “{title}”. Figure {id}. {what}, definitions "
                       "v{version}. Facts: {source}.").format(
            year=self.as_of.year, title=self.title, id=self.id, what=what,
            version=self.definition_version, source=self.source)

    def frozen_as(self, release: str) -> Figure:
        """The same figure as part of a release."""
        return replace(self, release=release)
