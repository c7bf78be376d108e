"""How to tell whether a text or a document speaks of a person."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from shared.phone import spellings

_NO_DIGIT = re.compile(r"[ ().\-/]")
_FEWEST_DIGITS = 7
"""A shorter number is a short code: its digits stand in too many texts that speak of something else."""
_FEWEST_CHARACTERS = 6
"""A shorter external id stands in too many texts: it is found by its own field only."""


@dataclass(frozen=True)
class Mentions:
    contact_ids: tuple[str, ...]
    phone_numbers: tuple[str, ...]
    emails: tuple[str, ...] = ()
    external_ids: tuple[tuple[str, str], ...] = ()
    """System and id in it."""

    def is_in(self, text: str | bytes) -> bool:
        """Whether this holds one of the person's numbers, in any usual spelling, or an e-mail or external id."""
        said = (text.decode(errors="replace") if isinstance(text, bytes) else text).casefold()
        if any(word in said for word in self._words):
            return True
        digits = _NO_DIGIT.sub("", said)
        return any(number in digits for number in self._digits)

    def is_among(self, value: Any) -> bool:
        """As `is_in`, for every text in a document."""
        return any(self.is_in(text) for text in _texts(value))

    @cached_property
    def _words(self) -> tuple[str, ...]:
        ids = (id for _, id in self.external_ids if len(id) >= _FEWEST_CHARACTERS)
        short = (one for one in self.phone_numbers if not one.startswith("+") and len(one) >= _FEWEST_CHARACTERS)
        return tuple(word.casefold() for word in (*self.contact_ids, *self.emails, *ids, *short))

    @cached_property
    def _digits(self) -> tuple[str, ...]:
        found = (digits for number in self.phone_numbers for digits in spellings(number))
        return tuple(dict.fromkeys(digits for digits in found if len(digits) >= _FEWEST_DIGITS))


def _texts(value: Any) -> Iterable[str | bytes]:
    """Every text in a document, however deep."""
    waiting: list[Any] = [value]
    while waiting:
        each = waiting.pop()
        if isinstance(each, str | bytes):
            yield each
        elif isinstance(each, dict):
            waiting += each.values()  # pyright: ignore[reportUnknownArgumentType]
        elif isinstance(each, list | tuple):
            waiting += each  # pyright: ignore[reportUnknownArgumentType]
