"""Parameters of figures: what is accepted, and errors that say it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from groundbreak.vocabulary.days import EARLIEST, LATEST, read_day


class BadParameter(ValueError):
    """A figure or parameter that does not exist, or a value that is not accepted."""


@dataclass(frozen=True)
class Parameter:
    """A parameter of a figure: what it sets, which values it takes and which is the usual one.

    `accepted`: the words it takes, or None where `read` decides. `default` '' is worked out.
    """

    name: str
    about: str
    default: str = ""
    accepted: tuple[str, ...] | None = None
    read: Callable[[str], Any] = str
    expects: str = ""

    def value(self, text: str) -> Any:
        """The value of a text. Raises BadParameter that names what is accepted."""
        if self.accepted is not None:
            if text not in self.accepted:
                raise BadParameter(self._said(text, ", ".join(self.accepted)))
            return text
        try:
            return self.read(text)
        except ValueError:
            raise BadParameter(self._said(text, self.expects)) from None

    def _said(self, text: str, accepted: str) -> str:
        return f"{self.name}={text!r} is not accepted; accepted: {accepted}"


def day(name: str, about: str) -> Parameter:
    """A parameter that takes a day."""
    return Parameter(name, about, read=read_day,
                     expects=f"a day as YYYY-MM-DD, {EARLIEST} to {LATEST}")


def whole(name: str, about: str, default: int, least: int, most: int) -> Parameter:
    """A parameter that takes a whole number from `least` to `most`."""
    def read(text: str) -> int:
        if not text.isascii() or not text.isdigit() or not least <= int(text[:9]) <= most:
            raise ValueError(text)
        return int(text)

    return Parameter(name, about, str(default), read=read,
                     expects=f"a whole number from {least} to {most}")


def read(parameters: tuple[Parameter, ...], given: Mapping[str, Any]
         ) -> tuple[dict[str, Any], tuple[tuple[str, str], ...]]:
    """Values by name (defaults filled in, None where it is worked out) and what was asked for.

    Raises BadParameter for an unknown name or value.
    """
    known = {parameter.name: parameter for parameter in parameters}
    for name in given:
        if name not in known:
            raise BadParameter(
                f"unknown parameter {name!r}; accepted: {', '.join(known) or 'none'}")
    values: dict[str, Any] = {}
    asked = []
    for name, parameter in known.items():
        text = "" if given.get(name) is None else str(given[name])
        if text and text != parameter.default:
            asked.append((name, text))
        text = text or parameter.default
        values[name] = parameter.value(text) if text else None
    return values, tuple(asked)
