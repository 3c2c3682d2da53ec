"""Changes as feeds: entries whose ids stay, Atom (RFC 4287) and JSON Feed 1.1. No clock in them."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import NAMESPACE_URL, uuid5
from xml.etree import ElementTree

import polars as pl
from django.utils.translation import gettext as _

from groundbreak.dossier.project import Dossier
from groundbreak.dossier.timeline import Event
from groundbreak.measures.change_words import change_words, source_words
from groundbreak.measures.changes import IN_SUM
from groundbreak.site import words

ATOM = "http://www.w3.org/2005/Atom"
MOST = 100  # entries of a feed
# What XML 1.0 cannot hold.
_UNFIT = re.compile("[^\\t\\n\\r\\x20-\\ud7ff\\ue000-\\ufffd\\U00010000-\\U0010ffff]")


@dataclass(frozen=True)
class Entry:
    """Something new: `name` makes its id, so that it stays the same wherever it is served."""

    name: str
    title: str
    text: str
    link: str
    known: date
    evidence: str = ""
    tags: tuple[str, ...] = field(default=())

    @property
    def id(self) -> str:
        """The same for the same news, for good."""
        return f"urn:uuid:{uuid5(NAMESPACE_URL, f'groundbreak:{self.name}')}"


@dataclass(frozen=True)
class Feed:
    """A feed; `page` is what it is the feed of, `newest` when the register last knew more."""

    name: str
    title: str
    page: str
    newest: date
    entries: Sequence[Entry]

    @property
    def updated(self) -> date:
        """The day of its newest entry, else that of the register."""
        return max((entry.known for entry in self.entries), default=self.newest)


def entries(found: pl.DataFrame, link: str) -> list[Entry]:
    """The newest MOST of what changed (measures.changes), one a project and day on which it became
    known. `link`: a project's address, with {project} for its id."""
    telling = pl.col("lead") | ~pl.col("kind").is_in(["facts", "evidence"])
    told = found.filter(telling & ~pl.col("group").is_in([*IN_SUM, "evidence"])
                        & pl.col("known").is_not_null())
    newest = told.select("project", "known").unique().sort(
        "known", "project", descending=[True, False]).head(MOST)
    rows = told.join(newest, on=["project", "known"], how="semi")
    made = []
    for (project, known), part in rows.group_by(["project", "known"], maintain_order=True):
        lead, *others = part.rows(named=True)
        how = f"{lead['how']}; " if lead["how"] and lead["lead"] else ""
        said = [f"{how}{change_words(lead)}", *(change_words(row) for row in others)]
        sources = dict.fromkeys(source_words(row) for row in (lead, *others))
        tags = [lead["sector"], *(lead["country"] or "").split(";"), lead["group"]]
        made.append(Entry(
            f"{project}/{known}", f"{lead['name']}: {said[0]}",
            "\n".join([*said, *(f"[{source}]" for source in sources)]),
            link.format(project=project), _day(known), lead["evidence"] or "",
            tuple(tag for tag in tags if tag)))
    return sorted(made, key=lambda entry: (entry.known, entry.name), reverse=True)


def _day(value: object) -> date:
    assert isinstance(value, date)
    return value


def of_project(dossier: Dossier, link: str) -> list[Entry]:
    """What happened to one project and what was promised of it, the latest known first."""
    name, project = str(dossier.row["name"]), str(dossier.row["project"])
    made = [
        _entry(project, name, event.claim, _event(event), event.known, event.source,
               event.evidence, link)
        for event in dossier.events
    ]
    for promise in dossier.promises:
        label = words.word("milestone", promise.milestone)
        for before, told in zip([None, *promise.told], promise.told, strict=False):
            said = f"{words.told_day(before.words)} → " if before else ""
            text = _("%(milestone)s promised: %(when)s") % {
                "milestone": label, "when": f"{said}{words.told_day(told.words)}"}
            made.append(_entry(project, name, f"{promise.milestone}/{told.words}", text,
                               told.known, told.source, told.evidence, link))
    return sorted(made, key=lambda entry: (entry.known, entry.name), reverse=True)[:MOST]


def _event(event: Event) -> str:
    if event.kind == "milestone":
        return f"{words.word('milestone', event.what)}: {words.told_day(event.words)}"
    said = [words.word(event.kind, value) for value in (event.before, event.after) if value]
    return " → ".join(said)


def _entry(project: str, name: str, key: object, text: str, known: date, source: str,
           evidence: str, link: str) -> Entry:
    return Entry(f"{project}/{known}/{key}", f"{name}: {text}",
                 f"{text}\n[{source}, {known}]", link, known, evidence)


def atom(feed: Feed, address: str) -> bytes:
    """The feed as an Atom document; `address` is where it is served."""
    root = ElementTree.Element("feed", {"xmlns": ATOM})
    _text(root, "id", f"urn:uuid:{uuid5(NAMESPACE_URL, f'groundbreak:feed:{feed.name}')}")
    _text(root, "title", feed.title)
    _text(root, "updated", stamp(feed.updated))
    ElementTree.SubElement(root, "link", {"rel": "self", "type": "application/atom+xml",
                                          "href": _fit(address)})
    ElementTree.SubElement(root, "link", {"rel": "alternate", "type": "text/html",
                                          "href": _fit(feed.page)})
    _text(ElementTree.SubElement(root, "author"), "name", "Groundbreak")
    for one in feed.entries:
        entry = ElementTree.SubElement(root, "entry")
        _text(entry, "id", one.id)
        _text(entry, "title", one.title)
        _text(entry, "updated", stamp(one.known))
        _text(entry, "published", stamp(one.known))
        ElementTree.SubElement(entry, "link", {"rel": "alternate", "type": "text/html",
                                               "href": _fit(one.link)})
        if is_address(one.evidence):
            ElementTree.SubElement(entry, "link", {"rel": "related", "href": _fit(one.evidence)})
        for tag in one.tags:
            ElementTree.SubElement(entry, "category", {"term": _fit(tag)})
        _text(entry, "content", one.text)
    ElementTree.indent(root, "")
    return ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)


def _text(parent: ElementTree.Element, name: str, text: str) -> None:
    ElementTree.SubElement(parent, name).text = _fit(text)


def _fit(text: str) -> str:
    """`text` without characters that XML, or UTF-8, cannot hold."""
    return _UNFIT.sub("", text)


def json_feed(feed: Feed, address: str) -> bytes:
    """The feed as JSON Feed 1.1."""
    return json.dumps({
        "version": "https://jsonfeed.org/version/1.1", "title": _fit(feed.title),
        "home_page_url": feed.page, "feed_url": address, "authors": [{"name": "Groundbreak"}],
        "items": [{
            "id": one.id, "url": one.link, "title": _fit(one.title),
            "content_text": _fit(one.text), "date_published": stamp(one.known),
            "tags": [_fit(tag) for tag in one.tags],
            **({"external_url": one.evidence} if is_address(one.evidence) else {}),
        } for one in feed.entries],
    }, ensure_ascii=False).encode()


def is_address(text: str) -> bool:
    """Whether a text is an address that may be linked."""
    return text.startswith(("http://", "https://")) and not re.search(r"[\s<>\"]", text)


def stamp(day: date) -> str:
    """A day as a moment (RFC 3339): what is known of it is the day."""
    return f"{day}T00:00:00Z"
