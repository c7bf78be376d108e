"""Delivers: one worker at a time holds a webhook, posts what is due for it, and records each attempt.

A webhook is claimed by a conditional save with a lease, so any number of instances share the work. An attempt is
recorded after its request. A process that dies in between leaves the delivery due, so it is made again with the same
`webhook-id`. Each webhook has a worker of its own for at most 20 s; webhooks that fail or are slow have workers apart
(`build.py`). So a dead receiver delays no other.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta

import structlog

from realtime.webhooks.alarms import Alarms
from realtime.webhooks.domain import health
from realtime.webhooks.domain.delivery import Attempt, Delivery, attempted
from realtime.webhooks.domain.webhook import Webhook, claimed, due, released
from realtime.webhooks.notices import Notices
from realtime.webhooks.posting import Poster
from realtime.webhooks.store import Deliveries, Webhooks
from shared.clock import Clock
from shared.database.protocol import Document
from shared.service.holder import Holder

log = structlog.get_logger()

AT_ONCE = 8
"""Requests to one webhook side by side. To a failing one: one."""
TURN = timedelta(seconds=20)


@dataclass(frozen=True)
class AtWork:
    """What a worker needs of its process."""

    clock: Clock
    holder: Holder
    alarms: Alarms


class Worker:
    def __init__(
        self, webhooks: Webhooks, deliveries: Deliveries, poster: Poster, notices: Notices, at_work: AtWork
    ) -> None:
        self._webhooks = webhooks
        self._deliveries = deliveries
        self._poster = poster
        self._notices = notices
        self._clock = at_work.clock
        self._holder = at_work.holder
        self._alarms = at_work.alarms

    async def work(self, document: Document) -> None:
        """Take a turn with this webhook. Does nothing if another worker has it or nothing is due."""
        now = self._clock.now()
        mine = False

        def claim(newest: Webhook) -> Webhook | None:
            nonlocal mine
            taken = claimed(newest, self._holder.id, now)
            mine = taken is not None
            return taken

        webhook = await self._webhooks.change(document["id"], claim)
        if webhook is None or not mine:
            return
        attempts = await self._turn(webhook)
        await self._let_go(webhook.id, attempts)

    async def _turn(self, webhook: Webhook) -> list[list[Attempt]]:
        """Post what is due until nothing is, the turn is over, or a whole round failed. Returns the rounds."""
        rounds: list[list[Attempt]] = []
        ends = self._clock.monotonic() + TURN.total_seconds()
        while self._clock.monotonic() < ends:
            limit = 1 if webhook.failures else AT_ONCE
            found = await self._deliveries.due(webhook.id, self._clock.now(), limit)
            if not found:
                break
            rounds.append(await self._round(webhook, found))
            webhook = health.after(webhook, rounds[-1])
            if webhook.failures or not webhook.active:
                break
        return rounds

    async def _round(self, webhook: Webhook, found: list[Delivery]) -> list[Attempt]:
        """A delivery that was changed meanwhile (its webhook was deleted, a person asked for it) is not recorded."""
        attempts = await asyncio.gather(*(self._poster.post(webhook, delivery) for delivery in found))
        await self._deliveries.save(
            [attempted(delivery, attempt) for delivery, attempt in zip(found, attempts, strict=True)]
        )
        return attempts

    async def _let_go(self, id: str, rounds: list[list[Attempt]]) -> None:
        """Record how the webhook is doing, and when it is due next. What was filed while this worker held it is found
        by the look for the next due delivery; what is filed after that look makes the save lose, and it looks again."""
        while (webhook := await self._webhooks.find(id)) is not None:
            if webhook.holder != self._holder.id:
                return  # turned off meanwhile, or the lease ran out
            judged = webhook
            for attempts in rounds:
                judged = health.after(judged, attempts) if judged.active else judged
            next_due = await self._deliveries.next_due(id)
            if next_due is not None:
                next_due = max(next_due, health.not_before(judged, self._clock.now()))
            if await self._webhooks.replace(released(judged, next_due), webhook.version):
                if judged.disabled is not None:
                    log.warning("webhook_disabled", webhook=id, reason=judged.disabled.reason)
                    await self._notices.announce(id)
                if next_due is not None:
                    self._alarms.ring(next_due)
                return
        await self._deliveries.forget_webhook(id)

    async def try_now(self, webhook: Webhook, delivery: Delivery) -> Delivery:
        """One attempt outside any turn (a test). An answer of 410 disables the webhook like any other."""
        attempt = await self._poster.post(webhook, delivery)
        tried = attempted(delivery, attempt)
        await self._deliveries.save([tried])
        if attempt.problem == "gone":
            await self._webhooks.change(
                webhook.id, lambda newest: health.after(newest, [attempt]) if newest.active else None
            )
            await self._notices.announce(webhook.id)
        return tried

    async def take_over(self) -> None:
        """At start: what a process held that is known to have ended is due at once, not when its lease runs out."""
        async for webhook in self._webhooks.each({"active": True}):
            if self._holder.outlived(webhook.holder):
                await self._webhooks.change(webhook.id, self._freed)

    def _freed(self, webhook: Webhook) -> Webhook | None:
        if not self._holder.outlived(webhook.holder):
            return None
        return due(webhook.but(holder="", due_at=None), self._clock.now())
