"""Cursors: where a page begins and of which state of the register, signed so that none is made up.

A page by cursor is cut from the log as it stood when the walk began, so that what is taken in
meanwhile shifts nothing.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.core import signing

from groundbreak.catalogue.query import BadQuery

_SALT = "groundbreak.api.cursor"
ACCEPTED = "the cursor of the page before, with the same other parameters"


@dataclass(frozen=True)
class Cursor:
    """A place in the answer to one question, as known, about and as recorded."""

    question: str  # digest of what is asked
    known: date
    valid: date
    position: int  # log position
    first: int  # rows before it

    def written(self) -> str:
        """As a parameter's value."""
        return _signer().sign_object([self.question, self.known.toordinal(),
                                      self.valid.toordinal(), self.position, self.first])


def read(text: str, question: str) -> Cursor:
    """The cursor of `question`. Raises BadQuery for one that was tampered with or is another's."""
    try:
        digest, known, valid, position, first = _signer().unsign_object(text)
        found = Cursor(digest, date.fromordinal(known), date.fromordinal(valid), position, first)
    except (signing.BadSignature, ValueError, TypeError):
        raise BadQuery("cursor", text, ACCEPTED) from None
    if found.question != question:
        raise BadQuery("cursor", text, ACCEPTED)
    return found


def digest(*parts: object) -> str:
    """A short name of what is asked, the same in every process."""
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:20]


def _signer() -> signing.Signer:
    # A register without a key (a test, a notebook) has cursors all the same: they hide nothing.
    return signing.Signer(key=settings.SECRET_KEY or _SALT, salt=_SALT)
