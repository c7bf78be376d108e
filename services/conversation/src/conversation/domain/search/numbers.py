"""Numbers in texts: phone numbers and others, however their digits are grouped."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from conversation.domain.search.folding import fold
from shared.phone import spellings

_GROUPED = re.compile(r"(?<![\w+])\+?\(?\d(?:[\s().,/'\u2019\u00a0-]{0,3}\d){2,29}(?!\w)")
"""At most three separators between two digits and thirty digits, so that it is read in linear time."""
_NOT_DIGITS = re.compile(r"\D+")
PHONE = 7
"""Digits that a phone number has at least, in all its spellings."""
_NANP = 10


@dataclass(frozen=True, slots=True)
class WrittenNumber:
    digits: str
    international: bool
    """With a plus, or with 00 before the country code."""
    grouped: bool
    start: int
    end: int


def numbers(text: str) -> Iterator[WrittenNumber]:
    for found in _GROUPED.finditer(text):
        yield read_number(found[0], found.start())


def read_number(written: str, start: int = 0) -> WrittenNumber:
    """Of a text that is a number and nothing else."""
    folded = fold(written)
    digits = _NOT_DIGITS.sub("", folded)
    from_abroad = digits.startswith("00") and len(digits) > PHONE + 2
    return WrittenNumber(
        digits=digits[2:] if from_abroad else digits,
        international=from_abroad or "+" in folded,
        grouped=not folded.isdecimal(),
        start=start,
        end=start + len(written),
    )


def forms(number: WrittenNumber) -> tuple[str, ...]:
    """The digits as others may type them: with and without country code and leading zero."""
    digits = number.digits
    if len(digits) < PHONE:
        return (digits,)
    if number.international:
        return spellings(f"+{digits}")
    others = [digits, digits.lstrip("0")]
    if len(digits) == _NANP:
        others.append(f"1{digits}")
    elif len(digits) == _NANP + 1 and digits[0] == "1":
        others.append(digits[1:])
    return tuple(dict.fromkeys(filter(None, others)))


def asked(number: WrittenNumber) -> str:
    """The one form by which every spelling of it is found; what is too short for a whole number as it stands."""
    if number.international and len(number.digits) >= PHONE:
        national = spellings(f"+{number.digits}")[-1]
        return national if len(national) >= PHONE else number.digits
    return number.digits
