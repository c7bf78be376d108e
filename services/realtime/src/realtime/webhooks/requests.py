"""What people ask of webhooks: make, change, delete, rotate the secret, test, try a delivery again."""

from __future__ import annotations

import base64
import secrets
from collections import Counter
from dataclasses import dataclass
from functools import partial

from realtime.event_log import EventLog
from realtime.webhooks.alarms import Alarms
from realtime.webhooks.domain import webhook as domain
from realtime.webhooks.domain.cutting import trial
from realtime.webhooks.domain.delivery import Delivery, again
from realtime.webhooks.domain.webhook import Changes, EventName, Secret, Webhook
from realtime.webhooks.notices import Notices
from realtime.webhooks.reader import Reader, delivery_to
from realtime.webhooks.store import Deliveries, NewWebhookDocument, Webhooks
from realtime.webhooks.worker import Worker
from shared.aggregates.room import Room
from shared.clock import Clock
from shared.errors import Conflict, NotFound, Refused, TooMany
from shared.http.idempotency import digest, require_same
from shared.ids import derived_id
from shared.keyring import Keyring
from shared.outgoing.reach import Reach

MOST_WEBHOOKS = 10
"""Of one tenant."""
MOST_TESTS = 4
"""Of one tenant at once, in one process."""
_SECRET_BYTES = 32


@dataclass(frozen=True)
class NewWebhook:
    id: str
    url: str
    events: tuple[EventName, ...]
    active: bool


@dataclass(frozen=True)
class Parts:
    """What requests work with."""

    webhooks: Webhooks
    deliveries: Deliveries
    entries: EventLog
    reader: Reader
    worker: Worker
    notices: Notices
    alarms: Alarms
    keyring: Keyring
    clock: Clock
    reach: Reach


class Requests:
    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._testing: Counter[str] = Counter()
        self.room = Room(MOST_WEBHOOKS, _too_many)

    async def make(self, tenant_id: str, new: NewWebhook) -> tuple[Webhook, str | None]:
        """The webhook and its secret; no secret if this request had made it before. It gets what happens from now on.

        Raises `Invalid` for an address that may not be reached, and `Refused("too_many_webhooks")`."""
        url = str(self._parts.reach.url(new.url))
        request = digest([url, sorted(new.events), new.active])
        secret, now, top = _new_secret(), self._parts.clock.now(), await self._parts.entries.top(tenant_id)
        webhook = Webhook(
            id=new.id,
            tenant_id=tenant_id,
            url=url,
            events=new.events,
            active=new.active,
            secrets=(Secret(sealed=self._parts.keyring.seal(secret)),),
            created_at=now,
            updated_at=now,
            made_by=request,
            epoch=top.epoch,
            n=top.n,
        )
        making = NewWebhookDocument(self._parts.webhooks, webhook)
        count = partial(self._parts.webhooks.count, tenant_id)
        await self.room.fill(tenant_id, making, count, partial(self._parts.webhooks.delete, webhook))
        if making.is_new:
            await self._changed(webhook)
            return webhook, secret
        known = await self._parts.webhooks.get(tenant_id, new.id)
        require_same(known.made_by, request)
        return known, None

    async def change(self, tenant_id: str, id: str, changes: Changes) -> Webhook:
        if changes.url is not None:
            changes = changes.but(url=str(self._parts.reach.url(changes.url)))
        await self._parts.webhooks.get(tenant_id, id)
        top = await self._parts.entries.top(tenant_id)
        now = self._parts.clock.now()
        decide = partial(domain.changed, changes=changes, top=top, now=now)
        return await self._changed(_there(await self._parts.webhooks.change(id, decide)))

    async def delete(self, tenant_id: str, id: str) -> None:
        """The document first: what reader and worker do afterwards finds it gone, and they clear up behind them."""
        webhook = await self._parts.webhooks.get(tenant_id, id)
        await self._parts.webhooks.delete(webhook)
        await self._parts.deliveries.forget_webhook(id)

    async def rotate(self, tenant_id: str, id: str, key: str | None) -> tuple[Webhook, str | None]:
        """The webhook and its new secret; no secret if the request with this key had rotated it before."""
        webhook = await self._parts.webhooks.get(tenant_id, id)
        request = digest(key) if key else ""
        if request and webhook.rotated_by == request:
            return webhook, None
        secret = _new_secret()
        sealed, now = self._parts.keyring.seal(secret), self._parts.clock.now()
        decide = partial(domain.rotated, sealed=sealed, request=request, now=now)
        return await self._changed(_there(await self._parts.webhooks.change(id, decide))), secret

    async def test(self, tenant_id: str, id: str, delivery_id: str) -> Delivery:
        """Post `webhook.test` once, whether the webhook is active or not. A repeat answers with what it led to."""
        webhook = await self._parts.webhooks.get(tenant_id, id)
        if self._testing[tenant_id] >= MOST_TESTS:
            raise TooMany("too_many_tests", "Other tests of yours are under way; wait for their answers.", 5.0)
        now = self._parts.clock.now()
        event_id = derived_id("evt", tenant_id, "webhook.test", delivery_id)
        delivery = delivery_to(webhook, trial(event_id, webhook.id, now), now).but(
            id=delivery_id, test=True, state="failed", due_at=None
        )
        if not await self._parts.deliveries.add([delivery]):
            return await self._parts.deliveries.get(webhook, delivery_id)
        self._testing[tenant_id] += 1
        try:
            return await self._parts.worker.try_now(webhook, delivery)
        finally:
            self._testing[tenant_id] -= 1

    async def retry(self, tenant_id: str, id: str, delivery_id: str) -> Delivery:
        """Raises `Refused` for a delivery that was accepted, a test, or a webhook that is turned off."""
        webhook = await self._parts.webhooks.get(tenant_id, id)
        delivery = await self._parts.deliveries.get(webhook, delivery_id)
        if delivery.state == "delivered":
            raise Refused("already_delivered", "This delivery was accepted.")
        if delivery.test:
            raise Refused("is_a_test", "Send another test instead.")
        if not webhook.active:
            raise Refused("webhook_inactive", "The webhook is turned off; turn it on first.")
        now = self._parts.clock.now()
        retried = again(delivery, now)
        if not all(await self._parts.deliveries.save([retried])):
            raise Conflict("conflict", "The delivery is being tried just now; look at it again.")
        await self._parts.webhooks.change(id, partial(domain.tried_now, now=now))
        self._parts.alarms.ring()
        return retried

    async def _changed(self, webhook: Webhook) -> Webhook:
        if webhook.active:
            self._parts.reader.expect(webhook.tenant_id)
            self._parts.alarms.ring()
        await self._parts.notices.announce(webhook.id)
        return webhook


def _new_secret() -> str:
    return "whsec_" + base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()


def _there(webhook: Webhook | None) -> Webhook:
    if webhook is None:
        raise NotFound("not_found", "There is no such webhook.")
    return webhook


def _too_many(most: int) -> Refused:
    return Refused("too_many_webhooks", f"A tenant has at most {most} webhooks; delete one first.")
