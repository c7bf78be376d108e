"""How webhooks and their deliveries are kept and found. Every look of a tenant is scoped by it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import datetime
from typing import Any

from realtime.domain.frames import Position
from realtime.webhooks.domain.delivery import Delivery
from realtime.webhooks.domain.webhook import Webhook
from shared.aggregates.stored import stored
from shared.database.paging import delete_if, documents
from shared.database.protocol import Collection, CollectionSpec, Database, Document, In, Page, Range, Sort, Where
from shared.errors import Conflict, NotFound

WEBHOOKS = CollectionSpec(
    "webhooks",
    {"tenant_id": "str", "active": "bool", "slow": "bool", "due_at": "datetime", "announced": "bool"},
    (("tenant_id",), ("active", "tenant_id"), ("slow", "due_at"), ("announced",)),
)
DELIVERIES = CollectionSpec(
    "webhook_deliveries",
    {
        "tenant_id": "str",
        "webhook_id": "str",
        "state": "str",
        "event": "str",
        "due_at": "datetime",
        "created_at": "datetime",
        "ended_at": "datetime",
    },
    (
        ("webhook_id", "state", "due_at"),
        ("webhook_id", "created_at"),
        ("webhook_id", "state", "created_at"),
        ("webhook_id", "state", "ended_at"),
        ("state", "created_at"),
        ("state", "ended_at"),
    ),
)
MAX_RACES = 50
_PAGE = 500
Decide = Callable[[Webhook], Webhook | None]


class Webhooks:
    def __init__(self, database: Database) -> None:
        self.collection: Collection = database.collection(WEBHOOKS)

    async def get(self, tenant_id: str, id: str) -> Webhook:
        """Raises `NotFound`, also for another tenant's."""
        found = await self.find(id)
        if found is None or found.tenant_id != tenant_id:
            raise NotFound("not_found", "There is no such webhook.")
        return found

    async def find(self, id: str) -> Webhook | None:
        document = await self.collection.get(id)
        return webhook_of(document) if document else None

    async def of_tenant(self, tenant_id: str, *, limit: int = 100) -> list[Webhook]:
        page = await self.collection.find({"tenant_id": tenant_id}, sort=Sort("id"), limit=limit)
        return [webhook_of(document) for document in page.items]

    async def count(self, tenant_id: str) -> int:
        return await self.collection.count({"tenant_id": tenant_id})

    async def each(self, where: Where) -> AsyncIterator[Webhook]:
        async for document in documents(self.collection, where):
            yield webhook_of(document)

    async def read_up_to(self, tenant_id: str) -> Position | None:
        """The lowest position that an active webhook of the tenant has read up to; None if it has none."""
        active = [webhook.position async for webhook in self.each({"active": True, "tenant_id": tenant_id})]
        return min(active, key=lambda position: position.n, default=None)

    async def insert(self, webhook: Webhook) -> bool:
        return await self.collection.insert(_webhook_document(webhook))

    async def replace(self, webhook: Webhook, version: int) -> bool:
        """Only if this version is still the stored one."""
        return await self.collection.replace(_webhook_document(webhook.but(version=version + 1)), version)

    async def change(self, id: str, decide: Decide) -> Webhook | None:
        """Decide on the newest state and save. Returns it as it is now, also where `decide` wanted no change (None);
        None if there is no such webhook. Raises `Conflict` after `MAX_RACES` lost races."""
        for race in range(MAX_RACES):
            webhook = await self.find(id)
            if webhook is None:
                return None
            new = decide(webhook)
            if new is None or new == webhook:
                return webhook
            if await self.replace(new, webhook.version):
                return new.but(version=webhook.version + 1)
            await asyncio.sleep(0.001 * min(race, 10))
        raise Conflict("conflict", "The webhook is being changed by others; try again.")

    async def delete(self, webhook: Webhook) -> None:
        await self.collection.delete({"tenant_id": webhook.tenant_id, "id": webhook.id})


class NewWebhookDocument:
    """A webhook that is to be made, unless a repeat of its request finds it."""

    def __init__(self, webhooks: Webhooks, webhook: Webhook) -> None:
        self._webhooks = webhooks
        self._webhook = webhook
        self.is_new = False

    async def exists(self) -> bool:
        return await self._webhooks.find(self._webhook.id) is not None

    async def make(self) -> bool:
        self.is_new = await self._webhooks.insert(self._webhook)
        return self.is_new


class Deliveries:
    def __init__(self, database: Database) -> None:
        self._rows: Collection = database.collection(DELIVERIES)

    async def get(self, webhook: Webhook, id: str) -> Delivery:
        """Raises `NotFound`."""
        document = await self._rows.get(id)
        delivery = delivery_of(document) if document else None
        if delivery is None or (delivery.tenant_id, delivery.webhook_id) != (webhook.tenant_id, webhook.id):
            raise NotFound("not_found", "There is no such delivery.")
        return delivery

    async def add(self, deliveries: Sequence[Delivery]) -> list[str]:
        """The ids of those that were new."""
        return await self._rows.insert_many([_delivery_document(delivery) for delivery in deliveries])

    async def save(self, deliveries: Sequence[Delivery]) -> list[bool]:
        """Each only if its former version is still stored."""
        return await self._rows.replace_many([(_delivery_document(one), one.version - 1) for one in deliveries])

    async def erase(self, webhook_id: str, speaks_of: Callable[[str], bool]) -> int:
        """Delete every delivery of which this is true, whatever its state; returns how many."""
        of_this = {"webhook_id": webhook_id}
        return await delete_if(
            self._rows, of_this, Sort("created_at"), lambda row: _speaks(delivery_of(row), speaks_of)
        )

    async def waiting(self, webhook_id: str) -> int:
        return await self._rows.count({"webhook_id": webhook_id, "state": "waiting"})

    async def due(self, webhook_id: str, now: datetime, limit: int) -> list[Delivery]:
        where: Where = {"webhook_id": webhook_id, "state": "waiting", "due_at": Range(lte=now)}
        page = await self._rows.find(where, sort=Sort("due_at"), limit=limit)
        return [delivery_of(document) for document in page.items]

    async def next_due(self, webhook_id: str) -> datetime | None:
        page = await self._rows.find({"webhook_id": webhook_id, "state": "waiting"}, sort=Sort("due_at"), limit=1)
        return page.items[0]["due_at"] if page.items else None

    async def page(self, webhook: Webhook, state: str | None, limit: int, cursor: str | None) -> Page:
        """The newest first."""
        where: dict[str, Any] = {"webhook_id": webhook.id} | ({"state": state} if state else {})
        return await self._rows.find(where, sort=Sort("created_at", descending=True), limit=limit, cursor=cursor)

    async def forget_webhook(self, webhook_id: str) -> None:
        await self._drop({"webhook_id": webhook_id}, Sort())

    async def drop_older(self, state: str, field: str, before: datetime) -> None:
        await self._drop({"state": state, field: Range(lt=before)}, Sort(field))

    async def drop_beyond(self, webhook_id: str, kept: int) -> None:
        """Of the delivered ones, all but the newest."""
        where: Where = {"webhook_id": webhook_id, "state": "delivered"}
        await self._drop(where, Sort("ended_at"), await self._rows.count(where) - kept)

    async def _drop(self, where: Where, sort: Sort, at_most: int | None = None) -> None:
        """Page by page, so that many rows hold up no other write for long."""
        left = at_most if at_most is not None else _PAGE
        while left > 0:
            page = await self._rows.find(where, sort=sort, limit=min(left, _PAGE))
            if page.items:
                await self._rows.delete({"id": In([item["id"] for item in page.items])})
            if page.next_cursor is None:
                return
            left -= len(page.items) if at_most is not None else 0


def webhook_of(document: Document) -> Webhook:
    return Webhook.read(document["webhook"])


def delivery_of(document: Document) -> Delivery:
    return Delivery.read(document["delivery"])


def _speaks(delivery: Delivery, speaks_of: Callable[[str], bool]) -> bool:
    return speaks_of(delivery.body) or bool(delivery.last and speaks_of(delivery.last.answer))


def _webhook_document(webhook: Webhook) -> Document:
    return {
        "id": webhook.id,
        "tenant_id": webhook.tenant_id,
        "version": webhook.version,
        "active": webhook.active,
        "slow": webhook.slow,
        "due_at": webhook.due_at,
        "announced": webhook.announced,
        "webhook": stored(webhook),
    }


def _delivery_document(delivery: Delivery) -> Document:
    return {
        "id": delivery.id,
        "tenant_id": delivery.tenant_id,
        "webhook_id": delivery.webhook_id,
        "version": delivery.version,
        "state": delivery.state,
        "event": delivery.event,
        "due_at": delivery.due_at,
        "created_at": delivery.created_at,
        "ended_at": delivery.ended_at,
        "delivery": stored(delivery),
    }
