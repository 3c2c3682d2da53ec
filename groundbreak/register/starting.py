"""Loading the embedded register into the open one; doing it twice adds nothing."""

import hashlib

from groundbreak.history.edition import Edition
from groundbreak.register.importing import Imported, take_in
from groundbreak.starter.register import editions


def _digest(edition: Edition) -> str:
    return hashlib.sha256(edition.statements.write_csv().encode()).hexdigest()


def load() -> list[Imported]:
    """Take every embedded edition in. Raises ImportRefused if one differs from what was loaded."""
    return [
        take_in(item.edition, item.published, sha256=_digest(item.edition), name=item.release)
        for item in editions()
    ]
