"""One person to be erased."""

from __future__ import annotations

import base64
import hashlib
import hmac
from functools import cached_property
from typing import Any

from shared.erasure.mentions import Mentions
from shared.events import ContactErased
from shared.phone import pseudonym
from shared.values import Moment, Value

_HASH_BYTES = 18


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
        """As `Mentions.is_in`."""
        return self._mentions.is_in(text)

    def is_among(self, value: Any) -> bool:
        """As `is_in`, for every text in a document."""
        return self._mentions.is_among(value)

    @cached_property
    def _mentions(self) -> Mentions:
        return Mentions(self.contact_ids, self.phone_numbers, self.emails, self.external_ids)


def hashed_number(key: bytes, phone_number: str) -> str:
    """A fingerprint that says nothing without the key, of 144 bits, so that none is met twice. Begins with #, which no
    number and no sender's name does that was ever opted out."""
    digest = hmac.digest(key, phone_number.encode(), hashlib.sha256)
    return f"#{base64.urlsafe_b64encode(digest[:_HASH_BYTES]).decode()}"
