"""The rows of an erased person in campaigns: state and figures stay, so that every campaign still adds up."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from campaigns.campaigns.domain.recipient import Recipient, recipient_id
from campaigns.campaigns.left_after_pause import LeftAfterPause
from campaigns.campaigns.store import Campaigns, Recipients
from campaigns.erasing.aliases import Aliases
from shared.aggregates import Cause, Decision
from shared.database.paging import pages
from shared.database.protocol import In, Sort
from shared.erasure import ErasedPerson
from shared.internal.kept import PAGE, KeptIn, KeptPage


def anonymous(known: Recipient | None, stand_in: str) -> Decision[Recipient] | None:
    """The same recipient without the person. One that still waits is skipped when its turn comes."""
    if known is None or known.phone_number == stand_in:
        return None
    bare = known.but(
        phone_number=stand_in, name="", company="", fields=(), text=None, import_id=None, row=None,
        revision=known.revision + 1,
    )  # fmt: skip
    return Decision(bare)


@dataclass(frozen=True)
class RecipientErasure:
    campaigns: Campaigns
    recipients: Recipients
    left: LeftAfterPause
    aliases: Aliases

    async def rows(self, person: ErasedPerson) -> int:
        erased = 0
        async for page in self._campaigns(person.tenant_id):
            for number in person.phone_numbers:
                erased += await self._of_number(person, number, page)
        return erased

    async def left_after_pause(self, person: ErasedPerson) -> int:
        return await self.left.erase(person.tenant_id, person.phone_numbers, person.stand_in)

    async def kept(self, asked: KeptIn) -> KeptPage:
        """For an export: the person's rows in a page of campaigns."""
        where, store = {"tenant_id": asked.tenant_id}, self.campaigns.aggregates
        page = await store.find(where, Sort("listed_at"), limit=PAGE, cursor=asked.cursor or None)
        ids = [document["id"] for document in page.items]
        found = [each for number in asked.phone_numbers for each in await self._found(asked.tenant_id, number, ids)]
        return [_shown(each) for each in found], page.next_cursor

    async def _campaigns(self, tenant_id: str) -> AsyncIterator[list[str]]:
        """Ids, deleted campaigns included: their rows may still be there."""
        async for page in pages(self.campaigns.aggregates.store, {"tenant_id": tenant_id}, Sort("listed_at")):
            yield [document["id"] for document in page]

    async def _of_number(self, person: ErasedPerson, number: str, campaign_ids: list[str]) -> int:
        stand_in, erased = person.stand_in(number), 0
        for known in await self._found(person.tenant_id, number, campaign_ids):
            await self.aliases.note(recipient_id(known.campaign_id, stand_in), known.id)
            cause = Cause.due(person.tenant_id, f"erase|{person.erasure_id}|{known.id}", person.erasure_id)
            change = await self.recipients.aggregates.change(
                known.id, cause, lambda recipient: anonymous(recipient, stand_in)
            )
            erased += change.fresh
        return erased

    async def _found(self, tenant_id: str, number: str, campaign_ids: list[str]) -> list[Recipient]:
        if not campaign_ids:
            return []
        ids = [recipient_id(campaign_id, number) for campaign_id in campaign_ids]
        page = await self.recipients.aggregates.find({"id": In(ids), "tenant_id": tenant_id}, limit=len(ids))
        return [self.recipients.aggregates.state_of(document) for document in page.items]


def _shown(recipient: Recipient) -> dict[str, Any]:
    return {name: value for name, value in recipient.plain().items() if name not in ("tenant_id", "clock", "feed")}
