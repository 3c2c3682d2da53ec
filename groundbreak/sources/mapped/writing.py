"""A draft as the mapping file that a person edits: commented, with what is unsure marked so."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from groundbreak.sources.mapped.draft import ColumnGuess, Draft, KeyGuess, WordGuess
from groundbreak.sources.mapped.mapping import BLANKS, FORMAT
from groundbreak.sources.mapped.schema import FILE_DATE, SKIP
from groundbreak.sources.mapped.targets import (
    NOTHING,
    STATUS,
    STATUS_MEANINGS,
    UNDECIDED,
    WORDS,
    Target,
    accepted_targets,
)

WIDTH = 96
_PLAIN = re.compile(r"[A-Za-z][\w ()./%&+-]*")


def quoted(text: str) -> str:
    """A text as YAML takes it for this text and nothing else."""
    plain = bool(_PLAIN.fullmatch(text)) and text == text.strip() and _reads_as(text, text)
    return text if plain else json.dumps(text, ensure_ascii=False)


def _reads_as(written: str, text: str) -> bool:
    try:
        return bool(YAML(typ="safe").load(written) == text) and text.casefold() not in (
            "yes", "no", "on", "off", "y", "n")
    except YAMLError:
        return False


def write(draft: Draft) -> str:
    """The mapping file of a draft."""
    parts = [_head(draft), _tabs(draft), _key(draft.key), _columns(draft), _ignored(draft),
             _words(draft), _colours(draft), _rest(draft)]
    return "\n".join("\n".join(part) + "\n" for part in parts if part)


def unsure(draft: Draft) -> int:
    """How many lines of the file are marked unsure."""
    return sum(" # unsure" in line for line in write(draft).splitlines())


def _said(text: str, why: str = "", sure: bool = True) -> str:
    """A line with its comment."""
    comment = ("" if sure else "unsure") + (": " if why and not sure else "") + why
    comment = re.sub(r"\s+", " ", comment)
    return f"{text}  # {comment}" if comment else text


def _wrapped(text: str) -> Iterator[str]:
    line = "#"
    for word in text.split():
        if len(line) + len(word) + 1 > WIDTH:
            yield line
            line = "#"
        line += f" {word}"
    yield line


# -- sections ------------------------------------------------------------------------------------
def _head(draft: Draft) -> list[str]:
    return [
        *_wrapped("How Groundbreak reads this list. Lines marked '# unsure' are guesses to look "
                  f"at; '{UNDECIDED}' is left to you. Check it with: groundbreak map --check THIS "
                  "FILE"),
        f"groundbreak: {FORMAT}",
        _said(f"source: {draft.source}", "the name of this list in the register, for good"),
        f"title: {quoted(draft.title)}",
        _said("publisher: not stated", "who publishes the list"),
        _said("licence: not stated", "under which terms"),
        _said("licence_confirmed: no", "yes, once you have read those terms"),
        _said(f"citation: {quoted(draft.title)}", "how to cite it"),
        _said("grade: 4", "evidence: 1 regulator, 2 owner, 3 funder, 4 press, 5 another tracker, "
              "6 inferred"),
        _said(f"complete: {'yes' if draft.complete[0] else 'no'}",
              draft.complete[1] + "; else no", draft.complete[2]),
        f"files: [{', '.join(map(quoted, draft.files))}]",
    ]


def _tabs(draft: Draft) -> list[str]:
    lines = [*_wrapped(f"Sheets (of a CSV: the file) and the day each was published: a day, "
                       f"{FILE_DATE} (the date in the file's name, or --published) or {SKIP}. A "
                       "sheet that is not named here is read if it has these columns, on the day "
                       "in its name."), "tabs:"]
    lines += [_said(f"  {quoted(t.name)}: {t.value}", t.why, t.sure) for t in draft.tabs]
    if draft.header_rows > 1:
        lines.append(_said(f"header_rows: {draft.header_rows}", "joined with ' / ': 'Capacity / "
                           "kt/y'; one row of names: 1"))
    if draft.hidden_rows:
        lines.append(_said("hidden_rows: read", f"{draft.hidden_rows} rows are hidden; {SKIP} "
                           "leaves them out", sure=False))
    return lines


def _key(key: KeyGuess) -> list[str]:
    lines = [*_wrapped("What identifies a project in every tab: a column of ids, or a composite "
                       "of what does not change.")]
    told = [quoted(n[0]) if len(n) == 1 else f"[{', '.join(map(quoted, n))}]"
            for n in key.columns]
    names = ", ".join(told)
    value = f"{{composite: [{names}]}}" if key.composite else f"{{column: {names}}}"
    lines += [f"# On several rows: {one}" for one in key.collisions]
    lines.append(_said(f"key: {value}", key.why, key.sure))
    if key.part:
        lines.append(_said(f"part: [{', '.join(map(quoted, key.part))}]",
                           "tells rows of one key apart"))
    return lines


def target_text(target: Target) -> str:
    """A target as it is written: 'name', or '{field: capacity, unit: kt/y}'."""
    plain = Target(target.field)
    options = {name: getattr(target, name) for name in Target.__dataclass_fields__
               if getattr(target, name) != getattr(plain, name)}
    if not options:
        return target.field
    told = [f"field: {target.field}"] + [f"{k}: {_value(v)}" for k, v in options.items()]
    return "{" + ", ".join(told) + "}"


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        inside = quoted(value)
        return inside if re.fullmatch(r"[\w ./\"%-]+", inside) else json.dumps(value)
    return f"{value:g}" if isinstance(value, float) else str(value)


def _targets(guess: ColumnGuess) -> str:
    texts = [target_text(target) for target in guess.targets]
    return texts[0] if len(texts) == 1 else f"[{', '.join(texts)}]"


def _columns(draft: Draft) -> list[str]:
    lines = [*_wrapped("What each column states: one field, or several in [ ]. Accepted: "
                       + ", ".join(accepted_targets()[:24]) + " and every further field of the "
                       "data dictionary. Options: {field: capacity, of: PRODUCT, unit: kt/y, "
                       "unit_column: NAME, period: y}, {field: …_date, day_first: yes}, {…, "
                       "decimal_comma: yes}, {…, times: 0.01}, {…, preferred: yes}. "
                       f"'{UNDECIDED}': its cells are findings."), "columns:"]
    for guess in draft.columns:
        if guess.ignored or (guess.name in draft.key.names and not guess.targets):
            continue
        if not guess.targets and guess.why == "unit":
            continue
        value = _targets(guess) if guess.targets else f'"{UNDECIDED}"'
        lines.append(_said(f"  {quoted(guess.name)}: {value}", guess.why, guess.sure))
    return lines


def _ignored(draft: Draft) -> list[str]:
    lines = [*_wrapped("Columns that are left out on purpose, each with the reason; to read one, "
                       "move it to columns.")]
    found = [g for g in draft.columns if g.ignored and not g.targets]
    if not found:
        return [*lines, "ignored: {}"]
    return [*lines, "ignored:",
            *(_said(f"  {quoted(g.name)}: {quoted(g.ignored)}", sure=g.sure) for g in found)]


def _words(draft: Draft) -> list[str]:
    if not draft.words:
        return []
    lines = ["words:"]
    for field, words in sorted(draft.words.items(), key=lambda item: item[0] != STATUS):
        accepted: Iterable[str] = STATUS_MEANINGS if field == STATUS else WORDS[field]
        lines += [f"  {line}" for line in _wrapped(f"{field}: " + ", ".join(accepted) + (
            "; a range such as feasibility..feed; {stage: …, activity: …, scale: …}"
            if field == STATUS else f"; {NOTHING} (the word says nothing)"))]
        lines.append(f"  {field}:" if words else f"  {field}: {{}}")
        lines += [f"    {_word(word)}" for word in words]
    return lines


def _word(word: WordGuess) -> str:
    value = _or_open(word.means)
    rows = f"{word.rows} row{'s' if word.rows > 1 else ''}"
    why = "; ".join(filter(None, (rows, word.why)))
    return _said(f"{quoted(word.word)}: {value}", why, word.sure)


def _colours(draft: Draft) -> list[str]:
    if not draft.colours:
        return []
    return [*_wrapped("Rows whose status is told by their colour, where a tab has no column of "
                      "statuses."), "colours:", *(f"  {_word(word)}" for word in draft.colours)]


def _or_open(value: str) -> str:
    return f'"{UNDECIDED}"' if value == UNDECIDED else value


def _rest(draft: Draft) -> list[str]:
    lines = [*_wrapped("What holds for every row that does not say otherwise: sector, product, "
                       "route, scale.")]
    if draft.defaults:
        lines += ["defaults:", *(_said(f"  {name}: {_or_open(value)}", why, sure=False)
                                 for name, (value, why) in draft.defaults.items())]
    else:
        lines.append("defaults: {}")
    blank = ", ".join(json.dumps(word, ensure_ascii=False) for word in BLANKS)
    return [*lines, _said(f"blank: [{blank}]", "words that say nothing")]
