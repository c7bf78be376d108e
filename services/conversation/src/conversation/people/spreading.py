"""What follows from a changed contact: its threads get the new card, and other services hear of it."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from conversation.domain.agent_actions import with_card
from conversation.domain.thread.model import Card, Thread
from conversation.people.domain.contact import Contact, card_of
from conversation.people.finishing import Finishing
from conversation.people.news import ContactNews
from conversation.people.store import contact_of
from conversation.resources import Resources
from shared.aggregates import Cause
from shared.database.protocol import Document

ONCE_MORE = timedelta(seconds=60)
"""A thread that began while identifiers moved may have read the card of before; no handler takes as long."""


class Spreading:
    def __init__(self, resources: Resources, finishing: Finishing, news: ContactNews) -> None:
        self._resources = resources
        self._finishing = finishing
        self._news = news

    async def on_due(self, document: Document) -> None:
        """A record was changed, or a step of it was interrupted. Each step may be repeated."""
        contact = await self._finishing.finish(contact_of(document))
        if not contact.merged_as:  # else the survivor sees to it
            await self._to_threads(contact)
        if contact.announces and contact.stands_for is None:
            for id in contact.ids:
                await self._news.publish(contact, id)
        await self._resources.people.put(self._done(contact))  # a newer revision stays due

    async def _to_threads(self, contact: Contact) -> None:
        scene = await self._resources.scene(contact.tenant_id)
        ids = (*contact.ids, contact.was_in) if contact.was_in else contact.ids
        async for found in self._resources.threads.of_contact(contact.tenant_id, ids):
            card = await self._card(contact, found)
            cause = Cause.due(contact.tenant_id, f"{found.id}|card|{card.id}|{card.revision}", card.id)
            await self._resources.threads.change(found.id, cause, partial(with_card, card=card, scene=scene))

    async def _card(self, contact: Contact, thread: Thread) -> Card:
        """Whose number the thread has decides, not which card it has so far."""
        if contact.stands_for is None and thread.contact in contact.phone_numbers:
            return card_of(contact, thread.contact)
        owner = await self._resources.people.begun(contact.tenant_id, thread.contact)
        return card_of(owner, thread.contact)

    def _done(self, contact: Contact) -> Contact:
        if contact.spread_again:
            again = self._resources.clock.now() + ONCE_MORE
            return contact.but(spread_at=again, spread_again=False, announces=False)
        return contact.but(spread_at=None, announces=False, was_in=None)
