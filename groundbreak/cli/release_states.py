"""`groundbreak release list|review|sign|embargo|publish`: who looked, who signed, what is seen."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import polars as pl
import typer

from groundbreak.cli.app import Format, FormatOption, RegisterOption, command, login
from groundbreak.cli.output import emit_json, line, rows, show, table
from groundbreak.cli.release import ByOption, NameArgument, app, stepping

LISTED = {"release": pl.String(), "state": pl.String(), "known": pl.Date(),
          "position": pl.Int64(), "previous": pl.String(), "approved": pl.String(),
          "embargo_until": pl.String(), "sha256_of_sums": pl.String()}
REVIEWS = {"reviewer": pl.String(), "verdict": pl.String(), "comment": pl.String(),
           "answered": pl.String(), "link_ends": pl.String()}
STEPS = {"at": pl.String(), "state": pl.String(), "by": pl.String(), "note": pl.String()}
NoteOption = Annotated[str, typer.Option("--note", help="A remark to keep with this step.")]


def as_moment(text: str) -> datetime:
    """A moment with its time zone, or a usage error that says so."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise typer.BadParameter(f"{text!r} is no moment with a time zone; accepted: e.g. "
                                 "2026-03-01T09:00+00:00")
    return moment


@command("list", app)
def list_(register: RegisterOption = None, form: FormatOption = Format.table) -> None:
    """The releases of this register with their state."""
    from groundbreak.register.connection import connect

    connect(register)
    from django.utils import timezone

    from groundbreak.register import packages
    from groundbreak.register.models import Package

    found = [
        (p.name, packages.state(p, timezone.now()), p.known, p.position,
         p.previous.name if p.previous else None,
         f"{sum(r.verdict == 'approved' for r in p.reviews.all())} of {p.reviews.count()}",
         p.embargo_until.isoformat() if p.embargo_until else None,
         p.sha256 if form is not Format.table else p.sha256[:12])
        for p in Package.objects.select_related("previous").prefetch_related("reviews")
    ]
    show(pl.DataFrame(found, schema=LISTED, orient="row"), form, title="Releases",
         empty="none yet; build one with `groundbreak release build`")


@command("review", app)
def review(
    name: NameArgument,
    invite: Annotated[str | None, typer.Option("--invite", help="Ask somebody to look at it: "
                      "prints a link for them alone, once.", show_default=False)] = None,
    days: Annotated[int, typer.Option("--days", help="Days until the link ends.")] = 14,
    back: Annotated[bool, typer.Option("--back", help="Send it back to draft, to be built "
                    "again.")] = False,
    site: Annotated[str, typer.Option("--site", help="Address of the site, for the link.")] = "",
    note: NoteOption = "",
    by: ByOption = None,
    register: RegisterOption = None,
    form: FormatOption = Format.table,
) -> None:
    """Who was asked to look at a release and what they said; --invite asks, --back ends it."""
    from groundbreak.register.connection import connect

    connect(register)
    from django.utils import timezone

    from groundbreak.register import package_reviews, packages

    if invite is not None and back:
        raise ValueError("--invite and --back are two steps; accepted: one of them")
    package = packages.find(name)
    if invite is not None:
        made, token = package_reviews.invite(package, invite, by or login("--by"), timezone.now(),
                                             days)
        link = f"{site.rstrip('/')}/releases/review/{token}"
        if form is Format.table:
            line(f"for {made.reviewer} alone, until {made.expires:%Y-%m-%d %H:%M} UTC, shown only "
                 f"now:\n{link}", form)
        else:
            show(pl.DataFrame([{"release": name, "reviewer": made.reviewer, "link": link,
                                "ends": made.expires.isoformat()}]), form)
        return
    if back:
        packages.move(package, "draft", by or login("--by"), note)
        line(f"{name} is a draft again", form)
        if form is Format.table:
            return
    _show_review(name, form)


def _show_review(name: str, form: Format) -> None:
    from groundbreak.register import packages

    package = packages.find(name)
    asked = pl.DataFrame(
        [(r.reviewer, r.verdict or "no answer yet", r.comment,
          r.answered.isoformat() if r.answered else None, r.expires.isoformat())
         for r in package.reviews.all()], schema=REVIEWS, orient="row")
    steps = pl.DataFrame([(s.at.isoformat(), s.state, s.by, s.note) for s in package.steps.all()],
                         schema=STEPS, orient="row")
    if form is Format.json:
        emit_json({"release": name, "state": package.state, "reviews": rows(asked),
                   "steps": rows(steps)})
    elif form is Format.csv:
        show(asked, form)
    else:
        table(asked, title=f"{name} ({package.state}): reviewers", empty="nobody was invited")
        table(steps, title="Steps")


@command("sign", app)
def sign(
    name: NameArgument,
    reason: Annotated[str, typer.Option("--reason", help="Why it is signed although somebody "
                      "invited has not approved it.")] = "",
    by: ByOption = None,
    register: RegisterOption = None,
    form: FormatOption = Format.table,
) -> None:
    """Sign a release that its reviewers approved: from then on it never changes."""
    from groundbreak.register.connection import connect

    connect(register)
    from groundbreak.publishing.release.verifying import verify
    from groundbreak.register import packages

    package = packages.find(name)
    before = packages.folder(package.previous.name) if package.previous else None
    with stepping(f"checking {name}") as step:
        verdicts = [verify(path, before, step)
                    for path in (packages.folder(name), packages.archive(name))]
    for verdict in verdicts:
        for problem in verdict.problems:
            raise ValueError(f"{name} cannot be signed: {problem.file}: {problem.what}")
    if verdicts[0].sums != verdicts[1].sums:
        raise ValueError(f"{name} cannot be signed: its folder and its zip are not the same")
    _told(packages.sign(package, verdicts[0].sums, by or login("--by"), reason), form)


@command("embargo", app)
def embargo(
    name: NameArgument,
    until: Annotated[datetime, typer.Option("--until", parser=as_moment, metavar="MOMENT",
                     help="Public from then on, by itself: e.g. 2026-03-01T09:00+00:00.")],
    note: NoteOption = "",
    by: ByOption = None,
    register: RegisterOption = None,
    form: FormatOption = Format.table,
) -> None:
    """Keep a signed release back until a moment."""
    from groundbreak.register.connection import connect

    connect(register)
    from django.utils import timezone

    from groundbreak.register import packages

    _told(packages.embargo(packages.find(name), until, by or login("--by"), timezone.now(), note),
          form)


@command("publish", app)
def publish(
    name: NameArgument,
    note: NoteOption = "",
    by: ByOption = None,
    register: RegisterOption = None,
    form: FormatOption = Format.table,
) -> None:
    """Make a signed release public now."""
    from groundbreak.register.connection import connect

    connect(register)
    from groundbreak.register import packages

    _told(packages.publish(packages.find(name), by or login("--by"), note), form)


def _told(package, form: Format) -> None:  # type: ignore[no-untyped-def]
    """Say what state a package has come to."""
    until = package.embargo_until.isoformat() if package.embargo_until else None
    if form is Format.table:
        line(f"{package.name} is {package.state}" + (f" until {until}" if until and
             package.state == "embargoed" else ""), form)
        return
    show(pl.DataFrame([(package.name, package.state, until)], orient="row", schema={
        "release": pl.String(), "state": pl.String(), "embargo_until": pl.String()}), form)
