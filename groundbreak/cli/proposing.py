"""The command `propose`: a link or a text becomes a proposal in review, accepted in two keystrokes.

Exit code 3: accepted in part, some facts were refused and are listed.
"""

from __future__ import annotations

import getpass
import sys
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import polars as pl
import typer

from groundbreak.cli import dossier
from groundbreak.cli.app import Format, FormatOption, RegisterOption, as_date, command
from groundbreak.cli.asking import reader
from groundbreak.cli.output import console, emit_json, line, show, table
from groundbreak.cli.taking_in import working
from groundbreak.editing.typed import parse_pairs
from groundbreak.proposing.evidence import grade_of, host_of
from groundbreak.proposing.fetching import fetch
from groundbreak.proposing.gazetteer import Gazetteer, gazetteer
from groundbreak.proposing.proposal import NEW, Proposal, to_json
from groundbreak.proposing.readings import propose, propose_as
from groundbreak.proposing.text import MAX_BYTES, Text, UnreadableText, read
from groundbreak.reading import Reading

IN_PART = 3
HELP = ("[a]ccept  [e]dit a field  [1-9] another project  [n]ew project  [l]eave in review  "
        "[r]eject")
COLUMNS = ("item", "project", "record", "event", "field", "value", "start", "end", "quote", "basis")


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
    who = by or _login()
    if accepted is not None:
        _accept(accepted, reading, values or [], project, who, form)
    elif rejected is not None:
        _reject(rejected, reason, who, form)
    else:
        _propose(str(source), day, url, publisher, grade, reading, who, form)


def _login() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "editor"


# -- proposing -------------------------------------------------------------------------------------
def _propose(where: str, day: date | None, url: str | None, publisher: str | None,
             grade: int | None, reading: Reading, who: str, form: Format) -> None:
    from groundbreak.register import proposals as kept_in

    told = _day(day)
    link, name, text = _text(where, url)
    names = gazetteer(reading)
    before = kept_in.of_text(text.sha256)
    if before:
        _told(before, form)
        line(f"proposed before: {_items(before)}; nothing was added", form)
        return
    made = propose(text, told, names)
    news = [one for one in made if _worth_keeping(one)]
    if not news:
        _nothing(made, where, form)
        return
    source = kept_in.Source(told, link, name, publisher or host_of(link),
                            grade or grade_of(link, _owners(news[0], names)))
    kept = kept_in.keep(text, news, source)
    if form is Format.table and sys.stdin.isatty() and sys.stdout.isatty() and where != "-":
        for one in kept:
            _Asking(one, text, names, reading, who).ask()
        return
    _told(kept, form)
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
        raise ValueError(f"{where}: names no project of the register and tells of no event that "
                         "is known; nothing was kept. Accepted: a text on a project's progress")
    if form is Format.json:
        emit_json({"proposals": [], "no_news": [to_json(one) for one in standing]})
    if form is Format.csv:
        show(_frame([]), form)
    for one in standing:
        line(f"no news: {one.summary}; the register holds {', '.join(one.standing)}", form)


def _items(kept: Sequence[Any]) -> str:
    words = [f"item {one.item}" + (f" ({one.verdict})" if one.verdict else "") for one in kept]
    return " and ".join(words)


# -- showing ---------------------------------------------------------------------------------------
def _told(kept: Sequence[Any], form: Format) -> None:
    if form is Format.json:
        emit_json({"proposals": [_body(one) for one in kept]})
    elif form is Format.csv:
        show(_frame(kept), form)
    else:
        for one in kept:
            _show(one.item, one.proposal, one.source)


def _body(one: Any) -> dict[str, Any]:
    return {"item": one.item, "verdict": one.verdict, "date": str(one.source.told),
            "evidence": one.source.evidence(one.text_sha256), "grade": one.source.grade,
            "publisher": one.source.publisher, "text_sha256": one.text_sha256,
            **to_json(one.proposal)}


def _frame(kept: Sequence[Any]) -> pl.DataFrame:
    """One row a fact; a proposal without facts has one row with none."""
    listed = []
    for one in kept:
        p = one.proposal
        head = (one.item, p.name, p.record, p.event)
        facts = [(f.field, f.shown, f.span.start, f.span.end, f.quote, f.basis) for f in p.facts]
        listed += [(*head, *fact) for fact in facts] or [
            (*head, None, None, p.span.start, p.span.end, p.quote, None)]
    whole = {"item", "start", "end"}
    return pl.DataFrame(listed, orient="row", schema={
        name: pl.Int64() if name in whole else pl.String() for name in COLUMNS})


def _show(item: int, one: Proposal, source: Any) -> None:
    """A proposal for people: what, of whom, on which words, and what stays open."""
    out = console()
    grade = f"grade {source.grade}"
    where = ", ".join(p for p in (source.publisher or source.file, str(source.told), grade) if p)
    for label, words in (
        (f"Item {item}", f"{_project(one)} ({where})"),
        ("Event", f"{one.label or 'open'}: “{one.quote}” ({one.span.start}-{one.span.end})"),
    ):
        out.print(f"{label:<9} {words}", markup=False)
    if one.facts:
        table(pl.DataFrame({
            "field": [f.field for f in one.facts], "value": [f.shown for f in one.facts],
            "at": [f"{f.span.start}-{f.span.end}" for f in one.facts],
            "note": [f.basis for f in one.facts]}))
    for label, points in (("Open", one.open_points), ("Held", one.standing), ("Also", one.also)):
        for point in points:
            out.print(f"{label:<9} {point}", markup=False)
    for number, choice in enumerate(_others(one), start=1):
        out.print(f"{number:<9} {choice.name} ({choice.record}), score {choice.score:.0f}",
                  markup=False)


def _project(one: Proposal) -> str:
    if one.record == NEW:
        return f"{one.name}, a new project"
    if one.record is None:
        return "project open"
    known = next((c for c in one.candidates if c.record == one.record), None)
    why = f", score {known.score:.0f}: {', '.join(known.reasons)}" if known else ""
    return f"{one.name} ({one.record}{why})"


def _others(one: Proposal) -> list[Any]:
    return [c for c in one.candidates if c.record != one.record][:9]


# -- judging ---------------------------------------------------------------------------------------
def _accept(item: int, reading: Reading, values: list[str], project: str | None, who: str,
            form: Format) -> None:
    from groundbreak.register import proposals as kept_in

    record = project if project in (None, NEW) else dossier.find(reading, str(project))["record"]
    done = kept_in.accept(item, today=date.today(), by=who, changes=_pairs(values), record=record)
    _written(item, done, form)


def _pairs(values: Sequence[str]) -> dict[str, str]:
    """FIELD=VALUE texts; '-' or nothing leaves the field out."""
    left = {text.partition("=")[0].strip() for text in values
            if text.partition("=")[2].strip() in ("", "-") and "=" in text}
    rest = [text for text in values if text.partition("=")[0].strip() not in left]
    return {**dict.fromkeys(left, "-"), **parse_pairs(rest)}


def _written(item: int, done: Any, form: Format) -> None:
    """What was written, and what was refused with the reason."""
    frame = pl.DataFrame(
        [(item, j.edit.record, j.edit.field, j.old, j.new, j.verdict, j.why) for j in done.judged],
        orient="row", schema={"item": pl.Int64(), **dict.fromkeys(
            ("record", "field", "old", "new", "verdict", "why"), pl.String())})
    if form is Format.json:
        emit_json({"item": item, "import": done.written.release, "claims": done.written.claims,
                   "refused": done.refused, "rows": frame.to_dicts()})
    else:
        blank = [name for name in ("old", "why") if (frame[name] == "").all()]
        show(frame.drop("item", *blank) if form is Format.table else frame, form)
    line(f"item {item} accepted: {done.written.claims} claims written, {done.refused} refused; "
         f"undo with: groundbreak undo {done.written.release}", form)
    if done.refused:
        raise typer.Exit(IN_PART)


def _reject(item: int, reason: str, who: str, form: Format) -> None:
    from groundbreak.register import proposals as kept_in

    kept_in.reject(item, reason=reason, by=who)
    if form is not Format.table:
        show(pl.DataFrame({"item": [item], "verdict": ["rejected"], "reason": [reason],
                           "by": [who]}), form)
    line(f"item {item} rejected", form)


class _Asking:
    """One proposal at a terminal until it is judged or left."""

    def __init__(self, kept: Any, text: Text, names: Gazetteer, reading: Reading, who: str,
                 answer: Callable[[str], str] = input) -> None:
        self.kept, self.text, self.names, self.reading = kept, text, names, reading
        self.who, self.answer = who, answer
        self.now: Proposal = kept.proposal
        self.changes: list[str] = []

    def ask(self) -> None:
        """Show, ask one line, do it."""
        _show(self.kept.item, self.now, self.kept.source)
        while True:
            try:
                said = self.answer(f"{HELP}: ").strip()
            except EOFError:
                said = "l"
            try:
                if self._done(said):
                    return
            except ValueError as error:
                line(f"groundbreak: {error}", Format.table)

    def _done(self, said: str) -> bool:
        """Whether the answer ends the asking."""
        if said in ("a", "r"):
            return self._judge(said)
        if said == "l":
            line(f"left in review as item {self.kept.item}", Format.table)
            return True
        if said == "n" or (said.isdigit() and 1 <= int(said) <= len(_others(self.now))):
            self._choose(NEW if said == "n" else _others(self.now)[int(said) - 1].record)
        elif said.startswith("e"):
            self._edit(said[1:].strip() or self.answer("field=value ('-' leaves it out): ").strip())
        else:
            line("accepted: " + HELP, Format.table)
        return False

    def _judge(self, said: str) -> bool:
        from groundbreak.register import proposals as kept_in

        if said == "r":
            _reject(self.kept.item, self.answer("reason: "), self.who, Format.table)
            return True
        done = kept_in.accept(self.kept.item, today=date.today(), by=self.who,
                              changes=_pairs(self.changes), record=self.now.record,
                              proposal=self.now)
        _written(self.kept.item, done, Format.table)
        return True

    def _choose(self, record: str) -> None:
        self.now = propose_as(self.text, self.kept.source.told, self.names, record, self.now)
        _show(self.kept.item, self.now, self.kept.source)

    def _edit(self, pair: str) -> None:
        _pairs([pair])  # refuses an unknown field before it is kept
        name = pair.partition("=")[0].strip()
        self.changes = [one for one in self.changes if one.partition("=")[0].strip() != name]
        self.changes.append(pair)
        line(f"with {', '.join(self.changes)}", Format.table)
