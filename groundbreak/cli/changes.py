"""The command `groundbreak changes`: what changed since a day, a release or one's last visit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated

import polars as pl
import typer

from groundbreak.cli import dossier
from groundbreak.cli.app import Format, FormatOption, RegisterOption, as_date, command, login
from groundbreak.cli.asking import known_source, reader
from groundbreak.cli.change_words import print_groups
from groundbreak.cli.filters import (
    AllOption,
    CountryOption,
    LabelOption,
    LevelOption,
    ProductOption,
    SearchOption,
    SectorOption,
    SourceOption,
)
from groundbreak.cli.output import console, line, show
from groundbreak.measures import DEFINITION_VERSION
from groundbreak.measures.change_words import as_text, headline, largest_group
from groundbreak.measures.changes import counts
from groundbreak.measures.periods import months_back
from groundbreak.reading import Reader

LAST_VISIT = "last-visit"
FIRST_VISIT_MONTHS = 12


@dataclass(frozen=True)
class Span:
    """What is compared: as known on two days, the first maybe as the log stood at a position."""

    since: date
    to: date
    recorded: int | None = None
    words: str = ""  # what was asked for, beside the days

    @property
    def title(self) -> str:
        """'What changed from 2024-01-01 to 2025-03-05'."""
        beside = f" ({self.words})" if self.words else ""
        if self.recorded is not None:
            return f"What changed {self.words} (known {self.since}, then; {self.to}, now)"
        return f"What changed from {self.since} to {self.to}{beside}"


@command("changes")
def changes(
    since: Annotated[str, typer.Option("--since", metavar="DATE|RELEASE|last-visit",
                     help="A day, the name of a release (see `groundbreak releases`), or "
                          "last-visit.")],
    to: Annotated[date | None, typer.Option("--to", parser=as_date, metavar="DATE",
                  help="As known on this day. Default: the newest published one.",
                  show_default=False)] = None,
    who: Annotated[str | None, typer.Option("--who", help="Whose last visit. Default: the login "
                                            "name.")] = None,
    peek: Annotated[bool, typer.Option("--peek", help="With last-visit: do not note this "
                                       "visit.")] = False,
    sector: SectorOption = None,
    country: CountryOption = None,
    product: ProductOption = None,
    label: LabelOption = None,
    level: LevelOption = None,
    source: SourceOption = None,
    search: SearchOption = None,
    everything: AllOption = False,
    limit: Annotated[int, typer.Option("--limit", min=1, help="Projects a group, in a table or "
                                       "text.")] = 20,
    text: Annotated[bool, typer.Option("--text", help="Plain text to paste, each line with its "
                                       "source and date.")] = False,
    output: Annotated[Path | None, typer.Option("-o", "--output", metavar="FILE.xlsx",
                      help="Write a workbook, a sheet a group.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace a file of that name.")] = False,
    register: RegisterOption = None,
    form: FormatOption = Format.table,
) -> None:
    """What changed, grouped by what matters: FIDs, stops, new, moves, capacity, dates, evidence."""
    _check_output(output, text, force, form)
    reading = reader(register)
    known_source(reading, source)
    filters = {"sector": sector, "country": country, "product": product, "label": label,
               "level": level, "source": source, "search": search}
    span = _span(reading, since, to, who)
    found = _found(reading, span, filters, everything)
    _print(reading, span, found, form, text, limit)
    if output is not None:
        from groundbreak.cli.change_book import write_book

        write_book(output, span.title, found)
        line(f"wrote {output}", _beside(form, text))
    if since == LAST_VISIT:
        largest = largest_group(found) if form is Format.table and output is None else 0
        unseen = _unseen(peek, any(filters.values()), largest, limit)
        line(_noted(reading, span, who, unseen), _beside(form, text))


def _check_output(output: Path | None, text: bool, force: bool, form: Format) -> None:
    if text and form is not Format.table:
        raise ValueError(f"--text and --format {form.value} at once; accepted: one of them")
    if output is None:
        return
    if output.suffix.lower() != ".xlsx":
        raise ValueError(f"{output}: accepted: a name that ends in .xlsx (or --format csv > FILE)")
    if output.exists() and not force:
        raise ValueError(f"{output}: exists already; accepted: a new file name, or --force")


def _beside(form: Format, text: bool) -> Format:
    """Where remarks go: to standard error beside what may be pasted or read by a program."""
    return Format.csv if text else form


# -- what is compared --------------------------------------------------------------------------
def _span(reading: Reader, since: str, to: date | None, who: str | None) -> Span:
    newest = reading.as_of().known
    end = to or newest
    if since == LAST_VISIT:
        if to is not None:
            raise ValueError("--to does not go with last-visit, which shows all there is; "
                             "accepted: --since DATE --to DATE")
        return _since_visit(who, end)
    if who is not None:
        raise ValueError("--who goes with --since last-visit")
    if (made := _editors_import(reading, since)) is not None:
        known = reading.as_of(recorded=made).known
        return Span(min(known, end), end, made, f"since import {since}, log position {made:,}")
    start, words = _start(reading, since)
    if start > end:
        raise ValueError(f"--since {start} is after {end}, the "
                         f"{'day of --to' if to else 'newest published day here'}; accepted: an "
                         "earlier day")
    return Span(start, end, words=words)


def _editors_import(reading: Reader, since: str) -> int | None:
    """The log position of an import of edits or corrections: it was published on no day."""
    found = reading.releases.filter((pl.col("release") == since)
                                    & pl.col("source").is_in(["edit", "correction"]))
    return None if found.is_empty() else int(found["recorded"][0])


def _start(reading: Reader, since: str) -> tuple[date, str]:
    """The day that `since` names, and how it names it. Raises ValueError that lists releases."""
    named = dict(reading.releases.select("release", "published").iter_rows())
    if since in named:
        return named[since], f"since release {since}"
    try:
        return date.fromisoformat(since), ""
    except ValueError:
        newest = list(reading.releases.sort("published")["release"])[-5:]
        raise ValueError(f"--since {since!r} is neither a day nor a release; accepted: YYYY-MM-DD, "
                         f"{LAST_VISIT}, or a release such as {', '.join(newest)}") from None


def _since_visit(who: str | None, newest: date) -> Span:
    from groundbreak.register import visits

    name = who or login("--who")
    seen = visits.last(name)
    if seen is None:
        return Span(months_back(newest, FIRST_VISIT_MONTHS), newest,
                    words=f"first visit of {name}: the last {FIRST_VISIT_MONTHS} months")
    return Span(min(seen.known, newest), newest, seen.position,
                f"since the last visit of {name}, log position {seen.position:,}")


def _found(
    reading: Reader, span: Span, filters: dict[str, str | None], everything: bool
) -> pl.DataFrame:
    """The changes of projects that the filters choose, as they stood then or as they stand now."""
    among = None
    if any(filters.values()):
        chosen = [dossier.listing(view, **filters, everything=everything, confirmed_only=False)
                  for view in (reading.as_of(span.since, recorded=span.recorded),
                               reading.as_of(span.to))]
        among = pl.concat([frame.select("record") for frame in chosen]).unique()
    return reading.changes(span.since, span.to, recorded=span.recorded, everything=everything,
                           among=among)


# -- printing ----------------------------------------------------------------------------------
def _print(
    reading: Reader, span: Span, found: pl.DataFrame, form: Format, text: bool, limit: int
) -> None:
    if form is not Format.table:
        show(found, form, extra={
            "since": str(span.since), "to": str(span.to), "recorded": span.recorded,
            "asked": span.words, "definition_version": DEFINITION_VERSION,
            "projects": counts(found),
        } if form is Format.json else None)
    elif found.is_empty():
        line(_nothing(reading, span), form)
    elif text:
        typer.echo(as_text(span.title, found, limit), nl=False)
    else:
        out = console()
        out.print(f"{span.title} · definition {DEFINITION_VERSION}", style="italic", markup=False)
        out.print(headline(found), markup=False)
        print_groups(out, found, limit)


def _nothing(reading: Reader, span: Span) -> str:
    compared = reading.as_of(span.to).projects()
    counted = int(compared["counted"].sum())
    return (f"{span.title}: nothing, among the {counted:,} counted of {compared.height:,} records "
            "that filters leave in. --all also shows what is not counted.")


def _unseen(peek: bool, filtered: bool, largest: int, limit: int) -> str:
    """Why a visit does not count as having seen all; '' where it does."""
    if peek:
        return "as asked"
    if filtered:
        return "because filters left changes out"
    if largest > limit:
        return (f"because projects were left out; --limit {largest}, -o FILE.xlsx or --format csv "
                "shows all")
    return ""


def _noted(reading: Reader, span: Span, who: str | None, unseen: str) -> str:
    """Note the visit, unless something was left `unseen`; and what was done."""
    from groundbreak.register import visits

    if unseen:
        return f"this visit is not noted, {unseen}"
    name = who or login("--who")
    visits.note(name, visits.Seen(reading.snapshot.position, span.to))
    return f"visit of {name} noted: next time from here"
