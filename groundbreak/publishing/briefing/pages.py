"""What stands on which page, for each kind of briefing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from groundbreak.measures import DEFINITION_VERSION
from groundbreak.measures.gap import JOINT_ROW
from groundbreak.measures.periods import TERM_START, months_back
from groundbreak.measures.population import projects
from groundbreak.publishing.briefing import closing, events, ledger, standing, term, typeset, words
from groundbreak.publishing.briefing.front import front
from groundbreak.publishing.briefing.words import Fact, joined, say
from groundbreak.reading import Reader, Reading
from groundbreak.vocabulary import countries
from groundbreak.vocabulary.terms import SECTORS
from groundbreak.vocabulary.translating import day, gettext, language, right_to_left

Block = dict[str, Any]
EVENTS_A_GROUP = 3
ROWS_OF_ONE, ROWS_OF_SEVERAL = 34, 14  # projects listed: two pages for one section, else one each
MONTHS = 12


@dataclass(frozen=True)
class Asked:
    """What a briefing is to hold. `sectors` and `countries` (codes) each add a section.

    `since`: from when what changed is told (default: 12 months back, with `term` its beginning).
    """

    as_of: date | None = None
    sectors: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    term: bool = False
    since: date | None = None


def briefing(reader: Reader, asked: Asked) -> bytes:
    """The PDF, in the language in force (vocabulary.translating.speaking).

    `reader` should hold public claims only. Raises ValueError that says what is accepted.
    """
    return typeset.pdf(words.isolated(document(reader, asked)))


def document(reader: Reader, asked: Asked) -> Block:
    """The same as data: title, day, footer and pages of blocks."""
    _check(asked)
    reading = reader.as_of(asked.as_of)
    _check_known(reader, reading)
    opened = _opened(reading, asked)
    told = reader.changes(opened, reading.known)
    happened = events.lines(told)
    if asked.term:
        pages = _term_pages(reader, reading, opened, happened)
    else:
        pages = [[*front(reader, reading), *_since(reader, reading, opened)], _changed(happened)]
    pages += _sections(reading, asked, _lately(reader, reading, opened, happened))
    stands = [standing.sectors(reading), *standing.flagships(reading), closing.drawn(reading)]
    rests = [standing.countries(reading), closing.definitions(), closing.sources(reading)]
    pages += [[*_whole(), *stands, *rests]] if asked.sectors or asked.countries else [stands, rests]
    newest = reader.snapshot.newest_published
    return {
        "title": _title(asked), "language": language(), "rtl": right_to_left(),
        "day": [reading.known.year, reading.known.month, reading.known.day],
        "name": Fact("Groundbreak"), "kind": _title(asked), "pages": pages,
        "clock": joined(
            say("As known on {day}", day=day(reading.known)),
            say("newest source of {day}", day=day(newest))
            if newest and newest < reading.known else ""),
        "version": say("definitions version {version}", version=Fact(DEFINITION_VERSION)),
        "page": gettext("page {page} of {pages}"),
    }


def _title(asked: Asked) -> str:
    if asked.term:
        return say("Report of the first term, 2024–2026")
    named = [words.sector(name) for name in asked.sectors]
    named += [words.country(code) for code in asked.countries]
    return say("Briefing: {names}", names=", ".join(named)) if named else say("Briefing")


# -- what is asked ---------------------------------------------------------------------------------
def _check(asked: Asked) -> None:
    for name in asked.sectors:
        if name not in SECTORS:
            raise ValueError(f"no sector {name!r}; accepted: {', '.join(SECTORS)}")
    for code in asked.countries:
        countries.name(code)


def _check_known(reader: Reader, reading: Reading) -> None:
    if reading.projects().is_empty():
        published = reader.releases["published"].min()
        raise ValueError(f"nothing is known as of {reading.known}; accepted: --as-of from "
                         f"{published} on, or at least from the day of the first dated fact")


def _opened(reading: Reading, asked: Asked) -> date:
    if asked.since is not None:
        if asked.since >= reading.known:
            raise ValueError(f"--since {asked.since} is not before {reading.known}; accepted: an "
                             "earlier day")
        return asked.since
    if asked.term:
        term.last_day(reading.known)
        return term.BASELINE
    return months_back(reading.known, MONTHS)


# -- pages -----------------------------------------------------------------------------------------
def _since(reader: Reader, reading: Reading, opened: date) -> list[Block]:
    return [
        {"block": "heading", "title": say("Since {day}", day=day(opened)),
         "about": say("What stood, what moved and what stands, by when it was published")},
        ledger.bridges(reader, reading, opened)]


def _changed(happened: list[Block]) -> list[Block]:
    groups = events.grouped(happened, EVENTS_A_GROUP)
    beside = events.beside(happened)
    return [{"block": "events", "title": say("What changed"), "groups": groups,
             "beside": say("Changed beside: {what}", what=beside) if beside else "",
             "nothing": "" if groups else say("Nothing that moves a figure was published.")}]


def _term_pages(
    reader: Reader, reading: Reading, opened: date, happened: list[Block]
) -> list[list[Block]]:
    about = say("From {first} to {last}", first=day(TERM_START), last=day(term.TERM_END))
    return [
        [{"block": "heading", "title": say("The first term"), "about": about, "large": True},
         term.measures(reading), term.stocks(reader, reading), *_since(reader, reading, opened)],
        _changed(happened), [*front(reader, reading), term.contributions()]]


def _sections(reading: Reading, asked: Asked, happened: list[Block]) -> list[list[Block]]:
    """A section a sector and a country asked for."""
    counted = projects(reading.view).filter("counted")
    most = ROWS_OF_ONE if len(asked.sectors) + len(asked.countries) == 1 else ROWS_OF_SEVERAL
    made = []
    for name in asked.sectors:
        made.append([_head(words.sector(name), reading),
                     *standing.listing(reading, counted.filter(pl.col("sector") == name), happened,
                                       most,
                                       by="sector"), *_joint(name)])
    for code in asked.countries:
        here = pl.col("country").str.split(";").list.contains(code)
        made.append([_head(words.country(code), reading),
                     *standing.listing(reading, counted.filter(here.fill_null(False)), happened,
                                       most, by="country")])
    return made


def _head(title: str, reading: Reading) -> Block:
    return {"block": "heading", "title": title, "large": True, "about": say(
        "Counted projects as known on {day}, those furthest on first", day=day(reading.known))}


def _whole() -> list[Block]:
    """The heading by which what follows a section stands apart, maybe on its last page."""
    return [{"block": "heading", "title": say("All sectors and countries"), "about": "",
             "large": True, "follows": True}]


def _joint(sector: str) -> list[Block]:
    if sector not in JOINT_ROW:
        return []
    return [{"block": "empty", "text": say(
        "Chemicals, shipping and projects whose fuel use is not stated share one 2030 milestone.")}]


def _lately(
    reader: Reader, reading: Reading, opened: date, happened: list[Block]
) -> list[Block]:
    """The events of the last 12 months, whatever the rest of the briefing tells."""
    year = months_back(reading.known, MONTHS)
    return happened if opened == year else events.lines(reader.changes(year, reading.known))
