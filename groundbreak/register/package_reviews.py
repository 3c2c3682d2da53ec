"""Reviewers of a package: each has a link of their own; only the token's SHA-256 is kept."""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.db import transaction

from groundbreak.register import log
from groundbreak.register.models import Package, PackageReview, PackageStep
from groundbreak.register.packages import NotAllowed, move

VERDICTS = ("approved", "objected")
LONGEST_COMMENT = 5_000  # characters
MOST_DAYS = 90


def invite(
    package: Package, reviewer: str, by: str, now: datetime, days: int = 14
) -> tuple[PackageReview, str]:
    """Ask somebody to look at a package; the token of their link, which is shown only now.

    A draft comes into review by that. Who is invited again gets a new link; the old one ends.
    Raises NotAllowed once it is signed, or without a name, or for more than MOST_DAYS days.
    """
    if not reviewer.strip():
        raise NotAllowed("whom? accepted: a name or a role")
    if not 1 <= days <= MOST_DAYS:
        raise NotAllowed(f"{days} days; accepted: 1 to {MOST_DAYS}")
    token = secrets.token_urlsafe(32)
    with transaction.atomic():
        log.lock()
        package = Package.objects.get(pk=package.pk)
        if package.state not in ("draft", "review"):
            raise NotAllowed(f"{package.name} is {package.state}: it is reviewed before it is "
                             "signed")
        asked = f"{reviewer.strip()} is asked to look at it"
        if package.state == "draft":
            package = move(package, "review", by, asked)
        else:
            PackageStep.objects.create(package=package, state="review", by=by, note=asked)
        review, _ = PackageReview.objects.update_or_create(
            package=package, reviewer=reviewer.strip(),
            defaults={"token_sha256": _hashed(token), "expires": now + timedelta(days=days),
                      "verdict": "", "comment": "", "answered": None})
    return review, token


def by_token(token: str, now: datetime) -> PackageReview | None:
    """The review that a link stands for; None for a link that is none, is over, or whose package
    is signed."""
    return PackageReview.objects.filter(
        token_sha256=_hashed(token), expires__gt=now, package__state__in=("draft", "review"),
    ).select_related("package", "package__previous").first()


def answer(review: PackageReview, verdict: str, comment: str, now: datetime,
           sha256: str) -> PackageReview:
    """Note what a reviewer says of the package whose checksums' SHA-256 they saw.

    Raises NotAllowed for another verdict, an objection without a comment, a comment too long, a
    package that is not in review or was built again meanwhile.
    """
    comment = comment.strip()
    if verdict not in VERDICTS:
        raise NotAllowed(f"verdict {verdict!r}; accepted: {', '.join(VERDICTS)}")
    if verdict == "objected" and not comment:
        raise NotAllowed("an objection says what is wrong; accepted: a comment")
    if len(comment) > LONGEST_COMMENT:
        raise NotAllowed(f"the comment has {len(comment):,} characters; accepted: up to "
                         f"{LONGEST_COMMENT:,}")
    with transaction.atomic():
        log.lock()
        package = Package.objects.get(pk=review.package_id)
        if package.state != "review":
            raise NotAllowed(f"{package.name} is {package.state}, not in review")
        if package.sha256 != sha256:
            raise NotAllowed(f"{package.name} was built again since you opened it; look at it anew")
        review.verdict, review.comment, review.answered = verdict, comment, now
        review.save(update_fields=["verdict", "comment", "answered"])
        PackageStep.objects.create(package=package, state="review", by=review.reviewer,
                                   note=f"{verdict}: {comment}" if comment else verdict)
    return review


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
