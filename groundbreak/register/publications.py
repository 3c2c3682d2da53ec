"""What is known of each source that can be taken in."""

from groundbreak.register import own_lists
from groundbreak.vocabulary.terms import read_rows


def publication(source: str) -> dict[str, str]:
    """What publications.csv, or the mapping of somebody's own list, says of a source."""
    for row in read_rows("publications.csv"):
        if row["name"] == source:
            return row
    own = own_lists.publication(source)
    if own is None:
        raise KeyError(f"nothing is known of source {source!r}")
    return own
