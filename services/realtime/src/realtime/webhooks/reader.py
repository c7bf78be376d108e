"""Reads the log of tenants that have webhooks, and files what each webhook is owed.

A webhook's document says how far it has read. Deliveries are filed under derived ids first, then the position moves on
by a conditional save. So after a crash, and with any number of instances, each owed event is filed once. The log keeps
entries until all active webhooks of the tenant have read them (`catch_up_tenant` runs before any are dropped).
"""

from __future__ import annotations

from collections.abc import Coroutine
from datetime import datetime

import structlog

from realtime.domain.frames import Position
from realtime.event_log import EventLog, LogSlice
from realtime.webhooks.alarms import Alarms
from realtime.webhooks.domain.cutting import Owed, cut
from realtime.webhooks.domain.delivery import Delivery
from realtime.webhooks.domain.webhook import Webhook, read_up_to
from realtime.webhooks.store import Deliveries, Webhooks
from shared.clock import Clock
from shared.errors import ParleyError
from shared.ids import derived_id
from shared.service.alarm import Alarm

log = structlog.get_logger()

MOST_WAITING = 10_000
"""Deliveries that may wait for one webhook. Events beyond that are counted as missed."""
POLL_SECONDS = 5.0
"""Another instance may have made a webhook, or died before it read the log."""
_PAGE = 200


class Reader:
    def __init__(
        self, entries: EventLog, webhooks: Webhooks, deliveries: Deliveries, clock: Clock, alarms: Alarms
    ) -> None:
        self._log = entries
        self._webhooks = webhooks
        self._deliveries = deliveries
        self._clock = clock
        self._alarms = alarms
        self._alarm = Alarm(clock)
        self._tenants: set[str] = set()
        """Tenants with active webhooks, as far as this instance knows."""
        self._stirred: set[str] = set()

    def stir(self, tenant_id: str) -> None:
        """The tenant's log has grown. Costs a look into a set."""
        if tenant_id in self._tenants:
            self._stirred.add(tenant_id)
            self._alarm.ring()

    def expect(self, tenant_id: str) -> None:
        """The tenant has an active webhook now."""
        self._tenants.add(tenant_id)

    async def run(self) -> None:
        """For ever: stirred tenants at once, all that have webhooks every few seconds."""
        looked_at = float("-inf")
        while True:
            self._alarm.hush()
            if self._clock.monotonic() - looked_at >= POLL_SECONDS:
                looked_at = self._clock.monotonic()
                await self._guarded(self.find_tenants())
                self._stirred |= self._tenants
            stirred, self._stirred = self._stirred, set()
            for tenant_id in stirred:
                await self._guarded(self.catch_up_tenant(tenant_id))
            await self._alarm.wait(POLL_SECONDS)

    async def _guarded(self, work: Coroutine[None, None, None]) -> None:
        try:
            await work
        except ParleyError as error:
            log.warning("webhooks_cannot_read_log", code=error.code)  # the regular look tries again

    async def find_tenants(self) -> None:
        found = {webhook.tenant_id async for webhook in self._webhooks.each({"active": True})}
        self._tenants = found

    async def catch_up_all(self) -> None:
        async for webhook in self._webhooks.each({"active": True}):
            await self._catch_up(webhook)

    async def catch_up_tenant(self, tenant_id: str) -> None:
        async for webhook in self._webhooks.each({"active": True, "tenant_id": tenant_id}):
            await self._catch_up(webhook)

    async def _catch_up(self, webhook: Webhook) -> None:
        """Raises `ParleyError`, so that the log drops nothing. An entry that no webhook can read holds up no other."""
        try:
            await self._read_on(webhook)
        except ParleyError:
            raise
        except Exception:
            log.exception("webhook_cannot_read_log", webhook=webhook.id)

    async def _read_on(self, webhook: Webhook) -> None:
        current: Webhook | None = webhook
        while current is not None and current.active:
            found = await self._log.after(current.tenant_id, current.position, _PAGE)
            if found.entries is not None and not found.entries:
                return
            current = await self._take(current, found)

    async def _take(self, webhook: Webhook, found: LogSlice) -> Webhook | None:
        """File what these entries owe it, and move its position on. Returns the webhook as it is then."""
        now = self._clock.now()
        owed = self._owed(webhook, found)
        room = MOST_WAITING - await self._deliveries.waiting(webhook.id) if owed else 0
        taken = owed[: max(0, room)]
        if taken:
            await self._deliveries.add([delivery_to(webhook, one, now) for one in taken])
        missed = len(owed) - len(taken)
        if found.entries is None and found.top.epoch == webhook.epoch:
            missed = found.top.n - webhook.n  # the log no longer has them
        to = _end(webhook, found)

        def move(newest: Webhook) -> Webhook | None:
            if newest.position != webhook.position or not newest.active:
                return None  # another instance was faster, or it was turned off
            return read_up_to(newest, to, owed=bool(taken), missed=missed, now=now)

        moved = await self._webhooks.change(webhook.id, move)
        if moved is None:
            await self._deliveries.forget_webhook(webhook.id)  # deleted meanwhile
        elif taken:
            self._alarms.ring()
        return moved

    def _owed(self, webhook: Webhook, found: LogSlice) -> list[Owed]:
        entries = found.entries or ()
        return [owed for entry in entries for owed in cut(webhook.tenant_id, entry, webhook.events)]


def _end(webhook: Webhook, found: LogSlice) -> Position:
    if not found.entries:
        return found.top
    return Position(webhook.epoch, found.entries[-1].n)


def delivery_to(webhook: Webhook, owed: Owed, now: datetime) -> Delivery:
    """Due by the time of its event: deliveries are begun in the order in which things happened."""
    return Delivery(
        id=derived_id("dlv", webhook.id, owed.event_id),
        tenant_id=webhook.tenant_id,
        webhook_id=webhook.id,
        event_id=owed.event_id,
        event=owed.event,
        body=owed.body,
        created_at=now,
        due_at=min(owed.at, now),
    )
