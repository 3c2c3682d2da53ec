"""Proposals in the register: kept for review with their evidence, accepted as edits, or rejected.

A text is kept as its hash only. The first proposal of a text carries that hash, so that the same
text is not proposed twice; further ones of the same text carry one made from it.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.db import transaction

from groundbreak.editing.edits import SOURCE, Edit, Value
from groundbreak.editing.returned import Returned
from groundbreak.editing.typed import Told, edits, parse_pairs
from groundbreak.history.snapshot import Snapshot
from groundbreak.proposing.facts import is_news
from groundbreak.proposing.proposal import NEW, Fact, Proposal, from_json, to_json
from groundbreak.proposing.text import Text
from groundbreak.reading import Reader
from groundbreak.register import editing, log
from groundbreak.register.models import Judgement, Record, Release, ReviewItem
from groundbreak.register.models import Proposal as Row

KIND = "proposal"
QUOTED = 200  # characters of a quote that a claim carries
LEFT_OUT = ("", "-")  # typed for a field: the proposed value is not taken


@dataclass(frozen=True)
class Source:
    """Where the text is from: what becomes the evidence of its facts."""

    told: date
    url: str = ""
    file: str = ""
    publisher: str = ""
    grade: int = 4

    def evidence(self, sha256: str) -> str:
        """The URL, or the file's name with the hash of its text."""
        return self.url or f"{self.file or 'pasted text'} (text sha256 {sha256[:16]})"


@dataclass(frozen=True)
class Kept:
    """A proposal in review."""

    item: int
    proposal: Proposal
    source: Source
    text_sha256: str
    verdict: str = ""  # accepted | rejected | unsure, or '' while it is open


def keep(text: Text, proposals: Sequence[Proposal], source: Source) -> list[Kept]:
    """Put proposals into review; the same text again adds nothing and gives what it gave before."""
    with transaction.atomic():
        log.lock()
        if before := of_text(text.sha256):
            return before
        return [_kept(text, number, proposal, source)
                for number, proposal in enumerate(proposals, start=1)]


def of_text(sha256: str) -> list[Kept]:
    """The proposals that a text made, by the hash of its body."""
    rows = Row.objects.filter(body__text_sha256=sha256).order_by("item_id")
    return [_read(row) for row in rows.select_related("item")]


def _kept(text: Text, number: int, proposal: Proposal, source: Source) -> Kept:
    item = ReviewItem.objects.create(
        release=None, kind=KIND, source=SOURCE, key=(proposal.record or "project open")[:180],
        text=f"{proposal.summary}; “{proposal.quote}” "
             f"({source.publisher or source.file or 'pasted text'}, {source.told})")
    Row.objects.create(
        item=item, url=source.url, told=source.told, quote=proposal.quote,
        sha256=_hash(text.sha256, number),
        body={"text_sha256": text.sha256, "file": source.file, "publisher": source.publisher,
              "grade": source.grade, "proposal": to_json(proposal)})
    return Kept(item.pk, proposal, source, text.sha256)


def _hash(sha256: str, number: int) -> str:
    return sha256 if number == 1 else hashlib.sha256(f"{sha256}#{number}".encode()).hexdigest()


def load(item: int) -> Kept:
    """The proposal of a review item. Raises ValueError where there is none."""
    row = Row.objects.select_related("item").filter(item_id=item).first()
    if row is None:
        raise ValueError(f"item {item} is no proposal; see `groundbreak review --kind proposal`")
    return _read(row)


def _read(row: Row) -> Kept:
    body = row.body
    newest = Judgement.objects.filter(item_id=row.item_id).order_by("-pk").first()
    verdict = newest.verdict if newest and newest.verdict != "reopened" else ""
    return Kept(row.item_id, from_json(body["proposal"]),
                Source(row.told, row.url, body["file"], body["publisher"], body["grade"]),
                body["text_sha256"], verdict)


def typed(values: Sequence[str]) -> dict[str, str]:
    """FIELD=VALUE texts as the `changes` of :func:`accept`; '-' or nothing leaves the field out."""
    parted = [text.partition("=") for text in values]
    left = [name.strip() for name, equals, value in parted
            if equals and value.strip() in LEFT_OUT]
    rest = [text for text, (name, _, _) in zip(values, parted, strict=True)
            if name.strip() not in left]
    return {**dict.fromkeys(left, "-"), **parse_pairs(rest)}


# -- judging ---------------------------------------------------------------------------------------
def accept(
    item: int, *, today: date, by: str, changes: Mapping[str, str] | None = None,
    record: str | None = None, proposal: Proposal | None = None,
) -> editing.Outcome:
    """Write what a proposal says, with `changes` (field → typed value), and judge it accepted.

    `record` is another record than the proposed one, or NEW; `proposal` is what it says of that
    one, where the text was read again. Raises ValueError, with nothing written, where the project
    is open, nothing would be written, or the item is judged already; once what it wrote is undone,
    it may be judged again.
    """
    with transaction.atomic():
        log.lock()
        kept = _open(item)
        chosen = replace(proposal or kept.proposal, record=record or kept.proposal.record)
        target = _target(chosen)
        done = editing.take(
            lambda snapshot: _returned(kept, chosen, target, changes or {}, snapshot),
            layout=KIND, today=today, preview=False, file=kept.source.file,
            sha256=kept.text_sha256)
        if not done.written.claims:
            raise ValueError(f"item {item}: nothing to write: {_why_nothing(done)}")
        Judgement.objects.create(item_id=item, verdict="accepted", by=by,
                                 reason=f"written as {done.written.release}")
        Row.objects.filter(item_id=item).update(
            accepted_as=Release.objects.get(name=done.written.release))
    return done


def reject(item: int, *, reason: str, by: str) -> Judgement:
    """Judge a proposal rejected. Raises ValueError for a missing reason, a judged item, or one
    whose claims stand."""
    if not reason.strip():
        raise ValueError("a rejection needs its reason; accepted: --reason TEXT")
    with transaction.atomic():
        log.lock()
        _open(item)
        return Judgement.objects.create(item_id=item, verdict="rejected", reason=reason, by=by)


def refuse_standing(item: int) -> None:
    """Raise ValueError where an import stands that accepted this proposal: its verdict is that."""
    name = Release.objects.filter(proposals__item_id=item, withdrawn="").values_list(
        "name", flat=True).first()
    if name:
        raise ValueError(f"item {item} was accepted already, and what it says stands as {name}; "
                         f"accepted: groundbreak undo {name}, then another verdict")


def _open(item: int) -> Kept:
    """A proposal to be judged. The caller holds the lock."""
    kept = load(item)
    refuse_standing(item)
    if kept.verdict == "rejected":
        raise ValueError(f"item {item} was rejected already; accepted: groundbreak review --item "
                         f"{item} --verdict reopened --reason TEXT --by NAME, then another verdict")
    return kept


def _target(chosen: Proposal) -> str:
    if chosen.record is None:
        listed = "; ".join(f"{c.record} ({c.name})" for c in chosen.candidates[:4])
        raise ValueError("the project is open; accepted: --project with a project id or record, or "
                         f"--project new{f'. Candidates: {listed}' if listed else ''}")
    if chosen.record == NEW:
        return f"{SOURCE}:{editing.next_number()}"
    if not Record.objects.filter(pk=chosen.record).exists():
        raise ValueError(f"no record {chosen.record!r} in the register")
    return chosen.record


def _returned(kept: Kept, chosen: Proposal, target: str, changes: Mapping[str, str],
              snapshot: Snapshot) -> Returned:
    """The edits of a proposal: its facts as far as they are news, then what was typed."""
    held = {}
    if chosen.record != NEW:
        table = Reader(snapshot).as_of().view.table()
        held = next(iter(table.filter(record=target).iter_rows(named=True)), {})
    made = [_edit(kept, target, fact) for fact in chosen.facts
            if fact.field not in changes and is_news(fact, held)]
    pairs = {name: text for name, text in changes.items() if text.strip() not in LEFT_OUT}
    if chosen.record == NEW and not any(e.field == "name" for e in made) and "name" not in pairs:
        raise ValueError("a new project needs a name; accepted: --set name=…")
    told = Told(kept.source.evidence(kept.text_sha256), kept.source.told, kept.source.grade,
                kept.source.publisher, False, chosen.quote[:QUOTED])
    made += edits([target], pairs, told)
    return Returned(made, [], 1)


def _edit(kept: Kept, target: str, fact: Fact) -> Edit:
    source = kept.source
    note = f" [{fact.basis[:80]}]" if fact.basis else ""
    return Edit(
        target, fact.field, Value(fact.text, fact.number, fact.day, fact.precision), source.told,
        source.grade, source.publisher, source.evidence(kept.text_sha256), raw=fact.shown,
        place=f"characters {fact.span.start}-{fact.span.end}",
        reason=fact.quote[: QUOTED - len(note)] + note)


def _why_nothing(done: editing.Outcome) -> str:
    why = [f"{item.edit.field}: {item.why or 'the register says so already'}"
           for item in done.judged]
    return "; ".join(why) or "no fact is proposed; accepted: --set FIELD=VALUE, or --reject"
