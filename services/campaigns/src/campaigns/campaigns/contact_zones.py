"""Time zones that people's contact cards name, for many numbers at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shared.events import ContactChanged
from shared.ids import derived_id
from shared.internal.read_models import ReadModel


@dataclass(frozen=True)
class ContactZones:
    contacts: ReadModel[ContactChanged]
    """A copy that holds the cards which changed since it was begun; for any other person the number tells."""

    async def of(self, tenant_id: str, phone_numbers: Sequence[str]) -> Mapping[str, str]:
        """By phone number, where a zone is known. One read."""
        ids = {derived_id("cct", tenant_id, number): number for number in phone_numbers}
        cards = await self.contacts.known_among(list(ids))
        return {ids[id]: card.timezone for id, card in cards.items() if card.timezone}
