"""How good a text is as evidence, by the host that published it (hosts.csv) or its owner's name."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from groundbreak.proposing.gazetteer import generic, keys
from groundbreak.proposing.words import rows

PRESS = 4
OWNER = 2


def host_of(url: str) -> str:
    """The host of a URL without 'www.', or '' where it is none."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return ""
    return host.removeprefix("www.")


def grade_of(url: str, owners: str) -> int:
    """1 regulators, courts and exchanges, 2 the owner's own site, 3 funders, 4 all others."""
    host = host_of(url)
    for row in rows("hosts"):
        if host == row["host"] or host.endswith("." + row["host"]):
            return int(row["grade"])
    return OWNER if _is_owners(host, owners) else PRESS


def _is_owners(host: str, owners: str) -> bool:
    """Whether the host's own label is an owner's name or its first word of weight."""
    labels = re.split(r"[.]", host)
    own = {"".join(re.findall(r"[a-z0-9]+", label)) for label in labels[:-1] if len(label) > 2}
    for owner in re.split(r"[;,()/]", owners):
        words = [key for key in keys(owner) if not key.isdigit()]
        strong = [key for key in words if key not in generic() and len(key) > 3]
        if words and ("".join(words) in own or any(key in own for key in strong)):
            return True
    return False
