"""Review items and the judgements on them; the newest judgement counts, none is removed."""

from typing import Any

from django.db import transaction

from groundbreak.register import log, proposals
from groundbreak.register.models import Judgement, ReviewItem

VERDICTS = ("accepted", "rejected", "unsure", "reopened")


def items(*, kind: str | None = None, everything: bool = False) -> list[dict[str, Any]]:
    """Review items, open ones first asked; each with its newest verdict."""
    query = ReviewItem.objects.select_related("release").prefetch_related("judgements")
    if kind:
        query = query.filter(kind=kind)
    found = []
    for item in query:
        newest = max(item.judgements.all(), key=lambda j: j.pk, default=None)
        verdict = newest.verdict if newest and newest.verdict != "reopened" else ""
        if verdict in ("accepted", "rejected") and not everything:
            continue
        found.append({
            "item": item.pk, "kind": item.kind, "source": item.source, "key": item.key,
            "release": item.release.name if item.release else "", "text": item.text,
            "verdict": verdict,
            "reason": newest.reason if newest else "", "by": newest.by if newest else "",
        })
    return found


def judge(item: int, verdict: str, reason: str, by: str) -> Judgement:
    """Record a verdict. Raises ValueError for an unknown item or verdict, a missing reason, or a
    verdict on a proposal that does not fit what it wrote."""
    if verdict not in VERDICTS:
        raise ValueError(f"verdict {verdict!r}; accepted: {', '.join(VERDICTS)}")
    if not reason.strip() or not by.strip():
        raise ValueError("a judgement needs --reason and --by")
    with transaction.atomic():
        log.lock()
        found = ReviewItem.objects.filter(pk=item).first()
        if found is None:
            raise ValueError(f"no review item {item}; see `groundbreak review`")
        if found.kind == proposals.KIND:
            return _judge_proposal(found, verdict, reason, by)
        return Judgement.objects.create(item=found, verdict=verdict, reason=reason, by=by)


def _judge_proposal(found: ReviewItem, verdict: str, reason: str, by: str) -> Judgement:
    """A proposal's verdict is what became of its claims."""
    if verdict == "accepted":
        raise ValueError("accepting a proposal writes what it says; accepted: `groundbreak propose "
                         f"--accept {found.pk}`")
    if verdict == "rejected":
        return proposals.reject(found.pk, reason=reason, by=by)
    proposals.refuse_standing(found.pk)
    return Judgement.objects.create(item=found, verdict=verdict, reason=reason, by=by)
