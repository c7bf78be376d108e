"""A number in an answer: digits, or words of English and Spanish.

`1,5` is one and a half, `1,500` fifteen hundred (a comma before three digits), `1.500,75` as much with cents. `1.500`
alone could be both and is asked again, and so is an answer with two numbers ("5 or 6").
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import cast

from campaigns.workflows.domain.answers.words import listed, plain, words_of

LARGEST = 10**15
_GROUP = 3
"""Digits between two marks of a large number."""
_NUMBER = re.compile(r"(?<![\w.,/:-])([-+]?)\s?[$€£#]?\s?(\d[\d.,']*)(?![\w/:])")
_DIGITS = re.compile(r"\d")
_PARTS = listed(
    "half halves quarter quarters third thirds dozen dozens couple medio media cuarto cuartos docena docenas"
)
"""With these a number means another one: seven and a half, two dozen."""
_MINUS = re.compile(r"\b(?:minus|menos) (?=\d)")
_GROUPED = re.compile(r"\d{1,3}(?:([.,'])\d{3})(?:\1\d{3})*\Z")
LANGUAGES = ("en", "es")


def read_number(reply: str) -> int | float | None:
    """None if there is none, more than one, or one that could mean two."""
    text = plain(reply)
    if _PARTS.intersection(words_of(text)) or "no one" in text:
        return None
    for candidate in (text, *(_with_digits(text, language) for language in LANGUAGES)):
        if _DIGITS.search(candidate):
            return _only_number(candidate)
    return None


def _only_number(text: str) -> int | float | None:
    found = _NUMBER.findall(text)
    leftovers = _NUMBER.sub(" ", text)
    if len(found) != 1 or _DIGITS.search(leftovers):
        return None
    sign, digits = found[0]
    value = _value(digits.rstrip(".,'"))
    if value is None or abs(value) >= LARGEST:
        return None
    return -value if sign == "-" else value


def _value(digits: str) -> int | float | None:
    last = max(digits.rfind("."), digits.rfind(","))
    if last < 0:
        return int(digits) if digits.isdigit() else _grouped(digits)
    whole, mark, rest = digits[:last], digits[last], digits[last + 1 :]
    marks = {char for char in whole if not char.isdigit()}
    if mark in whole or "'" in rest:
        return _grouped(digits)
    if marks:  # one mark groups, the other is the decimal one
        before = _grouped(whole)
        return float(f"{before}.{rest}") if before is not None else None
    if len(rest) == _GROUP and whole != "0" and len(whole) <= _GROUP:
        return int(whole + rest) if mark == "," else None
    return float(f"{whole}.{rest}")


def _grouped(digits: str) -> int | None:
    return int("".join(char for char in digits if char.isdigit())) if _GROUPED.match(digits) else None


def _with_digits(text: str, language: str) -> str:
    """Words as digits: "twenty five" becomes 25."""
    import text_to_num  # at the first answer: start-up does without it

    in_digits = cast("Callable[..., str]", text_to_num.alpha2digit)  # pyright: ignore[reportUnknownMemberType]
    return _MINUS.sub("-", in_digits(text.replace("-", " "), language, threshold=0.0))
