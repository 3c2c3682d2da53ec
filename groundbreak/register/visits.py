"""Who has seen the register until where: `groundbreak changes --since last-visit`."""

from dataclasses import dataclass
from datetime import date

from groundbreak.register.models import Visit

LONGEST = 120  # characters of a name, as the table holds it


@dataclass(frozen=True)
class Seen:
    """Until which log position, and as known on which day, somebody has seen the register."""

    position: int
    known: date


def last(who: str) -> Seen | None:
    """The last visit of `who`; None where there was none."""
    visit = Visit.objects.filter(who=_name(who)).last()
    return Seen(visit.position, visit.known) if visit else None


def note(who: str, seen: Seen) -> None:
    """Remember that `who` has seen the register until there."""
    Visit.objects.create(who=_name(who), position=seen.position, known=seen.known)


def _name(who: str) -> str:
    name = who.strip()
    if not name or len(name) > LONGEST:
        raise ValueError(f"--who {who[:40]!r}; accepted: a name of 1 to {LONGEST} characters")
    return name
