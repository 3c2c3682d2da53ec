"""What stops a list of somebody's own: a wrong mapping, or tabs that it cannot read."""

from __future__ import annotations

from groundbreak.sources.errors import SourceError


class WrongMapping(SourceError):
    """The mapping file says something that is not accepted."""

    template = "{file}, line {line}: {key}: {why} (value {value!r}; accepted: {accepted})"


class UnreadableTab(SourceError):
    """A sheet in which the mapping's table is not found."""

    template = "{file}, sheet {sheet!r}: {why}. Accepted: {accepted}"


class UndatedTab(SourceError):
    """A table without a published date."""

    template = "{file}, sheet {sheet!r}: no published date: {why}. Accepted: {accepted}"


class UnknownStatuses(SourceError):
    """Status words or colours without a meaning: never guessed."""

    template = "{file}: {what} without a meaning: {words}. Accepted: {accepted}. Nothing imported."
