"""URLs as sources cite them: several in one cell, parted in as many ways as there are hands."""

from __future__ import annotations

import re

from groundbreak.sources.files import Cell
from groundbreak.sources.statements import Statements

ACCEPTED_LINKS = "web addresses that begin with http:// or https://"
# A second address inside one (web.archive.org/…/https://…) is part of it unless something parts
# them; an encoded blank before the second one is a paste that went wrong.
_URL = re.compile(r"https?://(?:(?!(?:%20|,)+https?://)[^\s;<>\"])+", re.IGNORECASE)


def urls(text: str) -> frozenset[str]:
    """Every web address in a text, without the punctuation that follows it.

    >>> sorted(urls("https://a.org/x; \\nhttps://b.org/y;"))
    ['https://a.org/x', 'https://b.org/y']
    """
    return frozenset(found.rstrip(".,)") if "(" not in found else found.rstrip(".,")
                     for found in _URL.findall(text))


def state_links(says: Statements, *cells: Cell | None) -> None:
    """State the addresses of all `cells` as one set: sorted, joined by a blank.

    White space, order and repetition are no news. A cell without an address is a finding.
    """
    stated = [cell for cell in cells if cell is not None and not cell.empty]
    found: set[str] = set()
    for cell in stated:
        here = urls(cell.raw)
        found |= here
        if not here:
            says.finding("not_a_link", cell, "text without a web address", ACCEPTED_LINKS)
    if found:
        says.add("references", text=" ".join(sorted(found)), place=stated[0].place,
                 raw="\n".join(cell.raw for cell in stated))
