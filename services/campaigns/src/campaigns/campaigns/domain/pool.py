"""The numbers a campaign sends from: a person's own number first, else spread evenly by pace."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b

from campaigns.counting.domain.contact import Contact
from shared.events import NumberChanged, lack_of

FEED_SECONDS = 60
"""So much of the pool's pace may be on its way at once. A longer queue would leave after the window, or after a pause;
a shorter one would let numbers stand idle between two looks."""


@dataclass(frozen=True)
class Pool:
    numbers: tuple[NumberChanged, ...]

    @cached_property
    def _by_number(self) -> dict[str, NumberChanged]:
        return {number.phone_number: number for number in self.numbers}

    @property
    def parts_per_second(self) -> float:
        return sum(number.parts_per_second for number in self.numbers)

    def room(self, parts_per_text: int) -> int:
        """Texts that may be on their way at once."""
        return max(1, int(FEED_SECONDS * self.parts_per_second / max(1, parts_per_text))) if self.numbers else 0

    def number_for(self, recipient_id: str, contact: Contact | None) -> str:
        """The number of ours that this person knows, if it is in the pool; else always the same one of the pool."""
        known = last_number(contact) if contact else None
        return known if known in self._by_number else self._spread(recipient_id)

    def _spread(self, recipient_id: str) -> str:
        share = int.from_bytes(blake2b(recipient_id.encode(), digest_size=8).digest()) / 2**64
        place = share * self.parts_per_second
        for number in self.numbers:
            place -= number.parts_per_second
            if place < 0:
                return number.phone_number
        return self.numbers[-1].phone_number


def pool_of(numbers: Sequence[NumberChanged], tenant_id: str) -> Pool:
    """Those that may send texts for this tenant now, in a fixed order."""
    usable = [
        number for number in numbers if number.tenant_id == tenant_id and number.active and lack_of(number, ()) is None
    ]
    return Pool(tuple(sorted(usable, key=lambda number: number.phone_number)))


def last_number(contact: Contact) -> str | None:
    """Our number that this person last wrote to or got a campaign's text from."""
    moments = [(at, number) for number, at in contact.answers]
    moments += [(text.left_at, text.number) for text in contact.texts if text.left_at]
    return max(moments, default=(None, None))[1]
