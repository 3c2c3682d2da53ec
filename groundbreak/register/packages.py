"""Releases of the register itself: where they lie, what state they are in, who looked at them.

draft → review → signed → (embargoed →) public. A draft may be built again; from review it goes back
to draft; nothing leads back from signed. An embargo ends by itself: what asks after its end is told
that the package is public.
"""

import os
from datetime import date, datetime
from pathlib import Path

import platformdirs
from django.db import connection, transaction

from groundbreak.register import log
from groundbreak.register.models import Evidence, Package, PackageStep, Release

FROZEN = ("signed", "embargoed", "public")
NEXT = {
    "draft": ("review",), "review": ("draft", "signed"), "signed": ("embargoed", "public"),
    "embargoed": ("public",), "public": (),
}


class NoSuchPackage(ValueError):
    """No release of that name, or none that may be seen here."""


class NotAllowed(ValueError):
    """A step that the state of a package does not allow."""


# -- where they lie ---------------------------------------------------------------------------
def home() -> Path:
    """The folder of packages: GROUNDBREAK_RELEASES, else `releases/` beside the SQLite register,
    else in the user's data folder."""
    named = os.environ.get("GROUNDBREAK_RELEASES")
    if named:
        return Path(named)
    if connection.vendor == "sqlite":
        return Path(connection.settings_dict["NAME"]).resolve().parent / "releases"
    return Path(platformdirs.user_data_dir("groundbreak")) / "releases"


def folder(name: str) -> Path:
    """The folder of one package, by the name of a package that is known here."""
    return home() / find(name).name


def archive(name: str) -> Path:
    """The zip of one package."""
    return home() / f"{find(name).name}.zip"


# -- which there are --------------------------------------------------------------------------
def find(name: str) -> Package:
    """The package called `name`. Raises NoSuchPackage."""
    found = Package.objects.filter(name=name).first()
    if found is None:
        known = ", ".join(Package.objects.values_list("name", flat=True)) or "none is built yet"
        raise NoSuchPackage(f"no release {name!r}; there are: {known}")
    return found


def state(package: Package, now: datetime) -> str:
    """The state as of `now` (aware): an embargo that is over is public."""
    if package.state == "embargoed" and package.embargo_until <= now:
        return "public"
    return package.state


def public(now: datetime) -> list[Package]:
    """What anybody may see, oldest first."""
    return [package for package in Package.objects.select_related("previous")
            if state(package, now) == "public"]


def seen(name: str, now: datetime) -> Package:
    """A public package. Raises NoSuchPackage, in the same words for one that is not public yet."""
    there = public(now)
    for package in there:
        if package.name == name:
            return package
    names = ", ".join(package.name for package in there) or "none is public yet"
    raise NoSuchPackage(f"no release {name!r}; public are: {names}")


def last_public(now: datetime, before: date = date.max) -> Package | None:
    """The newest public package, of those as known before a day."""
    return next((package for package in reversed(public(now)) if package.known < before), None)


def before(known: date, position: int, name: str = "") -> Package | None:
    """The newest signed package as known no later than `known`, on which another is built."""
    return Package.objects.filter(
        state__in=FROZEN, known__lte=known, position__lte=position).exclude(name=name).last()


def labels(known: date) -> list[tuple[str, str, str]]:
    """source, label and what the label stands for, of releases published by `known` that stand;
    the newest word on each."""
    standing = Release.objects.filter(published__lte=known, withdrawn="")
    told = Evidence.objects.filter(release__in=standing).order_by("release__published", "id")
    newest = {(source, label): text for source, label, text in
              told.values_list("source", "label", "text")}
    return [(source, label, text) for (source, label), text in sorted(newest.items())]


# -- states -----------------------------------------------------------------------------------
def built(
    name: str, known: date, position: int, definition_version: str, sha256: str,
    previous: Package | None, by: str,
) -> Package:
    """Note a package that was built: a new draft, or the same draft built again.

    `sha256`: of its list of checksums. Where that changed, what reviewers answered is void. Raises
    NotAllowed for one that is no draft (see :func:`check_buildable`).
    """
    with transaction.atomic():
        log.lock()
        package = check_buildable(name, again=True)
        note = "built again" if package else ""
        if package is None:
            package = Package(name=name)
        elif package.sha256 != sha256:
            answers = package.reviews.exclude(verdict="")
            told = "; ".join(f"{r.reviewer} had {r.verdict}" for r in answers)
            note += f" and changed; void: {told}" if told else " and changed"
            answers.update(verdict="", comment="", answered=None)
        package.known, package.position, package.previous = known, position, previous
        package.definition_version, package.sha256 = definition_version, sha256
        package.save()
        PackageStep.objects.create(package=package, state="draft", by=by, note=note)
    return package


def check_buildable(name: str, *, again: bool) -> Package | None:
    """The draft called `name`, or None where there is none. Raises NotAllowed."""
    package = Package.objects.filter(name=name).first()
    if package is None:
        return None
    if package.state != "draft":
        how = "send it back to draft first" if package.state == "review" else (
            "a release is never built again; accepted: a new number")
        raise NotAllowed(f"{name} is {package.state}: {how}")
    if not again:
        raise NotAllowed(f"{name} is a draft already; accepted: --again to build it anew, or a new "
                         "number")
    return package


def move(
    package: Package, to: str, by: str, note: str = "", until: datetime | None = None
) -> Package:
    """Bring a package into a state. Raises NotAllowed, which says what would be accepted."""
    if not by.strip():
        raise NotAllowed("who takes this step? accepted: a name or a role")
    with transaction.atomic():
        log.lock()
        current = Package.objects.get(pk=package.pk)
        _check_allowed(current, to)
        current.state, current.embargo_until = to, until or current.embargo_until
        current.save(update_fields=["state", "embargo_until"])
        PackageStep.objects.create(package=current, state=to, by=by, note=note)
    return current


def _check_allowed(package: Package, to: str) -> None:
    if to not in NEXT[package.state]:
        hint = "; ask somebody to look at it first" if package.state == "draft" else ""
        raise NotAllowed(f"{package.name} is {package.state}: from there it goes "
                         f"{' or '.join(NEXT[package.state]) or 'nowhere'}, not to {to}{hint}")


def sign(package: Package, sha256: str, by: str, reason: str = "") -> Package:
    """Sign a package: from now on it never changes.

    `sha256`: of the list of checksums as it lies there now. Raises NotAllowed where that is not
    what was reviewed, or where somebody invited has not approved and no `reason` is given.
    """
    _check_allowed(package, "signed")
    if sha256 != package.sha256:
        raise NotAllowed(f"{package.name} is not what was built: its checksums are {sha256}, built "
                         f"were {package.sha256}; accepted: build it again and have it reviewed")
    reviews = list(package.reviews.all())
    missing = [f"{r.reviewer} ({r.verdict or 'no answer yet'})" for r in reviews
               if r.verdict != "approved"]
    if not reviews:
        missing = ["nobody was invited"]
    if missing and not reason.strip():
        raise NotAllowed(f"{package.name} is not approved: {', '.join(missing)}; accepted: the "
                         "approval of all who were invited, or a reason")
    note = f"signed without: {', '.join(missing)}. Reason: {reason}" if missing else reason
    return move(package, "signed", by, note)


def embargo(package: Package, until: datetime, by: str, now: datetime, note: str = "") -> Package:
    """Keep a signed package back until a moment (aware). Raises NotAllowed for one in the past."""
    if until.tzinfo is None:
        raise NotAllowed(f"until {until}: in which time zone? accepted: e.g. "
                         "2026-03-01T09:00+00:00")
    if until <= now:
        raise NotAllowed(f"until {until}: is over; accepted: a later moment, or publish it")
    return move(package, "embargoed", by, note, until)


def publish(package: Package, by: str, note: str = "") -> Package:
    """Make a signed or embargoed package public."""
    return move(package, "public", by, note)
