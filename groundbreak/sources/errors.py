"""Errors that stop an import with nothing written. Each says what would have been accepted."""

from __future__ import annotations


class SourceError(ValueError):
    """The file cannot be taken in. The message names the file, the place and what is accepted."""

    template = "{file}: {why}"

    def __init__(self, **context: object) -> None:
        self.context = context
        super().__init__(self.template.format(**context))


class UnreadableFile(SourceError):
    """Not a workbook or table at all: truncated, encrypted, or of another kind."""

    template = "{file}: cannot be read: {why}. Accepted: {accepted}"


class EmptyFile(SourceError):
    """No data rows."""

    template = "{file}: no data rows found{where}. Accepted: {accepted}"


class FileTooLarge(SourceError):
    """Would take more room than the importer gives (a zip bomb, or a wrong file)."""

    template = "{file}: refused as too large: {why}. Accepted: {accepted}"


class UnknownLayout(SourceError):
    """The file is readable but is none of the editions this source module knows."""

    template = (
        "{file}: not a known layout of source '{source}': {why}. Accepted: {accepted}"
    )


class UnknownWord(SourceError):
    """A stage or status word that is not in the source's list: never guessed."""

    template = (
        "{file}, sheet '{sheet}', row {row}, column '{column}': unknown {what} word {value!r}. "
        "Accepted: {accepted}. Nothing was imported."
    )


class MissingIds(SourceError):
    """A copy without the ids the source prints; merging it by name would be guessing."""

    template = "{file}: {why}. Accepted: {accepted}"
