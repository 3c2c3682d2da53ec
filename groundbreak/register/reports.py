"""Error reports from readers of the site: review items that people judge like any other."""

from __future__ import annotations

import re
import unicodedata
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from groundbreak.register.models import ErrorReport, ReviewItem

KIND, SOURCE = "error_report", "site"
CONTACT_KEPT_DAYS = 180
MOST_A_DAY = 500  # from all readers together: more is no reading public
LONGEST = {"wrong": 4000, "right": 2000, "evidence": 500, "contact": 254, "page": 300}
_PROJECT = re.compile(r"/projects/(GB-[A-Z0-9]{10})(?:[/?#]|$)")
_FORMATS = {"\n", "\t"}


class TooManyReports(Exception):
    """More reports came in a day than people can look at."""


def plain(text: str, *, lines: bool = False) -> str:
    """Text without control, direction and other unseen characters; blanks folded, or with `lines`
    the line breaks kept. What is left can be printed to a terminal or a page as it is."""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    kept = "".join(c if c in _FORMATS or unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co",
                                                                         "Zl", "Zp")
                   or c in "\u200c\u200d" else " " for c in text)
    if not lines:
        return " ".join(kept.split())
    return "\n".join(" ".join(line.split()) for line in kept.split("\n")).strip()


def take(*, wrong: str, right: str = "", evidence: str = "", contact: str = "",
         page: str = "") -> int:
    """Put a report into review; its number. The same report again gives the same number.

    Raises ValueError for nothing said or more than is read, and TooManyReports.
    """
    given = {"wrong": plain(wrong, lines=True), "right": plain(right, lines=True),
             "evidence": plain(evidence), "contact": plain(contact), "page": plain(page)}
    for name, text in given.items():
        if len(text) > LONGEST[name]:
            raise ValueError(f"{name}: {len(text)} characters; accepted: up to {LONGEST[name]}")
    if not given["wrong"]:
        raise ValueError("wrong: nothing is said; accepted: what is wrong")
    text = _told(given)
    key = _about(given["page"])
    with transaction.atomic():
        day = ErrorReport.objects.filter(made__gt=timezone.now() - timedelta(days=1))
        same = day.filter(item__text=text, item__key=key).order_by("pk").first()
        if same is not None:
            return int(same.item_id)
        if day.count() >= MOST_A_DAY:
            raise TooManyReports
        item = ReviewItem.objects.create(release=None, kind=KIND, source=SOURCE, key=key, text=text)
        ErrorReport.objects.create(item=item, page=given["page"], contact=given["contact"])
    return int(item.pk)


def _told(given: dict[str, str]) -> str:
    parts = [("Wrong", given["wrong"]), ("Right", given["right"]), ("Source", given["evidence"])]
    return "\n".join(f"{name}: {text}" for name, text in parts if text)


def _about(page: str) -> str:
    """The project that a page's address names, else the address."""
    found = _PROJECT.match(page)
    return found[1] if found else page[:180] or "/"


def contacts(items: list[int]) -> dict[int, tuple[str, str]]:
    """Page and contact of review items that are reports; for reviewers, never for the site."""
    return {report.item_id: (report.page, report.contact)
            for report in ErrorReport.objects.filter(item_id__in=items)}


def forget_contacts(after: timedelta) -> int:
    """Remove how to reach those whose reports are older than that; how many were removed."""
    old = ErrorReport.objects.filter(made__lt=timezone.now() - after).exclude(contact="")
    return int(old.update(contact=""))
