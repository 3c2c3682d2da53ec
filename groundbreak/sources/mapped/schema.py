"""A mapping file → :class:`Mapping`, strictly: every key and every word is checked."""

from __future__ import annotations

import re
from collections.abc import Mapping as Map
from pathlib import Path

from groundbreak.sources.mapped.characters import UNKEEPABLE, check_characters
from groundbreak.sources.mapped.mapping import BLANKS, FORMAT, Mapping, Tab
from groundbreak.sources.mapped.nodes import Node, load
from groundbreak.sources.mapped.targets import (
    CAPACITY,
    NOTHING,
    QUANTITIES,
    STATUS,
    STATUS_MEANINGS,
    UNDECIDED,
    WORDS,
    Target,
    accepted_targets,
)
from groundbreak.sources.plain import read_text
from groundbreak.sources.registry import MODULES
from groundbreak.sources.template import STATED_ACTIVITIES
from groundbreak.sources.words import Word
from groundbreak.vocabulary.quantities import parse_unit
from groundbreak.vocabulary.terms import (
    EVIDENCE_GRADES,
    PRODUCTS,
    ROUTES,
    SCALES,
    SECTORS,
    STAGES,
    stage_range,
)

SOURCE_NAME = re.compile(r"[a-z][a-z0-9-]{1,30}")
RESERVED = frozenset({*MODULES, "edit", "correction", "events"})
KEYS = ("groundbreak", "source", "title", "publisher", "licence", "licence_confirmed", "citation",
        "grade", "complete", "files", "tabs", "header_rows", "hidden_rows", "key", "part",
        "columns", "ignored", "words", "colours", "colour_column", "defaults", "blank")
NEEDED = ("groundbreak", "source", "key", "columns")
DEFAULTS: Map[str, tuple[str, ...]] = {
    "sector": tuple(SECTORS), "product": tuple(PRODUCTS), "route": tuple(ROUTES),
    "scale": tuple(SCALES),
}
OPTIONS = ("field", "words", "of", "unit", "unit_column", "period", "times", "currency",
           "price_year", "day_first", "decimal_comma", "preferred")
FILE_DATE, SKIP = "file", "skip"
A_FILE = "a mapping file that `groundbreak map` writes"
A_WORD_EACH = "a line 'word in the file: our word' for each word"


def read_mapping(path: Path) -> Mapping:
    """The mapping in a file. Raises SourceError; OSError where there is no such file."""
    return parse_mapping(read_text(path, A_FILE), path.name)


def source_error(name: str) -> str:
    """Why `name` cannot be the name of somebody's own list; '' where it can."""
    if not SOURCE_NAME.fullmatch(name):
        return "not a usable name"
    return "the name of another source" if name in RESERVED else ""


def parse_mapping(text: str, file: str = "mapping") -> Mapping:
    """The mapping that a text says. Raises WrongMapping with line, key, value and what is accepted.
    """
    root = load(text, file)
    if not isinstance(root.value, dict):
        root.wrong("not a mapping", A_FILE, text[:40])
    check_characters(root, UNKEEPABLE)
    given = root.fields(KEYS)
    for name in NEEDED:
        if name not in given:
            root.wrong(f"no {name!r}", f"a line '{name}: …', as `groundbreak map` writes it", "")
    given["groundbreak"].one_of((FORMAT,), "format")
    words, statuses, open_words = _words(given.get("words"))
    colours, open_colours = _statuses(given.get("colours"), "colours")
    columns, undecided = _columns(given["columns"])
    key, composite = _key(given["key"])
    return Mapping(
        source=_source(given["source"]), title=_said(given, "title", _source(given["source"])),
        publisher=_said(given, "publisher", "not stated"),
        licence=_said(given, "licence", "not stated"),
        licence_confirmed=given["licence_confirmed"].yes() if "licence_confirmed" in given
        else False,
        citation=_said(given, "citation", _said(given, "title", "not stated")),
        grade=int(given["grade"].one_of(EVIDENCE_GRADES, "grade")) if "grade" in given else 4,
        complete=given["complete"].yes() if "complete" in given else True,
        tabs=_tabs(given), key=key, composite=composite,
        part=tuple(n.text() for n in given["part"].entries()) if "part" in given else (),
        columns=columns, undecided=undecided,
        ignored={k: n.text() for k, n in given["ignored"].items("'column: reason' lines")}
        if "ignored" in given else {},
        words=words, statuses=statuses, colours=colours,
        colour_column=_said(given, "colour_column", ""), open_words=open_words + open_colours,
        defaults=_defaults(given.get("defaults")),
        blanks=_blanks(given.get("blank")),
        hidden_rows=given["hidden_rows"].one_of(("read", SKIP)) == "read"
        if "hidden_rows" in given else True,
        files=tuple(n.text() for n in given["files"].entries()) if "files" in given else (),
        text=text, file=file,
    )


def _said(given: Map[str, Node], name: str, default: str) -> str:
    return (given[name].text() if name in given else "") or default


def _source(node: Node) -> str:
    name = node.text("a name")
    if why := source_error(name):
        node.wrong(why, "small letters, digits and hyphens, 2 to 31 of them, beginning with a "
                   f"letter; not {', '.join(sorted(RESERVED))}")
    return name


def _blanks(node: Node | None) -> frozenset[str]:
    listed = [n.text() for n in node.entries()] if node is not None else BLANKS
    return frozenset(word.casefold() for word in listed)


# -- tabs ----------------------------------------------------------------------------------------
def _tabs(given: Map[str, Node]) -> dict[str, Tab]:
    rows = given["header_rows"].whole(1, 3) if "header_rows" in given else None
    entries = given["tabs"].items("'tab: date' lines") if "tabs" in given else []
    tabs = {name: _tab(node, rows) for name, node in entries}
    tabs.setdefault("", Tab(header_rows=rows))  # of every tab that is not named
    return tabs


def _tab(node: Node, rows: int | None) -> Tab:
    if not isinstance(node.value, dict):
        return _dated(node, rows)
    given = node.fields(("published", "header_row", "header_rows", "defaults"))
    plain = _dated(given["published"], rows) if "published" in given else Tab(header_rows=rows)
    return Tab(
        plain.published, plain.of_file, plain.skip,
        given["header_row"].whole(1, 60) if "header_row" in given else None,
        given["header_rows"].whole(1, 3) if "header_rows" in given else rows,
        _defaults(given.get("defaults")), plain.undecided,
    )


def _dated(node: Node, rows: int | None) -> Tab:
    if node.value == UNDECIDED:
        return Tab(header_rows=rows, undecided=True)
    if node.text() in (SKIP, FILE_DATE):
        skip = node.text() == SKIP
        return Tab(skip=skip, of_file=not skip, header_rows=rows)
    return Tab(node.day(f", {FILE_DATE} (the date in the file's name or --published), or {SKIP}"),
               header_rows=rows)


def _key(node: Node) -> tuple[tuple[tuple[str, ...], ...], bool]:
    given = node.fields(("column", "composite"))
    if len(given) != 1:
        node.wrong("needs one of column and composite", "column: NAME, or composite: [NAME, …]; "
                   "a column that other tabs call otherwise: [NAME, OTHER NAME]")
    if "column" in given:
        return (_names_of(given["column"]),), False
    names = tuple(map(_names_of, given["composite"].entries()))
    if not names:
        given["composite"].wrong("names no column", "[NAME, …]")
    return names, True


def _names_of(node: Node) -> tuple[str, ...]:
    names = tuple(n.text("the name of a column") for n in node.entries())
    if not names or not all(names):
        node.wrong("names no column", "NAME, or [NAME, OTHER NAME]")
    return names


# -- columns -------------------------------------------------------------------------------------
def _columns(node: Node) -> tuple[dict[str, tuple[Target, ...]], frozenset[str]]:
    columns: dict[str, tuple[Target, ...]] = {}
    undecided: set[str] = set()
    for name, entry in node.items("'column: field' lines"):
        if entry.value == UNDECIDED or entry.value is None:
            undecided.add(name)
        else:
            columns[name] = tuple(_target(part) for part in entry.entries())
    if not columns:
        node.wrong("no column is read", "at least one line 'column: field'", "")
    return columns, frozenset(undecided)


def _target(node: Node) -> Target:
    if not isinstance(node.value, dict):
        return _checked(node, Target(_field(node)))
    given = node.fields(OPTIONS)
    if "field" not in given:
        node.wrong("no field", "{field: …, and its options}")
    texts = {name: given[name].text() for name in ("words", "unit_column") if name in given}
    return _checked(node, Target(
        _field(given["field"]), **texts,
        of=given["of"].one_of(PRODUCTS, "product") if "of" in given else "",
        unit=_unit(given["unit"]) if "unit" in given else "",
        period=given["period"].one_of(("y", "d", "h"), "period") if "period" in given else "",
        times=given["times"].number() if "times" in given else 1.0,
        currency=_matching(given.get("currency"), "[A-Z]{3}", "a three-letter code such as USD"),
        price_year=_matching(given.get("price_year"), r"(19|20)\d\d", "a year"),
        day_first=given["day_first"].yes() if "day_first" in given else None,
        decimal_comma=given["decimal_comma"].yes() if "decimal_comma" in given else None,
        preferred=given["preferred"].yes() if "preferred" in given else False,
    ))


def _field(node: Node) -> str:
    return node.one_of(accepted_targets(), "field")


def _checked(node: Node, target: Target) -> Target:
    if target.field in ("capex_announced", "grant_awarded") and not (target.currency
                                                                     and target.price_year):
        node.wrong("money needs its currency and the year of its prices",
                   f"{{field: {target.field}, currency: USD, price_year: 2023}}")
    if (target.unit or target.unit_column) and target.field not in (CAPACITY, *QUANTITIES):
        node.wrong(f"{target.field} has no unit of its own",
                   f"unit with {', '.join((CAPACITY, *QUANTITIES))}; times: … for other numbers")
    return target


def _unit(node: Node) -> str:
    text = node.text()
    if parse_unit(text) is None:
        node.wrong("no known unit", "a unit of units.csv, such as kt/y, t/d, MW, Nm3/h")
    return text


def _matching(node: Node | None, pattern: str, accepted: str) -> str:
    if node is None:
        return ""
    text = node.text()
    if not re.fullmatch(pattern, text):
        node.wrong("not accepted", accepted)
    return text


# -- words ---------------------------------------------------------------------------------------
Open = tuple[tuple[str, str], ...]


def _words(node: Node | None) -> tuple[dict[str, dict[str, str]], dict[str, Word], Open]:
    words: dict[str, dict[str, str]] = {}
    statuses: dict[str, Word] = {}
    open_words: Open = ()
    for name, entry in node.items("lists of words") if node is not None else []:
        if name == STATUS:
            statuses, open_words = _statuses(entry, STATUS)
        else:
            words[name] = _word_list(name, entry)
    return words, statuses, open_words


def _word_list(name: str, node: Node) -> dict[str, str]:
    """A list is named after its field, or 'field of such a column' where columns differ."""
    field = name.split(" ", 1)[0]
    if field not in WORDS:
        node.wrong("no list of words", f"{STATUS}, {', '.join(WORDS)}; or such a name with more "
                   "after a blank", name)
    found = {}
    for word, meaning in node.items(A_WORD_EACH):
        if meaning.value != UNDECIDED:
            found[word.casefold()] = meaning.one_of((*WORDS[field], NOTHING), field)
    return found


def _statuses(node: Node | None, name: str) -> tuple[dict[str, Word], Open]:
    found: dict[str, Word] = {}
    undecided = []
    for word, meaning in node.items(A_WORD_EACH) if node is not None else []:
        if meaning.value == UNDECIDED or meaning.value is None:
            undecided.append((name, word))
        else:
            found[word.casefold()] = _status(word, meaning)
    return found, tuple(undecided)


def _status(word: str, node: Node) -> Word:
    if not isinstance(node.value, dict):
        text = node.text(", ".join(STATUS_MEANINGS))
        if text in STATED_ACTIVITIES:
            return Word(word, None, text, None, None, keeps_stage=True)
        return Word(word, _stage(node), "active", None, None)
    given = node.fields(("stage", "activity", "scale"))
    activity = given["activity"].one_of(STATED_ACTIVITIES, "activity") if "activity" in given \
        else "active"
    stage = _stage(given["stage"]) if "stage" in given else None
    scale = given["scale"].one_of(SCALES, "scale") if "scale" in given else None
    return Word(word, stage, activity, scale, None,
                keeps_stage=stage is None and activity != "active")


def _stage(node: Node) -> str:
    text = node.text()
    try:
        stage_range(text)
    except ValueError:
        low, _, high = text.partition("..")
        if low in STAGES and high in STAGES:
            node.wrong("runs backwards", "a stage, or two as lowest..highest")
        node.one_of(STATUS_MEANINGS, "meaning")
    return text


def _defaults(node: Node | None) -> dict[str, str]:
    if node is None:
        return {}
    return {name: entry.one_of(DEFAULTS[name], name)
            for name, entry in node.fields(DEFAULTS).items() if entry.value != UNDECIDED}
