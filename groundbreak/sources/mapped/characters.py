"""What a YAML file may hold and no register can keep, or no person meant to write."""

from __future__ import annotations

import re

from groundbreak.sources.mapped.nodes import Node, as_text

UNKEEPABLE = re.compile("[\0\ud800-\udfff]")  # a database refuses them
# All control characters but tab and line ends.
CONTROL = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
PLAIN = "'name: value' lines, each written out"
ACCEPTED = "text without control characters or half characters (surrogates)"


def check_characters(root: Node, refused: re.Pattern[str]) -> None:
    """Raise WrongMapping at the first name or value with a character that is `refused`.

    Also where names are merged in ('<<') or tagged, so that they stand on no line.
    """
    waiting = [root]
    seen: set[int] = set()  # an alias gives one list many places
    while waiting:
        node = waiting.pop()
        if not isinstance(node.value, dict | list):
            _check(node, as_text(node.value), refused)
        elif id(node.value) not in seen:
            seen.add(id(node.value))
            waiting += reversed(_children(node, refused))


def _children(node: Node, refused: re.Pattern[str]) -> list[Node]:
    try:
        if isinstance(node.value, list):
            return node.entries()
        named = node.items(PLAIN)
    except (KeyError, TypeError):  # what is merged or tagged stands on no line of its own
        node.wrong("holds '<<' or a tag such as !!omap", PLAIN, "'<<' or '!!'")
    for name, child in named:
        _check(child, name, refused)
    return [child for _, child in named]


def _check(node: Node, text: str, refused: re.Pattern[str]) -> None:
    if found := refused.search(text):
        Node(node.file, node.line, _printable(node.key), None).wrong(
            f"holds the character U+{ord(found[0]):04X}", ACCEPTED, _printable(text))


def _printable(text: str) -> str:
    return CONTROL.sub("\N{REPLACEMENT CHARACTER}", text)
