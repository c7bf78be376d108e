"""One person to be erased, and how to tell whether a text or a document speaks of them."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Iterable
from functools import cached_property
from typing import Any

from shared.events import ContactErased
from shared.phone import pseudonym, spellings
from shared.values import Moment, Value

_NO_DIGIT = re.compile(r"[ ().\-/]")
_HASH_BYTES = 18
_FEWEST_DIGITS = 7
"""A shorter number is a short code: its digits stand in too many texts that speak of something else."""


class ErasedPerson(Value, dict=True):
    """`key` hashes what stays of the numbers. It is secret: a job keeps this value sealed, and only until it ends."""

    tenant_id: str
    erasure_id: str
    contact_id: str
    phone_numbers: tuple[str, ...]
    emails: tuple[str, ...] = ()
    external_ids: tuple[tuple[str, str], ...] = ()
    """System and id in it."""
    other_ids: tuple[str, ...] = ()
    """Of contacts that were merged into this one, and of its numbers."""
    at: Moment
    """What is older goes, and does not come back. What comes later begins a new contact."""
    key: bytes

    @classmethod
    def of(cls, tenant_id: str, erased: ContactErased, key: bytes) -> ErasedPerson:
        return cls(
            tenant_id=tenant_id,
            erasure_id=erased.erasure_id,
            contact_id=erased.contact_id,
            phone_numbers=erased.phone_numbers,
            emails=erased.emails,
            external_ids=erased.external_ids,
            other_ids=erased.other_ids,
            at=erased.at,
            key=key,
        )

    @property
    def contact_ids(self) -> tuple[str, ...]:
        """Every id under which a service may know this person."""
        return tuple(dict.fromkeys((self.contact_id, *self.other_ids)))

    def stand_in(self, phone_number: str) -> str:
        """What stands in the bill instead of this number."""
        return pseudonym(self.key, phone_number)

    def hashed(self, phone_number: str) -> str:
        """What a STOP of this number is kept under."""
        return hashed_number(self.key, phone_number)

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
        """An external id of one or two characters stands in too many texts: it is found by its own field only."""
        ids = (id for _, id in self.external_ids if len(id) > 5)
        short = (number for number in self.phone_numbers if not number.startswith("+") and len(number) > 5)
        return tuple(word.casefold() for word in (*self.contact_ids, *self.emails, *ids, *short))

    @cached_property
    def _digits(self) -> tuple[str, ...]:
        found = (digits for number in self.phone_numbers for digits in spellings(number))
        return tuple(dict.fromkeys(digits for digits in found if len(digits) >= _FEWEST_DIGITS))


def hashed_number(key: bytes, phone_number: str) -> str:
    """A fingerprint that says nothing without the key, of 144 bits, so that none is met twice. Begins with #, which no
    number and no sender's name does that was ever opted out."""
    digest = hmac.digest(key, phone_number.encode(), hashlib.sha256)
    return f"#{base64.urlsafe_b64encode(digest[:_HASH_BYTES]).decode()}"


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
