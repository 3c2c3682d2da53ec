"""Numbers as sources print them: '912,5', '6,200,000', '1.234.567', '130 000', '12,00,000'.

Every number becomes an exact fraction, so that a factor of a unit never adds rounding of its own.
The one shape with two honest readings, one comma before exactly three digits ('1,234' is 1234 in
London and 1.234 in Berlin), is refused unless the caller says which way the column writes.
"""

from __future__ import annotations

import re
import unicodedata
from fractions import Fraction

MAX_LENGTH = 1_000  # characters; no capacity needs more, and hostile cells stay cheap

# Separators and digits never match the same character, so matching time is linear in the text.
NUMBER = re.compile(
    r"(?:[0-9]+(?:[.,'’][0-9]+| [0-9]{3}(?![0-9]))*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,2}(?![0-9]))?"
)
_SPACED = re.compile(r"[1-9][0-9]{0,2}(?:[ '][0-9]{3})+(?:[.,][0-9]+)?")
_THREES = re.compile(r"[1-9][0-9]{0,2}(?:[.,][0-9]{3})+")
_LAKHS = re.compile(r"[1-9][0-9]?(?:,[0-9]{2})+,[0-9]{3}")
_COUNT_WORDS = ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_COUNT = re.compile(rf"\b({'|'.join(_COUNT_WORDS)})(?= [0-9])", re.IGNORECASE)
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−"), "-")
_SIGNS = _DASHES | {ord("×"): "x", ord("✕"): "x", ord("∗"): "x", ord("’"): "'"}


class UnreadableQuantity(ValueError):
    """A text that states no quantity that can be read without guessing.

    `reason` says why, `accepted` what would have been read.
    """

    def __init__(self, reason: str, accepted: str) -> None:
        super().__init__(f"{reason}; accepted: {accepted}")
        self.reason = reason
        self.accepted = accepted


def tidy(text: str) -> str:
    """The text with one kind of dash, space, digit and multiplication sign.

    Subscripts become plain digits ('H₂' → 'H2', 'm³' → 'm3'). A superscript after a digit is a
    power and a vulgar fraction a fraction: flattening either would change the number, so both
    raise UnreadableQuantity, as do empty and overlong texts.
    """
    if len(text) > MAX_LENGTH:
        raise UnreadableQuantity(
            f"{len(text):,} characters are too many", f"at most {MAX_LENGTH:,} characters"
        )
    _refuse_powers(text)
    flat = unicodedata.normalize("NFKC", text).translate(_SIGNS)
    flat = "".join(character for character in flat if unicodedata.category(character) != "Cf")
    flat = " ".join(flat.split()).rstrip(" .;")
    if not flat:
        raise UnreadableQuantity("the text is empty", 'a number with a unit, such as "20 MW"')
    return _COUNT.sub(lambda word: f"{_COUNT_WORDS.index(word[1].lower()) + 2} x", flat)


def _refuse_powers(text: str) -> None:
    before = " "
    for character in text:
        if unicodedata.category(character) == "No" and not before.isalpha():
            raise UnreadableQuantity(
                f'"{character}" is a power or a fraction', "plain decimal numbers"
            )
        before = character


def number(token: str, *, decimal_comma: bool | None = None) -> Fraction:
    """The exact value of one token that NUMBER matched.

    `decimal_comma` says how the column writes ('1,234' is 1.234 if True, 1234 if False) and is
    consulted only where the token alone has two readings. A single dot is a decimal point unless
    the column writes decimal commas: the trackers are written in English ('1.354 Mwel').
    Raises UnreadableQuantity where the separators fit no way of writing, or two.
    """
    mantissa, _, exponent = token.replace("’", "'").lower().partition("e")
    return Fraction(_plain(mantissa, decimal_comma)) * Fraction(10) ** int(exponent or 0)


def _plain(token: str, decimal_comma: bool | None) -> str:
    if " " in token or "'" in token:
        return _spaced(token)
    commas, dots = token.count(","), token.count(".")
    if commas and dots:
        return _mixed(token)
    if commas + dots <= 1:
        return _single(token, decimal_comma)
    if _THREES.fullmatch(token) or _LAKHS.fullmatch(token):
        return token.replace(",", "").replace(".", "")
    raise _bad_groups(token)


def _single(token: str, decimal_comma: bool | None) -> str:
    """A token with at most one separator."""
    if not _THREES.fullmatch(token):
        return token.replace(",", ".")
    if "." in token:
        return token.replace(".", "") if decimal_comma else token
    if decimal_comma is None:
        raise UnreadableQuantity(
            f'"{token}" reads as {token.replace(",", "")} or as {token.replace(",", ".")}',
            f'"{token.replace(",", "")}", "{token.replace(",", ".")}", or decimal_comma for the '
            "whole column",
        )
    return token.replace(",", "." if decimal_comma else "")


def _spaced(token: str) -> str:
    if not _SPACED.fullmatch(token):
        raise _bad_groups(token)
    return token.replace(" ", "").replace("'", "").replace(",", ".")


def _mixed(token: str) -> str:
    """Both separators: the last one is the decimal sign, the others group thousands."""
    cut = max(token.rfind(","), token.rfind("."))
    whole, sign, rest = token[:cut], token[cut], token[cut + 1 :]
    if sign in whole or not (_THREES.fullmatch(whole) or _LAKHS.fullmatch(whole)):
        raise _bad_groups(token)
    return f"{whole.replace(',', '').replace('.', '')}.{rest}"


def _bad_groups(token: str) -> UnreadableQuantity:
    return UnreadableQuantity(
        f'the separators of "{token}" fit no way of writing a number',
        "groups of three digits, and at most one decimal sign",
    )
