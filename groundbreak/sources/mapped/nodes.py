"""The mapping file as nodes that know their line, so that every error can name it."""

from __future__ import annotations

import difflib
import io
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, NoReturn

from ruamel.yaml import YAML
from ruamel.yaml.constructor import RoundTripConstructor
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from groundbreak.sources.mapped.errors import WrongMapping

YES_NO = {"yes": True, "no": False, "true": True, "false": False}
MAX_TEXT = 4 * 2**20


@dataclass(frozen=True)
class Node:
    """One value of the file: where it stands and the key it stands under."""

    file: str
    line: int  # from 1
    key: str
    value: Any

    def wrong(self, why: str, accepted: str, value: object = None) -> NoReturn:
        """Raise the error that names this place."""
        shown = str(self.value if value is None else value)
        raise WrongMapping(file=self.file, line=self.line, key=self.key or "the file", why=why,
                           value=shown[:80], accepted=accepted)

    # -- mappings and lists ---------------------------------------------------------------------
    def items(self, accepted: str) -> list[tuple[str, Node]]:
        """The entries of a mapping; nothing at all is an empty one."""
        if self.value is None:
            return []
        if not isinstance(self.value, dict):
            self.wrong("not a list of 'name: value' lines", accepted)
        return [(as_text(key), self._child(key)) for key in self.value]

    def fields(self, accepted: Iterable[str]) -> dict[str, Node]:
        """The entries of a mapping of which only some names are accepted."""
        names = list(accepted)
        found = dict(self.items(", ".join(names)))
        for name, node in found.items():
            if name not in names:
                near = difflib.get_close_matches(name, names, n=3)
                meant = f"; did you mean {' or '.join(near)}?" if near else ""
                node.wrong(f"unknown key {name!r}{meant}", ", ".join(names), name)
        return found

    def entries(self) -> list[Node]:
        """The entries of a list; one value alone is a list of it."""
        if self.value is None:
            return []
        if not isinstance(self.value, list):
            return [self]
        where: Any = self.value  # ruamel's lists know their lines
        return [Node(self.file, where.lc.item(n)[0] + 1, self.key, value)
                for n, value in enumerate(self.value)]

    def _child(self, key: Any) -> Node:
        line = self.value.lc.key(key)[0] + 1
        return Node(self.file, line, f"{self.key}, {as_text(key)}" if self.key else as_text(key),
                    self.value[key])

    # -- single values --------------------------------------------------------------------------
    def text(self, accepted: str = "a text") -> str:
        if isinstance(self.value, dict | list):
            self.wrong("not one value", accepted)
        return as_text(self.value)

    def one_of(self, accepted: Iterable[str], what: str = "value") -> str:
        """A word of a list; near misses are named."""
        names = list(accepted)
        text = self.text(", ".join(names))
        if text not in names:
            near = difflib.get_close_matches(text, names, n=3, cutoff=0.5)
            meant = f"; did you mean {' or '.join(near)}?" if near else ""
            self.wrong(f"unknown {what}{meant}", ", ".join(names))
        return text

    def yes(self) -> bool:
        text = self.text("yes or no").casefold()
        if text not in YES_NO:
            self.wrong("neither yes nor no", "yes or no")
        return YES_NO[text]

    def whole(self, least: int, most: int) -> int:
        text = self.text()
        if not text.isdigit() or not least <= int(text) <= most:
            self.wrong("not such a number", f"a whole number from {least} to {most}")
        return int(text)

    def number(self) -> float:
        try:
            value = float(self.text())
        except ValueError:
            value = 0.0
        if not 0 < value < 1e15:
            self.wrong("not a number above 0", "a number above 0")
        return value

    def day(self, others: str = "") -> date:
        try:
            return date.fromisoformat(self.text())
        except ValueError:
            self.wrong("not a day", f"a day as YYYY-MM-DD{others}")


def as_text(value: Any) -> str:
    """A YAML scalar as the text a person wrote."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value).strip()


def load(
    text: str, file: str, accepted: str = "a mapping file that `groundbreak map` writes"
) -> Node:
    """The file's root. Raises WrongMapping for what is no YAML, with the line."""
    whole = Node(file, 1, "", None)
    if len(text) > MAX_TEXT:
        whole.wrong("too long", f"at most {MAX_TEXT:,} characters", f"{len(text):,} characters")
    if "\0" in text:
        whole.wrong("not a text", accepted, "binary content")
    try:
        value = _yaml().load(io.StringIO(text))
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        what = str(error.problem or error.context or "not YAML").splitlines()[0]
        Node(file, line, "YAML", _line(text, line)).wrong(what, "'name: value', texts with ': ' or "
                                                          "'#' in quotes, each name once")
    except (YAMLError, ValueError, RecursionError) as error:
        whole.wrong(f"not YAML: {str(error).splitlines()[0]}", accepted, text[:40])
    return Node(file, 1, "", value)


class _Texts(RoundTripConstructor):
    """Leaves days as texts, so that a day that is none is told with its line."""


_Texts.add_constructor("tag:yaml.org,2002:timestamp",
                       lambda maker, node: maker.construct_scalar(node))


def _yaml() -> YAML:
    yaml = YAML(typ="rt")
    yaml.Constructor = _Texts
    return yaml


def _line(text: str, line: int) -> str:
    lines = text.splitlines()
    return lines[line - 1].strip() if line <= len(lines) else ""
