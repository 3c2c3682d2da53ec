"""The language in force, and the words of it, for everything that imports no Django.

Texts are written in English in the code and marked with `gettext`; the catalogues in
`groundbreak/locale` give them in the other languages. Django reads the same files, so a label is
translated once for pages, charts and PDF. The language is that of :func:`speaking` where that is in
force, else what :func:`follow` was given (the language of a page's visitor), else English.
"""

from __future__ import annotations

import gettext as catalogues
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date
from functools import cache
from pathlib import Path

LANGUAGES = {"en": "English", "fr": "Français", "ar": "العربية"}
RIGHT_TO_LEFT = frozenset({"ar"})
ORIGINAL = "en"
FOLDER = Path(__file__).parent.parent / "locale"
DOMAIN = "django"  # so that Django finds the same catalogue

_spoken: ContextVar[tuple[str, catalogues.NullTranslations] | None] = ContextVar(
    "spoken", default=None)
_followed: list[Callable[[], str | None]] = []


def noop(text: str) -> str:
    """`text` itself: marks it for the catalogues where it is translated later."""
    return text


def gettext(text: str) -> str:
    """`text` in the language in force; as it is where there is no translation."""
    return _catalogue().gettext(text) if text else ""  # the empty text is a catalogue's heading


def ngettext(one: str, many: str, number: int) -> str:
    """The form of a text that goes with `number`, in the language in force."""
    return _catalogue().ngettext(one, many, number)


def language() -> str:
    """The code of the language in force: 'en', 'fr' or 'ar'."""
    spoken = _spoken.get()
    if spoken is not None:
        return spoken[0]
    for ask in _followed:
        code = (ask() or ORIGINAL).split("-")[0]
        return code if code in LANGUAGES else ORIGINAL
    return ORIGINAL


def right_to_left() -> bool:
    """Whether the language in force is written from right to left."""
    return language() in RIGHT_TO_LEFT


def follow(ask: Callable[[], str | None]) -> None:
    """Where nothing else is said, speak the language that `ask` names (that of a page)."""
    _followed[:] = [ask]


@contextmanager
def speaking(
    code: str, catalogue: catalogues.NullTranslations | None = None
) -> Iterator[None]:
    """Within the block, texts are in the language `code`.

    A `catalogue` stands for a language that is not listed. Raises ValueError that lists what is
    accepted.
    """
    if catalogue is None and code not in LANGUAGES:
        raise ValueError(f"no language {code!r}; accepted: {', '.join(LANGUAGES)}")
    token = _spoken.set((code, catalogue or _read(code)))
    try:
        yield
    finally:
        _spoken.reset(token)


def _catalogue() -> catalogues.NullTranslations:
    spoken = _spoken.get()
    return spoken[1] if spoken is not None else _read(language())


@cache
def _read(code: str) -> catalogues.NullTranslations:
    return catalogues.translation(DOMAIN, FOLDER, [code], fallback=True)


# -- numbers and days ------------------------------------------------------------------------------
MONTHS = (
    noop("January"), noop("February"), noop("March"), noop("April"), noop("May"), noop("June"),
    noop("July"), noop("August"), noop("September"), noop("October"), noop("November"),
    noop("December"),
)
SHORT_MONTHS = (
    noop("Jan"), noop("Feb"), noop("Mar"), noop("Apr"), noop("May"), noop("Jun"), noop("Jul"),
    noop("Aug"), noop("Sep"), noop("Oct"), noop("Nov"), noop("Dec"),
)
_THOUSANDS = {"fr": "\u202f"}  # a narrow space that does not break
_DECIMAL = {"fr": ","}


def number(value: float | int, decimals: int = 0) -> str:
    """A number as the language writes it: 1,234.5 or 1 234,5."""
    return written(f"{value:,.{decimals}f}")


def written(figure: str) -> str:
    """A figure with English signs as the language writes it."""
    code = language()
    signs = {",": _THOUSANDS.get(code, ","), ".": _DECIMAL.get(code, "."), "-": "−"}
    return "".join(signs.get(character, character) for character in figure)


def signed(value: int) -> str:
    """A change with its sign, a true minus: +3, −2, 0."""
    return f"+{number(value)}" if value > 0 else number(value)


def day(value: date, *, short: bool = False) -> str:
    """A day in words: 4 September 2026, or short: 4 Sep 2026."""
    months = SHORT_MONTHS if short else MONTHS
    return gettext("{day} {month} {year}").format(
        day=value.day, month=gettext(months[value.month - 1]), year=value.year)


def month(value: date) -> str:
    """A month in words: Sep 2026."""
    return gettext("{month} {year}").format(
        month=gettext(SHORT_MONTHS[value.month - 1]), year=value.year)
