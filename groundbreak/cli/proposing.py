"""The command `propose`: a link or a text becomes a proposal in review, accepted in two keystrokes.

Exit code 3: accepted in part, some facts were refused and are listed.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from groundbreak.cli import dossier
from groundbreak.cli.app import Format, FormatOption, RegisterOption, as_date, command, login
from groundbreak.cli.asking import reader
from groundbreak.cli.output import emit_json, line, show
from groundbreak.cli.proposal_dialogue import Asking
from groundbreak.cli.proposal_words import fact_rows, print_all, print_rejected, print_written
from groundbreak.cli.taking_in import working
from groundbreak.proposing.evidence import grade_of, host_of
from groundbreak.proposing.fetching import fetch
from groundbreak.proposing.gazetteer import Gazetteer, gazetteer
from groundbreak.proposing.proposal import NEW, Proposal, to_json
from groundbreak.proposing.readings import propose
from groundbreak.proposing.text import MAX_BYTES, Text, UnreadableText, read
from groundbreak.reading import Reading

IN_PART = 3


@command("propose")
def propose_(
    source: Annotated[str | None, typer.Argument(metavar="URL|FILE|-", help="A page's address, a "
                      "saved page or text, or - for standard input.", show_default=False)] = None,
    day: Annotated[date | None, typer.Option("--date", parser=as_date, metavar="DATE",
                   help="The day it was published.", show_default=False)] = None,
    url: Annotated[str | None, typer.Option("--url", help="Where a saved page is from: the "
                   "evidence.")] = None,
    publisher: Annotated[str | None, typer.Option("--publisher", help="Default: the host of the "
                         "address.")] = None,
    grade: Annotated[int | None, typer.Option("--grade", min=1, max=6, show_default=False,
                     help="Default: 1 regulators and exchanges, 2 the owner's own site, 3 funders, "
                     "4 all others, by the host.")] = None,
    accepted: Annotated[int | None, typer.Option("--accept", metavar="ITEM", show_default=False,
                        help="Write what this proposal says.")] = None,
    rejected: Annotated[int | None, typer.Option("--reject", metavar="ITEM", show_default=False,
                        help="Judge it rejected, with --reason.")] = None,
    values: Annotated[list[str] | None, typer.Option("--set", metavar="FIELD=VALUE", help="With "
                      "--accept: another value; '-' leaves the field out. May be repeated.")] =
    None,
    project: Annotated[str | None, typer.Option("--project", help="With --accept: it speaks of "
                       "this project (id, record, name, or 'new').")] = None,
    reason: Annotated[str, typer.Option("--reason", help="Why it is rejected.")] = "",
    by: Annotated[str | None, typer.Option("--by", help="Who judges. Default: your login name.",
                                           show_default=False)] = None,
    register: RegisterOption = None,
    form: FormatOption = Format.table,
) -> None:
    """Read a link or a text and propose what it says of a project; accept it in two keystrokes."""
    asked = [one for one in (source, accepted, rejected) if one is not None]
    if len(asked) != 1:
        raise ValueError("accepted: one of a URL, a FILE or - with --date; --accept ITEM; --reject "
                         "ITEM --reason TEXT")
    if accepted is None and (values or project):
        raise ValueError("--set and --project go with --accept ITEM")
    reading = reader(register).as_of()
    if accepted is not None:
        _accept(accepted, reading, values or [], project, by or login("--by"), form)
    elif rejected is not None:
        _reject(rejected, reason, by or login("--by"), form)
    else:
        _propose(str(source), day, url, publisher, grade, reading, by, form)


# -- proposing -------------------------------------------------------------------------------------
def _propose(where: str, day: date | None, url: str | None, publisher: str | None,
             grade: int | None, reading: Reading, by: str | None, form: Format
             ) -> None:
    from groundbreak.register import proposals as kept_in

    told = _day(day)
    link, name, text = _text(where, url)
    names = gazetteer(reading)
    before = kept_in.of_text(text.sha256)
    if before:
        print_all(before, form)
        line(f"proposed before: {_items(before)}; nothing was added", form)
        return
    made = propose(text, told, names)
    news = [one for one in made if _worth_keeping(one)]
    if not news:
        _nothing(made, where, form)
        return
    source = kept_in.Source(told, link, name, publisher or host_of(link),
                            grade or grade_of(link, _owners(news[0], names)))
    if form is Format.table and sys.stdin.isatty() and sys.stdout.isatty() and where != "-":
        who = by or login("--by")
        asked = [Asking(one, text, names, who).ask() for one in kept_in.keep(text, news, source)]
        if any(asked):
            raise typer.Exit(IN_PART)
        return
    kept = kept_in.keep(text, news, source)
    print_all(kept, form)
    which = " --project ID" if kept[0].proposal.record is None else ""
    line(f"in review as {_items(kept)}; accept with: groundbreak propose --accept {kept[0].item}"
         f"{which}", form)


def _day(day: date | None) -> date:
    if day is None:
        raise ValueError("the day the text was published is missing; accepted: --date YYYY-MM-DD")
    if day > date.today():
        raise ValueError(f"--date {day} is in the future; accepted: up to {date.today()}")
    return day


def _text(where: str, url: str | None) -> tuple[str, str, Text]:
    """(URL, file name, text) of a link, a file or standard input."""
    if url is not None and not host_of(url):
        raise ValueError(f"--url {url!r} is no web address; accepted: https://…")
    if where.lower().startswith(("http://", "https://")):
        with working(f"fetching {where}"):
            page = fetch(where)
        return url or page.url, "", page.text
    name = "" if where == "-" else Path(where).name
    data = sys.stdin.buffer.read(MAX_BYTES + 1) if where == "-" else _bytes(Path(where))
    try:
        return url or "", name, read(data)
    except UnreadableText as error:
        raise ValueError(f"{name or 'standard input'}: {error}") from None


def _bytes(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(MAX_BYTES + 1)


def _owners(proposal: Proposal, names: Gazetteer) -> str:
    held = names.held.get(proposal.record or "", {})
    said = next((fact.text for fact in proposal.facts if fact.field == "owners"), "")
    return str(held.get("owners") or said or "")


def _worth_keeping(one: Proposal) -> bool:
    """Something to judge: facts, or an event of which a value is open."""
    return bool(one.facts or (one.event and (one.record is None or not one.standing))
                or (one.record and not one.event))


def _nothing(made: Sequence[Proposal], where: str, form: Format) -> None:
    """No news is told and is no error; a text about nothing known is one."""
    standing = [one for one in made if one.standing]
    if not standing:
        points = "; ".join(dict.fromkeys(point for one in made for point in one.open_points))
        raise ValueError(f"{where}: {points or 'names no project and tells of no event'}; nothing "
                         "was kept. Accepted: a text on a project's progress")
    if form is Format.json:
        emit_json({"proposals": [], "no_news": [to_json(one) for one in standing]})
    if form is Format.csv:
        show(fact_rows([]), form)
    for one in standing:
        line(f"no news: {one.summary}; the register holds {', '.join(one.standing)}", form)


def _items(kept: Sequence[Any]) -> str:
    words = [f"item {one.item}" + (f" ({one.verdict})" if one.verdict else "") for one in kept]
    return " and ".join(words)


# -- judging ---------------------------------------------------------------------------------------
def _accept(item: int, reading: Reading, values: list[str], project: str | None, who: str,
            form: Format) -> None:
    from groundbreak.register import proposals as kept_in

    record = project if project in (None, NEW) else dossier.find(reading, str(project))["record"]
    done = kept_in.accept(item, today=date.today(), by=who, changes=kept_in.typed(values),
                          record=record)
    print_written(item, done, form)
    if done.refused:
        raise typer.Exit(IN_PART)


def _reject(item: int, reason: str, who: str, form: Format) -> None:
    from groundbreak.register import proposals as kept_in

    kept_in.reject(item, reason=reason, by=who)
    print_rejected(item, reason, who, form)
