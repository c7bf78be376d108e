"""Tells open streams how a webhook stands: a frame `webhook.updated` for every revision, in the tenant's log.

The document remembers that a revision is still to be announced. So a crash between save and frame loses no notice, and
the log knows a frame that was made twice by its mark.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial

import orjson
import structlog

from realtime.domain.frames import NewLogEntry
from realtime.webhooks.domain.webhook import Webhook, announced
from realtime.webhooks.shown import shown
from realtime.webhooks.store import Webhooks
from shared.clock import Clock
from shared.errors import ParleyError

log = structlog.get_logger()

FRAME = "webhook.updated"
Publish = Callable[[str, NewLogEntry], Awaitable[None]]


class Notices:
    def __init__(self, webhooks: Webhooks, publish: Publish, clock: Clock) -> None:
        self._webhooks = webhooks
        self._publish = publish
        self._clock = clock

    async def announce(self, id: str) -> None:
        """What fails is done later by `announce_left`: the change itself is saved."""
        try:
            await self._announce(id)
        except ParleyError as error:
            log.warning("webhook_not_announced", webhook=id, code=error.code)

    async def _announce(self, id: str) -> None:
        webhook = await self._webhooks.find(id)
        if webhook is not None and not webhook.announced:
            await self._publish(webhook.tenant_id, self._entry(webhook))
            await self._webhooks.change(id, partial(announced, revision=webhook.revision))

    async def announce_left(self) -> None:
        """Those that a crash left, and those missed in a log that was too full."""
        async for webhook in self._webhooks.each({"announced": False}):
            await self._announce(webhook.id)

    def _entry(self, webhook: Webhook) -> NewLogEntry:
        data = {
            "webhook_id": webhook.id,
            "revision": webhook.revision,
            "webhook": shown(webhook, self._clock.now()).model_dump(mode="json"),
        }
        mark = f"{webhook.id}|{webhook.revision}"
        return NewLogEntry(mark=mark, type=FRAME, time=webhook.updated_at, body=orjson.dumps(data).decode())
