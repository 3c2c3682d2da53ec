"""What `groundbreak doctor` checks."""

from dataclasses import dataclass

from django.db import connection
from django.db.models import F, Max, Min

from groundbreak.identity.membership import project_id
from groundbreak.register import triggers
from groundbreak.register.models import Claim, Record


@dataclass(frozen=True)
class Check:
    """One check and how it came out."""

    name: str
    ok: bool
    detail: str


def checks() -> list[Check]:
    """All checks of the open register."""
    return [_triggers(), _order(), _supersedes(), _ids(), _integrity(), _clocks()]


def _triggers() -> Check:
    missing = triggers.missing()
    return Check("append-only triggers", not missing,
                 "in place" if not missing else f"missing: {', '.join(missing)}")


def _order() -> Check:
    count = Claim.objects.count()
    span = Claim.objects.aggregate(first=Min("claim"), last=Max("claim"))
    whole = count == 0 or (span["first"] == 1 and span["last"] == count)
    return Check("log without holes", whole, f"{count:,} claims, {span['first']}–{span['last']}")


def _supersedes() -> Check:
    bad = Claim.objects.filter(supersedes__isnull=False, supersedes__gte=F("claim")).count()
    return Check("claims supersede earlier ones", bad == 0, f"{bad} wrong")


def _ids() -> Check:
    wrong = [r.id for r in Record.objects.only("id", "project").iterator()
             if r.project != project_id(r.id)]
    return Check("project ids derive from records", not wrong,
                 "all" if not wrong else ", ".join(wrong[:5]))


def _integrity() -> Check:
    if connection.vendor != "sqlite":
        return Check("database", True, connection.vendor)
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA quick_check")
        answer = cursor.fetchone()[0]
    return Check("database", answer == "ok", f"sqlite: {answer}")


def _clocks() -> Check:
    late = Claim.objects.filter(happened_latest__gt=F("known")).exclude(
        field__endswith="_planned_date").count()
    return Check("nothing happened after it was known", late == 0, f"{late} claims")
